//! facts 事实: what a tenant changes of the facts the house ships with, without code.
//!
//! Owns: the kinds of fact sets and the fields of their rows, what makes a row right, how a tenant's rows lie over the shipped ones, what
//! two versions differ in, what a custom field accepts, what a line of a quote costs. Never: knows how a fault or a calendar is used.
//! Who knocks: the server's `facts`, which fills the shipped rows and hands the result to the rooms.

mod check;
#[cfg(test)]
mod check_test;
mod custom;
#[cfg(test)]
mod custom_test;
mod kind;
mod label;
mod price;
#[cfg(test)]
mod price_test;
mod service;
mod set;
#[cfg(test)]
mod set_test;

pub use check::{Lists, Wrong, check};
pub use custom::{CustomField, FieldNeed, FieldOption, FieldShape, Given, accept, lacking};
pub use kind::{CALENDARS, FactKind, Field, List, Shape};
pub use label::{StatusLabel, label_of};
pub use price::{Asked, Charge, Cover, Freed, Price, PriceUnit, Quoted, quote};
pub use service::ServiceItem;
pub use set::{Change, Laid, Origin, Row, code_of, difference, lay, typed};

crate::ids! {
    /// Tells two states of a tenant's facts apart.
    FactStamp = "fct";
    /// A quote.
    QuoteId = "quo";
}
