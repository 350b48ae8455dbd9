//! HTTP of quotes: what a case would cost, offers to the merchant, and what they answered.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::billing::{Answer, AnswerWay};
use postsale_domain::facts::{Asked, QuoteId};
use postsale_domain::org::act;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::WorkOrderId;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::Quote;
use crate::flow::charge as flow;
use crate::ground::web::{Answered, Body, Door, Problem, Ref};
use crate::house::House;
use crate::view::charge::{self as view, Costs};
use crate::view::visit::WorkOrderPage;

/// The routes of quotes.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(quote_list, quote_make))
        .routes(routes!(quote_answer))
        .routes(routes!(work_order_consent))
        .routes(routes!(charge_waive))
}

/// What the visit of a ticket costs the merchant, what covers it, and what was quoted, newest first.
#[utoipa::path(get, path = "/tickets/{id}/quotes", operation_id = "quote_list", tag = "billing", params(("id" = String, Path)),
    responses((status = 200, body = Costs), Problem))]
async fn quote_list(door: Door<act::TicketRead>, Ref(id): Ref<TicketId>) -> Result<Json<Costs>, Problem> {
    let reach = door.reach();
    door.read(move |tx| view::shown(tx, reach, id)).await.map(Json)
}

/// What to quote.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuoteMake {
    /// Lines of the price list; what is not listed cannot be charged, and what is covered costs nothing.
    lines: Vec<Asked>,
}

/// Offer the merchant a quote by the price list of today. It takes the place of the one they have not answered, and waits for their answer.
#[utoipa::path(post, path = "/tickets/{id}/quotes", operation_id = "quote_make", tag = "billing", params(("id" = String, Path)),
    request_body = QuoteMake, responses((status = 201, body = Quote), Problem))]
async fn quote_make(door: Door<act::QuoteMake>, Ref(id): Ref<TicketId>, body: Body<QuoteMake>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, b| flow::offer(tx, reach, id, &b.lines)).await
}

/// What a merchant answered, as somebody of the house was told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuoteAnswered {
    /// Yes or no.
    accept: bool,
    /// Who said it.
    by: String,
    /// How it came; `page` is the merchant's own and nobody else's.
    way: AnswerWay,
    /// Why, or what was said besides.
    note: Option<String>,
    /// Of a signature: lines of points, each `[x, y]`.
    #[schema(value_type = Vec<Vec<Vec<f64>>>)]
    #[serde(default)]
    strokes: Vec<Vec<(f64, f64)>>,
}

/// Write down what the merchant answered to a quote. The same answer again changes nothing.
#[utoipa::path(post, path = "/tickets/{id}/quotes/{quote}/answer", operation_id = "quote_answer", tag = "billing",
    params(("id" = String, Path), ("quote" = String, Path)), request_body = QuoteAnswered, responses((status = 200, body = Quote), Problem))]
async fn quote_answer(
    door: Door<act::QuoteAnswer>,
    Ref((id, quote)): Ref<(TicketId, QuoteId)>,
    body: Body<QuoteAnswered>,
) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let answer = Answer { accept: b.accept, by: b.by.clone(), way: b.way, note: b.note.clone(), strokes: points(&b.strokes) };
        flow::noted(tx, reach, id, quote, &answer)
    })
    .await
}

/// What the merchant signs on the engineer's phone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsentOrder {
    version: i64,
    /// Lines of the price list.
    lines: Vec<Asked>,
    /// Fen that were signed; when the lines cost another sum by now, nothing is agreed to.
    total: i64,
    /// Who signs.
    by: String,
    /// Lines of points, each `[x, y]`.
    #[schema(value_type = Vec<Vec<Vec<f64>>>)]
    strokes: Vec<Vec<(f64, f64)>>,
}

/// The quote and the merchant's signature as one tap at the shop, before the work.
#[utoipa::path(post, path = "/work-orders/{id}/consent", operation_id = "work_order_consent", tag = "billing", params(("id" = String, Path)),
    request_body = ConsentOrder, responses((status = 200, body = WorkOrderPage), Problem))]
async fn work_order_consent(door: Door<act::VisitWork>, Ref(id): Ref<WorkOrderId>, body: Body<ConsentOrder>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let answer = Answer { accept: true, by: b.by.clone(), way: AnswerWay::Signature, note: None, strokes: points(&b.strokes) };
        flow::signed(tx, reach, id, b.version, &b.lines, b.total, &answer)
    })
    .await
}

/// A signature as it is kept.
fn points(strokes: &[Vec<(f64, f64)>]) -> Vec<Vec<(i32, i32)>> {
    strokes.iter().map(|s| s.iter().map(|(x, y)| (x.round() as i32, y.round() as i32)).collect()).collect()
}

/// Why nobody waits for the merchant's yes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChargeWaive {
    reason: String,
}

/// Let charged work go on without the merchant's yes, for a reason that is kept.
#[utoipa::path(post, path = "/tickets/{id}/charge-waiver", operation_id = "charge_waive", tag = "billing", params(("id" = String, Path)),
    request_body = ChargeWaive, responses((status = 200, body = Costs), Problem))]
async fn charge_waive(door: Door<act::ChargeWaive>, Ref(id): Ref<TicketId>, body: Body<ChargeWaive>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| flow::waive(tx, reach, id, &b.reason)).await
}
