//! The desk's lists: each view walks an index of its own, keyset-paged by what falls due next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use postsale_domain::ground::{AcquirerId, BranchId, EngineerId, TypedId, UserId, to_millis};
use postsale_domain::merchant::MerchantId;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::head::{Head, columns, read};
use super::store::NEVER_DUE;
use crate::ground::db::{DbError, Done, Query, Row, Tx, contains, fifty, p};
use crate::ground::web::Keyset;
use crate::{fifty, sql};

/// A queue of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TicketView)]
pub enum View {
    /// Everything not closed.
    #[default]
    Open,
    /// What to take up next: neither waiting nor solved, by priority and by how long it has waited.
    Next,
    /// What I am accountable for.
    Mine,
    /// Nobody has answered yet.
    ToRespond,
    /// Nobody has taken it on yet.
    Unclaimed,
    /// Falls due within the hour, or is late.
    DueSoon,
    /// Passed from one person to the next, three times or more.
    PassedAround,
    /// Waits for somebody outside.
    Waiting,
    /// Solved, not confirmed.
    Solved,
    /// Closed or withdrawn, newest first.
    Closed,
}

/// How soon "soon" is.
pub(super) const SOON: SignedDuration = SignedDuration::from_hours(1);

/// Whose tickets may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of the tenant.
    All,
    /// Only those of this acquirer's merchants.
    Acquirer(AcquirerId),
    /// Only those with a work order offered to, or accepted by, this engineer.
    Engineer(EngineerId),
    /// Only those of shops in this branch's districts.
    Branch(BranchId),
    /// None.
    Nothing,
}

/// Whether an engineer, whose id is at the place named, has been given or has taken on an order of the ticket.
macro_rules! given_to {
    ($place:literal) => {
        concat!(
            " AND EXISTS (SELECT 1 FROM work_order w JOIN offer o ON o.work_order_id = w.id AND o.state IN ('offered', 'accepted')
                          WHERE w.ticket_id = t.id AND o.engineer_id = ",
            $place,
            ")"
        )
    };
}
pub(super) use given_to;

/// Whether a ticket's shop lies in a district of a branch, whose id is at the place named.
macro_rules! of_branch {
    ($place:literal) => {
        concat!(
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                          WHERE s.id = t.store_id AND d.branch_id = ",
            $place,
            ")"
        )
    };
}
pub(super) use of_branch;

/// A statement about a ticket `t` and its values, narrowed to what somebody sees: `$ask!` makes the statement of the narrowing, whose id
/// is at the place named, after the others. `None`: they see nothing.
macro_rules! as_far_as {
    ($sight:expr, $key:expr, $place:literal, $ask:ident) => {
        match $sight {
            Sight::Nothing => None,
            Sight::All => Some(($ask!(""), $key.to_vec())),
            Sight::Acquirer(own) => Some(($ask!(concat!(" AND t.acquirer_id = ", $place)), [&$key[..], &[p(&own)]].concat())),
            Sight::Branch(own) => Some(($ask!(of_branch!($place)), [&$key[..], &[p(&own)]].concat())),
            Sight::Engineer(own) => Some(($ask!(given_to!($place)), [&$key[..], &[p(&own)]].concat())),
        }
    };
}
pub(super) use as_far_as;

