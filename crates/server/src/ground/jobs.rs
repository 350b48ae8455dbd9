//! Work that follows a transaction. A job is written in the transaction that causes it, claimed with a lease, and done
//! with the fence of that claim: a holder that slept through its lease can no longer write. Who works for long renews it.

use std::pin::pin;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::ground::{TenantId, from_millis};
use serde::Serialize;

use super::clock::Clock;
use super::db::{Bare, DbError, Done, Json, Query, Tx, p};
use crate::sql;

postsale_domain::ids! {
    /// A job.
    JobId = "job";
}

/// How long a claimed job may take before another worker may claim it.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Attempts after which a job is parked where people see it.
pub const MAX_ATTEMPTS: u32 = 8;

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which one.
    pub id: JobId,
    /// Whose.
    pub tenant: TenantId,
    /// Which handler.
    pub queue: String,
    /// JSON; carries ids only.
    pub payload: String,
    /// This attempt's number, from 1.
    pub attempts: u32,
    /// The fence of this claim.
    pub fence: i64,
}

/// Writes a job in the caller's transaction. A live job with the same queue and key stands for both.
pub fn enqueue<T: Serialize>(tx: &mut Tx<'_>, queue: &str, key: &str, run_at: Timestamp, payload: &T) -> Result<(), DbError> {
    let id: JobId = tx.new_id();
    let params = [p(&id), p(&tx.tenant()), p(queue), p(key), p(&Json(payload)), p(&run_at), p(&MAX_ATTEMPTS), p(&tx.now())];
    tx.exec(
        sql!(
            "INSERT INTO job (id, tenant_id, queue, key, payload, state, run_at, attempts, max_attempts, fence, created_at)
             VALUES ($1, $2, $3, $4, $5, 'ready', $6, 0, $7, 0, $8) ON CONFLICT DO NOTHING"
        ),
        &params,
    )?;
    tx.falls_due(run_at);
    Ok(())
}

/// Lets go of jobs whose holder let the lease run out; one that has used its attempts that way is parked: it may be what ends its holders.
/// The parked ones.
pub fn free(bare: &mut Bare<'_>, now: Timestamp) -> Result<Vec<Job>, DbError> {
    let freed: Vec<(Job, String)> = bare.query(
        sql!(
            "UPDATE job SET state = CASE WHEN attempts >= max_attempts THEN 'parked' ELSE 'ready' END, lease_until = NULL,
               last_error = 'whoever worked on it did not come back'
             WHERE state = 'run' AND lease_until < $1 RETURNING id, tenant_id, queue, payload, attempts, fence, state"
        ),
        &[p(&now)],
        |r| {
            let job = Job { id: r.next()?, tenant: r.next()?, queue: r.next()?, payload: r.next()?, attempts: r.next()?, fence: r.next()? };
            Ok((job, r.next()?))
        },
    )?;
    Ok(freed.into_iter().filter(|(_, state)| state == "parked").map(|(job, _)| job).collect())
}

/// Claims up to `limit` jobs that are due, of other queues than `but`.
pub fn claim(bare: &mut Bare<'_>, now: Timestamp, limit: u32, but: [&str; 3]) -> Result<Vec<Job>, DbError> {
    let lease = now + LEASE;
    bare.query(
        sql!(
            "UPDATE job SET state = 'run', lease_until = $1, attempts = attempts + 1, fence = fence + 1
             WHERE id IN (SELECT id FROM job WHERE state = 'ready' AND run_at <= $2 AND queue NOT IN ($4, $5, $6) ORDER BY run_at, id LIMIT $3 {skip_locked})
             RETURNING id, tenant_id, queue, payload, attempts, fence"
        ),
        &[p(&lease), p(&now), p(&limit), p(but[0]), p(but[1]), p(but[2])],
        |r| Ok(Job { id: r.next()?, tenant: r.next()?, queue: r.next()?, payload: r.next()?, attempts: r.next()?, fence: r.next()? }),
    )
}

/// Puts a job back that was claimed and not begun; the claim does not count.
pub fn put_back(bare: &mut Bare<'_>, job: &Job) -> Result<(), DbError> {
    bare.exec(
        sql!("UPDATE job SET state = 'ready', lease_until = NULL, attempts = attempts - 1 WHERE id = $1 AND fence = $2 AND state = 'run'"),
        &[p(&job.id), p(&job.fence)],
    )?;
    Ok(())
}

/// Renews the lease of a claim. `false`: the claim is no longer ours.
pub fn renew(bare: &mut Bare<'_>, job: &Job, now: Timestamp) -> Done<bool> {
    let touched = bare.exec(
        sql!("UPDATE job SET lease_until = $1 WHERE id = $2 AND fence = $3 AND state = 'run'"),
        &[p(&(now + LEASE)), p(&job.id), p(&job.fence)],
    )?;
    Ok(touched == 1)
}

