//! What every page of the merchant has: the frame, one inline style whose hash the content policy names, no script at all.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use postsale_domain::ground::Lang;

use super::words::Say;
use crate::ground::seal::digest;

const STYLE: &str = include_str!("h5.css");

/// The content policy: nothing but this page's own style and its own forms.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let text = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        base64(&digest(STYLE.as_bytes()))
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// Standard base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0_u32, |word, (i, b)| word | u32::from(*b) << (16 - 8 * i));
        for i in 0..4 {
            let letter = LETTERS[((word >> (18 - 6 * i)) & 63) as usize];
            text.push(if i <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// A page.
pub struct Page<'a> {
    /// Language of the words.
    pub say: Say,
    /// What the tab says.
    pub title: &'a str,
    /// The large line on top.
    pub head: &'a str,
    /// The small lines under it.
    pub under: Vec<String>,
    /// Its own path, for the link to the other language.
    pub path: &'a str,
    /// The sections.
    pub body: Markup,
}

impl Page<'_> {
    /// The page as an answer.
    pub fn answer(self, status: StatusCode) -> Response {
        let (lang, other) = match self.say.0 {
            Lang::Zh => ("zh-CN", "en"),
            Lang::En => ("en", "zh"),
        };
        let page = html! {
            (DOCTYPE)
            html lang=(lang) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width,initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="format-detection" content="telephone=no";
                    // Without it browsers ask for /favicon.ico, which nobody has.
                    link rel="icon" href="/favicon.svg" type="image/svg+xml";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (self.head) }
                        @for line in &self.under { p { (line) } }
                    }
                    main { (self.body) }
                    footer {
                        span { (self.say.t("footer.about")) }
                        a href=(format!("{}?lang={other}", self.path)) { (self.say.t("footer.other_lang")) }
                    }
                }
            }
        };
        let mut response = (status, page).into_response();
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
        response
    }
}

/// A page that only says something, with the way on: what to do, and the page to go to.
pub fn message(say: Say, status: StatusCode, path: &str, words: &str, next: Option<&str>, way: (&str, &str)) -> Response {
    let (to, called) = way;
    let body = html! {
        section {
            p { (words) }
            @if let Some(next) = next { p.meta { (next) } }
            a.door href=(to) { (called) }
        }
    };
    Page { say, title: say.t("error.title"), head: say.t("error.title"), under: Vec::new(), path, body }.answer(status)
}

/// A small line drawing for a choice.
pub fn icon(choice: &str) -> Markup {
    let path = match choice {
        "print" => "M8 11V4h16v7M8 24H5V12h22v12h-3M9 19h14v9H9zM23 15.5h.1",
        "card" => "M4 8h24v16H4zM4 13h24M8 19h6M20 18l4 4M24 18l-4 4",
        "network" => "M4 12a17 17 0 0 1 24 0M8.500 17a10.500 10.500 0 0 1 15 0M13 21.500a4.500 4.500 0 0 1 6 0M16 26h.1M6 5l20 22",
        "power" => "M16 4v12M9.500 8.500a10 10 0 1 0 13 0",
        _ => "M12 12a4 4 0 1 1 5.500 3.700c-1 .5-1.500 1.200-1.500 2.300v1M16 24h.1M16 3a13 13 0 1 0 0 26 13 13 0 0 0 0-26z",
    };
    html! { svg viewBox="0 0 32 32" aria-hidden="true" { path d=(path) {} } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_the_standard_one() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
