//! SQL of fact sets: the stamp of a tenant, published versions, drafts.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::facts::{FactKind, FactStamp, Row};

use crate::ground::db::{DbError, Done, Json, Query, Tx, code, p};
use crate::ground::web::Keyset;
use crate::org;
use crate::sql;

/// A version in force, or to be from a day on.
#[derive(Debug, Clone)]
pub struct Published {
    /// Of what.
    pub kind: FactKind,
    /// From 1.
    pub version: i64,
    /// The first day it holds.
    pub valid_from: Date,
    /// The tenant's rows.
    pub rows: Vec<Row>,
}

/// The stamp of the tenant's facts; none before anything was published.
pub fn stamp(tx: &mut Tx<'_>) -> Done<Option<FactStamp>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!("SELECT stamp FROM fact_head WHERE tenant_id = $1"), &[p(&tenant)], |r| r.next())?)
}

fn day(text: &str) -> Result<Date, DbError> {
    text.parse().map_err(|_| DbError::Row(format!("{text:?} is not a day")))
}

/// Every version that may be in force.
pub fn live(tx: &mut Tx<'_>) -> Done<Vec<Published>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!("SELECT kind, version, valid_from, rows FROM fact_version WHERE tenant_id = $1 AND live = 1 ORDER BY kind, version"),
        &[p(&tenant)],
        |r| {
            let (kind, version) = (r.coded()?, r.next()?);
            Ok(Published { kind, version, valid_from: day(&r.next::<String>()?)?, rows: r.next::<Json<Vec<Row>>>()?.0 })
        },
    )?)
}

/// A new stamp: every node reads the tenant's facts anew. Whoever else publishes waits here until this transaction ends.
pub fn restamp(tx: &mut Tx<'_>) -> Done<FactStamp> {
    let (tenant, stamp): (_, FactStamp) = (tx.tenant(), tx.new_id());
    tx.exec(
        sql!("INSERT INTO fact_head (tenant_id, stamp) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET stamp = excluded.stamp"),
        &[p(&tenant), p(&stamp)],
    )?;
    tx.remember::<super::InForce>(None);
    Ok(stamp)
}

/// A version as the history shows it.
#[derive(Debug, Clone)]
pub struct Version {
    /// Which one.
    pub id: FactStamp,
    /// From 1.
    pub version: i64,
    /// The first day it holds.
    pub valid_from: Date,
    /// Why.
    pub reason: String,
    /// Who, as shown.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The version it took up again.
    pub restored_from: Option<i64>,
}

/// Versions of a set, newest first.
pub fn versions(tx: &mut Tx<'_>, kind: FactKind, after: Keyset, limit: u32) -> Done<Vec<Version>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT id, version, valid_from, reason, by_name, published_at, restored_from FROM fact_version
             WHERE tenant_id = $1 AND kind = $2 AND version < $3 ORDER BY version DESC LIMIT $4"
        ),
        &[p(&tenant), code(&kind), p(&after.at), p(&limit)],
        |r| {
            let (id, version, valid_from) = (r.next()?, r.next()?, day(&r.next::<String>()?)?);
            Ok(Version { id, version, valid_from, reason: r.next()?, by: r.next()?, at: r.next()?, restored_from: r.next()? })
        },
    )?)
}

/// The newest version of every set.
pub fn newest(tx: &mut Tx<'_>) -> Done<Vec<(FactKind, Version)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT v.kind, v.id, v.version, v.valid_from, v.reason, v.by_name, v.published_at, v.restored_from FROM fact_version v
             WHERE v.tenant_id = $1 AND v.version = (SELECT MAX(x.version) FROM fact_version x WHERE x.tenant_id = $1 AND x.kind = v.kind)"
        ),
        &[p(&tenant)],
        |r| {
            let (kind, id, version, valid_from) = (r.coded()?, r.next()?, r.next()?, day(&r.next::<String>()?)?);
            Ok((kind, Version { id, version, valid_from, reason: r.next()?, by: r.next()?, at: r.next()?, restored_from: r.next()? }))
        },
    )?)
}

/// The tenant's rows of a version.
pub fn rows_of(tx: &mut Tx<'_>, kind: FactKind, version: i64) -> Done<Option<Vec<Row>>> {
    if version == 0 {
        return Ok(Some(Vec::new()));
    }
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT rows FROM fact_version WHERE tenant_id = $1 AND kind = $2 AND version = $3"),
        &[p(&tenant), code(&kind), p(&version)],
        |r| Ok(r.next::<Json<Vec<Row>>>()?.0),
    )?)
}

