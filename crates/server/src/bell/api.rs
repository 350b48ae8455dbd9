//! HTTP of notifications and followers.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::bell::BellId;
use postsale_domain::ground::{UserId, to_millis};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, Bell, Follower};
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::reach::see_ticket;

/// The routes of notifications and followers.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(bell_list)).routes(routes!(bell_count)).routes(routes!(bell_read)).routes(routes!(
        followers_read,
        follow,
        unfollow
    ))
}

const LIST: &str = "bell";

fn me(tx: &Tx<'_>) -> Result<UserId, Stop> {
    tx.caller().user().ok_or_else(|| refuse!(Forbidden, "not_allowed", action = "bell.read").into())
}

/// One's own notifications, newest first; kept for ninety days.
#[utoipa::path(get, path = "/bell", operation_id = "bell_list", tag = "bell", params(PageParams),
    responses((status = 200, body = Page<Bell>), Problem))]
async fn bell_list(door: Door<act::BellRead>, Params(page): Params<PageParams>) -> Result<Json<Page<Bell>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let (tenant, me) = (tx.tenant(), me(tx)?);
        let after = Keyset::open(&seal, tenant, LIST, page.cursor.as_deref(), Keyset::LAST)?;
        Ok(Page::cut(store::list(tx, me, after, page.take())?, page.limit, &seal, tenant, LIST, |b| (to_millis(b.at), b.id)))
    })
    .await
    .map(Json)
}

/// How many are unread.
#[derive(Debug, Serialize, ToSchema)]
struct BellCount {
    /// Counted up to a hundred.
    unread: i64,
}

/// How many of one's own are unread.
#[utoipa::path(get, path = "/bell/count", operation_id = "bell_count", tag = "bell", responses((status = 200, body = BellCount), Problem))]
async fn bell_count(door: Door<act::BellRead>) -> Result<Json<BellCount>, Problem> {
    door.read(|tx| {
        let me = me(tx)?;
        Ok(BellCount { unread: store::unread(tx, me)? })
    })
    .await
    .map(Json)
}

/// Which were read: one, those of a ticket, or without both all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BellSeen {
    id: Option<BellId>,
    ticket_id: Option<TicketId>,
}

/// Notes that one has read one's own.
#[utoipa::path(post, path = "/bell/read", operation_id = "bell_read", tag = "bell", request_body = BellSeen,
    responses((status = 200, body = BellCount), Problem))]
async fn bell_read(door: Door<act::BellRead>, body: Body<BellSeen>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, |tx, seen| {
        let me = me(tx)?;
        store::read(tx, me, seen.id, seen.ticket_id)?;
        Ok(BellCount { unread: store::unread(tx, me)? })
    })
    .await
}

/// Who follows a ticket.
#[derive(Debug, Serialize, ToSchema)]
struct Followers {
    /// Whether the reader does.
    following: bool,
    /// Everybody who does, by name.
    people: Vec<Follower>,
}

fn shown(tx: &mut Tx<'_>, id: TicketId) -> Done<Followers> {
    let me = me(tx)?;
    let people = store::followers(tx, id)?;
    Ok(Followers { following: people.iter().any(|one| one.id == me), people })
}

/// Who follows it.
#[utoipa::path(get, path = "/tickets/{id}/followers", operation_id = "followers_read", tag = "bell", params(("id" = String, Path)),
    responses((status = 200, body = Followers), Problem))]
async fn followers_read(door: Door<act::BellRead>, Ref(id): Ref<TicketId>) -> Result<Json<Followers>, Problem> {
    let reach = act::reach("ticket.read", &door.caller.who);
    door.read(move |tx| {
        see_ticket(tx, reach, id)?;
        shown(tx, id)
    })
    .await
    .map(Json)
}

/// Follows it: one is told of what the merchant and colleagues write to each other, and of where it stands.
#[utoipa::path(put, path = "/tickets/{id}/followers", operation_id = "follow", tag = "bell", params(("id" = String, Path)),
    responses((status = 200, body = Followers), Problem))]
async fn follow(door: Door<act::BellRead>, Ref(id): Ref<TicketId>) -> Result<Json<Followers>, Problem> {
    let reach = act::reach("ticket.read", &door.caller.who);
    door.write(move |tx| {
        see_ticket(tx, reach, id)?;
        let me = me(tx)?;
        store::follow(tx, id, me)?;
        shown(tx, id)
    })
    .await
    .map(Json)
}

/// Follows it no longer.
#[utoipa::path(delete, path = "/tickets/{id}/followers", operation_id = "unfollow", tag = "bell", params(("id" = String, Path)),
    responses((status = 200, body = Followers), Problem))]
async fn unfollow(door: Door<act::BellRead>, Ref(id): Ref<TicketId>) -> Result<Json<Followers>, Problem> {
    let reach = act::reach("ticket.read", &door.caller.who);
    door.write(move |tx| {
        see_ticket(tx, reach, id)?;
        let me = me(tx)?;
        store::unfollow(tx, id, me)?;
        shown(tx, id)
    })
    .await
    .map(Json)
}
