//! Who could go, and asking them: the facts of several rooms for the rule that ranks, and the offer with all that follows.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use postsale_domain::crew::{Absence, Engineer, OffShift, Present, lacking, present};
use postsale_domain::dispatch::{self, Candidate, Certificate, Job, OfferState, Person, Slot};
use postsale_domain::ground::{Act, EngineerId, Lang, Reach, Refusal, Text, mask_cards};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::sla::ClockKind;
use postsale_domain::visit::{Command, Facts, Span, WorkOrderId, WorkOrderState};
use serde_json::json;

use super::day::{absences, minutes, shifts};
use super::visit::{Table, clash};
use crate::crew::store as crew;
use crate::dispatch::store::{self as offers, Offer};
use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::ground::texts;
use crate::merchant::store as merchants;
use crate::sla;
use crate::ticket::store::Ticket;
use crate::view::sentence;
use crate::view::visit::{WorkOrderPage, zone};
use crate::visit::store::WorkOrder;

/// Days that are looked at for a free time.
const DAYS: u16 = 7;

fn slot(span: Span) -> Slot {
    Slot { from: span.from, to: span.to }
}

fn span(slot: Slot) -> Span {
    Span { from: slot.from, to: slot.to }
}

fn job(tx: &mut Tx<'_>, w: &WorkOrder, ticket: &Ticket) -> Done<Job> {
    let today = tx.now().to_zoned(zone()).date();
    let shop = match ticket.store_id {
        Some(id) => merchants::store(tx, id)?,
        None => None,
    };
    let open: Vec<Slot> = match &shop {
        // The day before is looked at for shops that are open past midnight.
        Some(shop) => {
            let first = today.checked_sub(1.day()).unwrap_or(today);
            shop.hours.windows(first, DAYS + 1, &zone()).into_iter().map(|(from, to)| Slot { from, to }).collect()
        }
        // Nothing is known of the shop: shifts alone decide.
        None => vec![Slot { from: tx.now(), to: tx.now() + jiff::SignedDuration::from_hours(24 * i64::from(DAYS)) }],
    };
    // A window the merchant was promised is kept; only a person moves it.
    let open = match w.promised.filter(|p| p.to > tx.now()) {
        Some(promised) => open
            .into_iter()
            .map(|o| Slot { from: o.from.max(promised.from), to: o.to })
            .filter(|o| o.from < o.to && o.from < promised.to)
            .collect(),
        None => open,
    };
    let due = due(tx, w)?;
    let place = shop.and_then(|s| s.place());
    let force = in_force(tx)?;
    Ok(Job {
        skills: w.skills.iter().map(|code| force.needed(code)).collect(),
        district: w.district.clone(),
        place,
        open,
        due,
        minutes: minutes(&force, w),
    })
}

/// Until when an order is to be done, if a clock runs.
pub(super) fn due(tx: &mut Tx<'_>, w: &WorkOrder) -> Done<Option<Timestamp>> {
    let clock = sla::store::faces_of(tx, w.ticket_id)?.into_iter().find(|c| c.kind == ClockKind::Resolution);
    Ok(w.due_at.or(clock.and_then(|c| c.due_at)))
}

/// Everybody of the crew, judged for an order, the best first.
pub fn candidates(tx: &mut Tx<'_>, w: &WorkOrder, ticket: &Ticket) -> Done<Vec<Candidate>> {
    let (now, zone) = (tx.now(), zone());
    let today = now.to_zoned(zone.clone()).date();
    let job = job(tx, w, ticket)?;
    let midnight = today.to_zoned(zone.clone()).map_or(now, |z| z.timestamp());
    let between = Slot { from: midnight, to: now + jiff::SignedDuration::from_hours(24 * (i64::from(DAYS) + 1)) };
    let taken = offers::taken(tx, between, w.id)?;
    let absent = absences(tx, between.from, between.to)?;
    let holidays = in_force(tx)?.holidays();
    let refused: Vec<EngineerId> =
        offers::of_order(tx, w.id)?.into_iter().filter(|o| o.state == OfferState::Refused).map(|o| o.engineer_id).collect();
    let people: Vec<Person> = crew::engineers(tx)?
        .into_iter()
        .map(|e| Person {
            shifts: shifts(&e, today, DAYS, &absent, &holidays).into_iter().map(|(from, to)| Slot { from, to }).collect(),
            id: e.id,
            skills: e.skills.iter().map(|s| Certificate { skill: s.code.clone(), until: s.valid_until }).collect(),
            territory: e.territory.clone(),
            daily_limit: e.daily_limit,
            home: e.home,
            booked: taken.iter().filter(|t| t.engineer == e.id).map(|t| t.booked.clone()).collect(),
            refused_before: refused.contains(&e.id),
            name: e.name,
        })
        .collect();
    Ok(dispatch::rank(&job, &people, now, &zone))
}

