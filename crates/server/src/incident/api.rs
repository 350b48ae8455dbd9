//! HTTP of incidents: the list, the page, who belongs to it, telling them all, the end.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::ground::{AcquirerId, TypedId};
use postsale_domain::incident::{BroadcastId, IncidentId, Scope};
use postsale_domain::org::act;
use postsale_domain::ticket::{Outcome, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::broadcast::TellingId;
use super::store::ReporterId;
use crate::flow::incident as flow;
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::incident::{IncidentPage, IncidentRow, ReporterRow, TellingRow, listed, page, reporters, shown, tellings};
use crate::view::registry::{Sight, sight};

/// The routes of incidents.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(incident_list, incident_open))
        .routes(routes!(incident_read))
        .routes(routes!(incident_tickets, incident_attach))
        .routes(routes!(incident_detach))
        .routes(routes!(incident_broadcast))
        .routes(routes!(broadcast_tellings))
        .routes(routes!(incident_resolve))
}

/// Which incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum IncidentView {
    /// Those that go on, the newest first.
    #[default]
    Open,
    /// Those that are over, the newest first.
    Resolved,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct IncidentQuery {
    /// Which; `open` without it.
    #[param(inline)]
    state: Option<IncidentView>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Troubles that many tickets share.
#[utoipa::path(get, path = "/incidents", operation_id = "incident_list", tag = "incident", params(IncidentQuery),
    responses((status = 200, body = Page<IncidentRow>), Problem))]
async fn incident_list(door: Door<act::IncidentRead>, Params(query): Params<IncidentQuery>) -> Result<Json<Page<IncidentRow>>, Problem> {
    let (seal, reach) = (door.house.seal.clone(), door.reach());
    door.read(move |tx| {
        let (view, tenant) = (query.state.unwrap_or_default(), tx.tenant());
        let paged = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let name = if view == IncidentView::Open { "incidents-open" } else { "incidents-resolved" };
        let after = Keyset::open(&seal, tenant, name, paged.cursor.as_deref(), Keyset::LAST)?;
        let sight = sight(tx, reach);
        let rows = listed(tx, sight, view == IncidentView::Resolved, after, paged.take())?;
        Ok(Page::cut(rows, paged.limit, &seal, tenant, name, IncidentRow::place))
    })
    .await
    .map(Json)
}

/// Makes an incident. At least one part of what it is about is named; a part that is not is any.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IncidentOpen {
    /// What is going on, in a line: at most 100 characters.
    title: String,
    acquirer_id: Option<AcquirerId>,
    district: Option<String>,
    model: Option<String>,
    fault_code: Option<String>,
    /// Tickets that belong to it; at most 200.
    #[serde(default)]
    tickets: Vec<TicketId>,
}

fn said(text: &Option<String>) -> Option<String> {
    text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// Makes an incident, with tickets that belong to it.
#[utoipa::path(post, path = "/incidents", operation_id = "incident_open", tag = "incident", request_body = IncidentOpen,
    responses((status = 201, body = IncidentPage), Problem))]
async fn incident_open(door: Door<act::IncidentWork>, body: Body<IncidentOpen>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, b| {
        let scope = Scope {
            acquirer: b.acquirer_id.map(TypedId::uuid),
            district: said(&b.district),
            model: said(&b.model),
            fault_code: said(&b.fault_code),
        };
        let incident = flow::open(tx, reach, &b.title, scope, &b.tickets)?;
        page(tx, &incident)
    })
    .await
}

/// One incident with what its reporters were told.
#[utoipa::path(get, path = "/incidents/{id}", operation_id = "incident_read", tag = "incident", params(("id" = String, Path)),
    responses((status = 200, body = IncidentPage), Problem))]
async fn incident_read(door: Door<act::IncidentRead>, Ref(id): Ref<IncidentId>) -> Result<Json<IncidentPage>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let sight = sight(tx, reach);
        shown(tx, sight, id)
    })
    .await
    .map(Json)
}

/// Tickets that belong to an incident, in the order they were attached.
#[utoipa::path(get, path = "/incidents/{id}/tickets", operation_id = "incident_tickets", tag = "incident",
    params(("id" = String, Path), PageParams), responses((status = 200, body = Page<ReporterRow>), Problem))]
async fn incident_tickets(
    door: Door<act::IncidentRead>,
    Ref(id): Ref<IncidentId>,
    Params(paged): Params<PageParams>,
) -> Result<Json<Page<ReporterRow>>, Problem> {
    let (seal, reach) = (door.house.seal.clone(), door.reach());
    door.read(move |tx| {
        let (tenant, sight) = (tx.tenant(), sight(tx, reach));
        let after = Keyset::open(&seal, tenant, "incident-tickets", paged.cursor.as_deref(), Keyset::FIRST)?;
        let found = reporters(tx, sight, id, ReporterId::from_uuid(after.id), paged.take())?;
        Ok(Page::cut(found, paged.limit, &seal, tenant, "incident-tickets", |r| (0, r.id)))
    })
    .await
    .map(Json)
}

