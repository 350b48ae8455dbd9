use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ground::mask_cards;

/// What stands in a cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, as typed.
    Text(String),
    /// A number; tables of most programs keep no more than fifteen digits of it.
    Number(f64),
    /// A day.
    Day(Date),
    /// Computed by the table: a formula.
    Formula(String),
    /// Covered by a merged cell whose value stands elsewhere.
    Merged,
    /// An error of the table itself, such as `#REF!`.
    Broken(String),
}

/// Why a cell cannot be read as what its column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellTrouble {
    /// A formula: what it yields depends on another file.
    Formula,
    /// Inside a merged cell.
    Merged,
    /// An error of the table.
    Broken,
    /// A number too long to have survived as a number.
    LostDigits,
    /// Not a day.
    NoDay,
}

/// The largest number below which every whole number is exact.
const EXACT: f64 = 1e15;

impl Cell {
    /// The cell as text. A whole number is written without a point. Errors: what hides the value.
    pub fn text(&self) -> Result<String, CellTrouble> {
        match self {
            Cell::Empty => Ok(String::new()),
            Cell::Text(text) => Ok(text.trim().to_owned()),
            Cell::Number(n) if n.abs() >= EXACT => Err(CellTrouble::LostDigits),
            Cell::Number(n) => Ok(format!("{n}")),
            Cell::Day(day) => Ok(day.to_string()),
            Cell::Formula(_) => Err(CellTrouble::Formula),
            Cell::Merged => Err(CellTrouble::Merged),
            Cell::Broken(_) => Err(CellTrouble::Broken),
        }
    }

    /// The cell as a day; none for an empty one. Days are written `2026-11-26`, `2026/11/26`, `2026.11.26`, `20261126`,
    /// `2026年11月26日`, or as the number a table keeps a day as (from 2000 to 2099).
    pub fn day(&self) -> Result<Option<Date>, CellTrouble> {
        match self {
            Cell::Day(day) => Ok(Some(*day)),
            Cell::Number(n) => serial_day(*n).map(Some).ok_or(CellTrouble::NoDay),
            _ => {
                let text = self.text()?;
                let number = || text.parse().ok().filter(|_| text.len() == 5).and_then(serial_day);
                if text.is_empty() { Ok(None) } else { written_day(&text).or_else(number).map(Some).ok_or(CellTrouble::NoDay) }
            }
        }
    }

    /// The cell without card numbers; as it is when there is none in it. Of a number that has lost digits, and so its check digit, only its
    /// length stays.
    pub fn without_cards(self) -> Self {
        let masked = mask_cards(&self.shown());
        match self {
            Cell::Number(n) if n.abs() >= EXACT => Cell::Number(10_f64.powf(n.abs().log10().floor())),
            _ if masked.found == 0 => self,
            Cell::Formula(_) => Cell::Formula(masked.text),
            Cell::Broken(_) => Cell::Broken(masked.text),
            _ => Cell::Text(masked.text),
        }
    }

    /// What a person sees in the cell.
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty | Cell::Merged => String::new(),
            Cell::Text(text) | Cell::Formula(text) | Cell::Broken(text) => text.clone(),
            Cell::Number(n) => format!("{n}"),
            Cell::Day(day) => day.to_string(),
        }
    }
}

/// The day behind a table's number: days since 1899-12-30; or `20261126` typed as a number.
fn serial_day(number: f64) -> Option<Date> {
    if (20_000_101.0..=20_991_231.0).contains(&number) {
        return written_day(&format!("{number}"));
    }
    if !(36_526.0..=73_051.0).contains(&number) {
        return None;
    }
    jiff::civil::date(1899, 12, 30).checked_add(jiff::ToSpan::days(number.floor() as i64)).ok()
}

fn written_day(text: &str) -> Option<Date> {
    let plain: String = text.chars().map(half_width).collect();
    let date = plain.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split(['-', '/', '.', '年', '月', '日']).filter(|p| !p.is_empty()).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] => (*year, *month, *day),
        [whole] if whole.len() == 8 && whole.is_ascii() => (&whole[..4], &whole[4..6], &whole[6..]),
        _ => return None,
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A full-width letter, digit or sign as its plain one.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

