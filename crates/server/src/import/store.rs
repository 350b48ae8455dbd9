//! SQL of imports.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::ground::{TypedId, to_millis};
use postsale_domain::import::{Cell, ImportId, ImportKind, ImportState, RowState};
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};

use super::{ImportJob, QUEUE};
use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, code, p};
use crate::ground::jobs;
use crate::ground::sheet::Table;
use crate::ground::web::Keyset;
use crate::sql;

/// A file being imported.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// Which one.
    pub id: ImportId,
    /// What it holds.
    pub kind: ImportKind,
    /// What it was called.
    pub file_name: String,
    /// How far it has come.
    pub state: ImportState,
    /// The texts above its columns.
    pub header: Vec<String>,
    /// Which column is which field.
    pub mapping: BTreeMap<String, usize>,
    /// Rows under the header.
    pub rows_total: i64,
    /// The last row that was dealt with in this state.
    pub row_done: i64,
    /// When it was handed in.
    pub created_at: Timestamp,
    /// When its last row was dealt with.
    pub ended_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellError {
    /// Which column, from 0; none when the whole row is meant.
    pub column: Option<usize>,
    /// Code of the sentence.
    pub code: String,
    /// What its holes are filled with.
    pub args: BTreeMap<String, String>,
    /// What was probably meant.
    pub fix: Option<String>,
}

/// A row of a file.
#[derive(Debug, Clone)]
pub struct RowKept {
    /// Its number in the file, from 1.
    pub row: i64,
    /// Where it stands.
    pub state: RowState,
    /// Its cells.
    pub cells: Vec<Cell>,
    /// What is wrong with it.
    pub errors: Vec<CellError>,
}

/// What a check found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// `good`, `bad` or `known`.
    pub state: RowState,
    /// What is wrong.
    pub errors: Vec<CellError>,
    /// What must not stand twice.
    pub keys: [Option<String>; 2],
}

/// Rows by where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Tally {
    /// Not checked yet.
    pub new: i64,
    /// May be imported.
    pub good: i64,
    /// Have errors.
    pub bad: i64,
    /// Were on record before.
    pub known: i64,
    /// Imported.
    pub made: i64,
}

macro_rules! columns {
    () => {
        "id, kind, file_name, state, header, mapping, rows_total, row_done, created_at, ended_at, version"
    };
}

fn read(r: &mut Row) -> Result<Run, DbError> {
    Ok(Run {
        id: r.next()?,
        kind: r.coded()?,
        file_name: r.next()?,
        state: r.coded()?,
        header: r.next::<Json<Vec<String>>>()?.0,
        mapping: r.next::<Json<BTreeMap<String, usize>>>()?.0,
        rows_total: r.next()?,
        row_done: r.next()?,
        created_at: r.next()?,
        ended_at: r.next()?,
        version: r.next()?,
    })
}

fn read_row(r: &mut Row) -> Result<RowKept, DbError> {
    Ok(RowKept { row: r.next()?, state: r.coded()?, cells: r.next::<Json<Vec<Cell>>>()?.0, errors: r.next::<Json<Vec<CellError>>>()?.0 })
}

/// Keeps a file that was read: the import, and each of its rows.
pub fn keep(tx: &mut Tx<'_>, kind: ImportKind, file_name: &str, table: &Table, mapping: &BTreeMap<String, usize>) -> Done<ImportId> {
    let (id, tenant, now, caller): (ImportId, _, _, _) = (tx.new_id(), tx.tenant(), tx.now(), tx.caller().label());
    let rows = i64::try_from(table.rows.len()).unwrap_or(i64::MAX);
    tx.exec(
        sql!(
            "INSERT INTO import_run (id, tenant_id, kind, file_name, state, header, mapping, rows_total, row_done, by_caller, created_at, version)
             VALUES ($1, $2, $3, $4, 'read', $5, $6, $7, 0, $8, $9, 1)"
        ),
        &[p(&id), p(&tenant), p(kind.as_str()), p(file_name), p(&Json(&table.header)), p(&Json(mapping)), p(&rows), p(&caller), p(&now)],
    )?;
    for (row, cells) in &table.rows {
        tx.exec(
            sql!("INSERT INTO import_row (run_id, row_no, state, cells, errors) VALUES ($1, $2, 'new', $3, '[]')"),
            &[p(&id), p(row), p(&Json(cells))],
        )?;
    }
    tx.audit("import.read", id, None, Some(&serde_json::json!({ "kind": kind, "file_name": file_name, "rows": rows })));
    Ok(id)
}

