//! SQL of people: those who can sign in, those who are asked to, and those who have left.

use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, BranchId, EngineerId, Lang, Role, TypedId, UserId, mask_email};
use postsale_domain::org::{PartnerId, UserState};
use postsale_domain::refuse;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::ground::db::{DbError, Done, Query, Row, Stop, Tx, code, contains, p};
use crate::ground::web::Keyset;
use crate::sql;

/// A person as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonRow {
    /// Who.
    pub id: UserId,
    /// The name shown.
    pub name: String,
    /// What they sign in with.
    pub username: String,
    /// What they do.
    pub role: Role,
    /// How they stand.
    pub state: UserState,
    /// The engineer they are, if they are one.
    pub engineer_id: Option<EngineerId>,
    /// Where they belong.
    pub branch_id: Option<BranchId>,
    /// The firm they work for, if not for us.
    pub partner_id: Option<PartnerId>,
}

/// A person as an administrator sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// The same as in lists.
    #[serde(flatten)]
    pub row: PersonRow,
    /// The acquirer they belong to, if they do.
    pub acquirer_id: Option<AcquirerId>,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// The language they read.
    pub lang: Lang,
    /// Whether signing in asks for a code.
    pub second_factor: bool,
    /// When they were asked to join.
    pub created_at: Timestamp,
    /// When they joined.
    pub joined_at: Option<Timestamp>,
    /// When they left.
    pub disabled_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl Person {
    /// What the audit chain keeps of a person: no whole address.
    fn shown(&self) -> Value {
        let row = &self.row;
        json!({
            "username": row.username, "name": row.name, "role": row.role, "state": row.state, "engineer_id": row.engineer_id,
            "acquirer_id": self.acquirer_id, "branch_id": row.branch_id, "partner_id": row.partner_id,
            "email": self.email.as_deref().map(mask_email), "lang": self.lang,
        })
    }
}

/// A person to be made.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    /// Unique over the whole installation.
    pub username: &'a str,
    /// The name shown.
    pub name: &'a str,
    /// What they do.
    pub role: Role,
    /// Where mail reaches them.
    pub email: Option<&'a str>,
    /// The language they read.
    pub lang: Lang,
    /// For the role engineer.
    pub engineer: Option<EngineerId>,
    /// For the role acquirer.
    pub acquirer: Option<AcquirerId>,
    /// Where they belong.
    pub branch: Option<BranchId>,
    /// The firm they work for.
    pub partner: Option<PartnerId>,
}

/// Makes somebody who has joined already: imports, the demo, tests. `username` is unique over the whole installation.
pub fn add_user(
    tx: &mut Tx<'_>,
    username: &str,
    name: &str,
    role: Role,
    password_hash: &str,
    engineer: Option<EngineerId>,
    acquirer: Option<AcquirerId>,
) -> Done<UserId> {
    let new = NewPerson { username, name, role, email: None, lang: Lang::Zh, engineer, acquirer, branch: None, partner: None };
    let joined = tx.now();
    insert(tx, &new, password_hash, Some(joined))
}

/// Makes somebody who is asked to join. Errors: `user.name_taken`.
pub fn invite(tx: &mut Tx<'_>, new: &NewPerson<'_>) -> Done<UserId> {
    insert(tx, new, NO_PASSWORD, None)
}

/// Makes somebody whom the company account vouches for: they have joined, and have no password until they choose one.
pub fn take_in(tx: &mut Tx<'_>, new: &NewPerson<'_>) -> Done<UserId> {
    let joined = tx.now();
    insert(tx, new, NO_PASSWORD, Some(joined))
}

/// Stands where a hash would; no password hashes to it.
pub const NO_PASSWORD: &str = "-";

fn insert(tx: &mut Tx<'_>, new: &NewPerson<'_>, password_hash: &str, joined: Option<Timestamp>) -> Done<UserId> {
    let (id, tenant, now): (UserId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let added = tx.exec(
        sql!(
            "INSERT INTO app_user (id, tenant_id, username, display_name, role, password_hash, engineer_id, acquirer_id, created_at, email, lang,
               branch_id, partner_id, joined_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1) ON CONFLICT DO NOTHING"
        ),
        &[
            p(&id),
            p(&tenant),
            p(new.username),
            p(new.name),
            p(new.role.as_str()),
            p(password_hash),
            p(&new.engineer),
            p(&new.acquirer),
            p(&now),
            p(&new.email.map(str::to_owned)),
            code(&new.lang),
            p(&new.branch),
            p(&new.partner),
            p(&joined),
        ],
    )?;
    if added == 0 {
        return Err(refuse!(Conflict, "user.name_taken").field("username").into());
    }
    tx.audit("user.add", id, None, Some(&json!({ "username": new.username, "role": new.role })));
    Ok(id)
}

