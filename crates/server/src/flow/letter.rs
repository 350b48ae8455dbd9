//! A letter is read: it joins its ticket, opens a new one, or is put where a person sees it.

use postsale_domain::bell;
use postsale_domain::ground::{Act, Lang, Reach, TypedId};
use postsale_domain::inbox::{
    Automatic, Facts, Findings, Known, LetterChannel, LetterId, LetterState, Reading, candidates, is_thanks, read, same_person,
    strip_quotes,
};
use postsale_domain::merchant::{MerchantId, StoreId};
use postsale_domain::notify::NoticeKind;
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::terminal::{TerminalId, serial, tid};
use postsale_domain::ticket::merge::{Told, tells_again};
use postsale_domain::ticket::{Channel, Command, REOPEN_DAYS, TicketId, TicketState};
use uuid::Uuid;

use super::desk::Desk;
use super::merge;
use super::report::{MAX_SYMPTOM, Report, open};
use crate::ground::db::{Done, Query, Tx, p};
use crate::ground::seal::Seal;
use crate::inbox::store::{self, Kept};
use crate::merchant::store as merchants;
use crate::notify::jobs::MAIL_TOKEN;
use crate::notify::store::overtaken;
use crate::terminal::store as terminals;
use crate::ticket::entry::{Author, Kind, Line};
use crate::ticket::list::Sight;
pub use crate::ticket::store::ContactFacts;
use crate::ticket::store::Ticket;
use crate::view::reach::place_of;
use crate::{org, sql, ticket};

/// Most open cases of one terminal that are looked at.
const OPEN_AT_ONCE: u32 = 20;

/// Reads a kept letter once: the ticket it stands on afterwards, if any. A letter that was read before is left as it is.
/// Errors: whatever opening a ticket refuses; the letter then stays `received` and whoever called puts it where people see it.
pub fn read_letter(tx: &mut Tx<'_>, seal: &Seal, id: LetterId) -> Done<Option<TicketId>> {
    let Some(kept) = store::for_change(tx, id)? else { return Err(refuse!(NotFound, "not_found").into()) };
    if kept.state != LetterState::Received {
        return Ok(kept.ticket_id);
    }
    let facts = facts(tx, seal, &kept)?;
    match read(&kept.letter, &facts) {
        Reading::Reply { ticket, proven, .. } => reply(tx, &kept, TicketId::from_uuid(ticket), proven, &facts),
        Reading::NewTrouble { findings, perhaps } => Ok(Some(new_trouble(tx, &kept, &findings, &perhaps, &facts)?)),
        Reading::Machine { why, ticket } => machine(tx, &kept, why, ticket.map(TicketId::from_uuid)),
        Reading::Empty => {
            store::settle(tx, &kept, LetterState::Unreadable, None, Some("letter.nothing_to_act_on"))?;
            Ok(None)
        }
    }
}

/// Puts a letter whose rules failed where people see it, with the refusal's code.
pub fn park(tx: &mut Tx<'_>, id: LetterId) -> Done<()> {
    if let Some(kept) = store::for_change(tx, id)?.filter(|k| k.state == LetterState::Received) {
        store::settle(tx, &kept, LetterState::Unreadable, None, Some("letter.rule_failed"))?;
    }
    Ok(())
}

/// What a person adds to a letter nobody else could read.
#[derive(Debug, Clone, Default)]
pub struct ByHand {
    /// The terminal's serial number.
    pub terminal_serial: Option<String>,
    /// Why it is not known.
    pub terminal_unknown_reason: Option<String>,
    /// Who can be reached; what the letter says without it.
    pub contact: Option<ContactFacts>,
    /// What is wrong; the letter's words without it.
    pub symptom: Option<String>,
}

