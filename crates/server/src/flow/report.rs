//! A fault is reported: by whichever way it came, it becomes one ticket with the facts on it.

use jiff::Timestamp;
use postsale_domain::facts::ServiceItem;
use postsale_domain::ground::{Role, UserId, mask_cards};
use postsale_domain::merchant::MerchantId;
use postsale_domain::refuse;
use postsale_domain::terminal::{TerminalId, serial};
use postsale_domain::ticket::{Case, Channel, Command, Event, Impact, PriorityWhy, TicketState, Urgency, missing};
use uuid::Uuid;

use super::desk::Desk;
use super::{index, triage, word};
use crate::facts::{extra, in_force};
use crate::ground::db::{Done, Tx};
use crate::merchant::store as merchants;
use crate::org;
use crate::sla::store::Beginning;
use crate::terminal::store as terminals;
use crate::ticket::entry::{Author, Kind, Line};
use crate::ticket::store::{ContactFacts, NEVER_DUE, Ticket};
use crate::visit::store as visits;

/// Most characters of a symptom; longer ones are refused.
pub const MAX_SYMPTOM: usize = 4000;
/// The agreement of a case whose store is not known.
const DEFAULT_AGREEMENT: &str = "urban";

/// What somebody reports.
#[derive(Debug, Clone)]
pub struct Report {
    /// By which way.
    pub channel: Channel,
    /// When they said it; the clocks start here.
    pub contact_at: Timestamp,
    /// The letter it came in.
    pub letter_id: Option<Uuid>,
    /// The terminal, when a sticker named it.
    pub terminal_id: Option<TerminalId>,
    /// The serial number, when somebody read it.
    pub terminal_serial: Option<String>,
    /// Why the terminal is not known.
    pub terminal_unknown_reason: Option<String>,
    /// The merchant, when the terminal does not tell.
    pub merchant_id: Option<MerchantId>,
    /// Who reports.
    pub contact: ContactFacts,
    /// What they see, in their words.
    pub symptom: String,
    /// A response code the terminal shows.
    pub response_code: Option<String>,
    /// What it does to business, if they said.
    pub impact: Option<Impact>,
    /// How long it can wait, if they said.
    pub urgency: Option<Urgency>,
    /// How many of their terminals are hit, if they said.
    pub terminals_hit: Option<u32>,
}

/// Makes the ticket. Errors: `terminal.unknown` for a serial number nobody knows, `terminal.bad_serial`, `ticket.symptom_long`.
pub fn open(tx: &mut Tx<'_>, report: &Report) -> Done<Ticket> {
    let place = place(tx, report)?;
    open_at(tx, report, &place, None)
}

