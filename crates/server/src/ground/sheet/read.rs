use std::collections::HashSet;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use encoding_rs::GB18030;
use postsale_domain::ground::Refusal;
use postsale_domain::import::{Cell, place};
use postsale_domain::refuse;

/// Most bytes of a file.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
/// Most rows under the header.
pub const MAX_ROWS: usize = 100_000;
/// Most columns.
pub const MAX_COLUMNS: usize = 64;
/// Most bytes an XLSX may unfold to.
const MAX_UNFOLDED: u64 = 256 * 1024 * 1024;
/// Most characters of a cell.
const MAX_CELL: usize = 2000;
/// Most cells that merged areas may cover.
const MAX_MERGED: u64 = 1_000_000;

/// A table as read: its header and the rows under it, with the numbers they have in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The header's texts.
    pub header: Vec<String>,
    /// Row number in the file, counted from 1, and the row's cells. Rows without anything in them are left out.
    pub rows: Vec<(i64, Vec<Cell>)>,
}

/// Reads a file by what is in it, whatever its name says. Errors: `sheet.kind`, `sheet.damaged`, `sheet.empty`, `sheet.rows`,
/// `sheet.columns`, `sheet.unfolds`, `sheet.cell`, `sheet.letters`.
pub fn read(bytes: &[u8]) -> Result<Table, Refusal> {
    let table = match bytes {
        [b'P', b'K', 3, 4, ..] => xlsx(bytes)?,
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return Err(refuse!(Invalid, "sheet.old")),
        _ if bytes.contains(&0) && !matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) => return Err(no_table(bytes)),
        _ => csv(&text(bytes)?)?,
    };
    if table.header.iter().all(String::is_empty) || table.rows.is_empty() {
        return Err(refuse!(Invalid, "sheet.empty"));
    }
    Ok(table)
}

/// What is said of bytes with zeros among them: UTF-16 that lost its mark has lines, other files have not.
fn no_table(bytes: &[u8]) -> Refusal {
    let lines = bytes.chunks_exact(2).any(|pair| matches!(pair, [b'\n', 0] | [0, b'\n']));
    if lines { refuse!(Invalid, "sheet.letters", row = 1) } else { refuse!(Invalid, "sheet.kind") }
}

/// The text of a CSV file: UTF-8 with or without a mark, UTF-16 with one, otherwise GB18030. Errors: `sheet.letters` with the
/// first line that cannot be read.
fn text(bytes: &[u8]) -> Result<String, Refusal> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, wrong) = encoding.decode_without_bom_handling(&bytes[mark..]);
        let first = || text.lines().position(|line| line.contains('\u{FFFD}')).unwrap_or_default();
        return if wrong { Err(refuse!(Invalid, "sheet.letters", row = first() + 1)) } else { Ok(text.into_owned()) };
    }
    let readable = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(torn) => &bytes[..torn.valid_up_to()],
    };
    // Chinese that read well as UTF-8 up to a torn letter is no other encoding, though its bytes might pass for one.
    if readable.iter().filter(|b| b.leading_ones() >= 3).count() >= 3 {
        return Err(refuse!(Invalid, "sheet.letters", row = readable.iter().filter(|b| **b == b'\n').count() + 1));
    }
    let (text, wrong) = GB18030.decode_without_bom_handling(bytes);
    if !wrong {
        return Ok(text.into_owned());
    }
    // No character of this encoding has a line end inside.
    let first = bytes.split(|b| *b == b'\n').position(|line| GB18030.decode_without_bom_handling(line).1).unwrap_or_default();
    Err(refuse!(Invalid, "sheet.letters", row = first + 1))
}

fn csv(text: &str) -> Result<Table, Refusal> {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    let delimiter = [',', '\t', ';'].into_iter().max_by_key(|c| count(*c)).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter as u8).from_reader(text.as_bytes());
    let mut table = Table { header: Vec::new(), rows: Vec::new() };
    let mut record = csv::StringRecord::new();
    // A quoted cell may hold line breaks; people count the rows their table shows, which is records, not lines.
    let mut row = 0_i64;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => row += 1,
            Ok(false) => return Ok(table),
            Err(error) => return Err(refuse!(Invalid, "sheet.damaged", reason = error)),
        }
        if record.len() > MAX_COLUMNS {
            return Err(refuse!(Invalid, "sheet.columns", limit = MAX_COLUMNS, place = place(row, MAX_COLUMNS)));
        }
        let mut cells = Vec::with_capacity(record.len());
        for (column, field) in record.iter().enumerate() {
            cells.push(limited(row, column, field)?);
        }
        put(&mut table, row, cells)?;
    }
}

