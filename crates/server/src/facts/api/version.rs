use axum::Json;
use axum::http::StatusCode;
use postsale_domain::facts::{Change, FactKind, difference, lay};
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page::{self, FactSet, FactVersion};
use super::set::day;
use crate::facts::{draft, shipped, store};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(fact_versions)).routes(routes!(fact_version)).routes(routes!(fact_restore))
}

/// The history of a set, newest first.
#[utoipa::path(get, path = "/facts/sets/{kind}/versions", operation_id = "fact_versions", tag = "facts",
    params(("kind" = FactKind, Path), PageParams), responses((status = 200, body = Page<FactVersion>), Problem))]
async fn fact_versions(
    door: Door<act::FactSets>,
    Ref(kind): Ref<FactKind>,
    Params(paging): Params<PageParams>,
) -> Result<Json<Page<FactVersion>>, Problem> {
    let (seal, tenant) = (door.house.seal.clone(), door.caller.tenant);
    door.read(move |tx| {
        let list = format!("fact_versions:{}", kind.as_str());
        let start = Keyset::open(&seal, tenant, &list, paging.cursor.as_deref(), Keyset::LAST)?;
        let rows = store::versions(tx, kind, start, paging.take())?;
        Ok(Page::cut(rows, paging.limit, &seal, tenant, &list, |v| (v.version, v.id)).map(FactVersion::from))
    })
    .await
    .map(Json)
}

/// What a version changed.
#[derive(Debug, Serialize, ToSchema)]
struct FactVersionPage {
    version: i64,
    /// Against the version before it.
    changes: Vec<Change>,
}

/// What a version changed against the one before it.
#[utoipa::path(get, path = "/facts/sets/{kind}/versions/{version}", operation_id = "fact_version", tag = "facts",
    params(("kind" = FactKind, Path), ("version" = i64, Path)), responses((status = 200, body = FactVersionPage), Problem))]
async fn fact_version(door: Door<act::FactSets>, Ref((kind, version)): Ref<(FactKind, i64)>) -> Result<Json<FactVersionPage>, Problem> {
    door.read(move |tx| {
        let rows = |tx: &mut crate::ground::db::Tx<'_>, version| {
            store::rows_of(tx, kind, version)?.ok_or_else(|| crate::ground::db::Stop::from(refuse!(NotFound, "not_found")))
        };
        if version < 1 {
            return Err(refuse!(NotFound, "not_found").into());
        }
        let (before, after) = (rows(tx, version - 1)?, rows(tx, version)?);
        Ok(FactVersionPage { version, changes: difference(&lay(shipped(kind), &before), &lay(shipped(kind), &after)) })
    })
    .await
    .map(Json)
}

/// Why an older version is taken up again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FactRestore {
    /// The newest version one has seen.
    version: i64,
    /// Why, in a sentence.
    reason: String,
    /// The first day it holds; today without it.
    valid_from: Option<String>,
}

/// Take up an older version again, as a new one; 0 is what ships.
#[utoipa::path(post, path = "/facts/sets/{kind}/versions/{version}/restore", operation_id = "fact_restore", tag = "facts",
    params(("kind" = FactKind, Path), ("version" = i64, Path)), request_body = FactRestore, responses((status = 200, body = FactSet), Problem))]
async fn fact_restore(
    door: Door<act::FactEdit>,
    Ref((kind, version)): Ref<(FactKind, i64)>,
    body: Body<FactRestore>,
) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        draft::restore(tx, kind, b.version, version, &b.reason, day(b.valid_from.as_deref())?)?;
        page::set(tx, kind, lang)
    })
    .await
}
