//! Lists of work orders: each walks an index of its own.

use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, BranchId, EngineerId, TypedId, to_millis};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::{Span, WorkOrderId};

use super::store::{WorkOrder, columns, read};
use crate::ground::db::{Done, Query, Tx, fifty, p};
use crate::ground::web::Keyset;
use crate::{fifty, sql};

/// Whose orders may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of the tenant.
    All,
    /// Those offered to, or taken on by, this engineer.
    Engineer(EngineerId),
    /// Those of this acquirer's merchants.
    Acquirer(AcquirerId),
    /// Those of shops in this branch's districts.
    Branch(BranchId),
    /// None.
    Nothing,
}

/// Whether an order's shop lies in a district of a branch, whose id is at the place named.
macro_rules! of_branch {
    ($place:literal) => {
        concat!(
            " AND EXISTS (SELECT 1 FROM ticket t JOIN store s ON s.id = t.store_id
                            JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                          WHERE t.id = w.ticket_id AND d.branch_id = ",
            $place,
            ")"
        )
    };
}

/// Asks for orders, narrowed to whose they may be: the id of whom is at the place named.
macro_rules! seen {
    ($tx:ident, $sight:ident, $key:ident, $place:literal, $where:literal, $order:literal) => {{
        macro_rules! question {
            ($narrowed:expr) => {
                sql!(concat!("SELECT ", columns!(), " FROM work_order w WHERE ", $where, $narrowed, $order))
            };
        }
        let with = |whose: crate::ground::db::Val| [$key.as_slice(), &[whose]].concat();
        match $sight {
            Sight::Nothing => Vec::new(),
            Sight::All => $tx.query(question!(""), &$key, read)?,
            Sight::Engineer(me) => $tx.query(question!(concat!(" AND w.engineer_id = ", $place)), &with(p(&me)), read)?,
            Sight::Acquirer(own) => $tx.query(
                question!(concat!(" AND EXISTS (SELECT 1 FROM ticket t WHERE t.id = w.ticket_id AND t.acquirer_id = ", $place, ")")),
                &with(p(&own)),
                read,
            )?,
            Sight::Branch(own) => $tx.query(question!(of_branch!($place)), &with(p(&own)), read)?,
        }
    }};
}

/// Whether an order may be seen.
pub fn sees(tx: &mut Tx<'_>, sight: Sight, w: &WorkOrder) -> Done<bool> {
    Ok(match sight {
        Sight::All => true,
        Sight::Nothing => false,
        Sight::Engineer(me) => w.engineer_id == Some(me),
        Sight::Acquirer(own) => {
            tx.number(sql!("SELECT COUNT(*) FROM ticket WHERE id = $1 AND acquirer_id = $2"), &[p(&w.ticket_id), p(&own)])? > 0
        }
        Sight::Branch(own) => {
            let question = sql!(concat!("SELECT COUNT(*) FROM work_order w WHERE w.id = $1", of_branch!("$2")));
            tx.number(question, &[p(&w.id), p(&own)])? > 0
        }
    })
}

/// Orders planned to begin between two instants, in that order, after a place.
pub fn planned(tx: &mut Tx<'_>, between: Span, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<WorkOrder>> {
    let (tenant, at, id) = (tx.tenant(), after.at, WorkOrderId::from_uuid(after.id));
    let from = p(&to_millis(between.from).max(at));
    let key = [p(&tenant), from, p(&between.to), p(&at), p(&id), p(&limit)];
    Ok(seen!(
        tx,
        sight,
        key,
        "$7",
        "w.tenant_id = $1 AND w.planned_from >= $2 AND w.planned_from < $3 AND (w.planned_from, w.id) > ($4, $5)",
        " ORDER BY w.planned_from, w.id LIMIT $6"
    ))
}

/// Orders nobody has, the oldest first, after a place.
pub fn unassigned(tx: &mut Tx<'_>, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<WorkOrder>> {
    let (tenant, id) = (tx.tenant(), WorkOrderId::from_uuid(after.id));
    let key = [p(&tenant), p(&after.at), p(&id), p(&limit)];
    Ok(seen!(
        tx,
        sight,
        key,
        "$5",
        "w.tenant_id = $1 AND w.closed_at IS NULL AND w.engineer_id IS NULL AND (w.created_at, w.id) > ($2, $3)",
        " ORDER BY w.created_at, w.id LIMIT $4"
    ))
}

/// All orders, the newest first, below a number.
pub fn newest(tx: &mut Tx<'_>, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<WorkOrder>> {
    let tenant = tx.tenant();
    let key = [p(&tenant), p(&after.at), p(&limit)];
    Ok(seen!(tx, sight, key, "$4", "w.tenant_id = $1 AND w.number < $2", " ORDER BY w.number DESC LIMIT $3"))
}

/// Some orders, in no order; one query for fifty of them.
pub fn some(tx: &mut Tx<'_>, ids: &[WorkOrderId]) -> Done<Vec<WorkOrder>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(p));
        let rows = tx.query(
            sql!(concat!("SELECT ", columns!(), " FROM work_order w WHERE w.tenant_id = $1 AND w.id IN (", fifty!(), ")")),
            &params,
            read,
        )?;
        found.extend(rows);
    }
    Ok(found)
}

/// How many work orders that are not closed an engineer holds or was offered.
pub fn held_by(tx: &mut Tx<'_>, engineer: EngineerId) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(
        sql!("SELECT COUNT(*) FROM work_order WHERE tenant_id = $1 AND engineer_id = $2 AND closed_at IS NULL"),
        &[p(&tenant), p(&engineer)],
    )?)
}

/// A repair that was finished.
#[derive(Debug, Clone)]
pub struct Repair {
    /// When.
    pub at: Timestamp,
    /// Of which fault.
    pub fault_code: String,
    /// For which case.
    pub ticket: TicketId,
    /// The number of its work order.
    pub order: i64,
}

/// The last repairs of a terminal that were finished before `end`, newest first.
pub fn repairs(tx: &mut Tx<'_>, terminal: TerminalId, end: Timestamp) -> Done<Vec<Repair>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT closed_at, COALESCE(diagnosis_code, fault_code), ticket_id, number FROM work_order
             WHERE tenant_id = $1 AND terminal_id = $2 AND state = 'done' AND service IS NULL AND closed_at < $3 ORDER BY closed_at DESC LIMIT 20"
        ),
        &[p(&tenant), p(&terminal), p(&end)],
        |r| Ok(Repair { at: r.next()?, fault_code: r.next()?, ticket: r.next()?, order: r.next()? }),
    )?)
}
