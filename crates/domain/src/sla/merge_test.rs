//! A contact attached and detached again leaves no trace on a clock.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::cases_test::agreements;
use super::rules_test::{at, history};
use super::{ClockEvent, What, evaluate};

const HISTORIES: [&str; 5] = [
    "06-01 09:00 start city normal",
    "06-01 17:50 start city urgent; 06-02 09:30 pause waiting_merchant; 06-02 11:00 resume waiting_merchant",
    "06-01 12:15 start city high; 06-01 15:00 priority urgent; 06-01 16:00 stop; 06-02 10:00 reopen",
    "06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts; 06-01 14:00 priority high",
    "06-01 09:00 start city normal 05-31 20:00; 06-02 10:00 stop",
];

fn inserted(mut events: Vec<ClockEvent>, at: Timestamp, what: What) -> Vec<ClockEvent> {
    // Behind whatever happened at that instant, and never before the start.
    let at = at.max(events[0].at);
    let place = events.iter().rposition(|e| e.at <= at).map_or(1, |i| i + 1);
    events.insert(place, ClockEvent { at, what });
    events
}

proptest! {
    #[test]
    fn attached_and_detached_is_as_if_it_had_never_been(
        which in 0..HISTORIES.len(), contact in -3000_i64..3000, merged in 0_i64..3000, apart in 0_i64..3000, asked in 0_i64..6000,
    ) {
        let (book, plain, zero) = (agreements(), history(HISTORIES[which]), at("06-01 09:00"));
        let minutes = |n: i64| zero + SignedDuration::from_mins(n);
        let contact_at = minutes(contact);
        let once = inserted(plain.clone(), minutes(merged), What::Merge { id: "2".into(), contact_at });
        let back = inserted(once.clone(), minutes(merged + apart), What::Unmerge { id: "2".into() });
        // Asked after everything has happened: before, a merge of the future would be no merge yet.
        let as_of = minutes(merged + apart + asked).max(plain.iter().map(|e| e.at).max().unwrap());
        let (before, after) = (evaluate(&book, &plain, as_of, &[]).unwrap(), evaluate(&book, &back, as_of, &[]).unwrap());
        prop_assert_eq!(&before, &after);
        // Meanwhile the earliest contact counts.
        let joined = evaluate(&book, &once, as_of, &[]).unwrap();
        prop_assert_eq!(joined.started_at, before.started_at.min(contact_at));
        prop_assert!(joined.consumed_ms >= before.consumed_ms);
    }
}
