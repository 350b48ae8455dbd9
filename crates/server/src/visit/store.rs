//! SQL of work orders.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::ground::{EngineerId, Text};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{TicketId, VisitReason};
use postsale_domain::visit::{
    Actual, Backup, Confirmed, Order, OrderKind, PartUsed, Site, Span, State, StepDef, StepDone, VisitOutcome, WorkOrderId, WorkOrderState,
};
use serde::{Deserialize, Serialize};

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, Val, code, p};
use crate::sql;

pub use super::story::{Happened, append, history, last, told};

/// Where what hangs on a ticket is asked for here; see [`Tx::nothing_hangs`].
pub const FILE: &str = file!();

/// A step of a guide that was walked before anybody was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RemoteStep {
    /// What was asked.
    pub question: Text,
    /// What was answered.
    pub answer: Text,
    /// When.
    pub at: Timestamp,
}

/// A work order as it is kept: what was ordered, and everything its state owns, flat.
#[derive(Debug, Clone, Serialize)]
pub struct WorkOrder {
    /// Which one.
    pub id: WorkOrderId,
    /// The number people say: `W-000123`.
    pub number: i64,
    /// For which ticket.
    pub ticket_id: TicketId,
    /// What sort of visit.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: WorkOrderState,
    /// The fault as it looked from afar; none of what was ordered.
    pub fault_code: Option<String>,
    /// Why from afar was not enough, as a word.
    pub reason_code: VisitReason,
    /// The same in a sentence.
    pub reason: String,
    /// What to know at the door.
    pub access_note: Option<String>,
    /// Skills that are needed.
    pub skills: Vec<String>,
    /// Parts to bring.
    pub parts: Vec<String>,
    /// What was done from afar.
    #[serde(skip)]
    pub remote_steps: Vec<RemoteStep>,
    /// The shop's district.
    pub district: String,
    /// The class of terminal, which chooses the checklist.
    pub terminal_class: String,
    /// Who has it.
    pub engineer_id: Option<EngineerId>,
    /// First pair.
    pub promised: Option<Span>,
    /// Second pair.
    pub planned: Option<Span>,
    /// Third pair.
    pub actual: Actual,
    /// When it was taken on.
    pub accepted_at: Option<Timestamp>,
    /// When the engineer left for the shop.
    pub departed_at: Option<Timestamp>,
    /// Why the telephone stood elsewhere.
    pub off_site_reason: Option<String>,
    /// Where it stood.
    #[serde(skip)]
    pub arrived_place: Option<(i64, i64)>,
    /// The fault as found.
    pub diagnosis_code: Option<String>,
    /// What became of the data.
    pub backup: Option<Backup>,
    /// Whether they are back.
    pub restore_verified: Option<bool>,
    /// What to add to that.
    pub restore_note: Option<String>,
    /// Of a service: what was delivered or installed.
    pub delivered: Option<String>,
    /// Of an installation: the number the acquirer gave the terminal.
    pub tid: Option<String>,
    /// How it ended.
    pub outcome: Option<VisitOutcome>,
    /// Why it failed or was withdrawn.
    pub fail_reason: Option<String>,
    /// What must happen now.
    pub follow_up_note: Option<String>,
    /// How the merchant confirmed.
    #[serde(skip)]
    pub confirmation: Option<Confirmed>,
    /// The code sent to the merchant.
    #[serde(skip)]
    pub code: Option<SentCode>,
    /// What was ordered, by its code in the catalogue of services; none for a repair.
    pub service: Option<String>,
    /// Minutes on site it was ordered for; orders of earlier days have none.
    pub minutes: Option<u32>,
    /// Until when a service ordered in earlier days is to be done; today its ticket's clock says so, as it does of a repair.
    pub due_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it closed.
    pub closed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
    /// Steps by code.
    pub steps: BTreeMap<String, StepDone>,
    /// Parts in the order they were used.
    pub parts_used: Vec<PartUsed>,
}

/// A code that was sent to a merchant; the code itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCode {
    /// Its keyed hash.
    pub hash: Vec<u8>,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// Wrong attempts so far.
    pub tries: u32,
}

/// `W-000123`.
pub fn number(number: i64) -> String {
    format!("W-{number:06}")
}

