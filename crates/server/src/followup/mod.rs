//! **followup** downstairs.

pub mod api;
pub mod store;
