//! Plans of a day: asked for, found, published as offers, discarded. A plan is made outside of any transaction and is only a
//! proposal; what it was made for is compared with what is so before anybody is told.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use postsale_domain::dispatch::plan::{
    self as rules, Placed, PlanChange, PlanId, PlanState, Seen, Wanted, changed_since, clashing, why_here, why_not,
};
use postsale_domain::dispatch::{Booked, Slot};
use postsale_domain::ground::{EngineerId, Lang, Reach, Refusal, Text};
use postsale_domain::refuse;
use postsale_domain::visit::{Command, Facts, Span, WorkOrderId, WorkOrderState};
use serde_json::Value;

use super::day::{Gathered, Waiting, gather};
use super::dispatch::{self as offers, Given};
use super::visit::Table;
use crate::dispatch::planning::{Proposal, changes};
use crate::dispatch::plans::{self, Found, Other, PlanRecord, PlanStop, SEARCH, SearchJob};
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::web::Keyset;
use crate::ground::{jobs, texts};
use crate::org;
use crate::view::plan::{PlanPage, page};
use crate::view::visit::{WorkOrderPage, day as span_of, zone};
use crate::visit::list::{self, Sight};
use crate::visit::store::{WorkOrder, number};

/// Seconds a search takes when nobody says.
const SECONDS: u32 = 5;
/// Most seconds of a search.
const MOST_SECONDS: u32 = 30;
/// Days ahead that can be planned.
const AHEAD: i64 = 30;

/// Asks for a plan of a day; the worker searches. Errors: `dispatch.day_past`, `dispatch.day_far`, `dispatch.seconds`,
/// `dispatch.engineer_unknown`, `dispatch.plan_running`.
pub fn start(tx: &mut Tx<'_>, day: Date, engineers: &[EngineerId], seconds: Option<u32>) -> Done<PlanRecord> {
    let today = tx.now().to_zoned(zone()).date();
    if day < today {
        return Err(refuse!(Invalid, "dispatch.day_past").field("date").into());
    }
    if today.checked_add(AHEAD.days()).is_ok_and(|last| day > last) {
        return Err(refuse!(Invalid, "dispatch.day_far", days = AHEAD).field("date").into());
    }
    let seconds = seconds.unwrap_or(SECONDS);
    if !(1..=MOST_SECONDS).contains(&seconds) {
        return Err(refuse!(Invalid, "dispatch.seconds", most = MOST_SECONDS).field("seconds").into());
    }
    let known = crate::crew::store::engineers(tx)?;
    if engineers.iter().any(|id| known.iter().all(|e| e.id != *id)) {
        return Err(refuse!(Invalid, "dispatch.engineer_unknown").field("engineers").into());
    }
    let (newest, based_on) = plans::numbers(tx, day)?;
    let plan = PlanRecord {
        id: tx.new_id(),
        day,
        number: newest + 1,
        state: PlanState::Running,
        engineers: engineers.to_vec(),
        seconds,
        progress: 0,
        best_fen: None,
        based_on,
        found: None,
        failure: None,
        made_by: org::store::shown_name(tx)?,
        made_at: tx.now(),
        done_at: None,
        ended_by: None,
        ended_at: None,
        version: 1,
    };
    plans::insert(tx, &plan)?;
    let now = tx.now();
    jobs::enqueue(tx, SEARCH, &plan.id.to_string(), now, &SearchJob { plan: plan.id })?;
    Ok(plan)
}

/// What a search needs; `None` when it is no longer wanted.
pub fn ready(tx: &mut Tx<'_>, id: PlanId) -> Done<Option<(PlanRecord, Gathered)>> {
    let Some(plan) = plans::plan(tx, id)?.filter(|p| p.state == PlanState::Running) else { return Ok(None) };
    let gathered = gather(tx, plan.day, &plan.engineers, Waiting::All)?;
    Ok(Some((plan, gathered)))
}

fn span(slot: Slot) -> Span {
    Span { from: slot.from, to: slot.to }
}

