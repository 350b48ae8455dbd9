use serde::{Deserialize, Serialize};

use crate::ground::{Text, UserId};

crate::ids! {
    /// A repair case.
    TicketId = "tkt";
    /// A line of a ticket's timeline.
    EntryId = "ent";
}

crate::words! {
    /// Where a case stands. Few and coded; what people read are labels.
    TicketState {
        /// Heard of; facts are missing.
        New = "new",
        /// Registered, judged, waiting to be worked on.
        Triaged = "triaged",
        /// Being solved from afar.
        Remote = "remote",
        /// A work order is under way.
        Visit = "visit",
        /// Declared solved; the merchant has not confirmed yet.
        Solved = "solved",
        /// Confirmed, or the days for it have passed.
        Closed = "closed",
        /// Withdrawn.
        Cancelled = "cancelled",
        /// Goes on under another number; everything that leads here leads there.
        Merged = "merged",
    }
    /// How a case came in.
    Channel {
        /// The page behind the sticker.
        H5 = "h5",
        /// A call, typed by an agent.
        Phone = "phone",
        /// Another program.
        Api = "api",
        /// A mail.
        Mail = "mail",
    }
    /// How soon it must be handled; derived from impact, urgency and tier.
    Priority {
        /// At once.
        Urgent = "urgent",
        /// Before others.
        High = "high",
        /// In turn.
        Normal = "normal",
        /// When there is time.
        Low = "low",
    }
    /// What the fault does to the merchant's business.
    Impact {
        /// No payment can be taken.
        CannotTakePayment = "cannot_take_payment",
        /// Some ways of paying work.
        Partly = "partly",
        /// Business goes on.
        CanTakePayment = "can_take_payment",
        /// Nobody has asked yet.
        Unknown = "unknown",
    }
    /// How long the merchant can wait.
    Urgency {
        /// Customers stand in front of the till.
        Now = "now",
        /// Before closing.
        Today = "today",
        /// No hurry.
        CanWait = "can_wait",
    }
    /// Why the case waits for somebody outside the house.
    PauseReason {
        /// The merchant must answer or do something.
        WaitingMerchant = "waiting_merchant",
        /// A part is on its way.
        WaitingParts = "waiting_parts",
        /// The acquirer must answer.
        WaitingAcquirer = "waiting_acquirer",
        /// The shop is closed beyond its usual hours.
        MerchantClosed = "merchant_closed",
    }
    /// How a case was solved.
    Outcome {
        /// From afar.
        RemoteFixed = "remote_fixed",
        /// On site.
        VisitFixed = "visit_fixed",
        /// Nothing was wrong.
        NoFault = "no_fault",
        /// The merchant was told what to do or whom to ask.
        Advised = "advised",
        /// What was ordered was done; nothing had been broken.
        Fulfilled = "fulfilled",
    }
    /// From afar or on site.
    Decision {
        /// From afar first.
        Remote = "remote",
        /// On site at once.
        Onsite = "onsite",
    }
    /// Why a visit is needed.
    VisitReason {
        /// A part must be changed.
        NeedsParts = "needs_parts",
        /// Hands are needed.
        NeedsHands = "needs_hands",
        /// The merchant cannot do the steps.
        MerchantUnable = "merchant_unable",
        /// Tampering or another security matter; never solved from afar.
        Security = "security",
        /// Every step from afar was tried.
        RemoteExhausted = "remote_exhausted",
    }
    /// How the merchant's confirmation came.
    ConfirmedBy {
        /// On the merchant's page.
        Page = "page",
        /// On the phone, noted by an agent.
        Phone = "phone",
        /// A successful transaction or heartbeat after the repair.
        Telemetry = "telemetry",
        /// On site, by code or signature.
        Visit = "visit",
        /// The days for an objection have passed.
        Silence = "silence",
    }
    /// What somebody wants to do with a case.
    CommandKind {
        /// Take it over.
        Claim = "claim",
        /// Hand accountability to somebody.
        Assign = "assign",
        /// Complete contact, terminal, symptom.
        Register = "register",
        /// Write to the merchant.
        Reply = "reply",
        /// Write a note.
        Note = "note",
        /// Judge impact and urgency anew.
        Priority = "priority",
        /// Wait for somebody outside.
        Pause = "pause",
        /// Go on.
        Resume = "resume",
        /// Decide remote or on site, fault code.
        Triage = "triage",
        /// Walk a guide.
        Guide = "guide",
        /// Send somebody.
        Visit = "visit",
        /// Declare it solved.
        Solve = "solve",
        /// The merchant confirms.
        Confirm = "confirm",
        /// It was not solved after all.
        Reopen = "reopen",
        /// Withdraw it.
        Cancel = "cancel",
        /// Let it go on under another number, or another one under this.
        Merge = "merge",
        /// Take that back.
        Unmerge = "unmerge",
        /// Say how it stands to another one.
        Relate = "relate",
        /// Add something to be done before it is solved.
        AddTask = "add_task",
        /// Make a new case of a part of it.
        Split = "split",
        /// Say what kind of case it is and what its own fields hold.
        Fields = "fields",
        /// Quote by the price list.
        Quote = "quote",
    }
    /// How a case stands to another one.
    LinkKind {
        /// They have to do with each other.
        Relates = "relates",
        /// The other one cannot go on before this one is done.
        Blocks = "blocks",
        /// The other one is why this one came about.
        CausedBy = "caused_by",
        /// The other one is about the same.
        DuplicateOf = "duplicate_of",
        /// It was made of a part of the other one; only splitting says so.
        SplitFrom = "split_from",
    }
}

