//! **parts** owns the catalogue of parts and where their pieces lie: what can be bought, kept and put in, by the number that is
//! printed on it. Never: goes negative, knows what a fault asks for. Knocks: the catalogue page, imports, visits that use a part.

mod part_return;
mod piece;
mod request;
mod reserve;
mod stock;

use serde::{Deserialize, Serialize};

use crate::ground::{Refusal, line};
use crate::refuse;

pub use part_return::{
    DAYS_TO_BRING, Exchanged, PartReturnId, PartReturnStepId, ReturnFinding, ReturnState, ReturnStep, Returning, Said, brought_back,
    is_late, return_tag, returned, step_note,
};
pub use piece::{
    InReach, Piece, PieceId, PieceMove, PutIn, Shelf, Stand, fills_the_shelf, moved_pieces, piece_serial, piece_serials, put_in,
};
pub use request::{PartRequestId, RequestEnd, RequestWhy, Wait, asked, ended, who_gets};
pub use reserve::{OnShelf, ReservationEnd, ReservationId, reserve};
pub use stock::{Place, StockChange, StockLineId, StockMove, StockMoveId, StockMoveKind, moved};

crate::ids! {
    /// A part of the catalogue.
    PartId = "pno";
}

/// Most fen a part may cost: 100,000 yuan.
const MOST_FEN: i64 = 10_000_000;
/// Most pieces that can be asked to be kept.
const MOST_KEPT: u32 = 100_000;
/// Most models a part fits.
const MOST_MODELS: usize = 50;

/// A part of the catalogue, as somebody writes it. Its kind is what a fault or a work order asks for; of a kind there are many parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartDraft {
    /// To change one: the version that was read.
    pub version: Option<i64>,
    /// The number printed on it, 2 to 40 letters, digits and `- . / _`.
    pub number: String,
    /// Its name, 1 to 60 characters.
    pub name: String,
    /// What kind of part, by code: `print_head`.
    pub kind: String,
    /// Models it fits, as the catalogue spells them; all without any.
    #[serde(default)]
    pub models: Vec<String>,
    /// What it is counted in, 1 to 10 characters: 个, roll.
    pub unit: String,
    /// What one costs, in fen, tax included.
    pub price_fen: i64,
    /// Whether each piece has a serial of its own.
    #[serde(default)]
    pub serialised: bool,
    /// Pieces below which it is to be ordered.
    #[serde(default)]
    pub min_stock: u32,
    /// Switched off: it is no longer bought.
    #[serde(default)]
    pub off: bool,
}

/// A part's number as it is compared: without white space, in capitals. Errors: `part.bad_number`.
pub fn number(text: &str) -> Result<String, Refusal> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let signs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '_');
    if (2..=40).contains(&plain.len()) && plain.chars().all(signs) {
        Ok(plain)
    } else {
        Err(refuse!(Invalid, "part.bad_number").field("number"))
    }
}

/// An amount of yuan as people write it, in fen: `85`, `85.5`, `¥1,085.50`. Errors: `part.bad_price`.
pub fn yuan(text: &str) -> Result<i64, Refusal> {
    let wrong = || refuse!(Invalid, "part.bad_price").field("price");
    let plain: String =
        text.trim().trim_start_matches(['¥', '￥']).trim_end_matches('元').chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || part.len() > 2 || !digits(whole) || !digits(part) {
        return Err(wrong());
    }
    let fen: i64 = format!("{whole}{part:0<2}").parse().map_err(|_| wrong())?;
    price(fen).map_err(|_| wrong())
}

/// What one may cost. Errors: `part.bad_price`.
fn price(fen: i64) -> Result<i64, Refusal> {
    if (0..=MOST_FEN).contains(&fen) { Ok(fen) } else { Err(refuse!(Invalid, "part.bad_price").field("price_fen")) }
}

/// A stock to keep, as people write it. Errors: `part.bad_stock`.
pub fn stock(text: &str) -> Result<u32, Refusal> {
    text.trim()
        .parse()
        .ok()
        .filter(|n| *n <= MOST_KEPT)
        .ok_or_else(|| refuse!(Invalid, "part.bad_stock", most = MOST_KEPT).field("min_stock"))
}

