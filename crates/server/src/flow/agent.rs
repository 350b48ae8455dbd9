//! What the desk does with a ticket. Each command is loaded under the version that was seen, decided by the rules, and saved
//! once with all that follows.

use postsale_domain::facts::{FieldNeed, Given};
use postsale_domain::file::AttachmentId;
use postsale_domain::ground::{Act, Reach, Role, TypedId, UserId, mask_cards};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::triage::Judged;
use postsale_domain::ticket::{Channel, Command, ConfirmedBy, Decision, Impact, Outcome, TicketId, TicketState, Urgency, confirmable};
use serde_json::json;

use super::bell;
use super::desk::Desk;
use super::report::{self, Facts};
use super::visit::{Sending, send};
use super::{extra, triage, word};
use crate::facts::extra::one as said_of;
use crate::facts::{REPAIR, in_force};
use crate::ground::db::{Done, Tx};
use crate::merchant::store as merchants;
use crate::terminal::store as terminals;
use crate::ticket::entry::{self, Author, Kind, Line};
use crate::ticket::merge::by_mail;
use crate::ticket::store::{ContactFacts, Ticket};
use crate::view::reach::own_place;
use crate::view::ticket::{TicketPage, by_visit, own_sight, page};
use crate::visit::store as visits;
use crate::{file, org};

/// Most characters of a reply, a note or a reason.
pub const MAX_WORDS: usize = 4000;

/// Loads, lets something happen, saves, and shows the page as it then is.
pub fn act(
    tx: &mut Tx<'_>,
    reach: Reach,
    id: TicketId,
    version: Option<i64>,
    action: &'static str,
    deed: impl FnOnce(&mut Tx<'_>, &mut Desk) -> Done<()>,
) -> Done<TicketPage> {
    let mut desk = Desk::load(tx, id, reach, version)?;
    deed(tx, &mut desk)?;
    let ticket = desk.save(tx, action)?;
    page(tx, &ticket)
}

/// Somebody's words, trimmed, card numbers masked. Errors: `ticket.no_words`, `ticket.words_long`.
fn words(text: &str, field: &'static str) -> Done<String> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(refuse!(Invalid, "ticket.no_words").field(field).into());
    }
    if text.chars().count() > MAX_WORDS {
        return Err(refuse!(Invalid, "ticket.words_long", limit = MAX_WORDS).field(field).into());
    }
    Ok(mask_cards(text).text)
}

/// A reason in a sentence; an empty one is the rules' to refuse. Errors: `ticket.words_long`.
fn reason(text: &str) -> Done<String> {
    if text.trim().is_empty() { Ok(String::new()) } else { words(text, "reason") }
}

/// The person who asks becomes accountable.
pub fn claim(tx: &mut Tx<'_>, desk: &mut Desk) -> Done<()> {
    let Some(by) = tx.caller().user() else { return Err(refuse!(Forbidden, "not_allowed", action = "ticket.assign").into()) };
    desk.command(tx, &Command::Claim { by })
}

/// Somebody else becomes accountable. Errors: `ticket.assignee_unknown` when they are not of the desk.
pub fn assign(tx: &mut Tx<'_>, desk: &mut Desk, to: UserId) -> Done<()> {
    let of_desk = [Role::Admin, Role::Agent, Role::Dispatcher, Role::Supervisor];
    if !org::store::colleague(tx, to)?.is_some_and(|c| of_desk.contains(&c.role)) {
        return Err(refuse!(Invalid, "ticket.assignee_unknown").field("to").into());
    }
    desk.command(tx, &Command::Assign { to })
}

/// What an agent adds to a ticket's facts. What is not given stays.
#[derive(Debug, Clone, Default)]
pub struct Added {
    /// The serial number, now known.
    pub terminal_serial: Option<String>,
    /// Why it is not.
    pub terminal_unknown_reason: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Phone number, plain.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// What they see.
    pub symptom: Option<String>,
}

