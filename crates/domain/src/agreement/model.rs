use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::month::midnight;
use super::terms::hours;
use crate::ground::{Timestamp, UserId};

crate::ids! {
    /// What one acquirer is owed for one agreement and one month.
    StatementId = "mst";
    /// The clock a line is about.
    ClockId = "clk";
    /// The ticket it belongs to.
    TicketId = "tkt";
    /// What is not counted, and why.
    ExclusionId = "exc";
    /// A line somebody does not agree with.
    DisputeId = "dsp";
}

crate::words! {
    /// What was promised.
    ClauseKind {
        /// Until somebody answers.
        FirstResponse = "first_response",
        /// Until it works again.
        Resolution = "resolution",
    }
    /// How a promise counts on a statement.
    LineVerdict {
        /// Kept.
        Kept = "kept",
        /// Broken.
        Late = "late",
        /// Counted apart: it neither helps nor costs.
        LeftOut = "left_out",
    }
    /// Where a dispute stands.
    DisputeState {
        /// Nobody has decided yet.
        Open = "open",
        /// It was right: the line counts as it asks, from a new version on.
        Accepted = "accepted",
        /// The line stays as it is.
        Refused = "refused",
    }
    /// Why there is another version of a statement.
    VersionCause {
        /// It is the first.
        First = "first",
        /// Something is no longer counted.
        Exclusion = "exclusion",
        /// A dispute was accepted.
        Dispute = "dispute",
    }
}

/// What a clock says of its promise, once it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// Whose clock.
    pub clock: ClockId,
    /// Of which ticket.
    pub ticket: TicketId,
    /// What was promised.
    pub kind: ClauseKind,
    /// The first contact.
    pub started: Timestamp,
    /// When it fell due: at the breach where there was one.
    pub due: Timestamp,
    /// When it was answered or solved; none while it is open.
    pub ended: Option<Timestamp>,
    /// Whether it was broken.
    pub breached: bool,
    /// Business seconds late, at the end or at the question; 0 where it was kept.
    pub late_s: i64,
}

/// What is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Excluded {
    /// All that fell due on a day.
    Day(Date),
    /// A ticket.
    Ticket(TicketId),
}

/// What is not counted, and by which entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exclusion {
    /// The entry.
    pub id: ExclusionId,
    /// What.
    pub what: Excluded,
}

impl Exclusion {
    /// The instants `[from, to)` of an excluded day.
    pub fn span(day: Date, zone: &TimeZone) -> (Timestamp, Timestamp) {
        (midnight(day, zone), midnight(day.tomorrow().unwrap_or(day), zone))
    }

    /// Whether a promise is meant.
    pub fn covers(&self, promised: &Promised, zone: &TimeZone) -> bool {
        match self.what {
            Excluded::Ticket(ticket) => ticket == promised.ticket,
            Excluded::Day(day) => {
                let (from, to) = Self::span(day, zone);
                (from..to).contains(&promised.due)
            }
        }
    }
}

/// How a line should count, as somebody who does not agree with it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// It was kept.
    Kept,
    /// It was so many business seconds late.
    Late(i64),
    /// It is not to be counted.
    LeftOut,
}

impl Claim {
    /// As a verdict.
    pub fn verdict(self) -> LineVerdict {
        match self {
            Self::Kept => LineVerdict::Kept,
            Self::Late(_) => LineVerdict::Late,
            Self::LeftOut => LineVerdict::LeftOut,
        }
    }

    /// Seconds late, where it says so.
    pub fn late_s(self) -> Option<i64> {
        match self {
            Self::Late(seconds) => Some(seconds),
            _ => None,
        }
    }
}

/// What was decided about one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// By which dispute.
    pub dispute: DisputeId,
    /// How the line counts.
    pub claim: Claim,
}

/// Why a line counts otherwise than its clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// It was excluded.
    Exclusion(ExclusionId),
    /// A dispute was accepted.
    Dispute(DisputeId),
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What the clock says.
    pub promised: Promised,
    /// How it counts.
    pub verdict: LineVerdict,
    /// Business seconds late that count; 0 unless it is late.
    pub counted_s: i64,
    /// What it costs, in fen.
    pub penalty: i64,
    /// Why it counts otherwise than its clock says.
    pub because: Option<Because>,
}

impl Line {
    /// Hours begun that count.
    pub fn hours(&self) -> i64 {
        hours(self.counted_s)
    }
}

/// What the lines of a clause, or of a whole statement, come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Promises kept.
    pub kept: i64,
    /// Promises broken.
    pub late: i64,
    /// Promises counted apart.
    pub left_out: i64,
    /// What is paid, in fen.
    pub penalty: i64,
}

impl Figures {
    /// Adds a line.
    pub fn add(&mut self, line: &Line) {
        match line.verdict {
            LineVerdict::Kept => self.kept += 1,
            LineVerdict::Late => self.late += 1,
            LineVerdict::LeftOut => self.left_out += 1,
        }
        self.penalty += line.penalty;
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            kept: self.kept + other.kept,
            late: self.late + other.late,
            left_out: self.left_out + other.left_out,
            penalty: self.penalty + other.penalty,
        }
    }

    /// Promises that count: what attainment is a share of.
    pub fn counted(&self) -> i64 {
        self.kept + self.late
    }

    /// Kept of what counts, in hundredths of a percent, cut down and never up; none where nothing counts.
    pub fn attainment_bp(&self) -> Option<i64> {
        (self.counted() > 0).then(|| self.kept.saturating_mul(10_000) / self.counted())
    }
}

/// A dispute as a decision sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// Where it stands.
    pub state: DisputeState,
    /// Who raised it.
    pub by: UserId,
}
