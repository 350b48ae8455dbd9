//! What comes back from shops: where it is, for how long, what was done with it and what can be done next.

use jiff::Timestamp;
use postsale_domain::ground::{EngineerId, Reach, TypedId};
use postsale_domain::parts::{PartId, PartReturnId, PartReturnStepId, ReturnFinding, ReturnState, is_late, return_tag};
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::{WorkOrderId, whole_unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::visit::EngineerName;
use crate::ground::db::{DbError, Done, Query, Row, Tx, p};
use crate::ground::web::Keyset;
use crate::parts::stock::{FittingPart, fitting};
use crate::sql;
use crate::visit::store::number;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartReturnView {
    /// With engineers.
    #[default]
    Carried,
    /// In the warehouse, to be tested and decided on.
    Here,
    /// With vendors.
    AtVendor,
    /// Where it ended.
    Over,
}

/// Something that comes back, or came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartReturnRow {
    /// Which one.
    pub id: PartReturnId,
    /// What is written on it: `W-000123-1`.
    pub tag: String,
    /// What kind of part, by code.
    kind: String,
    /// Whether it is a whole terminal.
    whole_unit: bool,
    /// The model it came out of, or is.
    model: Option<String>,
    /// Its serial, if it has one and somebody read it.
    pub serial_no: Option<String>,
    /// What was found at the shop, by code.
    fault_code: Option<String>,
    /// Where it is.
    state: ReturnState,
    /// What the last test said.
    pub finding: Option<ReturnFinding>,
    /// Carried for longer than a week.
    late: bool,
    /// Who took it out.
    engineer: EngineerName,
    work_order_id: WorkOrderId,
    /// `W-000123`.
    work_order_number: String,
    ticket_id: TicketId,
    /// The vendor's number of it.
    vendor_ref: Option<String>,
    /// What the vendor paid.
    credit_fen: Option<i64>,
    /// As a piece of which part it lies on the shelf.
    part_id: Option<PartId>,
    part_number: Option<String>,
    /// When it was taken out.
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// Since when it is as it is.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
    /// When its way ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

/// Something that was done with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct PartReturnStepRow {
    id: PartReturnStepId,
    /// What, by code: `receive`, `put_in`.
    step: String,
    /// What that is about, in a word: a finding, the vendor's number, fen, a part's number.
    said: String,
    note: String,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// One of them, with all that was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartReturnPage {
    part_return: PartReturnRow,
    /// The oldest first.
    steps: Vec<PartReturnStepRow>,
    /// As pieces of which parts it can go on the shelf.
    fits: Vec<FittingPart>,
}

macro_rules! rows {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT r.id, w.number, r.place, r.kind, r.model, r.serial_no, r.fault_code, r.state, r.finding, e.id, e.name, w.id, w.ticket_id,
               r.vendor_ref, r.credit_fen, c.id, c.number, r.made_at, r.changed_at, r.ended_at
             FROM part_return r JOIN work_order w ON w.id = r.work_order_id JOIN engineer e ON e.id = r.engineer_id
             LEFT JOIN part c ON c.id = r.part_id WHERE r.tenant_id = $1 AND ",
            $rest
        ))
    };
}

fn row(r: &mut Row, now: Timestamp) -> Result<PartReturnRow, DbError> {
    let (id, order, place) = (r.next()?, r.next()?, r.next()?);
    let kind: String = r.next()?;
    let (model, serial_no, fault_code, state, finding) = (r.next()?, r.next()?, r.next()?, r.coded()?, r.coded_opt()?);
    let engineer = EngineerName { id: r.next()?, name: r.next()? };
    let (work_order_id, ticket_id, vendor_ref, credit_fen) = (r.next()?, r.next()?, r.next()?, r.next()?);
    let (part_id, part_number, made_at, changed_at, ended_at) = (r.next()?, r.next()?, r.next()?, r.next()?, r.next()?);
    Ok(PartReturnRow {
        id,
        tag: return_tag(order, place),
        whole_unit: whole_unit(&kind),
        kind,
        model,
        serial_no,
        fault_code,
        state,
        finding,
        late: is_late(state, changed_at, now),
        engineer,
        work_order_id,
        work_order_number: number(order),
        ticket_id,
        vendor_ref,
        credit_fen,
        part_id,
        part_number,
        made_at,
        changed_at,
        ended_at,
    })
}

