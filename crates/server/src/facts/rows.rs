//! The shipped files as rows, and rows back as the files the rooms read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use postsale_domain::facts::{FactKind, Laid, Row, Shape, code_of, lay};
use serde_json::{Map, Value, json};

use crate::{knowledge, notify, sla};

/// The holidays the calendars of the house keep.
const PLACE: &str = "mainland";

static SHIPPED: LazyLock<BTreeMap<FactKind, Vec<Row>>> =
    LazyLock::new(|| FactKind::ALL.into_iter().map(|kind| (kind, read(kind))).collect());

/// The rows of a kind as they ship.
pub fn shipped(kind: FactKind) -> &'static [Row] {
    SHIPPED.get(&kind).map(Vec::as_slice).unwrap_or_default()
}

/// The rows of a kind as they ship, as a set.
pub(super) fn shipped_set(kind: FactKind) -> Vec<Laid> {
    lay(shipped(kind), &[])
}

fn file(kind: FactKind) -> Value {
    let text = match kind {
        FactKind::StatusLabels => include_str!("../../../../data/status-labels.json"),
        FactKind::ServiceItems => include_str!("../../../../data/service-items.json"),
        FactKind::PriceList => include_str!("../../../../data/price-list.json"),
        FactKind::WarrantyTerms => include_str!("../../../../data/warranty-terms.json"),
        FactKind::NoticeTexts => notify::NOTICES,
        FactKind::Faults => knowledge::FAULTS,
        FactKind::ResponseCodes => knowledge::RESPONSE_CODES,
        FactKind::Models => knowledge::MODELS,
        FactKind::Calendars => sla::CALENDARS,
        // Nobody is asked for more than every case says until a tenant says so.
        FactKind::TicketFields => "{}",
    };
    // A test reads every file; broken ones never leave the build.
    serde_json::from_str(text).unwrap_or_default()
}

/// Where a file keeps its rows.
fn list_name(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Faults => "faults",
        FactKind::ResponseCodes => "codes",
        FactKind::Models => "models",
        _ => "rows",
    }
}

fn read(kind: FactKind) -> Vec<Row> {
    let file = file(kind);
    match kind {
        FactKind::NoticeTexts => file.as_object().into_iter().flatten().map(|(code, text)| row(code, text)).collect(),
        FactKind::Calendars => years(&file),
        _ => file[list_name(kind)].as_array().into_iter().flatten().filter_map(|r| renamed(r, "model", "code")).collect(),
    }
}

fn row(code: &str, fields: &Value) -> Row {
    let mut row = fields.as_object().cloned().unwrap_or_default();
    row.insert("code".into(), json!(code));
    row
}

fn renamed(value: &Value, from: &str, to: &str) -> Option<Row> {
    let mut row = value.as_object()?.clone();
    if let Some(name) = row.remove(from) {
        row.insert(to.into(), name);
    }
    row.retain(|_, value| !value.is_null());
    Some(row)
}

fn years(file: &Value) -> Vec<Row> {
    let year = |(code, entry): (&String, &Value)| {
        let span = |span: &Value| json!({ "zh": span["name"]["zh"], "en": span["name"]["en"], "from": span["from"], "to": span["to"] });
        let days: Vec<Value> = entry["off"].as_array().into_iter().flatten().map(span).collect();
        let source = entry["source"].as_str().unwrap_or("—");
        row(code, &json!({ "status": entry["status"], "source": source, "off_days": days, "makeup": entry["makeup_workdays"] }))
    };
    file["holidays"][PLACE]["years"].as_object().into_iter().flatten().map(year).collect()
}

/// A set written back as the file its room reads: fields the room does not know are left out, those it wants are filled in.
pub(super) fn as_file(kind: FactKind, set: &[Laid]) -> String {
    let mut whole = file(kind);
    match kind {
        FactKind::NoticeTexts => {
            let text = |l: &Laid| (code_of(&l.row).to_owned(), json!({ "subject": l.row["subject"], "body": l.row["body"] }));
            whole = Value::Object(set.iter().map(text).collect());
        }
        FactKind::Calendars => whole["holidays"][PLACE]["years"] = Value::Object(set.iter().map(year_entry).collect()),
        _ => whole[list_name(kind)] = Value::Array(set.iter().map(|l| Value::Object(whole_row(kind, &l.row))).collect()),
    }
    whole.to_string()
}

fn year_entry(l: &Laid) -> (String, Value) {
    let span = |s: &Value| json!({ "name": { "zh": s["zh"], "en": s["en"] }, "from": s["from"], "to": s["to"] });
    let off: Vec<Value> = l.row["off_days"].as_array().into_iter().flatten().map(span).collect();
    let makeup = l.row.get("makeup").filter(|m| m.is_array()).cloned().unwrap_or_else(|| json!([]));
    let entry = json!({ "status": l.row["status"], "source": l.row["source"], "off": off, "makeup_workdays": makeup });
    (code_of(&l.row).to_owned(), entry)
}

/// Fields that only the console knows.
const EXTRA: &[&str] = &["off", "features", "spares"];

fn whole_row(kind: FactKind, row: &Row) -> Map<String, Value> {
    let mut whole = row.clone();
    whole.retain(|name, _| !EXTRA.contains(&name.as_str()));
    for field in kind.fields().iter().filter(|f| !EXTRA.contains(&f.name)) {
        let nothing = match field.shape {
            Shape::Flag => json!(false),
            Shape::Refs(_) | Shape::Choices(_) => json!([]),
            _ => Value::Null,
        };
        whole.entry(field.name).or_insert(nothing);
    }
    if kind == FactKind::Models
        && let Some(code) = whole.remove("code")
    {
        whole.insert("model".into(), code);
    }
    whole
}

#[cfg(test)]
mod tests {
    use postsale_domain::facts::check;

    use super::*;
    use crate::facts::{lists, verdict};

    #[test]
    fn what_ships_is_right_by_its_own_rules_and_reads_as_the_files_do() {
        let force = crate::facts::force::InForce::default();
        for kind in FactKind::ALL {
            let set = shipped_set(kind);
            assert!(!set.is_empty() || kind == FactKind::TicketFields, "{kind:?}");
            assert_eq!(check(kind, &set, &set, &lists(&force)), [], "{kind:?}");
            assert_eq!(verdict(kind, &set, &set, &force), [], "{kind:?}");
        }
        let again = knowledge::read(
            &as_file(FactKind::Faults, &shipped_set(FactKind::Faults)),
            &as_file(FactKind::ResponseCodes, &shipped_set(FactKind::ResponseCodes)),
            &as_file(FactKind::Models, &shipped_set(FactKind::Models)),
        )
        .unwrap();
        assert_eq!(again.faults(), knowledge::facts().faults());
        assert!(again.response_codes().eq(knowledge::facts().response_codes()));
        assert!(again.models().eq(knowledge::facts().models()));
    }
}
