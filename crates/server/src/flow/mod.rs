//! The one place that walks several rooms in one transaction.

pub mod absence;
pub mod aftercare;
pub mod agent;
pub mod bulk;
pub mod code;
pub mod day;
pub mod desk;
pub mod dispatch;
pub mod extra;
pub mod guide;
pub mod import;
pub mod index;
pub mod letter;
pub mod merchant;
pub mod people;
pub mod plan;
pub mod preview;
pub mod report;
pub mod shop;
pub mod slots;
pub mod terminal;
pub mod triage;
pub mod visit;
pub mod word;
