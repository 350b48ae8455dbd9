//! SQL of what a tenant's own facts say about tickets.

use std::collections::BTreeMap;

use postsale_domain::facts::Given;
use postsale_domain::ground::TypedId;
use postsale_domain::ticket::TicketId;

use super::force::REPAIR;
use crate::ground::db::{Done, Json, Query, Tx, fifty, p};
use crate::{fifty, sql};

/// Where what hangs on a ticket is asked for here; see [`Tx::nothing_hangs`].
pub const FILE: &str = file!();

/// What a tenant's facts say about a ticket.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Extra {
    /// The label it wears besides its state's.
    pub label: Option<String>,
    /// What it is about.
    pub ticket_type: String,
    /// Values of custom fields.
    pub fields: Given,
}

impl Default for Extra {
    fn default() -> Self {
        Self { label: None, ticket_type: REPAIR.to_owned(), fields: Given::new() }
    }
}

/// Of each ticket that has any. One query per fifty tickets.
pub fn of(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Done<BTreeMap<TicketId, Extra>> {
    if let [ticket] = tickets {
        return Ok(said(tx, *ticket)?.map(|extra| (*ticket, extra)).into_iter().collect());
    }
    let mut found = BTreeMap::new();
    for chunk in tickets.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(p));
        let rows: Vec<(TicketId, Extra)> = tx.query(
            sql!(concat!(
                "SELECT ticket_id, label, ticket_type, fields FROM ticket_extra WHERE tenant_id = $1 AND ticket_id IN (",
                fifty!(),
                ")"
            )),
            &params,
            |r| Ok((r.next()?, Extra { label: r.next()?, ticket_type: r.next()?, fields: r.next::<Json<Given>>()?.0 })),
        )?;
        found.extend(rows);
    }
    Ok(found)
}

/// Of one ticket.
pub fn one(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Extra> {
    Ok(said(tx, ticket)?.unwrap_or_default())
}

fn said(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Extra>> {
    if tx.is_bare(ticket.uuid(), file!()) {
        return Ok(None);
    }
    let tenant = tx.tenant();
    Ok(tx.known_one(
        sql!("SELECT label, ticket_type, fields FROM ticket_extra WHERE tenant_id = $1 AND ticket_id = $2"),
        &[p(&tenant), p(&ticket)],
        |r| Ok(Extra { label: r.next()?, ticket_type: r.next()?, fields: r.next::<Json<Given>>()?.0 }),
    )?)
}

/// Keeps it. The ticket must be loaded for change: it guards what is said about it.
pub fn put(tx: &mut Tx<'_>, action: &'static str, ticket: TicketId, before: &Extra, after: &Extra) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO ticket_extra (ticket_id, tenant_id, label, ticket_type, fields) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (ticket_id) DO UPDATE SET label = excluded.label, ticket_type = excluded.ticket_type, fields = excluded.fields"
        ),
        &[p(&ticket), p(&tenant), p(&after.label), p(&after.ticket_type), p(&Json(&after.fields))],
    )?;
    tx.audit(action, ticket, Some(before), Some(after));
    Ok(())
}

/// Takes the label off: what it stood for is over. The change that ended it is in the audit chain.
pub fn unlabel(tx: &mut Tx<'_>, ticket: TicketId) -> Done<()> {
    if tx.is_bare(ticket.uuid(), file!()) {
        return Ok(());
    }
    let tenant = tx.tenant();
    tx.exec(
        sql!("UPDATE ticket_extra SET label = NULL WHERE ticket_id = $1 AND tenant_id = $2 AND label IS NOT NULL"),
        &[p(&ticket), p(&tenant)],
    )?;
    Ok(())
}

/// Tickets by the label they wear.
pub fn by_label(tx: &mut Tx<'_>) -> Done<BTreeMap<String, i64>> {
    let tenant = tx.tenant();
    let rows: Vec<(String, i64)> = tx.query(
        sql!("SELECT label, COUNT(*) FROM ticket_extra WHERE tenant_id = $1 AND label IS NOT NULL GROUP BY label"),
        &[p(&tenant)],
        |r| Ok((r.next()?, r.next()?)),
    )?;
    Ok(rows.into_iter().collect())
}

/// Open tickets by state, and by what they wait for.
pub fn by_state(tx: &mut Tx<'_>) -> Done<BTreeMap<String, i64>> {
    let tenant = tx.tenant();
    let rows: Vec<(String, Vec<String>, i64)> = tx.query(
        sql!("SELECT state, waiting, COUNT(*) FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL GROUP BY state, waiting"),
        &[p(&tenant)],
        |r| Ok((r.next()?, r.next::<Json<Vec<String>>>()?.0, r.next()?)),
    )?;
    let mut counts = BTreeMap::new();
    for (state, waiting, count) in rows {
        for word in std::iter::once(state).chain(waiting) {
            *counts.entry(word).or_insert(0) += count;
        }
    }
    Ok(counts)
}
