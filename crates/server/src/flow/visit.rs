//! Somebody is sent, and what they do there, with everything that follows: the offer, the ticket and its timeline, the
//! bindings of a swap, the word to the merchant. All of one command in one transaction.

use jiff::SignedDuration;
use postsale_domain::bell::Kind as Ring;
use postsale_domain::dispatch::{self, Answer, Slot};
use postsale_domain::facts::FactKind;
use postsale_domain::ground::{Reach, Text, TypedId, Who};
use postsale_domain::refuse;
use postsale_domain::sla::TicketId;
use postsale_domain::ticket::{self as case, VisitReason};
use postsale_domain::visit::{
    self, Command, Event, Facts, NewUnit, Order, OrderKind, OtherModel, Span, VisitOutcome, WorkOrderId, WorkOrderState, apply, decide,
};
use serde_json::{Value, json};

use super::desk::Desk;
use super::{bell, bring_back, charge, relation, reserve, standing, stock, word};
use crate::crew::store as crew;
use crate::dispatch::store as offers;
use crate::facts::{extra, guide_at, in_force};
use crate::ground::db::{Done, Query, Stop, Tx, p};
use crate::knowledge;
use crate::merchant::store as merchants;
use crate::org;
use crate::sql;
use crate::terminal::store::{self as terminals, Binding};
use crate::ticket::entry::Kind;
use crate::ticket::store::{self as tickets, Ticket};
use crate::ticket::task;
use crate::view::appointment::told;
use crate::view::order::{put_up_for, swap_of, unit_of};
use crate::view::visit::{WorkOrderPage, order_of, page, see_order};
use crate::visit::store::{self, RemoteStep, WorkOrder, number};

/// How soon somebody sees to what a visit left over.
const SEEN_TO: SignedDuration = SignedDuration::from_hours(72);
/// Most characters of an access note.
const MAX_NOTE: usize = 2000;

/// What the desk says when it sends somebody.
#[derive(Debug, Clone)]
pub struct Sending {
    /// The fault as it looks; left out for what was ordered.
    pub fault_code: Option<String>,
    /// Why from afar is not enough, as a word.
    pub reason_code: VisitReason,
    /// The same in a sentence.
    pub reason: String,
    /// Skills; without them, those the fault asks for.
    pub skills: Option<Vec<String>>,
    /// Parts to bring; without them, those the fault asks for.
    pub parts: Option<Vec<String>>,
    /// What to know at the door.
    pub access_note: Option<String>,
}

