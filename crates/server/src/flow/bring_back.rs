//! What was taken out at shops comes back to the warehouse, and is used again, sent to its vendor or thrown away.

use postsale_domain::ground::mask_cards;
use postsale_domain::parts::{
    Exchanged, PartId, PartReturnId, ReturnFinding, ReturnState, ReturnStep, Returning, Said, StockMoveKind, brought_back, piece_serial,
    returned, step_note,
};
use postsale_domain::refuse;
use postsale_domain::visit::{Order, WorkOrderState, whole_unit};

use super::stock::{self, Moving};
use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::org;
use crate::parts::part_return::{self as store, Kept, Stepped, TakenOut};
use crate::parts::store as catalogue;
use crate::terminal::store as terminals;
use crate::ticket::store::Ticket;
use crate::visit::store::WorkOrder;

/// A visit is over: what its engineer took out and carries now is tagged.
pub fn tag(tx: &mut Tx<'_>, w: &WorkOrder, order: &Order, ticket: &Ticket, by: &str) -> Done<()> {
    let (Some(site), Some(engineer)) = (order.state.site(), w.engineer_id) else { return Ok(()) };
    if site.parts.is_empty() {
        return Ok(());
    }
    // Until a swap is done, the old unit is still the one that is bound to the shop.
    let done = w.state == WorkOrderState::Done;
    let force = in_force(tx)?;
    let lines: Vec<Exchanged<'_>> = site
        .parts
        .iter()
        .filter(|used| done || !whole_unit(&used.part))
        .map(|used| Exchanged {
            kind: &used.part,
            class: force.facts().part(&used.part).map_or("", |part| &part.class),
            old: used.old_serial.as_deref(),
            new: used.new_serial.as_deref(),
        })
        .collect();
    let goes = brought_back(&lines);
    if goes.is_empty() {
        return Ok(());
    }
    let here = match ticket.terminal_id {
        Some(id) => terminals::terminal(tx, id)?.map(|unit| unit.model),
        None => None,
    };
    for n in goes {
        let Some(line) = lines.get(n) else { continue };
        let own = match line.old.filter(|_| whole_unit(line.kind)) {
            Some(serial) => terminals::by_serial(tx, serial)?.map(|unit| unit.model),
            None => None,
        };
        let fault = site.diagnosis.as_deref().or(w.fault_code.as_deref());
        let model = own.as_deref().or(here.as_deref());
        store::add(tx, &TakenOut { order: w.id, place: n + 1, kind: line.kind, model, serial: line.old, fault, engineer, by })?;
    }
    Ok(())
}

/// A unit was taken away for good: whoever did carries it.
pub fn removed(tx: &mut Tx<'_>, w: &WorkOrder, serial: &str, model: &str, by: &str) -> Done<()> {
    let Some(engineer) = w.engineer_id else { return Ok(()) };
    let out = TakenOut { order: w.id, place: 0, kind: "new_unit", model: Some(model), serial: Some(serial), fault: None, engineer, by };
    store::add(tx, &out)
}

/// Something with this serial stands at a shop again: nobody waits for it.
pub fn put_in(tx: &mut Tx<'_>, serial: &str, by: &str) -> Done<()> {
    let Some(kept) = store::live(tx, serial)? else { return Ok(()) };
    let at = Returning { state: ReturnState::PutIn, finding: kept.at.finding };
    store::step(
        tx,
        &kept,
        &Stepped { step: "put_in", at, vendor_ref: None, credit_fen: None, part: None, serial: None, said: "", note: "", by },
    )
}

/// What somebody at the warehouse does with it.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    /// What.
    pub step: ReturnStep,
    /// What is said of it.
    pub said: Said<'a>,
    /// Its serial, to put it on the shelf, if the part's pieces have one and it was not read at the shop.
    pub serial: Option<&'a str>,
}

/// A step on its way. Errors: `not_found`, `return.changed`, those of [`returned`] and [`step_note`]; to put it on the shelf also those of
/// receiving a piece.
pub fn go(tx: &mut Tx<'_>, id: PartReturnId, asked: &Step<'_>) -> Done<()> {
    let by = org::store::shown_name(tx)?;
    go_as(tx, id, asked, &by)
}

/// The same, under the name of whoever does it.
pub fn go_as(tx: &mut Tx<'_>, id: PartReturnId, asked: &Step<'_>, by: &str) -> Done<()> {
    let kept = store::one(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let (step, said) = (asked.step, &asked.said);
    let at = returned(kept.at, step, said)?;
    let note = step_note(step, &mask_cards(said.note.trim()).text)?;
    let number = said.vendor_ref.map(|number| mask_cards(number.trim()).text).unwrap_or_default();
    let done = Stepped { step: step.as_str(), at, vendor_ref: None, credit_fen: None, part: None, serial: None, said: "", note: &note, by };
    match (step, said.part, said.credit_fen) {
        (ReturnStep::Find | ReturnStep::TakeBack, ..) => {
            store::step(tx, &kept, &Stepped { said: at.finding.map_or("", ReturnFinding::as_str), ..done })
        }
        (ReturnStep::Send, ..) => store::step(tx, &kept, &Stepped { vendor_ref: Some(&number), said: &number, ..done }),
        (ReturnStep::Credit, _, Some(fen)) => store::step(tx, &kept, &Stepped { credit_fen: Some(fen), said: &fen.to_string(), ..done }),
        (ReturnStep::Stock, Some(part), _) => shelve(tx, &kept, asked.serial, part, &done),
        _ => store::step(tx, &kept, &done),
    }
}

/// It is a piece like any other from now on.
fn shelve(tx: &mut Tx<'_>, kept: &Kept, read: Option<&str>, id: PartId, done: &Stepped<'_>) -> Done<()> {
    let part = catalogue::part(tx, id)?.ok_or_else(|| refuse!(Invalid, "return.part_unknown").field("part_id"))?;
    if part.said.kind != kept.kind && !(whole_unit(&part.said.kind) && whole_unit(&kept.kind)) {
        return Err(refuse!(Invalid, "return.other_kind", number = part.said.number).field("part_id").into());
    }
    let read = match (&kept.serial, read) {
        (None, Some(text)) if part.said.serialised => Some(piece_serial(text).map_err(|refusal| refusal.field("serial"))?),
        _ => None,
    };
    let serial = kept.serial.clone().or_else(|| read.clone()).filter(|_| part.said.serialised);
    if part.said.serialised && serial.is_none() {
        return Err(refuse!(Invalid, "return.serial_missing").field("serial").into());
    }
    store::step(tx, kept, &Stepped { part: Some(id), serial: read.as_deref(), said: &part.said.number, ..*done })?;
    let note = kept.tag();
    let moving = Moving { kind: StockMoveKind::Received, quantity: 1, engineer: None, note, serials: serial.into_iter().collect() };
    stock::go(tx, id, &moving).map(drop)
}
