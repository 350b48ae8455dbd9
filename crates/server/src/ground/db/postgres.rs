use std::collections::HashMap;
use std::error::Error;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::link::Statement;
use super::socket::Address;
use super::walls::{OPEN, Reach};
use super::wire::Wire;
use super::{Conn, DbError, Dialect, Row, Sql, Val};

/// A PostgreSQL database, and one connection to it beside those of the transactions.
pub struct PgServer {
    url: String,
    beside: Mutex<Option<PgConn>>,
    /// Statements one of its connections has prepared, in this order; the others prepare them before they are needed, not in the middle
    /// of a transaction that others wait for.
    used: Mutex<Vec<&'static Sql>>,
    ways: Arc<AtomicU64>,
}

impl PgServer {
    /// Where it is, and where ways to it are counted.
    pub(super) fn new(url: &str, ways: Arc<AtomicU64>) -> Arc<Self> {
        Arc::new(Self { url: url.to_owned(), beside: Mutex::default(), used: Mutex::default(), ways })
    }

    /// A connection for transactions.
    pub fn connect(self: &Arc<Self>) -> Result<PgConn, DbError> {
        let mut conn = PgConn::open(&self.url)?;
        conn.wire.count_in(self.ways.clone());
        Ok(PgConn { server: Some(self.clone()), ..conn })
    }

    /// Runs a statement that is a transaction by itself. Its commit waits for no disk: whatever it gives reaches the disk before the commit
    /// of the transaction that uses it, since both go through one log. What is lost in a crash was used by nobody.
    fn apart(&self, sql: &'static Sql, params: &[Val]) -> Result<Vec<Row>, DbError> {
        let mut beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(conn) = beside.as_mut() {
            match conn.rows(sql, params) {
                // A kept connection may have died since; a new try takes another number at worst.
                Err(DbError::Unavailable(_)) if conn.is_closed() => {}
                rows => return rows,
            }
        }
        let mut conn = PgConn::open(&self.url)?;
        // Its statements name their tenant themselves, and there is no transaction to say it in.
        conn.raw("SET synchronous_commit = off")?;
        conn.raw(OPEN)?;
        beside.insert(conn).rows(sql, params)
    }
}

/// One PostgreSQL connection with its prepared statements.
pub struct PgConn {
    wire: Wire,
    prepared: HashMap<usize, Statement>,
    server: Option<Arc<PgServer>>,
    /// How many of the statements used by others it has looked at.
    learned: usize,
    /// Whether single statements see every tenant.
    open: bool,
    /// Whether the server has answered since the transaction was begun.
    heard: bool,
    /// Whether questions are only put down, to be asked together.
    ahead: bool,
}

impl PgConn {
    /// Connects. A statement that runs longer than 30 s is ended by the server.
    pub fn open(url: &str) -> Result<Self, DbError> {
        let mut wire = Wire::open(&Address::parse(url)?)?;
        // A plan is made once and for every value, as on SQLite and as the tests look at them: PostgreSQL would make the first five for the
        // very values, and for a common word such a plan walked everything for seconds.
        wire.text(
            "SET plan_cache_mode = force_generic_plan; SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET TIME ZONE 'UTC'",
        )?;
        // Long texts are packed by the quicker of its two ways, where it was built with both.
        wire.text(
            "SELECT set_config(name, 'lz4', false) FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)",
        )?;
        Ok(Self { wire, prepared: HashMap::new(), server: None, learned: 0, open: false, heard: false, ahead: false })
    }

    /// Begins a transaction with the first thing that is said in it.
    pub(super) fn begin(&mut self, how: &'static Sql, reach: Reach) -> Result<(), DbError> {
        self.learn();
        self.wire.forget();
        // Whoever looked ahead before may have panicked.
        (self.heard, self.ahead) = (false, false);
        self.say_later(how, Vec::new())?;
        self.say_later(Reach::LOCAL, vec![reach.value()])
    }

