//! The warehouse of the demo: a catalogue of parts for the models that stand out there, pieces on the shelves, pieces in the bags.

use jiff::SignedDuration;
use postsale_domain::ground::{Caller, EngineerId, Role, TenantId, UserId, Who};
use postsale_domain::parts::{PartDraft, StockMoveKind};
use postsale_domain::visit::Span;

use crate::flow::stock::{Moving, go};
use crate::flow::{part, reserve};
use crate::ground::db::{DbError, Done, Tx};
use crate::ground::web::Keyset;
use crate::terminal::store as terminals;
use crate::ticket::store as tickets;
use crate::visit::list::{self, Sight};

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

/// Fills the catalogue, the shelves and the bags. Two engineers of three carry a piece; which ones, differs from part to part.
pub(super) fn fill(tx: &mut Tx<'_>, engineers: &[EngineerId]) -> Done<()> {
    let shelves: Shelves =
        serde_json::from_str(include_str!("../../../../data/demo/parts.json")).map_err(|e| DbError::Other(e.to_string()))?;
    for (n, Shelf { part: kept, stock, bag }) in shelves.parts.into_iter().enumerate() {
        let Kept { number, name, kind, models, unit, price_fen, serialised, min_stock, off } = kept;
        let draft = PartDraft { version: None, number, name, kind, models, unit, price_fen, serialised, min_stock, off };
        let id = part::add(tx, &draft)?.id;
        let carrying = engineers.iter().enumerate().filter(|(e, _)| bag > 0 && (e + n) % 3 != 0).map(|(_, id)| *id);
        let carrying: Vec<EngineerId> = carrying.collect();
        let came = stock + bag * i64::try_from(carrying.len()).unwrap_or(0);
        let mut move_on = |kind, quantity, engineer| go(tx, id, &Moving { kind, quantity, engineer, note: String::new() }).map(drop);
        if came > 0 {
            move_on(StockMoveKind::Received, came, None)?;
        }
        for engineer in carrying {
            move_on(StockMoveKind::HandedOut, bag, Some(engineer))?;
        }
    }
    Ok(())
}
