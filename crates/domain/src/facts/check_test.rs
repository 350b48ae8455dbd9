use serde_json::{Value, json};

use super::{FactKind, List, Lists, Row, check, lay};

fn lists() -> Lists {
    let set = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
    [
        (List::Faults, set(&["PRN-01"])),
        (List::Parts, set(&["battery"])),
        (List::Skills, set(&["printer"])),
        (List::Prices, set(&["LAB"])),
        (List::TicketTypes, set(&["repair", "install"])),
        (List::Vendors, set(&["pax"])),
        (List::Classes, set(&["smart_pos"])),
        (List::PartClasses, set(&["consumable"])),
    ]
    .into()
}

/// What is wrong with one row, as `field code`.
fn wrong(kind: FactKind, shipped: Value, row: Value) -> Vec<String> {
    let read = |list: Value| serde_json::from_value::<Vec<Row>>(list).unwrap();
    let shipped = read(shipped);
    let laid = lay(&shipped, &read(json!([row])));
    check(kind, &laid, &lay(&shipped, &[]), &lists()).into_iter().map(|w| format!("{}.{} {}", w.row, w.field, w.why.code)).collect()
}

/// Something that can be ordered, with this promise.
fn service(promise: Value) -> Value {
    let mut row = json!({ "code": "s", "name": { "zh": "字", "en": "word" }, "visit": false, "minutes": 10 });
    row.as_object_mut().unwrap().extend(promise.as_object().unwrap().clone());
    row
}

#[test]
fn every_kind_names_the_row_and_the_field() {
    let both = json!({ "zh": "字", "en": "word" });
    let cases: Vec<(FactKind, Value, &[&str])> = vec![
        (FactKind::StatusLabels, json!({ "code": "x", "state": "visit", "pauses": "waiting_parts", "agent": both, "customer": both }), &[]),
        (
            FactKind::StatusLabels,
            json!({ "code": "x", "state": "solved", "pauses": "waiting_parts", "agent": both, "customer": both }),
            &["x.pauses fact.pause_not_here"],
        ),
        (
            FactKind::StatusLabels,
            json!({ "code": "x", "agent": both, "customer": { "zh": "字", "en": " " } }),
            &["x.customer.en fact.missing_language", "x.state fact.missing"],
        ),
        (
            FactKind::StatusLabels,
            json!({ "code": "a b", "state": "gone", "agent": both, "customer": both, "colour": 1 }),
            &["a b.code fact.bad_code", "a b.colour fact.unknown_field", "a b.state fact.bad_choice"],
        ),
        (
            FactKind::NoticeTexts,
            json!({ "code": "own", "subject": both, "body": both, "off": true }),
            &["own.code fact.bad_code", "own.off fact.not_off"],
        ),
        (
            FactKind::TicketFields,
            json!({ "code": "f", "name": both, "value": "choice", "needed": "never", "options": [{ "code": "a", "zh": "甲", "en": "A" }] }),
            &["f.options fact.two_options"],
        ),
        (
            FactKind::TicketFields,
            json!({ "code": "f", "name": both, "value": "text", "needed": "solve", "ticket_type": "gone", "place": 0 }),
            &["f.ticket_type fact.unknown_code", "f.place fact.bad_number"],
        ),
        (FactKind::PriceList, json!({ "code": "P", "name": both, "unit": "piece", "price": 100 }), &[]),
        (FactKind::PriceList, json!({ "code": "P", "name": both, "unit": "piece" }), &["P.price fact.percent_or_price"]),
        (
            FactKind::PriceList,
            json!({ "code": "P", "name": both, "unit": "surcharge", "price": -1 }),
            &["P.price fact.bad_money", "P.percent fact.percent_or_price"],
        ),
        (
            FactKind::ServiceItems,
            json!({ "code": "s", "name": both, "visit": true, "minutes": 1, "target_hours": 24, "price": "X", "skills": ["printer", "y"] }),
            &["s.price fact.unknown_code", "s.skills[1] fact.unknown_code", "s.minutes fact.bad_number"],
        ),
        (FactKind::ServiceItems, service(json!({ "target_hours": 24 })), &[]),
        (FactKind::ServiceItems, service(json!({ "target_days": 3, "calendar": "suburb_workdays" })), &[]),
        (FactKind::ServiceItems, service(json!({})), &["s.target_hours fact.hours_or_days"]),
        (
            FactKind::ServiceItems,
            service(json!({ "target_hours": 24, "target_days": 3, "calendar": "suburb_workdays" })),
            &["s.target_hours fact.hours_or_days"],
        ),
        (FactKind::ServiceItems, service(json!({ "target_days": 3 })), &["s.calendar fact.missing"]),
        (
            FactKind::ServiceItems,
            service(json!({ "target_days": 91, "calendar": "lunar" })),
            &["s.target_days fact.bad_number", "s.calendar fact.bad_choice"],
        ),
        (
            FactKind::Faults,
            json!({ "code": "PRN1", "symptom": both, "cause": both, "remote_minutes": 5, "visit": "no", "impact": "partly", "onsite": both }),
            &["PRN1.code fact.bad_code", "PRN1.onsite_minutes fact.onsite_with_minutes"],
        ),
        (
            FactKind::ResponseCodes,
            json!({ "code": "X9", "name": both, "side": "issuer", "ticket": "no", "guidance": both, "fault": "NO-00" }),
            &["X9.fault fact.unknown_code"],
        ),
        (
            FactKind::Models,
            json!({ "code": "A8", "vendor": "pax", "class": "smart_pos", "warranty_months": 12, "features": ["chip", "x"] }),
            &["A8.features[1] fact.unknown_code"],
        ),
        (
            FactKind::WarrantyTerms,
            json!({ "code": "W", "name": both, "applies": "part", "part_classes": ["consumable"] }),
            &["W.months fact.missing"],
        ),
        (
            FactKind::Calendars,
            json!({ "code": "2027", "status": "official", "source": "通知", "off_days": [{ "zh": "元旦", "en": "New Year", "from": "2027-01-01", "to": "2027-01-03" }], "makeup": ["2027-01-09"] }),
            &[],
        ),
        (
            FactKind::Calendars,
            json!({ "code": "2027", "status": "official", "source": "通知", "off_days": [{ "zh": "元旦", "en": "New Year", "from": "2026-12-31", "to": "2027-01-03" }], "makeup": ["2028-01-09"] }),
            &["2027.off_days[0] fact.bad_day", "2027.makeup[0] fact.bad_day"],
        ),
    ];
    for (kind, row, expected) in cases {
        assert_eq!(wrong(kind, json!([]), row.clone()), expected, "{kind:?} {row}");
    }
}

#[test]
fn what_ships_keeps_what_others_rest_on() {
    let both = json!({ "zh": "字", "en": "word" });
    let shipped = json!([{ "code": "visit", "state": "visit", "agent": both, "customer": both }]);
    let row = |state: &str, off: bool| json!({ "code": "visit", "state": state, "agent": both, "customer": both, "off": off });
    assert_eq!(wrong(FactKind::StatusLabels, shipped.clone(), row("visit", false)), [""; 0]);
    assert_eq!(wrong(FactKind::StatusLabels, shipped.clone(), row("remote", false)), ["visit.state fact.fixed"]);
    assert_eq!(wrong(FactKind::StatusLabels, shipped, row("visit", true)), ["visit.off fact.not_off"]);
}
