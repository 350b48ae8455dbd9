//! The sentences of refusals: one file per language, by code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use postsale_domain::ground::{Lang, Refusal};

type Sentences = BTreeMap<String, String>;

static ZH: LazyLock<Sentences> = LazyLock::new(|| parse(include_str!("../../../../data/texts/zh.json")));
static EN: LazyLock<Sentences> = LazyLock::new(|| parse(include_str!("../../../../data/texts/en.json")));

/// What the console calls things: one name for an action, wherever it is read.
static CONSOLE_ZH: LazyLock<Sentences> = LazyLock::new(|| parse(include_str!("../../../../data/texts/web.zh.json")));
static CONSOLE_EN: LazyLock<Sentences> = LazyLock::new(|| parse(include_str!("../../../../data/texts/web.en.json")));

fn parse(text: &str) -> Sentences {
    // A test reads both files; a broken one never leaves the build.
    serde_json::from_str(text).unwrap_or_default()
}

/// All sentences of a language, by code.
pub fn all(lang: Lang) -> &'static BTreeMap<String, String> {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

/// The sentence under a code with its holes filled; the code itself when there is none.
pub fn sentence(lang: Lang, code: &str, args: &BTreeMap<&'static str, String>) -> String {
    let mut text = all(lang).get(code).cloned().unwrap_or_else(|| code.to_owned());
    for (name, value) in args {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// What people call an action; its dotted name when it has no other.
pub fn action(lang: Lang, name: &str) -> String {
    let console = match lang {
        Lang::Zh => &CONSOLE_ZH,
        Lang::En => &CONSOLE_EN,
    };
    console.get(&format!("act.{name}")).cloned().unwrap_or_else(|| name.to_owned())
}

/// The sentence of a refusal.
pub fn of_refusal(lang: Lang, refusal: &Refusal) -> String {
    sentence(lang, refusal.code, &refusal.args)
}

/// The language a browser prefers; Chinese without a stated wish.
pub fn preferred(accept_language: Option<&str>) -> Lang {
    for part in accept_language.unwrap_or_default().split(',') {
        let tag = part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if tag.starts_with("zh") {
            return Lang::Zh;
        }
        if tag.starts_with("en") {
            return Lang::En;
        }
    }
    Lang::Zh
}
