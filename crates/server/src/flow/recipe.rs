//! Macros on a ticket: what one would do, and doing it by the same commands people give one by one.

use postsale_domain::canned::fill;
use postsale_domain::ground::{Lang, Reach, UserId};
use postsale_domain::refuse;
use postsale_domain::ticket::recipe::{Step, foresee};
use postsale_domain::ticket::{Around, Case, Command, PauseReason, Priority, TicketId, TicketState};
use serde::Serialize;
use utoipa::ToSchema;

use super::desk::Desk;
use super::{agent, canned, triage};
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::texts;
use crate::ticket::store::Ticket;
use crate::view::reach::see_ticket;
use crate::view::ticket::{TicketPage, action, page};
use crate::{org, ticket, visit};

/// Runs the steps in order on one ticket: all or none. The caller must have the right to each of them. Errors: `not_allowed` with the step
/// as its field, and whatever a step refuses.
pub fn run(tx: &mut Tx<'_>, reach: Reach, id: TicketId, version: Option<i64>, steps: &[Step]) -> Done<TicketPage> {
    let mut desk = Desk::load(tx, id, reach, version)?;
    all(tx, &mut desk, steps)?;
    let ticket = desk.save(tx, "ticket.recipe")?;
    page(tx, &ticket)
}

/// Does the steps in order with a ticket on the table. Errors as in [`run`].
pub fn all(tx: &mut Tx<'_>, desk: &mut Desk, steps: &[Step]) -> Done<()> {
    for (i, step) in steps.iter().enumerate() {
        let done = may(tx, step).and_then(|()| one(tx, desk, step));
        done.map_err(|stop| match stop {
            Stop::Refused(refusal) => Stop::Refused(refusal.field(format!("steps.{i}"))),
            other => other,
        })?;
    }
    Ok(())
}

fn may(tx: &Tx<'_>, step: &Step) -> Done<()> {
    let action = action(step.kind());
    match postsale_domain::org::act::reach(action, &tx.caller().who) {
        Reach::None => Err(refuse!(Forbidden, "not_allowed", action = action).into()),
        _ => Ok(()),
    }
}

fn one(tx: &mut Tx<'_>, desk: &mut Desk, step: &Step) -> Done<()> {
    match step {
        Step::Claim {} => agent::claim(tx, desk),
        Step::Assign { to } => agent::assign(tx, desk, *to),
        Step::Priority { impact, urgency, reason } => agent::prioritise(tx, desk, *impact, *urgency, None, reason),
        Step::Reply { body, wait } => {
            let body = words(tx, &desk.ticket.clone(), body)?;
            agent::reply(tx, desk, &body, *wait, &[])
        }
        Step::Note { body } => {
            let body = words(tx, &desk.ticket.clone(), body)?;
            agent::note(tx, desk, &body, &[])
        }
        Step::Pause { reason } => desk.command(tx, &Command::Pause { reason: *reason }),
        Step::Resume { reason } => desk.command(tx, &Command::Resume { reason: *reason }),
        Step::Solve { fault_code, outcome } => agent::solve(tx, desk, Some(fault_code), *outcome),
    }
}

/// Words for a merchant or a colleague, without a hole left. Errors: `recipe.hole`.
fn words(tx: &mut Tx<'_>, t: &Ticket, body: &str) -> Done<String> {
    let (text, missing) = fill(body, &canned::known(tx, t)?);
    match missing.first() {
        Some(hole) => Err(refuse!(Conflict, "recipe.hole", hole = hole).into()),
        None => Ok(text),
    }
}

/// Where a ticket would stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    state: TicketState,
    priority: Priority,
    waiting: Vec<PauseReason>,
    owner: Option<UserId>,
    owner_name: String,
}

/// A step that would be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepForeseen {
    /// The step.
    step: Step,
    /// The words as they would read.
    words: Option<String>,
    /// Where the ticket would stand afterwards.
    after: Standing,
}

/// What a macro would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Foreseen {
    /// Where the ticket stands.
    before: Standing,
    /// The steps that would be done, in order.
    steps: Vec<StepForeseen>,
    /// Why the next one would be refused; then none would be done.
    refused: Option<String>,
    /// The version of the ticket this was foreseen for.
    version: i64,
}

/// What the steps would do to a ticket as it stands. Nothing is written.
pub fn foreseen(tx: &mut Tx<'_>, reach: Reach, id: TicketId, steps: &[Step], lang: Lang) -> Done<Foreseen> {
    see_ticket(tx, reach, id)?;
    let t = ticket::store::ticket(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let days_closed = t.closed_at.map_or(0, |at| (tx.now().as_second() - at.as_second()) / 86_400);
    let live_work_order = visit::store::live_of_ticket(tx, id)?.is_some();
    let open_tasks = ticket::task::open_titles(tx, id)?.len();
    let around = Around { live_work_order, days_closed, merged_into: None, open_tasks };
    let (mut commands, mut texts_of, mut refused) = (Vec::new(), Vec::new(), None);
    for step in steps {
        match may(tx, step).and_then(|()| meant(tx, &t, step)) {
            Ok((command, words)) => {
                commands.push(command);
                texts_of.push(words);
            }
            Err(Stop::Refused(refusal)) => {
                refused = Some(refusal);
                break;
            }
            Err(other) => return Err(other),
        }
    }
    let (cases, stopped) = foresee(&t.case, &commands, around);
    let refused = stopped.or(refused).map(|refusal| texts::of_refusal(lang, &refusal));
    let before = standing(tx, &t.case)?;
    let mut done = Vec::new();
    for ((step, words), case) in steps.iter().zip(texts_of).zip(&cases) {
        done.push(StepForeseen { step: step.clone(), words, after: standing(tx, case)? });
    }
    Ok(Foreseen { before, steps: done, refused, version: t.version })
}

/// The command a step gives, and its words as they would read.
fn meant(tx: &mut Tx<'_>, t: &Ticket, step: &Step) -> Done<(Command, Option<String>)> {
    Ok(match step {
        Step::Claim {} => match tx.caller().user() {
            Some(by) => (Command::Claim { by }, None),
            None => return Err(refuse!(Forbidden, "not_allowed", action = "ticket.assign").into()),
        },
        Step::Assign { to } => (Command::Assign { to: *to }, None),
        Step::Priority { impact, urgency, reason } => {
            let derived = triage::prioritise(tx, t, *impact, *urgency, None)?;
            let command = Command::Reprioritise {
                impact: derived.impact,
                urgency: derived.urgency,
                priority: derived.priority,
                reason: reason.clone(),
            };
            (command, Some(reason.clone()))
        }
        Step::Reply { body, wait } => (Command::Reply { wait: *wait }, Some(words(tx, t, body)?)),
        Step::Note { body } => (Command::Note, Some(words(tx, t, body)?)),
        Step::Pause { reason } => (Command::Pause { reason: *reason }, None),
        Step::Resume { reason } => (Command::Resume { reason: *reason }, None),
        Step::Solve { fault_code, outcome } => (Command::Solve { fault_code: Some(fault_code.clone()), outcome: *outcome }, None),
    })
}

fn standing(tx: &mut Tx<'_>, case: &Case) -> Done<Standing> {
    let owner_name = org::store::names(tx, case.owner)?.map_or_else(String::new, |(_, shown)| shown);
    Ok(Standing { state: case.state, priority: case.priority, waiting: case.waiting.clone(), owner: Some(case.owner), owner_name })
}
