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

/// The sentence under a code with its holes filled; the code itself when there is none. A value that is a sentence itself has one for each
/// language: `missing.zh` is taken before `missing`.
pub fn sentence(lang: Lang, code: &str, args: &BTreeMap<&'static str, String>) -> String {
    let own = if lang == Lang::Zh { "zh" } else { "en" };
    let value = |hole: &str| args.get(format!("{hole}.{own}").as_str()).or_else(|| args.get(hole)).map(String::as_str);
    filled(all(lang).get(code).map_or(code, String::as_str), value)
}

/// Fills the holes of a sentence: `{count}`. English words that follow a number stand in both forms, singular first:
/// `{count} {count:row|rows}`. What a value holds is never read as a hole; what nobody fills stays visible.
pub fn filled<V: AsRef<str>>(sentence: &str, value: impl Fn(&str) -> Option<V>) -> String {
    let (mut said, mut rest) = (String::with_capacity(sentence.len()), sentence);
    while let Some((before, after)) = rest.split_once('{') {
        said.push_str(before);
        let Some((hole, tail)) = after.split_once('}') else {
            rest = &rest[before.len()..];
            break;
        };
        let (name, forms) = hole.split_once(':').map_or((hole, None), |(name, forms)| (name, forms.split_once('|')));
        match (value(name), forms) {
            (Some(value), None) => said.push_str(value.as_ref()),
            (Some(value), Some((one, many))) => said.push_str(if value.as_ref() == "1" { one } else { many }),
            (None, _) => said.extend(["{", hole, "}"]),
        }
        rest = tail;
    }
    said + rest
}

/// What people call an action; its dotted name when it has no other.
pub fn action(lang: Lang, name: &str) -> String {
    let console = match lang {
        Lang::Zh => &CONSOLE_ZH,
        Lang::En => &CONSOLE_EN,
    };
    console.get(&format!("act.{name}")).cloned().unwrap_or_else(|| name.to_owned())
}

/// A value of a sentence that is a list of words of the house, as a language lists them; `None` for any other value.
pub fn listed(lang: Lang, value: &str) -> Option<String> {
    let words: Option<Vec<&str>> =
        value.split(' ').map(|key| all(lang).get(key).filter(|_| key.starts_with("word.")).map(String::as_str)).collect();
    words.map(|words| words.join(if lang == Lang::Zh { "、" } else { ", " }))
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
