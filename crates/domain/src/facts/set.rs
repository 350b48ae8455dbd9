use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A row of a set: its `code`, the fields of its kind, and `off` when it was switched off.
pub type Row = Map<String, Value>;

/// Whose row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// As it ships.
    Shipped,
    /// Shipped, and changed by the tenant.
    Changed,
    /// The tenant's own.
    Own,
}

/// A row in force.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Laid {
    /// Whose.
    pub origin: Origin,
    /// The row.
    pub row: Row,
}

impl Laid {
    /// Whether it was switched off.
    pub fn is_off(&self) -> bool {
        self.row.get("off").and_then(Value::as_bool).unwrap_or(false)
    }
}

/// What a row is called by.
pub fn code_of(row: &Row) -> &str {
    row.get("code").and_then(Value::as_str).unwrap_or_default()
}

/// The tenant's rows over the shipped ones: a row of the same code takes the shipped one's place, others follow in their order.
pub fn lay(shipped: &[Row], own: &[Row]) -> Vec<Laid> {
    let changed = |code: &str| own.iter().find(|row| code_of(row) == code);
    let mut laid: Vec<Laid> = shipped
        .iter()
        .map(|row| match changed(code_of(row)) {
            Some(row) => Laid { origin: Origin::Changed, row: row.clone() },
            None => Laid { origin: Origin::Shipped, row: row.clone() },
        })
        .collect();
    let added = own.iter().filter(|row| !shipped.iter().any(|s| code_of(s) == code_of(row)));
    laid.extend(added.map(|row| Laid { origin: Origin::Own, row: row.clone() }));
    laid
}

/// A field that differs between two versions; none of both for a row that came or went as a whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Which row.
    pub code: String,
    /// Which field; none when the row as a whole came or went.
    pub field: Option<String>,
    /// Before; null when it was not there.
    pub before: Value,
    /// After; null when it is gone.
    pub after: Value,
}

/// What two states of a set differ in, field by field.
pub fn difference(before: &[Laid], after: &[Laid]) -> Vec<Change> {
    let find = |set: &[Laid], code: &str| set.iter().find(|l| code_of(&l.row) == code).map(|l| l.row.clone());
    let mut changes = Vec::new();
    for old in before {
        let code = code_of(&old.row);
        let Some(new) = find(after, code) else {
            changes.push(Change { code: code.to_owned(), field: None, before: Value::Object(old.row.clone()), after: Value::Null });
            continue;
        };
        let names: std::collections::BTreeSet<&String> = old.row.keys().chain(new.keys()).collect();
        for name in names {
            let (a, b) = (worth(old.row.get(name)), worth(new.get(name)));
            if a != b {
                changes.push(Change { code: code.to_owned(), field: Some(name.clone()), before: a, after: b });
            }
        }
    }
    for new in after {
        let code = code_of(&new.row);
        if find(before, code).is_none() {
            changes.push(Change { code: code.to_owned(), field: None, before: Value::Null, after: Value::Object(new.row.clone()) });
        }
    }
    changes
}

/// Nothing said, no, and an empty list are the same.
fn worth(value: Option<&Value>) -> Value {
    match value {
        None | Some(Value::Bool(false)) => Value::Null,
        Some(Value::Array(list)) if list.is_empty() => Value::Null,
        Some(value) => value.clone(),
    }
}

/// A checked row as what its room reads. `None` for a row its kind would not have passed.
pub fn typed<T: DeserializeOwned>(row: &Row) -> Option<T> {
    serde_json::from_value(Value::Object(row.clone())).ok()
}
