//! The word to the merchant: which change is told, in which words. Kept with the change, sent after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::ground::TypedId;
use postsale_domain::notify::{NoticeId, NoticeKind};
use postsale_domain::sla::{ClockKind, ClockState};
use postsale_domain::ticket::{Event, TicketState};
use uuid::Uuid;

use super::aftercare;
use crate::ground::db::{Done, Tx};
use crate::ground::{texts, when};
use crate::notify::store::{Telling, overtaken, tell};
use crate::sla;
use crate::ticket::store::Ticket;
use crate::view::shop::place;

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
    let mut values: BTreeMap<&'static str, String> = BTreeMap::from([("number", number), ("shop", shop)]);
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
