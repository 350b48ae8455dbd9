use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;

use super::kind::{FactKind, List, PAUSABLE, Shape};
use super::set::{Laid, Origin, Row, code_of};
use crate::ground::{Refusal, mask_cards};
use crate::refuse;

/// The codes of every list a field may refer to.
pub type Lists = BTreeMap<List, BTreeSet<String>>;

/// Something wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which row.
    pub row: String,
    /// Which field of it; as `body.en` or `options[2].zh` inside of one.
    pub field: String,
    /// What, in a sentence.
    pub why: Refusal,
}

/// Checks a set as it would be in force: every row by its fields, then what its kind asks besides. `before` is what is published now.
pub fn check(kind: FactKind, laid: &[Laid], before: &[Laid], lists: &Lists) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for one in laid {
        let mut row = Rows { code: code_of(&one.row), wrong: &mut wrong };
        row.code(kind, one);
        for name in one.row.keys() {
            let known = matches!(name.as_str(), "code" | "off") || kind.fields().iter().any(|f| f.name == name);
            if !known {
                row.say(name, refuse!(Invalid, "fact.unknown_field", field = name));
            }
        }
        if one.is_off() && (!kind.can_switch_off() || kind == FactKind::StatusLabels && one.origin == Origin::Changed) {
            row.say("off", refuse!(Invalid, "fact.not_off"));
        }
        let old = before.iter().find(|b| code_of(&b.row) == code_of(&one.row));
        for field in kind.fields() {
            let value = one.row.get(field.name).filter(|v| !v.is_null());
            match value {
                None if field.required => row.say(field.name, refuse!(Invalid, "fact.missing")),
                Some(value) => row.value(field.name, field.shape, value, lists),
                None => {}
            }
            if let Some(old) = old.filter(|_| field.fixed)
                && plain(old.row.get(field.name)) != plain(one.row.get(field.name))
            {
                row.say(field.name, refuse!(Invalid, "fact.fixed"));
            }
        }
        row.besides(kind, one);
    }
    wrong
}

fn plain(value: Option<&Value>) -> Value {
    match value {
        None | Some(Value::Bool(false)) => Value::Null,
        Some(value) => value.clone(),
    }
}

struct Rows<'a> {
    code: &'a str,
    wrong: &'a mut Vec<Wrong>,
}

