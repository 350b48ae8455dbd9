//! Triage: which fault it looks like, remote or on site, how soon. Rules over files, no learning: each point of a score and
//! each decision names what it rests on.

mod book;
mod decide;
mod judged;
mod priority;
mod propose;
#[cfg(test)]
mod rules_test;
#[cfg(test)]
mod sentences_test;
mod words;

use serde::{Deserialize, Serialize};

use super::model::{Decision, Impact};
use crate::ground::Text;

pub use book::{TriageBook, TriageError};
pub use judged::{DecidedBy, Judged};
pub use priority::Said;

/// What triage must know of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultFact {
    /// Its code.
    pub code: String,
    /// What is seen.
    pub symptom: Text,
    /// Whether it normally needs a visit: `no`, `maybe`, `yes`.
    pub visit: VisitNeed,
    /// What it usually does to business.
    pub impact: Impact,
    /// Must not be used until it was looked at.
    pub stop_use: bool,
    /// A security matter.
    pub security: bool,
}

/// Whether a fault normally needs somebody on site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitNeed {
    /// Normally solved from afar.
    No,
    /// Sometimes.
    Maybe,
    /// Normally a visit or a swap.
    Yes,
}

/// What triage must know of a response code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeFact {
    /// The code.
    pub code: String,
    /// Meaning.
    pub name: Text,
    /// The card's bank or pick-up: nothing a terminal can help.
    pub issuer_side: bool,
    /// The fault it points at.
    pub fault: Option<String>,
}

/// What is known of the terminal when a case is judged. Empty when it is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TerminalSigns {
    /// The platform does not hear it.
    pub offline: bool,
    /// It has raised a tamper alert.
    pub tamper: bool,
    /// Battery health in percent, when reported.
    pub battery_health: Option<u8>,
    /// Class: `smart`, `mpos`, `sound_box` ...
    pub class: Option<String>,
    /// It has a printer; nothing when the model is unknown.
    pub has_printer: Option<bool>,
    /// Faults confirmed on it within 30 days, solved from afar.
    pub remote_fixed_before: Vec<String>,
    /// Faults confirmed on it within 90 days, in any way.
    pub faults_before: Vec<String>,
}

/// Everything a case is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Signs<'a> {
    /// The merchant's words.
    pub symptom: &'a str,
    /// The response code, when it was told apart from the words.
    pub response_code: Option<&'a str>,
    /// What is known of the terminal.
    pub terminal: &'a TerminalSigns,
    /// An outage of its acquirer is known.
    pub wider_outage: bool,
}

/// A fault it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposal {
    /// Its code.
    pub fault_code: String,
    /// What is seen.
    pub symptom: Text,
    /// How well it fits, 0 to 100. Not a probability.
    pub score: u32,
    /// What the score rests on.
    pub evidence: Vec<Text>,
}

/// A fact used, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactUsed {
    /// What it is.
    pub label: Text,
    /// Its value.
    pub value: String,
}

/// What triage says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Judgement {
    /// From afar first, or on site at once.
    pub decision: Decision,
    /// The rule that decided, as `S1-03 visit_fault`.
    pub rule: String,
    /// Why, in a sentence.
    pub reason: Text,
    /// The facts used.
    pub facts: Vec<FactUsed>,
    /// Faults it may be, best first; at most three.
    pub proposals: Vec<Proposal>,
    /// The terminal must not be used until somebody has looked at it.
    pub stop_use: bool,
}

impl Judgement {
    /// The fault it most looks like, when the book is sure enough to act on it.
    pub fn fault(&self, book: &TriageBook) -> Option<&str> {
        self.proposals.first().filter(|p| p.score >= book.sure_from()).map(|p| p.fault_code.as_str())
    }
}

fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}