pub(super) fn state(disabled: Option<Timestamp>, joined: Option<Timestamp>) -> UserState {
    match (disabled, joined) {
        (Some(_), _) => UserState::Disabled,
        (None, None) => UserState::Invited,
        (None, Some(_)) => UserState::Active,
    }
}

fn read_row(r: &mut Row) -> Result<(PersonRow, Option<Timestamp>, Option<Timestamp>), DbError> {
    let (id, name, username) = (r.next()?, r.next()?, r.next()?);
    let role = r.word(Role::parse)?;
    let (engineer_id, branch_id, partner_id) = (r.next()?, r.next()?, r.next()?);
    let (disabled, joined) = (r.next()?, r.next()?);
    Ok((PersonRow { id, name, username, role, state: state(disabled, joined), engineer_id, branch_id, partner_id }, disabled, joined))
}

fn read(r: &mut Row) -> Result<Person, DbError> {
    let (row, disabled_at, joined_at) = read_row(r)?;
    Ok(Person {
        row,
        disabled_at,
        joined_at,
        acquirer_id: r.next()?,
        email: r.next()?,
        lang: r.coded()?,
        created_at: r.next()?,
        version: r.next()?,
        second_factor: r.next::<Option<Timestamp>>()?.is_some(),
    })
}

/// One person, whatever their state.
pub fn person(tx: &mut Tx<'_>, id: UserId) -> Done<Option<Person>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT u.id, u.display_name, u.username, u.role, u.engineer_id, u.branch_id, u.partner_id, u.disabled_at, u.joined_at, u.acquirer_id,
               u.email, u.lang, u.created_at, u.version, f.confirmed_at
             FROM app_user u LEFT JOIN second_factor f ON f.user_id = u.id WHERE u.tenant_id = $1 AND u.id = $2"
        ),
        &[p(&tenant), p(&id)],
        read,
    )?)
}

/// One person, held until the end of the transaction. Errors: `not_found`; with `version`, the current person when it is another one's.
pub fn for_change(tx: &mut Tx<'_>, id: UserId, version: Option<i64>) -> Done<Person> {
    let tenant = tx.tenant();
    tx.one(sql!("SELECT version FROM app_user WHERE tenant_id = $1 AND id = $2 {for_update}"), &[p(&tenant), p(&id)], |r| r.next::<i64>())?;
    let person = person(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    if version.is_some_and(|v| v != person.version) {
        return Err(Stop::Stale(Box::new(serde_json::to_value(&person).unwrap_or(Value::Null))));
    }
    Ok(person)
}

/// Saves what an administrator or the person may change, under an action's name.
pub fn save(tx: &mut Tx<'_>, action: &'static str, before: &Person, after: &mut Person) -> Done<()> {
    if before == after {
        return Ok(());
    }
    let tenant = tx.tenant();
    let row = &after.row;
    tx.exec(
        sql!(
            "UPDATE app_user SET display_name = $1, role = $2, engineer_id = $3, acquirer_id = $4, email = $5, lang = $6, branch_id = $7,
               partner_id = $8, disabled_at = $9, joined_at = $10,
               previous_email = CASE WHEN COALESCE(email, '') <> COALESCE($5, '') THEN email ELSE previous_email END, version = version + 1
             WHERE tenant_id = $11 AND id = $12"
        ),
        &[
            p(&row.name),
            p(row.role.as_str()),
            p(&row.engineer_id),
            p(&after.acquirer_id),
            p(&after.email),
            code(&after.lang),
            p(&row.branch_id),
            p(&row.partner_id),
            p(&after.disabled_at),
            p(&after.joined_at),
            p(&tenant),
            p(&row.id),
        ],
    )?;
    after.version = before.version + 1;
    after.row.state = state(after.disabled_at, after.joined_at);
    tx.audit(action, after.row.id, Some(&before.shown()), Some(&after.shown()));
    Ok(())
}

/// What a list of people is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// Only this role.
    pub role: Option<Role>,
    /// Only this state.
    pub state: Option<UserState>,
    /// Only of this branch.
    pub branch: Option<BranchId>,
    /// Only of this partner.
    pub partner: Option<PartnerId>,
    /// Only whose name or user name contains this.
    pub q: &'a str,
}

