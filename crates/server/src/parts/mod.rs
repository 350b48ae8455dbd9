//! **parts** downstairs: the catalogue of parts. Owns the table part.

pub mod api;
pub mod store;
