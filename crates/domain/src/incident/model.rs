use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::{Text, Timestamp};

crate::ids! {
    /// A trouble many tickets share.
    IncidentId = "inc";
    /// Words to all its reporters at once.
    BroadcastId = "brd";
}

crate::words! {
    /// Where an incident stands.
    IncidentState {
        /// It goes on.
        Open = "open",
        /// It is over.
        Resolved = "resolved",
    }
}

/// What an incident is about. A part that is not named is any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// The acquirer whose terminals are hit.
    pub acquirer: Option<Uuid>,
    /// The district.
    pub district: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The fault.
    pub fault_code: Option<String>,
}

impl Scope {
    /// Whether nothing is named: it would be about everything.
    pub fn is_empty(&self) -> bool {
        self.acquirer.is_none() && self.district.is_none() && self.model.is_none() && self.fault_code.is_none()
    }
}

/// What is known of a report, to be compared with a scope. What is not known contradicts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reported {
    /// The terminal's acquirer.
    pub acquirer: Option<Uuid>,
    /// The shop's district.
    pub district: Option<String>,
    /// The terminal's model.
    pub model: Option<String>,
    /// The faults it may be, the likeliest first.
    pub faults: Vec<String>,
}

crate::words! {
    /// Why a reporter is, or is not, reached by a broadcast.
    TellingOutcome {
        /// By mail, at once.
        Mail = "mail",
        /// By mail, after the quiet hours.
        MailLater = "mail_later",
        /// On their page: there is no address.
        Page = "page",
        /// Not told: the same address has it from another reporter of this broadcast.
        SameContact = "same_contact",
        /// Not told by mail: the address has heard from us often enough today.
        Capped = "capped",
        /// Not told: the ticket was closed, withdrawn or merged meanwhile.
        Over = "over",
    }
}

impl TellingOutcome {
    /// Whether the words reach the reporter.
    pub fn told(self) -> bool {
        matches!(self, Self::Mail | Self::MailLater | Self::Page)
    }
}

/// What must be known of a reporter before telling them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reporter {
    /// The ticket is still worked on here.
    pub open: bool,
    /// There is an address.
    pub has_address: bool,
    /// The address was told in this broadcast already.
    pub told_here: bool,
    /// What the contact policy allows.
    pub mail: MailAllowed,
}

/// What the contact policy allows for one address now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailAllowed {
    /// A mail may go.
    Now,
    /// It may go then.
    Later(Timestamp),
    /// It has had enough today; news that come tomorrow are none.
    Enough,
}

/// How a reporter is told: the outcome, and when the mail may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Whether, how, or why not.
    pub outcome: TellingOutcome,
    /// When a mail may go out.
    pub send_at: Timestamp,
}

/// A part of a scope that a report matches, in words.
pub type Match = Text;
