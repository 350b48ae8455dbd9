//! Incidents as people see them: rows, the page, its reporters, what each was told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, Text, TypedId, to_millis};
use postsale_domain::incident::{BroadcastId, IncidentId, IncidentState, Reported, TellingOutcome, matched};
use postsale_domain::refuse;
use postsale_domain::ticket::{Outcome, TicketId};
use serde::Serialize;
use utoipa::ToSchema;

use super::registry::Sight;
use super::ticket::{TicketRow, rows as ticket_rows};
use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::ground::web::Keyset;
use crate::incident::broadcast;
use crate::incident::store::{self, Incident, ReporterId};
use crate::merchant::store as merchants;
use crate::ticket::list;

/// How an incident's number is said: `I-000012`.
pub fn number(number: i64) -> String {
    format!("I-{number:06}")
}

/// An incident in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentRow {
    /// Which one.
    pub id: IncidentId,
    /// `I-000012`.
    pub(super) number: String,
    pub(super) title: String,
    pub(super) state: IncidentState,
    pub(super) acquirer_id: Option<AcquirerId>,
    pub(super) acquirer_name: Option<String>,
    pub(super) district: Option<String>,
    pub(super) model: Option<String>,
    pub(super) fault_code: Option<String>,
    pub(super) fault_name: Option<Text>,
    pub(super) opened_at: Timestamp,
    pub(super) opened_by: String,
    pub(super) resolved_at: Option<Timestamp>,
    /// Tickets that belong to it.
    pub(super) reporters: i64,
    /// Those still worked on.
    pub(super) reporters_open: i64,
    pub(super) version: i64,
}

impl IncidentRow {
    /// Its place in a list: by its end where it has one.
    pub fn place(&self) -> (i64, IncidentId) {
        (to_millis(self.resolved_at.unwrap_or(self.opened_at)), self.id)
    }
}

/// Incidents as a list shows them, their tickets counted as far as one sees: one statement for names, one per fifty for counts.
pub fn rows(tx: &mut Tx<'_>, sight: Sight, incidents: &[Incident]) -> Done<Vec<IncidentRow>> {
    let names: BTreeMap<AcquirerId, String> = match incidents.iter().any(|i| i.scope.acquirer.is_some()) {
        true => merchants::acquirers(tx, None)?.into_iter().map(|a| (a.id, a.name)).collect(),
        false => BTreeMap::new(),
    };
    let force = in_force(tx)?;
    let mut counts: BTreeMap<IncidentId, (i64, i64)> = BTreeMap::new();
    for chunk in incidents.chunks(50) {
        let ids: Vec<IncidentId> = chunk.iter().map(|i| i.id).collect();
        counts.extend(match sight {
            Sight::Branch(own) => store::counts_of_branch(tx, &ids, own)?,
            _ => store::counts(tx, &ids)?,
        });
    }
    Ok(incidents
        .iter()
        .map(|i| {
            let acquirer_id = i.scope.acquirer.map(AcquirerId::from_uuid);
            let (reporters, reporters_open) = counts.get(&i.id).copied().unwrap_or_default();
            IncidentRow {
                id: i.id,
                number: number(i.number),
                title: i.title.clone(),
                state: i.state,
                acquirer_id,
                acquirer_name: acquirer_id.and_then(|id| names.get(&id).cloned()),
                district: i.scope.district.clone(),
                model: i.scope.model.clone(),
                fault_name: i.scope.fault_code.as_deref().and_then(|code| force.fault_name(code)),
                fault_code: i.scope.fault_code.clone(),
                opened_at: i.opened_at,
                opened_by: i.opened_by.clone(),
                resolved_at: i.resolved_at,
                reporters,
                reporters_open,
                version: i.version,
            }
        })
        .collect())
}

/// How many reporters came to an outcome.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutcomeCount {
    outcome: TellingOutcome,
    count: i64,
}

/// Words to all reporters, and what came of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BroadcastFace {
    id: BroadcastId,
    at: Timestamp,
    by: String,
    words: String,
    /// When the last reporter had been dealt with; null while it is being told.
    done_at: Option<Timestamp>,
    /// Reporters the words reach.
    told: i64,
    /// Reporters they do not.
    suppressed: i64,
    outcomes: Vec<OutcomeCount>,
}

