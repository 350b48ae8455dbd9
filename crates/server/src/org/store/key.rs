//! SQL of keys for programs.

use jiff::{SignedDuration, Timestamp};
use postsale_domain::ground::{Role, TypedId, UserId};
use postsale_domain::org::ApiKeyId;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::session;
use crate::ground::db::{Bare, DbError, Done, Query, Row, Tx, p};
use crate::ground::web::Keyset;
use crate::sql;

/// Keys remember their latest use no finer than this, so that a busy program does not write with every reading.
const USE_NOTED: SignedDuration = SignedDuration::from_mins(10);

/// A key as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiKey {
    /// Which one.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// How its secret begins, to find it in a program's settings.
    pub prefix: String,
    /// Who holds it; what it does is done in their name.
    pub user_id: UserId,
    /// Their name.
    pub user_name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// Its latest use, to about ten minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

fn read(r: &mut Row) -> Result<ApiKey, DbError> {
    Ok(ApiKey {
        id: r.next()?,
        name: r.next()?,
        prefix: r.next()?,
        user_id: r.next()?,
        user_name: r.next()?,
        role: r.word(Role::parse)?,
        created_at: r.next()?,
        expires_at: r.next()?,
        last_used_at: r.next()?,
        ended_at: r.next()?,
    })
}

/// The person behind a key's hash with the key's role, if both still work; and whether its use should be noted.
pub fn caller_of(bare: &mut Bare<'_>, secret_hash: &[u8], now: Timestamp) -> Done<Option<(postsale_domain::ground::Caller, bool)>> {
    Ok(bare.one(
        sql!(
            "SELECT u.tenant_id, u.id, k.role, CASE WHEN k.role = u.role THEN u.engineer_id END, CASE WHEN k.role = u.role THEN u.acquirer_id END,
               u.branch_id, k.last_used_at
             FROM api_key k JOIN app_user u ON u.id = k.user_id
             WHERE k.secret_hash = $1 AND k.ended_at IS NULL AND k.expires_at > $2 AND u.disabled_at IS NULL"
        ),
        &[p(secret_hash), p(&now)],
        |r| {
            let caller = session::caller(r)?;
            let used: Option<Timestamp> = r.next()?;
            Ok((caller, used.is_none_or(|at| now.duration_since(at) >= USE_NOTED)))
        },
    )?)
}

/// Notes that a key was used.
pub fn used(bare: &mut Bare<'_>, secret_hash: &[u8], now: Timestamp) -> Done<()> {
    bare.exec(sql!("UPDATE api_key SET last_used_at = $1 WHERE secret_hash = $2"), &[p(&now), p(secret_hash)])?;
    Ok(())
}

/// A key to be made.
#[derive(Debug)]
pub struct NewKey<'a> {
    /// What it is for.
    pub name: &'a str,
    /// How its secret begins.
    pub prefix: &'a str,
    /// The secret's hash.
    pub secret_hash: &'a [u8],
    /// Who holds it.
    pub user: UserId,
    /// What it may do.
    pub role: Role,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Makes a key.
pub fn add(tx: &mut Tx<'_>, new: &NewKey<'_>) -> Done<ApiKeyId> {
    let (id, tenant, now): (ApiKeyId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, role, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &[
            p(&id),
            p(&tenant),
            p(&new.user),
            p(new.name),
            p(new.prefix),
            p(new.secret_hash),
            p(new.role.as_str()),
            p(&now),
            p(&new.expires_at),
        ],
    )?;
    let kept = json!({ "name": new.name, "prefix": new.prefix, "user": new.user, "role": new.role, "expires_at": new.expires_at });
    tx.audit("api_key.add", id, None, Some(&kept));
    Ok(id)
}

/// Keys, newest first.
pub fn keys(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<ApiKey>> {
    let (tenant, start) = (tx.tenant(), ApiKeyId::from_uuid(after.id));
    Ok(tx.query(
        sql!(
            "SELECT k.id, k.name, k.prefix, k.user_id, u.display_name, k.role, k.created_at, k.expires_at, k.last_used_at, k.ended_at
             FROM api_key k JOIN app_user u ON u.id = k.user_id WHERE k.tenant_id = $1 AND k.id < $2 ORDER BY k.id DESC LIMIT $3"
        ),
        &[p(&tenant), p(&start), p(&limit)],
        read,
    )?)
}

/// One key.
pub fn key(tx: &mut Tx<'_>, id: ApiKeyId) -> Done<Option<ApiKey>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT k.id, k.name, k.prefix, k.user_id, u.display_name, k.role, k.created_at, k.expires_at, k.last_used_at, k.ended_at
             FROM api_key k JOIN app_user u ON u.id = k.user_id WHERE k.tenant_id = $1 AND k.id = $2"
        ),
        &[p(&tenant), p(&id)],
        read,
    )?)
}

/// Ends a key. `false`: there is none such that works.
pub fn end(tx: &mut Tx<'_>, id: ApiKeyId) -> Done<bool> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let ended = tx.exec(
        sql!("UPDATE api_key SET ended_at = $1 WHERE id = $2 AND tenant_id = $3 AND ended_at IS NULL"),
        &[p(&now), p(&id), p(&tenant)],
    )?;
    if ended == 1 {
        tx.audit("api_key.end", id, None, Some(&json!({ "ended_at": now })));
    }
    Ok(ended == 1)
}

/// Ends every key of a person; the number ended.
pub fn end_of(tx: &mut Tx<'_>, user: UserId) -> Done<u64> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let ended = tx.exec(
        sql!("UPDATE api_key SET ended_at = $1 WHERE user_id = $2 AND tenant_id = $3 AND ended_at IS NULL"),
        &[p(&now), p(&user), p(&tenant)],
    )?;
    if ended > 0 {
        tx.audit("api_key.end", user, None, Some(&json!({ "keys": ended, "ended_at": now })));
    }
    Ok(ended)
}
