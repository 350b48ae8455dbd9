//! HTTP of merchants, their stores and contacts.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::merchant::{ContactId, MerchantId, StoreId};
use postsale_domain::org::act;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::merchant::{self as flow, ContactDraft, MerchantEdit, MerchantNew, Revealed, StoreDraft};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::registry::choices::{Choices, choices};
use crate::view::registry::merchants::{self as view, MerchantPage, MerchantRow};
use crate::view::registry::{AcquirerName, sight};

/// The routes of merchants.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(merchant_list, merchant_add))
        .routes(routes!(merchant_read, merchant_edit))
        .routes(routes!(store_add))
        .routes(routes!(store_edit))
        .routes(routes!(contact_add))
        .routes(routes!(contact_edit))
        .routes(routes!(contact_reveal))
        .routes(routes!(acquirer_list))
        .routes(routes!(registry_choices))
}

/// Which rows of the registry.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RegistryQuery {
    /// What somebody typed: words, or four characters and more from anywhere in a number; all without it.
    pub q: Option<String>,
    /// Rows of a page, 1 to 200; 25 without it.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Merchants, newest first, whose name or number contains `q`.
#[utoipa::path(get, path = "/merchants", operation_id = "merchant_list", tag = "merchant", params(RegistryQuery),
    responses((status = 200, body = Page<MerchantRow>), Problem))]
async fn merchant_list(door: Door<act::RegistryRead>, Params(query): Params<RegistryQuery>) -> Result<Json<Page<MerchantRow>>, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    door.read(move |tx| {
        let (tenant, sight) = (tx.tenant(), sight(tx, reach));
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let after = Keyset::open(&seal, tenant, "merchants", page.cursor.as_deref(), Keyset::LAST)?;
        let found = view::list(tx, sight, query.q.as_deref().unwrap_or_default(), after, page.take())?;
        Ok(Page::cut(found, page.limit, &seal, tenant, "merchants", |m| (0, m.id)))
    })
    .await
    .map(Json)
}

/// Everything about one merchant.
#[utoipa::path(get, path = "/merchants/{id}", operation_id = "merchant_read", tag = "merchant", params(("id" = String, Path)),
    responses((status = 200, body = MerchantPage), Problem))]
async fn merchant_read(door: Door<act::RegistryRead>, Ref(id): Ref<MerchantId>) -> Result<Json<MerchantPage>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let sight = sight(tx, reach);
        view::page(tx, sight, id)
    })
    .await
    .map(Json)
}

/// Make a merchant.
#[utoipa::path(post, path = "/merchants", operation_id = "merchant_add", tag = "merchant", request_body = MerchantNew,
    responses((status = 201, body = MerchantPage), Problem))]
async fn merchant_add(door: Door<act::RegistryEdit>, body: Body<MerchantNew>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, new| {
        let id = flow::add(tx, new)?;
        let sight = sight(tx, reach);
        view::page(tx, sight, id)
    })
    .await
}

/// Change a merchant.
#[utoipa::path(put, path = "/merchants/{id}", operation_id = "merchant_edit", tag = "merchant", params(("id" = String, Path)),
    request_body = MerchantEdit, responses((status = 200, body = MerchantPage), Problem))]
async fn merchant_edit(door: Door<act::RegistryEdit>, Ref(id): Ref<MerchantId>, body: Body<MerchantEdit>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, edit| {
        let sight = sight(tx, reach);
        flow::edit(tx, sight, id, edit)?;
        view::page(tx, sight, id)
    })
    .await
}

/// Add a store.
#[utoipa::path(post, path = "/merchants/{id}/stores", operation_id = "store_add", tag = "merchant", params(("id" = String, Path)),
    request_body = StoreDraft, responses((status = 201, body = MerchantPage), Problem))]
async fn store_add(door: Door<act::RegistryEdit>, Ref(id): Ref<MerchantId>, body: Body<StoreDraft>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, draft| {
        let sight = sight(tx, reach);
        flow::add_store(tx, sight, id, draft)?;
        view::page(tx, sight, id)
    })
    .await
}

