//! The search for a plan of a day: facts are gathered in one transaction, the plan is found on a thread of its own, and what
//! was found is kept in another one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use postsale_domain::dispatch::plan::PlanId;
use postsale_domain::ground::{Caller, Text};
use postsale_domain::refuse;

use super::jobs::finish;
use crate::dispatch::planning::{Effort, propose};
use crate::dispatch::plans::{SearchJob, note_progress};
use crate::flow::plan;
use crate::ground::db::{DbError, Done, Stop};
use crate::ground::jobs::Job;
use crate::house::House;

/// How often a search says how far it is.
const TELL: Duration = Duration::from_millis(500);

/// Does one search. Nothing happens when it is no longer wanted.
pub async fn search(house: &House, job: &Job) -> Done<()> {
    let SearchJob { plan: id } = serde_json::from_str(&job.payload).map_err(|e| DbError::Other(format!("job payload: {e}")))?;
    let caller = Caller::system(job.tenant, "dispatch");
    let wanted = house.db.read(caller.clone(), house.clock.now(), move |tx| plan::ready(tx, id)).await;
    let ours = job.clone();
    let (record, gathered) = match wanted {
        Ok(Some(ready)) => ready,
        Ok(None) => return house.db.write(caller, house.clock.now(), move |tx| finish(tx, &ours)).await,
        // A rule said no, and would say no again: that is the answer.
        Err(Stop::Refused(refusal)) => return give_up(house, caller, id, ours, plan::in_words(&refusal)).await,
        Err(other) => return Err(other),
    };
    let far = Arc::new((AtomicU32::new(0), AtomicI64::new(0)));
    let (day, told, seconds) = (gathered.day.clone(), far.clone(), f64::from(record.seconds));
    let mut thread = tokio::task::spawn_blocking(move || {
        let progress = |used: f64, best: i64| {
            told.0.store((used.clamp(0.0, 1.0) * 1000.0) as u32, Ordering::Relaxed);
            told.1.store(best, Ordering::Relaxed);
        };
        propose(&day, &Effort { seconds, progress: &progress })
    });
    let found = loop {
        tokio::select! {
            found = &mut thread => break found,
            () = tokio::time::sleep(TELL) => say(house, id, &far).await?,
        }
    };
    let no = |why: String| Text { zh: format!("这一天排不了：{why}"), en: format!("This day cannot be planned: {why}") };
    let found = match found {
        Ok(Ok(found)) => found,
        Ok(Err(bad)) => {
            // Which thing and which field is for who looks after the house; who plans is told where to look.
            tracing::error!(plan = %id, %bad, "a day cannot be planned");
            return give_up(house, caller, id, ours, plan::in_words(&refuse!(Conflict, "dispatch.plan_clash"))).await;
        }
        Err(accident) => {
            tracing::error!(plan = %id, %accident, "a search ended badly");
            return give_up(house, caller, id, ours, no(accident.to_string())).await;
        }
    };
    house
        .db
        .write(caller, house.clock.now(), move |tx| {
            plan::keep(tx, id, &gathered, &found)?;
            finish(tx, &ours)
        })
        .await
}

/// The search of a plan was parked: nobody will go on with it, and the plan says so.
pub async fn given_up(house: &House, job: &Job) -> Done<()> {
    let SearchJob { plan: id } = serde_json::from_str(&job.payload).map_err(|e| DbError::Other(format!("job payload: {e}")))?;
    let why =
        Text { zh: "搜索多次中断，已放弃".into(), en: "The search was broken off time and again and has been given up".into() };
    house.db.write(Caller::system(job.tenant, "dispatch"), house.clock.now(), move |tx| plan::fail(tx, id, &why)).await
}

async fn give_up(house: &House, caller: Caller, id: PlanId, job: Job, why: Text) -> Done<()> {
    house
        .db
        .write(caller, house.clock.now(), move |tx| {
            plan::fail(tx, id, &why)?;
            finish(tx, &job)
        })
        .await
}

async fn say(house: &House, id: PlanId, far: &(AtomicU32, AtomicI64)) -> Done<()> {
    let (progress, best) = (far.0.load(Ordering::Relaxed), far.1.load(Ordering::Relaxed));
    house.db.bare_write(move |bare| note_progress(bare, id, progress, best)).await
}
