//! In which order open cases are taken up. Each priority is given a head start instead of being looked at again and again: a case
//! stands where its registration and its patience put it, so the order of two cases never changes by waiting, an index keeps it,
//! and whoever waits long enough comes before every newcomer.

use jiff::SignedDuration;

use super::model::Priority;
use crate::ground::{Text, Timestamp};

/// How often a case may go from one person to the next before the supervisors are told (ping-pong). The queue of such cases and its index
/// name the same number.
pub const PASSED_AROUND: u32 = 3;

/// Whether a case is passed around instead of being solved.
pub fn passed_around(handed: u32) -> bool {
    handed >= PASSED_AROUND
}

/// What the longest wait behind newer and more urgent cases is: nobody starves.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How long a priority lets more urgent ones go before it.
fn patience(priority: Priority) -> SignedDuration {
    match priority {
        Priority::Urgent => SignedDuration::ZERO,
        Priority::High => SignedDuration::from_hours(2),
        Priority::Normal => SignedDuration::from_hours(8),
        Priority::Low => LONGEST,
    }
}

/// The instant a case is sorted by: registered, plus its patience.
pub fn queue_at(opened_at: Timestamp, priority: Priority) -> Timestamp {
    opened_at + patience(priority)
}

/// Why a case stands where it stands, line by line.
pub fn explain(opened_at: Timestamp, priority: Priority, now: Timestamp) -> Vec<Text> {
    let hours = |d: SignedDuration| d.as_hours();
    let waited = now.duration_since(opened_at);
    let patience = patience(priority);
    let mut lines = vec![Text {
        zh: format!("登记后已等{}小时{}分", hours(waited), waited.as_mins() % 60),
        en: format!("Waiting for {} h {} min since it was registered", hours(waited), waited.as_mins() % 60),
    }];
    let (zh, en) = match priority {
        Priority::Urgent => ("紧急：从登记起就排在前面".to_owned(), "Urgent: in front from the start".to_owned()),
        _ => (
            format!("按优先级，{}小时内让更急的先办", hours(patience)),
            format!("By its priority, more urgent ones go first for {} hours", hours(patience)),
        ),
    };
    lines.push(Text { zh, en });
    if !patience.is_zero() && waited >= patience {
        lines.push(Text {
            zh: "等待已超过这段时间：排在所有新登记的工单之前，紧急的也不例外".to_owned(),
            en: "That time is over: it stands before every newly registered ticket, urgent ones included".to_owned(),
        });
    }
    lines
}
