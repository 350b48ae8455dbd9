use jiff::Timestamp;

use super::model::{Around, Case, Command, CommandKind, ConfirmedBy, Decision, Event, Outcome, PauseReason, REOPEN_DAYS, TicketState};
use crate::ground::{Refusal, UserId};
use crate::refuse;

use CommandKind as K;
use TicketState as S;

/// What registration still lacks (S1-02): `contact`, `terminal`, `symptom`.
pub fn missing(case: &Case) -> Vec<&'static str> {
    let unknown_terminal = !case.has_terminal && case.terminal_unknown_reason.as_deref().is_none_or(|r| r.trim().is_empty());
    [(!case.has_contact, "contact"), (unknown_terminal, "terminal"), (case.symptom.trim().is_empty(), "symptom")]
        .into_iter()
        .filter_map(|(lacks, name)| lacks.then_some(name))
        .collect()
}

/// Which commands a state knows at all; the portrait prints this table.
pub fn allowed(state: TicketState) -> &'static [CommandKind] {
    match state {
        S::New => &[
            K::Claim,
            K::Assign,
            K::Register,
            K::Reply,
            K::Note,
            K::Priority,
            K::Pause,
            K::Resume,
            K::Cancel,
            K::Merge,
            K::Relate,
            K::AddTask,
            K::Split,
            K::Fields,
            K::Quote,
        ],
        S::Triaged | S::Remote => &[
            K::Claim,
            K::Assign,
            K::Register,
            K::Reply,
            K::Note,
            K::Priority,
            K::Pause,
            K::Resume,
            K::Triage,
            K::Guide,
            K::Visit,
            K::Solve,
            K::Cancel,
            K::Merge,
            K::Relate,
            K::AddTask,
            K::Split,
            K::Fields,
            K::Quote,
        ],
        S::Visit => &[
            K::Claim,
            K::Assign,
            K::Reply,
            K::Note,
            K::Priority,
            K::Pause,
            K::Resume,
            K::Solve,
            K::Merge,
            K::Relate,
            K::AddTask,
            K::Split,
            K::Fields,
            K::Quote,
        ],
        S::Solved => &[K::Claim, K::Assign, K::Reply, K::Note, K::Confirm, K::Reopen, K::Relate, K::Fields, K::Quote],
        S::Closed => &[K::Note, K::Reopen, K::Relate],
        S::Cancelled => &[K::Note],
        S::Merged => &[K::Note, K::Unmerge],
    }
}

/// Which commands would do something to this very case now, for somebody: what a page offers. `me` is the person who asks.
pub fn possible(case: &Case, around: Around, me: Option<UserId>) -> Vec<CommandKind> {
    let some = |kind: &CommandKind| match kind {
        K::Claim => me.is_some_and(|me| !(case.claimed && case.owner == me)),
        K::Pause => PauseReason::ALL.iter().any(|reason| !case.waiting.contains(reason)),
        K::Resume => !case.waiting.is_empty(),
        K::Visit => !around.live_work_order,
        K::Solve => !around.live_work_order && around.open_tasks == 0,
        K::Reopen => case.state != S::Closed || around.days_closed <= REOPEN_DAYS,
        K::Unmerge => around.days_closed <= REOPEN_DAYS,
        _ => true,
    };
    allowed(case.state).iter().copied().filter(some).collect()
}

fn kind(command: &Command) -> Option<CommandKind> {
    Some(match command {
        Command::Claim { .. } => K::Claim,
        Command::Assign { .. } => K::Assign,
        Command::Register { .. } => K::Register,
        Command::Reply { .. } => K::Reply,
        Command::Note => K::Note,
        Command::Reprioritise { .. } => K::Priority,
        Command::Pause { .. } => K::Pause,
        Command::Resume { .. } => K::Resume,
        Command::Triage { .. } => K::Triage,
        Command::StartGuide => K::Guide,
        Command::OpenVisit { .. } => K::Visit,
        Command::Solve { .. } => K::Solve,
        Command::Confirm { .. } => K::Confirm,
        Command::Reopen { .. } => K::Reopen,
        Command::Cancel { .. } => K::Cancel,
        Command::Relate => K::Relate,
        Command::AddTask => K::AddTask,
        Command::Split => K::Split,
        Command::Fields => K::Fields,
        Command::Quote => K::Quote,
        // What comes from outside is heard in every state.
        Command::Hear | Command::VisitOver => return None,
    })
}

