//! Upstairs: what Postsale decides. Dry by construction: no async, no IO, no wall clock, no randomness.
//!
//! A decision is a pure function of (state, command, facts, now). It answers with events or with a [`ground::Refusal`].

pub mod agreement;
pub mod bell;
pub mod billing;
pub mod canned;
pub mod coverage;
pub mod crew;
pub mod dispatch;
pub mod facts;
pub mod file;
pub mod followup;
pub mod ground;
pub mod import;
pub mod inbox;
pub mod incident;
pub mod knowledge;
pub mod merchant;
pub mod notify;
pub mod org;
pub mod parts;
pub mod sla;
pub mod terminal;
pub mod ticket;
pub mod visit;
