//! A piece of the warehouse kept for a visit, before anybody is chosen to go.

use super::PartId;

crate::ids! {
    /// A piece kept for a visit.
    ReservationId = "rsv";
}

crate::words! {
    /// How a reservation ended.
    ReservationEnd {
        /// The piece was handed to the engineer who has the order.
        HandedOut = "handed_out",
        /// The engineer put one in that they carried.
        Used = "used",
        /// The order is over, the piece is free again.
        Released = "released",
    }
}

/// A part that fits, as a visit finds it in the warehouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnShelf<'a> {
    /// Which part.
    pub part: PartId,
    /// What kind of part, by code.
    pub kind: &'a str,
    /// Pieces that nobody waits for.
    pub free: i64,
}

/// The piece to keep for each kind a visit asks for: of the first part of the kind that has a free one. `None`: there is none.
pub fn reserve(kinds: &[String], shelf: &[OnShelf<'_>]) -> Vec<Option<PartId>> {
    let mut free: Vec<i64> = shelf.iter().map(|part| part.free).collect();
    kinds
        .iter()
        .map(|kind| {
            let at = shelf.iter().zip(&free).position(|(part, left)| part.kind == kind && *left > 0)?;
            free[at] -= 1;
            Some(shelf[at].part)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::TypedId;

    #[test]
    fn the_first_that_fits_and_is_free_is_kept() {
        let part = |n: u128| PartId::from_uuid(uuid::Uuid::from_u128(n));
        let on = |n, kind, free| OnShelf { part: part(n), kind, free };
        let shelf = [on(1, "print_head", 0), on(2, "print_head", 2), on(3, "print_head", 5), on(4, "battery", -1)];
        let asks = |kinds: &[&str]| reserve(&kinds.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>(), &shelf);
        assert_eq!(asks(&[]), []);
        assert_eq!(asks(&["print_head"]), [Some(part(2))]);
        assert_eq!(asks(&["print_head", "print_head", "print_head"]), [Some(part(2)), Some(part(2)), Some(part(3))]);
        assert_eq!(asks(&["battery", "print_head", "antenna"]), [None, Some(part(2)), None]);
    }
}
