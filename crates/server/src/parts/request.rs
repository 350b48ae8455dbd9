//! SQL of pieces that somebody waits for.

use jiff::Timestamp;
use postsale_domain::ground::EngineerId;
use postsale_domain::parts::{PartId, PartRequestId, RequestEnd, RequestWhy};
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::WorkOrderId;
use serde_json::json;

use crate::ground::db::{Done, Query, Tx, p};
use crate::sql;

/// Somebody waits for a piece.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'a> {
    /// For which order.
    pub order: WorkOrderId,
    /// What kind of part, by code.
    pub kind: &'a str,
    /// The model it has to fit.
    pub model: Option<&'a str>,
    /// A part that would fit.
    pub part: Option<PartId>,
    /// Why.
    pub why: RequestWhy,
    /// Who says so.
    pub by: &'a str,
}

/// Keeps that somebody waits.
pub fn add(tx: &mut Tx<'_>, waiting: &Waiting<'_>) -> Done<PartRequestId> {
    let (id, tenant, now): (PartRequestId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO part_request (id, tenant_id, work_order_id, kind, model, part_id, why, by_name, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &[
            p(&id),
            p(&tenant),
            p(&waiting.order),
            p(waiting.kind),
            p(&waiting.model.map(str::to_owned)),
            p(&waiting.part),
            p(waiting.why.as_str()),
            p(waiting.by),
            p(&now),
        ],
    )?;
    tx.audit("stock.request", id, None, Some(&json!({ "order": waiting.order, "kind": waiting.kind, "why": waiting.why })));
    Ok(id)
}

/// Somebody who waits now.
#[derive(Debug, Clone)]
pub struct Live {
    /// Which waiting.
    pub id: PartRequestId,
    /// For which order.
    pub order: WorkOrderId,
    /// Its number.
    pub number: i64,
    /// Its ticket.
    pub ticket: TicketId,
    /// What kind of part, by code.
    pub kind: String,
    /// The model it has to fit.
    pub model: Option<String>,
    /// Why.
    pub why: RequestWhy,
    /// Since when.
    pub since: Timestamp,
    /// Who has the order.
    pub engineer: Option<EngineerId>,
}

macro_rules! live {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT q.id, w.id, w.number, w.ticket_id, q.kind, q.model, q.why, q.made_at, w.engineer_id FROM part_request q
             JOIN work_order w ON w.id = q.work_order_id WHERE q.tenant_id = $1 AND q.ended_at IS NULL AND ",
            $rest
        ))
    };
}

fn read(r: &mut crate::ground::db::Row) -> Result<Live, crate::ground::db::DbError> {
    Ok(Live {
        id: r.next()?,
        order: r.next()?,
        number: r.next()?,
        ticket: r.next()?,
        kind: r.next()?,
        model: r.next()?,
        why: r.coded()?,
        since: r.next()?,
        engineer: r.next()?,
    })
}

/// Most who wait for one kind that are looked at.
const MOST: u32 = 500;

/// Who waits for pieces of a kind, the oldest first.
pub fn of_kind(tx: &mut Tx<'_>, kind: &str) -> Done<Vec<Live>> {
    let tenant = tx.tenant();
    Ok(tx.query(live!("q.kind = $2 ORDER BY q.made_at, q.id LIMIT $3"), &[p(&tenant), p(kind), p(&MOST)], read)?)
}

/// What an order waits for, the oldest first.
pub fn of_order(tx: &mut Tx<'_>, order: WorkOrderId) -> Done<Vec<Live>> {
    let tenant = tx.tenant();
    Ok(tx.query(live!("q.work_order_id = $2 ORDER BY q.made_at, q.id"), &[p(&tenant), p(&order)], read)?)
}

/// What an engineer's open orders wait for, of a kind, the oldest first.
pub fn of_engineer(tx: &mut Tx<'_>, engineer: EngineerId, kind: &str) -> Done<Vec<Live>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        live!("q.kind = $2 AND w.engineer_id = $3 ORDER BY q.made_at, q.id LIMIT $4"),
        &[p(&tenant), p(kind), p(&engineer), p(&MOST)],
        read,
    )?)
}

/// One, with whether it still waits.
pub fn one(tx: &mut Tx<'_>, id: PartRequestId) -> Done<Option<(Live, bool)>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT q.id, w.id, w.number, w.ticket_id, q.kind, q.model, q.why, q.made_at, w.engineer_id, q.ended_at FROM part_request q
             JOIN work_order w ON w.id = q.work_order_id WHERE q.tenant_id = $1 AND q.id = $2"
        ),
        &[p(&tenant), p(&id)],
        |r| Ok((read(r)?, r.next::<Option<Timestamp>>()?.is_none())),
    )?)
}

/// Ends one that is live. `false`: somebody was quicker.
pub fn end(tx: &mut Tx<'_>, id: PartRequestId, how: RequestEnd, note: &str, by: &str) -> Done<bool> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let ended = tx.exec(
        sql!(
            "UPDATE part_request SET ended_at = $1, ended_how = $2, ended_note = $3, ended_by = $4
             WHERE tenant_id = $5 AND id = $6 AND ended_at IS NULL"
        ),
        &[p(&now), p(how.as_str()), p(note), p(by), p(&tenant), p(&id)],
    )?;
    if ended == 1 {
        tx.audit("stock.request_end", id, None, Some(&json!({ "how": how, "note": note })));
    }
    Ok(ended == 1)
}
