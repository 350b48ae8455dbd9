use serde_json::json;

use super::{Asked, Cover, Freed, Price, quote};

fn list() -> Vec<Price> {
    let name = json!({ "zh": "名", "en": "name" });
    let price = |more: serde_json::Value| {
        let mut row = json!({ "name": name });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(row).unwrap()
    };
    vec![
        price(json!({ "code": "LAB", "unit": "visit", "price": 8000, "tax": 6 })),
        price(json!({ "code": "HEAD", "unit": "piece", "price": 9001, "tax": 13 })),
        price(json!({ "code": "POST", "unit": "piece", "at_cost": true })),
        price(json!({ "code": "NIGHT", "unit": "surcharge", "percent": 50, "tax": 6 })),
        price(json!({ "code": "OLD", "unit": "piece", "price": 1, "off": true })),
    ]
}

fn asked(code: &str, quantity: i64, cost: Option<i64>) -> Asked {
    Asked { code: code.into(), quantity, cost }
}

#[test]
fn a_quote_is_exact_to_the_fen() {
    let cases: &[(&[Asked], i64, i64)] = &[
        (&[asked("LAB", 1, None)], 8000, 453),
        // 9001 × 13 / 113 = 1035.51…
        (&[asked("HEAD", 1, None)], 9001, 1036),
        (&[asked("POST", 2, Some(1250))], 2500, 0),
        // Half of 8000 + 9001 = 8500.5, rounded up.
        (&[asked("NIGHT", 1, None), asked("LAB", 1, None), asked("HEAD", 1, None)], 25_502, 453 + 1036 + 481),
    ];
    for (lines, total, tax) in cases {
        let quoted = quote(&list(), lines, |_| Cover::default()).unwrap();
        assert_eq!((quoted.total, quoted.tax), (*total, *tax), "{lines:?}");
        assert_eq!(quoted.lines.iter().map(|l| l.amount).sum::<i64>(), *total);
    }
}

#[test]
fn only_what_is_listed_is_charged() {
    let cases: &[(&[Asked], &str, &str)] = &[
        (&[], "quote.empty", "lines"),
        (&[asked("GONE", 1, None)], "quote.not_listed", "lines[0].code"),
        (&[asked("LAB", 1, None), asked("OLD", 1, None)], "quote.not_listed", "lines[1].code"),
        (&[asked("LAB", 0, None)], "quote.bad_quantity", "lines[0].quantity"),
        (&[asked("NIGHT", 2, None)], "quote.bad_quantity", "lines[0].quantity"),
        (&[asked("NIGHT", 1, None), asked("LAB", 1, None), asked("NIGHT", 1, None)], "quote.surcharge_twice", "lines[2].code"),
        (&[asked("POST", 1, None)], "quote.cost_missing", "lines[0].cost"),
    ];
    for (lines, code, field) in cases {
        let refused = quote(&list(), lines, |_| Cover::default()).unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (*code, Some(*field)));
    }
}

#[test]
fn what_a_term_frees_costs_nothing_and_adds_nothing_to_a_surcharge() {
    let name = crate::ground::Text { zh: "条款".into(), en: "Term".into() };
    let free = |code: &'static str| {
        let freed = Freed { code: "W-REPAIR".into(), name: name.clone(), why: name.clone() };
        let why = name.clone();
        move |price: &Price| match price.code == code {
            true => Cover { freed: Some(freed.clone()), why: None },
            false => Cover { freed: None, why: Some(why.clone()) },
        }
    };
    let lines = [asked("LAB", 1, None), asked("HEAD", 2, None), asked("NIGHT", 1, None)];
    let cases = [("LAB", [0, 18_002, 9_001]), ("HEAD", [8_000, 0, 4_000]), ("", [8_000, 18_002, 13_001])];
    for (code, amounts) in cases {
        let quoted = quote(&list(), &lines, free(code)).unwrap();
        assert_eq!(quoted.lines.iter().map(|l| l.amount).collect::<Vec<_>>(), amounts, "{code}");
        assert_eq!(quoted.total, amounts.iter().sum::<i64>());
        assert!(quoted.lines.iter().all(|l| (l.code == code) == l.cover.freed.is_some()));
    }
}
