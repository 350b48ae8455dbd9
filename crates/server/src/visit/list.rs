//! Lists of work orders: each walks an index of its own.

use postsale_domain::ground::{AcquirerId, EngineerId, TypedId, to_millis};
use postsale_domain::visit::{Span, WorkOrderId};

use super::store::{WorkOrder, columns, read};
use crate::ground::db::{Done, Query, Tx, p};
use crate::ground::web::Keyset;
use crate::sql;

/// Whose orders may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of the tenant.
    All,
    /// Those offered to, or taken on by, this engineer.
    Engineer(EngineerId),
    /// Those of this acquirer's merchants.
    Acquirer(AcquirerId),
    /// None.
    Nothing,
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
    })
}

/// Orders planned to begin between two instants, in that order, after a place; those of one engineer only with `of`.
pub fn planned(tx: &mut Tx<'_>, between: Span, of: Option<EngineerId>, after: Keyset, limit: u32) -> Done<Vec<WorkOrder>> {
    let (tenant, at, id) = (tx.tenant(), after.at, WorkOrderId::from_uuid(after.id));
    let from = p(&to_millis(between.from).max(at));
    Ok(match of {
        None => tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM work_order w WHERE w.tenant_id = $1 AND w.planned_from >= $2 AND w.planned_from < $3 AND (w.planned_from, w.id) > ($4, $5)
                 ORDER BY w.planned_from, w.id LIMIT $6"
            )),
            &[p(&tenant), from, p(&between.to), p(&at), p(&id), p(&limit)],
            read,
        )?,
        Some(engineer) => tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM work_order w WHERE w.tenant_id = $1 AND w.planned_from >= $2 AND w.planned_from < $3 AND (w.planned_from, w.id) > ($4, $5)
                   AND w.engineer_id = $7 ORDER BY w.planned_from, w.id LIMIT $6"
            )),
            &[p(&tenant), from, p(&between.to), p(&at), p(&id), p(&limit), p(&engineer)],
            read,
        )?,
    })
}

/// Orders nobody has, the oldest first, after a place.
pub fn unassigned(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<WorkOrder>> {
    let (tenant, id) = (tx.tenant(), WorkOrderId::from_uuid(after.id));
    Ok(tx.query(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM work_order w WHERE w.tenant_id = $1 AND w.closed_at IS NULL AND w.engineer_id IS NULL AND (w.created_at, w.id) > ($2, $3)
             ORDER BY w.created_at, w.id LIMIT $4"
        )),
        &[p(&tenant), p(&after.at), p(&id), p(&limit)],
        read,
    )?)
}

/// All orders, the newest first, below a number; of one acquirer's merchants only with `own`.
pub fn newest(tx: &mut Tx<'_>, own: Option<AcquirerId>, after: Keyset, limit: u32) -> Done<Vec<WorkOrder>> {
    let tenant = tx.tenant();
    Ok(match own {
        None => tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM work_order w WHERE w.tenant_id = $1 AND w.number < $2 ORDER BY w.number DESC LIMIT $3"
            )),
            &[p(&tenant), p(&after.at), p(&limit)],
            read,
        )?,
        Some(own) => tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM work_order w WHERE w.tenant_id = $1 AND w.number < $2
                   AND EXISTS (SELECT 1 FROM ticket t WHERE t.id = w.ticket_id AND t.acquirer_id = $4) ORDER BY w.number DESC LIMIT $3"
            )),
            &[p(&tenant), p(&after.at), p(&limit), p(&own)],
            read,
        )?,
    })
}

/// Some orders, in no order; one query for fifty of them.
pub fn some(tx: &mut Tx<'_>, ids: &[WorkOrderId]) -> Done<Vec<WorkOrder>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(50) {
        let mut params = vec![p(&tx.tenant())];
        // The statement has fifty places; the last id fills the ones left over.
        params.extend((0..50).map(|i| p(&chunk[i.min(chunk.len() - 1)])));
        let rows = tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM work_order w WHERE w.tenant_id = $1 AND w.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                   $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42,
                   $43, $44, $45, $46, $47, $48, $49, $50, $51)"
            )),
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
