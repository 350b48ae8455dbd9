//! Reads the table of hand-made cases and checks it, and what does not fit into a table.

use jiff::Timestamp;

use super::cases_test::{agreements, instant};
use super::table_test::TABLE;
use super::{Answer, ClockEvent, Promise, SegmentKind, What, evaluate};
use crate::ground::Text;

/// `MM-DD HH:MM[:SS]` in Shanghai, optionally with a year before it.
pub(super) fn at(text: &str) -> Timestamp {
    let text = text.trim();
    let text = if text.len() > 4 && text.as_bytes()[4] == b'-' { text.to_owned() } else { format!("2026-{text}") };
    let seconds = if text.len() > 16 { "" } else { ":00" };
    instant(&format!("{}{seconds}+08:00", text.replacen(' ', "T", 1)))
}

/// `06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts`
pub(super) fn history(text: &str) -> Vec<ClockEvent> {
    let event = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let own = |i: usize| words[i].to_owned();
        let contact = |i: usize| at(&format!("{} {}", words[i], words[i + 1]));
        let what = match (words[2], words.len()) {
            ("start", 5) => What::Start { agreement: own(3), priority: own(4), contact_at: None },
            ("start", 7) => What::Start { agreement: own(3), priority: own(4), contact_at: Some(contact(5)) },
            ("merge", 6) => What::Merge { id: own(3), contact_at: contact(4) },
            ("unmerge", 4) => What::Unmerge { id: own(3) },
            ("pause", 4) => What::Pause { reason: own(3) },
            ("resume", 4) => What::Resume { reason: own(3) },
            ("priority", 4) => What::Priority { priority: own(3) },
            ("agreement", 4) => What::Agreement { agreement: own(3) },
            ("order", 5) => What::Order {
                promise: Promise {
                    name: Text { zh: "送纸".into(), en: "Paper".into() },
                    seconds: own(3).parse().unwrap(),
                    calendar: own(4),
                    days: None,
                },
            },
            ("unorder", 3) => What::Unorder,
            ("stop", 3) => What::Stop,
            ("reopen", 3) => What::Reopen,
            ("cancel", 3) => What::Cancel,
            _ => panic!("{line}"),
        };
        ClockEvent { at: at(&format!("{} {}", words[0], words[1])), what }
    };
    text.split(';').map(str::trim).filter(|line| !line.is_empty()).map(event).collect()
}

fn shown(at: Timestamp) -> String {
    let local = at.to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap());
    let text = local.strftime(if local.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" }).to_string();
    text.strip_prefix("2026-").map_or(text.clone(), str::to_owned)
}

fn length(ms: i64) -> String {
    let (sign, s) = (if ms < 0 { "-" } else { "" }, ms.abs() / 1000);
    let parts = [(s / 3600, "h"), (s % 3600 / 60, "m"), (s % 60, "s")];
    let text: String = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    format!("{sign}{}", if text.is_empty() { "0" } else { &text })
}

fn fact(answer: &Answer, key: &str) -> String {
    let list = |items: Vec<String>| if items.is_empty() { "-".to_owned() } else { items.join(" + ") };
    let maybe = |at: Option<Timestamp>| at.map_or("-".to_owned(), shown);
    match key {
        "due" => maybe(answer.due),
        "wake" => maybe(answer.wake),
        "used" => length(answer.consumed_ms),
        "left" => length(answer.remaining_ms()),
        "paused" => length(answer.paused_ms),
        "target" => length(answer.target_s * 1000),
        "breach" => list(answer.breaches.iter().map(|b| format!("{}@{}", b.cycle, shown(b.at))).collect()),
        "warn" => list(answer.warnings.iter().map(|w| format!("{}@{}", w.percent, shown(w.at))).collect()),
        "met" => answer.met.map_or("-", |met| if met { "yes" } else { "no" }).to_owned(),
        "cycle" => answer.cycle.to_string(),
        "state" => format!("{:?}", answer.state).to_lowercase(),
        "level" => format!("{:?}", answer.level()).to_lowercase(),
        "held" => list(answer.held.clone()),
        "years" => list(answer.unofficial_years.iter().map(i16::to_string).collect()),
        "seg" => list(
            answer
                .segments
                .iter()
                .map(|s| {
                    let kind = format!("{:?}", s.kind).to_lowercase();
                    let why = if s.reasons.is_empty() { String::new() } else { format!("({})", s.reasons.join(" ")) };
                    format!("{kind}{why} {}-{}", &shown(s.from)[6..], &shown(s.to)[6..])
                })
                .collect(),
        ),
        _ => panic!("{key}"),
    }
}

