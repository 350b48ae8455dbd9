//! How far the house is behind with what it does by itself: what waits, since when. Read along indices, counted up to a limit, so
//! that looking every few seconds costs nothing.

use jiff::Timestamp;

use crate::ground::db::{Bare, Done};
use crate::ground::jobs;
use crate::{notify, sla};

/// Rows counted at most; more are as bad.
pub const MOST: u32 = 10_000;

/// Rows that are due, and since when the oldest is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many, up to [`MOST`].
    pub rows: i64,
    /// When the oldest fell due.
    pub oldest: Option<Timestamp>,
}

impl Backlog {
    /// How long the oldest has been due.
    pub fn seconds(&self, now: Timestamp) -> i64 {
        self.oldest.map_or(0, |at| (now.as_second() - at.as_second()).max(0))
    }
}

/// Everything that waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Jobs due.
    pub jobs: Backlog,
    /// Jobs whose holder let the lease run out.
    pub stuck: Backlog,
    /// Jobs given up, which a person must look at.
    pub parked: i64,
    /// Mails due.
    pub outbox: Backlog,
    /// Clocks with a threshold or a breach to record.
    pub clocks: Backlog,
}

/// Looks at everything that waits.
pub fn pulse(bare: &mut Bare<'_>, now: Timestamp) -> Done<Pulse> {
    let backlog = |(rows, oldest)| Backlog { rows, oldest };
    Ok(Pulse {
        jobs: backlog(jobs::due(bare, now, MOST)?),
        stuck: backlog(jobs::stuck(bare, now, MOST)?),
        parked: jobs::parked_count(bare, MOST)?,
        outbox: backlog(notify::store::backlog(bare, now, MOST)?),
        clocks: backlog(sla::store::backlog(bare, now, MOST)?),
    })
}
