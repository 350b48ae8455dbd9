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
    let found = choose(tx, order, model)?;
    let number = number(order.number);
    let kept = |one: &Found| match one {
        Found::Kept(part) => Some(format!("{} {}", part.name, part.number)),
        Found::Short | Found::NotStocked => None,
    };
    let names: Vec<String> = found.iter().filter_map(kept).collect();
    if !names.is_empty() {
        let told = json!({ "work_order": number, "parts": names.join(" / ") });
        desk.line(tx, Kind::Event, false, "", Some(("visit_parts_kept".to_owned(), told)), None)?;
    }
    for (kind, _) in order.parts.iter().zip(&found).filter(|(_, one)| matches!(one, Found::Short)) {
        let told = json!({ "work_order": number, "part": kind });
        desk.line(tx, Kind::Event, false, "", Some(("visit_parts_short".to_owned(), told)), None)?;
    }
    Ok(())
}

/// What the warehouse has for a kind of part a visit asks for.
#[derive(Debug, Clone)]
pub enum Found {
    /// A piece of this part waits for the visit now.
    Kept(FittingPart),
    /// Parts of the kind fit, and no piece of them is free.
    Short,
    /// The catalogue has none that fits: whoever keeps no stock here hears nothing of it.
    NotStocked,
}

/// Keeps a piece for each kind of part an order asks for, in their order.
pub fn choose(tx: &mut Tx<'_>, order: &WorkOrder, model: Option<&str>) -> Done<Vec<Found>> {
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
    let mut all = Vec::new();
    for (kind, chosen) in order.parts.iter().zip(reserve(&order.parts, &shelf)) {
        all.push(match chosen.and_then(|id| found.iter().find(|part| part.id == id)) {
            Some(part) => {
                reservation::keep(tx, part.id, order.id)?;
                Found::Kept(part.clone())
            }
            None if found.iter().any(|part| part.kind == *kind) => Found::Short,
            None => Found::NotStocked,
        });
    }
    Ok(all)
}

/// The order is over: what was kept for it is free.
pub fn release(tx: &mut Tx<'_>, order: &WorkOrder) -> Done<()> {
    for live in reservation::of_order(tx, order.id)? {
        reservation::end(tx, live.id, live.part, ReservationEnd::Released)?;
    }
    Ok(())
}

/// A piece of a kind was put in for an order, the how-manyeth: one that was kept for it is free, unless all that are kept still have to
/// be fetched because the one put in had been handed out, or was carried anyway.
pub fn used(tx: &mut Tx<'_>, order: &WorkOrder, kind: &str, times: usize) -> Done<()> {
    let kept: Vec<_> = reservation::of_order(tx, order.id)?.into_iter().filter(|live| live.kind == kind).collect();
    let needed = order.parts.iter().filter(|part| *part == kind).count().saturating_sub(times);
    match kept.first().filter(|_| kept.len() > needed) {
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
