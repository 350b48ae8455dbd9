//! The outside world: each thing behind one small door, with something that stands in for it.

pub mod fetch;
pub mod mail_in;
pub mod mail_out;
pub mod oidc;
