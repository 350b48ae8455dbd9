//! HTTP of work orders: lists, the page, and one door per command.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::file::AttachmentId;
use postsale_domain::ground::{Refusal, to_millis};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::terminal::tid;
use postsale_domain::visit::{Backup, Command, PartLine, Span, StepResult, VisitOutcome, WorkOrderId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{self, Sight};
use crate::flow::{code, step, visit as flow};
use crate::ground::seal::random;
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::visit::{self as view, WorkOrderPage, WorkOrderRow};

/// Most days a list covers.
const MAX_DAYS: i32 = 31;

/// The routes of work orders.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(work_order_list))
        .routes(routes!(work_order_read))
        .routes(routes!(work_order_withdraw))
        .routes(routes!(work_order_cancel))
        .routes(routes!(work_order_accept))
        .routes(routes!(work_order_refuse))
        .routes(routes!(work_order_depart))
        .routes(routes!(work_order_arrive))
        .routes(routes!(work_order_diagnose))
        .routes(routes!(work_order_backup))
        .routes(routes!(work_order_step))
        .routes(routes!(work_order_part))
        .routes(routes!(work_order_restore))
        .routes(routes!(work_order_deliver))
        .routes(routes!(work_order_complete))
        .routes(routes!(work_order_fail))
        .routes(routes!(work_order_code))
}

/// A list of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WorkOrderView {
    /// Those I have been offered or have taken on.
    Mine,
    /// Those nobody has, the oldest first.
    Unassigned,
    /// All.
    #[default]
    All,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WorkOrderQuery {
    /// Which list; `all` without it.
    #[param(inline)]
    view: Option<WorkOrderView>,
    /// Only those planned on this day, by time; today for one's own. Without it: all, the newest first.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<Date>,
    /// With it, the days from `date` up to this one, included; 31 at most.
    #[param(value_type = Option<String>, format = Date)]
    until: Option<Date>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Work orders of a list.
#[utoipa::path(get, path = "/work-orders", operation_id = "work_order_list", tag = "visit", params(WorkOrderQuery),
    responses((status = 200, body = Page<WorkOrderRow>), Problem))]
async fn work_order_list(door: Door<act::VisitRead>, Params(query): Params<WorkOrderQuery>) -> Result<Json<Page<WorkOrderRow>>, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    door.read(move |tx| {
        let (view, tenant) = (query.view.unwrap_or_default(), tx.tenant());
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let sight = view::sight(tx, reach);
        let me = tx.caller().engineer();
        let today = tx.now().to_zoned(view::zone()).date();
        // An engineer sees their own and nothing else, whatever they ask for.
        let (planned, sight) = match (view, sight) {
            (_, Sight::Engineer(_)) => (Some(query.date.unwrap_or(today)), sight),
            (WorkOrderView::Mine, _) => (Some(query.date.unwrap_or(today)), me.map_or(Sight::Nothing, Sight::Engineer)),
            (WorkOrderView::All, Sight::All | Sight::Branch(_)) => (query.date, sight),
            _ => (None, sight),
        };
        let unassigned = view == WorkOrderView::Unassigned && matches!(sight, Sight::All | Sight::Branch(_));
        let planned = planned.map(|from| days(from, query.until)).transpose()?;
        let name = if planned.is_some() {
            "work-orders-day"
        } else if unassigned {
            "work-orders-open"
        } else {
            "work-orders"
        };
        let start = if planned.is_some() || unassigned { Keyset::FIRST } else { Keyset::LAST };
        let after = Keyset::open(&seal, tenant, name, page.cursor.as_deref(), start)?;
        let found = match planned {
            Some(between) => list::planned(tx, between, sight, after, page.take())?,
            None if unassigned => list::unassigned(tx, sight, after, page.take())?,
            None => list::newest(tx, sight, after, page.take())?,
        };
        let cut = Page::cut(found, page.limit, &seal, tenant, name, |w| {
            let at = match (planned, w.planned) {
                (Some(_), Some(planned)) => to_millis(planned.from),
                _ if unassigned => to_millis(w.created_at),
                _ => w.number,
            };
            (at, w.id)
        });
        Ok(Page { items: view::rows(tx, &cut.items)?, next_cursor: cut.next_cursor })
    })
    .await
    .map(Json)
}

