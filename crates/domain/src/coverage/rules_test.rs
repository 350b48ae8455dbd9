use jiff::civil::Date;
use serde_json::json;

use super::*;
use crate::ground::Text;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn term(fields: serde_json::Value) -> Term {
    let mut row = json!({ "name": { "zh": "条款", "en": "Term" } });
    row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    serde_json::from_value(row).unwrap()
}

fn terms() -> Vec<Term> {
    vec![
        term(json!({ "code": "W-STD", "applies": "terminal", "months": 12 })),
        term(json!({ "code": "W-SUNMI", "applies": "terminal", "vendor": "sunmi", "months": 36 })),
        term(json!({ "code": "W-CONSUM", "applies": "part", "part_classes": ["consumable"], "months": 12 })),
        term(json!({ "code": "W-REPAIR", "applies": "repair", "days": 90 })),
        term(json!({ "code": "W-DOA", "applies": "exchange", "days": 15 })),
        term(json!({ "code": "X-12", "applies": "extension", "months": 12 })),
    ]
}

fn device(vendor: &str, activated: &str) -> Device {
    Device {
        warranty: Warranty { activated_on: Some(day(activated)), ..Warranty::default() },
        maker: Maker { vendor: vendor.into(), class: "smart_pos".into(), months: None },
        ..Device::default()
    }
}

fn verdict(coverage: &Coverage, code: &str) -> Verdict {
    coverage.terms.iter().find(|t| t.code == code).unwrap().verdict
}

#[test]
fn the_term_that_holds_longest_decides_and_its_last_day_counts() {
    let mut extended = device("pax", "2025-03-01");
    extended.warranty.extended_until = Some(day("2027-03-01"));
    let mut recorded = device("pax", "2025-03-01");
    recorded.warranty.until = Some(day("2026-06-30"));
    let mut model = device("pax", "2025-03-01");
    model.maker.months = Some(24);
    let table = [
        (device("pax", "2025-03-01"), "2026-03-01", true, "W-STD"),
        (device("pax", "2025-03-01"), "2026-03-02", false, "none"),
        (device("sunmi", "2025-03-01"), "2028-03-01", true, "W-SUNMI"),
        (extended.clone(), "2026-02-01", true, "X-12"),
        (extended, "2027-03-02", false, "none"),
        (recorded.clone(), "2026-06-30", true, ON_RECORD),
        (recorded, "2026-07-01", false, "none"),
        (model, "2027-03-01", true, FROM_CATALOGUE),
        (Device::default(), "2026-03-01", false, "unknown"),
    ];
    for (device, on, covered, rule) in table {
        let decision = decide(&terms(), &device, day(on));
        assert_eq!((decision.in_warranty, decision.rule.as_str()), (covered, rule), "{on} {device:?}");
        assert!(terms().iter().all(|t| decision.terms.iter().any(|j| j.code == t.code)), "each term is accounted for");
        assert_eq!(decision.terms.iter().filter(|j| j.verdict == Verdict::Decides).count(), usize::from(covered));
    }
}

#[test]
fn what_the_tenant_publishes_is_what_decides() {
    let old = device("pax", "2024-09-01");
    assert!(!decide(&terms(), &old, day("2026-03-01")).in_warranty);
    let mut longer = terms();
    longer[0].months = Some(24);
    assert_eq!(decide(&longer, &old, day("2026-03-01")).rule, "W-STD");
    longer[0].off = true;
    let gone = decide(&longer, &old, day("2026-03-01"));
    assert_eq!((gone.rule.as_str(), gone.terms.iter().any(|t| t.code == "W-STD")), ("unknown", false));
}

#[test]
fn warranty_counts_from_ninety_days_after_shipment_at_the_latest() {
    let mut shelved = device("pax", "2025-12-01");
    shelved.warranty.shipped_on = Some(day("2025-01-01"));
    let decision = decide(&terms(), &shelved, day("2026-04-01"));
    assert_eq!((decision.from, decision.in_warranty, decision.until), (Some(day("2025-04-01")), true, Some(day("2026-04-01"))));
}

#[test]
fn a_repair_answers_for_its_own_kind_of_fault_only() {
    let mut old = device("pax", "2022-01-01");
    old.repaired = Some(Repaired { on: day("2026-01-10"), fault_code: "PR-03".into() });
    let on = |device: &Device, at: &str| decide(&terms(), device, day(at));
    assert_eq!((on(&old, "2026-02-01").rule.as_str(), verdict(&on(&old, "2026-02-01"), "W-REPAIR")), ("none", Verdict::Other));
    old.fault_code = Some("PR-05".into());
    assert_eq!(on(&old, "2026-04-10").rule, "W-REPAIR");
    assert_eq!((on(&old, "2026-04-11").rule.as_str(), verdict(&on(&old, "2026-04-11"), "W-REPAIR")), ("none", Verdict::Ended));
    old.fault_code = Some("PW-01".into());
    assert!(!on(&old, "2026-02-01").in_warranty);
}

