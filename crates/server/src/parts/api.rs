//! HTTP of the catalogue of parts and of their pieces.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::ground::{EngineerId, to_millis};
use postsale_domain::org::act;
use postsale_domain::parts::{PartDraft, PartId, StockMoveKind};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, CataloguePart, StockedPart, Wanted};
use crate::flow::part as flow;
use crate::flow::stock::{Moving, go};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::stock::{self as view, StockLine, StockPage};

/// The routes of the catalogue.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(catalogue_list, catalogue_add))
        .routes(routes!(part_stock, catalogue_edit))
        .routes(routes!(part_moves, part_move))
}

const LIST: &str = "parts";

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CatalogueQuery {
    /// A part of a number, a name or a model.
    q: Option<String>,
    /// Only parts of which fewer lie in the warehouse than should.
    #[serde(default)]
    low: bool,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The catalogue of parts with how many pieces there are, newest first.
#[utoipa::path(get, path = "/parts", operation_id = "catalogue_list", tag = "parts", params(CatalogueQuery),
    responses((status = 200, body = Page<StockedPart>), Problem))]
async fn catalogue_list(door: Door<act::PartRead>, Params(query): Params<CatalogueQuery>) -> Result<Json<Page<StockedPart>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let tenant = tx.tenant();
        let paging = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let after = Keyset::open(&seal, tenant, LIST, paging.cursor.as_deref(), Keyset::LAST)?;
        let found = store::list(tx, Wanted { q: query.q.as_deref().unwrap_or_default(), low: query.low }, after, paging.take())?;
        Ok(Page::cut(found, paging.limit, &seal, tenant, LIST, |row| (0, row.part.id)))
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

/// Where the pieces of a part lie.
#[utoipa::path(get, path = "/parts/{id}", operation_id = "part_stock", tag = "parts", params(("id" = String, Path)),
    responses((status = 200, body = StockPage), Problem))]
async fn part_stock(door: Door<act::PartRead>, Ref(id): Ref<PartId>) -> Result<Json<StockPage>, Problem> {
    door.read(move |tx| view::page(tx, id)).await.map(Json)
}

const MOVES: &str = "part.moves";

/// How the pieces of a part came where they lie, newest first.
#[utoipa::path(get, path = "/parts/{id}/moves", operation_id = "part_moves", tag = "parts", params(("id" = String, Path), PageParams),
    responses((status = 200, body = Page<StockLine>), Problem))]
async fn part_moves(
    door: Door<act::PartRead>,
    Ref(id): Ref<PartId>,
    Params(paging): Params<PageParams>,
) -> Result<Json<Page<StockLine>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let tenant = tx.tenant();
        let after = Keyset::open(&seal, tenant, MOVES, paging.cursor.as_deref(), Keyset::LAST)?;
        let found = view::lines(tx, id, after, paging.take())?;
        Ok(Page::cut(found, paging.limit, &seal, tenant, MOVES, |line| (to_millis(line.at), line.id)))
    })
    .await
    .map(Json)
}

/// Pieces that go somewhere.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartMove {
    /// What moves them; what visits use moves by itself.
    kind: StockMoveKind,
    /// How many; when counted, how many are there.
    quantity: i64,
    /// The engineer who gets, gives back, was counted or lost them; without one it is the warehouse.
    engineer_id: Option<EngineerId>,
    /// Why: needed for a loss and for a count that differs, 200 characters at most.
    #[serde(default)]
    note: String,
    /// Of a part whose pieces have serials: which ones, as many as the quantity; when counted, all that are there.
    #[serde(default)]
    serials: Vec<String>,
}

/// Move pieces: received, handed out, handed back, counted, written off.
#[utoipa::path(post, path = "/parts/{id}/moves", operation_id = "part_move", tag = "parts", params(("id" = String, Path)),
    request_body = PartMove, responses((status = 201, body = StockPage), Problem))]
async fn part_move(door: Door<act::PartManage>, Ref(id): Ref<PartId>, body: Body<PartMove>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, move |tx, b| {
        let (note, serials) = (b.note.clone(), b.serials.clone());
        go(tx, id, &Moving { kind: b.kind, quantity: b.quantity, engineer: b.engineer_id, note, serials })
    })
    .await
}
