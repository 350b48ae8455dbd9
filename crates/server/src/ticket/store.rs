//! SQL of tickets.

use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, Lang, UserId};
use postsale_domain::merchant::{ContactId, MerchantId, StoreId};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{Case, Channel, PauseReason, PriorityWhy, TicketId, queue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entry::Kind;
use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, code, p};
use crate::sql;

/// The `next_due_at` of a ticket none of whose clocks runs: 9999-12-31, behind every other.
pub const NEVER_DUE: i64 = 253_402_214_400_000;

/// A ticket as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct Ticket {
    /// Which one.
    pub id: TicketId,
    /// The number people say: `T-000831`.
    pub number: i64,
    /// What the rules look at.
    #[serde(flatten)]
    pub case: Case,
    /// A short title, from the symptom.
    pub subject: String,
    /// A response code the terminal showed.
    pub response_code: Option<String>,
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
    /// Who reported it.
    pub contact: ContactFacts,
    /// How the priority came about.
    pub priority_why: PriorityWhy,
    /// The agreement its clocks run on.
    pub agreement: String,
    /// The stored triage, as `ticket::triage` wrote it.
    pub triage: Option<Value>,
    /// The timeline's length.
    #[serde(skip)]
    pub entry_count: i64,
    /// The newest line a list shows.
    #[serde(skip)]
    pub last_entry: Option<LastEntry>,
    /// The soonest due instant of its running clocks, or [`NEVER_DUE`].
    #[serde(skip)]
    pub next_due_at: i64,
    /// When the owner took it on.
    pub claimed_at: Option<Timestamp>,
    /// How often another person became accountable for it.
    pub handed: u32,
    /// When a person first answered.
    pub responded_at: Option<Timestamp>,
    /// When it was registered.
    pub opened_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
    /// When it was solved.
    pub solved_at: Option<Timestamp>,
    /// When it was closed or withdrawn.
    pub closed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl Ticket {
    /// The instant the queue of what to take up next sorts it by.
    pub fn queue_at(&self) -> Timestamp {
        queue::queue_at(self.opened_at, self.case.priority)
    }
}

/// Who reported it, as said at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct ContactFacts {
    /// The person on record, if known.
    pub id: Option<ContactId>,
    /// Name.
    pub name: Option<String>,
    /// Phone number, whole; masked where it is shown and in the audit chain.
    #[serde(skip)]
    pub phone: Option<String>,
    /// Mail address, whole.
    #[serde(skip)]
    pub email: Option<String>,
    /// The language to write in.
    pub lang: Lang,
}

/// The newest line of a timeline, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastEntry {
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub kind: Kind,
    /// By which channel.
    pub channel: Option<Channel>,
    /// The first 60 characters, or an event's code.
    pub preview: String,
}

/// The columns, in the order [`read`] takes them.
macro_rules! columns {
    () => {
        "t.id, t.number, t.state, t.subject, t.symptom, t.response_code, t.channel, t.merchant_id, t.store_id, t.terminal_id, \
         t.terminal_unknown_reason, t.acquirer_id, t.contact_id, t.contact_name, t.contact_phone, t.contact_email, t.contact_lang, t.owner_id, \
         t.claimed_at, t.impact, t.urgency, t.priority, t.priority_why, t.agreement, t.triage, t.fault_code, t.outcome, t.waiting, t.reopen_count, \
         t.entry_count, t.last_entry, t.next_due_at, t.responded_at, t.opened_at, t.updated_at, t.solved_at, t.closed_at, t.version, t.handed"
    };
}

