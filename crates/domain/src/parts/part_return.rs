//! What was taken out of a terminal and comes back: tagged at the shop, taken in at the warehouse, tested, and then put on the shelf again,
//! repaired, sent to its vendor or scrapped. Until that ends somebody answers for it.

use jiff::{SignedDuration, Timestamp};

use super::PartId;
use crate::ground::{Refusal, line, line_or_empty};
use crate::refuse;

crate::ids! {
    /// A part that comes back.
    PartReturnId = "ret";
    /// A step on its way.
    PartReturnStepId = "rts";
}

crate::words! {
    /// Where a part that comes back is.
    ReturnState {
        /// With the engineer who took it out.
        Carried = "carried",
        /// In the warehouse, to be tested and decided on.
        Here = "here",
        /// With its vendor.
        AtVendor = "at_vendor",
        /// On the shelf again, and a piece like any other.
        Stocked = "stocked",
        /// The vendor paid for it.
        Credited = "credited",
        /// Thrown away.
        Scrapped = "scrapped",
        /// It never came, and nobody waits for it any more.
        Missing = "missing",
        /// It was put in at a shop again.
        PutIn = "put_in",
    }
    /// What somebody at the warehouse does with it.
    ReturnStep {
        /// The engineer handed it in.
        Receive = "receive",
        /// It was tested; again if need be.
        Find = "find",
        /// It was repaired here, and works.
        Repair = "repair",
        /// It goes to its vendor, under their number.
        Send = "send",
        /// The vendor sent it back.
        TakeBack = "take_back",
        /// The vendor keeps it and pays.
        Credit = "credit",
        /// It goes on the shelf.
        Stock = "stock",
        /// It is thrown away.
        Scrap = "scrap",
        /// It never came.
        WriteOff = "write_off",
    }
    /// What a test said.
    ReturnFinding {
        /// Nothing is wrong with it.
        Good = "good",
        /// It can be repaired.
        Repairable = "repairable",
        /// It is beyond repair.
        Dead = "dead",
    }
}

impl ReturnState {
    /// Whether it goes nowhere any more.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Carried | Self::Here | Self::AtVendor)
    }
}

/// Days an engineer has to bring something back [J].
pub const DAYS_TO_BRING: i64 = 7;
/// Most characters of a note, and of what the vendor calls it.
const MOST_NOTE: usize = 200;
/// Most fen a vendor pays for one: 100,000 yuan.
const MOST_FEN: i64 = 10_000_000;
/// Classes of parts whose old piece comes back; what wears off or is a cover is thrown away at the shop.
const BROUGHT_BACK: [&str; 4] = ["unit", "board", "display", "module"];

/// Whether something carried since an instant is brought back too late.
pub fn is_late(state: ReturnState, since: Timestamp, now: Timestamp) -> bool {
    state == ReturnState::Carried && now.duration_since(since) > SignedDuration::from_hours(24 * DAYS_TO_BRING)
}

/// A line of a visit: something went out, something came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchanged<'a> {
    /// What kind of part, by code.
    pub kind: &'a str,
    /// Its class.
    pub class: &'a str,
    /// The serial of what went out.
    pub old: Option<&'a str>,
    /// The serial of what came in.
    pub new: Option<&'a str>,
}

/// Which lines of a visit leave something to bring back, by their place among them. What this visit had put in itself is in the bag again,
/// and what was put back at its end stays; a whole unit without an old serial was installed where none stood.
pub fn brought_back(lines: &[Exchanged<'_>]) -> Vec<usize> {
    let goes = |line: &Exchanged<'_>| {
        let put_in_here = line.old.is_some_and(|old| lines.iter().any(|other| other.new == Some(old)));
        BROUGHT_BACK.contains(&line.class) && !put_in_here && (line.old.is_some() || line.class != "unit")
    };
    lines.iter().enumerate().filter(|(_, line)| goes(line)).map(|(n, _)| n).collect()
}

/// What is written on it, by the number of its order and its place among the order's lines: `W-000123-1`.
pub fn return_tag(order: i64, place: i64) -> String {
    format!("W-{order:06}-{place}")
}

/// What somebody at the warehouse says of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said<'a> {
    /// What the test said, to find and to take back.
    pub finding: Option<ReturnFinding>,
    /// The vendor's number, to send.
    pub vendor_ref: Option<&'a str>,
    /// What the vendor pays, in fen, to credit.
    pub credit_fen: Option<i64>,
    /// As a piece of which part, to stock.
    pub part: Option<PartId>,
    /// A note.
    pub note: &'a str,
}

