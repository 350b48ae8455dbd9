//! The facts of one planning day: jobs, engineers, travel and prices.
//!
//! Owns: the shapes a caller fills in. Never: a rule about how to search. Who knocks: `vrplib`, the front door, `search`, `check`.

/// Seconds since midnight of the planning day (may pass 24 h). Checked to lie in `-MAX_TIME..=MAX_TIME`.
pub type Seconds = i64;

/// Largest absolute time and duration that is accepted (about 11 years in seconds): sums of a route stay far from overflow.
pub const MAX_TIME: i64 = 350_000_000;
/// Largest price of one job or one hour (fen). Sums over 10,000 jobs stay far from overflow in thousandths of a fen.
pub const MAX_PRICE: i64 = 1_000_000_000;
/// Largest number of places in one matrix: 12,000 squared is 576 MB, the most one planning day may take.
pub const MAX_PLACES: usize = 12_000;
/// A job has at most this many time windows.
pub const MAX_WINDOWS: usize = 4;
/// Speeds of the day have at most this many steps.
pub const MAX_RUSH: usize = 8;

/// One visit that wants to be planned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Job {
    /// The caller's name of the job; unique.
    pub id: String,
    /// Row of the travel matrix.
    pub place: usize,
    /// Time on site (seconds, 0 or more).
    pub service: Seconds,
    /// Hard windows in which the service may START: sorted, not overlapping, one to four.
    pub windows: Vec<(Seconds, Seconds)>,
    /// Bit set of needed skills; the engineer must have all of them.
    pub skills: u64,
    /// Parts used: (index of the kind, quantity).
    pub parts: Vec<(usize, u32)>,
    /// Load that counts against the engineer's `capacity` (VRPTW demand; 0 in field service).
    pub demand: i64,
    /// Price of leaving the job unserved (fen, or distance units when the objective is distance).
    pub unserved: i64,
    /// Start later than this is late (soft).
    pub due: Option<Seconds>,
    /// Price of each started minute of lateness (fen).
    pub late_per_minute: i64,
    /// Territory of the job, if it belongs to one.
    pub territory: Option<i64>,
    /// Engineer (index) and start that the merchant was told before; moving away from it has a price.
    pub told: Option<(usize, Seconds)>,
    /// Only this engineer (index) may serve the job.
    pub pin: Option<usize>,
}

/// A break that is taken once, at a customer's door before the service, or after the last job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// Length (seconds).
    pub duration: Seconds,
    /// Earliest start.
    pub open: Seconds,
    /// Latest start. Whoever is off duty by then takes the break after work.
    pub close: Seconds,
}

/// One engineer and his day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Engineer {
    /// The caller's name; unique.
    pub id: String,
    /// Where the day begins (row of the matrix).
    pub start: usize,
    /// Where it ends; `None` is an open end: the day ends with the last service.
    pub end: Option<usize>,
    /// Shift (from, to).
    pub shift: (Seconds, Seconds),
    /// Seconds of overtime after the shift that are possible at all.
    pub max_overtime: Seconds,
    /// Price of an hour of overtime on top of the hour itself (fen).
    pub overtime_per_hour: i64,
    /// Price of an hour on duty, from the start of the shift to the return (fen).
    pub per_hour: i64,
    /// Price of a kilometre (fen).
    pub per_km: i64,
    /// Price of a day on which the engineer works at all (fen).
    pub fixed: i64,
    /// Break, if one is due.
    pub rest: Option<Break>,
    /// Bit set of skills.
    pub skills: u64,
    /// Stock per kind of part.
    pub stock: Vec<u32>,
    /// Travel times are multiplied by this many thousandths (1000 is the matrix itself).
    pub speed_permille: u32,
    /// Most jobs in a day.
    pub max_jobs: usize,
    /// Most demand in a day.
    pub capacity: i64,
    /// Home territories; empty is at home everywhere.
    pub territories: Vec<i64>,
    /// Jobs already begun or about to begin, in order, with their start: neither moved nor preceded.
    pub frozen: Vec<(usize, Seconds)>,
}

