use std::time::{Duration, Instant};

use super::{DbError, Dialect, Row, Sql, Val};

/// A connection inside a transaction.
pub trait Conn {
    /// Which database it is.
    fn dialect(&self) -> Dialect;
    /// Runs a statement of the house; the number of rows touched.
    fn exec(&mut self, sql: &'static Sql, params: &[Val]) -> Result<u64, DbError>;
    /// Runs a statement of the house; its rows.
    fn rows(&mut self, sql: &'static Sql, params: &[Val]) -> Result<Vec<Row>, DbError>;
    /// From now on questions are only put down, and fail; they are asked together with the next one that is asked in earnest, and who repeats
    /// one has its answer. With `false` it ends. `false` is answered where nothing is won by it (SQLite), and nothing changes.
    fn ahead(&mut self, only: bool) -> bool;
    /// Runs a statement of the house at the latest before the next one that is asked for something, or before the commit; that is told its
    /// error. With `one` it is an error, [`DbError::Contended`], unless exactly one row is touched.
    fn later(&mut self, sql: &'static Sql, params: Vec<Val>, one: bool) -> Result<(), DbError>;
    /// Runs a statement that stands even if the transaction is undone, where others would wait for what it locks until the commit
    /// (PostgreSQL). With one writer (SQLite) nobody waits, and it belongs to the transaction.
    fn apart(&mut self, sql: &'static Sql, params: &[Val]) -> Result<Vec<Row>, DbError>;
    /// Runs text as it is: migrations, pragmas, EXPLAIN in tests. Never called with input of a user.
    fn raw(&mut self, text: &str) -> Result<(), DbError>;
    /// Rows of a text as it is, without parameters.
    fn raw_rows(&mut self, text: &str) -> Result<Vec<Row>, DbError>;
    /// Only prepares a statement of the house; how the test on both databases checks them all.
    fn check(&mut self, sql: &'static Sql) -> Result<(), DbError>;
}

/// What a transaction can ask the database, whether it has a tenant or not.
pub trait Query {
    /// The connection.
    fn conn(&mut self) -> &mut dyn Conn;

    /// Runs a statement; the number of rows touched.
    fn exec(&mut self, sql: &'static Sql, params: &[Val]) -> Result<u64, DbError> {
        timed(sql, || self.conn().exec(sql, params))
    }

    /// Runs a statement and reads each row.
    fn query<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Val],
        mut read: impl FnMut(&mut Row) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError>
    where
        Self: Sized,
    {
        timed(sql, || self.conn().rows(sql, params))?.iter_mut().map(|row| read(row).map_err(|e| locate(e, sql))).collect()
    }

    /// Like [`Query::query`] for at most one row; further rows are ignored.
    fn one<T>(&mut self, sql: &'static Sql, params: &[Val], read: impl FnMut(&mut Row) -> Result<T, DbError>) -> Result<Option<T>, DbError>
    where
        Self: Sized,
    {
        first(timed(sql, || self.conn().rows(sql, params))?, sql, read)
    }

    /// Like [`Query::one`], but standing even if the transaction is undone: see [`Conn::apart`].
    fn one_apart<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Val],
        read: impl FnMut(&mut Row) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError>
    where
        Self: Sized,
    {
        first(timed(sql, || self.conn().apart(sql, params))?, sql, read)
    }

    /// The single number of a row that always exists, such as a count.
    fn number(&mut self, sql: &'static Sql, params: &[Val]) -> Result<i64, DbError>
    where
        Self: Sized,
    {
        Ok(self.one(sql, params, |r| r.next::<Option<i64>>())?.flatten().unwrap_or(0))
    }
}

/// From how long a statement is said to be slow: an index is missing, or the machine is in trouble.
const SLOW: Duration = Duration::from_millis(500);

/// Runs a statement and tells the log where it stands and how long it took; parameters are not told, they may hold names and numbers of people.
pub(super) fn timed<T>(sql: &'static Sql, run: impl FnOnce() -> Result<T, DbError>) -> Result<T, DbError> {
    let began = Instant::now();
    let done = run();
    let took = began.elapsed();
    if took >= SLOW {
        tracing::warn!(file = sql.file, line = sql.line, ms = took.as_millis(), "slow statement");
    } else {
        tracing::trace!(file = sql.file, line = sql.line, us = took.as_micros(), "statement");
    }
    done
}

fn first<T>(mut rows: Vec<Row>, sql: &'static Sql, mut read: impl FnMut(&mut Row) -> Result<T, DbError>) -> Result<Option<T>, DbError> {
    rows.first_mut().map(|row| read(row).map_err(|e| locate(e, sql))).transpose()
}

fn locate(error: DbError, sql: &'static Sql) -> DbError {
    match error {
        DbError::Row(text) => DbError::Row(format!("{}:{}: {text}", sql.file, sql.line)),
        other => other,
    }
}

/// A transaction without a tenant: for signing in, claiming jobs and migrating, and for nothing else.
pub struct Bare<'c>(pub(super) &'c mut dyn Conn);

impl Query for Bare<'_> {
    fn conn(&mut self) -> &mut dyn Conn {
        self.0
    }
}
