//! Work orders as people see them: rows, the page of one, the board of a day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use postsale_domain::coverage::Coverage;
use postsale_domain::crew::{Absence, shifts_between, without};
use postsale_domain::dispatch::OfferState;
use postsale_domain::ground::{EngineerId, Lang, Reach, Text, Who, mask_email, mask_phone};
use postsale_domain::merchant::{ContactId, Hours};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::sla::{Clock, ClockKind, TicketId};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{Priority, VisitReason};
use postsale_domain::visit::{
    Actual, Backup, Gap, OrderKind, PartUseId, Span, StepDef, StepPhase, StepResult, VisitCommandKind, VisitOutcome, WorkOrderId,
    WorkOrderState, allowed, installs, missing, removes,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use super::candidate::{CandidateRow, candidate_row};
use super::order::misses;
pub use super::order::{order_of, unit_of};
use super::stock::{Bring, bring};
use super::{charge, coverage, sentence};
use crate::crew::store as crew;
use crate::dispatch::store as offers;
use crate::facts::{InForce, in_force};
use crate::ground::db::{Done, Query, Tx, fifty, p};
pub use crate::ground::when::zone;
use crate::merchant::store as merchants;
use crate::sla;
use crate::terminal::store as terminals;
use crate::ticket::store as tickets;
use crate::visit::checklists;
use crate::visit::list::{Sight, sees};
use crate::visit::store::{self, RemoteStep, WorkOrder, number};
use crate::{fifty, sql};

/// An engineer with a name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EngineerName {
    /// Who.
    pub id: EngineerId,
    /// Name.
    pub name: String,
}

/// A row of a list of orders.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkOrderRow {
    id: WorkOrderId,
    /// `W-000123`.
    number: String,
    ticket_id: TicketId,
    /// `T-000831`.
    ticket_number: String,
    state: WorkOrderState,
    kind: OrderKind,
    subject: String,
    /// Why from afar was not enough.
    reason_code: VisitReason,
    /// The same in a sentence.
    reason: String,
    /// What to know at the door.
    access_note: Option<String>,
    priority: Priority,
    merchant_name: String,
    store_name: String,
    address: String,
    district: String,
    engineer: Option<EngineerName>,
    /// What the merchant was told.
    promised: Option<Span>,
    /// What the engineer plans.
    planned: Option<Span>,
    /// What happened.
    actual: Actual,
    skills: Vec<String>,
    parts: Vec<String>,
    /// The resolution clock of the ticket.
    clock: Option<Clock>,
    /// The deadline a visit that is under way misses, as it is promised and planned; null while it keeps it.
    #[schema(value_type = Option<String>, format = DateTime)]
    misses: Option<Timestamp>,
    /// A person said that it stays with this engineer at this time.
    pinned: bool,
    version: i64,
}

impl WorkOrderRow {
    /// Whether it is under way.
    pub fn live(&self) -> bool {
        !matches!(self.state, WorkOrderState::Done | WorkOrderState::Failed | WorkOrderState::Cancelled)
    }

    /// What the merchant was told.
    pub fn promised(&self) -> Option<Span> {
        self.promised
    }

    /// When it must be solved, if a clock runs.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.clock.as_ref().and_then(|c| c.due_at)
    }
}

/// An order on its page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkOrderFull {
    #[serde(flatten)]
    row: WorkOrderRow,
    /// The fault as it looked from afar; null of what was ordered.
    fault_code: Option<String>,
    fault_name: Option<Text>,
    access_hours: Option<Hours>,
    /// What was ordered, in words; null for a repair.
    service: Option<Text>,
    /// Minutes on site it is planned with; null for orders of earlier days.
    minutes: Option<u32>,
    /// Until when an ordered service is to be done; null for a repair, and while its ticket's clock waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    diagnosis_code: Option<String>,
    diagnosis_name: Option<Text>,
    backup: Option<Backup>,
    restore_verified: Option<bool>,
    /// Of a service: what was delivered or installed.
    delivered: Option<String>,
    /// A terminal is put where none stood: it is named among the parts, and says its number.
    installs: bool,
    /// Of an installation: the number the acquirer gave the terminal.
    tid: Option<String>,
    outcome: Option<VisitOutcome>,
    closed_at: Option<Timestamp>,
}

/// Whom to ask for at the shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitContact {
    id: Option<ContactId>,
    name: String,
    phone_masked: Option<String>,
    email_masked: Option<String>,
    role: Option<String>,
}

