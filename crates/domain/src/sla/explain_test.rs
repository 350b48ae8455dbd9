use super::cases_test::data;
use super::rules_test::{at, history};
use super::{Book, ClockEvent, ClockKind, Kept, Level, SegmentKind, What, Within, explain, glance, most_urgent};
use crate::ground::Text;

fn book() -> Book {
    Book::parse(&data("calendars.json"), &data("agreements.json")).unwrap()
}

/// Registered at 12:40 in the lunch break: the response clock begins at 13:30.
#[test]
fn lunch_is_a_line_of_its_own() {
    let story = history("11-24 12:40 start urban normal");
    let told = explain(&book(), ClockKind::FirstResponse, &story, at("11-24 13:50"), true).unwrap();
    assert_eq!(told.headline.zh, "首响时限 = 11-24 13:30起 + 1小时 = 11-24 14:30；余40分");
    assert_eq!(told.headline.en, "First response = from 24 Nov 13:30 + 1 h = 24 Nov 14:30; 40 min left");
    assert_eq!(told.agreement_name.zh, "城区标准（v3，条款2.1）");
    let lines: Vec<_> = told.lines.iter().map(|l| (l.kind, l.to.is_none(), l.basis.zh.as_str(), l.counted_s, l.total_s)).collect();
    assert_eq!(lines, [(SegmentKind::Closed, false, "午休12:00–13:30", 0, 0), (SegmentKind::Run, true, "服务时间，计时", 1200, 1200)]);
    assert_eq!((told.clock.level, told.clock.remaining_s, told.clock.due_at), (Level::Ok, Some(2400), Some(at("11-24 14:30"))));
}

/// Raised in the second pause: 48 min used, 22 + 30 min waited, none of it charged.
#[test]
fn a_raise_while_waiting_is_told_with_both_targets() {
    let story = history(
        "11-24 13:30 start urban normal; 11-24 14:18 pause waiting_merchant; 11-24 14:40 resume waiting_merchant; \
         11-24 15:00 pause waiting_parts; 11-24 15:20 priority urgent; 11-24 15:30 resume waiting_parts",
    );
    let told = explain(&book(), ClockKind::Resolution, &story, at("11-24 16:00"), true).unwrap();
    // 4 h from 13:30 plus 52 min of waiting.
    assert_eq!(told.headline.zh, "解决时限 = 11-24 13:30起 + 4小时 + 暂停52分 = 11-24 18:22；余2小时22分");
    assert_eq!(told.changes.len(), 1);
    assert_eq!(told.changes[0].sentence.zh, "普通 → 紧急：目标8小时改为4小时，已用1小时8分照旧，暂停不计");
    assert_eq!(told.lines[1].basis.en, "waiting for the merchant");
    assert_eq!(told.lines.iter().map(|line| line.counted_s).sum::<i64>(), told.clock.consumed_s);
}

/// Paper is ordered: three working days of 7.5 h in the suburb's hours, from Thursday afternoon.
#[test]
fn what_was_ordered_is_told_with_its_own_target() {
    let book = book();
    let name = Text { zh: "送打印纸".into(), en: "Paper rolls".into() };
    let promise = book.promise(&name, Within::Days(3), "suburb_workdays").unwrap();
    assert_eq!((promise.seconds, promise.days), (3 * 27_000, Some(3)));
    let mut story = history("11-26 14:00 start urban normal");
    story.push(ClockEvent { at: at("11-26 14:00"), what: What::Order { promise } });
    story.extend(history("11-26 15:00 priority urgent"));
    let told = explain(&book, ClockKind::Resolution, &story, at("11-26 16:00"), true).unwrap();
    assert_eq!(told.headline.zh, "解决时限 = 11-26 14:00起 + 3个工作日（22小时30分） = 12-01 14:00；余20小时30分");
    assert_eq!(told.headline.en, "Resolution = from 26 Nov 14:00 + 3 working days (22 h 30 min) = 1 Dec 14:00; 20 h 30 min left");
    assert_eq!(
        (told.agreement_name.zh.as_str(), told.calendar.en.as_str()),
        ("服务目录：送打印纸", "Suburb, workdays 09:00–18:00, lunch 12:00–13:30")
    );
    let changes: Vec<_> = told.changes.iter().map(|c| c.sentence.zh.as_str()).collect();
    assert_eq!(
        changes,
        ["订购送打印纸：目标8小时改为3个工作日（22小时30分），已用0分照旧", "普通 → 紧急：按服务目录，目标仍为3个工作日（22小时30分）"]
    );
    assert_eq!(book.promise(&name, Within::Hours(72), "round_the_clock").map(|p| (p.seconds, p.days)), Some((259_200, None)));
    assert_eq!(book.promise(&name, Within::Hours(72), "nowhere"), None);
}

