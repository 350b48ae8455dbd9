//! Jobs: a share of them in a turn. Each is done, or given back to be tried again, or parked where people see it.

use std::sync::Arc;

use jiff::Timestamp;
use postsale_domain::ground::{Caller, TypedId};
use postsale_domain::import::{ImportState, RowState};
use tokio::task::JoinSet;

use super::bench::Bench;
use super::{along, plan, staff};
use crate::dispatch::plans::SEARCH;
use crate::flow::{import as importing, incident as incidents, letter, photo};
use crate::ground::db::{Bare, DbError, Done, Stop};
use crate::ground::jobs::{self, Job, held};
use crate::ground::mail::MailOut;
use crate::house::House;
use crate::import::{self, ImportJob};
use crate::inbox::store::{READ, ReadJob};
use crate::incident::{self, IncidentJob};
use crate::org;

/// Jobs claimed in a turn.
const BATCH: u32 = 20;

/// What a turn came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Turn {
    /// Jobs done or begun.
    pub did: usize,
    /// More may be due at once.
    pub more: bool,
}

/// Does a share of what is due, and begins what is done beside.
pub async fn turn(house: &House, bench: &mut Bench) -> Done<Turn> {
    // Others may go on adding work for ever; who was told to stop takes no more.
    if house.meter.is_draining() {
        return Ok(Turn::default());
    }
    let (now, busy) = (house.clock.now(), bench.busy());
    let claim = move |bare: &mut Bare<'_>| {
        let gone = jobs::free(bare, now)?;
        let claimed = jobs::claim(bare, now, BATCH, busy)?;
        let full = claimed.len() == BATCH as usize;
        let (ours, back) = Bench::divide(claimed);
        back.iter().try_for_each(|job| jobs::put_back(bare, job))?;
        Ok((gone, ours, full))
    };
    let (gone, ours, more) = house.db.bare_write(claim).await?;
    for job in &gone {
        tracing::error!(job = %job.id, queue = %job.queue, "a job is parked: whoever worked on it did not come back, time and again");
        // Nobody else's job waits for this.
        if let Err(error) = parked(house, job).await {
            tracing::warn!(job = %job.id, %error, "nobody was told that a job is parked");
        }
    }
    let did = ours.len();
    // What is done beside is begun first: it need not wait for the others.
    let quick: Vec<Job> = ours.into_iter().filter_map(|job| bench.put(house, job, now)).collect();
    for job in quick {
        one(house, None, &job, now).await?;
    }
    Ok(Turn { did, more })
}

/// Does a job that was claimed at `since`, and keeps the claim meanwhile.
pub(super) async fn one(house: &House, out: Option<&Arc<dyn MailOut>>, job: &Job, since: Timestamp) -> Done<()> {
    let renew = |now| {
        let (db, ours) = (house.db.clone(), job.clone());
        async move { db.bare_write(move |bare| jobs::renew(bare, &ours, now)).await }
    };
    let mut since = since;
    // Those before it may have taken long.
    if house.clock.now() > since + jobs::LEASE / 4 {
        since = house.clock.now();
        if !renew(since).await? {
            return Ok(());
        }
    }
    let done = held(&house.clock, since, jobs::LEASE, work(house, out, job), renew).await;
    let Err(stop) = done else { return Ok(()) };
    tracing::warn!(job = %job.id, queue = %job.queue, attempt = job.attempts, error = %stop, "a job did not get done");
    let (ours, now, text) = (job.clone(), house.clock.now(), stop.to_string());
    if house.db.bare_write(move |bare| jobs::give_back(bare, &ours, now, &text)).await? { parked(house, job).await } else { Ok(()) }
}

async fn work(house: &House, out: Option<&Arc<dyn MailOut>>, job: &Job) -> Done<()> {
    match job.queue.as_str() {
        READ => read_letter(house, job).await,
        org::mail::QUEUE => staff::send(house, job, out).await,
        import::QUEUE => import_some(house, job).await,
        incident::QUEUE => tell_reporters(house, job).await,
        SEARCH => plan::search(house, job).await,
        other => Err(Stop::Db(DbError::Other(format!("nobody works on the queue {other}")))),
    }
}

/// What follows when a job has been given up.
async fn parked(house: &House, job: &Job) -> Done<()> {
    if job.queue == SEARCH { plan::given_up(house, job).await } else { Ok(()) }
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
