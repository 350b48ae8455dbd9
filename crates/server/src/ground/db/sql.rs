use std::borrow::Cow;

/// A statement of the house. Built only by [`sql!`](crate::sql), which also registers it, so that one test can prepare
/// every statement on both databases; but for the few of this layer that only PostgreSQL knows.
#[derive(Debug)]
pub struct Sql {
    /// The portable text. `{for_update}` and `{skip_locked}` become row locks on PostgreSQL and vanish on SQLite.
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
                let plain = text.replace("{for_update}", "").replace("{skip_locked}", "");
                Cow::Owned(('1'..='9').fold(plain, |text, digit| text.replace(&format!("${digit}"), &format!("?{digit}"))))
            }
            Dialect::Postgres if !text.contains('{') => Cow::Borrowed(text),
            Dialect::Postgres => Cow::Owned(text.replace("{for_update}", "FOR UPDATE").replace("{skip_locked}", "FOR UPDATE SKIP LOCKED")),
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

/// A statement only PostgreSQL knows, which the test on both databases does not see.
macro_rules! only_there {
    ($text:expr) => {
        $crate::ground::db::Sql { text: $text, file: file!(), line: line!() }
    };
}
pub(super) use only_there;
