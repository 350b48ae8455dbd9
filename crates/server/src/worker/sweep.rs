//! Takes away what nobody needs any more: old answers under idempotency keys, finished jobs, sessions long over.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::ground::blob::Blobs;
use crate::ground::db::{Bare, Done, Query, p};
use crate::ground::seal::{hex, random};
use crate::house::House;
use crate::{bell, file, sql};

/// How long the answer under an idempotency key is kept: longer than any client goes on repeating.
const ANSWERS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a finished job can be looked at.
const JOBS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a session that is over can be looked at.
const SESSIONS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often there is something to sweep.
const EVERY: Duration = Duration::from_secs(600);
/// Rows per transaction: few, so that nobody waits for it.
const BATCH: u32 = 500;
/// Kept files looked at in a round; about a million and a half in a day.
const FILES: usize = 10_000;
/// How long a file no row names is left alone: its row may be on its way.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Sweeps now and then until told to stop, beside the turns.
pub async fn run(house: &House, mut stopped: watch::Receiver<bool>) {
    let mut walk = Walk::new(FILES);
    // Many files, and a process that never lives for long: so the last ones are met as well.
    walk.last = hex(&random()[..1]);
    loop {
        if let Err(error) = round(house, &mut walk).await {
            tracing::warn!(%error, "old rows were not swept away");
        }
        tokio::select! {
            _ = stopped.changed() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Sweeps until no old row is left, and looks at the next files. The number of rows and files taken away.
pub async fn round(house: &House, walk: &mut Walk) -> Done<u64> {
    let (now, mut gone) = (house.clock.now(), 0);
    for sweep in [answers, jobs, sessions, presence, bells, files] {
        while !house.meter.is_draining() {
            let rows = house.db.bare_write(move |bare| sweep(bare, now)).await?;
            gone += rows;
            if rows < u64::from(BATCH) {
                break;
            }
        }
    }
    let blobs = Blobs::of(&house.config.data_dir);
    if let Err(error) = there(move || blobs.drop_old_parts(Blobs::ago(DAY))).await {
        tracing::warn!(%error, "unfinished files were not looked through");
    }
    Ok(gone + walk.on(house).await?)
}

/// A walk through the kept files, a bounded number at a time, and round again: takes away those that no row names and that nobody has
/// touched for a day, which a stopped upload or a refused transaction has left.
pub struct Walk {
    /// The name it has come to.
    last: String,
    most: usize,
}

impl Walk {
    /// From the beginning, so many files at a time.
    pub fn new(most: usize) -> Self {
        Self { last: String::new(), most }
    }

    /// Goes on. How many files it has taken away.
    async fn on(&mut self, house: &House) -> Done<u64> {
        let (mut left, mut gone) = (self.most, 0);
        while left > 0 && !house.meter.is_draining() {
            let (blobs, last, step) = (Blobs::of(&house.config.data_dir), self.last.clone(), left.min(BATCH as usize));
            let looked = match there(move || blobs.after(&last, Blobs::ago(DAY), step)).await {
                Ok(looked) => looked,
                Err(error) => {
                    tracing::warn!(%error, "kept files were not looked through");
                    return Ok(gone);
                }
            };
            gone += drop_orphans(house, &looked).await?;
            left -= looked.len();
            match looked.last() {
                Some((last, _)) if looked.len() == step => self.last.clone_from(last),
                _ => {
                    // The end; the next round begins anew.
                    self.last.clear();
                    break;
                }
            }
        }
        Ok(gone)
    }
}

/// Of some files in order, takes away the old ones that no row names. How many.
async fn drop_orphans(house: &House, looked: &[(String, bool)]) -> Done<u64> {
    let old: Vec<String> = looked.iter().filter(|(_, fresh)| !fresh).map(|(name, _)| name.clone()).collect();
    let (Some(first), Some(last)) = (old.first().cloned(), old.last().cloned()) else { return Ok(0) };
    let named: BTreeSet<String> =
        house.db.bare_read(move |bare| file::store::named_among(bare, &first, &last)).await?.into_iter().collect();
    let blobs = Blobs::of(&house.config.data_dir);
    let orphans = old.into_iter().filter(move |name| !named.contains(name));
    // Touched meanwhile: somebody keeps the same content again, and is about to name it.
    let removed = there(move || Ok(orphans.filter(|name| blobs.remove_old(name, Blobs::ago(DAY)).unwrap_or_default()).count())).await;
    Ok(removed.map_or(0, |count| count as u64))
}

/// Work on the disk, on a thread that may wait for it.
async fn there<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn bells(bare: &mut Bare<'_>, now: Timestamp) -> Done<u64> {
    bell::store::sweep(bare, now, BATCH)
}

fn files(bare: &mut Bare<'_>, now: Timestamp) -> Done<u64> {
    file::store::sweep(bare, now, BATCH)
}

fn answers(bare: &mut Bare<'_>, now: Timestamp) -> Done<u64> {
    Ok(bare.exec(
        sql!(
            "DELETE FROM idempotency WHERE (tenant_id, caller, key) IN
               (SELECT tenant_id, caller, key FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT $2)"
        ),
        &[p(&(now - ANSWERS)), p(&BATCH)],
    )?)
}

fn jobs(bare: &mut Bare<'_>, now: Timestamp) -> Done<u64> {
    Ok(bare.exec(
        sql!("DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND created_at < $1 ORDER BY created_at LIMIT $2)"),
        &[p(&(now - JOBS)), p(&BATCH)],
    )?)
}

fn sessions(bare: &mut Bare<'_>, now: Timestamp) -> Done<u64> {
    Ok(bare.exec(
        sql!("DELETE FROM session WHERE token_hash IN (SELECT token_hash FROM session WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)"),
        &[p(&(now - SESSIONS)), p(&BATCH)],
    )?)
}

fn presence(bare: &mut Bare<'_>, now: Timestamp) -> Done<u64> {
    Ok(bare.exec(
        sql!(
            "DELETE FROM presence WHERE (ticket_id, user_id) IN
               (SELECT ticket_id, user_id FROM presence WHERE until_at < $1 ORDER BY until_at LIMIT $2)"
        ),
        &[p(&now), p(&BATCH)],
    )?)
}
