//! SQL of the links by which people join and choose a new password.

use jiff::Timestamp;
use postsale_domain::ground::{Caller, UserId};
use postsale_domain::org::TokenKind;
use serde_json::json;

use super::session;
use crate::ground::db::{Bare, Done, Query, Tx, p};
use crate::sql;

/// A token somebody holds, and what it is for.
#[derive(Debug, Clone)]
pub struct Held {
    /// Whose it is, as the caller of what it allows.
    pub caller: Caller,
    /// The person.
    pub user: UserId,
    /// What it allows.
    pub kind: TokenKind,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Makes a token; the one of the same kind made before works no more.
pub fn make(tx: &mut Tx<'_>, user: UserId, kind: TokenKind, token_hash: &[u8]) -> Done<Timestamp> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let expires_at = now + kind.life();
    tx.exec(
        sql!(
            "INSERT INTO user_token (token_hash, tenant_id, user_id, kind, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (user_id, kind) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at,
               expires_at = excluded.expires_at"
        ),
        &[p(token_hash), p(&tenant), p(&user), p(kind.as_str()), p(&now), p(&expires_at)],
    )?;
    tx.audit("user.token", user, None, Some(&json!({ "kind": kind, "expires_at": expires_at })));
    Ok(expires_at)
}

/// The token with this hash, if it still works and its person may use it: an invitation before joining, a reset afterwards.
pub fn held(bare: &mut Bare<'_>, token_hash: &[u8], now: Timestamp) -> Done<Option<Held>> {
    Ok(bare.one(
        sql!(
            "SELECT u.tenant_id, u.id, u.role, u.engineer_id, u.acquirer_id, u.branch_id, u.id, t.kind, t.expires_at
             FROM user_token t JOIN app_user u ON u.id = t.user_id
             WHERE t.token_hash = $1 AND t.expires_at > $2 AND u.disabled_at IS NULL
               AND ((t.kind = 'invite' AND u.joined_at IS NULL) OR (t.kind = 'reset' AND u.joined_at IS NOT NULL))"
        ),
        &[p(token_hash), p(&now)],
        |r| {
            let caller = session::caller(r)?;
            Ok(Held { caller, user: r.next()?, kind: r.coded()?, expires_at: r.next()? })
        },
    )?)
}

/// Spends a token. `false`: somebody else was faster, or it works no more.
pub fn spend(tx: &mut Tx<'_>, token_hash: &[u8]) -> Done<bool> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let spent = tx.exec(
        sql!("DELETE FROM user_token WHERE token_hash = $1 AND tenant_id = $2 AND expires_at > $3"),
        &[p(token_hash), p(&tenant), p(&now)],
    )?;
    Ok(spent == 1)
}

/// Makes every link a person was sent useless.
pub fn forget(tx: &mut Tx<'_>, user: UserId) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(sql!("DELETE FROM user_token WHERE user_id = $1 AND tenant_id = $2"), &[p(&user), p(&tenant)])?;
    Ok(())
}
