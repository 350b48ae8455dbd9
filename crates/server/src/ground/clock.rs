//! The only door to the wall clock. Rules and stores get `now` as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use postsale_domain::ground::{from_millis, to_millis};

use super::sabotage;

/// Differences up to this are how clocks are; larger ones are a fault that is shown, in milliseconds.
pub const TOLERATED: i64 = 2_000;
/// Smaller differences are the noise of looking, in milliseconds.
const NOISE: i64 = 20;

/// What time it is for the house.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    Wall,
    /// The time since the machine started, set by a clock outside now and then: what a long-running process goes by. A jump of the
    /// machine's clock does not move it.
    Steady(Arc<Steady>),
    /// A clock that stands still until it is moved: stories and tests.
    Fake(Arc<AtomicI64>),
}

/// See [`Clock::Steady`].
#[derive(Debug)]
pub struct Steady {
    /// What to add to the time since the machine's start, in milliseconds.
    anchor: AtomicI64,
    /// How far the machine's clock was ahead at the last look, in milliseconds.
    skew: AtomicI64,
}

/// Milliseconds since the machine's start, sleep included.
fn since_start() -> i64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    t.tv_sec * 1000 + t.tv_nsec / 1_000_000
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that looks at the wall clock")]
fn wall() -> i64 {
    to_millis(Timestamp::now())
}

impl Clock {
    /// A standing clock.
    pub fn fake(at: Timestamp) -> Self {
        Clock::Fake(Arc::new(AtomicI64::new(to_millis(at))))
    }

    /// A steady clock, set by the machine's clock to begin with.
    pub fn steady() -> Self {
        Clock::Steady(Arc::new(Steady { anchor: AtomicI64::new(wall() - since_start()), skew: AtomicI64::new(0) }))
    }

    /// The present instant, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        from_millis(match self {
            Clock::Steady(steady) if !sabotage::on("wall-clock") => since_start() + steady.anchor.load(Ordering::Relaxed),
            Clock::Wall | Clock::Steady(_) => wall(),
            Clock::Fake(ms) => ms.load(Ordering::SeqCst),
        })
    }

    /// Moves a standing clock; without effect on the others.
    pub fn set(&self, at: Timestamp) {
        if let Clock::Fake(ms) = self {
            ms.store(to_millis(at), Ordering::SeqCst);
        }
    }

    /// Compares a steady clock with another one and with the machine's. The database's decides, and is followed wherever it goes:
    /// `read` is what it said between the call of this function and the last look at [`Clock::mark`]. Without a database of its own
    /// clock the machine's is followed while it creeps; when it jumps, nothing moves until a new start.
    pub fn compare(&self, database: Option<(Timestamp, Mark)>) {
        let Clock::Steady(steady) = self else { return };
        let ours = |at: i64| at + steady.anchor.load(Ordering::Relaxed);
        let off = match database {
            Some((read, Mark(asked))) => {
                let answered = since_start();
                if answered - asked > TOLERATED {
                    return; // says little about now
                }
                to_millis(read) - ours(asked.midpoint(answered))
            }
            None => {
                let off = wall() - ours(since_start());
                if off.abs() > TOLERATED { 0 } else { off }
            }
        };
        if off.abs() > NOISE {
            steady.anchor.fetch_add(off, Ordering::Relaxed);
        }
        let (skew, before) = (wall() - ours(since_start()), steady.skew.load(Ordering::Relaxed));
        steady.skew.store(skew, Ordering::Relaxed);
        if skew.abs() > TOLERATED && before.abs() <= TOLERATED {
            tracing::warn!(milliseconds = skew, "this machine's clock is off; time goes on without it");
        }
    }

    /// When the question is asked whose answer [`Clock::compare`] gets.
    pub fn mark() -> Mark {
        Mark(since_start())
    }

    /// How far the machine's clock was ahead of the house's time at the last look, in milliseconds.
    pub fn skew(&self) -> i64 {
        if let Clock::Steady(steady) = self { steady.skew.load(Ordering::Relaxed) } else { 0 }
    }
}

/// An instant on the machine's own count.
#[derive(Debug, Clone, Copy)]
pub struct Mark(i64);

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn the_databases_clock_is_followed_and_the_difference_is_shown() {
        let clock = Clock::steady();
        let there = clock.now() + SignedDuration::from_hours(1);
        clock.compare(Some((there, Clock::mark())));
        assert!((clock.now() - there).get_milliseconds().abs() < 1000);
        assert!((clock.skew() + 3_600_000).abs() < 1000, "{}", clock.skew());
        clock.compare(Some((there - SignedDuration::from_hours(1), Clock::mark())));
        assert!(clock.skew().abs() < 1000);
    }

    #[test]
    fn an_answer_that_took_long_says_nothing() {
        let clock = Clock::steady();
        let before = clock.now();
        clock.compare(Some((before + SignedDuration::from_hours(1), Mark(since_start() - 10_000))));
        assert!((clock.now() - before).get_seconds() < 60);
    }
}
