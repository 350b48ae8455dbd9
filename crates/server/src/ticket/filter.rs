//! What a list of tickets is narrowed to, as an address says it, and the lists and counts narrowed so.

use postsale_domain::ground::{Refusal, TypedId, UserId, to_millis};
use postsale_domain::merchant::Tier;
use postsale_domain::refuse;
use postsale_domain::ticket::{Channel, PauseReason, Priority, TicketId, TicketState};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use super::head::{Head, columns, read};
use super::list::{SOON, Sight, View, given_to, of_branch, word};
use crate::ground::db::{Done, Query, Tx, Val, p};
use crate::ground::web::Keyset;
use crate::sql;

/// The order of a list. Closed ones always stand newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TicketSort)]
pub enum Sort {
    /// What falls due first; of what is closed, what was closed last.
    #[default]
    Due,
    /// What was registered first.
    Oldest,
    /// What was registered last.
    Newest,
    /// What changed last.
    Changed,
}

/// Narrows a list. Every field is one word or several with commas between; what is left out asks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketFilter)]
pub struct Filter {
    /// States: `new,triaged`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Priorities: `urgent,high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Channels: `mail,h5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// One pause reason: `waiting_parts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// `me`, or the id of a colleague.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The district of the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// The merchant's tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// How a fault code begins: `PRN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A filter that was read: words the house knows, in the form statements compare.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Narrow {
    /// `,new,triaged,`; empty asks nothing.
    pub states: String,
    /// The same of priorities.
    pub priorities: String,
    /// The same of channels.
    pub channels: String,
    /// A pause reason.
    pub waiting: String,
    /// Whether the owner is who asks.
    pub owner_me: bool,
    /// The owner.
    pub owner_is: Option<UserId>,
    /// A district.
    pub district: String,
    /// A tier.
    pub tier: String,
    /// How a fault code begins.
    pub fault: String,
}

/// One of the house's words, or a refusal that names the field.
fn known<T: DeserializeOwned>(text: &str, field: &'static str) -> Result<(), Refusal> {
    if serde_json::from_value::<T>(serde_json::Value::String(text.to_owned())).is_ok() { Ok(()) } else { Err(unknown(text, field)) }
}

fn unknown(text: &str, field: &'static str) -> Refusal {
    let short: String = text.chars().take(40).collect();
    refuse!(Invalid, "ticket.filter_unknown", word = short).field(field)
}

fn said(given: Option<&str>) -> Option<&str> {
    given.map(str::trim).filter(|t| !t.is_empty())
}

fn words<T: DeserializeOwned>(given: Option<&str>, field: &'static str) -> Result<String, Refusal> {
    let Some(given) = said(given) else { return Ok(String::new()) };
    let mut all: Vec<&str> = given.split(',').map(str::trim).collect();
    all.iter().try_for_each(|text| known::<T>(text, field))?;
    all.sort_unstable();
    all.dedup();
    Ok(format!(",{},", all.join(",")))
}

impl Filter {
    /// Reads it. Errors: `ticket.filter_unknown`, a word the house does not know.
    pub fn narrow(&self) -> Result<Narrow, Refusal> {
        let one = |given: &Option<String>| said(given.as_deref()).unwrap_or_default().to_owned();
        let (waiting, tier, district, fault) = (one(&self.waiting), one(&self.tier), one(&self.district), one(&self.fault));
        if !waiting.is_empty() {
            known::<PauseReason>(&waiting, "waiting")?;
        }
        if !tier.is_empty() {
            known::<Tier>(&tier, "tier")?;
        }
        if district.chars().count() > 40 {
            return Err(unknown(&district, "district"));
        }
        if fault.len() > 8 || !fault.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(unknown(&fault, "fault"));
        }
        let owner = one(&self.owner);
        let owner_is = match owner.as_str() {
            "" | "me" => None,
            id => Some(id.parse().map_err(|_| unknown(id, "owner"))?),
        };
        Ok(Narrow {
            states: words::<TicketState>(self.state.as_deref(), "state")?,
            priorities: words::<Priority>(self.priority.as_deref(), "priority")?,
            channels: words::<Channel>(self.channel.as_deref(), "channel")?,
            waiting,
            owner_me: owner == "me",
            owner_is,
            district,
            tier,
            fault: fault.to_ascii_uppercase(),
        })
    }
}

