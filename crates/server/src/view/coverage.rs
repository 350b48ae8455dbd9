//! What covers a terminal: the tenant's warranty terms in force on a day, over what the registry and finished visits know of it.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use postsale_domain::coverage::{
    Coverage, Device, Entitled, Maker, Repaired, Term, Unhappy, Warranty, after_repair, again, decide, labour, part, same_kind,
};
use postsale_domain::followup::what_follows;
use postsale_domain::terminal::TerminalId;

use crate::facts::{InForce, in_force};
use crate::followup::store as follow_ups;
use crate::ground::db::{Done, Tx};
use crate::ground::when;
use crate::terminal::store::Terminal;
use crate::ticket::store::Ticket;
use crate::visit::list::{self as visits, Repair};

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
        decide(&self.terms, &self.device(model, warranty, None, None), self.day)
    }

    /// The maker of a model as printed on it.
    pub fn vendor(&self, model: &str) -> String {
        self.force.vendor(model)
    }

    fn device(&self, model: &str, warranty: Warranty, repaired: Option<Repaired>, fault_code: Option<String>) -> Device {
        let known = self.force.facts().model(model);
        let maker = Maker {
            vendor: known.map(|m| m.vendor.clone()).unwrap_or_default(),
            class: self.force.facts().class_of(model).to_owned(),
            months: known.map(|m| m.warranty_months),
        };
        let caused = fault_code.as_deref().and_then(|code| self.force.facts().fault(code)).is_some_and(|f| f.caused);
        Device { warranty, maker, repaired, fault_code, caused }
    }
}

/// What was decided for a case, with what it was decided by.
pub struct Decided {
    /// The decision.
    pub coverage: Coverage,
    terms: Arc<Vec<Term>>,
    device: Device,
    day: Date,
    /// The same on the day it was reported, where that is an earlier one.
    reported: Option<Box<Decided>>,
    /// The earlier repair of the same kind of fault that answers for this one.
    pub first: Option<Repair>,
}

impl Decided {
    /// What the work costs.
    pub fn labour(&self) -> Entitled {
        labour(&self.coverage)
    }

    /// What a part of a class costs.
    pub fn part(&self, class: &str) -> Entitled {
        let today = part(&self.terms, &self.device, &self.coverage, class, self.day);
        match (&today, &self.reported) {
            (Entitled::Charged(_), Some(reported)) => match reported.part(class) {
                free @ Entitled::Free(_) => free,
                Entitled::Charged(_) => today,
            },
            _ => today,
        }
    }
}

/// What covers one terminal on a day, its last repair included; for a fault, whether that is covered.
pub fn on(tx: &mut Tx<'_>, terminal: &Terminal, fault: Option<&str>, day: Date) -> Done<Coverage> {
    let repairs = repairs(tx, terminal.id, day)?;
    Ok(by(tx, terminal, fault, day, &repairs)?.coverage)
}

/// The same for today.
pub fn today(tx: &mut Tx<'_>, terminal: &Terminal, fault: Option<&str>) -> Done<Coverage> {
    let day = when::day(tx.now());
    on(tx, terminal, fault, day)
}

/// The same for a case.
pub fn of_case(tx: &mut Tx<'_>, ticket: &Ticket, terminal: &Terminal, fault: Option<&str>) -> Done<Coverage> {
    let now = tx.now();
    Ok(case(tx, ticket, terminal, fault, None, now)?.coverage)
}

/// The same for a case, with what it was decided by: what was covered when it was reported stays covered while it waits for us, and a case that
/// bad news opened again is made good for nothing. `order` is the visit it is asked for, by its number: it does not answer for itself. `at` is
/// when it is decided: now, or when a visit that is over was finished.
pub fn case(
    tx: &mut Tx<'_>,
    ticket: &Ticket,
    terminal: &Terminal,
    fault: Option<&str>,
    order: Option<i64>,
    at: Timestamp,
) -> Done<Decided> {
    let (now, reported) = (when::day(at), when::day(ticket.opened_at));
    let mut repairs = repairs(tx, terminal.id, now)?;
    repairs.retain(|r| order.is_none_or(|number| r.order < number));
    let mut decided = by(tx, terminal, fault, now, &repairs)?;
    if reported < now {
        let before: Vec<Repair> = repairs.iter().filter(|r| when::day(r.at) <= reported).cloned().collect();
        let then = by(tx, terminal, fault, reported, &before)?;
        if then.coverage.in_warranty && !decided.coverage.in_warranty {
            decided = then;
        } else {
            decided.reported = Some(Box::new(then));
        }
    }
    if ticket.case.reopen_count == 0 {
        return Ok(decided);
    }
    let unhappy = follow_ups::of_ticket(tx, ticket.id)?.into_iter().rev().find_map(|kept| {
        let answer = kept.follow_up.answer.filter(|a| what_follows(a).is_some())?;
        let answered = kept.follow_up.answered_at.filter(|answered| *answered <= at)?;
        Some(Unhappy { on: when::day(answered), score: answer.score })
    });
    if let Some(unhappy) = unhappy {
        decided.coverage = again(decided.coverage, unhappy);
    }
    Ok(decided)
}

fn by(tx: &mut Tx<'_>, terminal: &Terminal, fault: Option<&str>, day: Date, repairs: &[Repair]) -> Done<Decided> {
    let terms = Terms::on(tx, day)?;
    // What was repaired answers for its kind, whatever else was repaired since.
    let same = fault.and_then(|fault| repairs.iter().find(|r| same_kind(fault, &r.fault_code)));
    let repaired = same.or(repairs.first()).map(|r| Repaired { on: when::day(r.at), fault_code: r.fault_code.clone() });
    let device = terms.device(&terminal.model, terminal.warranty(), repaired, fault.map(str::to_owned));
    let coverage = decide(&terms.terms, &device, day);
    let first = same.filter(|_| after_repair(&terms.terms, &coverage)).cloned();
    Ok(Decided { coverage, terms: terms.terms, device, day, reported: None, first })
}

/// The repairs of a terminal as of today; for [asking ahead](Tx::ahead).
pub fn last_repair(tx: &mut Tx<'_>, terminal: TerminalId) -> Done<Vec<Repair>> {
    let day = when::day(tx.now());
    repairs(tx, terminal, day)
}

/// The repairs of a terminal that were finished by the end of a day, newest first.
fn repairs(tx: &mut Tx<'_>, terminal: TerminalId, day: Date) -> Done<Vec<Repair>> {
    let end = day.saturating_add(1.day()).to_zoned(when::zone()).map_or(Timestamp::MAX, |z| z.timestamp());
    visits::repairs(tx, terminal, end)
}
