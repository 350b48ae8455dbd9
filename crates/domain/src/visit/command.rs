use serde::{Deserialize, Serialize};

use super::model::{Backup, Confirmed, PartUseId, Span, StepResult, VisitOutcome};
use crate::ground::EngineerId;

/// What stands behind the code a merchant tells the engineer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeCheck {
    /// None was sent.
    NotSent,
    /// It is the one.
    Right,
    /// It is another one.
    Wrong {
        /// Attempts that remain.
        left: u32,
    },
    /// It was sent too long ago.
    Expired,
    /// Too many wrong ones; a new code must be sent.
    UsedUp,
}

/// How the merchant confirms now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// By code; compared downstairs, where it is kept.
    Code(CodeCheck),
    /// By hand.
    Signature {
        /// Who signs.
        name: String,
        /// Lines of points.
        strokes: Vec<Vec<(i32, i32)>>,
    },
}

/// What the rules must be told about the rest of the house.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The number of an order the engineer has accepted for an overlapping time.
    pub overlaps: Option<String>,
    /// Metres between the telephone and the shop, if both are known.
    pub metres_away: Option<u32>,
    /// The fault code given now is not in the taxonomy.
    pub fault_unknown: bool,
    /// The part given now is not in the list.
    pub part_unknown: bool,
    /// The old unit is bound to another merchant or shop than the ticket's: not the one that stands here.
    pub old_unit_elsewhere: bool,
    /// The new unit's serial number is unknown, or it stands at a merchant: the reason it cannot be used.
    pub new_unit: Option<NewUnit>,
    /// The new unit is another model than the one that goes.
    pub other_model: Option<OtherModel>,
    /// Of a part and of finishing: what it costs the merchant, where they have not agreed and nobody waived it.
    pub charge: Option<Charge>,
}

/// Work that costs the merchant something they have not agreed to: how far the asking has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unagreed {
    /// Nobody was asked, or what was asked is over.
    NotAsked,
    /// The merchant has the quote and has not answered.
    Waits,
    /// They said no.
    Declined,
    /// They agreed to other work than this.
    Short,
}

/// The same, with what it would cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// How far the asking has come.
    pub asked: Unagreed,
    /// Fen that are not agreed to.
    pub amount: i64,
}

/// Two models that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherModel {
    /// The one that goes.
    pub old: String,
    /// The one that comes.
    pub new: String,
    /// What the old one can do and the new one cannot, as words of the house.
    pub lacks: Vec<String>,
}

/// The same, with the reason that was said for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSaid {
    /// The one that went.
    pub old: String,
    /// The one that came.
    pub new: String,
    /// What the old one could do and the new one cannot.
    pub lacks: Vec<String>,
    /// Why it is this one all the same.
    pub reason: String,
}

/// A part as the engineer says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartLine {
    /// The line's id.
    pub id: PartUseId,
    /// The part's code.
    pub part: String,
    /// What was taken out.
    pub old_serial: Option<String>,
    /// What was put in.
    pub new_serial: Option<String>,
    /// Why a whole unit of another model is put in.
    pub model_reason: Option<String>,
}

