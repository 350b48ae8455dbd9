//! **canned**: words written once and used often, with holes for what is known of a case.
//!
//! Owns: canned replies, their reach, their holes. Never: evaluates anything; a hole is one of a few names or it is plain text.
//! Who knocks: the composer, the macros.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

crate::ids! {
    /// A canned reply.
    CannedId = "cnd";
}

/// Who may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CannedShare))]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Whoever wrote it.
    Own,
    /// The people of the same branch.
    Team,
    /// Everybody at the desk.
    All,
}

/// The names of the holes, in the order a person is shown them.
pub const HOLES: [&str; 8] = ["merchant", "store", "contact", "number", "symptom", "terminal", "serial_tail", "agent"];

/// Words with their holes filled, and the names of those nothing is known for; these stay as they were written, so that a person sees
/// them. Anything in braces that is no hole is plain text.
pub fn fill(words: &str, known: &BTreeMap<&'static str, String>) -> (String, Vec<&'static str>) {
    let (mut out, mut missing, mut rest) = (String::with_capacity(words.len()), Vec::new(), words);
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let hole = HOLES.into_iter().find(|name| from[1..].strip_prefix(name).is_some_and(|after| after.starts_with('}')));
        let Some(name) = hole else {
            out.push('{');
            rest = &from[1..];
            continue;
        };
        match known.get(name).filter(|value| !value.is_empty()) {
            Some(value) => out.push_str(value),
            None => {
                out.push_str(&from[..name.len() + 2]);
                missing.push(name);
            }
        }
        rest = &from[name.len() + 2..];
    }
    out.push_str(rest);
    (out, missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xs_08_only_known_names_are_holes_and_values_are_not_read_again() {
        let known = BTreeMap::from([("merchant", "{contact} <b>".to_owned()), ("number", "T-000831".into()), ("store", String::new())]);
        for (words, wanted, lacks) in [
            ("你好{merchant}，编号{number}。", "你好{contact} <b>，编号T-000831。", vec![]),
            ("{{7*7}} ${7*7} <%= 7 %> #{7}", "{{7*7}} ${7*7} <%= 7 %> #{7}", vec![]),
            ("{contact}：{store}", "{contact}：{store}", vec!["contact", "store"]),
            ("{number", "{number", vec![]),
            ("{{number}}", "{T-000831}", vec![]),
            ("{__proto__}{}", "{__proto__}{}", vec![]),
        ] {
            assert_eq!(fill(words, &known), (wanted.to_owned(), lacks), "{words}");
        }
    }
}
