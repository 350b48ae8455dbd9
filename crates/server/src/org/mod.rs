//! **org** downstairs: sessions, people and what they belong to, links, keys, the audit chain.

pub mod api;
pub mod audit;
pub mod export;
pub mod factor;
pub mod identity;
pub mod mail;
pub mod secret;
pub mod store;
