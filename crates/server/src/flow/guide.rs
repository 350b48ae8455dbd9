//! Walking a guide on a ticket: the same tree for the agent and the merchant. An ending is a finding, and the case follows it.

use std::sync::Arc;

use postsale_domain::facts::FieldNeed;
use postsale_domain::ground::Text;
use postsale_domain::knowledge::{
    Ending, Guide, GuideEvent, GuideFacts, GuideOutcome, GuideRun, GuideState, answer as decide_answer, back as decide_back,
    leave as decide_leave, start as decide_start,
};
use postsale_domain::refuse;
use postsale_domain::ticket::triage::{DecidedBy, Judged};
use postsale_domain::ticket::{Command, Decision, Event, Outcome, TicketState};
use serde_json::json;

use super::desk::Desk;
use super::extra;
use crate::facts::{guide_at, in_force};
use crate::ground::db::{Done, Tx};
use crate::knowledge::store;
use crate::terminal::store as terminals;
use crate::ticket::entry::Kind;
use crate::ticket::store::Ticket;
pub use crate::view::guide::{fitting, of_ticket, shown};

/// What is known of the terminal without asking anybody.
fn known(tx: &mut Tx<'_>, ticket: &Ticket) -> Done<GuideFacts> {
    let mut known = GuideFacts::new();
    if let Some(code) = &ticket.response_code {
        known.insert("response_code".into(), code.clone());
    }
    let terminal = match ticket.terminal_id {
        Some(id) => terminals::terminal(tx, id)?,
        None => None,
    };
    if let Some(terminal) = terminal {
        known.insert("terminal_offline".into(), terminal.offline_since.is_some().to_string());
        if let Some(model) = in_force(tx)?.facts().model(&terminal.model) {
            known.insert("class".into(), model.class.clone());
        }
    }
    Ok(known)
}

/// Begins a walk; one that is running goes on instead. Errors: `guide.none_fits`, `guide.unknown`, and what the ticket refuses.
pub fn start(tx: &mut Tx<'_>, desk: &mut Desk, asked: Option<&str>) -> Done<()> {
    if let Some(run) = store::newest(tx, desk.ticket.id)?
        && run.state == GuideState::Running
        && asked.is_none_or(|id| id == run.guide)
    {
        return Ok(());
    }
    let guide = match asked {
        Some(id) => in_force(tx)?.guide(id).ok_or_else(|| refuse!(Invalid, "guide.unknown").field("guide"))?,
        None => fitting(tx, &desk.ticket)?.ok_or_else(|| refuse!(Conflict, "guide.none_fits"))?,
    };
    // Another guide while one runs: the first one is left, not forgotten.
    if let Some(mut run) = store::newest(tx, desk.ticket.id)?.filter(|r| r.state == GuideState::Running) {
        let events = decide_leave(&run, &guide.id)?;
        keep(tx, desk, &mut run, &events)?;
    }
    desk.command(tx, &Command::StartGuide)?;
    let events = decide_start(&guide, &known(tx, &desk.ticket)?);
    let mut run = GuideRun::new(tx.new_id());
    keep(tx, desk, &mut run, &events)?;
    follow(tx, desk, &guide, &run)
}

/// Answers the open step. Errors: `guide.not_running` and the rules' own.
pub fn answer(tx: &mut Tx<'_>, desk: &mut Desk, step: &str, answer: &str, note: Option<String>) -> Done<()> {
    let (guide, mut run) = running(tx, desk)?;
    let events = decide_answer(&guide, &run, &known(tx, &desk.ticket)?, step, answer, note)?;
    keep(tx, desk, &mut run, &events)?;
    follow(tx, desk, &guide, &run)
}

/// Takes the latest answer back. Errors as in [`answer`].
pub fn back(tx: &mut Tx<'_>, desk: &mut Desk) -> Done<()> {
    let (guide, mut run) = running(tx, desk)?;
    let events = decide_back(&guide, &run)?;
    keep(tx, desk, &mut run, &events)
}

