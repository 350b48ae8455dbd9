//! The merchant's pages: `/r/{code}` behind the sticker, `/m/{token}` the page of a report. Server-rendered, no script.

mod handle;
pub mod page;
#[cfg(test)]
mod pages_test;
pub mod progress;
pub mod quote;
pub mod report;
mod sent;
mod times;
pub mod words;

pub use handle::routes;