#[test]
fn the_table_holds() {
    let agreements = agreements();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for (name, story, as_of, facts) in TABLE.concat() {
        rows += 1;
        let answer = evaluate(&agreements, &history(story), at(as_of), &[]).unwrap();
        for expected in facts.split(", ") {
            let (key, value) = expected.split_once('=').unwrap();
            let got = fact(&answer, key);
            if got != value {
                wrong.push(format!("{name}: {key} is {got}, expected {value}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= 60, "{rows} rows");
}

#[test]
fn use_is_told_for_any_instant() {
    // Cycle 1 uses 30 min, cycle 2 begins at 11:00; the instant of the reopening already belongs to it.
    let story = history("06-01 09:00 start again urgent; 06-01 09:30 stop; 06-01 11:00 reopen");
    let asks = ["06-01 08:00", "06-01 09:10", "06-01 09:30", "06-01 10:59", "06-01 11:00", "06-01 11:45", "06-01 14:00"].map(at);
    let answer = evaluate(&agreements(), &story, at("06-01 11:30"), &asks).unwrap();
    let told: Vec<i64> = answer.asked.iter().map(|(_, ms)| ms / 60_000).collect();
    // After the question the clock is assumed to run on: 45 min at 11:45; 60 at closing and 30 more at 14:00.
    assert_eq!(told, [0, 10, 30, 30, 0, 45, 90]);
}

#[test]
fn milliseconds_count_as_they_are() {
    let story = vec![ClockEvent {
        at: instant("2026-06-01T09:00:00.250+08:00"),
        what: What::Start { agreement: "city".into(), priority: "urgent".into(), contact_at: None },
    }];
    let answer = evaluate(&agreements(), &story, instant("2026-06-01T02:00:00.249Z"), &[]).unwrap();
    assert_eq!(answer.due, Some(instant("2026-06-01T10:00:00.250+08:00")));
    assert_eq!((answer.consumed_ms, answer.remaining_ms(), answer.breached_at()), (3_599_999, 1, None));
    let later = evaluate(&agreements(), &story, instant("2026-06-01T02:00:00.251Z"), &[]).unwrap();
    assert_eq!(later.breached_at(), answer.due);
}

#[test]
fn segments_cover_the_time_without_gap() {
    let story = history(
        "06-01 09:00 start city normal; 06-01 11:30 pause waiting_parts; 06-02 10:00 resume *; 06-02 11:00 stop; 06-03 09:00 reopen",
    );
    let answer = evaluate(&agreements(), &story, at("06-03 10:00"), &[]).unwrap();
    assert_eq!((answer.segments.first().unwrap().from, answer.segments.last().unwrap().to), (at("06-01 09:00"), at("06-03 10:00")));
    for pair in answer.segments.windows(2) {
        assert_eq!(pair[0].to, pair[1].from);
    }
    let sum = |kind: SegmentKind| -> i64 {
        answer.segments.iter().filter(|s| s.kind == kind).map(|s| s.to.as_millisecond() - s.from.as_millisecond()).sum()
    };
    assert_eq!((sum(SegmentKind::Run), sum(SegmentKind::Paused)), (answer.consumed_ms, answer.paused_ms));
}

#[test]
fn a_history_without_sense_is_refused() {
    let agreements = agreements();
    for (story, why) in [
        ("", "the history has no start up to the instant of the question"),
        ("06-01 09:00 stop", "the history has no start up to the instant of the question"),
        ("06-02 09:00 start city normal", "the history has no start up to the instant of the question"),
        ("06-01 09:00 start moon normal", "agreement \"moon\" is not known"),
        ("06-01 09:00 start city whenever", "agreement \"city\" has no target for priority \"whenever\""),
        ("06-01 09:00 start city low; 06-01 10:00 agreement odd", "agreement \"odd\" has no target for priority \"low\""),
    ] {
        assert_eq!(evaluate(&agreements, &history(story), at("06-01 12:00"), &[]).unwrap_err().to_string(), why, "{story}");
    }
}

/// `cargo test -p postsale-domain --release sla::rules_test::how_fast -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, not a check"]
fn how_fast() {
    let agreements = agreements();
    for (name, story, as_of) in [
        ("running, due in four days", "06-04 17:00 start city low", "06-04 17:30"),
        (
            "after twelve events",
            "06-01 09:00 start city low; 06-01 10:00 pause waiting_parts; 06-01 10:30 resume *; 06-01 11:00 priority normal; 06-01 11:30 pause waiting_merchant; 06-01 14:00 resume *; 06-01 15:00 stop; 06-01 16:00 reopen; 06-02 09:00 pause waiting_parts; 06-02 10:00 resume *; 06-02 11:00 priority low; 06-02 12:00 merge a 06-01 08:00",
            "06-02 14:00",
        ),
        ("half a year old", "2025-12-01 09:00 start city normal", "06-01 09:00"),
    ] {
        let (story, as_of, times) = (history(story), at(as_of), 20_000);
        let begin = std::time::Instant::now();
        for _ in 0..times {
            std::hint::black_box(super::glance(&agreements, std::hint::black_box(&story), as_of).unwrap());
        }
        let brief = begin.elapsed() / times;
        let begin = std::time::Instant::now();
        for _ in 0..times {
            std::hint::black_box(evaluate(&agreements, std::hint::black_box(&story), as_of, &[]).unwrap());
        }
        println!("{name}: {brief:?} without segments, {:?} with", begin.elapsed() / times);
    }
}
