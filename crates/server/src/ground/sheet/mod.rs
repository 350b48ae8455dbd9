//! Tables as files: read from CSV and XLSX without trusting them, written so that nothing in them is ever computed.

mod read;
mod write;

pub use read::{MAX_COLUMNS, MAX_FILE, MAX_ROWS, Table, read};
pub use write::{Book, CsvText, Out, Remark};

/// The media type of XLSX.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