    /// Ends it with these statements.
    pub(super) fn keep(&mut self, how: &[&'static Sql]) -> Result<(), DbError> {
        how.iter().try_for_each(|sql| self.say_later(sql, Vec::new()))?;
        self.flush()
    }

    /// Ends it with this statement, without a look at how it went. What was asked ahead and never asked is not asked.
    pub(super) fn part(&mut self, how: &'static Sql) -> Result<(), DbError> {
        self.wire.unask();
        let statement = self.statement(how)?;
        self.wire.part(how, &statement)
    }

    fn say_later(&mut self, sql: &'static Sql, params: Vec<Val>) -> Result<(), DbError> {
        let statement = self.statement(sql)?;
        self.wire.write_later(sql, statement, params, false);
        Ok(())
    }

    /// Whether the transaction has come to the server: until then nothing of it can have happened.
    pub(super) fn is_begun(&self) -> bool {
        self.heard
    }

    fn flush(&mut self) -> Result<(), DbError> {
        let said = self.wire.flush();
        self.heard(said)
    }

    /// Says what has to be said before the commit: what others may have been faster with; and, when the server has not answered yet, all of it,
    /// since together with the commit it would be lost on a connection that has died, and nobody could say whether it was done.
    pub(super) fn make_sure(&mut self) -> Result<(), DbError> {
        if !self.heard || self.wire.doubts() { self.flush() } else { Ok(()) }
    }

    /// Leaves a transaction without a trace.
    pub(super) fn leave(&mut self) -> Result<(), DbError> {
        self.wire.forget();
        self.ahead = false;
        if self.heard { self.raw("ROLLBACK") } else { Ok(()) }
    }

    /// Something is to be written: what was asked ahead may no longer be so, and whoever only looks ahead writes nothing.
    fn writes(&mut self) -> Result<(), DbError> {
        if self.ahead {
            return Err(put_down());
        }
        self.wire.unask();
        Ok(())
    }

    fn heard<T>(&mut self, answer: Result<T, DbError>) -> Result<T, DbError> {
        self.heard |= !self.wire.is_closed();
        answer
    }

    /// Lets single statements outside of transactions see every tenant; a transaction says for itself whom it works for.
    pub fn open_up(&mut self) -> Result<(), DbError> {
        if !self.open {
            self.raw(OPEN)?;
            self.open = true;
        }
        Ok(())
    }

    /// Whether the connection is gone.
    pub fn is_closed(&self) -> bool {
        self.wire.is_closed()
    }

    /// Prepares what other connections have come to use.
    fn learn(&mut self) {
        let Some(server) = &self.server else { return };
        let new: Vec<&'static Sql> = {
            let used = server.used.lock().unwrap_or_else(PoisonError::into_inner);
            let new = used[self.learned..].iter().copied().filter(|sql| !self.prepared.contains_key(&sql.key())).collect();
            self.learned = used.len();
            new
        };
        if !new.is_empty() {
            self.prepared.extend(self.wire.prepare_all(&new).into_iter().map(|(sql, statement)| (sql.key(), statement)));
        }
    }

    fn statement(&mut self, sql: &'static Sql) -> Result<Statement, DbError> {
        let key = sql.key();
        if let Some(statement) = self.prepared.get(&key) {
            return Ok(statement.clone());
        }
        let statement = self.wire.prepare(&Dialect::Postgres.render(sql.text)).map_err(|e| at(sql, e))?;
        self.prepared.insert(key, statement.clone());
        if let Some(server) = &self.server {
            let mut used = server.used.lock().unwrap_or_else(PoisonError::into_inner);
            if !used.iter().any(|known| known.key() == key) {
                used.push(sql);
            }
        }
        Ok(statement)
    }
}

/// What a question answers that is only put down to be asked.
fn put_down() -> DbError {
    DbError::Unavailable("asked ahead".into())
}