/// Yes or no, as people write it. Errors: `part.bad_yes`.
pub fn yes(text: &str) -> Result<bool, Refusal> {
    match text.trim().to_lowercase().as_str() {
        "是" | "有" | "y" | "yes" | "true" | "1" => Ok(true),
        "否" | "无" | "n" | "no" | "false" | "0" => Ok(false),
        _ => Err(refuse!(Invalid, "part.bad_yes").field("serialised")),
    }
}

/// The draft as it is kept. `kind` and `models` say what is known; a model is spelled as it is there. Errors: those of its fields,
/// `part.kind_unknown`, `part.models_many`, and what `model` refuses.
pub fn checked(
    draft: &PartDraft,
    kind: impl Fn(&str) -> bool,
    model: impl Fn(&str) -> Result<String, Refusal>,
) -> Result<PartDraft, Refusal> {
    if !kind(&draft.kind) {
        return Err(refuse!(Invalid, "part.kind_unknown", kind = &draft.kind).field("kind"));
    }
    if draft.models.len() > MOST_MODELS {
        return Err(refuse!(TooLarge, "part.models_many", most = MOST_MODELS).field("models"));
    }
    let mut models = draft.models.iter().map(|m| model(m).map_err(|r| r.field("models"))).collect::<Result<Vec<_>, _>>()?;
    models.sort();
    models.dedup();
    if draft.min_stock > MOST_KEPT {
        return Err(refuse!(Invalid, "part.bad_stock", most = MOST_KEPT).field("min_stock"));
    }
    Ok(PartDraft {
        version: draft.version,
        number: number(&draft.number)?,
        name: line(&draft.name, "name", 60)?,
        kind: draft.kind.clone(),
        models,
        unit: line(&draft.unit, "unit", 10)?,
        price_fen: price(draft.price_fen)?,
        serialised: draft.serialised,
        min_stock: draft.min_stock,
        off: draft.off,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        for (text, fen) in [("85", 8500), ("85.5", 8550), (" ¥1,085.05 ", 108_505), ("0", 0), ("100000", 10_000_000), ("12元", 1200)] {
            assert_eq!(yuan(text), Ok(fen), "{text}");
        }
        for wrong in ["", "-1", "85.555", "1e3", "八十", "100000.01", "99999999999", "."] {
            assert_eq!(yuan(wrong).unwrap_err().code, "part.bad_price", "{wrong}");
        }
    }

    #[test]
    fn numbers_are_compared_in_one_spelling() {
        assert_eq!(number(" pax-a920 / ph.01 ").unwrap(), "PAX-A920/PH.01");
        for wrong in ["", "x", "配件1", "a;b", &"9".repeat(41)] {
            assert_eq!(number(wrong).unwrap_err().code, "part.bad_number", "{wrong}");
        }
        assert_eq!((yes("是"), yes("NO"), stock("12")), (Ok(true), Ok(false), Ok(12)));
        assert_eq!((yes("maybe").unwrap_err().code, stock("-1").unwrap_err().code), ("part.bad_yes", "part.bad_stock"));
    }

    #[test]
    fn a_draft_names_what_is_known() {
        let draft = PartDraft {
            version: None,
            number: "ph-1".into(),
            name: " 打印头 ".into(),
            kind: "print_head".into(),
            models: vec!["a920".into(), "A920".into()],
            unit: "个".into(),
            price_fen: 9000,
            serialised: false,
            min_stock: 5,
            off: false,
        };
        let kind = |code: &str| code == "print_head";
        let model = |text: &str| match text.to_uppercase().as_str() {
            "A920" => Ok("A920".to_owned()),
            other => Err(refuse!(Invalid, "terminal.model_unknown", model = other)),
        };
        let kept = checked(&draft, kind, model).unwrap();
        assert_eq!((kept.number.as_str(), kept.name.as_str(), kept.models), ("PH-1", "打印头", vec!["A920".to_owned()]));
        for (wrong, code, field) in [
            (PartDraft { kind: "wing".into(), ..draft.clone() }, "part.kind_unknown", "kind"),
            (PartDraft { models: vec!["X".into()], ..draft.clone() }, "terminal.model_unknown", "models"),
            (PartDraft { price_fen: -1, ..draft.clone() }, "part.bad_price", "price_fen"),
            (PartDraft { unit: " ".into(), ..draft.clone() }, "text.length", "unit"),
        ] {
            let refusal = checked(&wrong, kind, model).unwrap_err();
            assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)));
        }
    }
}