impl WorkOrder {
    /// What the rules look at. `serial` is the terminal's, which the ticket knows; `steps` those of the terminal's class.
    pub fn order(&self, serial: Option<String>, steps: Vec<StepDef>) -> Done<Order> {
        let broken = || DbError::Row(format!("work order {} stands {} without what belongs to that", self.number, self.state.as_str()));
        let engineer = self.engineer_id.ok_or_else(broken);
        let site = self.actual.from.map(|arrived_at| Site {
            arrived_at,
            off_site_reason: self.off_site_reason.clone(),
            place: self.arrived_place,
            diagnosis: self.diagnosis_code.clone(),
            backup: self.backup,
            steps: self.steps.clone(),
            parts: self.parts_used.clone(),
            restored: self.restore_verified,
            restore_note: self.restore_note.clone(),
            delivered: self.delivered.clone(),
            tid: self.tid.clone(),
        });
        let reason = self.fail_reason.clone();
        let state = match self.state {
            WorkOrderState::Open => State::Open,
            WorkOrderState::Offered => State::Offered { engineer: engineer? },
            WorkOrderState::Accepted => State::Accepted { engineer: engineer? },
            WorkOrderState::Travelling => State::Travelling { engineer: engineer?, departed_at: self.departed_at.ok_or_else(broken)? },
            WorkOrderState::OnSite => State::OnSite { engineer: engineer?, site: site.ok_or_else(broken)? },
            WorkOrderState::Repaired => State::Repaired { engineer: engineer?, site: site.ok_or_else(broken)? },
            WorkOrderState::Done => State::Done {
                engineer: engineer?,
                site: site.ok_or_else(broken)?,
                at: self.closed_at.ok_or_else(broken)?,
                outcome: self.outcome.ok_or_else(broken)?,
                confirmed: self.confirmation.clone().ok_or_else(broken)?,
            },
            WorkOrderState::Failed => State::Failed {
                engineer: engineer?,
                site,
                at: self.closed_at.ok_or_else(broken)?,
                reason: reason.ok_or_else(broken)?,
                follow_up: self.follow_up_note.clone().ok_or_else(broken)?,
            },
            WorkOrderState::Cancelled => {
                State::Cancelled { engineer: self.engineer_id, at: self.closed_at.ok_or_else(broken)?, reason: reason.ok_or_else(broken)? }
            }
        };
        Ok(Order {
            kind: self.kind,
            service: self.service.clone(),
            bound: false,
            serial,
            steps,
            promised: self.promised,
            planned: self.planned,
            state,
        })
    }

    /// Takes over what the rules made of it.
    pub fn take(&mut self, order: &Order, now: Timestamp) {
        let state = &order.state;
        let name = state.name();
        if name == WorkOrderState::Accepted && self.state != WorkOrderState::Accepted {
            self.accepted_at = Some(now);
        }
        if matches!(name, WorkOrderState::Open | WorkOrderState::Offered) {
            (self.accepted_at, self.departed_at) = (None, None);
        }
        self.state = name;
        self.engineer_id = state.engineer();
        (self.promised, self.planned, self.actual) = (order.promised, order.planned, order.actual());
        self.closed_at = state.closed_at();
        if let State::Travelling { departed_at, .. } = state {
            self.departed_at = Some(*departed_at);
        }
        if let Some(site) = state.site() {
            self.off_site_reason.clone_from(&site.off_site_reason);
            self.arrived_place = site.place;
            self.diagnosis_code.clone_from(&site.diagnosis);
            self.backup = site.backup;
            self.restore_verified = site.restored;
            self.restore_note.clone_from(&site.restore_note);
            self.delivered.clone_from(&site.delivered);
            self.tid.clone_from(&site.tid);
            self.steps.clone_from(&site.steps);
            self.parts_used.clone_from(&site.parts);
        }
        match state {
            State::Done { outcome, confirmed, .. } => {
                self.outcome = Some(*outcome);
                self.confirmation = Some(confirmed.clone());
                self.code = None;
            }
            State::Failed { reason, follow_up, .. } => {
                self.fail_reason = Some(reason.clone());
                self.follow_up_note = Some(follow_up.clone());
                self.code = None;
            }
            State::Cancelled { reason, .. } => self.fail_reason = Some(reason.clone()),
            _ => {}
        }
    }
}

/// The columns, in the order [`read`] takes them.
macro_rules! columns {
    () => {
        "w.id, w.number, w.ticket_id, w.kind, w.state, w.fault_code, w.reason_code, w.reason, w.access_note, w.skills, w.parts, w.remote_steps, \
         w.district, w.terminal_class, w.engineer_id, w.promised_from, w.promised_to, w.planned_from, w.planned_to, w.actual_from, w.actual_to, \
         w.accepted_at, w.departed_at, w.off_site_reason, w.arrived_lat_e6, w.arrived_lng_e6, w.diagnosis_code, w.backup, w.restore_verified, \
         w.restore_note, w.delivered, w.tid, w.outcome, w.fail_reason, w.follow_up_note, w.confirmation, w.code_hash, w.code_expires_at, w.code_tries, w.service, w.minutes, w.due_at, \
         w.created_at, w.closed_at, w.version"
    };
}

