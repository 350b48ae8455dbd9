use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::model::{Candidate, Certificate, Job, Person, Slot, against, listed};
use super::offer::LEAD_MIN;
use crate::ground::Text;

/// Minutes kept free between two visits besides the way.
const BUFFER: i64 = 15;
/// Metres a minute through town, door to door: 18 km an hour.
const PACE: u32 = 300;
/// Starting times are multiples of this many minutes.
const GRID: i64 = 15;

fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

/// Metres between two places given in millionths of a degree, on a flat map: within a city off by less than one in a hundred.
pub fn distance_m(a: (i64, i64), b: (i64, i64)) -> u32 {
    let degrees = |e6: i64| e6 as f64 / 1e6;
    let north = degrees(a.0 - b.0) * 111_320.0;
    let east = degrees(a.1 - b.1) * 111_320.0 * degrees((a.0 + b.0) / 2).to_radians().cos();
    north.hypot(east).min(4e7) as u32
}

/// Everybody, judged for a job, the best first. Hard: skills with valid certificates, a free time within shift and opening
/// hours. Whoever keeps the deadline comes before whoever does not (S1-09). Soft: load, territory, distance, an earlier no. This function is the place where the planner will stand:
/// same question, same answer. Days and hours are those of `zone`.
pub fn rank(job: &Job, people: &[Person], now: Timestamp, zone: &TimeZone) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = people.iter().map(|person| judge(job, person, now, zone)).collect();
    candidates.sort_by(|a, b| {
        let start = |c: &Candidate| c.slot.map_or(Timestamp::MAX, |s| s.from);
        b.fits
            .cmp(&a.fits)
            .then(b.keeps_due.cmp(&a.keeps_due))
            .then(b.score.cmp(&a.score))
            .then(start(a).cmp(&start(b)))
            .then(a.id.cmp(&b.id))
    });
    candidates
}

fn judge(job: &Job, person: &Person, now: Timestamp, zone: &TimeZone) -> Candidate {
    let today = now.to_zoned(zone.clone()).date();
    let on =
        |day| u32::try_from(person.booked.iter().filter(|b| b.slot.from.to_zoned(zone.clone()).date() == day).count()).unwrap_or(u32::MAX);
    let mut candidate = Candidate {
        id: person.id,
        name: person.name.clone(),
        fits: false,
        excluded_by: None,
        keeps_due: false,
        score: 0,
        why: Vec::new(),
        load_today: on(today),
        slot: None,
    };
    let metres = job.place.map(|place| distance_m(place, person.home));
    let way = SignedDuration::from_mins(i64::from(metres.unwrap_or(0).div_ceil(PACE)));
    let full = |slot: &Slot| on(slot.from.to_zoned(zone.clone()).date()) >= person.daily_limit;
    let Some(slot) = free_slot(job, person, now + SignedDuration::from_mins(LEAD_MIN) + way, &full) else {
        candidate.excluded_by =
            no_skill(job, person, now, zone).or_else(|| Some(text("营业时间内没有空班", "No free time in a shift while the shop is open")));
        return candidate;
    };
    // A certificate must be good on the day of the visit, not on the day of asking.
    if let Some(why) = no_skill(job, person, slot.from, zone) {
        candidate.excluded_by = Some(why);
        return candidate;
    }
    candidate.fits = true;
    candidate.slot = Some(slot);
    candidate.keeps_due = job.due.is_none_or(|due| slot.to <= due);
    weigh(job, person, &mut candidate, slot, metres, on(slot.from.to_zoned(zone.clone()).date()));
    candidate
}

fn no_skill(job: &Job, person: &Person, at: Timestamp, zone: &TimeZone) -> Option<Text> {
    let day = at.to_zoned(zone.clone()).date();
    job.skills.iter().find_map(|wanted| match person.skills.iter().find(|c| c.skill == wanted.code) {
        None => Some(text(format!("没有技能“{}”", wanted.name.zh), format!("Does not have the skill \"{}\"", wanted.name.en))),
        Some(Certificate { until: Some(until), .. }) if *until < day => {
            let (zh, en) = (&wanted.name.zh, &wanted.name.en);
            Some(text(format!("技能“{zh}”的证书已于{until}到期"), format!("The certificate for \"{en}\" ended on {until}")))
        }
        Some(_) => None,
    })
}

/// The first time on the grid, from `earliest`, that lies wholly within one shift and one opening interval and keeps its
/// distance from everything booked, on a day that is not full.
fn free_slot(job: &Job, person: &Person, earliest: Timestamp, full: &dyn Fn(&Slot) -> bool) -> Option<Slot> {
    let work = SignedDuration::from_mins(i64::from(job.minutes.max(1)));
    let gap = SignedDuration::from_mins(BUFFER);
    for open in &job.open {
        for shift in &person.shifts {
            let (begin, end) = (open.from.max(shift.from).max(earliest), open.to.min(shift.to));
            let mut from = on_grid(begin);
            while from + work <= end {
                let slot = Slot { from, to: from + work };
                let near = person.booked.iter().find(|b| slot.from < b.slot.to + gap && b.slot.from < slot.to + gap);
                match near {
                    Some(booked) => from = on_grid((booked.slot.to + gap).max(from + SignedDuration::from_mins(GRID))),
                    None if full(&slot) => break,
                    None => return Some(slot),
                }
            }
        }
    }
    None
}

fn on_grid(at: Timestamp) -> Timestamp {
    let (ms, grid) = (at.as_millisecond(), GRID * 60_000);
    Timestamp::from_millisecond(ms + (grid - ms.rem_euclid(grid)) % grid).unwrap_or(at)
}

/// Points away from 100, each with its reason.
fn weigh(job: &Job, person: &Person, candidate: &mut Candidate, slot: Slot, metres: Option<u32>, load: u32) {
    let mut lost = 0;
    let why = &mut candidate.why;
    if !job.skills.is_empty() {
        let skills = listed(&job.skills);
        why.push(text(format!("技能齐备且证书有效：{}", skills.zh), format!("Has every skill, certificates valid: {}", skills.en)));
    }
    if let Some(due) = job.due {
        lost += if slot.to > due { 40 } else { 0 };
        why.push(against(due, slot.to));
    }
    let limit = person.daily_limit.max(1);
    lost += (25 * load.min(limit)) / limit;
    why.push(text(format!("当天{load}单，上限{limit}单"), format!("Orders that day: {load}, limit {limit}")));
    let district = &job.district;
    if person.territory.contains(district) {
        why.push(text(format!("负责{district}"), format!("Covers {district}")));
    } else {
        lost += 15;
        why.push(text(format!("不负责{district}"), format!("Does not cover {district}")));
    }
    if let Some(metres) = metres {
        lost += (metres / 1000).min(15);
        let km = f64::from(metres) / 1000.0;
        why.push(text(format!("距离{km:.1}公里"), format!("{km:.1} km away")));
    }
    if person.refused_before {
        lost += 30;
        why.push(text("之前拒绝过这单", "Said no to this order before"));
    }
    candidate.score = u8::try_from(100_u32.saturating_sub(lost)).unwrap_or(0);
}
