//! **visit** owns work orders and what is done on site: steps, backup, diagnosis, parts used, restore, acceptance.
//! Never: picks engineers. Knocks: the desk (sends somebody), dispatch through the flow (gives it to somebody), the engineer.

mod checklist;
mod command;
mod gap;
mod model;
mod rules;
#[cfg(test)]
mod rules_test;

pub use checklist::Checklists;
pub use command::*;
pub use gap::{Gap, missing};
pub use model::*;
pub use rules::{allowed, apply, decide, fault_code, whole_unit};
