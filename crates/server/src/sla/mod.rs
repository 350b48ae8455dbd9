//! Clocks downstairs: their events, the segments and instants computed from them, and what has fired.
//!
//! Owns: the tables clock, clock_event, clock_segment, clock_firing. Never: changes a ticket, sends a warning.
//! Who knocks: flow, inside the transaction of whatever happened; the worker, for what falls due.

pub mod api;
pub mod store;

use std::sync::LazyLock;

use postsale_domain::sla::{Book, Mistake};

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    // A test reads both files; broken ones never leave the build.
    read(CALENDARS).unwrap_or_default()
});

/// The file of calendars, as it ships.
pub const CALENDARS: &str = include_str!("../../../../data/calendars.json");

/// Reads this file of calendars beside the shipped agreements. Errors: the first mistake.
pub fn read(calendars: &str) -> Result<Book, Mistake> {
    Book::parse(calendars, include_str!("../../../../data/agreements.json"))
}

/// The calendars and agreements as they ship; a tenant's own years are `crate::facts::in_force`'s to say.
pub fn book() -> &'static Book {
    &BOOK
}
