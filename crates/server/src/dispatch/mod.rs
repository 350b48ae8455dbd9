//! **dispatch** downstairs: offers of work orders to engineers. Owns: the table offer.

pub mod api;
pub mod store;
