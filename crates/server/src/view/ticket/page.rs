use jiff::Timestamp;
use postsale_domain::coverage::Coverage;
use postsale_domain::facts::CustomField;
use postsale_domain::ground::{AcquirerId, Act, Lang, Reach, Text, TypedId, mask_email, mask_phone};
use postsale_domain::incident::Reported;
use postsale_domain::knowledge::{Audience, GuideOutcome, GuideState};
use postsale_domain::merchant::{ContactId, Hours, MerchantId, StoreId, Tier, mask_uscc};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::sla::{ClockKind, ClockState};
use postsale_domain::terminal::{BindingId, TerminalId};
use postsale_domain::ticket::triage::Judged;
use postsale_domain::ticket::{
    Around, CommandKind, ConfirmedBy, Decision, Impact, Outcome, PriorityWhy, TicketId, TicketState, Urgency, confirmable, missing,
    possible, queue,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::links::{self, TicketLink};
use super::merged::{self, MergedInto, MergedTicket};
use super::row::row;
use super::{TicketRow, hangs, of_incidents, of_tasks};
use crate::facts::extra::{self, Extra};
use crate::facts::{InForce, in_force};
use crate::followup::store::{self as follow_ups, Face};
use crate::ground::db::{Done, Tx};
use crate::ground::when::zone;
use crate::merchant::store as merchants;
use crate::notify;
use crate::notify::store::HeldNotice;
use crate::terminal::store::Binding;
use crate::ticket::store::{self, Ticket};
use crate::ticket::task::{self, SubTask};
use crate::ticket::{entry, merge};
use crate::view::coverage;
use crate::view::guide;
use crate::view::incident::{self, KnownIncident, TicketIncident};
use crate::view::reach::{in_branch, see_ticket};
use crate::view::registry;
use crate::view::visit::{WorkOrderRow, rows_of_ticket};
use crate::visit::store as visits;
use crate::{org, sla, terminal};

/// A ticket on its page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketFull {
    #[serde(flatten)]
    row: TicketRow,
    /// What the merchant sees, in their words.
    symptom: String,
    response_code: Option<String>,
    terminal_unknown_reason: Option<String>,
    impact: Impact,
    urgency: Urgency,
    /// How the priority came about, line by line.
    priority_why: PriorityWhy,
    /// Why it stands where it stands among what to take up next, line by line.
    queue_why: Vec<Text>,
    decision: Option<Decision>,
    fault_code: Option<String>,
    fault_name: Option<Text>,
    outcome: Option<Outcome>,
    reopen_count: u32,
    /// The agreement its clocks run on.
    agreement: String,
    /// What it is about: `repair`, or the code of what was ordered.
    ticket_type: String,
    ticket_type_name: Text,
    /// Somebody has to go for what was ordered, and nobody has: only the visit can fulfil it.
    fulfilled_by_visit: bool,
    /// What the tenant asks of such tickets, with what was said.
    fields: Vec<TicketField>,
    claimed_at: Option<Timestamp>,
    responded_at: Option<Timestamp>,
    solved_at: Option<Timestamp>,
}

/// One of the tenant's own fields, with what was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketField {
    /// The field.
    field: CustomField,
    /// What is kept; null while nobody said.
    value: Option<String>,
    /// What is read.
    shown: Option<Text>,
}

/// Who reported it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketContact {
    id: Option<ContactId>,
    name: Option<String>,
    phone_masked: Option<String>,
    email_masked: Option<String>,
    lang: Lang,
    /// What we write goes to them by mail as well; without an address their page alone shows it.
    by_mail: bool,
}

/// The store the terminal stands in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketStore {
    id: StoreId,
    name: String,
    address: String,
    district: String,
    hours: Hours,
    /// Whether it is open at this moment.
    open_now: bool,
    /// When it opens next; null while it is open, and when it never does.
    opens_at: Option<Timestamp>,
}

/// Whose terminal it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketMerchant {
    id: MerchantId,
    name: String,
    mid: String,
    tier: Tier,
    industry: String,
    acquirer_id: AcquirerId,
    acquirer_name: String,
    store: Option<TicketStore>,
    /// Its cases that are not closed, this one among them; 100 stands for more than 99.
    open_tickets: i64,
    /// Its terminals in use; 100 stands for more than 99.
    terminals: i64,
}

