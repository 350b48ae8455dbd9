//! Where the pieces of a part lie, and how they came there.

use jiff::Timestamp;
use postsale_domain::ground::TypedId;
use postsale_domain::parts::{PartId, StockLineId, StockMoveKind};
use postsale_domain::refuse;
use postsale_domain::visit::WorkOrderId;
use serde::Serialize;
use utoipa::ToSchema;

use super::visit::EngineerName;
use crate::crew::store as crew;
use crate::ground::db::{Done, Query, Tx, p};
use crate::ground::web::Keyset;
use crate::parts::reservation;
use crate::parts::store::{StockedPart, with_stock};
use crate::sql;
use crate::visit::store::number;

/// Pieces somebody carries.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Carrier {
    engineer: EngineerName,
    pieces: i64,
}

/// A visit a piece waits for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaitingOrder {
    work_order_id: WorkOrderId,
    /// `W-000123`.
    work_order_number: String,
    /// Who has the order.
    engineer: Option<EngineerName>,
    /// Since when it waits.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// A part, and where its pieces lie.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StockPage {
    part: StockedPart,
    /// Who carries some, most first; 200 at most.
    carriers: Vec<Carrier>,
    /// Visits some wait for, the oldest first; 500 at most.
    waiting: Vec<WaitingOrder>,
    /// Who can be handed some.
    engineers: Vec<EngineerName>,
}

/// The page of a part. Errors: `not_found`.
pub fn page(tx: &mut Tx<'_>, id: PartId) -> Done<StockPage> {
    let part = with_stock(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let tenant = tx.tenant();
    let carriers = tx.query(
        sql!(
            "SELECT e.id, e.name, CAST(SUM(s.quantity) AS BIGINT) AS pieces FROM stock_line s JOIN engineer e ON e.id = s.engineer_id
             WHERE s.tenant_id = $1 AND s.part_id = $2
             GROUP BY e.id, e.name HAVING SUM(s.quantity) <> 0 ORDER BY pieces DESC, e.name, e.id LIMIT 200"
        ),
        &[p(&tenant), p(&id)],
        |r| Ok(Carrier { engineer: EngineerName { id: r.next()?, name: r.next()? }, pieces: r.next()? }),
    )?;
    let waiting = reservation::of_part(tx, id)?.into_iter().map(|one| WaitingOrder {
        work_order_id: one.order,
        work_order_number: number(one.number),
        engineer: one.engineer.zip(one.engineer_name).map(|(id, name)| EngineerName { id, name }),
        since: one.since,
    });
    let waiting = waiting.collect();
    let engineers = crew::engineers(tx)?.into_iter().map(|e| EngineerName { id: e.id, name: e.name }).collect();
    Ok(StockPage { part, carriers, waiting, engineers })
}

/// A line of a movement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StockLine {
    /// Which one.
    pub id: StockLineId,
    kind: StockMoveKind,
    /// Where; null is the warehouse.
    engineer: Option<EngineerName>,
    /// More or fewer.
    quantity: i64,
    note: String,
    work_order_id: Option<WorkOrderId>,
    /// `W-000123`.
    work_order_number: Option<String>,
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Movements of a part, newest first, after a place of the list.
pub fn lines(tx: &mut Tx<'_>, part: PartId, after: Keyset, limit: u32) -> Done<Vec<StockLine>> {
    let (tenant, id) = (tx.tenant(), StockLineId::from_uuid(after.id));
    Ok(tx.query(
        sql!(
            "SELECT s.id, s.kind, s.engineer_id, e.name, s.quantity, s.note, s.work_order_id, w.number, s.by_name, s.at
             FROM stock_line s LEFT JOIN engineer e ON e.id = s.engineer_id LEFT JOIN work_order w ON w.id = s.work_order_id
             WHERE s.tenant_id = $1 AND s.part_id = $2 AND (s.at, s.id) < ($3, $4) ORDER BY s.at DESC, s.id DESC LIMIT $5"
        ),
        &[p(&tenant), p(&part), p(&after.at), p(&id), p(&limit)],
        |r| {
            let (id, kind, engineer, name): (_, _, Option<_>, Option<String>) = (r.next()?, r.coded()?, r.next()?, r.next()?);
            let engineer = engineer.zip(name).map(|(id, name)| EngineerName { id, name });
            let (quantity, note, work_order_id) = (r.next()?, r.next()?, r.next()?);
            let work_order_number = r.next::<Option<i64>>()?.map(number);
            Ok(StockLine { id, kind, engineer, quantity, note, work_order_id, work_order_number, by: r.next()?, at: r.next()? })
        },
    )?)
}
