//! Writes what was invented through the stores of the rooms, each thing at its own instant: timelines, clocks, work orders,
//! follow-ups and the audit chain come out as if the year had been lived. Nobody is written to: no notices, no jobs.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use postsale_domain::billing::{Answer, AnswerWay, Consent, QuoteState, answer as take};
use postsale_domain::dispatch::{OfferId, OfferState};
use postsale_domain::facts::quote;
use postsale_domain::followup::{self, FollowUp, FollowUpState, Plan};
use postsale_domain::ground::{AcquirerId, EngineerId, Text, TypedId, UserId, to_millis, yuan};
use postsale_domain::knowledge::Fault;
use postsale_domain::sla::{ClockKind, What};
use postsale_domain::ticket::triage::{Said, Signs, TerminalSigns};
use postsale_domain::ticket::{
    Case, Command, ConfirmedBy, Event, Impact, LinkKind, Outcome, TicketState, VisitReason, apply, decide, missing,
};
use postsale_domain::visit::{self, Backup, Confirmation, OrderKind, Span, StepResult, VisitOutcome, WorkOrderState};
use serde_json::{Value, json};

use super::history::{Act, Moment, Story};
use super::world::{World, zone};
use crate::billing::store::NewQuote;
use crate::dispatch;
use crate::ground::db::{DbError, Done, Stop, Tx};
use crate::knowledge::{facts, triage_book};
use crate::parts::stock::PuttingIn;
use crate::ticket::entry::{self, Author, Kind, Line};
use crate::ticket::relation;
use crate::ticket::store::{self, ContactFacts, NEVER_DUE, Ticket};
use crate::view::charge::{self, Priced};
use crate::visit::store as visits;
use crate::{billing, flow, org, sla, terminal};

/// People the tickets need.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    /// Agents with their shown names.
    pub agents: Vec<(UserId, String)>,
    /// Who is accountable before anybody claims.
    pub duty: UserId,
    /// Their shown name.
    pub duty_name: String,
    /// Who signs statements.
    pub finance: (UserId, String),
    /// Who signs in for a bank, and for which one.
    pub bank: (UserId, String, AcquirerId),
    /// Who keeps the warehouse.
    pub keeper: (UserId, String),
    /// Shown names of engineers.
    pub engineers: BTreeMap<EngineerId, String>,
}

impl Default for Staff {
    fn default() -> Self {
        Self {
            agents: Vec::new(),
            duty: UserId::from_uuid(uuid::Uuid::nil()),
            duty_name: String::new(),
            finance: (UserId::from_uuid(uuid::Uuid::nil()), String::new()),
            bank: (UserId::from_uuid(uuid::Uuid::nil()), String::new(), AcquirerId::from_uuid(uuid::Uuid::nil())),
            keeper: (UserId::from_uuid(uuid::Uuid::nil()), String::new()),
            engineers: BTreeMap::new(),
        }
    }
}

/// What a moment may look at.
pub(super) struct Stage<'a> {
    pub world: &'a World,
    pub stories: &'a [Story],
    pub staff: &'a Staff,
}

