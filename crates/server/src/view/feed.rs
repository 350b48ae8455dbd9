//! What has changed since: tickets, in the order of the audit chain, for whoever may see them.

use postsale_domain::ticket::TicketId;

use super::ticket::{outsider, own_sight};
use crate::ground::db::{Done, Query, Tx, Val, p};
use crate::sql;
use crate::ticket::list::Sight;

/// How the caller of the transaction sees: callers with the same word see the same changes.
pub fn scope(tx: &Tx<'_>) -> String {
    format!("{:?} {}", own_sight(tx), outsider(tx))
}

/// Changes after a place of the audit chain that the caller may see, oldest first: the place, and the ticket. What happens to a
/// work order happens to its ticket. That a note was written is none of another house's business.
pub fn changes(tx: &mut Tx<'_>, after: i64, limit: u32) -> Done<Vec<(i64, TicketId)>> {
    let (tenant, sight) = (tx.tenant(), own_sight(tx));
    let key = [p(&tenant), p(&after), p(&limit)];
    let with = |own: Val| [key.as_slice(), &[own]].concat();
    macro_rules! since {
        ($sight:literal, $params:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT e.seq, t.id FROM audit_entry e LEFT JOIN work_order w ON w.id = e.subject_id
                     JOIN ticket t ON t.id = COALESCE(w.ticket_id, e.subject_id) AND t.tenant_id = e.tenant_id
                     WHERE e.tenant_id = $1 AND e.seq > $2",
                    $sight,
                    " ORDER BY e.seq LIMIT $3"
                )),
                $params,
                |r| Ok((r.next()?, r.next()?)),
            )?
        };
    }
    Ok(match sight {
        Sight::All => since!("", &key),
        Sight::Acquirer(own) => since!(" AND t.acquirer_id = $4 AND e.action <> 'ticket.note'", &with(p(&own))),
        Sight::Engineer(own) => {
            since!(" AND EXISTS (SELECT 1 FROM work_order o WHERE o.ticket_id = t.id AND o.engineer_id = $4)", &with(p(&own)))
        }
        Sight::Branch(own) => since!(
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                          WHERE s.id = t.store_id AND d.branch_id = $4)",
            &with(p(&own))
        ),
        Sight::Nothing => Vec::new(),
    })
}
