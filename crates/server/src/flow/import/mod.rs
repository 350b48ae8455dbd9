//! Files on their way in: every row is judged with the rules of the rooms it goes to, and written by the same functions the
//! desk's own pages use. One row is one transaction: it is on record whole or not at all.

mod cells;
mod persons;
mod pieces;
mod rows;

use std::collections::BTreeMap;

use postsale_domain::ground::{Reach, Refusal, mask_cards};
use postsale_domain::import::{Cell, ImportId, ImportKind, ImportState, RowState, fields, is_number, proposals};
use postsale_domain::merchant::account_mask;
use postsale_domain::org::act;
use postsale_domain::refuse;

use self::rows::{Draft, judge};
use super::{merchant, part, people, terminal};
use crate::ground::db::{Done, Tx};
use crate::ground::sheet::Table;
use crate::import::store::{self, CellError, Checked, RowKept, Run};
use crate::view::registry::Sight;

/// Rows a check deals with in one transaction.
pub const CHUNK: u32 = 500;
/// Most rows whose cells may be changed at a time.
const MAX_FIXES: usize = 2000;
/// Most rows with errors among which alike ones are looked for.
const MAX_LOOKED_AT: u32 = 20_000;

/// Keeps a file that was read, with a guess of what its columns mean; card numbers in it are masked before anything is written.
pub fn keep(tx: &mut Tx<'_>, kind: ImportKind, file_name: &str, table: &Table) -> Done<ImportId> {
    may(tx, kind)?;
    let mapping = postsale_domain::import::guess(kind, &table.header);
    let header: Vec<String> = table.header.iter().map(|title| mask_cards(title).text).collect();
    let rows = table
        .rows
        .iter()
        .map(|(row, cells)| (*row, cells.iter().enumerate().map(|(column, cell)| guarded(&mapping, column, cell.clone())).collect()));
    let table = Table { header, rows: rows.collect() };
    store::keep(tx, kind, file_name, &table, &mapping)
}

/// A cell as it may be kept: no card number in it, and of an account only what a merchant's page shows. Numbers of devices and shops stay,
/// or an unlucky one of them could never be imported.
fn guarded(mapping: &BTreeMap<String, usize>, column: usize, cell: Cell) -> Cell {
    match mapping.iter().find(|(_, at)| **at == column).map(|(field, _)| field.as_str()) {
        Some(field) if is_number(field) => cell,
        Some("settlement_account") => match cell.text().map(|text| account_mask(&text)) {
            Ok(Ok(masked)) if !masked.is_empty() => Cell::Text(masked),
            _ => cell.without_cards(),
        },
        _ => cell.without_cards(),
    }
}

/// Begins the check with the columns somebody confirmed. Errors: stale, `import.busy`, `import.over`, `import.column_missing`,
/// `import.column_twice`, `import.column_unknown`.
pub fn check(tx: &mut Tx<'_>, id: ImportId, version: i64, mapping: &BTreeMap<String, usize>) -> Done<()> {
    let run = loaded(tx, id, version)?;
    let known = fields(run.kind);
    if let Some(strange) = mapping.keys().find(|name| known.iter().all(|f| f.name != name.as_str())) {
        return Err(refuse!(Invalid, "import.column_unknown", column = strange).field("mapping").into());
    }
    if let Some(missing) = known.iter().find(|f| f.needed && !mapping.contains_key(f.name)) {
        return Err(refuse!(Invalid, "import.column_missing", column = missing.zh, column_en = missing.en).field("mapping").into());
    }
    let mut columns: Vec<usize> = mapping.values().copied().collect();
    columns.sort_unstable();
    if columns.windows(2).any(|w| w[0] == w[1]) || columns.last().is_some_and(|c| *c >= run.header.len()) {
        return Err(refuse!(Invalid, "import.column_twice").field("mapping").into());
    }
    store::begin(tx, &run, ImportState::Checking, mapping)
}

/// Begins the import of what is good. Errors: stale, `import.busy`, `import.over`, `import.not_checked`, `import.has_errors` when
/// all rows were asked for, `import.nothing`.
pub fn commit(tx: &mut Tx<'_>, id: ImportId, version: i64, all: bool) -> Done<()> {
    let run = loaded(tx, id, version)?;
    if run.state != ImportState::Checked {
        return Err(refuse!(Conflict, "import.not_checked").into());
    }
    let tally = store::tally(tx, id)?;
    if all && tally.bad > 0 {
        return Err(refuse!(Conflict, "import.has_errors", bad = tally.bad, good = tally.good).into());
    }
    if tally.good == 0 {
        return Err(refuse!(Conflict, "import.nothing", bad = tally.bad, known = tally.known).into());
    }
    store::begin(tx, &run, ImportState::Running, &run.mapping)
}

