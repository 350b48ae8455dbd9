use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Milliseconds of a day of 24 hours.
pub(super) const DAY_MS: i64 = 86_400_000;
/// A calendar that stays closed this long has no next opening as far as clocks are concerned.
const GIVE_UP_MS: i64 = 550 * DAY_MS;
/// Shifts of one day as people write them: `[begin, end]` in `HH:MM`.
pub type Hours = Vec<[String; 2]>;

/// A calendar as people enter it, before anything is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarSpec {
    /// IANA name of the zone in which its dates and times exist, e.g. `Asia/Shanghai`.
    pub tz: String,
    /// Shifts by ISO weekday (1 Monday to 7 Sunday); a missing weekday is closed.
    pub week: BTreeMap<u8, Hours>,
    /// Dates (`YYYY-MM-DD`) on which no shift begins.
    pub off: Vec<String>,
    /// Make-up workdays: date to the ISO weekday whose shifts are worked.
    pub makeup: BTreeMap<String, u8>,
    /// Dates with shifts of their own; wins over everything else.
    pub special: BTreeMap<String, Hours>,
    /// Years whose holidays and make-up days are officially published; `None` if the calendar does not depend on them.
    pub official_years: Option<Vec<i16>>,
}

/// Why a calendar cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarError {
    /// The zone is not in the time zone database.
    Zone(String),
    /// Not an ISO weekday, 1 to 7.
    Weekday(u8),
    /// Not a date `YYYY-MM-DD`.
    Date(String),
    /// Not a time `HH:MM`, 00:00 to 23:59 (24:00 only as an end).
    Time(String),
    /// The shift begins when it ends.
    Empty(String),
    /// Two shifts share time; the text names both.
    Overlap(String),
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zone(name) => write!(f, "time zone {name:?} is not known"),
            Self::Weekday(day) => write!(f, "weekday {day} is not one of 1 (Monday) to 7 (Sunday)"),
            Self::Date(text) => write!(f, "{text:?} is not a date of the form 2026-10-10"),
            Self::Time(text) => write!(f, "{text:?} is not a time of the form 09:00 (24:00 only as an end)"),
            Self::Empty(text) => write!(f, "the shift {text} begins when it ends; round the clock is 00:00-24:00"),
            Self::Overlap(text) => write!(f, "shifts overlap: {text}"),
        }
    }
}

impl std::error::Error for CalendarError {}

/// A shift in milliseconds since local midnight of the date it belongs to; the end may lie on the next date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shift {
    begin: i64,
    end: i64,
}

#[derive(Debug, Clone)]
enum Day {
    Closed,
    Like(usize),
    Own(Vec<Shift>),
}

/// Business time: a checked calendar. Open time is the union of its half-open shifts.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    /// From this instant (ms) on the zone keeps one offset (ms): the fast way from dates to instants.
    fixed: (i64, i64),
    week: [Vec<Shift>; 7],
    /// Days that differ from their weekday, by day number, sorted.
    days: Vec<(i64, Day)>,
    official: Option<Vec<i16>>,
}

