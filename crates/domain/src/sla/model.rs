use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use crate::ground::Text;

/// How long a priority may take, and whose hours count.
#[derive(Debug, Clone)]
pub struct Target {
    /// Business seconds, at least 0.
    pub seconds: i64,
    /// Hours of this priority alone; without them the agreement's calendar counts.
    pub calendar: Option<Arc<Calendar>>,
}

/// What reopening does to what was already used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnReopen {
    /// The same cycle goes on with what was used so far.
    Continue,
    /// A new cycle begins at zero.
    Restart,
}

/// Calendars by name.
pub type Calendars = BTreeMap<String, Arc<Calendar>>;

/// What was promised for something that was ordered: its own length on its own hours, whatever the priority. It stands in the history
/// as it was on the day of the order, so a catalogue that changes later changes nothing that was promised before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// What was ordered, as it was called then.
    pub name: Text,
    /// Business seconds allowed.
    pub seconds: i64,
    /// Whose hours count: a calendar by name.
    pub calendar: String,
    /// The working days those seconds are, where the promise was made in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// What was agreed for one kind of clock.
#[derive(Debug, Clone)]
pub struct Agreement {
    /// Business hours that count.
    pub calendar: Arc<Calendar>,
    /// Targets by priority.
    pub targets: BTreeMap<String, Target>,
    /// Reasons that hold the clock; any other reason never does.
    pub pause_reasons: Vec<String>,
    /// What reopening does.
    pub on_reopen: OnReopen,
    /// Thresholds in percent of the target, ascending, e.g. 50, 75, 100.
    pub warn: Vec<u32>,
    /// Hours that a [`Promise`] may name.
    pub calendars: Arc<Calendars>,
}

/// The agreements a history may name, by name.
pub type Agreements = BTreeMap<String, Agreement>;

/// Something that happened to a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockEvent {
    /// When; events of one instant apply in the order of the list.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// The kinds of [`ClockEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum What {
    /// The clock starts, at the first contact rather than at its registration.
    Start {
        /// Name of the agreement.
        agreement: String,
        /// Priority as the agreement names it.
        priority: String,
        /// First contact; `None`: the instant of the event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact_at: Option<Timestamp>,
    },
    /// Another contact turns out to belong to the same case.
    Merge {
        /// Names the contact, for a later [`What::Unmerge`].
        id: String,
        /// When that contact was made.
        contact_at: Timestamp,
    },
    /// That contact is detached again, and gives the start back.
    Unmerge {
        /// The contact.
        id: String,
    },
    /// A reason to wait comes into force.
    Pause {
        /// Its name.
        reason: String,
    },
    /// A reason ends; `*` ends all.
    Resume {
        /// Its name, or `*`.
        reason: String,
    },
    /// Another priority from here on.
    Priority {
        /// Priority as the agreement names it.
        priority: String,
    },
    /// Another agreement from here on.
    Agreement {
        /// Name of the agreement.
        agreement: String,
    },
    /// Something was ordered: its promise is the target from here on.
    Order {
        /// What was promised.
        promise: Promise,
    },
    /// Nothing is ordered after all: the agreement's target counts again.
    Unorder,
    /// The target was reached: answered, arrived, solved.
    Stop,
    /// It was not reached after all.
    Reopen,
    /// The clock is void, for good.
    Cancel,
}

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Neither held nor ended; it may be outside business hours.
    Running,
    /// At least one agreed reason holds it.
    Paused,
    /// The target was reached.
    Stopped,
    /// Void.
    Cancelled,
}

/// The face a clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Less than half used.
    Ok,
    /// 50 % or more used.
    Half,
    /// 75 % or more used.
    Tight,
    /// All used.
    Late,
    /// Held, and not late.
    Paused,
    /// Ended in time.
    Met,
    /// Ended too late.
    Missed,
    /// Cancelled.
    Void,
}

impl Level {
    /// The face of a clock in this state with this use, both in milliseconds. All used is late, held or not.
    pub fn of(state: ClockState, met: Option<bool>, used_ms: i64, target_ms: i64) -> Self {
        let (used, target) = (i128::from(used_ms) * 100, i128::from(target_ms));
        match (state, met) {
            (ClockState::Cancelled, _) => Self::Void,
            (ClockState::Stopped, Some(true)) => Self::Met,
            (ClockState::Stopped, _) => Self::Missed,
            _ if used >= target * 100 => Self::Late,
            (ClockState::Paused, _) => Self::Paused,
            _ if used >= target * 75 => Self::Tight,
            _ if used >= target * 50 => Self::Half,
            _ => Self::Ok,
        }
    }
}

