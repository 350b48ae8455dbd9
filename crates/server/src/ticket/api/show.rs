//! The page of a ticket, its timeline, and what may be the same.

use axum::Json;
use postsale_domain::ground::page_size;
use postsale_domain::org::act;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::gate::Costly;
use crate::ground::web::{Door, Params, Problem, Ref};
use crate::house::House;
use crate::view::ticket::{SimilarTicket, TicketLine, TicketPage, shown, similar, timeline};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(ticket_read)).routes(routes!(ticket_timeline)).routes(routes!(ticket_similar))
}

/// One ticket with everything its page shows.
#[utoipa::path(get, path = "/tickets/{id}", operation_id = "ticket_read", tag = "ticket", params(("id" = String, Path)),
    responses((status = 200, body = TicketPage), Problem))]
async fn ticket_read(door: Door<act::TicketRead>, Ref(id): Ref<TicketId>) -> Result<Json<TicketPage>, Problem> {
    let reach = door.reach();
    door.read(move |tx| shown(tx, reach, id)).await.map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    /// Only lines after this one; from the first without it.
    after: Option<i64>,
    /// Lines of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
}

/// Lines of a timeline.
#[derive(Debug, Serialize, ToSchema)]
struct Timeline {
    items: Vec<TicketLine>,
    /// `after` of the next page; null when there is none yet. A timeline only grows: asking again later goes on from the last line.
    next_after: Option<i64>,
}

/// What was said and what happened, oldest first.
#[utoipa::path(get, path = "/tickets/{id}/timeline", operation_id = "ticket_timeline", tag = "ticket",
    params(("id" = String, Path), TimelineQuery), responses((status = 200, body = Timeline), Problem))]
async fn ticket_timeline(
    door: Door<act::TicketRead>,
    Ref(id): Ref<TicketId>,
    Params(query): Params<TimelineQuery>,
) -> Result<Json<Timeline>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let size = page_size(query.limit);
        let mut items = timeline(tx, reach, id, query.after.unwrap_or(0), size + 1)?;
        let more = items.len() > size as usize;
        items.truncate(size as usize);
        let next_after = items.last().filter(|_| more).map(|line| line.seq);
        Ok(Timeline { items, next_after })
    })
    .await
    .map(Json)
}

/// Tickets that may be about the same.
#[derive(Debug, Serialize, ToSchema)]
struct SimilarTickets {
    /// Most likely first, at most twenty.
    items: Vec<SimilarTicket>,
}

/// What may be about the same: of the same terminal, of the same words, from the same telephone or merchant.
#[utoipa::path(get, path = "/tickets/{id}/similar", operation_id = "ticket_similar", tag = "ticket", params(("id" = String, Path)),
    responses((status = 200, body = SimilarTickets), Problem))]
async fn ticket_similar(door: Door<act::TicketRead>, Ref(id): Ref<TicketId>) -> Result<Json<SimilarTickets>, Problem> {
    let reach = door.reach();
    let _turn = door.turn(Costly::Search).await?;
    door.read(move |tx| Ok(SimilarTickets { items: similar(tx, reach, id)? })).await.map(Json)
}
