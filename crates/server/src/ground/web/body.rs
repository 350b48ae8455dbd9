use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use postsale_domain::ground::{Lang, Refusal};
use postsale_domain::refuse;
use serde::de::DeserializeOwned;

use super::strict::Named;
use super::unread::said;
use super::{Problem, lang_of};
use crate::ground::seal::digest;

/// Most bytes of a JSON body. Larger ones are refused before they are read whole.
pub const MAX_BODY: usize = 256 * 1024;

/// A JSON body, read strictly: unknown fields, wrong types, doubled keys and lists in the place of objects are refused with the field's path.
#[derive(Debug)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// SHA-256 of the bytes, to tell two requests under one idempotency key apart.
    pub hash: Vec<u8>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let lang = lang_of(request.headers());
        let declared = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if declared.split(';').next().is_none_or(|t| !t.trim().eq_ignore_ascii_case("application/json")) {
            return Err(Problem::refused(lang, &refuse!(Invalid, "body.not_json")));
        }
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::refused(lang, &too_large(&rejection, lang)))?;
        // Also a body that is nothing but a list has a sentence of its own.
        if bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[') {
            return Err(Problem::refused(lang, &refuse!(Invalid, "body.list")));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(Named(&mut reader)).map_err(|e| Problem::refused(lang, &unreadable(lang, &e)))?;
        reader.end().map_err(|e| Problem::refused(lang, &refuse!(Invalid, "body.unreadable", reason = said(lang, &e.to_string()))))?;
        Ok(Self { value, hash: digest(&bytes) })
    }
}

fn too_large(rejection: &BytesRejection, lang: Lang) -> Refusal {
    if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        refuse!(TooLarge, "body.too_large", limit_kib = MAX_BODY / 1024)
    } else {
        refuse!(Invalid, "body.unreadable", reason = said(lang, &rejection.body_text()))
    }
}

fn unreadable(lang: Lang, error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let path = error.path().to_string();
    let refusal = refuse!(Invalid, "body.unreadable", reason = said(lang, &error.inner().to_string()));
    if path == "." { refusal } else { refusal.field(path) }
}

/// Query parameters, read strictly.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let lang = lang_of(&parts.headers);
        axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map(|q| Params(q.0))
            .map_err(|e| Problem::refused(lang, &unreadable_query(lang, &e)))
    }
}

/// The complaint, at the parameter it is about where the reader names one.
fn unreadable_query(lang: Lang, rejection: &QueryRejection) -> Refusal {
    let text = rejection.body_text();
    let about = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
    match about.split_once(": ").filter(|(name, _)| !name.contains(' ')) {
        Some((name, complaint)) => {
            // Some complaints name it themselves.
            let reason = match (complaint.contains(&format!("`{name}`")), lang) {
                (true, _) => said(lang, complaint),
                (false, Lang::Zh) => format!("{name}{}", said(lang, complaint)),
                (false, Lang::En) => format!("{name}: {}", said(lang, complaint)),
            };
            refuse!(Invalid, "query.unreadable", reason = reason).field(name.to_owned())
        }
        None => refuse!(Invalid, "query.unreadable", reason = said(lang, about)),
    }
}

/// The id in the path; anything that is not such an id is "not there".
#[derive(Debug)]
pub struct Ref<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Ref<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let lang: Lang = lang_of(&parts.headers);
        Path::<T>::from_request_parts(parts, state)
            .await
            .map(|p| Ref(p.0))
            .map_err(|_| Problem::refused(lang, &refuse!(NotFound, "not_found")))
    }
}
