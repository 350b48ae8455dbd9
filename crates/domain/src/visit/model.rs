use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ground::{EngineerId, Text};

crate::ids! {
    /// A work order.
    WorkOrderId = "wor";
    /// A part used on site.
    PartUseId = "prt";
}

crate::words! {
    /// What sort of visit.
    OrderKind {
        /// Mend what is there.
        Repair = "repair",
        /// Change the whole unit.
        Swap = "swap",
        /// Look only.
        Inspect = "inspect",
        /// Do what was ordered: an installation, a removal, a training. Nothing is broken.
        Service = "service",
    }
    /// Where an order stands; the name of a [`State`] without what it owns.
    WorkOrderState {
        /// Nobody has it.
        Open = "open",
        /// Somebody was asked.
        Offered = "offered",
        /// Somebody took it on.
        Accepted = "accepted",
        /// On the way.
        Travelling = "travelling",
        /// At the shop.
        OnSite = "on_site",
        /// Nothing is missing but the merchant's confirmation.
        Repaired = "repaired",
        /// Finished and confirmed.
        Done = "done",
        /// Ended without a repair.
        Failed = "failed",
        /// Withdrawn before the work.
        Cancelled = "cancelled",
    }
    /// Work or the test that follows it.
    StepPhase {
        /// Part of the repair.
        Work = "work",
        /// Part of the acceptance test.
        Test = "test",
    }
    /// What became of the merchant's data before the work.
    Backup {
        /// Saved.
        Done = "done",
        /// There is nothing to save.
        NotApplicable = "not_applicable",
        /// The merchant did not want it.
        Refused = "refused",
    }
    /// How a step ended.
    StepResult {
        /// As it should be.
        Pass = "pass",
        /// Not as it should be.
        Fail = "fail",
        /// Does not apply here.
        Na = "na",
    }
    /// How a visit that went well ended.
    VisitOutcome {
        /// Mended.
        Fixed = "fixed",
        /// The unit was changed.
        Swapped = "swapped",
        /// What was ordered is done.
        Fulfilled = "fulfilled",
    }
    /// What somebody wants to do with an order.
    VisitCommandKind {
        /// Ask an engineer.
        Offer = "offer",
        /// Take it back from an engineer.
        Withdraw = "withdraw",
        /// Take it on.
        Accept = "accept",
        /// Say no.
        Refuse = "refuse",
        /// Leave for the shop.
        Depart = "depart",
        /// Be there.
        Arrive = "arrive",
        /// Say what it is.
        Diagnose = "diagnose",
        /// Say what became of the data.
        Backup = "backup",
        /// Note a step.
        Step = "step",
        /// Note a part.
        Part = "part",
        /// Say whether the data are back.
        Restore = "restore",
        /// Say what was delivered or installed.
        Deliver = "deliver",
        /// Finish, with the merchant's confirmation.
        Complete = "complete",
        /// End without a repair.
        Fail = "fail",
        /// Withdraw the order.
        Cancel = "cancel",
    }
}

/// A step of the checklist of an order; which ones, the class of terminal says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDef {
    /// Short code.
    pub code: String,
    /// What the engineer reads.
    pub name: Text,
    /// Work or test.
    pub phase: StepPhase,
    /// Whether "does not apply" is an answer.
    #[serde(default)]
    pub may_skip: bool,
    /// Whether doing it can lose what the merchant keeps on the terminal; such a step waits for the backup answer.
    #[serde(default)]
    pub risks_data: bool,
    /// Of a test: it is only looked at. When it fails, somebody sees to it later; every other test keeps the visit open until it passes.
    #[serde(default)]
    pub observed: bool,
    /// A photo is taken: without one, and without a word why not, it is not done.
    #[serde(default)]
    pub photo: bool,
    /// What can be shown to the merchant in it; only of a handover.
    #[serde(default)]
    pub functions: Vec<Function>,
}

/// Something a terminal does, as it is shown to a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Short code.
    pub code: String,
    /// What the engineer reads.
    pub name: Text,
    /// The classes of terminals that do it; all of them where none is named.
    #[serde(default)]
    pub classes: Vec<String>,
}