fn pair<T>(a: Option<T>, b: Option<T>) -> Option<(T, T)> {
    a.zip(b)
}

pub(super) use columns;

pub(super) fn read(r: &mut Row) -> Result<WorkOrder, DbError> {
    let span = |r: &mut Row| Ok::<_, DbError>(pair(r.next()?, r.next()?).map(|(from, to)| Span { from, to }));
    let mut w = WorkOrder {
        id: r.next()?,
        number: r.next()?,
        ticket_id: r.next()?,
        kind: r.coded()?,
        state: r.coded()?,
        fault_code: Some(r.next::<String>()?).filter(|code| !code.is_empty()),
        reason_code: r.coded()?,
        reason: r.next()?,
        access_note: r.next()?,
        skills: r.next::<Json<Vec<String>>>()?.0,
        parts: r.next::<Json<Vec<String>>>()?.0,
        remote_steps: r.next::<Json<Vec<RemoteStep>>>()?.0,
        district: r.next()?,
        terminal_class: r.next()?,
        engineer_id: r.next()?,
        promised: span(r)?,
        planned: span(r)?,
        actual: Actual { from: r.next()?, to: r.next()? },
        accepted_at: r.next()?,
        departed_at: r.next()?,
        off_site_reason: r.next()?,
        arrived_place: pair(r.next()?, r.next()?),
        diagnosis_code: r.next()?,
        backup: r.coded_opt()?,
        restore_verified: r.next()?,
        restore_note: r.next()?,
        delivered: r.next()?,
        tid: r.next()?,
        outcome: r.coded_opt()?,
        fail_reason: r.next()?,
        follow_up_note: r.next()?,
        confirmation: r.next::<Option<Json<Confirmed>>>()?.map(|j| j.0),
        code: sent_code(r)?,
        service: r.next()?,
        minutes: r.next()?,
        due_at: r.next()?,
        created_at: r.next()?,
        closed_at: r.next()?,
        version: r.next()?,
        steps: BTreeMap::new(),
        parts_used: Vec::new(),
    };
    // What was ordered in earlier days stands there as a repair.
    if w.service.is_some() {
        w.kind = OrderKind::Service;
    }
    Ok(w)
}

fn sent_code(r: &mut Row) -> Result<Option<SentCode>, DbError> {
    let (hash, expires_at, tries): (Option<Vec<u8>>, Option<Timestamp>, u32) = (r.next()?, r.next()?, r.next()?);
    Ok(hash.zip(expires_at).map(|(hash, expires_at)| SentCode { hash, expires_at, tries }))
}

/// Keeps a new order, which goes to `terminal`.
pub fn insert(tx: &mut Tx<'_>, w: &WorkOrder, terminal: Option<TerminalId>) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO work_order (id, tenant_id, number, ticket_id, kind, state, fault_code, reason_code, reason, access_note, skills, parts,
               remote_steps, district, terminal_class, code_tries, service, minutes, due_at, created_at, version, terminal_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, $17, $18, $19, $20, $21)"
        ),
        &[
            p(&w.id),
            p(&tenant),
            p(&w.number),
            p(&w.ticket_id),
            code(&w.kind),
            code(&w.state),
            p(w.fault_code.as_deref().unwrap_or_default()),
            code(&w.reason_code),
            p(&w.reason),
            p(&w.access_note),
            p(&Json(&w.skills)),
            p(&Json(&w.parts)),
            p(&Json(&w.remote_steps)),
            p(&w.district),
            p(&w.terminal_class),
            p(&w.service),
            p(&w.minutes),
            p(&w.due_at),
            p(&w.created_at),
            p(&w.version),
            p(&terminal),
        ],
    )?;
    tx.audit("visit.open", w.id, None, Some(w));
    Ok(())
}

/// The terminal of a ticket turned out to be another one: it is the one its orders went to, whether they are over or not.
pub fn went_to(tx: &mut Tx<'_>, ticket: TicketId, terminal: Option<TerminalId>) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!("UPDATE work_order SET terminal_id = $1 WHERE tenant_id = $2 AND ticket_id = $3"),
        &[p(&terminal), p(&tenant), p(&ticket)],
    )?;
    Ok(())
}