/// The same, at a place that [`place`] has found; about something that is ordered, where there is an item.
pub fn open_at(tx: &mut Tx<'_>, report: &Report, place: &Place, item: Option<&ServiceItem>) -> Done<Ticket> {
    if report.symptom.chars().count() > MAX_SYMPTOM {
        return Err(refuse!(Invalid, "ticket.symptom_long", limit = MAX_SYMPTOM).field("symptom").into());
    }
    // Whoever of the desk registers it has taken it on; a bank that passes something on has not.
    let staff = tx.caller().user().filter(|_| tx.caller().acquirer().is_none());
    let (owner, claimed_at) = match staff {
        Some(user) => (user, Some(tx.now())),
        None => (duty_owner(tx)?, None),
    };
    let case = Case {
        state: TicketState::New,
        symptom: mask_cards(report.symptom.trim()).text,
        has_contact: report.contact.name.is_some() && (report.contact.phone.is_some() || report.contact.email.is_some()),
        has_terminal: place.terminal.is_some(),
        terminal_unknown_reason: report.terminal_unknown_reason.as_deref().filter(|r| !r.trim().is_empty()).map(|r| mask_cards(r).text),
        owner,
        claimed: claimed_at.is_some(),
        impact: report.impact.unwrap_or(Impact::Unknown),
        urgency: report.urgency.unwrap_or(Urgency::Today),
        priority: postsale_domain::ticket::Priority::Normal,
        waiting: Vec::new(),
        decision: None,
        fault_code: None,
        outcome: None,
        responded: false,
        reopen_count: 0,
    };
    let (judged, why) = triage::judge(tx, &case, report.urgency, report.response_code.as_deref(), place)?;
    let why = triage::spread(tx, why, report.terminals_hit, place.merchant.as_ref().map(|m| m.id))?;
    let ticket = Ticket {
        id: tx.new_id(),
        number: org::store::next_number(tx, "ticket")?,
        subject: subject(&case.symptom),
        case: Case { priority: why.priority, impact: why.impact, urgency: why.urgency, ..case },
        response_code: report.response_code.clone(),
        channel: report.channel,
        merchant_id: place.merchant.as_ref().map(|m| m.id).or(report.merchant_id),
        store_id: place.store.as_ref().map(|s| s.id),
        terminal_id: place.terminal.as_ref().map(|t| t.id),
        acquirer_id: place.merchant.as_ref().map(|m| m.acquirer_id),
        contact: known_contact(tx, report, place)?,
        priority_why: why,
        agreement: place.agreement().to_owned(),
        triage: None,
        entry_count: 0,
        last_entry: None,
        next_due_at: NEVER_DUE,
        claimed_at,
        handed: 0,
        responded_at: None,
        opened_at: tx.now(),
        updated_at: tx.now(),
        solved_at: None,
        closed_at: None,
        version: 1,
    };
    let clocks = Beginning::at(tx.now(), &ticket.agreement, ticket.case.priority.as_str(), report.contact_at);
    let mut desk = Desk::fresh(tx, ticket, clocks)?;
    // What an agent types on the phone, and what stands in a letter, are the merchant's words; what a bank passes on is the bank's.
    let (author, author_name) = match tx.caller().acquirer() {
        Some(_) => desk.author(),
        None => (Author::Merchant, desk.ticket.contact.name.clone().unwrap_or_default()),
    };
    let words = Line {
        kind: Kind::Message,
        public: true,
        author,
        author_name,
        channel: Some(report.channel),
        body: desk.case().symptom.clone(),
        event: None,
        notice_id: None,
        letter_id: report.letter_id,
    };
    desk.write(tx, words)?;
    if missing(desk.case()).is_empty() {
        desk.happen(tx, &Event::Registered)?;
        triage::decided(tx, &mut desk, item.map_or(judged, triage::ordered))?;
    } else {
        let lacks = missing(desk.case()).into_iter().map(str::to_owned).collect();
        desk.happen(tx, &Event::FactsAdded { missing: lacks })?;
    }
    if report.channel == Channel::Phone && staff.is_some() {
        // Whoever registers a call has answered it.
        desk.command(tx, &Command::Reply { wait: false })?;
    }
    let ticket = desk.save(tx, "ticket.open")?;
    word::received(tx, &ticket, item)?;
    index::soon(tx, ticket.id);
    Ok(ticket)
}

/// Where the fault is.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The terminal.
    pub terminal: Option<terminals::Terminal>,
    /// Whose it is.
    pub merchant: Option<merchants::Merchant>,
    /// Where it stands.
    pub store: Option<merchants::Store>,
}

impl Place {
    /// The agreement of a case there.
    fn agreement(&self) -> &str {
        self.store.as_ref().map_or(DEFAULT_AGREEMENT, |s| s.agreement.as_str())
    }
}

/// The place a terminal's binding names; without a terminal the merchant's only store.
pub fn place_of(tx: &mut Tx<'_>, terminal: Option<terminals::Terminal>, merchant: Option<MerchantId>) -> Done<Place> {
    let binding = match &terminal {
        Some(t) => terminals::open_binding(tx, t.id)?,
        None => None,
    };
    if let Some(b) = &binding {
        tx.ahead(|tx| merchants::store(tx, b.store_id));
    }
    let merchant = match binding.as_ref().map(|b| b.merchant_id).or(merchant) {
        Some(id) => merchants::merchant(tx, id, None)?,
        None => None,
    };
    let store = match (binding, &merchant) {
        (Some(b), _) => merchants::store(tx, b.store_id)?,
        (None, Some(m)) => merchants::only_store(tx, m.id)?,
        (None, None) => None,
    };
    Ok(Place { terminal, merchant, store })
}