fn read(r: &mut Row) -> Result<Ticket, DbError> {
    let (id, number, state, subject, symptom, response_code, channel) =
        (r.next()?, r.next()?, r.coded()?, r.next()?, r.next()?, r.next()?, r.coded()?);
    let (merchant_id, store_id, terminal_id): (_, _, Option<TerminalId>) = (r.next()?, r.next()?, r.next()?);
    let (terminal_unknown_reason, acquirer_id) = (r.next()?, r.next()?);
    let contact = ContactFacts { id: r.next()?, name: r.next()?, phone: r.next()?, email: r.next()?, lang: r.coded()? };
    let (owner, claimed_at): (UserId, Option<Timestamp>) = (r.next()?, r.next()?);
    let (impact, urgency, priority) = (r.coded()?, r.coded()?, r.coded()?);
    let (priority_why, agreement) = (r.next::<Json<PriorityWhy>>()?.0, r.next()?);
    let triage = r.next::<Option<Json<Value>>>()?.map(|j| j.0);
    let (fault_code, outcome) = (r.next()?, r.coded_opt()?);
    let waiting = r.next::<Json<Vec<PauseReason>>>()?.0;
    let (reopen_count, entry_count) = (r.next()?, r.next()?);
    let last_entry = r.next::<Option<Json<LastEntry>>>()?.map(|j| j.0);
    let (next_due_at, responded_at): (_, Option<Timestamp>) = (r.next()?, r.next()?);
    let decision = triage.as_ref().and_then(|t| serde_json::from_value(t["decision"].clone()).ok());
    let case = Case {
        state,
        symptom,
        has_contact: contact.name.is_some() && (contact.phone.is_some() || contact.email.is_some()),
        has_terminal: terminal_id.is_some(),
        terminal_unknown_reason,
        owner,
        claimed: claimed_at.is_some(),
        impact,
        urgency,
        priority,
        waiting,
        decision,
        fault_code,
        outcome,
        responded: responded_at.is_some(),
        reopen_count,
    };
    Ok(Ticket {
        id,
        number,
        case,
        subject,
        response_code,
        channel,
        merchant_id,
        store_id,
        terminal_id,
        acquirer_id,
        contact,
        priority_why,
        agreement,
        triage,
        entry_count,
        last_entry,
        next_due_at,
        claimed_at,
        responded_at,
        opened_at: r.next()?,
        updated_at: r.next()?,
        solved_at: r.next()?,
        closed_at: r.next()?,
        version: r.next()?,
        handed: r.next()?,
    })
}

/// Keeps a new ticket, under an action's name.
pub fn insert(tx: &mut Tx<'_>, action: &'static str, t: &Ticket) -> Done<()> {
    let tenant = tx.tenant();
    tx.later(
        sql!(
            "INSERT INTO ticket (id, tenant_id, number, state, subject, symptom, response_code, channel, merchant_id, store_id, terminal_id,
               terminal_unknown_reason, acquirer_id, contact_id, contact_name, contact_phone, contact_email, contact_lang, owner_id, claimed_at,
               impact, urgency, priority, priority_why, agreement, triage, fault_code, outcome, waiting, reopen_count, entry_count, last_entry,
               next_due_at, responded_at, opened_at, updated_at, solved_at, closed_at, version, queue_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
               $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
        ),
        vec![
            p(&t.id),
            p(&tenant),
            p(&t.number),
            code(&t.case.state),
            p(&t.subject),
            p(&t.case.symptom),
            p(&t.response_code),
            code(&t.channel),
            p(&t.merchant_id),
            p(&t.store_id),
            p(&t.terminal_id),
            p(&t.case.terminal_unknown_reason),
            p(&t.acquirer_id),
            p(&t.contact.id),
            p(&t.contact.name),
            p(&t.contact.phone),
            p(&t.contact.email),
            code(&t.contact.lang),
            p(&t.case.owner),
            p(&t.claimed_at),
            code(&t.case.impact),
            code(&t.case.urgency),
            code(&t.case.priority),
            p(&Json(&t.priority_why)),
            p(&t.agreement),
            p(&t.triage.as_ref().map(Json)),
            p(&t.case.fault_code),
            p(&t.case.outcome.map(|o| o.as_str().to_owned())),
            p(&Json(&t.case.waiting)),
            p(&t.case.reopen_count),
            p(&t.entry_count),
            p(&t.last_entry.as_ref().map(Json)),
            p(&t.next_due_at),
            p(&t.responded_at),
            p(&t.opened_at),
            p(&t.updated_at),
            p(&t.solved_at),
            p(&t.closed_at),
            p(&t.version),
            p(&t.queue_at()),
        ],
    )?;
    tx.audit(action, t.id, None, Some(t));
    Ok(())
}