/// Whether the caller may import files of a kind. Errors: `not_allowed`.
pub fn may(tx: &Tx<'_>, kind: ImportKind) -> Done<()> {
    match act::reach(kind.action(), &tx.caller().who) {
        Reach::All => Ok(()),
        _ => Err(refuse!(Forbidden, "not_allowed", action = kind.action()).into()),
    }
}

fn loaded(tx: &mut Tx<'_>, id: ImportId, version: i64) -> Done<Run> {
    let run = store::run(tx, id)?;
    may(tx, run.kind)?;
    if run.version != version {
        return Err(merchant::stale(&run));
    }
    match run.state {
        ImportState::Checking | ImportState::Running => Err(refuse!(Conflict, "import.busy").into()),
        ImportState::Done => Err(refuse!(Conflict, "import.over").into()),
        ImportState::Read | ImportState::Checked => Ok(run),
    }
}

/// Checks the next rows; asks for more work or ends the check.
pub fn check_some(tx: &mut Tx<'_>, run: &Run) -> Done<()> {
    let rows = store::rows(tx, run.id, None, run.row_done, CHUNK)?;
    for row in &rows {
        check_row(tx, run, row.row, &row.cells, row.row)?;
    }
    match rows.last() {
        Some(last) if rows.len() == CHUNK as usize => {
            store::reached(tx, run.id, last.row)?;
            store::proceed(tx, run.id, run.version, last.row)
        }
        last => {
            store::reached(tx, run.id, last.map_or(run.row_done, |l| l.row))?;
            store::end(tx, run.id, ImportState::Checked)
        }
    }
}

/// Judges a row. It may not say again what another row up to `until` says: the first check knows only the rows before, a
/// correction knows all.
fn check_row(tx: &mut Tx<'_>, run: &Run, row: i64, cells: &[Cell], until: i64) -> Done<()> {
    let (mut found, _) = judge(tx, run.kind, &run.mapping, cells)?;
    for (second, name) in [(false, 0), (true, 1)] {
        let Some(key) = found.keys[name].clone() else { continue };
        if let Some(twin) = store::twin(tx, run.id, second, &key, row, until)? {
            let column = key_column(run, second);
            let args = BTreeMap::from([("row".to_owned(), twin.to_string())]);
            found.errors.push(CellError { column, code: "import.twice".into(), args, fix: None });
            found.state = RowState::Bad;
        }
    }
    store::checked(tx, run.id, row, &found)
}

/// The column a key is read from.
fn key_column(run: &Run, second: bool) -> Option<usize> {
    let name = match (run.kind, second) {
        (ImportKind::Merchants, _) => "mid",
        (ImportKind::Stores, _) => "name",
        (ImportKind::Contacts, _) if run.mapping.contains_key("phone") => "phone",
        (ImportKind::Contacts, _) => "name",
        (ImportKind::Terminals, true) => "tusn",
        (ImportKind::Bindings, true) => "tid",
        (ImportKind::Terminals | ImportKind::Bindings, false) => "serial_no",
        (ImportKind::Users, false) => "username",
        (ImportKind::Users, true) => "email",
        (ImportKind::Parts, _) => "number",
    };
    run.mapping.get(name).copied()
}

/// Imports one row that was found good. It is judged again: much may have happened since. Errors: what a rule says now.
pub fn import_row(tx: &mut Tx<'_>, run: &Run, row: i64) -> Done<()> {
    let Some(kept) = store::row(tx, run.id, row)?.filter(|r| r.state == RowState::Good) else { return Ok(()) };
    let (mut found, draft) = judge(tx, run.kind, &run.mapping, &kept.cells)?;
    if let Some(draft) = draft {
        write(tx, draft)?;
        found.state = RowState::Made;
    }
    store::checked(tx, run.id, row, &found)
}

/// Notes that a rule refused a row when it was to be written.
pub fn refused_row(tx: &mut Tx<'_>, run: &Run, row: i64, refusal: &Refusal) -> Done<()> {
    let errors = vec![cells::error(None, refusal, None)];
    store::checked(tx, run.id, row, &Checked { state: RowState::Bad, errors, keys: [None, None] })
}

/// Goes on behind a row, or ends the import when nothing is left.
pub fn imported_some(tx: &mut Tx<'_>, run: &Run, last: Option<i64>) -> Done<()> {
    match last {
        Some(last) => {
            store::reached(tx, run.id, last)?;
            store::proceed(tx, run.id, run.version, last)
        }
        None => {
            store::end(tx, run.id, ImportState::Done)?;
            let tally = store::tally(tx, run.id)?;
            tx.audit("import.done", run.id, None, Some(&tally));
            Ok(())
        }
    }
}

