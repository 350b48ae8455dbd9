//! Read-only screens over several rooms.

pub mod clock;
pub mod reach;
pub mod shop;
pub mod visit;
