use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::{Because, Claim, ClauseKind, ClockId, DisputeState, Exclusion, Figures, Line, LineVerdict, Promised, Raised, Ruling};
use super::month::Month;
use super::terms::Terms;
use crate::ground::{Refusal, UserId};
use crate::refuse;

/// How a promise counts, and what it costs. What was ruled about the line itself stands over an exclusion of its day or ticket. A
/// promise whose target was lengthened after the breach is broken and nothing late: it counts as a breach and costs nothing.
pub fn judge(promised: Promised, terms: &Terms, excluded: &[Exclusion], ruling: Option<&Ruling>, zone: &TimeZone) -> Line {
    let own = if promised.breached { Claim::Late(promised.late_s) } else { Claim::Kept };
    let (claim, because) = match (ruling, excluded.iter().find(|e| e.covers(&promised, zone))) {
        (Some(ruling), _) => (ruling.claim, Some(Because::Dispute(ruling.dispute))),
        (None, Some(exclusion)) => (Claim::LeftOut, Some(Because::Exclusion(exclusion.id))),
        (None, None) => (own, None),
    };
    let counted_s = claim.late_s().unwrap_or_default().max(0);
    Line { verdict: claim.verdict(), counted_s, penalty: terms.penalty(promised.kind, counted_s), because, promised }
}

/// A whole statement: every promise judged, and what they come to by clause. The sum is that of the lines, whatever their order.
pub fn statement(
    promises: impl IntoIterator<Item = Promised>,
    terms: &Terms,
    excluded: &[Exclusion],
    rulings: &BTreeMap<ClockId, Ruling>,
    zone: &TimeZone,
) -> (Vec<Line>, BTreeMap<ClauseKind, Figures>) {
    let mut figures: BTreeMap<ClauseKind, Figures> = BTreeMap::new();
    let lines: Vec<Line> = promises
        .into_iter()
        .map(|promised| {
            let ruling = rulings.get(&promised.clock);
            judge(promised, terms, excluded, ruling, zone)
        })
        .collect();
    for line in &lines {
        figures.entry(line.promised.kind).or_default().add(line);
    }
    (lines, figures)
}

/// What is known of a statement that is to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signing {
    /// Whether the month is over.
    pub ended: bool,
    /// The version signed last; 0 for none.
    pub signed: i64,
    /// Exclusions noted since.
    pub pending: usize,
    /// Whether the one who signs noted one of them.
    pub own: bool,
}

/// The version that is signed now. Errors: `statement.month_running`, `statement.nothing_new`, `statement.own_exclusion`.
pub fn sign(facts: Signing) -> Result<i64, Refusal> {
    if !facts.ended {
        return Err(refuse!(Conflict, "statement.month_running"));
    }
    if facts.signed > 0 && facts.pending == 0 {
        return Err(refuse!(Conflict, "statement.nothing_new"));
    }
    if facts.own {
        return Err(refuse!(Forbidden, "statement.own_exclusion"));
    }
    Ok(facts.signed + 1)
}

/// Whether something may be excluded. `known`: an entry for the same day or ticket is there. Errors: `reason.missing`,
/// `statement.no_proof`, `statement.day_outside`, `statement.excluded_already`.
pub fn exclude(month: Month, day: Option<Date>, known: bool, reason: &str, proof: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(refuse!(Invalid, "reason.missing").field("reason"));
    }
    if proof.trim().is_empty() {
        return Err(refuse!(Invalid, "statement.no_proof").field("proof"));
    }
    if day.is_some_and(|day| !month.has(day)) {
        return Err(refuse!(Invalid, "statement.day_outside", month = month).field("day"));
    }
    if known {
        return Err(refuse!(Conflict, "statement.excluded_already"));
    }
    Ok(())
}

/// Whether an exclusion may be taken back. Errors: `statement.exclusion_signed`.
pub fn withdraw(signed: bool) -> Result<(), Refusal> {
    if signed { Err(refuse!(Conflict, "statement.exclusion_signed")) } else { Ok(()) }
}

/// Whether a line may be disputed. `open`: somebody disputes it already. Errors: `reason.missing`, `statement.disputed_already`,
/// `statement.late_missing`, `statement.nothing_disputed` where it counts like that already.
pub fn dispute(verdict: LineVerdict, counted_s: i64, open: bool, claim: Claim, reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(refuse!(Invalid, "reason.missing").field("reason"));
    }
    if claim.late_s().is_some_and(|seconds| !(1..=31_536_000).contains(&seconds)) {
        return Err(refuse!(Invalid, "statement.late_missing").field("late_s"));
    }
    if open {
        return Err(refuse!(Conflict, "statement.disputed_already"));
    }
    if claim.verdict() == verdict && claim.late_s().is_none_or(|seconds| seconds == counted_s) {
        return Err(refuse!(Conflict, "statement.nothing_disputed").field("claim"));
    }
    Ok(())
}

/// Whether somebody may decide a dispute. Errors: `statement.decided`, `statement.own_dispute`, `reason.missing`.
pub fn decide(raised: &Raised, by: UserId, reason: &str) -> Result<(), Refusal> {
    if raised.state != DisputeState::Open {
        return Err(refuse!(Conflict, "statement.decided"));
    }
    if raised.by == by {
        return Err(refuse!(Forbidden, "statement.own_dispute"));
    }
    if reason.trim().is_empty() {
        return Err(refuse!(Invalid, "reason.missing").field("reason"));
    }
    Ok(())
}
