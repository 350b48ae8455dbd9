//! HTTP of planning: plans of a day, pins, absences, times and engineers for one order.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::crew::Absence;
use postsale_domain::dispatch::plan::PlanId;
use postsale_domain::ground::EngineerId;
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::visit::WorkOrderId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::plans;
use crate::flow::{absence, plan as flow, slots};
use crate::ground::db::{DbError, Done, Stop, Tx};
use crate::ground::gate::Costly;
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::plan::{self as view, PlanPage, PlanRow, SlotRow, SuggestionRow};
use crate::view::visit::{WorkOrderPage, WorkOrderRow, rows_of};

/// The routes of planning.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(plan_list, plan_make))
        .routes(routes!(plan_read))
        .routes(routes!(plan_publish))
        .routes(routes!(plan_discard))
        .routes(routes!(absence_note))
        .routes(routes!(work_order_pin))
        .routes(routes!(slot_list))
        .routes(routes!(suggestion_list))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PlanQuery {
    /// Only plans of this day.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<Date>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Plans, the newest first.
#[utoipa::path(get, path = "/dispatch/plans", operation_id = "plan_list", tag = "dispatch", params(PlanQuery),
    responses((status = 200, body = Page<PlanRow>), Problem))]
async fn plan_list(door: Door<act::DispatchPlan>, Params(query): Params<PlanQuery>) -> Result<Json<Page<PlanRow>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let (tenant, name) = (tx.tenant(), if query.date.is_some() { "plans-day" } else { "plans" });
        let after = Keyset::open(&seal, tenant, name, page.cursor.as_deref(), Keyset::LAST)?;
        let found = plans::newest(tx, query.date, after, page.take())?;
        let key =
            |p: &plans::PlanRecord| (if query.date.is_some() { p.number } else { postsale_domain::ground::to_millis(p.made_at) }, p.id);
        Ok(Page::cut(found, page.limit, &seal, tenant, name, key).map(view::row))
    })
    .await
    .map(Json)
}

/// What to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanOrder {
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Whose days may change; everybody's without it.
    #[serde(default)]
    engineers: Vec<EngineerId>,
    /// Seconds of search, 1 to 30; 5 without it. A small day takes less.
    seconds: Option<u32>,
}

/// Asks for a plan of a day. It is searched for outside of the request: read it again until it is no longer running.
#[utoipa::path(post, path = "/dispatch/plans", operation_id = "plan_make", tag = "dispatch", request_body = PlanOrder,
    responses((status = 202, body = PlanRow), Problem))]
async fn plan_make(door: Door<act::DispatchPlan>, body: Body<PlanOrder>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::ACCEPTED, |tx, b| flow::start(tx, b.date, &b.engineers, b.seconds).map(view::row)).await
}

fn known(tx: &mut Tx<'_>, id: PlanId) -> Done<plans::PlanRecord> {
    plans::plan(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// A plan with its routes and reasons, and whether the board has changed since.
#[derive(Debug, Serialize, ToSchema)]
struct PlanShown {
    #[serde(flatten)]
    page: PlanPage,
    /// Numbers of orders at which the board is no longer what a proposal was made for; publishing it is refused.
    outdated: Vec<String>,
}

/// A plan.
#[utoipa::path(get, path = "/dispatch/plans/{id}", operation_id = "plan_read", tag = "dispatch", params(("id" = String, Path)),
    responses((status = 200, body = PlanShown), Problem))]
async fn plan_read(door: Door<act::DispatchPlan>, Ref(id): Ref<PlanId>) -> Result<Json<PlanShown>, Problem> {
    door.read(move |tx| {
        let plan = known(tx, id)?;
        let outdated = flow::outdated_now(tx, &plan)?;
        Ok(PlanShown { page: view::page(tx, &plan)?, outdated })
    })
    .await
    .map(Json)
}

/// What to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanPublish {
    version: i64,
    /// Only these orders; all of the plan without it.
    work_orders: Option<Vec<WorkOrderId>>,
}

/// Offers what a plan proposes to its engineers: each order wholly or not at all, with the reason in `outcome`.
#[utoipa::path(post, path = "/dispatch/plans/{id}/publish", operation_id = "plan_publish", tag = "dispatch", params(("id" = String, Path)),
    request_body = PlanPublish, responses((status = 200, body = PlanPage), Problem))]
async fn plan_publish(door: Door<act::DispatchPlan>, Ref(id): Ref<PlanId>, body: Body<PlanPublish>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| flow::publish(tx, id, b.version, b.work_orders.as_deref())).await
}

/// What to throw away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanDiscard {
    version: i64,
}

/// Throws a proposal away.
#[utoipa::path(post, path = "/dispatch/plans/{id}/discard", operation_id = "plan_discard", tag = "dispatch", params(("id" = String, Path)),
    request_body = PlanDiscard, responses((status = 200, body = PlanPage), Problem))]
