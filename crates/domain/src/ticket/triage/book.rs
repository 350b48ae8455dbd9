use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use super::words::Atoms;
use super::{CodeFact, FaultFact};
use crate::ticket::model::{Impact, Priority, Urgency};

/// A mistake in the triage file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriageError {
    /// The field.
    pub place: String,
    /// What is wrong, in English.
    pub why: String,
}

impl fmt::Display for TriageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "triage.json: {}: {}", self.place, self.why)
    }
}

impl std::error::Error for TriageError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    #[serde(rename = "note")]
    _note: String,
    shown_from: u32,
    sure_from: u32,
    all_cards: Vec<String>,
    now: Vec<String>,
    can_wait: Vec<String>,
    cannot_take_payment: Vec<String>,
    can_take_payment: Vec<String>,
    priority: BTreeMap<Impact, BTreeMap<Urgency, Priority>>,
    tiers: BTreeMap<String, u32>,
    faults: Vec<FaultRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultRow {
    fault: String,
    phrases: BTreeMap<String, u32>,
    #[serde(default)]
    not: Vec<String>,
}

/// A phrase: all of its atoms must be there.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub written: String,
    pub atoms: Vec<u32>,
    pub weight: u32,
}

/// The phrases of a fault.
#[derive(Debug, Clone)]
pub(super) struct FaultWords {
    pub fault: FaultFact,
    pub phrases: Vec<Phrase>,
    pub not: Vec<Phrase>,
}

/// The rules of triage, read once.
#[derive(Debug, Clone, Default)]
pub struct TriageBook {
    pub(super) shown_from: u32,
    pub(super) sure_from: u32,
    pub(super) atoms: Atoms,
    pub(super) faults: Vec<FaultWords>,
    pub(super) codes: BTreeMap<String, CodeFact>,
    pub(super) all_cards: Vec<u32>,
    pub(super) now: Vec<u32>,
    pub(super) can_wait: Vec<u32>,
    pub(super) cannot_take_payment: Vec<u32>,
    pub(super) can_take_payment: Vec<u32>,
    pub(super) priority: BTreeMap<Impact, BTreeMap<Urgency, Priority>>,
    pub(super) tiers: BTreeMap<String, u32>,
}

impl TriageBook {
    /// Reads `triage.json` against the faults and codes in force. Errors: the first mistake.
    pub fn parse(triage: &str, faults: Vec<FaultFact>, codes: Vec<CodeFact>) -> Result<Self, TriageError> {
        let wrong = |place: String, why: String| TriageError { place, why };
        let mut deserializer = serde_json::Deserializer::from_str(triage);
        let file: File = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|e| TriageError { place: e.path().to_string(), why: e.inner().to_string() })?;
        if file.format != "postsale-triage/1" {
            return Err(wrong("format".into(), "\"postsale-triage/1\" is expected".into()));
        }
        for impact in [Impact::CannotTakePayment, Impact::Partly, Impact::CanTakePayment] {
            let row = file.priority.get(&impact);
            if Urgency::ALL.iter().any(|u| row.is_none_or(|r| !r.contains_key(u))) {
                return Err(wrong(format!("priority.{}", impact.as_str()), "a priority for each urgency is expected".into()));
            }
        }
        let mut atoms = Atoms::default();
        let list = |atoms: &mut Atoms, words: &[String]| words.iter().map(|w| atoms.add(w)).collect::<Vec<_>>();
        let mut book = Self {
            shown_from: file.shown_from,
            sure_from: file.sure_from,
            all_cards: list(&mut atoms, &file.all_cards),
            now: list(&mut atoms, &file.now),
            can_wait: list(&mut atoms, &file.can_wait),
            cannot_take_payment: list(&mut atoms, &file.cannot_take_payment),
            can_take_payment: list(&mut atoms, &file.can_take_payment),
            codes: codes.into_iter().map(|c| (c.code.clone(), c)).collect(),
            priority: file.priority,
            tiers: file.tiers,
            ..Self::default()
        };
        let mut known: BTreeMap<String, FaultFact> = faults.into_iter().map(|f| (f.code.clone(), f)).collect();
        let mut seen = BTreeSet::new();
        for (i, row) in file.faults.into_iter().enumerate() {
            let place = format!("faults[{i}]");
            if !seen.insert(row.fault.clone()) {
                return Err(wrong(place, format!("{:?} stands twice", row.fault)));
            }
            let fault =
                known.remove(&row.fault).ok_or_else(|| wrong(format!("{place}.fault"), format!("unknown fault {:?}", row.fault)))?;
            if row.phrases.is_empty() || row.phrases.iter().any(|(p, w)| p.trim().is_empty() || !(1..=100).contains(w)) {
                return Err(wrong(format!("{place}.phrases"), "phrases with weights from 1 to 100 are expected".into()));
            }
            let mut phrase =
                |written: String, weight| Phrase { atoms: written.split('+').map(|a| atoms.add(a)).collect(), weight, written };
            book.faults.push(FaultWords {
                fault,
                phrases: row.phrases.into_iter().map(|(p, w)| phrase(p, w)).collect(),
                not: row.not.into_iter().map(|p| phrase(p, 0)).collect(),
            });
        }
        if let Some(code) = known.keys().next() {
            return Err(wrong("faults".into(), format!("no phrases for fault {code:?}")));
        }
        book.atoms = atoms;
        Ok(book)
    }

    /// The score from which a proposal is acted on, 0 to 100.
    pub fn sure_from(&self) -> u32 {
        self.sure_from
    }

    pub(super) fn fault(&self, code: &str) -> Option<&FaultFact> {
        self.faults.iter().find(|f| f.fault.code == code).map(|f| &f.fault)
    }
}
