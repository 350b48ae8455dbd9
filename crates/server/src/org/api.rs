//! HTTP of org: signing in and out, colleagues, who changed what.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use postsale_domain::ground::{EngineerId, Refusal, Role, UserId};
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, AuditLine, Colleague};
use crate::ground::db::{Stop, Tx};
use crate::ground::seal::{digest, hex, random};
use crate::ground::web::{Body, Door, Page, PageParams, Params, Problem, SESSION_COOKIE, bearer_or_cookie, lang_of};
use crate::house::House;

/// How long a session lives.
const SESSION: SignedDuration = SignedDuration::from_hours(12);
/// Failed attempts before a wait is asked for.
const FREE_FAILURES: u32 = 5;

/// The routes of org.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(session_open))
        .routes(routes!(session_current, session_end))
        .routes(routes!(user_list))
        .routes(routes!(audit_list))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    username: String,
    password: String,
}

/// Who one is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    id: UserId,
    username: String,
    display_name: String,
    role: Role,
    tenant_name: String,
    /// Actions one may do at least on what is one's own.
    actions: Vec<&'static str>,
    engineer_id: Option<EngineerId>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SessionOpened {
    /// For `Authorization: Bearer`; shown once.
    token: String,
    user: Me,
    expires_at: Timestamp,
}

fn me(tx: &mut Tx<'_>) -> Result<Me, Stop> {
    let caller = tx.caller().clone();
    let (Some(id), Some(role)) = (caller.user(), caller.role()) else { return Err(refuse!(Unauthenticated, "session.missing").into()) };
    let (username, display_name) = store::names(tx, id)?.unwrap_or_default();
    let tenant_name = store::tenant_name(tx)?;
    Ok(Me { id, username, display_name, role, tenant_name, actions: act::allowed(&caller.who), engineer_id: caller.engineer() })
}

/// Sign in. A refusal never tells which half was wrong; after five failures the name waits a growing while.
#[utoipa::path(post, path = "/sessions", operation_id = "session_open", tag = "org", request_body = SignIn,
    responses((status = 201, body = SessionOpened), Problem), security(()))]
async fn session_open(State(house): State<House>, headers: HeaderMap, body: Body<SignIn>) -> Result<Response, Problem> {
    let lang = lang_of(&headers);
    let no = |refusal: Refusal| Problem::refused(lang, &refusal);
    let stopped = |stop: Stop| Problem::stopped(lang, stop);
    let SignIn { username, password } = body.value;
    if username.len() > 100 || password.len() > 500 {
        return Err(no(refuse!(Unauthenticated, "session.refused")));
    }
    let (now, name) = (house.clock.now(), username.clone());
    let (account, failures) =
        house.db.bare_read(move |bare| Ok((store::account(bare, &name)?, store::failures(bare, &name)?))).await.map_err(stopped)?;
    if let Some(wait) = failures.and_then(|(count, last)| wait_left(count, last, now)) {
        return Err(no(refuse!(TooMany, "session.wait", seconds = wait)));
    }
    // An unknown name costs as much as a known one.
    let hash = account.as_ref().map_or_else(|| NOBODY.to_owned(), |a| a.password_hash.clone());
    let right = tokio::task::spawn_blocking(move || password_matches(&password, &hash)).await.unwrap_or(false);
    let Some(account) = account.filter(|a| right && !a.disabled) else {
        house.db.bare_write(move |bare| store::count_failure(bare, &username, now)).await.map_err(stopped)?;
        return Err(no(refuse!(Unauthenticated, "session.refused")));
    };
    let (token, expires_at, user) = (hex(&random()), now + SESSION, account.user);
    let token_hash = digest(token.as_bytes());
    let me = house
        .db
        .write(account.caller, now, move |tx| {
            store::open_session(tx, &username, user, &token_hash, expires_at)?;
            me(tx)
        })
        .await
        .map_err(stopped)?;
    let cookie = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", SESSION.as_secs(), secure(&house));
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(SessionOpened { token, user: me, expires_at })).into_response())
}

fn secure(house: &House) -> &'static str {
    if house.config.public_url().starts_with("https://") { "; Secure" } else { "" }
}

