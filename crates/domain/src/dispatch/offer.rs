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

/// The window a merchant is promised for a planned arrival: two hours from the full hour before it, so that a small delay
/// on the way breaks no promise.
pub fn promise(planned: Slot) -> Slot {
    let hour = SignedDuration::from_hours(1);
    let second = planned.from.as_second();
    let from = Timestamp::from_second(second - second.rem_euclid(3600)).unwrap_or(planned.from);
    Slot { from, to: from + hour + hour }
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
    fn a_promise_holds_the_planned_arrival() {
        for (from, to) in [("10:00", "10:40"), ("10:45", "11:25"), ("14:15", "15:00")] {
            let planned = slot(from, to);
            let promised = promise(planned);
            assert!(promised.from <= planned.from && planned.from < promised.to, "{from}");
        }
        assert_eq!(promise(slot("10:45", "11:25")), slot("10:00", "12:00"));
    }
}
