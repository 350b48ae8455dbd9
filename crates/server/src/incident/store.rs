//! SQL of incidents and of who reported them.

use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, BranchId, TypedId};
use postsale_domain::incident::{IncidentId, IncidentState, Scope};
use postsale_domain::refuse;
use postsale_domain::ticket::{Outcome, TicketId};
use serde::Serialize;

use crate::ground::db::{DbError, Done, Query, Row, Tx, code, fifty, p};
use crate::ground::web::Keyset;
use crate::{fifty, sql};

/// Where what hangs on a ticket is asked for here; see [`Tx::nothing_hangs`].
pub const FILE: &str = file!();

postsale_domain::ids! {
    /// A ticket's belonging to an incident.
    ReporterId = "rep";
}

/// An incident as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct Incident {
    /// Which one.
    pub id: IncidentId,
    /// The number people say: `I-000012`.
    pub number: i64,
    /// What is going on, in a line.
    pub title: String,
    /// What it is about.
    pub scope: Scope,
    /// Where it stands.
    pub state: IncidentState,
    /// Since when.
    pub opened_at: Timestamp,
    /// By whom.
    pub opened_by: String,
    /// Until when.
    pub resolved_at: Option<Timestamp>,
    /// Who said so.
    pub resolved_by: Option<String>,
    /// What it was.
    pub resolution: Option<String>,
    /// The fault its reporters are solved with.
    pub solve_fault: Option<String>,
    /// How they are solved.
    pub solve_outcome: Option<Outcome>,
    /// Grows with each change.
    pub version: i64,
}

/// A ticket's belonging to an incident.
#[derive(Debug, Clone)]
pub struct Reporting {
    /// Which one.
    pub id: ReporterId,
    /// The incident.
    pub incident: IncidentId,
    /// The ticket.
    pub ticket: TicketId,
    /// Since when.
    pub at: Timestamp,
    /// Who attached it.
    pub by: String,
    /// What came of solving it with the incident.
    pub solved: Option<String>,
}

macro_rules! of_incident {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT i.id, i.number, i.title, i.acquirer_id, i.district, i.model, i.fault_code, i.state, i.opened_at, i.opened_by, i.resolved_at,
               i.resolved_by, i.resolution, i.solve_fault, i.solve_outcome, i.version FROM incident i WHERE i.tenant_id = $1 AND ",
            $rest
        ))
    };
}

fn read(r: &mut Row) -> Result<Incident, DbError> {
    let (id, number, title, acquirer): (_, _, _, Option<AcquirerId>) = (r.next()?, r.next()?, r.next()?, r.next()?);
    let scope = Scope { acquirer: acquirer.map(TypedId::uuid), district: r.next()?, model: r.next()?, fault_code: r.next()? };
    Ok(Incident {
        id,
        number,
        title,
        scope,
        state: r.coded()?,
        opened_at: r.next()?,
        opened_by: r.next()?,
        resolved_at: r.next()?,
        resolved_by: r.next()?,
        resolution: r.next()?,
        solve_fault: r.next()?,
        solve_outcome: r.coded_opt()?,
        version: r.next()?,
    })
}

/// Keeps a new incident.
pub fn insert(tx: &mut Tx<'_>, i: &Incident) -> Done<()> {
    let (tenant, acquirer) = (tx.tenant(), i.scope.acquirer.map(AcquirerId::from_uuid));
    tx.exec(
        sql!(
            "INSERT INTO incident (id, tenant_id, number, title, acquirer_id, district, model, fault_code, state, opened_at, opened_by, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        &[
            p(&i.id),
            p(&tenant),
            p(&i.number),
            p(&i.title),
            p(&acquirer),
            p(&i.scope.district),
            p(&i.scope.model),
            p(&i.scope.fault_code),
            code(&i.state),
            p(&i.opened_at),
            p(&i.opened_by),
            p(&i.version),
        ],
    )?;
    tx.audit("incident.open", i.id, None, Some(i));
    Ok(())
}

/// Writes how an incident ended; the version grows by one.
pub fn save(tx: &mut Tx<'_>, action: &'static str, before: &Incident, after: &mut Incident) -> Done<()> {
    after.version = before.version + 1;
    let (tenant, i) = (tx.tenant(), &*after);
    let touched = tx.exec(
        sql!(
            "UPDATE incident SET state = $1, resolved_at = $2, resolved_by = $3, resolution = $4, solve_fault = $5, solve_outcome = $6, version = $7
             WHERE tenant_id = $8 AND id = $9 AND version = $10"
        ),
        &[
            code(&i.state),
            p(&i.resolved_at),
            p(&i.resolved_by),
            p(&i.resolution),
            p(&i.solve_fault),
            p(&i.solve_outcome.map(|o| o.as_str().to_owned())),
            p(&i.version),
            p(&tenant),
            p(&i.id),
            p(&before.version),
        ],
    )?;
    if touched != 1 {
        return Err(DbError::Contended("an incident changed under a lock".into()).into());
    }
    tx.audit(action, i.id, Some(before), Some(i));
    Ok(())
}

