//! A file as an answer: to be saved, never run; whole or a stretch of it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::store::FileFace;

/// A stretch of a file: first byte, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch {
    /// All of it.
    Whole,
    /// These.
    Part(u64, u64),
    /// None that exists.
    Nowhere,
}

/// What a `Range` header asks for; several ranges at once, or what is no range, are answered with the whole.
pub(super) fn stretch(headers: &HeaderMap, length: u64, tag: &str) -> Stretch {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|seen| seen != tag) {
        return Stretch::Whole;
    }
    let Some((first, last)) = text(header::RANGE).and_then(|r| r.strip_prefix("bytes=")).and_then(|r| r.trim().split_once('-')) else {
        return Stretch::Whole;
    };
    let number = |text: &str| text.parse::<u64>().ok();
    match (number(first), number(last)) {
        (Some(from), _) if from >= length => Stretch::Nowhere,
        (Some(from), None) if last.is_empty() => Stretch::Part(from, length - from),
        (Some(from), Some(to)) if to >= from => Stretch::Part(from, to.min(length - 1) - from + 1),
        (None, Some(tail)) if first.is_empty() && tail > 0 => Stretch::Part(length.saturating_sub(tail), tail.min(length)),
        (None, Some(0)) if first.is_empty() => Stretch::Nowhere,
        _ => Stretch::Whole,
    }
}

/// The answer. Whatever a browser makes of the bytes, it saves them, guesses nothing, and gives them no rights.
pub(super) fn file(face: &FileFace, tag: &str, length: u64, part: Stretch, bytes: Vec<u8>) -> Response {
    let (status, range) = match part {
        Stretch::Whole => (StatusCode::OK, None),
        Stretch::Part(from, count) => (StatusCode::PARTIAL_CONTENT, Some(format!("bytes {from}-{}/{length}", from + count - 1))),
        Stretch::Nowhere => (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{length}"))),
    };
    let mut response = (status, Body::from(bytes)).into_response();
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, face.kind.media());
    set(header::CONTENT_DISPOSITION, &disposition(&face.name));
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    set(header::ACCEPT_RANGES, "bytes");
    set(header::ETAG, tag);
    // What may be seen now may not be seen tomorrow: kept by this browser alone, and not for long.
    set(header::CACHE_CONTROL, "private, max-age=300");
    if let Some(range) = range {
        set(header::CONTENT_RANGE, &range);
    }
    response
}

/// RFC 6266: a plain name for old programs, the whole one in UTF-8 behind it.
fn disposition(name: &str) -> String {
    use std::fmt::Write;
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' }).collect();
    let mut coded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            coded.push(char::from(byte));
        } else {
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_what_is_there() {
        for (asked, wanted) in [
            ("bytes=0-3", Stretch::Part(0, 4)),
            ("bytes=4-", Stretch::Part(4, 6)),
            ("bytes=-3", Stretch::Part(7, 3)),
            ("bytes=-30", Stretch::Part(0, 10)),
            ("bytes=8-99", Stretch::Part(8, 2)),
            ("bytes=10-", Stretch::Nowhere),
            ("bytes=-0", Stretch::Nowhere),
            ("bytes=5-4", Stretch::Whole),
            ("bytes=0-1,3-4", Stretch::Whole),
            ("lines=0-1", Stretch::Whole),
            ("bytes=a-b", Stretch::Whole),
        ] {
            let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(asked))]);
            assert_eq!(stretch(&headers, 10, "\"x\""), wanted, "{asked}");
        }
    }

    #[test]
    fn at_10_one_header_whatever_the_name() {
        let long = "长".repeat(500);
        for name in ["a\"b\r\nSet-Cookie: x=1.jpg", "小票.jpg", long.as_str(), "a;b=c.pdf"] {
            let header = disposition(name);
            assert!(header.is_ascii() && !header.contains(['\r', '\n']), "{header}");
            assert!(HeaderValue::from_str(&header).is_ok());
            assert_eq!(header.matches('"').count(), 2, "{header}");
        }
        assert!(disposition("小票.jpg").ends_with("filename*=UTF-8''%E5%B0%8F%E7%A5%A8.jpg"));
    }
}
