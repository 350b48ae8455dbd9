//! The built web application, carried inside the binary. Without a build the page says how to make one.

use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use postsale_domain::ground::Lang;
use postsale_domain::refuse;
use rust_embed::RustEmbed;

use crate::ground::web::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Postsale</title><body style='font:16px system-ui;margin:48px'>\
<h1>Postsale</h1><p>服务已运行，界面尚未构建。请运行 <code>make web</code> 后重新编译。<p>The server runs, but the web application is not built. Run <code>make web</code>, then build again.";

/// Answers everything no other route answers: a file of the build, or the application's start page.
pub async fn page(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return Problem::refused(Lang::Zh, &refuse!(NotFound, "not_found")).into_response();
    }
    if let Some(file) = Built::get(path).filter(|_| !path.is_empty()) {
        // Names under assets/ carry a hash of the content.
        let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        return ([(header::CONTENT_TYPE, file.metadata.mimetype().to_owned()), (header::CACHE_CONTROL, cache.to_owned())], file.data)
            .into_response();
    }
    // A missing file is missing; only addresses of the application get its start page.
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Built::get("index.html") {
        Some(index) => ([(header::CACHE_CONTROL, "no-cache")], Html(index.data)).into_response(),
        None => Html(NOT_BUILT).into_response(),
    }
}

/// Whether the web application is inside this binary.
pub fn is_built() -> bool {
    Built::get("index.html").is_some()
}