/// The days a list covers. Errors: `visit.span_reversed`, `visit.days_many`.
fn days(from: Date, until: Option<Date>) -> Result<Span, Refusal> {
    let until = until.unwrap_or(from);
    if until < from {
        return Err(refuse!(Invalid, "visit.span_reversed").field("until"));
    }
    if (until - from).get_days() >= MAX_DAYS {
        return Err(refuse!(Invalid, "visit.days_many", limit = MAX_DAYS).field("until"));
    }
    Ok(Span { from: view::day(from).from, to: view::day(until).to })
}

/// One work order with everything its page shows.
#[utoipa::path(get, path = "/work-orders/{id}", operation_id = "work_order_read", tag = "visit", params(("id" = String, Path)),
    responses((status = 200, body = WorkOrderPage), Problem))]
async fn work_order_read(door: Door<act::VisitRead>, Ref(id): Ref<WorkOrderId>) -> Result<Json<WorkOrderPage>, Problem> {
    let reach = door.reach();
    door.read(move |tx| view::shown(tx, reach, id)).await.map(Json)
}

/// Takes a work order back from its engineer, or calls it off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WithdrawOrder {
    version: i64,
    reason: String,
}

#[utoipa::path(post, path = "/work-orders/{id}/withdraw", operation_id = "work_order_withdraw", tag = "visit", params(("id" = String, Path)),
    request_body = WithdrawOrder, responses((status = 200, body = WorkOrderPage), Problem))]
async fn work_order_withdraw(
    door: Door<act::VisitOffer>,
    Ref(id): Ref<WorkOrderId>,
    body: Body<WithdrawOrder>,
) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        flow::run(tx, reach, id, b.version, "visit.withdraw", &Command::Withdraw { reason: b.reason.clone() })
    })
    .await
}

#[utoipa::path(post, path = "/work-orders/{id}/cancel", operation_id = "work_order_cancel", tag = "visit", params(("id" = String, Path)),
    request_body = WithdrawOrder, responses((status = 200, body = WorkOrderPage), Problem))]
async fn work_order_cancel(door: Door<act::VisitOpen>, Ref(id): Ref<WorkOrderId>, body: Body<WithdrawOrder>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        flow::run(tx, reach, id, b.version, "visit.cancel", &Command::Cancel { reason: b.reason.clone() })
    })
    .await
}

/// Declares the door of a command whose body becomes a domain command without more ado.
macro_rules! work_doors {
    ($($(#[$doc:meta])* $name:ident($path:literal, $id:literal, $body:ident, $action:literal) |$tx:ident, $b:ident| $command:expr;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, operation_id = $id, tag = "visit", params(("id" = String, Path)),
            request_body = $body, responses((status = 200, body = WorkOrderPage), Problem))]
        async fn $name(door: Door<act::VisitWork>, Ref(id): Ref<WorkOrderId>, body: Body<$body>) -> Result<Answered, Problem> {
            let reach = door.reach();
            door.command(body, StatusCode::OK, move |$tx, $b| {
                let command = $command;
                flow::run($tx, reach, id, $b.version, $action, &command)
            })
            .await
        }
    )+};
}

/// Only the version that was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenOrder {
    version: i64,
}

/// Says no.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefuseOrder {
    version: i64,
    reason: String,
}

/// Arrives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArriveOrder {
    version: i64,
    /// Why the telephone stands elsewhere than the shop.
    off_site_reason: Option<String>,
    /// Degrees, -90 to 90.
    lat: Option<f64>,
    /// Degrees, -180 to 180.
    lng: Option<f64>,
}

/// Says what it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DiagnoseOrder {
    version: i64,
    fault_code: String,
    note: Option<String>,
}

/// Says what became of the merchant's data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BackupOrder {
    version: i64,
    state: Backup,
}

