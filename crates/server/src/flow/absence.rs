//! An engineer is absent: what they had and have not begun is free again, and a plan for the day is proposed.

use jiff::{SignedDuration, Timestamp};
use postsale_domain::crew::Absence;
use postsale_domain::ground::{EngineerId, Reach, mask_cards};
use postsale_domain::refuse;
use postsale_domain::visit::{Command, Facts, Span, WorkOrderId, WorkOrderState};

use super::plan;
use super::visit::Table;
use crate::crew::store as crew;
use crate::dispatch::plans::PlanRecord;
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::web::Keyset;
use crate::view::visit::zone;
use crate::visit::list::{self, Sight};

/// Longest absence.
const MOST_DAYS: i64 = 60;
/// Most characters of a reason.
const MAX_REASON: usize = 500;

/// What an absence did.
pub struct Freed {
    /// The absence.
    pub absence: Absence,
    /// Orders that nobody has any more.
    pub orders: Vec<WorkOrderId>,
    /// The plan that is being searched for; none when nothing was freed, or another search of the day is under way.
    pub plan: Option<PlanRecord>,
}

/// Notes an absence. Promises to merchants stay; who comes, is planned anew. Errors: `dispatch.engineer_unknown`,
/// `crew.absence_span`, `crew.absence_reason`.
pub fn note(tx: &mut Tx<'_>, engineer: EngineerId, span: (Timestamp, Timestamp), reason: &str) -> Done<Freed> {
    let (from, to) = span;
    let reason = mask_cards(reason.trim()).text;
    if from >= to || to <= tx.now() || to.duration_since(from) > SignedDuration::from_hours(24 * MOST_DAYS) {
        return Err(refuse!(Invalid, "crew.absence_span", days = MOST_DAYS).field("to").into());
    }
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(refuse!(Invalid, "crew.absence_reason", limit = MAX_REASON).field("reason").into());
    }
    if crew::for_change(tx, engineer)?.is_none_or(|e| !e.active) {
        return Err(refuse!(Invalid, "dispatch.engineer_unknown").field("engineer_id").into());
    }
    let absence = Absence { id: tx.new_id(), engineer_id: engineer, from, to, reason };
    crew::add_absence(tx, &absence)?;
    // A visit that began before the absence and lasts into it is theirs no longer either.
    let between = Span { from: from - SignedDuration::from_hours(24), to };
    let mut orders = Vec::new();
    let mut days = Vec::new();
    for w in list::planned(tx, between, Sight::Engineer(engineer), Keyset::FIRST, 2000)? {
        let waits = matches!(w.state, WorkOrderState::Offered | WorkOrderState::Accepted | WorkOrderState::Travelling);
        let Some(planned) = w.planned.filter(|s| waits && s.to > from) else { continue };
        let mut table = Table::load(tx, w.id, Reach::All, None)?;
        table.command(tx, &Command::Withdraw { reason: absence.reason.clone() }, &Facts::default())?;
        table.save(tx, "dispatch.absent")?;
        orders.push(w.id);
        days.push(planned.from.to_zoned(zone()).date());
    }
    days.sort_unstable();
    let plan = match days.first() {
        Some(day) => match plan::start(tx, *day, &[], None) {
            Ok(plan) => Some(plan),
            // Another search of the day is under way; a person asks again when it has ended.
            Err(Stop::Refused(_)) => None,
            Err(other) => return Err(other),
        },
        None => None,
    };
    Ok(Freed { absence, orders, plan })
}
