//! **ticket** downstairs.

pub mod api;
pub mod entry;
pub mod filter;
pub mod head;
pub mod list;
pub mod merge;
pub mod relation;
pub mod saved;
pub mod store;
pub mod task;