/// Writes what changed; the version grows by one. `before` is what was loaded for change.
pub fn save(tx: &mut Tx<'_>, action: &'static str, before: &Ticket, after: &mut Ticket) -> Done<()> {
    after.version = before.version + 1;
    after.updated_at = tx.now();
    let t = &*after;
    let touched = tx.exec(
        sql!(
            "UPDATE ticket SET state = $1, subject = $2, symptom = $3, response_code = $4, terminal_unknown_reason = $5, contact_id = $6,
               contact_name = $7, contact_email = $8, contact_lang = $9, owner_id = $10, claimed_at = $11, impact = $12, urgency = $13, priority = $14,
               priority_why = $15, agreement = $16, triage = $17, fault_code = $18, outcome = $19, waiting = $20, reopen_count = $21,
               entry_count = $22, last_entry = $23, next_due_at = $24, responded_at = $25, updated_at = $26, version = $27, queue_at = $28
             WHERE id = $29 AND version = $30"
        ),
        &[
            code(&t.case.state),
            p(&t.subject),
            p(&t.case.symptom),
            p(&t.response_code),
            p(&t.case.terminal_unknown_reason),
            p(&t.contact.id),
            p(&t.contact.name),
            p(&t.contact.email),
            code(&t.contact.lang),
            p(&t.case.owner),
            p(&t.claimed_at),
            code(&t.case.impact),
            code(&t.case.urgency),
            code(&t.case.priority),
            p(&Json(&t.priority_why)),
            p(&t.agreement),
            p(&t.triage.as_ref().map(Json)),
            p(&t.case.fault_code),
            p(&t.case.outcome.map(|o| o.as_str().to_owned())),
            p(&Json(&t.case.waiting)),
            p(&t.case.reopen_count),
            p(&t.entry_count),
            p(&t.last_entry.as_ref().map(Json)),
            p(&t.next_due_at),
            p(&t.responded_at),
            p(&t.updated_at),
            p(&t.version),
            p(&t.queue_at()),
            p(&t.id),
            p(&before.version),
        ],
    )?;
    if touched != 1 {
        return Err(DbError::Contended("a ticket changed under a lock".into()).into());
    }
    if before.handed != t.handed {
        tx.exec(sql!("UPDATE ticket SET handed = $1 WHERE id = $2"), &[p(&t.handed), p(&t.id)])?;
    }
    if places(before) != places(t) {
        tx.exec(
            sql!(
                "UPDATE ticket SET merchant_id = $1, store_id = $2, terminal_id = $3, acquirer_id = $4, contact_phone = $5, solved_at = $6,
                   closed_at = $7 WHERE id = $8"
            ),
            &[
                p(&t.merchant_id),
                p(&t.store_id),
                p(&t.terminal_id),
                p(&t.acquirer_id),
                p(&t.contact.phone),
                p(&t.solved_at),
                p(&t.closed_at),
                p(&t.id),
            ],
        )?;
    }
    tx.audit(action, t.id, Some(before), Some(t));
    Ok(())
}

/// What changes seldom and stands in half of the indices of a ticket, which a statement that names it writes anew.
fn places(t: &Ticket) -> impl PartialEq + '_ {
    (t.merchant_id, t.store_id, t.terminal_id, t.acquirer_id, t.contact.phone.as_deref(), t.solved_at, t.closed_at)
}

/// One ticket, to look at.
pub fn ticket(tx: &mut Tx<'_>, id: TicketId) -> Done<Option<Ticket>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!(concat!("SELECT ", columns!(), " FROM ticket t WHERE t.tenant_id = $1 AND t.id = $2")), &[p(&tenant), p(&id)], read)?)
}

/// One ticket, to change: on PostgreSQL its row is locked until the end of the transaction.
pub fn ticket_for_change(tx: &mut Tx<'_>, id: TicketId) -> Done<Option<Ticket>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM ticket t WHERE t.tenant_id = $1 AND t.id = $2 {for_update}")),
        &[p(&tenant), p(&id)],
        read,
    )?)
}

/// The tenant of a ticket, for a signed link that names nothing else.
pub fn tenant_of(bare: &mut crate::ground::db::Bare<'_>, id: TicketId) -> Done<Option<postsale_domain::ground::TenantId>> {
    Ok(bare.one(sql!("SELECT tenant_id FROM ticket WHERE id = $1"), &[p(&id)], |r| r.next())?)
}

/// The ticket of a number; the newest one without.
pub fn numbered(tx: &mut Tx<'_>, number: Option<i64>) -> Done<Option<Ticket>> {
    let tenant = tx.tenant();
    let most = number.unwrap_or(i64::MAX);
    let question =
        sql!(concat!("SELECT ", columns!(), " FROM ticket t WHERE t.tenant_id = $1 AND t.number <= $2 ORDER BY t.number DESC LIMIT 1"));
    let found = tx.one(question, &[p(&tenant), p(&most)], read)?;
    Ok(found.filter(|t| number.is_none_or(|n| n == t.number)))
}
