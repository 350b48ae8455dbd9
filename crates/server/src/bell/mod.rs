//! **bell** downstairs: followers and notifications.

pub mod api;
pub mod store;
