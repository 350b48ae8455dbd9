use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, BranchId, EngineerId, Lang, Role, UserId, mask_email};
use postsale_domain::org::{PartnerId, TokenKind, UserState, act, people as rules};
use postsale_domain::refuse;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::me::Sessions;
use crate::flow::people::{self as flow, UserNew};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::org::mail::{self, Letter};
use crate::org::store::people::{self, Person, PersonRow, Wanted};
use crate::org::store::{factor, place, session, token};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(user_list, user_add))
        .routes(routes!(user_show, user_change))
        .routes(routes!(user_role))
        .routes(routes!(user_disable))
        .routes(routes!(user_enable))
        .routes(routes!(user_link))
        .routes(routes!(user_factor_remove))
        .routes(routes!(user_sessions, user_sessions_end))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UserFilter {
    /// Only people of this role.
    role: Option<Role>,
    /// Only people in this state; those who can sign in without it.
    state: Option<UserState>,
    /// Only people of this branch.
    branch: Option<BranchId>,
    /// Only people of this partner.
    partner: Option<PartnerId>,
    /// Only people whose name or user name contains this.
    q: Option<String>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Colleagues, the latest to come first.
#[utoipa::path(get, path = "/users", operation_id = "user_list", tag = "org", params(UserFilter), responses((status = 200, body = Page<PersonRow>), Problem))]
async fn user_list(door: Door<act::UserRead>, Params(filter): Params<UserFilter>) -> Result<Json<Page<PersonRow>>, Problem> {
    let (seal, tenant) = (door.house.seal.clone(), door.caller.tenant);
    door.read(move |tx| {
        let paging = PageParams { limit: filter.limit, cursor: filter.cursor.clone() };
        let start = Keyset::open(&seal, tenant, "users", paging.cursor.as_deref(), Keyset::LAST)?;
        let wanted = Wanted {
            role: filter.role,
            state: Some(filter.state.unwrap_or(UserState::Active)),
            branch: filter.branch,
            partner: filter.partner,
            q: filter.q.as_deref().unwrap_or_default(),
        };
        let rows = people::people(tx, &wanted, start, paging.take())?;
        Ok(Page::cut(rows, paging.limit, &seal, tenant, "users", |row| (0, row.id)))
    })
    .await
    .map(Json)
}

/// Invite somebody. With an address a mail with a link goes out; they choose their password themselves.
#[utoipa::path(post, path = "/users", operation_id = "user_add", tag = "org", request_body = UserNew, responses((status = 201, body = Person), Problem))]
async fn user_add(door: Door<act::UserManage>, body: Body<UserNew>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, |tx, new| {
        let id = flow::invite(tx, new)?;
        people::for_change(tx, id, None)
    })
    .await
}

/// One person, whole.
#[utoipa::path(get, path = "/users/{id}", operation_id = "user_show", tag = "org", params(("id" = String, Path)), responses((status = 200, body = Person), Problem))]
async fn user_show(door: Door<act::UserManage>, Ref(id): Ref<UserId>) -> Result<Json<Person>, Problem> {
    door.read(move |tx| people::person(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found").into())).await.map(Json)
}

/// A field that was given, be it null: null clears it, its absence leaves it.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(reader).map(Some)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    /// The version one has seen.
    version: i64,
    display_name: Option<String>,
    lang: Option<Lang>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<BranchId>)]
    branch_id: Option<Option<BranchId>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<PartnerId>)]
    partner_id: Option<Option<PartnerId>>,
}

/// Change a person's name, address, language, branch or partner. What is not named stays; null clears.
#[utoipa::path(patch, path = "/users/{id}", operation_id = "user_change", tag = "org", params(("id" = String, Path)), request_body = UserChange, responses((status = 200, body = Person), Problem))]
async fn user_change(door: Door<act::UserManage>, Ref(id): Ref<UserId>, body: Body<UserChange>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, change| {
        let before = people::for_change(tx, id, Some(change.version))?;
        let mut after = before.clone();
        if let Some(name) = &change.display_name {
            rules::check_display_name(name)?;
            name.trim().clone_into(&mut after.row.name);
        }
        if let Some(lang) = change.lang {
            after.lang = lang;
        }
        if let Some(email) = &change.email {
            email.as_deref().map_or(Ok(()), rules::check_email)?;
            after.email.clone_from(email);
        }
        if let Some(branch) = change.branch_id {
            rules::check_branch(before.row.role, branch.is_some())?;
            after.row.branch_id = branch;
        }
        if let Some(partner) = change.partner_id {
            after.row.partner_id = partner;
        }
        place::check_open(tx, change.branch_id.flatten(), change.partner_id.flatten())?;
        people::save(tx, "user.change", &before, &mut after)?;
        if before.email != after.email {
            // A link on its way to the old address must not work for whoever reads it there.
            token::forget(tx, id)?;
            if before.email.is_some() {
                mail::ask(tx, id, Letter::EmailChanged)?;
            }
        }
        Ok(after)
    })
    .await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleChange {
    /// The version one has seen.
    version: i64,
    role: Role,
    /// For the role engineer.
    engineer_id: Option<EngineerId>,
    /// For the role acquirer.
    acquirer_id: Option<AcquirerId>,
    /// Who takes their open tickets, when the new role answers for none.
    hand_over_to: Option<UserId>,
}

