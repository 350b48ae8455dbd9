//! SQL of links between tickets.

use jiff::Timestamp;
use postsale_domain::ticket::{LinkKind, TicketId, TicketState};

use super::list::{Sight, as_far_as, given_to, of_branch};
use crate::ground::db::{DbError, Done, Query, Row, Tx, code, p};
use crate::sql;

/// Where what hangs on a ticket is asked for here; see [`Tx::nothing_hangs`].
pub const FILE: &str = file!();

postsale_domain::ids! {
    /// A link between two tickets.
    LinkId = "lnk";
}

/// A link as one of its ends sees it.
#[derive(Debug, Clone)]
pub struct Link {
    /// Which one.
    pub id: LinkId,
    /// What it says of the first end.
    pub kind: LinkKind,
    /// Seen from the second end: "blocks" reads "is blocked by".
    pub back: bool,
    /// The other end.
    pub other: TicketId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub subject: String,
    /// Where it stands.
    pub state: TicketState,
    /// Since when.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// The version of the first end right after it was split off the second.
    pub split_version: Option<i64>,
}

fn read(r: &mut Row) -> Result<Link, DbError> {
    Ok(Link {
        id: r.next()?,
        kind: r.coded()?,
        back: r.next::<i64>()? == 1,
        other: r.next()?,
        number: r.next()?,
        subject: r.next()?,
        state: r.coded()?,
        at: r.next()?,
        by: r.next()?,
        split_version: r.next()?,
    })
}

/// The reason a split that is taken back gives, before the number of where it goes back to.
pub const BACK_TO: &str = "并回";

/// Links a page shows.
const MOST: u32 = 100;

/// The links of a ticket, from both ends, the oldest first: those to tickets somebody sees.
pub fn of_ticket(tx: &mut Tx<'_>, sight: Sight, ticket: TicketId) -> Done<Vec<Link>> {
    macro_rules! ask {
        ($sight:expr) => {
            sql!(concat!(
                "SELECT * FROM (
                   SELECT l.id AS id, l.kind, 0 AS back, l.to_id, t.number, t.subject, t.state, l.at AS at, l.by_name, l.split_version
                   FROM ticket_link l JOIN ticket t ON t.id = l.to_id WHERE l.tenant_id = $1 AND l.from_id = $2 AND l.removed_at IS NULL",
                $sight,
                " UNION ALL
                   SELECT l.id AS id, l.kind, 1 AS back, l.from_id, t.number, t.subject, t.state, l.at AS at, l.by_name, l.split_version
                   FROM ticket_link l JOIN ticket t ON t.id = l.from_id WHERE l.tenant_id = $1 AND l.to_id = $2 AND l.removed_at IS NULL",
                $sight,
                ") AS e ORDER BY e.at, e.id LIMIT $3"
            ))
        };
    }
    let key = [p(&tx.tenant()), p(&ticket), p(&MOST)];
    match as_far_as!(sight, key, "$4", ask) {
        Some((statement, params)) => Ok(tx.hanging(ticket, statement, &params, read)?),
        None => Ok(Vec::new()),
    }
}

/// Links one ticket to another. `false`: they are linked so already.
pub fn insert(tx: &mut Tx<'_>, from: TicketId, to: TicketId, kind: LinkKind, by: &str, split_version: Option<i64>) -> Done<bool> {
    let (id, tenant, now): (LinkId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let fresh = tx.exec(
        sql!(
            "INSERT INTO ticket_link (id, tenant_id, from_id, to_id, kind, at, by_name, split_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT DO NOTHING"
        ),
        &[p(&id), p(&tenant), p(&from), p(&to), code(&kind), p(&now), p(by), p(&split_version)],
    )?;
    if fresh == 1 {
        tx.audit("ticket.link", from, None, Some(&serde_json::json!({ "link": id, "to": to, "kind": kind })));
    }
    Ok(fresh == 1)
}

/// Removes a link of a ticket. `false`: there is none.
pub fn remove(tx: &mut Tx<'_>, ticket: TicketId, id: LinkId, by: &str) -> Done<bool> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let gone = tx.exec(
        sql!(
            "UPDATE ticket_link SET removed_at = $1, removed_by = $2 WHERE tenant_id = $3 AND id = $4 AND removed_at IS NULL
               AND (from_id = $5 OR to_id = $5)"
        ),
        &[p(&now), p(by), p(&tenant), p(&id), p(&ticket)],
    )?;
    if gone == 1 {
        tx.audit("ticket.unlink", ticket, Some(&serde_json::json!({ "link": id })), None);
    }
    Ok(gone == 1)
}