/// What the dispatcher wants; without anything, the rule chooses.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Whom.
    pub engineer: Option<EngineerId>,
    /// When they would be there.
    pub planned: Option<Span>,
    /// What the merchant is told.
    pub promised: Option<Span>,
    /// Why so, when a rule of habit speaks against it: closed shop, promise not kept.
    pub reason: Option<String>,
    /// Why outside of the shift; whoever gives it has to be allowed to.
    pub off_shift: Option<OffShift>,
}

/// Offers an order to somebody. Errors: `dispatch.offered_already`, `dispatch.nobody_fits`, `dispatch.not_fit` (a skill or its
/// certificate), `dispatch.overlap`, `dispatch.absent`; outside the shift without a code `dispatch.off_shift`, with one by whom it is not for
/// `not_allowed`; without a reason `dispatch.shop_closed`, `dispatch.past_due` (somebody else would keep the deadline); `dispatch.promise_broken` when the plan lies outside the window the merchant knows and no new one is given.
pub fn offer(tx: &mut Tx<'_>, reach: Reach, id: WorkOrderId, version: i64, wish: &Wish) -> Done<WorkOrderPage> {
    let mut table = Table::load(tx, id, reach, Some(version))?;
    if table.w.state == WorkOrderState::Open {
        let states: Vec<OfferState> = offers::of_order(tx, id)?.iter().map(|o| o.state).collect();
        dispatch::may_offer(&states)?;
    } else if table.w.closed_at.is_none() {
        return Err(refuse!(Conflict, "dispatch.offered_already").into());
    }
    let ranked = candidates(tx, &table.w, &table.ticket)?;
    let in_time = ranked.iter().find(|c| c.fits && c.keeps_due).cloned();
    let reason = wish.reason.as_deref().map(|r| mask_cards(r.trim()).text).filter(|r| !r.is_empty());
    let (chosen, planned) = match wish.engineer {
        None => {
            let best = ranked.into_iter().find(|c| c.fits).ok_or_else(|| refuse!(Conflict, "dispatch.nobody_fits"))?;
            let planned = wish.planned.or(best.slot.map(span));
            (best, planned)
        }
        Some(engineer) => {
            let named = ranked.into_iter().find(|c| c.id == engineer);
            let named = named.ok_or_else(|| refuse!(Invalid, "dispatch.engineer_unknown").field("engineer_id"))?;
            let planned = wish.planned.or(named.slot.map(span));
            (named, planned)
        }
    };
    let Some(planned) = planned else { return Err(refuse!(Conflict, "dispatch.not_fit", engineer = &chosen.name).into()) };
    let Some(engineer) = crew::for_change(tx, chosen.id)? else {
        return Err(refuse!(Invalid, "dispatch.engineer_unknown").field("engineer_id").into());
    };
    fits(&engineer, &table.w, planned)?;
    if let Some(number) = clash(tx, chosen.id, planned, id)? {
        return Err(refuse!(Conflict, "dispatch.overlap", number = number).field("planned").into());
    }
    let off_shift = off_shift(tx, &engineer, planned, wish.off_shift)?;
    if reason.is_none() {
        habits(tx, &table.w, planned)?;
        if let Some(refusal) = too_late(tx, &table.w, planned, in_time.as_ref())? {
            return Err(refusal.into());
        }
    }
    let promised = promised_for(&table.w, planned, wish.promised, due(tx, &table.w)?, tx.now())?;
    let mut why = chosen.why;
    why.extend(off_shift.map(off_shift_words));
    if let Some(reason) = reason {
        why.push(Text { zh: format!("调度：{reason}"), en: format!("Dispatch: {reason}") });
    }
    give(tx, &mut table, &Given { engineer: chosen.id, planned, promised, why })?;
    table.save(tx, "dispatch.offer")
}