impl Calendar {
    /// Checks what was entered. Shifts of one day must not overlap. A night shift may reach into a shift of the next day,
    /// as exceptions can bring about: open time is the union, nothing counts twice.
    pub fn new(spec: &CalendarSpec) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(&spec.tz).map_err(|_| CalendarError::Zone(spec.tz.clone()))?;
        let fixed = zone.preceding(Timestamp::MAX).next().map_or(i64::MIN, |last| last.timestamp().as_millisecond());
        let fixed = (fixed, i64::from(zone.to_offset(Timestamp::MAX).seconds()) * 1000);
        let mut week: [Vec<Shift>; 7] = Default::default();
        for (&weekday, hours) in &spec.week {
            let slot = weekday_slot(weekday)?;
            week[slot] = shifts(hours)?;
        }
        let mut days = BTreeMap::new();
        for date in &spec.off {
            days.insert(day_of(date)?, Day::Closed);
        }
        for (date, &weekday) in &spec.makeup {
            days.insert(day_of(date)?, Day::Like(weekday_slot(weekday)?));
        }
        for (date, hours) in &spec.special {
            days.insert(day_of(date)?, Day::Own(shifts(hours)?));
        }
        let official = spec.official_years.clone();
        Ok(Self { zone, fixed, week, days: days.into_iter().collect(), official })
    }

    /// Refuses a week whose night shifts reach into the next day's shifts: on entry that is a slip, though it can be computed.
    pub fn check_nights(&self) -> Result<(), CalendarError> {
        for slot in 0..7 {
            let next = (slot + 1) % 7;
            if let (Some(last), Some(first)) = (self.week[slot].last(), self.week[next].first())
                && last.end - DAY_MS > first.begin
            {
                return Err(CalendarError::Overlap(format!("the night shift of weekday {} and weekday {}", slot + 1, next + 1)));
            }
        }
        Ok(())
    }

    /// Whether no shift exists at all: such a calendar would let no clock ever come due.
    pub fn never_opens(&self) -> bool {
        let own = self.days.iter().any(|(_, day)| matches!(day, Day::Own(list) if !list.is_empty()));
        !own && self.week.iter().all(Vec::is_empty)
    }

    /// Business seconds of a working day: of the longest one of the week.
    pub fn day_seconds(&self) -> i64 {
        let day = |shifts: &Vec<Shift>| shifts.iter().map(|s| s.end - s.begin).sum::<i64>();
        self.week.iter().map(day).max().unwrap_or(0) / 1000
    }

    /// Whether the calendar is open at this instant.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let at = at.as_millisecond();
        self.spans(at, at + 1).next().is_some()
    }

    /// Open milliseconds in `[from, to)`.
    pub fn open_ms(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.spans(from.as_millisecond(), to.as_millisecond()).map(|(begin, end)| end - begin).sum()
    }

    /// Whether a shift begins on a local day.
    pub(super) fn opens_on(&self, day: i64) -> bool {
        !self.shifts(day).is_empty()
    }

    /// The pause between two shifts of one day around a closed span, if it lies in one.
    pub(super) fn break_around(&self, from: i64, to: i64) -> Option<(i64, i64)> {
        let day = self.day(from);
        let before = self.spans(self.instant(day, 0), from).last()?.1;
        let after = self.spans(to, self.instant(day + 1, 0)).next()?.0;
        Some((before, after))
    }

    /// The first open instant from `from` on; `from` itself if none comes.
    pub(super) fn opening(&self, from: Timestamp) -> Timestamp {
        self.advance(from.as_millisecond(), 1).map_or(from, |at| crate::ground::from_millis(at - 1))
    }

    /// The zone in which this calendar's dates exist.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether the holidays of a year are officially known, or do not matter to this calendar.
    pub fn is_official(&self, year: i16) -> bool {
        self.official.as_ref().is_none_or(|years| years.contains(&year))
    }

    /// Adds the years in `[from, to)` for which this calendar has no official data.
    pub(super) fn unofficial(&self, from: i64, to: i64, years: &mut Vec<i16>) {
        let Some(official) = &self.official else { return };
        if from >= to {
            return;
        }
        for year in self.year(from)..=self.year(to - 1) {
            if !official.contains(&year) && !years.contains(&year) {
                years.push(year);
            }
        }
    }

    /// Open spans in `[from, to)`, ascending, disjoint, never empty. Touching spans may come as two.
    pub(super) fn spans(&self, from: i64, to: i64) -> Spans<'_> {
        // A shift of the day before may still run, and never one of an earlier day: a shift is shorter than a day.
        let day = self.day(from) - 1;
        Spans { calendar: self, day, today: self.shifts(day), to, cursor: from }
    }

    /// The instant at which `need` open milliseconds after `from` have passed (`from` itself if nothing is needed);
    /// `None` if the calendar stays closed for 550 days on the way.
    pub(super) fn advance(&self, from: i64, mut need: i64) -> Option<i64> {
        if need <= 0 {
            return Some(from);
        }
        let mut pos = from;
        loop {
            let mut last = None;
            for (begin, end) in self.spans(pos, pos.saturating_add(GIVE_UP_MS)) {
                if end - begin >= need {
                    return Some(begin + need).filter(|&at| at < Timestamp::MAX.as_millisecond());
                }
                need -= end - begin;
                last = Some(end);
            }
            pos = last.filter(|&end| end < Timestamp::MAX.as_millisecond())?;
        }
    }

    fn shifts(&self, day: i64) -> &[Shift] {
        match self.days.binary_search_by_key(&day, |(number, _)| *number).ok().map(|i| &self.days[i].1) {
            // 1970-01-01, day 0, was a Thursday: slot 3.
            None => &self.week[(day + 3).rem_euclid(7) as usize],
            Some(Day::Closed) => &[],
            Some(Day::Like(slot)) => &self.week[*slot],
            Some(Day::Own(list)) => list,
        }
    }

    fn offset_at(&self, at: i64) -> i64 {
        let (since, offset) = self.fixed;
        if at >= since { offset } else { i64::from(self.zone.to_offset(crate::ground::from_millis(at)).seconds()) * 1000 }
    }

    /// The local day number of an instant.
    pub(super) fn day(&self, at: i64) -> i64 {
        (at + self.offset_at(at)).div_euclid(DAY_MS)
    }

    fn year(&self, at: i64) -> i16 {
        crate::ground::from_millis(at + self.offset_at(at)).to_zoned(TimeZone::UTC).year()
    }

    /// The instant of a wall clock time, given as milliseconds since midnight of a day (may exceed 24 hours).
    fn instant(&self, day: i64, ms: i64) -> i64 {
        let (since, offset) = self.fixed;
        let wall = day * DAY_MS + ms;
        if wall - offset >= since.saturating_add(2 * DAY_MS) {
            return wall - offset;
        }
        // Zones with summer time: a time that does not exist moves forward, one that exists twice is the first.
        let civil = crate::ground::from_millis(wall).to_zoned(TimeZone::UTC).datetime();
        self.zone.to_timestamp(civil).map_or(wall - offset, |at| at.as_millisecond())
    }
}

