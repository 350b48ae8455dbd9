//! SQL of what slows down guessing.

use jiff::Timestamp;
use postsale_domain::org::throttle::Throttle;

use crate::ground::db::{Bare, Done, Query, p};
use crate::ground::seal::{digest, hex};
use crate::sql;

/// What a failure is counted on.
#[derive(Debug, Clone)]
pub struct Counted {
    what: Throttle,
    key: String,
}

impl Counted {
    /// Failures of a kind on a name or an address. Kept as a hash: people type passwords and card numbers where a name belongs.
    pub fn new(what: Throttle, whom: &str) -> Self {
        Self { what, key: format!("{} {}", what.as_str(), hex(&digest(whom.to_lowercase().as_bytes()))) }
    }
}

/// The longest wait still to keep among several counts, in seconds.
pub fn wait_left(bare: &mut Bare<'_>, counts: &[Counted], now: Timestamp) -> Done<Option<i64>> {
    let mut longest = None;
    for counted in counts {
        let kept = bare.one(sql!("SELECT failures, last_at FROM throttle WHERE key = $1"), &[p(&counted.key)], |r| {
            Ok((r.next::<u32>()?, r.next::<Timestamp>()?))
        })?;
        longest = longest.max(kept.and_then(|(failures, last)| counted.what.wait_left(failures, last, now)));
    }
    Ok(longest)
}

/// Counts a failure. Names that do not exist are counted alike, so that the wait tells nothing. Old counts go on the way:
/// whoever tries a million names leaves the rows of a day at most.
pub fn count(bare: &mut Bare<'_>, counts: &[Counted], now: Timestamp) -> Done<()> {
    for counted in counts {
        bare.exec(
            sql!(
                "INSERT INTO throttle (key, failures, last_at) VALUES ($1, 1, $2)
                 ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN throttle.last_at < $3 THEN 1 ELSE throttle.failures + 1 END,
                   last_at = excluded.last_at"
            ),
            &[p(&counted.key), p(&now), p(&(now - counted.what.forget()))],
        )?;
    }
    bare.exec(sql!("DELETE FROM throttle WHERE last_at < $1"), &[p(&(now - Throttle::Sticker.forget()))])?;
    Ok(())
}

/// Forgets a count: the right person came in.
pub fn forget(bare: &mut impl Query, counted: &Counted) -> Done<()> {
    bare.exec(sql!("DELETE FROM throttle WHERE key = $1"), &[p(&counted.key)])?;
    Ok(())
}
