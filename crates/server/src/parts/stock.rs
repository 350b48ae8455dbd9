//! SQL of pieces: movements are kept, what lies somewhere is summed up.

use postsale_domain::ground::EngineerId;
use postsale_domain::parts::{PartId, Place, StockChange, StockLineId, StockMoveId, StockMoveKind};
use postsale_domain::visit::WorkOrderId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{Done, Query, Row, Tx, code, contains, p};
use crate::sql;

/// Why pieces move, as it is kept beside each line.
#[derive(Debug, Clone, Copy)]
pub struct Because<'a> {
    /// What moved them.
    pub kind: StockMoveKind,
    /// Why.
    pub note: &'a str,
    /// The work order they were used for.
    pub order: Option<WorkOrderId>,
    /// Who.
    pub by: &'a str,
    /// Which piece, of a part whose pieces have serials.
    pub serial: Option<&'a str>,
}

/// Keeps a movement.
pub fn keep(tx: &mut Tx<'_>, part: PartId, changes: &[StockChange], because: &Because<'_>) -> Done<()> {
    let (tenant, now, moved): (_, _, StockMoveId) = (tx.tenant(), tx.now(), tx.new_id());
    for StockChange { place, by } in changes {
        let id: StockLineId = tx.new_id();
        tx.exec(
            sql!(
                "INSERT INTO stock_line (id, tenant_id, move_id, part_id, engineer_id, kind, quantity, note, work_order_id, by_name, at, serial_no)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
            ),
            &[
                p(&id),
                p(&tenant),
                p(&moved),
                p(&part),
                p(place),
                code(&because.kind),
                p(by),
                p(because.note),
                p(&because.order),
                p(because.by),
                p(&now),
                p(&because.serial.map(str::to_owned)),
            ],
        )?;
    }
    let told: Vec<_> = changes.iter().map(|c| serde_json::json!({ "engineer": c.place, "by": c.by })).collect();
    let (kind, note, order, serial) = (because.kind, because.note, because.order, because.serial);
    let after = serde_json::json!({ "move": moved, "kind": kind, "changes": told, "note": note, "order": order, "serial": serial });
    tx.audit("stock.move", part, None, Some(&after));
    Ok(())
}

/// How many pieces of a part lie at a place.
pub fn lie(tx: &mut Tx<'_>, part: PartId, place: Place) -> Done<i64> {
    let tenant = tx.tenant();
    let sum = sql!(
        "SELECT CAST(COALESCE(SUM(quantity), 0) AS BIGINT) FROM stock_line
         WHERE tenant_id = $1 AND part_id = $2 AND engineer_id IS NOT DISTINCT FROM $3"
    );
    Ok(tx.number(sum, &[p(&tenant), p(&part), p(&place)])?)
}

/// A part that fits what a visit asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FittingPart {
    /// Which one.
    pub id: PartId,
    /// What kind of part, by code.
    pub kind: String,
    /// The number printed on it.
    pub number: String,
    /// Its name.
    pub name: String,
    /// What it is counted in.
    pub unit: String,
    /// Pieces in the warehouse.
    pub in_store: i64,
    /// Those of them that no visit waits for; below nothing when fewer are there than were kept.
    pub free: i64,
    /// Pieces the engineer of the order carries.
    pub carried: i64,
    /// Whether each piece has a serial.
    pub serialised: bool,
    /// Those the engineer carries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<String>,
}

/// Kinds a visit asks for of which nothing was found that fits; none where no catalogue is kept, for then there is nothing to look in.
pub fn unlisted(tx: &mut Tx<'_>, kinds: &[String], found: &[FittingPart]) -> Done<Vec<String>> {
    let missing: Vec<String> = kinds.iter().take(KINDS).filter(|kind| found.iter().all(|part| part.kind != **kind)).cloned().collect();
    if missing.is_empty() || found.len() >= FITTING {
        return Ok(Vec::new());
    }
    let tenant = tx.tenant();
    let kept = tx.one(sql!("SELECT id FROM part WHERE tenant_id = $1 AND off = 0 LIMIT 1"), &[p(&tenant)], |r| r.next::<PartId>())?;
    Ok(if kept.is_some() { missing } else { Vec::new() })
}

/// Most parts found for one visit.
const FITTING: usize = 20;
/// Most kinds one visit asks about.
const KINDS: usize = 8;

