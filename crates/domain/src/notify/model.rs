use serde::{Deserialize, Serialize};

use crate::ground::Text;

crate::ids! {
    /// A notice: something the merchant is told.
    NoticeId = "ntc";
}

/// What a notice is about. Each names a change the merchant can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The report has arrived and is being worked on.
    Received,
    /// An engineer will come in a stated window.
    VisitPromised,
    /// The stated window has changed.
    VisitChanged,
    /// The merchant has chosen a window themselves; who comes is not known yet.
    VisitChosen,
    /// The engineer has left for the shop.
    OnTheWay,
    /// We think it is solved; please say so or say no.
    SolvedPleaseConfirm,
    /// Closed.
    Closed,
    /// Open again.
    Reopened,
    /// How was it?
    Survey,
    /// Somebody of the desk wrote.
    MessageFromAgent,
    /// The code the merchant tells the engineer when the work is done.
    ConfirmationCode,
    /// The report goes on under another number.
    Merged,
    /// It stands on its own again.
    Unmerged,
    /// News of a trouble that hits many.
    IncidentNews,
}

impl NoticeKind {
    /// Every kind, in the order of a case.
    pub const ALL: [NoticeKind; 14] = [
        NoticeKind::Received,
        NoticeKind::VisitPromised,
        NoticeKind::VisitChanged,
        NoticeKind::VisitChosen,
        NoticeKind::OnTheWay,
        NoticeKind::SolvedPleaseConfirm,
        NoticeKind::Closed,
        NoticeKind::Reopened,
        NoticeKind::Survey,
        NoticeKind::MessageFromAgent,
        NoticeKind::ConfirmationCode,
        NoticeKind::Merged,
        NoticeKind::Unmerged,
        NoticeKind::IncidentNews,
    ];

    /// The stored and transmitted word.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Received => "received",
            NoticeKind::VisitPromised => "visit_promised",
            NoticeKind::VisitChanged => "visit_changed",
            NoticeKind::VisitChosen => "visit_chosen",
            NoticeKind::OnTheWay => "on_the_way",
            NoticeKind::SolvedPleaseConfirm => "solved_please_confirm",
            NoticeKind::Closed => "closed",
            NoticeKind::Reopened => "reopened",
            NoticeKind::Survey => "survey",
            NoticeKind::MessageFromAgent => "message_from_agent",
            NoticeKind::ConfirmationCode => "confirmation_code",
            NoticeKind::Merged => "merged",
            NoticeKind::Unmerged => "unmerged",
            NoticeKind::IncidentNews => "incident_news",
        }
    }

    /// The holes its text may have; `number`, `shop` and `link` are there for every kind.
    pub fn holes(self) -> &'static [&'static str] {
        match self {
            NoticeKind::Received => &["next"],
            NoticeKind::VisitPromised | NoticeKind::VisitChanged => &["window", "engineer"],
            NoticeKind::VisitChosen => &["window"],
            NoticeKind::OnTheWay => &["engineer"],
            NoticeKind::MessageFromAgent | NoticeKind::IncidentNews => &["agent", "words"],
            NoticeKind::ConfirmationCode => &["code", "engineer"],
            NoticeKind::Merged | NoticeKind::Unmerged => &["into"],
            NoticeKind::SolvedPleaseConfirm | NoticeKind::Closed | NoticeKind::Reopened | NoticeKind::Survey => &[],
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