/// Seconds still to wait after this many failures: 2, 4, 8 … at most 300; never a permanent lock-out.
fn wait_left(failures: u32, last: Timestamp, now: Timestamp) -> Option<i64> {
    let over = failures.checked_sub(FREE_FAILURES)?;
    let wait = (2_i64 << over.min(8)).min(300);
    let left = wait - (now.as_second() - last.as_second());
    (left > 0).then_some(left)
}

/// A hash no password matches, to spend the same time on names that do not exist.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cG9zdHNhbGUtbm9ib2R5$2Wc2Wb2tZ1d1m0cJ0m0m0m0m0m0m0m0m0m0m0m0m0m0";

fn password_matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// The stored form of a password (argon2id, 19 MiB, two passes).
pub fn hash_password(password: &str) -> Result<String, String> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| e.to_string())
}

/// Who am I.
#[utoipa::path(get, path = "/sessions/current", operation_id = "session_current", tag = "org", responses((status = 200, body = Me), Problem))]
async fn session_current(door: Door<act::SessionSelf>) -> Result<Json<Me>, Problem> {
    door.read(me).await.map(Json)
}

/// Sign out.
#[utoipa::path(delete, path = "/sessions/current", operation_id = "session_end", tag = "org", responses((status = 204), Problem))]
async fn session_end(door: Door<act::SessionSelf>, headers: HeaderMap) -> Result<Response, Problem> {
    let hash = bearer_or_cookie(&headers).map(|(token, _)| digest(token.as_bytes())).unwrap_or_default();
    door.write(move |tx| store::end_session(tx, &hash)).await?;
    let cookie = format!("{SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", secure(&door.house));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UserFilter {
    /// Only people of this role; agents without it.
    role: Option<Role>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Colleagues {
    items: Vec<Colleague>,
}

/// Colleagues of a role.
#[utoipa::path(get, path = "/users", operation_id = "user_list", tag = "org", params(UserFilter), responses((status = 200, body = Colleagues), Problem))]
async fn user_list(door: Door<act::UserRead>, Params(filter): Params<UserFilter>) -> Result<Json<Colleagues>, Problem> {
    let role = filter.role.unwrap_or(Role::Agent);
    door.read(move |tx| store::colleagues(tx, role)).await.map(|items| Json(Colleagues { items }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditFilter {
    /// Only changes of this object, e.g. `tkt_…`.
    subject: Option<String>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Who changed what, newest first.
#[utoipa::path(get, path = "/audit", operation_id = "audit_list", tag = "org", params(AuditFilter), responses((status = 200, body = Page<AuditLine>), Problem))]
async fn audit_list(door: Door<act::AuditRead>, Params(filter): Params<AuditFilter>) -> Result<Json<Page<AuditLine>>, Problem> {
    use crate::ground::web::Keyset;
    let (seal, tenant) = (door.house.seal.clone(), door.caller.tenant);
    let page = door
        .read(move |tx| {
            let paging = PageParams { limit: filter.limit, cursor: filter.cursor.clone() };
            let start = Keyset::open(&seal, tenant, "audit", paging.cursor.as_deref(), Keyset::LAST)?;
            let lines = store::audit_lines(tx, filter.subject.as_deref(), start.at, paging.take())?;
            Ok(Page::cut(lines, paging.limit, &seal, tenant, "audit", |line| (line.seq, tenant)))
        })
        .await?;
    Ok(Json(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_ends() {
        let at = |s| Timestamp::from_second(s).unwrap();
        let cases = [(4, 0, None), (5, 0, Some(2)), (5, 2, None), (6, 1, Some(3)), (8, 0, Some(16)), (60, 0, Some(300)), (60, 300, None)];
        for (failures, later, left) in cases {
            assert_eq!(wait_left(failures, at(1000), at(1000 + later)), left, "{failures} failures, {later} s later");
        }
    }

    #[test]
    fn a_password_matches_only_itself_and_nobody_matches_nothing() {
        let hash = hash_password("postsale-demo").unwrap();
        assert!(password_matches("postsale-demo", &hash));
        assert!(!password_matches("postsale-dem0", &hash));
        assert!(PasswordHash::new(NOBODY).is_ok(), "or unknown names would answer faster");
        assert!(!password_matches("", NOBODY));
    }
}
