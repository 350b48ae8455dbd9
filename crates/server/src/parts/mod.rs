//! **parts** downstairs: the catalogue of parts and where their pieces lie. Owns the tables part and stock_line.

pub mod api;
pub mod stock;
pub mod store;
