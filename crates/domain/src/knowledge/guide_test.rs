use jiff::Timestamp;
use uuid::Uuid;

use super::facts_test::shipped;
use super::*;
use crate::ground::TypedId;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_796_000_000 + second).unwrap()
}

fn run(guide: &Guide, facts: &GuideFacts) -> GuideRun {
    let mut run = GuideRun::new(GuideRunId::from_uuid(Uuid::from_u128(1)));
    for event in start(guide, facts) {
        apply(&mut run, &event, at(0), "王芳");
    }
    run
}

fn say(guide: &Guide, run: &mut GuideRun, facts: &GuideFacts, step: &str, choice: &str) {
    for event in answer(guide, run, facts, step, choice, None).unwrap() {
        apply(run, &event, at(run.answers.len() as i64), "王芳");
    }
}

fn facts(list: &[(&str, &str)]) -> GuideFacts {
    list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// Walks every way through a guide and calls `end` with the run at each ending.
fn everywhere(guide: &Guide, walk: &GuideRun, end: &mut dyn FnMut(&GuideRun)) {
    let Some(step) = walk.step.as_deref().and_then(|id| guide.step(id)) else { return end(walk) };
    for choice in &step.answers {
        let mut next = walk.clone();
        say(guide, &mut next, &GuideFacts::new(), &step.id, &choice.id);
        everywhere(guide, &next, end);
    }
}

#[test]
fn every_way_ends_soon_with_a_confirmed_fault() {
    let all = shipped();
    for guide in all.guides() {
        let mut confirmed = std::collections::BTreeSet::new();
        everywhere(guide, &run(guide, &GuideFacts::new()), &mut |walk| {
            let shown = view(guide, walk, Audience::Agent);
            let ending = shown.ending.expect("an ending");
            assert_eq!(shown.state, GuideState::Ended);
            assert!(walk.answers.len() as u32 <= MAX_STEPS && shown.about_total == shown.position, "{walk:?}");
            assert_eq!(ending.worked_step.is_some(), ending.outcome == GuideOutcome::Fixed);
            confirmed.insert(ending.fault_code);
        });
        // The faults a guide is offered for can all be confirmed by it.
        assert!(guide.fault_codes.iter().all(|code| confirmed.contains(code)), "{}: {confirmed:?}", guide.id);
    }
}

#[test]
fn merchants_read_no_codes_and_no_jargon() {
    let jargon = ["APN", "ICCID", "DHCP", "MAC", "TUSN", "TID", "KCV", "VPN", "应答码", "密钥校验值"];
    for guide in shipped().guides() {
        let mut texts: Vec<&crate::ground::Text> = Vec::new();
        for step in &guide.steps {
            texts.push(&step.merchant.question);
            texts.extend(&step.merchant.hint);
            texts.extend(step.answers.iter().map(|a| a.merchant.as_ref().unwrap_or(&a.agent)));
        }
        texts.extend(guide.endings.iter().map(|e| &e.merchant));
        for text in texts {
            for side in [&text.zh, &text.en] {
                let code =
                    side.as_bytes().windows(6).any(|w| w[..3].iter().all(u8::is_ascii_uppercase) && w[3] == b'-' && w[4].is_ascii_digit());
                assert!(!code && !jargon.iter().any(|j| side.contains(j)), "{}: {side}", guide.id);
            }
        }
    }
}

#[test]
fn facts_answer_by_themselves_and_say_so() {
    let all = shipped();
    let guide = all.guide("no-network").unwrap();
    let known = facts(&[("terminal_offline", "true"), ("connectivity", "4g"), ("signal", "weak")]);
    let mut walk = run(guide, &known);
    assert_eq!(walk.step.as_deref(), Some("restart"), "being offline answers the first question");
    say(guide, &mut walk, &known, "restart", "not_yet");
    assert_eq!(walk.step.as_deref(), Some("move"), "4G and a weak signal answer two more");
    let shown = view(guide, &walk, Audience::Merchant);
    assert_eq!((shown.known.len(), shown.position), (3, 5));
    assert_eq!(shown.answered.iter().map(|a| a.auto).collect::<Vec<_>>(), [true, false, true, true]);
    assert!(shown.step.unwrap().why.is_none(), "why is for agents");

    // A fact may be wrong: going back opens the step it answered, and a person answers.
    for open in ["sim_shown", "kind"] {
        for event in back(guide, &walk).unwrap() {
            apply(&mut walk, &event, at(9), "王芳");
        }
        assert_eq!(walk.step.as_deref(), Some(open));
    }
    say(guide, &mut walk, &known, "kind", "wifi");
    assert_eq!(walk.step.as_deref(), Some("wifi_phone"));
    assert!(!walk.answers.last().unwrap().auto);

    // Nothing is left to ask when facts know it all; the run still ends in an ending a person reads.
    let tampered = run(all.guide("sign-in").unwrap(), &facts(&[("tamper", "true"), ("response_code", "A0")]));
    assert_eq!((tampered.state, tampered.ending.as_deref()), (GuideState::Ended, Some("visit_alarm")), "tamper wins over the code");
}

#[test]
fn a_late_or_wrong_answer_changes_nothing() {
    let all = shipped();
    let guide = all.guide("printer").unwrap();
    let none = GuideFacts::new();
    let mut walk = run(guide, &none);
    assert_eq!(back(guide, &walk).unwrap_err().code, "guide.nothing_to_undo");
    assert_eq!(answer(guide, &walk, &none, "flip", "worked", None).unwrap_err().code, "guide.other_step");
    assert_eq!(answer(guide, &walk, &none, "what", "fire", None).unwrap_err().code, "guide.unknown_answer");
    let older = GuideRun { version: 0, ..walk.clone() };
    assert_eq!(answer(guide, &older, &none, "what", "jam", None).unwrap_err().code, "guide.changed");
    assert!(leave(&older, "new version").is_ok(), "a run of an older guide can still be left");
    assert_eq!(leave(&older, "卡 4111111111111111"), Ok(vec![GuideEvent::Left { reason: "卡 ************1111".into() }]));
    say(guide, &mut walk, &none, "what", "jam");
    say(guide, &mut walk, &none, "scrap", "worked");
    let shown = view(guide, &walk, Audience::Agent);
    assert_eq!(shown.ending.unwrap().worked_step.as_deref(), Some("scrap"));
    for refused in [answer(guide, &walk, &none, "scrap", "worked", None), back(guide, &walk), leave(&walk, "late")] {
        assert_eq!(refused.unwrap_err().code, "guide.not_running");
    }
}
