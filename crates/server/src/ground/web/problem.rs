use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use postsale_domain::ground::{Lang, Refusal, RefusalKind};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response as ApiResponse, ResponseBuilder};

use crate::ground::db::{DbError, Stop};
use crate::ground::texts;

/// How "no" is said (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// `https://postsale.dev/problems/` and the code: a name, not an address to fetch.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sentence, short.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// Stable code for programs.
    pub code: String,
    /// The sentence in the caller's language: what is so, why, what to do.
    pub detail: String,
    /// The input field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// With `not_allowed`: the dotted name of the action one would need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// With `stale`: the present state of what the caller wanted to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<serde_json::Value>>,
}

impl Problem {
    /// A refusal, in a language.
    pub fn refused(lang: Lang, refusal: &Refusal) -> Self {
        let status = match refusal.kind {
            RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            RefusalKind::Forbidden => StatusCode::FORBIDDEN,
            RefusalKind::NotFound => StatusCode::NOT_FOUND,
            RefusalKind::Conflict => StatusCode::CONFLICT,
            RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            RefusalKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        };
        let (action, mut args) = (refusal.args.get("action").cloned(), refusal.args.clone());
        if let Some(name) = &action {
            args.insert("action", texts::action(lang, name));
        }
        for value in args.values_mut() {
            if let Some(said) = texts::listed(lang, value) {
                *value = said;
            }
        }
        Self { field: refusal.field.clone(), action, ..Self::build(lang, status, refusal.code, &args) }
    }

    /// What stopped a transaction, in a language. Accidents are logged here and shown without their inside.
    pub fn stopped(lang: Lang, stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => Self::refused(lang, &refusal),
            Stop::Stale(current) => Self { current: Some(current), ..Self::build(lang, StatusCode::CONFLICT, "stale", &BTreeMap::new()) },
            Stop::Db(DbError::Unavailable(text) | DbError::Contended(text) | DbError::Broken(text)) => {
                tracing::warn!(error = %text, "the database is not available");
                Self::build(lang, StatusCode::SERVICE_UNAVAILABLE, "busy", &BTreeMap::new())
            }
            Stop::Db(DbError::Full(text)) => {
                tracing::warn!(error = %text, "there is no room on the disk");
                Self::build(lang, StatusCode::SERVICE_UNAVAILABLE, "disk_full", &BTreeMap::new())
            }
            Stop::Db(error) => {
                tracing::error!(%error, "accident");
                Self::build(lang, StatusCode::INTERNAL_SERVER_ERROR, "accident", &BTreeMap::new())
            }
        }
    }

    fn build(lang: Lang, status: StatusCode, code: &str, args: &BTreeMap<&'static str, String>) -> Self {
        let detail = texts::sentence(lang, code, args);
        let ends = ['。', '：', '；'];
        let title = detail.split_once(ends).map_or_else(|| detail.split_once(". ").map_or(detail.as_str(), |(t, _)| t), |(t, _)| t);
        Self {
            kind: format!("https://postsale.dev/problems/{code}"),
            title: title.trim_end_matches('.').to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.clone(),
            field: None,
            action: None,
            current: None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

/// Every operation may answer with these.
impl utoipa::IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<ApiResponse>> {
        [
            (401, "Nobody is signed in"),
            (403, "Not allowed"),
            (404, "Not there, or not yours to see"),
            (409, "The state of things does not allow it, or your copy is old"),
            (413, "Larger than the stated limit"),
            (422, "The input cannot be taken as it is"),
            (429, "Too often"),
            (503, "Not now; repeat with the same Idempotency-Key"),
        ]
        .into_iter()
        .map(|(status, text)| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            let response = ResponseBuilder::new().description(text).content("application/problem+json", content).build();
            (status.to_string(), RefOr::T(response))
        })
        .collect()
    }
}
