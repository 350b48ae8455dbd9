//! The warehouse of the demo: a catalogue of parts for the models that stand out there, pieces on the shelves, pieces in the bags.

use jiff::SignedDuration;
use postsale_domain::ground::{Caller, EngineerId, Role, TenantId, UserId, Who};
use postsale_domain::parts::{PartDraft, PartId, Stand, StockChange, StockMoveKind};
use postsale_domain::visit::{PartLine, Span, WorkOrderId, whole_unit};

use crate::flow::stock::{Moving, Using, go, used};
use crate::flow::{part, reserve};
use crate::ground::db::{DbError, Done, Query, Tx, p};
use crate::ground::web::Keyset;
use crate::knowledge::facts;
use crate::parts::piece::{self, Standing};
use crate::parts::stock::{self, Because, PuttingIn};
use crate::parts::store;
use crate::sql;
use crate::terminal::store::{self as terminals, Terminal};
use crate::ticket::store as tickets;
use crate::visit::list::{self, Sight};
use crate::visit::store::WorkOrder;

#[derive(serde::Deserialize)]
struct Shelves {
    parts: Vec<Shelf>,
}

/// A part, and how many pieces of it lie where.
#[derive(serde::Deserialize)]
struct Shelf {
    #[serde(flatten)]
    part: Kept,
    /// In the warehouse.
    stock: i64,
    /// With an engineer who carries some.
    bag: i64,
}

/// What the catalogue says of it.
#[derive(serde::Deserialize)]
struct Kept {
    number: String,
    name: String,
    kind: String,
    models: Vec<String>,
    unit: String,
    price_fen: i64,
    serialised: bool,
    min_stock: u32,
    #[serde(default)]
    off: bool,
}

/// The storekeeper.
pub(super) fn at_the_warehouse(tenant: TenantId, keeper: UserId) -> Caller {
    Caller { tenant, who: Who::Staff { user: keeper, role: Role::Storekeeper, engineer: None, acquirer: None, branch: None } }
}

/// Keeps pieces for the visits that are still to come.
pub(super) fn keep(tx: &mut Tx<'_>) -> Done<()> {
    let span = Span { from: tx.now() - SignedDuration::from_hours(24), to: tx.now() + SignedDuration::from_hours(24 * 30) };
    let mut orders = list::unassigned(tx, Sight::All, Keyset::FIRST, 500)?;
    orders.extend(list::planned(tx, span, Sight::All, Keyset::FIRST, 500)?);
    for order in orders.iter().filter(|order| order.closed_at.is_none()) {
        let terminal = match tickets::ticket(tx, order.ticket_id)?.and_then(|t| t.terminal_id) {
            Some(id) => terminals::terminal(tx, id)?,
            None => None,
        };
        reserve::choose(tx, order, terminal.as_ref().map(|t| t.model.as_str()))?;
    }
    Ok(())
}

/// The shelves as the data file has them.
fn shelves() -> Done<Vec<Shelf>> {
    let read: Shelves =
        serde_json::from_str(include_str!("../../../../data/demo/parts.json")).map_err(|e| DbError::Other(e.to_string()))?;
    Ok(read.parts)
}

/// Writes the catalogue, before the year begins.
pub(super) fn catalogue(tx: &mut Tx<'_>) -> Done<()> {
    for Shelf { part: kept, .. } in shelves()? {
        let Kept { number, name, kind, models, unit, price_fen, serialised, min_stock, off } = kept;
        part::add(tx, &PartDraft { version: None, number, name, kind, models, unit, price_fen, serialised, min_stock, off })?;
    }
    Ok(())
}

/// Serials of pieces nobody has had before, by the number of their part.
fn fresh(tx: &mut Tx<'_>, part: PartId, number: &str, many: i64) -> Done<Vec<String>> {
    let tenant = tx.tenant();
    let had = tx.number(sql!("SELECT COUNT(*) FROM part_piece WHERE tenant_id = $1 AND part_id = $2"), &[p(&tenant), p(&part)])?;
    let plain: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    Ok((1..=many).map(|n| format!("{plain}{:05}", had + n)).collect())
}

/// Pieces the warehouse orders at a time, when it has none left.
const ORDERED: i64 = 4;