impl Conn for PgConn {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn exec(&mut self, sql: &'static Sql, params: &[Val]) -> Result<u64, DbError> {
        self.writes()?;
        let statement = self.statement(sql)?;
        let said = self.wire.execute(sql, &statement, params);
        self.heard(said)
    }

    fn rows(&mut self, sql: &'static Sql, params: &[Val]) -> Result<Vec<Row>, DbError> {
        if !sql.only_looks() {
            self.writes()?;
        }
        if self.ahead {
            let statement = self.statement(sql)?;
            self.wire.ask_later(sql, statement, params.to_vec());
            return Err(put_down());
        }
        let said = match self.wire.answer(sql, params) {
            Some(answer) => answer,
            None => {
                let statement = self.statement(sql)?;
                self.wire.query(sql, &statement, params)
            }
        };
        self.heard(said)
    }

    fn ahead(&mut self, only: bool) -> bool {
        self.ahead = only;
        true
    }

    fn later(&mut self, sql: &'static Sql, params: Vec<Val>, one: bool) -> Result<(), DbError> {
        self.writes()?;
        let statement = self.statement(sql)?;
        self.wire.write_later(sql, statement, params, one);
        Ok(())
    }

    fn apart(&mut self, sql: &'static Sql, params: &[Val]) -> Result<Vec<Row>, DbError> {
        if self.ahead {
            return Err(put_down());
        }
        match self.server.clone() {
            Some(server) => server.apart(sql, params),
            None => self.rows(sql, params),
        }
    }

    fn raw(&mut self, text: &str) -> Result<(), DbError> {
        let said = self.wire.text(text);
        self.heard(said)
    }

    fn raw_rows(&mut self, text: &str) -> Result<Vec<Row>, DbError> {
        let said = self.wire.text_rows(text);
        self.heard(said)
    }

    fn check(&mut self, sql: &'static Sql) -> Result<(), DbError> {
        self.wire.prepare(&Dialect::Postgres.render(sql.text)).map(|_| ()).map_err(|e| at(sql, e))
    }
}

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Val::Null => Ok(IsNull::Yes),
            Val::Int(n) if *ty == Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
            Val::Int(n) if *ty == Type::INT8 => n.to_sql(ty, out),
            Val::Text(text) => text.as_str().to_sql(ty, out),
            Val::Bytes(bytes) => bytes.as_slice().to_sql(ty, out),
            Val::Id(id) => id.to_sql(ty, out),
            Val::Int(_) => Err(format!("a number cannot be a parameter of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Says where the statement stands that cannot be right.
pub(super) fn at(sql: &Sql, error: DbError) -> DbError {
    match error {
        DbError::Other(text) => DbError::Other(format!("{}:{}: {text}", sql.file, sql.line)),
        other => other,
    }
}

/// What the database says in errors, by its code (SQLSTATE).
pub(super) fn refused(code: &str, message: &str, constraint: Option<&str>) -> DbError {
    let text = format!("{message} ({})", constraint.unwrap_or("-"));
    match SqlState::from_code(code) {
        SqlState::UNIQUE_VIOLATION => DbError::Unique(text),
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => DbError::Contended(text),
        SqlState::DISK_FULL => DbError::Full(text),
        SqlState::LOCK_NOT_AVAILABLE => DbError::Unavailable(text),
        _ if ["08", "57", "53"].iter().any(|class| code.starts_with(class)) => DbError::Unavailable(text),
        _ => DbError::Other(text),
    }
}

/// What the library says of an address, or of a server that did not want us.
pub(super) fn wrap(error: tokio_postgres::Error) -> DbError {
    match error.as_db_error() {
        Some(told) => refused(told.code().code(), told.message(), told.constraint()),
        // It was lost on the way in, or the address means nothing.
        None if error.is_closed() || error.source().is_some_and(|s| s.is::<std::io::Error>()) => DbError::Unavailable(error.to_string()),
        None => DbError::Other(format!("{error}: {}", error.source().map_or_else(String::new, ToString::to_string))),
    }
}