/// From one instant up to another one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Included.
    pub from: Timestamp,
    /// Excluded.
    pub to: Timestamp,
}

/// The pair of what really happened; its end is set when the order closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actual {
    /// Arrival.
    pub from: Option<Timestamp>,
    /// End.
    pub to: Option<Timestamp>,
}

/// A step as it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// How it ended.
    pub result: StepResult,
    /// What to add; for a failed test, what follows from it.
    pub note: Option<String>,
    /// What was shown to the merchant, by code.
    #[serde(default)]
    pub shown: Vec<String>,
    /// How many photos were taken for it.
    #[serde(default)]
    pub photos: u32,
    /// When.
    pub at: Timestamp,
}

/// A part as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartUsed {
    /// Which line.
    pub id: PartUseId,
    /// The part's code.
    pub part: String,
    /// Serial number of what was taken out.
    pub old_serial: Option<String>,
    /// Serial number of what was put in.
    pub new_serial: Option<String>,
    /// Why a unit of another model was put in.
    pub model_reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What happened at the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// When the engineer came.
    pub arrived_at: Timestamp,
    /// Said when the telephone stood elsewhere than the shop.
    pub off_site_reason: Option<String>,
    /// Where the telephone stood: millionths of a degree, latitude and longitude.
    pub place: Option<(i64, i64)>,
    /// The fault as found.
    pub diagnosis: Option<String>,
    /// What became of the data.
    pub backup: Option<Backup>,
    /// Steps by code.
    pub steps: BTreeMap<String, StepDone>,
    /// Parts in the order they were used.
    pub parts: Vec<PartUsed>,
    /// Whether the data are back, once said.
    pub restored: Option<bool>,
    /// What to add to that.
    pub restore_note: Option<String>,
    /// Of a service: what was delivered or installed.
    pub delivered: Option<String>,
    /// Of an installation: the number the acquirer gave the terminal.
    pub tid: Option<String>,
}

impl Site {
    /// The shop at arrival: nothing done yet.
    pub fn at(arrived_at: Timestamp) -> Self {
        Self {
            arrived_at,
            off_site_reason: None,
            place: None,
            diagnosis: None,
            backup: None,
            steps: BTreeMap::new(),
            parts: Vec::new(),
            restored: None,
            restore_note: None,
            delivered: None,
            tid: None,
        }
    }
}

impl Site {
    fn failed(&self, step: &str) -> bool {
        self.steps.get(step).is_some_and(|done| done.result == StepResult::Fail)
    }
}

/// How the merchant confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Confirmed {
    /// They told the engineer the code we had sent them.
    Code,
    /// They signed.
    Signature {
        /// Who signed.
        name: String,
        /// Lines of points, as drawn.
        strokes: Vec<Vec<(i32, i32)>>,
    },
}

