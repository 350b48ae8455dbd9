//! Two cases that are one: which may go on under which number, what that means, and how it is taken back.

use super::model::{Event, Priority, REOPEN_DAYS, TicketState};
use super::rules::said;
use crate::ground::{Refusal, Text};
use crate::refuse;

/// One of the two, as far as merging looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its number.
    pub number: i64,
    /// Where it stands.
    pub state: TicketState,
    /// Whose it is, when that is known.
    pub merchant: Option<uuid::Uuid>,
    /// The number of its work order that is not closed yet, `W-000123`.
    pub live_work_order: Option<String>,
    /// A person has answered it.
    pub responded: bool,
    /// The number it goes on under, when it was merged already.
    pub merged_into: Option<i64>,
}

/// Lets `loser` go on under the number of `survivor`: what happens to the one and to the other.
/// Errors: `ticket.merge_itself`, `ticket.merged_already`, `ticket.merge_over` for one that is solved, closed or withdrawn,
/// `ticket.merge_other_merchant`, `ticket.merge_visit` while somebody is on the way for the loser.
pub fn merge(loser: &Side, survivor: &Side) -> Result<(Event, Event), Refusal> {
    if loser.number == survivor.number {
        return Err(refuse!(Invalid, "ticket.merge_itself").field("into"));
    }
    for side in [loser, survivor] {
        if let Some(into) = side.merged_into {
            return Err(refuse!(Conflict, "ticket.merged_already", number = said(side.number), into = said(into)));
        }
        if matches!(side.state, TicketState::Solved | TicketState::Closed | TicketState::Cancelled | TicketState::Merged) {
            return Err(refuse!(Conflict, "ticket.merge_over", number = said(side.number)));
        }
    }
    // One merchant's page would show another one's words.
    if loser.merchant.zip(survivor.merchant).is_some_and(|(a, b)| a != b) {
        return Err(refuse!(Conflict, "ticket.merge_other_merchant", number = said(loser.number), into = said(survivor.number)));
    }
    if let Some(order) = &loser.live_work_order {
        return Err(refuse!(Conflict, "ticket.merge_visit", number = said(loser.number), into = said(survivor.number), order = order));
    }
    Ok((Event::Merged { number: survivor.number }, Event::TookIn { number: loser.number }))
}

/// How long after a report another one of the same terminal is taken for the same trouble, in hours.
pub const AGAIN_HOURS: i64 = 24;

/// What a report says of a terminal, as far as telling two of them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'a> {
    /// Where the case stands.
    pub state: TicketState,
    /// Whose it is, when that is known.
    pub merchant: Option<uuid::Uuid>,
    /// The fault it looks like, `PRN-01`.
    pub fault: Option<&'a str>,
    /// How soon it must be handled.
    pub priority: Priority,
}

/// Whether a report tells again what the one open case of its terminal, opened `hours` ago, is about: one shop, one group of faults where both
/// name one, nothing more urgent. Only then may it go on under that number without a person looking; who says so is for the caller to judge.
pub fn tells_again(report: &Told<'_>, earlier: &Told<'_>, hours: i64) -> bool {
    let group = |fault: &str| fault.split('-').next().map(str::to_owned);
    let same_fault = match (report.fault.and_then(group), earlier.fault.and_then(group)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let worked_on = |state| matches!(state, TicketState::New | TicketState::Triaged | TicketState::Remote | TicketState::Visit);
    (0..=AGAIN_HOURS).contains(&hours)
        && worked_on(report.state)
        && worked_on(earlier.state)
        && report.merchant.is_some()
        && report.merchant == earlier.merchant
        && same_fault
        && report.priority >= earlier.priority
}

/// Takes a merge back: what happens to the one that comes back and to the other. `state` is where it stood before, `days` how
/// long ago that was. Errors: `ticket.not_merged`, `ticket.merge_chain` while the survivor itself goes on elsewhere,
/// `ticket.unmerge_late` after thirty days.
pub fn unmerge(loser: &Side, survivor: &Side, state: TicketState, days: i64) -> Result<(Event, Event), Refusal> {
    if loser.merged_into != Some(survivor.number) {
        return Err(refuse!(Conflict, "ticket.not_merged", number = said(loser.number)));
    }
    if let Some(into) = survivor.merged_into {
        return Err(refuse!(Conflict, "ticket.merge_chain", number = said(survivor.number), into = said(into)));
    }
    if days > REOPEN_DAYS {
        return Err(refuse!(Conflict, "ticket.unmerge_late", days = REOPEN_DAYS));
    }
    Ok((Event::Unmerged { number: survivor.number, state }, Event::GaveBack { number: loser.number }))
}

/// What merging the two would mean, in sentences a person reads before doing it.
pub fn consequences(loser: &Side, survivor: &Side) -> Vec<Text> {
    let (gone, stays) = (said(loser.number), said(survivor.number));
    let mut lines = vec![
        text(
            format!("{gone}的网页链接、邮件往来都通向{stays}；对商户只用{stays}这一个编号。"),
            format!("The page and the mails of {gone} lead to {stays}; the merchant is told one number, {stays}."),
        ),
        text(
            format!("两条时间线各自保留。合并以后写的内容留在{stays}，撤销合并时不搬回。"),
            format!("Both timelines stay as they are. What is written after the merge stays on {stays}, also when the merge is undone."),
        ),
        text(
            format!("{gone}的时限搁置，撤销后按真实时间接着算，如同没有合并过。"),
            format!("The clocks of {gone} are set aside; undone, they go on at true times as if it had never been merged."),
        ),
    ];
    if loser.responded && !survivor.responded {
        lines.push(text(
            format!("{gone}已答复过，{stays}还没有：{stays}的首次响应继续计时。也可以反过来合并。"),
            format!("{gone} has been answered, {stays} has not: its first response goes on. You can also merge the other way round."),
        ));
    }
    if let Some(order) = &survivor.live_work_order {
        lines.push(text(format!("{stays}的派工单{order}照常进行。"), format!("The work order {order} of {stays} goes on as planned.")));
    }
    if loser.merchant.is_none() != survivor.merchant.is_none() {
        let unknown = if loser.merchant.is_none() { &gone } else { &stays };
        lines.push(text(
            format!("{unknown}还没有关联商户：请确认是同一家，合并后双方看到同一条进度。"),
            format!("{unknown} names no merchant yet: make sure it is the same shop, both will see the same page."),
        ));
    }
    lines.push(text(format!("{REOPEN_DAYS}天内可以撤销。"), format!("It can be undone within {REOPEN_DAYS} days.")));
    lines
}

fn text(zh: String, en: String) -> Text {
    Text { zh, en }
}
