//! SQL of second factors.

use postsale_domain::ground::{Role, UserId};
use serde_json::json;

use crate::ground::db::{Done, Query, Tx, p};
use crate::sql;

/// A second factor as it is kept.
#[derive(Debug, Clone)]
pub struct Factor {
    /// What the secret is made from, together with the key of the house.
    pub salt: Vec<u8>,
    /// Whether the person has shown that their app knows it.
    pub confirmed: bool,
    /// The step of the latest code used; it and those before are spent.
    pub last_step: i64,
}

/// The factor of a person, held until the end of the transaction.
pub fn of(tx: &mut Tx<'_>, user: UserId) -> Done<Option<Factor>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT salt, CASE WHEN confirmed_at IS NULL THEN 0 ELSE 1 END, last_step FROM second_factor
             WHERE user_id = $1 AND tenant_id = $2 {for_update}"
        ),
        &[p(&user), p(&tenant)],
        |r| Ok(Factor { salt: r.next()?, confirmed: r.next()?, last_step: r.next()? }),
    )?)
}

/// Begins a factor that is not asked for yet; one begun before and not confirmed is replaced.
pub fn begin(tx: &mut Tx<'_>, user: UserId, salt: &[u8]) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO second_factor (user_id, tenant_id, salt, created_at, last_step) VALUES ($1, $2, $3, $4, 0)
             ON CONFLICT (user_id) DO UPDATE SET salt = excluded.salt, created_at = excluded.created_at, last_step = 0"
        ),
        &[p(&user), p(&tenant), p(salt), p(&now)],
    )?;
    Ok(())
}

/// The factor is asked for from now on; its first code is spent.
pub fn confirm(tx: &mut Tx<'_>, user: UserId, step: i64, code_hashes: &[Vec<u8>]) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!("UPDATE second_factor SET confirmed_at = $1, last_step = $2 WHERE user_id = $3 AND tenant_id = $4"),
        &[p(&now), p(&step), p(&user), p(&tenant)],
    )?;
    tx.exec(sql!("DELETE FROM recovery_code WHERE user_id = $1"), &[p(&user)])?;
    for hash in code_hashes {
        tx.exec(sql!("INSERT INTO recovery_code (user_id, code_hash) VALUES ($1, $2)"), &[p(&user), p(hash)])?;
    }
    tx.audit("second_factor.add", user, None, Some(&json!({ "confirmed_at": now })));
    Ok(())
}

/// Spends the code of a step.
pub fn spend_step(tx: &mut Tx<'_>, user: UserId, step: i64) -> Done<()> {
    tx.exec(sql!("UPDATE second_factor SET last_step = $1 WHERE user_id = $2"), &[p(&step), p(&user)])?;
    Ok(())
}

/// Spends a recovery code; how many are left. `None`: there is no such code, or it was used.
pub fn spend_recovery(tx: &mut Tx<'_>, user: UserId, code_hash: &[u8]) -> Done<Option<i64>> {
    let now = tx.now();
    let spent = tx.exec(
        sql!("UPDATE recovery_code SET used_at = $1 WHERE user_id = $2 AND code_hash = $3 AND used_at IS NULL"),
        &[p(&now), p(&user), p(code_hash)],
    )?;
    if spent == 0 {
        return Ok(None);
    }
    let left = tx.number(sql!("SELECT COUNT(*) FROM recovery_code WHERE user_id = $1 AND used_at IS NULL"), &[p(&user)])?;
    tx.audit("second_factor.recovery", user, None, Some(&json!({ "left": left })));
    Ok(Some(left))
}

/// Takes a factor away. `false`: there was none.
pub fn remove(tx: &mut Tx<'_>, user: UserId) -> Done<bool> {
    let tenant = tx.tenant();
    tx.exec(sql!("DELETE FROM recovery_code WHERE user_id = $1"), &[p(&user)])?;
    let gone = tx.exec(sql!("DELETE FROM second_factor WHERE user_id = $1 AND tenant_id = $2"), &[p(&user), p(&tenant)])? == 1;
    if gone {
        tx.audit("second_factor.remove", user, None, Some(&json!({ "removed": true })));
    }
    Ok(gone)
}

/// The roles whose people must have a second factor.
pub fn needed_by(tx: &mut Tx<'_>) -> Done<Vec<Role>> {
    let tenant = tx.tenant();
    Ok(tx.query(sql!("SELECT role FROM factor_rule WHERE tenant_id = $1 ORDER BY role"), &[p(&tenant)], |r| r.word(Role::parse))?)
}

/// Says which roles must have a second factor from now on.
pub fn need(tx: &mut Tx<'_>, roles: &[Role]) -> Done<()> {
    let (tenant, before) = (tx.tenant(), needed_by(tx)?);
    tx.exec(sql!("DELETE FROM factor_rule WHERE tenant_id = $1"), &[p(&tenant)])?;
    for role in roles {
        tx.exec(sql!("INSERT INTO factor_rule (tenant_id, role) VALUES ($1, $2) ON CONFLICT DO NOTHING"), &[p(&tenant), p(role.as_str())])?;
    }
    let after = needed_by(tx)?;
    tx.audit("org.factor_rule", tenant, Some(&json!({ "roles": before })), Some(&json!({ "roles": after })));
    Ok(())
}

/// People who can sign in, by role: how many there are, and how many of them have a second factor.
pub fn spread(tx: &mut Tx<'_>) -> Done<Vec<(Role, i64, i64)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT u.role, COUNT(*), COUNT(f.confirmed_at) FROM app_user u LEFT JOIN second_factor f ON f.user_id = u.id
             WHERE u.tenant_id = $1 AND u.disabled_at IS NULL AND u.joined_at IS NOT NULL GROUP BY u.role ORDER BY u.role"
        ),
        &[p(&tenant)],
        |r| Ok((r.word(Role::parse)?, r.next()?, r.next()?)),
    )?)
}
