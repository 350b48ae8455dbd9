//! **dispatch** owns offers and appointments: who fits, why, when; never two orders of one engineer at the same time.
//! Never: records work done. Knocks: the dispatcher, the desk through the flow.

mod model;
mod offer;
mod pick;
pub mod plan;
mod rank;
#[cfg(test)]
mod rank_test;

pub use model::{Booked, Candidate, Certificate, Job, Needed, OfferId, OfferState, Person, Slot, length};
pub use offer::{Answer, LEAD_MIN, ahead, answer, clash, may_offer, past_due, promise};
pub use pick::{MOST_PICKS, Menu, Open, Stage, enough, may_pick, menu};
pub use rank::{distance_m, rank};
