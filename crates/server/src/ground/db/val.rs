use jiff::Timestamp;
use postsale_domain::ground::{Id, TypedId, from_millis, to_millis};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::DbError;

/// A value as both databases keep it. Instants are milliseconds, booleans 0 and 1, money fen, JSON text.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    /// SQL NULL.
    Null,
    /// BIGINT / INTEGER.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BYTEA / BLOB.
    Bytes(Vec<u8>),
    /// UUID / BLOB of 16 bytes.
    Id(Uuid),
}

/// A Rust value that can be a parameter.
pub trait ToVal {
    /// The stored form.
    fn to_val(&self) -> Val;
}

/// A Rust value that can be read from a column.
pub trait FromVal: Sized {
    /// Reads the stored form; `None` when the column holds something else.
    fn from_val(val: Val) -> Option<Self>;
}

/// Shorthand for parameters: `&[p(&id), p(&now)]`.
pub fn p<T: ToVal + ?Sized>(value: &T) -> Val {
    value.to_val()
}

/// A value kept as JSON text.
#[derive(Debug, Clone, PartialEq)]
pub struct Json<T>(pub T);

impl<T: Serialize> ToVal for Json<T> {
    fn to_val(&self) -> Val {
        // Serialising our own plain data cannot fail; an empty object would be found by the next read.
        Val::Text(serde_json::to_string(&self.0).unwrap_or_default())
    }
}
impl<T: DeserializeOwned> FromVal for Json<T> {
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Text(text) => serde_json::from_str(&text).ok().map(Json),
            _ => None,
        }
    }
}

macro_rules! ints {
    ($($t:ty),+) => {$(
        impl ToVal for $t { fn to_val(&self) -> Val { Val::Int(i64::from(*self)) } }
        impl FromVal for $t { fn from_val(val: Val) -> Option<Self> { match val { Val::Int(n) => n.try_into().ok(), _ => None } } }
    )+};
}
ints!(i64, i32, u32, u8, u16);

impl ToVal for bool {
    fn to_val(&self) -> Val {
        Val::Int(i64::from(*self))
    }
}
impl FromVal for bool {
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Int(n) => Some(n != 0),
            _ => None,
        }
    }
}
impl ToVal for str {
    /// PostgreSQL keeps no NUL in a text; so that the same is kept everywhere, one stands as the sign for what cannot be shown.
    fn to_val(&self) -> Val {
        Val::Text(if self.contains('\0') { self.replace('\0', "\u{FFFD}") } else { self.to_owned() })
    }
}
impl ToVal for String {
    fn to_val(&self) -> Val {
        self.as_str().to_val()
    }
}
impl FromVal for String {
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Text(text) => Some(text),
            _ => None,
        }
    }
}
impl ToVal for [u8] {
    fn to_val(&self) -> Val {
        Val::Bytes(self.to_vec())
    }
}
impl ToVal for Vec<u8> {
    fn to_val(&self) -> Val {
        Val::Bytes(self.clone())
    }
}
impl FromVal for Uuid {
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Id(raw) => Some(raw),
            Val::Bytes(bytes) => Uuid::from_slice(&bytes).ok(),
            _ => None,
        }
    }
}
impl FromVal for Vec<u8> {
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}
impl ToVal for Timestamp {
    fn to_val(&self) -> Val {
        Val::Int(to_millis(*self))
    }
}
impl FromVal for Timestamp {
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Int(ms) => Some(from_millis(ms)),
            _ => None,
        }
    }
}
impl<const P: u32> ToVal for Id<P> {
    fn to_val(&self) -> Val {
        Val::Id(self.uuid())
    }
}
impl<const P: u32> FromVal for Id<P> {
    fn from_val(val: Val) -> Option<Self> {
        Uuid::from_val(val).map(Self::from_uuid)
    }
}
impl<T: ToVal> ToVal for Option<T> {
    fn to_val(&self) -> Val {
        self.as_ref().map_or(Val::Null, ToVal::to_val)
    }
}
impl<T: FromVal> FromVal for Option<T> {
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Null => Some(None),
            other => T::from_val(other).map(Some),
        }
    }
}
impl ToVal for Val {
    fn to_val(&self) -> Val {
        self.clone()
    }
}
impl FromVal for Val {
    fn from_val(val: Val) -> Option<Self> {
        Some(val)
    }
}

/// One row; columns are taken from left to right.
#[derive(Debug)]
pub struct Row {
    cells: std::vec::IntoIter<Val>,
    taken: usize,
}

impl Row {
    /// A row of these cells.
    pub fn new(cells: Vec<Val>) -> Self {
        Self { cells: cells.into_iter(), taken: 0 }
    }

    /// The next column. Errors: no column left, or another type than asked for.
    #[expect(clippy::should_implement_trait, reason = "each column has a type of its own, so this is no iterator")]
    pub fn next<T: FromVal>(&mut self) -> Result<T, DbError> {
        self.taken += 1;
        let cell = self.cells.next().ok_or_else(|| DbError::Row(format!("column {} does not exist", self.taken)))?;
        T::from_val(cell).ok_or_else(|| DbError::Row(format!("column {} is not a {}", self.taken, std::any::type_name::<T>())))
    }

    /// The next column, kept as text, read by `parse`. Errors: not text, or a word `parse` does not know.
    pub fn word<T>(&mut self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, DbError> {
        let text: String = self.next()?;
        parse(&text).ok_or_else(|| DbError::Row(format!("column {} holds the unknown word {text:?}", self.taken)))
    }

    /// The next column, kept as one word of a serde enum. Errors: not text, or not one of its words.
    pub fn coded<T: DeserializeOwned>(&mut self) -> Result<T, DbError> {
        self.word(|text| serde_json::from_value(serde_json::Value::String(text.to_owned())).ok())
    }

    /// Like [`Row::coded`], for a column that may be NULL.
    pub fn coded_opt<T: DeserializeOwned>(&mut self) -> Result<Option<T>, DbError> {
        match self.next::<Option<String>>()? {
            None => Ok(None),
            Some(text) => match serde_json::from_value(serde_json::Value::String(text.clone())) {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(DbError::Row(format!("column {} holds the unknown word {text:?}", self.taken))),
            },
        }
    }
}

/// Something that is changed under a version: whoever changes it names the version they saw.
#[derive(Debug, Clone, Serialize)]
pub struct Versioned<T> {
    /// What it is.
    #[serde(flatten)]
    pub value: T,
    /// Grows with each change.
    pub version: i64,
}

impl<T> Versioned<T> {
    /// A row whose last column is the version.
    pub fn read(row: &mut Row, read: impl FnOnce(&mut Row) -> Result<T, DbError>) -> Result<Self, DbError> {
        Ok(Self { value: read(row)?, version: row.next()? })
    }
}

/// The stored word of a serde enum: `code(&TicketState::New)` is `new`.
pub fn code<T: Serialize>(value: &T) -> Val {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Val::Text(text),
        _ => Val::Null,
    }
}

/// A LIKE pattern for "contains", with its wildcards taken literally (escape character `!`).
pub fn contains(q: &str) -> String {
    let literal = q.trim().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{literal}%")
}