/// Notes a step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepOrder {
    version: i64,
    code: String,
    result: StepResult,
    note: Option<String>,
    /// Of a handover: what was shown to the merchant, by code. As it was when it is left out.
    shown: Option<Vec<String>>,
    /// Photos of it: pictures that were sent to the ticket before. Those of earlier times stay.
    #[serde(default)]
    files: Vec<AttachmentId>,
}

/// Notes a part.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartOrder {
    version: i64,
    part: String,
    old_serial: Option<String>,
    new_serial: Option<String>,
    /// Why a whole unit of another model is put in; without it such a unit is refused.
    model_reason: Option<String>,
}

/// Says what was delivered or installed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeliverOrder {
    version: i64,
    /// In words.
    what: String,
    /// Of an installation: the number the acquirer gave the terminal, eight letters and digits. As it was when it is left out.
    tid: Option<String>,
}

/// Says whether the data are back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreOrder {
    version: i64,
    verified: bool,
    note: Option<String>,
}

/// Ends without a repair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FailOrder {
    version: i64,
    reason: String,
    /// What must happen now.
    follow_up: String,
}

fn degrees_e6(degrees: f64, limit: f64) -> Option<i64> {
    (degrees.is_finite() && degrees.abs() <= limit).then_some((degrees * 1e6).round() as i64)
}

work_doors! {
    /// The engineer takes it on; the merchant is told the window.
    work_order_accept("/work-orders/{id}/accept", "work_order_accept", SeenOrder, "visit.accept") |tx, b| Command::Accept;
    /// The engineer says no.
    work_order_refuse("/work-orders/{id}/refuse", "work_order_refuse", RefuseOrder, "visit.refuse") |tx, b| Command::Refuse { reason: b.reason.clone() };
    /// The engineer leaves for the shop; the merchant is told.
    work_order_depart("/work-orders/{id}/depart", "work_order_depart", SeenOrder, "visit.depart") |tx, b| Command::Depart;
    /// The engineer is there. A position elsewhere is noted and never keeps anybody from working.
    work_order_arrive("/work-orders/{id}/arrive", "work_order_arrive", ArriveOrder, "visit.arrive") |tx, b| Command::Arrive {
        off_site_reason: b.off_site_reason.clone(),
        place: b.lat.and_then(|d| degrees_e6(d, 90.0)).zip(b.lng.and_then(|d| degrees_e6(d, 180.0))),
    };
    /// The fault as found; comes before any part.
    work_order_diagnose("/work-orders/{id}/diagnose", "work_order_diagnose", DiagnoseOrder, "visit.diagnose") |tx, b|
        Command::Diagnose { fault_code: b.fault_code.clone(), note: b.note.clone() };
    /// What became of the merchant's data; comes before work that can lose them.
    work_order_backup("/work-orders/{id}/backup", "work_order_backup", BackupOrder, "visit.backup") |tx, b| Command::Backup { state: b.state };
    /// A part that was used.
    work_order_part("/work-orders/{id}/parts", "work_order_part", PartOrder, "visit.part") |tx, b| Command::Part(PartLine {
        id: tx.new_id(),
        part: b.part.clone(),
        old_serial: b.old_serial.clone(),
        new_serial: b.new_serial.clone(),
        model_reason: b.model_reason.clone(),
    });
    /// What was delivered or installed, of a service that was ordered; in place of a fault.
    work_order_deliver("/work-orders/{id}/deliver", "work_order_deliver", DeliverOrder, "visit.deliver") |tx, b|
        Command::Deliver { what: b.what.clone(), tid: b.tid.as_deref().filter(|t| !t.trim().is_empty()).map(tid).transpose()? };
    /// Whether the data are back.
    work_order_restore("/work-orders/{id}/restore", "work_order_restore", RestoreOrder, "visit.restore") |tx, b|
        Command::Restore { verified: b.verified, note: b.note.clone() };
    /// Ends without a repair; the ticket goes back to the desk.
    work_order_fail("/work-orders/{id}/fail", "work_order_fail", FailOrder, "visit.fail") |tx, b|
        Command::Fail { reason: b.reason.clone(), follow_up: b.follow_up.clone() };
}