/// Registers an unreadable letter as a ticket. Errors: `not_found`, `letter.settled_already`, and what [`open`] refuses.
pub fn register_by_hand(tx: &mut Tx<'_>, id: LetterId, hand: &ByHand) -> Done<TicketId> {
    let Some(kept) = store::for_change(tx, id)? else { return Err(refuse!(NotFound, "not_found").into()) };
    if kept.state != LetterState::Unreadable || kept.ticket_id.is_some() {
        return Err(refuse!(Conflict, "letter.settled_already").into());
    }
    let words = format!("{}\n{}", kept.letter.subject, kept.letter.body);
    let symptom = hand.symptom.clone().filter(|s| !s.trim().is_empty()).unwrap_or(words);
    let contact = match &hand.contact {
        Some(contact) => contact.clone(),
        None => contact(tx, &kept, &Findings::default(), &Facts::default(), None)?,
    };
    let report = Report {
        channel: channel(kept.letter.channel),
        contact_at: kept.received_at,
        letter_id: Some(kept.id.uuid()),
        terminal_id: None,
        terminal_serial: hand.terminal_serial.clone(),
        terminal_unknown_reason: hand.terminal_unknown_reason.clone(),
        merchant_id: None,
        contact,
        symptom: symptom.trim().chars().take(MAX_SYMPTOM).collect(),
        response_code: None,
        impact: None,
        urgency: None,
        terminals_hit: None,
    };
    let ticket = open(tx, &report)?.id;
    store::settle(tx, &kept, LetterState::Read, Some(ticket), None)?;
    Ok(ticket)
}

fn facts(tx: &mut Tx<'_>, seal: &Seal, kept: &Kept) -> Done<Facts> {
    let mut facts = Facts::default();
    for (token, tie) in candidates(&kept.letter) {
        let Some(id) = seal.open(MAIL_TOKEN, &token) else { continue };
        // A thread that began under another number goes on where that one goes on.
        if let Some(ticket) = ticket::merge::followed(tx, TicketId::from_uuid(id))? {
            let sender = kept.letter.sender.email.as_deref();
            let contacts = ticket::merge::contacts(tx, &ticket)?;
            facts.sender_is_contact = contacts.iter().any(|(_, c)| c.email.as_deref().zip(sender).is_some_and(|(a, b)| same_person(a, b)));
            facts.ticket = Some((ticket.id.uuid(), tie));
            break;
        }
    }
    let sender = &kept.letter.sender;
    let mut contacts = match &sender.email {
        Some(email) => merchants::contacts_by_email(tx, email)?,
        None => Vec::new(),
    };
    if let (true, Some(phone)) = (contacts.is_empty(), &sender.phone) {
        contacts = merchants::contacts_by_phone(tx, phone)?;
    }
    for contact in contacts {
        if !may_mean(tx, kept, contact.merchant_id, contact.store_id)? {
            continue;
        }
        let open_tickets = ticket::list::of_merchant(tx, contact.merchant_id, 20)?;
        let open_tickets =
            open_tickets.into_iter().filter(|t| t.closed_at.is_none() && t.contact_id == Some(contact.id)).map(|t| t.id.uuid());
        facts.known.push(Known { contact: contact.id.uuid(), open_tickets: open_tickets.collect() });
    }
    Ok(facts)
}

fn channel(of: LetterChannel) -> Channel {
    match of {
        LetterChannel::H5 => Channel::H5,
        LetterChannel::Phone => Channel::Phone,
        LetterChannel::Api => Channel::Api,
        LetterChannel::Mail => Channel::Mail,
    }
}

fn line(kept: &Kept, name: String, body: String) -> Line {
    Line {
        kind: Kind::Message,
        public: true,
        author: Author::Merchant,
        author_name: name,
        channel: Some(channel(kept.letter.channel)),
        body,
        event: None,
        notice_id: None,
        letter_id: Some(kept.id.uuid()),
    }
}

