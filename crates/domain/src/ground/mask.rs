//! What is shown of a number or an address to people who need to recognise it, not to use it.

/// A phone number with its middle hidden: `138****5521`. Short numbers keep their last two digits.
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let mobile = if digits.len() == 13 && digits[..2] == ['8', '6'] { &digits[2..] } else { &digits[..] };
    let n = mobile.len();
    let (head, tail) = match n {
        0..=3 => (0, 0),
        4..=8 => (0, 2),
        _ => (3, 4),
    };
    let mut text: String = mobile[..head].iter().collect();
    text.push_str("****");
    text.extend(&mobile[n - tail..]);
    text
}

/// A mail address with its name hidden but for the first character: `z***@example.com`.
pub fn mask_email(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((name, host)) if !host.is_empty() => {
            format!("{}***@{host}", name.chars().next().map(String::from).unwrap_or_default())
        }
        _ => "***".into(),
    }
}

/// The last four characters of a serial, for merchants and strangers: `…7745`.
pub fn tail(serial: &str) -> String {
    let chars: Vec<char> = serial.chars().collect();
    let tail: String = chars[chars.len().saturating_sub(4)..].iter().collect();
    if chars.len() > 4 { format!("…{tail}") } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_stays_to_recognise_and_not_to_use() {
        for (phone, masked) in [
            ("13812345521", "138****5521"),
            ("+86 138-1234-5521", "138****5521"),
            ("01088886666", "010****6666"),
            ("88886666", "****66"),
            ("110", "****"),
            ("", "****"),
        ] {
            assert_eq!(mask_phone(phone), masked, "{phone}");
        }
        for (email, masked) in
            [("zhang@example.com", "z***@example.com"), ("@example.com", "***@example.com"), ("nobody", "***"), ("", "***")]
        {
            assert_eq!(mask_email(email), masked, "{email}");
        }
        for (serial, shown) in [("8210001277457745", "…7745"), ("7745", "7745"), ("", "")] {
            assert_eq!(tail(serial), shown);
        }
    }
}
