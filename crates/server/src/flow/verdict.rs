//! What an offer would meet, before it is made: the same rules, all of them at once, and nothing is written.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use postsale_domain::crew::lacking;
use postsale_domain::dispatch::{self as rules, OfferState};
use postsale_domain::ground::{EngineerId, Lang, Reach, Refusal, Text};
use postsale_domain::refuse;
use postsale_domain::visit::{Span, WorkOrderId, WorkOrderState};
use serde::Serialize;
use utoipa::ToSchema;

use super::day::minutes;
use super::dispatch::{against_habit, at_work, candidates, due, promised_for, too_late};
use super::visit::clash;
use crate::crew::store as crew;
use crate::dispatch::store as offers;
use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::ground::texts;
use crate::view::sentence;
use crate::view::visit::{see_order, zone};
use crate::visit::store as visits;

/// What an offer of an order to somebody at a time would meet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfferVerdict {
    /// When they would be there, as long as such a visit takes.
    planned: Span,
    /// Whether it can be offered so at all.
    allowed: bool,
    /// Whether somebody has to say why it is to be so all the same.
    needs_reason: bool,
    /// It lies outside the shift: a code is asked for, of somebody who may send them then.
    off_shift: bool,
    /// The window the merchant would be told if no other is given; null while the plan breaks the one they know.
    promised: Option<Span>,
    /// Whether the merchant has to be told another window.
    breaks_promise: bool,
    /// Everything that speaks against it, what forbids it first.
    against: Vec<Text>,
}

fn said(refusal: &Refusal) -> Text {
    let say = |lang| texts::of_refusal(lang, refusal);
    Text { zh: say(Lang::Zh), en: say(Lang::En) }
}

/// A sentence of the house with its holes filled.
fn words(key: &'static str, args: [(&'static str, Text); 2]) -> Text {
    let say = |lang| {
        let filled: BTreeMap<_, _> = args.iter().map(|(name, text)| (*name, text.in_lang(lang).to_owned())).collect();
        texts::sentence(lang, key, &filled)
    };
    Text { zh: say(Lang::Zh), en: say(Lang::En) }
}

fn count(n: i64) -> Text {
    Text { zh: n.to_string(), en: n.to_string() }
}

/// Judges one engineer and one beginning. Errors: `not_found`, `dispatch.engineer_unknown`.
pub fn verdict(tx: &mut Tx<'_>, reach: Reach, id: WorkOrderId, engineer: EngineerId, from: jiff::Timestamp) -> Done<OfferVerdict> {
    let w = visits::work_order(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    see_order(tx, reach, &w)?;
    let person = crew::engineers(tx)?.into_iter().find(|e| e.id == engineer && e.active);
    let person = person.ok_or_else(|| refuse!(Invalid, "dispatch.engineer_unknown").field("engineer_id"))?;
    let force = in_force(tx)?;
    let planned = Span { from, to: from + SignedDuration::from_mins(i64::from(minutes(&force, &w).max(1))) };
    let now = tx.now();
    let mut hard: Vec<Text> = Vec::new();
    match w.state {
        WorkOrderState::Open => {
            let states: Vec<OfferState> = offers::of_order(tx, id)?.iter().map(|o| o.state).collect();
            hard.extend(rules::may_offer(&states).err().iter().map(said));
        }
        _ => hard.push(said(&refuse!(Conflict, "dispatch.offered_already"))),
    }
    if planned.from < now {
        hard.push(said(&refuse!(Invalid, "visit.span_past")));
    }
    for (skill, ended) in lacking(&person, &w.skills, planned.from.to_zoned(zone()).date()) {
        let name = force.facts().skill(skill).map_or_else(|| Text { zh: skill.to_owned(), en: skill.to_owned() }, |s| s.name.clone());
        let day = ended.map(|day| Text { zh: day.to_string(), en: day.to_string() });
        hard.push(match day {
            Some(day) => words("dispatch.skill_ended", [("skill", name), ("day", day)]),
            None => words("dispatch.skill_missing", [("skill", name), ("day", count(0))]),
        });
    }
    if let Some(number) = clash(tx, engineer, planned, id)? {
        hard.push(said(&refuse!(Conflict, "dispatch.overlap", number = number)));
    }
    let outside = at_work(tx, &person, planned)?.err();
    let off_shift = outside.as_ref().is_some_and(|refusal| refusal.code == "dispatch.off_shift");
    hard.extend(outside.iter().filter(|_| !off_shift).map(said));
    let mut against = hard;
    let allowed = against.is_empty();
    against.extend(outside.iter().filter(|_| off_shift).map(said));
    let mut soft = against_habit(tx, &w, planned)?;
    let due = due(tx, &w)?;
    let missed = due.is_some_and(|due| due > now && due < planned.to);
    if missed && let Some(ticket) = crate::ticket::store::ticket(tx, w.ticket_id)? {
        let judged = candidates(tx, &w, &ticket)?;
        soft.extend(too_late(tx, &w, planned, judged.iter().find(|c| c.fits && c.keeps_due))?);
    }
    let needs_reason = !soft.is_empty();
    against.extend(soft.iter().map(said));
    let told = promised_for(&w, planned, None, due, now);
    let breaks_promise = told.is_err();
    let promised = told.ok().map(|new| new.or(w.promised)).unwrap_or_default();
    if let Some(promised) = w.promised.filter(|_| breaks_promise) {
        let late = (planned.from.as_second() - promised.to.as_second()) / 60;
        let window = Text { zh: sentence::local_span(promised, Lang::Zh), en: sentence::local_span(promised, Lang::En) };
        let key = if late >= 0 { "dispatch.after_promise" } else { "dispatch.before_promise" };
        against.push(words(key, [("window", window), ("late", rules::length(late.max(0)))]));
    }
    if let Some(due) = due.filter(|due| *due < planned.to) {
        let late = (planned.to.as_second() - due.as_second()) / 60;
        let at = serde_json::json!(due);
        let moment = |lang| sentence::instant(&at, lang).unwrap_or_default();
        against.push(words(
            "dispatch.after_due",
            [("due", Text { zh: moment(Lang::Zh), en: moment(Lang::En) }), ("late", rules::length(late))],
        ));
    }
    Ok(OfferVerdict { planned, allowed, needs_reason, off_shift, promised, breaks_promise, against })
}