/// Parts of the catalogue of some kinds that fit a model, with where their pieces lie; 20 at most. Those made for the model come first.
pub fn fitting(tx: &mut Tx<'_>, kinds: &[String], model: Option<&str>, engineer: Place) -> Done<Vec<FittingPart>> {
    let Some(last) = kinds.last() else { return Ok(Vec::new()) };
    // A model as the list of models spells it; without one, only what fits all.
    let spelt = contains(&format!("\"{}\"", model.unwrap_or_default()));
    let tenant = tx.tenant();
    let mut params = vec![p(&tenant), p(&spelt), p(&engineer)];
    params.extend((0..KINDS).map(|i| p(kinds.get(i).unwrap_or(last))));
    let read = |r: &mut Row| {
        let (id, kind, number, name, unit, in_store) = (r.next()?, r.next()?, r.next()?, r.next()?, r.next()?, r.next()?);
        let (carried, kept): (_, i64) = (r.next()?, r.next()?);
        Ok(FittingPart {
            id,
            kind,
            number,
            name,
            unit,
            in_store,
            free: in_store - kept,
            carried,
            serialised: r.next()?,
            serials: Vec::new(),
        })
    };
    Ok(tx.query(
        sql!(
            "SELECT id, kind, number, name, unit,
               CAST((SELECT COALESCE(SUM(s.quantity), 0) FROM stock_line s
                 WHERE s.tenant_id = part.tenant_id AND s.part_id = part.id AND s.engineer_id IS NULL) AS BIGINT),
               CAST((SELECT COALESCE(SUM(s.quantity), 0) FROM stock_line s
                 WHERE s.tenant_id = part.tenant_id AND s.part_id = part.id AND s.engineer_id = $3) AS BIGINT),
               (SELECT COUNT(*) FROM part_reservation v WHERE v.tenant_id = part.tenant_id AND v.part_id = part.id AND v.ended_at IS NULL),
               serialised
             FROM part WHERE tenant_id = $1 AND off = 0 AND (models = '[]' OR models LIKE $2 ESCAPE '!')
               AND kind IN ($4, $5, $6, $7, $8, $9, $10, $11)
             ORDER BY CASE WHEN models = '[]' THEN 1 ELSE 0 END, kind, number LIMIT 20"
        ),
        &params,
        read,
    )?)
}

/// A part that could be put in, as an engineer at a shop reaches it.
#[derive(Debug, Clone)]
pub struct Reached {
    /// Which one.
    pub id: PartId,
    /// The number printed on it.
    pub number: String,
    /// Whether each piece has a serial.
    pub serialised: bool,
    /// Pieces the engineer carries.
    pub carried: i64,
    /// Pieces in the warehouse that nobody else waits for.
    pub to_fetch: i64,
}

/// What is put in: the kinds that do, the model it goes into, by whom and for which order.
#[derive(Debug, Clone, Copy)]
pub struct PuttingIn<'a> {
    /// One kind, or two that are the same thing.
    pub kinds: [&'a str; 2],
    /// The model it goes into; without one, all models.
    pub model: Option<&'a str>,
    /// Who carries it.
    pub engineer: EngineerId,
    /// For which order.
    pub order: WorkOrderId,
}

/// Parts of these kinds that fit, also those that are no longer bought; 50 at most. Those made for the model come first.
pub fn within_reach(tx: &mut Tx<'_>, put: &PuttingIn<'_>) -> Done<Vec<Reached>> {
    let spelt = contains(&format!("\"{}\"", put.model.unwrap_or_default()));
    let (tenant, any) = (tx.tenant(), i64::from(put.model.is_none()));
    Ok(tx.query(
        sql!(
            "SELECT id, number, serialised,
               CAST((SELECT COALESCE(SUM(s.quantity), 0) FROM stock_line s
                 WHERE s.tenant_id = part.tenant_id AND s.part_id = part.id AND s.engineer_id = $3) AS BIGINT),
               CAST((SELECT COALESCE(SUM(s.quantity), 0) FROM stock_line s
                 WHERE s.tenant_id = part.tenant_id AND s.part_id = part.id AND s.engineer_id IS NULL) AS BIGINT),
               (SELECT COUNT(*) FROM part_reservation v WHERE v.tenant_id = part.tenant_id AND v.part_id = part.id AND v.ended_at IS NULL
                 AND v.work_order_id <> $4)
             FROM part WHERE tenant_id = $1 AND kind IN ($5, $6) AND (CAST($7 AS BIGINT) = 1 OR models = '[]' OR models LIKE $2 ESCAPE '!')
             ORDER BY CASE WHEN models = '[]' THEN 1 ELSE 0 END, kind, number LIMIT 50"
        ),
        &[p(&tenant), p(&spelt), p(&put.engineer), p(&put.order), p(put.kinds[0]), p(put.kinds[1]), p(&any)],
        |r| {
            let (id, number, serialised, carried): (_, _, _, i64) = (r.next()?, r.next()?, r.next()?, r.next()?);
            let (in_store, others): (i64, i64) = (r.next()?, r.next()?);
            Ok(Reached { id, number, serialised, carried, to_fetch: in_store - others })
        },
    )?)
}

/// Whether the catalogue has parts of one of two kinds, for whatever model.
pub fn kind_is_kept(tx: &mut Tx<'_>, kinds: [&str; 2]) -> Done<bool> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!("SELECT id FROM part WHERE tenant_id = $1 AND kind IN ($2, $3) AND off = 0 LIMIT 1"),
        &[p(&tenant), p(kinds[0]), p(kinds[1])],
        |r| r.next::<PartId>(),
    )?;
    Ok(found.is_some())
}
