//! **terminal** downstairs.

pub mod api;
pub mod sticker;
pub mod store;

/// The kind of the signed code on a sticker.
pub const STICKER_TOKEN: &str = "sticker";