fn reply(tx: &mut Tx<'_>, kept: &Kept, id: TicketId, proven: bool, facts: &Facts) -> Done<Option<TicketId>> {
    // The signed token names exactly this ticket.
    let mut desk = Desk::load(tx, id, Reach::All, None)?;
    let words = strip_quotes(&kept.letter.body);
    if !proven {
        // A forwarded thread carries our token in a stranger's hands: their words are kept for the desk, never shown as the merchant's.
        let note = Line { kind: Kind::Note, public: false, author: Author::System, ..line(kept, kept.letter.sender.line(), words) };
        desk.write(tx, note)?;
        desk.save(tx, "ticket.hear")?;
        store::settle(tx, kept, LetterState::Read, Some(id), None)?;
        return Ok(Some(id));
    }
    let closed_days = desk.ticket.closed_at.map_or(0, |at| (tx.now().as_second() - at.as_second()) / 86_400);
    if desk.case().state == TicketState::Cancelled || closed_days > REOPEN_DAYS {
        let findings = postsale_domain::inbox::find(&words);
        return Ok(Some(new_trouble(tx, kept, &findings, &[id.uuid()], facts)?));
    }
    let known = ticket::merge::contacts(tx, &desk.ticket)?;
    let address = kept.letter.sender.email.as_deref();
    let who = known.iter().find(|(_, c)| c.email.as_deref().zip(address).is_some_and(|(a, b)| same_person(a, b))).or(known.first());
    let name = who.and_then(|(_, c)| c.name.clone()).unwrap_or_else(|| kept.letter.sender.name.clone());
    desk.write(tx, line(kept, name, words.clone()))?;
    desk.command(tx, &Command::Hear)?;
    // Who writes again after it was called solved, and does not just say thanks, is not done yet.
    if matches!(desk.case().state, TicketState::Solved | TicketState::Closed) && !is_thanks(&words) {
        let reason: String = words.chars().take(200).collect();
        desk.command(tx, &Command::Reopen { reason })?;
    }
    desk.save(tx, "ticket.hear")?;
    store::settle(tx, kept, LetterState::Read, Some(id), None)?;
    Ok(Some(id))
}

fn machine(tx: &mut Tx<'_>, kept: &Kept, why: Automatic, ticket: Option<TicketId>) -> Done<Option<TicketId>> {
    if let (Automatic::Bounce, Some(id)) = (why, ticket) {
        let mut desk = Desk::load(tx, id, Reach::All, None)?;
        let note =
            Line { kind: Kind::Note, public: false, author: Author::System, ..line(kept, String::new(), strip_quotes(&kept.letter.body)) };
        desk.write(tx, note)?;
        desk.save(tx, "ticket.hear")?;
    }
    store::settle(tx, kept, LetterState::Ignored, ticket, None)?;
    Ok(ticket)
}

fn new_trouble(tx: &mut Tx<'_>, kept: &Kept, findings: &Findings, perhaps: &[Uuid], facts: &Facts) -> Done<TicketId> {
    let letter = &kept.letter;
    let (terminal, unknown) = terminal(tx, kept, findings)?;
    let words = match letter.channel {
        LetterChannel::Mail => format!("{}\n{}", letter.subject, strip_quotes(&letter.body)),
        _ => letter.body.clone(),
    };
    let symptom: String = words.trim().chars().take(MAX_SYMPTOM).collect();
    let merchant_id = match (terminal, facts.known.as_slice()) {
        (None, [only]) => merchants::contact(tx, TypedId::from_uuid(only.contact))?.map(|c| c.merchant_id),
        _ => None,
    };
    let report = Report {
        channel: channel(letter.channel),
        contact_at: kept.received_at,
        letter_id: Some(kept.id.uuid()),
        terminal_id: terminal,
        terminal_serial: None,
        terminal_unknown_reason: unknown,
        merchant_id,
        contact: contact(tx, kept, findings, facts, terminal)?,
        symptom,
        response_code: findings.response_codes.first().cloned(),
        impact: None,
        urgency: None,
        terminals_hit: None,
    };
    let opened = open(tx, &report)?;
    let id = opened.id;
    if !join_again(tx, kept, &opened, facts)? && !perhaps.is_empty() {
        suggest(tx, kept, id, perhaps)?;
    }
    store::settle(tx, kept, LetterState::Read, Some(id), None)?;
    Ok(id)
}

