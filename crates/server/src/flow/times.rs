//! "Pick a time": the days in which a visit could be, for its merchant, and what follows when they choose one. The order is
//! offered at once to who can do it then, so that nobody else is given the same hour; dispatch may still move it within the window.

use jiff::ToSpan;
use postsale_domain::bell;
use postsale_domain::dispatch::plan::why_here;
use postsale_domain::dispatch::{OfferState, Open, Slot, may_pick};
use postsale_domain::ground::{EngineerId, Lang, Text, Timestamp, TypedId};
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::{Command, Facts, Span, WorkOrderId, WorkOrderState};
use serde_json::json;

use super::day::{Gathered, Waiting, gather};
use super::dispatch::{self, Given};
use super::visit::Table;
use super::word;
use crate::dispatch::planning;
use crate::dispatch::store::{self as offers, Taken};
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::{texts, when};
use crate::view::appointment::{CHOSEN, CHOSEN_LATE, picked, stage, told};
use crate::view::visit::{day as span_of, zone};
use crate::visit::store as visits;

/// Days that are looked at, today among them.
pub const DAYS: u16 = 7;

/// A day as it stands, for one order.
#[derive(Debug, Clone)]
pub struct Looked {
    order: WorkOrderId,
    gathered: Gathered,
    taken: Vec<Taken>,
    /// Who has refused this order, by their place in the day.
    unwilling: Vec<usize>,
}

/// Who is asked to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Those who have not refused the order.
    Willing,
    /// Everybody, when nobody else is left: circumstances change.
    Everybody,
}

/// A time that can be chosen, with what stands behind it.
#[derive(Debug, Clone)]
pub struct Found {
    /// As the merchant's rule sees it.
    pub open: Open,
    engineer: EngineerId,
    planned: Span,
    why: Vec<Text>,
    /// What the engineer has on that day: if it is another when they choose, the time was found for another day.
    busy: Vec<Slot>,
}

/// What the merchant chooses.
#[derive(Debug, Clone)]
pub struct Pick {
    /// Of which order.
    pub order: WorkOrderId,
    /// Its version as they saw it.
    pub version: i64,
    /// The time.
    pub found: Found,
}

fn slot(span: Span) -> Slot {
    Slot { from: span.from, to: span.to }
}

fn span(slot: Slot) -> Span {
    Span { from: slot.from, to: slot.to }
}

fn busy(taken: &[Taken], engineer: EngineerId) -> Vec<Slot> {
    taken.iter().filter(|t| t.engineer == engineer).map(|t| t.booked.slot).collect()
}

/// A day from today on as it stands, for an order as if nobody had it.
pub fn look(tx: &mut Tx<'_>, order: WorkOrderId, ahead: u16) -> Done<Looked> {
    let today = when::day(tx.now());
    let date = today.checked_add(i64::from(ahead).days()).unwrap_or(today);
    let gathered = gather(tx, date, &[], Waiting::One(order, false))?;
    let taken = offers::taken(tx, slot(span_of(date)), order)?;
    let refused: Vec<EngineerId> =
        offers::of_order(tx, order)?.into_iter().filter(|o| o.state == OfferState::Refused).map(|o| o.engineer_id).collect();
    let unwilling = (0..gathered.engineers.len()).filter(|i| refused.contains(&gathered.engineers[*i].id)).collect();
    Ok(Looked { order, gathered, taken, unwilling })
}

impl Looked {
    fn place(&self) -> Option<usize> {
        self.gathered.orders.iter().position(|w| w.id == self.order)
    }

    /// Until when the order is to be done, if a clock runs.
    pub fn due(&self) -> Option<Timestamp> {
        self.gathered.day.jobs[self.place()?].due
    }

    /// Whether somebody has refused the order.
    pub fn refused(&self) -> bool {
        !self.unwilling.is_empty()
    }

    /// When the day is over.
    pub fn ends(&self) -> Timestamp {
        self.gathered.day.span.to
    }

