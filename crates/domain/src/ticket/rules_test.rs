use proptest::prelude::*;

use super::*;
use crate::ground::{TypedId, UserId};

fn user(n: u128) -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(n))
}

pub(super) fn case(state: TicketState) -> Case {
    Case {
        state,
        symptom: "打不出小票".into(),
        has_contact: true,
        has_terminal: true,
        terminal_unknown_reason: None,
        owner: user(1),
        claimed: false,
        impact: Impact::Unknown,
        urgency: Urgency::Today,
        priority: Priority::Normal,
        waiting: Vec::new(),
        decision: None,
        fault_code: None,
        outcome: None,
        responded: false,
        reopen_count: 0,
    }
}

fn samples() -> Vec<Command> {
    vec![
        Command::Claim { by: user(2) },
        Command::Assign { to: user(3) },
        Command::Register { symptom: None, has_contact: true, has_terminal: true, terminal_unknown_reason: None },
        Command::Reply { wait: true },
        Command::Hear,
        Command::Note,
        Command::Reprioritise { impact: Impact::Partly, urgency: Urgency::Now, priority: Priority::High, reason: "排队".into() },
        Command::Pause { reason: PauseReason::WaitingParts },
        Command::Resume { reason: PauseReason::WaitingParts },
        Command::Triage { decision: Decision::Remote, fault_code: None, reason: None },
        Command::StartGuide,
        Command::OpenVisit { fault_code: Some("PRN-02".into()), reason: VisitReason::NeedsParts },
        Command::VisitOver,
        Command::Solve { fault_code: Some("PRN-01".into()), outcome: Outcome::RemoteFixed },
        Command::Confirm { by: ConfirmedBy::Page },
        Command::Reopen { reason: "还是不行".into() },
        Command::Cancel { reason: "重复".into() },
        Command::Relate,
        Command::AddTask,
        Command::Split,
        Command::Fields,
        Command::Quote,
    ]
}

/// What a page offers is never refused, and what would be refused or change nothing is never offered.
#[test]
fn what_is_possible_is_what_happens() {
    let me = user(2);
    let kinds: Vec<(CommandKind, Command)> = samples().into_iter().filter_map(|c| Some((kind_of(&c)?, c))).collect();
    for state in TicketState::ALL {
        for (live, days_closed, open_tasks) in [(false, 0, 0), (true, 0, 0), (false, REOPEN_DAYS + 1, 0), (false, 0, 2)] {
            for (waiting, mine) in [(vec![], false), (vec![PauseReason::WaitingParts], true), (PauseReason::ALL.to_vec(), false)] {
                let mut case = case(*state);
                (case.waiting, case.claimed) = (waiting, mine);
                case.owner = if mine { me } else { user(1) };
                let around = Around { live_work_order: live, days_closed, merged_into: None, open_tasks };
                let offered = possible(&case, around, Some(me));
                for (kind, command) in &kinds {
                    // Any reason that is not there yet can be waited for, any that is there can be over.
                    let command = match command {
                        Command::Pause { .. } => {
                            PauseReason::ALL.iter().find(|r| !case.waiting.contains(r)).map(|r| Command::Pause { reason: *r })
                        }
                        Command::Resume { .. } => case.waiting.first().map(|r| Command::Resume { reason: *r }),
                        other => Some(other.clone()),
                    };
                    let happens = command.is_some_and(|c| match decide(&case, &c, around) {
                        Ok(events) => {
                            !events.is_empty() || {
                                matches!(
                                    c,
                                    Command::Note
                                        | Command::Reply { .. }
                                        | Command::StartGuide
                                        | Command::Relate
                                        | Command::AddTask
                                        | Command::Split
                                        | Command::Fields
                                        | Command::Quote
                                )
                            }
                        }
                        Err(_) => false,
                    });
                    assert_eq!(offered.contains(kind), happens, "{kind:?} {state:?} {case:?} {around:?}");
                }
            }
        }
    }
    assert!(!possible(&case(TicketState::New), Around::default(), None).contains(&CommandKind::Claim), "nobody takes over nobody's case");
}

