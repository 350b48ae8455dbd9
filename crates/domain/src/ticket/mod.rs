//! **ticket** owns the case: state, category, priority, triage decision, one accountable owner, promises.
//! Never: computes deadlines. Knocks: the desk, the merchant's page, inbox and visit through the flow.

pub mod alike;
pub mod merge;
#[cfg(test)]
mod merge_test;
mod model;
pub mod queue;
#[cfg(test)]
mod queue_test;
pub mod recipe;
mod rules;
#[cfg(test)]
mod rules_test;
pub mod saved;
#[cfg(test)]
mod saved_test;
pub mod triage;

pub use model::*;
pub use rules::{allowed, apply, confirmable, decide, from_afar, missing, possible};
pub use saved::DeskViewId;
