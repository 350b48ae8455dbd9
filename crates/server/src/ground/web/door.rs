use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use postsale_domain::ground::{Act, Caller, Lang, Reach, Refusal};
use postsale_domain::{org, refuse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Body, Problem};
use crate::ground::db::{DbError, Done, Query, Stop, Tx, p};
use crate::ground::gate::{Costly, Turn};
use crate::ground::sabotage;
use crate::ground::seal::{digest, keepable};
use crate::ground::texts;
use crate::house::House;
use crate::org::store;
use crate::sql;

/// The cookie a browser's session lives in.
pub const SESSION_COOKIE: &str = "postsale_session";
/// What the secret of a key for programs begins with.
pub const KEY_PREFIX: &str = "psk_";

/// Someone whose right to an action has been asked; the only way to a transaction from HTTP.
#[derive(Clone)]
pub struct Runner {
    /// The house.
    pub house: House,
    /// Who asks.
    pub caller: Caller,
    /// The language they read.
    pub lang: Lang,
    reach: Reach,
}

impl Runner {
    /// Asks whether the caller may do the action at all; on what, the stores ask by [`Runner::reach`].
    pub fn ask<A: Act>(house: House, caller: Caller, lang: Lang) -> Result<Self, Refusal> {
        match A::reach(&caller.who) {
            Reach::None => Err(refuse!(Forbidden, "not_allowed", action = A::NAME)),
            reach => Ok(Self { house, caller, lang, reach }),
        }
    }

    /// How far the action reaches for this caller: all, or only their own.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Waits for this caller's turn at something costly; it lasts until it is dropped. Errors: `costly.own`, `costly.full`.
    pub async fn turn(&self, kind: Costly) -> Result<Turn, Problem> {
        self.house.gate.turn(kind, &self.caller.label()).await.map_err(|refusal| Problem::refused(self.lang, &refusal))
    }

    /// Reads on a snapshot.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Done<T> + Send + 'static,
    {
        let now = self.house.clock.now();
        self.house.db.read(self.caller.clone(), now, work).await.map_err(|stop| Problem::stopped(self.lang, stop))
    }

    /// Writes in one transaction and answers after its commit.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Done<T> + Send + 'static,
    {
        let now = self.house.clock.now();
        let answer = self.house.db.write(self.caller.clone(), now, work).await.map_err(|stop| Problem::stopped(self.lang, stop));
        self.house.live.stir();
        answer
    }
}

/// [`Runner`] for a request: signed in, and asked for action `A`.
pub struct Door<A> {
    /// Who runs it.
    pub runner: Runner,
    key: Option<String>,
    route: String,
    action: PhantomData<A>,
}

impl<A> std::ops::Deref for Door<A> {
    type Target = Runner;
    fn deref(&self) -> &Runner {
        &self.runner
    }
}

/// A written answer, ready to send; the same bytes again when the request is repeated under its idempotency key.
#[derive(Debug, Clone)]
pub struct Answered {
    status: StatusCode,
    json: String,
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        if self.status == StatusCode::NO_CONTENT {
            return self.status.into_response();
        }
        (self.status, [(header::CONTENT_TYPE, "application/json")], self.json).into_response()
    }
}

