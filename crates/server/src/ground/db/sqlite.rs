use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, PrepFlags, Statement, ToSql, ffi};

use super::{Conn, DbError, Dialect, Row, Sql, Val};
use crate::ground::sabotage;

/// An open SQLite database.
pub struct SqliteFile(Connection);

/// One connection at work, with its prepared statements. Each is found by the address of its text: looking for the text itself took longer
/// than many a statement runs.
pub struct SqliteConn<'f> {
    file: &'f Connection,
    prepared: HashMap<usize, Statement<'f>>,
    said: HashMap<&'static str, Statement<'f>>,
}

impl SqliteFile {
    /// Opens a connection. WAL with `synchronous=FULL`: what is acknowledged survives a loss of power.
    pub fn open(path: &Path, read_only: bool) -> Result<Self, DbError> {
        let flags = if read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX
        };
        let inner = Connection::open_with_flags(path, flags).map_err(wrap)?;
        inner.busy_timeout(Duration::from_secs(10)).map_err(wrap)?;
        // A plan is made once and for every value: without this, each new word for a LIKE has its statement planned again.
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(wrap)?;
        if !read_only {
            // 64 MB of log: the same pages change again and again, and the longer it grows the fewer of them are copied; a start after a crash
            // reads it in well under a second.
            inner.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=16000;").map_err(wrap)?;
            if sabotage::on("sync-normal") {
                inner.execute_batch("PRAGMA synchronous=NORMAL").map_err(wrap)?;
            }
        }
        // Kilobytes of pages. The writer keeps what it changes; what a reader no longer has comes from the memory of the system.
        let cache = if read_only { 8_000 } else { 32_000 };
        inner.execute_batch(&format!("PRAGMA foreign_keys=ON; PRAGMA cache_size=-{cache}; PRAGMA temp_store=MEMORY;")).map_err(wrap)?;
        Ok(Self(inner))
    }

    /// Its connection.
    pub fn conn(&self) -> SqliteConn<'_> {
        SqliteConn { file: &self.0, prepared: HashMap::new(), said: HashMap::new() }
    }

    /// Copies the write-ahead log into the database file and syncs it. After a crash on a failing disk the log may be readable without
    /// being on the disk; afterwards what can be read is what is kept. Skipped while another process is in the way (it has done the same)
    /// or the disk is full; then the log stays as it is.
    pub fn settle(&self) -> Result<(), DbError> {
        self.0.busy_timeout(Duration::ZERO).map_err(wrap)?;
        let done = self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(wrap);
        self.0.busy_timeout(Duration::from_secs(10)).map_err(wrap)?;
        match done {
            Err(DbError::Unavailable(reason) | DbError::Full(reason)) => {
                tracing::warn!(reason, "the write-ahead log stays as it is for now");
                Ok(())
            }
            other => other,
        }
    }
}

impl<'f> SqliteConn<'f> {
    /// Begins, marks and ends transactions: one statement, kept prepared.
    pub(super) fn say(&mut self, text: &'static str) -> Result<(), DbError> {
        let statement = match self.said.entry(text) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(prepared(self.file, text).map_err(wrap)?),
        };
        statement.execute([]).map(|_| ()).map_err(wrap)
    }

    /// Rows written since the connection was opened.
    pub(super) fn written(&self) -> u64 {
        self.file.total_changes()
    }

    /// Whether a transaction is open; SQLite ends one by itself when the disk fails or is full.
    pub(super) fn in_transaction(&self) -> bool {
        !self.file.is_autocommit()
    }

    fn statement(&mut self, sql: &'static Sql) -> Result<&mut Statement<'f>, DbError> {
        Ok(match self.prepared.entry(sql.key()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(prepared(self.file, &Dialect::Sqlite.render(sql.text)).map_err(|e| at(sql, e))?),
        })
    }
}

/// A statement that is kept.
fn prepared<'f>(file: &'f Connection, text: &str) -> rusqlite::Result<Statement<'f>> {
    file.prepare_with_flags(text, PrepFlags::SQLITE_PREPARE_PERSISTENT)
}