/// People, the latest to come first.
pub fn people(tx: &mut Tx<'_>, wanted: &Wanted<'_>, after: Keyset, limit: u32) -> Done<Vec<PersonRow>> {
    let (tenant, start) = (tx.tenant(), UserId::from_uuid(after.id));
    // A bare NULL has no type on PostgreSQL, so a word beside it says whether an id counts.
    let named = |given: bool| p(if given { "named" } else { "" });
    Ok(tx.query(
        sql!(
            "SELECT id, display_name, username, role, engineer_id, branch_id, partner_id, disabled_at, joined_at FROM app_user
             WHERE tenant_id = $1 AND id < $2 AND ($3 = '' OR role = $3)
               AND ($4 = '' OR $4 = CASE WHEN disabled_at IS NOT NULL THEN 'disabled' WHEN joined_at IS NULL THEN 'invited' ELSE 'active' END)
               AND ($5 = '' OR branch_id = $6) AND ($7 = '' OR partner_id = $8)
               AND (display_name LIKE $9 ESCAPE '!' OR username LIKE $9 ESCAPE '!')
             ORDER BY id DESC LIMIT $10"
        ),
        &[
            p(&tenant),
            p(&start),
            p(wanted.role.map_or("", Role::as_str)),
            p(wanted.state.map_or("", UserState::as_str)),
            named(wanted.branch.is_some()),
            p(&wanted.branch),
            named(wanted.partner.is_some()),
            p(&wanted.partner),
            p(&contains(wanted.q)),
            p(&limit),
        ],
        |r| read_row(r).map(|(row, ..)| row),
    )?)
}

/// Whoever of the tenant signs in with this name.
pub fn named(tx: &mut Tx<'_>, username: &str) -> Done<Option<UserId>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!("SELECT id FROM app_user WHERE tenant_id = $1 AND username = $2"), &[p(&tenant), p(username)], |r| r.next())?)
}

/// How many administrators can sign in.
pub fn administrators(tx: &mut Tx<'_>) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(
        sql!("SELECT COUNT(*) FROM app_user WHERE tenant_id = $1 AND role = 'admin' AND disabled_at IS NULL AND joined_at IS NOT NULL"),
        &[p(&tenant)],
    )?)
}

/// The hash of a person's password.
pub fn password_hash(tx: &mut Tx<'_>, id: UserId) -> Done<Option<String>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT password_hash FROM app_user WHERE tenant_id = $1 AND id = $2 AND joined_at IS NOT NULL"),
        &[p(&tenant), p(&id)],
        |r| r.next(),
    )?)
}

/// Sets a person's password; whoever is asked to join has joined with it.
pub fn set_password(tx: &mut Tx<'_>, id: UserId, hash: &str) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "UPDATE app_user SET password_hash = $1, joined_at = COALESCE(joined_at, $2), version = version + 1 WHERE tenant_id = $3 AND id = $4"
        ),
        &[p(hash), p(&now), p(&tenant), p(&id)],
    )?;
    tx.audit("user.password", id, None, Some(&json!({ "changed_at": now })));
    Ok(())
}

/// Where a person's mail went before the address was changed.
pub fn previous_email(tx: &mut Tx<'_>, id: UserId) -> Done<Option<String>> {
    let tenant = tx.tenant();
    let found =
        tx.one(sql!("SELECT previous_email FROM app_user WHERE tenant_id = $1 AND id = $2"), &[p(&tenant), p(&id)], |r| r.next())?;
    Ok(found.flatten())
}

/// Whether an engineer or an acquirer exists here and nobody else signs in as that engineer. Errors: `user.unknown_engineer`,
/// `user.engineer_taken`, `user.unknown_acquirer`.
pub fn check_ties_exist(tx: &mut Tx<'_>, me: Option<UserId>, engineer: Option<EngineerId>, acquirer: Option<AcquirerId>) -> Done<()> {
    let tenant = tx.tenant();
    if let Some(engineer) = engineer {
        if tx.number(sql!("SELECT COUNT(*) FROM engineer WHERE tenant_id = $1 AND id = $2"), &[p(&tenant), p(&engineer)])? == 0 {
            return Err(refuse!(Invalid, "user.unknown_engineer").field("engineer_id").into());
        }
        if super::user_of(tx, engineer)?.is_some_and(|h| Some(h) != me) {
            return Err(refuse!(Conflict, "user.engineer_taken").field("engineer_id").into());
        }
    }
    if let Some(acquirer) = acquirer
        && tx.number(sql!("SELECT COUNT(*) FROM acquirer WHERE tenant_id = $1 AND id = $2"), &[p(&tenant), p(&acquirer)])? == 0
    {
        return Err(refuse!(Invalid, "user.unknown_acquirer").field("acquirer_id").into());
    }
    Ok(())
}
