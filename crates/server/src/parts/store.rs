//! SQL of the catalogue of parts.

use postsale_domain::ground::TypedId;
use postsale_domain::parts::{PartDraft, PartId};
use postsale_domain::refuse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, contains, p};
use crate::ground::web::Keyset;
use crate::sql;

/// A part as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CataloguePart {
    /// Which one.
    pub id: PartId,
    /// What is said of it, with the version it has.
    #[serde(flatten)]
    pub said: PartDraft,
}

macro_rules! of_part {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT id, version, number, name, kind, models, unit, price_fen, serialised, min_stock, off FROM part WHERE tenant_id = $1 AND ",
            $rest
        ))
    };
}

fn read(r: &mut Row) -> Result<CataloguePart, DbError> {
    Ok(CataloguePart {
        id: r.next()?,
        said: PartDraft {
            version: r.next()?,
            number: r.next()?,
            name: r.next()?,
            kind: r.next()?,
            models: r.next::<Json<Vec<String>>>()?.0,
            unit: r.next()?,
            price_fen: r.next()?,
            serialised: r.next()?,
            min_stock: r.next()?,
            off: r.next()?,
        },
    })
}

/// A part with how many pieces there are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StockedPart {
    /// The part.
    #[serde(flatten)]
    pub part: CataloguePart,
    /// Pieces in the warehouse.
    pub in_store: i64,
    /// Pieces engineers carry.
    pub carried: i64,
    /// Pieces of the warehouse that wait for visits.
    pub reserved: i64,
}

macro_rules! stocked {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT id, version, number, name, kind, models, unit, price_fen, serialised, min_stock, off,
               CAST((SELECT COALESCE(SUM(s.quantity), 0) FROM stock_line s
                 WHERE s.tenant_id = part.tenant_id AND s.part_id = part.id AND s.engineer_id IS NULL) AS BIGINT),
               CAST((SELECT COALESCE(SUM(s.quantity), 0) FROM stock_line s
                 WHERE s.tenant_id = part.tenant_id AND s.part_id = part.id AND s.engineer_id IS NOT NULL) AS BIGINT),
               (SELECT COUNT(*) FROM part_reservation v WHERE v.tenant_id = part.tenant_id AND v.part_id = part.id AND v.ended_at IS NULL)
             FROM part WHERE tenant_id = $1 AND ",
            $rest
        ))
    };
}

fn read_stocked(r: &mut Row) -> Result<StockedPart, DbError> {
    Ok(StockedPart { part: read(r)?, in_store: r.next()?, carried: r.next()?, reserved: r.next()? })
}

/// Which parts of the catalogue.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Those whose number, name or models hold it.
    pub q: &'a str,
    /// Only those of which fewer lie in the warehouse than should.
    pub low: bool,
}

/// Parts, newest first, after a place.
pub fn list(tx: &mut Tx<'_>, wanted: Wanted<'_>, after: Keyset, limit: u32) -> Done<Vec<StockedPart>> {
    let (tenant, id, q) = (tx.tenant(), PartId::from_uuid(after.id), wanted.q);
    let low = i64::from(wanted.low);
    if q.trim().is_empty() {
        return Ok(tx.query(
            stocked!(
                "id < $2 AND (CAST($4 AS BIGINT) = 0 OR (off = 0 AND min_stock > (SELECT COALESCE(SUM(s.quantity), 0) FROM stock_line s
                   WHERE s.tenant_id = part.tenant_id AND s.part_id = part.id AND s.engineer_id IS NULL)))
                 ORDER BY id DESC LIMIT $3"
            ),
            &[p(&tenant), p(&id), p(&limit), p(&low)],
            read_stocked,
        )?);
    }
    Ok(tx.query(
        stocked!(
            "id < $2 AND (number LIKE $4 ESCAPE '!' OR name LIKE $5 ESCAPE '!' OR models LIKE $5 ESCAPE '!')
               AND (CAST($6 AS BIGINT) = 0 OR (off = 0 AND min_stock > (SELECT COALESCE(SUM(s.quantity), 0) FROM stock_line s
                 WHERE s.tenant_id = part.tenant_id AND s.part_id = part.id AND s.engineer_id IS NULL)))
             ORDER BY id DESC LIMIT $3"
        ),
        &[p(&tenant), p(&id), p(&limit), p(&contains(&q.to_ascii_uppercase())), p(&contains(q)), p(&low)],
        read_stocked,
    )?)
}

