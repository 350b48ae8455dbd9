use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::ground::Timestamp;

crate::ids! {
    /// A follow-up.
    FollowUpId = "fol";
}

/// How far a follow-up has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FollowUpState {
    /// Waits for its time.
    Scheduled,
    /// The merchant has been asked.
    Asked,
    /// Answered; an answer is final.
    Answered,
    /// Nobody answered in time, or nobody was to be asked.
    Expired,
}

/// A follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The how-manyeth closing of its ticket it belongs to, from 1. One follow-up per round.
    pub round: u32,
    /// How far it has come.
    pub state: FollowUpState,
    /// When to ask.
    pub due_at: Timestamp,
    /// When it was asked.
    pub asked_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// The answer.
    pub answer: Option<Answer>,
}

/// What the merchant says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Whether the trouble is gone.
    pub solved: bool,
    /// 1 (bad) to 5 (very good).
    pub score: u8,
    /// In their own words; may be empty, at most 1000 characters.
    #[serde(default)]
    pub comment: String,
}

/// How something a merchant was not content with was made good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Recovered {
    /// Somebody called, said sorry and explained.
    Explained,
    /// Somebody went there again.
    VisitedAgain,
    /// The terminal or a part was replaced.
    Replaced,
    /// The merchant got something for their trouble.
    Compensated,
    /// They could not be reached.
    NotReached,
}

/// Why a case is opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reopen {
    /// The trouble is still there.
    NotSolved,
    /// Solved, but two stars or fewer: somebody makes it good.
    LowScore,
}

/// The hours of a day in which a merchant may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactWindow {
    /// From.
    pub from: Time,
    /// To, later than `from`.
    pub to: Time,
}

/// How follow-ups are done; an organisation's setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Hours after closing. Default 24.
    pub after_hours: u32,
    /// When one may ask. Default 09:00 to 20:00.
    pub window: ContactWindow,
    /// Days an asked merchant has to answer. Default 7.
    pub answer_days: u32,
    /// Surveys a merchant gets in 30 days at most. Default 4.
    pub per_month: u32,
    /// Hours within which bad news is to be made good. Default 24.
    pub recover_hours: u32,
}

impl Default for Plan {
    fn default() -> Self {
        let window = ContactWindow { from: jiff::civil::time(9, 0, 0, 0), to: jiff::civil::time(20, 0, 0, 0) };
        Self { after_hours: 24, window, answer_days: 7, per_month: 4, recover_hours: 24 }
    }
}

/// What the timer has to do with a follow-up now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing before then.
    Wait(Timestamp),
    /// Ask now; it expires at the stated instant.
    Ask {
        /// When asking ends.
        expires_at: Timestamp,
    },
    /// Asking has ended.
    Expire,
    /// Nothing any more.
    Nothing,
}
