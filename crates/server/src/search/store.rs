//! SQL of the search: the same tables and the same questions on both databases.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::{DICTIONARY, Kind};
use crate::ground::db::{Done, Query, Tx, Val, p};
use crate::sql;

/// Keeps the words of a thing: only what differs from before is written.
pub fn index(tx: &mut Tx<'_>, kind: Kind, id: Uuid, at: Timestamp, words: &BTreeSet<String>) -> Done<()> {
    let (tenant, kind, id) = (p(&tx.tenant()), p(kind.as_str()), Val::Id(id));
    let before: BTreeSet<String> = tx
        .query(
            sql!("SELECT word FROM search_word WHERE tenant_id = $1 AND kind = $2 AND id = $3"),
            &[tenant.clone(), kind.clone(), id.clone()],
            |r| r.next(),
        )?
        .into_iter()
        .collect();
    for gone in before.difference(words) {
        tx.exec(
            sql!("DELETE FROM search_word WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND word = $4"),
            &[tenant.clone(), kind.clone(), id.clone(), p(gone)],
        )?;
    }
    for new in words.difference(&before) {
        tx.exec(
            sql!("INSERT INTO search_word (tenant_id, kind, word, at, id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"),
            &[tenant.clone(), kind.clone(), p(new), p(&at), id.clone()],
        )?;
    }
    tx.exec(
        sql!(
            "INSERT INTO search_doc (tenant_id, kind, id, dictionary) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, kind, id) DO UPDATE SET dictionary = excluded.dictionary"
        ),
        &[tenant, kind, id, p(DICTIONARY)],
    )?;
    Ok(())
}

/// How many things were cut by another dictionary, or by none.
pub fn outdated(tx: &mut Tx<'_>) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(sql!("SELECT COUNT(*) FROM search_doc WHERE tenant_id = $1 AND dictionary <> $2"), &[p(&tenant), p(DICTIONARY)])?)
}