/// The terminal it is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitTerminal {
    id: TerminalId,
    serial_no: String,
    tusn: String,
    model: String,
    vendor: String,
    batch: String,
    firmware: String,
    tid: Option<String>,
}

/// A step of the checklist, done or not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitStepRow {
    code: String,
    name: Text,
    result: Option<StepResult>,
    note: Option<String>,
    at: Option<Timestamp>,
    phase: StepPhase,
    /// "Does not apply" is an answer.
    may_skip: bool,
    /// Waits for the backup answer.
    risks_data: bool,
    /// A test that is only looked at: when it fails, a sub-task follows. Any other failed test keeps the visit open.
    observed: bool,
    /// A photo is taken for it.
    photo: bool,
    /// How many were.
    photos: u32,
    /// What can be shown to the merchant in it.
    functions: Vec<FunctionName>,
    /// What was shown, by code.
    shown: Vec<String>,
}

/// Something a terminal does, as it is shown to a merchant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FunctionName {
    code: String,
    name: Text,
}

/// A part that was used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartRow {
    id: PartUseId,
    part: String,
    name: Text,
    old_serial: Option<String>,
    new_serial: Option<String>,
    /// Why a unit of another model was put in.
    model_reason: Option<String>,
    at: Timestamp,
}

/// An offer to an engineer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfferRow {
    id: postsale_domain::dispatch::OfferId,
    engineer: EngineerName,
    state: OfferState,
    why: Vec<Text>,
    refuse_reason: Option<String>,
    at: Timestamp,
    answered_at: Option<Timestamp>,
}

/// A line of an order's history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitHistory {
    at: Timestamp,
    code: String,
    sentence: Text,
    by: String,
}

/// Everything the page of an order shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkOrderPage {
    order: WorkOrderFull,
    contact: Option<VisitContact>,
    terminal: Option<VisitTerminal>,
    coverage: Option<Coverage>,
    /// Every answer given from afar before anybody was sent.
    remote_steps: Vec<RemoteStep>,
    steps: Vec<VisitStepRow>,
    parts_used: Vec<PartRow>,
    #[serde(flatten)]
    bring: Bring,
    offers: Vec<OfferRow>,
    history: Vec<VisitHistory>,
    /// What still keeps it from being finished.
    missing: Vec<Gap>,
    /// Commands the state knows and the reader may.
    allowed: Vec<VisitCommandKind>,
}

/// The day of one engineer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BoardRow {
    engineer: EngineerName,
    skills: Vec<String>,
    territory: Vec<String>,
    /// From the first shift's begin to the last one's end; null on a day off.
    shift: Option<Span>,
    /// Orders of the day against the daily limit.
    load_pct: u32,
    /// When they are not there although a shift says so.
    absences: Vec<Absence>,
    orders: Vec<WorkOrderRow>,
}

/// The board of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Board {
    #[schema(value_type = String, format = Date)]
    date: Date,
    unassigned: Vec<WorkOrderRow>,
    engineers: Vec<BoardRow>,
}

/// How far a caller sees.
pub fn sight(tx: &Tx<'_>, reach: Reach) -> Sight {
    match (reach, tx.caller().engineer(), tx.caller().acquirer()) {
        (Reach::All, ..) => Sight::All,
        (Reach::Own, Some(engineer), _) => Sight::Engineer(engineer),
        (Reach::Own, None, Some(acquirer)) => Sight::Acquirer(acquirer),
        (Reach::Own, None, None) => tx.caller().branch().map_or(Sight::Nothing, Sight::Branch),
        (Reach::None, ..) => Sight::Nothing,
    }
}

/// Lets an order be seen. Errors: `not_found`, whether it does not exist or is not theirs.
pub fn see_order(tx: &mut Tx<'_>, reach: Reach, w: &WorkOrder) -> Done<()> {
    let sight = sight(tx, reach);
    if sees(tx, sight, w)? { Ok(()) } else { Err(refuse!(NotFound, "not_found").into()) }
}

/// One order for somebody who may see it.
pub fn shown(tx: &mut Tx<'_>, reach: Reach, id: WorkOrderId) -> Done<WorkOrderPage> {
    let Some(w) = store::work_order(tx, id)? else { return Err(refuse!(NotFound, "not_found").into()) };
    see_order(tx, reach, &w)?;
    page(tx, &w)
}

struct Names {
    ticket: i64,
    subject: String,
    priority: Priority,
    merchant: Option<String>,
    store: Option<String>,
    address: Option<String>,
    engineer: Option<String>,
    pinned: bool,
}

