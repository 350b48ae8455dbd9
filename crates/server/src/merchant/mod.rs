//! **merchant** downstairs.

pub mod store;
