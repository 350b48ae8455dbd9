//! What hangs on a ticket, asked once for all of it: of most things there is nothing, and then nobody has to ask for each.

use postsale_domain::ground::TypedId;
use postsale_domain::ticket::TicketId;

use crate::facts::extra;
use crate::ground::db::{Done, Query, Tx, p};
use crate::ticket::{merge, relation, task};
use crate::{followup, incident, knowledge, sql, visit};

/// Where each column of the question is asked for in full.
const ASKED_IN: [&str; 8] = [
    extra::FILE,
    visit::store::FILE,
    task::FILE,
    incident::store::FILE,
    knowledge::store::FILE,
    followup::store::FILE,
    relation::FILE,
    merge::FILE,
];

/// Looks what hangs on a ticket. For a transaction that only reads: what others hang on it later is not in its snapshot.
pub(super) fn look(tx: &mut Tx<'_>, ticket: TicketId) -> Done<()> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!(
            "SELECT EXISTS (SELECT 1 FROM ticket_extra WHERE tenant_id = $1 AND ticket_id = $2),
                    EXISTS (SELECT 1 FROM work_order WHERE tenant_id = $1 AND ticket_id = $2),
                    EXISTS (SELECT 1 FROM sub_task WHERE tenant_id = $1 AND ticket_id = $2),
                    EXISTS (SELECT 1 FROM incident_ticket WHERE tenant_id = $1 AND ticket_id = $2 AND left_at IS NULL),
                    EXISTS (SELECT 1 FROM guide_run WHERE tenant_id = $1 AND ticket_id = $2),
                    EXISTS (SELECT 1 FROM follow_up WHERE tenant_id = $1 AND ticket_id = $2),
                    EXISTS (SELECT 1 FROM ticket_link WHERE tenant_id = $1 AND from_id = $2 AND removed_at IS NULL)
                      OR EXISTS (SELECT 1 FROM ticket_link WHERE tenant_id = $1 AND to_id = $2 AND removed_at IS NULL),
                    EXISTS (SELECT 1 FROM ticket_merge WHERE tenant_id = $1 AND loser_id = $2 AND undone_at IS NULL)
                      OR EXISTS (SELECT 1 FROM ticket_merge WHERE tenant_id = $1 AND survivor_id = $2 AND undone_at IS NULL)"
        ),
        &[p(&tenant), p(&ticket)],
        |r| {
            let mut hangs = [false; ASKED_IN.len()];
            for one in &mut hangs {
                *one = r.next()?;
            }
            Ok(hangs)
        },
    )?;
    let hangs = found.unwrap_or([true; ASKED_IN.len()]);
    for (file, _) in ASKED_IN.into_iter().zip(hangs).filter(|(_, there)| !there) {
        tx.nothing_hangs(ticket.uuid(), file);
    }
    Ok(())
}
