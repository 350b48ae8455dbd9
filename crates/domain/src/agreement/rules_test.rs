use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::{TimeZone, offset};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ground::{Refusal, Timestamp, TypedId, UserId};

fn zone() -> TimeZone {
    TimeZone::fixed(offset(8))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn terms() -> Terms {
    let clause = |number: &str, fee_fen| Clause { number: number.into(), penalty: Some(Penalty { per_hour_pct: 5, cap_pct: 30, fee_fen }) };
    let clauses = BTreeMap::from([(ClauseKind::FirstResponse, clause("2.1", 2_000)), (ClauseKind::Resolution, clause("2.2", 12_000))]);
    Terms { version: 3, clauses }
}

fn promised(n: u128, kind: ClauseKind, due: &str, late_s: Option<i64>) -> Promised {
    let due = at(due);
    Promised {
        clock: ClockId::from_uuid(Uuid::from_u128(n)),
        ticket: TicketId::from_uuid(Uuid::from_u128(n / 2)),
        kind,
        started: due,
        due,
        ended: Some(due),
        breached: late_s.is_some(),
        late_s: late_s.unwrap_or_default(),
    }
}

fn id<const P: u32>(n: u128) -> crate::ground::Id<P> {
    crate::ground::Id::from_uuid(Uuid::from_u128(n))
}

#[test]
fn how_a_promise_counts() {
    let storm = Exclusion { id: id(90), what: Excluded::Day(date(2026, 10, 14)) };
    let ticket = Exclusion { id: id(91), what: Excluded::Ticket(id(4)) };
    let ruled = |claim| Some(Ruling { dispute: id(70), claim });
    let excluded = Some(Because::Exclusion(id(90)));
    let by_dispute = Some(Because::Dispute(id(70)));
    // due, late, ruling -> verdict, seconds, fen, because
    let table = [
        ("2026-10-13T15:59:59Z", None, None, (LineVerdict::Kept, 0, 0, None)),
        ("2026-10-13T15:59:59Z", Some(3_601), None, (LineVerdict::Late, 3_601, 1_200, None)),
        // The day begins and ends in the zone of the calendar, not in UTC.
        ("2026-10-13T16:00:00Z", Some(3_601), None, (LineVerdict::LeftOut, 0, 0, excluded)),
        ("2026-10-14T15:59:59Z", None, None, (LineVerdict::LeftOut, 0, 0, excluded)),
        ("2026-10-14T16:00:00Z", Some(60), None, (LineVerdict::Late, 60, 600, None)),
        ("2026-10-20T04:00:00Z", Some(999_999), None, (LineVerdict::Late, 999_999, 3_600, None)),
        ("2026-10-20T04:00:00Z", Some(0), None, (LineVerdict::Late, 0, 0, None)),
        ("2026-10-20T04:00:00Z", Some(7_300), ruled(Claim::Kept), (LineVerdict::Kept, 0, 0, by_dispute)),
        ("2026-10-20T04:00:00Z", Some(7_300), ruled(Claim::Late(3_600)), (LineVerdict::Late, 3_600, 600, by_dispute)),
        ("2026-10-20T04:00:00Z", None, ruled(Claim::Late(3_601)), (LineVerdict::Late, 3_601, 1_200, by_dispute)),
        ("2026-10-20T04:00:00Z", Some(7_300), ruled(Claim::LeftOut), (LineVerdict::LeftOut, 0, 0, by_dispute)),
        // What was ruled about the line stands over the storm.
        ("2026-10-14T04:00:00Z", None, ruled(Claim::Late(60)), (LineVerdict::Late, 60, 600, by_dispute)),
    ];
    for (due, late, ruling, (verdict, counted_s, penalty, because)) in table {
        let p = promised(1, ClauseKind::Resolution, due, late);
        let line = judge(p.clone(), &terms(), &[storm, ticket], ruling.as_ref(), &zone());
        assert_eq!(line, Line { promised: p, verdict, counted_s, penalty, because }, "{due} {late:?} {ruling:?}");
    }
    let line = judge(promised(8, ClauseKind::Resolution, "2026-10-20T04:00:00Z", Some(60)), &terms(), &[storm, ticket], None, &zone());
    assert_eq!((line.verdict, line.because), (LineVerdict::LeftOut, Some(Because::Exclusion(id(91)))), "its ticket is excluded");
}

#[test]
fn months() {
    let month: Month = "2026-12".parse().unwrap();
    assert_eq!(month.span(&zone()), (at("2026-11-30T16:00:00Z"), at("2026-12-31T16:00:00Z")));
    assert_eq!((month.next().to_string(), month.before().to_string()), ("2027-01".into(), "2026-11".into()));
    assert_eq!((month.has(date(2026, 12, 31)), month.has(date(2027, 1, 1))), (true, false));
    for wrong in ["", "2026", "2026-13", "2026-00", "26-10", "2026-1", "2026-1x", "+026-10", "2026-+1", "1999-12", "2026-10-01"] {
        assert_eq!(wrong.parse::<Month>(), Err(()), "{wrong:?}");
    }
}

#[test]
fn attainment_is_cut_down_and_never_up() {
    let of = |kept, late| Figures { kept, late, ..Figures::default() }.attainment_bp();
    assert_eq!([of(0, 0), of(1, 0), of(2, 1), of(99_999, 1), of(0, 4)], [None, Some(10_000), Some(6_666), Some(9_999), Some(0)]);
}

#[test]
fn what_a_statement_refuses() {
    let code = |r: Result<(), Refusal>| r.map_err(|r| r.code);
    let signing = Signing { ended: true, signed: 0, pending: 0, own: false };
    let sign = |s| super::sign(s).map_err(|r| r.code);
    assert_eq!(sign(signing), Ok(1));
    assert_eq!(sign(Signing { ended: false, ..signing }), Err("statement.month_running"));
    assert_eq!(sign(Signing { signed: 1, ..signing }), Err("statement.nothing_new"));
    assert_eq!(sign(Signing { signed: 1, pending: 1, ..signing }), Ok(2));
    assert_eq!(sign(Signing { pending: 1, own: true, ..signing }), Err("statement.own_exclusion"));

    let october: Month = "2026-10".parse().unwrap();
    let exclude = |day, known, reason, proof| code(super::exclude(october, day, known, reason, proof));
    assert_eq!(exclude(Some(date(2026, 10, 31)), false, "台风", "气象局第3号"), Ok(()));
    assert_eq!(exclude(None, false, " ", "x"), Err("reason.missing"));
    assert_eq!(exclude(None, false, "台风", " "), Err("statement.no_proof"));
    assert_eq!(exclude(Some(date(2026, 11, 1)), false, "台风", "x"), Err("statement.day_outside"));
    assert_eq!(exclude(None, true, "台风", "x"), Err("statement.excluded_already"));
    assert_eq!([code(withdraw(false)), code(withdraw(true))], [Ok(()), Err("statement.exclusion_signed")]);

    let dispute = |verdict, counted, open, claim| code(super::dispute(verdict, counted, open, claim, "门店停电"));
    assert_eq!(dispute(LineVerdict::Late, 60, false, Claim::Kept), Ok(()));
    assert_eq!(dispute(LineVerdict::Late, 60, false, Claim::Late(90)), Ok(()));
    assert_eq!(dispute(LineVerdict::Late, 60, false, Claim::Late(60)), Err("statement.nothing_disputed"));
    assert_eq!(dispute(LineVerdict::LeftOut, 0, false, Claim::LeftOut), Err("statement.nothing_disputed"));
    assert_eq!(dispute(LineVerdict::Kept, 0, false, Claim::Late(0)), Err("statement.late_missing"));
    assert_eq!(dispute(LineVerdict::Late, 60, true, Claim::Kept), Err("statement.disputed_already"));
    assert_eq!(code(super::dispute(LineVerdict::Late, 60, false, Claim::Kept, " ")), Err("reason.missing"));

    let (one, other): (UserId, UserId) = (id(1), id(2));
    let decide = |state, by, reason| code(super::decide(&Raised { state, by: one }, by, reason));
    assert_eq!(decide(DisputeState::Open, other, "属实"), Ok(()));
    assert_eq!(decide(DisputeState::Open, one, "属实"), Err("statement.own_dispute"));
    assert_eq!(decide(DisputeState::Refused, other, "属实"), Err("statement.decided"));
    assert_eq!(decide(DisputeState::Open, other, ""), Err("reason.missing"));
}

#[test]
fn a_seal_covers_head_and_lines() {
    let head = Head {
        statement: "stm_1",
        acquirer: "acq_1",
        agreement: ("urban", 3),
        month: "2026-10",
        version: 1,
        predecessor: "",
        signed_by: "usr_1",
        signed_ms: 5,
    };
    let lines = [
        promised(1, ClauseKind::Resolution, "2026-10-20T04:00:00Z", Some(60)),
        promised(2, ClauseKind::Resolution, "2026-10-20T04:00:00Z", None),
    ];
    let judged = |excluded: &[Exclusion]| statement(lines.clone(), &terms(), excluded, &BTreeMap::new(), &zone()).0;
    let seal = |head: &Head<'_>, lines: &[Line]| {
        let mut seal = Seal::new(head);
        lines.iter().for_each(|line| seal.line(line));
        seal.finish()
    };
    let first = seal(&head, &judged(&[]));
    assert_eq!((first.len(), &seal(&head, &judged(&[]))), (64, &first), "the same data, the same seal");
    let storm = Exclusion { id: id(90), what: Excluded::Day(date(2026, 10, 20)) };
    let mut seen = vec![first];
    for other in [
        seal(&head, &judged(&[storm])),
        seal(&head, &judged(&[])[..1]),
        seal(&Head { version: 2, ..head }, &judged(&[])),
        seal(&Head { predecessor: "00", ..head }, &judged(&[])),
        seal(&Head { signed_by: "usr_2", ..head }, &judged(&[])),
        seal(&Head { statement: "stm_1a", acquirer: "cq_1", ..head }, &judged(&[])),
    ] {
        assert!(!seen.contains(&other));
        seen.push(other);
    }
}

