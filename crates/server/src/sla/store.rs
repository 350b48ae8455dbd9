//! SQL of clocks. Events are facts and only ever appended; row and segments are computed from them in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use postsale_domain::ground::{TenantId, from_millis};
use postsale_domain::sla::{
    Answer, Clock, ClockError, ClockEvent, ClockExplain, ClockId, ClockKind, ClockState, Kept, Segment, TicketId, What, evaluate,
    explain as tell,
};

use crate::facts::in_force;
use crate::ground::db::{Bare, DbError, Done, Json, Query, Row, Sql, Tx, Val, code, fifty, p};
use crate::{fifty, sql};

/// A threshold or a breach that was recorded just now, once for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// Whose clock.
    pub ticket: TicketId,
    /// Which clock of it.
    pub kind: ClockKind,
    /// From 1.
    pub cycle: u32,
    /// Percent of the target; 100 for a breach.
    pub percent: u32,
    /// The true instant, whenever it was noticed.
    pub at: Timestamp,
    /// Whether the promise was broken then.
    pub breach: bool,
    /// Until when it is to be kept; none while the clock stands.
    pub due: Option<Timestamp>,
}

/// A clock after something happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Which one.
    pub id: ClockId,
    /// What the store keeps of it now.
    pub kept: Kept,
    /// What it reached that nobody had recorded yet.
    pub fired: Vec<Fired>,
}

/// A clock at which something falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueClock {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Which clock.
    pub id: ClockId,
    /// Of which ticket.
    pub ticket: TicketId,
}

#[derive(Clone)]
struct Stored {
    id: ClockId,
    ticket: TicketId,
    kept: Kept,
}

/// The clocks of a case that is being made: what has happened to them so far, nothing of it kept.
#[derive(Debug, Clone)]
pub struct Beginning(Vec<(ClockKind, Vec<ClockEvent>)>);

/// The same, computed.
pub struct Begun(Vec<(Kept, Vec<ClockEvent>, Answer)>);

impl Beginning {
    /// Both clocks start at the first contact.
    pub fn at(now: Timestamp, agreement: &str, priority: &str, contact_at: Timestamp) -> Self {
        let contact_at = (contact_at < now).then_some(contact_at);
        let start =
            ClockEvent { at: now, what: What::Start { agreement: agreement.to_owned(), priority: priority.to_owned(), contact_at } };
        Self(ClockKind::ALL.map(|kind| (kind, vec![start.clone()])).into())
    }

    /// Something happens to the named clocks.
    pub fn record(&mut self, now: Timestamp, kinds: &[ClockKind], what: &What) {
        for (_, history) in self.0.iter_mut().filter(|(kind, _)| kinds.contains(kind)) {
            history.push(ClockEvent { at: now, what: what.clone() });
        }
    }

    /// Computes them as of now.
    pub fn computed(self, tx: &mut Tx<'_>) -> Done<Begun> {
        let now = tx.now();
        let begun = self.0.into_iter().map(|(kind, history)| {
            let answer = answer(tx, kind, &history, now)?;
            Ok((Kept::of(kind, &answer), history, answer))
        });
        begun.collect::<Done<_>>().map(Begun)
    }
}

impl Begun {
    /// See [`next_due`].
    pub fn next_due(&self) -> Option<Timestamp> {
        soonest(self.0.iter().map(|(kept, ..)| kept))
    }

    /// Keeps them with their ticket. Fires at once what a contact of the past has already used up.
    pub fn keep(self, tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Touched>> {
        let mut touched = Vec::new();
        for (kept, history, answer) in self.0 {
            let id: ClockId = tx.new_id();
            let mut params = vec![p(&id), p(&tx.tenant()), p(&ticket), code(&kept.kind)];
            params.extend(columns(&kept));
            tx.later(
                sql!(
                    "INSERT INTO clock (id, tenant_id, ticket_id, kind, agreement, priority, state, cycle, target_ms, consumed_ms, due_at, next_at,
                       breached_at, met, reasons, started_at, computed_at, unofficial_years, calendar)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
                ),
                params,
            )?;
            append(tx, id, 0, &history)?;
            rewrite_segments(tx, id, &[], &answer.segments)?;
            let fired = fire_new(tx, id, ticket, kept.kind, &answer)?;
            touched.push(Touched { id, kept, fired });
        }
        let kept = touched.iter().map(|t| Stored { id: t.id, ticket, kept: t.kept.clone() }).collect();
        let (of_ticket, params) = asked_of(tx, ticket);
        tx.know(of_ticket, params.into(), kept);
        Ok(touched)
    }
}