impl<A: Act> Door<A> {
    /// Runs a writing command once per idempotency key: the answer is kept in the same transaction, and a repetition
    /// gets it again. Errors: `idempotency.other_request` when the key was used for something else.
    pub async fn command<B, T, F>(self, body: Body<B>, status: StatusCode, work: F) -> Result<Answered, Problem>
    where
        B: Send + Sync + 'static,
        T: Serialize,
        F: Fn(&mut Tx<'_>, &B) -> Done<T> + Send + 'static,
    {
        let request = digest(&[self.route.as_bytes(), b"\n", &body.hash].concat());
        let (value, key) = (Arc::new(body.value), self.key.clone());
        let json = self
            .runner
            .write(move |tx| match &key {
                None => Ok((status, to_json(&work(tx, &value)?)?)),
                Some(_) if sabotage::on("no-keys") => Ok((status, to_json(&work(tx, &value)?)?)),
                Some(key) => once(tx, key, &request, status, |tx| to_json(&work(tx, &value)?)),
            })
            .await?;
        Ok(Answered { status: json.0, json: json.1 })
    }

    /// Does the same with each of several things, in a transaction of its own for each: what is refused for one keeps no other
    /// from being done. Under an idempotency key each thing is done once, and a repetition gets the whole answer again; one that
    /// was cut off goes on with what was not reached. `gather` names the things and `answer` says what became of them.
    pub async fn each<B, I, T, U, G, W, S>(self, body: Body<B>, gather: G, work: W, answer: S) -> Result<Answered, Problem>
    where
        B: Send + Sync + 'static,
        I: fmt::Display + Clone + Send + Sync + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        U: Serialize,
        G: Fn(&mut Tx<'_>, &B) -> Done<Vec<I>> + Send + 'static,
        W: Fn(&mut Tx<'_>, &B, &I) -> Done<T> + Clone + Send + Sync + 'static,
        S: Fn(&I, Result<T, Problem>) -> U,
    {
        let request = Arc::new(digest(&[self.route.as_bytes(), b"\n", &body.hash].concat()));
        let (value, key) = (Arc::new(body.value), self.key.map(Arc::new));
        if let Some(key) = key.clone() {
            let request = Arc::clone(&request);
            // Asked as a writer: on PostgreSQL a reader may see what the disk does not have yet, and this answer says that it has.
            if let Some((status, json)) = self.runner.write(move |tx| kept(tx, &key, &request)).await? {
                return Ok(Answered { status, json });
            }
        }
        let things = {
            let value = Arc::clone(&value);
            self.runner.read(move |tx| gather(tx, &value)).await?
        };
        let one = |thing: I| {
            let (runner, value, key, request, work) = (self.runner.clone(), value.clone(), key.clone(), request.clone(), work.clone());
            async move {
                let it = thing.clone();
                let done = runner
                    .write(move |tx| match &key {
                        None => to_json(&work(tx, &value, &it)?),
                        Some(key) => {
                            once(tx, &format!("{key}/{it}"), &request, StatusCode::OK, |tx| to_json(&work(tx, &value, &it)?)).map(|d| d.1)
                        }
                    })
                    .await;
                let done = match done {
                    Ok(json) => from_json(&json).map_err(|stop| Problem::stopped(runner.lang, stop)),
                    Err(problem) => Err(problem),
                };
                (thing, done)
            }
        };
        // Several at a time, so that the writer gathers them into one commit.
        let ends: Vec<_> = stream::iter(things.into_iter().map(one)).buffered(AT_A_TIME).collect().await;
        let json = to_json(&ends.into_iter().map(|(thing, done)| answer(&thing, done)).collect::<Vec<_>>());
        let json = json.map_err(|stop| Problem::stopped(self.runner.lang, stop))?;
        let Some(key) = key else { return Ok(Answered { status: StatusCode::OK, json }) };
        let (status, json) = self.runner.write(move |tx| once(tx, &key, &request, StatusCode::OK, |_| Ok(json.clone()))).await?;
        Ok(Answered { status, json })
    }
}

/// Things of [`Door::each`] that are under way at the same time.
const AT_A_TIME: usize = 16;

fn from_json<T: DeserializeOwned>(json: &str) -> Done<T> {
    serde_json::from_str(json).map_err(|e| Stop::Db(DbError::Other(format!("a kept answer could not be read: {e}"))))
}

fn to_json<T: Serialize>(value: &T) -> Done<String> {
    serde_json::to_string(value).map_err(|e| Stop::Db(DbError::Other(format!("an answer could not be written: {e}"))))
}

fn other_request() -> Stop {
    refuse!(Conflict, "idempotency.other_request").field("Idempotency-Key").into()
}

/// The answer kept under a key, if it was used. Errors: `idempotency.other_request`.
fn kept(tx: &mut Tx<'_>, key: &str, request: &[u8]) -> Done<Option<(StatusCode, String)>> {
    let (tenant, caller) = (tx.tenant(), tx.caller().label());
    let kept = tx.one(
        sql!("SELECT request_hash, status, answer FROM idempotency WHERE tenant_id = $1 AND caller = $2 AND key = $3"),
        &[p(&tenant), p(&caller), p(key)],
        |r| Ok((r.next::<Vec<u8>>()?, r.next::<u16>()?, r.next::<String>()?)),
    )?;
    match kept {
        None => Ok(None),
        Some((hash, code, answer)) if hash == request => Ok(Some((StatusCode::from_u16(code).unwrap_or_default(), answer))),
        Some(_) => Err(other_request()),
    }
}

/// Does the work unless the key has an answer, and keeps the answer with it. On PostgreSQL two requests with one key may get this far; the
/// second one's key then meets the first one's, and it is undone and asked again.
fn once(
    tx: &mut Tx<'_>,
    key: &str,
    request: &[u8],
    status: StatusCode,
    work: impl Fn(&mut Tx<'_>) -> Done<String>,
) -> Done<(StatusCode, String)> {
    // Mostly nothing is kept: what the work asks first goes along.
    tx.ahead(&work);
    if let Some(known) = kept(tx, key, request)? {
        return Ok(known);
    }
    let answer = work(tx)?;
    let (tenant, caller, now) = (tx.tenant(), tx.caller().label(), tx.now());
    tx.at_last(
        sql!(
            "INSERT INTO idempotency (tenant_id, caller, key, request_hash, status, answer, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT DO NOTHING"
        ),
        vec![p(&tenant), p(&caller), p(key), p(request), p(&status.as_u16()), p(&answer), p(&now)],
    );
    Ok((status, answer))
}

impl<A: Act> FromRequestParts<House> for Door<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Problem> {
        let lang = lang_of(&parts.headers);
        let no = |refusal: Refusal| Problem::refused(lang, &refusal);
        let (token, by_cookie) = bearer_or_cookie(&parts.headers).ok_or_else(|| no(refuse!(Unauthenticated, "session.missing")))?;
        if by_cookie && !matches!(parts.method, Method::GET | Method::HEAD) && !same_origin(&parts.headers) {
            return Err(no(refuse!(Forbidden, "session.other_site")));
        }
        let caller = if token.starts_with(KEY_PREFIX) && !by_cookie {
            if org::act::in_person(A::NAME) {
                return Err(no(refuse!(Forbidden, "api_key.not_in_person")));
            }
            by_key(house, &token).await
        } else {
            let (hash, now) = (digest(token.as_bytes()), house.clock.now());
            match house.db.bare_look(move |bare| store::session::caller_of(bare, &hash, now)).await {
                // Whoever owes a second factor may do what concerns themselves, which is where they set it up.
                Ok(Some((_, true))) if A::NAME != org::act::SessionSelf::NAME => return Err(no(refuse!(Forbidden, "session.factor_owed"))),
                found => found.map(|found| found.map(|(caller, _)| caller)),
            }
        };
        let caller = caller.map_err(|stop| Problem::stopped(lang, stop))?;
        let caller = caller.ok_or_else(|| no(refuse!(Unauthenticated, "session.ended")))?;
        let key = parts.headers.get("idempotency-key").map(|v| v.to_str().map(str::to_owned));
        let key = match key {
            None => None,
            Some(Ok(key)) if (1..=128).contains(&key.len()) => Some(keepable(&key)),
            Some(_) => return Err(no(refuse!(Invalid, "idempotency.bad_key").field("Idempotency-Key"))),
        };
        let runner = Runner::ask::<A>(house.clone(), caller, lang).map_err(no)?;
        Ok(Self { runner, key, route: format!("{} {}", parts.method, parts.uri.path()), action: PhantomData })
    }
}

/// The person who holds a key, with the key's role; its use is noted now and then.
async fn by_key(house: &House, secret: &str) -> Done<Option<Caller>> {
    let (hash, now) = (digest(secret.as_bytes()), house.clock.now());
    let asked = hash.clone();
    let found = house.db.bare_look(move |bare| store::key::caller_of(bare, &asked, now)).await?;
    let Some((caller, note)) = found else { return Ok(None) };
    if note {
        house.db.bare_write(move |bare| store::key::used(bare, &hash, now)).await?;
    }
    Ok(Some(caller))
}

/// The session token of a request, and whether it came as a cookie.
pub fn bearer_or_cookie(headers: &HeaderMap) -> Option<(String, bool)> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return Some((token.trim().to_owned(), false));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    cookies.filter_map(|c| c.trim().split_once('=')).find(|(name, _)| *name == SESSION_COOKIE).map(|(_, token)| (token.to_owned(), true))
}

/// Browsers state where a request comes from; one that states another site is refused, one that states nothing is no browser.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, o)| o == host),
        (None, Some(_), None) => false,
        (None, None, _) => true,
    }
}

/// The language a request asks for.
pub fn lang_of(headers: &HeaderMap) -> Lang {
    texts::preferred(headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()))
}
