use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::ground::seal::{hex, random};
use crate::house::House;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every request a number that its answer and everything logged on its way carry, and counts it. Who is answered
/// by a process on its way out is asked to come back on another connection. Neither the path nor the
/// query is logged, only the pattern of the route: paths hold link tokens.
pub async fn observe(State(house): State<House>, request: Request, next: Next) -> Response {
    let id = given(request.headers()).unwrap_or_else(|| hex(&random()[..8]));
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %id, %method, %route);
    let (began, counted) = (Instant::now(), house.meter.begin());
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    house.meter.answered(&method, &route, status, took);
    drop(counted);
    span.in_scope(|| {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if status >= 500 { tracing::warn!(status, ms, "answered") } else { tracing::debug!(status, ms, "answered") }
    });
    if house.meter.is_draining() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    response
}

/// The number a proxy in front has given it, if it is one that can stand in a log.
fn given(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(&REQUEST_ID)?.to_str().ok()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    ((8..=64).contains(&text.len()) && text.bytes().all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_taken_over() {
        let cases = [
            ("0af7651916cd43dd8448eb211c80319c", true),
            ("a-b_c.d-1", true),
            ("short", false),
            ("with space in it", false),
            ("quote\"and{brace}", false),
        ];
        for (text, taken) in cases {
            let headers = HeaderMap::from_iter([(REQUEST_ID.clone(), HeaderValue::from_static(text))]);
            assert_eq!(given(&headers).is_some(), taken, "{text}");
        }
        let long = HeaderMap::from_iter([(REQUEST_ID.clone(), HeaderValue::from_str(&"a".repeat(65)).unwrap())]);
        assert_eq!(given(&long), None);
    }
}
