use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use postsale_domain::ground::{BranchId, EngineerId, Lang, Refusal, Role, UserId};
use postsale_domain::org::act;
use postsale_domain::org::throttle::Throttle;
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::db::{Done, Stop, Tx};
use crate::ground::seal::digest;
use crate::ground::web::{Body, Door, Peer, Problem, SESSION_COOKIE, bearer_or_cookie, lang_of};
use crate::house::House;
use crate::org::store::session::{self, Account, From};
use crate::org::store::throttle::{self, Counted};
use crate::org::store::{self, factor as kept, people};
use crate::org::{factor, secret};

/// How long a session lives.
const SESSION: SignedDuration = SignedDuration::from_hours(12);

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(session_open)).routes(routes!(session_current, session_end))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    username: String,
    password: String,
    /// The code of the person's app, or a recovery code; asked for with `session.code_needed`.
    code: Option<String>,
}

/// Who one is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Me {
    id: UserId,
    username: String,
    display_name: String,
    role: Role,
    tenant_name: String,
    /// Actions one may do at least on what is one's own.
    actions: Vec<&'static str>,
    engineer_id: Option<EngineerId>,
    /// The branch one sees, if not all of them.
    branch_id: Option<BranchId>,
    email: Option<String>,
    lang: Lang,
    /// Whether signing in asks for a code.
    second_factor: bool,
    /// Whether one's role needs a second factor one has not set up: until then nothing else is open.
    factor_owed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionOpened {
    /// For `Authorization: Bearer`; shown once.
    token: String,
    user: Me,
    expires_at: Timestamp,
}

/// `vouched`: whether the company account vouched for a second factor.
pub(super) fn me(tx: &mut Tx<'_>, vouched: bool) -> Done<Me> {
    let caller = tx.caller().clone();
    let missing = || Stop::from(refuse!(Unauthenticated, "session.missing"));
    let (Some(id), Some(role)) = (caller.user(), caller.role()) else { return Err(missing()) };
    let person = people::person(tx, id)?.ok_or_else(missing)?;
    let needed = kept::needed_by(tx)?;
    Ok(Me {
        id,
        username: person.row.username,
        display_name: person.row.name,
        role,
        tenant_name: store::tenant_name(tx)?,
        actions: act::allowed(&caller.who),
        engineer_id: caller.engineer(),
        branch_id: caller.branch(),
        email: person.email,
        lang: person.lang,
        second_factor: person.second_factor,
        factor_owed: !person.second_factor && !vouched && needed.contains(&role),
    })
}

/// Sign in. A refusal never tells which half was wrong; after five failures the name waits a growing while, after thirty the
/// address does. Nobody is locked out: the right words work when the stated wait is over.
#[utoipa::path(post, path = "/sessions", operation_id = "session_open", tag = "org", request_body = SignIn,
    responses((status = 201, body = SessionOpened), Problem), security(()))]
async fn session_open(State(house): State<House>, Peer(peer): Peer, headers: HeaderMap, body: Body<SignIn>) -> Result<Response, Problem> {
    let lang = lang_of(&headers);
    let no = |refusal: Refusal| Problem::refused(lang, &refusal);
    let stopped = |stop: Stop| Problem::stopped(lang, stop);
    let SignIn { username, password, code } = body.value;
    if username.len() > 100 || password.len() > 500 || code.as_ref().is_some_and(|c| c.len() > 40) {
        return Err(no(refuse!(Unauthenticated, "session.refused")));
    }
    let name = Counted::new(Throttle::Name, &username);
    let counts: Vec<Counted> =
        [Some(name), peer.map(|ip| Counted::new(Throttle::Address, &ip.to_string()))].into_iter().flatten().collect();
    let (now, asked, known) = (house.clock.now(), username.clone(), counts.clone());
    let (account, wait) = house
        .db
        .bare_read(move |bare| Ok((session::account(bare, &asked)?, throttle::wait_left(bare, &known, now)?)))
        .await
        .map_err(stopped)?;
    if let Some(wait) = wait {
        return Err(no(refuse!(TooMany, "session.wait", seconds = wait)));
    }
    // An unknown name costs as much as a known one.
    let right = secret::fits(password, account.as_ref().and_then(|a| a.password_hash.clone())).await;
    let Some(account) = account.filter(|a| right && !a.barred) else {
        house.db.bare_write(move |bare| throttle::count(bare, &counts, now)).await.map_err(stopped)?;
        return Err(no(refuse!(Unauthenticated, "session.refused")));
    };
    let code = code.filter(|c| !c.trim().is_empty());
    if account.second_factor && code.is_none() {
        return Err(no(code_needed()));
    }
    let entering = Entering { account, counts, code, vouched: false };
    let (cookie, opened) = enter(&house, lang, peer, &headers, entering).await?;
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(opened)).into_response())
}

