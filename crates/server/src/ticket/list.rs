//! The desk's lists: each view walks an index of its own, keyset-paged by what falls due next.

use jiff::SignedDuration;
use postsale_domain::ground::{AcquirerId, EngineerId, TypedId, UserId, to_millis};
use postsale_domain::merchant::MerchantId;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{NEVER_DUE, Ticket, columns, read};
use crate::ground::db::{Done, Query, Tx, contains, p};
use crate::ground::web::Keyset;
use crate::sql;

/// A queue of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Everything not closed.
    #[default]
    Open,
    /// What I am accountable for.
    Mine,
    /// Nobody has answered yet.
    ToRespond,
    /// Nobody has taken it on yet.
    Unclaimed,
    /// Falls due within the hour, or is late.
    DueSoon,
    /// Waits for somebody outside.
    Waiting,
    /// Solved, not confirmed.
    Solved,
    /// Closed or withdrawn, newest first.
    Closed,
}

/// How soon "soon" is.
const SOON: SignedDuration = SignedDuration::from_hours(1);

/// Whose tickets may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of the tenant.
    All,
    /// Only those of this acquirer's merchants.
    Acquirer(AcquirerId),
    /// Only those with a work order offered to, or accepted by, this engineer.
    Engineer(EngineerId),
    /// None.
    Nothing,
}

/// Tickets of a view after a place. Sight other than [`Sight::All`] sees its own open and closed ones in one list.
pub fn tickets(tx: &mut Tx<'_>, view: View, me: Option<UserId>, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<Ticket>> {
    let (tenant, id) = (tx.tenant(), TicketId::from_uuid(after.id));
    let key = [p(&tenant), p(&after.at), p(&id), p(&limit)];
    macro_rules! by_due {
        ($where:literal, $params:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NULL AND (t.next_due_at, t.id) > ($2, $3)",
                    $where,
                    " ORDER BY t.next_due_at, t.id LIMIT $4"
                )),
                $params,
                read,
            )?
        };
    }
    let with = |extra: crate::ground::db::Val| [key.as_slice(), &[extra]].concat();
    Ok(match (sight, view) {
        (Sight::Nothing, _) => Vec::new(),
        (Sight::Acquirer(own), View::Closed) => tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NOT NULL AND (t.closed_at, t.id) < ($2, $3) AND t.acquirer_id = $5
                 ORDER BY t.closed_at DESC, t.id DESC LIMIT $4"
            )),
            &with(p(&own)),
            read,
        )?,
        (Sight::Acquirer(own), _) => by_due!(" AND t.acquirer_id = $5", &with(p(&own))),
        (Sight::Engineer(own), _) => by_due!(
            " AND EXISTS (SELECT 1 FROM work_order w JOIN offer o ON o.work_order_id = w.id AND o.state IN ('offered', 'accepted')
                          WHERE w.ticket_id = t.id AND o.engineer_id = $5)",
            &with(p(&own))
        ),
        (Sight::All, View::Open) => by_due!("", &key),
        (Sight::All, View::Mine) => match me {
            Some(me) => by_due!(" AND t.owner_id = $5", &with(p(&me))),
            None => Vec::new(),
        },
        (Sight::All, View::ToRespond) => by_due!(" AND t.responded_at IS NULL", &key),
        (Sight::All, View::Unclaimed) => by_due!(" AND t.claimed_at IS NULL", &key),
        (Sight::All, View::DueSoon) => by_due!(" AND t.next_due_at < $5", &with(p(&(to_millis(tx.now() + SOON))))),
        (Sight::All, View::Waiting) => by_due!(" AND t.waiting <> '[]'", &key),
        (Sight::All, View::Solved) => by_due!(" AND t.state = 'solved'", &key),
        (Sight::All, View::Closed) => tx.query(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NOT NULL AND (t.closed_at, t.id) < ($2, $3)
                 ORDER BY t.closed_at DESC, t.id DESC LIMIT $4"
            )),
            &key,
            read,
        )?,
    })
}

/// Where the first page of a view starts.
pub fn start(view: View) -> Keyset {
    if view == View::Closed { Keyset::LAST } else { Keyset::FIRST }
}

