use sha2::{Digest, Sha256};

use super::model::{Because, Line};
use crate::ground::to_millis;

/// What a version says of itself, as it is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// The statement.
    pub statement: &'a str,
    /// Whose.
    pub acquirer: &'a str,
    /// By which agreement, and which version of it.
    pub agreement: (&'a str, i64),
    /// Of which month.
    pub month: &'a str,
    /// From 1.
    pub version: i64,
    /// The seal of the version before; empty for the first.
    pub predecessor: &'a str,
    /// Who signed it.
    pub signed_by: &'a str,
    /// When, in milliseconds since 1970 UTC.
    pub signed_ms: i64,
}

/// The seal of a version: SHA-256 over its head and its lines in their order, so that none of it can be changed unseen. Lines are
/// taken one by one; a statement of a hundred thousand is never held whole.
pub struct Seal(Sha256);

impl Seal {
    /// Begins with the head. Each text has its length in front, so that no two heads share their bytes.
    pub fn new(head: &Head<'_>) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"postsale-statement/1\n");
        for text in [head.statement, head.acquirer, head.agreement.0, head.month, head.predecessor, head.signed_by] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        for number in [head.agreement.1, head.version, head.signed_ms] {
            hash.update(number.to_be_bytes());
        }
        Self(hash)
    }

    /// The next line, by due instant and clock.
    pub fn line(&mut self, line: &Line) {
        self.0.update(canonical(line).as_bytes());
    }

    /// The seal, in hexadecimal.
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A line as it is sealed: ids, words and whole numbers only, so that no value can hold a separator.
fn canonical(line: &Line) -> String {
    let p = &line.promised;
    let ended = p.ended.map(to_millis).map_or_else(|| "-".to_owned(), |ms| ms.to_string());
    let because = match line.because {
        None => "-".to_owned(),
        Some(Because::Exclusion(id)) => id.to_string(),
        Some(Because::Dispute(id)) => id.to_string(),
    };
    format!(
        "{}|{}|{}|{}|{}|{ended}|{}|{}|{}|{}|{}|{because}\n",
        p.clock,
        p.ticket,
        p.kind.as_str(),
        to_millis(p.started),
        to_millis(p.due),
        i64::from(p.breached),
        p.late_s,
        line.verdict.as_str(),
        line.counted_s,
        line.penalty,
    )
}
