//! **ticket** downstairs.

pub mod entry;
pub mod list;
pub mod store;
