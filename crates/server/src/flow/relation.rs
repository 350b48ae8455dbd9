//! How tickets stand to each other: links, sub-tasks, and one that was split off another.

use jiff::Timestamp;
use postsale_domain::followup::{Recovered, recovered};
use postsale_domain::ground::{Act, Reach, UserId, mask_cards};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::{Command, EntryId, Event, LinkKind, TicketId, TicketState};
use serde_json::json;

use super::desk::Desk;
use super::report::{self, MAX_SYMPTOM, Report};
use crate::ground::db::{Done, Tx};
use crate::ground::when;
use crate::org;
use crate::ticket::entry::{self, Kind};
use crate::ticket::list::Sight;
use crate::ticket::relation::{self, LinkId};
use crate::ticket::store::Ticket;
use crate::ticket::task::{self, End, SubTaskId};
use crate::view::reach::{may_see, see_ticket};
use crate::view::ticket::number;

/// Most characters of a sub-task's title.
pub const MAX_TITLE: usize = 200;
/// Lines that can be taken along when a ticket is split.
const MAX_LINES: usize = 100;

/// Links a ticket to another one. Errors: `ticket.link_itself`, `ticket.linked_already`, `not_found`.
pub fn link(tx: &mut Tx<'_>, reach: Reach, desk: &mut Desk, to: TicketId, kind: LinkKind) -> Done<()> {
    if desk.ticket.id == to {
        return Err(refuse!(Invalid, "ticket.link_itself").field("to").into());
    }
    see_ticket(tx, reach, to)?;
    desk.command(tx, &Command::Relate)?;
    let (_, by) = desk.author();
    if !relation::insert(tx, desk.ticket.id, to, kind, &by, None)? {
        return Err(refuse!(Conflict, "ticket.linked_already").into());
    }
    let other = crate::ticket::store::ticket(tx, to)?.map_or(0, |t| t.number);
    told(tx, desk, "linked", json!({ "link": kind, "number": number(other) }))
}

/// Removes a link. Errors: `ticket.not_linked`.
pub fn unlink(tx: &mut Tx<'_>, desk: &mut Desk, id: LinkId) -> Done<()> {
    let found = relation::of_ticket(tx, Sight::All, desk.ticket.id)?.into_iter().find(|l| l.id == id);
    let (_, by) = desk.author();
    let Some(link) = found.filter(|l| l.kind != LinkKind::SplitFrom) else {
        return Err(refuse!(Conflict, "ticket.not_linked").into());
    };
    relation::remove(tx, desk.ticket.id, id, &by)?;
    told(tx, desk, "unlinked", json!({ "link": link.kind, "number": number(link.number) }))
}

/// Adds a sub-task. Errors: `ticket.task_no_title`, `ticket.task_title_long`, `ticket.task_assignee`, `ticket.task_past`.
pub fn add_task(tx: &mut Tx<'_>, desk: &mut Desk, title: &str, assignee: Option<UserId>, due: Option<Timestamp>) -> Done<()> {
    let title = title.trim();
    if title.is_empty() {
        return Err(refuse!(Invalid, "ticket.task_no_title").field("title").into());
    }
    if title.chars().count() > MAX_TITLE {
        return Err(refuse!(Invalid, "ticket.task_title_long", limit = MAX_TITLE).field("title").into());
    }
    if let Some(who) = assignee
        && !may_work(tx, who, desk.ticket.id)?
    {
        return Err(refuse!(Invalid, "ticket.task_assignee").field("assignee").into());
    }
    if due.is_some_and(|due| when::day(due) < when::day(tx.now())) {
        return Err(refuse!(Invalid, "ticket.task_past").field("due").into());
    }
    desk.command(tx, &Command::AddTask)?;
    desk.task_added();
    let title = mask_cards(title).text;
    let (_, by) = desk.author();
    task::insert(tx, desk.ticket.id, task::Fresh { title: &title, assignee, due, by: &by, follow_up: None })?;
    told(tx, desk, "task_added", json!({ "title": title }))
}