fn coded<T: Serialize>(value: &Option<T>) -> Val {
    value.as_ref().map_or(Val::Null, code)
}

/// Writes what changed, with new steps and parts; the version grows by one. `before` is what was loaded for change. Where an order goes is read
/// again from its ticket: a node of the version before may have opened it, which knew no terminal of an order.
pub fn save(tx: &mut Tx<'_>, action: &'static str, before: &WorkOrder, after: &mut WorkOrder) -> Done<()> {
    after.version = before.version + 1;
    let w = &*after;
    let touched = tx.exec(
        sql!(
            "UPDATE work_order SET state = $1, engineer_id = $2, promised_from = $3, promised_to = $4, planned_from = $5, planned_to = $6,
               actual_from = $7, actual_to = $8, accepted_at = $9, departed_at = $10, off_site_reason = $11, arrived_lat_e6 = $12, arrived_lng_e6 = $13,
               diagnosis_code = $14, backup = $15, restore_verified = $16, restore_note = $17, outcome = $18, fail_reason = $19, follow_up_note = $20,
               confirmation = $21, code_hash = $22, code_expires_at = $23, code_tries = $24, closed_at = $25, version = $26, delivered = $27, tid = $30,
               terminal_id = (SELECT t.terminal_id FROM ticket t WHERE t.id = work_order.ticket_id)
             WHERE id = $28 AND version = $29 AND closed_at IS NULL"
        ),
        &[
            code(&w.state),
            p(&w.engineer_id),
            p(&w.promised.map(|s| s.from)),
            p(&w.promised.map(|s| s.to)),
            p(&w.planned.map(|s| s.from)),
            p(&w.planned.map(|s| s.to)),
            p(&w.actual.from),
            p(&w.actual.to),
            p(&w.accepted_at),
            p(&w.departed_at),
            p(&w.off_site_reason),
            p(&w.arrived_place.map(|(lat, _)| lat)),
            p(&w.arrived_place.map(|(_, lng)| lng)),
            p(&w.diagnosis_code),
            coded(&w.backup),
            p(&w.restore_verified),
            p(&w.restore_note),
            coded(&w.outcome),
            p(&w.fail_reason),
            p(&w.follow_up_note),
            p(&w.confirmation.as_ref().map(Json)),
            p(&w.code.as_ref().map(|c| c.hash.clone())),
            p(&w.code.as_ref().map(|c| c.expires_at)),
            p(&w.code.as_ref().map_or(0, |c| c.tries)),
            p(&w.closed_at),
            p(&w.version),
            p(&w.delivered),
            p(&w.id),
            p(&before.version),
            p(&w.tid),
        ],
    )?;
    if touched != 1 {
        return Err(DbError::Contended("a work order changed under a lock".into()).into());
    }
    for (step, done) in w.steps.iter().filter(|(step, done)| before.steps.get(*step) != Some(done)) {
        tx.exec(
            sql!(
                "INSERT INTO visit_step (work_order_id, code, result, note, at, shown, photos) VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (work_order_id, code) DO UPDATE SET result = $3, note = $4, at = $5, shown = $6, photos = $7"
            ),
            &[p(&w.id), p(step), code(&done.result), p(&done.note), p(&done.at), p(&Json(&done.shown)), p(&done.photos)],
        )?;
    }
    for part in w.parts_used.iter().skip(before.parts_used.len()) {
        tx.exec(
            sql!("INSERT INTO visit_part (id, work_order_id, part, old_serial, new_serial, model_reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
            &[p(&part.id), p(&w.id), p(&part.part), p(&part.old_serial), p(&part.new_serial), p(&part.model_reason), p(&part.at)],
        )?;
    }
    tx.audit(action, w.id, Some(before), Some(w));
    Ok(())
}

/// Keeps the code that was sent, or counts a wrong attempt; the version stays, for nothing the engineer sees has changed.
pub fn save_code(tx: &mut Tx<'_>, id: WorkOrderId, sent: &SentCode) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "UPDATE work_order SET code_hash = $1, code_expires_at = $2, code_tries = $3 WHERE tenant_id = $4 AND id = $5 AND closed_at IS NULL"
        ),
        &[p(&sent.hash), p(&sent.expires_at), p(&sent.tries), p(&tenant), p(&id)],
    )?;
    tx.audit("visit.code", id, None, Some(&serde_json::json!({ "tries": sent.tries, "expires_at": sent.expires_at })));
    Ok(())
}