/// The binding in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketBinding {
    id: BindingId,
    tid: String,
    uscc_masked: String,
    settlement_account_mask: String,
    address: String,
    valid_from: Timestamp,
}

/// The terminal it is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketTerminal {
    id: TerminalId,
    serial_no: String,
    tusn: String,
    model: String,
    vendor: String,
    /// Kind of device: `smart`, `mpos`, `sound_box` …
    class: String,
    batch: String,
    firmware: String,
    /// Since when nothing has been heard of it; null when it is heard.
    offline_since: Option<Timestamp>,
    /// Null: it stands nowhere.
    binding: Option<TicketBinding>,
}

/// A guide with its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuideName {
    id: String,
    name: Text,
}

/// How the walk of a guide stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketGuide {
    /// The guide that fits; null when none does.
    fits: Option<GuideName>,
    /// The newest walk; null before the first.
    walked: Option<GuideName>,
    state: Option<GuideState>,
    position: Option<u32>,
    about_total: Option<u32>,
    /// The open question.
    question: Option<Text>,
    outcome: Option<GuideOutcome>,
    /// The ending, in a sentence.
    ending: Option<Text>,
}

/// What was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromiseKind {
    /// Somebody gets in touch by then.
    Respond,
    /// An engineer is there between two instants.
    Visit,
}

/// What the merchant has been promised next.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketPromise {
    what: PromiseKind,
    from: Option<Timestamp>,
    by: Timestamp,
}

/// Everything the page of a ticket shows; its timeline, and what may be the same, are lists of their own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketPage {
    ticket: TicketFull,
    contact: TicketContact,
    merchant: Option<TicketMerchant>,
    terminal: Option<TicketTerminal>,
    coverage: Option<Coverage>,
    /// Remote or on site, why, and which fault it may be; null while facts are missing.
    triage: Option<Judged>,
    guide: TicketGuide,
    work_orders: Vec<WorkOrderRow>,
    follow_ups: Vec<Face>,
    promise: Option<TicketPromise>,
    /// The trouble it shares with others; null when it stands alone.
    incident: Option<TicketIncident>,
    /// Troubles it may share, while it stands alone and is worked on.
    known_incidents: Vec<KnownIncident>,
    /// How it stands to other tickets.
    links: Vec<TicketLink>,
    /// What is to be done besides, in the order it was asked for.
    sub_tasks: Vec<SubTask>,
    /// Where it goes on; null while it goes on here.
    merged_into: Option<MergedInto>,
    /// What goes on under its number.
    merged: Vec<MergedTicket>,
    /// Letters that wait because of the contact policy.
    held: Vec<HeldNotice>,
    /// What registration still lacks: `contact`, `terminal`, `symptom`.
    missing: Vec<String>,
    /// Commands that would do something now and that the reader may give.
    allowed: Vec<CommandKind>,
    /// By what the merchant's confirmation may be recorded now; not by the terminal while nothing was heard of it since it was solved.
    confirm_by: Vec<ConfirmedBy>,
    /// Lines on the timeline.
    lines: i64,
}

/// What a kind of ticket is called; its code when what was ordered is gone.
fn type_name(force: &InForce, code: &str) -> Text {
    force.ticket_type(code).unwrap_or_else(|| Text { zh: code.to_owned(), en: code.to_owned() })
}

/// Whether somebody has to go for what was ordered, and nobody has been there since it was opened the last time. The visit alone says that
/// such an order is fulfilled (S0-02).
pub fn by_visit(tx: &mut Tx<'_>, id: TicketId) -> Done<bool> {
    let said = extra::one(tx, id)?;
    if in_force(tx)?.service_item(&said.ticket_type).is_none_or(|item| !item.visit) {
        return Ok(false);
    }
    let (done, again) = (visits::fixed_at(tx, id)?, entry::reopened_at(tx, id)?);
    Ok(done.is_none() || again >= done)
}

/// What is asked of such tickets, and what was said to a field that is no longer asked.
fn custom(force: &InForce, said: &Extra) -> Vec<TicketField> {
    let shown = |f: &&CustomField| f.asked_of(&said.ticket_type) || said.fields.contains_key(&f.code);
    let with = |f: &CustomField| {
        let value = said.fields.get(&f.code).cloned();
        TicketField { shown: value.as_deref().map(|v| f.shown(v)), field: f.clone(), value }
    };
    force.fields().iter().filter(shown).map(with).collect()
}

