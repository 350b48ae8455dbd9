//! Clocks: how much business time a promise has used, and when it runs out.
//!
//! Owns: calendars, agreements, the arithmetic of clocks (segments, due instants, warnings, breaches).
//! Never: changes a ticket, decides a priority, reads a wall clock, rounds.
//! Who knocks: flow (start, stop, pause, re-target), the ticker, the explainer, `postsale clock eval`.
//!
//! Where a convention had to be chosen, this one holds everywhere: a target used up at closing time is due *at closing*,
//! not at the next opening; exactly at the due instant counts as met, and a breach is seen by any later question.

mod book;
mod calendar;
mod cases;
mod explain;
mod face;
mod model;
mod read;
mod rules;

pub use book::{Book, Card, ClockKind, NamedCalendar, PRIORITIES, PublicDays, ROUND_THE_CLOCK, Within};
pub use calendar::{Calendar, CalendarError, CalendarSpec, Hours};
pub use cases::{BadCase, CASES_FORMAT, Case, read_cases};
pub use explain::{ClockChange, ClockExplain, ClockLine, ClockWarning, explain};
pub use face::{Clock, Kept, most_urgent};
pub use model::{
    Agreement, Agreements, Answer, Breach, Calendars, ClockError, ClockEvent, ClockState, Detail, Level, OnReopen, Promise, Segment,
    SegmentKind, Target, Warning, What,
};
pub use read::Mistake;
pub use rules::{evaluate, glance};

crate::ids! {
    /// A clock.
    ClockId = "clk";
    /// The ticket a clock belongs to.
    TicketId = "tkt";
}

#[cfg(test)]
mod cases_test;
#[cfg(test)]
mod explain_test;
#[cfg(test)]
mod merge_test;
#[cfg(test)]
mod reference_test;
#[cfg(test)]
mod rules_test;
#[cfg(test)]
mod table_test;