/// Where an order stands, with what belongs to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody has it.
    Open,
    /// Somebody was asked.
    Offered {
        /// Who.
        engineer: EngineerId,
    },
    /// Somebody took it on.
    Accepted {
        /// Who.
        engineer: EngineerId,
    },
    /// On the way.
    Travelling {
        /// Who.
        engineer: EngineerId,
        /// Since when.
        departed_at: Timestamp,
    },
    /// At the shop.
    OnSite {
        /// Who.
        engineer: EngineerId,
        /// What happened there so far.
        site: Site,
    },
    /// Nothing is missing but the confirmation.
    Repaired {
        /// Who.
        engineer: EngineerId,
        /// What happened there.
        site: Site,
    },
    /// Finished.
    Done {
        /// Who.
        engineer: EngineerId,
        /// What happened there.
        site: Site,
        /// When it ended.
        at: Timestamp,
        /// How.
        outcome: VisitOutcome,
        /// How the merchant confirmed.
        confirmed: Confirmed,
    },
    /// Ended without a repair.
    Failed {
        /// Who had it.
        engineer: EngineerId,
        /// What happened there, if they came.
        site: Option<Site>,
        /// When it ended.
        at: Timestamp,
        /// Why.
        reason: String,
        /// What must happen now.
        follow_up: String,
    },
    /// Called off.
    Cancelled {
        /// Who was to go, if anybody.
        engineer: Option<EngineerId>,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl State {
    /// Its name.
    pub fn name(&self) -> WorkOrderState {
        match self {
            State::Open => WorkOrderState::Open,
            State::Offered { .. } => WorkOrderState::Offered,
            State::Accepted { .. } => WorkOrderState::Accepted,
            State::Travelling { .. } => WorkOrderState::Travelling,
            State::OnSite { .. } => WorkOrderState::OnSite,
            State::Repaired { .. } => WorkOrderState::Repaired,
            State::Done { .. } => WorkOrderState::Done,
            State::Failed { .. } => WorkOrderState::Failed,
            State::Cancelled { .. } => WorkOrderState::Cancelled,
        }
    }

    /// Who has it, or had it when it closed.
    pub fn engineer(&self) -> Option<EngineerId> {
        match self {
            State::Open => None,
            State::Cancelled { engineer, .. } => *engineer,
            State::Offered { engineer }
            | State::Accepted { engineer }
            | State::Travelling { engineer, .. }
            | State::OnSite { engineer, .. }
            | State::Repaired { engineer, .. }
            | State::Done { engineer, .. }
            | State::Failed { engineer, .. } => Some(*engineer),
        }
    }

    /// What happened at the shop, once somebody came.
    pub fn site(&self) -> Option<&Site> {
        match self {
            State::OnSite { site, .. } | State::Repaired { site, .. } | State::Done { site, .. } => Some(site),
            State::Failed { site, .. } => site.as_ref(),
            _ => None,
        }
    }

    /// When it closed; after that nothing changes.
    pub fn closed_at(&self) -> Option<Timestamp> {
        match self {
            State::Done { at, .. } | State::Failed { at, .. } | State::Cancelled { at, .. } => Some(*at),
            _ => None,
        }
    }
}

/// What the rules look at and change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What sort of visit.
    pub kind: OrderKind,
    /// What was ordered: the code of a service item; none for a repair.
    pub service: Option<String>,
    /// The serial number of the terminal it is about, if known.
    pub serial: Option<String>,
    /// Of an installation: the terminal that was put in is bound to this shop already, so nobody has to say its number.
    pub bound: bool,
    /// Its checklist.
    pub steps: Vec<StepDef>,
    /// First pair: what the merchant was told.
    pub promised: Option<Span>,
    /// Second pair: what the engineer plans.
    pub planned: Option<Span>,
    /// Where it stands. The third pair, what happened, is part of it: see [`Order::actual`].
    pub state: State,
}

/// Whether a service takes a terminal away for good.
pub fn removes(service: Option<&str>) -> bool {
    service == Some("remove")
}

/// Whether a service puts a terminal where none stood.
pub fn installs(service: Option<&str>) -> bool {
    service == Some("install")
}

impl Order {
    /// Whether a terminal is put where none stood: which one, is then bound to the shop.
    pub fn installs(&self) -> bool {
        installs(self.service.as_deref())
    }

    /// Whether the terminal is taken away for good: it is wiped, and stands nowhere afterwards.
    pub fn removes(&self) -> bool {
        removes(self.service.as_deref())
    }

    /// What was tried at the shop, did not pass, and is left for somebody to see to later; with what was written down for it.
    pub fn left_over(&self) -> Vec<(&StepDef, &str)> {
        let Some(site) = self.state.site() else { return Vec::new() };
        let failed = |def: &&StepDef| def.phase == StepPhase::Test && def.observed && site.failed(&def.code);
        let note = |def: &StepDef| site.steps.get(&def.code).and_then(|done| done.note.as_deref()).unwrap_or_default();
        self.steps.iter().filter(failed).map(|def| (def, note(def))).collect()
    }

    /// Third pair: arrival and end.
    pub fn actual(&self) -> Actual {
        let from = self.state.site().map(|s| s.arrived_at);
        Actual { from, to: from.and(self.state.closed_at()) }
    }
}
