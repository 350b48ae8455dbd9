//! Changing a set: a draft over what is in force, row by row; publishing it; taking up an older version again.

use std::sync::Arc;

use jiff::civil::Date;
use postsale_domain::facts::{FactKind, Laid, Origin, Row, Wrong, code_of, difference, lay};
use postsale_domain::ground::{from_millis, mask_cards};
use postsale_domain::refuse;
use serde_json::{Value, json};

use super::force::in_force;
use super::rows::shipped;
use super::store::{self, Draft, Publication};
use super::verdict::verdict;
use crate::ground::db::{Done, Tx};
use crate::ground::when;
use crate::{org, sla};

/// Most rows a tenant may have of a set.
const MOST_ROWS: usize = 2000;

/// The draft as it was seen, held for change. `seen` is its version, none for "there was no draft". Errors: `fact.draft_changed`.
fn held(tx: &mut Tx<'_>, kind: FactKind, seen: Option<i64>) -> Done<Draft> {
    let (version, set) = in_force(tx)?.newest(kind);
    let kept = store::draft(tx, kind, true)?;
    if kept.as_ref().map(|d| d.version) != seen {
        return Err(refuse!(Conflict, "fact.draft_changed").into());
    }
    let own = || set.iter().filter(|l| l.origin != Origin::Shipped).map(|l| l.row.clone()).collect();
    Ok(kept.unwrap_or_else(|| Draft { base: version, rows: own(), by: String::new(), at: from_millis(0), version: 0 }))
}

fn keep(tx: &mut Tx<'_>, kind: FactKind, draft: Draft) -> Done<()> {
    let (by, at) = (org::store::shown_name(tx)?, tx.now());
    store::put_draft(tx, kind, &Draft { by, at, version: draft.version + 1, ..draft })
}

/// Writes a row into the draft. Errors: `fact.draft_changed`, `fact.too_many`, what is wrong with the row.
pub fn put(tx: &mut Tx<'_>, kind: FactKind, seen: Option<i64>, code: &str, given: &Row) -> Done<()> {
    let mut draft = held(tx, kind, seen)?;
    let mut row = given.clone();
    row.retain(|name, value| !value.is_null() && (name != "off" || *value != Value::Bool(false)));
    row.insert("code".into(), json!(code.trim()));
    let code = code.trim();
    match draft.rows.iter_mut().find(|r| code_of(r) == code) {
        Some(known) => *known = row,
        None => draft.rows.push(row),
    }
    if draft.rows.len() > MOST_ROWS {
        return Err(refuse!(Invalid, "fact.too_many", most = MOST_ROWS).into());
    }
    if let Some(first) = wrong(tx, kind, &draft.rows)?.into_iter().find(|w| w.row == code || w.row.is_empty()) {
        return Err(first.why.field(format!("row.{}", first.field)).into());
    }
    keep(tx, kind, draft)
}

/// Takes a row back to what ships, or out when it is the tenant's own and was never published. Errors: `fact.draft_changed`,
/// `fact.published_row`, `fact.nothing_changed`.
pub fn reset(tx: &mut Tx<'_>, kind: FactKind, seen: Option<i64>, code: &str) -> Done<()> {
    let mut draft = held(tx, kind, seen)?;
    let known = shipped(kind).iter().any(|r| code_of(r) == code);
    let published = in_force(tx)?.newest(kind).1.iter().any(|l| code_of(&l.row) == code);
    if !known && published {
        return Err(refuse!(Conflict, "fact.published_row").into());
    }
    let before = draft.rows.len();
    draft.rows.retain(|r| code_of(r) != code);
    if draft.rows.len() == before {
        return Err(refuse!(Conflict, "fact.nothing_changed").into());
    }
    keep(tx, kind, draft)
}

/// Throws the draft away. Errors: `fact.draft_changed`.
pub fn discard(tx: &mut Tx<'_>, kind: FactKind, seen: i64) -> Done<()> {
    held(tx, kind, Some(seen))?;
    store::drop_draft(tx, kind)
}

