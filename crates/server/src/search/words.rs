//! Words of a text: Chinese cut by a dictionary, numbers and names whole and by their last four characters; the numbers of the registry by
//! every end, so that a piece from their middle is found.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jieba_rs::Jieba;

/// The dictionary and the rules words are cut by. A change here means that everything has to be cut again:
/// `postsale search rebuild`.
pub const DICTIONARY: &str = "jieba-0.11/4";

/// Most words kept of one thing.
const MAX_WORDS: usize = 2000;
/// Most characters of a word.
const MAX_LENGTH: usize = 40;
/// Fewest characters of a piece of a number.
const PIECE: usize = 4;
/// Most words of a question.
pub const MAX_ASKED: usize = 4;

/// The dictionary, with the field's own words. What it lacks is cut into single characters, in a sentence and in a question alike; a guess
/// by what stands around (the library's other way) would cut the two differently, and the one would not find the other.
static JIEBA: LazyLock<Jieba> = LazyLock::new(|| {
    let mut jieba = Jieba::new();
    for word in include_str!("../../../../data/search-words.txt").split_whitespace() {
        jieba.add_word(word, None, None);
    }
    jieba
});

/// Reads the dictionary now, a fifth of a second, so that nobody waits for it. For a thread of its own.
pub fn warm() {
    LazyLock::force(&JIEBA);
}

fn plain(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

/// The words a text is found by.
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in texts {
        let text: String = text.chars().map(plain).flat_map(char::to_lowercase).collect();
        // Latin words and numbers stand whole, their beginnings are found along the index: what a dictionary sees inside them is noise.
        for token in JIEBA.cut_for_search(&text, false).into_iter().filter(|token| !token.word.is_ascii()) {
            keep(&mut found, token.word);
        }
        for run in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            keep(&mut found, run);
            // Numbers people read out from their end: a label, a telephone.
            if run.len() >= 6 && run.bytes().any(|b| b.is_ascii_digit()) {
                keep(&mut found, &run[run.len() - PIECE..]);
            }
        }
        if found.len() >= MAX_WORDS {
            break;
        }
    }
    found
}

/// Adds every end of a number, of four characters and more: a piece from its middle is the beginning of one of them, and beginnings are found
/// along the index. For what is written seldom and looked up often; a ticket would be written with twice the work.
pub fn with_ends<'a>(mut found: BTreeSet<String>, numbers: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    for number in numbers {
        let number: String = number.chars().map(plain).flat_map(char::to_lowercase).collect();
        for run in number.split(|c: char| !c.is_ascii_alphanumeric()) {
            for from in 1..run.len().saturating_sub(PIECE - 1) {
                keep(&mut found, &run[from..]);
            }
        }
    }
    found
}

fn keep(found: &mut BTreeSet<String>, word: &str) {
    let word = word.trim();
    let count = word.chars().count();
    let bare = word.chars().any(char::is_alphanumeric) && !(count == 1 && word.is_ascii() && !word.bytes().all(|b| b.is_ascii_digit()));
    // Words are kept with a blank around each, so none may have one inside.
    if bare && count <= MAX_LENGTH && found.len() < MAX_WORDS && !word.contains(char::is_whitespace) {
        found.insert(word.to_owned());
    }
}

/// A word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Whether words that begin with it count as well: the beginnings of numbers and Latin names.
    pub begins: bool,
}

impl Word {
    /// The first and the last word that match.
    pub fn range(&self) -> (String, String) {
        let last = if self.begins { format!("{}{}", self.text, "z".repeat(MAX_LENGTH)) } else { self.text.clone() };
        (self.text.clone(), last)
    }

    /// What the kept words of a thing are like where it stands: a blank before it, and one behind it unless it is a beginning. `~` escapes.
    pub fn pattern(&self) -> String {
        let text = self.text.replace('~', "~~").replace('%', "~%").replace('_', "~_");
        if self.begins { format!("% {text}%") } else { format!("% {text} %") }
    }
}

/// A question: words that must all stand in what is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The words; the one expected to be rarest first. Four at most.
    pub words: Vec<Word>,
}

