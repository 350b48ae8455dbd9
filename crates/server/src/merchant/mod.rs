//! **merchant** downstairs.

pub mod api;
pub mod store;
