//! Clocks downstairs: their events, the segments and instants computed from them, and what has fired.
//!
//! Owns: the tables clock, clock_event, clock_segment, clock_firing. Never: changes a ticket, sends a warning.
//! Who knocks: flow, inside the transaction of whatever happened; the worker, for what falls due.

pub mod api;
pub mod store;

use std::sync::LazyLock;

use postsale_domain::sla::Book;

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    // A test reads both files; broken ones never leave the build.
    Book::parse(include_str!("../../../../data/calendars.json"), include_str!("../../../../data/agreements.json")).unwrap_or_default()
});

/// The calendars and agreements in force.
pub fn book() -> &'static Book {
    &BOOK
}