impl Stage<'_> {
    /// Lets a moment happen at its instant.
    pub fn play(&self, tx: &mut Tx<'_>, moment: &Moment) -> Done<()> {
        // What was noted before belongs to the instant before.
        flow::index::finish(tx)?;
        tx.set_now(moment.at);
        match &moment.act {
            Act::Bind(stay) => return terminal::store::bind(tx, &self.world.stays[*stay].binding),
            Act::Unbind(stay) => {
                let stay = &self.world.stays[*stay];
                terminal::store::unbind(tx, stay.binding.terminal_id, stay.ended_because.unwrap_or("撤机"))?;
                return Ok(());
            }
            _ => {}
        }
        let story = &self.stories[moment.story];
        match &moment.act {
            Act::Open => return self.open(tx, story),
            Act::Ask | Act::Answer(..) | Act::Expire => return self.survey(tx, story, &moment.act),
            Act::Offer(..) | Act::Accept => {
                self.on_order(tx, story, &moment.act)?;
                return self.money(tx, story, matches!(moment.act, Act::Accept));
            }
            Act::Depart | Act::Arrive | Act::Work => return self.on_order(tx, story, &moment.act),
            Act::Complete => self.on_order(tx, story, &moment.act)?,
            _ => {}
        }
        let Some(before) = store::ticket_for_change(tx, story.id)? else { return Err(lost(story)) };
        let mut page = Page { before: before.clone(), ticket: before, story, stage: self };
        page.act(tx, &moment.act)?;
        page.save(tx)
    }

    fn contact(&self, story: &Story) -> ContactFacts {
        let c = &self.world.contacts[story.contact];
        ContactFacts { id: Some(c.id), name: Some(c.name.clone()), phone: c.phone.clone(), email: c.email.clone(), lang: c.lang }
    }

    fn open(&self, tx: &mut Tx<'_>, story: &Story) -> Done<()> {
        let stay = &self.world.stays[story.stay];
        let (shop, owner) = (&self.world.stores[stay.store].0, &self.world.merchants[self.world.stores[stay.store].1]);
        let terminal = &self.world.terminals[stay.terminal];
        let known = TerminalSigns {
            class: Some(facts().class_of(&terminal.model).to_owned()),
            has_printer: facts().model(&terminal.model).map(|m| m.printer),
            ..TerminalSigns::default()
        };
        let signs = Signs { symptom: &story.words, response_code: None, terminal: &known, wider_outage: false };
        let judged = triage_book().judge(&signs);
        let fault = judged.fault(triage_book()).map(str::to_owned);
        let why = triage_book().prioritise(&signs, fault.as_deref(), Impact::Unknown, None, owner.tier.as_str(), Said::Registered);
        let now = tx.now();
        let case = Case {
            state: TicketState::New,
            symptom: story.words.clone(),
            has_contact: true,
            has_terminal: !story.incomplete,
            terminal_unknown_reason: None,
            owner: self.staff.duty,
            claimed: false,
            impact: why.impact,
            urgency: why.urgency,
            priority: why.priority,
            waiting: Vec::new(),
            decision: None,
            fault_code: None,
            outcome: None,
            responded: false,
            reopen_count: 0,
        };
        let ticket = Ticket {
            id: story.id,
            number: org::store::next_number(tx, "ticket")?,
            case,
            subject: story.words.chars().take(30).collect(),
            response_code: None,
            channel: story.channel,
            merchant_id: Some(owner.id),
            store_id: Some(shop.id),
            terminal_id: (!story.incomplete).then_some(terminal.id),
            acquirer_id: Some(owner.acquirer_id),
            contact: self.contact(story),
            priority_why: why,
            agreement: shop.agreement.clone(),
            triage: None,
            entry_count: 0,
            last_entry: None,
            next_due_at: NEVER_DUE,
            claimed_at: None,
            handed: 0,
            responded_at: None,
            opened_at: now,
            updated_at: now,
            solved_at: None,
            closed_at: None,
            version: 1,
        };
        store::insert(tx, "ticket.open", &ticket)?;
        sla::store::start(tx, ticket.id, &ticket.agreement, ticket.case.priority.as_str(), now)?;
        let mut page = Page { before: ticket.clone(), ticket, story, stage: self };
        page.words(tx, Kind::Message, Author::Merchant, &story.words)?;
        let lacks = missing(&page.ticket.case);
        if lacks.is_empty() {
            page.happen(tx, &Event::Registered, Author::System)?;
            let mut kept = serde_json::to_value(&judged).unwrap_or(Value::Null);
            kept["decided_by"] = json!("rule");
            page.ticket.triage = Some(kept);
            page.happen(tx, &Event::Triaged { decision: judged.decision, fault_code: fault, reason: None }, Author::System)?;
        } else {
            let missing = lacks.into_iter().map(str::to_owned).collect();
            page.happen(tx, &Event::FactsAdded { missing }, Author::System)?;
        }
        page.save(tx)
    }

    fn survey(&self, tx: &mut Tx<'_>, story: &Story, act: &Act) -> Done<()> {
        let Some(kept) = crate::followup::store::of_ticket(tx, story.id)?.pop() else { return Err(lost(story)) };
        let now = tx.now();
        let (action, after, next) = match act {
            Act::Ask => {
                let expires = now + SignedDuration::from_hours(24 * i64::from(Plan::default().answer_days));
                let after = FollowUp { state: FollowUpState::Asked, asked_at: Some(now), ..kept.follow_up.clone() };
                ("follow_up.ask", after, Some(expires))
            }
            Act::Answer(score, comment) => {
                let given = followup::Answer { solved: *score > 1, score: *score, comment: comment.clone() };
                ("follow_up.answer", followup::answer(&kept.follow_up, given, now)?, None)
            }
            _ => ("follow_up.expire", FollowUp { state: FollowUpState::Expired, ..kept.follow_up.clone() }, None),
        };
        crate::followup::store::save(tx, action, &kept, &after, next)
    }

    /// What is not covered is quoted when somebody is sent, and agreed to before they leave.
    fn money(&self, tx: &mut Tx<'_>, story: &Story, answer: bool) -> Done<()> {
        let Some(w) = visits::work_order(tx, story.order)? else { return Err(lost(story)) };
        let Some(before) = store::ticket_for_change(tx, story.id)? else { return Err(lost(story)) };
        let mut page = Page { before: before.clone(), ticket: before, story, stage: self };
        let (merchant, agent) = (page.name(Author::Merchant), page.name(Author::Staff));
        if answer {
            let Some(live) = billing::store::of_ticket(tx, story.id)?.into_iter().find(|q| q.state == QuoteState::Offered) else {
                return Ok(());
            };
            let way = [AnswerWay::Page, AnswerWay::Phone, AnswerWay::Wechat][story.contact % 3];
            let said = Answer { accept: true, by: merchant.clone(), way, note: None, strokes: Vec::new() };
            let Some((state, kept)) = take(&live.offer(), &said, tx.now())? else { return Ok(()) };
            let noted_by = (way != AnswerWay::Page).then_some(agent.as_str());
            let after = billing::store::answered(tx, story.id, &live, state, &kept, noted_by)?;
            let data = json!({ "who": merchant, "amount": yuan(after.total), "way": way });
            let author = if noted_by.is_some() { Author::Staff } else { Author::Merchant };
            page.line(tx, Kind::Event, author, true, "", Some(("quote_accepted".into(), data)))?;
            return page.save(tx);
        }
        let parts: Vec<String> = self.used_for(tx, story, &w)?.into_iter().map(str::to_owned).collect();
        if charge::of_visit(tx, &w, &page.ticket, parts.first().map(String::as_str))? == Consent::Given {
            return Ok(());
        }
        let priced = Priced::of(tx, &page.ticket, Some(&w))?;
        let quoted = quote(&priced.list, &priced.asked(true, &parts), |price| priced.cover(price))?;
        let new = NewQuote {
            version: priced.version,
            day: priced.day,
            valid_until: flow::charge::until(tx.now()),
            quoted,
            cover: priced.said(),
            by: agent.clone(),
        };
        let made = billing::store::add(tx, story.id, new)?;
        let data = json!({ "who": agent, "amount": yuan(made.total), "price_version": made.price_version });
        page.line(tx, Kind::Event, Author::Staff, true, "", Some(("quoted".into(), data)))?;
        page.save(tx)
    }

    /// What the visit of a story puts in.
    fn used_for(&self, tx: &mut Tx<'_>, story: &Story, w: &visits::WorkOrder) -> Done<Option<&'static str>> {
        let model = &self.world.terminals[self.world.stays[story.stay].terminal].model;
        let engineer = w.engineer_id.unwrap_or_else(|| EngineerId::from_uuid(uuid::Uuid::nil()));
        super::stock::used_for(tx, &story.fault, model, w.id, engineer)
    }

    /// A step of a work order, decided by the rules of visits.
    fn on_order(&self, tx: &mut Tx<'_>, story: &Story, act: &Act) -> Done<()> {
        let Some(before) = visits::for_change(tx, story.order)? else { return Err(lost(story)) };
        let unit = &self.world.terminals[self.world.stays[story.stay].terminal];
        let mut order = before.order(Some(unit.serial_no.clone()), crate::visit::checklists().steps(&before.terminal_class))?;
        let now = tx.now();
        let mut commands = Vec::new();
        let engineer = order.state.engineer();
        let mut by = engineer.and_then(|e| self.staff.engineers.get(&e).cloned()).unwrap_or_default();
        match act {
            Act::Offer(engineer, planned) => {
                by = self.staff.agents[story.agent].1.clone();
                let hour = SignedDuration::from_mins(60);
                let promised = Some(Span { from: planned.from - hour / 2, to: planned.from + hour + hour / 2 });
                commands.push(visit::Command::Offer { engineer: *engineer, planned: *planned, promised });
                let offer = dispatch::store::Offer {
                    id: tx.new_id::<OfferId>(),
                    work_order_id: before.id,
                    engineer_id: *engineer,
                    state: OfferState::Offered,
                    why: vec![Text {
                        zh: "负责该区域，具备所需技能".into(), en: "Covers the district and has the skills".into()
                    }],
                    refuse_reason: None,
                    at: now,
                    answered_at: None,
                };
                dispatch::store::insert(tx, &offer)?;
            }
            Act::Accept => {
                commands.push(visit::Command::Accept);
                if let Some(offer) = dispatch::store::of_order(tx, before.id)?.pop() {
                    dispatch::store::answered(tx, &offer, OfferState::Accepted, None)?;
                }
                if let Some((kind, engineer)) = self.used_for(tx, story, &before)?.zip(engineer) {
                    let put = PuttingIn { kinds: [kind, kind], model: Some(&unit.model), engineer, order: before.id };
                    super::stock::take_along(tx, &put, &self.staff.keeper.1)?;
                }
                if let Some(engineer) = engineer {
                    super::returns::hand_in(tx, engineer, &self.staff.keeper.1)?;
                }
            }
            Act::Depart => commands.push(visit::Command::Depart),
            Act::Arrive => commands.push(visit::Command::Arrive { off_site_reason: None, place: None }),
            Act::Work => {
                commands.push(visit::Command::Diagnose { fault_code: story.fault.clone(), note: None });
                commands.push(visit::Command::Backup { state: Backup::NotApplicable });
                if let Some((part, engineer)) = self.used_for(tx, story, &before)?.zip(engineer) {
                    let line = super::stock::put_in(tx, &before, unit, (part, engineer), &by)?;
                    commands.push(visit::Command::Part(line));
                }
                for step in order.steps.clone() {
                    // Nobody keeps pictures of what never was.
                    let (result, note) =
                        if step.photo { (StepResult::Na, Some("商户要求不拍照".into())) } else { (StepResult::Pass, None) };
                    commands.push(visit::Command::Step { code: step.code, result, note, shown: None, photos: 0 });
                }
            }
            _ => {
                let name = self.world.contacts[story.contact].name.clone();
                let strokes = vec![vec![(12, 40), (60, 22), (118, 47)], vec![(40, 60), (90, 66)]];
                commands.push(visit::Command::Complete {
                    outcome: VisitOutcome::Fixed,
                    confirmation: Confirmation::Signature { name, strokes },
                });
            }
        }
        let mut happened = Vec::new();
        let ticket = store::ticket(tx, story.id)?.ok_or_else(|| lost(story))?;
        for command in &commands {
            let charge = match command {
                visit::Command::Part(line) => flow::charge::for_visit(tx, &before, &ticket, Some(&line.part))?,
                visit::Command::Complete { .. } => flow::charge::for_visit(tx, &before, &ticket, None)?,
                _ => None,
            };
            for event in visit::decide(&order, command, &visit::Facts { charge, ..visit::Facts::default() }, now)? {
                order = visit::apply(order, &event, now);
                happened.push(event);
            }
        }
        for event in &happened {
            let (code, mut data) = visits::told(event);
            if let Some(name) = data["engineer"].as_str().and_then(|id| id.parse().ok()).and_then(|id| self.staff.engineers.get(&id)) {
                data["engineer"] = json!(name);
            }
            visits::append(tx, before.id, &code, &data, &by)?;
        }
        let mut after = before.clone();
        after.take(&order, now);
        if after.closed_at.is_some() {
            flow::bring_back::tag(tx, &after, &order, &ticket, &by)?;
        }
        visits::save(tx, "visit.work", &before, &mut after)
    }
}

