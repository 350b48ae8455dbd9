use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::model::ClauseKind;

/// Highest fee a clause may state, in fen: a hundred thousand yuan.
const MAX_FEE: i64 = 10_000_000;

/// What is paid for a broken promise: so many percent of a fee for every hour that was begun after it, up to a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// Percent of the fee for each hour begun.
    pub per_hour_pct: i64,
    /// Most percent of the fee for one promise.
    pub cap_pct: i64,
    /// The fee of one case, in fen. Whole yuan, so that a percentage of it is whole fen and nothing is ever rounded.
    pub fee_fen: i64,
}

/// Why a penalty cannot be agreed like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PenaltyError {
    /// Percent for an hour are not between 1 and 100.
    PerHour,
    /// The cap is not between what one hour costs and 100.
    Cap,
    /// The fee is not above zero, or too high.
    Fee,
    /// The fee is not in whole yuan.
    FeeBroken,
}

impl fmt::Display for PenaltyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PerHour => "per_hour_pct is a whole number from 1 to 100",
            Self::Cap => "cap_pct is a whole number from per_hour_pct to 100",
            Self::Fee => "fee_fen is above 0 and at most 10000000",
            Self::FeeBroken => "fee_fen is whole yuan, a multiple of 100: a percentage of it must be whole fen",
        })
    }
}

impl Penalty {
    /// Checks it. Errors: see [`PenaltyError`].
    pub fn checked(self) -> Result<Self, PenaltyError> {
        match self {
            _ if !(1..=100).contains(&self.per_hour_pct) => Err(PenaltyError::PerHour),
            _ if !(self.per_hour_pct..=100).contains(&self.cap_pct) => Err(PenaltyError::Cap),
            _ if !(1..=MAX_FEE).contains(&self.fee_fen) => Err(PenaltyError::Fee),
            _ if self.fee_fen % 100 != 0 => Err(PenaltyError::FeeBroken),
            _ => Ok(self),
        }
    }

    /// Most that is paid for one promise, in fen.
    pub fn most(&self) -> i64 {
        self.fee_fen / 100 * self.cap_pct
    }

    /// What so many seconds late cost, in fen: each hour that was begun counts whole.
    pub fn of(&self, late_s: i64) -> i64 {
        let percent = hours(late_s).saturating_mul(self.per_hour_pct).min(self.cap_pct);
        self.fee_fen / 100 * percent
    }
}

/// Hours begun within so many seconds.
pub(super) fn hours(late_s: i64) -> i64 {
    late_s.max(0).saturating_add(3599) / 3600
}

/// What is agreed about one kind of promise, as far as a statement goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The clause of the contract.
    pub number: String,
    /// What is paid when it is broken; without it breaches are counted and cost nothing.
    pub penalty: Option<Penalty>,
}

/// What a statement counts by: the agreement as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Terms {
    /// The version of the agreement.
    pub version: i64,
    /// By kind of promise.
    pub clauses: BTreeMap<ClauseKind, Clause>,
}

/// Why the file of agreements has no terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermsError {
    /// It is not JSON, or not of the expected shape: the place and what was expected there.
    Unreadable(String),
    /// A penalty that cannot be agreed: of which agreement and clock, and why.
    Penalty {
        /// The agreement.
        agreement: String,
        /// The clock.
        kind: ClauseKind,
        /// Why.
        why: PenaltyError,
    },
}

impl fmt::Display for TermsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => f.write_str(why),
            Self::Penalty { agreement, kind, why } => write!(f, "agreements.{agreement}.clocks.{}.penalty: {why}", kind.as_str()),
        }
    }
}

impl std::error::Error for TermsError {}

// The part of the file a statement reads; the rest of it is the clocks' own.
#[derive(Deserialize)]
struct File {
    agreements: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    version: i64,
    clocks: BTreeMap<String, Clock>,
}

#[derive(Deserialize)]
struct Clock {
    clause: String,
    penalty: Option<Penalty>,
}

impl Terms {
    /// Reads the terms of every agreement of a file. Errors: see [`TermsError`].
    pub fn read(agreements: &str) -> Result<BTreeMap<String, Terms>, TermsError> {
        let mut json = serde_json::Deserializer::from_str(agreements);
        let file: File = serde_path_to_error::deserialize(&mut json).map_err(|e| TermsError::Unreadable(e.to_string()))?;
        let mut all = BTreeMap::new();
        for (name, entry) in file.agreements {
            let mut clauses = BTreeMap::new();
            for (clock_name, clock) in entry.clocks {
                let kind = ClauseKind::ALL.iter().copied().find(|kind| kind.as_str() == clock_name);
                let kind =
                    kind.ok_or_else(|| TermsError::Unreadable(format!("agreements.{name}.clocks.{clock_name}: there is no such clock")))?;
                let checked = clock.penalty.map(Penalty::checked).transpose();
                let penalty = checked.map_err(|why| TermsError::Penalty { agreement: name.clone(), kind, why })?;
                clauses.insert(kind, Clause { number: clock.clause, penalty });
            }
            all.insert(name, Terms { version: entry.version, clauses });
        }
        Ok(all)
    }

    /// What so many seconds late cost for a kind of promise, in fen.
    pub fn penalty(&self, kind: ClauseKind, late_s: i64) -> i64 {
        self.clauses.get(&kind).and_then(|clause| clause.penalty).map_or(0, |penalty| penalty.of(late_s))
    }
}
