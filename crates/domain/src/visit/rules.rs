use jiff::Timestamp;

use super::command::{Charge, CodeCheck, Command, Confirmation, Event, Facts, ModelSaid, NewUnit, OtherModel, PartLine, Unagreed};
use super::gap::{Gap, missing, no_swap};
use super::model::{
    Backup, Confirmed, Order, OrderKind, PartUsed, Site, Span, State, StepDone, StepResult, VisitCommandKind, VisitOutcome, WorkOrderState,
};
use crate::ground::{Refusal, cardless, mask_cards, signed, yuan};
use crate::refuse;

use VisitCommandKind as K;
use WorkOrderState as S;

/// Metres between telephone and shop beyond which a reason is asked for; positions in buildings are off by as much.
const NEAR: u32 = 300;
/// Most characters of a note or a reason.
const MAX_NOTE: usize = 2000;
/// The parts that are a whole unit: their serial numbers are those of terminals.
const WHOLE_UNITS: &[&str] = &["swap_unit", "new_unit"];

/// Whether a part is a whole terminal, so that using it means a swap.
pub fn whole_unit(part: &str) -> bool {
    WHOLE_UNITS.contains(&part)
}

/// The shape of a fault code: two to four capitals, a dash, two digits.
pub fn fault_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(kind, number)| {
        (2..=4).contains(&kind.len())
            && kind.bytes().all(|b| b.is_ascii_uppercase())
            && number.len() == 2
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Which commands a state knows at all; the portrait prints this table.
pub fn allowed(state: WorkOrderState) -> &'static [VisitCommandKind] {
    match state {
        S::Open => &[K::Offer, K::Cancel],
        S::Offered => &[K::Withdraw, K::Accept, K::Refuse, K::Cancel],
        S::Accepted => &[K::Withdraw, K::Depart, K::Arrive, K::Fail, K::Cancel],
        S::Travelling => &[K::Withdraw, K::Arrive, K::Fail, K::Cancel],
        S::OnSite | S::Repaired => &[K::Diagnose, K::Backup, K::Step, K::Part, K::Restore, K::Deliver, K::Complete, K::Fail],
        S::Done | S::Failed | S::Cancelled => &[],
    }
}

impl Command {
    /// Its name.
    pub fn kind(&self) -> VisitCommandKind {
        match self {
            Command::Offer { .. } => K::Offer,
            Command::Withdraw { .. } => K::Withdraw,
            Command::Accept => K::Accept,
            Command::Refuse { .. } => K::Refuse,
            Command::Depart => K::Depart,
            Command::Arrive { .. } => K::Arrive,
            Command::Diagnose { .. } => K::Diagnose,
            Command::Backup { .. } => K::Backup,
            Command::Step { .. } => K::Step,
            Command::Part(_) => K::Part,
            Command::Restore { .. } => K::Restore,
            Command::Deliver { .. } => K::Deliver,
            Command::Complete { .. } => K::Complete,
            Command::Fail { .. } => K::Fail,
            Command::Cancel { .. } => K::Cancel,
        }
    }
}