/// What is to be published.
#[derive(Debug)]
pub struct Publication<'a> {
    /// Of what.
    pub kind: FactKind,
    /// The tenant's rows.
    pub rows: &'a [Row],
    /// The first day it holds.
    pub valid_from: Date,
    /// Why.
    pub reason: &'a str,
    /// The version it takes up again.
    pub restored_from: Option<i64>,
}

/// Publishes: a version that is never written again, and a new stamp that tells every node to read anew. Its number.
pub fn publish(tx: &mut Tx<'_>, new: &Publication<'_>) -> Done<i64> {
    // First the head: whoever else publishes waits here and then counts this version.
    let id = restamp(tx)?;
    let (tenant, now) = (tx.tenant(), tx.now());
    let before = tx.number(
        sql!("SELECT COALESCE(MAX(version), 0) FROM fact_version WHERE tenant_id = $1 AND kind = $2"),
        &[p(&tenant), code(&new.kind)],
    )?;
    if !new.kind.by_day() {
        tx.exec(sql!("UPDATE fact_version SET live = 0 WHERE tenant_id = $1 AND kind = $2 AND live = 1"), &[p(&tenant), code(&new.kind)])?;
    }
    let (caller, name) = (tx.caller().label(), org::store::shown_name(tx)?);
    tx.exec(
        sql!(
            "INSERT INTO fact_version (id, tenant_id, kind, version, rows, valid_from, reason, by_caller, by_name, restored_from, published_at, live)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)"
        ),
        &[
            p(&id),
            p(&tenant),
            code(&new.kind),
            p(&(before + 1)),
            p(&Json(new.rows)),
            p(&new.valid_from.to_string()),
            p(new.reason),
            p(&caller),
            p(&name),
            p(&new.restored_from),
            p(&now),
        ],
    )?;
    Ok(before + 1)
}

/// Changes that are not published yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The version they were made over.
    pub base: i64,
    /// The tenant's rows as they would be.
    pub rows: Vec<Row>,
    /// Who changed it last, as shown.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

/// The draft of a set, held until the end of a writing transaction.
pub fn draft(tx: &mut Tx<'_>, kind: FactKind, to_change: bool) -> Done<Option<Draft>> {
    let tenant = tx.tenant();
    let params = [p(&tenant), code(&kind)];
    let question = match to_change {
        true => sql!("SELECT base, rows, by_name, edited_at, version FROM fact_draft WHERE tenant_id = $1 AND kind = $2 {for_update}"),
        false => sql!("SELECT base, rows, by_name, edited_at, version FROM fact_draft WHERE tenant_id = $1 AND kind = $2"),
    };
    Ok(tx.one(question, &params, |r| {
        let (base, rows) = (r.next()?, r.next::<Json<Vec<Row>>>()?.0);
        Ok(Draft { base, rows, by: r.next()?, at: r.next()?, version: r.next()? })
    })?)
}

/// The kinds that have a draft.
pub fn drafted(tx: &mut Tx<'_>) -> Done<Vec<FactKind>> {
    let tenant = tx.tenant();
    Ok(tx.query(sql!("SELECT kind FROM fact_draft WHERE tenant_id = $1"), &[p(&tenant)], |r| r.coded())?)
}

/// Writes a draft.
pub fn put_draft(tx: &mut Tx<'_>, kind: FactKind, draft: &Draft) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO fact_draft (tenant_id, kind, base, rows, by_name, edited_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant_id, kind) DO UPDATE SET base = excluded.base, rows = excluded.rows, by_name = excluded.by_name,
               edited_at = excluded.edited_at, version = excluded.version"
        ),
        &[p(&tenant), code(&kind), p(&draft.base), p(&Json(&draft.rows)), p(&draft.by), p(&draft.at), p(&draft.version)],
    )?;
    Ok(())
}

/// Throws a draft away.
pub fn drop_draft(tx: &mut Tx<'_>, kind: FactKind) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(sql!("DELETE FROM fact_draft WHERE tenant_id = $1 AND kind = $2"), &[p(&tenant), code(&kind)])?;
    Ok(())
}
