//! What people see of an import: how far it is, and what is wrong with which cell.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::ground::{Lang, Text};
use postsale_domain::import::{Cell, ImportId, ImportKind, ImportState, RowState, fields, place, unique};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{self, CellError, RowKept, Run, Tally};
use crate::ground::db::{Done, Tx};
use crate::ground::sheet;
use crate::ground::texts;

/// Rows of a file that its page shows at once.
const SAMPLE: u32 = 5;
/// A column of the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportColumn {
    /// `D`.
    pub letter: String,
    /// The text above it.
    pub header: String,
    /// The field it is taken for.
    pub field: Option<String>,
}

/// A field a file of this kind may have.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportField {
    /// Stable name.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Whether a row without it is wrong.
    pub needed: bool,
    /// What a sample file shows.
    pub example: String,
}

/// An import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportPage {
    /// Which one.
    pub id: ImportId,
    /// What the file holds.
    pub kind: ImportKind,
    /// What it was called.
    pub file_name: String,
    /// How far it has come.
    pub state: ImportState,
    /// Its columns.
    pub columns: Vec<ImportColumn>,
    /// What columns may mean.
    pub fields: Vec<ImportField>,
    /// Rows under the header.
    pub rows: i64,
    /// Rows dealt with in the present state.
    pub done: i64,
    /// Rows by where they stand.
    pub tally: Tally,
    /// The first rows, as texts.
    pub sample: Vec<Vec<String>>,
    /// When it was handed in.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the last step ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// The page of an import. Errors: `not_found`.
pub fn page(tx: &mut Tx<'_>, id: ImportId) -> Done<ImportPage> {
    let run = store::seen(tx, id)?;
    let tally = store::tally(tx, id)?;
    let sample = store::rows(tx, id, None, 0, SAMPLE)?;
    let done = match run.state {
        ImportState::Read => 0,
        ImportState::Checking => run.rows_total - tally.new,
        ImportState::Checked => run.rows_total,
        ImportState::Running | ImportState::Done => run.rows_total - tally.good,
    };
    Ok(ImportPage {
        columns: run
            .header
            .iter()
            .enumerate()
            .map(|(i, header)| ImportColumn {
                letter: letter(i),
                header: header.clone(),
                field: run.mapping.iter().find(|(_, column)| **column == i).map(|(field, _)| field.clone()),
            })
            .collect(),
        fields: fields(run.kind)
            .iter()
            .map(|f| ImportField {
                name: f.name.into(),
                title: Text { zh: f.zh.into(), en: f.en.into() },
                needed: f.needed,
                example: f.example.into(),
            })
            .collect(),
        sample: sample.iter().map(|r| r.cells.iter().map(Cell::shown).collect()).collect(),
        id: run.id,
        kind: run.kind,
        file_name: run.file_name,
        state: run.state,
        rows: run.rows_total,
        done,
        tally,
        created_at: run.created_at,
        ended_at: run.ended_at,
        version: run.version,
    })
}

fn letter(column: usize) -> String {
    place(0, column).trim_end_matches('0').to_owned()
}

/// The column behind a letter.
pub fn column(letter: &str) -> Option<usize> {
    (0..sheet::MAX_COLUMNS).find(|i| self::letter(*i) == letter)
}

/// An error of a cell.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportError {
    /// `D17`; the row's number alone when the whole row is meant.
    pub place: String,
    /// The text above the column.
    pub header: Option<String>,
    /// What stands there.
    pub value: String,
    /// Code of the sentence.
    pub code: String,
    /// The sentence.
    pub sentence: String,
    /// What was probably meant.
    pub fix: Option<String>,
}

/// A row of the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportLine {
    /// Its number in the file.
    pub row: i64,
    /// Where it stands.
    pub state: RowState,
    /// Its cells, as texts.
    pub cells: Vec<String>,
    /// What is wrong.
    pub errors: Vec<ImportError>,
}

/// A row as people see it.
pub fn shown(run: &Run, kept: &RowKept, lang: Lang) -> ImportLine {
    let cells: Vec<String> = kept.cells.iter().map(Cell::shown).collect();
    let error = |e: &CellError| ImportError {
        place: e.column.map_or_else(|| kept.row.to_string(), |c| place(kept.row, c)),
        header: e.column.and_then(|c| run.header.get(c).cloned()),
        value: e.column.and_then(|c| cells.get(c).cloned()).unwrap_or_default(),
        code: e.code.clone(),
        sentence: sentence(lang, e),
        fix: e.fix.clone(),
    };
    ImportLine { row: kept.row, state: kept.state, errors: kept.errors.iter().map(error).collect(), cells }
}

fn sentence(lang: Lang, error: &CellError) -> String {
    texts::filled(&texts::sentence(lang, &error.code, &BTreeMap::new()), |hole| error.args.get(hole).map(String::as_str))
}

/// A text that stands in several rows with the same trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportAlike {
    /// The text.
    pub value: String,
    /// Rows with it.
    pub rows: usize,
}

/// The same trouble, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportTrouble {
    /// Column letter; null when whole rows are meant.
    pub column: Option<String>,
    /// The text above the column.
    pub header: Option<String>,
    /// Code of the sentence.
    pub code: String,
    /// The sentence, as the first of its rows says it.
    pub sentence: String,
    /// Rows with it.
    pub rows: usize,
    /// Rows of these for which a correction is proposed.
    pub fixable: usize,
    /// Texts that stand in more than one of them, the most frequent first; ten at most, and none where each row needs its own.
    pub alike: Vec<ImportAlike>,
}

/// Most texts named beside a trouble.
const MAX_ALIKE: usize = 10;

/// What is wrong in a file, the most frequent first: what was typed wrong once was often typed wrong a hundred times.
pub fn troubles(run: &Run, bad: &[RowKept], lang: Lang) -> Vec<ImportTrouble> {
    let mut found: BTreeMap<(Option<usize>, &str), (ImportTrouble, BTreeMap<String, usize>)> = BTreeMap::new();
    for kept in bad {
        for e in &kept.errors {
            let (trouble, values) = found.entry((e.column, &e.code)).or_insert_with(|| {
                let trouble = ImportTrouble {
                    column: e.column.map(letter),
                    header: e.column.and_then(|c| run.header.get(c).cloned()),
                    code: e.code.clone(),
                    sentence: sentence(lang, e),
                    rows: 0,
                    fixable: 0,
                    alike: Vec::new(),
                };
                (trouble, BTreeMap::new())
            });
            trouble.rows += 1;
            trouble.fixable += usize::from(e.fix.is_some());
            if let Some(cell) = e.column.and_then(|c| kept.cells.get(c)) {
                *values.entry(cell.shown()).or_default() += 1;
            }
        }
    }
    let mut troubles: Vec<ImportTrouble> = found
        .into_values()
        .map(|(mut trouble, values)| {
            let field = run.mapping.iter().find(|(_, column)| trouble.column == Some(letter(**column))).map(|(field, _)| field.as_str());
            if field.is_some_and(|field| unique(run.kind).contains(&field)) {
                return trouble;
            }
            trouble.alike = values.into_iter().filter(|(_, rows)| *rows > 1).map(|(value, rows)| ImportAlike { value, rows }).collect();
            trouble.alike.sort_by_key(|a| std::cmp::Reverse(a.rows));
            trouble.alike.truncate(MAX_ALIKE);
            trouble
        })
        .collect();
    troubles.sort_by_key(|t| std::cmp::Reverse(t.rows));
    troubles
}
