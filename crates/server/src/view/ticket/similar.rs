//! Tickets that may be about the same as another one. Worth a look beside it, and asked for only then: words are compared.

use jiff::Timestamp;
use postsale_domain::ground::{Reach, Text};
use postsale_domain::refuse;
use postsale_domain::ticket::alike::Likeness;
use postsale_domain::ticket::{Outcome, TicketId, TicketState};
use serde::Serialize;
use utoipa::ToSchema;

use super::alike::{Alike, Told, alike};
use super::{number, sight};
use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::ticket::list::Sight;
use crate::ticket::store;
use crate::view::reach::see_ticket;

/// Most tickets that are shown.
const SIMILAR: usize = 20;

/// Another ticket that is worth a look.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimilarTicket {
    id: TicketId,
    /// `T-000831`.
    number: String,
    subject: String,
    state: TicketState,
    why: Alike,
    /// How much the words share; null when too little.
    likeness: Option<Likeness>,
    fault_code: Option<String>,
    fault_name: Option<Text>,
    outcome: Option<Outcome>,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
}

/// What may be the same as a ticket of somebody's who may see it, most likely first, at most twenty.
pub fn similar(tx: &mut Tx<'_>, reach: Reach, id: TicketId) -> Done<Vec<SimilarTicket>> {
    see_ticket(tx, reach, id)?;
    let t = store::ticket(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let told = Told {
        ticket: Some(t.id),
        terminal: t.terminal_id,
        merchant: t.merchant_id,
        phone: t.contact.phone.as_deref(),
        symptom: &t.case.symptom,
    };
    named(tx, sight(tx, reach), &told, false, SIMILAR)
}

/// The first `most` tickets somebody sees that may be about what was told, with the names of the facts in force.
pub fn named(tx: &mut Tx<'_>, sight: Sight, told: &Told<'_>, only_open: bool, most: usize) -> Done<Vec<SimilarTicket>> {
    let force = in_force(tx)?;
    let found = alike(tx, sight, told, only_open, most)?;
    Ok(found
        .into_iter()
        .map(|found| {
            let o = found.ticket;
            SimilarTicket {
                id: o.id,
                number: number(o.number),
                subject: o.subject,
                state: o.state,
                why: found.why,
                likeness: found.likeness,
                fault_name: o.fault_code.as_deref().and_then(|code| force.fault_name(code)),
                fault_code: o.fault_code,
                outcome: o.outcome,
                opened_at: o.opened_at,
                closed_at: o.closed_at,
            }
        })
        .collect())
}