/// The words of a question.
pub fn asked(question: &str) -> Asked {
    let text: String = question.chars().take(200).map(plain).flat_map(char::to_lowercase).collect();
    let mut found = BTreeSet::new();
    for part in text.split_whitespace() {
        // Serial numbers are typed with blanks and dashes; a part of letters and digits is one word.
        let tight: String = part.chars().filter(|c| *c != '-').collect();
        if tight.len() >= 2 && tight.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let digits = tight.strip_prefix(['t', 'w']).filter(|d| part.contains('-') && d.bytes().all(|b| b.is_ascii_digit()));
            keep(&mut found, digits.unwrap_or(&tight));
        } else {
            for token in JIEBA.cut(part, false) {
                match token.word.is_ascii() {
                    true => token.word.split(|c: char| !c.is_ascii_alphanumeric()).for_each(|run| keep(&mut found, run)),
                    false => keep(&mut found, token.word),
                }
            }
        }
    }
    let mut words: Vec<Word> = found.into_iter().map(|text| Word { begins: text.is_ascii() && text.len() >= 3, text }).collect();
    // Long words are rare words, and one that must match whole can be looked up at its place.
    words.sort_by_key(|w| (w.begins, usize::MAX - w.text.chars().count()));
    words.truncate(MAX_ASKED);
    Asked { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_two_characters_and_ends_of_numbers_are_found() {
        let found = words(["POS机打印不出小票，提示密钥过期", "电话 13812345521，序列号 A92000123456"]);
        for word in ["打印", "小票", "密钥", "13812345521", "5521", "3456", "a92000123456", "pos"] {
            assert!(found.contains(word), "{word}: {found:?}");
        }
        assert!(!found.contains("，") && !found.contains(" "));
    }

    #[test]
    fn what_is_asked_is_cut_as_it_stands_in_a_sentence() {
        // The field's own words, names no dictionary has, and words cut off what stood around them.
        for (sentence, questions) in [
            ("李雷说云闪付不到账", &["云闪付", "李雷", "不到账"][..]),
            ("扫码枪不亮，挥卡没反应", &["扫码枪", "扫码", "挥卡"]),
            ("商米P2打印不出", &["商米", "打印"]),
            ("镕记面馆㐂的热敏纸用完", &["镕记", "面馆", "热敏纸"]),
            ("小额免密用不了", &["免密", "小额免密"]),
        ] {
            let kept = words([sentence]);
            for question in questions {
                let asked = asked(question).words;
                assert!(!asked.is_empty() && asked.iter().all(|w| kept.contains(&w.text)), "{question} in {sentence}: {asked:?} {kept:?}");
            }
        }
    }

    #[test]
    fn latin_words_and_numbers_stand_whole() {
        let found = words(["network 13884781070 WiFi6打印，100.50元 mail wang@shop.example"]);
        let whole = ["network", "13884781070", "1070", "wifi6", "打印", "100", "50", "元", "mail", "wang", "shop", "example"];
        assert_eq!(found, whole.map(str::to_owned).into());
        for question in ["WiFi6打印", "100.50元", "wang@shop.example", "netw", "1388478"] {
            for word in asked(question).words {
                assert!(found.iter().any(|w| *w == word.text || word.begins && w.starts_with(&word.text)), "{question}: {word:?}");
            }
        }
    }

    #[test]
    fn a_piece_of_a_number_begins_one_of_its_ends() {
        let kept = with_ends(words(["一号店"]), ["A9200012", "021-5512", "99"]);
        for piece in ["9200", "2000", "0012", "00012"] {
            let asked = asked(piece).words.remove(0);
            assert!(asked.begins && kept.iter().any(|w| w.starts_with(&asked.text)), "{piece}: {kept:?}");
        }
        let mut ends: Vec<&str> = kept.iter().map(String::as_str).filter(|w| w.is_ascii()).collect();
        ends.sort_by_key(|w| w.len());
        assert_eq!(ends, ["0012", "00012", "200012", "9200012"], "not below four characters; whole ones are words already");
    }

    #[test]
    fn a_pattern_means_its_characters() {
        let pattern = |text: &str, begins| Word { text: text.into(), begins }.pattern();
        assert_eq!((pattern("打印", false), pattern("a92", true)), ("% 打印 %".into(), "% a92%".into()));
        assert_eq!(pattern("5%_~", false), "% 5~%~_~~ %");
    }

    #[test]
    fn a_question_is_cut_like_the_texts_it_must_match() {
        let texts = |q: &str| asked(q).words.into_iter().map(|w| w.text).collect::<Vec<_>>();
        assert_eq!(texts("T-000831"), ["000831"]);
        assert_eq!(texts("a920-0012"), ["a9200012"]);
        assert_eq!(texts("密钥"), ["密钥"]);
        assert_eq!(texts("５５２１"), ["5521"]);
        assert_eq!(texts("\" OR 1=1 -- ' % _ * NEAR("), ["or", "1", "near"]);
        assert!(asked("").words.is_empty() && asked("，。").words.is_empty());
        assert!(asked(&"打印机 ".repeat(1000)).words.len() <= MAX_ASKED);
        assert_eq!(asked("a92").words[0].range().0, "a92");
    }
}
