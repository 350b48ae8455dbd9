//! A year of tickets as plans: what happened when, before anything is written.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use postsale_domain::crew::{Engineer, Holidays, Present, present, shifts_between};
use postsale_domain::ground::EngineerId;
use postsale_domain::ticket::triage::{Signs, TerminalSigns};
use postsale_domain::ticket::{Channel, ConfirmedBy, Decision, Outcome, PauseReason, TicketId};
use postsale_domain::visit::{Span, WorkOrderId};

use super::dice::Dice;
use super::pools::{Pools, Trouble};
use super::world::{Size, World, zone};
use crate::ground::db::DbError;
use crate::knowledge::{facts, triage_book};
use crate::sla;

/// One thing that happened.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A terminal was bound; its stay's place.
    Bind(usize),
    /// A stay ended.
    Unbind(usize),
    Open,
    Claim,
    Reply(&'static str, bool),
    Hear(&'static str),
    Remote,
    Pause(PauseReason),
    Resume(PauseReason),
    Visit,
    Offer(EngineerId, Span),
    Accept,
    Depart,
    Arrive,
    Work,
    Complete,
    Solve(Outcome),
    Close(ConfirmedBy),
    Reopen(&'static str),
    Cancel(&'static str),
    Ask,
    Answer(u8, String),
    Expire,
}

/// A ticket to be.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub id: TicketId,
    pub order: WorkOrderId,
    pub channel: Channel,
    pub stay: usize,
    pub contact: usize,
    /// Registration lacks the terminal.
    pub incomplete: bool,
    pub fault: String,
    pub words: String,
    /// The agent's place in the list of agents.
    pub agent: usize,
}

/// Something that happens, in the order of time.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub at: Timestamp,
    /// The story's place; none for the registry.
    pub story: usize,
    pub act: Act,
}

/// Everything that happened.
#[derive(Debug, Default)]
pub(super) struct History {
    pub stories: Vec<Story>,
    pub moments: Vec<Moment>,
    /// What each engineer has still to do, of those who have something.
    pub to_do: BTreeMap<EngineerId, usize>,
}

/// Which troubles a story may be about.
#[derive(Debug, Clone, Copy)]
enum Sort {
    Any,
    Visited,
    Security,
}

struct Writer<'a> {
    dice: &'a mut Dice,
    pools: &'a Pools,
    troubles: &'a [Trouble],
    world: &'a World,
    agents: usize,
    now: Timestamp,
    zone: TimeZone,
    history: History,
    /// Time engineers have given away.
    taken: Vec<(EngineerId, Span)>,
    holidays: Holidays,
}

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// Invents the year before `now`.
pub(super) fn invent(
    dice: &mut Dice,
    pools: &Pools,
    troubles: &[Trouble],
    world: &World,
    size: &Size,
    agents: usize,
    now: Timestamp,
) -> Result<History, DbError> {
    let public = sla::book().public_days();
    let mut writer = Writer {
        dice,
        pools,
        troubles,
        world,
        agents: agents.max(1),
        now,
        zone: zone()?,
        history: History::default(),
        taken: Vec::new(),
        holidays: Holidays { off: public.off.clone(), made_up: public.made_up.clone() },
    };
    let year = minutes(60 * 24 * 365);
    for (place, stay) in world.stays.iter().enumerate() {
        writer.at(stay.binding.valid_from, usize::MAX, Act::Bind(place));
        if let Some(to) = stay.binding.valid_to {
            writer.at(to, usize::MAX, Act::Unbind(place));
        }
    }
    for n in 0..size.closed {
        // Evenly over the year up to three days ago, at the hours shops trade.
        let share =
            year.as_secs().saturating_sub(3 * 86_400) * i64::try_from(n).unwrap_or(0) / i64::try_from(size.closed).unwrap_or(1).max(1);
        let day = now - year + SignedDuration::from_secs(share);
        let opened = writer.shop_hour(day);
        writer.closed_story(if opened < now - minutes(120) { opened } else { day });
    }
    for n in 0..size.open {
        writer.open_story(n);
    }
    let mut history = writer.history;
    history.moments.retain(|m| m.at <= now);
    // Of two things at one instant the earlier told comes first; a stay ends before the next begins.
    history.moments.sort_by_key(|m| (m.at, matches!(m.act, Act::Bind(_))));
    Ok(history)
}

