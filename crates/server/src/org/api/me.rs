use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use postsale_domain::ground::UserId;
use postsale_domain::org::throttle::Throttle;
use postsale_domain::org::{SessionId, act, password, people as rules, totp};
use postsale_domain::refuse;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::session::own_hash;
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::seal::random;
use crate::ground::web::{Body, Door, Problem, Ref};
use crate::house::House;
use crate::org::mail::{self, Letter};
use crate::org::store::session::{self, Session};
use crate::org::store::throttle::{self, Counted};
use crate::org::store::{self, factor as kept, people, token};
use crate::org::{factor, secret};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(my_sessions, my_other_sessions_end))
        .routes(routes!(my_session_end))
        .routes(routes!(my_password))
        .routes(routes!(my_email))
        .routes(routes!(my_factor_begin))
        .routes(routes!(my_factor_confirm))
        .routes(routes!(my_factor_remove))
}

fn user_of(tx: &Tx<'_>) -> Done<UserId> {
    tx.caller().user().ok_or_else(|| refuse!(Unauthenticated, "session.missing").into())
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sessions {
    pub items: Vec<Session>,
}

/// Where one is signed in.
#[utoipa::path(get, path = "/me/sessions", operation_id = "my_sessions", tag = "org", responses((status = 200, body = Sessions), Problem))]
async fn my_sessions(door: Door<act::SessionSelf>, headers: HeaderMap) -> Result<Json<Sessions>, Problem> {
    let hash = own_hash(&headers);
    door.read(move |tx| {
        let me = user_of(tx)?;
        session::sessions(tx, me, &hash)
    })
    .await
    .map(|items| Json(Sessions { items }))
}

/// Sign out everywhere else.
#[utoipa::path(delete, path = "/me/sessions", operation_id = "my_other_sessions_end", tag = "org", responses((status = 204), Problem))]
async fn my_other_sessions_end(door: Door<act::SessionSelf>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    let hash = own_hash(&headers);
    door.write(move |tx| {
        let me = user_of(tx)?;
        session::end_all_but(tx, me, &hash)
    })
    .await
    .map(|_| StatusCode::NO_CONTENT)
}

/// Sign one of one's sessions out.
#[utoipa::path(delete, path = "/me/sessions/{id}", operation_id = "my_session_end", tag = "org", params(("id" = String, Path)), responses((status = 204), Problem))]
async fn my_session_end(door: Door<act::SessionSelf>, Ref(id): Ref<SessionId>) -> Result<StatusCode, Problem> {
    door.write(move |tx| {
        let me = user_of(tx)?;
        if session::end_one(tx, me, id)? { Ok(()) } else { Err(refuse!(NotFound, "not_found").into()) }
    })
    .await
    .map(|()| StatusCode::NO_CONTENT)
}

/// Whether the password is the caller's, told only after the same waits as signing in. Errors: `session.wait`, `password.none`,
/// `password.wrong`.
async fn proven(door: &Door<act::SessionSelf>, given: &str) -> Result<(), Problem> {
    let (house, now) = (&door.house, door.house.clock.now());
    let no = |stop: Stop| Problem::stopped(door.lang, stop);
    let (hash, username) = door
        .read(|tx| {
            let me = user_of(tx)?;
            Ok((people::password_hash(tx, me)?, store::names(tx, me)?.map(|(username, _)| username).unwrap_or_default()))
        })
        .await?;
    let counts = vec![Counted::new(Throttle::Name, &username)];
    let asked = counts.clone();
    if let Some(wait) = house.db.bare_read(move |bare| throttle::wait_left(bare, &asked, now)).await.map_err(no)? {
        return Err(Problem::refused(door.lang, &refuse!(TooMany, "session.wait", seconds = wait)));
    }
    if hash.as_deref() == Some(people::NO_PASSWORD) {
        return Err(Problem::refused(door.lang, &refuse!(Conflict, "password.none").field("current")));
    }
    if given.len() <= password::LONGEST && secret::fits(given.to_owned(), hash).await {
        return Ok(());
    }
    house.db.bare_write(move |bare| throttle::count(bare, &counts, now)).await.map_err(no)?;
    Err(Problem::refused(door.lang, &refuse!(Forbidden, "password.wrong").field("current")))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The present one.
    current: String,
    /// The one wanted: ten characters or more.
    password: String,
}

/// Change one's password. Every other session ends, links sent before work no more, and a mail tells.
#[utoipa::path(post, path = "/me/password", operation_id = "my_password", tag = "org", request_body = NewPassword, responses((status = 204), Problem))]
async fn my_password(door: Door<act::SessionSelf>, headers: HeaderMap, body: Body<NewPassword>) -> Result<StatusCode, Problem> {
    let NewPassword { current, password } = body.value;
    proven(&door, &current).await?;
    let username = door
        .read(|tx| {
            let me = user_of(tx)?;
            Ok(store::names(tx, me)?.map(|(username, _)| username).unwrap_or_default())
        })
        .await?;
    password::check(&password, &username).map_err(|refusal| Problem::refused(door.lang, &refusal))?;
    let hash = super::link::hashed(door.lang, password).await?;
    let own = own_hash(&headers);
    door.write(move |tx| {
        let me = user_of(tx)?;
        people::set_password(tx, me, &hash)?;
        session::end_all_but(tx, me, &own)?;
        token::forget(tx, me)?;
        mail::ask(tx, me, Letter::PasswordChanged)
    })
    .await
    .map(|()| StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEmail {
    /// One's password.
    current: String,
    /// Where mail goes from now on; null for none.
    email: Option<String>,
}

/// Change where one's mail goes. The address before is told.
#[utoipa::path(post, path = "/me/email", operation_id = "my_email", tag = "org", request_body = NewEmail, responses((status = 204), Problem))]
async fn my_email(door: Door<act::SessionSelf>, body: Body<NewEmail>) -> Result<StatusCode, Problem> {
    let NewEmail { current, email } = body.value;
    proven(&door, &current).await?;
    door.write(move |tx| {
        let me = user_of(tx)?;
        if let Some(address) = &email {
            rules::check_email(address)?;
        }
        let before = people::for_change(tx, me, None)?;
        let mut after = before.clone();
        after.email.clone_from(&email);
        people::save(tx, "user.email", &before, &mut after)?;
        if before.email != after.email && before.email.is_some() {
            token::forget(tx, me)?;
            mail::ask(tx, me, Letter::EmailChanged)?;
        }
        Ok(())
    })
    .await
    .map(|()| StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    /// One's password.
    current: String,
}

/// What an authenticator app needs; shown once.
#[derive(Debug, Serialize, ToSchema)]
struct FactorBegun {
    /// To type in by hand.
    secret: String,
    /// What the picture says.
    uri: String,
    /// A picture to scan, SVG.
    qr_svg: String,
}

/// Begin to protect one's account with codes of an app. Not asked for before a code has confirmed it.
#[utoipa::path(post, path = "/me/second-factor", operation_id = "my_factor_begin", tag = "org", request_body = Proof, responses((status = 201, body = FactorBegun), Problem))]
async fn my_factor_begin(door: Door<act::SessionSelf>, body: Body<Proof>) -> Result<(StatusCode, Json<FactorBegun>), Problem> {
    proven(&door, &body.value.current).await?;
    let (seal, salt) = (door.house.seal.clone(), random());
    let begun = door
        .write(move |tx| {
            let me = user_of(tx)?;
            if kept::of(tx, me)?.is_some_and(|f| f.confirmed) {
                return Err(refuse!(Conflict, "second_factor.there").into());
            }
            kept::begin(tx, me, &salt)?;
            let username = store::names(tx, me)?.map(|(username, _)| username).unwrap_or_default();
            let secret = factor::secret(&seal, me, &salt);
            Ok((totp::base32(&secret), totp::uri(&secret, &format!("Postsale {}", store::tenant_name(tx)?), &username)))
        })
        .await?;
    let (secret, uri) = begun;
    // An address of ours is never too long for a QR code.
    let qr_svg =
        QrCode::new(uri.as_bytes()).map(|code| code.render::<svg::Color<'_>>().min_dimensions(200, 200).build()).unwrap_or_default();
    Ok((StatusCode::CREATED, Json(FactorBegun { secret, uri, qr_svg })))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FactorCode {
    /// Six digits of the app.
    code: String,
}

/// Codes for a lost phone; shown once, each works once.
#[derive(Debug, Serialize, ToSchema)]
struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

/// Confirm the app with its first code. From now on signing in asks for one.
#[utoipa::path(post, path = "/me/second-factor/confirm", operation_id = "my_factor_confirm", tag = "org", request_body = FactorCode, responses((status = 200, body = RecoveryCodes), Problem))]
async fn my_factor_confirm(door: Door<act::SessionSelf>, body: Body<FactorCode>) -> Result<Json<RecoveryCodes>, Problem> {
    let (seal, code) = (door.house.seal.clone(), body.value.code);
    let codes = totp::recovery_codes(&[random(), random()].concat());
    let hashes: Vec<Vec<u8>> =
        codes.iter().filter_map(|c| totp::plain_recovery_code(c)).map(|plain| factor::recovery_hash(&plain)).collect();
    door.write(move |tx| {
        let me = user_of(tx)?;
        let Some(begun) = kept::of(tx, me)?.filter(|f| !f.confirmed) else {
            return Err(refuse!(Conflict, "second_factor.not_begun").into());
        };
        let secret = factor::secret(&seal, me, &begun.salt);
        let step = totp::accepted(&secret, code.trim(), tx.now(), begun.last_step);
        let step = step.ok_or_else(|| refuse!(Invalid, "second_factor.wrong_code").field("code"))?;
        kept::confirm(tx, me, step, &hashes)
    })
    .await?;
    Ok(Json(RecoveryCodes { recovery_codes: codes }))
}

/// Take one's second factor away.
#[utoipa::path(post, path = "/me/second-factor/remove", operation_id = "my_factor_remove", tag = "org", request_body = Proof, responses((status = 204), Problem))]
async fn my_factor_remove(door: Door<act::SessionSelf>, body: Body<Proof>) -> Result<StatusCode, Problem> {
    proven(&door, &body.value.current).await?;
    door.write(|tx| {
        let me = user_of(tx)?;
        kept::remove(tx, me)
    })
    .await
    .map(|_| StatusCode::NO_CONTENT)
}