fn limited(row: i64, column: usize, text: &str) -> Result<Cell, Refusal> {
    if text.len() > MAX_CELL && text.chars().count() > MAX_CELL {
        return Err(refuse!(Invalid, "sheet.cell", place = place(row, column), limit = MAX_CELL));
    }
    Ok(if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) })
}

/// Puts a row where it belongs: the first with anything in it is the header.
fn put(table: &mut Table, row: i64, cells: Vec<Cell>) -> Result<(), Refusal> {
    if cells.iter().all(|c| matches!(c, Cell::Empty | Cell::Merged)) {
        return Ok(());
    }
    if table.header.is_empty() {
        table.header = cells.iter().map(|c| c.shown().trim().to_owned()).collect();
        return Ok(());
    }
    if table.rows.len() == MAX_ROWS {
        return Err(refuse!(Invalid, "sheet.rows", limit = MAX_ROWS, row = row));
    }
    table.rows.push((row, cells));
    Ok(())
}

/// How much an XLSX unfolds to, measured and not believed. Errors: `sheet.unfolds`, `sheet.damaged`.
fn measured(bytes: &[u8]) -> Result<(), Refusal> {
    let damaged = |e: &dyn std::fmt::Display| refuse!(Invalid, "sheet.damaged", reason = e);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let mut left = MAX_UNFOLDED;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| damaged(&e))?;
        let size = std::io::copy(&mut std::io::Read::take(&mut entry, left + 1), &mut std::io::sink()).map_err(|e| damaged(&e))?;
        left = left.checked_sub(size).ok_or_else(|| refuse!(Invalid, "sheet.unfolds", limit_mib = MAX_UNFOLDED / 1024 / 1024))?;
    }
    Ok(())
}

fn xlsx(bytes: &[u8]) -> Result<Table, Refusal> {
    measured(bytes)?;
    let damaged = |e: &dyn std::fmt::Display| refuse!(Invalid, "sheet.damaged", reason = e);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let Some(sheet) = book.sheet_names().first().cloned() else { return Err(refuse!(Invalid, "sheet.empty")) };
    let merged = merged(&mut book, &sheet)?;
    let mut reader = book.worksheet_cells_reader(&sheet).map_err(|e| damaged(&e))?;
    let mut table = Table { header: Vec::new(), rows: Vec::new() };
    let (mut row, mut cells) = (0_u32, Vec::new());
    // Cells come one by one: a table that claims a million empty rows costs nothing.
    while let Some(record) = reader.next_cell_with_formula_metadata().map_err(|e| damaged(&e))? {
        let (at, column) = record.pos;
        if at < row {
            return Err(damaged(&"rows out of order"));
        }
        if at > row {
            close(&mut table, row, std::mem::take(&mut cells), &merged)?;
            row = at;
        }
        let (number, column) = (i64::from(at) + 1, usize::try_from(column).unwrap_or(usize::MAX));
        let cell = match (&record.formula, &record.value) {
            (None, DataRef::Empty) => continue,
            (Some(_), value) => Cell::Formula(cell(number, column, value)?.shown()),
            (None, value) => cell(number, column, value)?,
        };
        if column >= MAX_COLUMNS {
            return Err(refuse!(Invalid, "sheet.columns", limit = MAX_COLUMNS, place = place(number, column)));
        }
        cells.resize(cells.len().max(column + 1), Cell::Empty);
        cells[column] = cell;
    }
    close(&mut table, row, cells, &merged)?;
    Ok(table)
}

