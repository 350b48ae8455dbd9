use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ground::{EngineerId, Text};

crate::ids! {
    /// An offer of a work order to an engineer.
    OfferId = "ofr";
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// Asked; no answer yet.
    Offered,
    /// Taken on.
    Accepted,
    /// Said no.
    Refused,
    /// Taken back by dispatch.
    Withdrawn,
}

/// From one instant up to another one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Included.
    pub from: Timestamp,
    /// Excluded.
    pub to: Timestamp,
}

/// A skill a job asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
}

/// Names of skills, one after the other, as a sentence lists them.
pub(super) fn listed(skills: &[Needed]) -> Text {
    let join = |with: &str, one: fn(&Needed) -> &str| skills.iter().map(one).collect::<Vec<_>>().join(with);
    Text { zh: join("、", |s| &s.name.zh), en: join(", ", |s| &s.name.en) }
}

/// Minutes as people say them: nobody counts 2596 of them.
pub fn length(minutes: i64) -> Text {
    let (days, hours, rest) = (minutes / (24 * 60), minutes / 60 % 24, minutes % 60);
    let (zh, en) = match (days, minutes / 60) {
        (0, 0) => (format!("{rest}分钟"), format!("{rest} min")),
        (0, _) => (format!("{hours}小时{rest}分钟"), format!("{hours} h {rest} min")),
        _ => (format!("{days}天{hours}小时"), format!("{days} d {hours} h")),
    };
    Text { zh, en }
}

/// How the end of the work lies to its deadline, in minutes, hours or days as people say them.
pub(super) fn against(due: Timestamp, end: Timestamp) -> Text {
    let late = end > due;
    // What is late is late by the minute that has begun; what is early, by whole minutes.
    let minutes = if late { (end.duration_since(due).as_secs() + 59) / 60 } else { due.duration_since(end).as_secs() / 60 };
    let Text { zh, en } = length(minutes);
    if late {
        Text { zh: format!("完工比时限晚{zh}"), en: format!("Would finish {en} after the deadline") }
    } else {
        Text { zh: format!("时限前{zh}完工"), en: format!("Would finish {en} before the deadline") }
    }
}

/// Work to be given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Skills that are needed, all of them.
    pub skills: Vec<Needed>,
    /// The shop's district.
    pub district: String,
    /// The shop: millionths of a degree, latitude and longitude; if known.
    pub place: Option<(i64, i64)>,
    /// When somebody is in the shop, in order; the days that are looked at.
    pub open: Vec<Slot>,
    /// When it must be solved, if a clock runs.
    pub due: Option<Timestamp>,
    /// Expected work on site, minutes.
    pub minutes: u32,
}

/// A skill with the last day of its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The skill.
    pub skill: String,
    /// Its last day; without one it does not expire.
    pub until: Option<Date>,
}

/// Time an engineer has given away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The order's number, as people say it.
    pub number: String,
    /// When.
    pub slot: Slot,
}

/// Somebody who could do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: EngineerId,
    /// Name.
    pub name: String,
    /// What they can.
    pub skills: Vec<Certificate>,
    /// Districts they cover.
    pub territory: Vec<String>,
    /// When they work, in order; the same days as the job's.
    pub shifts: Vec<Slot>,
    /// Most orders a day.
    pub daily_limit: u32,
    /// Where they start: millionths of a degree, latitude and longitude.
    pub home: (i64, i64),
    /// What they have been given already.
    pub booked: Vec<Booked>,
    /// Whether they said no to this very job before.
    pub refused_before: bool,
}

/// Somebody who could do it, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub id: EngineerId,
    /// Name.
    pub name: String,
    /// Whether no hard rule speaks against it.
    pub fits: bool,
    /// The hard rule that does.
    pub excluded_by: Option<Text>,
    /// The work would end before the deadline; where no clock runs, always.
    pub keeps_due: bool,
    /// 0 to 100, higher is better; 0 for whom a hard rule excludes.
    pub score: u8,
    /// Every fact that went into it, in words.
    pub why: Vec<Text>,
    /// Orders they have today.
    pub load_today: u32,
    /// The proposed time on site.
    pub slot: Option<Slot>,
}