#[test]
fn closed_time_names_its_cause() {
    let book = book();
    let suburb = book.calendar("suburb_workdays").unwrap();
    for (from, to, expected) in [
        ("11-24 12:10", "11-24 12:50", "lunch break 12:00–13:30"),
        ("11-24 18:00", "11-25 09:00", "outside service hours"),
        ("11-27 18:00", "11-30 09:00", "outside service hours (day off)"),
        ("09-30 18:00", "10-08 09:00", "outside service hours (National Day)"),
        // Saturday the 26th and Sunday the 27th belong to the holiday of 2026, so no plain day off is left.
        ("09-24 18:00", "09-28 09:00", "outside service hours (Mid-Autumn Festival)"),
    ] {
        assert_eq!(suburb.why_closed(at(from), at(to)).en, expected, "{from}");
    }
}

/// What the store keeps shows the same face later as computing again from the history does.
#[test]
fn a_kept_clock_shows_later_what_a_new_answer_would() {
    let book = book();
    for story in [
        "11-24 10:00 start urban urgent",
        "11-24 10:00 start suburb normal; 11-24 10:20 pause waiting_parts",
        "11-24 10:00 start suburb urgent; 11-24 10:20 pause waiting_parts; 11-24 10:30 resume *",
        "11-24 10:00 start remote_only high; 11-24 10:30 stop",
        "11-24 10:00 start urban low; 11-24 10:30 cancel",
        "11-24 10:30 start urban low 11-24 09:10",
        "11-24 10:00 start urban low; 11-24 10:10 order 54000 suburb_workdays",
        "11-24 10:00 start suburb low; 11-24 10:10 order 36000 round_the_clock; 11-24 10:20 pause waiting_parts; 11-24 10:25 resume *",
    ] {
        let story = history(story);
        for kind in ClockKind::ALL {
            let kept = Kept::of(kind, &glance(book.agreements(kind), &story, at("11-24 10:30")).unwrap());
            for minutes in 0..3000 {
                let now = at("11-24 10:30") + jiff::SignedDuration::from_mins(minutes);
                let answer = glance(book.agreements(kind), &story, now).unwrap();
                let (old, new) = (kept.face(&book, now), Kept::of(kind, &answer).face(&book, now));
                assert_eq!(old, new, "{story:?}");
                assert_eq!(old.level, answer.level());
            }
        }
    }
}

#[test]
fn the_most_urgent_clock_is_live_and_soonest() {
    let book = book();
    let face = |kind, story: &str| {
        Kept::of(kind, &glance(book.agreements(kind), &history(story), at("11-24 11:00")).unwrap()).face(&book, at("11-24 11:00"))
    };
    let answered = face(ClockKind::FirstResponse, "11-24 10:00 start urban normal; 11-24 10:10 stop");
    let waiting = face(ClockKind::FirstResponse, "11-24 10:00 start urban normal");
    let solving = face(ClockKind::Resolution, "11-24 10:00 start urban normal");
    let held = face(ClockKind::Resolution, "11-24 10:00 start urban normal; 11-24 10:10 pause waiting_parts");
    assert_eq!(most_urgent(&[solving.clone(), waiting.clone()]), Some(&waiting));
    assert_eq!(most_urgent(&[answered.clone(), solving.clone()]), Some(&solving));
    assert_eq!(most_urgent(&[held.clone(), waiting.clone()]), Some(&waiting));
    assert_eq!(most_urgent(&[answered, held.clone()]), Some(&held));
    assert_eq!(most_urgent(&[]), None);
}