/// Decides. Errors: `visit.closed` for anything after closing, `visit.not_now` for a command the state does not know, and one
/// code per rule. `visit.gaps` names every gap; [`missing`] says each in a sentence.
pub fn decide(order: &Order, command: &Command, facts: &Facts, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let state = order.state.name();
    if !allowed(state).contains(&command.kind()) {
        return Err(match state {
            S::Done | S::Failed | S::Cancelled => refuse!(Conflict, "visit.closed"),
            S::Open => refuse!(Conflict, "visit.not_offered"),
            S::Offered if command.kind() != K::Offer => refuse!(Conflict, "visit.not_accepted"),
            S::Accepted | S::Travelling if allowed(S::OnSite).contains(&command.kind()) => refuse!(Conflict, "visit.not_arrived"),
            _ => refuse!(Conflict, "visit.not_now"),
        });
    }
    let mut events = match command {
        Command::Offer { engineer, planned, promised } => {
            in_order(planned, "planned")?;
            if planned.to <= now {
                return Err(refuse!(Invalid, "visit.span_past").field("planned"));
            }
            if let Some(promised) = promised {
                in_order(promised, "promised")?;
                if promised.to <= now {
                    return Err(refuse!(Invalid, "visit.promise_past").field("promised"));
                }
                // Who comes outside of what the merchant is told has broken the promise as it is given.
                if planned.from < promised.from || promised.to <= planned.from {
                    return Err(refuse!(Invalid, "visit.promise_misses").field("promised"));
                }
            }
            let promised = promised.filter(|p| order.promised != Some(*p));
            vec![Event::Offered { engineer: *engineer, planned: *planned, promised }]
        }
        Command::Withdraw { reason } => {
            let reason = said(reason, "reason")?;
            order.state.engineer().map(|engineer| Event::Withdrawn { engineer, reason }).into_iter().collect()
        }
        Command::Accept => {
            if let Some(number) = &facts.overlaps {
                return Err(refuse!(Conflict, "dispatch.overlap", number = number));
            }
            order.state.engineer().map(|engineer| Event::Accepted { engineer }).into_iter().collect()
        }
        Command::Refuse { reason } => {
            let reason = said(reason, "reason")?;
            order.state.engineer().map(|engineer| Event::Refused { engineer, reason }).into_iter().collect()
        }
        Command::Depart => vec![Event::Departed],
        Command::Arrive { off_site_reason, place } => {
            let reason = note(off_site_reason, "off_site_reason")?;
            // A position that does not fit is asked about; with a word for it, it never keeps anybody from working.
            let off_site = reason.is_some() || facts.metres_away.is_some_and(|m| m > NEAR);
            if let (None, Some(metres)) = (&reason, facts.metres_away.filter(|m| *m > NEAR)) {
                return Err(refuse!(Invalid, "visit.off_site", metres = metres, limit = NEAR).field("off_site_reason"));
            }
            vec![Event::Arrived { off_site, reason, place: *place }]
        }
        Command::Fail { reason, follow_up } => {
            let (reason, follow_up) = (said(reason, "reason")?, said(follow_up, "follow_up")?);
            if order.state.site().is_some_and(|s| net_swap(s).is_some()) {
                return Err(refuse!(Conflict, "visit.swap_stands"));
            }
            vec![Event::Failed { reason, follow_up }]
        }
        Command::Cancel { reason } => vec![Event::Cancelled { reason: said(reason, "reason")? }],
        _ => match order.state.site() {
            Some(site) => on_site(order, site, command, facts)?,
            None => return Err(refuse!(Conflict, "visit.not_arrived")),
        },
    };
    events.extend(turn(order, &events, now));
    Ok(events)
}

/// When the last gap closes the order is repaired; when one opens again, it is not.
fn turn(order: &Order, events: &[Event], now: Timestamp) -> Option<Event> {
    let after = events.iter().fold(order.clone(), |o, e| apply(o, e, now));
    let whole = missing(&after).is_empty();
    match (after.state.name(), whole) {
        (S::OnSite, true) => Some(Event::Repaired),
        (S::Repaired, false) => Some(Event::WorkResumed),
        _ => None,
    }
}

fn on_site(order: &Order, site: &Site, command: &Command, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    Ok(match command {
        Command::Diagnose { fault_code: code, note: text } => {
            if !fault_code(code) || facts.fault_unknown {
                return Err(refuse!(Invalid, "visit.fault_unknown").field("fault_code"));
            }
            vec![Event::Diagnosed { fault_code: code.clone(), note: note(text, "note")? }]
        }
        Command::Backup { state } => {
            if site.backup == Some(*state) {
                return Ok(Vec::new());
            }
            // What was said before the risk was taken stays said.
            if site.backup.is_some() && at_risk(order, site) {
                return Err(refuse!(Conflict, "visit.backup_too_late"));
            }
            vec![Event::BackupNoted { state: *state }]
        }
        Command::Step { code, result, note: text, shown, photos } => {
            let Some(def) = order.steps.iter().find(|d| d.code == *code) else {
                return Err(refuse!(Invalid, "visit.step_unknown", step = code).field("code"));
            };
            // A mandatory step cannot be passed over (S2-04); what cannot be done there ends the visit as not possible.
            if *result == StepResult::Na && !def.may_skip {
                return Err(refuse!(Conflict, "visit.step_mandatory").field("result"));
            }
            if def.risks_data && site.backup.is_none() {
                return Err(refuse!(Conflict, "visit.backup_first"));
            }
            let before = site.steps.get(code);
            let shown = shown.clone().unwrap_or_else(|| before.map(|done| done.shown.clone()).unwrap_or_default());
            if shown.iter().any(|shown| def.functions.iter().all(|f| f.code != *shown)) {
                return Err(refuse!(Invalid, "visit.function_unknown").field("shown"));
            }
            let photos = before.map_or(0, |done| done.photos).saturating_add(*photos);
            vec![Event::StepDone { step: code.clone(), result: *result, note: note(text, "note")?, shown, photos }]
        }
        Command::Part(line) => {
            let used = part_used(order, site, line, facts)?;
            agreed(facts)?;
            vec![used]
        }
        Command::Restore { verified, note: text } => {
            if order.removes() {
                return Err(refuse!(Conflict, "visit.nothing_to_restore"));
            }
            if site.backup != Some(Backup::Done) {
                return Err(refuse!(Conflict, "visit.no_backup"));
            }
            vec![Event::Restored { verified: *verified, note: note(text, "note")? }]
        }
        Command::Deliver { what, tid } => {
            if order.kind != OrderKind::Service {
                return Err(refuse!(Conflict, "visit.not_ordered"));
            }
            vec![Event::Delivered { what: said(what, "what")?, tid: tid.clone().or_else(|| site.tid.clone()) }]
        }
        Command::Complete { outcome, confirmation } => complete(order, site, *outcome, confirmation, facts)?,
        _ => Vec::new(),
    })
}

