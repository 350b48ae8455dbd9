use jiff::{SignedDuration, Timestamp};

use super::model::{Booked, OfferState, Slot};
use crate::ground::Refusal;
use crate::refuse;

/// What ends an offer, or makes it firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The engineer takes it on.
    Accept,
    /// The engineer says no.
    Refuse,
    /// Dispatch takes it back, asked or taken on.
    Withdraw,
}

/// The offer after an answer. Errors: `dispatch.offer_over` once it has ended, or when it was answered already.
pub fn answer(state: OfferState, answer: Answer) -> Result<OfferState, Refusal> {
    match (state, answer) {
        (OfferState::Offered, Answer::Accept) => Ok(OfferState::Accepted),
        (OfferState::Offered, Answer::Refuse) => Ok(OfferState::Refused),
        (OfferState::Offered | OfferState::Accepted, Answer::Withdraw) => Ok(OfferState::Withdrawn),
        _ => Err(refuse!(Conflict, "dispatch.offer_over")),
    }
}

/// At most one live offer an order. Errors: `dispatch.offered_already` while one of `states` lives.
pub fn may_offer(states: &[OfferState]) -> Result<(), Refusal> {
    if states.iter().any(|s| matches!(s, OfferState::Offered | OfferState::Accepted)) {
        return Err(refuse!(Conflict, "dispatch.offered_already"));
    }
    Ok(())
}

/// The first of an engineer's bookings that overlaps a planned time (S1-09). Ends are exclusive: one may follow another at once.
pub fn clash(planned: Slot, booked: &[Booked]) -> Option<&Booked> {
    booked.iter().find(|b| planned.from < b.slot.to && b.slot.from < planned.to)
}

/// Minutes from now within which nobody comes: somebody has to read it, take it on and set out.
pub const LEAD_MIN: i64 = 15;
/// A window shorter than this is no promise anybody can keep on a road.
pub const SHORTEST: SignedDuration = SignedDuration::from_hours(1);

/// The end of the stretch of `seconds` an instant lies in; the instant itself where one ends there.
fn up(at: Timestamp, seconds: i64) -> Timestamp {
    let whole = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    Timestamp::from_second((whole + seconds - 1).div_euclid(seconds) * seconds).unwrap_or(at)
}

fn down(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(seconds) * seconds).unwrap_or(at)
}

/// What is left of a window from now on: it begins no sooner than somebody can have set out, on the quarter hour, and never after the
/// arrival that is planned in it. Nobody is told "12:00 to 14:00" at three past one.
pub fn ahead(window: Slot, planned: Timestamp, now: Timestamp) -> Slot {
    let soonest = now + SignedDuration::from_mins(LEAD_MIN);
    if window.from >= soonest {
        return window;
    }
    Slot { from: up(soonest, 900).min(down(planned, 300)).max(window.from), to: window.to }
}

/// The window a merchant is promised for a planned arrival: two hours from the full hour before it, so that a small delay
/// on the way breaks no promise; of a window that has begun what is [`ahead`], an hour at least. Work that keeps the deadline is
/// promised within it (S1-09): the window ends by then and begins the sooner.
pub fn promise(planned: Slot, due: Option<Timestamp>, now: Timestamp) -> Slot {
    let from = down(planned.from, 3600);
    let left = ahead(Slot { from, to: from + SignedDuration::from_hours(2) }, planned.from, now);
    let window = Slot { to: left.to.max(left.from + SHORTEST), ..left };
    let Some(due) = due.filter(|due| planned.to <= *due && *due < window.to) else { return window };
    let to = Some(down(due, 900)).filter(|to| planned.from < *to).unwrap_or(due);
    ahead(Slot { from: window.from.min(to - SHORTEST), to }, planned.from, now)
}

