//! **import** downstairs: files on their way in.
//!
//! Owns: the tables import_run and import_row. Never: knows what a row means; the flow reads and writes them.
//! Who knocks: administrators and supervisors by the pages, operators by the command line.

pub mod api;
pub mod export_api;
pub mod page;
pub mod store;

use serde::{Deserialize, Serialize};

/// The queue on which imports are worked off.
pub const QUEUE: &str = "import";

/// The payload of that queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportJob {
    /// Which import.
    pub run: postsale_domain::import::ImportId,
}
