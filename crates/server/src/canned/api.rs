//! HTTP of canned replies.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::canned::{CannedId, HOLES, Share};
use postsale_domain::ground::{Reach, UserId, mask_cards};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, Canned};
use crate::flow::canned::{Filled, filled};
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;

/// The routes of canned replies.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(canned_list, canned_add))
        .routes(routes!(canned_change, canned_remove))
        .routes(routes!(canned_filled))
}

const LIST: &str = "canned";
/// Most canned replies one person keeps.
const MOST: i64 = 200;

/// The person who asks. Errors: `not_allowed`.
pub(super) fn me(tx: &Tx<'_>) -> Result<UserId, Stop> {
    tx.caller().user().ok_or_else(|| refuse!(Forbidden, "not_allowed", action = "canned.use").into())
}

/// A name people look for. Errors: `canned.no_name`.
pub(super) fn name(given: &str) -> Result<String, Stop> {
    let name = given.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(refuse!(Invalid, "canned.no_name").field("name").into());
    }
    Ok(mask_cards(name).text)
}

/// Canned replies the reader may use: their own, their branch's, everybody's; newest first.
#[utoipa::path(get, path = "/canned", operation_id = "canned_list", tag = "canned", params(PageParams),
    responses((status = 200, body = Page<Canned>), Problem))]
async fn canned_list(door: Door<act::CannedUse>, Params(page): Params<PageParams>) -> Result<Json<Page<Canned>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let (tenant, me) = (tx.tenant(), me(tx)?);
        let after = Keyset::open(&seal, tenant, LIST, page.cursor.as_deref(), Keyset::LAST)?;
        Ok(Page::cut(store::list(tx, me, after, page.take())?, page.limit, &seal, tenant, LIST, |c| (0, c.id)))
    })
    .await
    .map(Json)
}

/// A canned reply as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedGiven {
    /// What people look for, 1 to 60 characters.
    name: String,
    /// 1 to 4000 characters. Holes: `{merchant}`, `{store}`, `{contact}`, `{number}`, `{symptom}`, `{terminal}`, `{serial_tail}`, `{agent}`.
    body: String,
    share: Share,
    /// To change one: the version that was read.
    version: Option<i64>,
}

/// Lays what was given over a canned reply. What is for more people than its writer is theirs to write who may manage such.
fn given(tx: &Tx<'_>, g: &CannedGiven, on: &mut Canned) -> Done<()> {
    on.name = name(&g.name)?;
    let body = g.body.replace("\r\n", "\n").trim().to_owned();
    if body.is_empty() || body.chars().count() > 4000 {
        return Err(refuse!(Invalid, "canned.no_words").field("body").into());
    }
    on.body = mask_cards(&body).text;
    on.share = g.share;
    on.branch_id = if g.share == Share::Team { tx.caller().branch() } else { None };
    if g.share == Share::Team && on.branch_id.is_none() {
        return Err(refuse!(Invalid, "canned.no_team").field("share").into());
    }
    on.updated_at = tx.now();
    may_share(tx, g.share)
}

fn may_share(tx: &Tx<'_>, share: Share) -> Done<()> {
    if share != Share::Own && act::reach("canned.manage", &tx.caller().who) == Reach::None {
        return Err(refuse!(Forbidden, "not_allowed", action = "canned.manage").into());
    }
    Ok(())
}

/// Writes one. For a team or for everybody only who may manage such.
#[utoipa::path(post, path = "/canned", operation_id = "canned_add", tag = "canned", request_body = CannedGiven,
    responses((status = 201, body = Canned), Problem))]
async fn canned_add(door: Door<act::CannedUse>, body: Body<CannedGiven>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, |tx, g| {
        let owner_id = me(tx)?;
        if store::count_of(tx, owner_id)? >= MOST {
            return Err(refuse!(TooMany, "canned.many", most = MOST).into());
        }
        let owner_name = crate::org::store::shown_name(tx)?;
        let (id, updated_at) = (tx.new_id(), tx.now());
        let mut new = Canned {
            id,
            share: g.share,
            owner_id,
            owner_name,
            branch_id: None,
            name: String::new(),
            body: String::new(),
            updated_at,
            version: 1,
        };
        given(tx, g, &mut new)?;
        store::add(tx, &new)?;
        Ok(new)
    })
    .await
}

/// One the caller may change: their own, or any they may use when they manage such. Errors: `not_found`, `not_allowed`.
fn to_change(tx: &mut Tx<'_>, id: CannedId) -> Done<Canned> {
    let me = me(tx)?;
    let found = store::one(tx, me, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    if found.owner_id != me || found.share != Share::Own {
        may_share(tx, if found.owner_id == me { found.share } else { Share::All })?;
    }
    Ok(found)
}

/// Changes one.
#[utoipa::path(put, path = "/canned/{id}", operation_id = "canned_change", tag = "canned", params(("id" = String, Path)),
    request_body = CannedGiven, responses((status = 200, body = Canned), Problem))]
async fn canned_change(door: Door<act::CannedUse>, Ref(id): Ref<CannedId>, body: Body<CannedGiven>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, g| {
        let before = to_change(tx, id)?;
        let stale = |now: &Canned| Stop::Stale(Box::new(serde_json::to_value(now).unwrap_or_default()));
        if g.version != Some(before.version) {
            return Err(stale(&before));
        }
        let mut after = Canned { version: before.version + 1, ..before.clone() };
        given(tx, g, &mut after)?;
        if store::save(tx, &before, &after)? { Ok(after) } else { Err(stale(&before)) }
    })
    .await
}

/// Takes one away.
#[utoipa::path(delete, path = "/canned/{id}", operation_id = "canned_remove", tag = "canned", params(("id" = String, Path)),
    responses((status = 204), Problem))]
async fn canned_remove(door: Door<act::CannedUse>, Ref(id): Ref<CannedId>) -> Result<StatusCode, Problem> {
    door.write(move |tx| {
        let found = to_change(tx, id)?;
        store::remove(tx, &found)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Words to fill in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedWords {
    /// Words with holes.
    body: String,
}

/// A hole's name.
#[derive(Debug, Serialize, ToSchema)]
struct CannedFilled {
    /// The words with what is known; a hole nothing is known for stays.
    text: String,
    /// The holes nothing is known for.
    missing: Vec<String>,
    /// All holes there are.
    holes: Vec<String>,
}

/// How words read on a ticket: the holes filled with what is known of it. Nothing is kept.
#[utoipa::path(post, path = "/tickets/{id}/fill", operation_id = "canned_filled", tag = "canned", params(("id" = String, Path)),
    request_body = CannedWords, responses((status = 200, body = CannedFilled), Problem))]
async fn canned_filled(door: Door<act::CannedUse>, Ref(id): Ref<TicketId>, body: Body<CannedWords>) -> Result<Json<CannedFilled>, Problem> {
    let (reach, words) = (door.reach(), body.value.body);
    if words.chars().count() > 4000 {
        return Err(Problem::refused(door.lang, &refuse!(Invalid, "canned.no_words").field("body")));
    }
    let Filled { text, missing } = door.read(move |tx| filled(tx, reach, id, &words)).await?;
    let named = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    Ok(Json(CannedFilled { text, missing: named(&missing), holes: named(&HOLES) }))
}
