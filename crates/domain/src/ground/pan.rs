//! Card numbers, masked before anything is written. The last four digits stay.
//!
//! The rule, so that it can be argued with:
//!
//! 1. Digits (ASCII and full-width) form a *group* when nothing stands between them; zero-width characters do not divide a group.
//!    Groups form a *chain* when at most three separators (blanks of any kind, dashes, dots, line breaks) stand between neighbours.
//! 2. Every stretch of whole groups with 13 to 19 digits in all is a candidate. A group of 20 digits or more is therefore never
//!    touched: a TUSN has 20.
//! 3. A candidate is a card number when it begins like one ([`known_range`]) and its check digit (Luhn) is right. A label such as
//!    `序列号` before it changes nothing: an unlucky serial is masked rather than a card kept.
//! 4. A candidate that begins like a card but fails Luhn is masked all the same when it is written the way cards are embossed
//!    (4-4-4-4, 4-4-4-4-3 or 4-6-5 with one blank or dash between), unless a serial label stands right before it.
//! 5. After a card label (`卡号`, `card no`, `PAN` …) every candidate is masked: a mistyped card number is still nearly one.
//!
//! What this cannot see: card numbers in pictures, or spelled out in words.

use std::collections::BTreeSet;

/// A text without card numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// The text; of every card number only the last four digits are left, the others are `*`.
    pub text: String,
    /// How many card numbers were found.
    pub found: u32,
}

/// Shortest and longest card number.
const SHORTEST: usize = 13;
const LONGEST: usize = 19;
/// Most separators between two groups of one chain.
const MAX_GAP: usize = 3;
/// Characters before a candidate in which a label is looked for.
const LABEL_REACH: usize = 14;

const CARD_LABELS: [&str; 8] = ["卡号", "银行卡", "信用卡", "储蓄卡", "cardno", "cardnumber", "card", "pan"];
const SERIAL_LABELS: [&str; 9] = ["序列号", "机身号", "编号", "终端号", "tusn", "serialnumber", "serialno", "serial", "sn"];

/// Masks every card number of a text. Doing it twice changes nothing more. The work grows with the length of the text, whatever stands in it.
pub fn mask_cards(text: &str) -> Masked {
    let mut chars: Vec<char> = text.chars().collect();
    let (mut found, mut at) = (0, 0);
    while at < chars.len() {
        if digit(chars[at]).is_none() {
            at += 1;
            continue;
        }
        let (chain, end) = Chain::at(&chars, at);
        let (hidden, more) = chain.cards(&chars);
        for (place, _) in chain.places.iter().zip(hidden).filter(|(_, hidden)| *hidden) {
            chars[*place] = '*';
        }
        found += more;
        at = end;
    }
    Masked { text: chars.into_iter().collect(), found }
}

/// Digits that stand near each other.
struct Chain {
    /// Where each digit stands, and what it is.
    places: Vec<usize>,
    values: Vec<u8>,
    /// How many digits there are up to the end of each group.
    ends: Vec<usize>,
}

impl Chain {
    /// The chain that begins at `start`, and where it ends.
    fn at(chars: &[char], start: usize) -> (Self, usize) {
        let mut chain = Self { places: Vec::new(), values: Vec::new(), ends: Vec::new() };
        let (mut at, mut gap, mut end) = (start, usize::MAX, start);
        while at < chars.len() {
            let c = chars[at];
            if let Some(value) = digit(c) {
                if gap > 0 {
                    chain.ends.push(0);
                }
                chain.places.push(at);
                chain.values.push(value);
                if let Some(last) = chain.ends.last_mut() {
                    *last = chain.places.len();
                }
                gap = 0;
                end = at + 1;
            } else if is_separator(c) && gap < MAX_GAP {
                gap += 1;
            } else if !is_invisible(c) {
                break;
            }
            at += 1;
        }
        (chain, end)
    }

