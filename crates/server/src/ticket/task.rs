//! SQL of sub-tasks.

use jiff::Timestamp;
use postsale_domain::followup::{FollowUpId, Recovered};
use postsale_domain::ground::UserId;
use postsale_domain::ticket::TicketId;
use serde::Serialize;
use utoipa::ToSchema;

use super::store::NEVER_DUE;
use crate::ground::db::{DbError, Done, Query, Row, Tx, code, p};
use crate::ground::web::Keyset;
use crate::sql;

/// Where what hangs on a ticket is asked for here; see [`Tx::nothing_hangs`].
pub const FILE: &str = file!();

postsale_domain::ids! {
    /// A sub-task.
    SubTaskId = "stk";
}

/// A smaller thing to be done before a ticket is solved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubTask {
    /// Which one.
    pub id: SubTaskId,
    /// Of which ticket.
    pub ticket_id: TicketId,
    /// `831` of `T-000831`.
    #[serde(skip)]
    pub ticket_number: i64,
    /// What is to be done.
    pub title: String,
    /// Who does it.
    pub assignee_id: Option<UserId>,
    /// Their name.
    pub assignee_name: Option<String>,
    /// Until when.
    pub due_at: Option<Timestamp>,
    /// Since when.
    pub made_at: Timestamp,
    /// Who asked for it.
    pub made_by: String,
    /// When it was done, or dropped.
    pub done_at: Option<Timestamp>,
    /// By whom.
    pub done_by: Option<String>,
    /// Why it was not done after all.
    pub dropped: Option<String>,
    #[serde(skip)]
    sort_at: i64,
    /// It makes good what a merchant was not content with: it ends with what was done.
    pub recovery: bool,
    /// What was done.
    pub outcome: Option<Recovered>,
    /// The same in a sentence.
    pub outcome_words: Option<String>,
}

impl SubTask {
    /// Its place in a list.
    pub fn place(&self) -> (i64, SubTaskId) {
        (self.sort_at, self.id)
    }
}

macro_rules! of_task {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT k.id, k.ticket_id, t.number, k.title, k.assignee_id, u.display_name, k.due_at, k.made_at, k.made_by, k.done_at, k.done_by, k.dropped,
               k.sort_at, k.follow_up_id, k.outcome, k.outcome_words FROM sub_task k JOIN ticket t ON t.id = k.ticket_id LEFT JOIN app_user u ON u.id = k.assignee_id WHERE k.tenant_id = $1 AND ",
            $rest
        ))
    };
}

fn read(r: &mut Row) -> Result<SubTask, DbError> {
    Ok(SubTask {
        id: r.next()?,
        ticket_id: r.next()?,
        ticket_number: r.next()?,
        title: r.next()?,
        assignee_id: r.next()?,
        assignee_name: r.next()?,
        due_at: r.next()?,
        made_at: r.next()?,
        made_by: r.next()?,
        done_at: r.next()?,
        done_by: r.next()?,
        dropped: r.next()?,
        sort_at: r.next()?,
        recovery: r.next::<Option<FollowUpId>>()?.is_some(),
        outcome: r.coded_opt()?,
        outcome_words: r.next()?,
    })
}

/// Sub-tasks of a ticket, what is due first coming first; at most a hundred are.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<SubTask>> {
    let tenant = tx.tenant();
    Ok(tx.hanging(ticket, of_task!("k.ticket_id = $2 ORDER BY k.sort_at, k.id LIMIT 100"), &[p(&tenant), p(&ticket)], read)?)
}

/// The titles of a ticket's sub-tasks that are neither done nor dropped, what is due first coming first.
pub fn open_titles(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<String>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!("SELECT title FROM sub_task WHERE tenant_id = $1 AND ticket_id = $2 AND done_at IS NULL ORDER BY sort_at, id"),
        &[p(&tenant), p(&ticket)],
        |r| r.next(),
    )?)
}

/// One sub-task.
pub fn one(tx: &mut Tx<'_>, id: SubTaskId) -> Done<Option<SubTask>> {
    let tenant = tx.tenant();
    Ok(tx.one(of_task!("k.id = $2"), &[p(&tenant), p(&id)], read)?)
}

/// What somebody still has to do, what is due first, after a place.
pub fn of_assignee(tx: &mut Tx<'_>, who: UserId, after: Keyset, limit: u32) -> Done<Vec<SubTask>> {
    use postsale_domain::ground::TypedId;
    let (tenant, id) = (tx.tenant(), SubTaskId::from_uuid(after.id));
    Ok(tx.query(
        of_task!("k.assignee_id = $2 AND k.done_at IS NULL AND (k.sort_at, k.id) > ($3, $4) ORDER BY k.sort_at, k.id LIMIT $5"),
        &[p(&tenant), p(&who), p(&after.at), p(&id), p(&limit)],
        read,
    )?)
}

/// A sub-task to be.
#[derive(Debug, Clone, Copy)]
pub struct Fresh<'a> {
    /// What is to be done.
    pub title: &'a str,
    /// Who does it.
    pub assignee: Option<UserId>,
    /// Until when.
    pub due: Option<Timestamp>,
    /// Who asked for it.
    pub by: &'a str,
    /// The answer it makes good.
    pub follow_up: Option<FollowUpId>,
}

/// Keeps a new sub-task.
pub fn insert(tx: &mut Tx<'_>, ticket: TicketId, fresh: Fresh<'_>) -> Done<()> {
    let Fresh { title, assignee, due, by, follow_up } = fresh;
    let (id, tenant, now): (SubTaskId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let sort_at = due.map_or(NEVER_DUE, postsale_domain::ground::to_millis);
    tx.exec(
        sql!(
            "INSERT INTO sub_task (id, tenant_id, ticket_id, title, assignee_id, due_at, sort_at, made_at, made_by, follow_up_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[p(&id), p(&tenant), p(&ticket), p(title), p(&assignee), p(&due), p(&sort_at), p(&now), p(by), p(&follow_up)],
    )?;
    tx.audit("ticket.task", ticket, None, Some(&serde_json::json!({ "task": id, "title": title, "assignee": assignee, "due_at": due })));
    Ok(())
}

/// How a sub-task ends.
#[derive(Debug, Clone)]
pub enum End {
    /// Done; a recovery with what was done.
    Done(Option<(Recovered, String)>),
    /// Not done after all, and why.
    Dropped(String),
}

/// Ends a sub-task. `false`: it had ended before.
pub fn end(tx: &mut Tx<'_>, task: &SubTask, by: &str, end: &End) -> Done<bool> {
    let (outcome, dropped) = match end {
        End::Done(outcome) => (outcome.as_ref(), None),
        End::Dropped(why) => (None, Some(why.clone())),
    };
    let (coded, words) = (outcome.map(|o| o.0), outcome.map(|o| o.1.clone()));
    let (tenant, now) = (tx.tenant(), tx.now());
    let ended = tx.exec(
        sql!(
            "UPDATE sub_task SET done_at = $1, done_by = $2, dropped = $3, outcome = $4, outcome_words = $5
             WHERE tenant_id = $6 AND id = $7 AND done_at IS NULL"
        ),
        &[p(&now), p(by), p(&dropped), code(&coded), p(&words), p(&tenant), p(&task.id)],
    )?;
    if ended == 1 {
        let after = serde_json::json!({ "task": task.id, "done_by": by, "dropped": dropped, "outcome": coded, "words": words });
        tx.audit("ticket.task_end", task.ticket_id, None, Some(&after));
    }
    Ok(ended == 1)
}
