use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::facts::{Change, FactKind, Field, Laid, Origin, Row, Shape, Wrong, code_of, difference, lay};
use postsale_domain::ground::{Lang, Text};
use serde::Serialize;
use utoipa::ToSchema;

use crate::facts::store::{self, Version};
use crate::facts::{InForce, draft, extra, in_force, lists, shipped};
use crate::ground::db::{Done, Tx};
use crate::ground::texts;

/// A version of a set.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactVersion {
    /// From 1; 0 is what ships.
    pub version: i64,
    /// The first day it holds.
    #[schema(value_type = String, format = Date)]
    pub valid_from: Date,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The version it took up again.
    pub restored_from: Option<i64>,
}

impl From<Version> for FactVersion {
    fn from(v: Version) -> Self {
        Self { version: v.version, valid_from: v.valid_from, reason: v.reason, by: v.by, at: v.at, restored_from: v.restored_from }
    }
}

/// A set on the index of the administration.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactSetCard {
    kind: FactKind,
    /// Rows that are not switched off.
    rows: usize,
    /// Rows of the tenant's own, and changed ones.
    changed: usize,
    /// Rows switched off.
    off: usize,
    /// The newest version; null while nothing was ever changed.
    published: Option<FactVersion>,
    /// Changes wait to be published.
    draft: bool,
    /// Of calendars: this year and the next, as far as no official days are known.
    unofficial_years: Vec<i16>,
}

/// All sets.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactSets {
    items: Vec<FactSetCard>,
}

/// What a code in a list is called.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactChoice {
    code: String,
    /// Null: the console has its own word for it.
    name: Option<Text>,
}

/// A field of a set's rows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactField {
    name: &'static str,
    /// `line`, `both`, `text`, `number`, `money`, `flag`, `choice`, `choices`, `options`, `spans`, `dates`.
    shape: &'static str,
    required: bool,
    /// Stays as it was first published.
    fixed: bool,
    /// Least number.
    least: Option<i64>,
    /// Most: a number, or characters.
    most: Option<i64>,
    /// What can be chosen.
    choices: Vec<FactChoice>,
}

/// A row of a set.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactRow {
    code: String,
    origin: Origin,
    off: bool,
    /// Its fields.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    row: Row,
    /// How many tickets wear it, where that can be counted.
    used: Option<i64>,
}

/// Something wrong with a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactWrong {
    /// Which row; empty for the set as a whole.
    row: String,
    /// Which field.
    field: String,
    code: &'static str,
    /// In a sentence.
    sentence: String,
}

/// Changes that are not published yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactDraft {
    version: i64,
    /// The version they were made over.
    base: i64,
    by: String,
    at: Timestamp,
    changes: Vec<Change>,
    wrong: Vec<FactWrong>,
}

/// A set with its draft.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactSet {
    kind: FactKind,
    /// The newest version's number; 0 is what ships.
    version: i64,
    published: Option<FactVersion>,
    /// Whether rows may be added.
    grows: bool,
    can_switch_off: bool,
    /// Whether a version may begin on a later day.
    by_day: bool,
    fields: Vec<FactField>,
    /// As the draft has them; as they are published without one.
    rows: Vec<FactRow>,
    draft: Option<FactDraft>,
    /// Of calendars: this year and the next, as far as no official days are known.
    unofficial_years: Vec<i16>,
}

/// This year and the next, as far as the calendar only guesses their days.
fn unofficial(tx: &Tx<'_>, kind: FactKind, set: &[Laid]) -> Vec<i16> {
    if kind != FactKind::Calendars {
        return Vec::new();
    }
    let year = crate::ground::when::day(tx.now()).year();
    let official = |year: &i16| set.iter().any(|l| code_of(&l.row) == year.to_string() && l.row["status"] == "official");
    [year, year + 1].into_iter().filter(|y| !official(y)).collect()
}

/// The index.
pub(super) fn sets(tx: &mut Tx<'_>) -> Done<FactSets> {
    let force = in_force(tx)?;
    let (newest, drafted) = (store::newest(tx)?, store::drafted(tx)?);
    let mut published: BTreeMap<FactKind, Version> = newest.into_iter().collect();
    let card = |kind: FactKind| {
        let (_, set) = force.newest(kind);
        FactSetCard {
            kind,
            rows: set.iter().filter(|l| !l.is_off()).count(),
            changed: set.iter().filter(|l| l.origin != Origin::Shipped).count(),
            off: set.iter().filter(|l| l.is_off()).count(),
            published: published.remove(&kind).map(FactVersion::from),
            draft: drafted.contains(&kind),
            unofficial_years: unofficial(tx, kind, &set),
        }
    };
    Ok(FactSets { items: FactKind::ALL.into_iter().map(card).collect() })
}

