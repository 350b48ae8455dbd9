//! A day gathered from all rooms, in dispatch's own words: orders with shop, promise and deadline; engineers with skills,
//! shifts and absences. What the planner is given, and what a proposal is compared with.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use postsale_domain::crew::{Engineer, Holidays, shifts_between, without};
use postsale_domain::dispatch::plan::{Day, DayJob, DayPerson, Standing};
use postsale_domain::dispatch::{Certificate, Slot};
use postsale_domain::ground::EngineerId;
use postsale_domain::merchant::Hours;
use postsale_domain::refuse;
use postsale_domain::sla::{ClockKind, TicketId};
use postsale_domain::ticket::Priority;
use postsale_domain::visit::{WorkOrderId, WorkOrderState};

use crate::crew::store as crew;
use crate::dispatch::plans;
use crate::facts::{InForce, in_force};
use crate::ground::db::{Done, Json, Query, Tx, fifty, p};
use crate::ground::web::Keyset;
use crate::merchant::store as merchants;
use crate::sla;
use crate::view::visit::{day as span_of, zone};
use crate::visit::list::{self, Sight};
use crate::visit::store::{WorkOrder, number};
use crate::{fifty, sql};

/// Most orders and engineers of a plan.
const MOST: u32 = 2000;
/// Minutes on site when nobody knows better.
pub const USUAL_MINUTES: u32 = 40;

/// Which orders without an engineer take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// All.
    All,
    /// This one only, as if nobody had it; and whether a promise binds it.
    One(WorkOrderId, bool),
}

/// A day with what stands behind its jobs and people, place by place.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The day in dispatch's words.
    pub day: Day,
    /// The orders behind its jobs.
    pub orders: Vec<WorkOrder>,
    /// The engineers behind its people.
    pub engineers: Vec<Engineer>,
}

/// Times of absence by engineer, between two instants.
pub fn absences(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Done<BTreeMap<EngineerId, Vec<(Timestamp, Timestamp)>>> {
    let mut by: BTreeMap<EngineerId, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
    for absence in crew::absences(tx, from, to)? {
        by.entry(absence.engineer_id).or_default().push((absence.from, absence.to));
    }
    Ok(by)
}

/// The shifts of an engineer on some days, without absences.
pub fn shifts(
    e: &Engineer,
    first: Date,
    days: u16,
    absent: &BTreeMap<EngineerId, Vec<(Timestamp, Timestamp)>>,
    holidays: &Holidays,
) -> Vec<(Timestamp, Timestamp)> {
    without(shifts_between(&e.shifts, first, days, &zone(), holidays), absent.get(&e.id).map_or(&[], Vec::as_slice))
}

/// Minutes a visit is expected to take.
pub fn minutes(force: &InForce, w: &WorkOrder) -> u32 {
    w.minutes.or_else(|| force.facts().fault(w.fault_code.as_deref()?)?.onsite_minutes).unwrap_or(USUAL_MINUTES)
}

struct Shop {
    priority: Priority,
    place: Option<(i64, i64)>,
    hours: Option<Hours>,
}

/// Priority and shop of orders; one query for fifty of them.
fn shops(tx: &mut Tx<'_>, orders: &[WorkOrder]) -> Done<BTreeMap<WorkOrderId, Shop>> {
    let mut shops = BTreeMap::new();
    for chunk in orders.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(|order| p(&order.id)));
        let rows = tx.query(
            sql!(concat!(
                "SELECT w.id, t.priority, s.lat_e6, s.lng_e6, s.hours FROM work_order w JOIN ticket t ON t.id = w.ticket_id
                 LEFT JOIN store s ON s.id = t.store_id
                 WHERE w.tenant_id = $1 AND w.id IN (",
                fifty!(),
                ")"
            )),
            &params,
            |r| {
                let (id, priority) = (r.next()?, r.coded()?);
                let (lat, lng): (Option<i64>, Option<i64>) = (r.next()?, r.next()?);
                let hours = r.next::<Option<Json<Hours>>>()?.map(|j| j.0);
                Ok((id, Shop { priority, place: lat.zip(lng).and_then(|(lat, lng)| merchants::place(lat, lng)), hours }))
            },
        )?;
        shops.extend(rows);
    }
    Ok(shops)
}

fn slot(span: postsale_domain::visit::Span) -> Slot {
    Slot { from: span.from, to: span.to }
}

/// Where an order stands that somebody has; `None`: it no longer takes anybody's time.
fn standing(force: &InForce, w: &WorkOrder, person: usize, pinned: bool, now: Timestamp) -> Option<Standing> {
    let planned = slot(w.planned?);
    let work = SignedDuration::from_mins(i64::from(minutes(force, w)));
    Some(match w.state {
        WorkOrderState::Open | WorkOrderState::Cancelled => return None,
        WorkOrderState::Offered | WorkOrderState::Accepted if pinned => Standing::Pinned(person, planned),
        WorkOrderState::Offered | WorkOrderState::Accepted => Standing::Held(person, planned),
        WorkOrderState::Travelling => {
            let from = planned.from.max(now);
            Standing::Underway(person, Slot { from, to: from + work })
        }
        _ => {
            let from = w.actual.from?;
            let to = w.actual.to.or(w.closed_at).unwrap_or_else(|| (from + work).max(now + SignedDuration::from_mins(5)));
            Standing::Underway(person, Slot { from, to: to.max(from + SignedDuration::from_mins(1)) })
        }
    })
}

