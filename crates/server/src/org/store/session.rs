//! SQL of signing in: who somebody is, and the sessions they have.

use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, BranchId, Caller, EngineerId, Role, TenantId, UserId, Who};
use postsale_domain::org::SessionId;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::ground::db::{Bare, DbError, Done, Query, Row, Tx, p};
use crate::sql;

/// What signing in needs to know of a person.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who asks, once proven.
    pub caller: Caller,
    /// The person.
    pub user: UserId,
    /// What they sign in with.
    pub username: String,
    /// The argon2 hash of the password; none before an invited person has chosen one.
    pub password_hash: Option<String>,
    /// Whether the person may no longer sign in, or not yet.
    pub barred: bool,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// Whether mail can reach them.
    pub reachable: bool,
}

pub(super) fn caller(r: &mut Row) -> Result<Caller, DbError> {
    let (tenant, user): (TenantId, UserId) = (r.next()?, r.next()?);
    let role = r.word(Role::parse)?;
    let (engineer, acquirer): (Option<EngineerId>, Option<AcquirerId>) = (r.next()?, r.next()?);
    let branch: Option<BranchId> = r.next()?;
    Ok(Caller { tenant, who: Who::Staff { user, role, engineer, acquirer, branch } })
}

/// The person behind a session token's hash, if the session lives, and whether they still owe the second factor their role needs.
pub fn caller_of(bare: &mut Bare<'_>, token_hash: &[u8], now: Timestamp) -> Done<Option<(Caller, bool)>> {
    Ok(bare.one(
        sql!(
            "SELECT u.tenant_id, u.id, u.role, u.engineer_id, u.acquirer_id, u.branch_id,
               CASE WHEN s.vouched = 0 AND EXISTS (SELECT 1 FROM factor_rule r WHERE r.tenant_id = u.tenant_id AND r.role = u.role)
                     AND NOT EXISTS (SELECT 1 FROM second_factor f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)
                    THEN 1 ELSE 0 END
             FROM session s JOIN app_user u ON u.id = s.user_id
             WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND u.disabled_at IS NULL"
        ),
        &[p(token_hash), p(&now)],
        |r| Ok((caller(r)?, r.next()?)),
    )?)
}

/// The account of a user name.
pub fn account(bare: &mut Bare<'_>, username: &str) -> Done<Option<Account>> {
    Ok(bare.one(
        sql!(
            "SELECT u.tenant_id, u.id, u.role, u.engineer_id, u.acquirer_id, u.branch_id, u.password_hash, u.disabled_at, u.joined_at, u.email,
               f.confirmed_at, u.username
             FROM app_user u LEFT JOIN second_factor f ON f.user_id = u.id WHERE u.username = $1"
        ),
        &[p(username)],
        read_account,
    )?)
}

/// The account of a person who is known by other means than a user name.
pub fn account_of(bare: &mut Bare<'_>, user: UserId) -> Done<Option<Account>> {
    Ok(bare.one(
        sql!(
            "SELECT u.tenant_id, u.id, u.role, u.engineer_id, u.acquirer_id, u.branch_id, u.password_hash, u.disabled_at, u.joined_at, u.email,
               f.confirmed_at, u.username
             FROM app_user u LEFT JOIN second_factor f ON f.user_id = u.id WHERE u.id = $1"
        ),
        &[p(&user)],
        read_account,
    )?)
}

fn read_account(r: &mut Row) -> Result<Account, DbError> {
    let caller = caller(r)?;
    let (hash, disabled, joined): (String, Option<Timestamp>, Option<Timestamp>) = (r.next()?, r.next()?, r.next()?);
    let reachable = r.next::<Option<String>>()?.is_some();
    let second_factor = r.next::<Option<Timestamp>>()?.is_some();
    let user = caller.user().ok_or_else(|| DbError::Row("an account without a person".into()))?;
    let barred = disabled.is_some() || joined.is_none();
    Ok(Account { caller, user, username: r.next()?, password_hash: joined.map(|_| hash), barred, second_factor, reachable })
}

/// Where a session is used from.
#[derive(Debug, Clone, Default)]
pub struct From {
    /// The program, as it names itself.
    pub agent: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// Whether the company account vouched for a second factor.
    pub vouched: bool,
}

