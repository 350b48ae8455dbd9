//! What a password must be: long, and not one everybody tries first. No rules about signs and capitals: they make passwords
//! worse.

use crate::ground::Refusal;
use crate::refuse;

/// Fewest characters.
pub const SHORTEST: usize = 10;
/// Most bytes; hashing longer ones would only cost time.
pub const LONGEST: usize = 500;

/// Passwords of ten characters and more that guessing programs try first, in lower case.
const COMMON: &[&str] = &[
    "password12",
    "password123",
    "password1234",
    "passw0rd12",
    "passw0rd123",
    "p@ssw0rd12",
    "p@ssw0rd123",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "zaq12wsxcde3",
    "qazwsxedcrfv",
    "asdfghjkl;",
    "asdfghjkl1",
    "zxcvbnm123",
    "a123456789",
    "aa123456789",
    "abc123456789",
    "abcd123456",
    "abc1234567",
    "q123456789",
    "w123456789",
    "z123456789",
    "123456789a",
    "123456789q",
    "1234567890a",
    "123456789abc",
    "woaini1314",
    "woaini520",
    "woaini1314520",
    "woaini123456",
    "5201314520",
    "1314520520",
    "5211314521",
    "iloveyou12",
    "iloveyou123",
    "letmein123",
    "welcome123",
    "welcome1234",
    "admin12345",
    "admin123456",
    "administrator",
    "changeme123",
    "default123",
    "temp123456",
    "test123456",
    "test1234567",
    "guest12345",
    "root123456",
    "football123",
    "baseball123",
    "princess123",
    "sunshine123",
    "superman123",
    "dragon1234",
    "monkey1234",
    "master1234",
    "shanghai123",
    "beijing123",
    "zhongguo123",
    "postsale123",
    "postsale1234",
    "unionpay95516",
];

/// Checks a password somebody wants. Errors: `password.short`, `password.long`, `password.common`, `password.named`.
pub fn check(password: &str, username: &str) -> Result<(), Refusal> {
    let refused = |refusal: Refusal| Err(refusal.field("password"));
    if password.chars().count() < SHORTEST {
        return refused(refuse!(Invalid, "password.short", least = SHORTEST));
    }
    if password.len() > LONGEST {
        return refused(refuse!(Invalid, "password.long", most = LONGEST));
    }
    let lower = password.to_lowercase();
    if COMMON.contains(&lower.as_str()) || is_a_run(&lower) {
        return refused(refuse!(Invalid, "password.common"));
    }
    let name = username.split('@').next().unwrap_or_default().to_lowercase();
    if name.chars().count() >= 4 && lower.contains(&name) {
        return refused(refuse!(Invalid, "password.named"));
    }
    Ok(())
}

/// `aaaaaaaaaa`, `1234567890`, `abababababab`: steps that repeat.
fn is_a_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: Vec<i64> = codes.windows(2).map(|w| w[1] - w[0]).collect();
    let counting = steps.iter().filter(|s| matches!(s, -1..=1)).count();
    counting + 1 >= steps.len() || (1..=3).any(|n| codes.iter().skip(n).zip(&codes).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_not_the_first_ones_tried() {
        let table = [
            ("short", "anna", "password.short"),
            ("邮局的门是绿色", "anna", "password.short"),
            ("Password123", "anna", "password.common"),
            ("0123456789", "anna", "password.common"),
            ("1234567890", "anna", "password.common"),
            ("abcdefghijkl", "anna", "password.common"),
            ("aaaaaaaaaaaa", "anna", "password.common"),
            ("abcabcabcabc", "anna", "password.common"),
            ("wangfang-2026!", "wangfang@t1", "password.named"),
            ("the green door", "anna", ""),
            ("邮局的门从来都是绿色的", "anna", ""),
            ("postsale-demo", "admin", ""),
        ];
        for (password, name, code) in table {
            assert_eq!(check(password, name).err().map_or("", |r| r.code), code, "{password}");
        }
        assert_eq!(check(&"长".repeat(200), "x").unwrap_err().code, "password.long");
        assert!(COMMON.iter().all(|p| p.chars().count() >= SHORTEST || check(p, "x").is_err()));
    }
}