/// Tickets of a view after a place, for whoever sees that far. Nobody but the desk is accountable for any.
pub fn tickets(tx: &mut Tx<'_>, view: View, me: Option<UserId>, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<Head>> {
    let (tenant, id, soon) = (tx.tenant(), TicketId::from_uuid(after.id), p(&to_millis(tx.now() + SOON)));
    let key = [p(&tenant), p(&after.at), p(&id), p(&limit)];
    let with = |more: &[crate::ground::db::Val]| [key.as_slice(), more].concat();
    macro_rules! by_due {
        ($view:expr, $sight:expr, $params:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NULL AND (t.next_due_at, t.id) > ($2, $3)",
                    $view,
                    $sight,
                    " ORDER BY t.next_due_at, t.id LIMIT $4"
                )),
                $params,
                read,
            )?
        };
    }
    macro_rules! by_queue {
        ($sight:expr, $params:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NULL AND t.waiting = '[]' AND t.state <> 'solved'
                        AND (t.queue_at, t.id) > ($2, $3)",
                    $sight,
                    " ORDER BY t.queue_at, t.id LIMIT $4"
                )),
                $params,
                read,
            )?
        };
    }
    macro_rules! by_view {
        ($closed:literal, $sight:expr, $params:expr, $soon:literal, $with_soon:expr) => {
            match view {
                View::Next => by_queue!($sight, $params),
                View::Open => by_due!("", $sight, $params),
                View::DueSoon => by_due!($soon, $sight, $with_soon),
                View::ToRespond => by_due!(" AND t.responded_at IS NULL", $sight, $params),
                View::Unclaimed => by_due!(" AND t.claimed_at IS NULL", $sight, $params),
                View::PassedAround => by_due!(" AND t.handed >= 3", $sight, $params),
                View::Waiting => by_due!(" AND t.waiting <> '[]'", $sight, $params),
                View::Solved => by_due!(" AND t.state = 'solved'", $sight, $params),
                View::Mine => Vec::new(),
                View::Closed => tx.query(
                    sql!(concat!(
                        "SELECT ",
                        columns!(),
                        " FROM ticket t WHERE t.tenant_id = $1 AND (t.closed_at, t.id) < ($2, $3)",
                        $closed,
                        $sight,
                        " ORDER BY t.closed_at DESC, t.id DESC LIMIT $4"
                    )),
                    $params,
                    read,
                )?,
            }
        };
    }
    Ok(match (sight, view, me) {
        (Sight::Nothing, ..) => Vec::new(),
        (Sight::All, View::Mine, Some(me)) => by_due!("", " AND t.owner_id = $5", &with(&[p(&me)])),
        (Sight::All, ..) => {
            by_view!(" AND t.closed_at IS NOT NULL", "", &key, " AND t.next_due_at < $5", &with(std::slice::from_ref(&soon)))
        }
        // Without "is closed" the index of all closed ones does not serve, and the bank's own is walked; the comparison implies it.
        (Sight::Acquirer(own), ..) => {
            by_view!("", " AND t.acquirer_id = $5", &with(&[p(&own)]), " AND t.next_due_at < $6", &with(&[p(&own), soon.clone()]))
        }
        (Sight::Branch(own), View::Mine, Some(me)) => {
            by_due!("", concat!(" AND t.owner_id = $5", of_branch!("$6")), &with(&[p(&me), p(&own)]))
        }
        (Sight::Branch(own), ..) => {
            by_view!(
                " AND t.closed_at IS NOT NULL",
                of_branch!("$5"),
                &with(&[p(&own)]),
                " AND t.next_due_at < $6",
                &with(&[p(&own), soon.clone()])
            )
        }
        (Sight::Engineer(own), ..) => {
            by_view!(
                " AND t.closed_at IS NOT NULL",
                given_to!("$5"),
                &with(&[p(&own)]),
                " AND t.next_due_at < $6",
                &with(&[p(&own), soon.clone()])
            )
        }
    })
}

/// The name of a view's list, for its cursors.
pub fn name(view: View) -> &'static str {
    match view {
        View::Open => "tickets-open",
        View::Next => "tickets-next",
        View::Mine => "tickets-mine",
        View::ToRespond => "tickets-to-respond",
        View::Unclaimed => "tickets-unclaimed",
        View::PassedAround => "tickets-passed-around",
        View::DueSoon => "tickets-due-soon",
        View::Waiting => "tickets-waiting",
        View::Solved => "tickets-solved",
        View::Closed => "tickets-closed",
    }
}

/// The word of a queue, as it is kept and sent.
pub fn word(view: View) -> &'static str {
    match view {
        View::Open => "open",
        View::Next => "next",
        View::Mine => "mine",
        View::ToRespond => "to_respond",
        View::Unclaimed => "unclaimed",
        View::PassedAround => "passed_around",
        View::DueSoon => "due_soon",
        View::Waiting => "waiting",
        View::Solved => "solved",
        View::Closed => "closed",
    }
}