/// Give somebody another role. Their sessions, keys and links end.
#[utoipa::path(post, path = "/users/{id}/role", operation_id = "user_role", tag = "org", params(("id" = String, Path)), request_body = RoleChange, responses((status = 200, body = Person), Problem))]
async fn user_role(door: Door<act::UserManage>, Ref(id): Ref<UserId>, body: Body<RoleChange>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, change| {
        let new =
            flow::NewRole { role: change.role, engineer: change.engineer_id, acquirer: change.acquirer_id, successor: change.hand_over_to };
        flow::change_role(tx, id, change.version, new)
    })
    .await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Leaving {
    /// The version one has seen.
    version: i64,
    /// Who takes their open tickets.
    hand_over_to: Option<UserId>,
}

/// Let somebody go. Sessions, keys and links end at once; their open tickets go to a successor in the same step.
#[utoipa::path(post, path = "/users/{id}/disable", operation_id = "user_disable", tag = "org", params(("id" = String, Path)), request_body = Leaving, responses((status = 200, body = Person), Problem))]
async fn user_disable(door: Door<act::UserManage>, Ref(id): Ref<UserId>, body: Body<Leaving>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, leaving| flow::disable(tx, id, leaving.version, leaving.hand_over_to)).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Returning {
    /// The version one has seen.
    version: i64,
}

/// Take somebody back.
#[utoipa::path(post, path = "/users/{id}/enable", operation_id = "user_enable", tag = "org", params(("id" = String, Path)), request_body = Returning, responses((status = 200, body = Person), Problem))]
async fn user_enable(door: Door<act::UserManage>, Ref(id): Ref<UserId>, body: Body<Returning>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, returning| flow::enable(tx, id, returning.version)).await
}

/// How a link reaches somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// By mail, to their address.
    Mail,
    /// Shown to the administrator, once, to hand over.
    Shown,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkWanted {
    by: Way,
}

/// A link on its way.
#[derive(Debug, Serialize, ToSchema)]
struct LinkMade {
    /// What it is for: joining, or a new password.
    kind: TokenKind,
    /// The masked address a mail goes to.
    mailed_to: Option<String>,
    /// The link, when it is shown; here and nowhere else.
    link: Option<String>,
    /// Until when a link that is shown works.
    expires_at: Option<Timestamp>,
}

/// Send somebody a link to join or to choose a new password, or show it. Links made before work no more. The answer may hold a secret,
/// which is why it is not kept under an idempotency key.
#[utoipa::path(post, path = "/users/{id}/link", operation_id = "user_link", tag = "org", params(("id" = String, Path)), request_body = LinkWanted, responses((status = 201, body = LinkMade), Problem))]
async fn user_link(
    door: Door<act::UserManage>,
    Ref(id): Ref<UserId>,
    body: Body<LinkWanted>,
) -> Result<(StatusCode, Json<LinkMade>), Problem> {
    let (origin, way) = (door.house.config.public_url(), body.value.by);
    door.write(move |tx| {
        let person = people::for_change(tx, id, None)?;
        let (kind, letter) = match person.row.state {
            UserState::Invited => (TokenKind::Invite, Letter::Invite),
            UserState::Active => (TokenKind::Reset, Letter::Reset),
            UserState::Disabled => return Err(refuse!(Conflict, "user.left_already").into()),
        };
        match (way, person.email) {
            (Way::Mail, None) => Err(refuse!(Conflict, "user.no_email").into()),
            (Way::Mail, Some(address)) => {
                mail::ask(tx, id, letter)?;
                Ok(LinkMade { kind, mailed_to: Some(mask_email(&address)), link: None, expires_at: None })
            }
            (Way::Shown, _) => {
                let (link, expires_at) = mail::link(tx, &origin, id, kind)?;
                Ok(LinkMade { kind, mailed_to: None, link: Some(link), expires_at: Some(expires_at) })
            }
        }
    })
    .await
    .map(|made| (StatusCode::CREATED, Json(made)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Take a person's second factor away, when phone and recovery codes are lost. Their sessions end.
#[utoipa::path(post, path = "/users/{id}/second-factor/remove", operation_id = "user_factor_remove", tag = "org", params(("id" = String, Path)), request_body = Nothing, responses((status = 200, body = Person), Problem))]
async fn user_factor_remove(door: Door<act::UserManage>, Ref(id): Ref<UserId>, body: Body<Nothing>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, _| {
        people::for_change(tx, id, None)?;
        if factor::remove(tx, id)? {
            session::end_all_but(tx, id, &[])?;
        }
        people::for_change(tx, id, None)
    })
    .await
}

/// Where somebody is signed in.
#[utoipa::path(get, path = "/users/{id}/sessions", operation_id = "user_sessions", tag = "org", params(("id" = String, Path)), responses((status = 200, body = Sessions), Problem))]
async fn user_sessions(door: Door<act::UserManage>, Ref(id): Ref<UserId>) -> Result<Json<Sessions>, Problem> {
    door.read(move |tx| {
        people::person(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
        session::sessions(tx, id, &[])
    })
    .await
    .map(|items| Json(Sessions { items }))
}

/// Sign somebody out everywhere.
#[utoipa::path(delete, path = "/users/{id}/sessions", operation_id = "user_sessions_end", tag = "org", params(("id" = String, Path)), responses((status = 204), Problem))]
async fn user_sessions_end(door: Door<act::UserManage>, Ref(id): Ref<UserId>) -> Result<StatusCode, Problem> {
    door.write(move |tx| {
        people::for_change(tx, id, None)?;
        session::end_all_but(tx, id, &[])
    })
    .await
    .map(|_| StatusCode::NO_CONTENT)
}
