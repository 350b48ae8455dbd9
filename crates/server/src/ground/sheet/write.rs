use rust_xlsxwriter::{Format, Note, Workbook, XlsxError};

use crate::ground::db::DbError;

/// A cell that could be taken for a formula by the program that opens the file is given an apostrophe in front. Tables of
/// several programs compute what begins with one of these.
pub fn defused(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{A0}', '\u{3000}']).chars().next();
    let risky = matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'));
    if risky { format!("'{text}") } else { text.to_owned() }
}

/// A line of CSV (RFC 4180), every cell defused.
fn csv_line(cells: &[String]) -> String {
    let quoted = cells.iter().map(|c| {
        let c = defused(c);
        if c.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", c.replace('"', "\"\"")) } else { c }
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

/// A CSV text in UTF-8, with the mark that tells tables of other programs so.
pub struct CsvText(String);

impl CsvText {
    /// A text with its header.
    pub fn new(header: &[String]) -> Self {
        Self(format!("\u{FEFF}{}", csv_line(header)))
    }

    /// The file.
    pub fn bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

impl Out for CsvText {
    fn row(&mut self, cells: &[String]) -> Result<(), DbError> {
        self.0.push_str(&csv_line(cells));
        Ok(())
    }
}

/// A remark on a cell: what is wrong with it.
#[derive(Debug, Clone)]
pub struct Remark {
    /// Which column, from 0.
    pub column: usize,
    /// The sentence.
    pub text: String,
}

/// A table being written.
pub trait Out {
    /// Adds a row.
    fn row(&mut self, cells: &[String]) -> Result<(), DbError>;
}

/// A workbook of one sheet; every cell is text, whatever it looks like.
pub struct Book {
    book: Workbook,
    row: u32,
    wrong: Format,
}

fn accident(error: XlsxError) -> DbError {
    DbError::Other(format!("a workbook could not be written: {error}"))
}

impl Book {
    /// A workbook with its header.
    pub fn new(header: &[String]) -> Result<Self, DbError> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet();
        for (column, title) in header.iter().enumerate() {
            sheet.write_string_with_format(0, at(column), title, &bold).map_err(accident)?;
            sheet.set_column_width(at(column), 18).map_err(accident)?;
        }
        sheet.set_freeze_panes(1, 0).map_err(accident)?;
        Ok(Self { book, row: 0, wrong: Format::new().set_background_color("#FFE1D6") })
    }

    /// Adds a row with remarks on some of its cells.
    pub fn remarked(&mut self, cells: &[String], remarks: &[Remark]) -> Result<(), DbError> {
        self.row += 1;
        let (row, wrong) = (self.row, self.wrong.clone());
        let sheet = self.book.worksheet_from_index(0).map_err(accident)?;
        for (column, text) in cells.iter().enumerate() {
            match remarks.iter().any(|r| r.column == column) {
                true => sheet.write_string_with_format(row, at(column), text, &wrong).map_err(accident)?,
                false => sheet.write_string(row, at(column), text).map_err(accident)?,
            };
        }
        for remark in remarks {
            let note = Note::new(&remark.text).add_author_prefix(false);
            sheet.insert_note(row, at(remark.column), &note).map_err(accident)?;
        }
        Ok(())
    }

    /// The file.
    pub fn bytes(mut self) -> Result<Vec<u8>, DbError> {
        self.book.save_to_buffer().map_err(accident)
    }
}

impl Out for Book {
    fn row(&mut self, cells: &[String]) -> Result<(), DbError> {
        self.remarked(cells, &[])
    }
}

fn at(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::sheet::read;

    #[test]
    fn nothing_written_is_ever_computed() {
        for text in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "　=1"] {
            assert!(defused(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(csv_line(&["a,b".into(), "说\"好\"".into(), "138".into()]), "\"a,b\",\"说\"\"好\"\"\",138\r\n");
        let mut book = Book::new(&["名称".into()]).unwrap();
        book.row(&["=1+1".into()]).unwrap();
        book.remarked(&["坏".into()], &[Remark { column: 0, text: "不对".into() }]).unwrap();
        let table = read(&book.bytes().unwrap()).unwrap();
        assert_eq!(table.rows[0].1, [postsale_domain::import::Cell::Text("=1+1".into())], "text, not a formula");
    }
}
