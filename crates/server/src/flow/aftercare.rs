//! After a case is solved: silence confirms, a follow-up asks, a bad answer opens it again.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::followup::{
    Answer, FollowUp, FollowUpId, FollowUpState, Plan, Reopen, Step, answer as decide_answer, due_at, next_step, recover_by, what_follows,
};
use postsale_domain::ground::{Reach, TenantId, TypedId};
use postsale_domain::notify::NoticeKind;
use postsale_domain::refuse;
use postsale_domain::ticket::{Command, ConfirmedBy, TicketId, TicketState};
use serde_json::json;

use super::desk::Desk;
use crate::followup::store::{self, Kept};
use crate::ground::db::{Bare, Done, Query, Tx, p};
use crate::ground::{texts, when};
use crate::notify::store::{Telling, tell};
use crate::org;
use crate::ticket::entry::Line;
use crate::ticket::store::Ticket;
use crate::ticket::task;
use crate::view::reach::see_ticket;
use crate::view::shop::{place, status};
use crate::{sql, ticket};

/// Days without an answer after which a solved case counts as confirmed. The merchant's page and mail state this number.
pub const SILENCE_DAYS: i64 = 3;

/// Schedules the follow-up of a closing; called when a ticket closes. One per round.
pub fn schedule(tx: &mut Tx<'_>, ticket: &Ticket) -> Done<()> {
    let round = u32::try_from(store::of_ticket(tx, ticket.id)?.len()).unwrap_or(u32::MAX).saturating_add(1);
    let due = due_at(tx.now(), &Plan::default(), &when::zone());
    store::schedule(tx, ticket.id, round, due)
}

/// Does what the timer has to do with a follow-up now; doing it twice does it once.
pub fn turn(tx: &mut Tx<'_>, id: FollowUpId) -> Done<()> {
    let Some(kept) = store::for_change(tx, id)? else { return Ok(()) };
    let Some(ticket) = ticket::store::ticket(tx, kept.ticket)? else { return Ok(()) };
    let lately = match ticket.merchant_id {
        Some(merchant) => store::asked_lately(tx, merchant, ticket.id)?,
        None => 0,
    };
    let closed = ticket.case.state == TicketState::Closed;
    let now = tx.now();
    let f = kept.follow_up.clone();
    match next_step(&f, closed, lately, &Plan::default(), &when::zone(), now) {
        Step::Wait(at) => store::save(tx, "follow_up.wait", &kept, &f, Some(at)),
        Step::Expire => store::save(tx, "follow_up.expire", &kept, &FollowUp { state: FollowUpState::Expired, ..f }, None),
        Step::Nothing => store::save(tx, "follow_up.wait", &kept, &f, None),
        Step::Ask { expires_at } => {
            ask(tx, &ticket, &kept)?;
            store::save(tx, "follow_up.ask", &kept, &FollowUp { state: FollowUpState::Asked, asked_at: Some(now), ..f }, Some(expires_at))
        }
    }
}

fn ask(tx: &mut Tx<'_>, ticket: &Ticket, kept: &Kept) -> Done<()> {
    let status = status(tx, ticket)?.in_lang(ticket.contact.lang).to_owned();
    let number = format!("T-{:06}", ticket.number);
    let values = BTreeMap::from([("number", number), ("shop", place(tx, ticket.terminal_id)?), ("status", status)]);
    let telling = Telling {
        ticket: ticket.id,
        kind: NoticeKind::Survey,
        changed: kept.id.uuid(),
        turn: 1,
        beside: false,
        asked: false,
        emergency: false,
        lang: ticket.contact.lang,
        email: ticket.contact.email.as_deref(),
        values,
    };
    tell(tx, &telling).map(|_| ())
}

/// Takes the merchant's answer to the survey of the last closing. Errors: `followup.none`, and what the rules refuse.
pub fn answer(tx: &mut Tx<'_>, id: TicketId, given: &Answer) -> Done<()> {
    let Some(last) = store::of_ticket(tx, id)?.pop() else { return Err(refuse!(Conflict, "followup.none").into()) };
    answer_one(tx, last.id, given).map(drop)
}