/// Tickets, newest first, that a typed word names: a number, a serial number, a phone number, a part of a merchant's name;
/// four digits also name the open cases whose contact's number ends so.
pub fn named(tx: &mut Tx<'_>, word: &str, sight: Sight, limit: u32) -> Done<Vec<Head>> {
    let tenant = tx.tenant();
    let word = word.trim();
    let bare = word.trim_start_matches(['T', 't', '-', '#']);
    let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
    // A920 is a model and not the ticket of that number.
    let number = bare.parse::<i64>().unwrap_or(-1);
    let serial: String = word.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    // A number alone is no part of a name: every branch office has one.
    let name = if word.is_empty() || digits == word { "-".to_owned() } else { contains(word) };
    let phone = if digits.len() == 11 { digits.clone() } else { "-".to_owned() };
    let key = [p(&tenant), p(&number), p(&serial), p(&phone), p(&name), p(&limit)];
    // Each way of naming gives no more than are asked for, whatever a terminal or a merchant has gathered over the years.
    macro_rules! newest {
        ($named:literal, $sight:expr) => {
            concat!(
                "SELECT id FROM (SELECT t.id FROM ticket t WHERE t.tenant_id = $1 AND ",
                $named,
                $sight,
                " ORDER BY t.opened_at DESC, t.id DESC LIMIT $6) AS n"
            )
        };
    }
    macro_rules! by_word {
        ($sight:expr, $params:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM ticket t WHERE t.id IN (",
                    newest!("t.number = $2", $sight),
                    " UNION ",
                    newest!("t.terminal_id = (SELECT id FROM terminal WHERE tenant_id = $1 AND serial_no = $3)", $sight),
                    " UNION ",
                    newest!("t.contact_phone = $4", $sight),
                    " UNION ",
                    newest!("t.merchant_id IN (SELECT id FROM merchant WHERE tenant_id = $1 AND name LIKE $5 ESCAPE '!')", $sight),
                    ") ORDER BY t.opened_at DESC, t.id DESC LIMIT $6"
                )),
                $params,
                read,
            )?
        };
    }
    let with = |extra: crate::ground::db::Val| [key.as_slice(), &[extra]].concat();
    let mut found = match sight {
        Sight::Nothing => Vec::new(),
        Sight::All => by_word!("", &key),
        Sight::Acquirer(own) => by_word!(" AND t.acquirer_id = $7", &with(p(&own))),
        Sight::Branch(own) => by_word!(of_branch!("$7"), &with(p(&own))),
        Sight::Engineer(own) => by_word!(given_to!("$7"), &with(p(&own))),
    };
    if digits == word && digits.len() == 4 {
        found.extend(open_by_phone_end(tx, &digits, sight, limit)?);
        found.sort_by_key(|t| std::cmp::Reverse((t.opened_at, t.id)));
        found.dedup_by_key(|t| t.id);
        found.truncate(limit as usize);
    }
    Ok(found)
}

/// Open tickets, newest first, whose contact's number ends with these digits.
fn open_by_phone_end(tx: &mut Tx<'_>, digits: &str, sight: Sight, limit: u32) -> Done<Vec<Head>> {
    let key = [p(&tx.tenant()), p(&format!("%{digits}")), p(&limit)];
    let with = |extra: crate::ground::db::Val| [key.as_slice(), &[extra]].concat();
    macro_rules! by_end {
        ($sight:expr, $params:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NULL AND t.contact_phone LIKE $2",
                    $sight,
                    " ORDER BY t.opened_at DESC, t.id DESC LIMIT $3"
                )),
                $params,
                read,
            )?
        };
    }
    Ok(match sight {
        Sight::Nothing => Vec::new(),
        Sight::All => by_end!("", &key),
        Sight::Acquirer(own) => by_end!(" AND t.acquirer_id = $4", &with(p(&own))),
        Sight::Branch(own) => by_end!(of_branch!("$4"), &with(p(&own))),
        Sight::Engineer(own) => by_end!(given_to!("$4"), &with(p(&own))),
    })
}

/// Numbers and titles of tickets, fifty to a statement; those that are not there are left out.
pub fn titles(tx: &mut Tx<'_>, ids: &[TicketId]) -> Done<BTreeMap<TicketId, (i64, String)>> {
    let mut titles = BTreeMap::new();
    for chunk in ids.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(p));
        titles.extend(tx.query(
            sql!(concat!("SELECT id, number, subject FROM ticket WHERE tenant_id = $1 AND id IN (", fifty!(), ")")),
            &params,
            |r| Ok((r.next()?, (r.next()?, r.next()?))),
        )?);
    }
    Ok(titles)
}