/// Rows for orders of one page; one query for names and one for clocks per fifty of them.
pub fn rows(tx: &mut Tx<'_>, orders: &[WorkOrder]) -> Done<Vec<WorkOrderRow>> {
    let mut names: BTreeMap<WorkOrderId, Names> = BTreeMap::new();
    for chunk in orders.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(|order| p(&order.id)));
        let found = tx.query(
            sql!(concat!(
                "SELECT w.id, t.number, t.subject, t.priority, m.name, s.name, s.address, e.name, d.at
                 FROM work_order w JOIN ticket t ON t.id = w.ticket_id
                 LEFT JOIN dispatch_pin d ON d.work_order_id = w.id AND d.engineer_id = w.engineer_id AND d.planned_from = w.planned_from
                 LEFT JOIN merchant m ON m.id = t.merchant_id LEFT JOIN store s ON s.id = t.store_id LEFT JOIN engineer e ON e.id = w.engineer_id
                 WHERE w.tenant_id = $1 AND w.id IN (",
                fifty!(),
                ")"
            )),
            &params,
            |r| {
                let id = r.next()?;
                let (ticket, subject, priority) = (r.next()?, r.next()?, r.coded()?);
                let (merchant, store, address, engineer) = (r.next()?, r.next()?, r.next()?, r.next()?);
                let pinned = r.next::<Option<Timestamp>>()?.is_some();
                Ok((id, Names { ticket, subject, priority, merchant, store, address, engineer, pinned }))
            },
        )?;
        names.extend(found);
    }
    let ids: Vec<TicketId> = orders.iter().map(|w| w.ticket_id).collect();
    let clocks = if ids.is_empty() { BTreeMap::new() } else { sla::store::faces(tx, &ids)? };
    Ok(orders
        .iter()
        .filter_map(|w| {
            let name = names.get(&w.id)?;
            let clock = clocks.get(&w.ticket_id).and_then(|cs| cs.iter().find(|c| c.kind == ClockKind::Resolution)).cloned();
            Some(WorkOrderRow {
                id: w.id,
                number: number(w.number),
                ticket_id: w.ticket_id,
                ticket_number: format!("T-{:06}", name.ticket),
                state: w.state,
                kind: w.kind,
                subject: name.subject.clone(),
                reason_code: w.reason_code,
                reason: w.reason.clone(),
                access_note: w.access_note.clone(),
                priority: name.priority,
                merchant_name: name.merchant.clone().unwrap_or_default(),
                store_name: name.store.clone().unwrap_or_default(),
                address: name.address.clone().unwrap_or_default(),
                district: w.district.clone(),
                engineer: w.engineer_id.zip(name.engineer.clone()).map(|(id, name)| EngineerName { id, name }),
                promised: w.promised,
                planned: w.planned,
                actual: w.actual,
                skills: w.skills.clone(),
                parts: w.parts.clone(),
                misses: misses(w, clock.as_ref()),
                clock,
                pinned: name.pinned,
                version: w.version,
            })
        })
        .collect())
}

/// Rows for the orders of these ids.
pub fn rows_of(tx: &mut Tx<'_>, ids: &[WorkOrderId]) -> Done<Vec<WorkOrderRow>> {
    let orders = crate::visit::list::some(tx, ids)?;
    rows(tx, &orders)
}

/// The rows of a ticket's orders, newest first.
pub fn rows_of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<WorkOrderRow>> {
    let orders = store::of_ticket(tx, ticket)?;
    rows(tx, &orders)
}

