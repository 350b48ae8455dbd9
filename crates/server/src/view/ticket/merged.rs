use std::collections::BTreeSet;

use jiff::Timestamp;
use postsale_domain::ground::{Lang, Reach, Refusal, Text, TypedId};
use postsale_domain::refuse;
use postsale_domain::sla::Clock;
use postsale_domain::ticket::merge::{self as rules, Side};
use postsale_domain::ticket::{Channel, TicketId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{TicketLine, TicketRow, latest, number, own_sight, rows};
use crate::ground::db::{Done, Tx};
use crate::ground::texts;
use crate::ticket::head::Head;
use crate::ticket::list::{self, Sight};
use crate::ticket::merge;
use crate::ticket::store::{self, Ticket};
use crate::view::reach::see_ticket;
use crate::{sla, visit};

/// Where a ticket goes on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergedInto {
    id: TicketId,
    /// `T-000831`.
    number: String,
    at: Timestamp,
    /// Who merged it.
    by: String,
}

/// A ticket that goes on under this one's number.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergedTicket {
    id: TicketId,
    /// `T-000831`.
    number: String,
    subject: String,
    channel: Channel,
    contact_name: Option<String>,
    /// Grows with each change; undoing the merge asks for it.
    version: i64,
    /// Lines on its own timeline.
    lines: i64,
    at: Timestamp,
    /// Who merged it.
    by: String,
}

/// Where a ticket goes on, if it does elsewhere and the caller sees where.
pub(super) fn into(tx: &mut Tx<'_>, t: &Ticket) -> Done<Option<MergedInto>> {
    let Some(m) = merge::of(tx, t.id)? else { return Ok(None) };
    let sight = own_sight(tx);
    if sight != Sight::All && list::seen_numbers(tx, sight, &BTreeSet::from([m.survivor_number]))?.is_empty() {
        return Ok(None);
    }
    Ok(Some(MergedInto { id: m.survivor, number: number(m.survivor_number), at: m.at, by: m.by }))
}

/// What goes on under a ticket's number, as far as the caller sees.
pub(super) fn under(tx: &mut Tx<'_>, t: &Ticket) -> Done<Vec<MergedTicket>> {
    let found = merge::under(tx, own_sight(tx), t.id)?;
    Ok(found
        .into_iter()
        .map(|m| MergedTicket {
            id: m.id,
            number: number(m.number),
            subject: m.subject,
            channel: m.channel,
            contact_name: m.contact_name,
            version: m.version,
            lines: m.lines,
            at: m.at,
            by: m.by,
        })
        .collect())
}

/// One of the two, before they are merged.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergeSide {
    ticket: TicketRow,
    contact_name: Option<String>,
    /// The earliest contact, as its clocks count it.
    first_contact_at: Option<Timestamp>,
    /// The newest lines of its timeline, oldest first.
    thread: Vec<TicketLine>,
    /// Lines on its timeline.
    lines: i64,
}

/// Why it cannot be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergeRefusal {
    code: String,
    sentence: Text,
}

/// What merging two tickets would mean. Nothing is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergePreview {
    /// The one that would go on under the other one's number.
    loser: MergeSide,
    survivor: MergeSide,
    /// The survivor's clocks as they would be: the earliest contact of both counts.
    clocks: Vec<Clock>,
    /// In sentences, to be read before.
    consequences: Vec<Text>,
    /// Why it cannot be; null when it can.
    refused: Option<MergeRefusal>,
}

fn said(refusal: &Refusal) -> Text {
    Text { zh: texts::of_refusal(Lang::Zh, refusal), en: texts::of_refusal(Lang::En, refusal) }
}

/// Lines of each thread the preview shows.
const SHOWN: u32 = 5;

fn shown(tx: &mut Tx<'_>, t: &Ticket) -> Done<MergeSide> {
    Ok(MergeSide {
        ticket: rows(tx, &[Head::from(t)])?.pop().ok_or_else(|| refuse!(NotFound, "not_found"))?,
        contact_name: t.contact.name.clone(),
        first_contact_at: sla::store::first_contact(tx, t.id)?,
        thread: latest(tx, t, SHOWN)?,
        lines: t.entry_count,
    })
}

/// A ticket as merging looks at it.
pub fn merge_side(tx: &mut Tx<'_>, t: &Ticket) -> Done<Side> {
    Ok(Side {
        number: t.number,
        state: t.case.state,
        merchant: t.merchant_id.map(TypedId::uuid),
        live_work_order: visit::store::live_number(tx, t.id)?.map(visit::store::number),
        responded: t.case.responded,
        merged_into: merge::of(tx, t.id)?.map(|m| m.survivor_number),
    })
}

/// What merging would mean, for somebody who sees both.
pub fn merge_preview(tx: &mut Tx<'_>, reach: Reach, loser: TicketId, survivor: TicketId) -> Done<MergePreview> {
    for id in [loser, survivor] {
        see_ticket(tx, reach, id)?;
    }
    let (Some(loser), Some(survivor)) = (store::ticket(tx, loser)?, store::ticket(tx, survivor)?) else {
        return Err(refuse!(NotFound, "not_found").into());
    };
    let sides = (merge_side(tx, &loser)?, merge_side(tx, &survivor)?);
    let refused = rules::merge(&sides.0, &sides.1).err();
    let first = sla::store::first_contact(tx, loser.id)?.unwrap_or(loser.opened_at);
    Ok(MergePreview {
        clocks: sla::store::with_contact(tx, survivor.id, first)?,
        consequences: rules::consequences(&sides.0, &sides.1),
        refused: refused.map(|r| MergeRefusal { code: r.code.to_owned(), sentence: said(&r) }),
        loser: shown(tx, &loser)?,
        survivor: shown(tx, &survivor)?,
    })
}
