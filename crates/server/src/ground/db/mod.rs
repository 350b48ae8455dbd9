//! One synchronous transaction over SQLite and PostgreSQL.
//!
//! A caller hands in a closure; it runs inside one transaction on a thread of the database layer and the answer comes back
//! after the commit. On SQLite one writer thread gathers waiting closures into one commit; readers have threads of
//! their own. On PostgreSQL a pool of threads owns one connection each.

mod backup;
mod batch;
mod conn;
mod handle;
mod link;
mod load;
mod migrate;
mod postgres;
mod queue;
mod socket;
mod sql;
mod sqlite;
mod tx;
mod val;
mod walls;
mod wire;

pub use backup::{restored, snapshot};
pub use conn::{Bare, Conn, Query};
pub use handle::{Db, DbOptions, Due};
#[doc(hidden)]
pub use inventory;
pub use load::{BATCHES, Load};
pub use migrate::{Applied, migrate, pending};
pub use socket::in_the_open;
pub use sql::{Among, Dialect, Registered, Sql, fifty, registered};
pub use tx::{Change, Tx};
pub use val::{FromVal, Json, Row, ToVal, Val, Versioned, code, contains, p};
pub use walls::{Walls, walls};

use postsale_domain::ground::Refusal;

/// An accident of the database layer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// A row did not have the shape the program expects.
    #[error("unexpected row: {0}")]
    Row(String),
    /// A unique index said no; the text names the index or its columns.
    #[error("unique index: {0}")]
    Unique(String),
    /// The database is not there, is full, or gave up; the request may be repeated with the same idempotency key.
    #[error("database not available: {0}")]
    Unavailable(String),
    /// There is no room on the disk. Nothing was written; there will be when there is room.
    #[error("no room on the disk: {0}")]
    Full(String),
    /// The disk failed a write. What it had taken before may or may not be there, so nothing more is written until a new start has
    /// looked at it.
    #[error("the disk failed: {0}")]
    Broken(String),
    /// Two transactions stood in each other's way; the layer has already repeated the closure.
    #[error("serialisation: {0}")]
    Contended(String),
    /// Anything else the database said.
    #[error("database: {0}")]
    Other(String),
}

/// Why a closure stops: a business refusal, or an accident. Either way nothing it wrote stays.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Stop {
    /// A business "no".
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The caller's copy is old; holds the current one.
    #[error("stale")]
    Stale(Box<serde_json::Value>),
    /// An accident.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The result of work inside a transaction.
pub type Done<T> = Result<T, Stop>;
