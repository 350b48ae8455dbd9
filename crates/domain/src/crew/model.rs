use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ground::EngineerId;

crate::ids! {
    /// Somebody is not there.
    AbsenceId = "abs";
}

/// Somebody is not there although a shift says so: ill, called away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Absence {
    /// Which one.
    pub id: AbsenceId,
    /// Who.
    pub engineer_id: EngineerId,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Why.
    pub reason: String,
}

/// A skill somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// Its code.
    pub code: String,
    /// Last day of its certificate; without one it does not expire.
    pub valid_until: Option<Date>,
}

/// A field engineer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Engineer {
    /// Who.
    pub id: EngineerId,
    /// Name.
    pub name: String,
    /// Phone number, whole; masked where it is shown.
    #[serde(skip)]
    pub phone: String,
    /// Skills, by code.
    pub skills: Vec<Skill>,
    /// Districts they cover.
    pub territory: Vec<String>,
    /// When they work.
    pub shifts: Shifts,
    /// Most orders a day.
    pub daily_limit: u32,
    /// Where they start the day: millionths of a degree, latitude and longitude.
    pub home: (i64, i64),
    /// Whether they work here still.
    pub active: bool,
}

/// A week of shifts and the days off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Shifts {
    /// Minutes from midnight; index 0 is Monday. Sorted, without overlap, within the day.
    pub(super) week: [Vec<(u16, u16)>; 7],
    /// Days without work: leave.
    pub off: Vec<Date>,
    /// Public holidays are worked like any other day; otherwise they are off.
    pub holidays: bool,
}

/// Public holidays, and the days that are worked in their place (调休).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holidays {
    /// Nobody works, unless their shift says otherwise.
    pub off: BTreeSet<Date>,
    /// Worked although the week says otherwise.
    pub made_up: BTreeSet<Date>,
}

/// Why somebody is sent outside their shift all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OffShift {
    /// It cannot wait for a shift.
    Urgent,
    /// They are on call.
    OnCall,
    /// They agreed to stay longer, or to come.
    Agreed,
    /// They swapped shifts with somebody.
    Swapped,
}

/// Whether somebody is at work during a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present<'a> {
    /// Yes, all of it.
    Yes,
    /// It does not lie within one of their shifts.
    OffShift,
    /// They are ill or away for some of it.
    Absent(&'a Absence),
}

/// As it is written: `{"week":{"1":[["08:30","12:00"],["13:00","18:00"]]},"off":["2026-10-01"],"holidays":true}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    week: BTreeMap<String, Vec<[String; 2]>>,
    #[serde(default)]
    off: Vec<Date>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    holidays: bool,
}

/// Shifts that cannot be meant; the text says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftsError(pub String);

impl fmt::Display for ShiftsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shifts: {}", self.0)
    }
}

impl std::error::Error for ShiftsError {}

fn minutes(text: &str) -> Option<u16> {
    let (h, m) = text.split_once(':')?;
    let two = |s: &str| (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u16>().ok()).flatten();
    let (h, m) = (two(h)?, two(m)?);
    (m < 60 && h * 60 + m <= 1440).then_some(h * 60 + m)
}

impl TryFrom<Written> for Shifts {
    type Error = ShiftsError;

    fn try_from(written: Written) -> Result<Self, ShiftsError> {
        let mut week: [Vec<(u16, u16)>; 7] = Default::default();
        for (weekday, spans) in written.week {
            let day = weekday.parse::<usize>().ok().filter(|d| (1..=7).contains(d));
            let day = day.ok_or_else(|| ShiftsError(format!("{weekday} is no weekday from 1 to 7")))?;
            for [from, to] in &spans {
                let span = minutes(from).zip(minutes(to)).filter(|(f, t)| f < t);
                week[day - 1].push(span.ok_or_else(|| ShiftsError(format!("{from} to {to} is no shift within a day")))?);
            }
            week[day - 1].sort_unstable();
            if week[day - 1].windows(2).any(|w| w[0].1 > w[1].0) {
                return Err(ShiftsError(format!("two shifts of weekday {weekday} overlap")));
            }
        }
        Ok(Self { week, off: written.off, holidays: written.holidays })
    }
}

impl From<Shifts> for Written {
    fn from(shifts: Shifts) -> Self {
        let text = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
        let days = shifts.week.iter().enumerate().filter(|(_, d)| !d.is_empty());
        let week = days.map(|(i, d)| ((i + 1).to_string(), d.iter().map(|(f, t)| [text(*f), text(*t)]).collect())).collect();
        Written { week, off: shifts.off, holidays: shifts.holidays }
    }
}