fn stop_of(g: &Gathered, found: &Proposal, i: usize) -> PlanStop {
    let (job, order) = (&g.day.jobs[i], &g.orders[i]);
    let who = |at: Placed| (g.engineers[at.person].id, span(at.slot));
    let put = found.places[i];
    let others = found.others[i].iter().map(|a| {
        let (engineer_id, planned) = who(a.placed);
        Other { engineer_id, planned, extra_fen: a.extra_fen }
    });
    PlanStop {
        work_order_id: order.id,
        change: rules::change(job.standing, put),
        place: put.or_else(|| job.standing.placed()).map(who),
        before: job.standing.placed().map(who),
        promised: order.promised,
        fixed: job.standing.fixed(),
        extra_fen: found.extra_fen[i],
        undone_fen: rules::prices(job).undone,
        why: match (put, &found.obstacles[i]) {
            (Some(at), _) => why_here(&g.day, job, at, found.extra_fen[i], &found.others[i]),
            (None, Some(obstacle)) => why_not(obstacle),
            (None, None) => Vec::new(),
        },
        alternatives: others.collect(),
        published: None,
    }
}

/// Keeps what a search found, unless it is no longer wanted.
pub fn keep(tx: &mut Tx<'_>, id: PlanId, g: &Gathered, found: &Proposal) -> Done<()> {
    let Some(before) = plans::for_change(tx, id)?.filter(|p| p.state == PlanState::Running) else { return Ok(()) };
    let stops: Vec<PlanStop> = (0..g.orders.len()).map(|i| stop_of(g, found, i)).collect();
    plans::keep_stops(tx, id, &stops)?;
    // A search among some of the crew says nothing about the others.
    if before.engineers.is_empty() {
        for (stop, order) in stops.iter().zip(&g.orders) {
            if let (None, Some(promised)) = (stop.place, stop.promised.filter(|p| p.to > tx.now())) {
                super::bell::unkept(tx, order.ticket_id, promised, &before.made_by)?;
            }
        }
    }
    let told = stops.iter().zip(&g.day.jobs).filter(|(s, j)| rules::to_tell(j, s.change)).count();
    let mut after = PlanRecord { state: PlanState::Proposed, done_at: Some(tx.now()), progress: 1000, ..before.clone() };
    after.best_fen = Some(found.terms.iter().map(|t| t.after_fen).sum());
    after.found = Some(Found {
        before: found.before,
        after: found.after,
        terms: found.terms.clone(),
        changed: changes(&g.day, found),
        to_tell: u32::try_from(told).unwrap_or(u32::MAX),
        steps: found.steps,
    });
    plans::save(tx, "dispatch.plan_found", &before, &mut after)
}

/// Keeps why a search found nothing.
pub fn fail(tx: &mut Tx<'_>, id: PlanId, why: &Text) -> Done<()> {
    let Some(before) = plans::for_change(tx, id)?.filter(|p| p.state == PlanState::Running) else { return Ok(()) };
    let mut after = PlanRecord { state: PlanState::Failed, done_at: Some(tx.now()), failure: Some(why.clone()), ..before.clone() };
    plans::save(tx, "dispatch.plan_failed", &before, &mut after)
}