fn kind_of(command: &Command) -> Option<CommandKind> {
    Some(match command {
        Command::Claim { .. } => CommandKind::Claim,
        Command::Assign { .. } => CommandKind::Assign,
        Command::Register { .. } => CommandKind::Register,
        Command::Reply { .. } => CommandKind::Reply,
        Command::Note => CommandKind::Note,
        Command::Reprioritise { .. } => CommandKind::Priority,
        Command::Pause { .. } => CommandKind::Pause,
        Command::Resume { .. } => CommandKind::Resume,
        Command::Triage { .. } => CommandKind::Triage,
        Command::StartGuide => CommandKind::Guide,
        Command::OpenVisit { .. } => CommandKind::Visit,
        Command::Solve { .. } => CommandKind::Solve,
        Command::Confirm { .. } => CommandKind::Confirm,
        Command::Reopen { .. } => CommandKind::Reopen,
        Command::Cancel { .. } => CommandKind::Cancel,
        Command::Relate => CommandKind::Relate,
        Command::AddTask => CommandKind::AddTask,
        Command::Split => CommandKind::Split,
        Command::Fields => CommandKind::Fields,
        Command::Quote => CommandKind::Quote,
        Command::Hear | Command::VisitOver => return None,
    })
}

#[test]
fn a_case_cannot_leave_new_with_a_fact_missing() {
    let mut bare = case(TicketState::New);
    (bare.has_contact, bare.has_terminal, bare.symptom) = (false, false, " ".into());
    assert_eq!(missing(&bare), ["contact", "terminal", "symptom"]);
    let register = |symptom: Option<&str>, has_contact, has_terminal, reason: Option<&str>| Command::Register {
        symptom: symptom.map(str::to_owned),
        has_contact,
        has_terminal,
        terminal_unknown_reason: reason.map(str::to_owned),
    };
    let table = [
        (register(Some("不开机"), true, true, None), TicketState::Triaged),
        (register(Some("不开机"), true, false, Some("贴纸磨掉了")), TicketState::Triaged),
        (register(Some("不开机"), true, false, None), TicketState::New),
        (register(Some("不开机"), true, false, Some("  ")), TicketState::New),
        (register(Some("不开机"), false, true, None), TicketState::New),
        (register(None, true, true, None), TicketState::New),
    ];
    for (command, state) in table {
        let events = decide(&bare, &command, Around::default()).unwrap();
        assert_eq!(events.iter().fold(bare.clone(), apply_to).state, state, "{command:?}");
    }
}

fn apply_to(case: Case, event: &Event) -> Case {
    apply(case, event)
}

#[test]
fn a_visit_under_way_blocks_solving_and_a_second_visit() {
    let around = Around { live_work_order: true, ..Around::default() };
    let solve = Command::Solve { fault_code: Some("PRN-01".into()), outcome: Outcome::RemoteFixed };
    assert_eq!(decide(&case(TicketState::Visit), &solve, around).unwrap_err().code, "ticket.visit_under_way");
    let visit = Command::OpenVisit { fault_code: Some("PRN-01".into()), reason: VisitReason::NeedsHands };
    assert_eq!(decide(&case(TicketState::Remote), &visit, around).unwrap_err().code, "ticket.visit_under_way");
}

#[test]
fn who_sends_somebody_has_judged_it_so() {
    let remote = Case { decision: Some(Decision::Remote), ..case(TicketState::Triaged) };
    let visit = Command::OpenVisit { fault_code: Some("PRN-01".into()), reason: VisitReason::NeedsHands };
    let sent = decide(&remote, &visit, Around::default()).unwrap().iter().fold(remote, apply_to);
    assert_eq!((sent.state, sent.decision), (TicketState::Visit, Some(Decision::Onsite)));
    // In vain: somebody has to go again, as the merchant's page says.
    let around = Around::default();
    let back = decide(&sent, &Command::VisitOver, around).unwrap().iter().fold(sent, apply_to);
    assert_eq!((back.state, back.decision), (TicketState::Triaged, Some(Decision::Onsite)));
}

