//! **terminal** downstairs.

pub mod store;