/// Everything wrong with these rows of the tenant.
pub fn wrong(tx: &mut Tx<'_>, kind: FactKind, rows: &[Row]) -> Done<Vec<Wrong>> {
    let force = in_force(tx)?;
    Ok(verdict(kind, &lay(shipped(kind), rows), &force.newest(kind).1, &force))
}

/// Publishes the draft. Errors: `fact.draft_changed`, `reason.missing`, `fact.nothing_changed`, `fact.draft_behind`, `fact.bad_start`,
/// what is wrong with a row.
pub fn publish(tx: &mut Tx<'_>, kind: FactKind, seen: i64, reason: &str, valid_from: Option<Date>) -> Done<()> {
    let draft = held(tx, kind, Some(seen))?;
    let (version, before) = in_force(tx)?.newest(kind);
    if draft.base != version {
        return Err(refuse!(Conflict, "fact.draft_behind", version = version).into());
    }
    bring(tx, kind, &before, &draft.rows, reason, valid_from, None)?;
    store::drop_draft(tx, kind)
}

/// Takes up an older version again, as a new one; 0 is what ships. Errors: `not_found`, `fact.draft_behind`, those of [`publish`].
pub fn restore(tx: &mut Tx<'_>, kind: FactKind, seen: i64, version: i64, reason: &str, valid_from: Option<Date>) -> Done<()> {
    let (newest, before) = in_force(tx)?.newest(kind);
    if newest != seen {
        return Err(refuse!(Conflict, "fact.draft_behind", version = newest).into());
    }
    let rows = store::rows_of(tx, kind, version)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    bring(tx, kind, &before, &rows, reason, valid_from, Some(version))
}

fn bring(
    tx: &mut Tx<'_>,
    kind: FactKind,
    before: &Arc<Vec<Laid>>,
    rows: &[Row],
    reason: &str,
    valid_from: Option<Date>,
    restored_from: Option<i64>,
) -> Done<()> {
    let reason = mask_cards(reason.trim()).text;
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(refuse!(Invalid, "reason.missing").field("reason").into());
    }
    let today = when::day(tx.now());
    let valid_from = valid_from.unwrap_or(today);
    // What was already promised at a price stays; a price list cannot begin yesterday.
    if valid_from < today || valid_from > today && !kind.by_day() {
        return Err(refuse!(Invalid, "fact.bad_start").field("valid_from").into());
    }
    if let Some(first) = wrong(tx, kind, rows)?.into_iter().next() {
        return Err(first.why.field(format!("rows.{}.{}", first.row, first.field)).into());
    }
    let after = lay(shipped(kind), rows);
    let changes = difference(before, &after);
    if changes.is_empty() {
        return Err(refuse!(Conflict, "fact.nothing_changed").into());
    }
    let version = store::publish(tx, &Publication { kind, rows, valid_from, reason: &reason, restored_from })?;
    let told = json!({ "version": version, "reason": reason, "valid_from": valid_from.to_string(), "restored_from": restored_from, "changes": changes });
    tx.audit("fact.publish", kind.as_str(), None, Some(&told));
    if kind == FactKind::Calendars {
        recount(tx, &changes.iter().filter_map(|c| c.code.parse().ok()).collect::<Vec<i16>>())?;
    }
    Ok(())
}

/// Clocks that run into a year whose days have changed are computed anew; earlier ones cannot be touched by it.
fn recount(tx: &mut Tx<'_>, years: &[i16]) -> Done<()> {
    let Some(first) = years.iter().min() else { return Ok(()) };
    let begin = Date::new(*first, 1, 1).ok().and_then(|d| d.to_zoned(when::zone()).ok());
    if let Some(begin) = begin {
        for ticket in sla::store::again(tx, begin.timestamp())? {
            crate::flow::desk::due_again(tx, ticket)?;
        }
    }
    Ok(())
}
