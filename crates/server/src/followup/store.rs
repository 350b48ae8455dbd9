//! SQL of follow-ups.

use jiff::{SignedDuration, Timestamp};
use postsale_domain::followup::{Answer, FollowUp, FollowUpId, FollowUpState};
use postsale_domain::ground::TenantId;
use postsale_domain::merchant::MerchantId;
use postsale_domain::ticket::TicketId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{Bare, DbError, Done, Query, Row, Tx, code, p};
use crate::sql;

/// Where what hangs on a ticket is asked for here; see [`Tx::nothing_hangs`].
pub const FILE: &str = file!();

/// A follow-up as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which one.
    pub id: FollowUpId,
    /// Of which ticket.
    pub ticket: TicketId,
    /// What the rules look at.
    pub follow_up: FollowUp,
}

/// A follow-up as screens show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FollowUp)]
pub struct Face {
    /// Which one.
    pub id: FollowUpId,
    /// Which closing of the ticket it belongs to, from 1.
    pub round: u32,
    /// How far it has come.
    pub state: FollowUpState,
    /// When the merchant is asked.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// When they were asked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub asked_at: Option<Timestamp>,
    /// When they answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    /// Whether the trouble is gone.
    pub solved: Option<bool>,
    /// 1 to 5.
    pub score: Option<u8>,
    /// In their words.
    pub comment: Option<String>,
}

impl From<Kept> for Face {
    fn from(kept: Kept) -> Self {
        let f = kept.follow_up;
        let (solved, score) = (f.answer.as_ref().map(|a| a.solved), f.answer.as_ref().map(|a| a.score));
        let comment = f.answer.map(|a| a.comment).filter(|c| !c.is_empty());
        Face {
            id: kept.id,
            round: f.round,
            state: f.state,
            due_at: f.due_at,
            asked_at: f.asked_at,
            answered_at: f.answered_at,
            solved,
            score,
            comment,
        }
    }
}

fn read(r: &mut Row) -> Result<Kept, DbError> {
    let (id, ticket, round, state, due_at, asked_at, answered_at) =
        (r.next()?, r.next()?, r.next()?, r.coded()?, r.next()?, r.next()?, r.next()?);
    let (solved, score, comment): (Option<bool>, Option<u8>, Option<String>) = (r.next()?, r.next()?, r.next()?);
    let answer = solved.zip(score).map(|(solved, score)| Answer { solved, score, comment: comment.unwrap_or_default() });
    Ok(Kept { id, ticket, follow_up: FollowUp { round, state, due_at, asked_at, answered_at, answer } })
}

/// Schedules the follow-up of a ticket's closing; a second one for the same round changes nothing.
pub fn schedule(tx: &mut Tx<'_>, ticket: TicketId, round: u32, due_at: Timestamp) -> Done<()> {
    let (id, tenant): (FollowUpId, _) = (tx.new_id(), tx.tenant());
    let fresh = tx.exec(
        sql!(
            "INSERT INTO follow_up (id, tenant_id, ticket_id, round, state, due_at, next_at) VALUES ($1, $2, $3, $4, 'scheduled', $5, $5)
             ON CONFLICT DO NOTHING"
        ),
        &[p(&id), p(&tenant), p(&ticket), p(&round), p(&due_at)],
    )?;
    if fresh == 1 {
        tx.falls_due(due_at);
        tx.audit("follow_up.schedule", ticket, None, Some(&serde_json::json!({ "follow_up": id, "round": round, "due_at": due_at })));
    }
    Ok(())
}

/// The follow-ups of a ticket, first round first.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.hanging(
        ticket,
        sql!(
            "SELECT id, ticket_id, round, state, due_at, asked_at, answered_at, solved, score, comment FROM follow_up
             WHERE tenant_id = $1 AND ticket_id = $2 ORDER BY round"
        ),
        &[p(&tenant), p(&ticket)],
        read,
    )?)
}

/// One follow-up, to change.
pub fn for_change(tx: &mut Tx<'_>, id: FollowUpId) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT id, ticket_id, round, state, due_at, asked_at, answered_at, solved, score, comment FROM follow_up
             WHERE tenant_id = $1 AND id = $2 {for_update}"
        ),
        &[p(&tenant), p(&id)],
        read,
    )?)
}

/// Writes a follow-up; `next_at` is when the timer looks at it again.
pub fn save(tx: &mut Tx<'_>, action: &'static str, before: &Kept, after: &FollowUp, next_at: Option<Timestamp>) -> Done<()> {
    tx.exec(
        sql!(
            "UPDATE follow_up SET state = $1, asked_at = $2, answered_at = $3, solved = $4, score = $5, comment = $6, next_at = $7 WHERE id = $8"
        ),
        &[
            code(&after.state),
            p(&after.asked_at),
            p(&after.answered_at),
            p(&after.answer.as_ref().map(|a| a.solved)),
            p(&after.answer.as_ref().map(|a| a.score)),
            p(&after.answer.as_ref().map(|a| a.comment.clone())),
            p(&next_at),
            p(&before.id),
        ],
    )?;
    next_at.into_iter().for_each(|at| tx.falls_due(at));
    let face = |f: &FollowUp| serde_json::json!({ "state": f.state, "answer": f.answer });
    tx.audit(action, before.ticket, Some(&face(&before.follow_up)), Some(&face(after)));
    Ok(())
}

/// How many surveys a merchant was asked for in the last 30 days, not counting one ticket's own.
pub fn asked_lately(tx: &mut Tx<'_>, merchant: MerchantId, but: TicketId) -> Done<u32> {
    let since = tx.now() - SignedDuration::from_hours(30 * 24);
    let asked = tx.number(
        sql!(
            "SELECT COUNT(*) FROM follow_up f JOIN ticket t ON t.id = f.ticket_id
             WHERE t.tenant_id = $1 AND t.merchant_id = $2 AND f.asked_at > $3 AND f.ticket_id <> $4"
        ),
        &[p(&tx.tenant()), p(&merchant), p(&since), p(&but)],
    )?;
    Ok(u32::try_from(asked).unwrap_or(u32::MAX))
}

/// Follow-ups the timer has something to do with, over all tenants.
pub fn due(bare: &mut Bare<'_>, now: Timestamp, limit: u32) -> Done<Vec<(FollowUpId, TenantId)>> {
    Ok(bare.query(
        sql!("SELECT id, tenant_id FROM follow_up WHERE next_at <= $1 ORDER BY next_at, id LIMIT $2"),
        &[p(&now), p(&limit)],
        |r| Ok((r.next()?, r.next()?)),
    )?)
}
