//! **parts** downstairs: the catalogue of parts and where their pieces lie. Owns the tables part,
//! stock_line and part_reservation.

pub mod api;
pub mod reservation;
pub mod stock;
pub mod store;
