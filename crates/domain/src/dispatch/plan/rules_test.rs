use jiff::Timestamp;

use super::*;
use crate::dispatch::{Booked, Certificate, Needed, Slot};
use crate::ground::Text;

fn at(text: &str) -> Timestamp {
    format!("2026-11-24T{text}:00+08:00").parse().unwrap()
}

fn slot(from: &str, to: &str) -> Slot {
    Slot { from: at(from), to: at(to) }
}

fn day(jobs: Vec<DayJob>, people: Vec<DayPerson>) -> Day {
    let midnight = at("00:00");
    let span = Slot { from: midnight, to: midnight + jiff::SignedDuration::from_hours(24) };
    Day { date: "2026-11-24".parse().unwrap(), span, now: at("08:00"), jobs, people }
}

fn job(open: &[(&str, &str)]) -> DayJob {
    DayJob {
        number: "W-000001".into(),
        skills: vec![Needed { code: "printer".into(), name: Text { zh: "打印机".into(), en: "Printer".into() } }],
        district: "浦东新区".into(),
        place: Some((31_200_000, 121_500_000)),
        open: open.iter().map(|(from, to)| slot(from, to)).collect(),
        promised: None,
        due: None,
        minutes: 40,
        rank: 2,
        standing: Standing::Free,
    }
}

fn person(shifts: &[(&str, &str)]) -> DayPerson {
    DayPerson {
        name: "工程师07".into(),
        skills: vec![Certificate { skill: "printer".into(), until: None }],
        territory: vec!["浦东新区".into()],
        shifts: shifts.iter().map(|(from, to)| slot(from, to)).collect(),
        daily_limit: 6,
        home: (31_200_000, 121_500_000),
    }
}

fn hm(text: &str) -> i64 {
    at(text).as_second() - at("00:00").as_second()
}

#[test]
fn the_way_is_parking_and_road_on_the_grid() {
    let here = Some((31_200_000, 121_500_000));
    // A hundredth of a degree of latitude is 1113 m as the crow flies.
    let north = |e6: i64| Some((31_200_000 + e6, 121_500_000));
    assert_eq!(way_seconds(here, here), 0);
    assert_eq!(way_metres(here, north(10_000)), 1446);
    // 180 s + 1446 m at 6.5 m/s = 402 s, up to the next five minutes.
    assert_eq!(way_seconds(here, north(10_000)), 600);
    // 180 s + 5000 m at 6.5 m/s + 9471 m at 12 m/s = 1738 s.
    assert_eq!(way_seconds(here, north(100_000)), 1800);
    assert_eq!(way_seconds(here, None), 1800);
    assert_eq!(way_seconds(None, None), 1800);
}

/// From and to, by the clock.
type Hours<'a> = &'a [(&'a str, &'a str)];

