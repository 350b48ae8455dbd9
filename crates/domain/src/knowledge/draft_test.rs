use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::facts_test::shipped;
use super::{Backing, GuideBody};

const TODAY: Date = date(2026, 11, 26);

fn good() -> Value {
    serde_json::to_value(GuideBody::of(shipped().guide("contactless").unwrap())).unwrap()
}

fn found(body: Value, source: &str, expires_on: Option<Date>) -> Vec<String> {
    let body: GuideBody = serde_json::from_value(body).unwrap();
    let backing = Backing { source, expires_on, today: TODAY };
    shipped().findings(&body, &backing).into_iter().map(|f| format!("{} {} {}", f.node, f.field, f.why.code)).collect()
}

#[test]
fn every_shipped_guide_could_be_published() {
    let backing = Backing { source: "说明书", expires_on: Some(date(2027, 6, 1)), today: TODAY };
    for guide in shipped().guides() {
        let body = GuideBody::of(guide);
        assert_eq!(shipped().findings(&body, &backing), [], "{}", guide.id);
        assert_eq!(&shipped().guide_from(&guide.id, guide.version, &body).unwrap(), guide);
    }
}

#[test]
fn each_mistake_is_named_at_its_place() {
    let cases: &[(&str, Value, &[&str])] = &[
        ("/steps/0/answers/0/step", json!("nowhere"), &["which answers[0].step guide.dead_end"]),
        ("/steps/0/answers/0/step", Value::Null, &["which answers[0].step guide.dead_end"]),
        ("/steps/0/merchant/question/en", json!(" "), &["which merchant.question.en guide.no_text"]),
        ("/steps/0/merchant/question/zh", json!("是不是NFC-01？"), &["which merchant.question.zh guide.code_told"]),
        ("/steps/1/answers/1/step", json!("which"), &["which answers guide.loop", "phone_on id guide.unreached"]),
        ("/steps/1/id", json!("which"), &["which id guide.id_twice"]),
        ("/start", json!("gone"), &[" start guide.no_start"]),
        ("/endings/0/fault_code", json!("NFC-77"), &["advise_hold fault_code guide.unknown_code"]),
        ("/endings/0/fault_code", json!("SEC-01"), &["advise_hold outcome guide.guarded"]),
        ("/endings/5/skills", json!([]), &["visit_antenna skills guide.visit_skill"]),
        ("/fault_codes", json!([]), &[" fault_codes guide.no_fault"]),
    ];
    for (place, value, expected) in cases {
        let mut body = good();
        *body.pointer_mut(place).unwrap() = value.clone();
        let found = found(body, "说明书", Some(date(2027, 1, 1)));
        for one in *expected {
            assert!(found.contains(&(*one).to_owned()), "{place}: {one} in {found:?}");
        }
    }
}

#[test]
fn nothing_is_published_without_source_and_expiry() {
    assert_eq!(found(good(), " ", None), [" source guide.no_source", " expires_on guide.no_expiry"]);
    assert_eq!(found(good(), "说明书", Some(TODAY)), [" expires_on guide.no_expiry"]);
    assert_eq!(found(good(), "说明书", Some(date(2030, 1, 1))), [" expires_on guide.no_expiry"]);
}