/// Which of these numbers are of tickets somebody sees; one statement per fifty.
pub fn seen_numbers(tx: &mut Tx<'_>, sight: Sight, numbers: &BTreeSet<i64>) -> Done<BTreeSet<i64>> {
    macro_rules! ask {
        ($sight:expr) => {
            sql!(concat!("SELECT t.number FROM ticket t WHERE t.tenant_id = $1 AND t.number IN (", fifty!(), ")", $sight))
        };
    }
    let numbers: Vec<i64> = numbers.iter().copied().collect();
    let mut seen = BTreeSet::new();
    for chunk in numbers.chunks(50) {
        let key = fifty(&tx.tenant(), chunk.iter().map(p));
        if let Some((statement, params)) = as_far_as!(sight, key, "$52", ask) {
            seen.extend(tx.query(statement, &params, |r| r.next::<i64>())?);
        }
    }
    Ok(seen)
}

/// Tickets by their ids, in no order; one statement per fifty.
pub fn some(tx: &mut Tx<'_>, ids: &[TicketId]) -> Done<Vec<Head>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(p));
        found.extend(tx.query(
            sql!(concat!("SELECT ", columns!(), " FROM ticket t WHERE t.tenant_id = $1 AND t.id IN (", fifty!(), ")")),
            &params,
            read,
        )?);
    }
    Ok(found)
}

/// The tickets of a terminal, newest first.
pub fn of_terminal(tx: &mut Tx<'_>, terminal: TerminalId, limit: u32) -> Done<Vec<Head>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM ticket t WHERE t.tenant_id = $1 AND t.terminal_id = $2 ORDER BY t.opened_at DESC, t.id DESC LIMIT $3"
        )),
        &[p(&tenant), p(&terminal), p(&limit)],
        read,
    )?)
}

/// The tickets of a terminal that are not closed, newest first, as far as one sees.
pub fn open_of_terminal(tx: &mut Tx<'_>, sight: Sight, terminal: TerminalId, limit: u32) -> Done<Vec<Head>> {
    macro_rules! ask {
        ($sight:expr) => {
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM ticket t WHERE t.tenant_id = $1 AND t.terminal_id = $2 AND t.closed_at IS NULL",
                $sight,
                " ORDER BY t.opened_at DESC, t.id DESC LIMIT $3"
            ))
        };
    }
    let key = [p(&tx.tenant()), p(&terminal), p(&limit)];
    match as_far_as!(sight, key, "$4", ask) {
        Some((statement, params)) => Ok(tx.query(statement, &params, read)?),
        None => Ok(Vec::new()),
    }
}

/// The tickets of a merchant, newest first.
pub fn of_merchant(tx: &mut Tx<'_>, merchant: MerchantId, limit: u32) -> Done<Vec<Head>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM ticket t WHERE t.tenant_id = $1 AND t.merchant_id = $2 ORDER BY t.opened_at DESC, t.id DESC LIMIT $3"
        )),
        &[p(&tenant), p(&merchant), p(&limit)],
        read,
    )?)
}

/// As much of a ticket as is needed to compare it with another.
pub struct Brief {
    /// Which one.
    pub id: TicketId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whether it is closed.
    pub closed: bool,
    /// What was said.
    pub symptom: String,
}

/// Asks for tickets in brief, newest first, as far as one sees.
macro_rules! briefs {
    ($tx:expr, $sight:expr, $of:literal, $key:expr) => {{
        macro_rules! ask {
            ($sight_of:expr) => {
                sql!(concat!(
                    "SELECT t.id, t.opened_at, CASE WHEN t.closed_at IS NULL THEN 0 ELSE 1 END, t.symptom FROM ticket t WHERE t.tenant_id = $1 AND ",
                    $of,
                    $sight_of,
                    " ORDER BY t.opened_at DESC, t.id DESC LIMIT $3"
                ))
            };
        }
        let key = $key;
        match as_far_as!($sight, key, "$4", ask) {
            Some((statement, params)) => Ok($tx.query(statement, &params, read_brief)?),
            None => Ok(Vec::new()),
        }
    }};
}

fn read_brief(r: &mut Row) -> Result<Brief, DbError> {
    Ok(Brief { id: r.next()?, opened_at: r.next()?, closed: r.next()?, symptom: r.next()? })
}

/// The tickets of a terminal, newest first, in brief, as far as one sees.
pub fn briefs_of_terminal(tx: &mut Tx<'_>, sight: Sight, terminal: TerminalId, limit: u32) -> Done<Vec<Brief>> {
    briefs!(tx, sight, "t.terminal_id = $2", [p(&tx.tenant()), p(&terminal), p(&limit)])
}

