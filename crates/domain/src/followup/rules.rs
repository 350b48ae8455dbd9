use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

use super::{Answer, ContactWindow, FollowUp, FollowUpState, Plan, Recovered, Reopen, Step};
use crate::ground::{Refusal, Timestamp, mask_cards};
use crate::refuse;

/// Most characters of a comment.
pub const MAX_COMMENT: usize = 1000;

/// When to ask: the plan's hours after closing, or at the next opening of the contact window.
pub fn due_at(closed_at: Timestamp, plan: &Plan, zone: &TimeZone) -> Timestamp {
    inside(closed_at + SignedDuration::from_hours(i64::from(plan.after_hours)), plan.window, zone)
}

/// Until when somebody makes good what a merchant was not content with: the plan's hours after the answer, at a time one may call.
pub fn recover_by(answered_at: Timestamp, plan: &Plan, zone: &TimeZone) -> Timestamp {
    inside(answered_at + SignedDuration::from_hours(i64::from(plan.recover_hours)), plan.window, zone)
}

/// The instant itself when it lies in the window (its beginning included, its end not), otherwise the window's next beginning.
fn inside(at: Timestamp, window: ContactWindow, zone: &TimeZone) -> Timestamp {
    let local = at.to_zoned(zone.clone());
    if local.time() >= window.from && local.time() < window.to {
        return at;
    }
    let day = if local.time() < window.from { local.date() } else { local.date().saturating_add(1.day()) };
    // A local time that a change of the clock skips becomes the first one after it.
    day.to_datetime(window.from).to_zoned(zone.clone()).map_or(at, |z| z.timestamp())
}

/// What the timer does with a follow-up. `asked_lately` counts the merchant's surveys of the last 30 days, this one not among them;
/// `closed` tells whether its round is still the one the ticket rests in: who is being helped again is not asked how it was.
pub fn next_step(follow_up: &FollowUp, closed: bool, asked_lately: u32, plan: &Plan, zone: &TimeZone, now: Timestamp) -> Step {
    match follow_up.state {
        FollowUpState::Scheduled if now < follow_up.due_at => Step::Wait(follow_up.due_at),
        FollowUpState::Scheduled if !closed || asked_lately >= plan.per_month => Step::Expire,
        FollowUpState::Scheduled => match inside(now, plan.window, zone) {
            // The timer was late (the process stood still) and the window has passed meanwhile.
            later if later > now => Step::Wait(later),
            _ => Step::Ask { expires_at: expiry(now, plan) },
        },
        FollowUpState::Asked => match expiry(follow_up.asked_at.unwrap_or(follow_up.due_at), plan) {
            at if at > now => Step::Wait(at),
            _ => Step::Expire,
        },
        FollowUpState::Answered | FollowUpState::Expired => Step::Nothing,
    }
}

fn expiry(asked_at: Timestamp, plan: &Plan) -> Timestamp {
    asked_at + SignedDuration::from_hours(24 * i64::from(plan.answer_days))
}

/// Takes an answer. The same answer again is the first one: a second tap is not a second opinion. An answer may come before the
/// question (from the page) once the ticket is closed.
/// Errors: `followup.answered`, `followup.expired`, `followup.score`, `followup.comment_long`.
pub fn answer(follow_up: &FollowUp, given: Answer, now: Timestamp) -> Result<FollowUp, Refusal> {
    if !(1..=5).contains(&given.score) {
        return Err(refuse!(Invalid, "followup.score").field("score"));
    }
    if given.comment.chars().count() > MAX_COMMENT {
        return Err(refuse!(Invalid, "followup.comment_long", limit = MAX_COMMENT).field("comment"));
    }
    let given = Answer { comment: mask_cards(given.comment.trim()).text, ..given };
    match follow_up.state {
        FollowUpState::Answered if follow_up.answer.as_ref() == Some(&given) => Ok(follow_up.clone()),
        FollowUpState::Answered => Err(refuse!(Conflict, "followup.answered")),
        FollowUpState::Expired => Err(refuse!(Conflict, "followup.expired")),
        FollowUpState::Scheduled | FollowUpState::Asked => {
            Ok(FollowUp { state: FollowUpState::Answered, answered_at: Some(now), answer: Some(given), ..follow_up.clone() })
        }
    }
}

/// How a recovery ended: what was done, and a sentence about it. Errors: `followup.recovery_outcome`, `followup.recovery_words`,
/// `followup.recovery_long`.
pub fn recovered(outcome: Option<Recovered>, words: &str) -> Result<(Recovered, String), Refusal> {
    let Some(outcome) = outcome else { return Err(refuse!(Invalid, "followup.recovery_outcome").field("outcome")) };
    let words = words.trim();
    if words.is_empty() {
        return Err(refuse!(Invalid, "followup.recovery_words").field("words"));
    }
    if words.chars().count() > MAX_COMMENT {
        return Err(refuse!(Invalid, "followup.recovery_long", limit = MAX_COMMENT).field("words"));
    }
    Ok((outcome, mask_cards(words).text))
}

/// Whether an answer opens the case again, and why.
pub fn what_follows(answer: &Answer) -> Option<Reopen> {
    match answer {
        Answer { solved: false, .. } => Some(Reopen::NotSolved),
        Answer { score: ..=2, .. } => Some(Reopen::LowScore),
        _ => None,
    }
}
