//! **facts** downstairs: what is in force of everything that ships as a file, for the tenant of a transaction.
//!
//! Owns: the tables fact_head, fact_version, fact_draft and ticket_extra. Every room may ask [`in_force`]; it reads one row to see
//! whether what this process keeps of the tenant is still what the database says.

pub mod api;
pub mod draft;
pub mod extra;
mod force;
mod rows;
pub mod store;
mod verdict;

pub use force::{InForce, REPAIR, guide_at, in_force};
pub use rows::shipped;
pub use verdict::{lists, verdict};
