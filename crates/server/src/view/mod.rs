//! Read-only screens over several rooms.

pub mod clock;
pub mod reach;