/// Where a report says the fault is. Errors as in [`open`].
pub fn place(tx: &mut Tx<'_>, report: &Report) -> Done<Place> {
    let terminal = match (&report.terminal_id, &report.terminal_serial) {
        (Some(id), _) => terminals::terminal(tx, *id)?,
        (None, Some(text)) if !text.trim().is_empty() => {
            let serial = serial(text)?;
            let found = terminals::by_serial(tx, &serial)?;
            if found.is_none() {
                return Err(refuse!(Invalid, "terminal.unknown", serial = serial).field("terminal_serial").into());
            }
            found
        }
        _ => None,
    };
    // What is reported is judged, which asks for this.
    if let Some(terminal) = &terminal {
        tx.ahead(|tx| triage::past(tx, terminal.id));
    }
    let place = place_of(tx, terminal, report.merchant_id)?;
    if report.merchant_id.is_some() && place.merchant.is_none() {
        return Err(refuse!(Invalid, "merchant.unknown").field("merchant_id").into());
    }
    Ok(place)
}

/// The merchant of whoever calls, when their number is on record at one merchant alone.
pub fn shop_of_caller(tx: &mut Tx<'_>, report: &Report) -> Done<Option<MerchantId>> {
    let Some(phone) = &report.contact.phone else { return Ok(None) };
    let known = merchants::contacts_by_phone(tx, phone)?;
    let first = known.first().map(|contact| contact.merchant_id);
    Ok(first.filter(|merchant| known.iter().all(|contact| contact.merchant_id == *merchant)))
}

/// Who reports, tied to the person on record when the number or address is theirs at this merchant.
fn known_contact(tx: &mut Tx<'_>, report: &Report, place: &Place) -> Done<ContactFacts> {
    let mut contact = report.contact.clone();
    let mut found = Vec::new();
    if let Some(phone) = &contact.phone {
        found = merchants::contacts_by_phone(tx, phone)?;
    }
    if let (true, Some(email)) = (found.is_empty(), &contact.email) {
        found = merchants::contacts_by_email(tx, email)?;
    }
    let at = place.merchant.as_ref().map(|m| m.id);
    if let Some(known) = found.into_iter().find(|c| at.is_none_or(|m| m == c.merchant_id)) {
        contact.id = Some(known.id);
        contact.name = contact.name.or(Some(known.name));
        contact.phone = contact.phone.or(known.phone);
        contact.email = contact.email.or(known.email);
        contact.lang = known.lang;
    }
    // People write anything into any field.
    for text in [&mut contact.name, &mut contact.email] {
        *text = text.take().map(|said| mask_cards(&said).text);
    }
    Ok(contact)
}

/// The person accountable until somebody takes it on: the supervisor on duty, for now the first one of the tenant.
fn duty_owner(tx: &mut Tx<'_>) -> Done<UserId> {
    for role in [Role::Supervisor, Role::Admin, Role::Agent] {
        if let Some(person) = org::store::colleagues(tx, role)?.first() {
            return Ok(person.id);
        }
    }
    Err(refuse!(Conflict, "org.nobody_on_duty").into())
}

/// The first line of the symptom, at most 30 characters.
pub fn subject(symptom: &str) -> String {
    let line = symptom.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    let cut: String = line.chars().take(30).collect();
    if cut.chars().count() < line.chars().count() { format!("{cut}…") } else { cut }
}

/// Completes the facts of a ticket that lacked some; once nothing is missing it is judged.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The serial number, now known.
    pub terminal_serial: Option<String>,
    /// Why it is not.
    pub terminal_unknown_reason: Option<String>,
    /// Who can be reached.
    pub contact: Option<ContactFacts>,
    /// What they see.
    pub symptom: Option<String>,
}

