//! The timeline: one line per message, reply, note and event, numbered without gaps.

use jiff::Timestamp;
use postsale_domain::notify::{Exception, Held};
use postsale_domain::ticket::{Channel, EntryId, TicketId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{LastEntry, Ticket};
use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, Val, code, p};
use crate::sql;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LineKind)]
pub enum Kind {
    /// The merchant's words.
    Message,
    /// Our words to the merchant.
    Reply,
    /// Our words to ourselves.
    Note,
    /// Something happened.
    Event,
}

/// Whose words or deed it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LineAuthor)]
pub enum Author {
    /// The merchant.
    Merchant,
    /// A member of staff.
    Staff,
    /// The house itself.
    System,
}

impl Kind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Message => "message",
            Kind::Reply => "reply",
            Kind::Note => "note",
            Kind::Event => "event",
        }
    }
}

impl Author {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Author::Merchant => "merchant",
            Author::Staff => "staff",
            Author::System => "system",
        }
    }
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it is.
    pub kind: Kind,
    /// Whether the merchant sees it.
    pub public: bool,
    /// Whose.
    pub author: Author,
    /// The name shown; empty for the house.
    pub author_name: String,
    /// By which channel it came or went.
    pub channel: Option<Channel>,
    /// The words; empty for events.
    pub body: String,
    /// For events: the code and the values its sentence needs.
    pub event: Option<(String, Value)>,
    /// The notice that carries it to the merchant.
    pub notice_id: Option<Uuid>,
    /// The letter it came from.
    pub letter_id: Option<Uuid>,
}

impl Line {
    /// What the house itself did, for the desk's eyes.
    pub fn of_house(event: &str, values: Value) -> Line {
        Line {
            kind: Kind::Event,
            public: false,
            author: Author::System,
            author_name: String::new(),
            channel: None,
            body: String::new(),
            event: Some((event.to_owned(), values)),
            notice_id: None,
            letter_id: None,
        }
    }
}

/// A line as it is kept.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which one.
    pub id: EntryId,
    /// Its place, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub kind: Kind,
    /// Whether the merchant sees it.
    pub public: bool,
    /// Whose.
    pub author: Author,
    /// The name shown.
    pub author_name: String,
    /// By which channel.
    pub channel: Option<Channel>,
    /// The words.
    pub body: String,
    /// For events.
    pub event: Option<(String, Value)>,
    /// The notice's delivery, if one carries it.
    pub notice: Option<Delivery>,
}

/// How far a mail has come that carries a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LineDelivery)]
pub struct Delivery {
    /// By which way.
    transport: String,
    /// `ready`, `run`, `sent`, `failed`.
    state: String,
    /// When it goes, or was to go at the earliest.
    at: Timestamp,
    /// Why it had to wait.
    held: Option<Held>,
    /// Why it goes, or went, although it would have had to wait.
    exception: Option<Exception>,
    /// The same in the words of who said so.
    reason: Option<String>,
}

/// Characters of a body that lists show.
const PREVIEW: usize = 60;

/// A line with its place on a timeline.
#[derive(Debug)]
pub struct Placed {
    /// Which one.
    pub id: EntryId,
    seq: i64,
    line: Line,
}

/// Gives a line its place on the timeline; the ticket must be saved and the line [kept](Placed::keep) afterwards.
pub fn place(tx: &mut Tx<'_>, ticket: &mut Ticket, line: Line) -> Placed {
    ticket.entry_count += 1;
    let preview = line.event.as_ref().map_or_else(|| line.body.chars().take(PREVIEW).collect(), |(code, _)| code.clone());
    ticket.last_entry = Some(LastEntry { at: tx.now(), kind: line.kind, channel: line.channel, preview });
    Placed { id: tx.new_id(), seq: ticket.entry_count, line }
}

