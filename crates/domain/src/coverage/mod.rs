//! **coverage** owns warranty terms and the entitlement decision.
//! Never: charges. Knocks: the merchant's page, the desk, the visit, lists of terminals.

mod model;
mod rules;
#[cfg(test)]
mod rules_test;

pub use model::{Applies, Coverage, Device, Entitled, Maker, Repaired, Term, TermJudged, Unhappy, Verdict, Warranty};
pub use rules::{FROM_CATALOGUE, MADE_GOOD, ON_RECORD, after_repair, again, decide, labour, part, same_kind};
