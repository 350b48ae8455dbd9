//! Pieces kept for visits: chosen when the desk decides to send somebody, let go when they are handed out, used or no longer needed.

use postsale_domain::ground::{EngineerId, Reach};
use postsale_domain::parts::{
    OnShelf, PartId, PartRequestId, RequestEnd, RequestWhy, ReservationEnd, Wait, asked, ended, reserve, who_gets,
};
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::{WorkOrderId, WorkOrderState};
use serde_json::{Value, json};

use super::desk::Desk;
use crate::ground::db::{Done, Tx};
use crate::org;
use crate::parts::request::{self, Waiting as Request};
use crate::parts::reservation::{self, Waiting};
use crate::parts::stock::{self, FittingPart, fitting};
use crate::parts::store::{self, CataloguePart};
use crate::terminal::store as terminals;
use crate::ticket::entry::Kind;
use crate::ticket::store as tickets;
use crate::view::visit::{WorkOrderPage, page, see_order};
use crate::visit::store::{self as visits, WorkOrder, number};

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
    /// Parts of the kind are kept, and none that fits is free: the storekeeper reads it among what somebody waits for.
    Short,
    /// The catalogue has none of the kind: whoever keeps no stock of it here hears nothing of it.
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
            None => {
                let fits = found.iter().find(|part| part.kind == *kind).map(|part| part.id);
                if fits.is_none() && !stock::kind_is_kept(tx, [kind, kind])? {
                    all.push(Found::NotStocked);
                    continue;
                }
                let by = org::store::shown_name(tx)?;
                request::add(tx, &Request { order: order.id, kind, model, part: fits, why: RequestWhy::Short, by: &by })?;
                Found::Short
            }
        });
    }
    Ok(all)
}

/// The order is over: what was kept for it is free, for whoever waits; nobody waits for it any more.
pub fn release(tx: &mut Tx<'_>, order: &WorkOrder) -> Done<()> {
    for waits in request::of_order(tx, order.id)? {
        let by = org::store::shown_name(tx)?;
        request::end(tx, waits.id, RequestEnd::Over, "", &by)?;
    }
    for live in reservation::of_order(tx, order.id)? {
        reservation::end(tx, live.id, live.part, ReservationEnd::Released)?;
        cover(tx, live.part)?;
    }
    Ok(())
}

/// A piece of a kind was put in for an order, the how-manyeth: one that was kept for it is free, unless all that are kept still have to
/// be fetched because the one put in had been handed out, or was carried anyway. Nobody waits for that one any more.
pub fn used(tx: &mut Tx<'_>, order: &WorkOrder, kind: &str, times: usize) -> Done<()> {
    let kept: Vec<_> = reservation::of_order(tx, order.id)?.into_iter().filter(|live| live.kind == kind).collect();
    let needed = order.parts.iter().filter(|part| *part == kind).count().saturating_sub(times);
    let waits: Vec<_> = request::of_order(tx, order.id)?.into_iter().filter(|waits| waits.kind == kind).collect();
    if let Some(waits) = waits.first().filter(|_| waits.len() + kept.len() > needed) {
        let by = org::store::shown_name(tx)?;
        request::end(tx, waits.id, RequestEnd::Came, "", &by)?;
    }
    match kept.first().filter(|_| kept.len() > needed) {
        Some(live) => {
            reservation::end(tx, live.id, live.part, ReservationEnd::Used)?;
            cover(tx, live.part)
        }
        None => Ok(()),
    }
}

/// Pieces lie free in the warehouse: whoever has waited longest for one gets it kept, and the desk reads it on the ticket.
pub fn cover(tx: &mut Tx<'_>, part: PartId) -> Done<()> {
    store::hold(tx, part)?;
    let Some(part) = store::part(tx, part)? else { return Ok(()) };
    let free = stock::lie(tx, part.id, None)? - reservation::count(tx, part.id)?;
    let waiting: Vec<_> = request::of_kind(tx, &part.said.kind)?.into_iter().filter(|one| one.why == RequestWhy::Short).collect();
    let waits: Vec<Wait<'_>> = waiting.iter().map(|one| Wait { id: one.id, model: one.model.as_deref() }).collect();
    for id in who_gets(free, &part.said.models, &waits) {
        let Some(one) = waiting.iter().find(|one| one.id == id) else { continue };
        let by = org::store::shown_name(tx)?;
        if request::end(tx, id, RequestEnd::Came, "", &by)? {
            reservation::keep(tx, part.id, one.order)?;
            // Whoever has the order by now has to be handed it.
            if one.engineer.is_some() {
                let (order, kind, model) = (one.order, one.kind.as_str(), one.model.as_deref());
                request::add(tx, &Request { order, kind, model, part: Some(part.id), why: RequestWhy::Asked, by: &by })?;
            }
            let told = json!({ "work_order": number(one.number), "parts": format!("{} {}", part.said.name, part.said.number) });
            tell(tx, one.ticket, "visit_parts_kept", told)?;
        }
    }
    Ok(())
}

/// A line for the desk on a ticket.
fn tell(tx: &mut Tx<'_>, ticket: TicketId, code: &str, told: Value) -> Done<()> {
    let mut desk = Desk::load(tx, ticket, Reach::All, None)?;
    desk.line(tx, Kind::Event, false, "", Some((code.to_owned(), told)), None)?;
    desk.save(tx, "visit.line").map(drop)
}

