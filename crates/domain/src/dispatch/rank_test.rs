use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::ground::{EngineerId, Text, TypedId};

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

/// A time of Tuesday 2026-11-24 (or another day of that month) in Shanghai.
fn at(day: u32, time: &str) -> Timestamp {
    format!("2026-11-{day:02}T{time}:00+08:00").parse().unwrap()
}

fn slot(day: u32, from: &str, to: &str) -> Slot {
    Slot { from: at(day, from), to: at(day, to) }
}

fn job() -> Job {
    Job {
        skills: vec![Needed { code: "swap".into(), name: Text { zh: "换机".into(), en: "Swap".into() } }],
        district: "浦东新区".into(),
        place: Some((31_230_000, 121_470_000)),
        open: vec![slot(24, "09:00", "12:00"), slot(24, "13:30", "21:00"), slot(25, "09:00", "12:00")],
        due: Some(at(24, "17:00")),
        minutes: 40,
    }
}

fn person(n: u128) -> Person {
    Person {
        id: EngineerId::from_uuid(uuid::Uuid::from_u128(n)),
        name: format!("工程师{n:02}"),
        skills: vec![Certificate { skill: "swap".into(), until: None }],
        territory: vec!["浦东新区".into()],
        shifts: vec![slot(24, "08:30", "18:00"), slot(25, "08:30", "18:00")],
        daily_limit: 6,
        home: (31_230_000, 121_470_000),
        booked: Vec::new(),
        refused_before: false,
    }
}

fn best(job: &Job, people: &[Person], now: Timestamp) -> Candidate {
    rank(job, people, now, &zone()).remove(0)
}

fn booked(from: &str, to: &str) -> Booked {
    Booked { number: "W-000001".into(), slot: slot(24, from, to) }
}

#[test]
fn hard_rules_exclude_and_say_why() {
    let none = Person { skills: Vec::new(), ..person(1) };
    let expired = Person { skills: vec![Certificate { skill: "swap".into(), until: Some("2026-11-23".parse().unwrap()) }], ..person(2) };
    let off = Person { shifts: Vec::new(), ..person(3) };
    let full = Person { daily_limit: 0, ..person(4) };
    let table = [(none, "Does not have the skill"), (expired, "ended on 2026-11-23"), (off, "No free time"), (full, "No free time")];
    for (person, why) in table {
        let judged = best(&job(), &[person], at(24, "10:00"));
        assert!(!judged.fits && judged.score == 0 && judged.slot.is_none());
        assert!(judged.excluded_by.unwrap().en.contains(why), "{why}");
    }
    // Good today and gone tomorrow: counts on the day of the visit.
    let last_day = Person { skills: vec![Certificate { skill: "swap".into(), until: Some("2026-11-24".parse().unwrap()) }], ..person(5) };
    assert!(best(&job(), std::slice::from_ref(&last_day), at(24, "10:00")).fits);
    assert!(!best(&job(), &[last_day], at(24, "19:00")).fits);
}

#[test]
fn the_slot_keeps_shop_hours_shift_bookings_and_the_way() {
    let table = [
        ("nothing in the way: lead time, then the grid", vec![], "10:00", slot(24, "10:15", "10:55")),
        ("the lunch break does not hold it", vec![], "11:10", slot(24, "13:30", "14:10")),
        ("after a booking and the buffer", vec![booked("10:00", "11:00")], "09:50", slot(24, "11:15", "11:55")),
        ("the shift ends before the shop closes", vec![], "17:15", slot(25, "09:00", "09:40")),
    ];
    for (name, booked, now, expected) in table {
        let judged = best(&job(), &[Person { booked, ..person(1) }], at(24, now));
        assert_eq!(judged.slot, Some(expected), "{name}");
    }
    // 9 km of way are 30 minutes more than none.
    let far = Person { home: (31_230_000 + 80_850, 121_470_000), ..person(1) };
    assert_eq!(best(&job(), &[far], at(24, "10:00")).slot, Some(slot(24, "10:45", "11:25")));
}

