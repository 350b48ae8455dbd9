use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use postsale_domain::ground::{Caller, Lang, Refusal, TenantId};
use postsale_domain::org::identity::two_factors;
use postsale_domain::org::throttle::Throttle;
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::session::{Entering, SessionOpened, code_needed, enter, secure};
use crate::ground::db::Stop;
use crate::ground::identity::{Registered, Unhelpful};
use crate::ground::web::{Body, Params, Peer, Problem, lang_of};
use crate::house::House;
use crate::org::identity::{self, Back};
use crate::org::store::identity::{self as kept, Kept};
use crate::org::store::throttle::{self, Counted};
use crate::org::store::{session, tenant_by_code};

/// What stays in the browser between leaving for the provider and being let in.
const ERRAND_COOKIE: &str = "postsale_errand";
/// Where a provider sends people back to, below the public address.
const BACK: &str = "/sign-in/back";

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(session_oidc_look))
        .routes(routes!(session_oidc_start))
        .routes(routes!(session_oidc_finish))
        .routes(routes!(session_oidc_code))
}

/// Where the provider sends people back to; it must know this address.
pub(super) fn back_address(house: &House) -> String {
    format!("{}{BACK}", house.config.public_url())
}

/// A provider that was of no use, as a sentence.
pub(super) fn unhelpful(why: Unhelpful) -> Refusal {
    match why {
        Unhelpful::Barred(why) => refuse!(Invalid, "oidc.barred", why = why).field("issuer"),
        Unhelpful::Away(why) => refuse!(Busy, "oidc.away", why = why),
        Unhelpful::Code(why) => refuse!(Unauthenticated, "oidc.code_refused", why = why),
        Unhelpful::Token(why) => refuse!(Unauthenticated, "oidc.token_refused", why = why),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichTenant {
    /// The company's code; not needed where there is one company only.
    tenant: Option<String>,
}

/// Whether one can come in by a company account.
#[derive(Debug, Serialize, ToSchema)]
struct CompanyAccount {
    /// What stands on the button; null when there is none, or none by this code.
    label: Option<String>,
    /// Whether a code says which company is meant.
    code_asked: bool,
}

/// Whether one can sign in by a company account, and what it is called.
#[utoipa::path(get, path = "/sessions/oidc", operation_id = "session_oidc_look", tag = "org", params(WhichTenant), responses((status = 200, body = CompanyAccount), Problem), security(()))]
async fn session_oidc_look(
    State(house): State<House>,
    headers: HeaderMap,
    Params(which): Params<WhichTenant>,
) -> Result<Json<CompanyAccount>, Problem> {
    let found = provider(&house, which.tenant).await.map_err(|stop| Problem::stopped(lang_of(&headers), stop))?;
    let code_asked = matches!(found, Found::Several);
    let label = match found {
        Found::One(_, kept) if kept.terms.enabled => Some(kept.terms.label),
        _ => None,
    };
    Ok(Json(CompanyAccount { label, code_asked }))
}

enum Found {
    One(TenantId, Box<Kept>),
    None,
    /// Which company, was not said.
    Several,
}

async fn provider(house: &House, code: Option<String>) -> Result<Found, Stop> {
    let code = code.map(|c| c.trim().to_owned()).filter(|c| !c.is_empty());
    house
        .db
        .bare_read(move |bare| {
            let tenant = match &code {
                Some(code) => tenant_by_code(bare, code)?,
                None => match kept::only_tenant(bare)? {
                    None => return Ok(Found::Several),
                    only => only,
                },
            };
            let Some(tenant) = tenant else { return Ok(Found::None) };
            Ok(kept::provider_of(bare, tenant)?.map_or(Found::None, |kept| Found::One(tenant, Box::new(kept))))
        })
        .await
}

fn registered(house: &House, tenant: TenantId, kept: &Kept) -> Registered {
    Registered {
        issuer: kept.terms.issuer.clone(),
        client_id: kept.terms.client_id.clone(),
        secret: identity::unlock(&house.seal, tenant, &kept.secret),
        back: back_address(house),
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OidcStart {
    /// The company's code; not needed where there is one company only.
    tenant: Option<String>,
}

/// Where to go now.
#[derive(Debug, Serialize, ToSchema)]
struct OidcWay {
    /// The provider's page; what it sends back opens a session in this browser only, once, within ten minutes.
    address: String,
}

/// Begin to sign in by a company account.
#[utoipa::path(post, path = "/sessions/oidc/start", operation_id = "session_oidc_start", tag = "org", request_body = OidcStart, responses((status = 200, body = OidcWay), Problem), security(()))]
async fn session_oidc_start(
    State(house): State<House>,
    Peer(peer): Peer,
    headers: HeaderMap,
    body: Body<OidcStart>,
) -> Result<Response, Problem> {
    let step = Step::new(&house, &headers, peer).await?;
    let Found::One(tenant, kept) = provider(&house, body.value.tenant).await.map_err(|stop| Problem::stopped(step.lang, stop))? else {
        return Err(step.no(off()));
    };
    if !kept.terms.enabled {
        return Err(step.no(off()));
    }
    let begun = identity::begin(&house.seal, tenant, house.clock.now());
    let address = match house.accounts.way(&registered(&house, tenant, &kept), &begun.errand).await {
        Ok(address) => address,
        Err(why) => return Err(step.failed(unhelpful(why)).await),
    };
    Ok(([(header::SET_COOKIE, errand_cookie(&house, &begun.browser))], Json(OidcWay { address })).into_response())
}

fn off() -> Refusal {
    refuse!(NotFound, "oidc.off")
}

/// What the provider sent the browser back with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OidcBack {
    state: String,
    /// Not there when the provider refused.
    code: Option<String>,
    /// The provider's word for why it refused.
    error: Option<String>,
}

/// Come back from the provider. With `session.code_needed` the person is named, and their second factor is asked for at
/// `/sessions/oidc/code`.
#[utoipa::path(post, path = "/sessions/oidc/finish", operation_id = "session_oidc_finish", tag = "org", request_body = OidcBack,
    responses((status = 201, body = SessionOpened), Problem), security(()))]
async fn session_oidc_finish(
    State(house): State<House>,
    Peer(peer): Peer,
    headers: HeaderMap,
    body: Body<OidcBack>,
) -> Result<Response, Problem> {
    let (came, now) = (body.value, house.clock.now());
    let step = Step::new(&house, &headers, peer).await?;
    let browser = errand_held(&headers).unwrap_or_default();
    let long = came.state.len() > 300 || came.code.as_ref().is_some_and(|c| c.len() > 4000);
    let Some(back) = identity::back(&house.seal, &came.state, &browser, now).filter(|_| !long) else {
        return Err(step.failed(refuse!(Unauthenticated, "oidc.stale")).await);
    };
    let Back { tenant, errand, expires_at, state_hash } = back;
    let spent = house.db.bare_write(move |bare| kept::spend(bare, &state_hash, expires_at, now)).await;
    if !spent.map_err(|stop| Problem::stopped(step.lang, stop))? {
        return Err(step.failed(refuse!(Unauthenticated, "oidc.stale")).await);
    }
    let kept = house.db.bare_read(move |bare| kept::provider_of(bare, tenant)).await.map_err(|stop| Problem::stopped(step.lang, stop))?;
    let Some(kept) = kept.filter(|k| k.terms.enabled) else { return Err(step.no(off())) };
    let Some(code) = came.code.filter(|_| came.error.is_none()) else {
        return Err(step.failed(refuse!(Unauthenticated, "oidc.denied")).await);
    };
    let terms = kept.terms.clone();
    let claims = match house.accounts.who(&registered(&house, tenant, &kept), errand, code, &terms.claim, now).await {
        Ok(claims) => claims,
        Err(why) => {
            tracing::warn!(?why, tenant = %tenant, "a company account was not believed");
            return Err(step.failed(unhelpful(why)).await);
        }
    };
    let vouched = terms.trust_amr && two_factors(&claims.amr);
    let lang = step.lang;
    let arrived = house.db.write(Caller::system(tenant, "oidc"), now, move |tx| identity::arrive(tx, &terms, &claims, lang)).await;
    let user = arrived.map_err(|stop| Problem::stopped(step.lang, stop))?;
    let account = step.account(user).await?;
    if account.second_factor && !vouched {
        let mut response = step.no(code_needed()).into_response();
        let cookie = errand_cookie(&house, &identity::proven(&house.seal, user, now));
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        return Ok(response);
    }
    step.let_in(Entering { counts: step.counts_of(&account.username), account, code: None, vouched }).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OidcCode {
    /// The code of the person's app, or a recovery code.
    code: String,
}

/// Show the second factor after the company account has named one.
#[utoipa::path(post, path = "/sessions/oidc/code", operation_id = "session_oidc_code", tag = "org", request_body = OidcCode,
    responses((status = 201, body = SessionOpened), Problem), security(()))]