/// The name of a place: column 3 of row 17 is `D17`.
pub fn place(row: i64, column: usize) -> String {
    let (mut letters, mut n) = (Vec::new(), column + 1);
    while n > 0 {
        letters.push(char::from(b'A' + u8::try_from((n - 1) % 26).unwrap_or(0)));
        n = (n - 1) / 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

/// Whether a number was typed with letters that look like digits: nothing but digits, and at least one O, I or l.
pub fn letters_among_digits(text: &str) -> bool {
    let look_alike = |c: char| matches!(c, 'O' | 'o' | 'I' | 'l');
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 5 && text.chars().any(look_alike) && text.chars().all(|c| c.is_ascii_digit() || look_alike(c))
}

/// What may have been meant by a wrong value, the likeliest first. Whoever checks the column takes the first that passes.
pub fn proposals(text: &str) -> Vec<String> {
    let plain: String = text.chars().map(half_width).filter(|c| !matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{A0}')).collect();
    let tight: String = plain.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\'' | '`')).collect();
    let digits: String = tight
        .chars()
        .map(|c| match c {
            'O' | 'o' => '0',
            'I' | 'l' => '1',
            other => other,
        })
        .collect();
    let mut found: Vec<String> = Vec::new();
    for candidate in [plain.trim().to_owned(), tight.clone(), digits, tight.to_ascii_uppercase()] {
        if candidate != text && !candidate.is_empty() && !found.contains(&candidate) {
            found.push(candidate);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_like_tables_do() {
        for (column, row, name) in [(0, 1, "A1"), (3, 17, "D17"), (25, 2, "Z2"), (26, 2, "AA2"), (701, 9, "ZZ9"), (702, 9, "AAA9")] {
            assert_eq!(place(row, column), name);
        }
    }

    #[test]
    fn days_are_read_however_they_were_typed() {
        let day = Some("2026-11-26".parse().unwrap());
        for text in ["2026-11-26", "2026/11/26", "2026.11.26", "20261126", "2026年11月26日", "２０２６－１１－２６", "2026-11-26 00:00:00"]
        {
            assert_eq!(Cell::Text(text.into()).day(), Ok(day), "{text}");
        }
        assert_eq!(Cell::Number(46_352.0).day(), Ok(day), "the number a table keeps");
        assert_eq!((Cell::Number(20_261_126.0).day(), Cell::Text("46352".into()).day()), (Ok(day), Ok(day)));
        assert_eq!(Cell::Text(" ".into()).day(), Ok(None));
        for wrong in [Cell::Text("26-11-26".into()), Cell::Text("2026-02-30".into()), Cell::Text("明天".into()), Cell::Number(7.0)] {
            assert_eq!(wrong.day(), Err(CellTrouble::NoDay), "{wrong:?}");
        }
        assert_eq!(Cell::Formula("TODAY()".into()).day(), Err(CellTrouble::Formula));
    }

    #[test]
    fn a_long_number_has_lost_its_end_and_a_short_one_not() {
        assert_eq!(Cell::Number(898_310_154_110_001.0).text().unwrap(), "898310154110001");
        assert_eq!(Cell::Number(7.0e18).text(), Err(CellTrouble::LostDigits));
        assert_eq!(Cell::Merged.text(), Err(CellTrouble::Merged));
    }

    #[test]
    fn slips_of_the_pen_are_guessed() {
        assert!(letters_among_digits("82104477O931") && !letters_among_digits("N910O123") && !letters_among_digits("821044770931"));
        assert!(proposals("82104477O931").contains(&"821044770931".to_owned()));
        assert_eq!(proposals("８２１０ 4477").first().map(String::as_str), Some("8210 4477"));
        assert!(proposals("821044770931").is_empty(), "a digit that is missing is not invented");
    }
}
