//! Pieces on their way: between the warehouse and engineers, as the storekeeper says, and into terminals, as visits say.

use postsale_domain::ground::{EngineerId, mask_cards};
use postsale_domain::parts::{PartId, Place, StockChange, StockMove, StockMoveKind, moved};
use postsale_domain::refuse;

use super::reserve;
use crate::crew::store as crew;
use crate::ground::db::{Done, Tx};
use crate::org;
use crate::parts::stock::{self, Because};
use crate::parts::store;
use crate::view::stock::{StockPage, page};
use crate::visit::store::WorkOrder;

/// What somebody at the warehouse does.
#[derive(Debug, Clone)]
pub struct Moving {
    /// What moves the pieces.
    pub kind: StockMoveKind,
    /// How many; when counted, how many are there.
    pub quantity: i64,
    /// The engineer it is about.
    pub engineer: Option<EngineerId>,
    /// Why.
    pub note: String,
}

/// Moves pieces. Errors: `not_found`, `stock.by_visit`, `dispatch.engineer_unknown`, `stock.reserved`, those of [`moved`].
pub fn go(tx: &mut Tx<'_>, id: PartId, moving: &Moving) -> Done<StockPage> {
    if moving.kind == StockMoveKind::Used {
        return Err(refuse!(Invalid, "stock.by_visit").field("kind").into());
    }
    if let Some(engineer) = moving.engineer
        && crew::name(tx, engineer)?.is_none()
    {
        return Err(refuse!(Invalid, "dispatch.engineer_unknown").field("engineer_id").into());
    }
    if !store::hold(tx, id)? {
        return Err(refuse!(NotFound, "not_found").into());
    }
    let note = mask_cards(moving.note.trim()).text;
    let asked = StockMove { kind: moving.kind, quantity: moving.quantity, engineer: moving.engineer, note: &note };
    let changes = decided(tx, id, &asked)?;
    if let (StockMoveKind::HandedOut, Some(engineer)) = (moving.kind, moving.engineer) {
        let left = stock::lie(tx, id, None)? - moving.quantity;
        reserve::hand_out(tx, id, engineer, moving.quantity, left)?;
    }
    let by = org::store::shown_name(tx)?;
    stock::keep(tx, id, &changes, &Because { kind: moving.kind, note: &note, order: None, by: &by })?;
    page(tx, id)
}

/// The rule, with what lies where it looks.
fn decided(tx: &mut Tx<'_>, part: PartId, asked: &StockMove<'_>) -> Done<Vec<StockChange>> {
    let in_store = stock::lie(tx, part, None)?;
    let carried = match asked.engineer {
        Some(_) => stock::lie(tx, part, asked.engineer)?,
        None => 0,
    };
    Ok(moved(asked, |place: Place| if place.is_none() { in_store } else { carried })?)
}

/// A piece the engineer carried was put in. Which part it was, the terminal's model says; whoever carries none that fits took it from
/// elsewhere, and no stock changes.
pub fn used(tx: &mut Tx<'_>, order: &WorkOrder, model: Option<&str>, kind: &str, by: &str) -> Done<()> {
    let Some(engineer) = order.engineer_id else { return Ok(()) };
    let fitting = stock::fitting(tx, &[kind.to_owned()], model, Some(engineer))?;
    let Some(part) = fitting.into_iter().find(|part| part.carried > 0) else { return Ok(()) };
    store::hold(tx, part.id)?;
    if stock::lie(tx, part.id, Some(engineer))? < 1 {
        return Ok(());
    }
    let asked = StockMove { kind: StockMoveKind::Used, quantity: 1, engineer: Some(engineer), note: "" };
    let changes = decided(tx, part.id, &asked)?;
    stock::keep(tx, part.id, &changes, &Because { kind: StockMoveKind::Used, note: "", order: Some(order.id), by })
}
