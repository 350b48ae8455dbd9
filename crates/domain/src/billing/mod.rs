//! **billing** 报价: owns what a merchant is asked to pay before the work: whether a quote may be answered, and what of the work is not agreed to.
//! Never: a price that is not listed, what a warranty covers. Knocks: the desk, the engineer, the merchant's page, the visit through the flow.

mod model;
mod rules;
#[cfg(test)]
mod rules_test;

pub use model::{Agreed, Answer, AnswerWay, Consent, Need, Offer, QuoteState};
pub use rules::{MAX_WORDS, VALID_DAYS, answer, consent, standing, waive};