#[test]
fn work_begins_inside_shop_hours_and_promise() {
    let table: [(Hours<'_>, Option<Slot>, Vec<(&str, &str)>); 8] = [
        (&[("09:00", "21:00")], None, vec![("09:00", "20:20")]),
        (&[("09:00", "12:00"), ("13:30", "21:00")], None, vec![("09:00", "11:20"), ("13:30", "20:20")]),
        (&[("09:00", "21:00")], Some(slot("14:00", "16:00")), vec![("14:00", "15:55")]),
        (&[("09:00", "12:00"), ("13:30", "21:00")], Some(slot("11:00", "14:00")), vec![("11:00", "11:20"), ("13:30", "13:55")]),
        // Too short for the work, or promised when it is closed.
        (&[("09:00", "09:30")], None, vec![]),
        (&[("09:00", "12:00")], Some(slot("13:00", "15:00")), vec![]),
        (&[("09:02", "12:00")], None, vec![("09:05", "11:20")]),
        (&[], None, vec![]),
    ];
    for (open, promised, expected) in table {
        let job = DayJob { promised, ..job(open) };
        let expected: Vec<(i64, i64)> = expected.into_iter().map(|(a, b)| (hm(a), hm(b))).collect();
        assert_eq!(start_windows(&job, &day(vec![], vec![])), expected, "{open:?} {promised:?}");
    }
    // Open past midnight, from the evening before.
    let bar = DayJob { open: vec![Slot { from: "2026-11-23T18:00:00+08:00".parse().unwrap(), to: at("02:00") }], ..job(&[]) };
    assert_eq!(start_windows(&bar, &day(vec![], vec![])), [(0, hm("01:20"))]);
}

#[test]
fn a_gap_between_shifts_is_the_break() {
    let rests = |shifts: &[(&str, &str)]| rest(&person(shifts), &day(vec![], vec![])).map(|r| (r.seconds, r.open, r.close));
    let table: [(Hours<'_>, Option<(i64, i64, i64)>); 5] = [
        (&[("08:30", "12:00"), ("13:00", "18:00")], Some((3600, hm("12:00"), hm("12:00")))),
        (&[("08:30", "18:00")], Some((1800, hm("11:00"), hm("13:30")))),
        (&[("13:00", "20:30")], None),
        (&[("08:30", "12:00")], None),
        (&[], None),
    ];
    for (shifts, expected) in table {
        assert_eq!(rests(shifts), expected, "{shifts:?}");
    }
}

#[test]
fn a_held_order_is_worth_more_than_any_free_one() {
    let held = |rank| DayJob { rank, standing: Standing::Held(0, slot("10:00", "10:40")), ..job(&[]) };
    let free = |rank| DayJob { rank, ..job(&[]) };
    for rank in 0..4 {
        assert!(prices(&held(3)).undone > prices(&free(rank)).undone * 10);
        assert!(rank == 0 || prices(&free(rank)).undone < prices(&free(rank - 1)).undone);
        assert!(rank == 0 || prices(&free(rank)).late_minute < prices(&free(rank - 1)).late_minute);
    }
}

#[test]
fn a_day_is_measured_from_home_to_the_last_shop() {
    let north = |e6: i64| Some((31_200_000 + e6, 121_500_000));
    let jobs = vec![
        DayJob { place: north(10_000), due: Some(at("10:00")), ..job(&[]) },
        DayJob { place: north(20_000), due: Some(at("18:00")), ..job(&[]) },
        DayJob { due: Some(at("20:00")), ..job(&[]) },
        DayJob { due: None, ..job(&[]) },
    ];
    let day = day(jobs, vec![person(&[("08:30", "18:00")]), person(&[("08:30", "18:00")])]);
    let placed = |from, to| Some(Placed { person: 1, slot: slot(from, to) });
    let measures = measure(&day, &[placed("09:45", "10:25"), placed("11:00", "11:40"), None, None]);
    let expected = Measures { served: 2, unassigned: 2, engineers: 1, metres: 2 * 1446, sla_at_risk: 2, late_minutes: 25 };
    assert_eq!(measures, expected);
    assert_eq!(measure(&day, &[None; 4]), Measures { unassigned: 4, sla_at_risk: 3, ..Measures::default() });
}

#[test]
fn a_change_is_named_by_what_it_means() {
    let (a, b) = (slot("10:00", "10:40"), slot("11:00", "11:40"));
    let put = |person, slot| Some(Placed { person, slot });
    let table = [
        (Standing::Free, None, PlanChange::Left),
        (Standing::Free, put(0, a), PlanChange::New),
        (Standing::Held(0, a), put(0, a), PlanChange::Same),
        (Standing::Held(0, a), put(0, b), PlanChange::Retimed),
        (Standing::Held(0, a), put(1, a), PlanChange::Moved),
        (Standing::Held(0, a), None, PlanChange::Kept),
    ];
    for (standing, after, expected) in table {
        assert_eq!(change(standing, after), expected, "{standing:?} {after:?}");
    }
    assert!(to_tell(&job(&[]), PlanChange::New));
    assert!(!to_tell(&job(&[]), PlanChange::Same));
    assert!(!to_tell(&DayJob { promised: Some(a), ..job(&[]) }, PlanChange::Moved), "a promise that stands is not told again");
}

#[test]
fn a_plan_is_outdated_by_what_it_was_made_for_and_by_nothing_else() {
    let seen = |who: u8, from: &str| Seen { holder: Some((who, at(from), at("18:00"))), promised: None, closed: false };
    let free = Seen::<u8> { holder: None, promised: None, closed: false };
    let then = [seen(1, "10:00"), seen(1, "11:00"), free.clone(), free.clone(), free.clone()];
    let promised = Seen { promised: Some((at("14:00"), at("16:00"))), ..free.clone() };
    let now = [Some(seen(1, "10:00")), Some(seen(2, "11:00")), Some(free.clone()), None, Some(promised)];
    assert_eq!(changed_since(&then, &now), [1, 3, 4]);
    assert_eq!(changed_since(&then[..1], &now[..1]), Vec::<usize>::new());
}

#[test]
fn a_refused_move_gets_into_the_way_of_the_next() {
    let put = |person, from, to| Placed { person, slot: slot(from, to) };
    let wanted = |number: &str, from: Option<Placed>, to: Placed, refused| Wanted { number: number.into(), from, to, refused };
    let swap = |refused| {
        [
            wanted("A", Some(put(0, "10:00", "10:40")), put(1, "10:00", "10:40"), refused),
            wanted("B", Some(put(1, "10:00", "10:40")), put(0, "10:00", "10:40"), false),
        ]
    };
    assert_eq!(clashing(&swap(false), &[]), [None, None], "two that change places are in nobody's way");
    assert_eq!(clashing(&swap(true), &[]), [None, Some("A".to_owned())], "A stays, so B cannot come");
    let fixed = [(1, Booked { number: "F".into(), slot: slot("10:30", "11:00") })];
    assert_eq!(clashing(&swap(false), &fixed), [Some("F".to_owned()), Some("A".to_owned())], "one no makes another");
    let same = [wanted("A", None, put(0, "10:00", "10:40"), false), wanted("B", None, put(0, "10:20", "11:00"), false)];
    assert_eq!(clashing(&same, &[]), [None, Some("A".to_owned())]);
}

#[test]
fn every_obstacle_has_words() {
    let obstacles = [
        Obstacle::Closed,
        Obstacle::Promised(slot("10:00", "12:00")),
        Obstacle::Nobody { skills: 3, full: 2, time: 1, of: 6 },
        Obstacle::Nobody { skills: 0, full: 0, time: 0, of: 0 },
        Obstacle::TooDear { extra_fen: 13_020, undone_fen: 12_000 },
        Obstacle::Stays,
    ];
    for obstacle in obstacles {
        let words = why_not(&obstacle);
        assert!(!words.is_empty() && words.iter().all(|t| !t.zh.is_empty() && !t.en.is_empty()), "{obstacle:?}");
    }
    assert_eq!(why_not(&Obstacle::Nobody { skills: 3, full: 2, time: 1, of: 6 }).len(), 3);
    assert_eq!([money(13_020), money(-5), money(0)], ["¥130.20", "-¥0.05", "¥0.00"]);
}
