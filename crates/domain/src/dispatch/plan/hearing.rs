use jiff::Timestamp;

use crate::dispatch::Slot;

crate::words! {
    /// What a merchant hears of a plan about their visit.
    Hearing {
        /// The time they know still holds: nobody writes to them.
        Stands = "stands",
        /// They are told once the engineer takes it on.
        OnAccept = "on_accept",
        /// They were told, by mail too.
        Sent = "sent",
        /// The letter is written and waits: it is night, or they have heard from us often enough today.
        Waits = "waits",
        /// It stands on their page; there is no address to write to.
        Page = "page",
        /// The letter did not arrive; somebody has to look.
        Failed = "failed",
        /// Nobody can keep what they were promised: the supervisors are called, and decide what they hear.
        Duty = "duty",
    }
}

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailed {
    /// Nobody to write to.
    Nowhere,
    /// On its way, or there.
    Going,
    /// Kept back.
    Held,
    /// Given up.
    Failed,
}

/// What is known of an order in a plan, and of its merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The plan puts it somewhere else, or anywhere at all.
    pub changes: bool,
    /// When the plan has somebody come; `None`: nobody gets it.
    pub planned: Option<Timestamp>,
    /// The window the merchant was told last, and not over.
    pub known: Option<Slot>,
    /// How far the letter about their time has come that was written since the plan was published.
    pub letter: Option<Mailed>,
    /// Publishing could not offer it.
    pub refused: bool,
}

/// What the merchant of an order hears of a plan; `None`: nothing changes for them.
pub fn hearing(heard: &Heard) -> Option<Hearing> {
    let Some(planned) = heard.planned else { return heard.known.map(|_| Hearing::Duty) };
    if !heard.changes || heard.refused {
        return None;
    }
    Some(match (heard.letter, heard.known) {
        (Some(Mailed::Nowhere), _) => Hearing::Page,
        (Some(Mailed::Going), _) => Hearing::Sent,
        (Some(Mailed::Held), _) => Hearing::Waits,
        (Some(Mailed::Failed), _) => Hearing::Failed,
        (None, Some(known)) if known.from <= planned && planned < known.to => Hearing::Stands,
        (None, _) => Hearing::OnAccept,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hears_what_of_a_plan() {
        let at = |t: &str| format!("2026-11-25T{t}:00+08:00").parse::<Timestamp>().unwrap();
        let known = Some(Slot { from: at("10:00"), to: at("12:00") });
        let base = Heard { changes: true, planned: Some(at("10:30")), known: None, letter: None, refused: false };
        let letter = |mailed| Heard { letter: Some(mailed), known, ..base };
        // (what is known, what they hear)
        let table = [
            (base, Some(Hearing::OnAccept)),
            (Heard { known, ..base }, Some(Hearing::Stands)),
            (Heard { known, planned: Some(at("12:00")), ..base }, Some(Hearing::OnAccept)),
            (Heard { known, planned: Some(at("09:55")), ..base }, Some(Hearing::OnAccept)),
            // Told since it was published, whatever window that was.
            (letter(Mailed::Going), Some(Hearing::Sent)),
            (letter(Mailed::Held), Some(Hearing::Waits)),
            (letter(Mailed::Nowhere), Some(Hearing::Page)),
            (letter(Mailed::Failed), Some(Hearing::Failed)),
            // Nothing is said of what stays, nor of what could not be offered.
            (Heard { changes: false, known, ..base }, None),
            (Heard { refused: true, ..base }, None),
            // Nobody gets it: only a promise calls somebody.
            (Heard { planned: None, changes: false, known, ..base }, Some(Hearing::Duty)),
            (Heard { planned: None, ..base }, None),
        ];
        for (heard, expected) in table {
            assert_eq!(hearing(&heard), expected, "{heard:?}");
        }
    }
}