fn load(tx: &mut Tx<'_>, id: PlanId, version: i64) -> Done<PlanRecord> {
    let plan = plans::for_change(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    if plan.version != version {
        let current = page(tx, &plan)?;
        return Err(Stop::Stale(Box::new(serde_json::to_value(current).unwrap_or(Value::Null))));
    }
    if plan.state != PlanState::Proposed {
        return Err(refuse!(Conflict, "dispatch.plan_over").into());
    }
    Ok(plan)
}

/// Throws a proposal away. Errors: `dispatch.plan_over`.
pub fn discard(tx: &mut Tx<'_>, id: PlanId, version: i64) -> Done<PlanPage> {
    let before = load(tx, id, version)?;
    let mut after = before.clone();
    (after.state, after.ended_at, after.ended_by) = (PlanState::Discarded, Some(tx.now()), Some(org::store::shown_name(tx)?));
    plans::save(tx, "dispatch.plan_discard", &before, &mut after)?;
    page(tx, &after)
}

/// The orders of a plan as they are now.
fn current(tx: &mut Tx<'_>, stops: &[PlanStop]) -> Done<BTreeMap<WorkOrderId, WorkOrder>> {
    let ids: Vec<WorkOrderId> = stops.iter().map(|s| s.work_order_id).collect();
    Ok(list::some(tx, &ids)?.into_iter().map(|w| (w.id, w)).collect())
}

fn seen_now(w: &WorkOrder) -> Seen<EngineerId> {
    Seen {
        holder: w.engineer_id.zip(w.planned).map(|(e, s)| (e, s.from, s.to)),
        promised: w.promised.map(|s| (s.from, s.to)),
        closed: w.closed_at.is_some(),
    }
}

fn seen_then(stop: &PlanStop) -> Seen<EngineerId> {
    Seen { holder: stop.before.map(|(e, s)| (e, s.from, s.to)), promised: stop.promised.map(|s| (s.from, s.to)), closed: false }
}

/// Numbers of the orders at which the board is no longer what a plan was made for: another engineer, time or promise, closed,
/// or a booking of one of its engineers that it does not know. What was begun meanwhile is not among them: it stays anyway,
/// and moving it is refused by itself.
fn outdated(tx: &mut Tx<'_>, plan: &PlanRecord, stops: &[PlanStop]) -> Done<Vec<String>> {
    let now = current(tx, stops)?;
    let waits = |w: &&WorkOrder| matches!(w.state, WorkOrderState::Open | WorkOrderState::Offered | WorkOrderState::Accepted);
    let looked: Vec<&PlanStop> =
        stops.iter().filter(|s| now.get(&s.work_order_id).is_none_or(|w| waits(&w) || w.closed_at.is_some() && !s.fixed)).collect();
    let then: Vec<Seen<EngineerId>> = looked.iter().map(|s| seen_then(s)).collect();
    let there: Vec<Option<Seen<EngineerId>>> = looked.iter().map(|s| now.get(&s.work_order_id).map(seen_now)).collect();
    let mut names: Vec<String> =
        changed_since(&then, &there).into_iter().filter_map(|i| now.get(&looked[i].work_order_id)).map(|w| number(w.number)).collect();
    let touched: Vec<EngineerId> = stops.iter().filter_map(|s| s.place.map(|(e, _)| e)).collect();
    for w in list::planned(tx, span_of(plan.day), Sight::All, Keyset::FIRST, 2000)? {
        let theirs = w.engineer_id.is_some_and(|e| touched.contains(&e));
        if theirs && waits(&&w) && !now.contains_key(&w.id) {
            names.push(number(w.number));
        }
    }
    names.sort();
    Ok(names)
}

/// [`outdated`] of a plan that could still be published; nothing for others.
pub fn outdated_now(tx: &mut Tx<'_>, plan: &PlanRecord) -> Done<Vec<String>> {
    if plan.state != PlanState::Proposed {
        return Ok(Vec::new());
    }
    let stops = plans::stops(tx, plan.id)?;
    outdated(tx, plan, &stops)
}

/// A refusal in both languages.
pub fn in_words(refusal: &Refusal) -> Text {
    Text { zh: texts::of_refusal(Lang::Zh, refusal), en: texts::of_refusal(Lang::En, refusal) }
}

/// Offers what a plan proposes: each order wholly or not at all, with the reason; the rest of the board stays. `only`: those
/// orders alone. Errors: `dispatch.plan_over`, `dispatch.day_past`, `dispatch.plan_stale` when another plan of the day was
/// published since, `dispatch.board_changed` when what it was made for is no longer so.
pub fn publish(tx: &mut Tx<'_>, id: PlanId, version: i64, only: Option<&[WorkOrderId]>) -> Done<PlanPage> {
    let before = load(tx, id, version)?;
    if before.day < tx.now().to_zoned(zone()).date() {
        return Err(refuse!(Conflict, "dispatch.day_past").into());
    }
    let (_, published) = plans::numbers(tx, before.day)?;
    if published != before.based_on {
        return Err(refuse!(Conflict, "dispatch.plan_stale", number = published.unwrap_or_default()).into());
    }
    let stops = plans::stops(tx, id)?;
    let changed = outdated(tx, &before, &stops)?;
    if !changed.is_empty() {
        return Err(refuse!(Conflict, "dispatch.board_changed", orders = changed.join(", ")).into());
    }
    let moves = |s: &&PlanStop| {
        matches!(s.change, PlanChange::New | PlanChange::Moved | PlanChange::Retimed)
            && only.is_none_or(|only| only.contains(&s.work_order_id))
    };
    let wanted: Vec<&PlanStop> = stops.iter().filter(moves).collect();
    let refusals = judge(tx, &before, &stops, &wanted)?;
    for (stop, refusal) in wanted.into_iter().zip(refusals) {
        let refusal = match refusal {
            Some(refusal) => Some(in_words(&refusal)),
            None => give(tx, before.number, stop)?.map(|r| in_words(&r)),
        };
        plans::note_published(tx, id, stop.work_order_id, refusal.as_ref())?;
    }
    let mut after = before.clone();
    (after.state, after.ended_at, after.ended_by) = (PlanState::Published, Some(tx.now()), Some(org::store::shown_name(tx)?));
    plans::save(tx, "dispatch.plan_publish", &before, &mut after)?;
    page(tx, &after)
}

/// For each wanted move the rule that forbids it.
fn judge(tx: &mut Tx<'_>, plan: &PlanRecord, stops: &[PlanStop], wanted: &[&PlanStop]) -> Done<Vec<Option<Refusal>>> {
    let now = current(tx, stops)?;
    let mut people: Vec<EngineerId> = stops.iter().flat_map(|s| [s.place, s.before]).flatten().map(|(e, _)| e).collect();
    people.sort_unstable();
    people.dedup();
    let placed =
        |(e, s): (EngineerId, Span)| people.binary_search(&e).ok().map(|person| Placed { person, slot: Slot { from: s.from, to: s.to } });
    let mut refusals = Vec::new();
    let mut moves = Vec::new();
    for stop in wanted {
        let (Some(order), Some((engineer, planned))) = (now.get(&stop.work_order_id), stop.place) else {
            return Err(refuse!(NotFound, "not_found").into());
        };
        let refusal = forbidden(tx, order, engineer, planned)?;
        let Some(to) = placed((engineer, planned)) else { return Err(refuse!(NotFound, "not_found").into()) };
        moves.push(Wanted { number: number(order.number), from: stop.before.and_then(placed), to, refused: refusal.is_some() });
        refusals.push(refusal);
    }
    let moving: Vec<WorkOrderId> = wanted.iter().map(|s| s.work_order_id).collect();
    let mut fixed: Vec<(usize, Booked)> = Vec::new();
    for w in list::planned(tx, span_of(plan.day), Sight::All, Keyset::FIRST, 2000)? {
        if w.closed_at.is_none()
            && !moving.contains(&w.id)
            && let Some(at) = w.engineer_id.zip(w.planned).and_then(placed)
        {
            fixed.push((at.person, Booked { number: number(w.number), slot: at.slot }));
        }
    }
    for (refusal, clash) in refusals.iter_mut().zip(clashing(&moves, &fixed)) {
        if let (None, Some(number)) = (&refusal, clash) {
            *refusal = Some(refuse!(Conflict, "dispatch.overlap", number = number));
        }
    }
    Ok(refusals)
}

fn forbidden(tx: &mut Tx<'_>, order: &WorkOrder, engineer: EngineerId, planned: Span) -> Done<Option<Refusal>> {
    if !matches!(order.state, WorkOrderState::Open | WorkOrderState::Offered | WorkOrderState::Accepted) {
        return Ok(Some(refuse!(Conflict, "visit.not_now")));
    }
    let now: Timestamp = tx.now();
    if planned.from < now {
        return Ok(Some(refuse!(Conflict, "dispatch.too_late")));
    }
    match offers::check(tx, order, engineer, planned) {
        Ok(()) => Ok(None),
        Err(Stop::Refused(refusal)) => Ok(Some(refusal)),
        Err(other) => Err(other),
    }
}

/// Takes the order back from whom it has, if anybody, and offers it where the plan puts it.
fn give(tx: &mut Tx<'_>, plan: i64, stop: &PlanStop) -> Done<Option<Refusal>> {
    let Some((engineer, planned)) = stop.place else { return Ok(None) };
    let mut table = Table::load(tx, stop.work_order_id, Reach::All, None)?;
    let due = offers::due(tx, &table.w)?;
    let promised = match offers::promised_for(&table.w, planned, None, due, tx.now()) {
        Ok(promised) => promised,
        Err(refusal) => return Ok(Some(refusal)),
    };
    if table.w.state != WorkOrderState::Open {
        table.command(tx, &Command::Withdraw { reason: format!("方案v{plan}") }, &Facts::default())?;
    }
    offers::give(tx, &mut table, &Given { engineer, planned, promised, why: stop.why.clone() })?;
    table.save(tx, "dispatch.offer")?;
    Ok(None)
}

/// Pins an order to its engineer and time, or lets it go. Errors: `dispatch.nothing_to_pin`.
pub fn pin(tx: &mut Tx<'_>, reach: Reach, id: WorkOrderId, version: i64, pinned: bool) -> Done<WorkOrderPage> {
    let table = Table::load(tx, id, reach, Some(version))?;
    let held = matches!(table.w.state, WorkOrderState::Offered | WorkOrderState::Accepted);
    let stays = table.w.engineer_id.zip(table.w.planned).map(|(e, s)| (e, s.from)).filter(|_| held);
    if pinned && stays.is_none() {
        return Err(refuse!(Conflict, "dispatch.nothing_to_pin").into());
    }
    plans::pin(tx, id, stays.filter(|_| pinned))?;
    crate::view::visit::page(tx, &table.w)
}
