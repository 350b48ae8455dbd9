//! SQL of branches and partners.

use jiff::Timestamp;
use postsale_domain::ground::{BranchId, TypedId};
use postsale_domain::org::{PartnerId, PartnerKind};
use postsale_domain::refuse;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::ground::db::{DbError, Done, Query, Row, Stop, Tx, code, p};
use crate::ground::web::Keyset;
use crate::sql;

/// A branch: the districts it looks after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Branch {
    /// Which one.
    pub id: BranchId,
    /// Short, unique.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Districts, as stores name them; each belongs to one branch at most.
    pub districts: Vec<String>,
    /// When it was closed; nobody is put there any more.
    pub closed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// A partner firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Partner {
    /// Which one.
    pub id: PartnerId,
    /// Short, unique.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// What it does.
    pub kind: PartnerKind,
    /// Whom to call, in a line.
    pub contact: String,
    /// When it was ended; nobody is put there any more.
    pub closed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

fn read_branch(r: &mut Row) -> Result<Branch, DbError> {
    Ok(Branch { id: r.next()?, code: r.next()?, name: r.next()?, closed_at: r.next()?, version: r.next()?, districts: Vec::new() })
}

/// Branches, newest first, with their districts.
pub fn branches(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<Branch>> {
    let (tenant, start) = (tx.tenant(), BranchId::from_uuid(after.id));
    let mut list = tx.query(
        sql!("SELECT id, code, name, closed_at, version FROM branch WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
        &[p(&tenant), p(&start), p(&limit)],
        read_branch,
    )?;
    let Some(last) = list.last().map(|b| b.id) else { return Ok(list) };
    let districts: Vec<(BranchId, String)> = tx.query(
        sql!(
            "SELECT d.branch_id, d.district FROM branch_district d JOIN branch b ON b.id = d.branch_id
             WHERE b.tenant_id = $1 AND b.id < $2 AND b.id >= $3 ORDER BY d.district"
        ),
        &[p(&tenant), p(&start), p(&last)],
        |r| Ok((r.next()?, r.next()?)),
    )?;
    for (branch, district) in districts {
        if let Some(found) = list.iter_mut().find(|b| b.id == branch) {
            found.districts.push(district);
        }
    }
    Ok(list)
}

/// One branch, held until the end of the transaction. Errors: `not_found`; with `version`, the current one when it is another one's.
pub fn branch_for_change(tx: &mut Tx<'_>, id: BranchId, version: Option<i64>) -> Done<Branch> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!("SELECT id, code, name, closed_at, version FROM branch WHERE tenant_id = $1 AND id = $2 {for_update}"),
        &[p(&tenant), p(&id)],
        read_branch,
    )?;
    let mut branch = found.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    branch.districts =
        tx.query(sql!("SELECT district FROM branch_district WHERE branch_id = $1 ORDER BY district"), &[p(&id)], |r| r.next())?;
    if version.is_some_and(|v| v != branch.version) {
        return Err(Stop::Stale(Box::new(serde_json::to_value(&branch).unwrap_or(Value::Null))));
    }
    Ok(branch)
}

/// Makes a branch. Errors: `org.code_taken`, `branch.district_taken`.
pub fn add_branch(tx: &mut Tx<'_>, code: &str, name: &str, districts: &[String]) -> Done<Branch> {
    let (id, tenant, now): (BranchId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let added = tx.exec(
        sql!("INSERT INTO branch (id, tenant_id, code, name, created_at, version) VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT DO NOTHING"),
        &[p(&id), p(&tenant), p(code), p(name), p(&now)],
    )?;
    if added == 0 {
        return Err(refuse!(Conflict, "org.code_taken").field("code").into());
    }
    let branch = Branch {
        id,
        code: code.to_owned(),
        name: name.to_owned(),
        districts: put_districts(tx, id, districts)?,
        closed_at: None,
        version: 1,
    };
    tx.audit("branch.add", id, None, Some(&branch));
    Ok(branch)
}

fn put_districts(tx: &mut Tx<'_>, id: BranchId, districts: &[String]) -> Done<Vec<String>> {
    let tenant = tx.tenant();
    tx.exec(sql!("DELETE FROM branch_district WHERE branch_id = $1"), &[p(&id)])?;
    let mut sorted: Vec<String> = districts.to_vec();
    sorted.sort();
    sorted.dedup();
    for district in &sorted {
        let put = tx.exec(
            sql!("INSERT INTO branch_district (tenant_id, district, branch_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"),
            &[p(&tenant), p(district), p(&id)],
        )?;
        if put == 0 {
            let holder = tx.one(
                sql!("SELECT b.name FROM branch_district d JOIN branch b ON b.id = d.branch_id WHERE d.tenant_id = $1 AND d.district = $2"),
                &[p(&tenant), p(district)],
                |r| r.next::<String>(),
            )?;
            return Err(refuse!(Conflict, "branch.district_taken", district = district, branch = holder.unwrap_or_default())
                .field("districts")
                .into());
        }
    }
    Ok(sorted)
}

/// Saves a branch. Errors: `branch.district_taken`.
pub fn save_branch(tx: &mut Tx<'_>, before: &Branch, mut after: Branch) -> Done<Branch> {
    if *before == after {
        return Ok(after);
    }
    if before.districts != after.districts {
        after.districts = put_districts(tx, after.id, &after.districts)?;
    }
    tx.exec(
        sql!("UPDATE branch SET name = $1, closed_at = $2, version = version + 1 WHERE id = $3"),
        &[p(&after.name), p(&after.closed_at), p(&after.id)],
    )?;
    after.version = before.version + 1;
    tx.audit("branch.change", after.id, Some(before), Some(&after));
    Ok(after)
}

/// Whether a branch and a partner exist and are open. Errors: `org.unknown_branch`, `org.unknown_partner`.
pub fn check_open(tx: &mut Tx<'_>, branch: Option<BranchId>, partner: Option<PartnerId>) -> Done<()> {
    let tenant = tx.tenant();
    if let Some(id) = branch
        && tx.number(sql!("SELECT COUNT(*) FROM branch WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL"), &[p(&tenant), p(&id)])?
            == 0
    {
        return Err(refuse!(Invalid, "org.unknown_branch").field("branch_id").into());
    }
    if let Some(id) = partner
        && tx.number(sql!("SELECT COUNT(*) FROM partner WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL"), &[p(&tenant), p(&id)])?
            == 0
    {
        return Err(refuse!(Invalid, "org.unknown_partner").field("partner_id").into());
    }
    Ok(())
}

fn read_partner(r: &mut Row) -> Result<Partner, DbError> {
    Ok(Partner {
        id: r.next()?,
        code: r.next()?,
        name: r.next()?,
        kind: r.coded()?,
        contact: r.next()?,
        closed_at: r.next()?,
        version: r.next()?,
    })
}

/// Partners, newest first.
pub fn partners(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<Partner>> {
    let (tenant, start) = (tx.tenant(), PartnerId::from_uuid(after.id));
    Ok(tx.query(
        sql!(
            "SELECT id, code, name, kind, contact, closed_at, version FROM partner WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
        ),
        &[p(&tenant), p(&start), p(&limit)],
        read_partner,
    )?)
}

/// One partner, held until the end of the transaction. Errors: as [`branch_for_change`].
pub fn partner_for_change(tx: &mut Tx<'_>, id: PartnerId, version: Option<i64>) -> Done<Partner> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!("SELECT id, code, name, kind, contact, closed_at, version FROM partner WHERE tenant_id = $1 AND id = $2 {for_update}"),
        &[p(&tenant), p(&id)],
        read_partner,
    )?;
    let partner = found.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    if version.is_some_and(|v| v != partner.version) {
        return Err(Stop::Stale(Box::new(serde_json::to_value(&partner).unwrap_or(Value::Null))));
    }
    Ok(partner)
}

/// Makes a partner. Errors: `org.code_taken`.
pub fn add_partner(tx: &mut Tx<'_>, code_word: &str, name: &str, kind: PartnerKind, contact: &str) -> Done<Partner> {
    let (id, tenant, now): (PartnerId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let added = tx.exec(
        sql!(
            "INSERT INTO partner (id, tenant_id, code, name, kind, contact, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)
             ON CONFLICT DO NOTHING"
        ),
        &[p(&id), p(&tenant), p(code_word), p(name), code(&kind), p(contact), p(&now)],
    )?;
    if added == 0 {
        return Err(refuse!(Conflict, "org.code_taken").field("code").into());
    }
    let partner =
        Partner { id, code: code_word.to_owned(), name: name.to_owned(), kind, contact: contact.to_owned(), closed_at: None, version: 1 };
    tx.audit("partner.add", id, None, Some(&json!({ "code": code_word, "name": name, "kind": kind })));
    Ok(partner)
}

/// Saves a partner.
pub fn save_partner(tx: &mut Tx<'_>, before: &Partner, mut after: Partner) -> Done<Partner> {
    if *before == after {
        return Ok(after);
    }
    tx.exec(
        sql!("UPDATE partner SET name = $1, contact = $2, closed_at = $3, version = version + 1 WHERE id = $4"),
        &[p(&after.name), p(&after.contact), p(&after.closed_at), p(&after.id)],
    )?;
    after.version = before.version + 1;
    tx.audit("partner.change", after.id, Some(before), Some(&after));
    Ok(after)
}