/// Completes the facts. Errors as in [`report::complete`].
pub fn register(tx: &mut Tx<'_>, desk: &mut Desk, added: &Added) -> Done<()> {
    let known = &desk.ticket.contact;
    let contact = ContactFacts {
        id: known.id,
        name: added.name.clone().or_else(|| known.name.clone()),
        phone: added.phone.clone().or_else(|| known.phone.clone()),
        email: added.email.clone().or_else(|| known.email.clone()),
        lang: known.lang,
    };
    let facts = Facts {
        terminal_serial: added.terminal_serial.clone(),
        terminal_unknown_reason: added.terminal_unknown_reason.as_deref().map(reason).transpose()?,
        contact: Some(contact),
        symptom: added.symptom.as_deref().map(|s| words(s, "symptom")).transpose()?,
    };
    report::complete(tx, desk, &facts)?;
    extra::require(tx, desk.ticket.id, FieldNeed::Registration)
}

/// Writes to the merchant, once; and may wait for the answer from then on.
pub fn reply(tx: &mut Tx<'_>, desk: &mut Desk, body: &str, wait: bool, files: &[AttachmentId]) -> Done<()> {
    let body = words(body, "body")?;
    let (author, author_name) = desk.author();
    let notice = word::message(tx, &desk.ticket, &author_name, &body)?;
    let channel = if by_mail(tx, &desk.ticket)? { Channel::Mail } else { Channel::H5 };
    let line = Line {
        kind: Kind::Reply,
        public: true,
        author,
        author_name,
        channel: Some(channel),
        body,
        event: None,
        notice_id: notice.map(|id| id.uuid()),
        letter_id: None,
    };
    let entry = desk.write(tx, line)?;
    file::store::attach(tx, desk.ticket.id, entry, files)?;
    // A refusal takes the line and the notice back with it.
    desk.command(tx, &Command::Reply { wait })
}

/// Writes to ourselves.
pub fn note(tx: &mut Tx<'_>, desk: &mut Desk, body: &str, files: &[AttachmentId]) -> Done<()> {
    let body = words(body, "body")?;
    desk.command(tx, &Command::Note)?;
    let said = body.clone();
    let (_, author_name) = desk.author();
    let line = Line {
        kind: Kind::Note,
        public: false,
        author: Author::Staff,
        author_name,
        channel: None,
        body,
        event: None,
        notice_id: None,
        letter_id: None,
    };
    let entry = desk.write(tx, line)?;
    file::store::attach(tx, desk.ticket.id, entry, files)?;
    bell::mentions(tx, desk.ticket.id, &said).map(drop)
}

/// Most terminals that can be hit at once.
const MAX_HIT: u32 = 10_000;

/// How many terminals are hit, as said. Errors: `ticket.terminals_hit`.
pub fn terminals_hit(said: Option<u32>) -> Done<Option<u32>> {
    match said {
        Some(n) if n == 0 || n > MAX_HIT => Err(refuse!(Invalid, "ticket.terminals_hit", limit = MAX_HIT).field("terminals_hit").into()),
        said => Ok(said),
    }
}

/// Judges impact and urgency anew; the priority follows from the table.
pub fn prioritise(tx: &mut Tx<'_>, desk: &mut Desk, impact: Impact, urgency: Urgency, hit: Option<u32>, why: &str) -> Done<()> {
    let derived = triage::prioritise(tx, &desk.ticket, impact, urgency, terminals_hit(hit)?)?;
    let command =
        Command::Reprioritise { impact: derived.impact, urgency: derived.urgency, priority: derived.priority, reason: reason(why)? };
    desk.command(tx, &command)?;
    desk.ticket.priority_why = derived;
    Ok(())
}

/// Decides remote or on site, and which fault it looks like. Errors: `ticket.fault_unknown`, `reason.missing`.
pub fn decide(tx: &mut Tx<'_>, desk: &mut Desk, decision: Decision, fault_code: Option<&str>, why: &str) -> Done<()> {
    let why = reason(why)?;
    if why.is_empty() {
        return Err(refuse!(Invalid, "reason.missing").field("reason").into());
    }
    let fault_code = fault_code.map(|code| fault(tx, code)).transpose()?;
    desk.command(tx, &Command::Triage { decision, fault_code: fault_code.clone(), reason: Some(why.clone()) })?;
    let before = desk.ticket.triage.take().and_then(|kept| serde_json::from_value(kept).ok());
    desk.ticket.triage = serde_json::to_value(Judged::by_person(before, decision, fault_code, &why)).ok();
    Ok(())
}