/// What a stretch of time was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    /// Counted.
    Run,
    /// Business time that an agreed reason kept from counting.
    Paused,
    /// Outside business hours.
    Closed,
    /// Between a stop and a reopening.
    Stopped,
}

/// A stretch of time `[from, to)` of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Begin, included.
    pub from: Timestamp,
    /// End, not included.
    pub to: Timestamp,
    /// What it was.
    pub kind: SegmentKind,
    /// The reasons that held, sorted; only for [`SegmentKind::Paused`].
    pub reasons: Vec<String>,
    /// The cycle it belongs to, from 1.
    pub cycle: u32,
}

/// The target of a cycle was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breach {
    /// From 1.
    pub cycle: u32,
    /// The true instant, whenever somebody looked.
    pub at: Timestamp,
}

/// A threshold was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// From 1.
    pub cycle: u32,
    /// Percent of the target.
    pub percent: u32,
    /// The true instant.
    pub at: Timestamp,
}

/// How much is wanted of an [`Answer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    Full,
    /// Everything but the segments: enough for badges and lists.
    Brief,
}

/// Everything a history says about its clock at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The instant of the question.
    pub as_of: Timestamp,
    /// The earliest contact: the true start.
    pub started_at: Timestamp,
    /// Where it stands.
    pub state: ClockState,
    /// The present cycle, from 1; reopening may begin another.
    pub cycle: u32,
    /// Agreement in force.
    pub agreement: String,
    /// Priority in force.
    pub priority: String,
    /// The promise in force, where something was ordered.
    pub promise: Option<Promise>,
    /// Business seconds allowed.
    pub target_s: i64,
    /// When the target is or was used up, assuming that nothing else happens; `None` while held, cancelled, or never.
    pub due: Option<Timestamp>,
    /// Business milliseconds used in the present cycle, at the question or at the stop.
    pub consumed_ms: i64,
    /// For each instant asked about: business milliseconds used in the cycle of that instant, in the order asked.
    pub asked: Vec<(Timestamp, i64)>,
    /// One per cycle at most, for ever, in order.
    pub breaches: Vec<Breach>,
    /// Whether the last cycle ended in time; `None` unless stopped.
    pub met: Option<bool>,
    /// Thresholds reached, by cycle and percent.
    pub warnings: Vec<Warning>,
    /// From the start to the stop, the cancellation or the question without gap; empty with [`Detail::Brief`].
    pub segments: Vec<Segment>,
    /// Business milliseconds held, over all cycles, once however many reasons.
    pub paused_ms: i64,
    /// Reasons that hold now, sorted.
    pub held: Vec<String>,
    /// Years used without official holiday data, ascending.
    pub unofficial_years: Vec<i16>,
    /// The next instant at which a warning or the breach falls due if nothing else happens. It counts as reached
    /// for any later question, not for one asked at that very instant.
    pub wake: Option<Timestamp>,
}

impl Answer {
    /// The first breach of all cycles.
    pub fn breached_at(&self) -> Option<Timestamp> {
        self.breaches.first().map(|breach| breach.at)
    }

    /// Target minus use in milliseconds; negative when late.
    pub fn remaining_ms(&self) -> i64 {
        self.target_s * 1000 - self.consumed_ms
    }

    /// The face to show.
    pub fn level(&self) -> Level {
        Level::of(self.state, self.met, self.consumed_ms, self.target_s * 1000)
    }
}

/// Why a history has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockError {
    /// No `start` up to the instant of the question.
    NotStarted,
    /// An agreement is named that does not exist.
    NoAgreement(String),
    /// The agreement promises nothing for this priority.
    NoTarget {
        /// The agreement.
        agreement: String,
        /// The priority.
        priority: String,
    },
    /// What was ordered names a calendar that does not exist.
    NoCalendar(String),
}

impl fmt::Display for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted => write!(f, "the history has no start up to the instant of the question"),
            Self::NoAgreement(name) => write!(f, "agreement {name:?} is not known"),
            Self::NoTarget { agreement, priority } => write!(f, "agreement {agreement:?} has no target for priority {priority:?}"),
            Self::NoCalendar(name) => write!(f, "calendar {name:?} is not known"),
        }
    }
}

impl std::error::Error for ClockError {}