/// The page of an order, for the caller of the transaction.
pub fn page(tx: &mut Tx<'_>, w: &WorkOrder) -> Done<WorkOrderPage> {
    let not_found = || refuse!(NotFound, "not_found");
    let ticket = tickets::ticket(tx, w.ticket_id)?.ok_or_else(not_found)?;
    let order = order_of(tx, w, &ticket)?;
    let row = rows(tx, std::slice::from_ref(w))?.pop().ok_or_else(not_found)?;
    let shop = match ticket.store_id {
        Some(id) => merchants::store(tx, id)?,
        None => None,
    };
    let terminal = match ticket.terminal_id {
        Some(id) => terminals::terminal(tx, id)?,
        None => None,
    };
    let tid = match &terminal {
        Some(t) => terminals::open_binding(tx, t.id)?.map(|b| b.tid),
        None => None,
    };
    let force = in_force(tx)?;
    let facts = force.facts();
    let name_of = |code: &str| facts.fault(code).map(|f| f.symptom.clone());
    let mut offer_rows = Vec::new();
    for o in offers::of_order(tx, w.id)? {
        let name = crew::name(tx, o.engineer_id)?.unwrap_or_default();
        let engineer = EngineerName { id: o.engineer_id, name };
        offer_rows.push(OfferRow {
            id: o.id,
            engineer,
            state: o.state,
            why: o.why,
            refuse_reason: o.refuse_reason,
            at: o.at,
            answered_at: o.answered_at,
        });
    }
    let part_name = |code: &str| facts.part(code).map_or_else(|| Text { zh: code.into(), en: code.into() }, |p| p.name.clone());
    let history = store::history(tx, w.id)?;
    let bring = bring(tx, w, terminal.as_ref().map(|t| t.model.as_str()))?;
    let due_at = w.due_at.or_else(|| w.service.as_ref().and_then(|_| row.due()));
    Ok(WorkOrderPage {
        contact: ticket.contact.name.clone().map(|name| VisitContact {
            id: ticket.contact.id,
            name,
            phone_masked: ticket.contact.phone.as_deref().map(mask_phone),
            email_masked: ticket.contact.email.as_deref().map(mask_email),
            role: None,
        }),
        coverage: match &terminal {
            Some(terminal) => {
                let at = charge::decided_at(tx, w);
                Some(coverage::case(tx, &ticket, terminal, charge::fault(Some(w), &ticket), Some(w.number), at)?.coverage)
            }
            None => None,
        },
        terminal: terminal.map(|t| VisitTerminal {
            id: t.id,
            serial_no: t.serial_no,
            tusn: t.tusn,
            vendor: force.vendor(&t.model),
            model: t.model,
            batch: t.batch,
            firmware: t.firmware,
            tid,
        }),
        remote_steps: w.remote_steps.clone(),
        steps: order.steps.iter().map(|def| step_row(def, w)).collect(),
        bring,
        parts_used: w
            .parts_used
            .iter()
            .map(|u| PartRow {
                id: u.id,
                name: part_name(&u.part),
                part: u.part.clone(),
                old_serial: u.old_serial.clone(),
                new_serial: u.new_serial.clone(),
                model_reason: u.model_reason.clone(),
                at: u.at,
            })
            .collect(),
        offers: offer_rows,
        history: history
            .into_iter()
            .map(|h| VisitHistory { at: h.at, sentence: sentence(&force, &h.code, &h.data, &h.by), code: h.code, by: h.by })
            .collect(),
        missing: match w.closed_at {
            Some(_) => Vec::new(),
            None => missing(&order).into_iter().chain(charge::gap(tx, w, &ticket)?).collect(),
        },
        allowed: commands(tx, w),
        order: WorkOrderFull {
            row,
            service: w.service.as_deref().and_then(|code| force.service_item(code)).map(|item| item.name),
            minutes: w.minutes,
            due_at,
            fault_name: w.fault_code.as_deref().and_then(name_of),
            fault_code: w.fault_code.clone(),
            access_hours: shop.map(|s| s.hours),
            diagnosis_name: w.diagnosis_code.as_deref().and_then(name_of),
            diagnosis_code: w.diagnosis_code.clone(),
            backup: w.backup,
            restore_verified: w.restore_verified,
            delivered: w.delivered.clone(),
            installs: installs(w.service.as_deref()),
            tid: w.tid.clone(),
            outcome: w.outcome,
            closed_at: w.closed_at,
        },
    })
}

fn step_row(def: &StepDef, w: &WorkOrder) -> VisitStepRow {
    let done = w.steps.get(&def.code);
    VisitStepRow {
        code: def.code.clone(),
        name: def.name.clone(),
        result: done.map(|d| d.result),
        note: done.and_then(|d| d.note.clone()),
        at: done.map(|d| d.at),
        phase: def.phase,
        may_skip: def.may_skip,
        risks_data: def.risks_data,
        observed: def.observed,
        photo: def.photo,
        photos: done.map_or(0, |d| d.photos),
        functions: def.functions.iter().map(|f| FunctionName { code: f.code.clone(), name: f.name.clone() }).collect(),
        shown: done.map(|d| d.shown.clone()).unwrap_or_default(),
    }
}

