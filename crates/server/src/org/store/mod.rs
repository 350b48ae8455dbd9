//! SQL of org: tenants, the names of people, the audit chain. What else org keeps has a file of its own below.

pub mod factor;
pub mod identity;
pub mod key;
pub mod people;
pub mod place;
pub mod session;
pub mod throttle;
pub mod token;

use jiff::Timestamp;
use postsale_domain::ground::{EngineerId, Role, TenantId, UserId, Who};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{Bare, DbError, Done, Query, Row, Tx, p};
use crate::sql;

pub use people::add_user;

/// A person as colleagues see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Colleague {
    /// Who.
    pub id: UserId,
    /// The name shown.
    pub name: String,
    /// What they do.
    pub role: Role,
    /// The engineer they are, if they are one.
    pub engineer_id: Option<EngineerId>,
}

/// Makes a tenant; the caller of the transaction is the house acting for it.
pub fn add_tenant(tx: &mut Tx<'_>, code: &str, name: &str) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!("INSERT INTO tenant (id, code, name, settings, created_at) VALUES ($1, $2, $3, '{}', $4)"),
        &[p(&tenant), p(code), p(name), p(&now)],
    )?;
    tx.audit("tenant.add", tenant, None, Some(&serde_json::json!({ "code": code, "name": name })));
    Ok(())
}

/// All tenants, oldest first: what timers walk over.
pub fn tenants(bare: &mut Bare<'_>) -> Done<Vec<TenantId>> {
    Ok(bare.query(sql!("SELECT id FROM tenant ORDER BY created_at, id"), &[], |r| r.next())?)
}

/// The tenant with a code.
pub fn tenant_by_code(bare: &mut Bare<'_>, code: &str) -> Done<Option<TenantId>> {
    Ok(bare.one(sql!("SELECT id FROM tenant WHERE code = $1"), &[p(code)], |r| r.next())?)
}

/// The name of the caller's tenant.
pub fn tenant_name(tx: &mut Tx<'_>) -> Done<String> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!("SELECT name FROM tenant WHERE id = $1"), &[p(&tenant)], |r| r.next())?.unwrap_or_default())
}

/// The user name and shown name of a person.
pub fn names(tx: &mut Tx<'_>, user: UserId) -> Done<Option<(String, String)>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!("SELECT username, display_name FROM app_user WHERE tenant_id = $1 AND id = $2"), &[p(&tenant), p(&user)], |r| {
        Ok((r.next()?, r.next()?))
    })?)
}

/// Somebody of the tenant who may sign in, as a caller.
pub fn who(tx: &mut Tx<'_>, user: UserId) -> Done<Option<Who>> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!(
            "SELECT tenant_id, id, role, engineer_id, acquirer_id, branch_id FROM app_user
             WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL"
        ),
        &[p(&tenant), p(&user)],
        session::caller,
    )?;
    Ok(found.map(|caller| caller.who))
}

/// How the caller is named on timelines: the person's name, or a word for the house and the merchant (empty here; the
/// reader's language names them).
pub fn shown_name(tx: &mut Tx<'_>) -> Done<String> {
    match tx.caller().user() {
        Some(user) => Ok(names(tx, user)?.map_or_else(String::new, |(_, shown)| shown)),
        None => Ok(String::new()),
    }
}

/// One colleague, if they may still sign in.
pub fn colleague(tx: &mut Tx<'_>, user: UserId) -> Done<Option<Colleague>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT id, display_name, role, engineer_id FROM app_user WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL"),
        &[p(&tenant), p(&user)],
        read_colleague,
    )?)
}

/// The colleagues of a role, in the order they joined; 500 at most.
pub fn colleagues(tx: &mut Tx<'_>, role: Role) -> Done<Vec<Colleague>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!("SELECT id, display_name, role, engineer_id FROM app_user WHERE tenant_id = $1 AND role = $2 AND disabled_at IS NULL ORDER BY id LIMIT 500"),
        &[p(&tenant), p(role.as_str())],
        read_colleague,
    )?)
}

/// Who signs in as an engineer, if anybody does.
pub fn user_of(tx: &mut Tx<'_>, engineer: EngineerId) -> Done<Option<UserId>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT id FROM app_user WHERE tenant_id = $1 AND engineer_id = $2 AND disabled_at IS NULL"),
        &[p(&tenant), p(&engineer)],
        |r| r.next(),
    )?)
}

fn read_colleague(r: &mut Row) -> Result<Colleague, DbError> {
    Ok(Colleague { id: r.next()?, name: r.next()?, role: r.word(Role::parse)?, engineer_id: r.next()? })
}

/// The next number of a counter of the tenant, from 1. On PostgreSQL whoever takes one keeps nobody waiting, so a transaction that is undone
/// leaves a gap.
pub fn next_number(tx: &mut Tx<'_>, counter: &str) -> Done<i64> {
    let tenant = tx.tenant();
    let next = tx.one_apart(
        sql!(
            "INSERT INTO counter (tenant_id, name, value) VALUES ($1, $2, 1)
             ON CONFLICT (tenant_id, name) DO UPDATE SET value = counter.value + 1 RETURNING value"
        ),
        &[p(&tenant), p(counter)],
        |r| r.next(),
    )?;
    Ok(next.unwrap_or(1))
}

/// A line of the audit chain.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditLine {
    /// Position in the chain.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub caller: String,
    /// The person's shown name, if it was a person.
    pub caller_name: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What people call it, if it has a number or a name.
    pub subject_name: Option<String>,
    /// Changed fields before, JSON.
    pub before: String,
    /// Changed fields after, JSON.
    pub after: String,
    /// Hash of this line and all before it.
    pub hash: String,
}

/// Lines of the chain, newest first, before `seq`; of one subject or of all.
pub fn audit_lines(tx: &mut Tx<'_>, subject: Option<&str>, before_seq: i64, limit: u32) -> Done<Vec<AuditLine>> {
    let tenant = tx.tenant();
    let read = |r: &mut Row| {
        let (seq, at) = (r.next()?, r.next()?);
        let (caller, action, subject, before, after): (String, _, _, _, _) = (r.next()?, r.next()?, r.next()?, r.next()?, r.next()?);
        let hash: Vec<u8> = r.next()?;
        Ok(AuditLine {
            seq,
            at,
            caller,
            caller_name: None,
            action,
            subject,
            subject_name: None,
            before,
            after,
            hash: crate::ground::seal::hex(&hash),
        })
    };
    let mut lines = match subject {
        Some(subject) => tx.query(
            sql!(
                "SELECT seq, at, caller, action, subject, before_json, after_json, hash FROM audit_entry
                 WHERE tenant_id = $1 AND subject = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4"
            ),
            &[p(&tenant), p(subject), p(&before_seq), p(&limit)],
            read,
        )?,
        None => tx.query(
            sql!(
                "SELECT seq, at, caller, action, subject, before_json, after_json, hash FROM audit_entry
                 WHERE tenant_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
            ),
            &[p(&tenant), p(&before_seq), p(&limit)],
            read,
        )?,
    };
    let mut known = std::collections::HashMap::<String, Option<String>>::new();
    for line in &mut lines {
        let name = match known.get(&line.caller) {
            Some(name) => name.clone(),
            None => {
                let name = match line.caller.parse::<UserId>() {
                    Ok(user) => names(tx, user)?.map(|(_, shown)| shown),
                    Err(_) => None,
                };
                known.insert(line.caller.clone(), name.clone());
                name
            }
        };
        line.caller_name = name;
    }
    Ok(lines)
}
