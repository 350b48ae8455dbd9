//! When people may be contacted. One rule for everything that goes out, whatever room it comes from.

use jiff::civil::{Time, time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::NoticeKind;
use crate::ground::Timestamp;

/// From then on nobody is contacted on the house's own account.
const QUIET_FROM: Time = time(21, 0, 0, 0);
/// Until then.
const QUIET_TO: Time = time(8, 0, 0, 0);
/// Service contacts a person gets a day, over all ways, before the house's own account has to wait.
pub const CONTACTS_A_DAY: u32 = 3;

/// On whose account somebody is contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Theirs: they have just done something and this is the answer to it, or the engineer at their door needs it.
    Theirs,
    /// Their case's: where it stands, which is what they wait for. It counts, and is kept back by the night alone.
    Case,
    /// Ours: news to many, a reminder, a question how it was.
    Ours,
}

impl NoticeKind {
    /// On whose account it goes out.
    pub fn account(self) -> Account {
        match self {
            NoticeKind::Received
            | NoticeKind::OrderReceived
            | NoticeKind::VisitChosen
            | NoticeKind::OnTheWay
            | NoticeKind::ConfirmationCode => Account::Theirs,
            NoticeKind::VisitPromised
            | NoticeKind::VisitChanged
            | NoticeKind::QuoteOffered
            | NoticeKind::VisitCalledOff
            | NoticeKind::SolvedPleaseConfirm
            | NoticeKind::OrderPleaseConfirm
            | NoticeKind::MessageFromAgent
            | NoticeKind::Closed
            | NoticeKind::OrderClosed
            | NoticeKind::Reopened
            | NoticeKind::Cancelled
            | NoticeKind::Merged
            | NoticeKind::Unmerged => Account::Case,
            NoticeKind::Survey | NoticeKind::IncidentNews => Account::Ours,
        }
    }
}

/// Why something waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// It is night where they are.
    Quiet,
    /// They have heard from us often enough today.
    Enough,
}

/// Why something goes out although it would wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Exception {
    /// They asked for it.
    Asked,
    /// The case is an emergency.
    Emergency,
    /// Somebody of the desk said so, and why.
    Said,
}

/// What must be known before somebody is contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// On whose account.
    pub account: Account,
    /// Whether they wait for an answer just now.
    pub asked: bool,
    /// Whether the case is an emergency.
    pub emergency: bool,
    /// Contacts they have had, or are to have, today.
    pub today: u32,
}

/// Whether somebody may be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Now; with why, when it would have had to wait.
    Now(Option<Exception>),
    /// Then, and why not now.
    Later(Timestamp, Held),
}

/// The local day an instant lies in: its first instant, and the first of the next one. Contacts are counted by it.
pub fn day_of(zone: &TimeZone, now: Timestamp) -> (Timestamp, Timestamp) {
    let date = now.to_zoned(zone.clone()).date();
    let start = |date: jiff::civil::Date| date.to_zoned(zone.clone()).map_or(now, |at| at.timestamp());
    (start(date), start(date.tomorrow().unwrap_or(date)))
}

/// Whether somebody may be contacted now, where `zone` is theirs. An emergency passes the night but not the day's most: whoever has
/// heard three times does not need a fourth on our account.
pub fn may_contact(contact: &Contact, zone: &TimeZone, now: Timestamp) -> May {
    let local = now.to_zoned(zone.clone());
    let (quiet, early) = (local.time() >= QUIET_FROM || local.time() < QUIET_TO, local.time() < QUIET_TO);
    let morning = |tomorrow: bool| {
        let day = if tomorrow { local.date().tomorrow().unwrap_or(local.date()) } else { local.date() };
        // A local time that a change of the clock skips becomes the first one after it.
        day.to_datetime(QUIET_TO).to_zoned(zone.clone()).map_or(now, |at| at.timestamp())
    };
    let asked = contact.account == Account::Theirs || contact.asked;
    if contact.account == Account::Ours && contact.today >= CONTACTS_A_DAY && !asked {
        return May::Later(morning(true), Held::Enough);
    }
    match quiet {
        false => May::Now(None),
        true if asked => May::Now(Some(Exception::Asked)),
        true if contact.emergency => May::Now(Some(Exception::Emergency)),
        true => May::Later(morning(!early), Held::Quiet),
    }
}
