//! HTTP of pieces that somebody waits for: the storekeeper's list, and what an engineer asks for.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::ground::to_millis;
use postsale_domain::org::act;
use postsale_domain::parts::{PartRequestId, RequestEnd};
use postsale_domain::visit::WorkOrderId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::reserve as flow;
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::stock::{self as view, PartRequestRow};
use crate::view::visit::WorkOrderPage;

/// The routes of what is waited for.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(part_request_list)).routes(routes!(part_request_end)).routes(routes!(work_order_ask_part))
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PartRequestState {
    /// Somebody waits now.
    #[default]
    Open,
    /// Nobody waits any more.
    Over,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PartRequestQuery {
    /// Which of them; those who wait now without it.
    #[param(inline)]
    state: Option<PartRequestState>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Pieces that somebody waits for, whoever has waited longest first; or those that came, the newest first.
#[utoipa::path(get, path = "/part-requests", operation_id = "part_request_list", tag = "parts", params(PartRequestQuery),
    responses((status = 200, body = Page<PartRequestRow>), Problem))]
async fn part_request_list(
    door: Door<act::PartRead>,
    Params(query): Params<PartRequestQuery>,
) -> Result<Json<Page<PartRequestRow>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let (tenant, over) = (tx.tenant(), query.state == Some(PartRequestState::Over));
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let (name, start) = if over { ("part-requests-over", Keyset::LAST) } else { ("part-requests", Keyset::FIRST) };
        let after = Keyset::open(&seal, tenant, name, page.cursor.as_deref(), start)?;
        let found = if over { view::waited(tx, after, page.take())? } else { view::waiting(tx, after, page.take())? };
        Ok(Page::cut(found, page.limit, &seal, tenant, name, |row| (to_millis(row.ended_at.unwrap_or(row.since)), row.id)))
    })
    .await
    .map(Json)
}

/// How a waiting ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndPartRequest {
    /// `done`: it is seen to; `withdrawn`: none will come. The others happen by themselves.
    how: RequestEnd,
    /// Why none will come, 200 characters at most.
    #[serde(default)]
    note: String,
}

/// The storekeeper has seen to it, or says that none will come.
#[utoipa::path(post, path = "/part-requests/{id}/end", operation_id = "part_request_end", tag = "parts", params(("id" = String, Path)),
    request_body = EndPartRequest, responses((status = 200, body = PartRequestRow), Problem))]
async fn part_request_end(
    door: Door<act::PartManage>,
    Ref(id): Ref<PartRequestId>,
    body: Body<EndPartRequest>,
) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| {
        flow::end(tx, id, b.how, &b.note)?;
        view::request(tx, id)
    })
    .await
}

/// What an engineer asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskPart {
    /// What kind of part, by code.
    part: String,
}

/// The engineer of an order asks for a piece they do not carry: it is kept for the order, and the storekeeper reads who waits.
#[utoipa::path(post, path = "/work-orders/{id}/part-requests", operation_id = "work_order_ask_part", tag = "parts",
    params(("id" = String, Path)), request_body = AskPart, responses((status = 201, body = WorkOrderPage), Problem))]
async fn work_order_ask_part(door: Door<act::VisitWork>, Ref(id): Ref<WorkOrderId>, body: Body<AskPart>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, b| flow::ask(tx, reach, id, &b.part)).await
}
