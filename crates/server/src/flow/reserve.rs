//! Pieces kept for visits: chosen when the desk decides to send somebody, let go when they are handed out, used or no longer needed.

use postsale_domain::ground::EngineerId;
use postsale_domain::parts::{OnShelf, PartId, ReservationEnd, reserve};
use postsale_domain::refuse;
use serde_json::json;

use super::desk::Desk;
use crate::ground::db::{Done, Tx};
use crate::parts::reservation::{self, Waiting};
use crate::parts::stock::{FittingPart, fitting};
use crate::parts::store;
use crate::ticket::entry::Kind;
use crate::visit::store::{WorkOrder, number};

/// Most orders a refusal names.
const NAMED: usize = 3;

/// Keeps a piece for each kind of part an order asks for; the desk reads on the ticket what is kept and what is short.
pub fn keep(tx: &mut Tx<'_>, desk: &mut Desk, order: &WorkOrder, model: Option<&str>) -> Done<()> {
    let kept = choose(tx, order, model)?;
    let number = number(order.number);
    let names: Vec<String> = kept.iter().flatten().map(|part| format!("{} {}", part.name, part.number)).collect();
    if !names.is_empty() {
        let told = json!({ "work_order": number, "parts": names.join(" / ") });
        desk.line(tx, Kind::Event, false, "", Some(("visit_parts_kept".to_owned(), told)), None)?;
    }
    for (kind, _) in order.parts.iter().zip(&kept).filter(|(_, part)| part.is_none()) {
        let told = json!({ "work_order": number, "part": kind });
        desk.line(tx, Kind::Event, false, "", Some(("visit_parts_short".to_owned(), told)), None)?;
    }
    Ok(())
}

/// Keeps a piece for each kind of part an order asks for; `None` for the kinds of which none is free.
pub fn choose(tx: &mut Tx<'_>, order: &WorkOrder, model: Option<&str>) -> Done<Vec<Option<FittingPart>>> {
    let found = fitting(tx, &order.parts, model, order.engineer_id)?;
    // What was seen free may be taken by the time it is held: it is looked at again then. Held in the order of their ids, so that two
    // visits do not wait for each other.
    let mut ids: Vec<PartId> = found.iter().filter(|part| part.free > 0).map(|part| part.id).collect();
    ids.sort_unstable();
    for id in ids {
        store::hold(tx, id)?;
    }
    let found = fitting(tx, &order.parts, model, order.engineer_id)?;
    let shelf: Vec<OnShelf<'_>> = found.iter().map(|part| OnShelf { part: part.id, kind: &part.kind, free: part.free }).collect();
    let mut kept = Vec::new();
    for part in reserve(&order.parts, &shelf) {
        if let Some(part) = part {
            reservation::keep(tx, part, order.id)?;
        }
        kept.push(part.and_then(|id| found.iter().find(|f| f.id == id).cloned()));
    }
    Ok(kept)
}

/// The order is over: what was kept for it is free.
pub fn release(tx: &mut Tx<'_>, order: &WorkOrder) -> Done<()> {
    for live in reservation::of_order(tx, order.id)? {
        reservation::end(tx, live.id, live.part, ReservationEnd::Released)?;
    }
    Ok(())
}

/// A piece of a kind was put in for an order: the one that was kept for it is free.
pub fn used(tx: &mut Tx<'_>, order: &WorkOrder, kind: &str) -> Done<()> {
    match reservation::of_order(tx, order.id)?.into_iter().find(|live| live.kind == kind) {
        Some(live) => reservation::end(tx, live.id, live.part, ReservationEnd::Used),
        None => Ok(()),
    }
}

/// Pieces go from the warehouse to an engineer: first those that wait for orders of theirs, and none that waits for another's. `left` is
/// how many stay. The part is held. Errors: `stock.reserved`.
pub fn hand_out(tx: &mut Tx<'_>, part: PartId, engineer: EngineerId, quantity: i64, left: i64) -> Done<()> {
    let (theirs, others): (Vec<Waiting>, Vec<Waiting>) =
        reservation::of_part(tx, part)?.into_iter().partition(|waiting| waiting.engineer == Some(engineer));
    let kept = i64::try_from(others.len()).unwrap_or(i64::MAX);
    if left < kept {
        let orders: Vec<String> = others.iter().take(NAMED).map(|waiting| number(waiting.number)).collect();
        let free = (left + quantity - kept).max(0);
        return Err(refuse!(Conflict, "stock.reserved", free = free, kept = kept, orders = orders.join(", ")).field("quantity").into());
    }
    for waiting in theirs.into_iter().take(usize::try_from(quantity).unwrap_or(usize::MAX)) {
        reservation::end(tx, waiting.id, part, ReservationEnd::HandedOut)?;
    }
    Ok(())
}