fn lost(story: &Story) -> Stop {
    DbError::Other(format!("the demo lost {} on its way", story.id)).into()
}

/// A ticket while something happens to it.
struct Page<'a> {
    before: Ticket,
    ticket: Ticket,
    story: &'a Story,
    stage: &'a Stage<'a>,
}

impl Page<'_> {
    fn name(&self, author: Author) -> String {
        match author {
            Author::Merchant => self.stage.world.contacts[self.story.contact].name.clone(),
            Author::Staff => self.stage.staff.agents[self.story.agent].1.clone(),
            Author::System => String::new(),
        }
    }

    fn act(&mut self, tx: &mut Tx<'_>, act: &Act) -> Done<()> {
        let agent = self.stage.staff.agents[self.story.agent].0;
        let fault = self.story.fault.clone();
        let command = match act {
            Act::Claim => Command::Claim { by: agent },
            Act::Reply(words, wait) => {
                self.words(tx, Kind::Reply, Author::Staff, words)?;
                Command::Reply { wait: *wait }
            }
            Act::Hear(words) => {
                self.words(tx, Kind::Message, Author::Merchant, words)?;
                Command::Hear
            }
            Act::Remote => Command::StartGuide,
            Act::Pause(reason) => Command::Pause { reason: *reason },
            Act::Resume(reason) => Command::Resume { reason: *reason },
            Act::Visit => {
                self.repaired_before(tx, &fault)?;
                let needs_parts = facts().fault(&fault).is_some_and(|f| !f.parts.is_empty());
                let reason = match fault.starts_with("SEC") {
                    true => VisitReason::Security,
                    false if needs_parts => VisitReason::NeedsParts,
                    false => VisitReason::NeedsHands,
                };
                self.order(tx, reason)?;
                Command::OpenVisit { fault_code: Some(fault), reason }
            }
            Act::Solve(outcome) => Command::Solve { fault_code: Some(fault), outcome: *outcome },
            Act::Complete => {
                let solve = Command::Solve { fault_code: Some(fault), outcome: Outcome::VisitFixed };
                self.command(tx, &solve, Author::Staff)?;
                Command::Confirm { by: ConfirmedBy::Visit }
            }
            Act::Close(by) => Command::Confirm { by: *by },
            Act::Reopen(reason) => {
                // Who is being helped again is not asked how it was.
                if let Some(kept) =
                    crate::followup::store::of_ticket(tx, self.ticket.id)?.pop().filter(|k| k.follow_up.state == FollowUpState::Scheduled)
                {
                    let over = FollowUp { state: FollowUpState::Expired, ..kept.follow_up.clone() };
                    crate::followup::store::save(tx, "follow_up.expire", &kept, &over, None)?;
                }
                Command::Reopen { reason: (*reason).into() }
            }
            Act::Cancel(reason) => Command::Cancel { reason: (*reason).into() },
            _ => return Ok(()),
        };
        let author = match act {
            Act::Hear(_) | Act::Reopen(_) => Author::Merchant,
            Act::Close(ConfirmedBy::Page) => Author::Merchant,
            Act::Close(ConfirmedBy::Silence | ConfirmedBy::Telemetry) => Author::System,
            _ => Author::Staff,
        };
        self.command(tx, &command, author)
    }

    fn command(&mut self, tx: &mut Tx<'_>, command: &Command, author: Author) -> Done<()> {
        for event in decide(&self.ticket.case, command, postsale_domain::ticket::Around::default())? {
            self.happen(tx, &event, author)?;
        }
        Ok(())
    }

    /// What follows from an event: the case, its stamps, the clocks, a line of the timeline.
    fn happen(&mut self, tx: &mut Tx<'_>, event: &Event, author: Author) -> Done<()> {
        let now = tx.now();
        let t = &mut self.ticket;
        t.case = apply(t.case.clone(), event);
        match event {
            Event::Claimed { .. } | Event::Assigned { .. } => t.claimed_at = Some(now),
            Event::Responded => t.responded_at = Some(now),
            Event::Solved { .. } => t.solved_at = Some(now),
            Event::Closed { .. } | Event::Cancelled { .. } => t.closed_at = Some(now),
            Event::Reopened { .. } => (t.solved_at, t.closed_at) = (None, None),
            _ => {}
        }
        if let Some((kinds, what)) = clocks(event) {
            sla::store::record(tx, t.id, kinds, &[what])?;
        }
        if let Event::Closed { .. } = event {
            let due = followup::due_at(now, &Plan::default(), &zone()?);
            crate::followup::store::schedule(tx, t.id, t.case.reopen_count + 1, due)?;
        }
        if matches!(event, Event::Responded) {
            return Ok(());
        }
        let mut data = serde_json::to_value(event).unwrap_or(Value::Null);
        let code = data["code"].as_str().unwrap_or_default().to_owned();
        let who = self.name(author);
        if let Some(object) = data.as_object_mut() {
            object.remove("code");
            object.insert("who".into(), json!(who));
        }
        if let Event::Claimed { .. } = event {
            data["by"] = json!(who);
        }
        let public = !matches!(
            event,
            Event::Claimed { .. }
                | Event::Assigned { .. }
                | Event::FactsAdded { .. }
                | Event::Paused { .. }
                | Event::Resumed { .. }
                | Event::Triaged { .. }
        );
        self.line(tx, Kind::Event, author, public, "", Some((code, data)))
    }

    /// The case whose repair answers for this one, if there is one.
    fn repaired_before(&mut self, tx: &mut Tx<'_>, fault: &str) -> Done<()> {
        let Some(first) = charge::repaired_before(tx, &self.ticket, Some(fault), None)? else { return Ok(()) };
        let by = self.name(Author::Staff);
        relation::insert(tx, self.ticket.id, first, LinkKind::CausedBy, &by, None)?;
        let number = store::ticket(tx, first)?.map_or(0, |t| t.number);
        let data = json!({ "number": crate::view::ticket::number(number) });
        self.line(tx, Kind::Event, Author::System, false, "", Some(("repair_warranty".into(), data)))
    }

    fn words(&mut self, tx: &mut Tx<'_>, kind: Kind, author: Author, body: &str) -> Done<()> {
        self.line(tx, kind, author, true, body, None)
    }

    fn line(&mut self, tx: &mut Tx<'_>, kind: Kind, author: Author, public: bool, body: &str, event: Option<(String, Value)>) -> Done<()> {
        let line = Line {
            kind,
            public,
            author,
            author_name: self.name(author),
            channel: (kind != Kind::Event).then_some(self.story.channel),
            body: body.to_owned(),
            event,
            notice_id: None,
            letter_id: None,
        };
        entry::place(tx, &mut self.ticket, line).keep(tx, self.ticket.id)?;
        Ok(())
    }

    /// The work order of a visit, as open.
    fn order(&mut self, tx: &mut Tx<'_>, reason: VisitReason) -> Done<()> {
        let stay = &self.stage.world.stays[self.story.stay];
        let terminal = &self.stage.world.terminals[stay.terminal];
        let fault: Option<&Fault> = facts().fault(&self.story.fault);
        let list = |of: fn(&Fault) -> &Vec<String>| fault.map(|f| of(f).clone()).unwrap_or_default();
        let w = visits::WorkOrder {
            id: self.story.order,
            number: org::store::next_number(tx, "work_order")?,
            ticket_id: self.ticket.id,
            kind: if reason == VisitReason::Security { OrderKind::Swap } else { OrderKind::Repair },
            state: WorkOrderState::Open,
            fault_code: Some(self.story.fault.clone()),
            reason_code: reason,
            reason: fault.and_then(|f| f.onsite.clone()).map(|t| t.zh).unwrap_or_default(),
            access_note: None,
            skills: list(|f| &f.skills),
            parts: list(|f| &f.parts),
            remote_steps: Vec::new(),
            district: self.stage.world.stores[stay.store].0.district.clone(),
            terminal_class: facts().class_of(&terminal.model).to_owned(),
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
            service: None,
            minutes: fault.and_then(|f| f.onsite_minutes),
            due_at: None,
            created_at: tx.now(),
            closed_at: None,
            version: 1,
            steps: BTreeMap::new(),
            parts_used: Vec::new(),
        };
        visits::insert(tx, &w, Some(terminal.id))?;
        let by = self.name(Author::Staff);
        visits::append(tx, w.id, "opened", &json!({ "reason": w.reason, "fault_code": w.fault_code }), &by)
    }

    fn save(mut self, tx: &mut Tx<'_>) -> Done<()> {
        if self.ticket.entry_count == self.before.entry_count && self.ticket.case == self.before.case {
            return Ok(());
        }
        let kept = sla::store::kept(tx, self.ticket.id)?;
        self.ticket.next_due_at = sla::store::next_due(&kept).map_or(NEVER_DUE, to_millis);
        let action =
            if self.before.version == self.ticket.version && self.before.entry_count == 0 { "ticket.register" } else { "ticket.go_on" };
        store::save(tx, action, &self.before, &mut self.ticket)
    }
}

/// What an event means to the clocks.
fn clocks(event: &Event) -> Option<(&'static [ClockKind], What)> {
    const BOTH: &[ClockKind] = &ClockKind::ALL;
    const RESOLUTION: &[ClockKind] = &[ClockKind::Resolution];
    Some(match event {
        Event::Responded => (&[ClockKind::FirstResponse], What::Stop),
        Event::Paused { reason } => (BOTH, What::Pause { reason: reason.as_str().into() }),
        Event::Resumed { reason } => (BOTH, What::Resume { reason: reason.as_str().into() }),
        Event::Solved { .. } => (RESOLUTION, What::Stop),
        Event::Reopened { .. } => (RESOLUTION, What::Reopen),
        Event::Cancelled { .. } => (BOTH, What::Cancel),
        _ => return None,
    })
}