/// A letter of somebody the case has to do with, about the one open case of its terminal once more: it goes on under that number. Whoever looks can undo it.
fn join_again(tx: &mut Tx<'_>, kept: &Kept, opened: &Ticket, facts: &Facts) -> Done<bool> {
    // A page shows its case to whoever scans the sticker; what is written there is joined by people alone.
    let (Some(terminal), LetterChannel::Mail | LetterChannel::Api) = (opened.terminal_id, kept.letter.channel) else { return Ok(false) };
    let mut others = ticket::list::open_of_terminal(tx, Sight::All, terminal, OPEN_AT_ONCE)?;
    others.retain(|other| other.id != opened.id && other.state != TicketState::Solved);
    let [only] = others.as_slice() else { return Ok(false) };
    let Some(earlier) = ticket::store::ticket(tx, only.id)? else { return Ok(false) };
    let hours = (tx.now().as_second() - earlier.opened_at.as_second()) / 3600;
    if !tells_again(&told(opened), &told(&earlier), hours) || !concerned(tx, kept, &earlier, facts)? {
        return Ok(false);
    }
    let stays = merge::merge(tx, Reach::All, (opened.id, opened.version), (earlier.id, earlier.version))?;
    // One word goes out: under which number it goes on.
    overtaken(tx, opened.id, NoticeKind::Received)?;
    let mut desk = Desk::load(tx, stays.id, Reach::All, None)?;
    desk.command(tx, &Command::Hear)?;
    desk.save(tx, "ticket.hear")?;
    let by = opened.contact.name.clone().unwrap_or_default();
    super::bell::followers(tx, stays.id, bell::Kind::Message, &by, &opened.case.symptom, &[])?;
    Ok(true)
}

fn told(t: &Ticket) -> Told<'_> {
    let merchant = t.merchant_id.map(TypedId::uuid);
    Told { state: t.case.state, merchant, fault: t.case.fault_code.as_deref(), priority: t.case.priority }
}

