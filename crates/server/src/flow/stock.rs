//! Pieces on their way: between the warehouse and engineers, as the storekeeper says, and into terminals, as visits say.

use postsale_domain::ground::{EngineerId, mask_cards};
use postsale_domain::parts::{
    InReach, PartId, Place, PutIn, Shelf, Stand, StockChange, StockMove, StockMoveKind, fills_the_shelf, moved, moved_pieces, piece_serial,
    piece_serials, put_in,
};
use postsale_domain::refuse;
use postsale_domain::visit::whole_unit;

use super::{bring_back, reserve};
use crate::crew::store as crew;
use crate::ground::db::{Done, Tx};
use crate::org;
use crate::parts::part_return;
use crate::parts::piece::{self, Kept, Standing};
use crate::parts::stock::{self, Because, PuttingIn};
use crate::parts::store::{self, CataloguePart};
use crate::terminal::store as terminals;
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
    /// Of a part whose pieces have serials: which ones; when counted, all that are there.
    pub serials: Vec<String>,
}

/// Moves pieces. Errors: `not_found`, `stock.by_visit`, `dispatch.engineer_unknown`, `stock.reserved`, `stock.serials_odd`, those of
/// [`moved`] and [`moved_pieces`], and of a whole unit `stock.unit_unregistered`, `stock.unit_model`, `stock.serial_bound`.
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
    let part = store::part(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let serials = piece_serials(&moving.serials)?;
    if !part.said.serialised && !serials.is_empty() {
        return Err(refuse!(Invalid, "stock.serials_odd").field("serials").into());
    }
    let note = mask_cards(moving.note.trim()).text;
    let asked = StockMove { kind: moving.kind, quantity: moving.quantity, engineer: moving.engineer, note: &note };
    let changes = decided(tx, id, &asked)?;
    if let (StockMoveKind::HandedOut, Some(engineer)) = (moving.kind, moving.engineer) {
        let left = stock::lie(tx, id, None)? - moving.quantity;
        reserve::hand_out(tx, &part, engineer, moving.quantity, left)?;
    }
    let by = org::store::shown_name(tx)?;
    let because = Because { kind: moving.kind, note: &note, order: None, by: &by, serial: None };
    if part.said.serialised {
        named(tx, &part, &asked, &serials, &because)?;
    } else {
        stock::keep(tx, id, &changes, &because)?;
    }
    if fills_the_shelf(moving.kind, &changes) {
        reserve::cover(tx, id)?;
    }
    page(tx, id)
}

/// Moves pieces one by one, each from where it stands.
fn named(tx: &mut Tx<'_>, part: &CataloguePart, asked: &StockMove<'_>, serials: &[String], because: &Because<'_>) -> Done<()> {
    let place = if matches!(asked.kind, StockMoveKind::HandedOut | StockMoveKind::Received) { None } else { asked.engineer };
    let here = piece::at(tx, part.id, place)?;
    let unnamed = stock::lie(tx, part.id, place)? - i64::try_from(here.len()).unwrap_or(i64::MAX);
    let mut known: Vec<(String, Kept)> = Vec::new();
    for serial in serials.iter().chain(&here) {
        if let Some(kept) = piece::by_serial(tx, serial)? {
            known.push((serial.clone(), kept));
        }
    }
    let kept = |serial: &str| known.iter().find(|(of, _)| of == serial).map(|(_, kept)| kept);
    let shelf = Shelf { serials: &here, unnamed };
    let (moves, rest) = moved_pieces(part.id, asked, serials, shelf, |serial| kept(serial).map(Kept::seen))?;
    for one in &moves {
        let before = kept(&one.serial);
        if before.is_none_or(|kept| kept.stands == Stand::Out) && one.stands != Stand::Out {
            may_enter(tx, part, &one.serial)?;
        }
        piece::put(tx, before, part.id, &one.serial, Standing { stands: one.stands, engineer: one.engineer, order: None })?;
        stock::keep(tx, part.id, &one.changes, &Because { serial: Some(&one.serial), ..*because })?;
    }
    if rest.is_empty() { Ok(()) } else { stock::keep(tx, part.id, &rest, because) }
}

/// Whether a serial may come into the books: it is not on its way back from a shop, and a whole unit is on record as a terminal of a model the part is, and stands at no merchant's.
fn may_enter(tx: &mut Tx<'_>, part: &CataloguePart, serial: &str) -> Done<()> {
    if let Some(kept) = part_return::live(tx, serial)? {
        return Err(refuse!(Conflict, "stock.serial_in_return", serial = serial, tag = kept.tag()).field("serials").into());
    }
    let unit = terminals::by_serial(tx, serial)?;
    if let Some(unit) = &unit
        && terminals::open_binding(tx, unit.id)?.is_some()
    {
        return Err(refuse!(Conflict, "stock.serial_bound", serial = serial).field("serials").into());
    }
    if !whole_unit(&part.said.kind) {
        return Ok(());
    }
    match unit {
        None => Err(refuse!(Conflict, "stock.unit_unregistered", serial = serial).field("serials").into()),
        Some(unit) if !part.said.models.is_empty() && !part.said.models.contains(&unit.model) => {
            Err(refuse!(Conflict, "stock.unit_model", serial = serial, model = unit.model).field("serials").into())
        }
        Some(_) => Ok(()),
    }
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

/// A part as the visit says it was used.
#[derive(Debug, Clone, Copy)]
pub struct Using<'a> {
    /// The model it went into.
    pub model: Option<&'a str>,
    /// What kind, by code.
    pub kind: &'a str,
    /// What was taken out.
    pub old: Option<&'a str>,
    /// What was put in.
    pub new: Option<&'a str>,
    /// The terminal the visit began with was put back: it comes from nobody's bag.
    pub back_again: bool,
    /// Who.
    pub by: &'a str,
}