/// The place of a ticket in a view.
pub fn place(view: View, ticket: &Ticket) -> (i64, TicketId) {
    match (view, ticket.closed_at) {
        (View::Closed, Some(at)) => (to_millis(at), ticket.id),
        _ => (ticket.next_due_at, ticket.id),
    }
}

/// Whether a ticket may be seen.
pub fn sees(tx: &mut Tx<'_>, sight: Sight, ticket: &Ticket) -> Done<bool> {
    Ok(match sight {
        Sight::All => true,
        Sight::Nothing => false,
        Sight::Acquirer(own) => ticket.acquirer_id == Some(own),
        Sight::Engineer(own) => {
            tx.number(
                sql!(
                    "SELECT COUNT(*) FROM work_order w JOIN offer o ON o.work_order_id = w.id AND o.state IN ('offered', 'accepted')
                     WHERE w.ticket_id = $1 AND o.engineer_id = $2"
                ),
                &[p(&ticket.id), p(&own)],
            )? > 0
        }
    })
}

/// Tickets, newest first, that a typed word names: a number, a serial number, a phone number or its last four digits, a
/// part of a merchant's name. 200 at most.
pub fn named(tx: &mut Tx<'_>, word: &str, sight: Sight, limit: u32) -> Done<Vec<Ticket>> {
    let tenant = tx.tenant();
    let word = word.trim();
    let digits: String = word.trim_start_matches(['T', 't', '-', '#']).chars().filter(char::is_ascii_digit).collect();
    let number = digits.parse::<i64>().unwrap_or(-1);
    let serial: String = word.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    let name = if word.is_empty() { "%".to_owned() } else { contains(word) };
    let phone = if digits.len() == 11 { digits.clone() } else { "-".to_owned() };
    let found = tx.query(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM ticket t WHERE t.tenant_id = $1 AND (t.number = $2
                OR t.terminal_id IN (SELECT id FROM terminal WHERE tenant_id = $1 AND serial_no = $3)
                OR t.contact_phone = $4
                OR t.merchant_id IN (SELECT id FROM merchant WHERE tenant_id = $1 AND name LIKE $5 ESCAPE '!'))
              ORDER BY t.opened_at DESC, t.id DESC LIMIT $6"
        )),
        &[p(&tenant), p(&number), p(&serial), p(&phone), p(&name), p(&limit)],
        read,
    )?;
    let mut seen = Vec::with_capacity(found.len());
    for ticket in found {
        if sees(tx, sight, &ticket)? {
            seen.push(ticket);
        }
    }
    Ok(seen)
}

/// The tickets of a terminal, newest first.
pub fn of_terminal(tx: &mut Tx<'_>, terminal: TerminalId, limit: u32) -> Done<Vec<Ticket>> {
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

/// The tickets of a merchant, newest first.
pub fn of_merchant(tx: &mut Tx<'_>, merchant: MerchantId, limit: u32) -> Done<Vec<Ticket>> {
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

/// The counts beside the queues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
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

/// Counts the queues, over their indices.
pub fn counts(tx: &mut Tx<'_>, me: Option<UserId>) -> Done<Counts> {
    let (tenant, soon) = (tx.tenant(), to_millis(tx.now() + SOON).min(NEVER_DUE - 1));
    let me = me.unwrap_or_else(|| UserId::from_uuid(uuid::Uuid::nil()));
    let found = tx.one(
        sql!(
            "SELECT (SELECT COUNT(*) FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL),
                    (SELECT COUNT(*) FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND owner_id = $2),
                    (SELECT COUNT(*) FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND responded_at IS NULL),
                    (SELECT COUNT(*) FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND claimed_at IS NULL),
                    (SELECT COUNT(*) FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND next_due_at < $3),
                    (SELECT COUNT(*) FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND waiting <> '[]'),
                    (SELECT COUNT(*) FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND state = 'solved')"
        ),
        &[p(&tenant), p(&me), p(&soon)],
        |r| {
            Ok(Counts {
                open: r.next()?,
                mine: r.next()?,
                to_respond: r.next()?,
                unclaimed: r.next()?,
                due_soon: r.next()?,
                waiting: r.next()?,
                solved: r.next()?,
            })
        },
    )?;
    Ok(found.unwrap_or(Counts { open: 0, mine: 0, to_respond: 0, unclaimed: 0, due_soon: 0, waiting: 0, solved: 0 }))
}
