//! Takes away what nobody needs any more: old answers under idempotency keys, finished jobs, sessions long over.

use jiff::{SignedDuration, Timestamp};

use crate::ground::blob::Blobs;
use crate::ground::db::{Bare, Done, Query, p};
use crate::house::House;
use crate::{bell, file, sql};

/// How long the answer under an idempotency key is kept: longer than any client goes on repeating.
const ANSWERS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a finished job can be looked at.
const JOBS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a session that is over can be looked at.
const SESSIONS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often there is something to sweep.
pub const EVERY: SignedDuration = SignedDuration::from_mins(10);
/// Rows per transaction: few, so that nobody waits for it.
const BATCH: u32 = 500;

/// Sweeps until nothing old is left. The number of rows taken away.
pub async fn round(house: &House) -> Done<u64> {
    let (now, mut gone) = (house.clock.now(), 0);
    for sweep in [answers, jobs, sessions, presence, bells, files] {
        loop {
            let rows = house.db.bare_write(move |bare| sweep(bare, now)).await?;
            gone += rows;
            if rows < u64::from(BATCH) {
                break;
            }
        }
    }
    let forgotten = orphans(house).await?;
    Ok(gone + forgotten)
}

fn bells(bare: &mut Bare<'_>, now: Timestamp) -> Done<u64> {
    bell::store::sweep(bare, now, BATCH)
}

fn files(bare: &mut Bare<'_>, now: Timestamp) -> Done<u64> {
    file::store::sweep(bare, now, BATCH)
}

/// Takes away files that no row names and that nobody has touched for a day: what a stopped upload or a transaction that was refused has
/// left. How many.
async fn orphans(house: &House) -> Done<u64> {
    let (blobs, day) = (Blobs::of(&house.config.data_dir), std::time::Duration::from_secs(24 * 3600));
    let looked = blobs.clone();
    let old = tokio::task::spawn_blocking(move || {
        looked.drop_old_parts(Blobs::ago(day))?;
        looked.older(Blobs::ago(day), BATCH as usize * 20)
    });
    let old = match old.await {
        Ok(Ok(old)) => old,
        Ok(Err(error)) => {
            tracing::warn!(%error, "kept files were not looked through");
            return Ok(0);
        }
        Err(_) => return Ok(0),
    };
    let mut gone = 0;
    for name in old {
        let asked = name.clone();
        if !house.db.bare_read(move |bare| file::store::is_named(bare, &asked)).await? && blobs.remove(&name).is_ok() {
            gone += 1;
        }
    }
    Ok(gone)
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
