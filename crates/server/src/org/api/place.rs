use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::ground::{BranchId, Refusal, Role, cardless};
use postsale_domain::org::{PartnerId, PartnerKind, act};
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::org::store::place::{self, Branch, Partner};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(role_list))
        .routes(routes!(branch_list, branch_add))
        .routes(routes!(branch_change))
        .routes(routes!(partner_list, partner_add))
        .routes(routes!(partner_change))
}

/// What each role may do.
#[derive(Debug, Serialize, ToSchema)]
struct RoleMatrix {
    roles: Vec<Role>,
    actions: Vec<ActionRow>,
}

/// An action and how far it reaches for each role.
#[derive(Debug, Serialize, ToSchema)]
struct ActionRow {
    /// Dotted name.
    action: &'static str,
    /// `all`, `own` or `none`, by role.
    reach: BTreeMap<&'static str, &'static str>,
    /// `own` or `none`: what a merchant with a signed link may do with what is named in it.
    merchant: &'static str,
}

fn reach_word(letter: u8) -> &'static str {
    match letter {
        b'A' => "all",
        b'o' => "own",
        _ => "none",
    }
}

/// What each role may do, as it holds for everybody; people bound to a branch reach their branch where it says all.
#[utoipa::path(get, path = "/roles", operation_id = "role_list", tag = "org", responses((status = 200, body = RoleMatrix), Problem))]
async fn role_list(_door: Door<act::OrgRead>) -> Result<Json<RoleMatrix>, Problem> {
    let actions = act::ALL.iter().map(|(action, letters)| ActionRow {
        action,
        reach: Role::ALL.into_iter().map(|role| (role.as_str(), reach_word(act::letter(action, role)))).collect(),
        merchant: reach_word(letters.as_bytes().last().copied().unwrap_or(b'.')),
    });
    Ok(Json(RoleMatrix { roles: Role::ALL.to_vec(), actions: actions.collect() }))
}