/// Gives up. Errors: `guide.not_running`, `reason.missing`.
pub fn leave(tx: &mut Tx<'_>, desk: &mut Desk, reason: &str) -> Done<()> {
    if reason.trim().is_empty() {
        return Err(refuse!(Invalid, "reason.missing").field("reason").into());
    }
    let (_, mut run) = running(tx, desk)?;
    let events = decide_leave(&run, reason.trim())?;
    keep(tx, desk, &mut run, &events)
}

fn running(tx: &mut Tx<'_>, desk: &mut Desk) -> Done<(Arc<Guide>, GuideRun)> {
    if desk.ticket.closed_at.is_some() {
        // What is over is walked no further; the rules say why.
        desk.command(tx, &Command::StartGuide)?;
    }
    let run = store::newest(tx, desk.ticket.id)?.filter(|r| r.state == GuideState::Running);
    let run = run.ok_or_else(|| refuse!(Conflict, "guide.not_running"))?;
    let guide = guide_at(tx, &run.guide, run.version)?.ok_or_else(|| refuse!(Conflict, "guide.changed"))?;
    Ok((guide, run))
}

fn keep(tx: &mut Tx<'_>, desk: &Desk, run: &mut GuideRun, events: &[GuideEvent]) -> Done<()> {
    let (_, by) = desk.author();
    store::record(tx, desk.ticket.id, run, events, &by)
}

/// What an ending means to the case: solved or advised, to be confirmed by the merchant; or a visit, or others go on, decided by the desk.
fn follow(tx: &mut Tx<'_>, desk: &mut Desk, guide: &Guide, run: &GuideRun) -> Done<()> {
    let Some(ending) = run.ending.as_deref().and_then(|id| guide.ending(id)) else { return Ok(()) };
    let (_, who) = desk.author();
    let told = json!({ "who": who, "guide": guide.id, "outcome": ending.outcome, "fault_code": ending.fault_code });
    desk.line(tx, Kind::Event, false, "", Some(("guide_ended".into(), told)), None)?;
    let solve = |outcome| Command::Solve { fault_code: Some(ending.fault_code.clone()), outcome };
    match ending.outcome {
        // What is to be done or said besides is the desk's to finish; the walk has its ending.
        GuideOutcome::Fixed | GuideOutcome::Advise if desk.has_open_tasks() => Ok(()),
        GuideOutcome::Fixed | GuideOutcome::Advise if !extra::lacks(tx, desk.ticket.id, FieldNeed::Solve)?.is_empty() => Ok(()),
        GuideOutcome::Fixed if desk.case().state != TicketState::Solved => desk.command(tx, &solve(Outcome::RemoteFixed)),
        GuideOutcome::Advise if desk.case().state != TicketState::Solved => desk.command(tx, &solve(Outcome::Advised)),
        GuideOutcome::Visit => found(tx, desk, guide, ending, Decision::Onsite),
        GuideOutcome::Escalate => found(tx, desk, guide, ending, Decision::Remote),
        GuideOutcome::Fixed | GuideOutcome::Advise => Ok(()),
    }
}

/// A confirmed fault and where it is to be solved, with the walk as the reason.
fn found(tx: &mut Tx<'_>, desk: &mut Desk, guide: &Guide, ending: &Ending, decision: Decision) -> Done<()> {
    let before: Option<Judged> = desk.ticket.triage.clone().and_then(|t| serde_json::from_value(t).ok());
    let (facts, proposals) = before.map(|j| (j.facts, j.proposals)).unwrap_or_default();
    let reason: Text = ending.agent.clone();
    let judged = Judged {
        decision: Some(decision),
        decided_by: DecidedBy::Rule,
        rule: Some(format!("guide {} {}", guide.id, ending.id)),
        reason: reason.clone(),
        facts,
        proposals,
        fault_code: Some(ending.fault_code.clone()),
    };
    desk.ticket.triage = serde_json::to_value(&judged).ok();
    let reason = reason.in_lang(desk.ticket.contact.lang).to_owned();
    desk.happen(tx, &Event::Triaged { decision, fault_code: Some(ending.fault_code.clone()), reason: Some(reason) })
}