/// Skills with certificates that are good on the day. Errors: `dispatch.not_fit`.
fn fits(engineer: &Engineer, w: &WorkOrder, planned: Span) -> Result<(), Refusal> {
    let day = planned.from.to_zoned(zone()).date();
    if lacking(engineer, &w.skills, day).is_empty() {
        return Ok(());
    }
    Err(refuse!(Conflict, "dispatch.not_fit", engineer = &engineer.name).field("engineer_id"))
}

/// Whether somebody is at work then (S1-09). Errors: `dispatch.absent`, `dispatch.off_shift`.
pub(super) fn at_work(tx: &mut Tx<'_>, engineer: &Engineer, planned: Span) -> Done<Result<(), Refusal>> {
    let day = planned.from.to_zoned(zone()).date();
    let holidays = in_force(tx)?.holidays();
    let absent: Vec<Absence> = crew::absences(tx, planned.from, planned.to)?.into_iter().filter(|a| a.engineer_id == engineer.id).collect();
    let on_duty = shifts(engineer, day, 1, &BTreeMap::new(), &holidays);
    Ok(match present((planned.from, planned.to), &on_duty, &absent) {
        Present::Yes => Ok(()),
        Present::OffShift => Err(refuse!(Invalid, "dispatch.off_shift", engineer = &engineer.name).field("off_shift")),
        Present::Absent(absence) => {
            let until = absence.to.to_zoned(zone()).strftime("%m-%d %H:%M").to_string();
            Err(refuse!(Conflict, "dispatch.absent", engineer = &engineer.name, until = until).field("engineer_id"))
        }
    })
}

/// The code that counts: none where the shift allows it anyway. Errors: those of [`at_work`], `not_allowed`.
fn off_shift(tx: &mut Tx<'_>, engineer: &Engineer, planned: Span, given: Option<OffShift>) -> Done<Option<OffShift>> {
    match (at_work(tx, engineer, planned)?, given) {
        (Ok(()), _) => Ok(None),
        (Err(refusal), Some(code)) if refusal.code == "dispatch.off_shift" => match act::DispatchOffShift::reach(&tx.caller().who) {
            Reach::None => Err(refuse!(Forbidden, "not_allowed", action = "dispatch.off_shift").into()),
            _ => Ok(Some(code)),
        },
        (Err(refusal), _) => Err(refusal.into()),
    }
}

fn off_shift_words(code: OffShift) -> Text {
    let value = json!(code);
    let say = |lang| texts::sentence(lang, "dispatch.off_shift_why", &[("why", sentence::word("off_shift", &value, lang))].into());
    Text { zh: say(Lang::Zh), en: say(Lang::En) }
}