/// Decides for a visit: the ticket waits for it, the order carries what was done from afar (S1-08). `desk` is saved by the
/// caller. Errors: those of the ticket's rules, `visit.fault_unknown`, `visit.part_unknown`, `visit.skill_unknown`.
pub fn send(tx: &mut Tx<'_>, desk: &mut Desk, sending: &Sending) -> Done<WorkOrderId> {
    let force = in_force(tx)?;
    let facts = force.facts();
    // What was ordered says who can do it and how long it takes; a repair is as long as its fault.
    let ordered = force.service_item(&extra::one(tx, desk.ticket.id)?.ticket_type);
    let fault = sending.fault_code.as_deref().and_then(|code| facts.fault(code)).filter(|f| !force.is_off(FactKind::Faults, &f.code));
    if fault.is_none() && (sending.fault_code.is_some() || ordered.is_none()) {
        return Err(refuse!(Invalid, "visit.fault_unknown").field("fault_code").into());
    }
    if sending.reason.trim().is_empty() {
        return Err(refuse!(Invalid, "visit.say_it").field("reason").into());
    }
    if sending.reason.chars().count().max(sending.access_note.as_ref().map_or(0, |n| n.chars().count())) > MAX_NOTE {
        return Err(refuse!(Invalid, "visit.text_long", limit = MAX_NOTE).field("reason").into());
    }
    let asked = ordered.as_ref().map(|item| &item.skills).filter(|skills| !skills.is_empty()).or(fault.map(|f| &f.skills));
    let skills = sending.skills.clone().or_else(|| asked.cloned()).unwrap_or_default();
    let parts = sending.parts.clone().or_else(|| fault.map(|f| f.parts.clone())).unwrap_or_default();
    if skills.iter().any(|s| facts.skill(s).is_none()) {
        return Err(refuse!(Invalid, "visit.skill_unknown").field("skills").into());
    }
    if parts.iter().any(|part| facts.part(part).is_none()) {
        return Err(refuse!(Invalid, "visit.part_unknown").field("parts").into());
    }
    let command = case::Command::OpenVisit { fault_code: sending.fault_code.clone(), reason: sending.reason_code };
    desk.command(tx, &command)?;
    let district = match desk.ticket.store_id {
        Some(id) => merchants::store(tx, id)?.map_or_else(String::new, |s| s.district),
        None => String::new(),
    };
    let model = match desk.ticket.terminal_id {
        Some(id) => terminals::terminal(tx, id)?.map(|t| t.model),
        None => None,
    };
    // A whole unit to bring means that the unit will be changed; one that was ordered is put where none stood.
    let kind = if ordered.is_some() {
        OrderKind::Service
    } else if sending.parts.as_ref().is_some_and(|ps| ps.iter().any(|part| visit::whole_unit(part))) {
        OrderKind::Swap
    } else {
        OrderKind::Repair
    };
    let w = WorkOrder {
        id: tx.new_id(),
        number: org::store::next_number(tx, "work_order")?,
        ticket_id: desk.ticket.id,
        kind,
        state: WorkOrderState::Open,
        fault_code: sending.fault_code.clone(),
        reason_code: sending.reason_code,
        reason: sending.reason.trim().to_owned(),
        access_note: sending.access_note.clone().filter(|n| !n.trim().is_empty()),
        skills,
        parts,
        remote_steps: remote_steps(tx, desk.ticket.id)?,
        district,
        terminal_class: model.as_deref().map_or("unknown", |model| facts.class_of(model)).to_owned(),
        engineer_id: None,
        promised: None,
        planned: None,
        actual: visit::Actual::default(),
        accepted_at: None,
        departed_at: None,
        off_site_reason: None,
        arrived_place: None,
        diagnosis_code: None,
        backup: None,
        restore_verified: None,
        restore_note: None,
        delivered: None,
        tid: None,
        outcome: None,
        fail_reason: None,
        follow_up_note: None,
        confirmation: None,
        code: None,
        minutes: ordered.as_ref().map(|item| item.minutes).or_else(|| fault?.onsite_minutes),
        due_at: None,
        service: ordered.map(|item| item.code),
        created_at: tx.now(),
        closed_at: None,
        version: 1,
        steps: std::collections::BTreeMap::new(),
        parts_used: Vec::new(),
    };
    store::insert(tx, &w, desk.ticket.terminal_id)?;
    charge::link_repair(tx, desk, w.fault_code.as_deref(), Some(w.number))?;
    reserve::keep(tx, desk, &w, model.as_deref())?;
    let by = org::store::shown_name(tx)?;
    store::append(tx, w.id, "opened", &json!({ "reason": w.reason, "fault_code": w.fault_code }), &by)?;
    Ok(w.id)
}

