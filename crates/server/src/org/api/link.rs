use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use postsale_domain::ground::{Lang, Refusal, Role};
use postsale_domain::org::throttle::Throttle;
use postsale_domain::org::{TokenKind, password};
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::db::{DbError, Stop};
use crate::ground::seal::digest;
use crate::ground::web::{Body, Peer, Problem, lang_of};
use crate::house::House;
use crate::org::mail::{self, Letter};
use crate::org::secret;
use crate::org::store::session;
use crate::org::store::throttle::{self, Counted};
use crate::org::store::token::{self, Held};
use crate::org::store::{self, people};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(password_reset_ask)).routes(routes!(user_link_look)).routes(routes!(user_link_redeem))
}

/// The stored form of a password, made where it may take its time.
pub(super) async fn hashed(lang: Lang, password: String) -> Result<String, Problem> {
    let hash = tokio::task::spawn_blocking(move || secret::hash_password(&password)).await.unwrap_or_else(|e| Err(e.to_string()));
    hash.map_err(|e| Problem::stopped(lang, Stop::Db(DbError::Other(e))))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    username: String,
}

/// Ask for a link to choose a new password. The answer is the same whoever asks for whom: a mail goes out if there is somebody by
/// that name whom mail can reach.
#[utoipa::path(post, path = "/password-resets", operation_id = "password_reset_ask", tag = "org", request_body = Forgotten,
    responses((status = 202), Problem), security(()))]
async fn password_reset_ask(
    State(house): State<House>,
    Peer(peer): Peer,
    headers: HeaderMap,
    body: Body<Forgotten>,
) -> Result<StatusCode, Problem> {
    let lang = lang_of(&headers);
    let stopped = |stop: Stop| Problem::stopped(lang, stop);
    let username = body.value.username;
    if username.len() > 100 {
        return Ok(StatusCode::ACCEPTED);
    }
    let now = house.clock.now();
    let counts: Vec<Counted> =
        [Some(Counted::new(Throttle::Mail, &username)), peer.map(|ip| Counted::new(Throttle::Address, &ip.to_string()))]
            .into_iter()
            .flatten()
            .collect();
    // Every asking counts: it may cost somebody a mail.
    let wait = house.db.bare_write(move |bare| {
        let wait = throttle::wait_left(bare, &counts, now)?;
        if wait.is_none() {
            throttle::count(bare, &counts, now)?;
        }
        Ok(wait)
    });
    if let Some(wait) = wait.await.map_err(stopped)? {
        return Err(Problem::refused(lang, &refuse!(TooMany, "session.wait", seconds = wait)));
    }
    let account = house.db.bare_read(move |bare| session::account(bare, &username)).await.map_err(stopped)?;
    if let Some(account) = account.filter(|a| !a.barred && a.reachable) {
        house.db.write(account.caller, now, move |tx| mail::ask(tx, account.user, Letter::Reset)).await.map_err(stopped)?;
    }
    Ok(StatusCode::ACCEPTED)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkToken {
    /// What stands behind the `#` of the link.
    token: String,
}

/// What a link is for.
#[derive(Debug, Serialize, ToSchema)]
struct LinkView {
    kind: TokenKind,
    username: String,
    display_name: String,
    role: Role,
    tenant_name: String,
    expires_at: Timestamp,
}

fn gone() -> Refusal {
    refuse!(NotFound, "link.gone")
}

async fn held(house: &House, lang: Lang, token: &str) -> Result<(Held, Vec<u8>), Problem> {
    let (hash, now) = (digest(token.as_bytes()), house.clock.now());
    let asked = hash.clone();
    let found = house.db.bare_read(move |bare| token::held(bare, &asked, now)).await.map_err(|stop| Problem::stopped(lang, stop))?;
    found.map(|held| (held, hash)).ok_or_else(|| Problem::refused(lang, &gone()))
}

/// What a link is for: drawn before a password is asked for.
#[utoipa::path(post, path = "/user-links/look", operation_id = "user_link_look", tag = "org", request_body = LinkToken,
    responses((status = 200, body = LinkView), Problem), security(()))]
async fn user_link_look(State(house): State<House>, headers: HeaderMap, body: Body<LinkToken>) -> Result<Json<LinkView>, Problem> {
    let lang = lang_of(&headers);
    let (held, _) = held(&house, lang, &body.value.token).await?;
    let user = held.user;
    let seen = house.db.read(held.caller.clone(), house.clock.now(), move |tx| Ok((people::person(tx, user)?, store::tenant_name(tx)?)));
    let (person, tenant_name) = seen.await.map_err(|stop| Problem::stopped(lang, stop))?;
    let person = person.ok_or_else(|| Problem::refused(lang, &gone()))?;
    Ok(Json(LinkView {
        kind: held.kind,
        username: person.row.username,
        display_name: person.row.name,
        role: person.row.role,
        tenant_name,
        expires_at: held.expires_at,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Redeemed {
    /// What stands behind the `#` of the link.
    token: String,
    /// The password wanted: ten characters or more.
    password: String,
}

/// Join, or choose a new password. The link is spent, every session of the person ends, and they sign in as usual: a second factor is
/// asked for as before.
#[utoipa::path(post, path = "/user-links/redeem", operation_id = "user_link_redeem", tag = "org", request_body = Redeemed,
    responses((status = 204), Problem), security(()))]
async fn user_link_redeem(State(house): State<House>, headers: HeaderMap, body: Body<Redeemed>) -> Result<StatusCode, Problem> {
    let lang = lang_of(&headers);
    let Redeemed { token, password } = body.value;
    let (held, token_hash) = held(&house, lang, &token).await?;
    let (user, kind, now) = (held.user, held.kind, house.clock.now());
    let stopped = |stop: Stop| Problem::stopped(lang, stop);
    let named = house.db.read(held.caller.clone(), now, move |tx| Ok(store::names(tx, user)?.map(|(username, _)| username)));
    let username = named.await.map_err(stopped)?.unwrap_or_default();
    password::check(&password, &username).map_err(|refusal| Problem::refused(lang, &refusal))?;
    let hash = hashed(lang, password).await?;
    let redeemed = house.db.write(held.caller, now, move |tx| {
        if !token::spend(tx, &token_hash)? {
            return Err(gone().into());
        }
        people::set_password(tx, user, &hash)?;
        session::end_all_but(tx, user, &[])?;
        token::forget(tx, user)?;
        throttle::forget(tx, &Counted::new(Throttle::Name, &username))?;
        if kind == TokenKind::Reset { mail::ask(tx, user, Letter::PasswordChanged) } else { Ok(()) }
    });
    redeemed.await.map_err(stopped)?;
    // The streams of the sessions that ended with it end too.
    house.live.stir();
    Ok(StatusCode::NO_CONTENT)
}