/// An engineer of a visit asks for a piece they do not carry: it is kept if one is free, and the storekeeper reads who waits for it. Errors:
/// `not_found`, `visit.closed`, those of [`asked`].
pub fn ask(tx: &mut Tx<'_>, reach: Reach, id: WorkOrderId, kind: &str) -> Done<WorkOrderPage> {
    let order = visits::for_change(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    see_order(tx, reach, &order)?;
    if matches!(order.state, WorkOrderState::Done | WorkOrderState::Failed | WorkOrderState::Cancelled) {
        return Err(refuse!(Conflict, "visit.closed").into());
    }
    let ticket = tickets::ticket(tx, order.ticket_id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let model = match ticket.terminal_id {
        Some(id) => terminals::terminal(tx, id)?.map(|t| t.model),
        None => None,
    };
    let kinds = [kind.to_owned()];
    let mut fits: Vec<PartId> = fitting(tx, &kinds, model.as_deref(), order.engineer_id)?.iter().map(|part| part.id).collect();
    fits.sort_unstable();
    for id in fits {
        store::hold(tx, id)?;
    }
    let fits = fitting(tx, &kinds, model.as_deref(), order.engineer_id)?;
    let waits = request::of_order(tx, id)?.iter().any(|one| one.kind == kind);
    let carried = fits.iter().map(|part| part.carried).sum();
    let first = fits.iter().find(|part| part.free > 0).or(fits.first());
    let part = asked(stock::kind_is_kept(tx, [kind, kind])?, waits, carried, first.map(|part| part.id))?;
    let kept = reservation::of_order(tx, id)?.iter().any(|live| live.kind == kind);
    // Without one on the shelf it is to be got first; it is kept when it comes, and then to be handed out.
    let why = match first.filter(|part| part.free > 0) {
        _ if kept => RequestWhy::Asked,
        Some(part) => {
            reservation::keep(tx, part.id, id)?;
            RequestWhy::Asked
        }
        None => RequestWhy::Short,
    };
    let by = org::store::shown_name(tx)?;
    request::add(tx, &Request { order: id, kind, model: model.as_deref(), part: Some(part), why, by: &by })?;
    let told = json!({ "work_order": number(order.number), "part": kind, "who": by });
    tell(tx, order.ticket_id, "visit_part_asked", told)?;
    page(tx, &order)
}

/// The storekeeper ends a waiting: it is seen to, or none will come. Errors: `not_found`, those of [`ended`].
pub fn end(tx: &mut Tx<'_>, id: PartRequestId, how: RequestEnd, note: &str) -> Done<()> {
    let (one, live) = request::one(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let note = ended(live, how, note)?;
    let by = org::store::shown_name(tx)?;
    if !request::end(tx, id, how, &note, &by)? {
        return Err(refuse!(Conflict, "stock.request_over").into());
    }
    match how {
        RequestEnd::Withdrawn => {
            let told = json!({ "work_order": number(one.number), "part": one.kind, "reason": note });
            tell(tx, one.ticket, "visit_part_none", told)
        }
        _ => Ok(()),
    }
}

/// Pieces go from the warehouse to an engineer: first those that wait for orders of theirs, and none that waits for another's. `left` is
/// how many stay. The part is held. Errors: `stock.reserved`.
pub fn hand_out(tx: &mut Tx<'_>, part: &CataloguePart, engineer: EngineerId, quantity: i64, left: i64) -> Done<()> {
    let (theirs, others): (Vec<Waiting>, Vec<Waiting>) =
        reservation::of_part(tx, part.id)?.into_iter().partition(|waiting| waiting.engineer == Some(engineer));
    let kept = i64::try_from(others.len()).unwrap_or(i64::MAX);
    if left < kept {
        let orders: Vec<String> = others.iter().take(NAMED).map(|waiting| number(waiting.number)).collect();
        let free = (left + quantity - kept).max(0);
        return Err(refuse!(Conflict, "stock.reserved", free = free, kept = kept, orders = orders.join(", ")).field("quantity").into());
    }
    let many = usize::try_from(quantity).unwrap_or(usize::MAX);
    let by = org::store::shown_name(tx)?;
    let fits = |model: Option<&str>| part.said.models.is_empty() || model.is_some_and(|m| part.said.models.iter().any(|own| own == m));
    let (asked, short): (Vec<_>, Vec<_>) = request::of_engineer(tx, engineer, &part.said.kind)?
        .into_iter()
        .filter(|one| fits(one.model.as_deref()))
        .partition(|one| one.why == RequestWhy::Asked);
    // One piece is for one order: first of those that asked for theirs, then of the others it was kept for, then of those none was kept for.
    let (wanted, kept): (Vec<_>, Vec<_>) = theirs.into_iter().partition(|waiting| asked.iter().any(|one| one.order == waiting.order));
    let handed: Vec<Waiting> = wanted.into_iter().chain(kept).take(many).collect();
    for waiting in &handed {
        reservation::end(tx, waiting.id, part.id, ReservationEnd::HandedOut)?;
    }
    let has_one = |order: WorkOrderId| handed.iter().any(|waiting| waiting.order == order);
    let (theirs, rest): (Vec<_>, Vec<_>) = asked.into_iter().partition(|one| has_one(one.order));
    for one in theirs.iter().chain(rest.iter().chain(&short).take(many - handed.len())) {
        request::end(tx, one.id, RequestEnd::Came, "", &by)?;
    }
    Ok(())
}