async fn session_oidc_code(
    State(house): State<House>,
    Peer(peer): Peer,
    headers: HeaderMap,
    body: Body<OidcCode>,
) -> Result<Response, Problem> {
    let step = Step::new(&house, &headers, peer).await?;
    let held = errand_held(&headers).unwrap_or_default();
    let Some(user) = identity::proven_user(&house.seal, &held, house.clock.now()).filter(|_| body.value.code.len() <= 40) else {
        return Err(step.failed(refuse!(Unauthenticated, "oidc.stale")).await);
    };
    let account = step.account(user).await?;
    let counts = step.counts_of(&account.username);
    step.wait(&counts).await?;
    step.let_in(Entering { account, counts, code: Some(body.value.code), vouched: false }).await
}

/// What every step of coming in shares: who asks from where, and what it costs to be wrong.
struct Step<'a> {
    house: &'a House,
    headers: &'a HeaderMap,
    lang: Lang,
    peer: Option<std::net::IpAddr>,
    address: Vec<Counted>,
}

impl<'a> Step<'a> {
    async fn new(house: &'a House, headers: &'a HeaderMap, peer: Option<std::net::IpAddr>) -> Result<Self, Problem> {
        let address: Vec<Counted> = peer.map(|ip| Counted::new(Throttle::Address, &ip.to_string())).into_iter().collect();
        let step = Self { house, headers, lang: lang_of(headers), peer, address };
        step.wait(&step.address).await?;
        Ok(step)
    }