async fn plan_discard(door: Door<act::DispatchPlan>, Ref(id): Ref<PlanId>, body: Body<PlanDiscard>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| flow::discard(tx, id, b.version)).await
}

/// Who is absent, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AbsenceOrder {
    engineer_id: EngineerId,
    from: Timestamp,
    to: Timestamp,
    reason: String,
}

/// What an absence did.
#[derive(Debug, Serialize, ToSchema)]
struct AbsenceNoted {
    absence: Absence,
    /// Orders that nobody has any more.
    freed: Vec<WorkOrderRow>,
    /// The plan that is being searched for; null when nothing was freed, or another search of the day is under way.
    plan: Option<PlanRow>,
}

/// Notes that an engineer is absent: frees what they had and have not begun, and asks for a plan of the first day concerned.
#[utoipa::path(post, path = "/dispatch/absences", operation_id = "absence_note", tag = "dispatch", request_body = AbsenceOrder,
    responses((status = 201, body = AbsenceNoted), Problem))]
async fn absence_note(door: Door<act::DispatchPlan>, body: Body<AbsenceOrder>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, |tx, b| {
        let done = absence::note(tx, b.engineer_id, (b.from, b.to), &b.reason)?;
        let freed = rows_of(tx, &done.orders)?;
        Ok(AbsenceNoted { absence: done.absence, freed, plan: done.plan.map(view::row) })
    })
    .await
}

/// Whether it stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PinOrder {
    version: i64,
    pinned: bool,
}

/// Pins a work order to its engineer and time, or lets it go: no plan moves what is pinned.
#[utoipa::path(post, path = "/work-orders/{id}/pin", operation_id = "work_order_pin", tag = "dispatch", params(("id" = String, Path)),
    request_body = PinOrder, responses((status = 200, body = WorkOrderPage), Problem))]
async fn work_order_pin(door: Door<act::DispatchPlan>, Ref(id): Ref<WorkOrderId>, body: Body<PinOrder>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| flow::pin(tx, reach, id, b.version, b.pinned)).await
}

/// Which days to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SlotOrder {
    /// The first day; today without it.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// How many days, 1 to 14; 7 without it.
    days: Option<u16>,
    /// Also those past the deadline.
    #[serde(default)]
    late: bool,
}

/// Times that can be given.
#[derive(Debug, Serialize, ToSchema)]
struct Slots {
    items: Vec<SlotRow>,
}

async fn thinking<T: Send + 'static>(door: &crate::ground::web::Runner, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Problem::stopped(door.lang, Stop::Db(DbError::Other(format!("the planner did not answer: {e}")))))
}

/// Windows in which a work order can be done by somebody with skill and time, without moving anybody else; each with the
/// cheapest engineer and what it adds to the cost. Windows past the deadline are left out unless asked for.
#[utoipa::path(post, path = "/work-orders/{id}/slots", operation_id = "slot_list", tag = "dispatch", params(("id" = String, Path)),
    request_body = SlotOrder, responses((status = 200, body = Slots), Problem))]
async fn slot_list(door: Door<act::SlotRead>, Ref(id): Ref<WorkOrderId>, body: Body<SlotOrder>) -> Result<Json<Slots>, Problem> {
    let (reach, ask) = (door.reach(), body.value);
    let (from, many, late) = (ask.from, ask.days.unwrap_or(7), ask.late);
    let _turn = door.turn(Costly::Thinking).await?;
    let days = door.read(move |tx| slots::days(tx, reach, id, from, many, false)).await?;
    let items = thinking(&door, move || slots::slots(&days, id, late)).await?;
    Ok(Json(Slots { items }))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SuggestionQuery {
    /// The day; without it the promised one, or today.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<Date>,
    /// How many, 1 to 50; 10 without it.
    limit: Option<usize>,
}

/// Who could go.
#[derive(Debug, Serialize, ToSchema)]
struct Suggestions {
    items: Vec<SuggestionRow>,
}

/// Who could take a work order on a day without moving anybody else, the cheapest first, with the planner's price and reasons.
#[utoipa::path(get, path = "/work-orders/{id}/suggestions", operation_id = "suggestion_list", tag = "dispatch",
    params(("id" = String, Path), SuggestionQuery), responses((status = 200, body = Suggestions), Problem))]
async fn suggestion_list(
    door: Door<act::VisitOffer>,
    Ref(id): Ref<WorkOrderId>,
    Params(query): Params<SuggestionQuery>,
) -> Result<Json<Suggestions>, Problem> {
    let reach = door.reach();
    let _turn = door.turn(Costly::Thinking).await?;
    let days = door.read(move |tx| slots::days(tx, reach, id, query.date, 1, true)).await?;
    let most = query.limit.unwrap_or(10).clamp(1, 50);
    let items = thinking(&door, move || slots::suggestions(&days, id, most)).await?;
    Ok(Json(Suggestions { items }))
}
