//! The word to the merchant: which change is told, in which words. Kept with the change, sent after it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::facts::ServiceItem;
use postsale_domain::ground::{Lang, Reach, Text, TypedId, mask_cards, yuan};
use postsale_domain::notify::{COMMON_HOLES, NoticeId, NoticeKind, TextFault, Wording, check_text};
use postsale_domain::refuse;
use postsale_domain::sla::{ClockKind, ClockState};
use postsale_domain::ticket::{Event, Priority, TicketId, TicketState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::aftercare;
use crate::ground::db::{Done, Tx};
use crate::ground::{texts, when};
use crate::notify::store::{self, Telling, overtaken, tell};
use crate::ticket::entry::Kind as LineKind;
use crate::ticket::merge as merges;
use crate::ticket::store::Ticket;
use crate::view::reach::see_ticket;
use crate::view::shop::{ordered, place, status};
use crate::{sla, ticket};

/// A text filled with a ticket: how a merchant would read it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeTried {
    /// The ticket it was filled with; null while there is none, and words stand for its facts.
    pub number: Option<String>,
    /// One line.
    pub subject: Text,
    /// The words.
    pub body: Text,
}

/// What is told, about what, the how-manyeth time.
struct Change {
    kind: NoticeKind,
    changed: Uuid,
    turn: i64,
}

fn send(tx: &mut Tx<'_>, ticket: &Ticket, change: &Change, more: &[(&'static str, String)]) -> Done<Option<NoticeId>> {
    let telling = written(tx, ticket, change, more)?;
    all(tx, ticket, &telling)
}

/// How long somebody who wrote waits for an answer.
const WAITS: SignedDuration = SignedDuration::from_hours(12);

/// Whether the merchant has spoken last, not long ago.
fn asked(ticket: &Ticket, now: Timestamp) -> bool {
    ticket.last_entry.as_ref().is_some_and(|last| last.kind == LineKind::Message && now.duration_since(last.at) < WAITS)
}

/// Whether the case is an emergency: such words may be heard at night.
pub fn emergency(ticket: &Ticket) -> bool {
    ticket.case.priority == Priority::Urgent
}

/// Lets a letter go now that waits for the morning or goes only by hand. Errors: `reason.missing`, `notice.not_held`.
pub fn let_go(tx: &mut Tx<'_>, reach: Reach, id: TicketId, notice: NoticeId, reason: &str) -> Done<()> {
    see_ticket(tx, reach, id)?;
    let reason = mask_cards(reason.trim()).text;
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(refuse!(Invalid, "reason.missing").field("reason").into());
    }
    let contact = ticket::store::ticket(tx, id)?.map(|t| t.contact);
    if !store::let_go(tx, id, notice, contact.and_then(|c| c.email).as_deref(), &reason)? {
        return Err(refuse!(Conflict, "notice.not_held").into());
    }
    Ok(())
}

/// Most characters of the reason for an exception.
const MAX_REASON: usize = 200;

/// What is told about a ticket, with the values every kind may use.
fn written<'a>(tx: &mut Tx<'_>, ticket: &'a Ticket, change: &Change, more: &[(&'static str, String)]) -> Done<Telling<'a>> {
    let number = format!("T-{:06}", ticket.number);
    let shop = match place(tx, ticket.terminal_id)? {
        // Whoever writes to us from anywhere gets none of their own words back in our name.
        place if place.is_empty() => texts::sentence(ticket.contact.lang, "word.some_shop", &BTreeMap::new()),
        place => place,
    };
    let status = status(tx, ticket)?.in_lang(ticket.contact.lang).to_owned();
    let mut values: BTreeMap<&'static str, String> = BTreeMap::from([("number", number), ("shop", shop), ("status", status)]);
    values.extend(more.iter().cloned());
    Ok(Telling {
        ticket: ticket.id,
        kind: change.kind,
        changed: change.changed,
        turn: change.turn,
        beside: false,
        asked: change.kind == NoticeKind::MessageFromAgent && asked(ticket, tx.now()),
        emergency: emergency(ticket),
        lang: ticket.contact.lang,
        email: ticket.contact.email.as_deref(),
        values,
    })
}