/// The deadline that a visit would not keep, if there is one it could still miss: it is planned to end after it, or its merchant is
/// told a window that does. What is late already is not made late by a visit.
pub fn past_due(planned: Slot, promised: Option<Slot>, due: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    due.filter(|due| *due > now && (planned.to > *due || promised.is_some_and(|p| p.to > *due)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(from: &str, to: &str) -> Slot {
        let at = |t: &str| format!("2026-11-24T{t}:00+08:00").parse().unwrap();
        Slot { from: at(from), to: at(to) }
    }

    #[test]
    fn an_offer_is_answered_once() {
        use Answer as A;
        use OfferState as S;
        for state in [S::Offered, S::Accepted, S::Refused, S::Withdrawn] {
            for given in [A::Accept, A::Refuse, A::Withdraw] {
                let expected = match (state, given) {
                    (S::Offered, A::Accept) => Some(S::Accepted),
                    (S::Offered, A::Refuse) => Some(S::Refused),
                    (S::Offered | S::Accepted, A::Withdraw) => Some(S::Withdrawn),
                    _ => None,
                };
                assert_eq!(answer(state, given).ok(), expected, "{state:?} {given:?}");
            }
        }
        assert!(may_offer(&[S::Refused, S::Withdrawn]).is_ok());
        assert!(may_offer(&[S::Refused, S::Offered]).is_err());
        assert!(may_offer(&[S::Accepted]).is_err());
    }

    #[test]
    fn two_orders_of_one_engineer_never_overlap() {
        let booked = [Booked { number: "W-000001".into(), slot: slot("10:00", "11:00") }];
        let table = [
            ("09:00", "10:00", false),
            ("11:00", "12:00", false),
            ("09:00", "10:01", true),
            ("10:15", "10:30", true),
            ("10:59", "12:00", true),
            ("09:00", "12:00", true),
        ];
        for (from, to, clashes) in table {
            assert_eq!(clash(slot(from, to), &booked).is_some(), clashes, "{from} {to}");
        }
    }

    #[test]
    fn a_promise_holds_the_planned_arrival_and_has_not_begun() {
        // (now, planned arrival, the window that is promised)
        let table = [
            ("08:00", "10:00", ("10:00", "12:00")),
            ("08:00", "10:45", ("10:00", "12:00")),
            ("08:00", "14:15", ("14:00", "16:00")),
            // A quarter of an hour before the full hour is soon enough, less is not.
            ("09:45", "10:45", ("10:00", "12:00")),
            ("09:46", "10:45", ("10:15", "12:00")),
            ("10:00", "10:15", ("10:15", "12:00")),
            // Three past one: not "from one".
            ("13:03", "13:20", ("13:20", "15:00")),
            ("13:03", "13:55", ("13:30", "15:00")),
            // Little is left of the two hours: an hour is promised all the same.
            ("11:50", "12:05", ("12:05", "14:00")),
            ("13:41", "13:58", ("13:55", "15:00")),
            // Planned to begin at once by somebody's own hand: no later than that.
            ("13:03", "13:00", ("13:00", "15:00")),
        ];
        for (now, planned, (from, to)) in table {
            let planned = slot(planned, "18:00");
            let promised = promise(planned, None, slot(now, "18:00").from);
            assert_eq!(promised, slot(from, to), "{now} {planned:?}");
            assert!(promised.from <= planned.from && planned.from < promised.to, "{now} {planned:?}");
        }
    }

    #[test]
    fn a_promise_of_work_that_keeps_the_deadline_lies_within_it() {
        // (now, planned, deadline, the window that is promised, the deadline it misses)
        let table = [
            ("08:00", ("10:00", "10:40"), "18:00", ("10:00", "12:00"), false),
            ("08:00", ("10:00", "10:40"), "12:00", ("10:00", "12:00"), false),
            ("08:00", ("10:00", "10:40"), "11:30", ("10:00", "11:30"), false),
            ("08:00", ("10:00", "10:40"), "11:38", ("10:00", "11:30"), false),
            // Less than an hour is left of it: it begins the sooner,
            ("08:00", ("10:00", "10:40"), "10:45", ("09:45", "10:45"), false),
            ("08:00", ("10:10", "10:40"), "10:40", ("09:30", "10:30"), false),
            // but no sooner than somebody can be there.
            ("09:30", ("10:00", "10:40"), "10:45", ("09:45", "10:45"), false),
            ("09:40", ("10:00", "10:40"), "10:45", ("10:00", "10:45"), false),
            // The work does not keep it: nothing is gained by a smaller window, and it is said.
            ("08:00", ("10:00", "10:40"), "10:39", ("10:00", "12:00"), true),
            // What is late already.
            ("08:00", ("10:00", "10:40"), "07:00", ("10:00", "12:00"), false),
        ];
        for (now, (begin, end), due, (from, to), missed) in table {
            let (planned, now, due) = (slot(begin, end), slot(now, "18:00").from, slot(due, "18:00").from);
            let promised = promise(planned, Some(due), now);
            assert_eq!(promised, slot(from, to), "{now} {due}");
            assert!(promised.from <= planned.from && planned.from < promised.to, "{now} {due}");
            assert_eq!(past_due(planned, Some(promised), Some(due), now), missed.then_some(due), "{now} {due}");
        }
        // Somebody told the merchant a window of their own.
        let (planned, due, now) = (slot("10:00", "10:40"), slot("11:00", "18:00").from, slot("08:00", "18:00").from);
        assert_eq!(past_due(planned, Some(slot("10:00", "12:00")), Some(due), now), Some(due));
        assert_eq!(past_due(planned, Some(slot("10:00", "12:00")), None, now), None);
    }

    #[test]
    fn what_is_left_of_a_window_begins_after_now() {
        // (now, the window, the cheapest arrival in it, what is offered)
        let table = [
            ("09:00", ("12:00", "14:00"), "12:40", ("12:00", "14:00")),
            ("11:45", ("12:00", "14:00"), "12:40", ("12:00", "14:00")),
            ("11:46", ("12:00", "14:00"), "12:40", ("12:15", "14:00")),
            ("13:03", ("12:00", "14:00"), "13:35", ("13:30", "14:00")),
            ("13:03", ("12:00", "14:00"), "13:20", ("13:20", "14:00")),
            ("12:00", ("12:00", "14:00"), "13:20", ("12:15", "14:00")),
            ("12:20", ("12:10", "14:00"), "13:20", ("12:45", "14:00")),
        ];
        for (now, (open, close), planned, (from, to)) in table {
            let (now, planned) = (slot(now, "18:00").from, slot(planned, "18:00").from);
            let left = ahead(slot(open, close), planned, now);
            assert_eq!(left, slot(from, to), "{now}");
            assert!(left.from >= now + SignedDuration::from_mins(LEAD_MIN) && left.from <= planned, "{now}");
        }
    }
}
