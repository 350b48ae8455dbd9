//! SQL of pieces that have a serial: one row for each, which says where it stands.

use postsale_domain::ground::EngineerId;
use postsale_domain::parts::{PartId, Piece, PieceId, Place, Stand};
use postsale_domain::refuse;
use postsale_domain::visit::WorkOrderId;

use crate::ground::db::{Done, Query, Tx, p};
use crate::sql;

/// A piece as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which one.
    pub id: PieceId,
    /// Of which part.
    pub part: PartId,
    /// Where it stands.
    pub stands: Stand,
    /// With whom, if in a bag.
    pub engineer: Option<EngineerId>,
    /// For which order it was put in.
    pub order: Option<WorkOrderId>,
    /// The engineer's name, or the order's number.
    with: String,
}

impl Kept {
    /// As the rules see it.
    pub fn seen(&self) -> Piece<'_> {
        Piece { part: self.part, stands: self.stands, engineer: self.engineer, with: &self.with }
    }
}

/// Where a piece stands from now on.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Where.
    pub stands: Stand,
    /// With whom, if in a bag.
    pub engineer: Place,
    /// For which order it was put in.
    pub order: Option<WorkOrderId>,
}

/// The piece with a serial.
pub fn by_serial(tx: &mut Tx<'_>, serial: &str) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT c.id, c.part_id, c.stands, c.engineer_id, c.work_order_id, e.name, w.number FROM part_piece c
             LEFT JOIN engineer e ON e.id = c.engineer_id LEFT JOIN work_order w ON w.id = c.work_order_id
             WHERE c.tenant_id = $1 AND c.serial_no = $2"
        ),
        &[p(&tenant), p(serial)],
        |r| {
            let (id, part, stands, engineer, order) = (r.next()?, r.next()?, r.coded()?, r.next()?, r.next()?);
            let (name, of): (Option<String>, Option<i64>) = (r.next()?, r.next()?);
            Ok(Kept { id, part, stands, engineer, order, with: name.or(of.map(|n| format!("W-{n:06}"))).unwrap_or_default() })
        },
    )?)
}

/// Most pieces of one part at one place.
const MOST: u32 = 2000;

/// The serials of a part at a place.
pub fn at(tx: &mut Tx<'_>, part: PartId, place: Place) -> Done<Vec<String>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT serial_no FROM part_piece
             WHERE tenant_id = $1 AND part_id = $2 AND engineer_id IS NOT DISTINCT FROM $3 AND stands IN ('store', 'bag')
             ORDER BY serial_no LIMIT $4"
        ),
        &[p(&tenant), p(&part), p(&place), p(&MOST)],
        |r| r.next(),
    )?)
}

/// Puts a piece where it stands from now on: a new one, or one that was seen there a moment ago. Errors: `stock.serial_moved`.
pub fn put(tx: &mut Tx<'_>, before: Option<&Kept>, part: PartId, serial: &str, to: Standing) -> Done<()> {
    let (tenant, now, stands) = (tx.tenant(), tx.now(), to.stands.as_str());
    let written = match before {
        None => {
            let id: PieceId = tx.new_id();
            tx.exec(
                sql!(
                    "INSERT INTO part_piece (id, tenant_id, part_id, serial_no, stands, engineer_id, work_order_id, since)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id, serial_no) DO NOTHING"
                ),
                &[p(&id), p(&tenant), p(&part), p(serial), p(stands), p(&to.engineer), p(&to.order), p(&now)],
            )?
        }
        Some(before) => tx.exec(
            sql!(
                "UPDATE part_piece SET part_id = $1, stands = $2, engineer_id = $3, work_order_id = $4, since = $5
                 WHERE tenant_id = $6 AND id = $7 AND stands = $8 AND engineer_id IS NOT DISTINCT FROM $9"
            ),
            &[
                p(&part),
                p(stands),
                p(&to.engineer),
                p(&to.order),
                p(&now),
                p(&tenant),
                p(&before.id),
                p(before.stands.as_str()),
                p(&before.engineer),
            ],
        )?,
    };
    if written == 0 {
        return Err(refuse!(Conflict, "stock.serial_moved", serial = serial).field("serials").into());
    }
    Ok(())
}