    /// The times of the day, in order. Slow; computed outside of any transaction.
    pub fn found(&self, whom: Whom) -> Vec<Found> {
        let Some(job) = self.place() else { return Vec::new() };
        let day = &self.gathered.day;
        let unasked = if whom == Whom::Willing { self.unwilling.as_slice() } else { &[] };
        let choices = planning::choices(day, job, unasked).into_iter();
        choices
            .map(|c| {
                let engineer = self.gathered.engineers[c.best.placed.person].id;
                Found {
                    open: Open { window: c.window, extra_fen: c.best.extra_fen, keeps_due: c.keeps_due },
                    engineer,
                    planned: span(c.best.placed.slot),
                    // The merchant chose the hour, not its price.
                    why: why_here(day, &day.jobs[job], c.best.placed, None, &[]),
                    busy: busy(&self.taken, engineer),
                }
            })
            .collect()
    }
}

/// The merchant of a ticket chooses the time of its visit. Choosing the one that stands changes nothing. Errors: those of
/// [`may_pick`], `times.changed` when the order is another than they saw, `times.taken` when the engineer's day is.
pub fn pick(tx: &mut Tx<'_>, ticket: TicketId, pick: &Pick) -> Done<()> {
    let mut table = Table::load(tx, pick.order, postsale_domain::ground::Reach::All, None)?;
    let (found, window) = (&pick.found, span(pick.found.open.window));
    if table.w.ticket_id != ticket {
        return Err(refuse!(NotFound, "not_found").into());
    }
    if table.w.promised == Some(window) && told(tx, pick.order)? == Some(window) {
        return Ok(());
    }
    let left = may_pick(stage(table.w.state), picked(tx, pick.order)?)?;
    if table.w.version != pick.version {
        return Err(refuse!(Conflict, "times.changed").into());
    }
    let gone = || Stop::from(refuse!(Conflict, "times.taken"));
    match dispatch::check(tx, &table.w, found.engineer, found.planned) {
        Err(Stop::Refused(_)) => return Err(gone()),
        done => done?,
    }
    // The engineer is locked by now: whoever is given an hour of theirs at this moment waits.
    let day = slot(span_of(found.planned.from.to_zoned(zone()).date()));
    let taken = offers::taken_of(tx, found.engineer, day, pick.order)?;
    if busy(&taken, found.engineer) != found.busy {
        return Err(gone());
    }
    tell(tx, &mut table, found, window, left)?;
    give(tx, &mut table, found, window)?;
    table.save(tx, "visit.choose_time").map(drop)
}

/// Whoever has it keeps it if it stands in the window already; else it is offered to who can be there then.
fn give(tx: &mut Tx<'_>, table: &mut Table, found: &Found, window: Span) -> Done<()> {
    if table.w.state != WorkOrderState::Open {
        if table.w.promised == Some(window) {
            return Ok(());
        }
        let lang = table.ticket.contact.lang;
        let said = when::span(lang, window.from, window.to, tx.now());
        let reason = texts::sentence(lang, "times.chosen_instead", &[("window", said)].into());
        table.command(tx, &Command::Withdraw { reason }, &Facts::default())?;
    }
    let mut why = found.why.clone();
    let chose = |lang| texts::sentence(lang, "times.chose_this", &[].into());
    why.insert(0, Text { zh: chose(Lang::Zh), en: chose(Lang::En) });
    dispatch::give(tx, table, &Given { engineer: found.engineer, planned: found.planned, promised: Some(window), why })
}

/// The timelines, the merchant's mail, and the bell of who follows the case.
fn tell(tx: &mut Tx<'_>, table: &mut Table, found: &Found, window: Span, left: u32) -> Done<()> {
    let (id, code) = (table.w.id, if found.open.keeps_due { CHOSEN } else { CHOSEN_LATE });
    let data = json!({ "promised": window, "left": left - 1 });
    let by = table.by().to_owned();
    visits::append(tx, id, code, &data, &by)?;
    table.line(tx, &format!("visit_{code}"), &data, true)?;
    let turn = picked(tx, id)?;
    word::chosen(tx, &table.ticket, id.uuid(), (window.from, window.to), turn)?;
    visits::append(tx, id, "told", &json!({ "promised": window }), &by)?;
    super::bell::followers(tx, table.ticket.id, bell::Kind::Time, &by, &super::bell::window(window), &[])
}