/// Where it is, and what the last test said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returning {
    /// Where.
    pub state: ReturnState,
    /// What the last test said.
    pub finding: Option<ReturnFinding>,
}

/// The note of a step as it is kept: a loss says why, a repair says what was done. Errors: `reason.missing`, `text.length`.
pub fn step_note(step: ReturnStep, note: &str) -> Result<String, Refusal> {
    match step {
        ReturnStep::Repair | ReturnStep::Scrap | ReturnStep::WriteOff if note.trim().is_empty() => {
            Err(refuse!(Invalid, "reason.missing").field("note"))
        }
        _ => line_or_empty(note, "note", MOST_NOTE),
    }
}

/// Where it is after a step. Errors: `return.over`, `return.carried`, `return.here`, `return.at_vendor`, `return.not_at_vendor`,
/// `return.test_first`, `return.not_good`, `return.good`, `return.needed`, `return.bad_credit`, those of the vendor's number.
pub fn returned(at: Returning, step: ReturnStep, said: &Said<'_>) -> Result<Returning, Refusal> {
    use {ReturnFinding as F, ReturnState as S, ReturnStep as D};
    let Returning { state, finding } = at;
    let to = |state, finding| Ok(Returning { state, finding });
    let needed = |field| refuse!(Invalid, "return.needed").field(field);
    let found = || said.finding.ok_or_else(|| needed("finding"));
    match (step, state) {
        _ if state.is_over() => Err(refuse!(Conflict, "return.over")),
        (D::Receive, S::Carried) => to(S::Here, None),
        (D::WriteOff, S::Carried) => to(S::Missing, finding),
        (D::Receive | D::WriteOff, _) => Err(refuse!(Conflict, "return.here")),
        (_, S::Carried) => Err(refuse!(Conflict, "return.carried")),
        (D::TakeBack, S::AtVendor) => to(S::Here, Some(found()?)),
        (D::Credit, S::AtVendor) => match said.credit_fen.ok_or_else(|| needed("credit_fen"))? {
            fen if (0..=MOST_FEN).contains(&fen) => to(S::Credited, finding),
            _ => Err(refuse!(Invalid, "return.bad_credit").field("credit_fen")),
        },
        (D::TakeBack | D::Credit, _) => Err(refuse!(Conflict, "return.not_at_vendor")),
        (_, S::AtVendor) => Err(refuse!(Conflict, "return.at_vendor")),
        (D::Find, _) => to(S::Here, Some(found()?)),
        _ if finding.is_none() => Err(refuse!(Conflict, "return.test_first")),
        (D::Repair | D::Send | D::Scrap, _) if finding == Some(F::Good) => Err(refuse!(Conflict, "return.good")),
        (D::Repair, _) => to(S::Here, Some(F::Good)),
        (D::Send, _) => {
            line(said.vendor_ref.ok_or_else(|| needed("vendor_ref"))?, "vendor_ref", MOST_NOTE)?;
            to(S::AtVendor, finding)
        }
        (D::Scrap, _) => to(S::Scrapped, finding),
        (D::Stock, _) if finding != Some(F::Good) => Err(refuse!(Conflict, "return.not_good")),
        (D::Stock, _) => said.part.ok_or_else(|| needed("part_id")).and_then(|_| to(S::Stocked, finding)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::TypedId;

    fn part() -> PartId {
        PartId::from_uuid(uuid::Uuid::from_u128(1))
    }

    #[test]
    fn what_leaves_a_shop_comes_back_once() {
        let unit = |old, new| Exchanged { kind: "swap_unit", class: "unit", old, new };
        let board = |old, new| Exchanged { kind: "main_board", class: "board", old, new };
        for (lines, wanted) in [
            (vec![], vec![]),
            (vec![unit(Some("A"), Some("B"))], vec![0]),
            // The new one did not work either, and a third one stayed: the second is in the bag again.
            (vec![unit(Some("A"), Some("B")), unit(Some("B"), Some("C"))], vec![0]),
            // The first one was put back.
            (vec![unit(Some("A"), Some("B")), unit(Some("B"), Some("A"))], vec![]),
            (vec![unit(None, Some("B"))], vec![]),
            (vec![board(None, None), board(Some("M1"), Some("M2"))], vec![0, 1]),
            (vec![Exchanged { kind: "print_head", class: "consumable", old: None, new: None }, board(None, None)], vec![1]),
        ] {
            assert_eq!(brought_back(&lines), wanted, "{lines:?}");
        }
    }

    #[test]
    fn every_step_has_its_place() {
        use {ReturnFinding as F, ReturnState as S, ReturnStep as D};
        let at = |state, finding| Returning { state, finding };
        let none = Said::default();
        let all = Said { finding: Some(F::Good), vendor_ref: Some("RMA-7"), credit_fen: Some(12_000), part: Some(part()), note: "" };
        for (now, step, said, wanted) in [
            (at(S::Carried, None), D::Receive, none, Ok(at(S::Here, None))),
            (at(S::Carried, None), D::WriteOff, none, Ok(at(S::Missing, None))),
            (at(S::Carried, None), D::Find, all, Err("return.carried")),
            (at(S::Carried, None), D::Stock, all, Err("return.carried")),
            (at(S::Here, None), D::Receive, none, Err("return.here")),
            (at(S::Here, None), D::WriteOff, none, Err("return.here")),
            (at(S::Here, None), D::Stock, all, Err("return.test_first")),
            (at(S::Here, None), D::Scrap, none, Err("return.test_first")),
            (at(S::Here, None), D::Send, all, Err("return.test_first")),
            (at(S::Here, None), D::Find, none, Err("return.needed")),
            (at(S::Here, None), D::Find, Said { finding: Some(F::Dead), ..none }, Ok(at(S::Here, Some(F::Dead)))),
            (at(S::Here, Some(F::Good)), D::Stock, all, Ok(at(S::Stocked, Some(F::Good)))),
            (at(S::Here, Some(F::Good)), D::Stock, none, Err("return.needed")),
            (at(S::Here, Some(F::Good)), D::Scrap, none, Err("return.good")),
            (at(S::Here, Some(F::Good)), D::Send, all, Err("return.good")),
            (at(S::Here, Some(F::Dead)), D::Stock, all, Err("return.not_good")),
            (at(S::Here, Some(F::Repairable)), D::Stock, all, Err("return.not_good")),
            (at(S::Here, Some(F::Repairable)), D::Repair, none, Ok(at(S::Here, Some(F::Good)))),
            (at(S::Here, Some(F::Repairable)), D::Send, all, Ok(at(S::AtVendor, Some(F::Repairable)))),
            (at(S::Here, Some(F::Dead)), D::Scrap, none, Ok(at(S::Scrapped, Some(F::Dead)))),
            (at(S::Here, Some(F::Dead)), D::Send, none, Err("return.needed")),
            (at(S::Here, Some(F::Dead)), D::Send, Said { vendor_ref: Some(" "), ..none }, Err("text.length")),
            (at(S::Here, Some(F::Dead)), D::Credit, all, Err("return.not_at_vendor")),
            (at(S::AtVendor, Some(F::Dead)), D::Credit, all, Ok(at(S::Credited, Some(F::Dead)))),
            (at(S::AtVendor, Some(F::Dead)), D::Credit, none, Err("return.needed")),
            (at(S::AtVendor, Some(F::Dead)), D::Credit, Said { credit_fen: Some(-1), ..none }, Err("return.bad_credit")),
            (at(S::AtVendor, Some(F::Dead)), D::TakeBack, all, Ok(at(S::Here, Some(F::Good)))),
            (at(S::AtVendor, Some(F::Dead)), D::Scrap, none, Err("return.at_vendor")),
            (at(S::AtVendor, Some(F::Dead)), D::Receive, none, Err("return.here")),
        ] {
            assert_eq!(returned(now, step, &said).map_err(|r| r.code), wanted, "{now:?} {step:?} {said:?}");
        }
        for over in ReturnState::ALL.iter().filter(|state| state.is_over()) {
            assert_eq!(returned(at(*over, None), D::Receive, &all).unwrap_err().code, "return.over");
        }
    }

    #[test]
    fn a_loss_says_why_and_a_week_is_time_enough() {
        use ReturnStep as D;
        for (step, note, wanted) in [
            (D::Receive, "", Ok("")),
            (D::Scrap, " ", Err("reason.missing")),
            (D::WriteOff, "丢失", Ok("丢失")),
            (D::Repair, "", Err("reason.missing")),
        ] {
            assert_eq!(step_note(step, note).map_err(|r| r.code), wanted.map(str::to_owned), "{step:?}");
        }
        let since: Timestamp = "2026-11-02T00:00:00Z".parse().unwrap();
        let later = |hours| since + SignedDuration::from_hours(hours);
        assert!(!is_late(ReturnState::Carried, since, later(24 * 7)));
        assert!(is_late(ReturnState::Carried, since, later(24 * 7 + 1)));
        assert!(!is_late(ReturnState::Here, since, later(24 * 70)));
    }
}
