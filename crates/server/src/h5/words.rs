//! The words of the merchant's pages: one file per language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use postsale_domain::ground::Lang;

use crate::ground::texts;

static ZH: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| parse(include_str!("../../../../data/texts/h5.zh.json")));
static EN: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| parse(include_str!("../../../../data/texts/h5.en.json")));

fn parse(text: &str) -> BTreeMap<String, String> {
    // A test reads both files; a broken one never leaves the build.
    serde_json::from_str(text).unwrap_or_default()
}

/// Speaks one language.
#[derive(Debug, Clone, Copy)]
pub struct Say(pub Lang);

impl Say {
    fn all(self) -> &'static BTreeMap<String, String> {
        match self.0 {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }

    /// The words under a key; the key itself when there are none.
    pub fn t(self, key: &str) -> &'static str {
        // A key without words shows itself; the test of the files keeps that from happening.
        self.all().get(key).map_or("—", String::as_str)
    }

    /// The words under a key with their holes filled, each once.
    pub fn f(self, key: &str, values: &[(&str, &str)]) -> String {
        texts::filled(self.t(key), |hole| values.iter().find(|(name, _)| *name == hole).map(|(_, value)| *value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        assert!(ZH.len() > 50);
        assert_eq!(ZH.keys().collect::<Vec<_>>(), EN.keys().collect::<Vec<_>>());
        let holes = |s: &str| {
            s.split('{').skip(1).filter_map(|p| p.split([':', '}']).next().map(str::to_owned)).collect::<std::collections::BTreeSet<_>>()
        };
        for (key, zh) in ZH.iter() {
            assert_eq!(holes(zh), holes(&EN[key]), "{key}");
            for word in ["失败", "非法", "异常", "未知错误", "系统繁忙", "亲", "！", "!"] {
                assert!(!zh.contains(word) && !EN[key].contains('!'), "{key}: {word}");
            }
        }
    }

    #[test]
    fn every_key_in_the_pages_has_words() {
        let pages = [
            include_str!("report.rs"),
            include_str!("progress.rs"),
            include_str!("page.rs"),
            include_str!("times.rs"),
            include_str!("quote.rs"),
        ];
        for page in pages {
            for call in [".t(\"", ".f(\""] {
                for piece in page.split(call).skip(1) {
                    let key = piece.split('"').next().unwrap();
                    assert!(ZH.contains_key(key), "{key}");
                }
            }
        }
    }

    #[test]
    fn values_are_words() {
        assert_eq!(Say(Lang::Zh).f("progress.number", &[("number", "{at}")]), "报修{at}");
        let stars = |score| Say(Lang::En).f("survey.thanks", &[("score", score)]);
        assert!(stars("1").contains("1 star.") && stars("5").contains("5 stars."));
    }
}
