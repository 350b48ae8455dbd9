//! Pieces somebody waits for and that are not there for them: what the warehouse has to get, or to bring.

use super::PartId;
use crate::ground::{Refusal, line, line_or_empty};
use crate::refuse;

crate::ids! {
    /// A piece somebody waits for.
    PartRequestId = "prq";
}

crate::words! {
    /// Why a piece is waited for.
    RequestWhy {
        /// None was free to be kept for a visit.
        Short = "short",
        /// The engineer of a visit asks for one to be handed to them.
        Asked = "asked",
    }
    /// How such a waiting ended.
    RequestEnd {
        /// A piece came and was kept for the visit, or was handed to its engineer.
        Came = "came",
        /// The visit is over.
        Over = "over",
        /// The storekeeper says that it is seen to.
        Done = "done",
        /// The storekeeper says that none will come.
        Withdrawn = "withdrawn",
    }
}

/// Most characters of why.
const MOST_NOTE: usize = 200;

/// A piece of a kind that somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait<'a> {
    /// Which waiting.
    pub id: PartRequestId,
    /// The model it has to fit, if it is known.
    pub model: Option<&'a str>,
}

/// Which of those who wait for pieces of a kind, the oldest first, get one of a part: as many as are free. `models` are those the part fits;
/// all without any.
pub fn who_gets(free: i64, models: &[String], waits: &[Wait<'_>]) -> Vec<PartRequestId> {
    let fits = |wait: &&Wait<'_>| models.is_empty() || wait.model.is_some_and(|model| models.iter().any(|m| m == model));
    waits.iter().filter(fits).take(usize::try_from(free).unwrap_or(0)).map(|wait| wait.id).collect()
}

/// The storekeeper's word on a request, with its reason. Errors: `stock.request_over`, `stock.request_end`, `reason.missing`, `text.length`.
pub fn ended(live: bool, how: RequestEnd, note: &str) -> Result<String, Refusal> {
    if !live {
        return Err(refuse!(Conflict, "stock.request_over"));
    }
    match how {
        RequestEnd::Done => line_or_empty(note, "note", MOST_NOTE),
        RequestEnd::Withdrawn if note.trim().is_empty() => Err(refuse!(Invalid, "reason.missing").field("note")),
        RequestEnd::Withdrawn => line(note, "note", MOST_NOTE),
        RequestEnd::Came | RequestEnd::Over => Err(refuse!(Invalid, "stock.request_end").field("how")),
    }
}

/// What is asked for by an engineer at a shop: of which part, if the catalogue has one that fits. Errors: `stock.asked_already`,
/// `stock.carried_already`, `stock.unlisted`.
pub fn asked(kind_kept: bool, asked_already: bool, carried: i64, fitting: Option<PartId>) -> Result<PartId, Refusal> {
    if asked_already {
        return Err(refuse!(Conflict, "stock.asked_already").field("part"));
    }
    if carried > 0 {
        return Err(refuse!(Conflict, "stock.carried_already", count = carried).field("part"));
    }
    match fitting {
        Some(part) => Ok(part),
        None if kind_kept => Err(refuse!(Conflict, "stock.unlisted").field("part")),
        None => Err(refuse!(Conflict, "stock.kind_not_kept").field("part")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::TypedId;

    #[test]
    fn the_oldest_that_fits_gets_what_is_free() {
        let id = |n: u128| PartRequestId::from_uuid(uuid::Uuid::from_u128(n));
        let wait = |n, model| Wait { id: id(n), model };
        let waits = [wait(1, Some("P2")), wait(2, Some("A920")), wait(3, None), wait(4, Some("A920"))];
        let a920 = ["A920".to_owned()];
        assert_eq!(who_gets(1, &a920, &waits), [id(2)]);
        assert_eq!(who_gets(9, &a920, &waits), [id(2), id(4)]);
        assert_eq!(who_gets(2, &[], &waits), [id(1), id(2)]);
        assert_eq!((who_gets(0, &[], &waits), who_gets(-3, &[], &waits)), (vec![], vec![]));
    }

    #[test]
    fn a_request_ends_once_and_says_why_none_comes() {
        use RequestEnd as E;
        for (live, how, note, wanted) in [
            (true, E::Done, "", Ok("")),
            (true, E::Withdrawn, "停产", Ok("停产")),
            (true, E::Withdrawn, " ", Err("reason.missing")),
            (true, E::Over, "x", Err("stock.request_end")),
            (true, E::Came, "x", Err("stock.request_end")),
            (false, E::Done, "", Err("stock.request_over")),
        ] {
            assert_eq!(ended(live, how, note).map_err(|r| r.code), wanted.map(str::to_owned), "{how:?} {note}");
        }
    }

    #[test]
    fn who_carries_one_asks_for_none() {
        let part = PartId::from_uuid(uuid::Uuid::from_u128(1));
        for (kept, already, carried, fitting, wanted) in [
            (true, false, 0, Some(part), Ok(part)),
            (true, true, 0, Some(part), Err("stock.asked_already")),
            (true, false, 2, Some(part), Err("stock.carried_already")),
            (true, false, 0, None, Err("stock.unlisted")),
            (false, false, 0, None, Err("stock.kind_not_kept")),
        ] {
            assert_eq!(asked(kept, already, carried, fitting).map_err(|r| r.code), wanted);
        }
    }
}
