//! The guide of a ticket: which one fits, and how the newest walk stands.

use std::sync::Arc;

use postsale_domain::knowledge::{Audience, Guide, GuideView, view};
use postsale_domain::ticket::TicketId;

use crate::facts::{REPAIR, extra, guide_at, in_force};
use crate::ground::db::{Done, Tx};
use crate::inbox;
use crate::knowledge::store;
use crate::ticket::store::Ticket;

/// The guide that fits a ticket: by its fault, by the best proposal when none is sure, or by what the merchant tapped. None fits what was
/// ordered.
pub fn fitting(tx: &mut Tx<'_>, ticket: &Ticket) -> Done<Option<Arc<Guide>>> {
    if extra::one(tx, ticket.id)?.ticket_type != REPAIR {
        return Ok(None);
    }
    let force = in_force(tx)?;
    let proposed = ticket.triage.as_ref().and_then(|t| t["proposals"][0]["fault_code"].as_str());
    if let Some(guide) = ticket.case.fault_code.as_deref().or(proposed).and_then(|code| force.guide_for(code)) {
        return Ok(Some(guide));
    }
    let tapped = match inbox::store::choice_of(tx, ticket.id)?.as_deref() {
        Some("print") => "printer",
        Some("network") => "no-network",
        Some("card") => "chip-reader",
        Some("power") => "power",
        _ => return Ok(None),
    };
    Ok(force.guide(tapped))
}

/// The newest walk of a ticket in the reader's words.
pub fn shown(tx: &mut Tx<'_>, ticket: &Ticket, audience: Audience) -> Done<Option<GuideView>> {
    let Some(run) = store::newest(tx, ticket.id)? else { return Ok(None) };
    Ok(guide_at(tx, &run.guide, run.version)?.map(|guide| view(&guide, &run, audience)))
}

/// [`shown`], of a ticket by its id.
pub fn of_ticket(tx: &mut Tx<'_>, id: TicketId, audience: Audience) -> Done<Option<GuideView>> {
    match crate::ticket::store::ticket(tx, id)? {
        Some(ticket) => shown(tx, &ticket, audience),
        None => Ok(None),
    }
}
