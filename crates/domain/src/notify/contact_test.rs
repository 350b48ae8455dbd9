use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::NoticeKind;
use super::contact::*;
use crate::ground::Timestamp;

fn shanghai() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn at(text: &str) -> Timestamp {
    format!("2026-11-{text}+08:00").parse().unwrap()
}

#[test]
fn who_is_contacted_when_and_why_not() {
    let ours = Contact { account: Account::Ours, asked: false, emergency: false, today: 0 };
    let case = Contact { account: Account::Case, ..ours };
    let theirs = Contact { account: Account::Theirs, ..ours };
    let emergency = Contact { emergency: true, ..case };
    let full = |contact: Contact| Contact { today: CONTACTS_A_DAY, ..contact };
    let table = [
        (ours, "24T20:59:59", May::Now(None)),
        (ours, "24T21:00:00", May::Later(at("25T08:00:00"), Held::Quiet)),
        (ours, "25T03:00:00", May::Later(at("25T08:00:00"), Held::Quiet)),
        (ours, "25T08:00:00", May::Now(None)),
        (case, "24T22:00:00", May::Later(at("25T08:00:00"), Held::Quiet)),
        (theirs, "24T22:00:00", May::Now(Some(Exception::Asked))),
        (Contact { asked: true, ..case }, "24T22:00:00", May::Now(Some(Exception::Asked))),
        (emergency, "24T22:00:00", May::Now(Some(Exception::Emergency))),
        (emergency, "24T12:00:00", May::Now(None)),
        (full(ours), "24T12:00:00", May::Later(at("25T08:00:00"), Held::Enough)),
        (full(ours), "24T03:00:00", May::Later(at("25T08:00:00"), Held::Enough)),
        (Contact { emergency: true, ..full(ours) }, "24T12:00:00", May::Later(at("25T08:00:00"), Held::Enough)),
        (full(case), "24T12:00:00", May::Now(None)),
        (full(theirs), "24T12:00:00", May::Now(None)),
        (Contact { today: CONTACTS_A_DAY - 1, ..ours }, "24T12:00:00", May::Now(None)),
    ];
    for (contact, now, expected) in table {
        assert_eq!(may_contact(&contact, &shanghai(), at(now)), expected, "{contact:?} at {now}");
    }
}

#[test]
fn where_the_own_case_stands_is_never_one_too_many() {
    let capped = |kind: &NoticeKind| {
        let contact = Contact { account: kind.account(), asked: false, emergency: false, today: CONTACTS_A_DAY };
        may_contact(&contact, &shanghai(), at("24T12:00:00")) != May::Now(None)
    };
    let held: Vec<_> = NoticeKind::ALL.iter().copied().filter(capped).collect();
    assert_eq!(held, [NoticeKind::Survey, NoticeKind::IncidentNews]);
}

proptest! {
    /// Whatever waits goes out at a time at which it would not have to wait for the night, and within a day and a night.
    #[test]
    fn what_waits_goes_out_by_day_and_soon(seconds in 1_700_000_000_i64..1_900_000_000, today in 0_u32..9, emergency: bool, ours: bool) {
        let account = if ours { Account::Ours } else { Account::Case };
        for name in ["Asia/Shanghai", "Europe/Berlin", "America/Lima"] {
            let (zone, now) = (TimeZone::get(name).unwrap(), Timestamp::from_second(seconds).unwrap());
            if let May::Later(then, _) = may_contact(&Contact { account, asked: false, emergency, today }, &zone, now) {
                prop_assert!(then > now && then.as_second() - now.as_second() <= 33 * 3600);
                prop_assert_eq!(may_contact(&Contact { account, asked: false, emergency: false, today: 0 }, &zone, then), May::Now(None));
            }
        }
    }
}
