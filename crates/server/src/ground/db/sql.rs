use std::borrow::Cow;
use std::iter;

use super::{ToVal, Val};

/// A statement of the house. Built only by [`sql!`](crate::sql), which also registers it, so that one test can prepare
/// every statement on both databases; but for the few of this layer that only PostgreSQL knows.
#[derive(Debug)]
pub struct Sql {
    /// The portable text. `{for_update}` and `{skip_locked}` become row locks on PostgreSQL and vanish on SQLite. `{each($1)}` is a table whose
    /// column `value` has the texts of a JSON list; PostgreSQL takes none with a NUL in it.
    pub text: &'static str,
    /// Where it stands.
    pub file: &'static str,
    /// Where it stands.
    pub line: u32,
}

impl Sql {
    /// Tells this statement from all others, cheaper than comparing texts: its address.
    pub(super) fn key(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Whether it only looks. What begins with `WITH` looks too: nothing is written in one, which a house rule holds.
    pub fn only_looks(&self) -> bool {
        ["SELECT", "WITH"].iter().any(|word| self.text.trim_start().starts_with(word))
    }
}

/// The entry of a statement in the register.
#[derive(Debug)]
pub struct Registered(pub &'static Sql);
inventory::collect!(Registered);

/// Every statement of the program.
pub fn registered() -> impl Iterator<Item = &'static Sql> {
    inventory::iter::<Registered>.into_iter().map(|r| r.0)
}

/// The two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

impl Dialect {
    /// The text of a statement for this database. `$1` is a name to SQLite, numbered by first appearance; `?1` is place 1.
    pub fn render(self, text: &'static str) -> Cow<'static, str> {
        match self {
            Dialect::Sqlite => {
                let plain =
                    text.replace("{for_update}", "").replace("{skip_locked}", "").replace("{each(", "json_each(").replace(")}", ")");
                Cow::Owned(('1'..='9').fold(plain, |text, digit| text.replace(&format!("${digit}"), &format!("?{digit}"))))
            }
            Dialect::Postgres if !text.contains('{') => Cow::Borrowed(text),
            Dialect::Postgres => {
                let locked = text.replace("{for_update}", "FOR UPDATE").replace("{skip_locked}", "FOR UPDATE SKIP LOCKED");
                Cow::Owned(locked.replace("{each(", "jsonb_array_elements_text(").replace(")}", "::text::jsonb)"))
            }
        }
    }

    /// The text of a migration for this database: `{id}`, `{int}`, `{bytes}`, `{strict}` and `{keyed}` stand for what
    /// differs. A `{keyed}` table is strict and, on SQLite, kept in its primary key: one tree instead of two, for narrow rows looked up by it.
    pub fn render_ddl(self, text: &str) -> String {
        let (id, int, bytes, strict, keyed) = match self {
            Dialect::Sqlite => ("BLOB", "INTEGER", "BLOB", " STRICT", " STRICT, WITHOUT ROWID"),
            Dialect::Postgres => ("UUID", "BIGINT", "BYTEA", "", ""),
        };
        text.replace("{id}", id).replace("{int}", int).replace("{bytes}", bytes).replace("{strict}", strict).replace("{keyed}", keyed)
    }
}

/// `sql!("SELECT … WHERE id = $1")`: a static, registered statement in the common subset of both databases.
#[macro_export]
macro_rules! sql {
    ($text:expr) => {{
        static STATEMENT: $crate::ground::db::Sql = $crate::ground::db::Sql { text: $text, file: file!(), line: line!() };
        $crate::ground::db::inventory::submit! { $crate::ground::db::Registered(&STATEMENT) }
        &STATEMENT
    }};
}

/// Places for fifty ids in a statement, from `$2` on: `concat!("… IN (", fifty!(), ")")`. [`fifty`] has its values.
#[macro_export]
macro_rules! fifty {
    () => {
        "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, \
         $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51"
    };
}

/// The values of a statement with [`fifty!`](crate::fifty): what `$1` is, and up to fifty ids. The last one fills the places left over.
pub fn fifty<T: ToVal + ?Sized>(first: &T, ids: impl Iterator<Item = Val>) -> Vec<Val> {
    filled(first, ids, 50)
}

fn filled<T: ToVal + ?Sized>(first: &T, ids: impl Iterator<Item = Val>, places: usize) -> Vec<Val> {
    let mut values: Vec<Val> = iter::once(first.to_val()).chain(ids).collect();
    let last = values[values.len() - 1].clone();
    values.resize(1 + places, last);
    values
}

/// A statement about some ids, once with a few places and once with fifty: see [`among!`](crate::among).
#[derive(Debug, Clone, Copy)]
pub struct Among {
    few: &'static Sql,
    fifty: &'static Sql,
}

/// Most ids for which the statement with a few places is taken.
const FEW: usize = 8;

impl Among {
    /// For [`among!`](crate::among).
    #[doc(hidden)]
    pub const fn new(few: &'static Sql, fifty: &'static Sql) -> Self {
        Self { few, fifty }
    }

    /// The one for these ids, up to fifty, with its values: what `$1` is, and the ids.
    pub fn of<T: ToVal + ?Sized>(self, first: &T, ids: impl ExactSizeIterator<Item = Val>) -> (&'static Sql, Vec<Val>) {
        if ids.len() <= FEW { (self.few, filled(first, ids, FEW)) } else { (self.fifty, fifty(first, ids)) }
    }
}

/// `among!("SELECT id, name FROM merchant WHERE tenant_id = $1 AND id IN")`: an [`Among`], for ids of which there are mostly few, such as the owners of
/// a page of tickets.
#[macro_export]
macro_rules! among {
    ($head:expr) => {
        $crate::ground::db::Among::new(
            $crate::sql!(concat!($head, " ($2, $3, $4, $5, $6, $7, $8, $9)")),
            $crate::sql!(concat!($head, " (", $crate::fifty!(), ")")),
        )
    };
}

/// A statement only PostgreSQL knows, which the test on both databases does not see.
macro_rules! only_there {
    ($text:expr) => {
        $crate::ground::db::Sql { text: $text, file: file!(), line: line!() }
    };
}
pub(super) use only_there;
