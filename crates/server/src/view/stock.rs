//! Where the pieces of a part lie, and how they came there.

use jiff::Timestamp;
use postsale_domain::ground::TypedId;
use postsale_domain::parts::{PartId, PartRequestId, RequestEnd, RequestWhy, Stand, StockLineId, StockMoveKind};
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::WorkOrderId;
use serde::Serialize;
use utoipa::ToSchema;

use super::visit::EngineerName;
use crate::crew::store as crew;
use crate::ground::db::{DbError, Done, Query, Row, Tx, p};
use crate::ground::web::Keyset;
use crate::parts::stock::{FittingPart, fitting, unlisted};
use crate::parts::store::{StockedPart, with_stock};
use crate::parts::{piece, reservation};
use crate::sql;
use crate::visit::store::{WorkOrder, number};

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
    /// Of a part whose pieces have serials: those in the warehouse and in bags, and those that left one last; 500 at most.
    pieces: Vec<PieceRow>,
}

/// A piece with a serial, and where it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PieceRow {
    serial_no: String,
    stands: Stand,
    /// Who carries it.
    engineer: Option<EngineerName>,
    /// For which order it was put in: `W-000123`.
    work_order_number: Option<String>,
    /// Since when it stands there.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

fn pieces(tx: &mut Tx<'_>, part: PartId) -> Done<Vec<PieceRow>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT c.serial_no, c.stands, e.id, e.name, w.number, c.since FROM part_piece c
             LEFT JOIN engineer e ON e.id = c.engineer_id LEFT JOIN work_order w ON w.id = c.work_order_id
             WHERE c.tenant_id = $1 AND c.part_id = $2
             ORDER BY CASE WHEN c.stands IN ('store', 'bag') THEN 0 ELSE 1 END, c.serial_no LIMIT 500"
        ),
        &[p(&tenant), p(&part)],
        |r| {
            let (serial_no, stands, id, name): (_, _, Option<_>, Option<String>) = (r.next()?, r.coded()?, r.next()?, r.next()?);
            let engineer = id.zip(name).map(|(id, name)| EngineerName { id, name });
            Ok(PieceRow { serial_no, stands, engineer, work_order_number: r.next::<Option<i64>>()?.map(number), since: r.next()? })
        },
    )?)
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
    let pieces = if part.part.said.serialised { pieces(tx, id)? } else { Vec::new() };
    Ok(StockPage { part, carriers, waiting, engineers, pieces })
}

/// Where pieces come from or go to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StockPlace {
    kind: StockPlaceKind,
    /// The engineer's name or the order's number; empty for the warehouse.
    name: String,
}

/// What sort of place.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StockPlaceKind {
    /// The warehouse.
    Store,
    /// An engineer's bag.
    Bag,
    /// The shop of an order.
    Order,
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
    /// Which piece, of a part whose pieces have serials.
    serial_no: Option<String>,
    /// Where the pieces came from; null is outside.
    from: Option<StockPlace>,
    /// Where they went; null is outside.
    to: Option<StockPlace>,
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
            "SELECT s.id, s.kind, s.engineer_id, e.name, s.quantity, s.note, s.work_order_id, w.number, s.serial_no, o.id, f.name, s.by_name, s.at
             FROM stock_line s LEFT JOIN engineer e ON e.id = s.engineer_id LEFT JOIN work_order w ON w.id = s.work_order_id
             LEFT JOIN stock_line o ON o.tenant_id = s.tenant_id AND o.move_id = s.move_id AND o.id <> s.id
             LEFT JOIN engineer f ON f.id = o.engineer_id
             WHERE s.tenant_id = $1 AND s.part_id = $2 AND (s.at, s.id) < ($3, $4) ORDER BY s.at DESC, s.id DESC LIMIT $5"
        ),
        &[p(&tenant), p(&part), p(&after.at), p(&id), p(&limit)],
        |r| {
            let (id, kind, engineer, name): (_, _, Option<_>, Option<String>) = (r.next()?, r.coded()?, r.next()?, r.next()?);
            let engineer = engineer.zip(name).map(|(id, name)| EngineerName { id, name });
            let (quantity, note, work_order_id): (i64, _, _) = (r.next()?, r.next()?, r.next()?);
            let work_order_number = r.next::<Option<i64>>()?.map(number);
            let (serial_no, other, with): (_, Option<StockLineId>, Option<String>) = (r.next()?, r.next()?, r.next()?);
            let place = |name: Option<String>| match name {
                Some(name) => StockPlace { kind: StockPlaceKind::Bag, name },
                None => StockPlace { kind: StockPlaceKind::Store, name: String::new() },
            };
            // The other end: the other line of the movement, or the order's shop.
            let there = match other {
                Some(_) => Some(place(with)),
                None => work_order_number.clone().map(|name| StockPlace { kind: StockPlaceKind::Order, name }),
            };
            let here = Some(place(engineer.as_ref().map(|e| e.name.clone())));
            let (from, to) = if quantity < 0 { (here, there) } else { (there, here) };
            let (by, at) = (r.next()?, r.next()?);
            Ok(StockLine { id, kind, engineer, quantity, note, serial_no, from, to, work_order_id, work_order_number, by, at })
        },
    )?)
}