fn some_promise(n: u128) -> impl Strategy<Value = Promised> {
    (0..31 * 86_400_i64, proptest::option::of(0..40 * 86_400_i64), any::<bool>()).prop_map(move |(second, late, first)| {
        let due = Timestamp::from_second(1_790_784_000 + second).unwrap();
        let kind = if first { ClauseKind::FirstResponse } else { ClauseKind::Resolution };
        Promised { due, started: due, ended: None, ..promised(n, kind, "2026-10-01T00:00:00Z", late) }
    })
}

proptest! {
    #[test]
    fn the_sum_is_that_of_the_lines(
        promises in (1..60_u128).prop_flat_map(|n| (0..n).map(some_promise).collect::<Vec<_>>()),
        days in proptest::collection::vec(1..31_i8, 0..4),
        tickets in proptest::collection::vec(0..30_u128, 0..4),
        ruled in proptest::collection::btree_map(0..60_u128, 0..3_i64, 0..6),
    ) {
        let (terms, zone) = (terms(), zone());
        let days = days.iter().map(|d| Excluded::Day(date(2026, 10, *d)));
        let excluded: Vec<Exclusion> =
            days.chain(tickets.iter().map(|t| Excluded::Ticket(id(*t)))).zip(100..).map(|(what, n)| Exclusion { id: id(n), what }).collect();
        let rulings: BTreeMap<ClockId, Ruling> = ruled.iter().map(|(clock, what)| {
            let claim = [Claim::Kept, Claim::LeftOut, Claim::Late(5_000)][*what as usize];
            (id(*clock), Ruling { dispute: id(500 + clock), claim })
        }).collect();
        let (lines, figures) = statement(promises.clone(), &terms, &excluded, &rulings, &zone);
        let total = figures.values().fold(Figures::default(), |sum, of| sum.with(*of));
        prop_assert_eq!(total.penalty, lines.iter().map(|l| l.penalty).sum::<i64>());
        prop_assert_eq!(total.counted() + total.left_out, promises.len() as i64, "nothing is lost");
        for line in &lines {
            let most = terms.clauses[&line.promised.kind].penalty.unwrap().most();
            prop_assert!((0..=most).contains(&line.penalty), "the cap holds");
            if line.verdict != LineVerdict::Late {
                prop_assert_eq!((line.penalty, line.counted_s), (0, 0), "what is kept or left out costs nothing");
            }
            if line.because.is_none() {
                prop_assert_eq!(line.verdict == LineVerdict::Late, line.promised.breached);
            }
        }
        // The same data in another order: the same figures.
        let (_, again) = statement(promises.into_iter().rev(), &terms, &excluded, &rulings, &zone);
        prop_assert_eq!(again, figures);
    }
}
