//! HTTP of the catalogue of parts.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::org::act;
use postsale_domain::parts::{PartDraft, PartId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, CataloguePart};
use crate::flow::part as flow;
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;

/// The routes of the catalogue.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(catalogue_list, catalogue_add)).routes(routes!(catalogue_edit))
}

const LIST: &str = "parts";

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CatalogueQuery {
    /// A part of a number, a name or a model.
    q: Option<String>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The catalogue of parts, newest first.
#[utoipa::path(get, path = "/parts", operation_id = "catalogue_list", tag = "parts", params(CatalogueQuery),
    responses((status = 200, body = Page<CataloguePart>), Problem))]
async fn catalogue_list(door: Door<act::PartRead>, Params(query): Params<CatalogueQuery>) -> Result<Json<Page<CataloguePart>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let tenant = tx.tenant();
        let paging = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let after = Keyset::open(&seal, tenant, LIST, paging.cursor.as_deref(), Keyset::LAST)?;
        let found = store::list(tx, query.q.as_deref().unwrap_or_default(), after, paging.take())?;
        Ok(Page::cut(found, paging.limit, &seal, tenant, LIST, |part| (0, part.id)))
    })
    .await
    .map(Json)
}

/// Add a part to the catalogue.
#[utoipa::path(post, path = "/parts", operation_id = "catalogue_add", tag = "parts", request_body = PartDraft,
    responses((status = 201, body = CataloguePart), Problem))]
async fn catalogue_add(door: Door<act::PartManage>, body: Body<PartDraft>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, flow::add).await
}

/// Change a part; its number stays for life.
#[utoipa::path(put, path = "/parts/{id}", operation_id = "catalogue_edit", tag = "parts", params(("id" = String, Path)),
    request_body = PartDraft, responses((status = 200, body = CataloguePart), Problem))]
async fn catalogue_edit(door: Door<act::PartManage>, Ref(id): Ref<PartId>, body: Body<PartDraft>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, draft| flow::edit(tx, id, draft)).await
}
