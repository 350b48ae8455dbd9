//! Rings for people of the desk, in the transaction that gives the occasion.

use postsale_domain::bell::{Kind, named};
use postsale_domain::ground::{EngineerId, Role, UserId};
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::Span;

use crate::bell::store;
use crate::ground::db::{Done, Tx};
use crate::sla::store::Fired;
use crate::ticket::store::Ticket;
use crate::view::reach::may_see;
use crate::{org, ticket};

/// Characters of the words that a notification shows.
const PREVIEW: usize = 80;

fn preview(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(PREVIEW).collect()
}

/// Rings for everybody a note names who may see the ticket; they follow it from then on.
pub fn mentions(tx: &mut Tx<'_>, ticket: TicketId, words: &str) -> Done<Vec<UserId>> {
    if !words.contains('@') {
        return Ok(Vec::new());
    }
    let people = store::people(tx)?;
    let (me, by) = (tx.caller().user(), org::store::shown_name(tx)?);
    let mut told = Vec::new();
    for user in named(words, &people) {
        // Nobody calls themselves, and nobody learns of a ticket they could not open.
        if Some(user) == me || !may_see(tx, user, ticket)? {
            continue;
        }
        store::follow(tx, ticket, user)?;
        store::ring(tx, user, ticket, Kind::Mention, &by, &preview(words))?;
        told.push(user);
    }
    Ok(told)
}

/// Rings for the supervisors who may see a ticket: a promise to its merchant that nobody of the crew could keep.
pub fn unkept(tx: &mut Tx<'_>, ticket: TicketId, promised: Span, by_name: &str) -> Done<()> {
    for supervisor in org::store::colleagues(tx, Role::Supervisor)? {
        if may_see(tx, supervisor.id, ticket)? {
            store::ring_once(tx, supervisor.id, ticket, Kind::Promise, by_name, &window(promised))?;
        }
    }
    Ok(())
}

/// Rings for the supervisors who may see a ticket: it has gone from one person to the next so often.
pub fn passed_around(tx: &mut Tx<'_>, ticket: TicketId, handed: u32, by_name: &str) -> Done<()> {
    for supervisor in org::store::colleagues(tx, Role::Supervisor)? {
        // Who passed it on knows.
        if Some(supervisor.id) != tx.caller().user() && may_see(tx, supervisor.id, ticket)? {
            store::ring_once(tx, supervisor.id, ticket, Kind::PassedAround, by_name, &handed.to_string())?;
        }
    }
    Ok(())
}

/// Rings for the supervisors who may see a ticket: a visit to its merchant ends after its deadline.
pub fn after_due(tx: &mut Tx<'_>, ticket: TicketId, promised: Span, by_name: &str) -> Done<()> {
    for supervisor in org::store::colleagues(tx, Role::Supervisor)? {
        if may_see(tx, supervisor.id, ticket)? {
            store::ring_once(tx, supervisor.id, ticket, Kind::AfterDue, by_name, &window(promised))?;
        }
    }
    Ok(())
}

/// Rings when a clock has reached something: for whoever owns the ticket when more than half of the time is gone, and for the supervisors as
/// well when the promise is broken. What is noticed late rings once, for the last of it.
pub fn clock(tx: &mut Tx<'_>, fired: &[Fired]) -> Done<()> {
    let Some(last) = fired.iter().max_by_key(|one| (one.cycle, one.percent)).filter(|one| one.percent > 50) else { return Ok(()) };
    let Some(ticket) = ticket::store::ticket(tx, last.ticket)? else { return Ok(()) };
    let until = if last.breach { Some(last.at) } else { last.due };
    let words = format!("{}/{}", last.kind.name(), until.map(|at| at.to_string()).unwrap_or_default());
    let mut people = vec![ticket.case.owner];
    if last.breach {
        people.extend(org::store::colleagues(tx, Role::Supervisor)?.into_iter().map(|c| c.id).filter(|id| *id != ticket.case.owner));
    }
    for user in people {
        if may_see(tx, user, ticket.id)? {
            store::ring(tx, user, ticket.id, if last.breach { Kind::Late } else { Kind::Due }, "", &words)?;
        }
    }
    Ok(())
}

/// Rings for the engineer of a visit that is no longer theirs, if they sign in: they are not to find out at a closed door. Nobody tells
/// themselves.
pub fn gone(tx: &mut Tx<'_>, ticket: TicketId, (engineer, planned): (EngineerId, Option<Span>), kind: Kind, by_name: &str) -> Done<()> {
    match org::store::user_of(tx, engineer)? {
        Some(user) if Some(user) != tx.caller().user() => {
            store::ring(tx, user, ticket, kind, by_name, &planned.map(window).unwrap_or_default())
        }
        _ => Ok(()),
    }
}

/// The words of a ring that tells a time: from and to.
pub fn window(span: Span) -> String {
    format!("{}/{}", span.from, span.to)
}

/// Rings when a merchant has answered a quote by themselves: for whoever owns the ticket, and for the engineer who has its visit.
pub fn quote(tx: &mut Tx<'_>, ticket: &Ticket, engineer: Option<EngineerId>, by_name: &str, words: &str) -> Done<()> {
    let mut people = vec![ticket.case.owner];
    if let Some(user) = engineer.map(|id| org::store::user_of(tx, id)).transpose()?.flatten().filter(|user| *user != ticket.case.owner) {
        people.push(user);
    }
    for user in people {
        if Some(user) != tx.caller().user() && may_see(tx, user, ticket.id)? {
            store::ring(tx, user, ticket.id, Kind::Quote, by_name, words)?;
        }
    }
    Ok(())
}

/// Rings for the followers, except whose deed it is, who was told already, and who may no longer see it.
pub fn followers(tx: &mut Tx<'_>, ticket: TicketId, kind: Kind, by_name: &str, words: &str, told: &[UserId]) -> Done<()> {
    let me = tx.caller().user();
    for follower in store::followers(tx, ticket)? {
        if Some(follower.id) != me && !told.contains(&follower.id) && may_see(tx, follower.id, ticket)? {
            store::ring(tx, follower.id, ticket, kind, by_name, &preview(words))?;
        }
    }
    Ok(())
}
