use super::*;

fn penalty(per_hour_pct: i64, cap_pct: i64, fee_fen: i64) -> Penalty {
    Penalty { per_hour_pct, cap_pct, fee_fen }
}

#[test]
fn what_can_be_agreed() {
    use PenaltyError as E;
    let table = [
        (penalty(5, 30, 12_000), None),
        (penalty(100, 100, 100), None),
        (penalty(5, 5, 12_000), None),
        (penalty(0, 30, 12_000), Some(E::PerHour)),
        (penalty(101, 101, 12_000), Some(E::PerHour)),
        (penalty(-5, 30, 12_000), Some(E::PerHour)),
        (penalty(5, 4, 12_000), Some(E::Cap)),
        (penalty(5, 101, 12_000), Some(E::Cap)),
        (penalty(5, 30, 0), Some(E::Fee)),
        (penalty(5, 30, -100), Some(E::Fee)),
        (penalty(5, 30, 10_000_100), Some(E::Fee)),
        (penalty(5, 30, 12_050), Some(E::FeeBroken)),
    ];
    for (asked, refused) in table {
        assert_eq!(asked.checked().err(), refused, "{asked:?}");
    }
}

#[test]
fn what_an_hour_begun_costs() {
    let clause = penalty(5, 30, 12_000);
    let table = [
        (-60, 0),
        (0, 0),
        (1, 600),
        (3_600, 600),
        (3_601, 1_200),
        (5 * 3_600, 3_000),
        (6 * 3_600, 3_600),
        (6 * 3_600 + 1, 3_600),
        (i64::MAX, 3_600),
    ];
    for (late_s, fen) in table {
        assert_eq!(clause.of(late_s), fen, "{late_s} s");
    }
    assert_eq!(clause.most(), 3_600);
    assert_eq!(penalty(7, 30, 12_000).of(5 * 3_600), 3_600, "30 percent, not 35");
}

#[test]
fn a_file_of_agreements_and_what_is_wrong_with_it() {
    let with = |penalty: &str| {
        format!(
            r#"{{"agreements":{{"city":{{"version":3,"name":{{}},"clocks":{{"resolution":{{"clause":"2.2","targets":{{}}{penalty}}}}}}}}}}}"#
        )
    };
    let read = |text: &str| Terms::read(text);
    let terms = read(&with(r#","penalty":{"per_hour_pct":5,"cap_pct":30,"fee_fen":12000}"#)).unwrap();
    assert_eq!((terms["city"].version, terms["city"].penalty(ClauseKind::Resolution, 7_201)), (3, 1_800));
    assert_eq!(terms["city"].penalty(ClauseKind::FirstResponse, 7_201), 0, "nothing is agreed about it");
    assert_eq!(read(&with("")).unwrap()["city"].penalty(ClauseKind::Resolution, 7_201), 0, "a breach without a penalty costs nothing");
    let refused = read(&with(r#","penalty":{"per_hour_pct":5,"cap_pct":30,"fee_fen":12050}"#)).unwrap_err();
    let why = PenaltyError::FeeBroken;
    assert_eq!(refused, TermsError::Penalty { agreement: "city".into(), kind: ClauseKind::Resolution, why });
    for (text, named) in [
        (r#","penalty":{"per_hour_pct":5.5,"cap_pct":30,"fee_fen":12000}"#, "per_hour_pct"),
        (r#","penalty":{"per_hour_pct":5,"cap_pct":30}"#, "fee_fen"),
        (r#","penalty":{"per_hour_pct":5,"cap_pct":30,"fee_fen":12000,"fine":1}"#, "fine"),
        (r#"},"solution":{"clause":"2.3""#, "clocks.solution"),
        (r#","penalty":"5%""#, "agreements.city.clocks.resolution.penalty"),
    ] {
        match read(&with(text)).unwrap_err() {
            TermsError::Unreadable(why) => assert!(why.contains(named), "{why}"),
            other @ TermsError::Penalty { .. } => panic!("{other}"),
        }
    }
}

#[test]
fn the_shipped_agreements_have_terms() {
    let terms = Terms::read(include_str!("../../../../data/agreements.json")).unwrap();
    assert_eq!(terms.keys().map(String::as_str).collect::<Vec<_>>(), ["remote_only", "suburb", "urban"]);
    assert!(terms.values().all(|t| t.clauses.len() == ClauseKind::ALL.len() && t.clauses.values().all(|c| c.penalty.is_some())));
}
