use serde::{Deserialize, Serialize};

use crate::ground::{Refusal, Text};
use crate::refuse;

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// One visit.
    Visit,
    /// One case.
    Case,
    /// One device.
    Unit,
    /// One piece.
    Piece,
    /// A part of all that is not a surcharge itself.
    Surcharge,
}

/// A line of the price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Price {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// What it is for.
    pub unit: PriceUnit,
    /// Fen, tax included; none for what is charged at cost, and for surcharges.
    #[serde(default)]
    pub price: Option<i64>,
    /// Of a surcharge: per cent of all other lines.
    #[serde(default)]
    pub percent: Option<i64>,
    /// Charged as it was paid.
    #[serde(default)]
    pub at_cost: bool,
    /// Per cent of tax that is in the price.
    #[serde(default)]
    pub tax: Option<i64>,
    /// Of a part: the kinds of parts it is the price of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Switched off: no longer quoted.
    #[serde(default)]
    pub off: bool,
}

/// What a line is free by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freed {
    /// The warranty term's code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Why it holds.
    pub why: Text,
}

/// What coverage says of a line: free by a term, or charged, with the reason. Neither for what coverage has no say in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cover {
    /// The term that frees it.
    #[serde(default)]
    pub freed: Option<Freed>,
    /// Why it is charged.
    #[serde(default)]
    pub why: Option<Text>,
}

/// A line somebody wants to quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// A code of the price list.
    pub code: String,
    /// How many, 1 to 99.
    pub quantity: i64,
    /// Of what is charged at cost: what was paid for one, in fen.
    pub cost: Option<i64>,
}

/// A line of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Charge {
    /// The code of the price list.
    pub code: String,
    /// Its name on that day.
    pub name: Text,
    /// What it is for.
    pub unit: PriceUnit,
    /// How many.
    pub quantity: i64,
    /// Fen for one; of a surcharge, what it is a part of.
    pub each: i64,
    /// Of a surcharge.
    pub percent: Option<i64>,
    /// Fen for the line; 0 for what is free.
    pub amount: i64,
    /// Fen of tax in it.
    pub tax: i64,
    /// Whether a warranty term frees it; quotes of earlier days say nothing of it.
    #[serde(default)]
    pub cover: Cover,
}

impl Charge {
    /// The same for another number of pieces, at least one.
    pub fn of(&self, quantity: i64) -> Option<Self> {
        let whole = Some(self.quantity).filter(|whole| *whole > 0)?;
        Some(Self { quantity, amount: part(self.amount, quantity, whole), tax: part(self.tax, quantity, whole), ..self.clone() })
    }
}

/// A quote, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quoted {
    /// The lines: what is charged, then surcharges.
    pub lines: Vec<Charge>,
    /// Fen, tax included.
    pub total: i64,
    /// Fen of tax in it.
    pub tax: i64,
}

/// A part of an amount, rounded half up by line. Nothing here is negative.
fn part(amount: i64, of: i64, whole: i64) -> i64 {
    (amount * of * 2 + whole) / (whole * 2)
}

/// Adds up a quote by a price list: only what it lists, in exact fen. Errors: `quote.empty`, `quote.not_listed`,
/// `quote.bad_quantity`, `quote.surcharge_twice`, `quote.cost_missing`.
/// `cover` says of a listed price whether a warranty term frees it.
pub fn quote(list: &[Price], asked: &[Asked], cover: impl Fn(&Price) -> Cover) -> Result<Quoted, Refusal> {
    if asked.is_empty() || asked.len() > 50 {
        return Err(refuse!(Invalid, "quote.empty").field("lines"));
    }
    let mut lines = Vec::with_capacity(asked.len());
    let mut surcharges = Vec::new();
    for (i, ask) in asked.iter().enumerate() {
        let place = |field: &str| format!("lines[{i}].{field}");
        let price = list.iter().find(|p| p.code == ask.code && !p.off);
        let price = price.ok_or_else(|| refuse!(Invalid, "quote.not_listed", code = &ask.code).field(place("code")))?;
        if !(1..=99).contains(&ask.quantity) || price.unit == PriceUnit::Surcharge && ask.quantity != 1 {
            return Err(refuse!(Invalid, "quote.bad_quantity").field(place("quantity")));
        }
        if price.unit == PriceUnit::Surcharge {
            if surcharges.iter().any(|known: &&Price| known.code == price.code) {
                return Err(refuse!(Invalid, "quote.surcharge_twice", code = &ask.code).field(place("code")));
            }
            surcharges.push(price);
            continue;
        }
        let each = if price.at_cost { ask.cost.filter(|c| (0..=10_000_000).contains(c)) } else { price.price };
        let each = each.ok_or_else(|| refuse!(Invalid, "quote.cost_missing", code = &ask.code).field(place("cost")))?;
        let cover = cover(price);
        let amount = if cover.freed.is_some() { 0 } else { each * ask.quantity };
        lines.push(line(price, ask.quantity, each, amount, cover));
    }
    let base: i64 = lines.iter().map(|l| l.amount).sum();
    for price in surcharges {
        lines.push(line(price, 1, base, part(base, price.percent.unwrap_or(0), 100), Cover::default()));
    }
    let (total, tax) = lines.iter().fold((0, 0), |(total, tax), l| (total + l.amount, tax + l.tax));
    Ok(Quoted { lines, total, tax })
}

fn line(price: &Price, quantity: i64, each: i64, amount: i64, cover: Cover) -> Charge {
    let rate = price.tax.unwrap_or(0);
    Charge {
        code: price.code.clone(),
        name: price.name.clone(),
        unit: price.unit,
        quantity,
        each,
        percent: price.percent,
        amount,
        tax: part(amount, rate, 100 + rate),
        cover,
    }
}
