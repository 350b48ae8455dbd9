//! **terminal** owns serials, models and the five-element binding.
//! Never: stores heartbeats. Knocks: registration, swap (through the flow), imports.

use crate::ground::Refusal;
use crate::refuse;

crate::ids! {
    /// A payment terminal, one per serial number.
    TerminalId = "trm";
    /// The tie of a terminal to acquirer, merchant, credit code, settlement account and place.
    BindingId = "bnd";
}

/// A serial number as it is compared: without spaces and dashes, in capitals. Errors: not 6 to 32 letters and digits.
pub fn serial(text: &str) -> Result<String, Refusal> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    if (6..=32).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(plain)
    } else {
        Err(refuse!(Invalid, "terminal.bad_serial").field("terminal_serial"))
    }
}

/// A terminal number (TID, ISO 8583 field 41). Errors: not eight letters and digits.
pub fn tid(text: &str) -> Result<String, Refusal> {
    let plain = text.trim().to_ascii_uppercase();
    if plain.len() == 8 && plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(plain)
    } else {
        Err(refuse!(Invalid, "terminal.bad_tid").field("tid"))
    }
}

/// A terminal unique serial number (TUSN). Errors: not twenty digits.
pub fn tusn(text: &str) -> Result<String, Refusal> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.len() == 20 && plain.bytes().all(|b| b.is_ascii_digit()) {
        Ok(plain)
    } else {
        Err(refuse!(Invalid, "terminal.bad_tusn", length = plain.chars().count()).field("tusn"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_are_compared_without_their_spaces() {
        assert_eq!(serial(" 8210 4477-0931 ").unwrap(), "821044770931");
        assert_eq!(serial("n9000abc12").unwrap(), "N9000ABC12");
        for wrong in ["", "12345", "序列号八二一", "1'; DROP TABLE terminal", &"9".repeat(33)] {
            assert_eq!(serial(wrong).unwrap_err().code, "terminal.bad_serial", "{wrong}");
        }
        assert_eq!(tusn("00000 70000 12345 67890").unwrap(), "00000700001234567890");
        assert_eq!(tusn("0000070000123456789O").unwrap_err().code, "terminal.bad_tusn");
        assert_eq!(tid("1234567").unwrap_err().code, "terminal.bad_tid");
    }
}
