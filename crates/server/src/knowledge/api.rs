//! HTTP of guides: which there are, and walking one on a ticket.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::ground::{Reach, Text};
use postsale_domain::knowledge::{Audience, GuideView};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::facts::in_force;
use crate::flow::desk::Desk;
use crate::flow::guide;
use crate::ground::db::{Done, Tx};
use crate::ground::web::{Answered, Body, Door, Problem, Ref};
use crate::house::House;

/// The routes of guides.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(guide_list))
        .routes(routes!(guide_show, guide_start))
        .routes(routes!(guide_answer))
        .routes(routes!(guide_back))
        .routes(routes!(guide_leave))
}

/// A guide in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct GuideBrief {
    /// Stable word.
    id: String,
    /// Its version.
    version: i64,
    /// Its name.
    name: Text,
    /// Faults it can confirm or rule out.
    fault_codes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Guides {
    items: Vec<GuideBrief>,
}

/// The guides there are.
#[utoipa::path(get, path = "/guides", operation_id = "guide_list", tag = "knowledge", responses((status = 200, body = Guides), Problem))]
async fn guide_list(door: Door<act::FactRead>) -> Result<Json<Guides>, Problem> {
    let brief = |g: &postsale_domain::knowledge::Guide| GuideBrief {
        id: g.id.clone(),
        version: g.version,
        name: g.name.clone(),
        fault_codes: g.fault_codes.clone(),
    };
    door.read(move |tx| Ok(Guides { items: in_force(tx)?.guides().iter().map(|g| brief(g)).collect() })).await.map(Json)
}

fn agents(tx: &mut Tx<'_>, id: TicketId) -> Done<GuideView> {
    guide::of_ticket(tx, id, Audience::Agent)?.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// The newest walk on a ticket.
#[utoipa::path(get, path = "/tickets/{id}/guide", operation_id = "guide_show", tag = "knowledge", params(("id" = String, Path)), responses((status = 200, body = GuideView), Problem))]
async fn guide_show(door: Door<act::TicketRead>, Ref(id): Ref<TicketId>) -> Result<Json<GuideView>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        crate::view::reach::see_ticket(tx, reach, id)?;
        agents(tx, id)
    })
    .await
    .map(Json)
}

/// Begin a walk.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuideStart {
    /// Which guide; the one that fits the fault without it.
    guide: Option<String>,
}

async fn walk<B, F>(door: Door<act::GuideRun>, id: TicketId, body: Body<B>, action: &'static str, step: F) -> Result<Answered, Problem>
where
    B: Send + Sync + 'static,
    F: Fn(&mut Tx<'_>, &mut Desk, &B) -> Done<()> + Send + 'static,
{
    let reach: Reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, given| {
        let mut desk = Desk::load(tx, id, reach, None)?;
        step(tx, &mut desk, given)?;
        desk.save(tx, action)?;
        agents(tx, id)
    })
    .await
}

/// Begin a walk, or go on with the one that is running.
#[utoipa::path(post, path = "/tickets/{id}/guide", operation_id = "guide_start", tag = "knowledge", params(("id" = String, Path)), request_body = GuideStart, responses((status = 200, body = GuideView), Problem))]
async fn guide_start(door: Door<act::GuideRun>, Ref(id): Ref<TicketId>, body: Body<GuideStart>) -> Result<Answered, Problem> {
    walk(door, id, body, "guide.start", |tx, desk, given| guide::start(tx, desk, given.guide.as_deref())).await
}

/// An answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuideGiven {
    /// The step it answers; refused when another one is open by now.
    step: String,
    /// The answer's id.
    answer: String,
    /// In the person's words.
    note: Option<String>,
}

/// Answer the open step.
#[utoipa::path(post, path = "/tickets/{id}/guide/answers", operation_id = "guide_answer", tag = "knowledge", params(("id" = String, Path)), request_body = GuideGiven, responses((status = 200, body = GuideView), Problem))]
async fn guide_answer(door: Door<act::GuideRun>, Ref(id): Ref<TicketId>, body: Body<GuideGiven>) -> Result<Answered, Problem> {
    let note =
        |note: &Option<String>| note.as_deref().map(|n| postsale_domain::ground::mask_cards(n.trim()).text).filter(|n| !n.is_empty());
    walk(door, id, body, "guide.answer", move |tx, desk, given| guide::answer(tx, desk, &given.step, &given.answer, note(&given.note)))
        .await
}

/// Nothing.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuideNothing {}

/// Take the latest answer back.
#[utoipa::path(post, path = "/tickets/{id}/guide/back", operation_id = "guide_back", tag = "knowledge", params(("id" = String, Path)), request_body = GuideNothing, responses((status = 200, body = GuideView), Problem))]
async fn guide_back(door: Door<act::GuideRun>, Ref(id): Ref<TicketId>, body: Body<GuideNothing>) -> Result<Answered, Problem> {
    walk(door, id, body, "guide.back", |tx, desk, _| guide::back(tx, desk)).await
}

/// Why the walk is given up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuideLeave {
    /// In a sentence.
    reason: String,
}

/// Give the walk up.
#[utoipa::path(post, path = "/tickets/{id}/guide/leave", operation_id = "guide_leave", tag = "knowledge", params(("id" = String, Path)), request_body = GuideLeave, responses((status = 200, body = GuideView), Problem))]
async fn guide_leave(door: Door<act::GuideRun>, Ref(id): Ref<TicketId>, body: Body<GuideLeave>) -> Result<Answered, Problem> {
    walk(door, id, body, "guide.leave", |tx, desk, given| guide::leave(tx, desk, &given.reason)).await
}
