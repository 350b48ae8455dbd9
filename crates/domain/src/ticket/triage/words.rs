//! Finding many phrases in a short text at once: an index by first letter, built when the file is read.

use std::collections::HashMap;

/// Letters that end a clause.
const CLAUSE_ENDS: &[char] = &['，', '。', '！', '？', '；', ',', '!', '?', ';', '\n', '、', '：', ':'];
/// Longest text looked at, in letters; what follows is ignored.
const LONGEST: usize = 2_000;

/// English says no in two ways and means the same; the longer ones first.
const SHORT: [(&str, &str); 4] = [("won't", "will not"), ("can't", "cannot"), ("can not", "cannot"), ("n't", " not")];

/// Small letters, half-width, without blanks next to Chinese, English without its short forms of no.
pub(super) fn plain(text: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len().min(LONGEST));
    let mut blank = false;
    for c in text.chars().take(LONGEST) {
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' if !CLAUSE_ENDS.contains(&c) => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '’' | '‘' => '\'',
            '\u{3000}' | '\t' => ' ',
            other => other,
        };
        if c == ' ' {
            blank = true;
            continue;
        }
        // A full stop ends a clause when a blank follows; inside a number it does not.
        if blank && c.is_ascii() && out.last().is_some_and(char::is_ascii) {
            match out.last() {
                Some('.') => out.push('\n'),
                _ => out.push(' '),
            }
        }
        blank = false;
        out.extend(c.to_lowercase());
        // Wi-Fi is written in both ways.
        if out.ends_with(&['w', 'i', '-', 'f', 'i']) {
            out.truncate(out.len() - 3);
            out.extend(['f', 'i']);
        }
        for (short, long) in SHORT {
            if out.last() == Some(&'t') && out.len() >= short.len() && out[out.len() - short.len()..].iter().copied().eq(short.chars()) {
                out.truncate(out.len() - short.len());
                out.extend(long.chars());
            }
        }
    }
    out
}

/// A set of atom numbers.
#[derive(Clone)]
pub(super) struct Found(Vec<u64>);

impl Found {
    pub fn has(&self, atom: u32) -> bool {
        self.0.get(atom as usize / 64).is_some_and(|word| word >> (atom % 64) & 1 == 1)
    }

    fn set(&mut self, atom: u32) {
        if let Some(word) = self.0.get_mut(atom as usize / 64) {
            *word |= 1 << (atom % 64);
        }
    }

    fn clear(&mut self) {
        self.0.fill(0);
    }

    fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }
}

/// Every atom of the book.
#[derive(Debug, Clone, Default)]
pub(super) struct Atoms {
    number: HashMap<Vec<char>, u32>,
    by_first: HashMap<char, Vec<(Vec<char>, u32)>>,
}

impl Atoms {
    /// The number of an atom, which is kept from now on.
    pub fn add(&mut self, atom: &str) -> u32 {
        let letters = plain(atom);
        if let Some(known) = self.number.get(&letters) {
            return *known;
        }
        let number = self.number.len() as u32;
        if let Some(first) = letters.first() {
            self.by_first.entry(*first).or_default().push((letters.clone(), number));
        }
        self.number.insert(letters, number);
        number
    }

    /// What is found: in each clause, and in the whole text.
    pub fn find(&self, text: &[char]) -> (Vec<Found>, Found) {
        let empty = Found(vec![0; self.number.len().div_ceil(64)]);
        let (mut clauses, mut all, mut clause) = (Vec::new(), empty.clone(), empty);
        for (i, c) in text.iter().enumerate() {
            if CLAUSE_ENDS.contains(c) {
                all.join(&clause);
                clauses.push(clause.clone());
                clause.clear();
                continue;
            }
            for (atom, number) in self.by_first.get(c).map_or(&[][..], Vec::as_slice) {
                if text[i..].starts_with(atom) && whole_word(text, i, atom) {
                    clause.set(*number);
                }
            }
        }
        all.join(&clause);
        clauses.push(clause);
        (clauses, all)
    }
}

/// Latin words are found from their beginning; those of up to three letters only as a whole.
fn whole_word(text: &[char], at: usize, atom: &[char]) -> bool {
    let letter = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
    let before = at.checked_sub(1).and_then(|i| text.get(i));
    let begins = !(letter(atom.first()) && letter(before));
    let short = atom.len() <= 3 && letter(atom.last());
    begins && !(short && letter(text.get(at + atom.len())))
}

/// Words of two letters or digits that stand alone and are not an amount, a time or a count: they may be response codes.
pub(super) fn code_tokens(text: &[char]) -> impl Iterator<Item = String> + '_ {
    let unit = |c: char| "元块分号台次天年月日度秒点个张家小%.:笔楼路遍米岁".contains(c);
    (0..text.len().saturating_sub(1)).filter_map(move |i| {
        let alnum = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
        let before = i.checked_sub(1).and_then(|k| text.get(k));
        let (a, b, after) = (text.get(i)?, text.get(i + 1)?, text.get(i + 2));
        let alone = a.is_ascii_alphanumeric() && b.is_ascii_digit() && !alnum(before) && !alnum(after);
        let amount = after.is_some_and(|c| unit(*c)) || before.is_some_and(|c| *c == '.' || *c == ':' || *c == '-');
        (alone && !amount).then(|| [*a, *b].iter().collect::<String>().to_ascii_uppercase())
    })
}