/// Whether something that can lose data has been done.
fn at_risk(order: &Order, site: &Site) -> bool {
    !site.parts.is_empty() || order.steps.iter().any(|d| d.risks_data && site.steps.contains_key(&d.code))
}

fn part_used(order: &Order, site: &Site, line: &PartLine, facts: &Facts) -> Result<Event, Refusal> {
    let PartLine { id, part, old_serial, new_serial, model_reason } = line;
    let ordered = order.kind == OrderKind::Service;
    if site.diagnosis.is_none() && !ordered {
        return Err(refuse!(Conflict, "visit.diagnosis_first"));
    }
    if site.backup.is_none() {
        return Err(refuse!(Conflict, "visit.backup_first"));
    }
    if part.trim().is_empty() || facts.part_unknown {
        return Err(refuse!(Invalid, "visit.part_unknown").field("part"));
    }
    let plain = |serial: &Option<String>| serial.as_deref().map(normal).filter(|s| !s.is_empty());
    let (old, new) = (plain(old_serial), plain(new_serial));
    for (serial, field) in [(&old, "old_serial"), (&new, "new_serial")] {
        cardless(serial.as_deref().unwrap_or_default(), field)?;
    }
    if old.is_some() && old == new {
        return Err(refuse!(Invalid, "visit.same_serial").field("new_serial"));
    }
    if whole_unit(part) {
        // Where a unit is installed, none stood before.
        if old.is_none() && !ordered {
            return Err(refuse!(Invalid, "visit.serials_needed").field("old_serial"));
        }
        if new.is_none() {
            return Err(refuse!(Invalid, "visit.serials_needed").field("new_serial"));
        }
        // The old unit is the one that stands there now: the reported one, or the one put in before.
        let standing = units(site).last().and_then(|p| p.new_serial.as_deref()).or(order.serial.as_deref()).map(normal);
        if standing.zip(old.as_ref()).is_some_and(|(s, old)| s != *old) {
            return Err(refuse!(Invalid, "visit.old_serial_other").field("old_serial"));
        }
        // Where the ticket names no terminal, any label would do: another merchant's keeps its own.
        if facts.old_unit_elsewhere {
            return Err(refuse!(Conflict, "visit.old_serial_elsewhere").field("old_serial"));
        }
        let back_again = order.serial.as_deref().map(normal) == new;
        match facts.new_unit {
            Some(NewUnit::Unknown) => return Err(refuse!(Invalid, "visit.new_serial_unknown").field("new_serial")),
            // The reported unit is still bound here until the order is finished; putting it back is fine.
            Some(NewUnit::Bound) if !back_again => return Err(refuse!(Conflict, "visit.new_serial_bound").field("new_serial")),
            _ => {}
        }
    }
    let other_model = facts.other_model.as_ref().map(|other| other_model(other, model_reason)).transpose()?;
    Ok(Event::PartUsed { id: *id, part: part.clone(), old_serial: old, new_serial: new, other_model })
}

/// A unit of another model is not put in without a word: the merchant may miss something, and the acquirer registers another device.
fn other_model(other: &OtherModel, reason: &Option<String>) -> Result<ModelSaid, Refusal> {
    let (old, new) = (&other.old, &other.new);
    match note(reason, "model_reason")? {
        Some(reason) => Ok(ModelSaid { old: old.clone(), new: new.clone(), lacks: other.lacks.clone(), reason }),
        None if other.lacks.is_empty() => Err(refuse!(Invalid, "visit.other_model", old = old, new = new).field("model_reason")),
        None => {
            let lacks: Vec<String> = other.lacks.iter().map(|f| format!("word.function_{f}")).collect();
            Err(refuse!(Invalid, "visit.other_model_lacks", old = old, new = new, lacks = lacks.join(" ")).field("model_reason"))
        }
    }
}

