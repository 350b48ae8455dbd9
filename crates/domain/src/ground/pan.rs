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

#[derive(Clone, Copy)]
struct Digit {
    at: usize,
    value: u8,
}

struct Group {
    first: usize,
    end: usize,
}

/// Masks every card number of a text. Doing it twice changes nothing more.
pub fn mask_cards(text: &str) -> Masked {
    let mut chars: Vec<char> = text.chars().collect();
    let mut found = 0;
    // Masking can leave a shorter stretch of digits behind that is a candidate of its own; each turn masks at least one digit.
    while let Some(count) = mask_once(&mut chars) {
        found += count;
    }
    Masked { text: chars.into_iter().collect(), found }
}

fn mask_once(chars: &mut [char]) -> Option<u32> {
    let mut hide = Vec::new();
    let mut found = 0;
    let mut at = 0;
    while at < chars.len() {
        if digit(chars[at]).is_none() {
            at += 1;
            continue;
        }
        let (digits, groups, end) = chain(chars, at);
        let mut covered = 0;
        for from in 0..groups.len() {
            for to in (from..groups.len()).rev() {
                let (first, last) = (groups[from].first, groups[to].end);
                if !(SHORTEST..=LONGEST).contains(&(last - first)) || !is_card(chars, &digits[first..last], &groups[from..=to]) {
                    continue;
                }
                // Overlapping candidates are one find, but every one of them hides its digits.
                found += u32::from(first >= covered);
                covered = covered.max(last);
                hide.extend(digits[first..last - 4].iter().map(|d| d.at));
            }
        }
        at = end;
    }
    for &i in &hide {
        chars[i] = '*';
    }
    (!hide.is_empty()).then_some(found)
}

/// The chain that begins at `start`: its digits, its groups (as ranges of digits) and where it ends.
fn chain(chars: &[char], start: usize) -> (Vec<Digit>, Vec<Group>, usize) {
    let (mut digits, mut groups) = (Vec::new(), Vec::<Group>::new());
    let (mut at, mut gap, mut end) = (start, usize::MAX, start);
    while at < chars.len() {
        let c = chars[at];
        if let Some(value) = digit(c) {
            if gap > 0 {
                groups.push(Group { first: digits.len(), end: digits.len() });
            }
            digits.push(Digit { at, value });
            if let Some(group) = groups.last_mut() {
                group.end = digits.len();
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
    (digits, groups, end)
}

fn is_card(chars: &[char], digits: &[Digit], groups: &[Group]) -> bool {
    let values: Vec<u8> = digits.iter().map(|d| d.value).collect();
    let before = words_before(chars, digits[0].at);
    if CARD_LABELS.iter().any(|l| before.ends_with(l)) {
        return true;
    }
    if !known_range(&values) {
        return false;
    }
    luhn(&values) || embossed(chars, digits, groups) && !SERIAL_LABELS.iter().any(|l| before.ends_with(l))
}

/// Written like on the card itself, with the same blank or dash between all groups.
fn embossed(chars: &[char], digits: &[Digit], groups: &[Group]) -> bool {
    let sizes: Vec<usize> = groups.iter().map(|g| g.end - g.first).collect();
    if !matches!(sizes.as_slice(), [4, 4, 4, 4] | [4, 4, 4, 4, 3] | [4, 6, 5]) {
        return false;
    }
    let offset = groups[0].first;
    groups.windows(2).all(|pair| {
        let (left, right) = (digits[pair[0].end - 1 - offset].at, digits[pair[1].first - offset].at);
        let between: Vec<char> = chars[left + 1..right].iter().copied().filter(|c| !is_invisible(*c)).collect();
        matches!(between.as_slice(), [one] if !matches!(one, '\n' | '\r' | '.' | '。' | '．'))
    })
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
