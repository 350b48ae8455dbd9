//! SQL of broadcasts: the words, and for each reporter whether, how and why not.

use jiff::Timestamp;
use postsale_domain::ground::{BranchId, TypedId};
use postsale_domain::incident::{BroadcastId, IncidentId, TellingOutcome, Told};
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use uuid::Uuid;

use super::store::ReporterId;
use crate::ground::db::{DbError, Done, Query, Row, Tx, code, p};
use crate::sql;

postsale_domain::ids! {
    /// What was done for one reporter of a broadcast.
    TellingId = "tel";
}

/// Words to all reporters of an incident.
#[derive(Debug, Clone)]
pub struct Broadcast {
    /// Which one.
    pub id: BroadcastId,
    /// Of which incident.
    pub incident: IncidentId,
    /// When somebody asked for it.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// The words.
    pub words: String,
    /// When the last reporter had been dealt with.
    pub done_at: Option<Timestamp>,
}

/// What was done for one reporter.
#[derive(Debug, Clone)]
pub struct Telling {
    /// Which one.
    pub id: TellingId,
    /// About which ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub subject: String,
    /// Whether, how, or why not.
    pub outcome: TellingOutcome,
    /// When a mail may go.
    pub send_at: Timestamp,
}

macro_rules! of_broadcast {
    ($rest:literal) => {
        sql!(concat!("SELECT b.id, b.incident_id, b.at, b.by_name, b.words, b.done_at FROM broadcast b WHERE b.tenant_id = $1 AND ", $rest))
    };
}

fn read(r: &mut Row) -> Result<Broadcast, DbError> {
    Ok(Broadcast { id: r.next()?, incident: r.next()?, at: r.next()?, by: r.next()?, words: r.next()?, done_at: r.next()? })
}

/// One broadcast. Errors: `not_found`.
pub fn broadcast(tx: &mut Tx<'_>, id: BroadcastId) -> Done<Broadcast> {
    let tenant = tx.tenant();
    let found = tx.one(of_broadcast!("b.id = $2"), &[p(&tenant), p(&id)], read)?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// The broadcasts of an incident, the newest first.
pub fn of_incident(tx: &mut Tx<'_>, incident: IncidentId, limit: u32) -> Done<Vec<Broadcast>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        of_broadcast!("b.incident_id = $2 ORDER BY b.at DESC, b.id DESC LIMIT $3"),
        &[p(&tenant), p(&incident), p(&limit)],
        read,
    )?)
}

/// Whether a broadcast of an incident is still being told.
pub fn under_way(tx: &mut Tx<'_>, incident: IncidentId) -> Done<bool> {
    let tenant = tx.tenant();
    let live = sql!("SELECT COUNT(*) FROM broadcast WHERE tenant_id = $1 AND incident_id = $2 AND done_at IS NULL");
    Ok(tx.number(live, &[p(&tenant), p(&incident)])? > 0)
}

/// Keeps the words.
pub fn insert(tx: &mut Tx<'_>, b: &Broadcast) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!("INSERT INTO broadcast (id, tenant_id, incident_id, at, by_name, words) VALUES ($1, $2, $3, $4, $5, $6)"),
        &[p(&b.id), p(&tenant), p(&b.incident), p(&b.at), p(&b.by), p(&b.words)],
    )?;
    tx.audit("incident.broadcast", b.incident, None, Some(&serde_json::json!({ "broadcast": b.id, "words": b.words })));
    Ok(())
}

/// Says that every reporter has been dealt with.
pub fn done(tx: &mut Tx<'_>, id: BroadcastId) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(sql!("UPDATE broadcast SET done_at = $1 WHERE tenant_id = $2 AND id = $3"), &[p(&now), p(&tenant), p(&id)])?;
    Ok(())
}

/// Reporters who were there when the words were said and have not been dealt with yet.
pub fn left(tx: &mut Tx<'_>, b: &Broadcast, limit: u32) -> Done<Vec<(ReporterId, TicketId)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT r.id, r.ticket_id FROM incident_ticket r WHERE r.tenant_id = $1 AND r.incident_id = $2 AND r.left_at IS NULL AND r.at <= $3
               AND r.id > COALESCE((SELECT l.reporter_id FROM telling l WHERE l.broadcast_id = $4 ORDER BY l.reporter_id DESC LIMIT 1), $5)
             ORDER BY r.id LIMIT $6"
        ),
        &[p(&tenant), p(&b.incident), p(&b.at), p(&b.id), p(&ReporterId::from_uuid(Uuid::nil())), p(&limit)],
        |r| Ok((r.next()?, r.next()?)),
    )?)
}

