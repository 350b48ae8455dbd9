//! followup 回访: asking after a case is closed whether it really is well.
//!
//! Owns: when a merchant is asked, what an answer may be, what follows from it, when asking ends. One survey per closed round.
//! Never: sends by itself (that is a notice), changes a ticket (that is the flow).
//! Who knocks: flow, when a ticket closes and when an answer comes; the timer that asks.

mod model;
mod rules;
#[cfg(test)]
mod rules_test;

pub use model::{Answer, ContactWindow, FollowUp, FollowUpId, FollowUpState, Plan, Recovered, Reopen, Step};
pub use rules::{MAX_COMMENT, answer, due_at, next_step, recover_by, recovered, what_follows};
