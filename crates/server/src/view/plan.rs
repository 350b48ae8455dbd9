//! Plans of a day as people see them: rows, the page of one with routes and reasons, slots and suggestions for one order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::dispatch::plan::{Measures, PlanChange, PlanId, PlanState, term_name};
use postsale_domain::ground::{EngineerId, Text};
use postsale_domain::visit::{Span, WorkOrderId};
use serde::Serialize;
use utoipa::ToSchema;

use super::plan_told::Known;
pub use super::plan_told::PlanTold;
use super::visit::{EngineerName, WorkOrderRow, rows};
use crate::crew::store as crew;
use crate::dispatch::plans::{self, PlanRecord, PlanStop};
use crate::ground::db::{Done, Tx};
use crate::visit::list;

/// A plan of a day in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanRow {
    id: PlanId,
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Counts the plans of the day: "v12".
    number: i64,
    state: PlanState,
    /// Whose days may change; empty: everybody's.
    engineers: Vec<EngineerId>,
    /// Seconds of search that were asked for.
    seconds: u32,
    /// Thousandths of the search that are done.
    progress: u32,
    /// Best cost so far (fen).
    best_fen: Option<i64>,
    /// The plan of the day that was published last when this one was made.
    based_on: Option<i64>,
    /// The board as it was.
    before: Option<Measures>,
    /// The board if it is published.
    after: Option<Measures>,
    /// Orders that change.
    changed: Option<u32>,
    /// Merchants who must be told a window.
    to_tell: Option<u32>,
    /// Why there is none.
    failure: Option<Text>,
    made_by: String,
    made_at: Timestamp,
    done_at: Option<Timestamp>,
    /// Who published or discarded it.
    ended_by: Option<String>,
    ended_at: Option<Timestamp>,
    version: i64,
}

/// A term of a plan's cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanTerm {
    code: String,
    name: Text,
    before_fen: i64,
    after_fen: i64,
}

/// Where an order was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanPlace {
    engineer: EngineerName,
    planned: Span,
}

/// Somebody else who could have an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanOther {
    engineer: EngineerName,
    planned: Span,
    /// What the plan would cost more than without the order (fen).
    extra_fen: i64,
}

/// What publishing did with an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanOutcome {
    offered: bool,
    /// Why not.
    reason: Option<Text>,
}

/// An order in a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanStopRow {
    order: WorkOrderRow,
    change: PlanChange,
    /// Where the plan puts it; null when nobody gets it.
    planned: Option<Span>,
    /// Where it was when the plan was made.
    before: Option<PlanPlace>,
    /// Pinned or begun: the plan leaves it.
    fixed: bool,
    /// Minutes after its deadline.
    late_minutes: u32,
    /// What it adds to the cost (fen).
    extra_fen: Option<i64>,
    /// What leaving it would cost (fen).
    undone_fen: i64,
    /// Why there, or what keeps it out.
    why: Vec<Text>,
    /// The next best engineers with their price.
    alternatives: Vec<PlanOther>,
    /// After publishing: offered, or why not.
    outcome: Option<PlanOutcome>,
    /// What its merchant hears of it; null when nothing changes for them.
    told: Option<PlanTold>,
}

/// The day of one engineer in a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanRoute {
    engineer: EngineerName,
    /// In order of time.
    stops: Vec<PlanStopRow>,
}

/// Everything about a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanPage {
    plan: PlanRow,
    terms: Vec<PlanTerm>,
    routes: Vec<PlanRoute>,
    /// Orders that nobody gets, the dearest to leave first.
    unassigned: Vec<PlanStopRow>,
}

/// A time that can be given to a merchant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlotRow {
    /// The window to promise.
    pub window: Span,
    /// Who would come.
    pub engineer: EngineerName,
    /// When.
    pub planned: Span,
    /// What it adds to the cost of the day (fen).
    pub extra_fen: i64,
    /// The work ends before the deadline.
    pub keeps_sla: bool,
}

/// Somebody who could do an order, with the planner's price.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SuggestionRow {
    /// Who.
    pub engineer: EngineerName,
    /// When.
    pub planned: Span,
    /// What it adds to the cost of the day (fen).
    pub extra_fen: i64,
    /// Minutes after its deadline.
    pub late_minutes: u32,
    /// Why.
    pub why: Vec<Text>,
}

