//! Whether two reports say the same.

use std::collections::BTreeSet;

use serde::Serialize;

/// Shared words of the shorter report, in percent, from which on two reports are taken to say the same.
const FROM: usize = 50;
/// Words that must be shared at least: one word alone says little.
const LEAST: usize = 2;

/// How much two reports share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Likeness {
    /// Shared words of the one that says less, in percent.
    pub percent: u32,
    /// The shared words.
    pub words: Vec<String>,
}

/// Compares the words of two reports. Words of one character are in every report and do not count. Alike are those that share at
/// least two words and half the words of the one that says less; what is told is the measure and the words.
pub fn likeness(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Option<Likeness> {
    let telling = |words: &BTreeSet<String>| words.iter().filter(|w| w.chars().count() > 1).cloned().collect::<BTreeSet<_>>();
    let (a, b) = (telling(a), telling(b));
    let words: Vec<String> = a.intersection(&b).cloned().collect();
    let percent = words.len() * 100 / a.len().min(b.len()).max(1);
    (words.len() >= LEAST && percent >= FROM).then(|| Likeness { percent: u32::try_from(percent).unwrap_or(100), words })
}
