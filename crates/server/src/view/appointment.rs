//! When somebody comes, as the merchant may see and change it.

use postsale_domain::dispatch::{Stage, may_pick};
use postsale_domain::ground::Refusal;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::{Span, WorkOrderId, WorkOrderState};

use crate::ground::db::{Done, Tx};
use crate::visit::store as visits;

/// What happened to an order when its merchant chose the time.
pub const CHOSEN: &str = "time_chosen";
/// The same when every time left was after the deadline.
pub const CHOSEN_LATE: &str = "time_chosen_late";

/// The time of a visit that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Of which order.
    pub order: WorkOrderId,
    /// Its version.
    pub version: i64,
    /// The window the merchant knows of, if it is not past.
    pub window: Option<Span>,
    /// How often the merchant may still choose, or why not any more.
    pub may: Result<u32, Refusal>,
}

/// How far an order has come, as far as its time is concerned.
pub fn stage(state: WorkOrderState) -> Stage {
    match state {
        WorkOrderState::Open | WorkOrderState::Offered | WorkOrderState::Accepted => Stage::Ahead,
        WorkOrderState::Travelling | WorkOrderState::OnSite | WorkOrderState::Repaired => Stage::Underway,
        WorkOrderState::Done | WorkOrderState::Failed | WorkOrderState::Cancelled => Stage::Over,
    }
}

/// How often the merchant has chosen the time of an order.
pub fn picked(tx: &mut Tx<'_>, order: WorkOrderId) -> Done<u32> {
    let times = visits::last(tx, order, CHOSEN)?.0 + visits::last(tx, order, CHOSEN_LATE)?.0;
    Ok(u32::try_from(times).unwrap_or(u32::MAX))
}

/// The window the merchant of an order was told last.
pub fn told(tx: &mut Tx<'_>, order: WorkOrderId) -> Done<Option<Span>> {
    let last = visits::last(tx, order, "told")?.1;
    Ok(last.and_then(|data| serde_json::from_value(data["promised"].clone()).ok()))
}

/// The appointment of a ticket's visit; none while there is no visit under way.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Appointment>> {
    let Some(id) = visits::live_of_ticket(tx, ticket)? else { return Ok(None) };
    let Some(w) = visits::work_order(tx, id)? else { return Ok(None) };
    let known = told(tx, id)?;
    // Whoever has taken it on has let it be told.
    let window = w.promised.filter(|span| (known == Some(*span) || w.accepted_at.is_some()) && span.to > tx.now());
    let may = may_pick(stage(w.state), picked(tx, id)?);
    Ok(Some(Appointment { order: id, version: w.version, window, may }))
}
