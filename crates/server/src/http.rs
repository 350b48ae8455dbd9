//! All routes together, and what stands around every one of them.

use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use postsale_domain::ground::Lang;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::ground::web::{Problem, SESSION_COOKIE, observe};
use crate::house::House;
use crate::{
    agreement, bell, billing, canned, dispatch, facts, file, followup, h5, health, import, inbox, incident, knowledge, live, merchant, org,
    parts, search, sla, terminal, ticket, visit, web,
};

/// A request that takes longer is ended with 503; nothing here has reason to.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// Most bytes of any request body.
const BODY_LIMIT: usize = 256 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(title = "Postsale", description = "After-sales service for payment terminals. Lists are keyset-paged; writes take an Idempotency-Key.", license(name = "Apache-2.0")),
    components(schemas(Problem)),
    modifiers(&Security),
    security(("session" = []), ("bearer" = []))
)]
struct Doc;

struct Security;

impl Modify for Security {
    fn modify(&self, doc: &mut utoipa::openapi::OpenApi) {
        let components = doc.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE))));
        components.add_security_scheme("bearer", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    }
}

fn api() -> OpenApiRouter<House> {
    OpenApiRouter::with_openapi(Doc::openapi()).nest(
        "/api/v1",
        OpenApiRouter::new()
            .merge(org::api::routes())
            .merge(org::export::routes())
            .merge(ticket::api::routes())
            .merge(facts::api::routes())
            .merge(billing::api::routes())
            .merge(agreement::api::routes())
            .merge(incident::api::routes())
            .merge(followup::api::routes())
            .merge(sla::api::routes())
            .merge(inbox::api::routes())
            .merge(import::api::routes())
            .merge(import::export_api::routes())
            .merge(knowledge::api::routes())
            .merge(knowledge::editor_api::routes())
            .merge(visit::api::routes())
            .merge(dispatch::api::routes())
            .merge(knowledge::lists::routes())
            .merge(search::api::routes())
            .merge(merchant::api::routes())
            .merge(terminal::api::routes())
            .merge(dispatch::plan_api::routes())
            .merge(live::api::routes())
            .merge(file::api::routes())
            .merge(canned::api::routes())
            .merge(canned::recipe_api::routes())
            .merge(parts::api::routes())
            .merge(parts::request_api::routes())
            .merge(parts::return_api::routes())
            .merge(bell::api::routes()),
    )
}

/// The OpenAPI document, as `postsale openapi` prints it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    api().into_openapi()
}

/// The routes, and their document. Twenty megabytes of descriptions are made and given back on the way; what a thread that ends leaves behind
/// is there for others, what this one left would stay its own.
fn documented() -> (Router<House>, Bytes) {
    let (router, doc) = api().split_for_parts();
    (router, doc.to_json().unwrap_or_default().into())
}

/// Everything the server answers.
pub fn router(house: House) -> Router {
    let (router, document) = thread::scope(|scope| scope.spawn(documented).join()).unwrap_or_else(|panic| resume_unwind(panic));
    router
        .route("/api/v1/openapi.json", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }))
        .merge(health::routes())
        .merge(h5::routes())
        .fallback(web::page)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_LIMIT))
        .layer(CatchPanicLayer::custom(|_| accident()))
        .layer(CompressionLayer::new())
        .layer(from_fn(headers))
        .layer(from_fn_with_state(house.clone(), observe))
        .with_state(house)
}

fn accident() -> Response {
    let stop = crate::ground::db::Stop::Db(crate::ground::db::DbError::Other("a handler panicked".into()));
    Problem::stopped(Lang::Zh, stop).into_response()
}

/// Headers every answer carries. Pages that need another content policy set their own.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(self), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    ));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
