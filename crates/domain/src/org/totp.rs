//! One-time codes that change with time (RFC 6238: HMAC-SHA-1, 30 seconds, six digits), and the codes for a lost phone.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Bytes of a secret.
pub const SECRET: usize = 20;
/// Seconds a code lives.
const STEP: i64 = 30;
/// Recovery codes made at a time.
pub const RECOVERY_CODES: usize = 10;

/// The number of the step an instant lies in.
fn step(at: Timestamp) -> i64 {
    at.as_second().div_euclid(STEP)
}

/// The code an app shows at an instant.
pub fn code_at(secret: &[u8], at: Timestamp) -> Option<String> {
    code(secret, step(at))
}

/// The code of a step.
fn code(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0x0f);
    let number = u32::from_be_bytes([hash[offset], hash[offset + 1], hash[offset + 2], hash[offset + 3]]) & 0x7fff_ffff;
    Some(format!("{:06}", number % 1_000_000))
}

/// The step a code belongs to: this one or a neighbour, for clocks that differ. Codes of `last_used` and before are spent.
pub fn accepted(secret: &[u8], given: &str, at: Timestamp, last_used: i64) -> Option<i64> {
    let now = step(at);
    let mut found = None;
    for step in now - 1..=now + 1 {
        let right = code(secret, step).is_some_and(|code| bool::from(code.as_bytes().ct_eq(given.as_bytes())));
        if right && step > last_used {
            found = Some(step);
        }
    }
    found
}

/// Base 32 without padding, as authenticator apps read secrets.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut block = [0_u8; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        for i in 0..(chunk.len() * 8).div_ceil(5) {
            text.push(char::from(LETTERS[(bits >> (35 - 5 * i) & 31) as usize]));
        }
    }
    text
}

/// The address an authenticator app reads from a QR code.
pub fn uri(secret: &[u8], issuer: &str, account: &str) -> String {
    let (issuer, account) = (percent(issuer), percent(account));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30", base32(secret))
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

/// Recovery codes from random bytes: ten digits of base 32 each, written in two halves.
pub fn recovery_codes(random: &[u8]) -> Vec<String> {
    let text = base32(random).to_ascii_lowercase();
    let groups = text.as_bytes().chunks_exact(10).take(RECOVERY_CODES);
    groups.map(|c| c.iter().map(|b| char::from(*b)).collect::<String>()).map(|c| format!("{}-{}", &c[..5], &c[5..])).collect()
}

/// A recovery code as it is hashed: small letters, without blanks and hyphens; `None` when it cannot be one.
pub fn plain_recovery_code(given: &str) -> Option<String> {
    let plain: String = given.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_ascii_lowercase();
    (plain.len() == 10 && plain.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b))).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the last six of the eight digits printed there.
        for (second, wanted) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(code(SEED, step(at(second))).unwrap(), wanted);
            assert_eq!(accepted(SEED, wanted, at(second), 0), Some(step(at(second))));
        }
        // RFC 4648.
        assert_eq!([base32(b"f"), base32(b"fo"), base32(b"foob"), base32(b"foobar")], ["MY", "MZXQ", "MZXW6YQ", "MZXW6YTBOI"]);
    }

    #[test]
    fn a_code_works_once_and_only_in_its_time() {
        let now = 2_000_000_000;
        let given = code_at(SEED, at(now)).unwrap();
        for (offset, works) in [(-60, false), (-30, true), (0, true), (30, true), (60, false), (90, false)] {
            assert_eq!(accepted(SEED, &given, at(now + offset), 0).is_some(), works, "{offset}");
        }
        assert_eq!(accepted(SEED, &given, at(now), step(at(now))), None, "spent");
        for wrong in ["", "28708", "2870822", "２８７０８２", "abcdef"] {
            assert_eq!(accepted(SEED, wrong, at(now), 0), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_can_read_the_address() {
        let uri = uri(SEED, "Postsale 华东", "anna@t1");
        assert_eq!(
            uri,
            "otpauth://totp/Postsale%20%E5%8D%8E%E4%B8%9C:anna%40t1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Postsale%20%E5%8D%8E%E4%B8%9C&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn recovery_codes_can_be_typed_in_any_way() {
        let bytes: Vec<u8> = (0..64).collect();
        let codes = recovery_codes(&bytes);
        assert_eq!(codes.len(), RECOVERY_CODES);
        assert_eq!(codes[0], "aaaqe-ayeau");
        assert_eq!(plain_recovery_code(" AAAQE AYEAU ").unwrap(), "aaaqeayeau");
        for wrong in ["", "aaaqe-ayea", "aaaqe-ayea1", "123456"] {
            assert_eq!(plain_recovery_code(wrong), None);
        }
    }
}
