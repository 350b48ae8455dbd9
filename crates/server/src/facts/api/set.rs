use axum::Json;
use axum::http::StatusCode;
use jiff::civil::Date;
use postsale_domain::facts::{FactKind, Row};
use postsale_domain::ground::Refusal;
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page::{self, FactSet, FactSets};
use crate::facts::draft;
use crate::ground::web::{Answered, Body, Door, Problem, Ref};
use crate::house::House;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(fact_sets))
        .routes(routes!(fact_set))
        .routes(routes!(fact_row_put))
        .routes(routes!(fact_row_reset))
        .routes(routes!(fact_discard))
        .routes(routes!(fact_publish))
}

/// The sets of facts there are, and how far the tenant has changed them.
#[utoipa::path(get, path = "/facts/sets", operation_id = "fact_sets", tag = "facts", responses((status = 200, body = FactSets), Problem))]
async fn fact_sets(door: Door<act::FactSets>) -> Result<Json<FactSets>, Problem> {
    door.read(page::sets).await.map(Json)
}

/// A set: its fields, its rows, the changes that wait.
#[utoipa::path(get, path = "/facts/sets/{kind}", operation_id = "fact_set", tag = "facts", params(("kind" = FactKind, Path)),
    responses((status = 200, body = FactSet), Problem))]
async fn fact_set(door: Door<act::FactSets>, Ref(kind): Ref<FactKind>) -> Result<Json<FactSet>, Problem> {
    let lang = door.lang;
    door.read(move |tx| page::set(tx, kind, lang)).await.map(Json)
}

/// A row for the draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FactRowPut {
    /// The version of the draft one has seen; null when there was none.
    version: Option<i64>,
    /// What the row is called by. A new code adds a row.
    code: String,
    /// Its fields, whole; `off` switches it off.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    row: Row,
}

/// Write a row into the draft. Errors name the field: `row.customer.en`.
#[utoipa::path(post, path = "/facts/sets/{kind}/draft/rows", operation_id = "fact_row_put", tag = "facts", params(("kind" = FactKind, Path)),
    request_body = FactRowPut, responses((status = 200, body = FactSet), Problem))]
async fn fact_row_put(door: Door<act::FactEdit>, Ref(kind): Ref<FactKind>, body: Body<FactRowPut>) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        draft::put(tx, kind, b.version, &b.code, &b.row)?;
        page::set(tx, kind, lang)
    })
    .await
}

/// Which row.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FactRowReset {
    /// The version of the draft one has seen; null when there was none.
    version: Option<i64>,
    code: String,
}

/// Take a row back to what ships; one's own that was never published goes.
#[utoipa::path(post, path = "/facts/sets/{kind}/draft/reset", operation_id = "fact_row_reset", tag = "facts", params(("kind" = FactKind, Path)),
    request_body = FactRowReset, responses((status = 200, body = FactSet), Problem))]
async fn fact_row_reset(door: Door<act::FactEdit>, Ref(kind): Ref<FactKind>, body: Body<FactRowReset>) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        draft::reset(tx, kind, b.version, &b.code)?;
        page::set(tx, kind, lang)
    })
    .await
}

/// The draft one has seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FactDraftSeen {
    version: i64,
}

/// Throw the changes away.
#[utoipa::path(post, path = "/facts/sets/{kind}/draft/discard", operation_id = "fact_discard", tag = "facts", params(("kind" = FactKind, Path)),
    request_body = FactDraftSeen, responses((status = 200, body = FactSet), Problem))]
async fn fact_discard(door: Door<act::FactEdit>, Ref(kind): Ref<FactKind>, body: Body<FactDraftSeen>) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        draft::discard(tx, kind, b.version)?;
        page::set(tx, kind, lang)
    })
    .await
}

/// What to publish, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FactPublish {
    /// The version of the draft one has seen.
    version: i64,
    /// Why, in a sentence.
    reason: String,
    /// The first day it holds, `2027-01-01`; today without it. Only prices and warranty terms may begin later.
    valid_from: Option<String>,
}

/// A day somebody wrote. Errors: `fact.bad_start`.
pub(super) fn day(text: Option<&str>) -> Result<Option<Date>, Refusal> {
    text.map(|t| t.parse().map_err(|_| refuse!(Invalid, "fact.bad_start").field("valid_from"))).transpose()
}

/// Publish the draft: a version that is never written again.
#[utoipa::path(post, path = "/facts/sets/{kind}/publish", operation_id = "fact_publish", tag = "facts", params(("kind" = FactKind, Path)),
    request_body = FactPublish, responses((status = 200, body = FactSet), Problem))]
async fn fact_publish(door: Door<act::FactEdit>, Ref(kind): Ref<FactKind>, body: Body<FactPublish>) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        draft::publish(tx, kind, b.version, &b.reason, day(b.valid_from.as_deref())?)?;
        page::set(tx, kind, lang)
    })
    .await
}
