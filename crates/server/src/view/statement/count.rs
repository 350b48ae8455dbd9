//! The promises of a month, counted from the clocks: read through an index, a page at a time, never all at once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use postsale_domain::agreement::{ClauseKind, ClockId, Exclusion, Figures, Line, Month, Promised, Terms, judge};
use postsale_domain::ground::{AcquirerId, TypedId, to_millis};
use postsale_domain::sla::{Book, ClockKind, ClockState};

use crate::facts::in_force;
use crate::ground::db::{DbError, Done, Query, Row, Tx, p};
use crate::ground::web::Keyset;
use crate::ground::when;
use crate::{agreement, sql};

/// Promises read at once.
const CHUNK: u32 = 500;

/// What a month of an agreement is counted by.
#[derive(Debug, Clone)]
pub struct Basis {
    /// Whose.
    pub acquirer: AcquirerId,
    /// By which agreement.
    pub agreement: String,
    /// As it is agreed today.
    pub terms: Terms,
    /// Where its days begin and end: the zone of the agreement's calendar.
    pub zone: TimeZone,
    /// The first instant of the month.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

/// What a month of an agreement is counted by.
pub fn basis(tx: &mut Tx<'_>, acquirer: AcquirerId, agreement: &str, month: Month) -> Done<Basis> {
    let zone = zone(in_force(tx)?.book(), agreement);
    let (from, to) = month.span(&zone);
    let terms = agreement::terms().get(agreement).cloned().unwrap_or_default();
    Ok(Basis { acquirer, agreement: agreement.to_owned(), terms, zone, from, to })
}

/// The zone in which an agreement's days are.
pub fn zone(book: &Book, agreement: &str) -> TimeZone {
    let hours = book.calendar_of(ClockKind::Resolution, agreement, "normal");
    hours.map_or_else(when::zone, |named| named.calendar.zone().clone())
}

/// Promises of a month that are decided, by the instant they fell due, after a place; `broken` only those not kept. One query.
pub fn promises(tx: &mut Tx<'_>, basis: &Basis, broken: bool, after: Keyset, limit: u32) -> Done<Vec<Promised>> {
    macro_rules! fell {
        ($narrowed:literal) => {
            sql!(concat!(
                "SELECT c.id, c.ticket_id, c.kind, c.priority, c.calendar, c.state, c.started_at, COALESCE(c.breached_at, c.due_at), c.breached_at,
                   c.target_ms, c.consumed_ms, c.computed_at, t.responded_at, t.solved_at
                 FROM clock c JOIN ticket t ON t.id = c.ticket_id
                 WHERE c.tenant_id = $1 AND c.agreement = $2 AND c.aside_at IS NULL AND c.state <> 'cancelled'
                   AND COALESCE(c.breached_at, c.due_at) >= $3 AND COALESCE(c.breached_at, c.due_at) < $4
                   AND (c.state = 'stopped' OR c.breached_at IS NOT NULL OR c.due_at < $5) AND t.acquirer_id = $6
                   AND (COALESCE(c.breached_at, c.due_at), c.id) > ($7, $8)",
                $narrowed,
                " ORDER BY COALESCE(c.breached_at, c.due_at), c.id LIMIT $9"
            ))
        };
    }
    let (tenant, now, force) = (tx.tenant(), tx.now(), in_force(tx)?);
    let key = [
        p(&tenant),
        p(&basis.agreement),
        p(&to_millis(basis.from).max(after.at)),
        p(&basis.to),
        p(&now),
        p(&basis.acquirer),
        p(&after.at),
        p(&ClockId::from_uuid(after.id)),
        p(&limit),
    ];
    let question = if broken { fell!(" AND (c.breached_at IS NOT NULL OR c.state <> 'stopped')") } else { fell!("") };
    Ok(tx.query(question, &key, |r| read(r, force.book(), &basis.agreement, now))?)
}

/// A promise as its clock stands at an instant. What is not stopped goes on being late in its own business time until then.
fn read(r: &mut Row, book: &Book, agreement: &str, now: Timestamp) -> Result<Promised, DbError> {
    let (clock, ticket, kind): (_, _, ClockKind) = (r.next()?, r.next()?, r.coded()?);
    let (priority, calendar, state): (String, Option<String>, ClockState) = (r.next()?, r.next()?, r.coded()?);
    let (started, due, breached): (Timestamp, _, Option<Timestamp>) = (r.next()?, r.next()?, r.next()?);
    let (target_ms, consumed_ms, computed): (i64, i64, Timestamp) = (r.next()?, r.next()?, r.next()?);
    let (responded, solved): (Option<Timestamp>, Option<Timestamp>) = (r.next()?, r.next()?);
    let hours = match &calendar {
        Some(name) => book.calendar(name),
        None => book.calendar_of(kind, agreement, &priority),
    };
    let since = match state {
        ClockState::Running => hours.map_or(0, |hours| hours.calendar.open_ms(computed.max(started), now.max(computed))),
        _ => 0,
    };
    // Whoever asks here has asked for decided ones: what is not stopped is past its due instant.
    let breached = breached.is_some() || state != ClockState::Stopped;
    let late_ms = if breached { (consumed_ms + since - target_ms).max(0) } else { 0 };
    let (kind, end) = match kind {
        ClockKind::FirstResponse => (ClauseKind::FirstResponse, responded),
        ClockKind::Resolution => (ClauseKind::Resolution, solved),
    };
    let ended = end.filter(|_| state == ClockState::Stopped);
    Ok(Promised { clock, ticket, kind, started, due, ended, breached, late_s: late_ms.saturating_add(999) / 1000 })
}

/// The place of a promise in a list.
pub fn place(promised: &Promised) -> Keyset {
    Keyset { at: to_millis(promised.due), id: promised.clock.uuid() }
}

/// Judges every promise of a month, one after the other in their order; `with` gets each line. What they come to by kind.
pub fn each(
    tx: &mut Tx<'_>,
    basis: &Basis,
    excluded: &[Exclusion],
    mut with: impl FnMut(&mut Tx<'_>, &Line) -> Done<()>,
) -> Done<BTreeMap<ClauseKind, Figures>> {
    let (mut after, mut figures) = (Keyset::FIRST, BTreeMap::<ClauseKind, Figures>::new());
    loop {
        let found = promises(tx, basis, false, after, CHUNK)?;
        let Some(last) = found.last().filter(|_| found.len() == CHUNK as usize).map(place) else {
            count(tx, basis, excluded, found, &mut figures, &mut with)?;
            return Ok(figures);
        };
        after = last;
        count(tx, basis, excluded, found, &mut figures, &mut with)?;
    }
}

fn count(
    tx: &mut Tx<'_>,
    basis: &Basis,
    excluded: &[Exclusion],
    found: Vec<Promised>,
    figures: &mut BTreeMap<ClauseKind, Figures>,
    with: &mut impl FnMut(&mut Tx<'_>, &Line) -> Done<()>,
) -> Done<()> {
    for promised in found {
        let line = judge(promised, &basis.terms, excluded, None, &basis.zone);
        figures.entry(line.promised.kind).or_default().add(&line);
        with(tx, &line)?;
    }
    Ok(())
}

/// What fell due in a month for one acquirer under one agreement: promises decided, and those of them broken. Nothing is excluded here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fell {
    /// Whose.
    pub acquirer: AcquirerId,
    /// Decided.
    pub promises: i64,
    /// Broken.
    pub broken: i64,
}

/// The same for every acquirer with a promise in the month. One query.
pub fn fell(tx: &mut Tx<'_>, agreement: &str, from: Timestamp, to: Timestamp) -> Done<Vec<Fell>> {
    let (tenant, now) = (tx.tenant(), tx.now());
    Ok(tx.query(
        sql!(
            "SELECT t.acquirer_id, COUNT(*), SUM(CASE WHEN c.breached_at IS NOT NULL OR c.state <> 'stopped' THEN 1 ELSE 0 END)
             FROM clock c JOIN ticket t ON t.id = c.ticket_id
             WHERE c.tenant_id = $1 AND c.agreement = $2 AND c.aside_at IS NULL AND c.state <> 'cancelled'
               AND COALESCE(c.breached_at, c.due_at) >= $3 AND COALESCE(c.breached_at, c.due_at) < $4
               AND (c.state = 'stopped' OR c.breached_at IS NOT NULL OR c.due_at < $5) AND t.acquirer_id IS NOT NULL
             GROUP BY t.acquirer_id"
        ),
        &[p(&tenant), p(agreement), p(&from), p(&to), p(&now)],
        |r| Ok(Fell { acquirer: r.next()?, promises: r.next()?, broken: r.next()? }),
    )?)
}