/// A plan as a row.
pub fn row(plan: PlanRecord) -> PlanRow {
    let found = plan.found.as_ref();
    PlanRow {
        before: found.map(|f| f.before),
        after: found.map(|f| f.after),
        changed: found.map(|f| f.changed),
        to_tell: found.map(|f| f.to_tell),
        id: plan.id,
        date: plan.day,
        number: plan.number,
        state: plan.state,
        engineers: plan.engineers,
        seconds: plan.seconds,
        progress: plan.progress,
        best_fen: plan.best_fen,
        based_on: plan.based_on,
        failure: plan.failure,
        made_by: plan.made_by,
        made_at: plan.made_at,
        done_at: plan.done_at,
        ended_by: plan.ended_by,
        ended_at: plan.ended_at,
        version: plan.version,
    }
}

/// The page of a plan.
pub fn page(tx: &mut Tx<'_>, plan: &PlanRecord) -> Done<PlanPage> {
    let stops = plans::stops(tx, plan.id)?;
    let ids: Vec<WorkOrderId> = stops.iter().map(|s| s.work_order_id).collect();
    let orders = list::some(tx, &ids)?;
    let mut shown: BTreeMap<WorkOrderId, WorkOrderRow> = orders.iter().map(|w| w.id).zip(rows(tx, &orders)?).collect();
    let names: BTreeMap<EngineerId, String> = crew::engineers(tx)?.into_iter().map(|e| (e.id, e.name)).collect();
    let name = |id: EngineerId| EngineerName { id, name: names.get(&id).cloned().unwrap_or_default() };
    let known = Known::of(tx, &orders)?;
    let published = plan.ended_at.filter(|_| plan.state == PlanState::Published);
    let mut routes: BTreeMap<EngineerId, Vec<PlanStopRow>> = BTreeMap::new();
    let mut unassigned = Vec::new();
    for stop in stops {
        let Some(order) = shown.remove(&stop.work_order_id) else { continue };
        let engineer = stop.place.map(|(e, _)| e);
        let told = known.told(&stop, published, tx.now());
        let row = stop_row(stop, order, told, &name);
        match engineer {
            Some(engineer) => routes.entry(engineer).or_default().push(row),
            None => unassigned.push(row),
        }
    }
    unassigned.sort_by_key(|stop| std::cmp::Reverse(stop.undone_fen));
    let mut routes: Vec<PlanRoute> = routes
        .into_iter()
        .map(|(engineer, mut stops)| {
            stops.sort_by_key(|s| s.planned.map(|p| p.from));
            PlanRoute { engineer: name(engineer), stops }
        })
        .collect();
    routes.sort_by(|a, b| a.engineer.name.cmp(&b.engineer.name).then(a.engineer.id.cmp(&b.engineer.id)));
    let terms = plan.found.iter().flat_map(|f| &f.terms);
    let terms =
        terms.map(|t| PlanTerm { name: term_name(&t.code), code: t.code.clone(), before_fen: t.before_fen, after_fen: t.after_fen });
    Ok(PlanPage { terms: terms.collect(), plan: row(plan.clone()), routes, unassigned })
}

fn stop_row(stop: PlanStop, order: WorkOrderRow, told: Option<PlanTold>, name: &dyn Fn(EngineerId) -> EngineerName) -> PlanStopRow {
    let planned = stop.place.map(|(_, span)| span);
    let late = planned.zip(order.due()).map_or(0, |(p, due)| (p.to.duration_since(due).as_secs() + 59) / 60);
    PlanStopRow {
        change: stop.change,
        planned,
        before: stop.before.map(|(e, planned)| PlanPlace { engineer: name(e), planned }),
        fixed: stop.fixed,
        late_minutes: u32::try_from(late).unwrap_or(0),
        extra_fen: stop.extra_fen,
        undone_fen: stop.undone_fen,
        why: stop.why,
        alternatives: stop
            .alternatives
            .into_iter()
            .map(|a| PlanOther { engineer: name(a.engineer_id), planned: a.planned, extra_fen: a.extra_fen })
            .collect(),
        outcome: stop.published.map(|p| PlanOutcome { offered: p.is_ok(), reason: p.err() }),
        told,
        order,
    }
}
