//! One command on many tickets.

use std::collections::BTreeSet;
use std::fmt;

use postsale_domain::ground::Reach;
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::bulk::{self, BulkCommand, Changed, MOST};
use crate::ground::db::Tx;
use crate::ground::web::{Answered, Body, Door, Problem};
use crate::house::House;
use crate::ticket::filter::{self, Filter, Sort};
use crate::ticket::list::{self, View};
use crate::view::ticket::{number, sight};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(ticket_bulk))
}

/// Which tickets, and what is done with each.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkTickets {
    /// These; 1 to 500.
    ids: Option<Vec<TicketId>>,
    /// Or all that a list shows; 500 at most.
    matching: Option<Matching>,
    command: BulkCommand,
}

/// What a list shows.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Matching {
    /// The queue.
    #[serde(default)]
    view: View,
    /// What it is narrowed to.
    #[serde(default)]
    filter: Filter,
}

/// What became of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BulkEnd {
    /// It was done.
    Changed,
    /// It was so already.
    Same,
    /// It was refused; `problem` says why.
    Refused,
}

/// What became of one of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct BulkRow {
    id: TicketId,
    /// `T-000831`; null for one that is not there, or not yours to see.
    number: Option<String>,
    subject: Option<String>,
    end: BulkEnd,
    problem: Option<Problem>,
}

/// One of those that were picked, with its number and title while it is there.
#[derive(Debug, Clone)]
struct Picked {
    id: TicketId,
    title: Option<(i64, String)>,
}

impl fmt::Display for Picked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

/// Does the same with many tickets, in the order given or as the list stands. Each is decided by the same rules as one alone, in a
/// transaction of its own: what is refused for one keeps no other from being done. Errors: `bulk.which`, neither or both of `ids`
/// and `matching`; `bulk.too_many`; `not_allowed`, the command itself.
#[utoipa::path(post, path = "/tickets/bulk", operation_id = "ticket_bulk", tag = "ticket", request_body = BulkTickets,
    responses((status = 200, body = Vec<BulkRow>), Problem))]
async fn ticket_bulk(door: Door<act::TicketBulk>, body: Body<BulkTickets>) -> Result<Answered, Problem> {
    let (who, lang) = (door.caller.who.clone(), door.lang);
    let reach = door.reach().min(act::reach(body.value.command.action(), &who));
    if reach == Reach::None {
        return Err(Problem::refused(lang, &refuse!(Forbidden, "not_allowed", action = body.value.command.action())));
    }
    let seen = door.reach().min(act::reach("ticket.read", &who));
    let gather = move |tx: &mut Tx<'_>, b: &BulkTickets| {
        let ids: Vec<TicketId> = match (&b.ids, &b.matching) {
            (Some(ids), None) if !ids.is_empty() => {
                let mut known = BTreeSet::new();
                ids.iter().copied().filter(|id| known.insert(*id)).collect()
            }
            (None, Some(m)) => {
                let (sight, limit) = (sight(tx, seen), MOST as u32 + 1);
                let start = filter::start(m.view, Sort::Due);
                let found = filter::tickets(tx, m.view, &m.filter.narrow()?, Sort::Due, sight, start, limit)?;
                found.into_iter().map(|t| t.id).collect()
            }
            _ => return Err(refuse!(Invalid, "bulk.which").field("ids").into()),
        };
        if ids.len() > MOST {
            return Err(refuse!(TooLarge, "bulk.too_many", limit = MOST).field("ids").into());
        }
        let mut titles = list::titles(tx, &ids)?;
        Ok(ids.into_iter().map(|id| Picked { id, title: titles.remove(&id) }).collect())
    };
    let answer = |picked: &Picked, done: Result<Changed, Problem>| {
        let (end, problem) = match done {
            Ok(it) if it.changed => (BulkEnd::Changed, None),
            Ok(_) => (BulkEnd::Same, None),
            Err(problem) => (BulkEnd::Refused, Some(problem)),
        };
        // What is not theirs to see has no title either.
        let hidden = problem.as_ref().is_some_and(|p| p.code == "not_found");
        let (n, subject) = picked.title.clone().filter(|_| !hidden).unzip();
        BulkRow { id: picked.id, number: n.map(number), subject, end, problem }
    };
    door.each(body, gather, move |tx, b, picked: &Picked| bulk::one(tx, reach, picked.id, &b.command), answer).await
}