    fn no(&self, refusal: Refusal) -> Problem {
        Problem::refused(self.lang, &refusal)
    }

    /// Refuses, and counts it on the address: provider and house are asked no more often than passwords are.
    async fn failed(&self, refusal: Refusal) -> Problem {
        let (counts, now) = (self.address.clone(), self.house.clock.now());
        match self.house.db.bare_write(move |bare| throttle::count(bare, &counts, now)).await {
            Ok(()) => self.no(refusal),
            Err(stop) => Problem::stopped(self.lang, stop),
        }
    }

    async fn wait(&self, counts: &[Counted]) -> Result<(), Problem> {
        let (counts, now) = (counts.to_vec(), self.house.clock.now());
        let wait = self.house.db.bare_read(move |bare| throttle::wait_left(bare, &counts, now)).await;
        match wait.map_err(|stop| Problem::stopped(self.lang, stop))? {
            Some(wait) => Err(self.no(refuse!(TooMany, "session.wait", seconds = wait))),
            None => Ok(()),
        }
    }

    fn counts_of(&self, username: &str) -> Vec<Counted> {
        [vec![Counted::new(Throttle::Name, username)], self.address.clone()].concat()
    }

    /// The account of a person who was named; they may have left meanwhile.
    async fn account(&self, user: postsale_domain::ground::UserId) -> Result<session::Account, Problem> {
        let account = self.house.db.bare_read(move |bare| session::account_of(bare, user)).await;
        let account = account.map_err(|stop| Problem::stopped(self.lang, stop))?.filter(|a| !a.barred);
        account.ok_or_else(|| self.no(refuse!(Forbidden, "oidc.left")))
    }

    async fn let_in(&self, entering: Entering) -> Result<Response, Problem> {
        let (cookie, opened) = enter(self.house, self.lang, self.peer, self.headers, entering).await?;
        let gone = format!("{ERRAND_COOKIE}=; Path=/api/v1/sessions/oidc; HttpOnly; SameSite=Lax; Max-Age=0{}", secure(self.house));
        let mut response = (StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(opened)).into_response();
        if let Ok(gone) = HeaderValue::from_str(&gone) {
            response.headers_mut().append(header::SET_COOKIE, gone);
        }
        Ok(response)
    }
}

fn errand_cookie(house: &House, value: &str) -> String {
    format!("{ERRAND_COOKIE}={value}; Path=/api/v1/sessions/oidc; HttpOnly; SameSite=Lax; Max-Age=600{}", secure(house))
}

fn errand_held(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    cookies.filter_map(|c| c.trim().split_once('=')).find(|(name, _)| *name == ERRAND_COOKIE).map(|(_, value)| value.to_owned())
}
