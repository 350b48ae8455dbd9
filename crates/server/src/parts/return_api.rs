//! HTTP of what comes back from shops: what engineers carry, and what becomes of it at the warehouse.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::ground::{EngineerId, to_millis};
use postsale_domain::org::act;
use postsale_domain::parts::{PartId, PartReturnId, ReturnFinding, ReturnStep, Said};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::bring_back as flow;
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::part_return::{self as view, PartReturnPage, PartReturnRow, PartReturnView};

/// The routes of what comes back.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(part_return_list)).routes(routes!(part_return_read)).routes(routes!(part_return_step))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PartReturnQuery {
    /// Which of them; those engineers carry without it.
    #[param(inline)]
    state: Option<PartReturnView>,
    /// Of what engineers carry: whose.
    #[param(value_type = Option<String>)]
    engineer: Option<EngineerId>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What comes back from shops, whatever has lain longest where it is first; or where it ended, the newest first. An engineer reads what
/// they carry.
#[utoipa::path(get, path = "/part-returns", operation_id = "part_return_list", tag = "parts", params(PartReturnQuery),
    responses((status = 200, body = Page<PartReturnRow>), Problem))]
async fn part_return_list(
    door: Door<act::ReturnRead>,
    Params(query): Params<PartReturnQuery>,
) -> Result<Json<Page<PartReturnRow>>, Problem> {
    let (seal, reach) = (door.house.seal.clone(), door.reach());
    door.read(move |tx| {
        let (tenant, asked) = (tx.tenant(), query.state.unwrap_or_default());
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let (name, start) = match asked {
            PartReturnView::Carried => ("part-returns-carried", Keyset::FIRST),
            PartReturnView::Here => ("part-returns-here", Keyset::FIRST),
            PartReturnView::AtVendor => ("part-returns-vendor", Keyset::FIRST),
            PartReturnView::Over => ("part-returns-over", Keyset::LAST),
        };
        let after = Keyset::open(&seal, tenant, name, page.cursor.as_deref(), start)?;
        let found = view::list(tx, reach, asked, query.engineer, after, page.take())?;
        Ok(Page::cut(found, page.limit, &seal, tenant, name, |row| (to_millis(row.ended_at.unwrap_or(row.changed_at)), row.id)))
    })
    .await
    .map(Json)
}

/// One of them, with all that was done and what can be.
#[utoipa::path(get, path = "/part-returns/{id}", operation_id = "part_return_read", tag = "parts", params(("id" = String, Path)),
    responses((status = 200, body = PartReturnPage), Problem))]
async fn part_return_read(door: Door<act::ReturnRead>, Ref(id): Ref<PartReturnId>) -> Result<Json<PartReturnPage>, Problem> {
    let reach = door.reach();
    door.read(move |tx| view::page(tx, reach, id)).await.map(Json)
}

/// What somebody at the warehouse does with it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepPartReturn {
    /// What.
    step: ReturnStep,
    /// What the test said, to `find` and to `take_back`.
    finding: Option<ReturnFinding>,
    /// The vendor's number, to `send`; 200 characters at most.
    vendor_ref: Option<String>,
    /// What the vendor pays, in fen, to `credit`.
    credit_fen: Option<i64>,
    /// As a piece of which part it goes on the shelf, to `stock`.
    part_id: Option<PartId>,
    /// Its serial, to `stock`, if the part's pieces have one and it was not read at the shop.
    serial: Option<String>,
    /// A note, 200 characters at most; to `repair`, `scrap` and `write_off` it says what was done, or why.
    #[serde(default)]
    note: String,
}

/// Takes it in, tests it, repairs it, sends it to its vendor, puts it on the shelf, throws it away.
#[utoipa::path(post, path = "/part-returns/{id}/steps", operation_id = "part_return_step", tag = "parts", params(("id" = String, Path)),
    request_body = StepPartReturn, responses((status = 200, body = PartReturnPage), Problem))]
async fn part_return_step(
    door: Door<act::PartManage>,
    Ref(id): Ref<PartReturnId>,
    body: Body<StepPartReturn>,
) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let said =
            Said { finding: b.finding, vendor_ref: b.vendor_ref.as_deref(), credit_fen: b.credit_fen, part: b.part_id, note: &b.note };
        flow::go(tx, id, &flow::Step { step: b.step, said, serial: b.serial.as_deref() })?;
        view::page(tx, reach, id)
    })
    .await
}