/// Change a store: its name, place, opening hours, agreement.
#[utoipa::path(put, path = "/stores/{id}", operation_id = "store_edit", tag = "merchant", params(("id" = String, Path)),
    request_body = StoreDraft, responses((status = 200, body = MerchantPage), Problem))]
async fn store_edit(door: Door<act::RegistryEdit>, Ref(id): Ref<StoreId>, body: Body<StoreDraft>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, draft| {
        let sight = sight(tx, reach);
        let merchant = flow::edit_store(tx, sight, id, draft)?;
        view::page(tx, sight, merchant)
    })
    .await
}

/// Add a contact.
#[utoipa::path(post, path = "/merchants/{id}/contacts", operation_id = "contact_add", tag = "merchant", params(("id" = String, Path)),
    request_body = ContactDraft, responses((status = 201, body = MerchantPage), Problem))]
async fn contact_add(door: Door<act::RegistryEdit>, Ref(id): Ref<MerchantId>, body: Body<ContactDraft>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, draft| {
        let sight = sight(tx, reach);
        flow::add_contact(tx, sight, id, draft)?;
        view::page(tx, sight, id)
    })
    .await
}

/// Change a contact.
#[utoipa::path(put, path = "/contacts/{id}", operation_id = "contact_edit", tag = "merchant", params(("id" = String, Path)),
    request_body = ContactDraft, responses((status = 200, body = MerchantPage), Problem))]
async fn contact_edit(door: Door<act::RegistryEdit>, Ref(id): Ref<ContactId>, body: Body<ContactDraft>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, draft| {
        let sight = sight(tx, reach);
        let merchant = flow::edit_contact(tx, sight, id, draft)?;
        view::page(tx, sight, merchant)
    })
    .await
}

/// Why somebody needs to see a number.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevealAsked {
    /// In a sentence, 1 to 200 characters.
    reason: String,
}

/// Show a contact's number in clear. Who saw it, when and why stands in the audit chain; the page hides it again after a
/// minute. The answer is kept nowhere, so an Idempotency-Key does nothing here.
#[utoipa::path(post, path = "/contacts/{id}/reveal", operation_id = "contact_reveal", tag = "merchant", params(("id" = String, Path)),
    request_body = RevealAsked, responses((status = 200, body = Revealed), Problem))]
async fn contact_reveal(
    door: Door<act::ContactReveal>,
    Ref(id): Ref<ContactId>,
    body: Body<RevealAsked>,
) -> Result<Json<Revealed>, Problem> {
    let (reach, reason) = (door.reach(), body.value.reason);
    door.write(move |tx| {
        let sight = sight(tx, reach);
        flow::reveal(tx, sight, id, &reason)
    })
    .await
    .map(Json)
}

/// Acquirers.
#[derive(Debug, Serialize, ToSchema)]
struct Acquirers {
    items: Vec<AcquirerName>,
}

/// The acquirers whose merchants the caller sees.
#[utoipa::path(get, path = "/acquirers", operation_id = "acquirer_list", tag = "merchant", responses((status = 200, body = Acquirers), Problem))]
async fn acquirer_list(door: Door<act::RegistryRead>) -> Result<Json<Acquirers>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let sight = sight(tx, reach);
        Ok(Acquirers { items: view::acquirers(tx, sight)? })
    })
    .await
    .map(Json)
}

/// What dialogs and filters offer: the acquirers whose merchants the caller sees, agreements, models, and the districts there are.
#[utoipa::path(get, path = "/registry-choices", operation_id = "registry_choices", tag = "merchant", responses((status = 200, body = Choices), Problem))]
async fn registry_choices(door: Door<act::RegistryRead>) -> Result<Json<Choices>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let sight = sight(tx, reach);
        choices(tx, sight)
    })
    .await
    .map(Json)
}
