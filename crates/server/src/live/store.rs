//! SQL of presence: short leases, renewed while somebody looks, gone by themselves.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::bell::BellId;
use postsale_domain::ground::{TenantId, UserId};
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ground::db::{Bare, Done, Query, Tx, code, p};
use crate::sql;

/// How long somebody counts as present after they last said so; a console says so every twenty seconds.
pub const LEASE: SignedDuration = SignedDuration::from_secs(45);
/// Most people one look takes in; beyond it some are not shown.
const MOST: u32 = 5000;

/// What somebody does on a ticket's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Has it open.
    Viewing,
    /// Writes words on it.
    Writing,
}

/// Somebody on a ticket's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Present {
    /// Who.
    pub id: UserId,
    /// Name.
    pub name: String,
    /// What they do.
    pub doing: Doing,
}

/// Notes that the caller is there, for [`LEASE`] from now on.
pub fn arrive(tx: &mut Tx<'_>, ticket: TicketId, user: UserId, doing: Doing) -> Done<()> {
    let (tenant, until) = (tx.tenant(), tx.now() + LEASE);
    tx.exec(
        sql!(
            "INSERT INTO presence (ticket_id, user_id, tenant_id, doing, until_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (ticket_id, user_id) DO UPDATE SET doing = excluded.doing, until_at = excluded.until_at"
        ),
        &[p(&ticket), p(&user), p(&tenant), code(&doing), p(&until)],
    )?;
    Ok(())
}

/// Notes that the caller has left.
pub fn leave(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(sql!("DELETE FROM presence WHERE ticket_id = $1 AND user_id = $2 AND tenant_id = $3"), &[p(&ticket), p(&user), p(&tenant)])?;
    Ok(())
}

/// Who is on a ticket's page, by name.
pub fn present(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Present>> {
    let (tenant, now) = (tx.tenant(), tx.now());
    Ok(tx.query(
        sql!(
            "SELECT p.user_id, u.display_name, p.doing FROM presence p JOIN app_user u ON u.id = p.user_id
             WHERE p.ticket_id = $1 AND p.tenant_id = $2 AND p.until_at > $3 ORDER BY u.display_name, p.user_id"
        ),
        &[p(&ticket), p(&tenant), p(&now)],
        |r| Ok(Present { id: r.next()?, name: r.next()?, doing: r.coded()? }),
    )?)
}

/// Everybody who is on any ticket's page, of all tenants: one look for all who watch.
pub fn everybody(bare: &mut Bare<'_>, now: Timestamp) -> Done<BTreeMap<TicketId, Vec<Present>>> {
    let rows = bare.query(
        sql!(
            "SELECT p.ticket_id, p.user_id, u.display_name, p.doing FROM presence p JOIN app_user u ON u.id = p.user_id
             WHERE p.until_at > $1 ORDER BY u.display_name, p.user_id LIMIT $2"
        ),
        &[p(&now), p(&MOST)],
        |r| Ok((r.next::<TicketId>()?, Present { id: r.next()?, name: r.next()?, doing: r.coded()? })),
    )?;
    let mut all: BTreeMap<TicketId, Vec<Present>> = BTreeMap::new();
    for (ticket, person) in rows {
        all.entry(ticket).or_default().push(person);
    }
    Ok(all)
}

/// Where each tenant's chain ends.
pub fn heads(bare: &mut Bare<'_>) -> Done<BTreeMap<TenantId, i64>> {
    Ok(bare.query(sql!("SELECT tenant_id, seq FROM audit_head"), &[], |r| Ok((r.next()?, r.next()?)))?.into_iter().collect())
}

/// Sessions that ended at or after an instant, by the hash of their token.
pub fn ended(bare: &mut Bare<'_>, since: Timestamp) -> Done<Vec<Vec<u8>>> {
    Ok(bare.query(sql!("SELECT token_hash FROM session WHERE ended_at >= $1"), &[p(&since)], |r| r.next())?)
}

/// Notifications rung at or after an instant: which, and for whom. Enough of them to notice; whoever rings more reads on.
pub fn rung(bare: &mut Bare<'_>, since: Timestamp) -> Done<Vec<(BellId, UserId)>> {
    Ok(bare.query(
        sql!("SELECT id, user_id FROM bell WHERE created_at >= $1 ORDER BY created_at DESC LIMIT $2"),
        &[p(&since), p(&MOST)],
        |r| Ok((r.next()?, r.next()?)),
    )?)
}
