use std::any::Any;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use postsale_domain::ground::{Caller, TenantId, TypedId, to_millis};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::{ContextV7, Timestamp as UuidTime, Uuid};

use super::conn::timed;
use super::{Conn, DbError, Done, Query, Row, Sql, Val};

/// A change waiting to be written into the audit chain when the transaction ends.
#[derive(Debug, Clone)]
pub struct Change {
    /// What was done: `ticket.solve`.
    pub action: &'static str,
    /// To what: the text form of an id.
    pub subject: String,
    /// Changed fields before, as a JSON object ("" when it did not exist).
    pub before: String,
    /// Changed fields after ("" when it no longer exists).
    pub after: String,
}

/// A transaction: it knows its tenant, its caller and its now. Store functions take nothing else.
pub struct Tx<'c> {
    conn: &'c mut dyn Conn,
    caller: &'c Caller,
    now: Timestamp,
    pub(super) changes: Vec<Change>,
    memo: Option<Arc<dyn Any + Send + Sync>>,
    read: Vec<Read>,
    /// Ids given out by this transaction: nobody else can have written anything about them.
    made: HashSet<Uuid>,
    /// Things on which nothing hangs that a file would ask about: somebody has looked.
    empty: HashSet<(Uuid, &'static str)>,
    /// Files whose statements have written something.
    wrote: Vec<&'static str>,
    /// Whether what is asked now is only put down.
    looks_ahead: bool,
    /// Whether something was written that the worker can do at once.
    pub(super) due: bool,
    /// What is written when all else is.
    last: Vec<(&'static Sql, Vec<Val>)>,
}

/// Most readings a transaction keeps; one that does much, such as an import, looks at few things at a time.
const MOST_KNOWN: usize = 64;

/// Rows that were read: by which statement, with which values.
struct Read {
    sql: &'static Sql,
    params: Vec<Val>,
    rows: Box<dyn Any>,
}

thread_local! {
    /// Keeps ids made in the same millisecond in the order they were made.
    static IDS: RefCell<ContextV7> = const { RefCell::new(ContextV7::new()) };
}

impl<'c> Tx<'c> {
    pub(super) fn new(conn: &'c mut dyn Conn, caller: &'c Caller, now: Timestamp) -> Self {
        Self {
            conn,
            caller,
            now,
            changes: Vec::new(),
            memo: None,
            read: Vec::new(),
            made: HashSet::new(),
            empty: HashSet::new(),
            wrote: Vec::new(),
            looks_ahead: false,
            due: false,
            last: Vec::new(),
        }
    }

    /// The tenant everything stays inside.
    pub fn tenant(&self) -> TenantId {
        self.caller.tenant
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        self.caller
    }

    /// The instant of this transaction, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Goes on at another instant; for what tells a past, such as the demo. Changes noted so far should be in the audit chain
    /// before, or they will carry the new instant.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// A new id, ordered by the transaction's instant.
    pub fn new_id<T: TypedId>(&mut self) -> T {
        let ms = to_millis(self.now).max(0).unsigned_abs();
        let nanos = u32::try_from(ms % 1000).unwrap_or(0) * 1_000_000;
        let id = IDS.with_borrow(|context| Uuid::new_v7(UuidTime::from_unix(context, ms / 1000, nanos)));
        self.made.insert(id);
        T::from_uuid(id)
    }

    /// Says that what was written is to be done by the worker at `at`. If that is now, the worker is woken after the commit; otherwise
    /// it finds it by its own clock.
    pub fn falls_due(&mut self, at: Timestamp) {
        self.due |= at <= self.now;
    }

    /// Notes a change for the audit chain. Of two objects only the fields that differ are kept;
    /// `None` before means it was made, `None` after means it is gone.
    pub fn audit<T: Serialize>(&mut self, action: &'static str, subject: impl ToString, before: Option<&T>, after: Option<&T>) {
        let text = |side: &T| serde_json::to_string(side).unwrap_or_default();
        let (before, after) = match (before, after) {
            (Some(b), Some(a)) => {
                let value = |side: &T| serde_json::to_value(side).unwrap_or(Value::Null);
                match (value(b), value(a)) {
                    (Value::Object(b), Value::Object(a)) => {
                        let (b, a) = differing(b, a);
                        if a.is_empty() && b.is_empty() {
                            return;
                        }
                        (Value::Object(b).to_string(), Value::Object(a).to_string())
                    }
                    (b, a) => (b.to_string(), a.to_string()),
                }
            }
            (b, a) => (b.map(text).unwrap_or_default(), a.map(text).unwrap_or_default()),
        };
        self.changes.push(Change { action, subject: subject.to_string(), before, after });
    }

    /// What was read once and holds until the end of the transaction: see [`Tx::remember`].
    pub fn remembered<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.memo.clone()?.downcast().ok()
    }

    /// Keeps what was read for the rest of the transaction; `None` forgets it, after it was changed.
    pub fn remember<T: Any + Send + Sync>(&mut self, read: Option<Arc<T>>) {
        self.memo = read.map(|known| known as Arc<dyn Any + Send + Sync>);
    }

    /// Like [`Query::query`], asked once in a transaction for the same values, until the file the statement stands in writes something:
    /// tables are written where they are read, which a house rule holds. For what several rooms look at while one thing happens, such as the terminal of a ticket.
    pub fn known<T: Clone + 'static>(
        &mut self,
        sql: &'static Sql,
        params: &[Val],
        read: impl FnMut(&mut Row) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let same = |known: &&Read| std::ptr::eq(known.sql, sql) && known.params == params;
        if let Some(rows) = self.read.iter().find(same).and_then(|known| known.rows.downcast_ref::<Vec<T>>()) {
            return Ok(rows.clone());
        }
        let rows = self.query(sql, params, read)?;
        self.know(sql, params.to_vec(), rows.clone());
        Ok(rows)
    }

    /// What [`Tx::known`] would read, told by whoever has just written it in this transaction, so that nobody has to read it back.
    pub fn know<T: Clone + 'static>(&mut self, sql: &'static Sql, params: Vec<Val>, rows: Vec<T>) {
        if self.read.len() == MOST_KNOWN {
            self.read.remove(0);
        }
        self.read.push(Read { sql, params, rows: Box::new(rows) });
    }

    /// [`Tx::known`] for at most one row; further rows are ignored.
    pub fn known_one<T: Clone + 'static>(
        &mut self,
        sql: &'static Sql,
        params: &[Val],
        read: impl FnMut(&mut Row) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        Ok(self.known(sql, params, read)?.into_iter().next())
    }

    /// Whether nothing can hang on a thing yet: it was made in this very transaction, or [somebody has looked](Tx::nothing_hangs), and the file
    /// that would have written it (`file!()`, where the tables are also read, as for [`Tx::known`]) has written nothing so far.
    pub fn is_bare(&self, thing: Uuid, file: &'static str) -> bool {
        (self.made.contains(&thing) || self.empty.contains(&(thing, file))) && !self.wrote.contains(&file)
    }

    /// Says that nothing hangs on a thing of what a file (`file!()`) asks about: somebody has looked in all of its tables. For a transaction that only
    /// reads one snapshot; in another one somebody else may hang something on it the next moment.
    pub fn nothing_hangs(&mut self, thing: Uuid, file: &'static str) {
        self.empty.insert((thing, file));
    }

    /// Like [`Query::query`], about what hangs on a thing: the first table named has a row only where somebody hung one on it. Nobody is
    /// asked while the thing [is bare](Tx::is_bare).
    pub fn hanging<T>(
        &mut self,
        thing: impl TypedId,
        sql: &'static Sql,
        params: &[Val],
        read: impl FnMut(&mut Row) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        if self.is_bare(thing.uuid(), sql.file) {
            return Ok(Vec::new());
        }
        self.query(sql, params, read)
    }

    /// [`Tx::hanging`] for at most one row; further rows are ignored.
    pub fn hanging_one<T>(
        &mut self,
        thing: impl TypedId,
        sql: &'static Sql,
        params: &[Val],
        read: impl FnMut(&mut Row) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        Ok(self.hanging(thing, sql, params, read)?.into_iter().next())
    }

    /// Says what will be read soon: `look` reads it. Its first statement goes to the database together with the next one that is asked in
    /// earnest, and whoever asks it then has the answer at hand, unless something is written in between. What `look` itself says will be read
    /// goes along as well. Only for the way to PostgreSQL; with SQLite `look` is not even called.
    pub fn ahead<T>(&mut self, look: impl FnOnce(&mut Self) -> Done<T>) {
        // `look` ends at its first statement; what it would have said is said when it is asked.
        if self.looks_ahead {
            let _ = look(self);
        } else if self.conn.ahead(true) {
            let (noted, last, due) = (self.changes.len(), self.last.len(), self.due);
            self.looks_ahead = true;
            let _ = look(self);
            self.looks_ahead = false;
            self.conn.ahead(false);
            // It may be the work itself that looked, and came as far as to say what it did.
            self.changes.truncate(noted);
            self.last.truncate(last);
            self.due = due;
        }
    }

    /// Writes something whose outcome nobody here asks for: on PostgreSQL it goes together with what is asked next, or with the commit, and its
    /// error is told there. For what cannot meet what others write.
    pub fn later(&mut self, sql: &'static Sql, params: Vec<Val>) -> Result<(), DbError> {
        self.writes(sql);
        timed(sql, || self.conn.later(sql, params, false))
    }

    /// [`Tx::later`] for what others may write as well: unless it touches exactly one row, another one was faster, and all of it is done again.
    pub fn later_one(&mut self, sql: &'static Sql, params: Vec<Val>) -> Result<(), DbError> {
        self.writes(sql);
        timed(sql, || self.conn.later(sql, params, true))
    }

    /// [`Tx::later_one`] when all else is written, so that it takes no question back that was asked ahead.
    pub fn at_last(&mut self, sql: &'static Sql, params: Vec<Val>) {
        self.last.push((sql, params));
    }

    /// Writes what was put off by [`Tx::at_last`]; called once, by what ends the transaction.
    pub fn write_last(&mut self) -> Result<(), DbError> {
        std::mem::take(&mut self.last).into_iter().try_for_each(|(sql, params)| self.later_one(sql, params))
    }

    /// What is known from its file is known no longer.
    fn writes(&mut self, sql: &'static Sql) {
        if self.looks_ahead {
            return;
        }
        self.read.retain(|known| known.sql.file != sql.file);
        if !self.wrote.contains(&sql.file) {
            self.wrote.push(sql.file);
        }
    }

    /// What was changed so far: the text forms of ids, in the order of the changes.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(|c| c.subject.as_str())
    }

    /// Takes the changes noted so far; called once, by what ends the transaction.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }
}

impl Query for Tx<'_> {
    fn conn(&mut self) -> &mut dyn Conn {
        self.conn
    }

    fn exec(&mut self, sql: &'static Sql, params: &[Val]) -> Result<u64, DbError> {
        self.writes(sql);
        timed(sql, || self.conn.exec(sql, params))
    }
}

fn differing(mut before: Map<String, Value>, mut after: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let same: Vec<String> = after.iter().filter(|(k, v)| before.get(*k) == Some(v)).map(|(k, _)| k.clone()).collect();
    for key in same {
        before.remove(&key);
        after.remove(&key);
    }
    (before, after)
}