impl Placed {
    /// Keeps it on the timeline of its ticket.
    pub fn keep(&self, tx: &mut Tx<'_>, ticket: TicketId) -> Done<()> {
        let (tenant, now, caller, line) = (tx.tenant(), tx.now(), tx.caller().label(), &self.line);
        let (event_code, event_data) = line.event.as_ref().map(|(code, data)| (code.as_str(), Json(data))).unzip();
        tx.later(
            sql!(
                "INSERT INTO ticket_entry (id, tenant_id, ticket_id, seq, at, kind, visibility, author_kind, author_name, caller, channel, body,
                   event_code, event_data, notice_id, letter_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
            ),
            vec![
                p(&self.id),
                p(&tenant),
                p(&ticket),
                p(&self.seq),
                p(&now),
                p(line.kind.as_str()),
                p(if line.public { "public" } else { "internal" }),
                p(line.author.as_str()),
                p(&line.author_name),
                p(&caller),
                line.channel.as_ref().map_or(Val::Null, code),
                p(&line.body),
                event_code.map_or(Val::Null, p),
                p(&event_data),
                line.notice_id.map_or(Val::Null, Val::Id),
                line.letter_id.map_or(Val::Null, Val::Id),
            ],
        )?;
        Ok(())
    }
}

/// Appends a copy of a line of another ticket: the words and whose they are. When they were said, and their way out, stays with the
/// first one; a timeline only goes forward.
pub fn copy(tx: &mut Tx<'_>, ticket: &mut Ticket, line: &Entry) -> Done<()> {
    ticket.entry_count += 1;
    let (id, tenant, now, caller): (EntryId, _, _, _) = (tx.new_id(), tx.tenant(), tx.now(), tx.caller().label());
    tx.exec(
        sql!(
            "INSERT INTO ticket_entry (id, tenant_id, ticket_id, seq, at, kind, visibility, author_kind, author_name, caller, channel, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        &[
            p(&id),
            p(&tenant),
            p(&ticket.id),
            p(&ticket.entry_count),
            p(&now),
            p(line.kind.as_str()),
            p(if line.public { "public" } else { "internal" }),
            p(line.author.as_str()),
            p(&line.author_name),
            p(&caller),
            line.channel.as_ref().map_or(crate::ground::db::Val::Null, code),
            p(&line.body),
        ],
    )?;
    Ok(())
}

/// Some lines of a ticket, oldest first; those it does not have are left out.
pub fn some(tx: &mut Tx<'_>, ticket: TicketId, ids: &[EntryId]) -> Done<Vec<Entry>> {
    let tenant = tx.tenant();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(tx.one(
            sql!(
                "SELECT e.id, e.seq, e.at, e.kind, e.visibility, e.author_kind, e.author_name, e.channel, e.body, e.event_code, e.event_data,
                        o.transport, o.state, o.run_at, o.held, o.exception, o.exception_reason
                 FROM ticket_entry e LEFT JOIN outbox o ON o.notice_id = e.notice_id AND o.transport = 'mail'
                 WHERE e.tenant_id = $1 AND e.ticket_id = $2 AND e.id = $3"
            ),
            &[p(&tenant), p(&ticket), p(id)],
            read,
        )?);
    }
    found.sort_by_key(|e: &Entry| e.seq);
    Ok(found)
}

fn read(r: &mut Row) -> Result<Entry, DbError> {
    let (id, seq, at, kind) = (r.next()?, r.next()?, r.next()?, r.coded()?);
    let public = r.next::<String>()? == "public";
    let (author, author_name, channel, body) = (r.coded()?, r.next()?, r.coded_opt()?, r.next()?);
    let (event_code, event_data): (Option<String>, Option<Json<Value>>) = (r.next()?, r.next()?);
    let (transport, state, run_at): (Option<String>, Option<String>, Option<Timestamp>) = (r.next()?, r.next()?, r.next()?);
    let (held, exception, reason) = (r.coded_opt()?, r.coded_opt()?, r.next()?);
    let event = event_code.map(|c| (c, event_data.map_or(Value::Null, |j| j.0)));
    let notice = match (transport, state, run_at) {
        (Some(transport), Some(state), Some(at)) => Some(Delivery { transport, state, at, held, exception, reason }),
        _ => None,
    };
    Ok(Entry { id, seq, at, kind, public, author, author_name, channel, body, event, notice })
}

