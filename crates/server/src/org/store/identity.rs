//! SQL of company accounts: the terms with a provider, whom it has named, and answers that are spent.

use jiff::Timestamp;
use postsale_domain::ground::{TenantId, UserId};
use postsale_domain::org::UserState;
use postsale_domain::org::identity::{Named, Terms};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::ground::db::{Bare, DbError, Done, Json, Query, Row, Stop, Tx, p};
use crate::sql;

/// What is agreed with a provider.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The terms.
    pub terms: Terms,
    /// Our secret there, locked.
    pub secret: Vec<u8>,
    /// Since when.
    pub changed_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

fn read(r: &mut Row) -> Result<Kept, DbError> {
    let Json(terms) = r.next()?;
    Ok(Kept { terms, secret: r.next()?, changed_at: r.next()?, version: r.next()? })
}

/// The provider of the caller's tenant.
pub fn provider(tx: &mut Tx<'_>) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!("SELECT terms, secret, changed_at, version FROM identity_provider WHERE tenant_id = $1"), &[p(&tenant)], read)?)
}

/// The provider of a tenant, before anybody is known.
pub fn provider_of(bare: &mut Bare<'_>, tenant: TenantId) -> Done<Option<Kept>> {
    Ok(bare.one(sql!("SELECT terms, secret, changed_at, version FROM identity_provider WHERE tenant_id = $1"), &[p(&tenant)], read)?)
}

/// The only tenant of the installation; `None` when there are several.
pub fn only_tenant(bare: &mut Bare<'_>) -> Done<Option<TenantId>> {
    let two: Vec<TenantId> = bare.query(sql!("SELECT id FROM tenant ORDER BY created_at, id LIMIT 2"), &[], |r| r.next())?;
    Ok(if two.len() == 1 { two.first().copied() } else { None })
}

/// Keeps new terms; with another version than the one kept, the present terms are handed back.
pub fn keep(tx: &mut Tx<'_>, terms: &Terms, secret: &[u8], version: i64) -> Done<()> {
    let (tenant, now, before) = (tx.tenant(), tx.now(), provider(tx)?);
    let known = before.as_ref().map_or(0, |k| k.version);
    let kept = tx.exec(
        sql!(
            "INSERT INTO identity_provider (tenant_id, terms, secret, changed_at, version) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id) DO UPDATE SET terms = excluded.terms, secret = excluded.secret, changed_at = excluded.changed_at,
               version = excluded.version WHERE identity_provider.version = $6"
        ),
        &[p(&tenant), p(&Json(terms)), p(secret), p(&now), p(&(version + 1)), p(&version)],
    )?;
    if known != version || kept == 0 {
        return Err(Stop::Stale(Box::new(before.map_or(Value::Null, |k| json!({ "terms": k.terms, "version": k.version })))));
    }
    // The secret is named only as changed or not.
    let shown = |terms: &Terms, secret: &[u8]| {
        let mut shown = serde_json::to_value(terms).unwrap_or_default();
        shown["secret"] = json!(crate::ground::seal::hex(&crate::ground::seal::digest(secret)[..4]));
        shown
    };
    tx.audit("identity.change", tenant, before.map(|k| shown(&k.terms, &k.secret)).as_ref(), Some(&shown(terms, secret)));
    Ok(())
}

/// Whom a subject of an issuer is known as.
pub fn linked(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Done<Option<UserId>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT user_id FROM identity_link WHERE tenant_id = $1 AND issuer = $2 AND subject = $3"),
        &[p(&tenant), p(issuer), p(subject)],
        |r| r.next(),
    )?)
}

