//! SQL of plans of a day, and of pins.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::dispatch::plan::{Measures, PlanChange, PlanId, PlanState};
use postsale_domain::ground::{EngineerId, Text, TypedId};
use postsale_domain::refuse;
use postsale_domain::visit::{Span, WorkOrderId};
use serde::{Deserialize, Serialize};

use crate::ground::db::{Bare, DbError, Done, Json, Query, Row, Tx, code, p};
use crate::ground::web::Keyset;
use crate::sql;

/// The queue of searches.
pub const SEARCH: &str = "dispatch_plan";

/// What a search job carries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SearchJob {
    /// Which plan.
    pub plan: PlanId,
}

/// One term of a plan's cost, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Its code.
    pub code: String,
    /// On the board as it was (fen).
    pub before_fen: i64,
    /// In the plan (fen).
    pub after_fen: i64,
}

/// What a search found, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The board as it was.
    pub before: Measures,
    /// The plan.
    pub after: Measures,
    /// Cost by term.
    pub terms: Vec<Term>,
    /// Orders that change.
    pub changed: u32,
    /// Merchants who must be told a window.
    pub to_tell: u32,
    /// Steps of the search.
    pub steps: u64,
}

/// A plan as it is kept, without its stops.
#[derive(Debug, Clone, Serialize)]
pub struct PlanRecord {
    /// Which one.
    pub id: PlanId,
    /// Of which day.
    pub day: Date,
    /// Counts the plans of the day, from 1.
    pub number: i64,
    /// Where it stands.
    pub state: PlanState,
    /// Whose days may change; empty: everybody's.
    pub engineers: Vec<EngineerId>,
    /// How long to search.
    pub seconds: u32,
    /// Thousandths of the search that are done.
    pub progress: u32,
    /// Best cost so far (fen).
    pub best_fen: Option<i64>,
    /// The plan of the day that was published last when this one was made.
    pub based_on: Option<i64>,
    /// What was found.
    pub found: Option<Found>,
    /// Why nothing was.
    pub failure: Option<Text>,
    /// Who asked; empty for the house.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// When the search ended.
    pub done_at: Option<Timestamp>,
    /// Who published or discarded it.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

macro_rules! columns {
    () => {
        "id, day, number, state, engineers, seconds, progress, best_fen, based_on, result, failure, made_by, made_at, done_at, ended_by, \
         ended_at, version"
    };
}

fn read(r: &mut Row) -> Result<PlanRecord, DbError> {
    Ok(PlanRecord {
        id: r.next()?,
        day: r.word(|text| text.parse().ok())?,
        number: r.next()?,
        state: r.coded()?,
        engineers: r.next::<Json<Vec<EngineerId>>>()?.0,
        seconds: r.next()?,
        progress: r.next()?,
        best_fen: r.next()?,
        based_on: r.next()?,
        found: r.next::<Option<Json<Found>>>()?.map(|j| j.0),
        failure: r.next::<Option<Json<Text>>>()?.map(|j| j.0),
        made_by: r.next()?,
        made_at: r.next()?,
        done_at: r.next()?,
        ended_by: r.next()?,
        ended_at: r.next()?,
        version: r.next()?,
    })
}

/// Keeps a new plan that is searched for. Errors: `dispatch.plan_running` while another one of the day is.
pub fn insert(tx: &mut Tx<'_>, plan: &PlanRecord) -> Done<()> {
    let tenant = tx.tenant();
    let fresh = tx.exec(
        sql!(
            "INSERT INTO dispatch_plan (id, tenant_id, day, number, state, engineers, seconds, progress, based_on, made_by, made_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
        ),
        &[
            p(&plan.id),
            p(&tenant),
            p(&plan.day.to_string()),
            p(&plan.number),
            code(&plan.state),
            p(&Json(&plan.engineers)),
            p(&plan.seconds),
            p(&plan.based_on),
            p(&plan.made_by),
            p(&plan.made_at),
            p(&plan.version),
        ],
    )?;
    if fresh != 1 {
        return Err(refuse!(Conflict, "dispatch.plan_running").into());
    }
    tx.audit("dispatch.plan", plan.id, None, Some(plan));
    Ok(())
}

/// One plan.
pub fn plan(tx: &mut Tx<'_>, id: PlanId) -> Done<Option<PlanRecord>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!(concat!("SELECT ", columns!(), " FROM dispatch_plan WHERE tenant_id = $1 AND id = $2")), &[p(&tenant), p(&id)], read)?)
}

/// One plan, to change: on PostgreSQL its row is locked until the end of the transaction.
pub fn for_change(tx: &mut Tx<'_>, id: PlanId) -> Done<Option<PlanRecord>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM dispatch_plan WHERE tenant_id = $1 AND id = $2 {for_update}")),
        &[p(&tenant), p(&id)],
        read,
    )?)
}