/// Decides. Errors: the state does not know the command (`ticket.not_now`, or a plainer code where there is a next step),
/// or something the command needs is missing. An empty answer means: already so.
pub fn decide(case: &Case, command: &Command, around: Around) -> Result<Vec<Event>, Refusal> {
    if let Some(kind) = kind(command)
        && !allowed(case.state).contains(&kind)
    {
        return Err(not_now(case, kind, around));
    }
    Ok(match command {
        Command::Claim { by } if case.claimed && case.owner == *by => Vec::new(),
        Command::Claim { by } => vec![Event::Claimed { by: *by }],
        Command::Assign { to } if case.owner == *to => Vec::new(),
        Command::Assign { to } => vec![Event::Assigned { from: case.owner, to: *to }],
        Command::Register { .. } => register(case, command)?,
        Command::Reply { wait } => reply(case, *wait),
        Command::Hear => hear(case),
        // What is added stands in lists of its own.
        Command::Note | Command::Relate | Command::AddTask | Command::Split | Command::Fields | Command::Quote => Vec::new(),
        Command::Reprioritise { impact, urgency, priority, reason } => {
            if reason.trim().is_empty() {
                return Err(refuse!(Invalid, "reason.missing").field("reason"));
            }
            vec![Event::Prioritised { impact: *impact, urgency: *urgency, from: case.priority, to: *priority, reason: reason.clone() }]
        }
        Command::Pause { reason } if case.waiting.contains(reason) => Vec::new(),
        Command::Pause { reason } => vec![Event::Paused { reason: *reason }],
        Command::Resume { reason } if case.waiting.contains(reason) => vec![Event::Resumed { reason: *reason }],
        Command::Resume { .. } => Vec::new(),
        Command::Triage { decision, fault_code, reason } => {
            vec![Event::Triaged { decision: *decision, fault_code: fault_code.clone(), reason: reason.clone() }]
        }
        Command::StartGuide if case.state == S::Remote => Vec::new(),
        Command::StartGuide => vec![Event::RemoteStarted],
        Command::OpenVisit { .. } if around.live_work_order => return Err(refuse!(Conflict, "ticket.visit_under_way")),
        Command::OpenVisit { fault_code, reason } => vec![Event::VisitDecided { fault_code: fault_code.clone(), reason: *reason }],
        Command::VisitOver if case.state == S::Visit => vec![Event::VisitOver],
        Command::VisitOver => Vec::new(),
        Command::Solve { .. } if around.live_work_order => return Err(refuse!(Conflict, "ticket.visit_under_way")),
        Command::Solve { .. } if around.open_tasks > 0 => {
            return Err(refuse!(Conflict, "ticket.tasks_open", count = around.open_tasks));
        }
        Command::Solve { fault_code, outcome } => {
            let mut events = Vec::new();
            if !case.responded {
                events.push(Event::Responded);
            }
            events.push(Event::Solved { fault_code: fault_code.clone(), outcome: *outcome });
            events
        }
        Command::Confirm { by } => vec![Event::Closed { by: *by }],
        Command::Reopen { reason } => {
            if reason.trim().is_empty() {
                return Err(refuse!(Invalid, "reason.missing").field("reason"));
            }
            if case.state == S::Closed && around.days_closed > REOPEN_DAYS {
                return Err(refuse!(Conflict, "ticket.reopen_too_late", days = REOPEN_DAYS));
            }
            vec![Event::Reopened { reason: reason.clone() }]
        }
        Command::Cancel { reason } => {
            if reason.trim().is_empty() {
                return Err(refuse!(Invalid, "reason.missing").field("reason"));
            }
            vec![Event::Cancelled { reason: reason.clone() }]
        }
    })
}

/// By what a person of the desk may say that a solved case was confirmed (S1-07): the telephone always, the terminal only when the
/// registry heard of it after the case was solved. `silent_since` is since when nothing is heard; of no terminal nothing is.
pub fn confirmable(has_terminal: bool, silent_since: Option<Timestamp>, solved_at: Option<Timestamp>) -> Vec<ConfirmedBy> {
    let heard = has_terminal && silent_since.is_none_or(|since| solved_at.is_some_and(|solved| since > solved));
    [(true, ConfirmedBy::Phone), (heard, ConfirmedBy::Telemetry)].into_iter().filter_map(|(may, by)| may.then_some(by)).collect()
}

/// Whether a case may be declared solved although nobody has been there (S1-03). A fault of security is only looked at on site;
/// from afar somebody has to answer for it who says why. Errors: `ticket.onsite_only`.
pub fn from_afar(security: bool, outcome: Outcome, been_there: bool, vouched: bool) -> Result<(), Refusal> {
    match security && outcome != Outcome::VisitFixed && !been_there && !vouched {
        true => Err(refuse!(Conflict, "ticket.onsite_only")),
        false => Ok(()),
    }
}

