//! As much of a ticket as a list shows: a little more than half of its columns, and none of the long ones. Why its priority is what it is, and what was thought
//! of it, is read with the ticket itself.

use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, UserId};
use postsale_domain::merchant::{ContactId, MerchantId, StoreId};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{Channel, Outcome, PauseReason, Priority, TicketId, TicketState, queue};

use super::store::{LastEntry, Ticket};
use crate::ground::db::{DbError, Json, Row};

/// See the module.
#[derive(Debug, Clone)]
pub struct Head {
    /// Which one.
    pub id: TicketId,
    /// The number people say: `T-000831`.
    pub number: i64,
    /// Where it stands.
    pub state: TicketState,
    /// A short title, from the symptom.
    pub subject: String,
    /// How soon it must be handled.
    pub priority: Priority,
    /// How it came in.
    pub channel: Channel,
    /// Whose.
    pub merchant_id: Option<MerchantId>,
    /// Where.
    pub store_id: Option<StoreId>,
    /// Which terminal.
    pub terminal_id: Option<TerminalId>,
    /// The merchant's acquirer.
    pub acquirer_id: Option<AcquirerId>,
    /// Who reported it, if known.
    pub contact_id: Option<ContactId>,
    /// The one accountable person.
    pub owner: UserId,
    /// Whether they took it on by their own act.
    pub claimed: bool,
    /// How often another person became accountable for it.
    pub handed: u32,
    /// What is broken, as last judged.
    pub fault_code: Option<String>,
    /// How it was solved.
    pub outcome: Option<Outcome>,
    /// For whom or what it waits.
    pub waiting: Vec<PauseReason>,
    /// The newest line of its timeline.
    pub last_entry: Option<LastEntry>,
    /// The soonest due instant of its running clocks, or [`NEVER_DUE`](super::store::NEVER_DUE).
    pub next_due_at: i64,
    /// When it was registered.
    pub opened_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
    /// When it was closed or withdrawn.
    pub closed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl Head {
    /// The instant the queue of what to take up next sorts it by.
    pub fn queue_at(&self) -> Timestamp {
        queue::queue_at(self.opened_at, self.priority)
    }
}

impl From<&Ticket> for Head {
    fn from(t: &Ticket) -> Self {
        Self {
            id: t.id,
            number: t.number,
            state: t.case.state,
            subject: t.subject.clone(),
            priority: t.case.priority,
            channel: t.channel,
            merchant_id: t.merchant_id,
            store_id: t.store_id,
            terminal_id: t.terminal_id,
            acquirer_id: t.acquirer_id,
            contact_id: t.contact.id,
            owner: t.case.owner,
            claimed: t.case.claimed,
            handed: t.handed,
            fault_code: t.case.fault_code.clone(),
            outcome: t.case.outcome,
            waiting: t.case.waiting.clone(),
            last_entry: t.last_entry.clone(),
            next_due_at: t.next_due_at,
            opened_at: t.opened_at,
            updated_at: t.updated_at,
            closed_at: t.closed_at,
            version: t.version,
        }
    }
}

/// The columns, in the order [`read`] takes them.
macro_rules! columns {
    () => {
        "t.id, t.number, t.state, t.subject, t.priority, t.channel, t.merchant_id, t.store_id, t.terminal_id, t.acquirer_id, t.contact_id, \
         t.owner_id, t.claimed_at, t.fault_code, t.outcome, t.waiting, t.last_entry, t.next_due_at, t.opened_at, t.updated_at, t.closed_at, t.version, t.handed"
    };
}
pub(super) use columns;

pub(super) fn read(r: &mut Row) -> Result<Head, DbError> {
    Ok(Head {
        id: r.next()?,
        number: r.next()?,
        state: r.coded()?,
        subject: r.next()?,
        priority: r.coded()?,
        channel: r.coded()?,
        merchant_id: r.next()?,
        store_id: r.next()?,
        terminal_id: r.next()?,
        acquirer_id: r.next()?,
        contact_id: r.next()?,
        owner: r.next()?,
        claimed: r.next::<Option<Timestamp>>()?.is_some(),
        fault_code: r.next()?,
        outcome: r.coded_opt()?,
        waiting: r.next::<Json<Vec<PauseReason>>>()?.0,
        last_entry: r.next::<Option<Json<LastEntry>>>()?.map(|kept| kept.0),
        next_due_at: r.next()?,
        opened_at: r.next()?,
        updated_at: r.next()?,
        closed_at: r.next()?,
        version: r.next()?,
        handed: r.next()?,
    })
}
