//! Pieces that have a serial of their own: each stands in one place, and nothing is moved or put in that stands elsewhere.

use super::stock::{Place, StockChange, StockMove, StockMoveKind, moved};
use super::{PartId, StockMoveKind as K};
use crate::ground::{EngineerId, Refusal, cardless};
use crate::refuse;

crate::ids! {
    /// A piece that has a serial.
    PieceId = "pce";
}

crate::words! {
    /// Where a piece stands.
    Stand {
        /// In the warehouse.
        Store = "store",
        /// With an engineer.
        Bag = "bag",
        /// Put in for an order.
        Used = "used",
        /// Nowhere the books reach: taken out of a shop, lost, thrown away.
        Out = "out",
    }
}

/// A piece, as the books know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Of which part.
    pub part: PartId,
    /// Where it stands.
    pub stands: Stand,
    /// With whom, if in a bag.
    pub engineer: Place,
    /// The same in a word: the engineer's name, the number of the order it was put in for.
    pub with: &'a str,
}

impl Piece<'_> {
    /// Why a piece cannot be taken from where somebody looks for it: it stands elsewhere.
    fn elsewhere(&self, serial: &str) -> Refusal {
        match self.stands {
            Stand::Store => refuse!(Conflict, "stock.serial_in_store", serial = serial),
            Stand::Bag => refuse!(Conflict, "stock.serial_in_bag", serial = serial, who = self.with),
            Stand::Used => refuse!(Conflict, "stock.serial_used", serial = serial, order = self.with),
            Stand::Out => unknown(serial),
        }
    }
}

fn unknown(serial: &str) -> Refusal {
    refuse!(Conflict, "stock.serial_unknown", serial = serial)
}

/// A serial as it is compared: without spaces and dashes, in capitals. Errors: `part.bad_serial`, `text.card`.
pub fn piece_serial(text: &str) -> Result<String, Refusal> {
    cardless(text, "serials")?;
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    if (2..=32).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(plain)
    } else {
        Err(refuse!(Invalid, "part.bad_serial", serial = text.trim()).field("serials"))
    }
}

/// Serials as somebody wrote them, as they are compared. Errors: `part.bad_serial`, `stock.serial_twice`.
pub fn piece_serials(given: &[String]) -> Result<Vec<String>, Refusal> {
    let mut plain: Vec<String> = Vec::with_capacity(given.len());
    for serial in given.iter().filter(|text| !text.trim().is_empty()) {
        let serial = piece_serial(serial)?;
        if plain.contains(&serial) {
            return Err(refuse!(Invalid, "stock.serial_twice", serial = serial).field("serials"));
        }
        plain.push(serial);
    }
    Ok(plain)
}

/// A piece that goes somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceMove {
    /// Which one.
    pub serial: String,
    /// What that does to the places.
    pub changes: Vec<StockChange>,
    /// Where it stands afterwards.
    pub stands: Stand,
    /// With whom.
    pub engineer: Place,
}

/// What lies at the place a movement starts from, or where was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf<'a> {
    /// The serials there.
    pub serials: &'a [String],
    /// Pieces there that nobody has named: from before serials were kept.
    pub unnamed: i64,
}

/// What a movement of a part with serials does: piece by piece, and to pieces nobody has named. The quantity was decided by [`moved`].
/// Errors: `stock.serials_needed`, `stock.serial_in_store`, `stock.serial_in_bag`, `stock.serial_used`, `stock.serial_unknown`,
/// `stock.serial_other_part`.
pub fn moved_pieces<'a>(
    part: PartId,
    asked: &StockMove<'_>,
    given: &[String],
    shelf: Shelf<'_>,
    know: impl Fn(&str) -> Option<Piece<'a>>,
) -> Result<(Vec<PieceMove>, Vec<StockChange>), Refusal> {
    let StockMove { kind, quantity, engineer, .. } = *asked;
    // What came before serials were kept may go; it is not handed out.
    if given.is_empty() && matches!(kind, K::HandedBack | K::WrittenOff) && shelf.unnamed >= quantity {
        let changes = moved(&StockMove { note: "-", ..*asked }, |_| quantity)?;
        return Ok((Vec::new(), changes));
    }
    if i64::try_from(given.len()).unwrap_or(i64::MAX) != quantity {
        return Err(refuse!(Invalid, "stock.serials_needed", need = quantity, given = given.len()).field("serials"));
    }
    let one = StockMove { quantity: 1, note: "-", ..*asked };
    let bag = |who: Place| if who.is_some() { Stand::Bag } else { Stand::Store };
    let fits = |serial: &str, piece: &Piece<'_>| match piece.part == part {
        true => Ok(()),
        false => Err(refuse!(Conflict, "stock.serial_other_part", serial = serial).field("serials")),
    };
    let from = |serial: &str, place: Place| match know(serial) {
        None => Err(unknown(serial).field("serials")),
        Some(piece) if stands_at(&piece, place) => fits(serial, &piece),
        Some(piece) => Err(piece.elsewhere(serial).field("serials")),
    };
    let free = |serial: &str| match know(serial) {
        Some(piece) if piece.stands != Stand::Out => Err(piece.elsewhere(serial).field("serials")),
        Some(piece) => fits(serial, &piece),
        None => Ok(()),
    };
    let mut moves = Vec::with_capacity(given.len());
    for serial in given {
        let (stands, to) = match kind {
            K::Received => (free(serial).map(|()| Stand::Store)?, None),
            K::HandedOut => (from(serial, None).map(|()| Stand::Bag)?, engineer),
            K::HandedBack => (from(serial, engineer).map(|()| Stand::Store)?, None),
            K::WrittenOff => (from(serial, engineer).map(|()| Stand::Out)?, None),
            K::Used => (from(serial, engineer).map(|()| Stand::Used)?, None),
            K::Counted if shelf.serials.contains(serial) => continue,
            K::Counted => {
                free(serial)?;
                moves.push(PieceMove {
                    serial: serial.clone(),
                    changes: vec![StockChange { place: engineer, by: 1 }],
                    stands: bag(engineer),
                    engineer,
                });
                continue;
            }
        };
        moves.push(PieceMove { serial: serial.clone(), changes: moved(&one, |_| 1)?, stands, engineer: to });
    }
    let mut unnamed = Vec::new();
    if kind == K::Counted {
        for gone in shelf.serials.iter().filter(|serial| !given.contains(serial)) {
            let changes = vec![StockChange { place: engineer, by: -1 }];
            moves.push(PieceMove { serial: gone.clone(), changes, stands: Stand::Out, engineer: None });
        }
        if shelf.unnamed != 0 {
            unnamed.push(StockChange { place: engineer, by: -shelf.unnamed });
        }
    }
    Ok((moves, unnamed))
}