impl Conn for SqliteConn<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn exec(&mut self, sql: &'static Sql, params: &[Val]) -> Result<u64, DbError> {
        let touched = self.statement(sql)?.execute(rusqlite::params_from_iter(params)).map_err(|e| at(sql, e))?;
        Ok(touched as u64)
    }

    fn rows(&mut self, sql: &'static Sql, params: &[Val]) -> Result<Vec<Row>, DbError> {
        let statement = self.statement(sql)?;
        let columns = statement.column_count();
        let mut cursor = statement.query(rusqlite::params_from_iter(params)).map_err(|e| at(sql, e))?;
        let mut rows = Vec::new();
        while let Some(row) = cursor.next().map_err(|e| at(sql, e))? {
            rows.push(read(row, columns)?);
        }
        Ok(rows)
    }

    fn ahead(&mut self, _: bool) -> bool {
        false
    }

    fn later(&mut self, sql: &'static Sql, params: Vec<Val>, one: bool) -> Result<(), DbError> {
        match self.exec(sql, &params)? {
            touched if one && touched != 1 => Err(DbError::Contended(format!("{}:{}: another one was faster", sql.file, sql.line))),
            _ => Ok(()),
        }
    }

    fn apart(&mut self, sql: &'static Sql, params: &[Val]) -> Result<Vec<Row>, DbError> {
        self.rows(sql, params)
    }

    fn raw(&mut self, text: &str) -> Result<(), DbError> {
        self.file.execute_batch(text).map_err(wrap)
    }

    fn raw_rows(&mut self, text: &str) -> Result<Vec<Row>, DbError> {
        let mut statement = self.file.prepare(text).map_err(wrap)?;
        let columns = statement.column_count();
        // Places without a value are NULL: a plan is asked for as it will be run.
        let mut cursor = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = cursor.next().map_err(wrap)? {
            rows.push(read(row, columns)?);
        }
        Ok(rows)
    }

    fn check(&mut self, sql: &'static Sql) -> Result<(), DbError> {
        self.file.prepare(&Dialect::Sqlite.render(sql.text)).map(|_| ()).map_err(|e| at(sql, e))
    }
}

fn read(row: &rusqlite::Row<'_>, columns: usize) -> Result<Row, DbError> {
    let mut cells = Vec::with_capacity(columns);
    for i in 0..columns {
        cells.push(match row.get_ref(i).map_err(wrap)? {
            ValueRef::Null => Val::Null,
            ValueRef::Integer(n) => Val::Int(n),
            ValueRef::Text(text) => Val::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Val::Bytes(bytes.to_vec()),
            ValueRef::Real(_) => return Err(DbError::Row(format!("column {} is a floating point number", i + 1))),
        });
    }
    Ok(Row::new(cells))
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Val::Null => ToSqlOutput::Owned(Value::Null),
            Val::Int(n) => ToSqlOutput::Owned(Value::Integer(*n)),
            Val::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Val::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Val::Id(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
        })
    }
}

fn at(sql: &Sql, error: rusqlite::Error) -> DbError {
    match wrap(error) {
        DbError::Other(text) => DbError::Other(format!("{}:{}: {text}", sql.file, sql.line)),
        other => other,
    }
}

fn wrap(error: rusqlite::Error) -> DbError {
    if let rusqlite::Error::SqliteFailure(code, ref text) = error {
        let text = text.clone().unwrap_or_else(|| code.to_string());
        return match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => DbError::Unique(text),
            ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC | ffi::SQLITE_IOERR_TRUNCATE => {
                DbError::Broken(text)
            }
            // The index of the write-ahead log could not grow: the same lack of room under another name.
            ffi::SQLITE_IOERR_SHMSIZE => DbError::Full(text),
            _ => match code.code {
                rusqlite::ErrorCode::DiskFull => DbError::Full(text),
                rusqlite::ErrorCode::SystemIoFailure
                | rusqlite::ErrorCode::CannotOpen
                | rusqlite::ErrorCode::ReadOnly
                | rusqlite::ErrorCode::DatabaseBusy => DbError::Unavailable(text),
                _ => DbError::Other(text),
            },
        };
    }
    DbError::Other(error.to_string())
}