/// An incident on its page; its reporters are a list of their own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentPage {
    incident: IncidentRow,
    resolved_by: Option<String>,
    /// What it was.
    resolution: Option<String>,
    /// The fault its reporters are solved with, when that was asked for.
    solve_fault: Option<String>,
    solve_outcome: Option<Outcome>,
    /// The newest first; at most twenty.
    broadcasts: Vec<BroadcastFace>,
}

/// Broadcasts a page shows.
const BROADCASTS: u32 = 20;

/// The page of an incident, for somebody with all the tenant in sight.
pub fn page(tx: &mut Tx<'_>, i: &Incident) -> Done<IncidentPage> {
    seen_by(tx, Sight::All, i)
}

fn seen_by(tx: &mut Tx<'_>, sight: Sight, i: &Incident) -> Done<IncidentPage> {
    let mut broadcasts = Vec::new();
    for b in broadcast::of_incident(tx, i.id, BROADCASTS)? {
        let outcomes = match sight {
            Sight::Branch(own) => broadcast::outcomes_of_branch(tx, b.id, own)?,
            _ => broadcast::outcomes(tx, b.id)?,
        };
        let sum = |told: bool| outcomes.iter().filter(|(o, _)| o.told() == told).map(|(_, n)| n).sum();
        broadcasts.push(BroadcastFace {
            id: b.id,
            at: b.at,
            by: b.by,
            words: b.words,
            done_at: b.done_at,
            told: sum(true),
            suppressed: sum(false),
            outcomes: outcomes.into_iter().map(|(outcome, count)| OutcomeCount { outcome, count }).collect(),
        });
    }
    Ok(IncidentPage {
        incident: rows(tx, sight, std::slice::from_ref(i))?.pop().ok_or_else(|| refuse!(NotFound, "not_found"))?,
        resolved_by: i.resolved_by.clone(),
        resolution: i.resolution.clone(),
        solve_fault: i.solve_fault.clone(),
        solve_outcome: i.solve_outcome,
        broadcasts,
    })
}

/// Lets an incident be seen: any with all the tenant in sight; within a branch those one of whose tickets is the branch's.
/// Errors: `not_found`, whether it does not exist or is not theirs.
pub fn see(tx: &mut Tx<'_>, sight: Sight, id: IncidentId) -> Done<()> {
    let seen = match sight {
        Sight::All => true,
        Sight::Branch(own) => !store::reporters_of_branch(tx, id, own, ReporterId::from_uuid(uuid::Uuid::nil()), 1)?.is_empty(),
        Sight::Acquirer(_) | Sight::Engineer(_) | Sight::Nothing => false,
    };
    if seen { Ok(()) } else { Err(refuse!(NotFound, "not_found").into()) }
}

/// Incidents that go on or are over, as far as one sees, the newest first, after a place.
pub fn listed(tx: &mut Tx<'_>, sight: Sight, over: bool, after: Keyset, limit: u32) -> Done<Vec<IncidentRow>> {
    let found = found(tx, sight, over, after, limit)?;
    rows(tx, sight, &found)
}

fn found(tx: &mut Tx<'_>, sight: Sight, over: bool, after: Keyset, limit: u32) -> Done<Vec<Incident>> {
    match sight {
        Sight::All if over => store::resolved(tx, after, limit),
        Sight::All => store::open(tx, after, limit),
        Sight::Branch(own) => store::of_branch(tx, own, over, after, limit),
        Sight::Acquirer(_) | Sight::Engineer(_) | Sight::Nothing => Ok(Vec::new()),
    }
}

/// The page of an incident by its id, as far as one sees. Errors: `not_found`.
pub fn shown(tx: &mut Tx<'_>, sight: Sight, id: IncidentId) -> Done<IncidentPage> {
    see(tx, sight, id)?;
    let incident = store::incident(tx, id)?;
    seen_by(tx, sight, &incident)
}

