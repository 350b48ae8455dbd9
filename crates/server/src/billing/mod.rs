//! **billing** downstairs: quotes, what merchants answered to them, and what was waived. Owns the tables quote and charge_waiver.

pub mod api;
pub mod store;