impl From<&Narrow> for Filter {
    fn from(n: &Narrow) -> Self {
        let some = |text: &str| Some(text.trim_matches(',').to_owned()).filter(|t| !t.is_empty());
        Filter {
            state: some(&n.states),
            priority: some(&n.priorities),
            channel: some(&n.channels),
            waiting: some(&n.waiting),
            owner: if n.owner_me { Some("me".into()) } else { n.owner_is.map(|id| id.to_string()) },
            district: some(&n.district),
            tier: some(&n.tier),
            fault: some(&n.fault),
        }
    }
}

/// What a queue and a filter ask of `ticket t`: the queue, states, priorities, channels, pause reason, district, tier, fault and
/// owner (NULL asks nothing) as expressions, then who asks and how soon "soon" is.
macro_rules! matches {
    ($queue:literal, $states:literal, $priorities:literal, $channels:literal, $waiting:literal, $district:literal, $tier:literal,
     $fault:literal, $owner:literal, $me:literal, $soon:literal) => {
        concat!(
            " AND CASE ",
            $queue,
            " WHEN 'mine' THEN t.owner_id = ",
            $me,
            " WHEN 'to_respond' THEN t.responded_at IS NULL WHEN 'unclaimed' THEN t.claimed_at IS NULL WHEN 'passed_around' THEN t.handed >= 3 WHEN 'due_soon' THEN t.next_due_at < ",
            $soon,
            " WHEN 'waiting' THEN t.waiting <> '[]' WHEN 'solved' THEN t.state = 'solved' WHEN 'next' THEN t.waiting = '[]' AND t.state <> 'solved' ELSE 1 = 1 END",
            " AND (",
            $states,
            " = '' OR ",
            $states,
            " LIKE '%,' || t.state || ',%') AND (",
            $priorities,
            " = '' OR ",
            $priorities,
            " LIKE '%,' || t.priority || ',%') AND (",
            $channels,
            " = '' OR ",
            $channels,
            " LIKE '%,' || t.channel || ',%') AND (",
            $waiting,
            " = '' OR t.waiting LIKE '%\"' || ",
            $waiting,
            " || '\"%') AND (",
            $district,
            " = '' OR EXISTS (SELECT 1 FROM store sd WHERE sd.id = t.store_id AND sd.district = ",
            $district,
            ")) AND (",
            $tier,
            " = '' OR EXISTS (SELECT 1 FROM merchant mt WHERE mt.id = t.merchant_id AND mt.tier = ",
            $tier,
            ")) AND (",
            $fault,
            " = '' OR t.fault_code LIKE ",
            $fault,
            " || '%') AND t.owner_id = COALESCE(",
            $owner,
            ", t.owner_id)"
        )
    };
}
pub(crate) use matches;

/// The parameters of [`matches`] in its order, as lists, counts and tables bind them.
pub fn asked(tx: &Tx<'_>, queue: &str, narrow: &Narrow) -> Vec<Val> {
    let me = tx.caller().user().unwrap_or_else(|| UserId::from_uuid(uuid::Uuid::nil()));
    let owner = if narrow.owner_me { Some(me) } else { narrow.owner_is };
    vec![
        p(queue),
        p(&narrow.states),
        p(&narrow.priorities),
        p(&narrow.channels),
        p(&narrow.waiting),
        p(&narrow.district),
        p(&narrow.tier),
        p(&narrow.fault),
        p(&owner),
        p(&me),
        p(&to_millis(tx.now() + SOON)),
    ]
}

