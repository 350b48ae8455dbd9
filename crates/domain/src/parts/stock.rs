//! Pieces of a part, where they lie: in the warehouse or with an engineer. What is kept are movements; how many lie somewhere is
//! their sum, and never below nothing.

use serde::{Deserialize, Serialize};

use crate::ground::{EngineerId, Refusal};
use crate::refuse;

crate::ids! {
    /// A movement of pieces: one line, or two when they went from one place to another.
    StockMoveId = "stm";
    /// A line of a movement.
    StockLineId = "stl";
}

/// Most pieces in one movement.
const MOST: i64 = 100_000;
/// Most characters of a note.
const MOST_NOTE: usize = 200;

/// What moved pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StockMoveKind {
    /// Came into the warehouse from outside.
    Received,
    /// From the warehouse to an engineer.
    HandedOut,
    /// From an engineer to the warehouse.
    HandedBack,
    /// Put into a terminal by an engineer.
    Used,
    /// Counted: so many are there.
    Counted,
    /// Broken, lost or thrown away.
    WrittenOff,
}

/// Where pieces lie: with an engineer, or in the warehouse.
pub type Place = Option<EngineerId>;

/// Pieces that somebody moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockMove<'a> {
    /// What moves them.
    pub kind: StockMoveKind,
    /// How many; when counted, how many are there.
    pub quantity: i64,
    /// The engineer it is about. Received pieces have none; a count and a loss are the warehouse's without.
    pub engineer: Place,
    /// Why.
    pub note: &'a str,
}

/// What a movement does to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockChange {
    /// Where.
    pub place: Place,
    /// More or fewer.
    pub by: i64,
}

/// What a movement does, where `lie` says how many pieces lie at a place. Errors: `stock.bad_quantity`, `stock.engineer_missing`,
/// `stock.engineer_odd`, `stock.short`, `reason.missing` for a loss or a count that differs, `text.length`.
pub fn moved(asked: &StockMove<'_>, lie: impl Fn(Place) -> i64) -> Result<Vec<StockChange>, Refusal> {
    use StockMoveKind as K;
    let StockMove { kind, quantity, engineer, note } = *asked;
    let least = i64::from(kind != K::Counted);
    if !(least..=MOST).contains(&quantity) {
        return Err(refuse!(Invalid, "stock.bad_quantity", least = least, most = MOST).field("quantity"));
    }
    if note.chars().count() > MOST_NOTE {
        return Err(refuse!(Invalid, "text.length", limit = MOST_NOTE).field("note"));
    }
    match (kind, engineer) {
        (K::HandedOut | K::HandedBack | K::Used, None) => return Err(refuse!(Invalid, "stock.engineer_missing").field("engineer_id")),
        (K::Received, Some(_)) => return Err(refuse!(Invalid, "stock.engineer_odd").field("engineer_id")),
        _ => {}
    }
    let take = |place: Place| match lie(place) {
        have if have < quantity => Err(refuse!(Conflict, "stock.short", have = have).field("quantity")),
        _ => Ok(StockChange { place, by: -quantity }),
    };
    let put = |place: Place| StockChange { place, by: quantity };
    let said = !note.trim().is_empty();
    let unsaid = || refuse!(Invalid, "reason.missing").field("note");
    Ok(match kind {
        K::Received => vec![put(None)],
        K::HandedOut => vec![take(None)?, put(engineer)],
        K::HandedBack => vec![take(engineer)?, put(None)],
        K::Used => vec![take(engineer)?],
        K::WrittenOff if !said => return Err(unsaid()),
        K::WrittenOff => vec![take(engineer)?],
        K::Counted => match quantity - lie(engineer) {
            by if by != 0 && !said => return Err(unsaid()),
            by => vec![StockChange { place: engineer, by }],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::TypedId;

    fn who() -> EngineerId {
        EngineerId::from_uuid(uuid::Uuid::from_u128(7))
    }

    #[test]
    fn pieces_go_from_where_they_lie() {
        use StockMoveKind as K;
        let (store, bag) = (None, Some(who()));
        let lie = |place: Place| if place.is_none() { 5 } else { 2 };
        let at = |place, by| StockChange { place, by };
        let table: [(K, i64, Place, &str, Result<Vec<StockChange>, &str>); 15] = [
            (K::Received, 3, store, "", Ok(vec![at(store, 3)])),
            (K::Received, 3, bag, "", Err("stock.engineer_odd")),
            (K::Received, 0, store, "", Err("stock.bad_quantity")),
            (K::HandedOut, 5, bag, "", Ok(vec![at(store, -5), at(bag, 5)])),
            (K::HandedOut, 6, bag, "", Err("stock.short")),
            (K::HandedOut, 1, store, "", Err("stock.engineer_missing")),
            (K::HandedBack, 2, bag, "", Ok(vec![at(bag, -2), at(store, 2)])),
            (K::HandedBack, 3, bag, "", Err("stock.short")),
            (K::Used, 1, bag, "", Ok(vec![at(bag, -1)])),
            (K::WrittenOff, 1, store, " ", Err("reason.missing")),
            (K::WrittenOff, 1, bag, "摔坏", Ok(vec![at(bag, -1)])),
            (K::Counted, 5, store, "", Ok(vec![at(store, 0)])),
            (K::Counted, 0, store, "", Err("reason.missing")),
            (K::Counted, 0, store, "盘点", Ok(vec![at(store, -5)])),
            (K::Counted, MOST + 1, store, "盘点", Err("stock.bad_quantity")),
        ];
        for (kind, quantity, engineer, note, expected) in table {
            let found = moved(&StockMove { kind, quantity, engineer, note }, lie).map_err(|refusal| refusal.code);
            assert_eq!(found, expected, "{kind:?} {quantity} {engineer:?}");
        }
    }

    #[test]
    fn nothing_goes_below_nothing_and_nothing_is_lost_between_places() {
        use StockMoveKind as K;
        let bag = Some(who());
        let (mut store, mut carried, mut seed) = (0_i64, 0_i64, 11_u64);
        for _ in 0..2_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let kind = [K::Received, K::HandedOut, K::HandedBack, K::Used][usize::try_from(seed >> 62).unwrap()];
            let quantity = i64::try_from((seed >> 40) % 9).unwrap();
            let engineer = if kind == K::Received { None } else { bag };
            let before = store + carried;
            let lie = |place: Place| if place.is_none() { store } else { carried };
            let Ok(changes) = moved(&StockMove { kind, quantity, engineer, note: "" }, lie) else { continue };
            for StockChange { place, by } in changes {
                if place.is_none() { store += by } else { carried += by }
            }
            assert!(store >= 0 && carried >= 0);
            let grown = match kind {
                K::Received => quantity,
                K::Used => -quantity,
                _ => 0,
            };
            assert_eq!(store + carried, before + grown);
        }
    }
}
