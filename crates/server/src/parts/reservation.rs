//! SQL of pieces kept for visits. The part is held by whoever writes here ([`super::store::hold`]), so counts stay what they are.

use jiff::Timestamp;
use postsale_domain::ground::EngineerId;
use postsale_domain::parts::{PartId, ReservationEnd, ReservationId};
use postsale_domain::visit::WorkOrderId;
use serde_json::json;

use crate::ground::db::{Done, Query, Tx, p};
use crate::sql;

/// Keeps a piece of a part for an order.
pub fn keep(tx: &mut Tx<'_>, part: PartId, order: WorkOrderId) -> Done<()> {
    let (id, tenant, now): (ReservationId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    tx.exec(
        sql!("INSERT INTO part_reservation (id, tenant_id, part_id, work_order_id, made_at) VALUES ($1, $2, $3, $4, $5)"),
        &[p(&id), p(&tenant), p(&part), p(&order), p(&now)],
    )?;
    tx.audit("stock.reserve", part, None, Some(&json!({ "order": order })));
    Ok(())
}

/// A live reservation.
#[derive(Debug, Clone)]
pub struct Live {
    /// Which one.
    pub id: ReservationId,
    /// Of which part.
    pub part: PartId,
    /// What kind of part that is, by code.
    pub kind: String,
}

/// What is kept for an order.
pub fn of_order(tx: &mut Tx<'_>, order: WorkOrderId) -> Done<Vec<Live>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT r.id, r.part_id, part.kind FROM part_reservation r JOIN part ON part.id = r.part_id
             WHERE r.tenant_id = $1 AND r.work_order_id = $2 AND r.ended_at IS NULL ORDER BY r.made_at, r.id"
        ),
        &[p(&tenant), p(&order)],
        |r| Ok(Live { id: r.next()?, part: r.next()?, kind: r.next()? }),
    )?)
}

/// Ends one; whoever asks has seen it live in this transaction.
pub fn end(tx: &mut Tx<'_>, id: ReservationId, part: PartId, how: ReservationEnd) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let ended = tx.exec(
        sql!("UPDATE part_reservation SET ended_at = $1, ended_by = $2 WHERE tenant_id = $3 AND id = $4 AND ended_at IS NULL"),
        &[p(&now), p(how.as_str()), p(&tenant), p(&id)],
    )?;
    if ended == 1 {
        tx.audit("stock.unreserve", part, None, Some(&json!({ "reservation": id, "how": how })));
    }
    Ok(())
}

/// A piece of a part that waits for an order.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Which one.
    pub id: ReservationId,
    /// For which order.
    pub order: WorkOrderId,
    /// Its number.
    pub number: i64,
    /// Who has it.
    pub engineer: Option<EngineerId>,
    /// Their name.
    pub engineer_name: Option<String>,
    /// Since when it waits.
    pub since: Timestamp,
}

/// Most pieces of one part that are looked at; far more than a warehouse keeps for visits of one kind.
const MOST: u32 = 500;

/// The pieces of a part that wait for orders, the oldest first; 500 at most.
pub fn of_part(tx: &mut Tx<'_>, part: PartId) -> Done<Vec<Waiting>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT r.id, w.id, w.number, w.engineer_id, e.name, r.made_at FROM part_reservation r
             JOIN work_order w ON w.id = r.work_order_id LEFT JOIN engineer e ON e.id = w.engineer_id
             WHERE r.tenant_id = $1 AND r.part_id = $2 AND r.ended_at IS NULL ORDER BY r.made_at, r.id LIMIT $3"
        ),
        &[p(&tenant), p(&part), p(&MOST)],
        |r| {
            let (id, order, number, engineer) = (r.next()?, r.next()?, r.next()?, r.next()?);
            Ok(Waiting { id, order, number, engineer, engineer_name: r.next()?, since: r.next()? })
        },
    )?)
}

/// How many pieces of a part wait for orders.
pub fn count(tx: &mut Tx<'_>, part: PartId) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(
        sql!("SELECT COUNT(*) FROM part_reservation WHERE tenant_id = $1 AND part_id = $2 AND ended_at IS NULL"),
        &[p(&tenant), p(&part)],
    )?)
}
