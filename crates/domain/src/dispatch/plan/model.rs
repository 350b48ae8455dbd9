use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dispatch::{Certificate, Needed, Slot};

crate::ids! {
    /// A plan of a day.
    PlanId = "pln";
}

/// What became of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Being searched for.
    Running,
    /// Found; nobody has been told.
    Proposed,
    /// Offered to the engineers.
    Published,
    /// Not wanted.
    Discarded,
    /// Could not be made.
    Failed,
}

/// What a plan does to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanChange {
    /// Nothing: same engineer, same time.
    Same,
    /// Nobody had it, now somebody has.
    New,
    /// Another engineer.
    Moved,
    /// The same engineer at another time.
    Retimed,
    /// Nobody has it, nobody gets it.
    Left,
    /// Somebody has it and the plan finds no better place: it stays with them.
    Kept,
}

/// Where an order stands when the day is planned. People are places in [`Day::people`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has it.
    Free,
    /// Somebody was asked or took it on; may move at a price.
    Held(usize, Slot),
    /// A person said that it stays where it is.
    Pinned(usize, Slot),
    /// Begun, or done today.
    Underway(usize, Slot),
}

impl Standing {
    /// Who has it and when.
    pub fn placed(self) -> Option<Placed> {
        match self {
            Standing::Free => None,
            Standing::Held(person, slot) | Standing::Pinned(person, slot) | Standing::Underway(person, slot) => {
                Some(Placed { person, slot })
            }
        }
    }

    /// Whether the plan must leave it where it is.
    pub fn fixed(self) -> bool {
        matches!(self, Standing::Pinned(..) | Standing::Underway(..))
    }
}

/// An order that wants a place in a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayJob {
    /// The order's number, as people say it.
    pub number: String,
    /// Skills that are needed, all of them.
    pub skills: Vec<Needed>,
    /// The shop's district.
    pub district: String,
    /// The shop: millionths of a degree, latitude and longitude; if known.
    pub place: Option<(i64, i64)>,
    /// When somebody is in the shop, in order.
    pub open: Vec<Slot>,
    /// The window the merchant was promised, unless it is over.
    pub promised: Option<Slot>,
    /// When it must be solved, if a clock runs.
    pub due: Option<Timestamp>,
    /// Expected work on site, minutes.
    pub minutes: u32,
    /// 0 is the most urgent, 3 the least.
    pub rank: usize,
    /// Where it stands.
    pub standing: Standing,
}

/// An engineer on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPerson {
    /// Name.
    pub name: String,
    /// What they can.
    pub skills: Vec<Certificate>,
    /// Districts they cover.
    pub territory: Vec<String>,
    /// When they work that day, in order, without absences.
    pub shifts: Vec<Slot>,
    /// Most orders a day.
    pub daily_limit: u32,
    /// Where they start: millionths of a degree.
    pub home: (i64, i64),
}

/// Everything known of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Which day.
    pub date: Date,
    /// Midnight to midnight.
    pub span: Slot,
    /// Nothing new begins before this.
    pub now: Timestamp,
    /// Orders.
    pub jobs: Vec<DayJob>,
    /// Engineers.
    pub people: Vec<DayPerson>,
}

/// A place in the day: whose, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Place in [`Day::people`].
    pub person: usize,
    /// Time on site.
    pub slot: Slot,
}

/// Somebody else who could do it, and what that would cost more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    /// Who and when.
    pub placed: Placed,
    /// Cost of the plan with it, less the cost without the order (fen).
    pub extra_fen: i64,
}

/// A break of a day: seconds from midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Length.
    pub seconds: i64,
    /// Earliest begin.
    pub open: i64,
    /// Latest begin.
    pub close: i64,
}

/// What an order is worth (fen).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// Of leaving it undone today.
    pub undone: i64,
    /// Of each started minute after its deadline.
    pub late_minute: i64,
}

/// What kept an order out of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The shop is closed for the whole rest of the day, or too short for the work.
    Closed,
    /// The merchant was promised another day, or what is left of the promise is too short.
    Promised(Slot),
    /// Nobody can: how many engineers fail on which ground.
    Nobody {
        /// A skill or its certificate is missing.
        skills: usize,
        /// The day is full.
        full: usize,
        /// No time keeps shop hours, promise, shift and the other visits.
        time: usize,
        /// Engineers looked at.
        of: usize,
    },
    /// The cheapest place costs more than leaving it (fen).
    TooDear {
        /// Cheapest place.
        extra_fen: i64,
        /// Leaving it.
        undone_fen: i64,
    },
    /// It is held by somebody; the plan could not keep it in time with everything else, and leaves it to a person.
    Stays,
}

/// A day in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Measures {
    /// Orders with a place.
    pub served: u32,
    /// Orders without.
    pub unassigned: u32,
    /// Engineers with work.
    pub engineers: u32,
    /// Metres by road, from home to the last shop.
    pub metres: u64,
    /// Orders that end after their deadline, or have none to do them before it passes today.
    pub sla_at_risk: u32,
    /// Minutes after deadlines, all orders together.
    pub late_minutes: u64,
}
