//! HTTP of follow-ups: whom to call back, what they said.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::followup::{Answer, FollowUpId};
use postsale_domain::org::act;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::Face;
use crate::flow::aftercare;
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::follow_up::{FollowUpRow, FollowUpView};
use crate::view::registry::sight;

/// The routes of follow-ups.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(follow_up_list)).routes(routes!(follow_up_answer))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FollowUpQuery {
    /// Which; `due` without it.
    #[param(inline)]
    state: Option<FollowUpView>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Follow-ups of closed tickets.
#[utoipa::path(get, path = "/follow-ups", operation_id = "follow_up_list", tag = "followup", params(FollowUpQuery),
    responses((status = 200, body = Page<FollowUpRow>), Problem))]
async fn follow_up_list(door: Door<act::FollowUpRead>, Params(query): Params<FollowUpQuery>) -> Result<Json<Page<FollowUpRow>>, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    door.read(move |tx| {
        let sight = sight(tx, reach);
        let (which, tenant) = (query.state.unwrap_or_default(), tx.tenant());
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let after = Keyset::open(&seal, tenant, which.list(), page.cursor.as_deref(), which.start(tx.now()))?;
        let found = which.rows(tx, sight, after, page.take())?;
        Ok(Page::cut(found, page.limit, &seal, tenant, which.list(), FollowUpRow::place))
    })
    .await
    .map(Json)
}

/// The merchant's answer, keyed in by whoever called them. Bad news opens the case again; an answer is final.
#[utoipa::path(post, path = "/follow-ups/{id}/answer", operation_id = "follow_up_answer", tag = "followup", params(("id" = String, Path)),
    request_body = Answer, responses((status = 200, body = Face), Problem))]
async fn follow_up_answer(door: Door<act::FollowUpAnswer>, Ref(id): Ref<FollowUpId>, body: Body<Answer>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, answer| aftercare::answer_for(tx, reach, id, answer).map(Face::from)).await
}
