//! The queues, their counts, and the search over everything.

use std::collections::BTreeMap;

use axum::Json;
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::facts::in_force;
use crate::ground::gate::Costly;
use crate::ground::web::{Door, Keyset, Page, PageParams, Params, Problem};
use crate::house::House;
use crate::ticket::filter::{self, Filter, Narrow, Sort};
use crate::ticket::list::{self, Counts, View};
use crate::view::search;
use crate::view::ticket::{TicketRow, rows, sight};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(ticket_list))
        .routes(routes!(ticket_count))
        .routes(routes!(ticket_counts))
        .routes(routes!(ticket_search))
}

/// Rows of a search without a stated wish, and most of them.
const FOUND: u32 = 50;
/// Characters of a number that is looked up as a ticket's and nothing else.
const SHORT: usize = 3;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TicketQuery {
    /// Which queue; `open` without it.
    #[param(inline)]
    view: Option<View>,
    /// The order; `due` without it. Closed ones always stand newest first.
    #[param(inline)]
    sort: Option<Sort>,
    /// Only these states: `new,triaged`.
    state: Option<String>,
    /// Only these priorities: `urgent,high`.
    priority: Option<String>,
    /// Only these channels: `mail,h5`.
    channel: Option<String>,
    /// Only those that wait for this: `waiting_parts`.
    waiting: Option<String>,
    /// Only those of `me`, or of the colleague with this id.
    owner: Option<String>,
    /// Only those of shops in this district.
    district: Option<String>,
    /// Only those of merchants of this tier.
    tier: Option<String>,
    /// Only those whose fault code begins so: `PRN`.
    fault: Option<String>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A filter as part of a cursor's name: a cursor belongs to the list it was given for.
fn key(filter: &Filter) -> String {
    serde_json::to_string(filter).unwrap_or_default()
}

impl TicketQuery {
    fn filter(&self) -> Filter {
        Filter {
            state: self.state.clone(),
            priority: self.priority.clone(),
            channel: self.channel.clone(),
            waiting: self.waiting.clone(),
            owner: self.owner.clone(),
            district: self.district.clone(),
            tier: self.tier.clone(),
            fault: self.fault.clone(),
        }
    }
}

/// How many tickets a list holds.
#[derive(Debug, Serialize, ToSchema)]
struct TicketCount {
    /// All of them; null for closed ones, which nobody counts.
    count: Option<i64>,
    /// By state; states without any are left out.
    states: BTreeMap<&'static str, i64>,
}

/// How many tickets a list holds, all and by state. `limit`, `cursor` and `sort` make no difference.
#[utoipa::path(get, path = "/tickets/count", operation_id = "ticket_count", tag = "ticket", params(TicketQuery),
    responses((status = 200, body = TicketCount), Problem))]
async fn ticket_count(door: Door<act::TicketRead>, Params(query): Params<TicketQuery>) -> Result<Json<TicketCount>, Problem> {
    let reach = door.reach();
    door.read(move |tx| {
        let (view, narrow, sight) = (query.view.unwrap_or_default(), query.filter().narrow()?, sight(tx, reach));
        if view == View::Closed {
            return Ok(TicketCount { count: None, states: BTreeMap::new() });
        }
        let states: BTreeMap<_, _> = filter::by_state(tx, view, &narrow, sight)?.into_iter().map(|(s, n)| (s.as_str(), n)).collect();
        Ok(TicketCount { count: Some(states.values().sum()), states })
    })
    .await
    .map(Json)
}

/// Tickets of a queue, narrowed and in an order; without either, what falls due first stands first, of closed ones the newest.
#[utoipa::path(get, path = "/tickets", operation_id = "ticket_list", tag = "ticket", params(TicketQuery),
    responses((status = 200, body = Page<TicketRow>), Problem))]
async fn ticket_list(door: Door<act::TicketRead>, Params(query): Params<TicketQuery>) -> Result<Json<Page<TicketRow>>, Problem> {
    let (reach, seal) = (door.reach(), door.house.seal.clone());
    door.read(move |tx| {
        let (view, tenant, me) = (query.view.unwrap_or_default(), tx.tenant(), tx.caller().user());
        let page = PageParams { limit: query.limit, cursor: query.cursor.clone() };
        let (sort, asked, narrow, sight) = (query.sort.unwrap_or_default(), query.filter(), query.filter().narrow()?, sight(tx, reach));
        // A queue as it is has an index of its own; the narrowed ones walk the index of their order.
        let plain = sort == Sort::Due && narrow == Narrow::default();
        let name = if plain { list::name(view).to_owned() } else { format!("{}-{sort:?}-{}", list::name(view), key(&asked)) };
        let after = Keyset::open(&seal, tenant, &name, page.cursor.as_deref(), filter::start(view, sort))?;
        tx.ahead(in_force);
        let found = match plain {
            true => list::tickets(tx, view, me, sight, after, page.take())?,
            false => filter::tickets(tx, view, &narrow, sort, sight, after, page.take())?,
        };
        let cut = Page::cut(found, page.limit, &seal, tenant, &name, |t| filter::place(view, sort, t));
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
    /// A ticket's number, a serial number, a phone number, the last four digits of one, a part of a merchant's name, or words somebody
    /// used.
    q: String,
    /// Rows, 1 to 50; 50 without it.
    limit: Option<u32>,
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
    let _turn = door.turn(Costly::Search).await?;
    let limit = query.limit.unwrap_or(FOUND).clamp(1, FOUND);
    door.read(move |tx| {
        let word = query.q.trim();
        let digits = word.chars().any(|c| c.is_ascii_digit());
        if word.is_empty() || (word.chars().count() < 2 && !digits) {
            return Err(refuse!(Invalid, "ticket.search_short").field("q").into());
        }
        let sight = sight(tx, reach);
        // What was said on it counts as well. A short number is a ticket's; it also stands in half of what people say.
        let by_words = word.chars().filter(|c| c.is_alphanumeric()).count() > SHORT || !digits;
        tx.ahead(in_force);
        if by_words {
            tx.ahead(|tx| search::tickets(tx, reach, word, limit + 1));
        }
        let mut found = list::named(tx, word, sight, limit + 1)?;
        if by_words {
            let mut said = search::tickets(tx, reach, word, limit + 1)?;
            said.retain(|id| found.iter().all(|t| t.id != *id));
            found.extend(list::some(tx, &said)?);
            found.sort_by_key(|t| std::cmp::Reverse((t.opened_at, t.id)));
        }
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        Ok(TicketsFound { items: rows(tx, &found)?, more })
    })
    .await
    .map(Json)
}
