//! HTTP of statements: the list, a month before it is signed, the page, its lines; signing, excluding, disputing, deciding.

use axum::Json;
use axum::http::StatusCode;
use jiff::civil::Date;
use postsale_domain::agreement::{Claim, ClockId, DisputeId, ExclusionId, LineVerdict, Month, StatementId, TicketId};
use postsale_domain::ground::{AcquirerId, Act};
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::statement::{self as flow, Asked, By};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::registry::sight;
use crate::view::statement::{self as view, LinesView, MonthView, StatementLine, StatementPage, StatementRow};

/// The routes of statements.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(statement_list, statement_open))
        .routes(routes!(statement_month))
        .routes(routes!(statement_read))
        .routes(routes!(statement_lines))
        .routes(routes!(statement_sign))
        .routes(routes!(statement_exclude))
        .routes(routes!(statement_include))
        .routes(routes!(statement_dispute))
        .routes(routes!(statement_decide))
}

/// Statements, the newest month first; an acquirer sees its own, once they are signed.
#[utoipa::path(get, path = "/statements", operation_id = "statement_list", tag = "agreement", params(PageParams),
    responses((status = 200, body = Page<StatementRow>), Problem))]
async fn statement_list(door: Door<act::StatementRead>, Params(paged): Params<PageParams>) -> Result<Json<Page<StatementRow>>, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    door.read(move |tx| {
        let (sight, tenant) = (sight(tx, reach), tx.tenant());
        let after = Keyset::open(&seal, tenant, "statements", paged.cursor.as_deref(), Keyset::LAST)?;
        let rows = view::listed(tx, sight, after, paged.take())?;
        Ok(Page::cut(rows, paged.limit, &seal, tenant, "statements", StatementRow::place))
    })
    .await
    .map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MonthQuery {
    /// `2026-10`; the month that is going on without it.
    #[param(value_type = Option<String>)]
    month: Option<Month>,
}

/// What a month comes to before it is signed, by acquirer and agreement.
#[utoipa::path(get, path = "/statement-month", operation_id = "statement_month", tag = "agreement", params(MonthQuery),
    responses((status = 200, body = MonthView), Problem))]
async fn statement_month(door: Door<act::StatementWork>, Params(query): Params<MonthQuery>) -> Result<Json<MonthView>, Problem> {
    door.read(move |tx| {
        let month = query.month.unwrap_or(view::this_month(tx));
        view::month(tx, month)
    })
    .await
    .map(Json)
}

/// Opens a statement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatementOpen {
    acquirer_id: AcquirerId,
    agreement: String,
    /// `2026-10`.
    #[schema(value_type = String)]
    month: Month,
}

/// Opens the statement of an acquirer, agreement and month, or finds it: it is a preview until it is signed.
#[utoipa::path(post, path = "/statements", operation_id = "statement_open", tag = "agreement", request_body = StatementOpen,
    responses((status = 200, body = StatementPage), Problem))]
async fn statement_open(door: Door<act::StatementWork>, body: Body<StatementOpen>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| {
        let statement = flow::open(tx, b.acquirer_id, &b.agreement, b.month)?;
        view::page(tx, &statement, None)
    })
    .await
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VersionQuery {
    /// A signed version; the last one without it.
    version: Option<i64>,
}

/// A statement in the version signed last or another one; before the first as it would be signed now.
#[utoipa::path(get, path = "/statements/{id}", operation_id = "statement_read", tag = "agreement",
    params(("id" = String, Path), VersionQuery), responses((status = 200, body = StatementPage), Problem))]
async fn statement_read(
    door: Door<act::StatementRead>,
    Ref(id): Ref<StatementId>,
    Params(query): Params<VersionQuery>,
) -> Result<Json<StatementPage>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let sight = sight(tx, reach);
        view::shown(tx, sight, id, query.version)
    })
    .await
    .map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LinesQuery {
    /// A signed version; the last one without it.
    version: Option<i64>,
    /// Which; `all` without it.
    #[param(inline)]
    view: Option<LinesView>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The lines of a statement, by the instant they fell due.
#[utoipa::path(get, path = "/statements/{id}/lines", operation_id = "statement_lines", tag = "agreement",
    params(("id" = String, Path), LinesQuery), responses((status = 200, body = Page<StatementLine>), Problem))]
async fn statement_lines(
    door: Door<act::StatementRead>,
    Ref(id): Ref<StatementId>,
    Params(query): Params<LinesQuery>,
) -> Result<Json<Page<StatementLine>>, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    door.read(move |tx| {
        let (sight, tenant) = (sight(tx, reach), tx.tenant());
        let statement = view::see(tx, sight, id)?;
        let version = query.version.unwrap_or(statement.signed);
        let paged = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let after = Keyset::open(&seal, tenant, "statement-lines", paged.cursor.as_deref(), Keyset::FIRST)?;
        let rows = view::page_of_lines(tx, &statement, version, query.view.unwrap_or_default(), after, paged.take())?;
        Ok(Page::cut(rows, paged.limit, &seal, tenant, "statement-lines", StatementLine::place))
    })
    .await
    .map(Json)
}

