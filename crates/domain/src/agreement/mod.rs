//! **agreement** owns what is paid when a promise is broken: penalty clauses, monthly statements, their exclusions and disputes.
//!
//! Never: runs a clock, changes a ticket, rounds. Knocks: the flow, when a month is signed, excluded from, disputed, decided.
//!
//! A promise belongs to the month in which it fell due: at its breach where it was broken, else at its due instant. At the end of a
//! month everything that fell due in it is decided, and nothing is counted in two months. Lateness is counted in the clock's own
//! business time, not on the wall: the promise was made in it, and nobody pays for hours in which nobody had to work, nor for a wait
//! the agreement holds the clock for.

mod model;
mod month;
mod rules;
#[cfg(test)]
mod rules_test;
mod seal;
mod terms;
#[cfg(test)]
mod terms_test;

pub use model::*;
pub use month::Month;
pub use rules::{Signing, decide, dispute, exclude, judge, sign, statement, withdraw};
pub use seal::{Head, Seal};
pub use terms::{Clause, Penalty, PenaltyError, Terms, TermsError};