/// Ends a row: places inside merged areas are marked.
fn close(table: &mut Table, row: u32, mut cells: Vec<Cell>, merged: &HashSet<(u32, u32)>) -> Result<(), Refusal> {
    if !table.header.is_empty() && !merged.is_empty() {
        for column in 0..table.header.len().min(MAX_COLUMNS) {
            if merged.contains(&(row, u32::try_from(column).unwrap_or(u32::MAX))) {
                cells.resize(cells.len().max(column + 1), Cell::Empty);
                cells[column] = Cell::Merged;
            }
        }
    }
    put(table, i64::from(row) + 1, cells)
}

/// The places merged areas cover, without the one their value stands in.
fn merged(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<HashSet<(u32, u32)>, Refusal> {
    let areas = book.merge_cells_by_sheet_name(sheet).map_err(|e| refuse!(Invalid, "sheet.damaged", reason = e))?;
    let mut covered = HashSet::new();
    let mut size = 0_u64;
    for area in areas {
        let (from, to) = (area.start, (area.end.0, area.end.1.min(MAX_COLUMNS as u32)));
        size += u64::from(to.0.saturating_sub(from.0) + 1) * u64::from(to.1.saturating_sub(from.1) + 1);
        if size > MAX_MERGED {
            return Err(refuse!(Invalid, "sheet.damaged", reason = "merged cells"));
        }
        covered.extend((from.0..=to.0).flat_map(|r| (from.1..=to.1).map(move |c| (r, c))).filter(|at| *at != from));
    }
    Ok(covered)
}

fn cell(row: i64, column: usize, value: &DataRef<'_>) -> Result<Cell, Refusal> {
    Ok(match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(n) => Cell::Number(*n as f64),
        DataRef::Float(n) => Cell::Number(*n),
        DataRef::String(text) => limited(row, column, text)?,
        DataRef::SharedString(text) => limited(row, column, text)?,
        DataRef::Bool(yes) => Cell::Text(if *yes { "TRUE".into() } else { "FALSE".into() }),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let date = i16::try_from(year).ok().and_then(|y| jiff::civil::Date::new(y, month as i8, day as i8).ok());
            date.map_or(Cell::Number(moment.as_f64()), Cell::Day)
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => limited(row, column, text)?,
        DataRef::Error(error) => Cell::Broken(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_the_same_in_every_encoding() {
        let plain = "商户号,商户名称\r\n898310154110001,\"顺风,面馆\"\n\n898310154110002,㐂茶馆\n";
        let utf8 = read(plain.as_bytes()).unwrap();
        assert_eq!(utf8.header, ["商户号", "商户名称"]);
        assert_eq!(utf8.rows[0], (2, vec![Cell::Text("898310154110001".into()), Cell::Text("顺风,面馆".into())]));
        let marked = [b"\xEF\xBB\xBF".as_slice(), plain.as_bytes()].concat();
        let chinese = GB18030.encode(plain).0.into_owned();
        let tabs = plain.replace("商户号,", "商户号\t").replace("0001,", "0001\t").replace("0002,", "0002\t");
        for (name, bytes) in [("mark", marked), ("GB18030", chinese), ("tabs", tabs.into_bytes())] {
            let again = read(&bytes).unwrap();
            assert_eq!((again.header.len(), again.rows.len(), again.rows[1].1[1].shown().as_str()), (2, 2, "㐂茶馆"), "{name}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused_in_a_sentence() {
        let wide = vec!["x"; 65].join(",");
        let long = format!("a\n{}", "x".repeat(2001));
        let tall = format!("a\n{}", "1\n".repeat(MAX_ROWS + 1));
        for (bytes, code) in [
            (b"".as_slice(), "sheet.empty"),
            (b"a,b\n", "sheet.empty"),
            (b"\xD0\xCF\x11\xE0old", "sheet.old"),
            (b"PK\x03\x04nothing", "sheet.damaged"),
            (b"%PDF-1.7\0\0", "sheet.kind"),
            (b"a\n\xFF\xFF\xFF", "sheet.letters"),
            (wide.as_bytes(), "sheet.columns"),
            (long.as_bytes(), "sheet.cell"),
            (tall.as_bytes(), "sheet.rows"),
        ] {
            assert_eq!(read(bytes).unwrap_err().code, code);
        }
    }
}
