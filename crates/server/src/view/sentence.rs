//! Sentences of what happened: the house's words around stored values, in both languages.

use jiff::Timestamp;
use postsale_domain::ground::{Lang, Text};
use postsale_domain::visit::Span;
use serde_json::Value;

use crate::facts::InForce;
use crate::ground::{texts, when};

/// The sentence under a key in both languages, each hole filled once; what a value holds is never read as a hole.
/// `None`: no such key.
pub fn both(key: &str, value: impl Fn(&str, Lang) -> String) -> Option<Text> {
    let say = |lang| Some(texts::filled(texts::all(lang).get(key)?, |hole| Some(value(hole, lang))));
    Some(Text { zh: say(Lang::Zh)?, en: say(Lang::En)? })
}

/// A value as people read it: the word of the house under `word.<family>_<value>` where there is one, else the value itself.
pub fn word(family: &str, value: &Value, lang: Lang) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    texts::all(lang).get(&format!("word.{family}_{text}")).cloned().unwrap_or(text)
}

/// A kept span: `11-24 周二 10:00–12:00`, `Tue 24 Nov, 10:00–12:00`.
pub fn span(value: &Value, lang: Lang) -> Option<String> {
    serde_json::from_value::<Span>(value.clone()).ok().map(|s| local_span(s, lang))
}

/// A kept instant in the zone of the shop: `11-24 周二 10:00`, `Tue 24 Nov, 10:00`.
pub fn instant(value: &Value, lang: Lang) -> Option<String> {
    serde_json::from_value::<Timestamp>(value.clone()).ok().map(|at| when::dated(lang, at))
}

/// A span in the zone of the shop: `11-24 周二 10:00–12:00`, `Tue 24 Nov, 10:00–12:00`.
pub fn local_span(span: Span, lang: Lang) -> String {
    format!("{}–{}", when::dated(lang, span.from), span.to.to_zoned(when::zone()).strftime("%H:%M"))
}

/// Which sentence an event has: a part that is a unit of another model says so, one without serials draws no arrow, who arrives elsewhere
/// said why, and the list of prices that ships has no version.
pub fn variant<'a>(code: &'a str, data: &Value) -> &'a str {
    let has = |serial: &str| data[serial].as_str().is_some_and(|text| !text.is_empty());
    match (code, data["other_model"].is_object(), has("old_serial"), has("new_serial")) {
        ("arrived", ..) if has("reason") => "arrived_off",
        ("quoted", ..) if data["price_version"] == 0 => "quoted_shipped",
        ("part_used", true, ..) => "part_other_model",
        ("visit_part_used", true, ..) => "visit_part_other_model",
        ("part_used", _, false, false) => "part_plain",
        ("visit_part_used", _, false, false) => "visit_part_plain",
        ("part_used", _, false, true) => "part_new",
        ("visit_part_used", _, false, true) => "visit_part_new",
        ("part_used", _, true, false) => "part_old",
        ("visit_part_used", _, true, false) => "visit_part_old",
        _ => code,
    }
}

/// What a unit of another model is told with: both models, what the merchant goes without, and why.
pub fn other_model(hole: &str, data: &Value, lang: Lang) -> String {
    let other = &data["other_model"];
    match hole {
        "lacks" => {
            let names: Vec<String> = other["lacks"].as_array().into_iter().flatten().map(|f| word("function", f, lang)).collect();
            match (names.is_empty(), lang) {
                (true, _) => String::new(),
                (_, Lang::Zh) => format!("（不能{}）", names.join("、")),
                (_, Lang::En) => format!(" (without {})", names.join(", ")),
            }
        }
        "old_model" => word("visit", &other["old"], lang),
        "new_model" => word("visit", &other["new"], lang),
        _ => word("visit", &other["reason"], lang),
    }
}

/// A part's name; its code when nobody knows it.
pub fn part(force: &InForce, code: &str, lang: Lang) -> String {
    force.facts().part(code).map_or_else(|| code.to_owned(), |p| p.name.in_lang(lang).to_owned())
}

/// A fault's code and name, as the tenant calls it.
pub fn fault(force: &InForce, code: &str, lang: Lang) -> String {
    force.fault_name(code).map_or_else(|| code.to_owned(), |name| format!("{code} {}", name.in_lang(lang)))
}