/// Tells the contact of a ticket, and those of what goes on under its number.
fn all(tx: &mut Tx<'_>, ticket: &Ticket, telling: &Telling<'_>) -> Done<Option<NoticeId>> {
    let told = tell(tx, telling)?;
    Ok(match beside(tx, ticket, telling)? {
        // The timeline shows how far the words have come: where mail goes to somebody, the mail.
        Some(mailed) if ticket.contact.email.is_none() => Some(mailed),
        _ => told,
    })
}

/// Tells the contacts of what goes on under this ticket, each in their own mail thread and once an address.
fn beside(tx: &mut Tx<'_>, ticket: &Ticket, telling: &Telling<'_>) -> Done<Option<NoticeId>> {
    let (mut told, mut addresses) = (None, vec![telling.email.map(store::mailbox)]);
    for (id, contact) in merges::contacts(tx, ticket)?.into_iter().skip(1) {
        let address = contact.email.as_deref().map(store::mailbox);
        if address.is_none() || addresses.contains(&address) {
            continue;
        }
        let also = Telling { ticket: id, beside: true, lang: contact.lang, email: contact.email.as_deref(), ..telling.clone() };
        told = told.or(tell(tx, &also)?);
        addresses.push(address);
    }
    Ok(told)
}

/// News of an incident for one of its reporters: who wrote them and which broadcast; without `mail` the page alone shows them.
pub struct News<'a> {
    /// Which broadcast.
    pub broadcast: Uuid,
    /// Who wrote.
    pub by: &'a str,
    /// The words.
    pub words: &'a str,
    /// Whether a mail goes.
    pub mail: bool,
}

/// See [`News`].
pub fn news(tx: &mut Tx<'_>, ticket: &Ticket, news: &News<'_>) -> Done<Option<NoticeId>> {
    let change = Change { kind: NoticeKind::IncidentNews, changed: news.broadcast, turn: 1 };
    let values = [("agent", news.by.to_owned()), ("words", news.words.to_owned())];
    let mut telling = written(tx, ticket, &change, &values)?;
    telling.beside = true;
    if news.mail {
        return all(tx, ticket, &telling);
    }
    telling.email = None;
    tell(tx, &telling)
}

/// Tries a text on a ticket: filled as it would be, kept nowhere. Errors: `fact.unknown_hole`, `fact.lacking_hole`, `ticket.unknown_number`.
pub fn tried(tx: &mut Tx<'_>, kind: NoticeKind, wording: &Wording, number: Option<&str>) -> Done<NoticeTried> {
    for (body, text) in [(false, &wording.subject), (true, &wording.body)] {
        let field = if body { "body" } else { "subject" };
        for (lang, text) in [("zh", &text.zh), ("en", &text.en)] {
            if let Some(fault) = check_text(kind, body, text).into_iter().next() {
                let why = match fault {
                    TextFault::Unknown(hole) => refuse!(Invalid, "fact.unknown_hole", hole = hole),
                    TextFault::Lacking(hole) => refuse!(Invalid, "fact.lacking_hole", hole = hole),
                };
                return Err(why.field(format!("{field}.{lang}")).into());
            }
        }
    }
    let asked = number.map(|n| n.trim().trim_start_matches("T-").parse::<i64>().unwrap_or(0));
    let ticket = ticket::store::numbered(tx, asked)?;
    if asked.is_some() && ticket.is_none() {
        return Err(refuse!(Invalid, "ticket.unknown_number").field("number").into());
    }
    let (shop, status) = match &ticket {
        Some(t) => (place(tx, t.terminal_id)?, Some(status(tx, t)?)),
        None => (String::new(), None),
    };
    let number = ticket.as_ref().map(|t| format!("T-{:06}", t.number));
    let say = |text: &str, lang: Lang| {
        let word = |key: &str| texts::sentence(lang, &format!("sample.{key}"), &BTreeMap::new());
        let mut said = text.to_owned();
        for hole in COMMON_HOLES.iter().chain(kind.holes()) {
            let value = match *hole {
                "number" => number.clone().unwrap_or_else(|| word("number")),
                "shop" if !shop.is_empty() => shop.clone(),
                "status" => status.as_ref().map_or_else(|| word("status"), |s| s.in_lang(lang).to_owned()),
                other => word(other),
            };
            said = said.replace(&format!("{{{hole}}}"), &value);
        }
        said
    };
    let both = |text: &Text| Text { zh: say(&text.zh, Lang::Zh), en: say(&text.en, Lang::En) };
    Ok(NoticeTried { subject: both(&wording.subject), body: both(&wording.body), number })
}