/// How often somebody who works looks whether the lease wants to be renewed.
const LOOK: Duration = Duration::from_secs(1);

/// Waits for work done under a lease that was given at `since`, and renews it whenever a quarter of it has gone by. `renew` says whether the
/// claim is still ours; if it is not, the work goes on to an end that the fence refuses.
pub async fn held<T, R: Future<Output = Done<bool>>>(
    clock: &Clock,
    mut since: Timestamp,
    lease: SignedDuration,
    work: impl Future<Output = T>,
    renew: impl Fn(Timestamp) -> R,
) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep(LOOK) => {}
        }
        let now = clock.now();
        if now < since + lease / 4 {
            continue;
        }
        match renew(now).await {
            Ok(true) => since = now,
            Ok(false) => return work.await,
            Err(error) => tracing::warn!(%error, "a lease was not renewed"),
        }
    }
}

/// Marks a job done inside the transaction that did it. `false`: the claim is no longer ours; the caller must not commit.
pub fn finish(tx: &mut Tx<'_>, job: &Job) -> Result<bool, DbError> {
    let touched = tx.exec(
        sql!("UPDATE job SET state = 'done', lease_until = NULL, last_error = NULL WHERE id = $1 AND fence = $2 AND state = 'run'"),
        &[p(&job.id), p(&job.fence)],
    )?;
    Ok(touched == 1)
}

/// Gives a failed job back: later with a growing wait, or parked after the last attempt. Whether it is parked.
pub fn give_back(bare: &mut Bare<'_>, job: &Job, now: Timestamp, error: &str) -> Done<bool> {
    let run_at = now + backoff(job.attempts);
    let state: Option<String> = bare.one(
        sql!(
            "UPDATE job SET state = CASE WHEN attempts >= max_attempts THEN 'parked' ELSE 'ready' END, run_at = $1, lease_until = NULL, last_error = $2
             WHERE id = $3 AND fence = $4 AND state = 'run' RETURNING state"
        ),
        &[p(&run_at), p(error), p(&job.id), p(&job.fence)],
        |r| r.next(),
    )?;
    Ok(state.as_deref() == Some("parked"))
}

/// The wait before attempt `attempts + 1`: 2 s, 4 s, 8 s … at most an hour.
pub fn backoff(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs((1_i64 << attempts.clamp(1, 12)).min(3600))
}

/// When the next ready job falls due.
pub fn next_due(bare: &mut Bare<'_>) -> Result<Option<Timestamp>, DbError> {
    Ok(bare
        .one(sql!("SELECT run_at FROM job WHERE state = 'ready' ORDER BY run_at, id LIMIT 1"), &[], |r| r.next::<i64>())?
        .map(from_millis))
}

/// Jobs that are due and wait for a worker, up to `most`, and since when the oldest does.
pub fn due(bare: &mut Bare<'_>, now: Timestamp, most: u32) -> Result<(i64, Option<Timestamp>), DbError> {
    let due = sql!(
        "SELECT COUNT(*), MIN(d.run_at) FROM (SELECT run_at FROM job WHERE state = 'ready' AND run_at <= $1 ORDER BY run_at LIMIT $2) AS d"
    );
    Ok(bare.one(due, &[p(&now), p(&most)], |r| Ok((r.next()?, r.next()?)))?.unwrap_or_default())
}

/// Jobs whose holder let the lease run out, up to `most`, and since when the oldest has.
pub fn stuck(bare: &mut Bare<'_>, now: Timestamp, most: u32) -> Result<(i64, Option<Timestamp>), DbError> {
    let stuck = sql!(
        "SELECT COUNT(*), MIN(d.lease_until) FROM
           (SELECT lease_until FROM job WHERE state = 'run' AND lease_until < $1 ORDER BY lease_until LIMIT $2) AS d"
    );
    Ok(bare.one(stuck, &[p(&now), p(&most)], |r| Ok((r.next()?, r.next()?)))?.unwrap_or_default())
}

/// Jobs given up, of all tenants, up to `most`.
pub fn parked_count(bare: &mut Bare<'_>, most: u32) -> Result<i64, DbError> {
    bare.number(sql!("SELECT COUNT(*) FROM (SELECT id FROM job WHERE state = 'parked' LIMIT $1) AS d"), &[p(&most)])
}

/// Jobs nobody will try again, newest first, with their last error: what a person must look at.
pub fn parked(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<(JobId, String, String)>, DbError> {
    let tenant = tx.tenant();
    tx.query(
        sql!("SELECT id, queue, COALESCE(last_error, '') FROM job WHERE tenant_id = $1 AND state = 'parked' ORDER BY id DESC LIMIT $2"),
        &[p(&tenant), p(&limit)],
        |r| Ok((r.next()?, r.next()?, r.next()?)),
    )
}