/// Whose things somebody reads: everybody's, or what this engineer took out; `None`: nobody's.
fn whose(tx: &Tx<'_>, reach: Reach) -> Option<Option<EngineerId>> {
    match (reach, tx.caller().engineer()) {
        (Reach::All, _) => Some(None),
        (Reach::Own, Some(me)) => Some(Some(me)),
        (Reach::Own | Reach::None, _) => None,
    }
}

/// A view of them, after a place of the list. An engineer has what they carry, whatever is asked for.
pub fn list(
    tx: &mut Tx<'_>,
    reach: Reach,
    view: PartReturnView,
    engineer: Option<EngineerId>,
    after: Keyset,
    limit: u32,
) -> Done<Vec<PartReturnRow>> {
    let Some(own) = whose(tx, reach) else { return Ok(Vec::new()) };
    let (tenant, now, id) = (tx.tenant(), tx.now(), PartReturnId::from_uuid(after.id));
    let read = |r: &mut Row| row(r, now);
    let state = match view {
        _ if own.is_some() => ReturnState::Carried,
        PartReturnView::Carried => ReturnState::Carried,
        PartReturnView::Here => ReturnState::Here,
        PartReturnView::AtVendor => ReturnState::AtVendor,
        PartReturnView::Over => {
            return Ok(tx.query(
                rows!("r.ended_at IS NOT NULL AND (r.ended_at, r.id) < ($2, $3) ORDER BY r.ended_at DESC, r.id DESC LIMIT $4"),
                &[p(&tenant), p(&after.at), p(&id), p(&limit)],
                read,
            )?);
        }
    };
    Ok(match own.or(engineer).filter(|_| state == ReturnState::Carried) {
        Some(engineer) => tx.query(
            rows!("r.engineer_id = $2 AND r.state = 'carried' AND (r.changed_at, r.id) > ($3, $4) ORDER BY r.changed_at, r.id LIMIT $5"),
            &[p(&tenant), p(&engineer), p(&after.at), p(&id), p(&limit)],
            read,
        )?,
        None => tx.query(
            rows!("r.state = $2 AND r.ended_at IS NULL AND (r.changed_at, r.id) > ($3, $4) ORDER BY r.changed_at, r.id LIMIT $5"),
            &[p(&tenant), p(state.as_str()), p(&after.at), p(&id), p(&limit)],
            read,
        )?,
    })
}

/// One of them. Errors: `not_found`, also for what another engineer carries.
pub fn page(tx: &mut Tx<'_>, reach: Reach, id: PartReturnId) -> Done<PartReturnPage> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let found = tx.one(rows!("r.id = $2"), &[p(&tenant), p(&id)], |r| row(r, now))?;
    let mine = |found: &PartReturnRow| whose(tx, reach).is_some_and(|own| own.is_none_or(|me| me == found.engineer.id));
    let part_return = found.filter(mine).ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let steps = tx.query(
        sql!("SELECT id, step, said, note, by_name, at FROM part_return_step WHERE tenant_id = $1 AND return_id = $2 ORDER BY at, id LIMIT 200"),
        &[p(&tenant), p(&id)],
        |r| {
            Ok(PartReturnStepRow {
                id: r.next()?,
                step: r.next()?,
                said: r.next()?,
                note: r.next()?,
                by: r.next()?,
                at: r.next()?,
            })
        },
    )?;
    let fits = fits(tx, &part_return)?;
    Ok(PartReturnPage { part_return, steps, fits })
}

/// As pieces of which parts it can go on the shelf, while it is in the warehouse.
pub fn fits(tx: &mut Tx<'_>, row: &PartReturnRow) -> Done<Vec<FittingPart>> {
    if row.state != ReturnState::Here {
        return Ok(Vec::new());
    }
    let kinds = if row.whole_unit { vec!["swap_unit".to_owned(), "new_unit".to_owned()] } else { vec![row.kind.clone()] };
    fitting(tx, &kinds, row.model.as_deref(), None)
}