/// The plans of a day, or of all days without one; the newest first, after a place.
pub fn newest(tx: &mut Tx<'_>, day: Option<Date>, after: Keyset, limit: u32) -> Done<Vec<PlanRecord>> {
    let tenant = tx.tenant();
    Ok(match day {
        Some(day) => tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM dispatch_plan WHERE tenant_id = $1 AND day = $2 AND number < $3 ORDER BY number DESC LIMIT $4"
            )),
            &[p(&tenant), p(&day.to_string()), p(&after.at), p(&limit)],
            read,
        )?,
        None => tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM dispatch_plan WHERE tenant_id = $1 AND (made_at, id) < ($2, $3) ORDER BY made_at DESC, id DESC LIMIT $4"
            )),
            &[p(&tenant), p(&after.at), p(&PlanId::from_uuid(after.id)), p(&limit)],
            read,
        )?,
    })
}

/// The number of the newest plan of a day, and of the one published last.
pub fn numbers(tx: &mut Tx<'_>, day: Date) -> Done<(i64, Option<i64>)> {
    let (tenant, day) = (tx.tenant(), day.to_string());
    let newest =
        tx.number(sql!("SELECT COALESCE(MAX(number), 0) FROM dispatch_plan WHERE tenant_id = $1 AND day = $2"), &[p(&tenant), p(&day)])?;
    let published = tx.number(
        sql!("SELECT COALESCE(MAX(number), 0) FROM dispatch_plan WHERE tenant_id = $1 AND day = $2 AND state = 'published'"),
        &[p(&tenant), p(&day)],
    )?;
    Ok((newest, Some(published).filter(|n| *n > 0)))
}

/// Notes how far a search is. Its version stays: nothing that anybody decides on has changed.
pub fn note_progress(bare: &mut Bare<'_>, id: PlanId, progress: u32, best_fen: i64) -> Done<()> {
    bare.exec(
        sql!("UPDATE dispatch_plan SET progress = $1, best_fen = $2 WHERE id = $3 AND state = 'running'"),
        &[p(&progress), p(&best_fen), p(&id)],
    )?;
    Ok(())
}

/// Writes what became of a plan; the version grows by one.
pub fn save(tx: &mut Tx<'_>, action: &'static str, before: &PlanRecord, after: &mut PlanRecord) -> Done<()> {
    after.version = before.version + 1;
    let (tenant, plan) = (tx.tenant(), &*after);
    let touched = tx.exec(
        sql!(
            "UPDATE dispatch_plan SET state = $1, progress = $2, best_fen = $3, result = $4, failure = $5, done_at = $6, ended_by = $7,
               ended_at = $8, version = $9 WHERE tenant_id = $10 AND id = $11 AND version = $12"
        ),
        &[
            code(&plan.state),
            p(&plan.progress),
            p(&plan.best_fen),
            p(&plan.found.as_ref().map(Json)),
            p(&plan.failure.as_ref().map(Json)),
            p(&plan.done_at),
            p(&plan.ended_by),
            p(&plan.ended_at),
            p(&plan.version),
            p(&tenant),
            p(&plan.id),
            p(&before.version),
        ],
    )?;
    if touched != 1 {
        return Err(DbError::Contended("a plan changed under a lock".into()).into());
    }
    tx.audit(action, plan.id, Some(before), Some(plan));
    Ok(())
}

/// Somebody else who could have an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// Who.
    pub engineer_id: EngineerId,
    /// When.
    pub planned: Span,
    /// What the plan would cost more than without the order (fen).
    pub extra_fen: i64,
}

/// An order in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStop {
    /// Which order.
    pub work_order_id: WorkOrderId,
    /// What the plan does to it.
    pub change: PlanChange,
    /// Where the plan puts it.
    pub place: Option<(EngineerId, Span)>,
    /// Where it was when the plan was made.
    pub before: Option<(EngineerId, Span)>,
    /// What the merchant had been promised when the plan was made.
    pub promised: Option<Span>,
    /// Pinned or begun.
    pub fixed: bool,
    /// What it adds to the cost (fen).
    pub extra_fen: Option<i64>,
    /// What leaving it would cost (fen).
    pub undone_fen: i64,
    /// Why there, or why nowhere.
    pub why: Vec<Text>,
    /// The next best engineers.
    pub alternatives: Vec<Other>,
    /// Whether it was offered when the plan was published; the reason if not.
    pub published: Option<Result<(), Text>>,
}

fn place(r: &mut Row) -> Result<Option<(EngineerId, Span)>, DbError> {
    let (engineer, from, to): (Option<_>, Option<_>, Option<_>) = (r.next()?, r.next()?, r.next()?);
    Ok(engineer.zip(from.zip(to)).map(|(engineer, (from, to))| (engineer, Span { from, to })))
}

