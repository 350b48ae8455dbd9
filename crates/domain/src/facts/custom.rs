use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ground::{Refusal, Text, mask_cards};
use crate::refuse;

/// What a custom field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldShape {
    /// Words.
    Text,
    /// A number.
    Number,
    /// One of its options.
    Choice,
    /// A day.
    Date,
}

/// When it must be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldNeed {
    /// When somebody likes to.
    Never,
    /// Before the case is registered.
    Registration,
    /// Before it is declared solved.
    Solve,
}

/// An answer to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldOption {
    /// What is kept.
    pub code: String,
    /// What is read.
    #[serde(flatten)]
    pub name: Text,
}

/// A field a tenant asks of its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomField {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Of which tickets; of all without it.
    #[serde(default)]
    pub ticket_type: Option<String>,
    /// What it holds.
    pub value: FieldShape,
    /// What can be chosen.
    #[serde(default)]
    pub options: Vec<FieldOption>,
    /// When it must be said.
    pub needed: FieldNeed,
    /// How to fill it in.
    #[serde(default)]
    pub hint: Option<Text>,
    /// Its place among the others.
    #[serde(default)]
    pub place: Option<i64>,
    /// Switched off: no longer asked.
    #[serde(default)]
    pub off: bool,
}

impl CustomField {
    /// Whether tickets of a type are asked for it.
    pub fn asked_of(&self, ticket_type: &str) -> bool {
        !self.off && self.ticket_type.as_deref().is_none_or(|t| t == ticket_type)
    }

    /// Its name for a sentence that is written before anybody knows who reads it.
    pub fn spoken(&self) -> String {
        if self.name.zh == self.name.en { self.name.zh.clone() } else { format!("{} / {}", self.name.zh, self.name.en) }
    }

    /// A kept value as people read it.
    pub fn shown(&self, value: &str) -> Text {
        let same = Text { zh: value.to_owned(), en: value.to_owned() };
        self.options.iter().find(|o| o.code == value).map_or(same, |o| o.name.clone())
    }
}

/// Values by the code of their field.
pub type Given = BTreeMap<String, String>;

/// Takes what was given into what was known: an empty value takes a field back. Card numbers are masked. Errors, by field:
/// `ticket.field_unknown`, `ticket.field_bad_number`, `ticket.field_bad_choice`, `ticket.field_bad_date`, `ticket.field_long`.
pub fn accept(fields: &[CustomField], ticket_type: &str, known: &Given, given: &Given) -> Result<Given, Refusal> {
    let mut next = known.clone();
    for (code, value) in given {
        let place = format!("fields.{code}");
        let field = fields.iter().find(|f| f.code == *code && f.asked_of(ticket_type));
        let field = field.ok_or_else(|| refuse!(Invalid, "ticket.field_unknown", field = code).field(place.clone()))?;
        let value = value.trim();
        if value.is_empty() {
            next.remove(code);
            continue;
        }
        let bad = |refusal: Refusal| refusal.arg("field", field.spoken()).field(place.clone());
        match field.value {
            FieldShape::Text if value.chars().count() > 500 => return Err(bad(refuse!(Invalid, "ticket.field_long", most = 500))),
            FieldShape::Number if value.len() > 18 || value.parse::<f64>().is_ok_and(f64::is_finite).eq(&false) => {
                return Err(bad(refuse!(Invalid, "ticket.field_bad_number")));
            }
            FieldShape::Choice if !field.options.iter().any(|o| o.code == value) => {
                return Err(bad(refuse!(Invalid, "ticket.field_bad_choice")));
            }
            FieldShape::Date if value.len() != 10 || value.parse::<Date>().is_err() => {
                return Err(bad(refuse!(Invalid, "ticket.field_bad_date")));
            }
            FieldShape::Text | FieldShape::Number | FieldShape::Choice | FieldShape::Date => {}
        }
        next.insert(code.clone(), mask_cards(value).text);
    }
    Ok(next)
}

/// The fields that must have been said by a moment and were not.
pub fn lacking<'a>(fields: &'a [CustomField], ticket_type: &str, known: &Given, by: FieldNeed) -> Vec<&'a CustomField> {
    let due = |f: &&CustomField| f.needed != FieldNeed::Never && f.needed <= by;
    fields.iter().filter(|f| f.asked_of(ticket_type)).filter(due).filter(|f| !known.contains_key(&f.code)).collect()
}