/// The parts of a case the rules look at and change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Where it stands.
    pub state: TicketState,
    /// What the merchant sees, in their words; empty when nobody has said yet.
    pub symptom: String,
    /// Whether somebody can be reached: a name with a phone number or an address.
    pub has_contact: bool,
    /// Whether the terminal is known.
    pub has_terminal: bool,
    /// Why it is not.
    pub terminal_unknown_reason: Option<String>,
    /// The one accountable person.
    pub owner: UserId,
    /// Whether the owner took it on by their own act; before, it stands with the desk's duty person.
    pub claimed: bool,
    /// What the fault does to business.
    pub impact: Impact,
    /// How long it can wait.
    pub urgency: Urgency,
    /// Derived.
    pub priority: Priority,
    /// What it waits for, without doubles, in the order of [`PauseReason`].
    pub waiting: Vec<PauseReason>,
    /// Remote or on site, once decided.
    pub decision: Option<Decision>,
    /// The fault as known: proposed by triage, confirmed at the end.
    pub fault_code: Option<String>,
    /// How it was solved.
    pub outcome: Option<Outcome>,
    /// Whether the merchant has had a first answer from a person, or reached the solution themselves.
    pub responded: bool,
    /// How often it came back.
    pub reopen_count: u32,
}

/// What the rules must be told about the rest of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around {
    /// A work order of this case is not closed yet.
    pub live_work_order: bool,
    /// Days since it was closed or merged; 0 when it is not.
    pub days_closed: i64,
    /// The number of the case it goes on under, when it was merged.
    pub merged_into: Option<i64>,
    /// Sub-tasks that are neither done nor dropped.
    pub open_tasks: usize,
}

/// Days after closing within which a case may come back; later a new one is registered.
pub const REOPEN_DAYS: i64 = 30;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take it over.
    Claim {
        /// Who.
        by: UserId,
    },
    /// Hand it over.
    Assign {
        /// To whom.
        to: UserId,
    },
    /// Complete the facts; what is given replaces what was there. Judged as the case then stands.
    Register {
        /// The symptom, when it was said now.
        symptom: Option<String>,
        /// Whether a contact is known now.
        has_contact: bool,
        /// Whether the terminal is known now.
        has_terminal: bool,
        /// Why it is not.
        terminal_unknown_reason: Option<String>,
    },
    /// A person writes to the merchant; and may then wait for the answer.
    Reply {
        /// Wait for the merchant from now on.
        wait: bool,
    },
    /// The merchant writes.
    Hear,
    /// An internal note.
    Note,
    /// New impact and urgency with the priority they give.
    Reprioritise {
        /// What it does to business.
        impact: Impact,
        /// How long it can wait.
        urgency: Urgency,
        /// What both give, with the tier.
        priority: Priority,
        /// Why, in a sentence.
        reason: String,
    },
    /// Wait for somebody outside.
    Pause {
        /// For whom or what.
        reason: PauseReason,
    },
    /// That is over.
    Resume {
        /// What is over.
        reason: PauseReason,
    },
    /// Decide.
    Triage {
        /// Remote or on site.
        decision: Decision,
        /// The fault as it looks.
        fault_code: Option<String>,
        /// Why, when a person decided.
        reason: Option<String>,
    },
    /// Somebody begins to walk a guide.
    StartGuide,
    /// Send somebody.
    OpenVisit {
        /// The fault as it looks; none of what was ordered.
        fault_code: Option<String>,
        /// Why from afar is not enough.
        reason: VisitReason,
    },
    /// The work order ended without a repair; the case goes back to the desk.
    VisitOver,
    /// Declare it solved.
    Solve {
        /// The confirmed fault; none of what was ordered.
        fault_code: Option<String>,
        /// How.
        outcome: Outcome,
    },
    /// The merchant confirms.
    Confirm {
        /// How it came.
        by: ConfirmedBy,
    },
    /// It was not solved.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Withdraw it.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Say how it stands to another one.
    Relate,
    /// Add a sub-task.
    AddTask,
    /// Make a new case of a part of it.
    Split,
    /// Say what kind of case it is and what its own fields hold.
    Fields,
    /// Quote by the price list.
    Quote,
}