impl Rows<'_> {
    fn say(&mut self, field: impl Into<String>, why: Refusal) {
        self.wrong.push(Wrong { row: self.code.to_owned(), field: field.into(), why });
    }

    fn code(&mut self, kind: FactKind, one: &Laid) {
        let code = self.code;
        let word = (1..=40).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        let fits = match kind {
            FactKind::Calendars => code.len() == 4 && code.parse::<i16>().is_ok_and(|year| (2020..=2100).contains(&year)),
            FactKind::Faults => code.split_once('-').is_some_and(|(a, b)| a.len() == 3 && b.len() == 2 && b.parse::<u8>().is_ok()),
            FactKind::ResponseCodes => code.len() == 2 && word,
            FactKind::Models => (1..=40).contains(&code.chars().count()),
            _ => word,
        };
        if one.origin == Origin::Own && (!fits || !kind.grows()) {
            self.say("code", refuse!(Invalid, "fact.bad_code"));
        }
    }

    fn value(&mut self, name: &str, shape: Shape, value: &Value, lists: &Lists) {
        match shape {
            Shape::Line(most) => self.line(name, value, most),
            Shape::Both(most) => self.both(name, value, most),
            Shape::Number(least, most) => {
                if value.as_i64().is_none_or(|n| !(least..=most).contains(&n)) {
                    self.say(name, refuse!(Invalid, "fact.bad_number", least = least, most = most));
                }
            }
            Shape::Money => {
                if value.as_i64().is_none_or(|fen| !(0..=100_000_000).contains(&fen)) {
                    self.say(name, refuse!(Invalid, "fact.bad_money"));
                }
            }
            Shape::Flag if !value.is_boolean() => self.say(name, refuse!(Invalid, "fact.bad_choice")),
            Shape::Flag => {}
            Shape::Choice(words) => {
                if !value.as_str().is_some_and(|w| words.contains(&w)) {
                    self.say(name, refuse!(Invalid, "fact.bad_choice"));
                }
            }
            Shape::Choices(words) => self.each(name, value, |w| words.contains(&w)),
            Shape::Ref(list) => {
                if !value.as_str().is_some_and(|w| lists.get(&list).is_some_and(|l| l.contains(w))) {
                    self.say(name, refuse!(Invalid, "fact.unknown_code", code = value.as_str().unwrap_or_default()));
                }
            }
            Shape::Refs(list) => self.each(name, value, |w| lists.get(&list).is_some_and(|l| l.contains(w))),
            Shape::Options => self.options(name, value),
            Shape::Spans => self.spans(name, value),
            Shape::Dates => self.dates(name, value),
        }
    }

    fn line(&mut self, name: &str, value: &Value, most: usize) {
        let text = value.as_str().unwrap_or_default();
        if text.trim().is_empty() {
            self.say(name, refuse!(Invalid, "fact.missing"));
        } else if text.chars().count() > most || text.chars().any(char::is_control) {
            self.say(name, refuse!(Invalid, "fact.text_long", most = most));
        } else if mask_cards(text).found > 0 {
            self.say(name, refuse!(Invalid, "text.card"));
        }
    }

    fn both(&mut self, name: &str, value: &Value, most: usize) {
        for lang in ["zh", "en"] {
            let text = value.get(lang).and_then(Value::as_str).unwrap_or_default();
            // English needs about three letters for one character.
            let most = if lang == "en" { most * 3 } else { most };
            if text.trim().is_empty() {
                self.say(format!("{name}.{lang}"), refuse!(Invalid, "fact.missing_language"));
            } else if text.chars().count() > most {
                self.say(format!("{name}.{lang}"), refuse!(Invalid, "fact.text_long", most = most));
            } else if mask_cards(text).found > 0 {
                self.say(format!("{name}.{lang}"), refuse!(Invalid, "text.card"));
            }
        }
    }

    fn each(&mut self, name: &str, value: &Value, known: impl Fn(&str) -> bool) {
        let Some(list) = value.as_array() else { return self.say(name, refuse!(Invalid, "fact.bad_choice")) };
        for (i, word) in list.iter().enumerate() {
            let word = word.as_str().unwrap_or_default();
            if !known(word) {
                self.say(format!("{name}[{i}]"), refuse!(Invalid, "fact.unknown_code", code = word));
            }
        }
    }

    fn options(&mut self, name: &str, value: &Value) {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut seen = BTreeSet::new();
        for (i, option) in list.iter().enumerate() {
            let code = option.get("code").and_then(Value::as_str).unwrap_or_default();
            if code.is_empty() || code.len() > 40 || !seen.insert(code) {
                self.say(format!("{name}[{i}].code"), refuse!(Invalid, "fact.bad_code"));
            }
            self.both(&format!("{name}[{i}]"), option, 40);
        }
    }

    fn spans(&mut self, name: &str, value: &Value) {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        for (i, span) in list.iter().enumerate() {
            let day = |end: &str| span.get(end).and_then(Value::as_str).and_then(|d| self.day(d));
            let (from, to) = (day("from"), day("to"));
            if from.zip(to).is_none_or(|(from, to)| from > to || (to - from).get_days() > 30) {
                self.say(format!("{name}[{i}]"), refuse!(Invalid, "fact.bad_day", year = self.code));
            }
            self.both(&format!("{name}[{i}]"), span, 30);
        }
    }

    fn dates(&mut self, name: &str, value: &Value) {
        for (i, day) in value.as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate() {
            if day.as_str().and_then(|d| self.day(d)).is_none() {
                self.say(format!("{name}[{i}]"), refuse!(Invalid, "fact.bad_day", year = self.code));
            }
        }
    }

    /// A day of the year the row is about.
    fn day(&self, text: &str) -> Option<Date> {
        text.parse().ok().filter(|d: &Date| text.len() == 10 && d.year().to_string() == self.code)
    }

    /// What a kind asks of a row besides its fields.
    fn besides(&mut self, kind: FactKind, one: &Laid) {
        let row: &Row = &one.row;
        let word = |name: &str| row.get(name).and_then(Value::as_str);
        let has = |name: &str| row.get(name).is_some_and(|v| !v.is_null());
        let yes = |name: &str| row.get(name).and_then(Value::as_bool).unwrap_or(false);
        match kind {
            FactKind::StatusLabels => {
                if one.origin == Origin::Own && word("state").is_none() {
                    self.say("state", refuse!(Invalid, "fact.missing"));
                }
                if word("pauses").is_some() && word("state").is_some_and(|s| !PAUSABLE.contains(&s)) {
                    self.say("pauses", refuse!(Invalid, "fact.pause_not_here"));
                }
            }
            FactKind::TicketFields => {
                let options = row.get("options").and_then(Value::as_array).map_or(0, Vec::len);
                if word("value") == Some("choice") && options < 2 {
                    self.say("options", refuse!(Invalid, "fact.two_options"));
                }
            }
            FactKind::PriceList => {
                let surcharge = word("unit") == Some("surcharge");
                if surcharge != has("percent") {
                    self.say("percent", refuse!(Invalid, "fact.percent_or_price"));
                } else if !surcharge && has("price") == yes("at_cost") {
                    self.say("price", refuse!(Invalid, "fact.percent_or_price"));
                }
            }
            FactKind::ServiceItems if has("target_hours") == has("target_days") => {
                self.say("target_hours", refuse!(Invalid, "fact.hours_or_days"));
            }
            // A working day is as long as its calendar says.
            FactKind::ServiceItems if has("target_days") && !has("calendar") => self.say("calendar", refuse!(Invalid, "fact.missing")),
            FactKind::WarrantyTerms if !has("months") && !has("days") => self.say("months", refuse!(Invalid, "fact.missing")),
            FactKind::Faults if has("onsite") != has("onsite_minutes") => {
                self.say("onsite_minutes", refuse!(Invalid, "fact.onsite_with_minutes"));
            }
            FactKind::NoticeTexts
            | FactKind::ServiceItems
            | FactKind::WarrantyTerms
            | FactKind::Faults
            | FactKind::ResponseCodes
            | FactKind::Models
            | FactKind::Calendars => {}
        }
    }
}
