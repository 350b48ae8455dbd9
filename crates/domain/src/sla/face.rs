use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::book::{Book, ClockKind};
use super::model::{Answer, ClockState, Level};

/// A clock as people see it at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Clock {
    /// What it measures.
    pub kind: ClockKind,
    /// The face to show.
    pub level: Level,
    /// When the target is or was used up; null while held, void, or never.
    pub due_at: Option<Timestamp>,
    /// Business seconds left, negative when late; null when void.
    pub remaining_s: Option<i64>,
    /// Business seconds allowed.
    pub target_s: i64,
    /// Business seconds used in the present cycle.
    pub consumed_s: i64,
    /// Reasons that hold it now, sorted.
    pub paused_reasons: Vec<String>,
    /// The first breach of all cycles.
    pub breached_at: Option<Timestamp>,
    /// Whether the last cycle ended in time; null unless stopped.
    pub met: Option<bool>,
    /// The instant this is true for.
    pub computed_at: Timestamp,
}

/// A clock as the store keeps it: the answer at the last event or firing. Enough to show it at any later instant
/// at which nothing else has happened, without its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it measures.
    pub kind: ClockKind,
    /// Agreement in force.
    pub agreement: String,
    /// Priority in force.
    pub priority: String,
    /// The calendar of what was ordered; without one the agreement says whose hours count.
    pub calendar: Option<String>,
    /// Where it stood.
    pub state: ClockState,
    /// The present cycle, from 1.
    pub cycle: u32,
    /// Business milliseconds allowed.
    pub target_ms: i64,
    /// Business milliseconds used at `computed_at`, or at the stop.
    pub consumed_ms: i64,
    /// When the target is used up if nothing else happens.
    pub due: Option<Timestamp>,
    /// The next instant at which a warning or the breach falls due.
    pub next: Option<Timestamp>,
    /// The first breach of all cycles.
    pub breached: Option<Timestamp>,
    /// Whether the last cycle ended in time.
    pub met: Option<bool>,
    /// Reasons that hold it, sorted.
    pub reasons: Vec<String>,
    /// The true start.
    pub started: Timestamp,
    /// The instant of the answer.
    pub computed: Timestamp,
    /// Years used without official holiday data.
    pub unofficial_years: Vec<i16>,
}

impl Kept {
    /// What to keep of an answer.
    pub fn of(kind: ClockKind, answer: &Answer) -> Self {
        Self {
            kind,
            agreement: answer.agreement.clone(),
            priority: answer.priority.clone(),
            calendar: answer.promise.as_ref().map(|promise| promise.calendar.clone()),
            state: answer.state,
            cycle: answer.cycle,
            target_ms: answer.target_s * 1000,
            consumed_ms: answer.consumed_ms,
            due: answer.due,
            next: answer.wake,
            breached: answer.breached_at(),
            met: answer.met,
            reasons: answer.held.clone(),
            started: answer.started_at,
            computed: answer.as_of,
            unofficial_years: answer.unofficial_years.clone(),
        }
    }

    /// The clock at a later instant, provided nothing happened since. Before `computed` it shows that instant.
    pub fn face(&self, book: &Book, now: Timestamp) -> Clock {
        let now = now.max(self.computed);
        let mut used = self.consumed_ms;
        let mut breached = self.breached;
        if self.state == ClockState::Running {
            let hours = match &self.calendar {
                Some(name) => book.calendar(name),
                None => book.calendar_of(self.kind, &self.agreement, &self.priority),
            };
            used += hours.map_or(0, |hours| hours.calendar.open_ms(self.computed.max(self.started), now));
            breached = breached.or(self.due.filter(|due| *due < now));
        }
        let target_s = self.target_ms / 1000;
        Clock {
            kind: self.kind,
            level: Level::of(self.state, self.met, used, self.target_ms),
            due_at: self.due,
            remaining_s: (self.state != ClockState::Cancelled).then(|| (self.target_ms - used).div_euclid(1000)),
            target_s,
            consumed_s: used / 1000,
            paused_reasons: self.reasons.clone(),
            breached_at: breached,
            met: self.met,
            computed_at: now,
        }
    }
}

/// Of several clocks the one to look at first: a live one before an ended one, the soonest due first, a held one last.
pub fn most_urgent(clocks: &[Clock]) -> Option<&Clock> {
    let live = |clock: &&Clock| !matches!(clock.level, Level::Met | Level::Missed | Level::Void);
    clocks.iter().filter(live).min_by_key(|clock| (clock.due_at.is_none(), clock.due_at, clock.kind))
}