/// Every answer given in guides of the ticket, in both languages, oldest first.
fn remote_steps(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<RemoteStep>> {
    let tenant = tx.tenant();
    let given = tx.query(
        sql!(
            "SELECT r.guide, r.guide_version, a.step, a.answer, a.at FROM guide_answer a JOIN guide_run r ON r.id = a.run_id
             WHERE r.tenant_id = $1 AND r.ticket_id = $2 AND a.undone_at IS NULL ORDER BY r.started_at, a.seq LIMIT 500"
        ),
        &[p(&tenant), p(&ticket)],
        |r| Ok((r.next::<String>()?, r.next::<i64>()?, r.next::<String>()?, r.next::<String>()?, r.next()?)),
    )?;
    let plain = |word: &str| Text { zh: word.to_owned(), en: word.to_owned() };
    let mut steps = Vec::with_capacity(given.len());
    for (guide, version, step, answer, at) in given {
        let (question, label) = asked(tx, &guide, version, &step, &answer)?.unwrap_or_else(|| (plain(&step), plain(&answer)));
        steps.push(RemoteStep { question, answer: label, at });
    }
    Ok(steps)
}

/// Question and answer as an agent reads them, in the words of the version that was walked.
fn asked(tx: &mut Tx<'_>, guide: &str, version: i64, step: &str, answer: &str) -> Done<Option<(Text, Text)>> {
    let guide = guide_at(tx, guide, version)?;
    let step = guide.as_deref().and_then(|g| g.step(step));
    Ok(step.and_then(|s| Some((s.agent.question.clone(), s.answers.iter().find(|a| a.id == answer)?.agent.clone()))))
}

/// An order on the table: loaded for change, changed in memory, saved once with all that follows.
pub struct Table {
    before: WorkOrder,
    /// As it will be saved.
    pub w: WorkOrder,
    /// The rules' part of it.
    pub order: Order,
    /// Its ticket, to look at.
    pub ticket: Ticket,
    by: String,
}

impl Table {
    /// Loads an order the caller may see. With `version`, errors with the current page when it is another one's.
    pub fn load(tx: &mut Tx<'_>, id: WorkOrderId, reach: Reach, version: Option<i64>) -> Done<Self> {
        let not_found = || Stop::from(refuse!(NotFound, "not_found"));
        let w = store::for_change(tx, id)?.ok_or_else(not_found)?;
        see_order(tx, reach, &w)?;
        if version.is_some_and(|v| v != w.version) {
            let current = page(tx, &w)?;
            return Err(Stop::Stale(Box::new(serde_json::to_value(current).unwrap_or(Value::Null))));
        }
        let ticket = tickets::ticket(tx, w.ticket_id)?.ok_or_else(not_found)?;
        let order = order_of(tx, &w, &ticket)?;
        let by = match tx.caller().who {
            Who::Merchant => ticket.contact.name.clone().unwrap_or_default(),
            _ => org::store::shown_name(tx)?,
        };
        Ok(Self { before: w.clone(), w, order, ticket, by })
    }

    /// Whose deed it is, as people read it.
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Decides a command and lets everything follow.
    pub fn command(&mut self, tx: &mut Tx<'_>, command: &Command, facts: &Facts) -> Done<()> {
        let now = tx.now();
        let had = self.order.state.engineer();
        for event in decide(&self.order, command, facts, now)? {
            self.order = apply(self.order.clone(), &event, now);
            let (code, mut data) = store::told(&event);
            if let Some(id) = self.order.state.engineer().or(had) {
                data["engineer"] = json!(crew::name(tx, id)?.unwrap_or_default());
            }
            store::append(tx, self.w.id, &code, &data, &self.by)?;
            self.follow(tx, &event, &data)?;
        }
        self.w.take(&self.order, now);
        Ok(())
    }

    /// Saves under an action's name and shows the order as it is now.
    pub fn save(mut self, tx: &mut Tx<'_>, action: &'static str) -> Done<WorkOrderPage> {
        store::save(tx, action, &self.before, &mut self.w)?;
        if self.w.closed_at.is_some() {
            reserve::release(tx, &self.w)?;
            bring_back::tag(tx, &self.w, &self.order, &self.ticket, &self.by)?;
        }
        page(tx, &self.w)
    }

    fn follow(&mut self, tx: &mut Tx<'_>, event: &Event, data: &Value) -> Done<()> {
        match event {
            Event::Accepted { .. } => {
                self.answer(tx, Answer::Accept, None)?;
                self.tell_promise(tx, data)?;
                self.line(tx, "visit_accepted", data, true)
            }
            Event::Refused { reason, .. } => {
                self.answer(tx, Answer::Refuse, Some(reason))?;
                self.line(tx, "visit_refused", data, false)
            }
            Event::Withdrawn { reason, .. } => {
                self.answer(tx, Answer::Withdraw, Some(reason))?;
                self.line(tx, "visit_withdrawn", data, false)
            }
            Event::Departed => {
                let turn = store::last(tx, self.w.id, "departed")?.0;
                word::on_the_way(tx, &self.ticket, self.w.id.uuid(), named(data), turn)?;
                self.line(tx, "visit_departed", data, true)
            }
            Event::Arrived { .. } => self.line(tx, "visit_arrived", data, true),
            Event::Diagnosed { fault_code, .. } => {
                let mut desk = Desk::load(tx, self.ticket.id, Reach::All, None)?;
                charge::link_repair(tx, &mut desk, Some(fault_code), Some(self.w.number))?;
                desk.save(tx, "visit.line").map(drop)
            }
            Event::PartUsed { part, old_serial, new_serial, .. } => {
                let terminal = match self.ticket.terminal_id {
                    Some(id) => terminals::terminal(tx, id)?,
                    None => None,
                };
                let times = self.order.state.site().map_or(1, |site| site.parts.iter().filter(|used| used.part == *part).count());
                let using = stock::Using {
                    model: terminal.as_ref().map(|t| t.model.as_str()),
                    kind: part,
                    old: old_serial.as_deref(),
                    new: new_serial.as_deref(),
                    back_again: visit::whole_unit(part) && self.order.serial.is_some() && self.order.serial == *new_serial,
                    by: &self.by,
                };
                stock::used(tx, &self.w, &using)?;
                reserve::used(tx, &self.w, part, times)?;
                self.line(tx, "visit_part_used", data, false)
            }
            Event::Completed { outcome, .. } => self.completed(tx, *outcome, data),
            Event::Failed { .. } => {
                // Where somebody was, the shop has seen them; where nobody came, it still waits.
                if self.order.state.site().is_none() {
                    self.nobody_comes(tx)?;
                }
                let mut desk = Desk::load(tx, self.ticket.id, Reach::All, None)?;
                desk.work_order_closed();
                desk.line(tx, Kind::Event, true, "", Some(self.event("visit_failed", data)), None)?;
                desk.command(tx, &case::Command::VisitOver)?;
                desk.save(tx, "visit.fail").map(drop)
            }
            Event::Cancelled { reason } => self.called_off(tx, reason, data),
            _ => Ok(()),
        }
    }

    /// Nobody goes: whoever was asked is free, the merchant who waits is told, the case goes on at the desk.
    fn called_off(&mut self, tx: &mut Tx<'_>, reason: &str, data: &Value) -> Done<()> {
        if let Some(engineer) = self.w.engineer_id {
            self.answer(tx, Answer::Withdraw, Some(reason))?;
            bell::gone(tx, self.ticket.id, (engineer, self.w.planned), Ring::CalledOff, &self.by)?;
        }
        self.nobody_comes(tx)?;
        let mut desk = Desk::load(tx, self.ticket.id, Reach::All, None)?;
        desk.work_order_closed();
        // The merchant has read that somebody comes: their page says that nobody does, without the reason.
        desk.line(tx, Kind::Event, true, "", Some(self.event("visit_cancelled", data)), None)?;
        desk.command(tx, &case::Command::VisitOver)?;
        desk.save(tx, "visit.cancel").map(drop)
    }

    /// Whoever was told a window hears that nobody comes.
    fn nobody_comes(&self, tx: &mut Tx<'_>) -> Done<()> {
        match told(tx, self.w.id)? {
            Some(promised) => word::called_off(tx, &self.ticket, self.w.id.uuid(), (promised.from, promised.to)),
            None => Ok(()),
        }
    }

    /// Completing: the binding moves if the unit was changed, the ticket is solved.
    fn completed(&mut self, tx: &mut Tx<'_>, outcome: VisitOutcome, data: &Value) -> Done<()> {
        if outcome == VisitOutcome::Swapped {
            self.rebind(tx)?;
        } else if self.order.removes() {
            standing::taken_away(tx, &self.w, &self.order, &self.ticket, &self.by)?;
        }
        let site = self.order.state.site();
        let found = site.and_then(|s| s.diagnosis.clone()).or_else(|| self.w.fault_code.clone());
        let installed = if self.order.installs() { Some(standing::put_up(tx, &self.order, &self.ticket)?) } else { None };
        let mut desk = Desk::load(tx, self.ticket.id, Reach::All, None)?;
        desk.work_order_closed();
        // Who ordered a terminal named none; now it is this one.
        if let (Some(unit), None) = (installed, desk.ticket.terminal_id) {
            (desk.ticket.terminal_id, desk.ticket.case.has_terminal) = (Some(unit), true);
        }
        let mut told = data.clone();
        if let Some((old, new)) = self.order.state.site().and_then(|s| s.swapped()) {
            (told["old_serial"], told["new_serial"]) = (json!(old), json!(new));
        }
        if let Some(what) = site.and_then(|s| s.delivered.as_ref()) {
            told["what"] = json!(what);
        }
        let code = match outcome {
            VisitOutcome::Swapped => "visit_swapped",
            VisitOutcome::Fixed => "visit_fixed",
            VisitOutcome::Fulfilled => "visit_fulfilled",
        };
        desk.line(tx, Kind::Event, true, "", Some(self.event(code, &told)), None)?;
        self.leave_over(tx, &mut desk)?;
        if desk.has_open_tasks() {
            // The visit is over, the case is not: the desk finishes what is left and solves it then.
            let left = task::open_titles(tx, self.ticket.id)?;
            let told = json!({ "count": left.len(), "what": left.join(" / ") });
            desk.line(tx, Kind::Event, false, "", Some(self.event("visit_tasks_left", &told)), None)?;
            desk.command(tx, &case::Command::VisitOver)?;
            return desk.save(tx, "visit.complete").map(drop);
        }
        let (fault_code, outcome) = match self.order.kind {
            OrderKind::Service => (found, case::Outcome::Fulfilled),
            _ => (found, case::Outcome::VisitFixed),
        };
        desk.command(tx, &case::Command::Solve { fault_code, outcome })?;
        // The merchant has confirmed on the spot, by code or by hand (S1-32); nobody asks them again.
        desk.command(tx, &case::Command::Confirm { by: case::ConfirmedBy::Visit })?;
        desk.save(tx, "visit.complete").map(drop)
    }

    /// What did not pass and does not keep the visit open becomes somebody's to do, until a day (S1-12).
    fn leave_over(&self, tx: &mut Tx<'_>, desk: &mut Desk) -> Done<()> {
        let (owner, due) = (desk.case().owner, tx.now() + SEEN_TO);
        // Nobody at the shop waits for who answers at the desk: where the owner may not work on it any more, it is anybody's.
        let owner = if relation::may_work(tx, owner, desk.ticket.id)? { Some(owner) } else { None };
        for (step, note) in self.order.left_over() {
            let title: String = format!("{}未通过：{note}", step.name.zh).chars().take(relation::MAX_TITLE).collect();
            relation::add_task(tx, desk, &title, owner, Some(due))?;
        }
        Ok(())
    }

    /// The old unit's binding closes and the new one's opens with the same elements, in this transaction (S4-11). The
    /// indices of the database refuse a moment with two.
    fn rebind(&mut self, tx: &mut Tx<'_>) -> Done<()> {
        let Some((old, new)) = self.order.state.site().and_then(|s| s.swapped()).map(|(o, n)| (o.to_owned(), n.to_owned())) else {
            return Ok(());
        };
        let Some(old) = terminals::by_serial(tx, &old)? else { return Err(refuse!(Conflict, "terminal.not_bound").into()) };
        // The ticket or the binding may have moved since the part was noted.
        if elsewhere(tx, &self.ticket, &old)? {
            return Err(refuse!(Conflict, "visit.old_serial_elsewhere").into());
        }
        let Some(new) = terminals::by_serial(tx, &new)? else {
            return Err(refuse!(Invalid, "visit.new_serial_unknown").field("new_serial").into());
        };
        let closed = terminals::unbind(tx, old.id, &format!("swap {}", number(self.w.number)))?;
        let opened = Binding { id: tx.new_id(), terminal_id: new.id, valid_from: tx.now(), valid_to: None, ..closed };
        terminals::bind(tx, &opened)
    }

    fn answer(&mut self, tx: &mut Tx<'_>, answer: Answer, reason: Option<&str>) -> Done<()> {
        let live = offers::of_order(tx, self.w.id)?.into_iter().rev().find(|o| dispatch::answer(o.state, Answer::Withdraw).is_ok());
        let Some(offer) = live else { return Err(refuse!(Conflict, "dispatch.offer_over").into()) };
        offers::answered(tx, &offer, dispatch::answer(offer.state, answer)?, reason)
    }

    /// The event as the ticket's timeline keeps it.
    fn event(&self, code: &str, data: &Value) -> (String, Value) {
        let mut data = data.clone();
        data["work_order"] = json!(number(self.w.number));
        data["who"] = json!(self.by);
        (code.to_owned(), data)
    }

    /// A line of the ticket's timeline.
    pub fn line(&self, tx: &mut Tx<'_>, code: &str, data: &Value, public: bool) -> Done<()> {
        let mut desk = Desk::load(tx, self.ticket.id, Reach::All, None)?;
        desk.line(tx, Kind::Event, public, "", Some(self.event(code, data)), None)?;
        desk.save(tx, "visit.line").map(drop)
    }

    /// The merchant is told a window, and told again whenever it is another one than they were told last.
    fn tell_promise(&self, tx: &mut Tx<'_>, data: &Value) -> Done<()> {
        let Some(promised) = self.order.promised else { return Ok(()) };
        if told(tx, self.w.id)? == Some(promised) {
            return Ok(());
        }
        let turn = store::last(tx, self.w.id, "told")?.0 + 1;
        if !word::window(tx, &self.ticket, self.w.id.uuid(), named(data), (promised.from, promised.to), turn)? {
            return Ok(());
        }
        store::append(tx, self.w.id, "told", &json!({ "promised": promised, "engineer": data["engineer"] }), &self.by)
    }
}

fn named(data: &Value) -> &str {
    data["engineer"].as_str().unwrap_or_default()
}

/// Runs an engineer's or dispatcher's command on an order. The facts its rule asks for are gathered here.
pub fn run(tx: &mut Tx<'_>, reach: Reach, id: WorkOrderId, version: i64, action: &'static str, command: &Command) -> Done<WorkOrderPage> {
    let mut table = Table::load(tx, id, reach, Some(version))?;
    if let Command::Part(line) = command
        && table.order.installs()
        && visit::whole_unit(&line.part)
        && let Some(serial) = line.new_serial.as_deref().and_then(|typed| postsale_domain::terminal::serial(typed).ok())
    {
        unit_of(tx, &mut table.order, &serial, &table.ticket)?;
    }
    // Whoever changes the unit on a visit that was to mend it has more to do from then on.
    if let Command::Part(line) = command
        && table.order.kind == OrderKind::Repair
        && visit::whole_unit(&line.part)
    {
        swap_of(&mut table.order, &table.w);
    }
    let facts = facts_for(tx, &table, command)?;
    let held = table.w.engineer_id.map(|engineer| (engineer, table.w.planned));
    table.command(tx, command, &facts)?;
    // What a person takes back is told to whom they take it from. A plan that moves a visit offers it in the same breath, and an absence
    // is the engineer's own word.
    if let (Command::Withdraw { .. }, Some(held)) = (command, held) {
        bell::gone(tx, table.ticket.id, held, Ring::TakenBack, table.by())?;
    }
    table.save(tx, action)
}

fn facts_for(tx: &mut Tx<'_>, table: &Table, command: &Command) -> Done<Facts> {
    let mut facts = Facts::default();
    match command {
        Command::Accept => {
            if let (Some(engineer), Some(planned)) = (table.w.engineer_id, table.w.planned) {
                // Locked: whoever accepts at the same moment waits here and then sees this one.
                crew::for_change(tx, engineer)?;
                facts.overlaps = clash(tx, engineer, planned, table.w.id)?;
            }
        }
        Command::Arrive { place: Some(place), .. } => {
            if let Some(id) = table.ticket.store_id
                && let Some(shop) = merchants::store(tx, id)?.and_then(|s| s.place())
            {
                facts.metres_away = Some(dispatch::distance_m(*place, shop));
            }
        }
        Command::Diagnose { fault_code, .. } => facts.fault_unknown = !super::extra::fault(tx, fault_code)?,
        Command::Part(line) => {
            facts.charge = charge::for_visit(tx, &table.w, &table.ticket, Some(&line.part))?;
            facts.part_unknown = knowledge::facts().part(&line.part).is_none();
            if let Some(serial) = line.old_serial.as_deref().filter(|_| visit::whole_unit(&line.part))
                && let Some(unit) = known(tx, serial)?
            {
                facts.old_unit_elsewhere = elsewhere(tx, &table.ticket, &unit)?;
            }
            if let Some(serial) = line.new_serial.as_deref().filter(|s| visit::whole_unit(&line.part) && !s.trim().is_empty()) {
                match known(tx, serial)? {
                    None => facts.new_unit = Some(NewUnit::Unknown),
                    Some(unit) => {
                        // What the desk has bound for this very installation may be put up.
                        let ours = |b: &Binding| table.order.installs() && put_up_for(b, &table.ticket);
                        facts.new_unit = terminals::open_binding(tx, unit.id)?.filter(|b| !ours(b)).map(|_| NewUnit::Bound);
                        // Measured by the unit that is bound here: a second try in its model is no other model.
                        let bound = table.order.serial.as_deref().filter(|_| line.old_serial.is_some());
                        let old = bound.map(|serial| known(tx, serial)).transpose()?.flatten();
                        facts.other_model = match old.filter(|old| old.model != unit.model) {
                            None => None,
                            Some(old) => {
                                let lacks = in_force(tx)?
                                    .facts()
                                    .lost(&old.model, &unit.model)
                                    .into_iter()
                                    .map(|f| f.as_str().to_owned())
                                    .collect();
                                Some(OtherModel { old: old.model, new: unit.model, lacks })
                            }
                        };
                    }
                }
            }
        }
        _ => {}
    }
    Ok(facts)
}

/// Whether a unit is bound where the ticket does not play: at another merchant, or in another shop where the ticket names one.
fn elsewhere(tx: &mut Tx<'_>, ticket: &Ticket, unit: &terminals::Terminal) -> Done<bool> {
    let bound = terminals::open_binding(tx, unit.id)?;
    Ok(bound.is_some_and(|b| ticket.merchant_id != Some(b.merchant_id) || ticket.store_id.is_some_and(|shop| shop != b.store_id)))
}

/// The terminal with a serial number as a hand types it.
fn known(tx: &mut Tx<'_>, typed: &str) -> Done<Option<terminals::Terminal>> {
    match postsale_domain::terminal::serial(typed) {
        Ok(serial) => terminals::by_serial(tx, &serial),
        Err(_) => Ok(None),
    }
}

/// The number of an order the engineer has taken on for an overlapping time.
pub fn clash(tx: &mut Tx<'_>, engineer: postsale_domain::ground::EngineerId, planned: Span, except: WorkOrderId) -> Done<Option<String>> {
    let slot = Slot { from: planned.from, to: planned.to };
    let firm: Vec<dispatch::Booked> =
        offers::taken_of(tx, engineer, slot, except)?.into_iter().filter(|t| t.firm).map(|t| t.booked).collect();
    Ok(dispatch::clash(slot, &firm).map(|b| b.number.clone()))
}
