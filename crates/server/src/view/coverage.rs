//! What covers a terminal: the tenant's warranty terms in force on a day, over what the registry and finished visits know of it.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use postsale_domain::coverage::{Coverage, Device, Maker, Repaired, Term, Unhappy, Warranty, again, decide};
use postsale_domain::followup::what_follows;
use postsale_domain::terminal::TerminalId;

use crate::facts::{InForce, in_force};
use crate::followup::store as follow_ups;
use crate::ground::db::{Done, Tx};
use crate::ground::when;
use crate::terminal::store::Terminal;
use crate::ticket::store::Ticket;
use crate::visit::list as visits;

/// The terms of a day, read once for all terminals of a list.
pub struct Terms {
    force: Arc<InForce>,
    terms: Arc<Vec<Term>>,
    day: Date,
}

impl Terms {
    /// The terms in force on a day.
    pub fn on(tx: &mut Tx<'_>, day: Date) -> Done<Self> {
        let force = in_force(tx)?;
        let terms = force.warranty_terms(day);
        Ok(Self { force, terms, day })
    }

    /// Those of today.
    pub fn today(tx: &mut Tx<'_>) -> Done<Self> {
        let day = when::day(tx.now());
        Self::on(tx, day)
    }

    /// What covers a terminal of a model as such; what was repaired answers only when a fault is asked about.
    pub fn decide(&self, model: &str, warranty: Warranty) -> Coverage {
        self.of(model, warranty, None, None)
    }

    /// The maker of a model as printed on it.
    pub fn vendor(&self, model: &str) -> String {
        self.force.vendor(model)
    }

    fn of(&self, model: &str, warranty: Warranty, repaired: Option<Repaired>, fault_code: Option<String>) -> Coverage {
        let known = self.force.facts().model(model);
        let maker = Maker {
            vendor: known.map(|m| m.vendor.clone()).unwrap_or_default(),
            class: self.force.facts().class_of(model).to_owned(),
            months: known.map(|m| m.warranty_months),
        };
        decide(&self.terms, &Device { warranty, maker, repaired, fault_code }, self.day)
    }
}

/// What covers one terminal on a day, its last repair included; for a fault, whether that is covered.
pub fn on(tx: &mut Tx<'_>, terminal: &Terminal, fault: Option<&str>, day: Date) -> Done<Coverage> {
    let repaired = repaired(tx, terminal.id, day)?;
    Ok(Terms::on(tx, day)?.of(&terminal.model, terminal.warranty(), repaired, fault.map(str::to_owned)))
}

/// The same for today.
pub fn today(tx: &mut Tx<'_>, terminal: &Terminal, fault: Option<&str>) -> Done<Coverage> {
    let day = when::day(tx.now());
    on(tx, terminal, fault, day)
}

/// The same for a case: one that bad news opened again is made good for nothing.
pub fn of_case(tx: &mut Tx<'_>, ticket: &Ticket, terminal: &Terminal, fault: Option<&str>) -> Done<Coverage> {
    let decided = today(tx, terminal, fault)?;
    if ticket.case.reopen_count == 0 {
        return Ok(decided);
    }
    let unhappy = follow_ups::of_ticket(tx, ticket.id)?.into_iter().rev().find_map(|kept| {
        let answer = kept.follow_up.answer.filter(|a| what_follows(a).is_some())?;
        Some(Unhappy { on: when::day(kept.follow_up.answered_at?), score: answer.score })
    });
    Ok(match unhappy {
        Some(unhappy) => again(decided, unhappy),
        None => decided,
    })
}

/// The last repair of a terminal as of today; for [asking ahead](Tx::ahead).
pub fn last_repair(tx: &mut Tx<'_>, terminal: TerminalId) -> Done<Option<Repaired>> {
    let day = when::day(tx.now());
    repaired(tx, terminal, day)
}

/// The last repair of a terminal that was finished by the end of a day.
fn repaired(tx: &mut Tx<'_>, terminal: TerminalId, day: Date) -> Done<Option<Repaired>> {
    let end = day.saturating_add(1.day()).to_zoned(when::zone()).map_or(Timestamp::MAX, |z| z.timestamp());
    Ok(visits::last_repair(tx, terminal, end)?.map(|(at, fault_code)| Repaired { on: when::day(at), fault_code }))
}
