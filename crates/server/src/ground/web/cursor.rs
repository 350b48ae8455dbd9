use postsale_domain::ground::{TenantId, TypedId, page_size};
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::ground::db::Done;
use crate::ground::seal::Seal;

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

/// How a list is paged.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Rows of a page, 1 to 200; 25 without it.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The place in a list after which a page starts: a sorting number and an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyset {
    /// The sorting value, e.g. milliseconds.
    pub at: i64,
    /// Decides between rows with the same sorting value.
    pub id: Uuid,
}

impl Keyset {
    /// Before the first row of an ascending list.
    pub const FIRST: Keyset = Keyset { at: i64::MIN, id: Uuid::nil() };
    /// Before the first row of a descending list.
    pub const LAST: Keyset = Keyset { at: i64::MAX, id: Uuid::max() };

    /// Reads a cursor this tenant was given for this list. Errors: `cursor.unknown`.
    pub fn open(seal: &Seal, tenant: TenantId, list: &str, cursor: Option<&str>, start: Keyset) -> Done<Keyset> {
        let Some(cursor) = cursor else { return Ok(start) };
        let read = || {
            let (text, mac) = cursor.rsplit_once('.')?;
            if seal.mac(&format!("cursor:{list}:{tenant}"), text.as_bytes()) != mac {
                return None;
            }
            let (at, id) = text.split_once('.')?;
            Some(Keyset { at: at.parse().ok()?, id: Uuid::try_parse(id).ok()? })
        };
        read().ok_or_else(|| refuse!(Invalid, "cursor.unknown").field("cursor").into())
    }

    /// The cursor that starts after this place.
    pub fn cursor(self, seal: &Seal, tenant: TenantId, list: &str) -> String {
        let text = format!("{}.{}", self.at, self.id.simple());
        let mac = seal.mac(&format!("cursor:{list}:{tenant}"), text.as_bytes());
        format!("{text}.{mac}")
    }
}

impl<T> Page<T> {
    /// Cuts `rows`, which were asked for with one more than `limit`, into a page.
    pub fn cut<I: TypedId>(
        mut rows: Vec<T>,
        limit: Option<u32>,
        seal: &Seal,
        tenant: TenantId,
        list: &str,
        key: impl Fn(&T) -> (i64, I),
    ) -> Page<T> {
        let size = page_size(limit) as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        let next_cursor = rows.last().filter(|_| more).map(|last| {
            let (at, id) = key(last);
            Keyset { at, id: id.uuid() }.cursor(seal, tenant, list)
        });
        Page { items: rows, next_cursor }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next_cursor: self.next_cursor }
    }
}

impl PageParams {
    /// Rows to ask the store for: one more than the page, to see whether another follows.
    pub fn take(&self) -> u32 {
        page_size(self.limit) + 1
    }
}
