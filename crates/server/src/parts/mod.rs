//! **parts** downstairs: the catalogue of parts and where their pieces lie. Owns the tables part, part_piece,
//! stock_line, part_reservation and part_request.

pub mod api;
pub mod piece;
pub mod request;
pub mod request_api;
pub mod reservation;
pub mod stock;
pub mod store;
