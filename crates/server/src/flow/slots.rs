//! "Pick a time" and "who could go": the days gathered for one order, and the planner's answers back in ids. Gathering is a
//! read; the answers are computed outside of it.

use jiff::ToSpan;
use jiff::civil::Date;
use postsale_domain::dispatch::Slot;
use postsale_domain::dispatch::plan::{Placed, why_here};
use postsale_domain::ground::Reach;
use postsale_domain::refuse;
use postsale_domain::visit::{Span, WorkOrderId};

use super::day::{Gathered, Waiting, gather};
use crate::dispatch::planning;
use crate::ground::db::{Done, Tx};
use crate::view::plan::{SlotRow, SuggestionRow};
use crate::view::visit::{EngineerName, see_order, zone};
use crate::visit::store as visits;

/// Most days that are looked at.
pub const MOST_DAYS: u16 = 14;

/// The days from `first` on for an order, as if nobody had it. Errors: `not_found`, `visit.closed`, `dispatch.day_past`,
/// `dispatch.days`.
pub fn days(tx: &mut Tx<'_>, reach: Reach, id: WorkOrderId, first: Option<Date>, days: u16, bound: bool) -> Done<Vec<Gathered>> {
    let w = visits::work_order(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    see_order(tx, reach, &w)?;
    if w.closed_at.is_some() {
        return Err(refuse!(Conflict, "visit.closed").into());
    }
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(refuse!(Invalid, "dispatch.days", most = MOST_DAYS).field("days").into());
    }
    let today = tx.now().to_zoned(zone()).date();
    let promised = w.promised.filter(|s| bound && s.to > tx.now()).map(|s| s.from.to_zoned(zone()).date());
    let first = first.or(promised).unwrap_or(today);
    if first < today {
        return Err(refuse!(Invalid, "dispatch.day_past").field("from").into());
    }
    let dates = (0..i64::from(days)).filter_map(|ahead| first.checked_add(ahead.days()).ok());
    dates.map(|date| gather(tx, date, &[], Waiting::One(id, bound))).collect()
}

fn place(day: &Gathered, id: WorkOrderId) -> Option<usize> {
    day.orders.iter().position(|w| w.id == id)
}

fn span(slot: Slot) -> Span {
    Span { from: slot.from, to: slot.to }
}

fn who(day: &Gathered, at: Placed) -> EngineerName {
    let engineer = &day.engineers[at.person];
    EngineerName { id: engineer.id, name: engineer.name.clone() }
}

/// The windows of the days in which an order can be done, in order; those past its deadline only with `late`.
pub fn slots(days: &[Gathered], id: WorkOrderId, late: bool) -> Vec<SlotRow> {
    let mut rows = Vec::new();
    for day in days {
        let Some(job) = place(day, id) else { continue };
        rows.extend(planning::choices(&day.day, job, &[]).into_iter().filter(|c| late || c.keeps_due).map(|c| SlotRow {
            window: span(c.window),
            engineer: who(day, c.best.placed),
            planned: span(c.best.placed.slot),
            extra_fen: c.best.extra_fen,
            keeps_sla: c.keeps_due,
        }));
    }
    rows
}

/// Who could do an order on the first of the days, the cheapest first, each with its reasons.
pub fn suggestions(days: &[Gathered], id: WorkOrderId, most: usize) -> Vec<SuggestionRow> {
    let Some((day, job)) = days.first().and_then(|day| Some((day, place(day, id)?))) else { return Vec::new() };
    let all = planning::suggestions(&day.day, job);
    all.iter()
        .enumerate()
        .take(most)
        .map(|(i, a)| SuggestionRow {
            engineer: who(day, a.placed),
            planned: span(a.placed.slot),
            extra_fen: a.extra_fen,
            late_minutes: day.day.jobs[job]
                .due
                .map_or(0, |due| u32::try_from((a.placed.slot.to.duration_since(due).as_secs() + 59) / 60).unwrap_or(0)),
            why: why_here(&day.day, &day.day.jobs[job], a.placed, Some(a.extra_fen), &all[i + 1..]),
        })
        .collect()
}
