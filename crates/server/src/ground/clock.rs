//! The only door to the wall clock. Rules and stores get `now` as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use postsale_domain::ground::{from_millis, to_millis};

/// What time it is for the house.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    Wall,
    /// A clock that stands still until it is moved: stories and tests.
    Fake(Arc<AtomicI64>),
}

impl Clock {
    /// A standing clock.
    pub fn fake(at: Timestamp) -> Self {
        Clock::Fake(Arc::new(AtomicI64::new(to_millis(at))))
    }

    /// The present instant, in whole milliseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that looks at the wall clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::Wall => from_millis(to_millis(Timestamp::now())),
            Clock::Fake(ms) => from_millis(ms.load(Ordering::SeqCst)),
        }
    }

    /// Moves a standing clock; without effect on the machine's.
    pub fn set(&self, at: Timestamp) {
        if let Clock::Fake(ms) = self {
            ms.store(to_millis(at), Ordering::SeqCst);
        }
    }
}