/// Whether somebody is here still and their role may work on the ticket: whoever is given a sub-task has to be able to end it.
pub fn may_work(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Done<bool> {
    let may = org::store::who(tx, user)?.is_some_and(|who| act::TicketWork::reach(&who) != Reach::None);
    Ok(may && may_see(tx, user, ticket)?)
}

/// How somebody ends a sub-task.
#[derive(Debug, Clone, Copy)]
pub enum Ending<'a> {
    /// Done; of a recovery: what was done, and a sentence.
    Done(Option<Recovered>, &'a str),
    /// Not done, and why.
    Dropped(&'a str),
}

/// Ends a sub-task. Ending it twice changes nothing. Errors: `not_found`, `reason.missing`, and of a recovery those of [`recovered`].
pub fn end_task(tx: &mut Tx<'_>, reach: Reach, id: SubTaskId, ending: Ending<'_>) -> Done<Ticket> {
    let Some(task) = task::one(tx, id)? else { return Err(refuse!(NotFound, "not_found").into()) };
    let mut desk = Desk::load(tx, task.ticket_id, reach, None)?;
    let end = match ending {
        // What has ended is not asked about again.
        Ending::Done(..) if !task.recovery || task.done_at.is_some() => End::Done(None),
        Ending::Done(outcome, words) => End::Done(Some(recovered(outcome, words)?)),
        Ending::Dropped(why) if why.trim().is_empty() => return Err(refuse!(Invalid, "reason.missing").field("reason").into()),
        Ending::Dropped(why) => End::Dropped(mask_cards(why.trim()).text),
    };
    let (_, by) = desk.author();
    if task::end(tx, &task, &by, &end)? {
        match &end {
            End::Done(None) => told(tx, &mut desk, "task_done", json!({ "title": task.title }))?,
            End::Done(Some((outcome, words))) => {
                told(tx, &mut desk, "recovery_done", json!({ "title": task.title, "recovered": outcome, "words": words }))?;
            }
            End::Dropped(why) => told(tx, &mut desk, "task_dropped", json!({ "title": task.title, "reason": why }))?,
        }
    }
    desk.save(tx, "ticket.task_end")
}

fn told(tx: &mut Tx<'_>, desk: &mut Desk, code: &str, mut data: serde_json::Value) -> Done<()> {
    let (_, who) = desk.author();
    data["who"] = json!(who);
    desk.line(tx, Kind::Event, false, "", Some((code.to_owned(), data)), None).map(drop)
}

/// What a split asks for.
#[derive(Debug, Clone, Default)]
pub struct Split {
    /// Lines taken along: what was said, not what happened.
    pub lines: Vec<EntryId>,
    /// What the new case is about; the first line's words without it.
    pub symptom: Option<String>,
    /// The terminal it is about.
    pub terminal_serial: Option<String>,
    /// Why that is not known.
    pub terminal_unknown_reason: Option<String>,
}

/// Makes a new case of some lines of another one, of the same merchant and contact, linked both ways; the lines stay where they
/// are as well. Its clocks start when the first of them was said. Errors: `ticket.split_nothing`, `ticket.split_lines`,
/// `ticket.split_other_merchant`, and those of [`report::open`].
pub fn split(tx: &mut Tx<'_>, desk: &mut Desk, split: &Split) -> Done<Ticket> {
    desk.command(tx, &Command::Split)?;
    if split.lines.is_empty() || split.lines.len() > MAX_LINES {
        return Err(refuse!(Invalid, "ticket.split_nothing", limit = MAX_LINES).field("lines").into());
    }
    let chosen = entry::some(tx, desk.ticket.id, &split.lines)?;
    if chosen.len() != split.lines.len() || chosen.iter().any(|e| e.kind == Kind::Event) {
        return Err(refuse!(Invalid, "ticket.split_lines").field("lines").into());
    }
    let first = chosen.iter().find(|e| e.kind == Kind::Message).or(chosen.first());
    let (said, at) = first.map_or((String::new(), tx.now()), |e| (e.body.clone(), e.at));
    let symptom = split.symptom.clone().filter(|s| !s.trim().is_empty()).unwrap_or(said);
    let of = &desk.ticket;
    let report = Report {
        channel: of.channel,
        contact_at: at,
        letter_id: None,
        terminal_id: None,
        terminal_serial: split.terminal_serial.clone(),
        terminal_unknown_reason: split.terminal_unknown_reason.clone(),
        merchant_id: of.merchant_id,
        contact: of.contact.clone(),
        symptom: symptom.chars().take(MAX_SYMPTOM).collect(),
        response_code: None,
        impact: None,
        urgency: None,
        terminals_hit: None,
    };
    let place = report::place(tx, &report)?;
    if place.merchant.as_ref().map(|m| m.id).zip(of.merchant_id).is_some_and(|(new, old)| new != old) {
        return Err(refuse!(Invalid, "ticket.split_other_merchant").field("terminal_serial").into());
    }
    let made = report::open(tx, &report)?;
    let mut new = Desk::load(tx, made.id, Reach::All, None)?;
    let told_already = new.case().symptom.clone();
    for line in chosen.iter().filter(|e| !(e.kind == Kind::Message && e.body == told_already)) {
        entry::copy(tx, &mut new.ticket, line)?;
    }
    told(tx, &mut new, "split_from", json!({ "number": number(desk.ticket.number) }))?;
    let new = new.save(tx, "ticket.split_from")?;
    let (_, by) = desk.author();
    relation::insert(tx, new.id, desk.ticket.id, LinkKind::SplitFrom, &by, Some(new.version))?;
    told(tx, desk, "split_off", json!({ "number": number(new.number), "lines": chosen.len() }))?;
    Ok(new)
}

/// Takes a split back while nothing else has happened to what was split off: it is withdrawn, the other one says so.
/// Errors: `ticket.not_split`, `ticket.split_moved_on`.
pub fn unsplit(tx: &mut Tx<'_>, reach: Reach, id: TicketId, version: i64) -> Done<Ticket> {
    let mut new = Desk::load(tx, id, reach, Some(version))?;
    let link = relation::of_ticket(tx, Sight::All, id)?.into_iter().find(|l| l.kind == LinkKind::SplitFrom && !l.back);
    let Some(link) = link else { return Err(refuse!(Conflict, "ticket.not_split").into()) };
    if link.split_version != Some(new.ticket.version) {
        return Err(refuse!(Conflict, "ticket.split_moved_on").into());
    }
    let (_, by) = new.author();
    relation::remove(tx, id, link.id, &by)?;
    let of = number(new.ticket.number);
    if new.case().state != TicketState::Cancelled {
        new.happen(tx, &Event::Cancelled { reason: format!("{}{}", relation::BACK_TO, number(link.number)) })?;
    }
    new.save(tx, "ticket.unsplit")?;
    let mut desk = Desk::load(tx, link.other, Reach::All, None)?;
    told(tx, &mut desk, "split_undone", json!({ "number": of }))?;
    desk.save(tx, "ticket.unsplit")
}
