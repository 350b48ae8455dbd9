//! Jobs, one after the other: each is done, or given back to be tried again, or parked where people see it.

use std::sync::Arc;

use jiff::Timestamp;
use postsale_domain::ground::{Caller, TypedId};
use postsale_domain::import::{ImportState, RowState};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::post::Post;
use super::{along, plan, staff};
use crate::dispatch::plans::SEARCH;
use crate::flow::{import as importing, incident as incidents, letter, photo};
use crate::ground::db::{DbError, Done, Stop};
use crate::ground::jobs::{self, Job};
use crate::house::House;
use crate::import::{self, ImportJob};
use crate::inbox::store::{READ, ReadJob};
use crate::incident::{self, IncidentJob};
use crate::org;

/// Jobs claimed at a time.
const BATCH: u32 = 20;

/// Work that takes seconds: done beside the rounds, one at a time, so that letters do not wait for plans.
pub struct Bench {
    under_way: JoinSet<()>,
    seat: Arc<Semaphore>,
}

impl Bench {
    /// Nothing under way.
    pub fn new() -> Self {
        Self { under_way: JoinSet::new(), seat: Arc::new(Semaphore::new(1)) }
    }

    fn put(&mut self, house: &House, job: Job, now: Timestamp) {
        let (house, seat) = (house.clone(), self.seat.clone());
        self.under_way.spawn(async move {
            let _seat = seat.acquire().await;
            let done = plan::search(&house, &job).await;
            if let Err(error) = ended(&house, &job, now, done).await {
                tracing::warn!(job = %job.id, %error, "a job could not be given back");
            }
        });
    }

    /// Waits for all that is under way.
    pub async fn cleared(&mut self) {
        while self.under_way.join_next().await.is_some() {}
    }
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

/// Does everything that is due.
pub async fn round(house: &House, post: &Post, bench: &mut Bench) -> Done<()> {
    // Others may go on adding work for ever; who was told to stop takes no more.
    while !house.meter.is_draining() {
        let now = house.clock.now();
        let claimed = house.db.bare_write(move |bare| Ok(jobs::claim(bare, now, BATCH)?)).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        for job in claimed {
            if job.queue == SEARCH {
                bench.put(house, job, now);
            } else {
                one(house, post, job, now).await?;
            }
        }
    }
    Ok(())
}

async fn one(house: &House, post: &Post, job: Job, now: Timestamp) -> Done<()> {
    let done = match job.queue.as_str() {
        READ => read_letter(house, &job).await,
        org::mail::QUEUE => staff::send(house, &job, post.out()).await,
        import::QUEUE => import_some(house, &job).await,
        incident::QUEUE => tell_reporters(house, &job).await,
        other => Err(Stop::Db(DbError::Other(format!("nobody works on the queue {other}")))),
    };
    ended(house, &job, now, done).await
}

async fn ended(house: &House, job: &Job, now: Timestamp, done: Done<()>) -> Done<()> {
    if let Err(stop) = done {
        tracing::warn!(job = %job.id, queue = %job.queue, attempt = job.attempts, error = %stop, "a job did not get done");
        let (job, text) = (job.clone(), stop.to_string());
        house.db.bare_write(move |bare| jobs::give_back(bare, &job, now, &text)).await?;
    }
    Ok(())
}

/// Ends the job inside the transaction that did its work.
pub(super) fn finish(tx: &mut crate::ground::db::Tx<'_>, job: &Job) -> Done<()> {
    if jobs::finish(tx, job)? { Ok(()) } else { Err(Stop::Db(DbError::Other("another worker has this job".into()))) }
}

async fn read_letter(house: &House, job: &Job) -> Done<()> {
    let ReadJob { letter: id } = serde_json::from_str(&job.payload).map_err(|e| DbError::Other(format!("job payload: {e}")))?;
    let caller = Caller::system(job.tenant, "inbox");
    let (seal, ours) = (house.seal.clone(), job.clone());
    let along = along::of(house, job.tenant, id).await?;
    let read = house
        .db
        .write(caller.clone(), house.clock.now(), move |tx| {
            if let Some(ticket) = letter::read_letter(tx, &seal, id)? {
                photo::of_mail(tx, ticket, id.uuid(), &along)?;
            }
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

/// Tells, or solves, the next reporters of an incident.
async fn tell_reporters(house: &House, job: &Job) -> Done<()> {
    let asked: IncidentJob = serde_json::from_str(&job.payload).map_err(|e| DbError::Other(format!("job payload: {e}")))?;
    let (caller, ours) = (Caller::system(job.tenant, "incident"), job.clone());
    house
        .db
        .write(caller, house.clock.now(), move |tx| {
            incidents::work(tx, &asked)?;
            finish(tx, &ours)
        })
        .await
}

/// Rows that are on their way into the database at a time: their transactions share commits.
const ABREAST: usize = 16;

/// Deals with the next rows of an import: checks them in one transaction, or imports them, each in one of its own.
async fn import_some(house: &House, job: &Job) -> Done<()> {
    let ImportJob { run: id } = serde_json::from_str(&job.payload).map_err(|e| DbError::Other(format!("job payload: {e}")))?;
    let (caller, ours) = (Caller::system(job.tenant, "import"), job.clone());
    let run = house.db.read(caller.clone(), house.clock.now(), move |tx| import::store::seen(tx, id)).await?;
    let mut last = None;
    if run.state == ImportState::Running {
        let (id, done) = (run.id, run.row_done);
        let rows = house
            .db
            .read(caller.clone(), house.clock.now(), move |tx| import::store::rows(tx, id, Some(RowState::Good), done, importing::CHUNK))
            .await?;
        last = rows.last().map(|r| r.row);
        for some in rows.chunks(ABREAST) {
            let mut all = JoinSet::new();
            for row in some {
                all.spawn(import_row(house.clone(), caller.clone(), run.clone(), row.row));
            }
            while let Some(ended) = all.join_next().await {
                ended.map_err(|e| DbError::Other(format!("an imported row: {e}")))??;
            }
        }
    }
    house
        .db
        .write(caller, house.clock.now(), move |tx| {
            match run.state {
                ImportState::Checking => importing::check_some(tx, &run)?,
                ImportState::Running => importing::imported_some(tx, &run, last)?,
                ImportState::Read | ImportState::Checked | ImportState::Done => {}
            }
            finish(tx, &ours)
        })
        .await
}

/// Imports a row; what a rule refuses now is noted on it and does not stop the others.
async fn import_row(house: House, caller: Caller, run: import::store::Run, row: i64) -> Done<()> {
    let of = run.clone();
    let done = house.db.write(caller.clone(), house.clock.now(), move |tx| importing::import_row(tx, &of, row)).await;
    let Err(Stop::Refused(refusal)) = done else { return done };
    house.db.write(caller, house.clock.now(), move |tx| importing::refused_row(tx, &run, row, &refusal)).await
}