/// One incident. Errors: `not_found`.
pub fn incident(tx: &mut Tx<'_>, id: IncidentId) -> Done<Incident> {
    let tenant = tx.tenant();
    let found = tx.one(of_incident!("i.id = $2"), &[p(&tenant), p(&id)], read)?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// One incident, to change. Errors: `not_found`.
pub fn for_change(tx: &mut Tx<'_>, id: IncidentId) -> Done<Incident> {
    let tenant = tx.tenant();
    let found = tx.one(of_incident!("i.id = $2 {for_update}"), &[p(&tenant), p(&id)], read)?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// Incidents that go on, the newest first, after a place.
pub fn open(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<Incident>> {
    let (tenant, id) = (tx.tenant(), IncidentId::from_uuid(after.id));
    Ok(tx.query(
        of_incident!("i.state = 'open' AND (i.opened_at, i.id) < ($2, $3) ORDER BY i.opened_at DESC, i.id DESC LIMIT $4"),
        &[p(&tenant), p(&after.at), p(&id), p(&limit)],
        read,
    )?)
}

/// Incidents that are over, the newest first, after a place.
pub fn resolved(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<Incident>> {
    let (tenant, id) = (tx.tenant(), IncidentId::from_uuid(after.id));
    Ok(tx.query(
        of_incident!("i.resolved_at IS NOT NULL AND (i.resolved_at, i.id) < ($2, $3) ORDER BY i.resolved_at DESC, i.id DESC LIMIT $4"),
        &[p(&tenant), p(&after.at), p(&id), p(&limit)],
        read,
    )?)
}

/// Incidents with a ticket of a branch, by when they began or, over ones, ended; the newest first, after a place.
pub fn of_branch(tx: &mut Tx<'_>, branch: BranchId, over: bool, after: Keyset, limit: u32) -> Done<Vec<Incident>> {
    let key = [p(&tx.tenant()), p(&after.at), p(&IncidentId::from_uuid(after.id)), p(&limit), p(&branch)];
    Ok(if over {
        tx.query(
            of_incident!(
                "i.resolved_at IS NOT NULL AND (i.resolved_at, i.id) < ($2, $3) AND EXISTS (SELECT 1 FROM incident_ticket r
                   JOIN ticket t ON t.id = r.ticket_id JOIN store s ON s.id = t.store_id
                   JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                   WHERE r.incident_id = i.id AND r.left_at IS NULL AND d.branch_id = $5) ORDER BY i.resolved_at DESC, i.id DESC LIMIT $4"
            ),
            &key,
            read,
        )?
    } else {
        tx.query(
            of_incident!(
                "i.state = 'open' AND (i.opened_at, i.id) < ($2, $3) AND EXISTS (SELECT 1 FROM incident_ticket r
                   JOIN ticket t ON t.id = r.ticket_id JOIN store s ON s.id = t.store_id
                   JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                   WHERE r.incident_id = i.id AND r.left_at IS NULL AND d.branch_id = $5) ORDER BY i.opened_at DESC, i.id DESC LIMIT $4"
            ),
            &key,
            read,
        )?
    })
}

macro_rules! of_reporting {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT r.id, r.incident_id, r.ticket_id, r.at, r.by_name, r.solved FROM incident_ticket r WHERE r.tenant_id = $1 AND r.left_at IS NULL AND ",
            $rest
        ))
    };
}

fn reporting(r: &mut Row) -> Result<Reporting, DbError> {
    Ok(Reporting { id: r.next()?, incident: r.next()?, ticket: r.next()?, at: r.next()?, by: r.next()?, solved: r.next()? })
}

/// The incident a ticket belongs to.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Reporting>> {
    let tenant = tx.tenant();
    Ok(tx.hanging_one(ticket, of_reporting!("r.ticket_id = $2"), &[p(&tenant), p(&ticket)], reporting)?)
}

