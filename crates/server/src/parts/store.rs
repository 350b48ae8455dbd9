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

/// Parts, newest first, after a place; with `q` those whose number, name, kind or models hold it.
pub fn list(tx: &mut Tx<'_>, q: &str, after: Keyset, limit: u32) -> Done<Vec<CataloguePart>> {
    let (tenant, id) = (tx.tenant(), PartId::from_uuid(after.id));
    if q.trim().is_empty() {
        return Ok(tx.query(of_part!("id < $2 ORDER BY id DESC LIMIT $3"), &[p(&tenant), p(&id), p(&limit)], read)?);
    }
    Ok(tx.query(
        of_part!(
            "id < $2 AND (number LIKE $4 ESCAPE '!' OR name LIKE $5 ESCAPE '!' OR models LIKE $5 ESCAPE '!') ORDER BY id DESC LIMIT $3"
        ),
        &[p(&tenant), p(&id), p(&limit), p(&contains(&q.to_ascii_uppercase())), p(&contains(q))],
        read,
    )?)
}

/// One part.
pub fn part(tx: &mut Tx<'_>, id: PartId) -> Done<Option<CataloguePart>> {
    let tenant = tx.tenant();
    Ok(tx.one(of_part!("id = $2"), &[p(&tenant), p(&id)], read)?)
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