fn not_now(case: &Case, kind: CommandKind, around: Around) -> Refusal {
    match (case.state, kind) {
        (S::New, _) => refuse!(Conflict, "ticket.not_registered"),
        (S::Visit, _) if around.live_work_order => refuse!(Conflict, "ticket.visit_under_way"),
        (S::Solved, _) => refuse!(Conflict, "ticket.solved_already"),
        (S::Closed, _) => refuse!(Conflict, "ticket.closed"),
        (S::Cancelled, _) => refuse!(Conflict, "ticket.cancelled"),
        (S::Merged, _) => refuse!(Conflict, "ticket.merged", number = said(around.merged_into.unwrap_or_default())),
        _ => refuse!(Conflict, "ticket.not_now"),
    }
}

fn register(case: &Case, command: &Command) -> Result<Vec<Event>, Refusal> {
    let Command::Register { symptom, has_contact, has_terminal, terminal_unknown_reason } = command else { return Ok(Vec::new()) };
    let mut then = case.clone();
    then.symptom = symptom.clone().unwrap_or(then.symptom);
    then.has_contact |= has_contact;
    then.has_terminal |= has_terminal;
    then.terminal_unknown_reason = terminal_unknown_reason.clone().or(then.terminal_unknown_reason);
    let lacks: Vec<String> = missing(&then).into_iter().map(str::to_owned).collect();
    if case.state != S::New && !lacks.is_empty() {
        return Err(refuse!(Invalid, "ticket.facts_needed").field(lacks[0].clone()));
    }
    Ok(match (case.state, lacks.is_empty()) {
        (S::New, true) => vec![Event::Registered],
        _ => vec![Event::FactsAdded { missing: lacks }],
    })
}

fn reply(case: &Case, wait: bool) -> Vec<Event> {
    let mut events = Vec::new();
    if !case.responded {
        events.push(Event::Responded);
    }
    if wait && !case.waiting.contains(&PauseReason::WaitingMerchant) && !matches!(case.state, S::Solved | S::Closed) {
        events.push(Event::Paused { reason: PauseReason::WaitingMerchant });
    }
    events
}

/// The merchant's word ends the wait for the merchant.
fn hear(case: &Case) -> Vec<Event> {
    case.waiting
        .contains(&PauseReason::WaitingMerchant)
        .then_some(Event::Resumed { reason: PauseReason::WaitingMerchant })
        .into_iter()
        .collect()
}

/// The case after an event.
pub fn apply(mut case: Case, event: &Event) -> Case {
    match event {
        Event::Claimed { by } => (case.owner, case.claimed) = (*by, true),
        Event::Assigned { to, .. } => (case.owner, case.claimed) = (*to, true),
        Event::Registered => {
            if case.state == S::New {
                case.state = S::Triaged;
            }
        }
        Event::FactsAdded { .. } => {}
        Event::Responded => case.responded = true,
        Event::Prioritised { impact, urgency, to, .. } => (case.impact, case.urgency, case.priority) = (*impact, *urgency, *to),
        Event::Paused { reason } => {
            case.waiting.push(*reason);
            case.waiting.sort_unstable();
            case.waiting.dedup();
        }
        Event::Resumed { reason } => case.waiting.retain(|r| r != reason),
        Event::Triaged { decision, fault_code, .. } => {
            case.decision = Some(*decision);
            case.fault_code = fault_code.clone().or(case.fault_code);
        }
        Event::RemoteStarted => case.state = S::Remote,
        Event::VisitDecided { fault_code, .. } => {
            case.state = S::Visit;
            // Who sends somebody has judged it so, whatever was judged before; a visit in vain leaves it so.
            case.decision = Some(Decision::Onsite);
            case.fault_code = fault_code.clone().or(case.fault_code);
            // Whoever waited for the merchant's answer has it: somebody comes.
            case.waiting.retain(|r| *r != PauseReason::WaitingMerchant);
        }
        Event::VisitOver => case.state = S::Triaged,
        Event::Solved { fault_code, outcome } => {
            case.state = S::Solved;
            case.fault_code.clone_from(fault_code);
            case.outcome = Some(*outcome);
            case.waiting.clear();
        }
        Event::Closed { .. } => case.state = S::Closed,
        Event::Reopened { .. } => {
            case.state = S::Triaged;
            case.outcome = None;
            case.reopen_count += 1;
        }
        Event::Cancelled { .. } => {
            case.state = S::Cancelled;
            case.waiting.clear();
        }
        // Whatever it waited for it waits for again, should it come back.
        Event::Merged { .. } => case.state = S::Merged,
        Event::Unmerged { state, .. } => case.state = *state,
        Event::TookIn { .. } | Event::GaveBack { .. } => {}
    }
    case
}

/// How a number is said: `T-000831`.
pub(super) fn said(number: i64) -> String {
    format!("T-{number:06}")
}
