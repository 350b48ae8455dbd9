use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{Answer, FollowUp, FollowUpState, Plan, Reopen, Step, answer, due_at, next_step, recover_by, what_follows};
use crate::ground::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shanghai() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn scheduled(due: &str) -> FollowUp {
    FollowUp { round: 1, state: FollowUpState::Scheduled, due_at: at(due), asked_at: None, answered_at: None, answer: None }
}

fn said(solved: bool, score: u8) -> Answer {
    Answer { solved, score, comment: String::new() }
}

#[test]
fn a_merchant_is_asked_a_day_later_by_day() {
    for (closed, due) in [
        ("2026-11-24T14:00:00+08:00", "2026-11-25T14:00:00+08:00"),
        ("2026-11-24T09:00:00+08:00", "2026-11-25T09:00:00+08:00"),
        ("2026-11-24T19:59:59+08:00", "2026-11-25T19:59:59+08:00"),
        ("2026-11-24T20:00:00+08:00", "2026-11-26T09:00:00+08:00"),
        ("2026-11-24T23:30:00+08:00", "2026-11-26T09:00:00+08:00"),
        ("2026-11-24T02:00:00+08:00", "2026-11-25T09:00:00+08:00"),
    ] {
        assert_eq!(due_at(at(closed), &Plan::default(), &shanghai()), at(due), "{closed}");
    }
}

#[test]
fn what_was_bad_is_made_good_within_a_day_at_a_time_one_may_call() {
    for (answered, until) in [
        ("2026-11-25T15:10:00+08:00", "2026-11-26T15:10:00+08:00"),
        ("2026-11-25T22:40:00+08:00", "2026-11-27T09:00:00+08:00"),
        ("2026-11-25T03:00:00+08:00", "2026-11-26T09:00:00+08:00"),
    ] {
        assert_eq!(recover_by(at(answered), &Plan::default(), &shanghai()), at(until), "{answered}");
    }
}

#[test]
fn the_timer_asks_once_and_stops_asking() {
    let (plan, zone) = (Plan::default(), shanghai());
    let follow_up = scheduled("2026-11-25T14:00:00+08:00");
    let step = |f: &FollowUp, closed, lately, now: &str| next_step(f, closed, lately, &plan, &zone, at(now));
    assert_eq!(step(&follow_up, true, 0, "2026-11-25T13:59:59+08:00"), Step::Wait(follow_up.due_at));
    let expires_at = at("2026-12-02T14:00:00+08:00");
    assert_eq!(step(&follow_up, true, 0, "2026-11-25T14:00:00+08:00"), Step::Ask { expires_at });
    // Reopened meanwhile, or asked often enough this month: nobody is asked.
    assert_eq!(step(&follow_up, false, 0, "2026-11-25T14:00:00+08:00"), Step::Expire);
    assert_eq!(step(&follow_up, true, 4, "2026-11-25T14:00:00+08:00"), Step::Expire);
    // The process stood still until the evening: tomorrow is early enough.
    assert_eq!(step(&follow_up, true, 0, "2026-11-25T21:00:00+08:00"), Step::Wait(at("2026-11-26T09:00:00+08:00")));
    let asked = FollowUp { state: FollowUpState::Asked, asked_at: Some(at("2026-11-25T14:00:00+08:00")), ..follow_up };
    assert_eq!(step(&asked, true, 0, "2026-12-02T13:59:59+08:00"), Step::Wait(expires_at));
    assert_eq!(step(&asked, true, 0, "2026-12-02T14:00:00+08:00"), Step::Expire);
    for state in [FollowUpState::Answered, FollowUpState::Expired] {
        assert_eq!(step(&FollowUp { state, ..asked.clone() }, true, 0, "2026-12-09T14:00:00+08:00"), Step::Nothing);
    }
}

#[test]
fn an_answer_counts_once() {
    let (now, open) = (at("2026-11-25T15:00:00+08:00"), scheduled("2026-11-25T14:00:00+08:00"));
    let code = |f: &FollowUp, a| answer(f, a, now).map_err(|r| r.code);
    let answered = code(&open, said(true, 5)).unwrap();
    assert_eq!((answered.state, answered.answered_at), (FollowUpState::Answered, Some(now)));
    assert_eq!(code(&answered, said(true, 5)), Ok(answered.clone()));
    assert_eq!(code(&answered, said(true, 1)), Err("followup.answered"));
    assert_eq!(code(&FollowUp { state: FollowUpState::Expired, ..open.clone() }, said(true, 5)), Err("followup.expired"));
    for score in [0, 6, 255] {
        assert_eq!(code(&open, said(true, score)), Err("followup.score"));
    }
    let long = Answer { comment: "字".repeat(1001), ..said(true, 5) };
    assert_eq!(code(&open, long), Err("followup.comment_long"));
    let card = Answer { comment: " 卡 4111111111111111 ".into(), ..said(true, 5) };
    assert_eq!(code(&open, card).unwrap().answer.unwrap().comment, "卡 ************1111");
}

#[test]
fn bad_news_opens_the_case_again() {
    let table = [
        (false, 5, Some(Reopen::NotSolved)),
        (false, 1, Some(Reopen::NotSolved)),
        (true, 1, Some(Reopen::LowScore)),
        (true, 2, Some(Reopen::LowScore)),
        (true, 3, None),
        (true, 5, None),
    ];
    for (solved, score, follows) in table {
        assert_eq!(what_follows(&said(solved, score)), follows, "{solved} {score}");
    }
}

proptest! {
    #[test]
    fn asking_never_comes_early_nor_at_night(ms in 1_700_000_000_000_i64..1_900_000_000_000) {
        let closed = Timestamp::from_millisecond(ms).unwrap();
        let due = due_at(closed, &Plan::default(), &shanghai());
        let hours = due.duration_since(closed).as_hours();
        prop_assert!((24..24 + 14).contains(&hours), "{hours}");
        let local = due.to_zoned(shanghai()).time();
        prop_assert!(local >= Plan::default().window.from && local < Plan::default().window.to);
    }
}

#[test]
fn a_recovery_ends_with_what_was_done_in_a_code_and_a_sentence() {
    use super::{MAX_COMMENT, Recovered, recovered};
    let long = "字".repeat(MAX_COMMENT + 1);
    for (outcome, words, expected) in [
        (None, "已致电", Err("followup.recovery_outcome")),
        (Some(Recovered::Explained), " ", Err("followup.recovery_words")),
        (Some(Recovered::Explained), long.as_str(), Err("followup.recovery_long")),
        (Some(Recovered::Replaced), " 换了一台 ", Ok("换了一台")),
        (Some(Recovered::Compensated), "退到 4111 1111 1111 1111", Ok("退到 ************1111")),
    ] {
        let ended = recovered(outcome, words).map(|(_, words)| words);
        match expected {
            Ok(words) if !words.contains('*') => assert_eq!(ended.unwrap(), words),
            Ok(_) => assert!(!ended.unwrap().contains("4111 1111"), "no card number is kept"),
            Err(code) => assert_eq!(ended.map_err(|r| r.code), Err(code)),
        }
    }
}
