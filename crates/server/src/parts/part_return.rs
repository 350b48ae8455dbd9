//! SQL of what comes back from shops.

use postsale_domain::ground::EngineerId;
use postsale_domain::parts::{PartId, PartReturnId, PartReturnStepId, ReturnFinding, ReturnState, Returning, return_tag};
use postsale_domain::refuse;
use postsale_domain::visit::WorkOrderId;
use serde_json::json;

use crate::ground::db::{DbError, Done, Query, Row, Tx, p};
use crate::sql;

/// Something that was taken out.
#[derive(Debug, Clone, Copy)]
pub struct TakenOut<'a> {
    /// For which order.
    pub order: WorkOrderId,
    /// Its place on the tag: which line of the visit, from 1; 0 for a unit that was removed.
    pub place: usize,
    /// What kind of part, by code.
    pub kind: &'a str,
    /// The model it came out of, or is.
    pub model: Option<&'a str>,
    /// Its serial.
    pub serial: Option<&'a str>,
    /// What was found at the shop.
    pub fault: Option<&'a str>,
    /// Who carries it.
    pub engineer: EngineerId,
    /// Who says so.
    pub by: &'a str,
}

/// Keeps that an engineer carries it. What comes back already is not kept twice.
pub fn add(tx: &mut Tx<'_>, out: &TakenOut<'_>) -> Done<()> {
    let (id, tenant, now): (PartReturnId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let place = i64::try_from(out.place).unwrap_or(i64::MAX);
    let made = tx.exec(
        sql!(
            "INSERT INTO part_return (id, tenant_id, work_order_id, place, kind, model, serial_no, fault_code, engineer_id, state, made_at,
               changed_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'carried', $10, $10, 1) ON CONFLICT DO NOTHING"
        ),
        &[
            p(&id),
            p(&tenant),
            p(&out.order),
            p(&place),
            p(out.kind),
            p(&out.model.map(str::to_owned)),
            p(&out.serial.map(str::to_owned)),
            p(&out.fault.map(str::to_owned)),
            p(&out.engineer),
            p(&now),
        ],
    )?;
    if made == 1 {
        tx.audit("part.return", id, None, Some(&json!({ "order": out.order, "kind": out.kind, "serial": out.serial })));
    }
    Ok(())
}

/// Something that comes back, as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which one.
    pub id: PartReturnId,
    /// Where it is, and what the last test said.
    pub at: Returning,
    /// What kind of part, by code.
    pub kind: String,
    /// The model it came out of, or is.
    pub model: Option<String>,
    /// Its serial.
    pub serial: Option<String>,
    /// The number of the order it was taken out for.
    pub order: i64,
    /// Its place on the tag.
    pub place: i64,
    version: i64,
}

impl Kept {
    /// What is written on its tag: `W-000123-1`.
    pub fn tag(&self) -> String {
        return_tag(self.order, self.place)
    }
}

macro_rules! kept {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT r.id, r.state, r.finding, r.kind, r.model, r.serial_no, w.number, r.place, r.version
             FROM part_return r JOIN work_order w ON w.id = r.work_order_id WHERE r.tenant_id = $1 AND ",
            $rest
        ))
    };
}

fn read(r: &mut Row) -> Result<Kept, DbError> {
    Ok(Kept {
        id: r.next()?,
        at: Returning { state: r.coded::<ReturnState>()?, finding: r.coded_opt::<ReturnFinding>()? },
        kind: r.next()?,
        model: r.next()?,
        serial: r.next()?,
        order: r.next()?,
        place: r.next()?,
        version: r.next()?,
    })
}

/// One of them.
pub fn one(tx: &mut Tx<'_>, id: PartReturnId) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.one(kept!("r.id = $2"), &[p(&tenant), p(&id)], read)?)
}

/// The one with a serial that is still on its way.
pub fn live(tx: &mut Tx<'_>, serial: &str) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.one(kept!("r.serial_no = $2 AND r.ended_at IS NULL"), &[p(&tenant), p(serial)], read)?)
}

/// What a step leaves.
#[derive(Debug, Clone, Copy)]
pub struct Stepped<'a> {
    /// The step's word.
    pub step: &'a str,
    /// Where it is now.
    pub at: Returning,
    /// The vendor's number, from now on.
    pub vendor_ref: Option<&'a str>,
    /// What the vendor pays.
    pub credit_fen: Option<i64>,
    /// As a piece of which part it lies on the shelf.
    pub part: Option<PartId>,
    /// Its serial, if it was read only now.
    pub serial: Option<&'a str>,
    /// What the step is about, in a word: a finding, the vendor's number, fen, a part's number.
    pub said: &'a str,
    /// A note.
    pub note: &'a str,
    /// Who.
    pub by: &'a str,
}

/// Keeps a step. Errors: `return.changed`.
pub fn step(tx: &mut Tx<'_>, before: &Kept, done: &Stepped<'_>) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let ended = done.at.state.is_over().then_some(now);
    let written = tx.exec(
        sql!(
            "UPDATE part_return SET state = $1, finding = $2, vendor_ref = COALESCE($3, vendor_ref), credit_fen = $4, part_id = $5,
               serial_no = COALESCE(serial_no, $6), changed_at = $7, ended_at = $8, version = version + 1
             WHERE tenant_id = $9 AND id = $10 AND version = $11"
        ),
        &[
            p(done.at.state.as_str()),
            p(&done.at.finding.map(|f| f.as_str().to_owned())),
            p(&done.vendor_ref.map(str::to_owned)),
            p(&done.credit_fen),
            p(&done.part),
            p(&done.serial.map(str::to_owned)),
            p(&now),
            p(&ended),
            p(&tenant),
            p(&before.id),
            p(&before.version),
        ],
    )?;
    if written == 0 {
        return Err(refuse!(Conflict, "return.changed").into());
    }
    let id: PartReturnStepId = tx.new_id();
    tx.exec(
        sql!(
            "INSERT INTO part_return_step (id, tenant_id, return_id, step, said, note, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &[p(&id), p(&tenant), p(&before.id), p(done.step), p(done.said), p(done.note), p(done.by), p(&now)],
    )?;
    let was = json!({ "state": before.at.state, "finding": before.at.finding });
    let is = json!({ "state": done.at.state, "finding": done.at.finding, "step": done.step, "said": done.said, "note": done.note });
    tx.audit("part.return_step", before.id, Some(&was), Some(&is));
    Ok(())
}