/// What happened. Facts; everything shown is computed from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Event {
    /// Taken over.
    Claimed {
        /// By whom.
        by: UserId,
    },
    /// Handed over.
    Assigned {
        /// From.
        from: UserId,
        /// To.
        to: UserId,
    },
    /// The facts are complete.
    Registered,
    /// Facts were added; some are still missing.
    FactsAdded {
        /// What is missing still.
        missing: Vec<String>,
    },
    /// A person answered the merchant for the first time.
    Responded,
    /// Priority judged anew.
    Prioritised {
        /// What it does to business.
        impact: Impact,
        /// How long it can wait.
        urgency: Urgency,
        /// Before.
        from: Priority,
        /// Now.
        to: Priority,
        /// Why.
        reason: String,
    },
    /// Waits.
    Paused {
        /// For what.
        reason: PauseReason,
    },
    /// No longer waits for it.
    Resumed {
        /// For what.
        reason: PauseReason,
    },
    /// Decided.
    Triaged {
        /// Remote or on site.
        decision: Decision,
        /// The fault as it looks.
        fault_code: Option<String>,
        /// Why, when a person decided.
        reason: Option<String>,
    },
    /// Work from afar began.
    RemoteStarted,
    /// A visit was decided.
    VisitDecided {
        /// The fault as it looks; none of what was ordered.
        fault_code: Option<String>,
        /// Why.
        reason: VisitReason,
    },
    /// The visit ended without a repair.
    VisitOver,
    /// Solved.
    Solved {
        /// The confirmed fault; none of what was ordered.
        fault_code: Option<String>,
        /// How.
        outcome: Outcome,
    },
    /// Confirmed and closed.
    Closed {
        /// How the confirmation came.
        by: ConfirmedBy,
    },
    /// Came back.
    Reopened {
        /// Why.
        reason: String,
    },
    /// Withdrawn.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// Goes on under another number.
    Merged {
        /// That number.
        number: i64,
    },
    /// Stands on its own again, where it stood before.
    Unmerged {
        /// The number it went on under.
        number: i64,
        /// Where it stands again.
        state: TicketState,
    },
    /// Another case goes on under this number.
    TookIn {
        /// The other one's number.
        number: i64,
    },
    /// That case stands on its own again.
    GaveBack {
        /// The other one's number.
        number: i64,
    },
}

fn said() -> bool {
    true
}

/// How a priority came about, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityWhy {
    /// What it does to business.
    pub impact: Impact,
    /// How long it can wait.
    pub urgency: Urgency,
    /// The merchant's tier.
    pub tier: String,
    /// How many of the merchant's terminals are hit, when somebody said.
    #[serde(default)]
    pub terminals_hit: Option<u32>,
    /// Whether somebody said what it does to business; else it was read or taken as usual. Of older ones this was not kept.
    #[serde(default = "said")]
    pub impact_said: bool,
    /// Whether somebody said how long it can wait.
    #[serde(default = "said")]
    pub urgency_said: bool,
    /// The result.
    pub priority: Priority,
    /// The derivation, line by line.
    pub lines: Vec<Text>,
}
