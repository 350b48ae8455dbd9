//! The queues, their counts, and the search over everything.

use axum::Json;
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::web::{Door, Keyset, Page, PageParams, Params, Problem};
use crate::house::House;
use crate::ticket::list::{self, Counts, View};
use crate::view::ticket::{TicketRow, rows, sight};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(ticket_list)).routes(routes!(ticket_counts)).routes(routes!(ticket_search))
}

/// Most rows a search answers with.
const FOUND: u32 = 50;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TicketQuery {
    /// Which queue; `open` without it.
    #[param(inline)]
    view: Option<View>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Tickets of a queue; what falls due first stands first, of closed ones the newest.
#[utoipa::path(get, path = "/tickets", operation_id = "ticket_list", tag = "ticket", params(TicketQuery),
    responses((status = 200, body = Page<TicketRow>), Problem))]
async fn ticket_list(door: Door<act::TicketRead>, Params(query): Params<TicketQuery>) -> Result<Json<Page<TicketRow>>, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    door.read(move |tx| {
        let (view, tenant, me) = (query.view.unwrap_or_default(), tx.tenant(), tx.caller().user());
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let name = list::name(view);
        let after = Keyset::open(&seal, tenant, name, page.cursor.as_deref(), list::start(view))?;
        let sight = sight(tx, reach);
        let found = list::tickets(tx, view, me, sight, after, page.take())?;
        let cut = Page::cut(found, page.limit, &seal, tenant, name, |t| list::place(view, t));
        Ok(Page { items: rows(tx, &cut.items)?, next_cursor: cut.next_cursor })
    })
    .await
    .map(Json)
}

/// How many tickets stand in each queue.
#[utoipa::path(get, path = "/tickets/counts", operation_id = "ticket_counts", tag = "ticket", responses((status = 200, body = Counts), Problem))]
async fn ticket_counts(door: Door<act::TicketRead>) -> Result<Json<Counts>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let (me, sight) = (tx.caller().user(), sight(tx, reach));
        list::counts(tx, me, sight)
    })
    .await
    .map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TicketSearch {
    /// A ticket's number, a serial number, a phone number, the last four digits of one, or a part of a merchant's name.
    q: String,
}

/// Tickets that were found, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct TicketsFound {
    items: Vec<TicketRow>,
    /// Whether there are more than are shown.
    more: bool,
}

/// Tickets a typed word names. Errors: `ticket.search_short`, fewer than two characters.
#[utoipa::path(get, path = "/tickets/search", operation_id = "ticket_search", tag = "ticket", params(TicketSearch),
    responses((status = 200, body = TicketsFound), Problem))]
async fn ticket_search(door: Door<act::TicketRead>, Params(query): Params<TicketSearch>) -> Result<Json<TicketsFound>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let word = query.q.trim();
        let digits = word.chars().any(|c| c.is_ascii_digit());
        if word.is_empty() || (word.chars().count() < 2 && !digits) {
            return Err(refuse!(Invalid, "ticket.search_short").field("q").into());
        }
        let sight = sight(tx, reach);
        let mut found = list::named(tx, word, sight, FOUND + 1)?;
        let more = found.len() > FOUND as usize;
        found.truncate(FOUND as usize);
        Ok(TicketsFound { items: rows(tx, &found)?, more })
    })
    .await
    .map(Json)
}