/// The page of a set.
pub(super) fn set(tx: &mut Tx<'_>, kind: FactKind, lang: Lang) -> Done<FactSet> {
    let force = in_force(tx)?;
    let (version, before) = force.newest(kind);
    let kept = store::draft(tx, kind, false)?;
    let published = store::versions(tx, kind, crate::ground::web::Keyset::LAST, 1)?.pop().map(FactVersion::from);
    let mut counts = BTreeMap::new();
    if kind == FactKind::StatusLabels {
        counts = extra::by_state(tx)?;
        counts.extend(extra::by_label(tx)?);
    }
    let now = kept.as_ref().map_or_else(|| before.to_vec(), |d| lay(shipped(kind), &d.rows));
    let draft = match kept {
        Some(d) => Some(FactDraft {
            changes: difference(&before, &now),
            wrong: draft::wrong(tx, kind, &d.rows)?.into_iter().map(|w| told(w, lang)).collect(),
            version: d.version,
            base: d.base,
            by: d.by,
            at: d.at,
        }),
        None => None,
    };
    let row = |l: Laid| FactRow {
        code: code_of(&l.row).to_owned(),
        origin: l.origin,
        off: l.is_off(),
        used: (kind == FactKind::StatusLabels).then(|| counts.get(code_of(&l.row)).copied().unwrap_or(0)),
        row: l.row,
    };
    Ok(FactSet {
        kind,
        version,
        published,
        grows: kind.grows(),
        can_switch_off: kind.can_switch_off(),
        by_day: kind.by_day(),
        fields: kind.fields().iter().map(|f| field(f, &force)).collect(),
        unofficial_years: unofficial(tx, kind, &before),
        rows: now.into_iter().map(row).collect(),
        draft,
    })
}

fn told(wrong: Wrong, lang: Lang) -> FactWrong {
    FactWrong { row: wrong.row, field: wrong.field, code: wrong.why.code, sentence: texts::of_refusal(lang, &wrong.why) }
}

fn field(f: &Field, force: &InForce) -> FactField {
    let words = |list: &[&str]| list.iter().map(|w| FactChoice { code: (*w).to_owned(), name: None }).collect();
    let (shape, least, most, choices) = match f.shape {
        Shape::Line(most) => ("line", None, Some(most as i64), Vec::new()),
        Shape::Both(most) if most > 100 => ("text", None, Some(most as i64), Vec::new()),
        Shape::Both(most) => ("both", None, Some(most as i64), Vec::new()),
        Shape::Number(least, most) => ("number", Some(least), Some(most), Vec::new()),
        Shape::Money => ("money", None, None, Vec::new()),
        Shape::Flag => ("flag", None, None, Vec::new()),
        Shape::Choice(list) => ("choice", None, None, words(list)),
        Shape::Choices(list) => ("choices", None, None, words(list)),
        Shape::Ref(list) => ("choice", None, None, names(force, list)),
        Shape::Refs(list) => ("choices", None, None, names(force, list)),
        Shape::Options => ("options", None, None, Vec::new()),
        Shape::Spans => ("spans", None, None, Vec::new()),
        Shape::Dates => ("dates", None, None, Vec::new()),
    };
    FactField { name: f.name, shape, required: f.required, fixed: f.fixed, least, most, choices }
}

/// The codes of a list with their names.
fn names(force: &InForce, list: postsale_domain::facts::List) -> Vec<FactChoice> {
    use postsale_domain::facts::List;
    let facts = force.facts();
    let types: BTreeMap<String, Text> = force.ticket_types().into_iter().collect();
    let prices = force.newest(FactKind::PriceList).1;
    let price = |code: &str| {
        let found = prices.iter().find(|l| code_of(&l.row) == code)?;
        serde_json::from_value(found.row["name"].clone()).ok()
    };
    let name = |code: &str| match list {
        List::Faults => force.fault_name(code),
        List::Parts => facts.part(code).map(|p| p.name.clone()),
        List::Skills => facts.skill(code).map(|s| s.name.clone()),
        List::Vendors => facts.vendor_name(code).cloned(),
        List::Classes => facts.class_name(code).cloned(),
        List::Prices => price(code),
        List::TicketTypes => types.get(code).cloned(),
        List::PartClasses => None,
    };
    let codes = lists(force).remove(&list).unwrap_or_default();
    codes.into_iter().map(|code| FactChoice { name: name(&code), code }).collect()
}
