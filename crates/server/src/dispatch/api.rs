//! HTTP of dispatch: who could go, asking them, the board of a day.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::crew::OffShift;
use postsale_domain::ground::EngineerId;
use postsale_domain::org::act;
use postsale_domain::visit::{Span, WorkOrderId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::dispatch::{self as flow, Wish};
use crate::flow::verdict::{OfferVerdict, verdict};
use crate::ground::web::{Answered, Body, Door, Params, Problem, Ref};
use crate::house::House;
use crate::view::visit::{self as view, Board, CandidateRow, WorkOrderPage};

/// The routes of dispatch.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(candidate_list))
        .routes(routes!(offer_verdict))
        .routes(routes!(work_order_offer))
        .routes(routes!(dispatch_board))
}

/// Everybody, the best first.
#[derive(Debug, Serialize, ToSchema)]
struct Candidates {
    items: Vec<CandidateRow>,
}

/// Who could go, why, and when; with the rule that excludes the others.
#[utoipa::path(get, path = "/work-orders/{id}/candidates", operation_id = "candidate_list", tag = "dispatch", params(("id" = String, Path)),
    responses((status = 200, body = Candidates), Problem))]
async fn candidate_list(door: Door<act::VisitOffer>, Ref(id): Ref<WorkOrderId>) -> Result<Json<Candidates>, Problem> {
    let reach = door.reach();
    door.read(move |tx| flow::ranked(tx, reach, id)).await.map(|items| Json(Candidates { items }))
}

/// Whom to ask; without anything, the rule chooses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfferOrder {
    version: i64,
    engineer_id: Option<EngineerId>,
    /// When they would be there.
    planned: Option<Span>,
    /// What the merchant is told.
    promised: Option<Span>,
    /// Why so, against a rule of habit.
    reason: Option<String>,
    /// Why outside of the engineer's shift; of somebody who may send them then.
    off_shift: Option<OffShift>,
}

/// Offers a work order to an engineer.
#[utoipa::path(post, path = "/work-orders/{id}/offer", operation_id = "work_order_offer", tag = "dispatch", params(("id" = String, Path)),
    request_body = OfferOrder, responses((status = 200, body = WorkOrderPage), Problem))]
async fn work_order_offer(door: Door<act::VisitOffer>, Ref(id): Ref<WorkOrderId>, body: Body<OfferOrder>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let wish =
            Wish { engineer: b.engineer_id, planned: b.planned, promised: b.promised, reason: b.reason.clone(), off_shift: b.off_shift };
        flow::offer(tx, reach, id, b.version, &wish)
    })
    .await
}

/// To whom, and from when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VerdictQuery {
    engineer_id: EngineerId,
    /// When they would be there.
    #[param(value_type = String, format = DateTime)]
    from: Timestamp,
}

/// What an offer to somebody at a time would meet: what forbids it, what asks for a reason, what the merchant would have to be told.
/// Nothing is kept.
#[utoipa::path(get, path = "/work-orders/{id}/verdict", operation_id = "offer_verdict", tag = "dispatch", params(("id" = String, Path), VerdictQuery),
    responses((status = 200, body = OfferVerdict), Problem))]
async fn offer_verdict(
    door: Door<act::VisitOffer>,
    Ref(id): Ref<WorkOrderId>,
    Params(query): Params<VerdictQuery>,
) -> Result<Json<OfferVerdict>, Problem> {
    let reach = door.reach();
    door.read(move |tx| verdict(tx, reach, id, query.engineer_id, query.from)).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BoardQuery {
    /// The day; today without it.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<Date>,
}

/// The board of a day: every engineer with their orders, and the orders nobody has.
#[utoipa::path(get, path = "/dispatch/board", operation_id = "dispatch_board", tag = "dispatch", params(BoardQuery),
    responses((status = 200, body = Board), Problem))]
async fn dispatch_board(door: Door<act::VisitOffer>, Params(query): Params<BoardQuery>) -> Result<Json<Board>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let (today, sight) = (tx.now().to_zoned(view::zone()).date(), view::sight(tx, reach));
        view::board(tx, sight, query.date.unwrap_or(today))
    })
    .await
    .map(Json)
}