/// A step of the checklist, with the photos taken for it and what was shown.
#[utoipa::path(post, path = "/work-orders/{id}/steps", operation_id = "work_order_step", tag = "visit", params(("id" = String, Path)),
    request_body = StepOrder, responses((status = 200, body = WorkOrderPage), Problem))]
async fn work_order_step(door: Door<act::VisitWork>, Ref(id): Ref<WorkOrderId>, body: Body<StepOrder>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let photos = u32::try_from(b.files.len()).unwrap_or(u32::MAX);
        let command = Command::Step { code: b.code.clone(), result: b.result, note: b.note.clone(), shown: b.shown.clone(), photos };
        step::note(tx, reach, id, b.version, &command, &b.files)
    })
    .await
}

/// How the merchant confirms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum ConfirmOrder {
    /// The six digits we sent them.
    Code {
        /// As they said it.
        code: String,
    },
    /// Their signature.
    Signature {
        /// Who signs.
        name: String,
        /// Lines of points, each `[x, y]`.
        #[schema(value_type = Vec<Vec<Vec<f64>>>)]
        strokes: Vec<Vec<(f64, f64)>>,
    },
}

/// Finishes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompleteOrder {
    version: i64,
    outcome: VisitOutcome,
    confirmation: ConfirmOrder,
}

/// Finishes: every gap is named, or the ticket is solved and confirmed; a swap moves the binding in the same transaction.
#[utoipa::path(post, path = "/work-orders/{id}/complete", operation_id = "work_order_complete", tag = "visit", params(("id" = String, Path)),
    request_body = CompleteOrder, responses((status = 200, body = WorkOrderPage), Problem))]
async fn work_order_complete(
    door: Door<act::VisitWork>,
    Ref(id): Ref<WorkOrderId>,
    body: Body<CompleteOrder>,
) -> Result<Answered, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    let wrong = match &body.value.confirmation {
        ConfirmOrder::Code { code } => {
            let (code, version, seal) = (code.clone(), body.value.version, seal.clone());
            door.write(move |tx| code::attempt(tx, &seal, reach, id, version, &code)).await?
        }
        ConfirmOrder::Signature { .. } => None,
    };
    door.command(body, StatusCode::OK, move |tx, b| {
        let given = match &b.confirmation {
            ConfirmOrder::Code { code } => code::Given::Code { code: code.clone(), wrong },
            ConfirmOrder::Signature { name, strokes } => {
                let point = |(x, y): &(f64, f64)| (x.round() as i32, y.round() as i32);
                code::Given::Signature { name: name.clone(), strokes: strokes.iter().map(|s| s.iter().map(point).collect()).collect() }
            }
        };
        code::complete(tx, &seal, reach, id, b.version, b.outcome, &given)
    })
    .await
}

/// Nothing but braces.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeOrder {}

/// A code is on its way.
#[derive(Debug, Serialize, ToSchema)]
struct CodeSent {
    /// When it was sent.
    sent_at: Timestamp,
}

/// Sends the merchant a code of six digits, to be told to the engineer when the work is done.
#[utoipa::path(post, path = "/work-orders/{id}/confirmation-code", operation_id = "work_order_code", tag = "visit",
    params(("id" = String, Path)), request_body = CodeOrder, responses((status = 202, body = CodeSent), Problem))]
async fn work_order_code(door: Door<act::VisitWork>, Ref(id): Ref<WorkOrderId>, body: Body<CodeOrder>) -> Result<Answered, Problem> {
    let (reach, seal, digits) = (door.reach(), door.house.seal.clone(), code::six_digits(random()));
    door.command(body, StatusCode::ACCEPTED, move |tx, _| {
        code::send(tx, &seal, reach, id, &digits)?;
        Ok(CodeSent { sent_at: tx.now() })
    })
    .await
}