fn fault(tx: &mut Tx<'_>, code: &str) -> Done<String> {
    match extra::fault(tx, code)? {
        true => Ok(code.to_owned()),
        false => Err(refuse!(Invalid, "ticket.fault_unknown").field("fault_code").into()),
    }
}

/// Sends somebody. Errors as in [`send`].
pub fn visit(tx: &mut Tx<'_>, desk: &mut Desk, sending: &Sending) -> Done<()> {
    let said = Sending {
        reason: mask_cards(&sending.reason).text,
        access_note: sending.access_note.as_deref().map(|n| mask_cards(n).text),
        ..sending.clone()
    };
    send(tx, desk, &said).map(drop)
}

/// Declares it solved; of what was ordered nobody has to say what was broken. Errors: `ticket.fault_needed`, `ticket.fault_unknown`;
/// `ticket.outcome_ordered`, a repair is not an order; `ticket.outcome_by_visit`, what was done on site is the visit's to say;
/// `ticket.fulfilled_by_visit`, so is what somebody has to go for.
pub fn solve(tx: &mut Tx<'_>, desk: &mut Desk, fault_code: Option<&str>, outcome: Outcome) -> Done<()> {
    let ordered = said_of(tx, desk.ticket.id)?.ticket_type != REPAIR;
    let fault_code = fault_code.map(|code| fault(tx, code)).transpose()?;
    if fault_code.is_none() && !ordered {
        return Err(refuse!(Invalid, "ticket.fault_needed").field("fault_code").into());
    }
    if outcome == Outcome::Fulfilled && !ordered {
        return Err(refuse!(Invalid, "ticket.outcome_ordered").field("outcome").into());
    }
    if outcome == Outcome::Fulfilled && by_visit(tx, desk.ticket.id)? {
        return Err(refuse!(Invalid, "ticket.fulfilled_by_visit").field("outcome").into());
    }
    // What was done on site is the visit's to say; it has said so when only sub-tasks kept the case open.
    // A visit before the case was opened again says nothing of what is wrong now.
    if outcome == Outcome::VisitFixed {
        let (fixed, again) = (visits::fixed_at(tx, desk.ticket.id)?, entry::reopened_at(tx, desk.ticket.id)?);
        if fixed.is_none() || again >= fixed {
            return Err(refuse!(Invalid, "ticket.outcome_by_visit").field("outcome").into());
        }
    }
    extra::require(tx, desk.ticket.id, FieldNeed::Solve)?;
    desk.command(tx, &Command::Solve { fault_code, outcome })
}

/// Answers for ending a case of security although nobody has been there; kept on the timeline and in the audit chain. Only who leads
/// or checks the desk can; of others the words change nothing. Errors: `ticket.words_long`.
pub fn vouch(tx: &mut Tx<'_>, desk: &mut Desk, why: &str) -> Done<()> {
    let (why, may) = (reason(why)?, act::reach(act::TicketVouch::NAME, &tx.caller().who) != Reach::None);
    if why.is_empty() || !may {
        return Ok(());
    }
    desk.vouched();
    let (_, who) = desk.author();
    tx.audit("ticket.vouch", desk.ticket.id, None, Some(&json!({ "reason": why })));
    desk.line(tx, Kind::Event, false, "", Some(("vouched".into(), json!({ "who": who, "reason": why }))), None).map(drop)
}

/// Records the merchant's confirmation. Errors: `ticket.confirm_by`, only what an agent can have heard or seen; `ticket.not_heard`,
/// nothing was heard of the terminal since it was solved.
pub fn confirm(tx: &mut Tx<'_>, desk: &mut Desk, by: ConfirmedBy) -> Done<()> {
    if !matches!(by, ConfirmedBy::Phone | ConfirmedBy::Telemetry) {
        return Err(refuse!(Invalid, "ticket.confirm_by").field("by").into());
    }
    let terminal = match desk.ticket.terminal_id {
        Some(id) => terminals::terminal(tx, id)?,
        None => None,
    };
    let silent_since = terminal.as_ref().and_then(|t| t.offline_since);
    if desk.case().state == TicketState::Solved && !confirmable(terminal.is_some(), silent_since, desk.ticket.solved_at).contains(&by) {
        return Err(refuse!(Conflict, "ticket.not_heard").field("by").into());
    }
    desk.command(tx, &Command::Confirm { by })
}