/// One import of the tenant. Errors: `not_found`.
pub fn run(tx: &mut Tx<'_>, id: ImportId) -> Done<Run> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM import_run WHERE tenant_id = $1 AND id = $2 {for_update}")),
        &[p(&tenant), p(&id)],
        read,
    )?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// One import, only to be looked at. Errors: `not_found`.
pub fn seen(tx: &mut Tx<'_>, id: ImportId) -> Done<Run> {
    let tenant = tx.tenant();
    let found =
        tx.one(sql!(concat!("SELECT ", columns!(), " FROM import_run WHERE tenant_id = $1 AND id = $2")), &[p(&tenant), p(&id)], read)?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// Imports of some kinds, newest first, after a place; each with the number of its rows that have errors.
pub fn runs(tx: &mut Tx<'_>, kinds: &[ImportKind], after: Keyset, limit: u32) -> Done<Vec<(Run, i64)>> {
    let (tenant, id) = (tx.tenant(), ImportId::from_uuid(after.id));
    let named = kinds.iter().map(|k| format!(",{},", k.as_str())).collect::<String>();
    Ok(tx.query(
        sql!(concat!(
            "SELECT ",
            columns!(),
            ", (SELECT COUNT(*) FROM import_row r WHERE r.run_id = import_run.id AND r.state = 'bad')
             FROM import_run WHERE tenant_id = $1 AND (created_at, id) < ($2, $3) AND $5 LIKE '%,' || kind || ',%'
             ORDER BY created_at DESC, id DESC LIMIT $4"
        )),
        &[p(&tenant), p(&after.at), p(&id), p(&limit), p(&named)],
        |r| Ok((read(r)?, r.next()?)),
    )?)
}

/// Puts an import into a state, from its first row on, with a job that works it off.
pub fn begin(tx: &mut Tx<'_>, run: &Run, state: ImportState, mapping: &BTreeMap<String, usize>) -> Done<()> {
    tx.exec(
        sql!("UPDATE import_run SET state = $1, mapping = $2, row_done = 0, ended_at = NULL, version = version + 1 WHERE id = $3"),
        &[code(&state), p(&Json(mapping)), p(&run.id)],
    )?;
    proceed(tx, run.id, run.version + 1, 0)?;
    tx.audit("import.step", run.id, Some(&serde_json::json!({ "state": run.state })), Some(&serde_json::json!({ "state": state })));
    Ok(())
}

/// Asks for the next piece of work. The key tells one piece from the next: a live job with the same key stands for both.
pub fn proceed(tx: &mut Tx<'_>, id: ImportId, version: i64, row: i64) -> Done<()> {
    let now = tx.now();
    Ok(jobs::enqueue(tx, QUEUE, &format!("{id}:{version}:{row}"), now, &ImportJob { run: id })?)
}

/// Notes how far the work has come.
pub fn reached(tx: &mut Tx<'_>, id: ImportId, row: i64) -> Done<()> {
    tx.exec(sql!("UPDATE import_run SET row_done = $1 WHERE id = $2"), &[p(&row), p(&id)])?;
    Ok(())
}

/// Ends the work of a state.
pub fn end(tx: &mut Tx<'_>, id: ImportId, state: ImportState) -> Done<()> {
    let now = tx.now();
    tx.exec(
        sql!("UPDATE import_run SET state = $1, ended_at = $2, version = version + 1 WHERE id = $3"),
        &[code(&state), p(&now), p(&id)],
    )?;
    Ok(())
}

/// Rows behind a row, in their order; only those of a state when one is given.
pub fn rows(tx: &mut Tx<'_>, id: ImportId, state: Option<RowState>, after: i64, limit: u32) -> Done<Vec<RowKept>> {
    Ok(match state {
        None => tx.query(
            sql!("SELECT row_no, state, cells, errors FROM import_row WHERE run_id = $1 AND row_no > $2 ORDER BY row_no LIMIT $3"),
            &[p(&id), p(&after), p(&limit)],
            read_row,
        )?,
        Some(state) => tx.query(
            sql!(
                "SELECT row_no, state, cells, errors FROM import_row WHERE run_id = $1 AND state = $4 AND row_no > $2 ORDER BY row_no LIMIT $3"
            ),
            &[p(&id), p(&after), p(&limit), code(&state)],
            read_row,
        )?,
    })
}

/// One row.
pub fn row(tx: &mut Tx<'_>, id: ImportId, row: i64) -> Done<Option<RowKept>> {
    Ok(tx.one(
        sql!("SELECT row_no, state, cells, errors FROM import_row WHERE run_id = $1 AND row_no = $2 {for_update}"),
        &[p(&id), p(&row)],
        read_row,
    )?)
}

/// Keeps what a check found.
pub fn checked(tx: &mut Tx<'_>, id: ImportId, row: i64, found: &Checked) -> Done<()> {
    tx.exec(
        sql!("UPDATE import_row SET state = $1, errors = $2, key_one = $3, key_two = $4 WHERE run_id = $5 AND row_no = $6"),
        &[code(&found.state), p(&Json(&found.errors)), p(&found.keys[0]), p(&found.keys[1]), p(&id), p(&row)],
    )?;
    Ok(())
}

/// Writes other cells into a row.
pub fn rewrite(tx: &mut Tx<'_>, id: ImportId, row: i64, cells: &[Cell]) -> Done<()> {
    tx.exec(
        sql!("UPDATE import_row SET cells = $1, state = 'new' WHERE run_id = $2 AND row_no = $3"),
        &[p(&Json(cells)), p(&id), p(&row)],
    )?;
    Ok(())
}

/// The first other row up to `until` with the same key.
pub fn twin(tx: &mut Tx<'_>, id: ImportId, second: bool, key: &str, row: i64, until: i64) -> Done<Option<i64>> {
    let params = [p(&id), p(key), p(&row), p(&until)];
    let found = if second {
        tx.one(
            sql!(
                "SELECT row_no FROM import_row WHERE run_id = $1 AND key_two = $2 AND row_no <= $4 AND row_no <> $3 ORDER BY row_no LIMIT 1"
            ),
            &params,
            |r| r.next(),
        )?
    } else {
        tx.one(
            sql!(
                "SELECT row_no FROM import_row WHERE run_id = $1 AND key_one = $2 AND row_no <= $4 AND row_no <> $3 ORDER BY row_no LIMIT 1"
            ),
            &params,
            |r| r.next(),
        )?
    };
    Ok(found)
}

/// Counts the rows of an import by where they stand.
pub fn tally(tx: &mut Tx<'_>, id: ImportId) -> Done<Tally> {
    let counted: Vec<(RowState, i64)> =
        tx.query(sql!("SELECT state, COUNT(*) FROM import_row WHERE run_id = $1 GROUP BY state"), &[p(&id)], |r| {
            Ok((r.coded()?, r.next()?))
        })?;
    let mut tally = Tally::default();
    for (state, count) in counted {
        *match state {
            RowState::New => &mut tally.new,
            RowState::Good => &mut tally.good,
            RowState::Bad => &mut tally.bad,
            RowState::Known => &mut tally.known,
            RowState::Made => &mut tally.made,
        } = count;
    }
    Ok(tally)
}

/// The place of an import in the list.
pub fn place(run: &Run) -> (i64, ImportId) {
    (to_millis(run.created_at), run.id)
}