/// Tickets of an incident in the order they were attached, after one of them.
pub fn reporters(tx: &mut Tx<'_>, incident: IncidentId, after: ReporterId, limit: u32) -> Done<Vec<Reporting>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        of_reporting!("r.incident_id = $2 AND r.id > $3 ORDER BY r.id LIMIT $4"),
        &[p(&tenant), p(&incident), p(&after), p(&limit)],
        reporting,
    )?)
}

/// Those of them that are a branch's.
pub fn reporters_of_branch(tx: &mut Tx<'_>, incident: IncidentId, branch: BranchId, after: ReporterId, limit: u32) -> Done<Vec<Reporting>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        of_reporting!(
            "r.incident_id = $2 AND r.id > $3 AND EXISTS (SELECT 1 FROM ticket t JOIN store s ON s.id = t.store_id
               JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
               WHERE t.id = r.ticket_id AND d.branch_id = $5) ORDER BY r.id LIMIT $4"
        ),
        &[p(&tenant), p(&incident), p(&after), p(&limit), p(&branch)],
        reporting,
    )?)
}

/// Tickets of an incident whose solving has not been tried.
pub fn unsolved(tx: &mut Tx<'_>, incident: IncidentId, limit: u32) -> Done<Vec<Reporting>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        of_reporting!("r.incident_id = $2 AND r.solved IS NULL ORDER BY r.id LIMIT $3"),
        &[p(&tenant), p(&incident), p(&limit)],
        reporting,
    )?)
}

macro_rules! counted {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT r.incident_id, COUNT(*), COUNT(CASE WHEN t.closed_at IS NULL AND t.state <> 'solved' THEN 1 END)
             FROM incident_ticket r JOIN ticket t ON t.id = r.ticket_id WHERE r.tenant_id = $1 AND r.left_at IS NULL AND r.incident_id IN (",
            fifty!(),
            ") ",
            $rest,
            " GROUP BY r.incident_id"
        ))
    };
}

/// What [`counts`] says of an incident: how many tickets it has, and how many of them are still worked on.
type Counted = (IncidentId, (i64, i64));

/// How many tickets each of at most fifty incidents has, and how many of them are still worked on. None: it has none.
pub fn counts(tx: &mut Tx<'_>, incidents: &[IncidentId]) -> Done<Vec<Counted>> {
    if incidents.is_empty() {
        return Ok(Vec::new());
    }
    let params = fifty(&tx.tenant(), incidents.iter().map(p));
    Ok(tx.query(counted!(""), &params, |r| Ok((r.next()?, (r.next()?, r.next()?))))?)
}

/// The same, of a branch's tickets alone.
pub fn counts_of_branch(tx: &mut Tx<'_>, incidents: &[IncidentId], branch: BranchId) -> Done<Vec<Counted>> {
    if incidents.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = fifty(&tx.tenant(), incidents.iter().map(p));
    params.push(p(&branch));
    Ok(tx.query(
        counted!(
            "AND EXISTS (SELECT 1 FROM store s JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
               WHERE s.id = t.store_id AND d.branch_id = $52)"
        ),
        &params,
        |r| Ok((r.next()?, (r.next()?, r.next()?))),
    )?)
}

/// Attaches a ticket.
pub fn attach(tx: &mut Tx<'_>, incident: IncidentId, ticket: TicketId, by: &str) -> Done<()> {
    let (id, tenant, now): (ReporterId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    tx.exec(
        sql!("INSERT INTO incident_ticket (id, tenant_id, incident_id, ticket_id, at, by_name) VALUES ($1, $2, $3, $4, $5, $6)"),
        &[p(&id), p(&tenant), p(&incident), p(&ticket), p(&now), p(by)],
    )?;
    tx.audit("incident.attach", incident, None, Some(&serde_json::json!({ "ticket": ticket })));
    Ok(())
}

/// Detaches a ticket.
pub fn detach(tx: &mut Tx<'_>, reporting: &Reporting, by: &str) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!("UPDATE incident_ticket SET left_at = $1, left_by = $2 WHERE tenant_id = $3 AND id = $4 AND left_at IS NULL"),
        &[p(&now), p(by), p(&tenant), p(&reporting.id)],
    )?;
    tx.audit("incident.detach", reporting.incident, Some(&serde_json::json!({ "ticket": reporting.ticket })), None);
    Ok(())
}

/// Notes what came of solving a reporter.
pub fn tried(tx: &mut Tx<'_>, reporter: ReporterId, result: &str) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(sql!("UPDATE incident_ticket SET solved = $1 WHERE tenant_id = $2 AND id = $3"), &[p(result), p(&tenant), p(&reporter)])?;
    Ok(())
}
