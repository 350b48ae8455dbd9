//! **followup** downstairs.

pub mod store;