/// A ticket of an incident.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReporterRow {
    /// Its place in the list.
    pub id: ReporterId,
    /// Since when.
    at: Timestamp,
    /// Who attached it.
    by: String,
    /// What came of solving it with the incident: `solved`, the code of the refusal; null while it was not tried.
    solved: Option<String>,
    ticket: TicketRow,
}

/// Tickets of an incident, after one of them.
pub fn reporters(tx: &mut Tx<'_>, sight: Sight, id: IncidentId, after: ReporterId, limit: u32) -> Done<Vec<ReporterRow>> {
    see(tx, sight, id)?;
    store::incident(tx, id)?;
    let found = match sight {
        Sight::Branch(own) => store::reporters_of_branch(tx, id, own, after, limit)?,
        _ => store::reporters(tx, id, after, limit)?,
    };
    let ids: Vec<TicketId> = found.iter().map(|r| r.ticket).collect();
    let tickets = list::some(tx, &ids)?;
    let mut rows: BTreeMap<TicketId, TicketRow> = ticket_rows(tx, &tickets)?.into_iter().map(|row| (row.id, row)).collect();
    Ok(found
        .into_iter()
        .filter_map(|r| Some(ReporterRow { id: r.id, at: r.at, by: r.by, solved: r.solved, ticket: rows.remove(&r.ticket)? }))
        .collect())
}

/// What was done for a reporter of a broadcast.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TellingRow {
    /// Its place in the list.
    pub id: broadcast::TellingId,
    ticket_id: TicketId,
    /// `T-000831`.
    ticket_number: String,
    subject: String,
    /// Whether, how, or why not.
    outcome: TellingOutcome,
    /// When the mail may go.
    send_at: Timestamp,
}

/// What was done for each reporter, after one of them. Errors: `not_found`.
pub fn tellings(tx: &mut Tx<'_>, sight: Sight, id: BroadcastId, after: broadcast::TellingId, limit: u32) -> Done<Vec<TellingRow>> {
    let told = broadcast::broadcast(tx, id)?;
    see(tx, sight, told.incident)?;
    let found = match sight {
        Sight::Branch(own) => broadcast::tellings_of_branch(tx, id, own, after, limit)?,
        _ => broadcast::tellings(tx, id, after, limit)?,
    };
    Ok(found
        .into_iter()
        .map(|l| TellingRow {
            id: l.id,
            ticket_id: l.ticket,
            ticket_number: super::ticket::number(l.number),
            subject: l.subject,
            outcome: l.outcome,
            send_at: l.send_at,
        })
        .collect())
}

/// The incident a ticket belongs to, on its page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketIncident {
    id: IncidentId,
    /// `I-000012`.
    number: String,
    title: String,
    state: IncidentState,
}

/// An incident a report may belong to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KnownIncident {
    id: IncidentId,
    /// `I-000012`.
    number: String,
    title: String,
    opened_at: Timestamp,
    /// By what it matches: the same acquirer, district, model, fault.
    by: Vec<Text>,
}

/// Open incidents a report is compared with, the newest first.
const COMPARED: u32 = 200;

/// Incidents a report may belong to, as far as one sees, those that match by more first.
pub fn known(tx: &mut Tx<'_>, sight: Sight, reported: &Reported) -> Done<Vec<KnownIncident>> {
    let open = found(tx, sight, false, Keyset::LAST, COMPARED)?;
    let mut known: Vec<KnownIncident> = open
        .into_iter()
        .filter_map(|i| {
            let by = matched(&i.scope, reported)?;
            Some(KnownIncident { id: i.id, number: number(i.number), title: i.title, opened_at: i.opened_at, by })
        })
        .collect();
    known.sort_by_key(|i| std::cmp::Reverse(i.by.len()));
    Ok(known)
}

/// The incident a ticket belongs to.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<TicketIncident>> {
    let Some(reporting) = store::of_ticket(tx, ticket)? else { return Ok(None) };
    let i = store::incident(tx, reporting.incident)?;
    Ok(Some(TicketIncident { id: i.id, number: number(i.number), title: i.title, state: i.state }))
}