/// A part was put in: it leaves the bag of the engineer, under the order. Errors: those of [`put_in`].
pub fn used(tx: &mut Tx<'_>, order: &WorkOrder, using: &Using<'_>) -> Done<()> {
    let Some(engineer) = order.engineer_id else { return Ok(()) };
    let serial = |said: Option<&str>| said.and_then(|text| piece_serial(text).ok());
    let (old, new) = (serial(using.old), serial(using.new));
    if let Some(old) = &old {
        taken_out(tx, order, engineer, old, using.by)?;
    }
    if let Some(new) = &new {
        bring_back::put_in(tx, new, using.by)?;
    }
    if using.back_again {
        return match &new {
            Some(new) => stands(tx, new, Stand::Used, Some(order)),
            None => Ok(()),
        };
    }
    // A whole unit is one, whatever it is called for.
    let kinds = if whole_unit(using.kind) { ["swap_unit", "new_unit"] } else { [using.kind, using.kind] };
    let unit = match &new {
        Some(new) if whole_unit(using.kind) => terminals::by_serial(tx, new)?.map(|unit| unit.model),
        _ => None,
    };
    let put = PuttingIn { kinds, model: unit.as_deref().or(using.model), engineer, order: order.id };
    let mut ids: Vec<PartId> = stock::within_reach(tx, &put)?.into_iter().map(|part| part.id).collect();
    ids.sort_unstable();
    for id in ids {
        store::hold(tx, id)?;
    }
    let reached = stock::within_reach(tx, &put)?;
    let piece = match &new {
        Some(new) => piece::by_serial(tx, new)?,
        None => None,
    };
    let said = PutIn { engineer, kept: stock::kind_is_kept(tx, kinds)?, serial: new.as_deref(), piece: piece.as_ref().map(Kept::seen) };
    let reach: Vec<InReach<'_>> = reached
        .iter()
        .map(|part| InReach {
            part: part.id,
            number: &part.number,
            serialised: part.serialised,
            carried: part.carried,
            to_fetch: part.to_fetch,
        })
        .collect();
    let Some((part, by_serial)) = put_in(&said, &reach)? else { return Ok(()) };
    let asked = StockMove { kind: StockMoveKind::Used, quantity: 1, engineer: Some(engineer), note: "" };
    let changes = decided(tx, part, &asked)?;
    let because = Because { kind: StockMoveKind::Used, note: "", order: Some(order.id), by: using.by, serial: new.as_deref() };
    if let (true, Some(new)) = (by_serial, &new) {
        let to = Standing { stands: Stand::Used, engineer: None, order: Some(order.id) };
        piece::put(tx, piece.as_ref(), part, new, to)?;
    }
    stock::keep(tx, part, &changes, &because)
}

/// What was taken out: a piece that was put in on this very visit is in the bag again, any other has left the shop and is brought back.
fn taken_out(tx: &mut Tx<'_>, order: &WorkOrder, engineer: EngineerId, serial: &str, by: &str) -> Done<()> {
    let Some(kept) = piece::by_serial(tx, serial)?.filter(|kept| kept.stands == Stand::Used) else { return Ok(()) };
    if kept.order != Some(order.id) {
        return piece::put(tx, Some(&kept), kept.part, serial, Standing { stands: Stand::Out, engineer: None, order: None });
    }
    store::hold(tx, kept.part)?;
    piece::put(tx, Some(&kept), kept.part, serial, Standing { stands: Stand::Bag, engineer: Some(engineer), order: None })?;
    let change = StockChange { place: Some(engineer), by: 1 };
    let because = Because { kind: StockMoveKind::Used, note: "", order: Some(order.id), by, serial: Some(serial) };
    stock::keep(tx, kept.part, &[change], &because)
}

/// A piece the books know stands elsewhere now, without a movement of stock.
fn stands(tx: &mut Tx<'_>, serial: &str, stands: Stand, order: Option<&WorkOrder>) -> Done<()> {
    match piece::by_serial(tx, serial)? {
        Some(kept) => piece::put(tx, Some(&kept), kept.part, serial, Standing { stands, engineer: None, order: order.map(|w| w.id) }),
        None => Ok(()),
    }
}

/// A terminal was bound to a merchant by the desk: what the books have of it lies nowhere any more.
pub fn unit_bound(tx: &mut Tx<'_>, serial: &str) -> Done<()> {
    let by = org::store::shown_name(tx)?;
    bring_back::put_in(tx, serial, &by)?;
    let Some(kept) = piece::by_serial(tx, serial)?.filter(|kept| kept.stands != Stand::Used) else { return Ok(()) };
    store::hold(tx, kept.part)?;
    piece::put(tx, Some(&kept), kept.part, serial, Standing { stands: Stand::Used, engineer: None, order: None })?;
    if kept.stands == Stand::Out {
        return Ok(());
    }
    let change = StockChange { place: kept.engineer, by: -1 };
    let because = Because { kind: StockMoveKind::Used, note: "", order: None, by: &by, serial: Some(serial) };
    stock::keep(tx, kept.part, &[change], &because)
}

/// A terminal stands at nobody's any more: it is brought back, and received when it is there.
pub fn unit_free(tx: &mut Tx<'_>, serial: &str) -> Done<()> {
    match piece::by_serial(tx, serial)? {
        Some(kept) if kept.stands == Stand::Used => stands(tx, serial, Stand::Out, None),
        _ => Ok(()),
    }
}