/// A serial number as it is compared.
fn normal(serial: &str) -> String {
    serial.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect()
}

fn units(site: &Site) -> impl DoubleEndedIterator<Item = &PartUsed> {
    site.parts.iter().filter(|p| whole_unit(&p.part))
}

/// The serial number of the unit that was put in last, whether one stood there before or not.
pub(super) fn installed(site: &Site) -> Option<&str> {
    units(site).next_back()?.new_serial.as_deref()
}

/// The serial numbers before and after all changes of whole units; none when there was no change, or it was undone.
pub(super) fn net_swap(site: &Site) -> Option<(&str, &str)> {
    let old = units(site).find_map(|p| p.old_serial.as_deref())?;
    let new = units(site).next_back()?.new_serial.as_deref()?;
    (old != new).then_some((old, new))
}

impl Site {
    /// The serial number of the unit that was put in last.
    pub fn installed(&self) -> Option<&str> {
        installed(self)
    }

    /// The serial numbers before and after, when the unit was changed.
    pub fn swapped(&self) -> Option<(&str, &str)> {
        net_swap(self)
    }
}

/// Work beyond what is covered begins after the merchant's yes (S4-06).
fn agreed(facts: &Facts) -> Result<(), Refusal> {
    let Some(Charge { asked, amount }) = facts.charge else { return Ok(()) };
    let amount = yuan(amount);
    Err(match asked {
        Unagreed::NotAsked => refuse!(Conflict, "visit.quote_first", amount = amount),
        Unagreed::Waits => refuse!(Conflict, "visit.quote_waits", amount = amount),
        Unagreed::Declined => refuse!(Conflict, "visit.quote_declined", amount = amount),
        Unagreed::Short => refuse!(Conflict, "visit.quote_short", amount = amount),
    })
}

fn complete(order: &Order, site: &Site, outcome: VisitOutcome, confirmation: &Confirmation, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let mut gaps = missing(order);
    let swapped = net_swap(site).is_some();
    if outcome == VisitOutcome::Swapped && !swapped && !gaps.iter().any(|g| g.code == "swap_unit") {
        gaps.push(no_swap());
    }
    if !gaps.is_empty() {
        let each = |say: fn(&Gap) -> &str, between| gaps.iter().map(say).collect::<Vec<_>>().join(between);
        let (zh, en) = (each(|g| &g.sentence.zh, "；"), each(|g| &g.sentence.en, "; "));
        let no = refuse!(Conflict, "visit.gaps", count = gaps.len(), missing = each(|g| &g.code, " "));
        return Err(no.arg("missing.zh", zh).arg("missing.en", en));
    }
    if outcome != VisitOutcome::Swapped && swapped {
        return Err(refuse!(Invalid, "visit.was_swapped").field("outcome"));
    }
    match (outcome, order.kind == OrderKind::Service) {
        (VisitOutcome::Fixed, true) => return Err(refuse!(Invalid, "visit.was_ordered").field("outcome")),
        (VisitOutcome::Fulfilled, false) => return Err(refuse!(Invalid, "visit.not_ordered").field("outcome")),
        _ => {}
    }
    agreed(facts)?;
    let confirmed = match confirmation {
        Confirmation::Code(CodeCheck::Right) => Confirmed::Code,
        Confirmation::Code(CodeCheck::NotSent) => return Err(refuse!(Conflict, "visit.code_not_sent")),
        Confirmation::Code(CodeCheck::Expired) => return Err(refuse!(Conflict, "visit.code_expired")),
        Confirmation::Code(CodeCheck::UsedUp) => return Err(refuse!(TooMany, "visit.code_used_up")),
        Confirmation::Code(CodeCheck::Wrong { left }) => {
            return Err(refuse!(Invalid, "visit.code_wrong", left = left).field("confirmation.code"));
        }
        Confirmation::Signature { name, strokes } => {
            let name = said(name, "confirmation.name")?;
            signed(strokes, "confirmation.strokes")?;
            Confirmed::Signature { name, strokes: strokes.clone() }
        }
    };
    Ok(vec![Event::Completed { outcome, confirmed }])
}

fn in_order(span: &Span, field: &'static str) -> Result<(), Refusal> {
    if span.from < span.to { Ok(()) } else { Err(refuse!(Invalid, "visit.span_reversed").field(field)) }
}

fn said(text: &str, field: &'static str) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(refuse!(Invalid, "visit.say_it").field(field)),
        text => within(text, field),
    }
}

