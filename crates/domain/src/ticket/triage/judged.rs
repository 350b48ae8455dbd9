use serde::{Deserialize, Serialize};

use super::book::TriageBook;
use super::{FactUsed, Judgement, Proposal};
use crate::ground::Text;
use crate::ticket::model::Decision;

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// A rule of the book.
    Rule,
    /// A member of staff.
    Person,
}

/// A triage as it is kept with the ticket and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Triage))]
pub struct Judged {
    /// From afar or on site.
    pub decision: Option<Decision>,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// The rule that decided.
    pub rule: Option<String>,
    /// Why, in a sentence.
    pub reason: Text,
    /// The facts used.
    pub facts: Vec<FactUsed>,
    /// Faults it may be, best first.
    pub proposals: Vec<Proposal>,
    /// The fault it looks like, when the book is sure enough to act on it.
    #[serde(default)]
    pub fault_code: Option<String>,
}

impl Judged {
    /// What the book says.
    pub fn by_rule(judgement: Judgement, book: &TriageBook) -> Self {
        let fault_code = judgement.fault(book).map(str::to_owned);
        Judged {
            decision: Some(judgement.decision),
            decided_by: DecidedBy::Rule,
            rule: Some(judgement.rule),
            reason: judgement.reason,
            facts: judgement.facts,
            proposals: judgement.proposals,
            fault_code,
        }
    }

    /// What the catalogue says of something that was ordered: nothing is broken, so no fault is proposed.
    pub fn by_order(decision: Decision, reason: Text) -> Self {
        Judged {
            decision: Some(decision),
            decided_by: DecidedBy::Rule,
            rule: None,
            reason,
            facts: Vec::new(),
            proposals: Vec::new(),
            fault_code: None,
        }
    }

    /// What a person says instead, in their words. The facts and proposals of the judgement before stay in sight.
    pub fn by_person(before: Option<Judged>, decision: Decision, fault_code: Option<String>, reason: &str) -> Self {
        let (facts, proposals) = before.map(|j| (j.facts, j.proposals)).unwrap_or_default();
        let reason = Text { zh: reason.to_owned(), en: reason.to_owned() };
        Judged { decision: Some(decision), decided_by: DecidedBy::Person, rule: None, reason, facts, proposals, fault_code }
    }
}
