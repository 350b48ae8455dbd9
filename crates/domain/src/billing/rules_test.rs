use jiff::{SignedDuration, Timestamp};

use super::*;

fn now() -> Timestamp {
    "2026-11-26T02:00:00Z".parse().unwrap()
}

fn hours(n: i64) -> Option<Timestamp> {
    Some(now() + SignedDuration::from_hours(n))
}

fn said(accept: bool, way: AnswerWay) -> Answer {
    Answer {
        accept, by: " 张老板 ".into(), way, note: None, strokes: vec![vec![(12, 40), (60, 22), (118, 47)], vec![(40, 60), (90, 66)]]
    }
}

#[test]
fn an_answer_is_taken_once_while_the_quote_stands() {
    use QuoteState::{Accepted, Declined, Expired, Offered, Replaced};
    let yes_no = [true, false];
    // kept as, valid for hours from now, and what becomes of a yes and of a no.
    let table = [
        (Offered, hours(1), [Ok(Some(Accepted)), Ok(Some(Declined))]),
        (Offered, hours(0), [Err("quote.expired"), Err("quote.expired")]),
        (Offered, None, [Err("quote.expired"), Err("quote.expired")]),
        (Accepted, hours(-9), [Ok(None), Err("quote.answered")]),
        (Declined, hours(-9), [Err("quote.answered"), Ok(None)]),
        (Expired, hours(1), [Err("quote.expired"), Err("quote.expired")]),
        (Replaced, hours(1), [Err("quote.replaced"), Err("quote.replaced")]),
    ];
    for (state, valid_until, wants) in table {
        for (accept, want) in yes_no.into_iter().zip(wants) {
            let got = answer(&Offer { state, valid_until }, &said(accept, AnswerWay::Page), now());
            assert_eq!(got.map(|a| a.map(|(s, _)| s)).map_err(|r| r.code), want, "{state:?} {accept}");
        }
    }
}

#[test]
fn an_answer_says_who_and_only_a_signature_keeps_lines() {
    let offer = Offer { state: QuoteState::Offered, valid_until: hours(1) };
    let kept = |given: &Answer| answer(&offer, given, now()).map(|a| a.unwrap().1).map_err(|r| r.code);
    let by_phone = kept(&Answer { note: Some(" 卡号6222021234567890128 ".into()), ..said(true, AnswerWay::Phone) }).unwrap();
    assert_eq!((by_phone.by.as_str(), by_phone.strokes.len()), ("张老板", 0));
    assert!(!by_phone.note.unwrap().contains("6222021234567890128"));
    assert_eq!(kept(&said(true, AnswerWay::Signature)).unwrap().strokes.len(), 2);
    assert_eq!(kept(&Answer { strokes: vec![vec![(0, 0), (1, 1)]], ..said(true, AnswerWay::Signature) }), Err("visit.signature_small"));
    assert_eq!(kept(&Answer { by: "  ".into(), ..said(true, AnswerWay::Phone) }), Err("quote.who_missing"));
    assert_eq!(kept(&Answer { note: Some("长".repeat(201)), ..said(false, AnswerWay::Phone) }), Err("quote.text_long"));
    assert_eq!(waive(" ").map_err(|r| r.code), Err("reason.missing"));
    assert_eq!(waive(" 老客户 ").unwrap(), "老客户");
}

#[test]
fn consent_is_counted_line_by_line() {
    let need =
        |codes: &[&str], quantity: i64, amount: i64| Need { codes: codes.iter().map(|c| (*c).to_owned()).collect(), quantity, amount };
    let lines = |agreed: &[(&str, i64)]| agreed.iter().map(|(c, n)| Agreed { code: (*c).to_owned(), quantity: *n }).collect::<Vec<_>>();
    let labour = || need(&["URB", "SUB"], 1, 8_000);
    let heads = |n| need(&["HEAD"], n, 9_000 * n);
    use QuoteState::{Accepted, Declined, Expired, Offered};
    let table = [
        (vec![], None, None, Consent::Given),
        (vec![labour()], None, None, Consent::NotAsked(8_000)),
        (vec![labour()], None, Some(Offered), Consent::Waits(8_000)),
        (vec![labour()], None, Some(Declined), Consent::Declined(8_000)),
        (vec![labour()], None, Some(Expired), Consent::NotAsked(8_000)),
        (vec![labour()], Some(lines(&[("SUB", 1)])), Some(Accepted), Consent::Given),
        (vec![labour(), heads(1)], Some(lines(&[("URB", 1)])), Some(Accepted), Consent::Short(9_000)),
        (vec![labour(), heads(2)], Some(lines(&[("URB", 1), ("HEAD", 1)])), Some(Accepted), Consent::Short(9_000)),
        (vec![labour(), heads(2)], Some(lines(&[("URB", 1), ("HEAD", 1), ("HEAD", 1)])), Some(Accepted), Consent::Given),
        // A newer quote that waits, or was refused, over one that was accepted and does not reach.
        (vec![labour(), heads(1)], Some(lines(&[("URB", 1)])), Some(Offered), Consent::Waits(9_000)),
        (vec![labour(), heads(1)], Some(lines(&[("URB", 1)])), Some(Declined), Consent::Declined(9_000)),
    ];
    for (needs, accepted, newest, want) in table {
        assert_eq!(consent(&needs, accepted.as_deref(), newest), want, "{needs:?} {newest:?}");
    }
}
