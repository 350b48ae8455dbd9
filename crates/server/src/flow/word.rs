//! The word to the merchant: which change is told, in which words. Kept with the change, sent after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::ground::{Lang, Text, TypedId};
use postsale_domain::notify::{COMMON_HOLES, NoticeId, NoticeKind, TextFault, Wording, check_text};
use postsale_domain::refuse;
use postsale_domain::sla::{ClockKind, ClockState};
use postsale_domain::ticket::{Event, TicketState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::aftercare;
use crate::ground::db::{Done, Tx};
use crate::ground::{texts, when};
use crate::notify::store::{Telling, overtaken, tell};
use crate::ticket::store::Ticket;
use crate::view::shop::{place, status};
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
    let number = format!("T-{:06}", ticket.number);
    let shop = match place(tx, ticket.terminal_id)? {
        // Whoever writes to us from anywhere gets none of their own words back in our name.
        place if place.is_empty() => texts::sentence(ticket.contact.lang, "word.some_shop", &BTreeMap::new()),
        place => place,
    };
    let status = status(tx, ticket)?.in_lang(ticket.contact.lang).to_owned();
    let mut values: BTreeMap<&'static str, String> = BTreeMap::from([("number", number), ("shop", shop), ("status", status)]);
    values.extend(more.iter().cloned());
    let telling = Telling {
        ticket: ticket.id,
        kind: change.kind,
        changed: change.changed,
        turn: change.turn,
        lang: ticket.contact.lang,
        email: ticket.contact.email.as_deref(),
        values,
    };
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

/// The receipt, with what comes next. Clocks must have been started.
pub fn received(tx: &mut Tx<'_>, ticket: &Ticket) -> Done<()> {
    let due = sla::store::kept(tx, ticket.id)?
        .iter()
        .find(|c| c.kind == ClockKind::FirstResponse && c.state == ClockState::Running)
        .and_then(|c| c.due);
    let said = |key: &str, at: String| texts::sentence(ticket.contact.lang, key, &BTreeMap::from([("at", at)]));
    let next = match due {
        Some(at) => said("word.next_by", when::moment(ticket.contact.lang, at, tx.now())),
        None => said("word.next_soon", String::new()),
    };
    let change = Change { kind: NoticeKind::Received, changed: ticket.id.uuid(), turn: 1 };
    send(tx, ticket, &change, &[("next", next)]).map(|_| ())
}

/// What an event of a ticket means to the merchant. Closing also schedules the follow-up.
pub fn of_event(tx: &mut Tx<'_>, ticket: &Ticket, event: &Event) -> Done<()> {
    let kind = match event {
        Event::Solved { .. } => NoticeKind::SolvedPleaseConfirm,
        Event::Closed { .. } => {
            // Confirmed in the same breath, on site: nobody is asked what they have just said.
            overtaken(tx, ticket.id, NoticeKind::SolvedPleaseConfirm)?;
            aftercare::schedule(tx, ticket)?;
            NoticeKind::Closed
        }
        Event::Reopened { .. } => NoticeKind::Reopened,
        _ => return Ok(()),
    };
    let change = Change { kind, changed: ticket.id.uuid(), turn: i64::from(ticket.case.reopen_count) };
    send(tx, ticket, &change, &[]).map(|_| ())
}

/// An agent's words, about to become the next line of the timeline; the notice that carries them.
pub fn message(tx: &mut Tx<'_>, ticket: &Ticket, agent: &str, words: &str) -> Done<Option<NoticeId>> {
    let change = Change { kind: NoticeKind::MessageFromAgent, changed: ticket.id.uuid(), turn: ticket.entry_count + 1 };
    send(tx, ticket, &change, &[("agent", agent.to_owned()), ("words", words.to_owned())])
}

/// A promised window. The same window of the same work order again is no news; another one is a change of it.
pub fn window(
    tx: &mut Tx<'_>,
    ticket: &Ticket,
    order: Uuid,
    engineer: &str,
    from: Timestamp,
    to: Timestamp,
    before: Option<(Timestamp, Timestamp)>,
) -> Done<()> {
    if before == Some((from, to)) || ticket.case.state == TicketState::Cancelled {
        return Ok(());
    }
    let kind = if before.is_some() { NoticeKind::VisitChanged } else { NoticeKind::VisitPromised };
    let change = Change { kind, changed: order, turn: from.as_millisecond() };
    let lang = ticket.contact.lang;
    let values = [("window", when::span(lang, from, to, tx.now())), ("engineer", engineer.trim().to_owned())];
    send(tx, ticket, &change, &values).map(|_| ())
}

/// The engineer has left for the shop.
pub fn on_the_way(tx: &mut Tx<'_>, ticket: &Ticket, order: Uuid, engineer: &str) -> Done<()> {
    let change = Change { kind: NoticeKind::OnTheWay, changed: order, turn: 1 };
    send(tx, ticket, &change, &[("engineer", engineer.trim().to_owned())]).map(|_| ())
}

/// The six digits the merchant tells the engineer. Each new code is told; `turn` counts them.
pub fn code(tx: &mut Tx<'_>, ticket: &Ticket, order: Uuid, engineer: &str, code: &str, turn: i64) -> Done<()> {
    let change = Change { kind: NoticeKind::ConfirmationCode, changed: order, turn };
    let values = [("engineer", engineer.trim().to_owned()), ("code", code.to_owned())];
    send(tx, ticket, &change, &values).map(|_| ())
}