/// A short word for a branch or partner, a name, a list of districts: checked. Errors: `org.bad_code`, `org.bad_name`, `text.card`.
fn check(code: Option<&str>, name: Option<&str>) -> Result<(), Refusal> {
    let plain = |code: &str| (1..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if code.is_some_and(|code| !plain(code)) {
        return Err(refuse!(Invalid, "org.bad_code").field("code"));
    }
    if name.is_some_and(|name| !(1..=60).contains(&name.trim().chars().count())) {
        return Err(refuse!(Invalid, "org.bad_name").field("name"));
    }
    cardless(code.unwrap_or_default(), "code")?;
    cardless(name.unwrap_or_default(), "name")
}

/// Errors: `branch.bad_districts`, `text.card`.
fn check_districts(districts: &[String]) -> Result<(), Refusal> {
    let fits = districts.len() <= 200 && districts.iter().all(|d| (1..=40).contains(&d.trim().chars().count()) && d.trim() == d);
    if !fits {
        return Err(refuse!(Invalid, "branch.bad_districts").field("districts"));
    }
    districts.iter().try_for_each(|district| cardless(district, "districts"))
}

/// Branches, newest first.
#[utoipa::path(get, path = "/branches", operation_id = "branch_list", tag = "org", params(PageParams), responses((status = 200, body = Page<Branch>), Problem))]
async fn branch_list(door: Door<act::OrgRead>, Params(paging): Params<PageParams>) -> Result<Json<Page<Branch>>, Problem> {
    let (seal, tenant) = (door.house.seal.clone(), door.caller.tenant);
    door.read(move |tx| {
        let start = Keyset::open(&seal, tenant, "branches", paging.cursor.as_deref(), Keyset::LAST)?;
        let list = place::branches(tx, start, paging.take())?;
        Ok(Page::cut(list, paging.limit, &seal, tenant, "branches", |b| (0, b.id)))
    })
    .await
    .map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BranchNew {
    /// Letters, digits, `-` and `_`; 20 at most. Stays as it is.
    code: String,
    name: String,
    /// Districts as stores name them.
    #[serde(default)]
    districts: Vec<String>,
}

/// Make a branch.
#[utoipa::path(post, path = "/branches", operation_id = "branch_add", tag = "org", request_body = BranchNew, responses((status = 201, body = Branch), Problem))]
async fn branch_add(door: Door<act::OrgEdit>, body: Body<BranchNew>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, |tx, new| {
        check(Some(&new.code), Some(&new.name))?;
        check_districts(&new.districts)?;
        place::add_branch(tx, &new.code, new.name.trim(), &new.districts)
    })
    .await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BranchChange {
    /// The version one has seen.
    version: i64,
    name: Option<String>,
    districts: Option<Vec<String>>,
    /// Close it: nobody is put there any more. False opens it again.
    closed: Option<bool>,
}

/// Change a branch.
#[utoipa::path(patch, path = "/branches/{id}", operation_id = "branch_change", tag = "org", params(("id" = String, Path)), request_body = BranchChange, responses((status = 200, body = Branch), Problem))]
async fn branch_change(door: Door<act::OrgEdit>, Ref(id): Ref<BranchId>, body: Body<BranchChange>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, given| {
        check(None, given.name.as_deref())?;
        let before = place::branch_for_change(tx, id, Some(given.version))?;
        let mut after = before.clone();
        if let Some(name) = &given.name {
            name.trim().clone_into(&mut after.name);
        }
        if let Some(districts) = &given.districts {
            check_districts(districts)?;
            after.districts.clone_from(districts);
        }
        if let Some(closed) = given.closed {
            after.closed_at = closed.then(|| before.closed_at.unwrap_or(tx.now()));
        }
        place::save_branch(tx, &before, after)
    })
    .await
}

/// Partners, newest first.
#[utoipa::path(get, path = "/partners", operation_id = "partner_list", tag = "org", params(PageParams), responses((status = 200, body = Page<Partner>), Problem))]
async fn partner_list(door: Door<act::OrgRead>, Params(paging): Params<PageParams>) -> Result<Json<Page<Partner>>, Problem> {
    let (seal, tenant) = (door.house.seal.clone(), door.caller.tenant);
    door.read(move |tx| {
        let start = Keyset::open(&seal, tenant, "partners", paging.cursor.as_deref(), Keyset::LAST)?;
        let list = place::partners(tx, start, paging.take())?;
        Ok(Page::cut(list, paging.limit, &seal, tenant, "partners", |b| (0, b.id)))
    })
    .await
    .map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartnerNew {
    /// Letters, digits, `-` and `_`; 20 at most. Stays as it is.
    code: String,
    name: String,
    kind: PartnerKind,
    /// Whom to call, in a line.
    #[serde(default)]
    contact: String,
}

/// Errors: `partner.bad_contact`, `text.card`.
fn check_contact(contact: &str) -> Result<(), Refusal> {
    if contact.chars().count() > 200 {
        return Err(refuse!(Invalid, "partner.bad_contact").field("contact"));
    }
    cardless(contact, "contact")
}

/// Make a partner.
#[utoipa::path(post, path = "/partners", operation_id = "partner_add", tag = "org", request_body = PartnerNew, responses((status = 201, body = Partner), Problem))]
async fn partner_add(door: Door<act::OrgEdit>, body: Body<PartnerNew>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, |tx, new| {
        check(Some(&new.code), Some(&new.name))?;
        check_contact(&new.contact)?;
        place::add_partner(tx, &new.code, new.name.trim(), new.kind, new.contact.trim())
    })
    .await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartnerChange {
    /// The version one has seen.
    version: i64,
    name: Option<String>,
    contact: Option<String>,
    /// End it: nobody is put there any more. False begins it again.
    closed: Option<bool>,
}

/// Change a partner.
#[utoipa::path(patch, path = "/partners/{id}", operation_id = "partner_change", tag = "org", params(("id" = String, Path)), request_body = PartnerChange, responses((status = 200, body = Partner), Problem))]
async fn partner_change(door: Door<act::OrgEdit>, Ref(id): Ref<PartnerId>, body: Body<PartnerChange>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, given| {
        check(None, given.name.as_deref())?;
        let before = place::partner_for_change(tx, id, Some(given.version))?;
        let mut after = before.clone();
        if let Some(name) = &given.name {
            name.trim().clone_into(&mut after.name);
        }
        if let Some(contact) = &given.contact {
            check_contact(contact)?;
            contact.trim().clone_into(&mut after.contact);
        }
        if let Some(closed) = given.closed {
            after.closed_at = closed.then(|| before.closed_at.unwrap_or(tx.now()));
        }
        place::save_partner(tx, &before, after)
    })
    .await
}
