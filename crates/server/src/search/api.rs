//! HTTP of the search.

use axum::Json;
use postsale_domain::org::act;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::asked;
use crate::ground::gate::Costly;
use crate::ground::web::{Door, Params, Problem};
use crate::house::House;
use crate::view::search::{SearchResult, find};

/// The routes of the search.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(search))
}

/// Hits of each kind without a stated wish.
const HITS: u32 = 6;
/// Most hits of each kind.
const MAX_HITS: u32 = 50;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchAsked {
    /// What somebody typed: words, a ticket number, or four characters and more from anywhere in the number of a merchant, a terminal
    /// or a contact. All words must match; four count.
    q: String,
    /// Hits of each kind, 1 to 50; 6 without it.
    limit: Option<u32>,
}

/// Find tickets, merchants and terminals by words that stand in them, newest first.
#[utoipa::path(get, path = "/search", operation_id = "search", tag = "search", params(SearchAsked),
    responses((status = 200, body = SearchResult), Problem))]
async fn search(door: Door<act::SearchUse>, Params(question): Params<SearchAsked>) -> Result<Json<SearchResult>, Problem> {
    let limit = question.limit.unwrap_or(HITS).clamp(1, MAX_HITS);
    let _turn = door.turn(Costly::Search).await?;
    door.read(move |tx| find(tx, &asked(&question.q), limit)).await.map(Json)
}