/// Lines of a ticket after `seq`, oldest first.
pub fn entries(tx: &mut Tx<'_>, ticket: TicketId, after_seq: i64, limit: u32) -> Done<Vec<Entry>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT e.id, e.seq, e.at, e.kind, e.visibility, e.author_kind, e.author_name, e.channel, e.body, e.event_code, e.event_data,
                    o.transport, o.state, o.run_at, o.held, o.exception, o.exception_reason
             FROM ticket_entry e LEFT JOIN outbox o ON o.notice_id = e.notice_id AND o.transport = 'mail'
             WHERE e.tenant_id = $1 AND e.ticket_id = $2 AND e.seq > $3 ORDER BY e.seq LIMIT $4"
        ),
        &[p(&tenant), p(&ticket), p(&after_seq), p(&limit)],
        read,
    )?)
}

/// When a ticket was last opened again; `None` if it never was.
pub fn reopened_at(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Timestamp>> {
    let tenant = tx.tenant();
    let found: Option<Option<Timestamp>> = tx.one(
        sql!("SELECT MAX(at) FROM ticket_entry WHERE tenant_id = $1 AND ticket_id = $2 AND event_code = 'reopened'"),
        &[p(&tenant), p(&ticket)],
        |r| r.next(),
    )?;
    Ok(found.flatten())
}

/// Whether something has ever happened to a ticket.
pub fn happened(tx: &mut Tx<'_>, ticket: TicketId, event: &str) -> Done<bool> {
    let tenant = tx.tenant();
    let found: Option<i64> = tx.one(
        sql!("SELECT seq FROM ticket_entry WHERE tenant_id = $1 AND ticket_id = $2 AND event_code = $3 LIMIT 1"),
        &[p(&tenant), p(&ticket), p(event)],
        |r| r.next(),
    )?;
    Ok(found.is_some())
}

/// The newest lines the merchant sees, oldest first: a long case is read from its end.
pub fn newest_public(tx: &mut Tx<'_>, ticket: TicketId, limit: u32) -> Done<Vec<Entry>> {
    let tenant = tx.tenant();
    let mut lines = tx.query(
        sql!(
            "SELECT e.id, e.seq, e.at, e.kind, e.visibility, e.author_kind, e.author_name, e.channel, e.body, e.event_code, e.event_data,
                    o.transport, o.state, o.run_at, o.held, o.exception, o.exception_reason
             FROM ticket_entry e LEFT JOIN outbox o ON o.notice_id = e.notice_id AND o.transport = 'mail'
             WHERE e.tenant_id = $1 AND e.ticket_id = $2 AND e.visibility = 'public' ORDER BY e.seq DESC LIMIT $3"
        ),
        &[p(&tenant), p(&ticket), p(&limit)],
        read,
    )?;
    lines.reverse();
    Ok(lines)
}

/// [`entries`], only those the merchant sees.
pub fn public_entries(tx: &mut Tx<'_>, ticket: TicketId, after_seq: i64, limit: u32) -> Done<Vec<Entry>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT e.id, e.seq, e.at, e.kind, e.visibility, e.author_kind, e.author_name, e.channel, e.body, e.event_code, e.event_data,
                    o.transport, o.state, o.run_at, o.held, o.exception, o.exception_reason
             FROM ticket_entry e LEFT JOIN outbox o ON o.notice_id = e.notice_id AND o.transport = 'mail'
             WHERE e.tenant_id = $1 AND e.ticket_id = $2 AND e.visibility = 'public' AND e.seq > $3 ORDER BY e.seq LIMIT $4"
        ),
        &[p(&tenant), p(&ticket), p(&after_seq), p(&limit)],
        read,
    )?)
}