#[test]
fn soft_rules_order_those_who_fit() {
    let now = at(24, "10:00");
    let loaded = Person { booked: vec![booked("14:00", "14:30"), booked("15:00", "15:30")], ..person(1) };
    let stranger = Person { territory: vec!["徐汇区".into()], ..person(2) };
    let distant = Person { home: (31_230_000, 121_600_000), ..person(3) };
    let unwilling = Person { refused_before: true, ..person(4) };
    let plain = person(5);
    let none = Person { skills: Vec::new(), ..person(6) };
    let people = [none, unwilling, distant, stranger, loaded, plain];
    let ranked = rank(&job(), &people, now, &zone());
    assert_eq!(ranked[0].name, "工程师05");
    assert_eq!(ranked[5].name, "工程师06");
    assert!(ranked.windows(2).all(|w| (w[0].fits, w[0].score) >= (w[1].fits, w[1].score)));
    assert_eq!(ranked.iter().find(|c| c.name == "工程师01").unwrap().load_today, 2);
    // Late still fits, for an order that is overdue must be given to somebody; but it says so.
    for (due, said) in [((24, "12:00"), "1 h 5 min before"), ((24, "10:57"), "2 min before"), ((27, "13:00"), "3 d 2 h before")] {
        let best = best(&Job { due: Some(at(due.0, due.1)), ..job() }, &[person(1)], now);
        assert!(best.why.iter().any(|w| w.en.contains(said)), "{said}: {:?}", best.why);
    }
    let late = best(&Job { due: Some(at(24, "10:00")), ..job() }, &[person(1)], now);
    assert!(late.fits && late.why.iter().any(|w| w.en.contains("55 min after the deadline")), "{:?}", late.why);
    // The same question gives the same answer, whatever the order of the people.
    let turned: Vec<Person> = people.iter().rev().cloned().collect();
    assert_eq!(ranked, rank(&job(), &turned, now, &zone()));
}

proptest! {
    /// Whatever is booked: a proposed slot is long enough, in the future, in hours and shift, and touches no booking.
    #[test]
    fn a_proposed_slot_is_always_free(
        taken in proptest::collection::vec((0..600_i64, 5..90_i64), 0..12),
        now in 0..700_i64, minutes in 5..120_u32, limit in 1..20_u32,
    ) {
        let start = at(24, "08:00");
        let later = |m: i64| start + jiff::SignedDuration::from_mins(m);
        let booked: Vec<Booked> = taken.iter().map(|(from, len)| Booked {
            number: "W-000001".into(),
            slot: Slot { from: later(*from), to: later(from + len) },
        }).collect();
        let (job, person) = (Job { minutes, ..job() }, Person { booked: booked.clone(), daily_limit: limit, ..person(1) });
        let judged = best(&job, std::slice::from_ref(&person), later(now));
        if let Some(slot) = judged.slot {
            prop_assert!(slot.from >= later(now) && slot.to.duration_since(slot.from).as_mins() == i64::from(minutes));
            prop_assert!(job.open.iter().any(|o| o.from <= slot.from && slot.to <= o.to));
            prop_assert!(person.shifts.iter().any(|s| s.from <= slot.from && slot.to <= s.to));
            prop_assert!(clash(slot, &booked).is_none());
        }
    }
}

#[test]
fn who_keeps_the_deadline_comes_before_who_does_not() {
    // Loaded, from another district, far away: still there in time.
    let far = Person {
        home: (31_500_000, 121_470_000),
        territory: vec!["崇明区".into()],
        booked: vec![booked("08:30", "09:30"), booked("09:45", "10:00"), booked("10:15", "10:30"), booked("10:45", "11:00")],
        ..person(1)
    };
    // Next door and free, after the deadline.
    let late = Person { booked: vec![booked("09:00", "16:30")], ..person(2) };
    let judged = rank(&job(), &[late.clone(), far.clone()], at(24, "09:00"), &zone());
    assert_eq!(judged.iter().map(|c| (c.name.as_str(), c.keeps_due)).collect::<Vec<_>>(), [("工程师01", true), ("工程师02", false)]);
    assert!(judged[0].score < judged[1].score, "by score alone it would be the other way round: {} {}", judged[0].score, judged[1].score);
    // Without a deadline only the score decides.
    let open_end = Job { due: None, ..job() };
    assert_eq!(best(&open_end, &[far, late], at(24, "09:00")).name, "工程师02");
}