/// See [`Facts`]. Errors as in [`open`].
pub fn complete(tx: &mut Tx<'_>, desk: &mut Desk, facts: &Facts) -> Done<()> {
    let asked = Report {
        channel: desk.ticket.channel,
        contact_at: desk.ticket.opened_at,
        letter_id: None,
        terminal_id: desk.ticket.terminal_id,
        terminal_serial: facts.terminal_serial.clone(),
        terminal_unknown_reason: facts.terminal_unknown_reason.clone(),
        merchant_id: desk.ticket.merchant_id,
        contact: facts.contact.clone().unwrap_or_else(|| desk.ticket.contact.clone()),
        symptom: facts.symptom.clone().unwrap_or_else(|| desk.case().symptom.clone()),
        response_code: None,
        impact: None,
        urgency: None,
        terminals_hit: None,
    };
    // A serial number given now wins over the terminal known so far.
    let asked =
        if facts.terminal_serial.as_deref().is_some_and(|s| !s.trim().is_empty()) { Report { terminal_id: None, ..asked } } else { asked };
    let place = place(tx, &asked)?;
    let contact = known_contact(tx, &asked, &place)?;
    let was_new = desk.case().state == TicketState::New;
    let command = Command::Register {
        symptom: facts.symptom.clone().filter(|s| !s.trim().is_empty()),
        has_contact: contact.name.is_some() && (contact.phone.is_some() || contact.email.is_some()),
        has_terminal: place.terminal.is_some(),
        terminal_unknown_reason: facts.terminal_unknown_reason.clone(),
    };
    let t = &mut desk.ticket;
    let store = t.store_id;
    let corrected = place.terminal.as_ref().map(|t| t.id).filter(|id| t.terminal_id != Some(*id));
    if place.terminal.is_some() {
        t.terminal_id = place.terminal.as_ref().map(|t| t.id);
        t.store_id = place.store.as_ref().map(|s| s.id);
        t.case.has_terminal = true;
    }
    if let Some(merchant) = &place.merchant {
        (t.merchant_id, t.acquirer_id) = (Some(merchant.id), Some(merchant.acquirer_id));
    }
    t.contact = contact;
    t.case.has_contact = t.contact.name.is_some() && (t.contact.phone.is_some() || t.contact.email.is_some());
    if let Some(symptom) = facts.symptom.as_deref().filter(|s| !s.trim().is_empty()) {
        t.case.symptom = symptom.trim().to_owned();
        t.subject = subject(symptom);
    }
    t.case.terminal_unknown_reason = facts.terminal_unknown_reason.clone().or(t.case.terminal_unknown_reason.take());
    desk.command(tx, &command)?;
    // Another shop has another promise, from here on; what was used up so far stays used up.
    if desk.ticket.store_id != store && desk.ticket.agreement != place.agreement() {
        desk.agree(tx, place.agreement())?;
    }
    if corrected.is_some() {
        visits::went_to(tx, desk.ticket.id, corrected)?;
    }
    if was_new && desk.case().state != TicketState::New {
        let (mut case, kept) = (desk.case().clone(), &desk.ticket.priority_why);
        // What was only read from the words is read again, now that there are more.
        case.impact = if kept.impact_said { case.impact } else { Impact::Unknown };
        let urgency = kept.urgency_said.then_some(case.urgency);
        let (judged, why) = triage::judge(tx, &case, urgency, desk.ticket.response_code.as_deref(), &place)?;
        prioritise(tx, desk, why)?;
        let item = in_force(tx)?.service_item(&extra::one(tx, desk.ticket.id)?.ticket_type);
        triage::decided(tx, desk, item.as_ref().map_or(judged, triage::ordered))?;
    }
    Ok(())
}

fn prioritise(tx: &mut Tx<'_>, desk: &mut Desk, why: PriorityWhy) -> Done<()> {
    let from = desk.case().priority;
    desk.ticket.priority_why = why.clone();
    if from != why.priority || desk.case().impact != why.impact {
        let event = Event::Prioritised { impact: why.impact, urgency: why.urgency, from, to: why.priority, reason: "triage".into() };
        desk.happen(tx, &event)?;
    }
    Ok(())
}
