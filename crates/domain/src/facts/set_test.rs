use serde_json::{Value, json};

use super::{Change, Origin, Row, code_of, difference, lay};

fn rows(list: Value) -> Vec<Row> {
    serde_json::from_value(list).unwrap()
}

#[test]
fn a_tenants_rows_lie_over_the_shipped_ones() {
    let shipped = rows(json!([{ "code": "a", "n": 1 }, { "code": "b", "n": 2 }]));
    let own = rows(json!([{ "code": "c", "n": 9 }, { "code": "b", "n": 3 }]));
    let laid: Vec<(Origin, String, i64)> =
        lay(&shipped, &own).iter().map(|l| (l.origin, code_of(&l.row).to_owned(), l.row["n"].as_i64().unwrap())).collect();
    assert_eq!(laid, [(Origin::Shipped, "a".into(), 1), (Origin::Changed, "b".into(), 3), (Origin::Own, "c".into(), 9)]);
}

#[test]
fn a_difference_names_row_and_field() {
    let shipped = rows(json!([{ "code": "a", "n": 1, "off": false }, { "code": "b", "n": 2, "list": [] }]));
    let before = lay(&shipped, &rows(json!([{ "code": "own" }])));
    let after = lay(&shipped, &rows(json!([{ "code": "a", "n": 4 }, { "code": "new", "n": 5 }, { "code": "b", "n": 2 }])));
    let change = |code: &str, field: Option<&str>, before: Value, after: Value| Change {
        code: code.into(),
        field: field.map(str::to_owned),
        before,
        after,
    };
    assert_eq!(
        difference(&before, &after),
        [
            change("a", Some("n"), json!(1), json!(4)),
            change("own", None, json!({ "code": "own" }), Value::Null),
            change("new", None, Value::Null, json!({ "code": "new", "n": 5 })),
        ]
    );
    assert_eq!(difference(&after, &after), []);
}