fn commands(tx: &Tx<'_>, w: &WorkOrder) -> Vec<VisitCommandKind> {
    use VisitCommandKind as K;
    let who = &tx.caller().who;
    let may = |name: &str| match (act::reach(name, who), who) {
        (Reach::All, _) => true,
        (Reach::Own, Who::Staff { engineer: Some(me), .. }) => w.engineer_id == Some(*me),
        // Whoever is bound to a branch was let in by it.
        (Reach::Own, Who::Staff { branch: Some(_), .. }) => true,
        _ => false,
    };
    let right = |kind: &VisitCommandKind| match kind {
        K::Offer | K::Withdraw => may("visit.offer"),
        K::Cancel => may("visit.open"),
        K::Restore => !removes(w.service.as_deref()) && may("visit.work"),
        K::Deliver => w.kind == OrderKind::Service && may("visit.work"),
        _ => may("visit.work"),
    };
    allowed(w.state).iter().copied().filter(right).collect()
}

/// What happened, in both languages; words of the house are named.
fn sentence(force: &InForce, code: &str, data: &Value, by: &str) -> Text {
    let code = sentence::variant(code, data);
    let said = sentence::both(&format!("event.visit_{code}"), |hole, lang| match hole {
        "old_model" | "new_model" | "model_reason" | "lacks" => sentence::other_model(hole, data, lang),
        "who" => by.to_owned(),
        "window" => sentence::span(&data["planned"], lang).unwrap_or_default(),
        "promise" => sentence::span(&data["promised"], lang).unwrap_or_default(),
        "step" => step_name(data["step"].as_str().unwrap_or_default(), lang),
        "part" => sentence::part(force, data["part"].as_str().unwrap_or_default(), lang),
        "fault" => sentence::fault(force, data["fault_code"].as_str().unwrap_or_default(), lang),
        _ => sentence::word("visit", &data[hole], lang),
    });
    said.unwrap_or_else(|| Text { zh: code.to_owned(), en: code.to_owned() })
}

fn step_name(code: &str, lang: Lang) -> String {
    checklists().step(code).map_or_else(|| code.to_owned(), |step| step.name.in_lang(lang).to_owned())
}

/// Midnight to midnight of a day, in the shops' zone.
pub fn day(date: Date) -> Span {
    let at = |d: Date| d.to_zoned(zone()).map_or(Timestamp::MIN, |z| z.timestamp());
    Span { from: at(date), to: date.checked_add(1.day()).map_or(Timestamp::MAX, at) }
}

/// The board of a day: who has what, and what nobody has, of what one may see. 500 orders at most.
pub fn board(tx: &mut Tx<'_>, sight: Sight, date: Date) -> Done<Board> {
    use crate::ground::web::Keyset;
    let planned = crate::visit::list::planned(tx, day(date), sight, Keyset::FIRST, 500)?;
    let open = crate::visit::list::unassigned(tx, sight, Keyset::FIRST, 200)?;
    let unassigned = rows(tx, &open)?;
    let mut by_engineer: BTreeMap<EngineerId, Vec<WorkOrderRow>> = BTreeMap::new();
    // What was called off takes nobody's time.
    for row in rows(tx, &planned)?.into_iter().filter(|row| row.state != WorkOrderState::Cancelled) {
        if let Some(engineer) = &row.engineer {
            by_engineer.entry(engineer.id).or_default().push(row);
        }
    }
    let absent = crew::absences(tx, day(date).from, day(date).to)?;
    let holidays = in_force(tx)?.holidays();
    let engineers = crew::engineers(tx)?
        .into_iter()
        .map(|e| {
            let absences: Vec<Absence> = absent.iter().filter(|a| a.engineer_id == e.id).cloned().collect();
            let away: Vec<(Timestamp, Timestamp)> = absences.iter().map(|a| (a.from, a.to)).collect();
            let shifts = without(shifts_between(&e.shifts, date, 1, &zone(), &holidays), &away);
            let orders = by_engineer.remove(&e.id).unwrap_or_default();
            let count = u32::try_from(orders.len()).unwrap_or(u32::MAX);
            BoardRow {
                shift: shifts.first().zip(shifts.last()).map(|(first, last)| Span { from: first.0, to: last.1 }),
                load_pct: count.saturating_mul(100) / e.daily_limit.max(1),
                engineer: EngineerName { id: e.id, name: e.name },
                skills: e.skills.into_iter().map(|s| s.code).collect(),
                territory: e.territory,
                absences,
                orders,
            }
        })
        .collect();
    Ok(Board { date, unassigned, engineers })
}
