//! **ticket** downstairs.

pub mod api;
pub mod entry;
pub mod filter;
pub mod list;
pub mod saved;
pub mod store;