#[test]
fn a_terminal_dead_on_arrival_is_exchanged_once() {
    let fresh = device("pax", "2026-03-01");
    let decision = decide(&terms(), &fresh, day("2026-03-16"));
    assert_eq!((decision.exchange, decision.rule.as_str()), (true, "W-STD"));
    assert!(!decide(&terms(), &fresh, day("2026-03-17")).exchange);
    let repaired = Device { repaired: Some(Repaired { on: day("2026-03-05"), fault_code: "PR-03".into() }), ..fresh.clone() };
    assert!(!decide(&terms(), &repaired, day("2026-03-10")).exchange);
    let mut shelved = fresh;
    shelved.warranty.shipped_on = Some(day("2025-11-01"));
    assert!(!decide(&terms(), &shelved, day("2026-03-10")).exchange);
}

#[test]
fn a_rejected_term_says_whom_it_is_for() {
    let mut own = terms();
    own[1].whose = Some(Text { zh: "商米".into(), en: "SUNMI".into() });
    let decision = decide(&own, &device("pax", "2026-01-01"), day("2026-03-01"));
    let rejected = decision.terms.iter().find(|t| t.code == "W-SUNMI").unwrap();
    assert_eq!((rejected.verdict, rejected.why.zh.as_str(), rejected.why.en.as_str()), (Verdict::Other, "只适用于商米", "Only for SUNMI"));
}

#[test]
fn making_good_is_free_also_when_cover_has_ended() {
    let unhappy = Unhappy { on: day("2026-11-25"), score: 2 };
    for device in [device("pax", "2022-01-01"), device("pax", "2026-06-01")] {
        let before = decide(&terms(), &device, day("2026-11-26"));
        let after = again(before.clone(), unhappy);
        assert_eq!((after.in_warranty, after.rule.as_str(), after.until), (true, MADE_GOOD, before.until));
        assert_eq!(after.terms.len(), before.terms.len() + 1);
        assert_eq!(after.terms.iter().filter(|t| t.verdict == Verdict::Decides).count(), 1, "one term decides");
    }
}

#[test]
fn what_people_broke_is_covered_by_no_term() {
    let fresh = Device { fault_code: Some("PHY-01".into()), caused: true, ..device("pax", "2026-03-01") };
    let decision = decide(&terms(), &fresh, day("2026-03-05"));
    assert_eq!((decision.in_warranty, decision.exchange, decision.rule.as_str()), (false, false, "unknown"));
    assert!(decision.sentence.en.contains("caused by people"));
    assert!(matches!(labour(&decision), Entitled::Charged(_)));
    assert!(matches!(part(&terms(), &fresh, &decision, "consumable", day("2026-03-05")), Entitled::Charged(_)));
}

#[test]
fn a_part_is_free_by_the_term_of_its_class_or_else_by_the_terminals() {
    // maker, class, what was repaired before, on which day, and the term that frees it.
    let table: &[(&str, &str, Option<(&str, &str)>, &str, Option<&str>)] = &[
        ("pax", "consumable", None, "2026-03-01", Some("W-CONSUM")),
        ("sunmi", "board", None, "2026-09-01", Some("W-SUNMI")),
        ("sunmi", "consumable", None, "2026-09-01", None),
        ("pax", "board", None, "2026-09-01", None),
        ("sunmi", "consumable", Some(("2026-08-01", "PRN-03")), "2026-09-01", Some("W-SUNMI")),
        ("pax", "consumable", Some(("2026-08-01", "PRN-03")), "2026-09-01", Some("W-REPAIR")),
        ("pax", "consumable", Some(("2026-08-01", "PWR-01")), "2026-09-01", None),
        ("pax", "consumable", Some(("2026-05-01", "PRN-03")), "2026-09-01", None),
    ];
    for (vendor, class, repaired, on, frees) in table {
        let repaired = repaired.map(|(on, fault)| Repaired { on: day(on), fault_code: fault.into() });
        let device = Device { repaired, fault_code: Some("PRN-02".into()), ..device(vendor, "2025-03-01") };
        let decision = decide(&terms(), &device, day(on));
        let free = match part(&terms(), &device, &decision, class, day(on)) {
            Entitled::Free(term) => Some(term.code),
            Entitled::Charged(_) => None,
        };
        assert_eq!(free.as_deref(), *frees, "{vendor} {class} {on}");
    }
}
