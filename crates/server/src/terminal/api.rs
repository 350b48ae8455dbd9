//! HTTP of terminals, their bindings and stickers.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::civil::Date;
use postsale_domain::merchant::{MerchantId, StoreId};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::terminal::TerminalId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sticker::{self, Label};
use crate::flow::terminal::{self as flow, BindingNew, TerminalEdit, TerminalNew};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::registry::terminals::{self as view, TerminalPage, TerminalRow};
use crate::view::registry::{merchants, see_terminal, sight};

/// The routes of terminals.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(terminal_list, terminal_add))
        .routes(routes!(terminal_read, terminal_edit))
        .routes(routes!(terminal_bind))
        .routes(routes!(terminal_unbind))
        .routes(routes!(terminal_move))
        .routes(routes!(terminal_sticker))
        .routes(routes!(merchant_stickers))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TerminalQuery {
    /// The beginning of a unique number or a model, or of a serial or terminal number a piece of four characters or more.
    q: Option<String>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Terminals, newest first.
#[utoipa::path(get, path = "/terminals", operation_id = "terminal_list", tag = "terminal", params(TerminalQuery),
    responses((status = 200, body = Page<TerminalRow>), Problem))]
async fn terminal_list(door: Door<act::RegistryRead>, Params(query): Params<TerminalQuery>) -> Result<Json<Page<TerminalRow>>, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    door.read(move |tx| {
        let (tenant, sight) = (tx.tenant(), sight(tx, reach));
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let after = Keyset::open(&seal, tenant, "terminals", page.cursor.as_deref(), Keyset::LAST)?;
        let found = view::list(tx, sight, query.q.as_deref().unwrap_or_default(), after, page.take())?;
        Ok(Page::cut(found, page.limit, &seal, tenant, "terminals", |t| (0, t.id)))
    })
    .await
    .map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CoverageQuery {
    /// The day warranty terms are applied to; today without it.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Date>,
}

/// The life of one terminal: where it stands and stood, what covers it on a day, its tickets.
#[utoipa::path(get, path = "/terminals/{id}", operation_id = "terminal_read", tag = "terminal", params(("id" = String, Path), CoverageQuery),
    responses((status = 200, body = TerminalPage), Problem))]
async fn terminal_read(
    door: Door<act::RegistryRead>,
    Ref(id): Ref<TerminalId>,
    Params(query): Params<CoverageQuery>,
) -> Result<Json<TerminalPage>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let sight = sight(tx, reach);
        view::page(tx, sight, id, query.on)
    })
    .await
    .map(Json)
}

/// Make a terminal: it stands at nobody's until it is bound.
#[utoipa::path(post, path = "/terminals", operation_id = "terminal_add", tag = "terminal", request_body = TerminalNew,
    responses((status = 201, body = TerminalPage), Problem))]
async fn terminal_add(door: Door<act::TerminalAdd>, body: Body<TerminalNew>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, new| {
        let id = flow::add(tx, new)?;
        let sight = sight(tx, reach);
        view::page(tx, sight, id, None)
    })
    .await
}

/// Change a terminal.
#[utoipa::path(put, path = "/terminals/{id}", operation_id = "terminal_edit", tag = "terminal", params(("id" = String, Path)),
    request_body = TerminalEdit, responses((status = 200, body = TerminalPage), Problem))]
async fn terminal_edit(door: Door<act::RegistryEdit>, Ref(id): Ref<TerminalId>, body: Body<TerminalEdit>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, edit| {
        let sight = sight(tx, reach);
        flow::edit(tx, sight, id, edit)?;
        view::page(tx, sight, id, None)
    })
    .await
}

/// Put a terminal to use at a store. A terminal that stands somewhere is refused.
#[utoipa::path(post, path = "/terminals/{id}/bindings", operation_id = "terminal_bind", tag = "terminal", params(("id" = String, Path)),
    request_body = BindingNew, responses((status = 201, body = TerminalPage), Problem))]
async fn terminal_bind(door: Door<act::RegistryEdit>, Ref(id): Ref<TerminalId>, body: Body<BindingNew>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, new| {
        let sight = sight(tx, reach);
        flow::bind(tx, reach, sight, id, new)?;
        view::page(tx, sight, id, None)
    })
    .await
}

/// Why a binding is closed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BindingEnd {
    /// In a sentence, 1 to 200 characters.
    reason: String,
}

/// Close the binding in force: the terminal stands nowhere from now on.
#[utoipa::path(post, path = "/terminals/{id}/bindings/close", operation_id = "terminal_unbind", tag = "terminal", params(("id" = String, Path)),
    request_body = BindingEnd, responses((status = 200, body = TerminalPage), Problem))]
async fn terminal_unbind(door: Door<act::RegistryEdit>, Ref(id): Ref<TerminalId>, body: Body<BindingEnd>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, end| {
        let sight = sight(tx, reach);
        flow::unbind(tx, sight, id, &end.reason)?;
        view::page(tx, sight, id, None)
    })
    .await
}

/// Where a terminal goes, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BindingMove {
    /// Where it stands from now on.
    store_id: StoreId,
    /// Terminal number at that store's acquirer.
    tid: String,
    /// In a sentence, 1 to 200 characters.
    reason: String,
}

/// Take a terminal to another store: one binding ends and the next begins at the same instant.
#[utoipa::path(post, path = "/terminals/{id}/bindings/move", operation_id = "terminal_move", tag = "terminal", params(("id" = String, Path)),
    request_body = BindingMove, responses((status = 201, body = TerminalPage), Problem))]
async fn terminal_move(door: Door<act::RegistryEdit>, Ref(id): Ref<TerminalId>, body: Body<BindingMove>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, wanted| {
        let sight = sight(tx, reach);
        let new = BindingNew { store_id: wanted.store_id, tid: wanted.tid.clone() };
        flow::relocate(tx, reach, sight, id, &new, &wanted.reason)?;
        view::page(tx, sight, id, None)
    })
    .await
}

/// The square code on a terminal: opens the page on which its merchant reports a fault.
#[utoipa::path(get, path = "/terminals/{id}/sticker.svg", operation_id = "terminal_sticker", tag = "terminal", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "image/svg+xml"), Problem))]
async fn terminal_sticker(door: Door<act::RegistryRead>, Ref(id): Ref<TerminalId>) -> Result<impl IntoResponse, Problem> {
    let (reach, address) = (door.reach(), sticker::link(&door.house, id));
    let picture = door
        .read(move |tx| {
            let sight = sight(tx, reach);
            see_terminal(tx, sight, id)?;
            sticker::svg(&address)
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], picture))
}

/// The stickers of a merchant's terminals as a page to print on A4 labels.
#[utoipa::path(get, path = "/merchants/{id}/stickers", operation_id = "merchant_stickers", tag = "terminal", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), Problem))]
async fn merchant_stickers(door: Door<act::RegistryRead>, Ref(id): Ref<MerchantId>) -> Result<impl IntoResponse, Problem> {
    let (reach, lang, house) = (door.reach(), door.lang, door.house.clone());
    let page = door
        .read(move |tx| {
            let sight = sight(tx, reach);
            let labels: Vec<Label> = merchants::terminals(tx, sight, id)?
                .into_iter()
                .map(|t| Label { id: t.id, serial_no: t.serial_no, model: t.model, store_name: t.store_name })
                .collect();
            let name = merchants::name(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
            sticker::sheet(&house, lang, &name, &labels)
        })
        .await?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string()))
}
