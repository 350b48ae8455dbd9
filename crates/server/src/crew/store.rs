//! SQL of engineers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::crew::{Absence, Engineer, Shifts, Skill};
use postsale_domain::ground::EngineerId;

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, p};
use crate::sql;

fn read(r: &mut Row) -> Result<Engineer, DbError> {
    Ok(Engineer {
        id: r.next()?,
        name: r.next()?,
        phone: r.next()?,
        territory: r.next::<Json<Vec<String>>>()?.0,
        shifts: r.next::<Json<Shifts>>()?.0,
        daily_limit: r.next()?,
        home: (r.next()?, r.next()?),
        active: r.next()?,
        skills: Vec::new(),
    })
}

fn read_skill(r: &mut Row) -> Result<(EngineerId, Skill), DbError> {
    let (id, code, until): (_, _, Option<String>) = (r.next()?, r.next()?, r.next()?);
    let valid_until = until.map(|u| u.parse::<Date>().map_err(|e| DbError::Row(format!("valid_until: {e}")))).transpose()?;
    Ok((id, Skill { code, valid_until }))
}

/// Makes an engineer; the id comes with it.
pub fn add_engineer(tx: &mut Tx<'_>, engineer: &Engineer) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO engineer (id, tenant_id, name, phone, territory, shifts, daily_limit, lat_e6, lng_e6, active)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            p(&engineer.id),
            p(&tenant),
            p(&engineer.name),
            p(&engineer.phone),
            p(&Json(&engineer.territory)),
            p(&Json(&engineer.shifts)),
            p(&engineer.daily_limit),
            p(&engineer.home.0),
            p(&engineer.home.1),
            p(&engineer.active),
        ],
    )?;
    for skill in &engineer.skills {
        tx.exec(
            sql!("INSERT INTO engineer_skill (engineer_id, skill, valid_until) VALUES ($1, $2, $3)"),
            &[p(&engineer.id), p(&skill.code), p(&skill.valid_until.map(|d| d.to_string()))],
        )?;
    }
    tx.audit("engineer.add", engineer.id, None, Some(engineer));
    Ok(())
}

/// The engineers who work here, by name; 500 at most.
pub fn engineers(tx: &mut Tx<'_>) -> Done<Vec<Engineer>> {
    let tenant = tx.tenant();
    let mut crew = tx.query(
        sql!(
            "SELECT id, name, phone, territory, shifts, daily_limit, lat_e6, lng_e6, active FROM engineer
             WHERE tenant_id = $1 AND active = 1 ORDER BY name, id LIMIT 500"
        ),
        &[p(&tenant)],
        read,
    )?;
    let mut skills: BTreeMap<EngineerId, Vec<Skill>> = BTreeMap::new();
    let known = tx.query(
        sql!(
            "SELECT s.engineer_id, s.skill, s.valid_until FROM engineer_skill s JOIN engineer e ON e.id = s.engineer_id
             WHERE e.tenant_id = $1 AND e.active = 1 ORDER BY s.skill"
        ),
        &[p(&tenant)],
        read_skill,
    )?;
    for (id, skill) in known {
        skills.entry(id).or_default().push(skill);
    }
    for engineer in &mut crew {
        engineer.skills = skills.remove(&engineer.id).unwrap_or_default();
    }
    Ok(crew)
}

/// One engineer. On PostgreSQL the row is locked until the end of the transaction: whoever gives them work, or takes it
/// on, waits here for whoever came first, so that two orders cannot slip into the same hour.
pub fn for_change(tx: &mut Tx<'_>, id: EngineerId) -> Done<Option<Engineer>> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!(
            "SELECT id, name, phone, territory, shifts, daily_limit, lat_e6, lng_e6, active FROM engineer
             WHERE tenant_id = $1 AND id = $2 {for_update}"
        ),
        &[p(&tenant), p(&id)],
        read,
    )?;
    let Some(mut engineer) = found else { return Ok(None) };
    engineer.skills = tx
        .query(
            sql!("SELECT engineer_id, skill, valid_until FROM engineer_skill WHERE engineer_id = $1 ORDER BY skill"),
            &[p(&id)],
            read_skill,
        )?
        .into_iter()
        .map(|(_, skill)| skill)
        .collect();
    Ok(Some(engineer))
}

/// The name of an engineer, whether they still work here or not.
pub fn name(tx: &mut Tx<'_>, id: EngineerId) -> Done<Option<String>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!("SELECT name FROM engineer WHERE tenant_id = $1 AND id = $2"), &[p(&tenant), p(&id)], |r| r.next())?)
}

/// Keeps an absence.
pub fn add_absence(tx: &mut Tx<'_>, absence: &Absence) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!("INSERT INTO absence (id, tenant_id, engineer_id, from_at, to_at, reason, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
        &[p(&absence.id), p(&tenant), p(&absence.engineer_id), p(&absence.from), p(&absence.to), p(&absence.reason), p(&now)],
    )?;
    tx.audit("crew.absence", absence.id, None, Some(absence));
    Ok(())
}

/// Absences that touch the time between two instants, by their end; 2000 at most.
pub fn absences(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Done<Vec<Absence>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT id, engineer_id, from_at, to_at, reason FROM absence WHERE tenant_id = $1 AND to_at > $2 AND from_at < $3
             ORDER BY to_at, id LIMIT 2000"
        ),
        &[p(&tenant), p(&from), p(&to)],
        |r| Ok(Absence { id: r.next()?, engineer_id: r.next()?, from: r.next()?, to: r.next()?, reason: r.next()? }),
    )?)
}

/// Says whether an engineer still works here.
pub fn set_active(tx: &mut Tx<'_>, id: EngineerId, active: bool) -> Done<()> {
    let tenant = tx.tenant();
    let touched = tx.exec(
        sql!("UPDATE engineer SET active = $1 WHERE tenant_id = $2 AND id = $3 AND active <> $1"),
        &[p(&active), p(&tenant), p(&id)],
    )?;
    if touched == 1 {
        tx.audit("engineer.active", id, None, Some(&serde_json::json!({ "active": active })));
    }
    Ok(())
}
