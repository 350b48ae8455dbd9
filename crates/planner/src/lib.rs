//! The dispatch optimiser: jobs, engineers, costs and nothing else. Standard library only, deterministic by seed.
//!
//! Owns: the model of a planning day, the search, the judge. Never: a clock, a file, a database, a word of the rest of the house.
//! Who knocks: the front door (`postsale plan`) and the dispatch room.

pub mod check;
mod freeze;
pub mod model;
pub mod resident;
pub mod rng;
pub mod search;
mod validate;
pub mod vrplib;

pub use check::{Verdict, Violation, check};
pub use freeze::freeze;
pub use model::{BadInput, Cost, Engineer, Job, Objective, Plan, Prices, Problem, Route, Travel};
pub use resident::{Offer, Refused, Resident, Slot, WhyNot};
pub use search::{Budget, Crowd, Options, Outcome, Progress, Reach, Tuning, solve};