fn write(tx: &mut Tx<'_>, draft: Draft) -> Done<()> {
    match draft {
        Draft::Merchant(new) => merchant::add(tx, &new).map(|_| ()),
        Draft::Store(of, draft) => merchant::add_store(tx, Sight::All, of, &draft).map(|_| ()),
        Draft::Contact(of, draft) => merchant::add_contact(tx, Sight::All, of, &draft).map(|_| ()),
        Draft::Terminal(new, binding) => {
            let id = terminal::add(tx, &new)?;
            match binding {
                Some(binding) => terminal::bind(tx, Reach::All, Sight::All, id, &binding),
                None => Ok(()),
            }
        }
        Draft::User(new) => people::invite(tx, &new).map(|_| ()),
        Draft::Part(new) => part::add(tx, &new).map(|_| ()),
        Draft::Binding(id, binding) => terminal::bind(tx, Reach::All, Sight::All, id, &binding),
    }
}

/// Other texts for some cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Row in the file.
    pub row: i64,
    /// Column, from 0.
    pub column: usize,
    /// The new text.
    pub value: String,
}

/// One correction for every row with the same trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Column, from 0.
    pub column: usize,
    /// Code of the trouble.
    pub code: String,
    /// Only cells with this text.
    pub was: Option<String>,
    /// The new text; without it each row takes the correction proposed for it.
    pub value: Option<String>,
}

/// What is to be corrected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections {
    /// Cells, one by one.
    pub cells: Vec<Correction>,
    /// Troubles, wherever they stand.
    pub alike: Vec<Alike>,
    /// Every proposed correction.
    pub proposed: bool,
}

impl Corrections {
    /// What becomes of a wrong cell when no row was named; nothing for one that stays as it is.
    fn of(&self, kept: &RowKept, error: &CellError) -> Option<Correction> {
        let column = error.column?;
        let shown = || kept.cells.get(column).map(Cell::shown).unwrap_or_default();
        let meant = |a: &&Alike| a.column == column && a.code == error.code && a.was.as_ref().is_none_or(|was| *was == shown());
        let value = match self.alike.iter().find(meant) {
            Some(alike) => alike.value.clone().or_else(|| error.fix.clone())?,
            None if self.proposed => error.fix.clone()?,
            None => return None,
        };
        Some(Correction { row: kept.row, column, value })
    }
}

/// Corrects cells and checks their rows again. The number of rows. Errors: stale, `import.busy`, `import.over`, `import.no_row`,
/// `import.many_fixes`.
pub fn correct(tx: &mut Tx<'_>, id: ImportId, version: i64, given: &Corrections) -> Done<usize> {
    let run = loaded(tx, id, version)?;
    if given.cells.len() > MAX_FIXES {
        return Err(refuse!(TooLarge, "import.many_fixes", limit = MAX_FIXES).into());
    }
    let mut corrections = given.cells.clone();
    if given.proposed || !given.alike.is_empty() {
        let bad = store::rows(tx, id, Some(RowState::Bad), 0, MAX_LOOKED_AT)?;
        let all = bad.iter().flat_map(|kept| kept.errors.iter().filter_map(|e| given.of(kept, e)));
        corrections.extend(all.take(MAX_FIXES));
    }
    let mut by_row: BTreeMap<i64, Vec<Correction>> = BTreeMap::new();
    for correction in corrections {
        by_row.entry(correction.row).or_default().push(correction);
    }
    for (row, corrections) in &by_row {
        let Some(kept) = store::row(tx, id, *row)?.filter(|r| r.state != RowState::Made) else {
            return Err(refuse!(Invalid, "import.no_row", row = row).field("cells").into());
        };
        let mut cells = kept.cells;
        for correction in corrections {
            if correction.column >= run.header.len() {
                return Err(refuse!(Invalid, "import.no_row", row = row).field("cells").into());
            }
            cells.resize(cells.len().max(correction.column + 1), Cell::Empty);
            cells[correction.column] = guarded(&run.mapping, correction.column, Cell::Text(correction.value.clone()));
        }
        store::rewrite(tx, id, *row, &cells)?;
        if run.state == ImportState::Checked {
            check_row(tx, &run, *row, &cells, i64::MAX)?;
        }
    }
    Ok(by_row.len())
}

/// The likeliest correction of a text that a rule takes.
fn fixed<T>(text: &str, rule: impl Fn(&str) -> Result<T, Refusal>) -> Option<String> {
    proposals(text).into_iter().find(|candidate| rule(candidate).is_ok())
}