/// Somebody waits for a piece, or waited.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartRequestRow {
    /// Which waiting.
    pub id: PartRequestId,
    why: RequestWhy,
    /// What kind of part, by code.
    kind: String,
    /// How many.
    quantity: u32,
    /// The model it has to fit, if that is known.
    model: Option<String>,
    /// A part that fits; null where the catalogue has none.
    part_id: Option<PartId>,
    part_number: Option<String>,
    part_name: Option<String>,
    work_order_id: WorkOrderId,
    /// `W-000123`.
    work_order_number: String,
    ticket_id: TicketId,
    /// Who has the order.
    engineer: Option<EngineerName>,
    /// Who said so.
    by: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When that ended; null while somebody waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    ended_how: Option<RequestEnd>,
    ended_note: Option<String>,
    ended_by: Option<String>,
}

macro_rules! requests {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT q.id, q.why, q.kind, q.model, c.id, c.number, c.name, w.id, w.number, w.ticket_id, e.id, e.name, q.by_name, q.made_at,
               q.ended_at, q.ended_how, q.ended_note, q.ended_by
             FROM part_request q JOIN work_order w ON w.id = q.work_order_id LEFT JOIN part c ON c.id = q.part_id
             LEFT JOIN engineer e ON e.id = w.engineer_id WHERE q.tenant_id = $1 AND ",
            $rest
        ))
    };
}

fn read_request(r: &mut Row) -> Result<PartRequestRow, DbError> {
    let (id, why, kind, model) = (r.next()?, r.coded()?, r.next()?, r.next()?);
    let (part_id, part_number, part_name) = (r.next()?, r.next()?, r.next()?);
    let (work_order_id, work_order_number, ticket_id) = (r.next()?, number(r.next()?), r.next()?);
    let (engineer, name): (Option<_>, Option<String>) = (r.next()?, r.next()?);
    let engineer = engineer.zip(name).map(|(id, name)| EngineerName { id, name });
    let (by, since, ended_at) = (r.next()?, r.next()?, r.next()?);
    let (ended_how, ended_note, ended_by) = (r.coded_opt()?, r.next()?, r.next()?);
    Ok(PartRequestRow {
        id,
        why,
        kind,
        quantity: 1,
        model,
        part_id,
        part_number,
        part_name,
        work_order_id,
        work_order_number,
        ticket_id,
        engineer,
        by,
        since,
        ended_at,
        ended_how,
        ended_note,
        ended_by,
    })
}

/// Who waits, whoever has waited longest first, after a place of the list.
pub fn waiting(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<PartRequestRow>> {
    let (tenant, id) = (tx.tenant(), PartRequestId::from_uuid(after.id));
    Ok(tx.query(
        requests!("q.ended_at IS NULL AND (q.made_at, q.id) > ($2, $3) ORDER BY q.made_at, q.id LIMIT $4"),
        &[p(&tenant), p(&after.at), p(&id), p(&limit)],
        read_request,
    )?)
}

/// Who waits no more, the newest end first, after a place of the list.
pub fn waited(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<PartRequestRow>> {
    let (tenant, id) = (tx.tenant(), PartRequestId::from_uuid(after.id));
    Ok(tx.query(
        requests!("q.ended_at IS NOT NULL AND (q.ended_at, q.id) < ($2, $3) ORDER BY q.ended_at DESC, q.id DESC LIMIT $4"),
        &[p(&tenant), p(&after.at), p(&id), p(&limit)],
        read_request,
    )?)
}

/// One of them. Errors: `not_found`.
pub fn request(tx: &mut Tx<'_>, id: PartRequestId) -> Done<PartRequestRow> {
    let tenant = tx.tenant();
    let found = tx.one(requests!("q.id = $2"), &[p(&tenant), p(&id)], read_request)?;
    Ok(found.ok_or_else(|| refuse!(NotFound, "not_found"))?)
}

/// What an order waits for.
pub fn of_order(tx: &mut Tx<'_>, order: WorkOrderId) -> Done<Vec<PartRequestRow>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        requests!("q.work_order_id = $2 AND q.ended_at IS NULL ORDER BY q.made_at, q.id"),
        &[p(&tenant), p(&order)],
        read_request,
    )?)
}

/// What an order needs that has to be brought or got.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Bring {
    /// Parts of the catalogue that are what is to be brought, and where they lie; none for an order that is over.
    bring: Vec<FittingPart>,
    /// Kinds to be brought of which the catalogue has no part that fits; none for an order that is over, and where no catalogue is kept.
    unlisted: Vec<String>,
    /// What somebody waits for.
    waiting_parts: Vec<PartRequestRow>,
}

/// What an order needs, for a model.
pub fn bring(tx: &mut Tx<'_>, w: &WorkOrder, model: Option<&str>) -> Done<Bring> {
    if w.closed_at.is_some() {
        return Ok(Bring::default());
    }
    let mut bring = fitting(tx, &w.parts, model, w.engineer_id)?;
    for part in bring.iter_mut().filter(|part| part.serialised && part.carried > 0) {
        part.serials = piece::at(tx, part.id, w.engineer_id)?;
    }
    Ok(Bring { unlisted: unlisted(tx, &w.parts, &bring)?, bring, waiting_parts: of_order(tx, w.id)? })
}
