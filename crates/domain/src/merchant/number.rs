use crate::ground::Refusal;
use crate::refuse;

/// The letters of a unified social credit code: no I, O, S, V, Z.
const CREDIT_LETTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A merchant number (MID, ISO 8583 field 42), in capitals. Errors: not fifteen letters and digits.
pub fn mid(text: &str) -> Result<String, Refusal> {
    let plain = text.trim().to_ascii_uppercase();
    if plain.len() == 15 && plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(plain)
    } else {
        Err(refuse!(Invalid, "merchant.bad_mid", length = plain.chars().count()).field("mid"))
    }
}

/// A unified social credit code with the right check character; empty for a merchant that has none (小微商户).
/// Errors: `merchant.bad_uscc`.
pub fn uscc(text: &str) -> Result<String, Refusal> {
    let plain = text.trim().to_ascii_uppercase();
    let right = || plain.is_ascii() && plain.len() == 18 && uscc_check(&plain[..17]) == plain.chars().last();
    if plain.is_empty() || right() { Ok(plain) } else { Err(refuse!(Invalid, "merchant.bad_uscc").field("uscc")) }
}

/// The check character of a unified social credit code (GB 32100) after its seventeen characters; `None` when one of them
/// cannot stand in such a code.
pub fn uscc_check(body: &str) -> Option<char> {
    let (mut weight, mut sum) = (1, 0);
    for letter in body.bytes() {
        sum += CREDIT_LETTERS.iter().position(|l| *l == letter)? * weight;
        weight = weight * 3 % 31;
    }
    Some(char::from(CREDIT_LETTERS[(31 - sum % 31) % 31]))
}

/// A credit code as it is shown: the registration authority and the end stay.
pub fn mask_uscc(code: &str) -> String {
    match (code.get(..4), code.len().checked_sub(4).and_then(|at| code.get(at..))) {
        (Some(head), Some(tail)) if code.len() >= 12 => format!("{head}**********{tail}"),
        _ => "*".repeat(code.len().min(8)),
    }
}

/// What is kept of a settlement account: its last four digits, `*6621`. Empty when none is known. Errors: fewer than four
/// digits, or something else than digits, blanks and stars.
pub fn account_mask(text: &str) -> Result<String, Refusal> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '*')).collect();
    let wrong = || refuse!(Invalid, "merchant.bad_account").field("settlement_account");
    if plain.is_empty() {
        return if text.trim().is_empty() { Ok(String::new()) } else { Err(wrong()) };
    }
    if plain.len() < 4 || plain.len() > 32 || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    Ok(format!("*{}", &plain[plain.len() - 4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_in_one_spelling_or_refused() {
        assert_eq!(mid(" 89831015411000a ").unwrap(), "89831015411000A");
        for wrong in ["", "88231", "8983101541100011", "89831015411000号", "89831015411 001"] {
            assert_eq!(mid(wrong).unwrap_err().code, "merchant.bad_mid", "{wrong}");
        }
        for right in ["91350100M000100Y43", " 91350100m000100y43", ""] {
            assert_eq!(uscc(right).unwrap(), right.trim().to_uppercase());
        }
        for wrong in ["91350100M000100Y44", "9135O100M000100Y43", "91350100M000100Y4", "信用代码信用代码", "913501000000100Y4号"] {
            assert_eq!(uscc(wrong).unwrap_err().code, "merchant.bad_uscc", "{wrong}");
        }
        assert_eq!(mask_uscc("91350100M000100Y43"), "9135**********0Y43");
        assert_eq!(mask_uscc("123"), "***");
    }

    #[test]
    fn of_an_account_only_the_end_is_kept() {
        for (given, kept) in [("6222 0212 3456 6621", "*6621"), ("****6621", "*6621"), ("*6621", "*6621"), ("", ""), ("  ", "")] {
            assert_eq!(account_mask(given).unwrap(), kept, "{given}");
        }
        for wrong in ["662", "****", "六六二一", "6222-O212"] {
            assert_eq!(account_mask(wrong).unwrap_err().code, "merchant.bad_account", "{wrong}");
        }
    }
}
