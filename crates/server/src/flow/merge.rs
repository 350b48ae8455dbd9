//! Two cases that are one: the ticket goes on under one number, the clocks start at the earliest contact, the contact of the other
//! one is told; and all of it back again.

use postsale_domain::ground::Reach;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_domain::ticket::merge as rules;

use super::desk::Desk;
use super::word;
use crate::ground::db::{Done, Tx};
use crate::ticket::merge as store;
use crate::ticket::store::Ticket;
use crate::view::ticket::{merge_side as side, number};
use crate::{org, sla};

/// Loads two cases for change, always in the same order, whoever asks for which.
fn both(tx: &mut Tx<'_>, reach: Reach, loser: (TicketId, Option<i64>), survivor: (TicketId, Option<i64>)) -> Done<(Desk, Desk)> {
    Ok(if loser.0 < survivor.0 {
        let first = Desk::load(tx, loser.0, reach, loser.1)?;
        (first, Desk::load(tx, survivor.0, reach, survivor.1)?)
    } else {
        let first = Desk::load(tx, survivor.0, reach, survivor.1)?;
        (Desk::load(tx, loser.0, reach, loser.1)?, first)
    })
}

/// Lets a case go on under another one's number; both in the versions that were seen. The survivor as it then is.
/// Errors: those of [`rules::merge`].
pub fn merge(tx: &mut Tx<'_>, reach: Reach, loser: (TicketId, i64), into: (TicketId, i64)) -> Done<Ticket> {
    if loser.0 == into.0 {
        return Err(refuse!(Invalid, "ticket.merge_itself").field("into").into());
    }
    let (mut gone, mut stays) = both(tx, reach, (loser.0, Some(loser.1)), (into.0, Some(into.1)))?;
    let (merged, took_in) = rules::merge(&side(tx, &gone.ticket)?, &side(tx, &stays.ticket)?)?;
    let by = org::store::shown_name(tx)?;
    let state_before = gone.case().state;
    let first = sla::store::first_contact(tx, gone.ticket.id)?.unwrap_or(gone.ticket.opened_at);
    store::insert(tx, gone.ticket.id, stays.ticket.id, &by, state_before)?;
    gone.happen(tx, &merged)?;
    sla::store::set_aside(tx, gone.ticket.id)?;
    sla::store::attach(tx, stays.ticket.id, gone.ticket.id, first)?;
    stays.happen(tx, &took_in)?;
    word::merged(tx, &gone.ticket, stays.ticket.number)?;
    gone.save(tx, "ticket.merge")?;
    stays.save(tx, "ticket.take_in")
}

/// Takes a merge back: both cases are what they were. The one that stands on its own again, as it then is.
/// Errors: those of [`rules::unmerge`].
pub fn unmerge(tx: &mut Tx<'_>, reach: Reach, loser: TicketId, version: i64) -> Done<Ticket> {
    let Some(merge) = store::of(tx, loser)? else {
        let desk = Desk::load(tx, loser, reach, Some(version))?;
        return Err(refuse!(Conflict, "ticket.not_merged", number = number(desk.ticket.number)).into());
    };
    let (mut back, mut other) = both(tx, reach, (loser, Some(version)), (merge.survivor, None))?;
    let days = (tx.now().as_second() - merge.at.as_second()) / 86_400;
    let sides = (side(tx, &back.ticket)?, side(tx, &other.ticket)?);
    let (unmerged, gave_back) = rules::unmerge(&sides.0, &sides.1, merge.state_before, days)?;
    let by = org::store::shown_name(tx)?;
    store::undo(tx, merge.id, &by)?;
    back.happen(tx, &unmerged)?;
    sla::store::take_back(tx, back.ticket.id)?;
    sla::store::detach(tx, other.ticket.id, back.ticket.id)?;
    other.happen(tx, &gave_back)?;
    word::unmerged(tx, &back.ticket, other.ticket.number)?;
    other.save(tx, "ticket.give_back")?;
    back.save(tx, "ticket.unmerge")
}
