use jiff::Timestamp;
use postsale_domain::ticket::{LinkKind, TicketId, TicketState};
use serde::Serialize;
use utoipa::ToSchema;

use super::{number, own_sight};
use crate::ground::db::{Done, Tx};
use crate::ticket::relation::{self, LinkId};
use crate::ticket::store::Ticket;

/// How a ticket stands to another one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketLink {
    id: LinkId,
    kind: LinkKind,
    /// Seen from the other end: `blocks` reads "is blocked by".
    back: bool,
    ticket_id: TicketId,
    /// `T-000831`.
    number: String,
    subject: String,
    state: TicketState,
    at: Timestamp,
    /// Who made it.
    by: String,
    /// This ticket was split off the other one and nothing else has happened to it: the split can be taken back.
    undoable: bool,
}

/// The links of a ticket to tickets the caller sees.
pub(super) fn of(tx: &mut Tx<'_>, t: &Ticket) -> Done<Vec<TicketLink>> {
    let links = relation::of_ticket(tx, own_sight(tx), t.id)?;
    Ok(links
        .into_iter()
        .map(|l| TicketLink {
            id: l.id,
            undoable: !l.back && l.kind == LinkKind::SplitFrom && l.split_version == Some(t.version),
            kind: l.kind,
            back: l.back,
            ticket_id: l.other,
            number: number(l.number),
            subject: l.subject,
            state: l.state,
            at: l.at,
            by: l.by,
        })
        .collect())
}
