use jiff::{SignedDuration, Timestamp};

use super::model::{Day, DayJob, DayPerson, Measures, Placed, PlanChange, Prices, Rest, Standing};
use crate::dispatch::{Slot, distance_m};

/// Everything in a plan begins on multiples of five minutes: nobody promises 10:07:23.
pub const GRID_S: i64 = 300;
/// Most windows a job has in a day.
const MAX_WINDOWS: usize = 4;
/// Seconds to a shop whose place nobody knows, and metres by road.
const UNKNOWN_WAY: (u32, u32) = (1800, 8000);
/// A shift longer than this gets a break although it has no gap.
const BREAK_AFTER_S: i64 = 6 * 3600;

/// Seconds since midnight of the day.
pub fn seconds_in(day: &Day, at: Timestamp) -> i64 {
    at.as_second() - day.span.from.as_second()
}

fn up(seconds: i64) -> i64 {
    (seconds + GRID_S - 1).div_euclid(GRID_S) * GRID_S
}

fn down(seconds: i64) -> i64 {
    seconds.div_euclid(GRID_S) * GRID_S
}

/// Seconds of work on site, on the grid.
pub fn on_site(job: &DayJob) -> i64 {
    up(i64::from(job.minutes.max(1)) * 60)
}

/// Metres by road: 1.3 times the straight line.
pub fn way_metres(a: Option<(i64, i64)>, b: Option<(i64, i64)>) -> u32 {
    match (a, b) {
        (Some(a), Some(b)) => (u64::from(distance_m(a, b)) * 13 / 10).min(u64::from(u32::MAX)) as u32,
        _ => UNKNOWN_WAY.1,
    }
}

/// Seconds by road, on the grid: three minutes to park, 6.5 m/s for the first five kilometres and 12 m/s beyond. Nothing
/// between two visits at one place.
pub fn way_seconds(a: Option<(i64, i64)>, b: Option<(i64, i64)>) -> u32 {
    if a.is_some() && a == b {
        return 0;
    }
    if a.is_none() || b.is_none() {
        return UNKNOWN_WAY.0;
    }
    let metres = u64::from(way_metres(a, b));
    let tenths = metres.min(5000) * 100 / 65 + metres.saturating_sub(5000) * 10 / 12;
    up(180 + (tenths / 10) as i64).min(i64::from(u32::MAX)) as u32
}

/// When the work may begin that day: inside the shop's hours with time enough to finish, inside the promise, on the grid.
/// Both ends are included. Empty: not that day.
pub fn start_windows(job: &DayJob, day: &Day) -> Vec<(i64, i64)> {
    let work = on_site(job);
    let mut windows: Vec<(i64, i64)> = Vec::new();
    for open in &job.open {
        let mut from = seconds_in(day, open.from).max(0);
        let mut last = seconds_in(day, open.to) - work;
        if let Some(promised) = job.promised {
            from = from.max(seconds_in(day, promised.from));
            last = last.min(seconds_in(day, promised.to) - 1);
        }
        let (from, last) = (up(from), down(last.min(86_400)));
        if from > last {
            continue;
        }
        match windows.last_mut() {
            Some(before) if from <= before.1 => before.1 = before.1.max(last),
            _ => windows.push((from, last)),
        }
    }
    windows.truncate(MAX_WINDOWS);
    windows
}

/// What an order is worth, by rank. An undone visit costs more than the longest trip of a day, or nobody would drive it; one
/// that somebody holds is only dropped when it cannot be kept at all.
pub fn prices(job: &DayJob) -> Prices {
    const UNDONE: [i64; 4] = [90_000, 45_000, 24_000, 12_000];
    const LATE: [i64; 4] = [150, 40, 10, 2];
    let rank = job.rank.min(3);
    let undone = match job.standing {
        Standing::Free => UNDONE[rank],
        Standing::Held(..) => 5_000_000 + UNDONE[rank],
        Standing::Pinned(..) | Standing::Underway(..) => 50_000_000,
    };
    Prices { undone, late_minute: LATE[rank] }
}

/// What is left of a person's shifts.
pub fn shifts_left<'a>(person: &'a DayPerson, day: &Day) -> Vec<&'a Slot> {
    person.shifts.iter().filter(|s| s.to > day.now).collect()
}

/// The break of what is left of a person's day: the longest gap between two shifts as it stands; half an hour about noon in a
/// long shift without one.
pub fn rest(person: &DayPerson, day: &Day) -> Option<Rest> {
    let left = shifts_left(person, day);
    let gap = left.windows(2).map(|two| (seconds_in(day, two[0].to), seconds_in(day, two[1].from))).max_by_key(|(a, b)| b - a);
    if let Some((open, until)) = gap {
        return Some(Rest { seconds: until - open, open, close: open });
    }
    let (from, to) = left.first().map(|s| (seconds_in(day, s.from), seconds_in(day, s.to)))?;
    let noon = (11 * 3600, 13 * 3600 + 1800);
    (to - from > BREAK_AFTER_S && from <= noon.0 && noon.1 + 1800 <= to).then_some(Rest { seconds: 1800, open: noon.0, close: noon.1 })
}

/// Whether a visit lies wholly inside one shift.
pub fn within_shifts(person: &DayPerson, slot: Slot) -> bool {
    person.shifts.iter().any(|s| s.from <= slot.from && slot.to <= s.to)
}

/// What a plan does to an order.
pub fn change(standing: Standing, after: Option<Placed>) -> PlanChange {
    match (standing.placed(), after) {
        (None, None) => PlanChange::Left,
        (None, Some(_)) => PlanChange::New,
        (Some(_), None) => PlanChange::Kept,
        (Some(a), Some(b)) if a.person != b.person => PlanChange::Moved,
        (Some(a), Some(b)) if a.slot.from != b.slot.from => PlanChange::Retimed,
        _ => PlanChange::Same,
    }
}

/// Whether the merchant must be told a window: the order gets a place and no promise stands.
pub fn to_tell(job: &DayJob, change: PlanChange) -> bool {
    job.promised.is_none() && matches!(change, PlanChange::New | PlanChange::Moved | PlanChange::Retimed)
}

/// A day in numbers, for the places its orders have.
pub fn measure(day: &Day, places: &[Option<Placed>]) -> Measures {
    let mut out = Measures::default();
    for (person, who) in day.people.iter().enumerate() {
        let mut route: Vec<(Timestamp, Option<(i64, i64)>)> = Vec::new();
        for (job, placed) in day.jobs.iter().zip(places) {
            if let Some(placed) = placed.filter(|p| p.person == person) {
                route.push((placed.slot.from, job.place));
            }
        }
        route.sort_by_key(|stop| stop.0);
        out.engineers += u32::from(!route.is_empty());
        let mut here = Some(who.home);
        for (_, there) in route {
            // An unknown place is no way to measure.
            if let (Some(_), Some(_)) = (here, there) {
                out.metres += u64::from(way_metres(here, there));
            }
            here = there.or(here);
        }
    }
    for (job, placed) in day.jobs.iter().zip(places) {
        match placed {
            Some(placed) => {
                out.served += 1;
                if let Some(due) = job.due.filter(|due| placed.slot.to > *due) {
                    out.sla_at_risk += 1;
                    let late = (placed.slot.to.duration_since(due) + SignedDuration::from_secs(59)).as_mins();
                    out.late_minutes += u64::try_from(late).unwrap_or(0);
                }
            }
            None => {
                out.unassigned += 1;
                out.sla_at_risk += u32::from(job.due.is_some_and(|due| due < day.span.to));
            }
        }
    }
    out
}
