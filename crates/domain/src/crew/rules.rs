use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::model::{Engineer, Shifts};

/// Whether somebody has a skill on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Yes.
    Yes,
    /// The certificate ended on this day, before.
    Expired(Date),
    /// Never had it.
    No,
}

/// Whether an engineer has a skill on a day; the last day of a certificate still counts.
pub fn held(engineer: &Engineer, skill: &str, day: Date) -> Held {
    match engineer.skills.iter().find(|s| s.code == skill) {
        None => Held::No,
        Some(s) => match s.valid_until {
            Some(until) if until < day => Held::Expired(until),
            _ => Held::Yes,
        },
    }
}

/// The skills of a list an engineer does not have on a day (S0-17), each with the day its certificate ended, if it had one.
pub fn lacking<'a>(engineer: &Engineer, skills: &'a [String], day: Date) -> Vec<(&'a str, Option<Date>)> {
    skills
        .iter()
        .filter_map(|skill| match held(engineer, skill, day) {
            Held::Yes => None,
            Held::Expired(on) => Some((skill.as_str(), Some(on))),
            Held::No => Some((skill.as_str(), None)),
        })
        .collect()
}

/// The shifts of some days from `first`, as instants, in order. Days off have none.
pub fn shifts_between(shifts: &Shifts, first: Date, days: u16, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
    let mut spans = Vec::new();
    for ahead in 0..i64::from(days) {
        let Ok(day) = first.checked_add(ahead.days()) else { break };
        if shifts.off.contains(&day) {
            continue;
        }
        let Ok(midnight) = day.to_zoned(zone.clone()) else { continue };
        let at = |minute: u16| midnight.checked_add(i64::from(minute).minutes()).map(|z| z.timestamp());
        for (from, to) in &shifts.week[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())] {
            if let (Ok(from), Ok(to)) = (at(*from), at(*to)) {
                spans.push((from, to));
            }
        }
    }
    spans
}

/// Shifts without the time somebody is absent, in order. Both lists are of one person.
pub fn without(shifts: Vec<(Timestamp, Timestamp)>, absent: &[(Timestamp, Timestamp)]) -> Vec<(Timestamp, Timestamp)> {
    absent.iter().fold(shifts, |left, (from, to)| {
        let cut = |(begin, end): (Timestamp, Timestamp)| [(begin, end.min(*from)), (begin.max(*to), end)];
        left.into_iter().flat_map(cut).filter(|(begin, end)| begin < end).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crew::Skill;
    use crate::ground::{EngineerId, TypedId};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_certificate_counts_through_its_last_day() {
        let skill = |code: &str, until: Option<&str>| Skill { code: code.into(), valid_until: until.map(day) };
        let engineer = Engineer {
            id: EngineerId::from_uuid(uuid::Uuid::from_u128(1)),
            name: "工程师07".into(),
            phone: "13800000000".into(),
            skills: vec![skill("swap", Some("2026-11-24")), skill("network", None)],
            territory: Vec::new(),
            shifts: Shifts::default(),
            daily_limit: 6,
            home: (0, 0),
            active: true,
        };
        let table = [
            ("swap", "2026-11-24", Held::Yes),
            ("swap", "2026-11-25", Held::Expired(day("2026-11-24"))),
            ("network", "2999-01-01", Held::Yes),
            ("printer", "2026-11-24", Held::No),
        ];
        for (skill, on, expected) in table {
            assert_eq!(held(&engineer, skill, day(on)), expected, "{skill} {on}");
        }
        let wanted = ["swap".to_owned(), "printer".to_owned(), "network".to_owned()];
        assert_eq!(lacking(&engineer, &wanted, day("2026-12-01")), [("swap", Some(day("2026-11-24"))), ("printer", None)]);
        assert_eq!(lacking(&engineer, &[], day("2026-12-01")), []);
    }

    #[test]
    fn an_absence_cuts_the_shifts_it_touches() {
        let at = |t: &str| format!("2026-11-24T{t}:00+08:00").parse::<Timestamp>().unwrap();
        let span = |from: &str, to: &str| (at(from), at(to));
        let shifts = vec![span("08:30", "12:00"), span("13:00", "18:00")];
        let table = [
            (vec![], shifts.clone()),
            (vec![span("09:10", "10:00")], vec![span("08:30", "09:10"), span("10:00", "12:00"), span("13:00", "18:00")]),
            (vec![span("11:00", "14:00")], vec![span("08:30", "11:00"), span("14:00", "18:00")]),
            (vec![span("00:00", "23:59")], vec![]),
            (vec![span("06:00", "08:30"), span("18:00", "20:00")], shifts.clone()),
            (vec![span("09:00", "14:00"), span("13:30", "17:00")], vec![span("08:30", "09:00"), span("17:00", "18:00")]),
        ];
        for (absent, expected) in table {
            assert_eq!(without(shifts.clone(), &absent), expected, "{absent:?}");
        }
    }

    #[test]
    fn shifts_follow_the_week_and_leave_days_off_out() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let text = r#"{"week":{"2":[["08:30","12:00"],["13:00","18:00"]],"4":[["09:00","24:00"]]},"off":["2026-12-01"]}"#;
        let shifts: Shifts = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&shifts).unwrap(), text, "reads back as written");
        let at = |t: &str| format!("{t}:00+08:00").parse::<Timestamp>().unwrap();
        // 2026-11-24 is a Tuesday; the Tuesday after it is off.
        let expected = [
            (at("2026-11-24T08:30"), at("2026-11-24T12:00")),
            (at("2026-11-24T13:00"), at("2026-11-24T18:00")),
            (at("2026-11-26T09:00"), at("2026-11-27T00:00")),
            (at("2026-12-03T09:00"), at("2026-12-04T00:00")),
        ];
        assert_eq!(shifts_between(&shifts, day("2026-11-24"), 10, &zone), expected);
        for wrong in [
            r#"{"week":{"8":[["09:00","10:00"]]}}"#,
            r#"{"week":{"1":[["10:00","10:00"]]}}"#,
            r#"{"week":{"1":[["22:00","06:00"]]}}"#,
            r#"{"week":{"1":[["09:00","11:00"],["10:00","12:00"]]}}"#,
            r#"{"week":{"1":[["9:00","11:00"]]}}"#,
            r#"{"weeks":{}}"#,
        ] {
            assert!(serde_json::from_str::<Shifts>(wrong).is_err(), "{wrong}");
        }
    }
}