/// Starts both clocks of a ticket at its first contact.
pub fn start(tx: &mut Tx<'_>, ticket: TicketId, agreement: &str, priority: &str, contact_at: Timestamp) -> Done<Vec<Touched>> {
    Beginning::at(tx.now(), agreement, priority, contact_at).computed(tx)?.keep(tx, ticket)
}

/// Records events on the named clocks of a ticket and computes them anew. Clocks the ticket does not have are passed over.
pub fn record(tx: &mut Tx<'_>, ticket: TicketId, kinds: &[ClockKind], whats: &[What]) -> Done<Vec<Touched>> {
    let mut touched = Vec::new();
    for stored in locked(tx, ticket)?.into_iter().filter(|stored| kinds.contains(&stored.kept.kind)) {
        let mut history = history(tx, stored.id)?;
        let known = history.len();
        // Events keep their order even if another node's clock was ahead of ours.
        let at = history.last().map_or(tx.now(), |last| last.at.max(tx.now()));
        history.extend(whats.iter().map(|what| ClockEvent { at, what: what.clone() }));
        append(tx, stored.id, known, &history[known..])?;
        touched.push(settle(tx, &stored, &history, at)?);
    }
    Ok(touched)
}

/// The clocks of each ticket as they look now, response before resolution. One query per fifty tickets.
pub fn faces(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Done<BTreeMap<TicketId, Vec<Clock>>> {
    if let [ticket] = tickets {
        return Ok(BTreeMap::from([(*ticket, faces_of(tx, *ticket)?)]));
    }
    let (now, force) = (tx.now(), in_force(tx)?);
    let mut faces: BTreeMap<TicketId, Vec<Clock>> = BTreeMap::new();
    for chunk in tickets.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(p));
        let rows = tx.query(
            sql!(concat!(
                "SELECT id, ticket_id, kind, agreement, priority, state, cycle, target_ms, consumed_ms, due_at, next_at, breached_at, met,
                   reasons, started_at, computed_at, unofficial_years, calendar
                 FROM clock WHERE tenant_id = $1 AND ticket_id IN (",
                fifty!(),
                ")"
            )),
            &params,
            read,
        )?;
        for stored in rows {
            faces.entry(stored.ticket).or_default().push(stored.kept.face(force.book(), now));
        }
    }
    for clocks in faces.values_mut() {
        clocks.sort_by_key(|clock| clock.kind);
    }
    Ok(faces)
}

/// The clocks of one ticket as they look now, response before resolution.
pub fn faces_of(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Clock>> {
    let (now, force) = (tx.now(), in_force(tx)?);
    let mut clocks: Vec<Clock> = of_ticket(tx, ticket)?.iter().map(|stored| stored.kept.face(force.book(), now)).collect();
    clocks.sort_by_key(|clock| clock.kind);
    Ok(clocks)
}

/// The soonest instant at which a live clock of the ticket is or was used up; `None` if none runs.
pub fn next_due(kept: &[Kept]) -> Option<Timestamp> {
    soonest(kept.iter())
}

fn soonest<'k>(kept: impl Iterator<Item = &'k Kept>) -> Option<Timestamp> {
    kept.filter(|kept| kept.state == ClockState::Running).filter_map(|kept| kept.due).min()
}

