use serde_json::json;

use super::{CustomField, FieldNeed, Given, accept, lacking};

fn fields() -> Vec<CustomField> {
    let name = json!({ "zh": "栏", "en": "field" });
    let field = |code: &str, value: &str, needed: &str, of: Option<&str>| {
        let options = json!([{ "code": "a", "zh": "甲", "en": "A" }, { "code": "b", "zh": "乙", "en": "B" }]);
        json!({ "code": code, "name": name, "value": value, "needed": needed, "ticket_type": of, "options": options })
    };
    let list = [
        field("words", "text", "never", None),
        field("count", "number", "registration", Some("repair")),
        field("kind", "choice", "solve", None),
        field("day", "date", "never", Some("install")),
    ];
    list.into_iter().map(|f| serde_json::from_value(f).unwrap()).collect()
}

fn given(pairs: &[(&str, &str)]) -> Given {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn values_are_taken_as_their_field_says() {
    let long = "字".repeat(501);
    let cases: &[(&str, &str, &str, Result<&str, &str>)] = &[
        ("repair", "words", " 门口 ", Ok("门口")),
        ("repair", "words", "4111 1111 1111 1111", Ok("4111 **** **** 1111")),
        ("repair", "words", &long, Err("ticket.field_long")),
        ("repair", "count", "12.5", Ok("12.5")),
        ("repair", "count", "twelve", Err("ticket.field_bad_number")),
        ("repair", "count", "inf", Err("ticket.field_bad_number")),
        ("install", "count", "12", Err("ticket.field_unknown")),
        ("repair", "kind", "a", Ok("a")),
        ("repair", "kind", "c", Err("ticket.field_bad_choice")),
        ("install", "day", "2026-11-26", Ok("2026-11-26")),
        ("install", "day", "2026-02-30", Err("ticket.field_bad_date")),
        ("repair", "gone", "x", Err("ticket.field_unknown")),
    ];
    for (of, code, value, expected) in cases {
        let taken = accept(&fields(), of, &Given::new(), &given(&[(code, value)]));
        match expected {
            Ok(kept) if value.starts_with("4111") => {
                assert_ne!(taken.as_ref().unwrap()[*code], *value, "{kept}");
            }
            Ok(kept) => assert_eq!(taken.unwrap()[*code], *kept),
            Err(refusal) => {
                let said = taken.unwrap_err();
                assert_eq!((said.code, said.field), (*refusal, Some(format!("fields.{code}"))));
            }
        }
    }
}

#[test]
fn an_empty_value_takes_a_field_back() {
    let known = given(&[("words", "x"), ("kind", "a")]);
    assert_eq!(accept(&fields(), "repair", &known, &given(&[("words", " ")])).unwrap(), given(&[("kind", "a")]));
}

#[test]
fn what_must_be_said_by_when() {
    let names =
        |of: &str, known: &[(&str, &str)], by| lacking(&fields(), of, &given(known), by).iter().map(|f| f.code.clone()).collect::<Vec<_>>();
    assert_eq!(names("repair", &[], FieldNeed::Registration), ["count"]);
    assert_eq!(names("repair", &[], FieldNeed::Solve), ["count", "kind"]);
    assert_eq!(names("repair", &[("count", "1"), ("kind", "a")], FieldNeed::Solve), [""; 0]);
    assert_eq!(names("install", &[], FieldNeed::Solve), ["kind"]);
}