#[test]
fn nothing_is_solved_while_something_is_to_be_done() {
    let solve = Command::Solve { fault_code: Some("PRN-01".into()), outcome: Outcome::RemoteFixed };
    let around = Around { open_tasks: 2, ..Around::default() };
    let refusal = decide(&case(TicketState::Remote), &solve, around).unwrap_err();
    assert_eq!((refusal.code, refusal.args["count"].as_str()), ("ticket.tasks_open", "2"));
    assert!(decide(&case(TicketState::Remote), &solve, Around::default()).is_ok());
}

#[test]
fn a_closed_case_comes_back_within_thirty_days_only() {
    let reopen = Command::Reopen { reason: "两星".into() };
    let at = |days_closed| decide(&case(TicketState::Closed), &reopen, Around { days_closed, ..Around::default() });
    assert!(at(30).is_ok());
    assert_eq!(at(31).unwrap_err().code, "ticket.reopen_too_late");
}

#[test]
fn what_is_already_so_changes_nothing() {
    let mut c = case(TicketState::Remote);
    (c.claimed, c.waiting, c.responded) = (true, vec![PauseReason::WaitingMerchant], true);
    for command in [
        Command::Claim { by: user(1) },
        Command::Assign { to: user(1) },
        Command::Pause { reason: PauseReason::WaitingMerchant },
        Command::Resume { reason: PauseReason::WaitingParts },
        Command::Reply { wait: true },
        Command::StartGuide,
    ] {
        assert_eq!(decide(&c, &command, Around::default()).unwrap(), [], "{command:?}");
    }
}

#[test]
fn the_portrait_of_states_and_commands_is_current() {
    let mut text = format!("{:10}", "state");
    for kind in CommandKind::ALL {
        text.push_str(&format!(" {}", kind.as_str()));
    }
    text.push('\n');
    for state in TicketState::ALL {
        text.push_str(&format!("{:10}", state.as_str()));
        for kind in CommandKind::ALL {
            let word = if allowed(*state).contains(kind) { "yes" } else { "-" };
            text.push_str(&format!(" {word:<width$}", width = kind.as_str().len()));
        }
        text = text.trim_end().to_owned() + "\n";
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../portraits/ticket-state-command.txt");
    if std::env::var_os("UPDATE_PORTRAITS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text, "run `make portraits` and review the difference");
}

proptest! {
    /// Whatever people do in whatever order: one owner always, nothing waits after the end, solved always has a fault and an outcome.
    #[test]
    fn random_histories_keep_their_promises(picks in proptest::collection::vec((0_usize..20, any::<bool>()), 0..40)) {
        let mut c = case(TicketState::New);
        for (pick, live_work_order) in picks {
            let around = Around { live_work_order: live_work_order && c.state == TicketState::Visit, days_closed: 1, ..Around::default() };
            if let Ok(events) = decide(&c, &samples()[pick], around) {
                let before = c.clone();
                c = events.iter().fold(c, apply_to);
                prop_assert!(c.reopen_count >= before.reopen_count);
                prop_assert!(!before.responded || c.responded, "an answer once given stays given");
            }
            if matches!(c.state, TicketState::Solved | TicketState::Closed) {
                prop_assert!(c.fault_code.is_some() && c.outcome.is_some() && c.waiting.is_empty());
            }
            if c.state == TicketState::Cancelled {
                prop_assert!(c.waiting.is_empty());
            }
            prop_assert!(c.waiting.windows(2).all(|w| w[0] < w[1]));
        }
    }
}
