use axum::Json;
use axum::http::StatusCode;
use postsale_domain::ground::Text;
use postsale_domain::notify::{COMMON_HOLES, NoticeKind, Wording};
use postsale_domain::org::act;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::word::NoticeTried;
use crate::ground::web::{Answered, Body, Door, Problem};
use crate::house::House;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(notice_preview)).routes(routes!(notice_holes))
}

/// What a text may be filled with.
#[derive(Debug, Serialize, ToSchema)]
struct NoticeHoles {
    kind: NoticeKind,
    holes: Vec<&'static str>,
}

/// All notices with the holes of their texts.
#[derive(Debug, Serialize, ToSchema)]
struct NoticeHoleList {
    items: Vec<NoticeHoles>,
}

/// The holes each notice may have.
#[utoipa::path(get, path = "/facts/notice-holes", operation_id = "notice_holes", tag = "facts", responses((status = 200, body = NoticeHoleList), Problem))]
async fn notice_holes(_door: Door<act::FactSets>) -> Json<NoticeHoleList> {
    let of = |kind: NoticeKind| NoticeHoles { kind, holes: COMMON_HOLES.iter().chain(kind.holes()).copied().collect() };
    Json(NoticeHoleList { items: NoticeKind::ALL.iter().copied().map(of).collect() })
}

/// A text to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoticeTry {
    kind: NoticeKind,
    subject: Text,
    body: Text,
    /// The number of a ticket, `T-000831`; the newest one without it.
    number: Option<String>,
}

/// How a merchant would read a text, filled with a real ticket. Nothing is kept or sent. Errors: `fact.unknown_hole`,
/// `fact.lacking_hole`, `ticket.unknown_number`.
#[utoipa::path(post, path = "/facts/notice-preview", operation_id = "notice_preview", tag = "facts", request_body = NoticeTry,
    responses((status = 200, body = NoticeTried), Problem))]
async fn notice_preview(door: Door<act::FactEdit>, body: Body<NoticeTry>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, |tx, b| {
        let wording = Wording { subject: b.subject.clone(), body: b.body.clone() };
        crate::flow::word::tried(tx, b.kind, &wording, b.number.as_deref())
    })
    .await
}
