//! Follow-ups with the case and the shop they are about.

use jiff::Timestamp;
use postsale_domain::followup::{FollowUpId, FollowUpState};
use postsale_domain::ground::{TypedId, mask_phone, to_millis};
use postsale_domain::ticket::{Outcome, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::registry::Sight;
use super::ticket::number;
use crate::ground::db::{DbError, Done, Query, Row, Tx, p};
use crate::ground::web::Keyset;
use crate::sql;

/// Which follow-ups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpView {
    /// Asked or to be asked by now, and not answered: the call-back list, the longest waiting first.
    #[default]
    Due,
    /// Their time has not come.
    Coming,
    /// Answered, the newest first.
    Answered,
}

impl FollowUpView {
    /// Its name in cursors.
    pub fn list(self) -> &'static str {
        match self {
            FollowUpView::Due => "follow-ups-due",
            FollowUpView::Coming => "follow-ups-coming",
            FollowUpView::Answered => "follow-ups-answered",
        }
    }

    /// Before its first row.
    pub fn start(self, now: Timestamp) -> Keyset {
        match self {
            FollowUpView::Due => Keyset::FIRST,
            FollowUpView::Coming => Keyset { at: to_millis(now), ..Keyset::LAST },
            FollowUpView::Answered => Keyset::LAST,
        }
    }

    /// Its rows after a place, as far as one sees.
    pub fn rows(self, tx: &mut Tx<'_>, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<FollowUpRow>> {
        match self {
            FollowUpView::Due => open(tx, sight, after, to_millis(tx.now()), limit),
            FollowUpView::Coming => open(tx, sight, after, i64::MAX, limit),
            FollowUpView::Answered => answered(tx, sight, after, limit),
        }
    }
}

/// A follow-up in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FollowUpRow {
    pub(super) id: FollowUpId,
    /// Which closing of the ticket it belongs to, from 1.
    pub(super) round: u32,
    pub(super) state: FollowUpState,
    /// When the merchant is asked.
    pub(super) due_at: Timestamp,
    pub(super) asked_at: Option<Timestamp>,
    pub(super) answered_at: Option<Timestamp>,
    /// Whether the trouble is gone, as they say.
    pub(super) solved: Option<bool>,
    /// 1 to 5.
    pub(super) score: Option<u8>,
    pub(super) comment: Option<String>,
    pub(super) ticket_id: TicketId,
    /// `T-000831`.
    pub(super) ticket_number: String,
    pub(super) subject: String,
    /// How the case was solved.
    pub(super) outcome: Option<Outcome>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) merchant_name: Option<String>,
    pub(super) store_name: Option<String>,
    pub(super) contact_name: Option<String>,
    pub(super) phone_masked: Option<String>,
}

impl FollowUpRow {
    /// Its place in a list.
    pub fn place(&self) -> (i64, FollowUpId) {
        (to_millis(self.answered_at.unwrap_or(self.due_at)), self.id)
    }
}

macro_rules! of_ticket {
    () => {
        "SELECT f.id, f.round, f.state, f.due_at, f.asked_at, f.answered_at, f.solved, f.score, f.comment, t.id, t.number, t.subject, t.outcome,
                t.closed_at, m.name, s.name, t.contact_name, t.contact_phone
         FROM follow_up f JOIN ticket t ON t.id = f.ticket_id LEFT JOIN merchant m ON m.id = t.merchant_id LEFT JOIN store s ON s.id = t.store_id"
    };
}

/// Asks for follow-ups: all, or those of shops in a branch's districts, whose id is at the place named. Nobody else reads any.
macro_rules! seen {
    ($tx:ident, $sight:ident, $key:ident, $place:literal, $where:literal, $order:literal) => {
        match $sight {
            Sight::All => $tx.query(sql!(concat!(of_ticket!(), $where, $order)), &$key, read)?,
            Sight::Branch(own) => $tx.query(
                sql!(concat!(
                    of_ticket!(),
                    $where,
                    " AND EXISTS (SELECT 1 FROM branch_district d WHERE d.tenant_id = s.tenant_id AND d.district = s.district AND d.branch_id = ",
                    $place,
                    ")",
                    $order
                )),
                &[$key.as_slice(), &[p(&own)]].concat(),
                read,
            )?,
            Sight::Acquirer(_) | Sight::Engineer(_) | Sight::Nothing => Vec::new(),
        }
    };
}

fn read(r: &mut Row) -> Result<FollowUpRow, DbError> {
    let (id, round, state, due_at, asked_at, answered_at) = (r.next()?, r.next()?, r.coded()?, r.next()?, r.next()?, r.next()?);
    let (solved, score, comment): (_, _, Option<String>) = (r.next()?, r.next()?, r.next()?);
    let (ticket_id, ticket, subject, outcome, closed_at) = (r.next()?, r.next()?, r.next()?, r.coded_opt()?, r.next()?);
    let (merchant_name, store_name, contact_name) = (r.next()?, r.next()?, r.next()?);
    Ok(FollowUpRow {
        id,
        round,
        state,
        due_at,
        asked_at,
        answered_at,
        solved,
        score,
        comment: comment.filter(|c| !c.is_empty()),
        ticket_id,
        ticket_number: number(ticket),
        subject,
        outcome,
        closed_at,
        merchant_name,
        store_name,
        contact_name,
        phone_masked: r.next::<Option<String>>()?.map(|phone| mask_phone(&phone)),
    })
}

/// Those nobody has answered yet and whose time has come or comes up to an instant, after a place.
fn open(tx: &mut Tx<'_>, sight: Sight, after: Keyset, until: i64, limit: u32) -> Done<Vec<FollowUpRow>> {
    let (tenant, id) = (tx.tenant(), FollowUpId::from_uuid(after.id));
    let key = [p(&tenant), p(&after.at), p(&id), p(&until), p(&limit)];
    Ok(seen!(
        tx,
        sight,
        key,
        "$6",
        " WHERE f.tenant_id = $1 AND f.next_at IS NOT NULL AND (f.due_at, f.id) > ($2, $3) AND f.due_at <= $4",
        " ORDER BY f.due_at, f.id LIMIT $5"
    ))
}

/// Those that were answered, the newest first, after a place.
fn answered(tx: &mut Tx<'_>, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<FollowUpRow>> {
    let (tenant, id) = (tx.tenant(), FollowUpId::from_uuid(after.id));
    let key = [p(&tenant), p(&after.at), p(&id), p(&limit)];
    Ok(seen!(
        tx,
        sight,
        key,
        "$5",
        " WHERE f.tenant_id = $1 AND f.answered_at IS NOT NULL AND (f.answered_at, f.id) < ($2, $3)",
        " ORDER BY f.answered_at DESC, f.id DESC LIMIT $4"
    ))
}
