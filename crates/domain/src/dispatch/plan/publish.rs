use jiff::Timestamp;

use super::model::Placed;
use crate::dispatch::{Slot, clash, model::Booked};

/// What a plan knew of an order, to be compared with what is so now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<E> {
    /// Who has it, and when.
    pub holder: Option<(E, Timestamp, Timestamp)>,
    /// What the merchant was promised.
    pub promised: Option<(Timestamp, Timestamp)>,
    /// It has been closed.
    pub closed: bool,
}

/// The places in the list at which the board is no longer what the plan was made for.
pub fn changed_since<E: PartialEq>(seen: &[Seen<E>], now: &[Option<Seen<E>>]) -> Vec<usize> {
    (0..seen.len()).filter(|i| now.get(*i).and_then(Option::as_ref) != Some(&seen[*i])).collect()
}

/// An order that a plan wants to put somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its number.
    pub number: String,
    /// Where it is.
    pub from: Option<Placed>,
    /// Where it shall be.
    pub to: Placed,
    /// Another rule forbids it, so it stays where it is.
    pub refused: bool,
}

/// Which of the wanted moves would put two visits of one person at the same time, each with the number of the other. A move that
/// is refused leaves its order where it was, which may get into another one's way: so until nothing more happens. `fixed`
/// are bookings that nobody moves.
pub fn clashing(wanted: &[Wanted], fixed: &[(usize, Booked)]) -> Vec<Option<String>> {
    let mut out: Vec<Option<String>> = vec![None; wanted.len()];
    loop {
        let mut again = false;
        for i in 0..wanted.len() {
            if wanted[i].refused || out[i].is_some() {
                continue;
            }
            let to = wanted[i].to;
            let others = wanted.iter().enumerate().filter(|(k, _)| *k != i).filter_map(|(k, w)| {
                let stays = w.refused || out[k].is_some();
                // Of two that go to the same time the first in the list goes; the later one is in its way.
                let at = if stays { w.from } else { Some(w.to).filter(|_| k < i) };
                at.filter(|p| p.person == to.person).map(|p| Booked { number: w.number.clone(), slot: p.slot })
            });
            let there: Vec<Booked> =
                fixed.iter().filter(|(person, _)| *person == to.person).map(|(_, b)| b.clone()).chain(others).collect();
            if let Some(other) = clash(Slot { from: to.slot.from, to: to.slot.to }, &there) {
                out[i] = Some(other.number.clone());
                again = true;
            }
        }
        if !again {
            return out;
        }
    }
}