/// One part.
pub fn part(tx: &mut Tx<'_>, id: PartId) -> Done<Option<CataloguePart>> {
    let tenant = tx.tenant();
    Ok(tx.one(of_part!("id = $2"), &[p(&tenant), p(&id)], read)?)
}

/// One part with its pieces.
pub fn with_stock(tx: &mut Tx<'_>, id: PartId) -> Done<Option<StockedPart>> {
    let tenant = tx.tenant();
    Ok(tx.one(stocked!("id = $2"), &[p(&tenant), p(&id)], read_stocked)?)
}

/// Holds a part until the transaction ends: nobody else moves its pieces meanwhile. `false`: there is no such part.
pub fn hold(tx: &mut Tx<'_>, id: PartId) -> Done<bool> {
    let tenant = tx.tenant();
    let held =
        tx.one(sql!("SELECT version FROM part WHERE tenant_id = $1 AND id = $2 {for_update}"), &[p(&tenant), p(&id)], |r| r.next::<i64>())?;
    Ok(held.is_some())
}

/// The part of a number.
pub fn by_number(tx: &mut Tx<'_>, number: &str) -> Done<Option<CataloguePart>> {
    let tenant = tx.tenant();
    Ok(tx.one(of_part!("number = $2"), &[p(&tenant), p(number)], read)?)
}

/// Keeps a new part. Errors: `part.number_taken`.
pub fn add(tx: &mut Tx<'_>, part: &CataloguePart) -> Done<()> {
    let (tenant, said) = (tx.tenant(), &part.said);
    let added = tx.exec(
        sql!(
            "INSERT INTO part (id, tenant_id, number, name, kind, models, unit, price_fen, serialised, min_stock, off, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1) ON CONFLICT (tenant_id, number) DO NOTHING"
        ),
        &[
            p(&part.id),
            p(&tenant),
            p(&said.number),
            p(&said.name),
            p(&said.kind),
            p(&Json(&said.models)),
            p(&said.unit),
            p(&said.price_fen),
            p(&said.serialised),
            p(&said.min_stock),
            p(&said.off),
        ],
    )?;
    if added == 0 {
        return Err(refuse!(Conflict, "part.number_taken", number = &said.number).field("number").into());
    }
    tx.audit("part.add", part.id, None, Some(part));
    Ok(())
}

/// Writes what changed under the version that was read; the number stays for life. `false`: somebody was quicker.
pub fn save(tx: &mut Tx<'_>, before: &CataloguePart, after: &CataloguePart) -> Done<bool> {
    let (tenant, said) = (tx.tenant(), &after.said);
    let touched = tx.exec(
        sql!(
            "UPDATE part SET name = $1, kind = $2, models = $3, unit = $4, price_fen = $5, serialised = $6, min_stock = $7, off = $8,
               version = version + 1 WHERE tenant_id = $9 AND id = $10 AND version = $11"
        ),
        &[
            p(&said.name),
            p(&said.kind),
            p(&Json(&said.models)),
            p(&said.unit),
            p(&said.price_fen),
            p(&said.serialised),
            p(&said.min_stock),
            p(&said.off),
            p(&tenant),
            p(&after.id),
            p(&before.said.version),
        ],
    )?;
    tx.audit("part.change", after.id, Some(before), Some(after));
    Ok(touched == 1)
}