fn read_stop(r: &mut Row) -> Result<PlanStop, DbError> {
    let (work_order_id, change, put, before) = (r.next()?, r.coded()?, place(r)?, place(r)?);
    let promised: (Option<Timestamp>, Option<Timestamp>) = (r.next()?, r.next()?);
    let (fixed, extra_fen, undone_fen) = (r.next()?, r.next()?, r.next()?);
    let (why, alternatives) = (r.next::<Json<Vec<Text>>>()?.0, r.next::<Json<Vec<Other>>>()?.0);
    let (published, refusal): (Option<String>, Option<Json<Text>>) = (r.next()?, r.next()?);
    Ok(PlanStop {
        work_order_id,
        change,
        place: put,
        before,
        promised: promised.0.zip(promised.1).map(|(from, to)| Span { from, to }),
        fixed,
        extra_fen,
        undone_fen,
        why,
        alternatives,
        published: published.map(|_| refusal.map_or(Ok(()), |text| Err(text.0))),
    })
}

/// The orders of a plan; at most 2000, as many as a plan may have.
pub fn stops(tx: &mut Tx<'_>, plan: PlanId) -> Done<Vec<PlanStop>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT s.work_order_id, s.change, s.engineer_id, s.planned_from, s.planned_to, s.before_engineer_id, s.before_from, s.before_to,
               s.promised_from, s.promised_to, s.fixed, s.extra_fen, s.undone_fen, s.why, s.alternatives, s.published, s.refusal
             FROM dispatch_plan_stop s JOIN dispatch_plan d ON d.id = s.plan_id
             WHERE d.tenant_id = $1 AND s.plan_id = $2 ORDER BY s.planned_from, s.work_order_id LIMIT 2000"
        ),
        &[p(&tenant), p(&plan)],
        read_stop,
    )?)
}

/// Keeps the orders of a plan. Those of an earlier attempt at the same search go.
pub fn keep_stops(tx: &mut Tx<'_>, plan: PlanId, stops: &[PlanStop]) -> Done<()> {
    tx.exec(sql!("DELETE FROM dispatch_plan_stop WHERE plan_id = $1"), &[p(&plan)])?;
    for stop in stops {
        let (put, before) = (stop.place.unzip(), stop.before.unzip());
        tx.exec(
            sql!(
                "INSERT INTO dispatch_plan_stop (plan_id, work_order_id, change, engineer_id, planned_from, planned_to, before_engineer_id,
                   before_from, before_to, promised_from, promised_to, fixed, extra_fen, undone_fen, why, alternatives)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
            ),
            &[
                p(&plan),
                p(&stop.work_order_id),
                code(&stop.change),
                p(&put.0),
                p(&put.1.map(|s| s.from)),
                p(&put.1.map(|s| s.to)),
                p(&before.0),
                p(&before.1.map(|s| s.from)),
                p(&before.1.map(|s| s.to)),
                p(&stop.promised.map(|s| s.from)),
                p(&stop.promised.map(|s| s.to)),
                p(&stop.fixed),
                p(&stop.extra_fen),
                p(&stop.undone_fen),
                p(&Json(&stop.why)),
                p(&Json(&stop.alternatives)),
            ],
        )?;
    }
    Ok(())
}

/// Notes what publishing did with an order of a plan.
pub fn note_published(tx: &mut Tx<'_>, plan: PlanId, order: WorkOrderId, refusal: Option<&Text>) -> Done<()> {
    tx.exec(
        sql!("UPDATE dispatch_plan_stop SET published = $1, refusal = $2 WHERE plan_id = $3 AND work_order_id = $4"),
        &[p(if refusal.is_some() { "refused" } else { "offered" }), p(&refusal.map(Json)), p(&plan), p(&order)],
    )?;
    Ok(())
}

/// Pins of orders: with whom and from when they stay. 2000 at most.
pub fn pins(tx: &mut Tx<'_>, since: Timestamp) -> Done<BTreeMap<WorkOrderId, (EngineerId, Timestamp)>> {
    let tenant = tx.tenant();
    let rows = tx.query(
        sql!(
            "SELECT work_order_id, engineer_id, planned_from FROM dispatch_pin WHERE tenant_id = $1 AND planned_from >= $2
             ORDER BY planned_from, work_order_id LIMIT 2000"
        ),
        &[p(&tenant), p(&since)],
        |r| Ok((r.next()?, (r.next()?, r.next()?))),
    )?;
    Ok(rows.into_iter().collect())
}

/// Pins an order where it is, or lets it go.
pub fn pin(tx: &mut Tx<'_>, order: WorkOrderId, stays: Option<(EngineerId, Timestamp)>) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    match stays {
        Some((engineer, from)) => tx.exec(
            sql!(
                "INSERT INTO dispatch_pin (work_order_id, tenant_id, engineer_id, planned_from, at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (work_order_id) DO UPDATE SET engineer_id = $3, planned_from = $4, at = $5"
            ),
            &[p(&order), p(&tenant), p(&engineer), p(&from), p(&now)],
        )?,
        None => tx.exec(sql!("DELETE FROM dispatch_pin WHERE tenant_id = $1 AND work_order_id = $2"), &[p(&tenant), p(&order)])?,
    };
    let noted = serde_json::json!({ "pinned": stays.is_some(), "engineer_id": stays.map(|s| s.0), "planned_from": stays.map(|s| s.1) });
    tx.audit("dispatch.pin", order, None, Some(&noted));
    Ok(())
}