/// Whether an address was told in this broadcast.
pub fn had(tx: &mut Tx<'_>, id: BroadcastId, address: &str) -> Done<bool> {
    let tenant = tx.tenant();
    let told = sql!(
        "SELECT COUNT(*) FROM telling WHERE tenant_id = $1 AND address = $2 AND broadcast_id = $3 AND outcome IN ('mail', 'mail_later')"
    );
    Ok(tx.number(told, &[p(&tenant), p(address), p(&id)])? > 0)
}

/// Keeps what was done for a reporter.
pub fn told(tx: &mut Tx<'_>, id: BroadcastId, to: (ReporterId, TicketId), told: Told, address: Option<&str>) -> Done<()> {
    let (own, tenant, now): (TellingId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO telling (id, tenant_id, broadcast_id, reporter_id, ticket_id, outcome, address, send_at, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &[p(&own), p(&tenant), p(&id), p(&to.0), p(&to.1), code(&told.outcome), p(&address.map(str::to_owned)), p(&told.send_at), p(&now)],
    )?;
    Ok(())
}

/// How many reporters came to which outcome.
pub fn outcomes(tx: &mut Tx<'_>, id: BroadcastId) -> Done<Vec<(TellingOutcome, i64)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!("SELECT outcome, COUNT(*) FROM telling WHERE tenant_id = $1 AND broadcast_id = $2 GROUP BY outcome ORDER BY outcome"),
        &[p(&tenant), p(&id)],
        |r| Ok((r.coded()?, r.next()?)),
    )?)
}

/// The same, of a branch's tickets alone.
pub fn outcomes_of_branch(tx: &mut Tx<'_>, id: BroadcastId, branch: BranchId) -> Done<Vec<(TellingOutcome, i64)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT l.outcome, COUNT(*) FROM telling l JOIN ticket t ON t.id = l.ticket_id
               JOIN store s ON s.id = t.store_id JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
             WHERE l.tenant_id = $1 AND l.broadcast_id = $2 AND d.branch_id = $3 GROUP BY l.outcome ORDER BY l.outcome"
        ),
        &[p(&tenant), p(&id), p(&branch)],
        |r| Ok((r.coded()?, r.next()?)),
    )?)
}

fn telling(r: &mut Row) -> Result<Telling, DbError> {
    Ok(Telling { id: r.next()?, ticket: r.next()?, number: r.next()?, subject: r.next()?, outcome: r.coded()?, send_at: r.next()? })
}

/// What was done for each reporter, in the order it was done, after one of them.
pub fn tellings(tx: &mut Tx<'_>, id: BroadcastId, after: TellingId, limit: u32) -> Done<Vec<Telling>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT l.id, l.ticket_id, t.number, t.subject, l.outcome, l.send_at FROM telling l JOIN ticket t ON t.id = l.ticket_id
             WHERE l.tenant_id = $1 AND l.broadcast_id = $2 AND l.id > $3 ORDER BY l.id LIMIT $4"
        ),
        &[p(&tenant), p(&id), p(&after), p(&limit)],
        telling,
    )?)
}

/// The same for those reporters that are a branch's.
pub fn tellings_of_branch(tx: &mut Tx<'_>, id: BroadcastId, branch: BranchId, after: TellingId, limit: u32) -> Done<Vec<Telling>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT l.id, l.ticket_id, t.number, t.subject, l.outcome, l.send_at FROM telling l JOIN ticket t ON t.id = l.ticket_id
               JOIN store s ON s.id = t.store_id JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
             WHERE l.tenant_id = $1 AND l.broadcast_id = $2 AND l.id > $3 AND d.branch_id = $5 ORDER BY l.id LIMIT $4"
        ),
        &[p(&tenant), p(&id), p(&after), p(&limit), p(&branch)],
        telling,
    )?)
}