/// Open spans of a calendar; see [`Calendar::spans`].
pub(super) struct Spans<'a> {
    calendar: &'a Calendar,
    day: i64,
    today: &'a [Shift],
    to: i64,
    cursor: i64,
}

impl Iterator for Spans<'_> {
    type Item = (i64, i64);

    fn next(&mut self) -> Option<(i64, i64)> {
        loop {
            let Some((shift, rest)) = self.today.split_first() else {
                self.day += 1;
                if self.calendar.instant(self.day, 0) >= self.to {
                    return None;
                }
                self.today = self.calendar.shifts(self.day);
                continue;
            };
            self.today = rest;
            let begin = self.calendar.instant(self.day, shift.begin).max(self.cursor);
            let end = self.calendar.instant(self.day, shift.end).min(self.to);
            if begin < end {
                self.cursor = end;
                return Some((begin, end));
            }
        }
    }
}

fn weekday_slot(weekday: u8) -> Result<usize, CalendarError> {
    if (1..=7).contains(&weekday) { Ok(usize::from(weekday) - 1) } else { Err(CalendarError::Weekday(weekday)) }
}

/// Day number since 1970-01-01 of a date `YYYY-MM-DD`.
pub(super) fn day_of(text: &str) -> Result<i64, CalendarError> {
    let bad = || CalendarError::Date(text.to_owned());
    if text.len() != 10 {
        return Err(bad());
    }
    let date: Date = text.parse().map_err(|_| bad())?;
    let midnight = date.to_zoned(TimeZone::UTC).map_err(|_| bad())?.timestamp().as_millisecond();
    Ok(midnight.div_euclid(DAY_MS))
}

/// Milliseconds since midnight of `HH:MM`; `24:00` passes here and is refused as a begin by the caller.
fn minute_of(text: &str) -> Result<i64, CalendarError> {
    let bad = || CalendarError::Time(text.to_owned());
    let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
    let number = |part: &str| match part.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(i64::from(a - b'0') * 10 + i64::from(b - b'0')),
        _ => None,
    };
    let (hour, minute) = (number(hour).ok_or_else(bad)?, number(minute).ok_or_else(bad)?);
    if minute > 59 || hour > 24 || (hour == 24 && minute > 0) {
        return Err(bad());
    }
    Ok((hour * 60 + minute) * 60_000)
}

fn shifts(hours: &[[String; 2]]) -> Result<Vec<Shift>, CalendarError> {
    let mut list = Vec::with_capacity(hours.len());
    for [from, to] in hours {
        let (begin, mut end) = (minute_of(from)?, minute_of(to)?);
        if begin == DAY_MS {
            return Err(CalendarError::Time(from.clone()));
        }
        if begin == end {
            return Err(CalendarError::Empty(format!("{from}-{to}")));
        }
        if end < begin {
            end += DAY_MS;
        }
        list.push((Shift { begin, end }, format!("{from}-{to}")));
    }
    list.sort_by_key(|(shift, _)| shift.begin);
    for pair in list.windows(2) {
        if pair[0].0.end > pair[1].0.begin {
            return Err(CalendarError::Overlap(format!("{} and {}", pair[0].1, pair[1].1)));
        }
    }
    Ok(list.into_iter().map(|(shift, _)| shift).collect())
}