/// The name and the password were right, and the account has a second factor.
pub(super) fn code_needed() -> Refusal {
    refuse!(Unauthenticated, "session.code_needed").field("code")
}

/// Somebody who has proven who they are, up to the second factor.
pub(super) struct Entering {
    pub account: Account,
    /// What a wrong code is counted on; the first is forgotten when the person is in.
    pub counts: Vec<Counted>,
    pub code: Option<String>,
    /// Whether the company account vouched for a second factor: then ours is not asked for.
    pub vouched: bool,
}

/// Checks the second factor and opens a session: its cookie, and what the caller is told.
pub(super) async fn enter(
    house: &House,
    lang: Lang,
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    entering: Entering,
) -> Result<(String, SessionOpened), Problem> {
    let Entering { account, counts, code, vouched } = entering;
    let stopped = |stop: Stop| Problem::stopped(lang, stop);
    let (now, token) = (house.clock.now(), secret::token());
    let (expires_at, user, name) = (now + SESSION, account.user, counts.first().cloned());
    let (token_hash, seal) = (digest(token.as_bytes()), house.seal.clone());
    let from = From {
        agent: headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).map(|a| a.chars().take(200).collect()),
        address: peer.map(|ip| ip.to_string()),
        vouched,
    };
    let opened = house.db.write(account.caller, now, move |tx| {
        if !vouched {
            factor::check(tx, &seal, user, code.as_deref().unwrap_or_default())?;
        }
        session::open_session(tx, user, &token_hash, expires_at, &from)?;
        if let Some(name) = &name {
            throttle::forget(tx, name)?;
        }
        me(tx, vouched)
    });
    let me = match opened.await {
        Err(Stop::Refused(refusal)) => {
            // Codes are guessed like passwords and slowed down like them.
            house.db.bare_write(move |bare| throttle::count(bare, &counts, now)).await.map_err(stopped)?;
            return Err(Problem::refused(lang, &refusal));
        }
        other => other.map_err(stopped)?,
    };
    let cookie = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", SESSION.as_secs(), secure(house));
    Ok((cookie, SessionOpened { token, user: me, expires_at }))
}

pub(super) fn secure(house: &House) -> &'static str {
    if house.config.public_url().starts_with("https://") { "; Secure" } else { "" }
}

/// Who am I.
#[utoipa::path(get, path = "/sessions/current", operation_id = "session_current", tag = "org", responses((status = 200, body = Me), Problem))]
async fn session_current(door: Door<act::SessionSelf>, headers: HeaderMap) -> Result<Json<Me>, Problem> {
    let hash = own_hash(&headers);
    door.read(move |tx| {
        let vouched = session::vouched(tx, &hash)?;
        me(tx, vouched)
    })
    .await
    .map(Json)
}

/// Sign out.
#[utoipa::path(delete, path = "/sessions/current", operation_id = "session_end", tag = "org", responses((status = 204), Problem))]
async fn session_end(door: Door<act::SessionSelf>, headers: HeaderMap) -> Result<Response, Problem> {
    let hash = own_hash(&headers);
    door.write(move |tx| session::end_session(tx, &hash)).await?;
    let cookie = format!("{SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", secure(&door.house));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// The hash of the token a request came with.
pub(super) fn own_hash(headers: &HeaderMap) -> Vec<u8> {
    bearer_or_cookie(headers).map(|(token, _)| digest(token.as_bytes())).unwrap_or_default()
}