fn stands_at(piece: &Piece<'_>, place: Place) -> bool {
    match place {
        None => piece.stands == Stand::Store,
        Some(_) => piece.stands == Stand::Bag && piece.engineer == place,
    }
}

/// A part that fits what an engineer puts in, and where its pieces lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InReach<'a> {
    /// Which part.
    pub part: PartId,
    /// The number printed on it.
    pub number: &'a str,
    /// Whether each piece has a serial.
    pub serialised: bool,
    /// Pieces the engineer carries.
    pub carried: i64,
    /// Pieces in the warehouse that nobody waits for, or that wait for this very order.
    pub to_fetch: i64,
}

/// What an engineer says they put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutIn<'a> {
    /// Who.
    pub engineer: EngineerId,
    /// Whether the catalogue has parts of this kind at all, for whatever model.
    pub kept: bool,
    /// The serial of the piece.
    pub serial: Option<&'a str>,
    /// What the books know of that serial.
    pub piece: Option<Piece<'a>>,
}

/// The piece that leaves the engineer's bag. `None`: nobody keeps parts of this kind in the books, so there is nothing to move. Errors:
/// `stock.not_fitting`, `stock.serial_in_store`, `stock.serial_in_bag`, `stock.serial_used`, `stock.serial_unknown`,
/// `stock.serial_needed`, `stock.fetch_first`, `stock.not_carried`, `stock.unlisted`.
pub fn put_in(said: &PutIn<'_>, reach: &[InReach<'_>]) -> Result<Option<(PartId, bool)>, Refusal> {
    if let (Some(serial), Some(piece)) = (said.serial, said.piece) {
        if piece.stands == Stand::Out || !stands_at(&piece, Some(said.engineer)) {
            return Err(piece.elsewhere(serial).field("new_serial"));
        }
        return match reach.iter().any(|fit| fit.part == piece.part) {
            true => Ok(Some((piece.part, true))),
            false => Err(refuse!(Conflict, "stock.not_fitting", serial = serial).field("new_serial")),
        };
    }
    if let Some(plain) = reach.iter().find(|fit| !fit.serialised && fit.carried > 0) {
        return Ok(Some((plain.part, false)));
    }
    if reach.iter().any(|fit| fit.serialised && fit.carried > 0) {
        return Err(match said.serial {
            Some(serial) => unknown(serial).field("new_serial"),
            None => refuse!(Invalid, "stock.serial_needed").field("new_serial"),
        });
    }
    match (reach.iter().find(|fit| fit.to_fetch > 0), reach.first()) {
        (Some(there), _) => Err(refuse!(Conflict, "stock.fetch_first", number = there.number, free = there.to_fetch).field("part")),
        (None, Some(none)) => Err(refuse!(Conflict, "stock.not_carried", number = none.number).field("part")),
        (None, None) if said.kept => Err(refuse!(Conflict, "stock.unlisted").field("part")),
        (None, None) => Ok(None),
    }
}

/// Whether a movement puts pieces where others may wait for them.
pub fn fills_the_shelf(kind: StockMoveKind, changes: &[StockChange]) -> bool {
    kind != K::HandedOut && changes.iter().any(|change| change.place.is_none() && change.by > 0)
}

#[cfg(test)]
#[path = "piece_test.rs"]
mod tests;
