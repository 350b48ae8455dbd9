//! The audit chain: each entry's hash covers its canonical bytes and the hash of the one before it.

use sha2::{Digest, Sha256};

/// The hash before the first entry of a tenant.
pub const GENESIS: [u8; 32] = [0; 32];

/// One entry, as it is hashed. Instants in milliseconds since 1970 UTC; `before` and `after` are JSON texts ("" for none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Position in the tenant's chain, from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// Who: see `Caller::label`.
    pub caller: &'a str,
    /// What was done.
    pub action: &'a str,
    /// To what.
    pub subject: &'a str,
    /// The changed fields before.
    pub before: &'a str,
    /// The changed fields after.
    pub after: &'a str,
}

impl Entry<'_> {
    /// SHA-256 over the previous hash, the two numbers (big-endian) and each text with its length in front,
    /// so that no two different entries share their bytes.
    pub fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut h = Sha256::new();
        h.update(previous);
        h.update(self.seq.to_be_bytes());
        h.update(self.at_ms.to_be_bytes());
        for text in [self.caller, self.action, self.subject, self.before, self.after] {
            h.update((text.len() as u64).to_be_bytes());
            h.update(text.as_bytes());
        }
        h.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_of_any_part_changes_the_hash() {
        let entry = Entry { seq: 1, at_ms: 5, caller: "usr_1", action: "ticket.solve", subject: "tkt_1", before: "{}", after: "{\"a\":1}" };
        let hash = entry.hash(&GENESIS);
        let others = [
            Entry { seq: 2, ..entry.clone() },
            Entry { at_ms: 6, ..entry.clone() },
            Entry { caller: "usr_1t", action: "icket.solve", ..entry.clone() },
            Entry { before: "{}{", after: "\"a\":1}", ..entry.clone() },
        ];
        for other in others {
            assert_ne!(other.hash(&GENESIS), hash, "{other:?}");
        }
        assert_ne!(entry.hash(&[1; 32]), hash);
    }
}