/// The case goes on under another number: the one the merchant is told from now on.
pub fn merged(tx: &mut Tx<'_>, ticket: &Ticket, into: i64) -> Done<()> {
    let change = Change { kind: NoticeKind::Merged, changed: ticket.id.uuid(), turn: ticket.entry_count };
    send(tx, ticket, &change, &[("into", format!("T-{into:06}"))]).map(drop)
}

/// It stands on its own again.
pub fn unmerged(tx: &mut Tx<'_>, ticket: &Ticket, from: i64) -> Done<()> {
    let change = Change { kind: NoticeKind::Unmerged, changed: ticket.id.uuid(), turn: ticket.entry_count };
    send(tx, ticket, &change, &[("into", format!("T-{from:06}"))]).map(drop)
}

/// The receipt, with what comes next; of a report, or of the item that was ordered. The ticket must have been saved with its clocks.
pub fn received(tx: &mut Tx<'_>, ticket: &Ticket, item: Option<&ServiceItem>) -> Done<()> {
    let due = sla::store::kept(tx, ticket.id)?
        .iter()
        .find(|c| c.kind == ClockKind::FirstResponse && c.state == ClockState::Running)
        .and_then(|c| c.due);
    let said = |key: &str, at: String| texts::sentence(ticket.contact.lang, key, &BTreeMap::from([("at", at)]));
    let next = match due {
        Some(at) => said("word.next_by", when::moment(ticket.contact.lang, at, tx.now())),
        None => said("word.next_soon", String::new()),
    };
    let kind = if item.is_some() { NoticeKind::OrderReceived } else { NoticeKind::Received };
    let change = Change { kind, changed: ticket.id.uuid(), turn: 1 };
    let mut values = vec![("next", next)];
    values.extend(item.map(|item| ("item", item.name.in_lang(ticket.contact.lang).to_owned())));
    send(tx, ticket, &change, &values).map(|_| ())
}

/// What an event of a ticket means to the merchant. Closing also schedules the follow-up.
pub fn of_event(tx: &mut Tx<'_>, ticket: &Ticket, event: &Event) -> Done<()> {
    match event {
        Event::Solved { .. } | Event::Closed { .. } | Event::Reopened { .. } => {}
        // Whoever has never heard of the number, as of what was split off by mistake, is not told that it is off.
        Event::Cancelled { .. } if !store::told(tx, ticket.id)?.is_empty() => {}
        _ => return Ok(()),
    }
    // Of a service that was ordered nothing was broken: its words name the service and ask for no test.
    let item = ordered(tx, ticket.id)?;
    let (please_confirm, closed) = match item {
        Some(_) => (NoticeKind::OrderPleaseConfirm, NoticeKind::OrderClosed),
        None => (NoticeKind::SolvedPleaseConfirm, NoticeKind::Closed),
    };
    let kind = match event {
        Event::Solved { .. } => please_confirm,
        Event::Closed { .. } => {
            // Confirmed in the same breath, on site: nobody is asked what they have just said.
            overtaken(tx, ticket.id, please_confirm)?;
            aftercare::schedule(tx, ticket)?;
            closed
        }
        Event::Cancelled { .. } => NoticeKind::Cancelled,
        _ => NoticeKind::Reopened,
    };
    let change = Change { kind, changed: ticket.id.uuid(), turn: i64::from(ticket.case.reopen_count) };
    let values: Vec<_> = item.map(|name| ("item", name.in_lang(ticket.contact.lang).to_owned())).into_iter().collect();
    send(tx, ticket, &change, &values).map(|_| ())
}

