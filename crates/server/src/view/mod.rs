//! Read-only screens over several rooms.

pub mod appointment;
pub mod audit;
pub mod candidate;
pub mod charge;
pub mod clock;
pub mod coverage;
pub mod export;
pub mod feed;
pub mod follow_up;
pub mod guide;
pub mod incident;
pub mod order;
pub mod part_return;
pub mod plan;
mod plan_told;
pub mod pulse;
pub mod reach;
pub mod registry;
pub mod search;
pub mod sentence;
pub mod shop;
pub mod statement;
pub mod stock;
pub mod ticket;
pub mod visit;
