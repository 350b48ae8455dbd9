//! **file** downstairs: files that come along with words.
//!
//! Owns: attachment, upload, and the bytes in the data folder. Never: shows a file to whoever may not see its line; runs or decodes one.
//! Who knocks: the composer with parts of a file, the timeline for what stands on it, the worker to sweep what nobody names.

mod answer;
pub mod api;
pub mod intake;
pub mod store;