/// It was not solved after all.
pub fn reopen(tx: &mut Tx<'_>, desk: &mut Desk, why: &str) -> Done<()> {
    let reason = reason(why)?;
    desk.command(tx, &Command::Reopen { reason })
}

/// Withdraws it.
pub fn cancel(tx: &mut Tx<'_>, desk: &mut Desk, why: &str) -> Done<()> {
    let reason = reason(why)?;
    desk.command(tx, &Command::Cancel { reason })
}

/// What the tenant asks of a ticket when it is opened.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What it is about; a repair without it.
    pub ticket_type: Option<String>,
    /// Values of custom fields.
    pub fields: Given,
}

/// Whether there is anything to open a ticket of: what it is about, and whose it is. What else is missing is asked for on its page.
/// Errors: `ticket.says_nothing`, `ticket.of_nobody`.
fn enough(report: &report::Report, asked: &Asked) -> Done<()> {
    let ordered = asked.ticket_type.as_deref().is_some_and(|t| t != REPAIR);
    if report.symptom.trim().is_empty() && report.response_code.is_none() && !ordered {
        return Err(refuse!(Invalid, "ticket.says_nothing").field("symptom").into());
    }
    let (contact, place) = (&report.contact, report.terminal_serial.is_some() || report.merchant_id.is_some());
    if !place && contact.name.is_none() && contact.phone.is_none() && contact.email.is_none() {
        return Err(refuse!(Invalid, "ticket.of_nobody").field("contact.phone").into());
    }
    Ok(())
}

/// Registers what somebody says on the phone, or what an acquirer passes on about its own merchants.
/// Errors: those of [`report::open`]; `ticket.open_already` when its terminal has an open case and nobody said "even so";
/// with [`Reach::Own`], `terminal.unknown` and `merchant.unknown` for what belongs to others, `ticket.needs_shop` for a place nobody named.
pub fn open(tx: &mut Tx<'_>, reach: Reach, report: &report::Report, asked: &Asked, even_if_open: bool) -> Done<Ticket> {
    tx.ahead(in_force);
    tx.ahead(org::store::shown_name);
    if let Some(phone) = &report.contact.phone {
        tx.ahead(|tx| merchants::contacts_by_phone(tx, phone));
    }
    let mut place = report::place(tx, report)?;
    if place.merchant.is_none()
        && let Some(shop) = report::shop_of_caller(tx, report)?
    {
        place = report::place_of(tx, place.terminal, Some(shop))?;
    }
    if reach == Reach::Own && !own_place(tx, place.merchant.as_ref(), place.store.as_ref())? {
        return Err(match (&report.terminal_serial, report.merchant_id) {
            (Some(serial), _) => refuse!(Invalid, "terminal.unknown", serial = serial).field("terminal_serial"),
            (None, None) if tx.caller().branch().is_some() => refuse!(Invalid, "ticket.needs_shop").field("terminal_serial"),
            (None, _) => refuse!(Invalid, "merchant.unknown").field("merchant_id"),
        }
        .into());
    }
    enough(report, asked)?;
    if let (false, Some(terminal)) = (even_if_open, &place.terminal)
        && let Some(open) = crate::ticket::list::open_of_terminal(tx, own_sight(tx), terminal.id, 1)?.pop()
    {
        return Err(refuse!(Conflict, "ticket.open_already", number = crate::view::ticket::number(open.number)).into());
    }
    let item = match &asked.ticket_type {
        Some(code) => in_force(tx)?.service_item(code),
        None => None,
    };
    let ticket = report::open_at(tx, report, &place, item.as_ref())?;
    if asked.ticket_type.is_none() && asked.fields.is_empty() && in_force(tx)?.fields().is_empty() {
        return Ok(ticket);
    }
    let mut desk = Desk::load(tx, ticket.id, reach, None)?;
    extra::opened(tx, &mut desk, asked.ticket_type.as_deref(), &asked.fields, reach == Reach::All)?;
    desk.save(tx, "ticket.fields")
}
