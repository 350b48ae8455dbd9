//! Jobs, one after the other: each is done, or given back to be tried again, or parked where people see it.

use jiff::Timestamp;
use postsale_domain::ground::Caller;

use crate::flow::letter;
use crate::ground::db::{DbError, Done, Stop};
use crate::ground::jobs::{self, Job};
use crate::house::House;
use crate::inbox::store::{READ, ReadJob};

/// Jobs claimed at a time.
const BATCH: u32 = 20;

/// Does everything that is due.
pub async fn round(house: &House) -> Done<()> {
    loop {
        let now = house.clock.now();
        let claimed = house.db.bare_write(move |bare| Ok(jobs::claim(bare, now, BATCH)?)).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        for job in claimed {
            one(house, job, now).await?;
        }
    }
}

async fn one(house: &House, job: Job, now: Timestamp) -> Done<()> {
    let done = match job.queue.as_str() {
        READ => read_letter(house, &job).await,
        other => Err(Stop::Db(DbError::Other(format!("nobody works on the queue {other}")))),
    };
    if let Err(stop) = done {
        tracing::warn!(job = %job.id, queue = %job.queue, attempt = job.attempts, error = %stop, "a job did not get done");
        let (job, text) = (job.clone(), stop.to_string());
        house.db.bare_write(move |bare| jobs::give_back(bare, &job, now, &text)).await?;
    }
    Ok(())
}

/// Ends the job inside the transaction that did its work.
fn finish(tx: &mut crate::ground::db::Tx<'_>, job: &Job) -> Done<()> {
    if jobs::finish(tx, job)? { Ok(()) } else { Err(Stop::Db(DbError::Other("another worker has this job".into()))) }
}

async fn read_letter(house: &House, job: &Job) -> Done<()> {
    let ReadJob { letter: id } = serde_json::from_str(&job.payload).map_err(|e| DbError::Other(format!("job payload: {e}")))?;
    let caller = Caller::system(job.tenant, "inbox");
    let (seal, ours) = (house.seal.clone(), job.clone());
    let read = house
        .db
        .write(caller.clone(), house.clock.now(), move |tx| {
            letter::read_letter(tx, &seal, id)?;
            finish(tx, &ours)
        })
        .await;
    let Err(Stop::Refused(refusal)) = read else { return read };
    // A rule said no, and would say no again: the letter goes where a person sees it.
    tracing::warn!(letter = %id, code = refusal.code, "a letter was read but not registered");
    let ours = job.clone();
    house
        .db
        .write(caller, house.clock.now(), move |tx| {
            letter::park(tx, id)?;
            finish(tx, &ours)
        })
        .await
}
