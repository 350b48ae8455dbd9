//! Reading the cells of one row: every trouble is noted with its column and, where one is likely, its correction.

use std::collections::BTreeMap;

use jiff::civil::Date;
use postsale_domain::ground::Refusal;
use postsale_domain::import::{Cell, CellTrouble, Field, ImportKind, fields, letters_among_digits};
use postsale_domain::refuse;

use super::fixed;
use crate::import::store::CellError;

/// A refusal as it is kept beside a cell.
pub(super) fn error(column: Option<usize>, refusal: &Refusal, fix: Option<String>) -> CellError {
    let args = refusal.args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    CellError { column, code: refusal.code.to_owned(), args, fix }
}

/// The cells of a row by field.
pub(super) struct Cells<'a> {
    fields: &'static [Field],
    mapping: &'a BTreeMap<String, usize>,
    cells: &'a [Cell],
    /// What is wrong so far.
    pub errors: Vec<CellError>,
}

impl<'a> Cells<'a> {
    pub fn new(kind: ImportKind, mapping: &'a BTreeMap<String, usize>, cells: &'a [Cell]) -> Self {
        Self { fields: fields(kind), mapping, cells, errors: Vec::new() }
    }

    /// The column of a field.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.mapping.get(name).copied()
    }

    fn cell(&self, name: &str) -> &'a Cell {
        self.column(name).and_then(|c| self.cells.get(c)).unwrap_or(&Cell::Empty)
    }

    /// Notes what is wrong with a field.
    pub fn wrong(&mut self, name: &str, refusal: &Refusal, fix: Option<String>) {
        let column = self.column(name);
        self.errors.push(error(column, refusal, fix));
    }

    fn trouble(&mut self, name: &str, trouble: CellTrouble) {
        let refusal = match trouble {
            CellTrouble::Formula => refuse!(Invalid, "import.formula"),
            CellTrouble::Merged => refuse!(Invalid, "import.merged"),
            CellTrouble::Broken => refuse!(Invalid, "import.broken"),
            CellTrouble::LostDigits => refuse!(Invalid, "import.lost_digits"),
            CellTrouble::NoDay => refuse!(Invalid, "import.no_day"),
        };
        self.wrong(name, &refusal, None);
    }

    /// The text of a field; none when it is empty or hidden. An empty one that is needed is noted.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.cell(name).text() {
            Ok(text) if text.is_empty() => {
                if self.fields.iter().any(|f| f.name == name && f.needed) {
                    self.wrong(name, &refuse!(Invalid, "import.missing"), None);
                }
                None
            }
            Ok(text) => Some(text),
            Err(trouble) => {
                self.trouble(name, trouble);
                None
            }
        }
    }

    /// The likeliest correction of a field. A table that kept it as a number has dropped the zeros in front.
    fn likely<T>(&self, name: &str, text: &str, rule: impl Fn(&str) -> Result<T, Refusal>) -> Option<String> {
        let zeros = || (1..=3).map(|n| format!("{}{text}", "0".repeat(n))).find(|t| rule(t).is_ok());
        fixed(text, &rule).or_else(|| matches!(self.cell(name), Cell::Number(_)).then(zeros).flatten())
    }

    /// A field as a rule reads it.
    pub fn ruled<T>(&mut self, name: &str, rule: impl Fn(&str) -> Result<T, Refusal>) -> Option<T> {
        let text = self.text(name)?;
        match rule(&text) {
            Ok(value) => Some(value),
            Err(refusal) => {
                let fix = self.likely(name, &text, &rule);
                self.wrong(name, &refusal, fix);
                None
            }
        }
    }

    /// A number people copy by hand: letters that look like digits are noted even where letters may stand.
    pub fn numbered(&mut self, name: &str, rule: impl Fn(&str) -> Result<String, Refusal>) -> Option<String> {
        let text = self.text(name)?;
        let strict = |text: &str| {
            if letters_among_digits(text) { Err(refuse!(Invalid, "import.letters_among_digits")) } else { rule(text) }
        };
        match strict(&text) {
            Ok(value) => Some(value),
            Err(refusal) => {
                let fix = self.likely(name, &text, strict);
                self.wrong(name, &refusal, fix);
                None
            }
        }
    }

    /// A field as a day; none when it is empty.
    pub fn day(&mut self, name: &str) -> Option<Date> {
        match self.cell(name).day() {
            Ok(day) => day,
            Err(trouble) => {
                self.trouble(name, trouble);
                None
            }
        }
    }
}