    /// Which digits belong to cards and are not their last four, and how many cards there are.
    fn cards(&self, chars: &[char]) -> (Vec<bool>, u32) {
        let (mut hidden, mut found, mut covered) = (vec![false; self.values.len()], 0, 0);
        // What is left of a card is a shorter group, and may with what follows be one of its own.
        let mut tails = BTreeSet::new();
        let mut first = 0;
        for (group, next) in self.ends.iter().enumerate() {
            for end in self.cards_from(chars, first, group) {
                // Overlapping candidates are one find, but every one of them hides its digits.
                found += u32::from(first >= covered);
                covered = covered.max(end);
                hidden[first..end - 4].fill(true);
                tails.insert(end - 4);
            }
            first = *next;
        }
        while let Some(first) = tails.pop_first() {
            let group = self.ends.partition_point(|end| *end <= first);
            let whole = |end: &usize| !hidden[first..*end].contains(&true);
            if let Some(end) = self.cards_from(chars, first, group).into_iter().find(whole) {
                found += 1;
                hidden[first..end - 4].fill(true);
                tails.insert(end - 4);
            }
        }
        (hidden, found)
    }

    /// Where the card numbers end that begin with this digit, which belongs to this group; the longest first.
    fn cards_from(&self, chars: &[char], first: usize, group: usize) -> Vec<usize> {
        let near = self.ends[group..].iter().take_while(|end| **end - first <= LONGEST);
        let reached: Vec<usize> = near.copied().collect();
        if reached.last().is_none_or(|end| end - first < SHORTEST) {
            return Vec::new();
        }
        let before = words_before(chars, self.places[first]);
        let is_card = |groups: &[usize]| {
            let end = groups[groups.len() - 1];
            end - first >= SHORTEST && self.is_card(chars, &before, first, groups)
        };
        (1..=reached.len()).rev().map(|n| &reached[..n]).filter(|groups| is_card(groups)).map(|groups| groups[groups.len() - 1]).collect()
    }

    fn is_card(&self, chars: &[char], before: &str, first: usize, groups: &[usize]) -> bool {
        let values = &self.values[first..groups[groups.len() - 1]];
        CARD_LABELS.iter().any(|l| before.ends_with(l))
            || known_range(values)
                && (luhn(values) || self.embossed(chars, first, groups) && !SERIAL_LABELS.iter().any(|l| before.ends_with(l)))
    }

    /// Written like on the card itself, with the same blank or dash between all groups.
    fn embossed(&self, chars: &[char], first: usize, groups: &[usize]) -> bool {
        let begins = || std::iter::once(&first).chain(groups);
        let sizes: Vec<usize> = groups.iter().zip(begins()).map(|(end, begin)| end - begin).collect();
        if !matches!(sizes.as_slice(), [4, 4, 4, 4] | [4, 4, 4, 4, 3] | [4, 6, 5]) {
            return false;
        }
        groups[..groups.len() - 1].iter().all(|end| {
            let between = &chars[self.places[end - 1] + 1..self.places[*end]];
            let mut seen = between.iter().filter(|c| !is_invisible(**c));
            seen.next().is_some_and(|one| !matches!(one, '\n' | '\r' | '.' | '。' | '．')) && seen.next().is_none()
        })
    }
}

/// The letters right before a place, lower case, without blanks and punctuation.
fn words_before(chars: &[char], at: usize) -> String {
    let from = at.saturating_sub(LABEL_REACH);
    chars[from..at].iter().filter(|c| c.is_alphabetic()).flat_map(|c| c.to_lowercase()).collect()
}

/// Whether digits begin like a card number that terminals in China meet: UnionPay 62 and 60, Visa 4, Mastercard 51-55 and
/// 2221-2720, American Express 34/37, JCB 35, Diners 300-305, 36, 38, Discover 64/65, and the older domestic ranges 9558, 9966 66
/// and 9988.
pub fn known_range(digits: &[u8]) -> bool {
    if digits.len() < 6 {
        return false;
    }
    let head = |n: usize| digits[..n].iter().fold(0_u32, |sum, d| sum * 10 + u32::from(*d));
    head(1) == 4
        || matches!(head(2), 62 | 60 | 51..=55 | 34 | 35 | 36 | 37 | 38 | 64 | 65)
        || matches!(head(3), 300..=305)
        || matches!(head(4), 2221..=2720 | 9558 | 9988)
        || head(6) == 966_666
}

/// The check digit of card numbers (ISO/IEC 7812-1).
pub fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| {
            let d = u32::from(*d) * if i % 2 == 1 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => u8::try_from(c as u32 - '0' as u32).ok(),
        '０'..='９' => u8::try_from(c as u32 - '０' as u32).ok(),
        _ => None,
    }
}

/// Characters that take no room: they neither divide digits nor count as separators.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}' | '\u{34f}' | '\u{180e}')
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '·' | '・' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '－' | '﹣' | '．' | '。')
}