/// Whoever goes to a shop takes along what the visit will need.
pub(super) fn take_along(tx: &mut Tx<'_>, put: &PuttingIn<'_>, keeper: &str) -> Done<()> {
    let Some(part) = stock::within_reach(tx, put)?.into_iter().next() else { return Ok(()) };
    let mut lay = |kind, changes: &[StockChange], serial: Option<&str>| {
        stock::keep(tx, part.id, changes, &Because { kind, note: "", order: None, by: keeper, serial })
    };
    let (store, bag) = (None, Some(put.engineer));
    let change = |place, by| StockChange { place, by };
    if !part.serialised {
        if part.to_fetch < 1 {
            lay(StockMoveKind::Received, &[change(store, ORDERED)], None)?;
        }
        return lay(StockMoveKind::HandedOut, &[change(store, -1), change(bag, 1)], None);
    }
    for serial in fresh(tx, part.id, &part.number, 1)? {
        let mut lay = |kind, changes: &[StockChange]| {
            stock::keep(tx, part.id, changes, &Because { kind, note: "", order: None, by: keeper, serial: Some(&serial) })
        };
        lay(StockMoveKind::Received, &[change(store, 1)])?;
        lay(StockMoveKind::HandedOut, &[change(store, -1), change(bag, 1)])?;
        piece::put(tx, None, part.id, &serial, Standing { stands: Stand::Bag, engineer: bag, order: None })?;
    }
    Ok(())
}

/// What a visit for a fault puts in: the first kind of its parts of which the catalogue has one for the model. No whole unit, for those are
/// swaps.
pub(super) fn used_for(tx: &mut Tx<'_>, fault: &str, model: &str, order: WorkOrderId, engineer: EngineerId) -> Done<Option<&'static str>> {
    let parts = facts().fault(fault).map(|f| f.parts.as_slice()).unwrap_or_default();
    for kind in parts.iter().map(String::as_str).filter(|part| !whole_unit(part) && *part != "cleaning_card") {
        if !stock::within_reach(tx, &PuttingIn { kinds: [kind, kind], model: Some(model), engineer, order })?.is_empty() {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

/// The serial of a piece of these kinds that somebody carries, of a part whose pieces have one.
fn in_bag(tx: &mut Tx<'_>, put: &PuttingIn<'_>) -> Done<Option<String>> {
    let Some(part) = stock::within_reach(tx, put)?.into_iter().find(|part| part.carried > 0) else { return Ok(None) };
    if part.serialised { Ok(piece::at(tx, part.id, Some(put.engineer))?.into_iter().next()) } else { Ok(None) }
}

/// A visit puts in a piece of a kind that its engineer carries: it leaves the bag, and the line that says so.
pub(super) fn put_in(tx: &mut Tx<'_>, w: &WorkOrder, unit: &Terminal, (kind, engineer): (&str, EngineerId), by: &str) -> Done<PartLine> {
    let new_serial = in_bag(tx, &PuttingIn { kinds: [kind, kind], model: Some(&unit.model), engineer, order: w.id })?;
    let old_serial = new_serial.is_some().then(|| format!("{}{:06}", unit.serial_no.get(..3).unwrap_or("OLD"), w.number));
    let using = Using { model: Some(&unit.model), kind, old: old_serial.as_deref(), new: new_serial.as_deref(), back_again: false, by };
    used(tx, w, &using)?;
    Ok(PartLine { id: tx.new_id(), part: kind.to_owned(), old_serial, new_serial, model_reason: None })
}

/// Fills the shelves and the bags up to what the data file says. Two engineers of three carry a piece; which ones, differs from part to
/// part. Whole units are the spare terminals of the registry.
pub(super) fn fill(tx: &mut Tx<'_>, engineers: &[EngineerId], spares: &[(String, String)]) -> Done<()> {
    for (n, Shelf { part: kept, stock: shelf, bag }) in shelves()?.into_iter().enumerate() {
        let Some(part) = store::by_number(tx, &kept.number)? else { continue };
        let mut carrying = Vec::new();
        for (_, id) in engineers.iter().enumerate().filter(|(e, _)| bag > 0 && (e + n) % 3 != 0) {
            let more = bag - stock::lie(tx, part.id, Some(*id))?;
            if more > 0 {
                carrying.push((*id, more));
            }
        }
        let unit = whole_unit(&kept.kind);
        let units: Vec<String> = spares.iter().filter(|(model, _)| unit && kept.models.contains(model)).map(|(_, s)| s.clone()).collect();
        let wanted = if unit { i64::try_from(units.len()).unwrap_or(0) } else { shelf };
        let came = wanted + carrying.iter().map(|(_, more)| more).sum::<i64>() - stock::lie(tx, part.id, None)?;
        let mut serials = match (unit, kept.serialised) {
            (true, _) => units,
            (_, true) => fresh(tx, part.id, &kept.number, came)?,
            _ => Vec::new(),
        };
        let mut move_on = |kind, quantity, engineer, serials: Vec<String>| {
            go(tx, part.id, &Moving { kind, quantity, engineer, note: String::new(), serials }).map(drop)
        };
        if came > 0 {
            move_on(StockMoveKind::Received, came, None, serials.clone())?;
        }
        for (engineer, more) in carrying {
            let named = if kept.serialised {
                serials.split_off(serials.len().saturating_sub(usize::try_from(more).unwrap_or(0)))
            } else {
                Vec::new()
            };
            move_on(StockMoveKind::HandedOut, more, Some(engineer), named)?;
        }
    }
    Ok(())
}
