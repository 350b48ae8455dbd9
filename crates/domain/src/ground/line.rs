use super::{Refusal, mask_cards};
use crate::refuse;

/// One line of text as it is kept: without white space around it, 1 to `max` characters, nothing that steers a terminal or a
/// database, card numbers masked. Errors: `text.length`, `text.control`.
pub fn line(text: &str, field: &str, max: usize) -> Result<String, Refusal> {
    let text = line_or_empty(text, field, max)?;
    if text.is_empty() { Err(refuse!(Invalid, "text.length", limit = max).field(field)) } else { Ok(text) }
}

/// Like [`line`], but may be empty.
pub fn line_or_empty(text: &str, field: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')) {
        return Err(refuse!(Invalid, "text.control").field(field));
    }
    if text.chars().count() > max {
        return Err(refuse!(Invalid, "text.length", limit = max).field(field));
    }
    Ok(mask_cards(text).text)
}

/// A text that is kept as it stands, or is the name something is found by: where masking would change what it means, a card number is
/// refused. Errors: `text.card`.
pub fn cardless(text: &str, field: &str) -> Result<(), Refusal> {
    if mask_cards(text).found == 0 { Ok(()) } else { Err(refuse!(Invalid, "text.card").field(field)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line(" 顺风面馆 ", "name", 4), Ok("顺风面馆".into()));
        assert_eq!(line_or_empty("  ", "name", 4), Ok(String::new()));
        assert_eq!(line("4111 1111 1111 1111", "name", 20), Ok("**** **** **** 1111".into()));
        for (text, code) in [
            ("", "text.length"),
            ("顺风面馆店", "text.length"),
            ("a\0b", "text.control"),
            ("a\nb", "text.control"),
            ("a\u{202E}b", "text.control"),
        ] {
            assert_eq!(line(text, "name", 4).unwrap_err().code, code, "{text:?}");
        }
    }
}
