use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Opening hours of a week: for ISO weekday `"1"` (Monday) to `"7"` any number of `[begin, end]` in `HH:MM`.
/// `24:00` ends the day; an end at or before its begin lies on the next date. A missing weekday is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Vec<[String; 2]>>", into = "BTreeMap<String, Vec<[String; 2]>>")]
pub struct Hours {
    /// Minutes from midnight of the day an interval begins on; the end may lie beyond 1440. Index 0 is Monday.
    week: [Vec<(u16, u16)>; 7],
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Hours {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        BTreeMap::<String, Vec<Vec<String>>>::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Hours {}

/// Opening hours that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursError {
    /// The weekday as written.
    pub weekday: String,
    /// What is wrong.
    pub reason: &'static str,
}

impl fmt::Display for HoursError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "opening hours of weekday {}: {}", self.weekday, self.reason)
    }
}

impl std::error::Error for HoursError {}

const DAY: u16 = 24 * 60;

fn minutes(text: &str) -> Option<u16> {
    let (h, m) = text.split_once(':')?;
    let two = |s: &str| (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u16>().ok()).flatten();
    let (h, m) = (two(h)?, two(m)?);
    (m < 60 && (h < 24 || (h == 24 && m == 0))).then_some(h * 60 + m)
}

fn text(minute: u16, end: bool) -> String {
    let minute = if minute > DAY || (minute == DAY && !end) { minute - DAY } else { minute };
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl TryFrom<BTreeMap<String, Vec<[String; 2]>>> for Hours {
    type Error = HoursError;

    fn try_from(days: BTreeMap<String, Vec<[String; 2]>>) -> Result<Self, HoursError> {
        let mut week: [Vec<(u16, u16)>; 7] = Default::default();
        for (weekday, intervals) in days {
            let wrong = |reason| HoursError { weekday: weekday.clone(), reason };
            let day = weekday
                .parse::<usize>()
                .ok()
                .filter(|d| (1..=7).contains(d))
                .ok_or_else(|| wrong("the weekday is a number from 1 to 7"))?;
            for [begin, end] in &intervals {
                let (begin, end) = minutes(begin).zip(minutes(end)).ok_or_else(|| wrong("times are written HH:MM, 00:00 to 24:00"))?;
                if begin == end || begin == DAY {
                    return Err(wrong("an interval begins before it ends"));
                }
                week[day - 1].push((begin, if end < begin { end + DAY } else { end }));
            }
            week[day - 1].sort_unstable();
            if week[day - 1].windows(2).any(|w| w[0].1 > w[1].0) {
                return Err(wrong("two intervals overlap"));
            }
        }
        Ok(Self { week })
    }
}

impl From<Hours> for BTreeMap<String, Vec<[String; 2]>> {
    fn from(hours: Hours) -> Self {
        let days = hours.week.into_iter().enumerate().filter(|(_, day)| !day.is_empty());
        days.map(|(i, day)| ((i + 1).to_string(), day.into_iter().map(|(b, e)| [text(b, false), text(e, true)]).collect())).collect()
    }
}

impl Hours {
    /// Whether the shop is open at an instant, in the zone of its clock on the wall. Ends are exclusive.
    pub fn open_at(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let local = at.to_zoned(zone.clone());
        let today = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let covers = |day: usize, minute: u16| self.week[day].iter().any(|(b, e)| (*b..*e).contains(&minute));
        covers(today, minute) || covers((today + 6) % 7, minute + DAY)
    }

    /// The first instant at or after `at` at which the shop is open; `None` when it never opens.
    pub fn next_open(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.open_at(at, zone) {
            return Some(at);
        }
        let local = at.to_zoned(zone.clone());
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        for ahead in 0..=7_i64 {
            let day = local.date().checked_add(ahead.days()).ok()?;
            let index = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
            let begin = self.week[index].iter().map(|(b, _)| *b).find(|b| ahead > 0 || *b > minute);
            if let Some(begin) = begin {
                let midnight = day.to_zoned(zone.clone()).ok()?;
                return midnight.checked_add(i64::from(begin).minutes()).ok().map(|z| z.timestamp());
            }
        }
        None
    }

    /// When the shop is open on some days from `first`, as instants, in order. An interval belongs to the day it begins on.
    pub fn windows(&self, first: Date, days: u16, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
        let mut windows = Vec::new();
        for ahead in 0..i64::from(days) {
            let Ok(day) = first.checked_add(ahead.days()) else { break };
            let Ok(midnight) = day.to_zoned(zone.clone()) else { continue };
            let at = |minute: u16| midnight.checked_add(i64::from(minute).minutes()).map(|z| z.timestamp());
            for (begin, end) in &self.week[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())] {
                if let (Ok(begin), Ok(end)) = (at(*begin), at(*end)) {
                    windows.push((begin, end));
                }
            }
        }
        windows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(json: &str) -> Hours {
        serde_json::from_str(json).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}+08:00").parse().unwrap()
    }

    #[test]
    fn lunch_breaks_nights_and_ends() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        // 2026-11-24 is a Tuesday.
        let noodles = hours(r#"{"1":[["09:00","12:00"],["13:30","21:00"]],"2":[["09:00","12:00"],["13:30","21:00"]]}"#);
        let night = hours(r#"{"1":[["18:00","02:00"]],"3":[["00:00","24:00"]]}"#);
        let table = [
            (&noodles, "2026-11-24T09:00:00", true),
            (&noodles, "2026-11-24T11:59:59", true),
            (&noodles, "2026-11-24T12:00:00", false),
            (&noodles, "2026-11-24T13:30:00", true),
            (&noodles, "2026-11-24T21:00:00", false),
            (&noodles, "2026-11-25T10:00:00", false),
            (&night, "2026-11-24T01:59:00", true),
            (&night, "2026-11-24T02:00:00", false),
            (&night, "2026-11-25T23:59:59", true),
            (&night, "2026-11-26T00:00:00", false),
        ];
        for (hours, when, open) in table {
            assert_eq!(hours.open_at(at(when), &zone), open, "{when}");
        }
        assert_eq!(noodles.next_open(at("2026-11-24T12:40:00"), &zone), Some(at("2026-11-24T13:30:00")));
        assert_eq!(noodles.next_open(at("2026-11-24T22:00:00"), &zone), Some(at("2026-11-30T09:00:00")));
        assert_eq!(night.next_open(at("2026-11-24T03:00:00"), &zone), Some(at("2026-11-25T00:00:00")));
        assert_eq!(hours("{}").next_open(at("2026-11-24T03:00:00"), &zone), None);
        let days = |hours: &Hours, n| hours.windows("2026-11-24".parse().unwrap(), n, &zone);
        assert_eq!(days(&night, 2), [(at("2026-11-25T00:00:00"), at("2026-11-26T00:00:00"))]);
        assert_eq!(days(&night, 7)[1], (at("2026-11-30T18:00:00"), at("2026-12-01T02:00:00")));
        assert_eq!(days(&noodles, 1).len(), 2);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_and_the_rest_reads_back() {
        for wrong in [
            r#"{"0":[["09:00","12:00"]]}"#,
            r#"{"1":[["9:00","12:00"]]}"#,
            r#"{"1":[["09:00","09:00"]]}"#,
            r#"{"1":[["09:00","24:30"]]}"#,
            r#"{"1":[["09:00","12:00"],["11:00","13:00"]]}"#,
            r#"{"一":[]}"#,
        ] {
            assert!(serde_json::from_str::<Hours>(wrong).is_err(), "{wrong}");
        }
        let text = r#"{"1":[["00:00","24:00"]],"5":[["22:00","06:00"]]}"#;
        assert_eq!(serde_json::to_string(&hours(text)).unwrap(), text);
    }
}
