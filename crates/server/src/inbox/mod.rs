//! **inbox** downstairs.

pub mod store;