/// Takes an answer keyed in by somebody who may see the ticket it is about. Errors: `not_found`, and what the rules refuse.
pub fn answer_for(tx: &mut Tx<'_>, reach: Reach, id: FollowUpId, given: &Answer) -> Done<Kept> {
    let Some(kept) = store::for_change(tx, id)? else { return Err(refuse!(NotFound, "not_found").into()) };
    see_ticket(tx, reach, kept.ticket)?;
    answer_one(tx, id, given)
}

/// Takes the merchant's answer to one follow-up; bad news opens the case again. Errors: `not_found`, and what the rules refuse.
pub fn answer_one(tx: &mut Tx<'_>, id: FollowUpId, given: &Answer) -> Done<Kept> {
    let Some(kept) = store::for_change(tx, id)? else { return Err(refuse!(NotFound, "not_found").into()) };
    let after = decide_answer(&kept.follow_up, given.clone(), tx.now())?;
    if after == kept.follow_up {
        return Ok(kept);
    }
    store::save(tx, "follow_up.answer", &kept, &after, None)?;
    if let Some(why) = after.answer.as_ref().and_then(what_follows) {
        let mut desk = Desk::load(tx, kept.ticket, Reach::All, None)?;
        if desk.case().state == TicketState::Closed {
            desk.command(tx, &Command::Reopen { reason: reason(desk.ticket.contact.lang, why, after.answer.as_ref()) })?;
            recover(tx, &mut desk, id, after.answer.as_ref())?;
            desk.save(tx, "ticket.reopen")?;
        }
    }
    Ok(Kept { follow_up: after, ..kept })
}

/// Bad news is made good by somebody, until a stated time: a sub-task of whoever is accountable; the case is not solved before it.
fn recover(tx: &mut Tx<'_>, desk: &mut Desk, follow_up: FollowUpId, answer: Option<&Answer>) -> Done<()> {
    let score = answer.map_or(0, |a| a.score).to_string();
    let title = texts::sentence(desk.ticket.contact.lang, "followup.recovery", &BTreeMap::from([("score", score.clone())]));
    let owner = desk.case().owner;
    let due = recover_by(tx.now(), &Plan::default(), &when::zone());
    let fresh = task::Fresh { title: &title, assignee: Some(owner), due: Some(due), by: "", follow_up: Some(follow_up) };
    task::insert(tx, desk.ticket.id, fresh)?;
    let name = org::store::names(tx, owner)?.map_or_else(String::new, |(_, name)| name);
    let line = Line::of_house("recovery_opened", json!({ "name": name, "until": due, "score": score }));
    desk.write(tx, line).map(drop)
}

/// The reason a case is opened again, in the merchant's language: what they said, or what their stars say.
fn reason(lang: postsale_domain::ground::Lang, why: Reopen, answer: Option<&Answer>) -> String {
    let key = match why {
        Reopen::NotSolved => "followup.reason_not_solved",
        Reopen::LowScore => "followup.reason_low_score",
    };
    let score = answer.map_or(0, |a| a.score).to_string();
    let said = texts::sentence(lang, key, &BTreeMap::from([("score", score)]));
    match answer.map(|a| a.comment.trim()).filter(|c| !c.is_empty()) {
        Some(comment) => format!("{said} {comment}"),
        None => said,
    }
}

/// Solved cases nobody has answered for [`SILENCE_DAYS`] days, over all tenants.
pub fn silent(bare: &mut Bare<'_>, now: Timestamp, limit: u32) -> Done<Vec<(TicketId, TenantId)>> {
    let before = now - SignedDuration::from_hours(24 * SILENCE_DAYS);
    Ok(bare.query(
        sql!("SELECT id, tenant_id FROM ticket WHERE closed_at IS NULL AND state = 'solved' AND solved_at <= $1 ORDER BY solved_at, id LIMIT $2"),
        &[p(&before), p(&limit)],
        |r| Ok((r.next()?, r.next()?)),
    )?)
}

/// Takes silence for a yes, if it still is one.
pub fn close_silent(tx: &mut Tx<'_>, id: TicketId) -> Done<()> {
    let mut desk = Desk::load(tx, id, Reach::All, None)?;
    let long_ago = tx.now() - SignedDuration::from_hours(24 * SILENCE_DAYS);
    if desk.case().state == TicketState::Solved && desk.ticket.solved_at.is_some_and(|at| at <= long_ago) {
        desk.command(tx, &Command::Confirm { by: ConfirmedBy::Silence })?;
        desk.save(tx, "ticket.confirm")?;
    }
    Ok(())
}