fn complete(tx: &mut Tx<'_>, found: Option<WorkOrder>) -> Done<Option<WorkOrder>> {
    let Some(mut w) = found else { return Ok(None) };
    let steps =
        tx.query(sql!("SELECT code, result, note, at, shown, photos FROM visit_step WHERE work_order_id = $1"), &[p(&w.id)], |r| {
            let (step, result, note, at) = (r.next()?, r.coded()?, r.next()?, r.next()?);
            // Steps of earlier days have neither.
            let shown = r.next::<Option<Json<Vec<String>>>>()?.map(|j| j.0).unwrap_or_default();
            Ok((step, StepDone { result, note, at, shown, photos: r.next::<Option<u32>>()?.unwrap_or_default() }))
        })?;
    w.steps = steps.into_iter().collect();
    w.parts_used = tx.query(
        sql!("SELECT id, part, old_serial, new_serial, model_reason, at FROM visit_part WHERE work_order_id = $1 ORDER BY at, id"),
        &[p(&w.id)],
        |r| {
            Ok(PartUsed {
                id: r.next()?,
                part: r.next()?,
                old_serial: r.next()?,
                new_serial: r.next()?,
                model_reason: r.next()?,
                at: r.next()?,
            })
        },
    )?;
    Ok(Some(w))
}

/// One order, whole, to look at.
pub fn work_order(tx: &mut Tx<'_>, id: WorkOrderId) -> Done<Option<WorkOrder>> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM work_order w WHERE w.tenant_id = $1 AND w.id = $2")),
        &[p(&tenant), p(&id)],
        read,
    )?;
    complete(tx, found)
}

/// One order, whole, to change: on PostgreSQL its row is locked until the end of the transaction.
pub fn for_change(tx: &mut Tx<'_>, id: WorkOrderId) -> Done<Option<WorkOrder>> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM work_order w WHERE w.tenant_id = $1 AND w.id = $2 {for_update}")),
        &[p(&tenant), p(&id)],
        read,
    )?;
    complete(tx, found)
}

/// The order of a ticket that is not closed, if there is one; the database allows one at most.
pub fn live_of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<WorkOrderId>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT id FROM work_order WHERE tenant_id = $1 AND ticket_id = $2 AND closed_at IS NULL"),
        &[p(&tenant), p(&ticket)],
        |r| r.next(),
    )?)
}

/// When the last visit of a ticket was finished; `None` when it was not, or there was none.
pub fn fixed_at(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Timestamp>> {
    let tenant = tx.tenant();
    let found: Option<(String, Option<Timestamp>)> = tx.one(
        sql!("SELECT state, closed_at FROM work_order WHERE tenant_id = $1 AND ticket_id = $2 ORDER BY number DESC LIMIT 1"),
        &[p(&tenant), p(&ticket)],
        |r| Ok((r.next()?, r.next()?)),
    )?;
    Ok(found.filter(|(state, _)| state == WorkOrderState::Done.as_str()).and_then(|(_, at)| at))
}

/// The number of that order.
pub fn live_number(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<i64>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT number FROM work_order WHERE tenant_id = $1 AND ticket_id = $2 AND closed_at IS NULL"),
        &[p(&tenant), p(&ticket)],
        |r| r.next(),
    )?)
}

/// The orders of a ticket, newest first, without their steps and parts.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<WorkOrder>> {
    let tenant = tx.tenant();
    Ok(tx.hanging(
        ticket,
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM work_order w WHERE w.tenant_id = $1 AND w.ticket_id = $2 ORDER BY w.number DESC LIMIT 50"
        )),
        &[p(&tenant), p(&ticket)],
        read,
    )?)
}

/// The serial number of the unit that an earlier, finished visit for the same ticket left standing there; the ticket itself
/// keeps naming the terminal it was reported for.
pub fn put_in_before(tx: &mut Tx<'_>, w: &WorkOrder) -> Done<Option<String>> {
    let tenant = tx.tenant();
    let found = tx.query(
        sql!(
            "SELECT u.part, u.new_serial FROM visit_part u JOIN work_order w ON w.id = u.work_order_id
             WHERE w.tenant_id = $1 AND w.ticket_id = $2 AND w.number < $3 AND w.outcome = 'swapped' AND u.new_serial IS NOT NULL
             ORDER BY u.at DESC, u.id DESC LIMIT 50"
        ),
        &[p(&tenant), p(&w.ticket_id), p(&w.number)],
        |r| Ok((r.next::<String>()?, r.next::<String>()?)),
    )?;
    Ok(found.into_iter().find(|(part, _)| postsale_domain::visit::whole_unit(part)).map(|(_, serial)| serial))
}
