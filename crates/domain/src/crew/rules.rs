use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::model::{Absence, Engineer, Holidays, Present, Shifts};

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

/// The shifts of a day, in minutes from midnight. A day off and a public holiday have none, unless holidays are worked; a day that is made
/// up has its own, or else those of the first weekday with any.
fn of_day<'a>(shifts: &'a Shifts, day: Date, holidays: &Holidays) -> &'a [(u16, u16)] {
    let own = &shifts.week[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
    if shifts.off.contains(&day) || (holidays.off.contains(&day) && !shifts.holidays) {
        return &[];
    }
    if own.is_empty() && holidays.made_up.contains(&day) && !shifts.holidays {
        return shifts.week[..5].iter().find(|spans| !spans.is_empty()).map_or(&[], Vec::as_slice);
    }
    own
}

/// Whether somebody with these shifts and absences is at work from one instant to another. An absence weighs more than a shift.
pub fn present<'a>(planned: (Timestamp, Timestamp), shifts: &[(Timestamp, Timestamp)], absences: &'a [Absence]) -> Present<'a> {
    let (from, to) = planned;
    if let Some(absence) = absences.iter().find(|a| a.from < to && from < a.to) {
        return Present::Absent(absence);
    }
    match shifts.iter().any(|(begin, end)| *begin <= from && to <= *end) {
        true => Present::Yes,
        false => Present::OffShift,
    }
}

/// The shifts of some days from `first`, as instants, in order. Days off have none.
pub fn shifts_between(shifts: &Shifts, first: Date, days: u16, zone: &TimeZone, holidays: &Holidays) -> Vec<(Timestamp, Timestamp)> {
    let mut spans = Vec::new();
    for ahead in 0..i64::from(days) {
        let Ok(day) = first.checked_add(ahead.days()) else { break };
        let Ok(midnight) = day.to_zoned(zone.clone()) else { continue };
        let at = |minute: u16| midnight.checked_add(i64::from(minute).minutes()).map(|z| z.timestamp());
        for (from, to) in of_day(shifts, day, holidays) {
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
    fn holidays_are_off_unless_the_shift_says_otherwise_and_what_is_made_up_is_worked() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        // National Day 2026: 1 to 7 October off; Saturday the 10th and Sunday the 20th of September are worked.
        let days = |texts: &[&str]| texts.iter().map(|t| day(t)).collect();
        let holidays = Holidays { off: days(&["2026-10-01", "2026-10-02"]), made_up: days(&["2026-09-20", "2026-10-10"]) };
        let week = r#""week":{"2":[["09:00","17:00"]],"4":[["08:00","16:00"]],"5":[["08:00","16:00"]],"6":[["10:00","14:00"]]}"#;
        let usual: Shifts = serde_json::from_str(&format!("{{{week}}}")).unwrap();
        let always: Shifts = serde_json::from_str(&format!("{{{week},\"holidays\":true}}")).unwrap();
        let leave: Shifts = serde_json::from_str(&format!("{{{week},\"off\":[\"2026-10-10\"]}}")).unwrap();
        let hours = |shifts: &Shifts, on: &str| {
            let found = shifts_between(shifts, day(on), 1, &zone, &holidays);
            found
                .iter()
                .map(|(from, to)| format!("{}-{}", from.to_zoned(zone.clone()).hour(), to.to_zoned(zone.clone()).hour()))
                .collect::<String>()
        };
        let table = [
            // (day, as usual, always, with leave on the 10th)
            ("2026-09-24", "8-16", "8-16", "8-16"),
            ("2026-10-01", "", "8-16", ""),
            ("2026-10-02", "", "8-16", ""),
            ("2026-10-03", "10-14", "10-14", "10-14"),
            // A Saturday with a shift of its own, a Sunday without.
            ("2026-10-10", "10-14", "10-14", ""),
            ("2026-09-20", "9-17", "", "9-17"),
            ("2026-09-27", "", "", ""),
        ];
        for (on, by_usual, by_always, by_leave) in table {
            assert_eq!(
                (hours(&usual, on), hours(&always, on), hours(&leave, on)),
                (by_usual.into(), by_always.into(), by_leave.into()),
                "{on}"
            );
        }
        assert!(serde_json::to_string(&always).unwrap().contains("holidays"), "reads back as written");
    }

    #[test]
    fn who_is_ill_is_not_just_off_shift() {
        let at = |t: &str| format!("2026-11-24T{t}:00+08:00").parse::<Timestamp>().unwrap();
        let shifts = [(at("08:30"), at("12:00")), (at("13:00"), at("18:00"))];
        let engineer_id = EngineerId::from_uuid(uuid::Uuid::from_u128(1));
        let id = crate::crew::AbsenceId::from_uuid(uuid::Uuid::from_u128(2));
        let ill = [Absence { id, engineer_id, from: at("15:00"), to: at("20:00"), reason: "病假".into() }];
        let table = [
            (("09:00", "10:00"), Present::Yes),
            (("08:30", "12:00"), Present::Yes),
            (("11:30", "12:30"), Present::OffShift),
            (("12:10", "12:50"), Present::OffShift),
            (("14:00", "15:00"), Present::Yes),
            (("14:30", "15:01"), Present::Absent(&ill[0])),
            // Ill in the evening: no shift either, but it is the illness that keeps them.
            (("19:00", "19:30"), Present::Absent(&ill[0])),
            (("20:00", "20:30"), Present::OffShift),
        ];
        for ((from, to), expected) in table {
            assert_eq!(present((at(from), at(to)), &shifts, &ill), expected, "{from} {to}");
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
        assert_eq!(shifts_between(&shifts, day("2026-11-24"), 10, &zone, &Holidays::default()), expected);
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