/// The tickets of a merchant that are not closed, newest first, in brief, as far as one sees.
pub fn open_briefs_of_merchant(tx: &mut Tx<'_>, sight: Sight, merchant: MerchantId, limit: u32) -> Done<Vec<Brief>> {
    briefs!(tx, sight, "t.merchant_id = $2 AND t.closed_at IS NULL", [p(&tx.tenant()), p(&merchant), p(&limit)])
}

/// The open tickets reported from a telephone, newest first, in brief, as far as one sees.
pub fn open_briefs_of_phone(tx: &mut Tx<'_>, sight: Sight, phone: &str, limit: u32) -> Done<Vec<Brief>> {
    briefs!(tx, sight, "t.contact_phone = $2 AND t.closed_at IS NULL", [p(&tx.tenant()), p(phone), p(&limit)])
}

/// The counts beside the queues.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = TicketCounts)]
pub struct Counts {
    /// Not closed.
    pub open: i64,
    /// Mine.
    pub mine: i64,
    /// Nobody answered yet.
    pub to_respond: i64,
    /// Nobody took it on yet.
    pub unclaimed: i64,
    /// Due within the hour, or late.
    pub due_soon: i64,
    /// Waiting for somebody outside.
    pub waiting: i64,
    /// Solved, not confirmed.
    pub solved: i64,
}

/// Counts the queues, over their indices, up to 1000 each, which stands for more than 999; for whoever sees only some, those.
pub fn counts(tx: &mut Tx<'_>, me: Option<UserId>, sight: Sight) -> Done<Counts> {
    let (tenant, soon) = (tx.tenant(), to_millis(tx.now() + SOON).min(NEVER_DUE - 1));
    let me = me.unwrap_or_else(|| UserId::from_uuid(uuid::Uuid::nil()));
    let key = [p(&tenant), p(&me), p(&soon)];
    let with = |extra: crate::ground::db::Val| [key.as_slice(), &[extra]].concat();
    let read = |r: &mut Row| {
        Ok(Counts {
            open: r.next()?,
            mine: r.next()?,
            to_respond: r.next()?,
            unclaimed: r.next()?,
            due_soon: r.next()?,
            waiting: r.next()?,
            solved: r.next()?,
        })
    };
    macro_rules! some {
        ($sight:expr) => {
            sql!(concat!(
                "SELECT COUNT(*), COUNT(CASE WHEN t.owner_id = $2 THEN 1 END), COUNT(CASE WHEN t.responded_at IS NULL THEN 1 END),
                        COUNT(CASE WHEN t.claimed_at IS NULL THEN 1 END), COUNT(CASE WHEN t.next_due_at < $3 THEN 1 END),
                        COUNT(CASE WHEN t.waiting <> '[]' THEN 1 END), COUNT(CASE WHEN t.state = 'solved' THEN 1 END)
                 FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NULL",
                $sight
            ))
        };
    }
    let found = match sight {
        Sight::Nothing => None,
        Sight::All => tx.one(
            sql!(
                "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL LIMIT 1000) AS c),
                        (SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND owner_id = $2 LIMIT 1000) AS c),
                        (SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND responded_at IS NULL LIMIT 1000) AS c),
                        (SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND claimed_at IS NULL LIMIT 1000) AS c),
                        (SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND next_due_at < $3 LIMIT 1000) AS c),
                        (SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND waiting <> '[]' LIMIT 1000) AS c),
                        (SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND state = 'solved' LIMIT 1000) AS c)"
            ),
            &key,
            read,
        )?,
        Sight::Branch(own) => tx.one(some!(of_branch!("$4")), &with(p(&own)), read)?,
        Sight::Acquirer(own) => tx.one(some!(" AND t.acquirer_id = $4"), &with(p(&own)), read)?,
        Sight::Engineer(own) => tx.one(some!(given_to!("$4")), &with(p(&own)), read)?,
    };
    Ok(found.unwrap_or_default())
}

/// The open tickets a person is accountable for, the soonest due first.
pub fn owned(tx: &mut Tx<'_>, owner: UserId, limit: u32) -> Done<Vec<TicketId>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!("SELECT id FROM ticket WHERE tenant_id = $1 AND owner_id = $2 AND closed_at IS NULL ORDER BY next_due_at, id LIMIT $3"),
        &[p(&tenant), p(&owner), p(&limit)],
        |r| r.next(),
    )?)
}
