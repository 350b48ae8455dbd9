//! Two tickets that are one: what it would mean, doing it, taking it back.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::org::act;
use postsale_domain::ticket::TicketId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::merge;
use crate::ground::web::{Answered, Body, Door, Params, Problem, Ref};
use crate::house::House;
use crate::view::ticket::{MergePreview, TicketPage, merge_preview, page};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(ticket_merge_preview)).routes(routes!(ticket_merge)).routes(routes!(ticket_unmerge))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MergeAsk {
    /// The ticket under whose number it would go on.
    into: TicketId,
}

/// What merging this ticket into another one would mean: both threads, the clocks, what follows, and why not. Nothing is kept.
#[utoipa::path(get, path = "/tickets/{id}/merge-preview", operation_id = "ticket_merge_preview", tag = "ticket",
    params(("id" = String, Path), MergeAsk), responses((status = 200, body = MergePreview), Problem))]
async fn ticket_merge_preview(
    door: Door<act::TicketMerge>,
    Ref(id): Ref<TicketId>,
    Params(query): Params<MergeAsk>,
) -> Result<Json<MergePreview>, Problem> {
    let reach = door.reach();
    door.read(move |tx| merge_preview(tx, reach, id, query.into)).await.map(Json)
}

/// Merges a ticket into another one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeTicket {
    version: i64,
    /// The ticket under whose number it goes on.
    into: TicketId,
    /// That one's version, as it was seen.
    into_version: i64,
}

/// Lets this ticket go on under another one's number: every channel keeps its thread, the earliest contact starts the clocks.
/// Answers with the page of the other one.
#[utoipa::path(post, path = "/tickets/{id}/merge", operation_id = "ticket_merge", tag = "ticket", params(("id" = String, Path)),
    request_body = MergeTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_merge(door: Door<act::TicketMerge>, Ref(id): Ref<TicketId>, body: Body<MergeTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let survivor = merge::merge(tx, reach, (id, b.version), (b.into, b.into_version))?;
        page(tx, &survivor)
    })
    .await
}

/// Takes a merge back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnmergeTicket {
    version: i64,
}

/// Lets a merged ticket stand on its own again, as it stood before. What was written meanwhile stays where it was written.
#[utoipa::path(post, path = "/tickets/{id}/unmerge", operation_id = "ticket_unmerge", tag = "ticket", params(("id" = String, Path)),
    request_body = UnmergeTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_unmerge(door: Door<act::TicketMerge>, Ref(id): Ref<TicketId>, body: Body<UnmergeTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let back = merge::unmerge(tx, reach, id, b.version)?;
        page(tx, &back)
    })
    .await
}