/// Errors with the first of what a person may decide against with a reason: `dispatch.shop_closed`.
fn habits(tx: &mut Tx<'_>, w: &WorkOrder, planned: Span) -> Done<()> {
    match against_habit(tx, w, planned)?.into_iter().next() {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// `dispatch.past_due`: the work would end after the deadline, and somebody else would keep it.
pub(super) fn too_late(tx: &mut Tx<'_>, w: &WorkOrder, planned: Span, in_time: Option<&Candidate>) -> Done<Option<Refusal>> {
    let missed = dispatch::past_due(slot(planned), None, due(tx, w)?, tx.now());
    let Some((due, (better, at))) = missed.zip(in_time.and_then(|c| Some((c, c.slot?)))) else { return Ok(None) };
    let moment = |at: Timestamp| at.to_zoned(zone()).strftime("%m-%d %H:%M").to_string();
    let refusal = refuse!(Invalid, "dispatch.past_due", due = moment(due), engineer = &better.name, at = moment(at.from));
    Ok(Some(refusal.field("planned")))
}

/// Everything a person may decide against with a reason.
pub(super) fn against_habit(tx: &mut Tx<'_>, w: &WorkOrder, planned: Span) -> Done<Vec<Refusal>> {
    let mut against = Vec::new();
    let day = planned.from.to_zoned(zone()).date();
    let inside = |spans: &[(jiff::Timestamp, jiff::Timestamp)]| spans.iter().any(|(from, to)| *from <= planned.from && planned.to <= *to);
    if let Some(store_id) = crate::ticket::store::ticket(tx, w.ticket_id)?.and_then(|t| t.store_id)
        && let Some(shop) = merchants::store(tx, store_id)?
        && !inside(&shop.hours.windows(day.checked_sub(1.day()).unwrap_or(day), 2, &zone()))
    {
        against.push(refuse!(Invalid, "dispatch.shop_closed").field("planned"));
    }
    Ok(against)
}

/// Every rule of an offer but that two of one engineer never overlap, which needs to know what else moves. Errors:
/// `dispatch.engineer_unknown`, `dispatch.not_fit`, `dispatch.absent`, `dispatch.off_shift`, `dispatch.shop_closed`.
pub fn check(tx: &mut Tx<'_>, w: &WorkOrder, engineer: EngineerId, planned: Span) -> Done<()> {
    let Some(engineer) = crew::for_change(tx, engineer)?.filter(|e| e.active) else {
        return Err(refuse!(Invalid, "dispatch.engineer_unknown").field("engineer_id").into());
    };
    fits(&engineer, w, planned)?;
    at_work(tx, &engineer, planned)??;
    habits(tx, w, planned)
}

/// The window to promise with an offer, within the deadline where the work is; `None`: the one that stands. Errors:
/// `dispatch.promise_broken`.
pub fn promised_for(
    w: &WorkOrder,
    planned: Span,
    wish: Option<Span>,
    due: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Span>, Refusal> {
    match (wish, w.promised.filter(|p| p.to > now)) {
        (Some(promised), _) => Ok(Some(promised)),
        (None, Some(known)) if known.from <= planned.from && planned.from < known.to => Ok(None),
        (None, Some(_)) => Err(refuse!(Conflict, "dispatch.promise_broken").field("promised")),
        (None, None) => Ok(Some(span(dispatch::promise(slot(planned), due, now)))),
    }
}

/// An offer that every rule allows.
pub struct Given {
    /// To whom.
    pub engineer: EngineerId,
    /// When they would be there.
    pub planned: Span,
    /// The window to promise; `None`: the one that stands.
    pub promised: Option<Span>,
    /// Why so.
    pub why: Vec<Text>,
}

/// Makes an offer, with all that follows; `table` is saved by the caller. A visit that misses the deadline is said to, and the
/// supervisors hear of it.
pub fn give(tx: &mut Tx<'_>, table: &mut Table, given: &Given) -> Done<()> {
    let command = Command::Offer { engineer: given.engineer, planned: given.planned, promised: given.promised };
    table.command(tx, &command, &Facts::default())?;
    let offer = Offer {
        id: tx.new_id(),
        work_order_id: table.w.id,
        engineer_id: given.engineer,
        state: OfferState::Offered,
        why: given.why.clone(),
        refuse_reason: None,
        at: tx.now(),
        answered_at: None,
    };
    offers::insert(tx, &offer)?;
    let name = crew::name(tx, given.engineer)?.unwrap_or_default();
    let due = due(tx, &table.w)?;
    match dispatch::past_due(slot(given.planned), table.order.promised.map(slot), due, tx.now()) {
        None => table.line(tx, "visit_offered", &json!({ "engineer": name, "planned": given.planned }), false),
        Some(due) => {
            let by = table.by().to_owned();
            super::bell::after_due(tx, table.ticket.id, table.order.promised.unwrap_or(given.planned), &by)?;
            table.line(tx, "visit_offered_late", &json!({ "engineer": name, "planned": given.planned, "until": due }), false)
        }
    }
}

/// The judged crew for an order the caller may see.
pub fn ranked(tx: &mut Tx<'_>, reach: Reach, id: WorkOrderId) -> Done<Vec<crate::view::visit::CandidateRow>> {
    let not_found = || refuse!(NotFound, "not_found");
    let w = crate::visit::store::work_order(tx, id)?.ok_or_else(not_found)?;
    crate::view::visit::see_order(tx, reach, &w)?;
    let ticket = crate::ticket::store::ticket(tx, w.ticket_id)?.ok_or_else(not_found)?;
    Ok(candidates(tx, &w, &ticket)?.into_iter().map(crate::view::visit::candidate_row).collect())
}