/// An agent's words, about to become the next line of the timeline; the notice that carries them.
pub fn message(tx: &mut Tx<'_>, ticket: &Ticket, agent: &str, words: &str) -> Done<Option<NoticeId>> {
    let change = Change { kind: NoticeKind::MessageFromAgent, changed: ticket.id.uuid(), turn: ticket.entry_count + 1 };
    send(tx, ticket, &change, &[("agent", agent.to_owned()), ("words", words.to_owned())])
}

/// A promised window, told for the how-manyeth time: a change of it where another was told before. `false`: it was not told.
pub fn window(tx: &mut Tx<'_>, ticket: &Ticket, order: Uuid, engineer: &str, (from, to): (Timestamp, Timestamp), turn: i64) -> Done<bool> {
    if ticket.case.state == TicketState::Cancelled {
        return Ok(false);
    }
    let kind = if turn > 1 { NoticeKind::VisitChanged } else { NoticeKind::VisitPromised };
    let change = Change { kind, changed: order, turn };
    let lang = ticket.contact.lang;
    let values = [("window", when::span(lang, from, to, tx.now())), ("engineer", engineer.trim().to_owned())];
    Ok(send(tx, ticket, &change, &values)?.is_some())
}

/// The visit that was promised for a window will not take place.
pub fn called_off(tx: &mut Tx<'_>, ticket: &Ticket, order: Uuid, (from, to): (Timestamp, Timestamp)) -> Done<()> {
    let change = Change { kind: NoticeKind::VisitCalledOff, changed: order, turn: 1 };
    send(tx, ticket, &change, &[("window", when::span(ticket.contact.lang, from, to, tx.now()))]).map(drop)
}

/// The window a merchant has chosen, for the how-manyeth time.
pub fn chosen(tx: &mut Tx<'_>, ticket: &Ticket, order: Uuid, (from, to): (Timestamp, Timestamp), turn: u32) -> Done<()> {
    let change = Change { kind: NoticeKind::VisitChosen, changed: order, turn: i64::from(turn) };
    send(tx, ticket, &change, &[("window", when::span(ticket.contact.lang, from, to, tx.now()))]).map(drop)
}

/// What the work costs, and until when it can be agreed to.
pub fn quoted(tx: &mut Tx<'_>, ticket: &Ticket, quote: Uuid, total: i64, until: Timestamp) -> Done<()> {
    let change = Change { kind: NoticeKind::QuoteOffered, changed: quote, turn: 1 };
    let until = when::moment(ticket.contact.lang, until, tx.now());
    send(tx, ticket, &change, &[("amount", yuan(total)), ("until", until)]).map(drop)
}

/// An engineer has left for the shop. Each departure is told; `turn` counts them.
pub fn on_the_way(tx: &mut Tx<'_>, ticket: &Ticket, order: Uuid, engineer: &str, turn: i64) -> Done<()> {
    let change = Change { kind: NoticeKind::OnTheWay, changed: order, turn };
    send(tx, ticket, &change, &[("engineer", engineer.trim().to_owned())]).map(|_| ())
}

/// The six digits the merchant tells the engineer. Each new code is told; `turn` counts them.
pub fn code(tx: &mut Tx<'_>, ticket: &Ticket, order: Uuid, engineer: &str, code: &str, turn: i64) -> Done<()> {
    let change = Change { kind: NoticeKind::ConfirmationCode, changed: order, turn };
    let values = [("engineer", engineer.trim().to_owned()), ("code", code.to_owned())];
    send(tx, ticket, &change, &values).map(|_| ())
}
