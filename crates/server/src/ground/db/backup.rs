use std::path::Path;

use super::handle::Target;
use super::sqlite::SqliteFile;
use super::{Conn, DbError};

/// Writes a copy of the SQLite database, as it is at one instant, into a new file while the system goes on working.
/// Errors: not SQLite, the file exists, no space.
pub fn snapshot(url: &str, target: &Path) -> Result<(), DbError> {
    let Target::Sqlite(path) = Target::parse(url)? else {
        return Err(DbError::Other("only an SQLite database is copied by Postsale itself".into()));
    };
    if target.exists() {
        return Err(DbError::Other(format!("{} exists already", target.display())));
    }
    let quoted = target.display().to_string().replace('\'', "''");
    SqliteFile::open(&path, true)?.conn().raw(&format!("VACUUM INTO '{quoted}'"))?;
    // VACUUM INTO leaves syncing to whoever wants to rely on the file.
    std::fs::File::open(target).and_then(|file| file.sync_all()).map_err(|e| DbError::Unavailable(format!("{}: {e}", target.display())))
}

/// What a copied database says about itself: `ok`, or what SQLite found wrong; and its tables with their rows.
pub fn restored(file: &Path) -> Result<(String, Vec<(String, i64)>), DbError> {
    let opened = SqliteFile::open(file, true)?;
    let mut conn = opened.conn();
    let mut found = Vec::new();
    for row in &mut conn.raw_rows("PRAGMA integrity_check(10)")? {
        found.push(row.next::<String>()?);
    }
    let orphans = conn.raw_rows("PRAGMA foreign_key_check")?.len();
    if orphans > 0 {
        found.push(format!("{orphans} rows refer to rows that are not there"));
    }
    let mut counts = Vec::new();
    for row in &mut conn.raw_rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")? {
        let table: String = row.next()?;
        // A name from the schema, which only migrations write.
        if let Some(count) = conn.raw_rows(&format!("SELECT COUNT(*) FROM \"{table}\""))?.first_mut() {
            counts.push((table, count.next()?));
        }
    }
    Ok((found.join("; "), counts))
}