fn note(text: &Option<String>, field: &'static str) -> Result<Option<String>, Refusal> {
    text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(|t| within(t, field)).transpose()
}

/// What somebody wrote on the way, without card numbers: it is kept in the time line and in the audit chain, where nothing is taken back.
fn within(text: &str, field: &'static str) -> Result<String, Refusal> {
    if text.chars().count() > MAX_NOTE {
        return Err(refuse!(Invalid, "visit.text_long", limit = MAX_NOTE).field(field));
    }
    Ok(mask_cards(text).text)
}

/// The order after an event. An event its state does not know changes nothing.
pub fn apply(mut order: Order, event: &Event, at: Timestamp) -> Order {
    order.state = match (order.state, event) {
        (State::Open, Event::Offered { engineer, planned, promised }) => {
            order.planned = Some(*planned);
            order.promised = promised.or(order.promised);
            State::Offered { engineer: *engineer }
        }
        (State::Offered { .. } | State::Accepted { .. } | State::Travelling { .. }, Event::Withdrawn { .. })
        | (State::Offered { .. }, Event::Refused { .. }) => {
            // The promise to the merchant outlives the engineer; the plan does not.
            order.planned = None;
            State::Open
        }
        (State::Offered { engineer }, Event::Accepted { .. }) => State::Accepted { engineer },
        (State::Accepted { engineer }, Event::Departed) => State::Travelling { engineer, departed_at: at },
        (State::Accepted { engineer } | State::Travelling { engineer, .. }, Event::Arrived { reason, place, .. }) => {
            State::OnSite { engineer, site: Site { off_site_reason: reason.clone(), place: *place, ..Site::at(at) } }
        }
        (State::OnSite { engineer, site }, Event::Repaired) => State::Repaired { engineer, site },
        (State::Repaired { engineer, site }, Event::WorkResumed) => State::OnSite { engineer, site },
        (State::Repaired { engineer, site }, Event::Completed { outcome, confirmed }) => {
            State::Done { engineer, site, at, outcome: *outcome, confirmed: confirmed.clone() }
        }
        (State::OnSite { engineer, site }, event) if of_work(event) => State::OnSite { engineer, site: work(site, event, at) },
        (State::Repaired { engineer, site }, event) if of_work(event) => State::Repaired { engineer, site: work(site, event, at) },
        (State::OnSite { engineer, site } | State::Repaired { engineer, site }, Event::Failed { reason, follow_up }) => {
            State::Failed { engineer, site: Some(site), at, reason: reason.clone(), follow_up: follow_up.clone() }
        }
        (State::Accepted { engineer } | State::Travelling { engineer, .. }, Event::Failed { reason, follow_up }) => {
            State::Failed { engineer, site: None, at, reason: reason.clone(), follow_up: follow_up.clone() }
        }
        (
            state @ (State::Open | State::Offered { .. } | State::Accepted { .. } | State::Travelling { .. }),
            Event::Cancelled { reason },
        ) => State::Cancelled { engineer: state.engineer(), at, reason: reason.clone() },
        (state, _) => state,
    };
    order
}

fn of_work(event: &Event) -> bool {
    matches!(
        event,
        Event::Diagnosed { .. }
            | Event::BackupNoted { .. }
            | Event::StepDone { .. }
            | Event::PartUsed { .. }
            | Event::Restored { .. }
            | Event::Delivered { .. }
    )
}

fn work(mut site: Site, event: &Event, at: Timestamp) -> Site {
    match event {
        Event::Diagnosed { fault_code, .. } => site.diagnosis = Some(fault_code.clone()),
        Event::BackupNoted { state } => {
            site.backup = Some(*state);
            if *state != Backup::Done {
                (site.restored, site.restore_note) = (None, None);
            }
        }
        Event::StepDone { step, result, note, shown, photos } => {
            site.steps.insert(step.clone(), StepDone { result: *result, note: note.clone(), shown: shown.clone(), photos: *photos, at });
        }
        Event::PartUsed { id, part, old_serial, new_serial, other_model } => site.parts.push(PartUsed {
            id: *id,
            part: part.clone(),
            old_serial: old_serial.clone(),
            new_serial: new_serial.clone(),
            model_reason: other_model.as_ref().map(|other| other.reason.clone()),
            at,
        }),
        Event::Restored { verified, note } => (site.restored, site.restore_note) = (Some(*verified), note.clone()),
        Event::Delivered { what, tid } => (site.delivered, site.tid) = (Some(what.clone()), tid.clone()),
        _ => {}
    }
    site
}