/// Whether a letter's sender may be answered about a case: one of its contacts; or on record at its shop, where whoever reported it is, too.
fn concerned(tx: &mut Tx<'_>, kept: &Kept, earlier: &Ticket, facts: &Facts) -> Done<bool> {
    // Whoever scanned the sticker may have typed anybody's number.
    if earlier.channel == Channel::H5 {
        return Ok(false);
    }
    let sender = &kept.letter.sender;
    let said = |a: &Option<String>, b: &Option<String>| a.as_deref().zip(b.as_deref()).is_some_and(|(a, b)| same_person(a, b));
    let contacts = ticket::merge::contacts(tx, earlier)?;
    if contacts.iter().any(|(_, c)| said(&c.email, &sender.email) || said(&c.phone, &sender.phone)) {
        return Ok(true);
    }
    if earlier.contact.id.is_none() {
        return Ok(false);
    }
    for known in &facts.known {
        let at = merchants::contact(tx, TypedId::from_uuid(known.contact))?.map(|c| c.merchant_id);
        if at.is_some() && at == earlier.merchant_id {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The one terminal the letter means; with several or none, none. What the sender named outright and nobody knows is said.
fn terminal(tx: &mut Tx<'_>, kept: &Kept, findings: &Findings) -> Done<(Option<TerminalId>, Option<String>)> {
    if let Some(named) = kept.letter.terminal_serial.as_deref().filter(|s| !s.trim().is_empty()) {
        let found = match serial(named) {
            Ok(serial) => by_number(tx, kept, &serial)?,
            Err(_) => None,
        };
        let unknown = found.is_none().then(|| format!("报的编号{}查不到", named.trim().chars().take(32).collect::<String>()));
        return Ok((found, unknown));
    }
    let mut found: Vec<TerminalId> = Vec::new();
    for number in findings.serials.iter().chain(&findings.perhaps) {
        found.extend(by_number(tx, kept, number)?);
    }
    for number in &findings.tids {
        if let Ok(tid) = tid(number) {
            found.extend(by_tid(tx, kept, &tid)?);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok((if let [only] = found.as_slice() { Some(*only) } else { None }, None))
}

fn by_number(tx: &mut Tx<'_>, kept: &Kept, number: &str) -> Done<Option<TerminalId>> {
    let found = match terminals::by_serial(tx, number)? {
        Some(found) => Some(found.id),
        None => {
            let tenant = tx.tenant();
            tx.one(sql!("SELECT id FROM terminal WHERE tenant_id = $1 AND tusn = $2"), &[p(&tenant), p(number)], |r| r.next())?
        }
    };
    meant(tx, kept, found)
}

/// Terminal numbers are unique at one acquirer only: with two answers there is none.
fn by_tid(tx: &mut Tx<'_>, kept: &Kept, tid: &str) -> Done<Option<TerminalId>> {
    let tenant = tx.tenant();
    let found = tx.query(
        sql!("SELECT terminal_id FROM binding WHERE tenant_id = $1 AND tid = $2 AND valid_to IS NULL LIMIT 2"),
        &[p(&tenant), p(tid)],
        |r| r.next(),
    )?;
    meant(tx, kept, if let [only] = found.as_slice() { Some(*only) } else { None })
}

/// A terminal the letter may mean; one that its sender does not see is as unknown to it as one that does not exist.
fn meant(tx: &mut Tx<'_>, kept: &Kept, found: Option<TerminalId>) -> Done<Option<TerminalId>> {
    let Some(id) = found.filter(|_| kept.by.is_some()) else { return Ok(found) };
    let Some(binding) = terminals::open_binding(tx, id)? else { return Ok(None) };
    Ok(if may_mean(tx, kept, binding.merchant_id, Some(binding.store_id))? { found } else { None })
}

/// Whether a letter may mean this place: whoever handed it in may see only some of them.
fn may_mean(tx: &mut Tx<'_>, kept: &Kept, merchant: MerchantId, store: Option<StoreId>) -> Done<bool> {
    let Some(by) = kept.by else { return Ok(true) };
    // Whoever may not sign in any more sees nothing.
    let Some(who) = org::store::who(tx, by)? else { return Ok(false) };
    if act::LetterWork::reach(&who) == Reach::All {
        return Ok(true);
    }
    let merchant = merchants::merchant(tx, merchant, None)?;
    let store = match store {
        Some(id) => merchants::store(tx, id)?,
        None => None,
    };
    place_of(tx, &who, merchant.as_ref(), store.as_ref())
}

/// Who reports. A name nobody gave comes from the registry when it knows the number at this merchant.
fn contact(tx: &mut Tx<'_>, kept: &Kept, findings: &Findings, facts: &Facts, terminal: Option<TerminalId>) -> Done<ContactFacts> {
    let sender = &kept.letter.sender;
    let at = match terminal {
        Some(id) => terminals::open_binding(tx, id)?.map(|b| b.merchant_id),
        None => None,
    };
    let mut on_record = None;
    for known in &facts.known {
        let person = merchants::contact(tx, TypedId::from_uuid(known.contact))?;
        on_record = on_record.or(person.filter(|c| at.is_none_or(|m| m == c.merchant_id)).map(|c| c.name));
    }
    let name = match sender.name.trim() {
        "" => on_record.unwrap_or_else(|| sender.email.as_deref().and_then(|e| e.split('@').next()).unwrap_or("现场联系人").to_owned()),
        name => name.to_owned(),
    };
    let written = format!("{}{}", kept.letter.subject, kept.letter.body);
    let chinese = written.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    Ok(ContactFacts {
        id: None,
        name: Some(name),
        phone: sender.phone.clone().or_else(|| findings.phones.first().cloned()),
        email: sender.email.clone(),
        lang: if chinese || written.trim().is_empty() { Lang::Zh } else { Lang::En },
    })
}

/// Says on a new ticket which open ones of the same sender a person may want to compare it with.
fn suggest(tx: &mut Tx<'_>, kept: &Kept, opened: TicketId, perhaps: &[Uuid]) -> Done<()> {
    let mut numbers = Vec::new();
    for id in perhaps {
        if let Some(other) = ticket::store::ticket(tx, TicketId::from_uuid(*id))? {
            numbers.push(format!("T-{:06}", other.number));
        }
    }
    let mut desk = Desk::load(tx, opened, Reach::All, None)?;
    let body = format!("同一发件人另有工单：{}", numbers.join("、"));
    let note = Line { kind: Kind::Note, public: false, author: Author::System, channel: None, ..line(kept, String::new(), body) };
    desk.write(tx, note)?;
    desk.save(tx, "ticket.compare")?;
    Ok(())
}
