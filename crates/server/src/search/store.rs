//! SQL of the search: the same tables and the same questions on both databases.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::{DICTIONARY, Kind};
use crate::ground::db::{Done, Json, Query, Tx, Val, p};
use crate::sql;

/// Keeps the words of a thing: only what differs from before is written.
pub fn index(tx: &mut Tx<'_>, kind: Kind, id: Uuid, at: Timestamp, words: &BTreeSet<String>) -> Done<()> {
    let bare = tx.is_bare(id, file!());
    let (tenant, kind, id) = (p(&tx.tenant()), p(kind.as_str()), Val::Id(id));
    let known = match bare {
        true => None,
        false => tx.one(
            sql!("SELECT at, words, dictionary FROM search_doc WHERE tenant_id = $1 AND kind = $2 AND id = $3"),
            &[tenant.clone(), kind.clone(), id.clone()],
            |r| Ok((r.next::<Timestamp>()?, r.next::<String>()?, r.next::<String>()?)),
        )?,
    };
    let (was_at, was, dictionary) = known.unwrap_or_else(|| (at, String::new(), String::new()));
    let before: BTreeSet<&str> = was.split_whitespace().collect();
    let after: BTreeSet<&str> = words.iter().map(String::as_str).collect();
    // Cut by another dictionary, or come to be at another instant: every place is written anew.
    let anew = was_at != at || dictionary != DICTIONARY;
    if !anew && before == after {
        return Ok(());
    }
    for gone in before.iter().filter(|word| anew || !after.contains(*word)) {
        tx.exec(
            sql!("DELETE FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word = $3 AND at = $4 AND id = $5"),
            &[tenant.clone(), kind.clone(), p(*gone), p(&was_at), id.clone()],
        )?;
    }
    let new: Vec<&str> = after.iter().copied().filter(|word| anew || !before.contains(word)).collect();
    // PostgreSQL looks for each row before it writes it when told that it may be there; nobody else writes of what was just made.
    let places = match bare {
        true => sql!("INSERT INTO search_word (tenant_id, kind, at, id, word) SELECT $1, $2, $3, $4, value FROM {each($5)}"),
        false => sql!(
            "INSERT INTO search_word (tenant_id, kind, at, id, word) SELECT $1, $2, $3, $4, value FROM {each($5)} WHERE true ON CONFLICT DO NOTHING"
        ),
    };
    if !new.is_empty() {
        tx.later(places, vec![tenant.clone(), kind.clone(), p(&at), id.clone(), p(&Json(&new))])?;
    }
    tx.later(
        sql!(
            "INSERT INTO search_doc (tenant_id, kind, id, dictionary, at, words) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, kind, id) DO UPDATE SET dictionary = excluded.dictionary, at = excluded.at, words = excluded.words"
        ),
        vec![tenant, kind, id, p(DICTIONARY), p(&at), p(&format!(" {} ", words.iter().map(String::as_str).collect::<Vec<_>>().join(" ")))],
    )?;
    Ok(())
}

/// How many things were cut by another dictionary, or by none.
pub fn outdated(tx: &mut Tx<'_>) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(sql!("SELECT COUNT(*) FROM search_doc WHERE tenant_id = $1 AND dictionary <> $2"), &[p(&tenant), p(DICTIONARY)])?)
}
