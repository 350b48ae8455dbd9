//! SQL of canned replies and macros: two short lists of a tenant.

use jiff::Timestamp;
use postsale_domain::canned::{CannedId, Share};
use postsale_domain::ground::{BranchId, TypedId, UserId};
use postsale_domain::ticket::recipe::{RecipeId, Step};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, code, p};
use crate::ground::web::Keyset;
use crate::sql;

/// A canned reply.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Canned {
    /// Which one.
    pub id: CannedId,
    /// Who may use it.
    pub share: Share,
    /// Who wrote it.
    pub owner_id: UserId,
    /// Their name.
    pub owner_name: String,
    /// The branch it belongs to, of a team's.
    #[serde(skip)]
    pub branch_id: Option<BranchId>,
    /// What people look for.
    pub name: String,
    /// The words, with holes.
    pub body: String,
    /// The last change.
    pub updated_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

macro_rules! canned {
    () => {
        "SELECT c.id, c.share, c.owner_id, u.display_name, c.branch_id, c.name, c.body, c.updated_at, c.version
         FROM canned_reply c JOIN app_user u ON u.id = c.owner_id
         WHERE c.tenant_id = $1 AND (c.share = 'all' OR c.owner_id = $2 OR (c.share = 'team' AND c.branch_id = $3))"
    };
}

fn read(r: &mut Row) -> Result<Canned, DbError> {
    Ok(Canned {
        id: r.next()?,
        share: r.coded()?,
        owner_id: r.next()?,
        owner_name: r.next()?,
        branch_id: r.next()?,
        name: r.next()?,
        body: r.next()?,
        updated_at: r.next()?,
        version: r.next()?,
    })
}

/// What somebody may use, newest first, after a place.
pub fn list(tx: &mut Tx<'_>, me: UserId, after: Keyset, limit: u32) -> Done<Vec<Canned>> {
    let (tenant, branch, id) = (tx.tenant(), tx.caller().branch(), CannedId::from_uuid(after.id));
    Ok(tx.query(
        sql!(concat!(canned!(), " AND c.id < $4 ORDER BY c.id DESC LIMIT $5")),
        &[p(&tenant), p(&me), p(&branch), p(&id), p(&limit)],
        read,
    )?)
}

/// One somebody may use.
pub fn one(tx: &mut Tx<'_>, me: UserId, id: CannedId) -> Done<Option<Canned>> {
    let (tenant, branch) = (tx.tenant(), tx.caller().branch());
    Ok(tx.one(sql!(concat!(canned!(), " AND c.id = $4")), &[p(&tenant), p(&me), p(&branch), p(&id)], read)?)
}

/// How many somebody wrote.
pub fn count_of(tx: &mut Tx<'_>, me: UserId) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(sql!("SELECT COUNT(*) FROM canned_reply WHERE tenant_id = $1 AND owner_id = $2"), &[p(&tenant), p(&me)])?)
}

/// Keeps a new one.
pub fn add(tx: &mut Tx<'_>, c: &Canned) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO canned_reply (id, tenant_id, share, owner_id, branch_id, name, body, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &[p(&c.id), p(&tenant), code(&c.share), p(&c.owner_id), p(&c.branch_id), p(&c.name), p(&c.body), p(&c.updated_at), p(&c.version)],
    )?;
    tx.audit("canned.add", c.id, None, Some(c));
    Ok(())
}

/// Writes what changed under the version that was read. `false`: somebody was quicker.
pub fn save(tx: &mut Tx<'_>, before: &Canned, after: &Canned) -> Done<bool> {
    let tenant = tx.tenant();
    let touched = tx.exec(
        sql!(
            "UPDATE canned_reply SET share = $1, branch_id = $2, name = $3, body = $4, updated_at = $5, version = $6
             WHERE tenant_id = $7 AND id = $8 AND version = $9"
        ),
        &[
            code(&after.share),
            p(&after.branch_id),
            p(&after.name),
            p(&after.body),
            p(&after.updated_at),
            p(&after.version),
            p(&tenant),
            p(&after.id),
            p(&before.version),
        ],
    )?;
    tx.audit("canned.change", after.id, Some(before), Some(after));
    Ok(touched == 1)
}

/// Takes one away.
pub fn remove(tx: &mut Tx<'_>, c: &Canned) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(sql!("DELETE FROM canned_reply WHERE tenant_id = $1 AND id = $2"), &[p(&tenant), p(&c.id)])?;
    tx.audit("canned.remove", c.id, Some(c), None);
    Ok(())
}

/// A macro.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Recipe {
    /// Which one.
    pub id: RecipeId,
    /// What people look for.
    pub name: String,
    /// What it does, in order.
    pub steps: Vec<Step>,
    /// The last change.
    pub updated_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

fn read_recipe(r: &mut Row) -> Result<Recipe, DbError> {
    Ok(Recipe { id: r.next()?, name: r.next()?, steps: r.next::<Json<Vec<Step>>>()?.0, updated_at: r.next()?, version: r.next()? })
}

/// The macros of the tenant, newest first, after a place.
pub fn recipes(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<Recipe>> {
    let (tenant, id) = (tx.tenant(), RecipeId::from_uuid(after.id));
    Ok(tx.query(
        sql!("SELECT id, name, steps, updated_at, version FROM recipe WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
        &[p(&tenant), p(&id), p(&limit)],
        read_recipe,
    )?)
}

/// One macro.
pub fn recipe(tx: &mut Tx<'_>, id: RecipeId) -> Done<Option<Recipe>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT id, name, steps, updated_at, version FROM recipe WHERE tenant_id = $1 AND id = $2"),
        &[p(&tenant), p(&id)],
        read_recipe,
    )?)
}

/// How many macros there are.
pub fn recipe_count(tx: &mut Tx<'_>) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(sql!("SELECT COUNT(*) FROM recipe WHERE tenant_id = $1"), &[p(&tenant)])?)
}

/// Keeps a new macro.
pub fn add_recipe(tx: &mut Tx<'_>, r: &Recipe) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!("INSERT INTO recipe (id, tenant_id, name, steps, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6)"),
        &[p(&r.id), p(&tenant), p(&r.name), p(&Json(&r.steps)), p(&r.updated_at), p(&r.version)],
    )?;
    tx.audit("recipe.add", r.id, None, Some(r));
    Ok(())
}

/// Writes what changed under the version that was read. `false`: somebody was quicker.
pub fn save_recipe(tx: &mut Tx<'_>, before: &Recipe, after: &Recipe) -> Done<bool> {
    let tenant = tx.tenant();
    let touched = tx.exec(
        sql!("UPDATE recipe SET name = $1, steps = $2, updated_at = $3, version = $4 WHERE tenant_id = $5 AND id = $6 AND version = $7"),
        &[p(&after.name), p(&Json(&after.steps)), p(&after.updated_at), p(&after.version), p(&tenant), p(&after.id), p(&before.version)],
    )?;
    tx.audit("recipe.change", after.id, Some(before), Some(after));
    Ok(touched == 1)
}

/// Takes a macro away.
pub fn remove_recipe(tx: &mut Tx<'_>, r: &Recipe) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(sql!("DELETE FROM recipe WHERE tenant_id = $1 AND id = $2"), &[p(&tenant), p(&r.id)])?;
    tx.audit("recipe.remove", r.id, Some(r), None);
    Ok(())
}