/// Gathers a day. `scope`: whose days may change; everybody's without it. Errors: `dispatch.too_many`,
/// `dispatch.engineer_unknown`.
pub fn gather(tx: &mut Tx<'_>, date: Date, scope: &[EngineerId], waiting: Waiting) -> Done<Gathered> {
    let (now, force) = (tx.now(), in_force(tx)?);
    let span = span_of(date);
    let mut engineers = crew::engineers(tx)?;
    if !scope.is_empty() {
        if scope.iter().any(|id| engineers.iter().all(|e| e.id != *id)) {
            return Err(refuse!(Invalid, "dispatch.engineer_unknown").field("engineers").into());
        }
        engineers.retain(|e| scope.contains(&e.id));
    }
    let absent = absences(tx, span.from, span.to)?;
    let place_of: BTreeMap<EngineerId, usize> = engineers.iter().enumerate().map(|(i, e)| (e.id, i)).collect();
    let pins = plans::pins(tx, span.from)?;
    let one = match waiting {
        Waiting::One(id, _) => Some(id),
        Waiting::All => None,
    };
    let mut found: Vec<(WorkOrder, Standing)> = Vec::new();
    for w in list::planned(tx, span, Sight::All, Keyset::FIRST, MOST + 1)? {
        let Some(person) = w.engineer_id.and_then(|e| place_of.get(&e)).copied() else { continue };
        let pinned = pins.get(&w.id).is_some_and(|(e, from)| w.engineer_id == Some(*e) && w.planned.is_some_and(|s| s.from == *from));
        if one != Some(w.id)
            && let Some(standing) = standing(&force, &w, person, pinned, now)
        {
            found.push((w, standing));
        }
    }
    match waiting {
        Waiting::All => found.extend(list::unassigned(tx, Sight::All, Keyset::FIRST, MOST + 1)?.into_iter().map(|w| (w, Standing::Free))),
        Waiting::One(id, _) => {
            let w = crate::visit::store::work_order(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
            found.push((w, Standing::Free));
        }
    }
    if found.len() > MOST as usize {
        return Err(refuse!(Invalid, "dispatch.too_many", limit = MOST).field("date").into());
    }
    let live = |w: &WorkOrder| w.promised.filter(|s| s.to > now);
    // Who was promised another day is no business of this one.
    found.retain(|(w, s)| *s != Standing::Free || one.is_some() || live(w).is_none_or(|s| s.from < span.to && span.from < s.to));
    let (orders, standings): (Vec<WorkOrder>, Vec<Standing>) = found.into_iter().unzip();
    let mut shops = shops(tx, &orders)?;
    let tickets: Vec<TicketId> = orders.iter().map(|w| w.ticket_id).collect();
    let clocks = if tickets.is_empty() { BTreeMap::new() } else { sla::store::faces(tx, &tickets)? };
    let before = date.checked_sub(1.day()).unwrap_or(date);
    let jobs = orders
        .iter()
        .zip(standings)
        .map(|(w, standing)| {
            let shop = shops.remove(&w.id);
            let hours = shop.as_ref().and_then(|s| s.hours.as_ref());
            let open = match hours {
                // The day before is looked at for shops that are open past midnight.
                Some(hours) => hours.windows(before, 2, &zone()).into_iter().map(|(from, to)| Slot { from, to }).collect(),
                None => vec![slot(span)],
            };
            let due = clocks.get(&w.ticket_id).and_then(|cs| cs.iter().find(|c| c.kind == ClockKind::Resolution)).and_then(|c| c.due_at);
            let free = waiting == Waiting::One(w.id, false);
            DayJob {
                number: number(w.number),
                skills: w.skills.iter().map(|code| force.needed(code)).collect(),
                district: w.district.clone(),
                place: shop.as_ref().and_then(|s| s.place),
                open,
                promised: live(w).filter(|_| !free).map(slot),
                due: w.due_at.or(due),
                minutes: minutes(&force, w),
                rank: shop.map_or(2, |s| Priority::ALL.iter().position(|x| *x == s.priority).unwrap_or(2)),
                standing,
            }
        })
        .collect();
    let holidays = force.holidays();
    let people = engineers
        .iter()
        .map(|e| DayPerson {
            name: e.name.clone(),
            skills: e.skills.iter().map(|s| Certificate { skill: s.code.clone(), until: s.valid_until }).collect(),
            territory: e.territory.clone(),
            shifts: shifts(e, date, 1, &absent, &holidays).into_iter().map(|(from, to)| Slot { from, to }).collect(),
            daily_limit: e.daily_limit,
            home: e.home,
        })
        .collect();
    Ok(Gathered { day: Day { date, span: slot(span), now, jobs, people }, orders, engineers })
}
