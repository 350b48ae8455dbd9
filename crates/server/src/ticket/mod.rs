//! **ticket** downstairs.

pub mod api;
pub mod entry;
pub mod list;
pub mod store;
