use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ground::Timestamp;

/// A month of the calendar: `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.0
    }

    /// Whether a day is in it.
    pub fn has(self, day: Date) -> bool {
        day.first_of_month() == self.0
    }

    /// The month after.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1.month()))
    }

    /// The month before.
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1.month()))
    }

    /// From its first instant to the first one of the next month, which is not in it.
    pub fn span(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        (midnight(self.0, zone), midnight(self.next().0, zone))
    }
}

/// From the first instant of a day to the first one of the next.
pub(super) fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp::MAX, |at| at.timestamp())
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (year, month) = text.split_once('-').filter(|(y, m)| y.len() == 4 && m.len() == 2).ok_or(())?;
        let (year, month): (i16, i8) = (year.parse().map_err(|_| ())?, month.parse().map_err(|_| ())?);
        if !(2000..=2999).contains(&year) || !(1..=12).contains(&month) || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(());
        }
        Ok(Self(date(year, month, 1)))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|()| serde::de::Error::custom("a month such as 2026-10 is expected"))
    }
}
