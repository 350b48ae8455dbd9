//! **incident** owns the trouble many tickets share: its scope, its reporters, what they were told together.
//! Never: changes a ticket, sends a letter. Knocks: the desk; the flow when a fault is registered.

mod model;
mod rules;
#[cfg(test)]
mod rules_test;

pub use model::*;
pub use rules::{attach, broadcast, detach, matched, open, resolve, telling};
