//! **org** downstairs: sessions, people, the audit chain.

pub mod api;
pub mod audit;
pub mod export;
pub mod store;
