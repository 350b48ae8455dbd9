use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use postsale_domain::ground::{TypedId, UserId};
use postsale_domain::org::act;
use postsale_domain::org::identity::{Terms, check_issuer};
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::oidc::{back_address, unhelpful};
use crate::ground::db::{Done, Tx};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::org::identity;
use crate::org::store::identity::{self as kept, Linked};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(identity_provider, identity_provider_change))
        .routes(routes!(identity_provider_test))
        .routes(routes!(identity_link_list))
        .routes(routes!(identity_link_remove))
}

/// How people come in by a company account.
#[derive(Debug, Serialize, ToSchema)]
struct IdentityProvider {
    /// What is agreed; null before anything is.
    terms: Option<Terms>,
    /// Whether our secret at the provider is kept; it is never shown.
    secret_kept: bool,
    /// Where the provider sends people back to; it must know this address.
    back: String,
    /// When the terms were changed last.
    changed_at: Option<Timestamp>,
    /// Grows with each change; 0 before the first.
    version: i64,
}

fn shown(tx: &mut Tx<'_>, back: &str) -> Done<IdentityProvider> {
    let kept = kept::provider(tx)?;
    Ok(IdentityProvider {
        secret_kept: kept.as_ref().is_some_and(|k| !k.secret.is_empty()),
        changed_at: kept.as_ref().map(|k| k.changed_at),
        version: kept.as_ref().map_or(0, |k| k.version),
        terms: kept.map(|k| k.terms),
        back: back.to_owned(),
    })
}

/// How people come in by a company account.
#[utoipa::path(get, path = "/identity-provider", operation_id = "identity_provider", tag = "org", responses((status = 200, body = IdentityProvider), Problem))]
async fn identity_provider(door: Door<act::IdentityManage>) -> Result<Json<IdentityProvider>, Problem> {
    let back = back_address(&door.house);
    door.read(move |tx| shown(tx, &back)).await.map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IdentityProviderChange {
    terms: Terms,
    /// Our secret at the provider; without it the one kept stays. Wanted again when the provider or our name there is another.
    secret: Option<String>,
    /// The version this change is made to; 0 for the first.
    version: i64,
}

/// Say how people come in by a company account. Sessions that are open stay open.
#[utoipa::path(put, path = "/identity-provider", operation_id = "identity_provider_change", tag = "org", request_body = IdentityProviderChange, responses((status = 200, body = IdentityProvider), Problem))]
async fn identity_provider_change(door: Door<act::IdentityManage>, body: Body<IdentityProviderChange>) -> Result<Answered, Problem> {
    let (back, seal) = (back_address(&door.house), door.house.seal.clone());
    door.command(body, StatusCode::OK, move |tx, change| {
        let terms = change.terms.clone().tidied();
        terms.check()?;
        let given = change.secret.as_deref().map(str::trim).filter(|s| !s.is_empty());
        if given.is_some_and(|s| s.len() > 500) {
            return Err(refuse!(Invalid, "identity.long_secret").field("secret").into());
        }
        let known = kept::provider(tx)?;
        let same = known.as_ref().is_some_and(|k| k.terms.issuer == terms.issuer && k.terms.client_id == terms.client_id);
        let secret = match (given, known) {
            (Some(given), _) => identity::lock(&seal, tx.tenant(), given),
            // A secret goes to the provider it belongs to and to no other.
            (None, Some(known)) if same => known.secret,
            (None, _) => return Err(refuse!(Invalid, "identity.no_secret").field("secret").into()),
        };
        kept::keep(tx, &terms, &secret, change.version)?;
        shown(tx, &back)
    })
    .await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IdentityProviderTried {
    issuer: String,
}

/// What a provider says of itself.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderFound {
    /// Where people are sent.
    authorization: String,
    /// Where codes are taken for tokens.
    token: String,
    /// How its tokens are signed.
    algorithms: Vec<String>,
    /// Keys it publishes.
    keys: usize,
}

/// Read a provider's discovery document and keys, without changing anything.
#[utoipa::path(post, path = "/identity-provider/test", operation_id = "identity_provider_test", tag = "org", request_body = IdentityProviderTried, responses((status = 200, body = ProviderFound), Problem))]
async fn identity_provider_test(
    door: Door<act::IdentityManage>,
    body: Body<IdentityProviderTried>,
) -> Result<Json<ProviderFound>, Problem> {
    let issuer = body.value.issuer.trim();
    check_issuer(issuer).map_err(|no| Problem::refused(door.lang, &no))?;
    match door.house.accounts.discover(issuer).await {
        Ok(found) => Ok(Json(ProviderFound {
            authorization: found.authorization,
            token: found.token,
            algorithms: found.algorithms,
            keys: found.keys,
        })),
        Err(why) => Err(Problem::refused(door.lang, &unhelpful(why))),
    }
}

/// Who comes in by the company account, the latest to join first.
#[utoipa::path(get, path = "/identity-links", operation_id = "identity_link_list", tag = "org", params(PageParams), responses((status = 200, body = Page<Linked>), Problem))]
async fn identity_link_list(door: Door<act::IdentityManage>, Params(paging): Params<PageParams>) -> Result<Json<Page<Linked>>, Problem> {
    let (seal, tenant) = (door.house.seal.clone(), door.caller.tenant);
    door.read(move |tx| {
        let start = Keyset::open(&seal, tenant, "identity_links", paging.cursor.as_deref(), Keyset::LAST)?;
        let rows = kept::links(tx, UserId::from_uuid(start.id), paging.take())?;
        Ok(Page::cut(rows, paging.limit, &seal, tenant, "identity_links", |row| (0, row.user_id)))
    })
    .await
    .map(Json)
}

/// Take the tie between a person and their company account away; the next account the provider names so takes its place.
#[utoipa::path(delete, path = "/identity-links/{id}", operation_id = "identity_link_remove", tag = "org", params(("id" = String, Path)), responses((status = 204), Problem))]
async fn identity_link_remove(door: Door<act::IdentityManage>, Ref(id): Ref<UserId>) -> Result<StatusCode, Problem> {
    door.write(move |tx| if kept::unlink(tx, id)? { Ok(()) } else { Err(refuse!(NotFound, "not_found").into()) })
        .await
        .map(|()| StatusCode::NO_CONTENT)
}