/// Tickets of a queue, narrowed and in an order, after a place.
pub fn tickets(tx: &mut Tx<'_>, view: View, narrow: &Narrow, sort: Sort, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<Head>> {
    let mut params = vec![p(&tx.tenant()), p(&after.at), p(&TicketId::from_uuid(after.id)), p(&limit)];
    params.extend(asked(tx, word(view), narrow));
    macro_rules! walk {
        ($from:literal, $order:literal, $sight:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM ticket t WHERE t.tenant_id = $1 AND ",
                    $from,
                    matches!("$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15"),
                    $sight,
                    " ORDER BY ",
                    $order,
                    " LIMIT $4"
                )),
                &params,
                read,
            )?
        };
    }
    macro_rules! sorted {
        ($sight:expr) => {
            match (view, sort) {
                (View::Closed, Sort::Due) => {
                    walk!("t.closed_at IS NOT NULL AND (t.closed_at, t.id) < ($2, $3)", "t.closed_at DESC, t.id DESC", $sight)
                }
                (View::Closed, Sort::Oldest) => {
                    walk!("t.closed_at IS NOT NULL AND (t.opened_at, t.id) > ($2, $3)", "t.opened_at, t.id", $sight)
                }
                (View::Closed, Sort::Newest) => {
                    walk!("t.closed_at IS NOT NULL AND (t.opened_at, t.id) < ($2, $3)", "t.opened_at DESC, t.id DESC", $sight)
                }
                (View::Closed, Sort::Changed) => {
                    walk!("t.closed_at IS NOT NULL AND (t.updated_at, t.id) < ($2, $3)", "t.updated_at DESC, t.id DESC", $sight)
                }
                (View::Next, Sort::Due) => walk!(
                    "t.closed_at IS NULL AND t.waiting = '[]' AND t.state <> 'solved' AND (t.queue_at, t.id) > ($2, $3)",
                    "t.queue_at, t.id",
                    $sight
                ),
                (_, Sort::Due) => walk!("t.closed_at IS NULL AND (t.next_due_at, t.id) > ($2, $3)", "t.next_due_at, t.id", $sight),
                (_, Sort::Oldest) => walk!("t.closed_at IS NULL AND (t.opened_at, t.id) > ($2, $3)", "t.opened_at, t.id", $sight),
                (_, Sort::Newest) => {
                    walk!("t.closed_at IS NULL AND (t.opened_at, t.id) < ($2, $3)", "t.opened_at DESC, t.id DESC", $sight)
                }
                (_, Sort::Changed) => {
                    walk!("t.closed_at IS NULL AND (t.updated_at, t.id) < ($2, $3)", "t.updated_at DESC, t.id DESC", $sight)
                }
            }
        };
    }
    Ok(match sight {
        Sight::Nothing => Vec::new(),
        Sight::All => sorted!(""),
        Sight::Acquirer(own) => {
            params.push(p(&own));
            sorted!(" AND t.acquirer_id = $16")
        }
        Sight::Branch(own) => {
            params.push(p(&own));
            sorted!(of_branch!("$16"))
        }
        Sight::Engineer(own) => {
            params.push(p(&own));
            sorted!(given_to!("$16"))
        }
    })
}

/// Where the first page of an order starts.
pub fn start(view: View, sort: Sort) -> Keyset {
    match (view, sort) {
        (View::Closed, Sort::Due) | (_, Sort::Newest | Sort::Changed) => Keyset::LAST,
        _ => Keyset::FIRST,
    }
}

/// The place of a ticket in an order.
pub fn place(view: View, sort: Sort, ticket: &Head) -> (i64, TicketId) {
    let at = match (view, sort) {
        (View::Closed, Sort::Due) => ticket.closed_at.map_or(0, to_millis),
        (View::Next, Sort::Due) => to_millis(ticket.queue_at()),
        (_, Sort::Due) => ticket.next_due_at,
        (_, Sort::Oldest | Sort::Newest) => to_millis(ticket.opened_at),
        (_, Sort::Changed) => to_millis(ticket.updated_at),
    };
    (at, ticket.id)
}

/// How many open tickets a queue and a filter leave, by state.
pub fn by_state(tx: &mut Tx<'_>, view: View, narrow: &Narrow, sight: Sight) -> Done<Vec<(TicketState, i64)>> {
    let mut params = vec![p(&tx.tenant())];
    params.extend(asked(tx, word(view), narrow));
    macro_rules! count {
        ($sight:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT t.state, COUNT(*) FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NULL",
                    matches!("$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12"),
                    $sight,
                    " GROUP BY t.state"
                )),
                &params,
                |r| Ok((r.coded()?, r.next()?)),
            )?
        };
    }
    Ok(match sight {
        Sight::Nothing => Vec::new(),
        Sight::All => count!(""),
        Sight::Acquirer(own) => {
            params.push(p(&own));
            count!(" AND t.acquirer_id = $13")
        }
        Sight::Branch(own) => {
            params.push(p(&own));
            count!(of_branch!("$13"))
        }
        Sight::Engineer(own) => {
            params.push(p(&own));
            count!(given_to!("$13"))
        }
    })
}