impl Writer<'_> {
    fn at(&mut self, at: Timestamp, story: usize, act: Act) {
        self.history.moments.push(Moment { at, story, act });
    }

    fn wait(&mut self, from: i64, to: i64) -> SignedDuration {
        minutes(self.dice.between(from, to))
    }

    /// The same day at an hour shops trade.
    fn shop_hour(&mut self, day: Timestamp) -> Timestamp {
        let hour = [8, 9, 10, 11, 11, 12, 12, 13, 14, 15, 16, 17, 18, 18, 19, 20, 21, 22][self.dice.index(18)];
        self.local(day, hour)
    }

    fn local(&mut self, day: Timestamp, hour: i8) -> Timestamp {
        let minute = i8::try_from(self.dice.between(0, 59)).unwrap_or(0);
        let date = day.to_zoned(self.zone.clone()).date();
        date.at(hour, minute, 0, 0).to_zoned(self.zone.clone()).map_or(day, |z| z.timestamp())
            + SignedDuration::from_millis(self.dice.between(0, 59_999))
    }

    /// A quarter of an hour as appointments are made.
    fn quarter(&mut self, day: Timestamp, hour: i8) -> Timestamp {
        let minute = [0, 15, 30, 45][self.dice.index(4)];
        let date = day.to_zoned(self.zone.clone()).date();
        date.at(hour, minute, 0, 0).to_zoned(self.zone.clone()).map_or(day, |z| z.timestamp())
    }

    /// The instant itself in desk hours, otherwise the next morning.
    fn desk_hour(&mut self, at: Timestamp) -> Timestamp {
        let local = at.to_zoned(self.zone.clone());
        match local.hour() {
            8..=20 => at,
            0..=7 => self.local(at, 8),
            _ => self.local(at + minutes(24 * 60), 8),
        }
    }

    /// A new story on a terminal that is bound at that time.
    fn story(&mut self, opened: Timestamp, sort: Sort) -> (usize, bool) {
        let mut stay = None;
        for _ in 0..200 {
            let terminal = self.dice.index(self.world.terminals.len());
            stay = self.world.stays.iter().position(|s| {
                s.terminal == terminal
                    && s.binding.valid_from < opened - minutes(60)
                    && s.binding.valid_to.is_none_or(|to| to > opened + minutes(60 * 24 * 10))
            });
            if stay.is_some() {
                break;
            }
        }
        let stay = stay.unwrap_or(0);
        let model = &self.world.terminals[self.world.stays[stay].terminal].model;
        let sound = facts().class_of(model) == "sound_box";
        let no_printer = facts().model(model).is_some_and(|m| !m.printer);
        let fits = |t: &Trouble| {
            // Each sort of terminal breaks in its own way.
            (t.fault.starts_with("AUD") == sound || (!sound && !t.fault.starts_with("AUD")))
                && (!sound || t.fault.starts_with("AUD") || t.fault.starts_with("NET"))
                && !(no_printer && t.fault.starts_with("PRN"))
                && match sort {
                    Sort::Any => !t.fault.starts_with("SEC"),
                    Sort::Visited => {
                        !t.fault.starts_with("SEC") && facts().fault(&t.fault).is_some_and(|f| !f.skills.is_empty() && !f.parts.is_empty())
                    }
                    Sort::Security => t.fault.starts_with("SEC"),
                }
        };
        let weights: Vec<u64> = self.troubles.iter().map(|t| if fits(t) { t.weight } else { 0 }).collect();
        let trouble = &self.troubles[self.dice.weighted(weights.iter().copied())];
        let merchant = self.world.stores[self.world.stays[stay].store].1;
        let contact = self.dice.pick(&self.world.contacts_of[merchant]);
        let mut words = self.dice.pick(&trouble.words);
        words.push_str(["", "", "，麻烦尽快处理", "，客人在排队", "，谢谢"][self.dice.index(5)]);
        let story = Story {
            id: self.dice.id(opened),
            order: self.dice.id(opened),
            channel: [Channel::H5, Channel::Phone, Channel::Mail, Channel::Api][self.dice.weighted([55, 35, 7, 3].into_iter())],
            stay,
            contact,
            incomplete: false,
            fault: trouble.fault.clone(),
            words,
            agent: self.dice.index(self.agents),
        };
        let terminal = TerminalSigns::default();
        let signs = Signs { symptom: &story.words, response_code: None, terminal: &terminal, wider_outage: false };
        let onsite = triage_book().judge(&signs).decision == Decision::Onsite;
        self.history.stories.push(story);
        let place = self.history.stories.len() - 1;
        self.at(opened, place, Act::Open);
        (place, onsite)
    }

    /// Faults that are answered, not repaired.
    fn only_advice(fault: &str) -> bool {
        ["TXN", "SET", "USR"].iter().any(|c| fault.starts_with(c)) || matches!(fault, "PAR-05" | "PAR-06")
    }

    fn claim(&mut self, story: usize, opened: Timestamp) -> Timestamp {
        let wait =
            [self.dice.between(2, 14), self.dice.between(10, 45), self.dice.between(30, 110)][self.dice.weighted([60, 32, 8].into_iter())];
        let claimed = self.desk_hour(opened + minutes(wait));
        self.at(claimed, story, Act::Claim);
        let answered = claimed + minutes(self.dice.between(1, 6));
        let words = [
            "你好，已收到报修，我来处理。请先按页面上的步骤试一下。",
            "你好，正在远程查看你的终端，请保持开机联网。",
            "收到，请问屏幕上有没有提示代码？方便的话拍一张照片。",
        ][self.dice.index(3)];
        let wait = self.dice.chance(18);
        self.at(answered, story, Act::Reply(words, wait));
        if !wait {
            return answered;
        }
        let heard = answered + minutes(self.dice.between(5, 180));
        let said = ["试过了，还是一样", "拍了，没有代码", "重启过一次，没用"][self.dice.index(3)];
        self.at(heard, story, Act::Hear(said));
        heard
    }

    fn closed_story(&mut self, opened: Timestamp) {
        let (story, onsite) = self.story(opened, Sort::Any);
        if self.dice.chance(2) {
            let later = opened + self.wait(5, 60);
            let later = self.desk_hour(later);
            self.at(later, story, Act::Claim);
            self.at(later + minutes(9), story, Act::Cancel("商户说自己弄好了，不用处理"));
            return;
        }
        let ready = self.claim(story, opened);
        let fault = self.history.stories[story].fault.clone();
        let known = facts().fault(&fault);
        let helps = known.is_some_and(|f| f.onsite.is_some());
        let maybe = known.is_some_and(|f| f.visit == postsale_domain::knowledge::VisitNeed::Maybe);
        let visit = helps && (onsite || (maybe && self.dice.chance(38)));
        let mut closed = if visit { self.visited(story, ready) } else { self.afar(story, ready, &fault) };
        if self.dice.chance(3) {
            let back = closed + self.wait(90, 60 * 24 * 6);
            let back = self.desk_hour(back);
            self.at(back, story, Act::Reopen("故障又出现了"));
            self.at(back + minutes(20), story, Act::Reply("抱歉又出现了，我们马上再看。", false));
            closed = self.afar(story, back + minutes(25), &fault);
        }
        self.after(story, closed);
    }

    fn afar(&mut self, story: usize, ready: Timestamp, fault: &str) -> Timestamp {
        let begun = ready + minutes(self.dice.between(1, 8));
        let advice = Self::only_advice(fault);
        if !advice {
            self.at(begun, story, Act::Remote);
        }
        let mut done = begun + minutes(self.dice.between(4, 50));
        if fault == "PAR-02" || self.dice.chance(4) {
            self.at(begun + minutes(3), story, Act::Pause(PauseReason::WaitingAcquirer));
            let back = begun + self.wait(40, 1_500);
            let back = self.desk_hour(back);
            self.at(back, story, Act::Resume(PauseReason::WaitingAcquirer));
            done = back + minutes(self.dice.between(3, 25));
        }
        let outcome = match (advice, self.dice.chance(4)) {
            (true, _) => Outcome::Advised,
            (false, true) => Outcome::NoFault,
            (false, false) => Outcome::RemoteFixed,
        };
        self.at(done, story, Act::Solve(outcome));
        let (wait, by) = match self.dice.weighted([45, 30, 10, 15].into_iter()) {
            0 => (self.dice.between(1, 240), ConfirmedBy::Page),
            1 => (self.dice.between(1, 10), ConfirmedBy::Phone),
            2 => (self.dice.between(5, 90), ConfirmedBy::Telemetry),
            _ => (60 * 24 * 3, ConfirmedBy::Silence),
        };
        let closed = done + minutes(wait);
        self.at(closed, story, Act::Close(by));
        closed
    }

    /// On site, with the tests and the merchant's signature, in quarters of an hour.
    fn length(&self, story: usize) -> SignedDuration {
        let known = facts().fault(&self.history.stories[story].fault);
        minutes((i64::from(known.and_then(|f| f.onsite_minutes).unwrap_or(20)) + 44) / 15 * 15)
    }

    /// Somebody who covers the district, has the skills, is at work then and has not given the time away.
    fn somebody(&mut self, story: usize, span: Span) -> Option<EngineerId> {
        let s = &self.history.stories[story];
        let district = &self.world.stores[self.world.stays[s.stay].store].0.district;
        let known = facts().fault(&s.fault)?;
        let day = span.from.to_zoned(self.zone.clone()).date();
        let fits = |e: &Engineer| {
            e.territory.contains(district)
                && known.skills.iter().all(|need| e.skills.iter().any(|s| s.code == *need))
                && present((span.from, span.to), &shifts_between(&e.shifts, day, 1, &self.zone, &self.holidays), &[]) == Present::Yes
                && self.taken.iter().rev().take(400).all(|(of, t)| *of != e.id || t.to <= span.from || span.to <= t.from)
        };
        let able: Vec<EngineerId> = self.world.engineers.iter().filter(|e| fits(e)).map(|e| e.id).collect();
        let chosen = self.dice.index(able.len().max(1));
        able.get(chosen).copied()
    }

    /// The first time from an instant on for which there is [`Self::somebody`].
    fn booking(&mut self, story: usize, ready: Timestamp) -> Option<(EngineerId, Span)> {
        let length = self.length(story);
        for attempt in 0..60 {
            let day = ready + minutes(24 * 60 * (attempt / 12));
            let hour = i8::try_from(self.dice.between(9, 16)).unwrap_or(10);
            let from = self.quarter(day, hour);
            let span = Span { from, to: from + length };
            if from <= ready + minutes(50) {
                continue;
            }
            if let Some(engineer) = self.somebody(story, span) {
                self.taken.push((engineer, span));
                return Some((engineer, span));
            }
        }
        None
    }

    fn visited(&mut self, story: usize, ready: Timestamp) -> Timestamp {
        let decided = ready + minutes(self.dice.between(3, 20));
        let Some((engineer, span)) = self.booking(story, decided) else {
            let fault = self.history.stories[story].fault.clone();
            return self.afar(story, ready, &fault);
        };
        self.at(decided, story, Act::Visit);
        self.at(decided + minutes(4), story, Act::Offer(engineer, span));
        let accepted = decided + self.wait(6, 40);
        self.at(accepted, story, Act::Accept);
        // Some come a little early, some late.
        let arrived = span.from + minutes(self.dice.between(-8, 18));
        let travel = self.wait(20, 28).min(arrived.duration_since(decided + minutes(42)));
        self.at(arrived - travel, story, Act::Depart);
        self.at(arrived, story, Act::Arrive);
        let work = arrived + (span.to.duration_since(span.from) - minutes(self.dice.between(12, 25)));
        self.at(work, story, Act::Work);
        let done = work + minutes(self.dice.between(2, 6));
        self.at(done, story, Act::Complete);
        done
    }

    /// The follow-up of a closing, as far as it has come by now.
    fn after(&mut self, story: usize, closed: Timestamp) {
        let plan = postsale_domain::followup::Plan::default();
        let asked = postsale_domain::followup::due_at(closed, &plan, &self.zone);
        self.at(asked, story, Act::Ask);
        if self.dice.chance(58) {
            let answered = asked + minutes(self.dice.between(3, 60 * 24 * 3));
            let score = [5, 4, 3, 2, 1][self.dice.weighted([58, 27, 10, 3, 2].into_iter())];
            let comment = match score {
                4..=5 => self.dice.pick(&self.pools.comments.good),
                3 => self.dice.pick(&self.pools.comments.fair),
                _ => self.dice.pick(&self.pools.comments.bad),
            };
            self.at(answered, story, Act::Answer(score, comment));
            // A bad answer brings the case back; whoever was helped twice is content.
            if score <= 2 {
                self.at(answered + minutes(1), story, Act::Reopen("回访评价低，重新处理"));
                let again = self.desk_hour(answered + minutes(15));
                self.at(again, story, Act::Reply("看到你的评价了，非常抱歉，我们马上重新处理。", false));
                let fault = self.history.stories[story].fault.clone();
                let closed = self.afar(story, again + minutes(5), &fault);
                let asked = postsale_domain::followup::due_at(closed, &plan, &self.zone);
                self.at(asked, story, Act::Ask);
                let answered = asked + self.wait(20, 600);
                self.at(answered, story, Act::Answer(4, String::new()));
            }
        } else {
            self.at(asked + minutes(60 * 24 * 7), story, Act::Expire);
        }
    }

    /// One of the tickets that are open now; each state has several.
    fn open_story(&mut self, n: usize) {
        let kind = n % 12;
        let old = match kind {
            0 | 1 => self.dice.between(2, 25),
            2..=4 => self.dice.between(8, 90),
            5..=7 => self.dice.between(40, 300),
            _ => self.dice.between(120, 420),
        };
        let opened = self.now - minutes(old) + SignedDuration::from_millis(self.dice.between(0, 40_000));
        let sort = match kind {
            11 if n < 12 => Sort::Security,
            8.. => Sort::Visited,
            _ => Sort::Any,
        };
        let (story, _) = self.story(opened, sort);
        // What happened since lies between then and now, however short that is.
        let part = |percent: i64| opened + SignedDuration::from_secs(old * 60 * percent / 100);
        match kind {
            0 => self.history.stories[story].incomplete = true,
            1 | 2 => {}
            3 => self.at(part(40), story, Act::Claim),
            4 => {
                self.at(part(30), story, Act::Claim);
                self.at(part(45), story, Act::Reply("你好，请问屏幕上有没有提示代码？", true));
            }
            5..=7 => {
                self.at(part(20), story, Act::Claim);
                self.at(part(25), story, Act::Reply("你好，正在远程处理，请保持开机联网。", false));
                self.at(part(35), story, Act::Remote);
                match kind {
                    6 => self.at(part(60), story, Act::Pause(PauseReason::WaitingAcquirer)),
                    7 => {
                        self.at(part(70), story, Act::Solve(Outcome::RemoteFixed));
                    }
                    _ => {}
                }
            }
            _ => {
                self.at(part(10), story, Act::Claim);
                self.at(part(14), story, Act::Reply("你好，这个要工程师上门，我们马上安排。", false));
                self.at(part(20), story, Act::Visit);
                self.open_visit(story, n, part(25), part(35));
            }
        }
    }

    fn open_visit(&mut self, story: usize, n: usize, offered: Timestamp, accepted: Timestamp) {
        let stage = (n / 12) % 5;
        // Somebody on the way now is planned around now, or is late from before the end of a shift; at an hour at which nobody works and
        // nobody has just done so, nobody is.
        let under_way = (0..if stage >= 3 { 6 } else { 0 }).find_map(|n| {
            let from = self.now - minutes(15 + 20 * n);
            let around = Span { from, to: from + minutes(60) };
            self.somebody(story, around).filter(|_| accepted < from).map(|engineer| (engineer, around))
        });
        let arriving = under_way.is_some();
        // Nobody is on the way to two shops: the next one who would be sent now sees it.
        self.taken.extend(under_way);
        let booked = if arriving || stage == 0 { under_way } else { self.booking(story, self.now) };
        let Some((engineer, span)) = booked else { return };
        *self.history.to_do.entry(engineer).or_default() += 1;
        self.at(offered, story, Act::Offer(engineer, span));
        if stage >= 2 {
            self.at(accepted, story, Act::Accept);
        }
        if arriving {
            self.at(self.now - minutes(30).min(self.now.duration_since(accepted) / 2), story, Act::Depart);
            if stage == 4 {
                self.at(self.now - minutes(10).min(self.now.duration_since(accepted) / 4), story, Act::Arrive);
            }
        }
    }
}