/// Travel between places. Asymmetric matrices are normal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Travel {
    /// Number of places.
    pub places: usize,
    /// Row-major travel seconds, `places * places` values.
    pub seconds: Vec<u32>,
    /// Row-major metres; empty when distance has no price of its own.
    pub metres: Vec<u32>,
    /// Speed of the day: from this time on, seconds are multiplied by so many thousandths. Sorted; empty is 1000 always.
    pub rush: Vec<(Seconds, u32)>,
}

impl Travel {
    /// Travel seconds from `a` to `b` before speed and rush.
    #[inline]
    #[must_use]
    pub fn seconds(&self, a: usize, b: usize) -> u32 {
        self.seconds[a * self.places + b]
    }
    /// Metres from `a` to `b`; 0 when the matrix has none.
    #[inline]
    #[must_use]
    pub fn metres(&self, a: usize, b: usize) -> u32 {
        if self.metres.is_empty() { 0 } else { self.metres[a * self.places + b] }
    }
}

/// What a plan is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Objective {
    /// Sum of travel (matrix values) and the prices of unserved jobs. Hard windows only. VRPTW and POS-lite.
    Distance,
    /// Everything in fen: travel, time, overtime, lateness, unserved, moves, territory.
    #[default]
    Money,
}

/// Prices that belong to the day and not to a job or an engineer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices {
    /// A told job that another engineer now serves (fen).
    pub reassign: i64,
    /// Each full quarter of an hour between the told and the planned start (fen).
    pub retime_quarter: i64,
    /// A job served from outside its territory (fen).
    pub territory: i64,
}

/// The whole day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Problem {
    /// Jobs; plans name them by index.
    pub jobs: Vec<Job>,
    /// Engineers; plans name them by index.
    pub engineers: Vec<Engineer>,
    /// Travel.
    pub travel: Travel,
    /// Prices of the day.
    pub prices: Prices,
    /// What counts.
    pub objective: Objective,
    /// Nothing that is not frozen starts before this time.
    pub now: Seconds,
}

/// Why an input cannot be planned: which thing, which field, what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadInput {
    /// `job 17`, `engineer 3`, `travel`, `line 40`.
    pub subject: String,
    /// Name of the field as the input spells it.
    pub field: &'static str,
    /// One sentence.
    pub reason: String,
}

impl std::fmt::Display for BadInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, field {}: {}", self.subject, self.field, self.reason)
    }
}

impl std::error::Error for BadInput {}

/// Short constructor for [`BadInput`].
pub fn bad<T>(subject: impl Into<String>, field: &'static str, reason: impl Into<String>) -> Result<T, BadInput> {
    Err(BadInput { subject: subject.into(), field, reason: reason.into() })
}

/// Route of one engineer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    /// Index of the engineer.
    pub engineer: usize,
    /// Jobs in order (indices).
    pub jobs: Vec<usize>,
    /// Start of each service.
    pub starts: Vec<Seconds>,
    /// Start of the break, when it is taken before the return.
    pub rest: Option<Seconds>,
}

/// Cost of a plan by term. In distance units for [`Objective::Distance`], else fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Kilometres (or matrix distance).
    pub travel: i64,
    /// Hours on duty, and the fixed price of working days.
    pub time: i64,
    /// Overtime.
    pub overtime: i64,
    /// Lateness.
    pub lateness: i64,
    /// Unserved jobs.
    pub unserved: i64,
    /// Told jobs with another engineer.
    pub reassign: i64,
    /// Told jobs at another time.
    pub retime: i64,
    /// Jobs outside their territory.
    pub territory: i64,
}

impl Cost {
    /// The one number that is minimised: the sum of all terms.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.terms().iter().map(|(_, v)| v).sum()
    }
    /// The terms with their names.
    #[must_use]
    pub fn terms(&self) -> [(&'static str, i64); 8] {
        [
            ("travel", self.travel),
            ("time", self.time),
            ("overtime", self.overtime),
            ("lateness", self.lateness),
            ("unserved", self.unserved),
            ("reassign", self.reassign),
            ("retime", self.retime),
            ("territory", self.territory),
        ]
    }
}

/// A plan: who does what when, and what stays undone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Routes with at least one job, by engineer.
    pub routes: Vec<Route>,
    /// Jobs that nobody serves, ascending.
    pub unserved: Vec<usize>,
    /// Version of a resident plan; every write adds one.
    pub version: u64,
}