/// What is kept of the clocks of a ticket, response before resolution.
pub fn kept(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Kept>> {
    let mut kept: Vec<Kept> = of_ticket(tx, ticket)?.into_iter().map(|stored| stored.kept).collect();
    kept.sort_by_key(|kept| kept.kind);
    Ok(kept)
}

/// A clock in words, after computing it again from its events and comparing with what is kept.
pub fn explain(tx: &mut Tx<'_>, ticket: TicketId, kind: ClockKind) -> Done<Option<ClockExplain>> {
    let Some(stored) = of_ticket(tx, ticket)?.into_iter().find(|stored| stored.kept.kind == kind) else { return Ok(None) };
    let history = history(tx, stored.id)?;
    let again = answer(tx, kind, &history, stored.kept.computed)?;
    let equal = Kept::of(kind, &again) == stored.kept && again.segments == segments(tx, stored.id)?;
    if !equal {
        tracing::error!(clock = %stored.id, %ticket, "a clock computed again differs from what is kept");
    }
    let now = tx.now().max(stored.kept.computed);
    let force = in_force(tx)?;
    Ok(Some(tell(force.book(), kind, &history, now, equal).map_err(|e| accident(kind, &e))?))
}

/// Clocks whose next threshold or breach has passed, the oldest first. Reads along an index of what is still to come.
pub fn due(bare: &mut Bare<'_>, now: Timestamp, limit: u32) -> Done<Vec<DueClock>> {
    Ok(bare.query(
        sql!("SELECT tenant_id, id, ticket_id FROM clock WHERE next_at < $1 AND aside_at IS NULL ORDER BY next_at, id LIMIT $2"),
        &[p(&now), p(&limit)],
        |r| Ok(DueClock { tenant: r.next()?, id: r.next()?, ticket: r.next()? }),
    )?)
}

/// Clocks with something to record, up to `most`, and since when the oldest has.
pub fn backlog(bare: &mut Bare<'_>, now: Timestamp, most: u32) -> Done<(i64, Option<Timestamp>)> {
    let due = sql!(
        "SELECT COUNT(*), MIN(d.next_at) FROM (SELECT next_at FROM clock WHERE next_at < $1 AND aside_at IS NULL ORDER BY next_at LIMIT $2) AS d"
    );
    Ok(bare.one(due, &[p(&now), p(&most)], |r| Ok((r.next()?, r.next()?)))?.unwrap_or_default())
}

/// When the next threshold or breach of any clock falls due.
pub fn next_wake(bare: &mut Bare<'_>) -> Done<Option<Timestamp>> {
    let first = sql!("SELECT next_at FROM clock WHERE next_at IS NOT NULL AND aside_at IS NULL ORDER BY next_at, id LIMIT 1");
    Ok(bare.one(first, &[], |r| r.next::<i64>())?.map(from_millis))
}

/// Records what a due clock has reached, with the true instants. Nothing if another worker was faster.
pub fn fire(tx: &mut Tx<'_>, due: &DueClock) -> Done<Vec<Fired>> {
    let now = tx.now();
    if is_aside(tx, due.ticket)? {
        return Ok(Vec::new());
    }
    let found = locked(tx, due.ticket)?.into_iter().find(|stored| stored.id == due.id);
    let Some(stored) = found.filter(|stored| stored.kept.next.is_some_and(|next| next < now)) else { return Ok(Vec::new()) };
    let history = history(tx, stored.id)?;
    let at = history.last().map_or(now, |last| last.at.max(now));
    Ok(settle(tx, &stored, &history, at)?.fired)
}

/// The earliest contact of a ticket, as its clocks count it.
pub fn first_contact(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Timestamp>> {
    Ok(of_ticket(tx, ticket)?.into_iter().map(|stored| stored.kept.started).min())
}

/// Another ticket goes on under this one: the clocks start at the earliest contact of both.
pub fn attach(tx: &mut Tx<'_>, ticket: TicketId, other: TicketId, contact_at: Timestamp) -> Done<Vec<Touched>> {
    record(tx, ticket, &ClockKind::ALL, &[What::Merge { id: other.to_string(), contact_at }])
}

/// How the clocks of a ticket would look with another contact attached; nothing is kept. Response before resolution.
pub fn with_contact(tx: &mut Tx<'_>, ticket: TicketId, contact_at: Timestamp) -> Done<Vec<Clock>> {
    let (now, force) = (tx.now(), in_force(tx)?);
    let mut clocks = Vec::new();
    for stored in of_ticket(tx, ticket)? {
        let mut history = history(tx, stored.id)?;
        let at = history.last().map_or(now, |last| last.at.max(now));
        history.push(ClockEvent { at, what: What::Merge { id: "asked".to_owned(), contact_at } });
        let answer = answer(tx, stored.kept.kind, &history, at)?;
        clocks.push(Kept::of(stored.kept.kind, &answer).face(force.book(), now));
    }
    clocks.sort_by_key(|clock| clock.kind);
    Ok(clocks)
}

/// That other ticket stands on its own again and gives the start back. What the earlier start alone had reached is reached no
/// longer, and may be reached again at another instant.
pub fn detach(tx: &mut Tx<'_>, ticket: TicketId, other: TicketId) -> Done<Vec<Touched>> {
    let apart = What::Unmerge { id: other.to_string() };
    for stored in locked(tx, ticket)? {
        let mut history = history(tx, stored.id)?;
        let at = history.last().map_or(tx.now(), |last| last.at.max(tx.now()));
        history.push(ClockEvent { at, what: apart.clone() });
        let still = reached(&answer(tx, stored.kept.kind, &history, at)?);
        for (key, at) in fired(tx, stored.id)? {
            if still.get(&key).is_none_or(|(then, _)| *then != at) {
                tx.exec(
                    sql!("DELETE FROM clock_firing WHERE clock_id = $1 AND cycle = $2 AND percent = $3"),
                    &[p(&stored.id), p(&key.0), p(&key.1)],
                )?;
            }
        }
    }
    record(tx, ticket, &ClockKind::ALL, &[apart])
}

/// Sets the clocks of a ticket aside: nothing falls due on them until they are taken back. Their events stay as they are.
pub fn set_aside(tx: &mut Tx<'_>, ticket: TicketId) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(sql!("UPDATE clock SET aside_at = $1 WHERE tenant_id = $2 AND ticket_id = $3"), &[p(&now), p(&tenant), p(&ticket)])?;
    Ok(())
}

/// Takes them back: computed with hindsight, as if they had never been set aside.
pub fn take_back(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Touched>> {
    let tenant = tx.tenant();
    tx.exec(sql!("UPDATE clock SET aside_at = NULL WHERE tenant_id = $1 AND ticket_id = $2"), &[p(&tenant), p(&ticket)])?;
    record(tx, ticket, &ClockKind::ALL, &[])
}

fn is_aside(tx: &mut Tx<'_>, ticket: TicketId) -> Done<bool> {
    let tenant = tx.tenant();
    let aside = sql!("SELECT COUNT(*) FROM clock WHERE tenant_id = $1 AND ticket_id = $2 AND aside_at IS NOT NULL");
    Ok(tx.number(aside, &[p(&tenant), p(&ticket)])? > 0)
}

fn accident(kind: ClockKind, error: &ClockError) -> DbError {
    DbError::Other(format!("the {} clock cannot be computed: {error}", kind.name()))
}

fn answer(tx: &mut Tx<'_>, kind: ClockKind, history: &[ClockEvent], as_of: Timestamp) -> Done<Answer> {
    let force = in_force(tx)?;
    Ok(evaluate(force.book().agreements(kind), history, as_of, &[]).map_err(|e| accident(kind, &e))?)
}

/// Most clocks computed anew when a year of the calendar changes; those beyond are computed when something happens to them.
const MOST_AGAIN: u32 = 5000;

/// Computes anew every clock that is still to come due on or after an instant: the calendar has changed from then on. The tickets
/// whose clocks these are.
pub fn again(tx: &mut Tx<'_>, from: Timestamp) -> Done<BTreeSet<TicketId>> {
    let late: Vec<TicketId> = tx.query(
        sql!(
            "SELECT ticket_id FROM clock WHERE tenant_id = $1 AND next_at IS NOT NULL AND aside_at IS NULL AND due_at >= $2
             ORDER BY next_at, id LIMIT $3"
        ),
        &[p(&tx.tenant()), p(&from), p(&MOST_AGAIN)],
        |r| r.next(),
    )?;
    let tickets: BTreeSet<TicketId> = late.into_iter().collect();
    for ticket in &tickets {
        for stored in locked(tx, *ticket)? {
            let history = history(tx, stored.id)?;
            let at = history.last().map_or(tx.now(), |last| last.at.max(tx.now()));
            settle(tx, &stored, &history, at)?;
        }
    }
    Ok(tickets)
}

/// Computes a clock and writes what changed of it.
fn settle(tx: &mut Tx<'_>, stored: &Stored, history: &[ClockEvent], as_of: Timestamp) -> Done<Touched> {
    let kind = stored.kept.kind;
    let answer = answer(tx, kind, history, as_of)?;
    let kept = Kept::of(kind, &answer);
    let mut params = Vec::from(columns(&kept));
    params.push(p(&stored.id));
    tx.exec(
        sql!(
            "UPDATE clock SET agreement = $1, priority = $2, state = $3, cycle = $4, target_ms = $5, consumed_ms = $6, due_at = $7,
               next_at = $8, breached_at = $9, met = $10, reasons = $11, started_at = $12, computed_at = $13, unofficial_years = $14,
               calendar = $15
             WHERE id = $16"
        ),
        &params,
    )?;
    let before = segments(tx, stored.id)?;
    rewrite_segments(tx, stored.id, &before, &answer.segments)?;
    let fired = fire_new(tx, stored.id, stored.ticket, kind, &answer)?;
    Ok(Touched { id: stored.id, kept, fired })
}

/// The computed columns, in the order of the statements.
fn columns(kept: &Kept) -> [Val; 15] {
    [
        p(&kept.agreement),
        p(&kept.priority),
        code(&kept.state),
        p(&kept.cycle),
        p(&kept.target_ms),
        p(&kept.consumed_ms),
        p(&kept.due),
        p(&kept.next),
        p(&kept.breached),
        p(&kept.met),
        p(&Json(&kept.reasons)),
        p(&kept.started),
        p(&kept.computed),
        p(&Json(&kept.unofficial_years)),
        p(&kept.calendar),
    ]
}

fn read(r: &mut Row) -> Result<Stored, DbError> {
    Ok(Stored {
        id: r.next()?,
        ticket: r.next()?,
        kept: Kept {
            kind: r.word(ClockKind::from_name)?,
            agreement: r.next()?,
            priority: r.next()?,
            state: r.coded()?,
            cycle: r.next()?,
            target_ms: r.next()?,
            consumed_ms: r.next()?,
            due: r.next()?,
            next: r.next()?,
            breached: r.next()?,
            met: r.next()?,
            reasons: r.next::<Json<Vec<String>>>()?.0,
            started: r.next()?,
            computed: r.next()?,
            unofficial_years: r.next::<Json<Vec<i16>>>()?.0,
            calendar: r.next()?,
        },
    })
}

fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<Stored>, DbError> {
    let (of_ticket, params) = asked_of(tx, ticket);
    tx.known(of_ticket, &params, read)
}

/// The question for the clocks of a ticket.
fn asked_of(tx: &Tx<'_>, ticket: TicketId) -> (&'static Sql, [Val; 2]) {
    let of_ticket = sql!(
        "SELECT id, ticket_id, kind, agreement, priority, state, cycle, target_ms, consumed_ms, due_at, next_at, breached_at, met,
           reasons, started_at, computed_at, unofficial_years, calendar
         FROM clock WHERE ticket_id = $1 AND tenant_id = $2"
    );
    (of_ticket, [p(&ticket), p(&tx.tenant())])
}

/// The clocks of a ticket, kept from other writers until the end of the transaction; always in the same order.
fn locked(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<Stored>, DbError> {
    tx.query(
        sql!(
            "SELECT id, ticket_id, kind, agreement, priority, state, cycle, target_ms, consumed_ms, due_at, next_at, breached_at, met,
               reasons, started_at, computed_at, unofficial_years, calendar
             FROM clock WHERE ticket_id = $1 AND tenant_id = $2 ORDER BY kind {for_update}"
        ),
        &[p(&ticket), p(&tx.tenant())],
        read,
    )
}

fn history(tx: &mut Tx<'_>, clock: ClockId) -> Result<Vec<ClockEvent>, DbError> {
    tx.query(sql!("SELECT at, event FROM clock_event WHERE clock_id = $1 ORDER BY seq"), &[p(&clock)], |r| {
        Ok(ClockEvent { at: r.next()?, what: r.next::<Json<What>>()?.0 })
    })
}

fn append(tx: &mut Tx<'_>, clock: ClockId, known: usize, events: &[ClockEvent]) -> Result<(), DbError> {
    for (seq, event) in (i64::try_from(known).unwrap_or(i64::MAX)..).zip(events) {
        tx.later(
            sql!("INSERT INTO clock_event (clock_id, seq, at, event) VALUES ($1, $2, $3, $4)"),
            vec![p(&clock), p(&seq), p(&event.at), p(&Json(&event.what))],
        )?;
    }
    Ok(())
}

fn segments(tx: &mut Tx<'_>, clock: ClockId) -> Result<Vec<Segment>, DbError> {
    let all = sql!("SELECT from_at, to_at, kind, reasons, cycle FROM clock_segment WHERE clock_id = $1 ORDER BY seq");
    tx.query(all, &[p(&clock)], |r| {
        Ok(Segment { from: r.next()?, to: r.next()?, kind: r.coded()?, reasons: r.next::<Json<Vec<String>>>()?.0, cycle: r.next()? })
    })
}

/// Writes only what differs: usually the last segment grows and new ones follow it.
fn rewrite_segments(tx: &mut Tx<'_>, clock: ClockId, before: &[Segment], now: &[Segment]) -> Result<(), DbError> {
    let same = before.iter().zip(now).take_while(|(old, new)| old == new).count();
    let first = i64::try_from(same).unwrap_or(i64::MAX);
    if before.len() > same {
        tx.exec(sql!("DELETE FROM clock_segment WHERE clock_id = $1 AND seq >= $2"), &[p(&clock), p(&first)])?;
    }
    for (seq, segment) in (first..).zip(&now[same..]) {
        tx.later(
            sql!("INSERT INTO clock_segment (clock_id, seq, from_at, to_at, kind, reasons, cycle) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
            vec![p(&clock), p(&seq), p(&segment.from), p(&segment.to), code(&segment.kind), p(&Json(&segment.reasons)), p(&segment.cycle)],
        )?;
    }
    Ok(())
}

/// Thresholds and breaches an answer has reached, by cycle and percent: when, and whether it is a breach.
fn reached(answer: &Answer) -> BTreeMap<(u32, u32), (Timestamp, bool)> {
    let mut reached: BTreeMap<(u32, u32), (Timestamp, bool)> = BTreeMap::new();
    for warning in &answer.warnings {
        reached.insert((warning.cycle, warning.percent), (warning.at, false));
    }
    for breach in &answer.breaches {
        reached.insert((breach.cycle, 100), (breach.at, true));
    }
    reached
}

/// What is recorded as reached, by cycle and percent.
fn fired(tx: &mut Tx<'_>, clock: ClockId) -> Result<BTreeMap<(u32, u32), Timestamp>, DbError> {
    let all = sql!("SELECT cycle, percent, at FROM clock_firing WHERE clock_id = $1");
    Ok(tx.query(all, &[p(&clock)], |r| Ok(((r.next()?, r.next()?), r.next()?)))?.into_iter().collect())
}

/// Records thresholds and breaches that are not recorded yet. The primary key lets each be recorded once, whoever tries.
fn fire_new(tx: &mut Tx<'_>, clock: ClockId, ticket: TicketId, kind: ClockKind, answer: &Answer) -> Result<Vec<Fired>, DbError> {
    let reached = reached(answer);
    if reached.is_empty() {
        return Ok(Vec::new());
    }
    let known = fired(tx, clock)?;
    let now = tx.now();
    let mut fired = Vec::new();
    for ((cycle, percent), (at, breach)) in reached.into_iter().filter(|(key, _)| !known.contains_key(key)) {
        let fresh = tx.exec(
            sql!("INSERT INTO clock_firing (clock_id, cycle, percent, at, recorded_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"),
            &[p(&clock), p(&cycle), p(&percent), p(&at), p(&now)],
        )?;
        if fresh == 1 {
            fired.push(Fired { ticket, kind, cycle, percent, at, breach, due: answer.due });
        }
    }
    fired.sort_by_key(|fired| (fired.at, fired.percent));
    Ok(fired)
}
