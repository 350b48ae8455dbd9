use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::DbError;

/// Upper ends of the batch buckets.
pub const BATCHES: [u64; 6] = [1, 4, 16, 64, 128, 256];

/// What the writing threads count.
#[derive(Debug, Default)]
pub(super) struct Stats {
    pub(super) pieces: AtomicU64,
    pub(super) commits: AtomicU64,
    pub(super) failures: AtomicU64,
    batches: [AtomicU64; BATCHES.len()],
    repeats: AtomicU64,
    /// Ways to PostgreSQL and back, of all its connections for transactions.
    pub(super) ways: Arc<AtomicU64>,
    trouble: Mutex<Option<(DbError, Instant)>>,
    broken: AtomicBool,
}

impl Stats {
    /// A commit of `pieces` closures ended.
    pub(super) fn committed(&self, pieces: usize, outcome: &Result<(), DbError>) {
        let pieces = pieces as u64;
        self.pieces.fetch_add(pieces, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
        let bucket = BATCHES.iter().position(|end| pieces <= *end).unwrap_or(BATCHES.len() - 1);
        self.batches[bucket].fetch_add(1, Ordering::Relaxed);
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(()) => *trouble = None,
            Err(error) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                if matches!(error, DbError::Broken(_)) {
                    self.broken.store(true, Ordering::Relaxed);
                }
                *trouble = Some((error.clone(), Instant::now()));
            }
        }
    }

    /// A closure is run once more, since it stood in the way of another one.
    pub(super) fn repeated(&self) {
        self.repeats.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the disk has failed a write; from then on nothing is written until the process starts anew.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    pub(super) fn load(&self, waiting_writes: usize, waiting_reads: usize) -> Load {
        Load {
            pieces: self.pieces.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            batches: std::array::from_fn(|i| self.batches[i].load(Ordering::Relaxed)),
            waiting_writes,
            waiting_reads,
            repeats: self.repeats.load(Ordering::Relaxed),
            ways: self.ways.load(Ordering::Relaxed),
            trouble: self.trouble.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(error, at)| (error.clone(), at.elapsed())),
        }
    }
}

/// How busy and how well the database layer of this process is.
#[derive(Debug, Clone)]
pub struct Load {
    /// Writing closures answered.
    pub pieces: u64,
    /// Commits they took.
    pub commits: u64,
    /// Commits that failed.
    pub failures: u64,
    /// Commits by the number of closures in them, each bucket up to its end in [`BATCHES`].
    pub batches: [u64; BATCHES.len()],
    /// Closures that wait for a writing thread.
    pub waiting_writes: usize,
    /// Closures that wait for a reading thread.
    pub waiting_reads: usize,
    /// Closures run once more, since they stood in the way of others.
    pub repeats: u64,
    /// How often statements were said to PostgreSQL and their answers waited for; 0 on SQLite.
    pub ways: u64,
    /// Why the last commit failed, and how long ago; `None` when it went well.
    pub trouble: Option<(DbError, Duration)>,
}