/// Signs a statement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatementSign {
    version: i64,
}

/// Signs the month as it stands, or what was excluded since it was signed: a new version beside the old ones.
#[utoipa::path(post, path = "/statements/{id}/sign", operation_id = "statement_sign", tag = "agreement", params(("id" = String, Path)),
    request_body = StatementSign, responses((status = 200, body = StatementPage), Problem))]
async fn statement_sign(door: Door<act::StatementWork>, Ref(id): Ref<StatementId>, body: Body<StatementSign>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| {
        let by = By::caller(tx, act::StatementWork::NAME)?;
        let statement = flow::sign(tx, id, b.version, &by)?;
        view::page(tx, &statement, None)
    })
    .await
}

/// Notes that something is not to be counted: a day or a ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatementExclude {
    version: i64,
    /// All that fell due on this day.
    #[schema(value_type = Option<String>, format = Date)]
    day: Option<Date>,
    /// This ticket.
    ticket_id: Option<TicketId>,
    /// Why, at most 500 characters.
    reason: String,
    /// What proves it, a document or where it is found: at most 500 characters.
    proof: String,
}

/// Notes that a day or a ticket is not to be counted; it counts apart once somebody else has signed it.
#[utoipa::path(post, path = "/statements/{id}/exclusions", operation_id = "statement_exclude", tag = "agreement",
    params(("id" = String, Path)), request_body = StatementExclude, responses((status = 200, body = StatementPage), Problem))]
async fn statement_exclude(
    door: Door<act::StatementWork>,
    Ref(id): Ref<StatementId>,
    body: Body<StatementExclude>,
) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| {
        let by = By::caller(tx, act::StatementWork::NAME)?;
        let asked = Asked { day: b.day, ticket: b.ticket_id, reason: b.reason.clone(), proof: b.proof.clone() };
        let statement = flow::exclude(tx, id, b.version, &asked, &by)?;
        view::page(tx, &statement, None)
    })
    .await
}

/// Takes an exclusion back that is not signed yet.
#[utoipa::path(post, path = "/statement-exclusions/{id}/withdraw", operation_id = "statement_include", tag = "agreement",
    params(("id" = String, Path)), request_body = StatementSign, responses((status = 200, body = StatementPage), Problem))]
async fn statement_include(
    door: Door<act::StatementWork>,
    Ref(id): Ref<ExclusionId>,
    body: Body<StatementSign>,
) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| {
        let statement = flow::withdraw(tx, id, b.version)?;
        view::page(tx, &statement, None)
    })
    .await
}

/// Does not agree with a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatementObject {
    /// The line.
    clock_id: ClockId,
    /// How it should count.
    claim: LineVerdict,
    /// Business seconds late, where it should count as late.
    late_s: Option<i64>,
    /// Why, at most 500 characters.
    reason: String,
}

/// Disputes a line of the version signed last. Somebody else decides.
#[utoipa::path(post, path = "/statements/{id}/disputes", operation_id = "statement_dispute", tag = "agreement", params(("id" = String, Path)),
    request_body = StatementObject, responses((status = 200, body = StatementPage), Problem))]
async fn statement_dispute(
    door: Door<act::StatementDispute>,
    Ref(id): Ref<StatementId>,
    body: Body<StatementObject>,
) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let claim = match (b.claim, b.late_s) {
            (LineVerdict::Kept, None) => Claim::Kept,
            (LineVerdict::LeftOut, None) => Claim::LeftOut,
            (LineVerdict::Late, late) => Claim::Late(late.unwrap_or_default()),
            (LineVerdict::Kept | LineVerdict::LeftOut, Some(_)) => {
                return Err(refuse!(Invalid, "statement.late_without").field("late_s").into());
            }
        };
        let (by, sight) = (By::caller(tx, act::StatementDispute::NAME)?, sight(tx, reach));
        let statement = flow::dispute(tx, sight, id, b.clock_id, claim, &b.reason, &by)?;
        view::page(tx, &statement, None)
    })
    .await
}

/// Decides a dispute.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatementDecide {
    version: i64,
    /// Whether it is right: the line counts as it asks, from a new version on.
    accept: bool,
    /// Why, at most 500 characters.
    reason: String,
}

/// Accepts or refuses a dispute somebody else raised; accepting it makes a new signed version.
#[utoipa::path(post, path = "/statement-disputes/{id}/decide", operation_id = "statement_decide", tag = "agreement",
    params(("id" = String, Path)), request_body = StatementDecide, responses((status = 200, body = StatementPage), Problem))]
async fn statement_decide(
    door: Door<act::StatementWork>,
    Ref(id): Ref<DisputeId>,
    body: Body<StatementDecide>,
) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| {
        let by = By::caller(tx, act::StatementWork::NAME)?;
        let statement = flow::decide(tx, id, b.version, b.accept, &b.reason, &by)?;
        view::page(tx, &statement, None)
    })
    .await
}