/// What is wrong with a new unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewUnit {
    /// Nobody knows the serial number.
    Unknown,
    /// It belongs to a merchant.
    Bound,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask an engineer; who, is dispatch's choice.
    Offer {
        /// Who.
        engineer: EngineerId,
        /// When they would be there.
        planned: Span,
        /// What the merchant is told; without it the promise stands as it is.
        promised: Option<Span>,
    },
    /// Take it back.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Take it on.
    Accept,
    /// Say no.
    Refuse {
        /// Why.
        reason: String,
    },
    /// Leave for the shop.
    Depart,
    /// Be there.
    Arrive {
        /// Why the telephone stands elsewhere.
        off_site_reason: Option<String>,
        /// Where it stands: millionths of a degree.
        place: Option<(i64, i64)>,
    },
    /// Say what it is.
    Diagnose {
        /// Code of the taxonomy.
        fault_code: String,
        /// What to add.
        note: Option<String>,
    },
    /// Say what became of the data.
    Backup {
        /// What.
        state: Backup,
    },
    /// Note a step.
    Step {
        /// Which.
        code: String,
        /// How it ended.
        result: StepResult,
        /// What to add.
        note: Option<String>,
        /// What was shown to the merchant, by code; as it was without it.
        shown: Option<Vec<String>>,
        /// Photos that came along; those that came before stay.
        photos: u32,
    },
    /// Note a part.
    Part(PartLine),
    /// Say whether the data are back.
    Restore {
        /// Whether they are.
        verified: bool,
        /// What to add.
        note: Option<String>,
    },
    /// Say what was delivered or installed.
    Deliver {
        /// In words.
        what: String,
        /// Of an installation: the number the acquirer gave the terminal, as it is written.
        tid: Option<String>,
    },
    /// Finish.
    Complete {
        /// How it ended.
        outcome: VisitOutcome,
        /// How the merchant confirms.
        confirmation: Confirmation,
    },
    /// End without a repair.
    Fail {
        /// Why.
        reason: String,
        /// What must happen now.
        follow_up: String,
    },
    /// Withdraw the order.
    Cancel {
        /// Why.
        reason: String,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Event {
    /// Somebody was asked.
    Offered {
        /// Who.
        engineer: EngineerId,
        /// When they would be there.
        planned: Span,
        /// What the merchant is told now, if that changed.
        promised: Option<Span>,
    },
    /// Taken back.
    Withdrawn {
        /// From whom.
        engineer: EngineerId,
        /// Why.
        reason: String,
    },
    /// Taken on.
    Accepted {
        /// By whom.
        engineer: EngineerId,
    },
    /// Somebody said no.
    Refused {
        /// Who.
        engineer: EngineerId,
        /// Why.
        reason: String,
    },
    /// Left for the shop.
    Departed,
    /// Came.
    Arrived {
        /// Whether the telephone stood elsewhere.
        off_site: bool,
        /// Why, if they said.
        reason: Option<String>,
        /// Where it stood.
        place: Option<(i64, i64)>,
    },
    /// Found.
    Diagnosed {
        /// What.
        fault_code: String,
        /// What to add.
        note: Option<String>,
    },
    /// Said what became of the data.
    BackupNoted {
        /// What.
        state: Backup,
    },
    /// A step.
    StepDone {
        /// Which.
        step: String,
        /// How it ended.
        result: StepResult,
        /// What to add.
        note: Option<String>,
        /// What was shown to the merchant, by code.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shown: Vec<String>,
        /// How many photos there are now.
        #[serde(default)]
        photos: u32,
    },
    /// A part.
    PartUsed {
        /// The line's id.
        id: PartUseId,
        /// The part's code.
        part: String,
        /// What was taken out.
        old_serial: Option<String>,
        /// What was put in.
        new_serial: Option<String>,
        /// A whole unit of another model than the one that stood there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other_model: Option<ModelSaid>,
    },
    /// Said whether the data are back.
    Restored {
        /// Whether they are.
        verified: bool,
        /// What to add.
        note: Option<String>,
    },
    /// Said what was delivered or installed.
    Delivered {
        /// In words.
        what: String,
        /// The number the acquirer gave the terminal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tid: Option<String>,
    },
    /// Nothing is missing any more but the confirmation.
    Repaired,
    /// Something is missing again.
    WorkResumed,
    /// Finished.
    Completed {
        /// How it ended.
        outcome: VisitOutcome,
        /// How the merchant confirmed.
        confirmed: Confirmed,
    },
    /// Ended without a repair.
    Failed {
        /// Why.
        reason: String,
        /// What must happen now.
        follow_up: String,
    },
    /// Withdrawn.
    Cancelled {
        /// Why.
        reason: String,
    },
}
