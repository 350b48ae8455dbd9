use serde::{Deserialize, Serialize};

use crate::ground::Text;

crate::ids! {
    /// A notice: something the merchant is told.
    NoticeId = "ntc";
}

crate::words! {
    /// What a notice is about, in the order of a case. Each names a change the merchant can see.
    NoticeKind {
        /// The report has arrived and is being worked on.
        Received = "received",
        /// The same of a service that was ordered: nothing is broken.
        OrderReceived = "order_received",
        /// An engineer will come in a stated window.
        VisitPromised = "visit_promised",
        /// The stated window has changed.
        VisitChanged = "visit_changed",
        /// Nobody will come: the visit that was promised is not needed any more.
        VisitCalledOff = "visit_called_off",
        /// The merchant has chosen a window themselves; who comes is not known yet.
        VisitChosen = "visit_chosen",
        /// What the work costs, to be agreed to before it begins.
        QuoteOffered = "quote_offered",
        /// The engineer has left for the shop.
        OnTheWay = "on_the_way",
        /// We think it is solved; please say so or say no.
        SolvedPleaseConfirm = "solved_please_confirm",
        /// What was ordered has been done; please say so or say no.
        OrderPleaseConfirm = "order_please_confirm",
        /// Closed.
        Closed = "closed",
        /// What was ordered is closed.
        OrderClosed = "order_closed",
        /// Open again.
        Reopened = "reopened",
        /// Withdrawn: nobody works on it any more.
        Cancelled = "cancelled",
        /// How was it?
        Survey = "survey",
        /// Somebody of the desk wrote.
        MessageFromAgent = "message_from_agent",
        /// The code the merchant tells the engineer when the work is done.
        ConfirmationCode = "confirmation_code",
        /// The report goes on under another number.
        Merged = "merged",
        /// It stands on its own again.
        Unmerged = "unmerged",
        /// News of a trouble that hits many.
        IncidentNews = "incident_news",
    }
}

impl NoticeKind {
    /// The holes its text may have; `number`, `shop` and `link` are there for every kind.
    pub fn holes(self) -> &'static [&'static str] {
        match self {
            NoticeKind::Received => &["next"],
            NoticeKind::OrderReceived => &["item", "next"],
            NoticeKind::OrderPleaseConfirm | NoticeKind::OrderClosed => &["item"],
            NoticeKind::VisitPromised | NoticeKind::VisitChanged => &["window", "engineer"],
            NoticeKind::VisitChosen | NoticeKind::VisitCalledOff => &["window"],
            NoticeKind::QuoteOffered => &["amount", "until"],
            NoticeKind::OnTheWay => &["engineer"],
            NoticeKind::MessageFromAgent | NoticeKind::IncidentNews => &["agent", "words"],
            NoticeKind::ConfirmationCode => &["code", "engineer"],
            NoticeKind::Merged | NoticeKind::Unmerged => &["into"],
            NoticeKind::SolvedPleaseConfirm | NoticeKind::Closed | NoticeKind::Reopened | NoticeKind::Cancelled | NoticeKind::Survey => &[],
        }
    }
}

/// How far a notice has come on one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SendState {
    /// Waits, or is being tried.
    Queued,
    /// Handed over.
    Sent,
    /// Nobody will try again; a person has to look.
    Failed,
}

/// Subject and body of a kind, with holes `{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// One line.
    pub subject: Text,
    /// The words.
    pub body: Text,
}

/// A notice ready to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// One line, without control characters.
    pub subject: String,
    /// The words.
    pub body: String,
}
