//! A ticket's clock for somebody who may see the ticket.

use postsale_domain::ground::Reach;
use postsale_domain::refuse;
use postsale_domain::sla::{ClockExplain, ClockKind, TicketId};

use super::reach::see_ticket;
use crate::ground::db::{Done, Tx};
use crate::sla;

/// The clock line by line. Errors: `not_found` when the ticket, or this clock of it, is not there or not theirs to see.
pub fn explained(tx: &mut Tx<'_>, reach: Reach, ticket: TicketId, kind: ClockKind) -> Done<ClockExplain> {
    see_ticket(tx, reach, ticket)?;
    sla::store::explain(tx, ticket, kind)?.ok_or_else(|| refuse!(NotFound, "not_found").into())
}