/// Which ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IncidentTicket {
    ticket_id: TicketId,
}

/// Attaches a ticket to an incident.
#[utoipa::path(post, path = "/incidents/{id}/tickets", operation_id = "incident_attach", tag = "incident", params(("id" = String, Path)),
    request_body = IncidentTicket, responses((status = 200, body = IncidentPage), Problem))]
async fn incident_attach(door: Door<act::IncidentWork>, Ref(id): Ref<IncidentId>, body: Body<IncidentTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        flow::attach(tx, reach, id, b.ticket_id)?;
        shown(tx, Sight::All, id)
    })
    .await
}

/// Detaches a ticket from an incident.
#[utoipa::path(post, path = "/incidents/{id}/detach", operation_id = "incident_detach", tag = "incident", params(("id" = String, Path)),
    request_body = IncidentTicket, responses((status = 200, body = IncidentPage), Problem))]
async fn incident_detach(door: Door<act::IncidentWork>, Ref(id): Ref<IncidentId>, body: Body<IncidentTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        flow::detach(tx, reach, id, b.ticket_id)?;
        shown(tx, Sight::All, id)
    })
    .await
}

/// Tells all reporters the same words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BroadcastSay {
    version: i64,
    /// 1 to 4000 characters; card numbers are masked.
    words: String,
}

/// Tells all reporters of an incident the same words, each once: on their page, and by mail within quiet hours and the day's most.
#[utoipa::path(post, path = "/incidents/{id}/broadcasts", operation_id = "incident_broadcast", tag = "incident", params(("id" = String, Path)),
    request_body = BroadcastSay, responses((status = 202, body = IncidentPage), Problem))]
async fn incident_broadcast(
    door: Door<act::IncidentTell>,
    Ref(id): Ref<IncidentId>,
    body: Body<BroadcastSay>,
) -> Result<Answered, Problem> {
    door.command(body, StatusCode::ACCEPTED, move |tx, b| {
        let incident = flow::broadcast(tx, id, b.version, &b.words)?;
        page(tx, &incident)
    })
    .await
}

/// Whom a broadcast reached, how, and whom not, and why.
#[utoipa::path(get, path = "/broadcasts/{id}/tellings", operation_id = "broadcast_tellings", tag = "incident",
    params(("id" = String, Path), PageParams), responses((status = 200, body = Page<TellingRow>), Problem))]
async fn broadcast_tellings(
    door: Door<act::IncidentRead>,
    Ref(id): Ref<BroadcastId>,
    Params(paged): Params<PageParams>,
) -> Result<Json<Page<TellingRow>>, Problem> {
    let (seal, reach) = (door.house.seal.clone(), door.reach());
    door.read(move |tx| {
        let (tenant, sight) = (tx.tenant(), sight(tx, reach));
        let after = Keyset::open(&seal, tenant, "tellings", paged.cursor.as_deref(), Keyset::FIRST)?;
        let found = tellings(tx, sight, id, TellingId::from_uuid(after.id), paged.take())?;
        Ok(Page::cut(found, paged.limit, &seal, tenant, "tellings", |l| (0, l.id)))
    })
    .await
    .map(Json)
}

/// How its reporters are solved with it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SolveReporters {
    fault_code: String,
    /// What was done on site is said by finishing the visit.
    outcome: Outcome,
}

/// Declares it over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IncidentResolve {
    version: i64,
    /// What it was, in a sentence.
    note: String,
    /// Solve its reporters the same way; without it they stay as they are.
    solve: Option<SolveReporters>,
}

/// Declares an incident over, and solves its reporters with it when that is asked for: each that the rules let be solved.
#[utoipa::path(post, path = "/incidents/{id}/resolve", operation_id = "incident_resolve", tag = "incident", params(("id" = String, Path)),
    request_body = IncidentResolve, responses((status = 200, body = IncidentPage), Problem))]
async fn incident_resolve(
    door: Door<act::IncidentTell>,
    Ref(id): Ref<IncidentId>,
    body: Body<IncidentResolve>,
) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| {
        let solve = b.solve.as_ref().map(|s| (s.fault_code.clone(), s.outcome));
        let incident = flow::resolve(tx, id, b.version, &b.note, solve)?;
        page(tx, &incident)
    })
    .await
}