/// The page of a ticket for somebody who may see it.
pub fn shown(tx: &mut Tx<'_>, reach: Reach, id: TicketId) -> Done<TicketPage> {
    tx.ahead(in_force);
    tx.ahead(|tx| store::ticket(tx, id));
    tx.ahead(|tx| hangs::look(tx, id));
    see_ticket(tx, reach, id)?;
    let ticket = store::ticket(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    hangs::look(tx, id)?;
    page(tx, &ticket)
}

/// The page of a ticket, for the caller of the transaction.
pub fn page(tx: &mut Tx<'_>, t: &Ticket) -> Done<TicketPage> {
    let force = in_force(tx)?;
    ask_ahead(tx, t);
    let row = row(tx, t)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let terminal = match t.terminal_id {
        Some(id) => terminal::store::terminal(tx, id)?,
        None => None,
    };
    let coverage = match &terminal {
        Some(terminal) => Some(coverage::of_case(tx, t, terminal, t.case.fault_code.as_deref())?),
        None => None,
    };
    let work_orders = rows_of_ticket(tx, t.id)?;
    let sub_tasks = task::of_ticket(tx, t.id)?;
    let open_tasks = sub_tasks.iter().filter(|k| k.done_at.is_none()).count();
    // An incident's own sight is its tickets': whoever reads of incidents at all sees the one of a ticket they see.
    let incident = if of_incidents(tx) { incident::of_ticket(tx, t.id)? } else { None };
    let silent_since = terminal.as_ref().map(|d| d.offline_since);
    let terminal_model = terminal.as_ref().map(|d| d.model.clone());
    let said = extra::one(tx, t.id)?;
    let fault_name = t.case.fault_code.as_deref().and_then(|code| force.fault_name(code));
    Ok(TicketPage {
        contact: TicketContact {
            id: t.contact.id,
            name: t.contact.name.clone(),
            phone_masked: t.contact.phone.as_deref().map(mask_phone),
            email_masked: t.contact.email.as_deref().map(mask_email),
            lang: t.contact.lang,
            by_mail: merge::by_mail(tx, t)?,
        },
        merchant: merchant(tx, t)?,
        terminal: match terminal {
            Some(terminal) => Some(terminal_card(tx, terminal)?),
            None => None,
        },
        coverage,
        triage: t.triage.clone().and_then(|kept| serde_json::from_value(kept).ok()),
        guide: guide_now(tx, t)?,
        follow_ups: follow_ups::of_ticket(tx, t.id)?.into_iter().map(Face::from).collect(),
        promise: promise(tx, t, &work_orders)?,
        known_incidents: match (&incident, t.closed_at) {
            (None, None) => known_to(tx, t, terminal_model.as_deref())?,
            _ => Vec::new(),
        },
        incident,
        links: links::of(tx, t)?,
        merged_into: merged::into(tx, t)?,
        merged: merged::under(tx, t)?,
        held: notify::store::held(tx, t.id)?,
        missing: missing(&t.case).into_iter().map(str::to_owned).collect(),
        allowed: commands(tx, t, &work_orders, open_tasks),
        confirm_by: match t.case.state {
            TicketState::Solved => confirmable(silent_since.is_some(), silent_since.flatten(), t.solved_at),
            _ => Vec::new(),
        },
        sub_tasks: if of_tasks(tx) { sub_tasks } else { Vec::new() },
        lines: t.entry_count,
        work_orders,
        ticket: TicketFull {
            row,
            symptom: t.case.symptom.clone(),
            response_code: t.response_code.clone(),
            terminal_unknown_reason: t.case.terminal_unknown_reason.clone(),
            impact: t.case.impact,
            urgency: t.case.urgency,
            priority_why: t.priority_why.clone(),
            queue_why: queue::explain(t.opened_at, t.case.priority, tx.now()),
            decision: t.case.decision,
            fault_code: t.case.fault_code.clone(),
            fault_name,
            outcome: t.case.outcome,
            reopen_count: t.case.reopen_count,
            agreement: t.agreement.clone(),
            fulfilled_by_visit: by_visit(tx, t.id)?,
            ticket_type_name: type_name(&force, &said.ticket_type),
            fields: custom(&force, &said),
            ticket_type: said.ticket_type,
            claimed_at: t.claimed_at,
            responded_at: t.responded_at,
            solved_at: t.solved_at,
        },
    })
}

/// Everything about a ticket that can be asked without knowing the answers to the rest.
fn ask_ahead(tx: &mut Tx<'_>, t: &Ticket) {
    tx.ahead(|tx| org::store::names(tx, t.case.owner));
    tx.ahead(|tx| sla::store::kept(tx, t.id));
    tx.ahead(|tx| extra::one(tx, t.id));
    if let Some(id) = t.merchant_id {
        tx.ahead(|tx| merchants::merchant(tx, id, None));
        tx.ahead(|tx| merchants::counts(tx, id));
    }
    if let Some(id) = t.store_id {
        tx.ahead(|tx| merchants::store(tx, id));
    }
    if let Some(id) = t.terminal_id {
        tx.ahead(|tx| terminal::store::terminal(tx, id));
        tx.ahead(|tx| terminal::store::open_binding(tx, id));
        tx.ahead(|tx| coverage::last_repair(tx, id));
    }
    tx.ahead(|tx| rows_of_ticket(tx, t.id));
    tx.ahead(|tx| task::of_ticket(tx, t.id));
    if of_incidents(tx) {
        tx.ahead(|tx| incident::of_ticket(tx, t.id));
    }
    if t.closed_at.is_none() {
        tx.ahead(|tx| known(tx, &Reported::default()));
    }
    tx.ahead(|tx| merge::by_mail(tx, t));
    tx.ahead(|tx| guide_now(tx, t));
    tx.ahead(|tx| guide::shown(tx, t, Audience::Agent));
    tx.ahead(|tx| follow_ups::of_ticket(tx, t.id));
    tx.ahead(|tx| links::of(tx, t));
    tx.ahead(|tx| merged::into(tx, t));
    tx.ahead(|tx| merged::under(tx, t));
    tx.ahead(|tx| notify::store::held(tx, t.id));
}

fn merchant(tx: &mut Tx<'_>, t: &Ticket) -> Done<Option<TicketMerchant>> {
    let Some(id) = t.merchant_id else { return Ok(None) };
    let Some(m) = merchants::merchant(tx, id, None)? else { return Ok(None) };
    let store = match t.store_id {
        Some(id) => merchants::store(tx, id)?,
        None => None,
    };
    let (terminals, open_tickets) = merchants::counts(tx, id)?;
    let now = tx.now();
    Ok(Some(TicketMerchant {
        id: m.id,
        name: m.name,
        mid: m.mid,
        tier: m.tier,
        industry: m.industry,
        acquirer_id: m.acquirer_id,
        acquirer_name: m.acquirer_name,
        store: store.map(|s| {
            let open_now = s.hours.open_at(now, &zone());
            TicketStore {
                id: s.id,
                name: s.name,
                address: s.address,
                district: s.district,
                opens_at: if open_now { None } else { s.hours.next_open(now, &zone()) },
                open_now,
                hours: s.hours,
            }
        }),
        open_tickets,
        terminals,
    }))
}

/// Whether the caller is told where a terminal stands: a case stays a bank's, or a branch's, when the terminal goes to another one's shop.
fn sees_place(tx: &mut Tx<'_>, b: &Binding) -> Done<bool> {
    match (tx.caller().acquirer(), tx.caller().branch()) {
        (Some(own), _) => Ok(b.acquirer_id == own),
        (None, Some(branch)) => match merchants::store(tx, b.store_id)? {
            Some(store) => in_branch(tx, branch, &store.district),
            None => Ok(false),
        },
        (None, None) => Ok(true),
    }
}

/// A terminal with its binding, as far as the caller sees where it stands.
pub fn terminal_card(tx: &mut Tx<'_>, d: terminal::store::Terminal) -> Done<TicketTerminal> {
    let force = in_force(tx)?;
    let binding = match terminal::store::open_binding(tx, d.id)? {
        Some(b) if sees_place(tx, &b)? => Some(b),
        _ => None,
    };
    Ok(TicketTerminal {
        id: d.id,
        serial_no: d.serial_no,
        tusn: d.tusn,
        vendor: force.vendor(&d.model),
        class: force.facts().class_of(&d.model).to_owned(),
        model: d.model,
        batch: d.batch,
        firmware: d.firmware,
        offline_since: d.offline_since,
        binding: binding.map(|b| TicketBinding {
            id: b.id,
            tid: b.tid,
            uscc_masked: mask_uscc(&b.uscc),
            settlement_account_mask: b.settlement_account_mask,
            address: b.address,
            valid_from: b.valid_from,
        }),
    })
}

/// Incidents a ticket may belong to, by what is known of it.
fn known_to(tx: &mut Tx<'_>, t: &Ticket, model: Option<&str>) -> Done<Vec<KnownIncident>> {
    let judged: Option<Judged> = t.triage.clone().and_then(|kept| serde_json::from_value(kept).ok());
    let proposed = judged.into_iter().flat_map(|j| j.proposals).map(|p| p.fault_code);
    let district = match t.store_id {
        Some(id) => merchants::store(tx, id)?.map(|s| s.district),
        None => None,
    };
    let reported = Reported {
        acquirer: t.acquirer_id.map(TypedId::uuid),
        district,
        model: model.map(str::to_owned),
        faults: t.case.fault_code.iter().cloned().chain(proposed).collect(),
    };
    known(tx, &reported)
}

/// Incidents that match, as far as the caller reads of incidents.
fn known(tx: &mut Tx<'_>, reported: &Reported) -> Done<Vec<KnownIncident>> {
    incident::known(tx, registry::sight(tx, act::IncidentRead::reach(&tx.caller().who)), reported)
}

fn guide_now(tx: &mut Tx<'_>, t: &Ticket) -> Done<TicketGuide> {
    let fits = guide::fitting(tx, t)?.map(|g| GuideName { id: g.id.clone(), name: g.name.clone() });
    let walk = guide::shown(tx, t, Audience::Agent)?;
    Ok(TicketGuide {
        fits,
        walked: walk.as_ref().map(|w| GuideName { id: w.guide.clone(), name: w.name.clone() }),
        state: walk.as_ref().map(|w| w.state),
        position: walk.as_ref().map(|w| w.position),
        about_total: walk.as_ref().map(|w| w.about_total),
        question: walk.as_ref().and_then(|w| w.step.as_ref()).map(|s| s.question.clone()),
        outcome: walk.as_ref().and_then(|w| w.ending.as_ref()).map(|e| e.outcome),
        ending: walk.and_then(|w| w.ending).map(|e| e.sentence),
    })
}

fn promise(tx: &mut Tx<'_>, t: &Ticket, orders: &[WorkOrderRow]) -> Done<Option<TicketPromise>> {
    if t.closed_at.is_some() || t.case.state == TicketState::Solved {
        return Ok(None);
    }
    if let Some(window) = orders.iter().filter(|o| o.live()).find_map(WorkOrderRow::promised) {
        return Ok(Some(TicketPromise { what: PromiseKind::Visit, from: Some(window.from), by: window.to }));
    }
    let clocks = sla::store::kept(tx, t.id)?;
    let due = clocks.iter().find(|c| c.kind == ClockKind::FirstResponse && c.state == ClockState::Running).and_then(|c| c.due);
    Ok(due.map(|by| TicketPromise { what: PromiseKind::Respond, from: None, by }))
}

/// The action that lets somebody give a command.
pub fn action(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Claim | CommandKind::Assign => "ticket.assign",
        CommandKind::Quote => "quote.make",
        CommandKind::Register
        | CommandKind::Fields
        | CommandKind::Priority
        | CommandKind::Pause
        | CommandKind::Resume
        | CommandKind::Triage => "ticket.work",
        CommandKind::Reply => "ticket.reply",
        CommandKind::Note => "ticket.note",
        CommandKind::Guide => "guide.run",
        CommandKind::Visit => "visit.open",
        CommandKind::Solve => "ticket.solve",
        CommandKind::Confirm | CommandKind::Reopen => "ticket.confirm",
        CommandKind::Cancel => "ticket.cancel",
        CommandKind::Relate | CommandKind::AddTask => "ticket.work",
        CommandKind::Merge | CommandKind::Unmerge | CommandKind::Split => "ticket.merge",
    }
}

fn commands(tx: &Tx<'_>, t: &Ticket, orders: &[WorkOrderRow], open_tasks: usize) -> Vec<CommandKind> {
    let who = &tx.caller().who;
    let days_closed = t.closed_at.map_or(0, |at| (tx.now().as_second() - at.as_second()) / 86_400);
    let around = Around { live_work_order: orders.iter().any(WorkOrderRow::live), days_closed, merged_into: None, open_tasks };
    // Who sees the page at all sees it as one of their own.
    let may = |kind: &CommandKind| act::reach(action(*kind), who) != Reach::None;
    possible(&t.case, around, tx.caller().user()).into_iter().filter(may).collect()
}
