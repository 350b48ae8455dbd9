//! **parts** downstairs: the catalogue of parts and where their pieces lie. Owns the tables part, part_piece,
//! stock_line, part_reservation, part_request, part_return and part_return_step.

pub mod api;
pub mod part_return;
pub mod piece;
pub mod request;
pub mod request_api;
pub mod reservation;
pub mod return_api;
pub mod stock;
pub mod store;