/// Opens a session.
pub fn open_session(tx: &mut Tx<'_>, user: UserId, token_hash: &[u8], expires_at: Timestamp, from: &From) -> Done<()> {
    let (id, tenant, now): (SessionId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO session (token_hash, tenant_id, user_id, created_at, expires_at, id, agent, address, vouched)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &[p(token_hash), p(&tenant), p(&user), p(&now), p(&expires_at), p(&id), p(&from.agent), p(&from.address), p(&from.vouched)],
    )?;
    tx.audit("session.open", user, None, Some(&json!({ "session": id, "expires_at": expires_at, "address": from.address })));
    Ok(())
}

/// Whether the company account vouched for a second factor when this session was opened.
pub fn vouched(tx: &mut Tx<'_>, token_hash: &[u8]) -> Done<bool> {
    Ok(tx.one(sql!("SELECT vouched FROM session WHERE token_hash = $1"), &[p(token_hash)], |r| r.next())?.unwrap_or_default())
}

/// Ends a session.
pub fn end_session(tx: &mut Tx<'_>, token_hash: &[u8]) -> Done<()> {
    let now = tx.now();
    let touched =
        tx.exec(sql!("UPDATE session SET ended_at = $1 WHERE token_hash = $2 AND ended_at IS NULL"), &[p(&now), p(token_hash)])?;
    if let (1, Some(user)) = (touched, tx.caller().user()) {
        tx.audit("session.end", user, None, Some(&json!({ "ended_at": now })));
    }
    Ok(())
}

/// A session that lives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Session {
    /// Which one.
    pub id: SessionId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// The program, as it names itself.
    pub agent: Option<String>,
    /// Where it was opened from.
    pub address: Option<String>,
    /// The one this question was asked with.
    pub current: bool,
}

/// The sessions a person has now, newest first; 100 at most. `token_hash` is the asking session's own.
pub fn sessions(tx: &mut Tx<'_>, user: UserId, token_hash: &[u8]) -> Done<Vec<Session>> {
    let (tenant, now) = (tx.tenant(), tx.now());
    Ok(tx.query(
        sql!(
            "SELECT id, created_at, expires_at, agent, address, CASE WHEN token_hash = $1 THEN 1 ELSE 0 END FROM session
             WHERE user_id = $2 AND tenant_id = $3 AND ended_at IS NULL AND expires_at > $4 AND id IS NOT NULL ORDER BY id DESC LIMIT 100"
        ),
        &[p(token_hash), p(&user), p(&tenant), p(&now)],
        |r| {
            Ok(Session {
                id: r.next()?,
                created_at: r.next()?,
                expires_at: r.next()?,
                agent: r.next()?,
                address: r.next()?,
                current: r.next()?,
            })
        },
    )?)
}

/// Ends one session of a person. `false`: there is none such.
pub fn end_one(tx: &mut Tx<'_>, user: UserId, session: SessionId) -> Done<bool> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let ended = tx.exec(
        sql!("UPDATE session SET ended_at = $1 WHERE id = $2 AND user_id = $3 AND tenant_id = $4 AND ended_at IS NULL AND expires_at > $1"),
        &[p(&now), p(&session), p(&user), p(&tenant)],
    )?;
    if ended == 1 {
        tx.audit("session.end", user, None, Some(&json!({ "session": session, "ended_at": now })));
    }
    Ok(ended == 1)
}

/// Ends every session of a person but the one with this hash; the number ended.
pub fn end_all_but(tx: &mut Tx<'_>, user: UserId, token_hash: &[u8]) -> Done<u64> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let ended = tx.exec(
        sql!(
            "UPDATE session SET ended_at = $1
             WHERE user_id = $2 AND tenant_id = $3 AND ended_at IS NULL AND expires_at > $1 AND token_hash <> $4"
        ),
        &[p(&now), p(&user), p(&tenant), p(token_hash)],
    )?;
    if ended > 0 {
        tx.audit("session.end", user, None, Some(&json!({ "sessions": ended, "ended_at": now })));
    }
    Ok(ended)
}
