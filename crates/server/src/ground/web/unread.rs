//! What the reader of JSON and queries says, in the words of the house: it knows one language only, and speaks to programmers.

use std::collections::BTreeMap;

use postsale_domain::ground::Lang;

use crate::ground::texts;

/// Readings by how they begin, each with the key of its sentence. What follows the beginning is the first value up to `, expected `,
/// and the second after it.
const KNOWN: &[(&str, &str)] = &[
    ("unknown field ", "unread.unknown_field"),
    ("missing field ", "unread.missing_field"),
    ("duplicate field ", "unread.doubled_field"),
    ("unknown variant ", "unread.unknown_word"),
    ("invalid type: ", "unread.other_type"),
    ("invalid value: ", "unread.other_value"),
    ("invalid length ", "unread.other_length"),
    ("invalid digit found in string", "unread.no_number"),
    ("cannot parse integer from empty string", "unread.no_number"),
    ("number too large", "unread.number_range"),
    ("number too small", "unread.number_range"),
    ("provided string was not `true` or `false`", "unread.no_yes_or_no"),
    ("EOF while parsing", "unread.cut_off"),
    ("trailing characters", "unread.trailing"),
    ("expected value", "unread.no_json"),
    ("expected `", "unread.no_json"),
    ("key must be a string", "unread.no_json"),
];

/// What is expected, said when the sentence before it ends.
const EXPECTED: &str = ", expected ";

/// Marks of a complaint about a time, a date.
const OF_TIME: &[&str] = &["timestamp", "datetime", "RFC 3339", "digit integer as", "time zone"];

/// A reader's complaint in a language. In Chinese one that nobody has words for is "not of this form": its English says nothing there.
pub fn said(lang: Lang, complaint: &str) -> String {
    let complaint = complaint.split_once(" at line ").map_or(complaint, |(what, _)| what).trim_end_matches('.');
    let Some((begin, key)) = KNOWN.iter().find(|(begin, _)| complaint.starts_with(begin)) else {
        let key = match lang {
            _ if OF_TIME.iter().any(|mark| complaint.contains(mark)) => "unread.no_time",
            _ if complaint.starts_with("an id of the form ") => "unread.no_id",
            Lang::En => return complaint.to_owned(),
            Lang::Zh => "unread.other",
        };
        return texts::sentence(lang, key, &BTreeMap::new());
    };
    let rest = &complaint[begin.len()..];
    let (found, wanted) = rest.split_once(EXPECTED).unwrap_or((rest.split(", there are no").next().unwrap_or_default(), ""));
    let args = BTreeMap::from([("found", given(lang, found)), ("wanted", listed(lang, wanted))]);
    let what = texts::sentence(lang, key, &args);
    match wanted {
        "" => what,
        _ => what + &texts::sentence(lang, "unread.expected", &args),
    }
}

/// Without the marks programmers put around words.
fn plain(words: &str) -> String {
    words.replace('`', "").trim().to_owned()
}

/// What was found: `string "x"`, ``integer `5` ``, `null`, `map`; the name of its kind in a language.
fn given(lang: Lang, found: &str) -> String {
    let (first, rest) = found.split_once(' ').unwrap_or((found, ""));
    let key = match first {
        "string" | "character" => "unread.kind_text",
        "boolean" => "unread.kind_yes_or_no",
        "integer" | "float" | "floating" => "unread.kind_number",
        "null" | "unit" | "Option" => "unread.kind_nothing",
        "sequence" => "unread.kind_list",
        "map" | "struct" | "enum" => "unread.kind_object",
        _ => return plain(found),
    };
    let (kind, value) =
        (texts::sentence(lang, key, &BTreeMap::new()), plain(rest.trim_start_matches("point ").trim_start_matches("value")));
    if value.is_empty() { kind } else { format!("{kind} {value}") }
}

/// ``one of `a`, `b` `` and `` `a` or `b` `` as a list.
fn listed(lang: Lang, wanted: &str) -> String {
    let names: Vec<&str> = wanted.split('`').skip(1).step_by(2).collect();
    match names.as_slice() {
        [] => kind(lang, wanted),
        names => names.join(if lang == Lang::Zh { "、" } else { ", " }),
    }
}

/// A kind of value: `a string`, `i64`.
fn kind(lang: Lang, wanted: &str) -> String {
    let key = match wanted.trim_start_matches("a ").trim_start_matches("an ") {
        "string" | "borrowed string" => "unread.kind_text",
        "boolean" => "unread.kind_yes_or_no",
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" | "integer" => "unread.kind_number",
        "sequence" => "unread.kind_list",
        "map" => "unread.kind_object",
        named if named.starts_with("struct ") => "unread.kind_object",
        other if lang == Lang::En => return other.to_owned(),
        _ => "unread.kind_other",
    };
    texts::sentence(lang, key, &BTreeMap::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_is_understood_in_both_languages() {
        let table = [
            (
                "unknown field `limt`, expected `limit` or `cursor`",
                "没有“limt”这一项，应为limit、cursor",
                "there is no “limt”; expected: limit, cursor",
            ),
            ("unknown field `version`, there are no fields at line 1 column 10", "没有“version”这一项", "there is no “version”"),
            ("missing field `name` at line 1 column 2", "缺少“name”", "“name” is missing"),
            (
                "unknown variant `red`, expected one of `new`, `closed`",
                "没有“red”这个值，应为new、closed",
                "“red” is not one of the values; expected: new, closed",
            ),
            (
                "invalid type: string \"x\", expected i64 at line 1 column 9",
                "类型不对（文字 \"x\"），应为整数",
                "wrong type (text \"x\"); expected: a whole number",
            ),
            ("invalid digit found in string", "不是整数", "not a whole number"),
            ("EOF while parsing an object at line 1 column 1", "内容不完整", "the content ends too early"),
        ];
        for (complaint, zh, en) in table {
            assert_eq!((said(Lang::Zh, complaint).as_str(), said(Lang::En, complaint).as_str()), (zh, en));
        }
        for (complaint, zh) in [
            ("the day is over", "格式不对"),
            (
                "failed to find offset component in \"2026\", which is required for parsing a timestamp",
                "不是时间，应像2026-11-26T14:00:00+08:00",
            ),
            (
                "failed to parse four digit integer as year: invalid digit, expected 0-9 but got m",
                "不是时间，应像2026-11-26T14:00:00+08:00",
            ),
            ("an id of the form usr_ followed by 32 hexadecimal digits is expected", "不是编号"),
            ("invalid type: null, expected a string", "类型不对（空），应为文字"),
            ("invalid type: map, expected a person's name", "类型不对（对象），应为别的形式"),
        ] {
            assert_eq!(said(Lang::Zh, complaint), zh, "{complaint}");
        }
        assert_eq!(said(Lang::En, "the day is over"), "the day is over");
    }
}
