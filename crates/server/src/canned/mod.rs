//! **canned** downstairs: canned replies and macros.

pub mod api;
pub mod recipe_api;
pub mod store;
