//! SQL of offers, and of the time they give away.

use jiff::Timestamp;
use postsale_domain::dispatch::{Booked, OfferId, OfferState, Slot};
use postsale_domain::ground::{EngineerId, Text};
use postsale_domain::visit::WorkOrderId;

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, code, p};
use crate::sql;

/// An offer.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Offer {
    /// Which one.
    pub id: OfferId,
    /// Of which order.
    pub work_order_id: WorkOrderId,
    /// To whom.
    pub engineer_id: EngineerId,
    /// What became of it.
    pub state: OfferState,
    /// Why this engineer.
    pub why: Vec<Text>,
    /// Why they said no, or it was taken back.
    pub refuse_reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
}

fn read(r: &mut Row) -> Result<Offer, DbError> {
    Ok(Offer {
        id: r.next()?,
        work_order_id: r.next()?,
        engineer_id: r.next()?,
        state: r.coded()?,
        why: r.next::<Json<Vec<Text>>>()?.0,
        refuse_reason: r.next()?,
        at: r.next()?,
        answered_at: r.next()?,
    })
}

/// Keeps an offer. The index of the database refuses a second live one of the same order.
pub fn insert(tx: &mut Tx<'_>, offer: &Offer) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!("INSERT INTO offer (id, tenant_id, work_order_id, engineer_id, state, why, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
        &[p(&offer.id), p(&tenant), p(&offer.work_order_id), p(&offer.engineer_id), code(&offer.state), p(&Json(&offer.why)), p(&offer.at)],
    )?;
    tx.audit("dispatch.offer", offer.id, None, Some(offer));
    Ok(())
}

/// The offers of an order, oldest first.
pub fn of_order(tx: &mut Tx<'_>, order: WorkOrderId) -> Done<Vec<Offer>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT id, work_order_id, engineer_id, state, why, refuse_reason, at, answered_at FROM offer
             WHERE tenant_id = $1 AND work_order_id = $2 ORDER BY at, id LIMIT 100"
        ),
        &[p(&tenant), p(&order)],
        read,
    )?)
}

/// Writes what became of an offer.
pub fn answered(tx: &mut Tx<'_>, before: &Offer, state: OfferState, reason: Option<&str>) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let touched = tx.exec(
        sql!("UPDATE offer SET state = $1, refuse_reason = $2, answered_at = $3 WHERE tenant_id = $4 AND id = $5 AND state = $6"),
        &[code(&state), p(&reason.map(str::to_owned)), p(&now), p(&tenant), p(&before.id), code(&before.state)],
    )?;
    if touched != 1 {
        return Err(DbError::Contended("an offer changed under a lock".into()).into());
    }
    let after = Offer { state, refuse_reason: reason.map(str::to_owned), answered_at: Some(now), ..before.clone() };
    tx.audit("dispatch.answer", before.id, Some(before), Some(&after));
    Ok(())
}

/// Time an engineer has been asked for, or has given away.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Who.
    pub engineer: EngineerId,
    /// Taken on, not only asked.
    pub firm: bool,
    /// Which order, when.
    pub booked: Booked,
}

fn read_taken(r: &mut Row) -> Result<Taken, DbError> {
    let (engineer, state, number) = (r.next()?, r.next::<String>()?, r.next::<i64>()?);
    let slot = Slot { from: r.next()?, to: r.next()? };
    Ok(Taken { engineer, firm: state != "offered", booked: Booked { number: format!("W-{number:06}"), slot } })
}

/// The time of all engineers that lies between two instants and is asked for or given away by orders not closed; `except` is
/// left out.
pub fn taken(tx: &mut Tx<'_>, between: Slot, except: WorkOrderId) -> Done<Vec<Taken>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT engineer_id, state, number, planned_from, planned_to FROM work_order
             WHERE tenant_id = $1 AND planned_from < $2 AND planned_to > $3 AND id <> $4 AND engineer_id IS NOT NULL AND closed_at IS NULL
             ORDER BY planned_from, id LIMIT 2000"
        ),
        &[p(&tenant), p(&between.to), p(&between.from), p(&except)],
        read_taken,
    )?)
}

/// Like [`taken`], of one engineer.
pub fn taken_of(tx: &mut Tx<'_>, engineer: EngineerId, between: Slot, except: WorkOrderId) -> Done<Vec<Taken>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT engineer_id, state, number, planned_from, planned_to FROM work_order
             WHERE tenant_id = $1 AND engineer_id = $2 AND planned_from < $3 AND planned_to > $4 AND id <> $5 AND closed_at IS NULL
             ORDER BY planned_from, id LIMIT 200"
        ),
        &[p(&tenant), p(&engineer), p(&between.to), p(&between.from), p(&except)],
        read_taken,
    )?)
}