/// People who can be meant by what they are named; two at most, which is one too many. Somebody who left is meant only when nobody
/// who is here is: their address may be another's today.
pub fn meant(tx: &mut Tx<'_>, named: &Named) -> Done<Vec<UserId>> {
    let tenant = tx.tenant();
    Ok(match named {
        Named::Username(name) => {
            tx.query(sql!("SELECT id FROM app_user WHERE tenant_id = $1 AND username = $2"), &[p(&tenant), p(name)], |r| r.next())?
        }
        Named::Email(address) => {
            let found: Vec<(UserId, Option<Timestamp>)> = tx.query(
                sql!(
                    "SELECT id, disabled_at FROM app_user WHERE tenant_id = $1 AND LOWER(email) = $2
                     ORDER BY CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 2"
                ),
                &[p(&tenant), p(address)],
                |r| Ok((r.next()?, r.next()?)),
            )?;
            let here = found.iter().filter(|(_, left)| left.is_none()).count().max(1);
            found.into_iter().take(here).map(|(id, _)| id).collect()
        }
    })
}

/// Ties a subject to a person for good. `false`: the person, or the subject, is tied already.
pub fn link(tx: &mut Tx<'_>, issuer: &str, subject: &str, user: UserId) -> Done<bool> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let added = tx.exec(
        sql!(
            "INSERT INTO identity_link (tenant_id, issuer, subject, user_id, created_at, last_at) VALUES ($1, $2, $3, $4, $5, $5)
             ON CONFLICT DO NOTHING"
        ),
        &[p(&tenant), p(issuer), p(subject), p(&user), p(&now)],
    )?;
    if added == 1 {
        tx.audit("identity.link", user, None, Some(&json!({ "issuer": issuer, "subject": subject })));
    }
    Ok(added == 1)
}

/// Notes that somebody came in this way.
pub fn came(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!("UPDATE identity_link SET last_at = $1 WHERE tenant_id = $2 AND issuer = $3 AND subject = $4"),
        &[p(&now), p(&tenant), p(issuer), p(subject)],
    )?;
    Ok(())
}

/// Takes the tie of a person away, so that the next account the provider names so can take its place. `false`: there is none.
pub fn unlink(tx: &mut Tx<'_>, user: UserId) -> Done<bool> {
    let tenant = tx.tenant();
    let gone = tx.exec(sql!("DELETE FROM identity_link WHERE tenant_id = $1 AND user_id = $2"), &[p(&tenant), p(&user)])?;
    if gone > 0 {
        tx.audit("identity.unlink", user, None, Some(&json!({ "removed": gone })));
    }
    Ok(gone > 0)
}

/// Somebody who comes in by the company account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Linked {
    /// Who.
    pub user_id: UserId,
    /// The name shown.
    pub name: String,
    /// What they sign in with here.
    pub username: String,
    /// How they stand.
    pub state: UserState,
    /// Who they are there.
    pub subject: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When they came in last.
    pub last_at: Timestamp,
}

/// Who comes in by the company account, the latest to join first.
pub fn links(tx: &mut Tx<'_>, after: UserId, limit: u32) -> Done<Vec<Linked>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT u.id, u.display_name, u.username, u.disabled_at, u.joined_at, l.subject, l.created_at, l.last_at
             FROM app_user u JOIN identity_link l ON l.user_id = u.id
             WHERE u.tenant_id = $1 AND u.id < $2 ORDER BY u.id DESC LIMIT $3"
        ),
        &[p(&tenant), p(&after), p(&limit)],
        |r| {
            let (user_id, name, username) = (r.next()?, r.next()?, r.next()?);
            let state = super::people::state(r.next()?, r.next()?);
            Ok(Linked { user_id, name, username, state, subject: r.next()?, created_at: r.next()?, last_at: r.next()? })
        },
    )?)
}

/// Spends an answer of a provider. `false`: it was spent before. Old ones go on the way.
pub fn spend(bare: &mut Bare<'_>, state_hash: &[u8], expires_at: Timestamp, now: Timestamp) -> Done<bool> {
    bare.exec(sql!("DELETE FROM identity_spent WHERE expires_at < $1"), &[p(&now)])?;
    let fresh = bare.exec(
        sql!("INSERT INTO identity_spent (state_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"),
        &[p(state_hash), p(&expires_at)],
    )?;
    Ok(fresh == 1)
}
