//! Checking an audit chain link by link, from the store or from an export, without a database at hand.
//!
//! An export is one JSON object per line: the entries in order, and last `{"head":{"seq":…,"hash":"…"}}`.

use serde::{Deserialize, Serialize};

use super::audit::{Entry, GENESIS};

/// An entry of an export: what is hashed, and its hash in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Position in the chain.
    pub seq: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who.
    pub caller: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The changed fields before, JSON ("" for none).
    pub before: String,
    /// The changed fields after, JSON ("" for none).
    pub after: String,
    /// SHA-256 over the previous hash and this entry, in hexadecimal.
    pub hash: String,
}

/// The end of a chain: the number and the hash of its last entry. Kept elsewhere, it makes any change before it show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The last entry.
    pub seq: i64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

/// The last line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadLine {
    /// The head.
    pub head: Head,
}

/// The first thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A line of the export is neither an entry nor a head.
    Unreadable {
        /// The line, from 1.
        line: u64,
    },
    /// The entry's content, or one before it, is not what was hashed.
    Bent {
        /// The entry.
        seq: i64,
    },
    /// Another entry stands where this one should.
    Gap {
        /// The entry that should follow.
        expected: i64,
        /// The one that stands there.
        found: i64,
    },
    /// The chain ends before its head, or its head names another hash.
    Cut {
        /// The last entry that is there.
        last: i64,
        /// The head's number.
        head: i64,
    },
    /// An export without its last line, or with more behind it.
    NoHead,
    /// The entry is not the one that was known from elsewhere.
    Rewritten {
        /// The known entry.
        seq: i64,
    },
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Broken::Unreadable { line } => write!(f, "line {line} is no entry of an audit export"),
            Broken::Bent { seq } => write!(f, "entry {seq} is not what was written: its content does not give its hash"),
            Broken::Gap { expected, found } => write!(f, "entry {expected} is missing: entry {found} stands in its place"),
            Broken::Cut { last, head } => write!(f, "the chain ends with entry {last}, but its head names entry {head} or another hash"),
            Broken::NoHead => f.write_str("the export does not end with its head: its tail is missing"),
            Broken::Rewritten { seq } => {
                write!(f, "entry {seq} has another hash than the one known from elsewhere: the chain was written anew")
            }
        }
    }
}

/// A chain as far as it has been checked.
#[derive(Debug, Clone)]
pub struct Chain {
    previous: [u8; 32],
    last: i64,
}

impl Default for Chain {
    fn default() -> Self {
        Self { previous: GENESIS, last: 0 }
    }
}

impl Chain {
    /// Takes the next entry with the hash that was kept for it.
    pub fn take(&mut self, entry: &Entry<'_>, hash: &[u8]) -> Result<(), Broken> {
        if entry.seq != self.last + 1 {
            return Err(Broken::Gap { expected: self.last + 1, found: entry.seq });
        }
        let computed = entry.hash(&self.previous);
        if computed.as_slice() != hash {
            return Err(Broken::Bent { seq: entry.seq });
        }
        (self.previous, self.last) = (computed, entry.seq);
        Ok(())
    }

    /// Compares the end reached with the head; `None` for a chain that never had one.
    pub fn end(&self, head: Option<(i64, &[u8])>) -> Result<(), Broken> {
        match head {
            Some((seq, hash)) if seq != self.last || hash != self.previous => Err(Broken::Cut { last: self.last, head: seq }),
            None if self.last > 0 => Err(Broken::Cut { last: self.last, head: 0 }),
            _ => Ok(()),
        }
    }

    /// The last entry taken.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// The end reached.
    pub fn head(&self) -> Head {
        Head { seq: self.last, hash: hex(&self.previous) }
    }
}

/// Checks an export line by line.
#[derive(Debug, Clone, Default)]
pub struct ExportCheck {
    chain: Chain,
    known: Option<Head>,
    lines: u64,
    ended: bool,
}

impl ExportCheck {
    /// A check; with a head known from elsewhere also that it still stands in the chain.
    pub fn new(known: Option<Head>) -> Self {
        Self { known, ..Self::default() }
    }

    /// Takes the next line of the file.
    pub fn line(&mut self, text: &str) -> Result<(), Broken> {
        self.lines += 1;
        if self.ended {
            return Err(Broken::NoHead);
        }
        if let Ok(HeadLine { head }) = serde_json::from_str(text) {
            let hash = unhex(&head.hash).ok_or(Broken::Unreadable { line: self.lines })?;
            // A tenant without an entry has the head of nothing.
            self.chain.end(Some((head.seq, &hash)))?;
            self.ended = true;
            return Ok(());
        }
        let line: Line = serde_json::from_str(text).map_err(|_| Broken::Unreadable { line: self.lines })?;
        let hash = unhex(&line.hash).ok_or(Broken::Bent { seq: line.seq })?;
        let Line { seq, at_ms, caller, action, subject, before, after, .. } = &line;
        self.chain.take(&Entry { seq: *seq, at_ms: *at_ms, caller, action, subject, before, after }, &hash)?;
        match &self.known {
            Some(known) if known.seq == line.seq && known.hash != line.hash => Err(Broken::Rewritten { seq: line.seq }),
            _ => Ok(()),
        }
    }

    /// Ends the check; the head of a whole chain.
    pub fn end(self) -> Result<Head, Broken> {
        match &self.known {
            _ if !self.ended => Err(Broken::NoHead),
            Some(known) if known.seq > self.chain.last() => Err(Broken::Cut { last: self.chain.last(), head: known.seq }),
            _ => Ok(self.chain.head()),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

/// Lower-case hexadecimal only: one spelling per hash.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16).filter(|_| !b.is_ascii_uppercase());
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    });
    pairs.collect()
}
