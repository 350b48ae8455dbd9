use std::collections::BTreeMap;

use jiff::Timestamp;

use super::calendar::Calendar;
use super::model::{
    Agreement, Agreements, Answer, Breach, ClockError, ClockEvent, ClockState, Detail, OnReopen, Promise, Segment, SegmentKind, Warning,
    What,
};
use crate::ground::from_millis;

/// Everything about a clock at `as_of`, with its segments. Events after `as_of` are not known yet.
/// `asks`: instants for which the use is wanted; those after `as_of` assume that nothing else happens.
pub fn evaluate(agreements: &Agreements, history: &[ClockEvent], as_of: Timestamp, asks: &[Timestamp]) -> Result<Answer, ClockError> {
    answer(agreements, history, as_of, asks, Detail::Full)
}

/// The same rules without segments: for badges, lists and due columns.
pub fn glance(agreements: &Agreements, history: &[ClockEvent], as_of: Timestamp) -> Result<Answer, ClockError> {
    answer(agreements, history, as_of, &[], Detail::Brief)
}

fn answer(
    agreements: &Agreements,
    history: &[ClockEvent],
    as_of: Timestamp,
    asks: &[Timestamp],
    detail: Detail,
) -> Result<Answer, ClockError> {
    let now = as_of.as_millisecond();
    let mut events: Vec<&ClockEvent> = history.iter().filter(|event| event.at.as_millisecond() <= now).collect();
    events.sort_by_key(|event| event.at.as_millisecond());
    if let Some(end) = events.iter().position(|event| event.what == What::Cancel) {
        events.truncate(end + 1);
    }
    let (start, agreement, priority) = true_start(&events)?;
    let mut walk = Walk::new(agreements, start, agreement, priority, now, detail)?;
    let mut questions: Vec<(i64, usize)> = asks.iter().enumerate().map(|(i, at)| (at.as_millisecond(), i)).collect();
    questions.sort_unstable();
    let mut used = vec![0; asks.len()];
    let mut questions = questions.into_iter().peekable();
    // What precedes the true start leaves no trace but a cancellation.
    let mut rest = events.as_slice();
    while let Some((first, others)) = rest.split_first().filter(|(first, _)| first.at.as_millisecond() < start) {
        if first.what == What::Cancel {
            walk.phase = Phase::Cancelled;
        }
        rest = others;
    }
    let mut at = start.min(now);
    loop {
        while let Some((first, others)) = rest.split_first().filter(|(first, _)| first.at.as_millisecond() <= at) {
            walk.apply(&first.what, at)?;
            rest = others;
        }
        walk.settle(at)?;
        while let Some((_, slot)) = questions.next_if(|(ask, _)| *ask <= at) {
            used[slot] = walk.used_at(asks[slot].as_millisecond());
        }
        if at == now {
            break;
        }
        let ask = questions.peek().map_or(now, |(ask, _)| *ask);
        let next = rest.first().map_or(now, |event| event.at.as_millisecond()).min(ask).min(now);
        walk.pass(at, next);
        at = next;
    }
    for (ask, slot) in questions {
        used[slot] = walk.used_later(now, ask);
    }
    let mut answer = walk.conclude(as_of);
    answer.asked = asks.iter().copied().zip(used).collect();
    Ok(answer)
}

/// The earliest contact among the start and the contacts attached in the end, and the terms of the start.
fn true_start<'a>(events: &[&'a ClockEvent]) -> Result<(i64, &'a str, &'a str), ClockError> {
    let mut terms = None;
    let mut attached: BTreeMap<&str, i64> = BTreeMap::new();
    for event in events {
        match &event.what {
            What::Start { agreement, priority, contact_at } if terms.is_none() => {
                terms = Some((contact_at.unwrap_or(event.at).as_millisecond(), agreement.as_str(), priority.as_str()));
            }
            What::Merge { id, contact_at } => {
                attached.insert(id, contact_at.as_millisecond());
            }
            What::Unmerge { id } => {
                attached.remove(id.as_str());
            }
            _ => {}
        }
    }
    let (own, agreement, priority) = terms.ok_or(ClockError::NotStarted)?;
    Ok((attached.values().copied().fold(own, i64::min), agreement, priority))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Active,
    Stopped(i64),
    Cancelled,
}

/// Terms by their names: an agreement, a priority of it, and the promise that stands in the place of its target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated<'a> {
    pub agreement: &'a str,
    pub priority: &'a str,
    pub promise: Option<&'a Promise>,
}

/// The terms in force.
#[derive(Clone, Copy)]
struct Terms<'a> {
    stated: Stated<'a>,
    agreement: &'a Agreement,
    seconds: i64,
    calendar: &'a Calendar,
}

impl<'a> Terms<'a> {
    fn find(agreements: &'a Agreements, stated: Stated<'a>) -> Result<Self, ClockError> {
        let agreement = agreements.get(stated.agreement).ok_or_else(|| ClockError::NoAgreement(stated.agreement.to_owned()))?;
        let (seconds, calendar) = match stated.promise {
            Some(promise) => {
                let calendar = agreement.calendars.get(&promise.calendar);
                (promise.seconds, calendar.ok_or_else(|| ClockError::NoCalendar(promise.calendar.clone()))?)
            }
            None => {
                let (named, priority) = (stated.agreement.to_owned(), stated.priority.to_owned());
                let target = agreement.targets.get(stated.priority);
                let target = target.ok_or(ClockError::NoTarget { agreement: named, priority })?;
                (target.seconds, target.calendar.as_ref().unwrap_or(&agreement.calendar))
            }
        };
        Ok(Self { stated, agreement, seconds, calendar })
    }

    fn target_ms(&self) -> i64 {
        self.seconds.saturating_mul(1000)
    }

    /// Use at which a threshold is reached: fractions of a second round up.
    fn need(&self, percent: u32) -> i64 {
        let seconds = (i128::from(self.seconds) * i128::from(percent) + 99).div_euclid(100);
        i64::try_from(seconds * 1000).unwrap_or(i64::MAX)
    }
}

struct Walk<'a> {
    agreements: &'a Agreements,
    detail: Detail,
    start: i64,
    now: i64,
    phase: Phase,
    /// In force; replaced in [`Walk::settle`], after all events of an instant.
    terms: Terms<'a>,
    /// As last stated; they wait here while the clock is stopped.
    stated: Stated<'a>,
    reasons: Vec<&'a str>,
    held: Vec<&'a str>,
    cycle: u32,
    used: i64,
    /// When the present target was found used up.
    due: Option<i64>,
    breached: bool,
    fired: Vec<u32>,
    paused_ms: i64,
    breaches: Vec<Breach>,
    warnings: Vec<Warning>,
    segments: Vec<Segment>,
    years: Vec<i16>,
}

impl<'a> Walk<'a> {
    fn new(
        agreements: &'a Agreements,
        start: i64,
        agreement: &'a str,
        priority: &'a str,
        now: i64,
        detail: Detail,
    ) -> Result<Self, ClockError> {
        let stated = Stated { agreement, priority, promise: None };
        let terms = Terms::find(agreements, stated)?;
        Ok(Self {
            agreements,
            detail,
            start,
            now,
            phase: Phase::Active,
            terms,
            stated,
            reasons: Vec::new(),
            held: Vec::new(),
            cycle: 1,
            used: 0,
            due: None,
            breached: false,
            fired: Vec::new(),
            paused_ms: 0,
            breaches: Vec::new(),
            warnings: Vec::new(),
            segments: Vec::new(),
            years: Vec::new(),
        })
    }

    /// One event. What has no effect (a second stop, a reason twice, anything after a cancellation) is passed over.
    fn apply(&mut self, what: &'a What, at: i64) -> Result<(), ClockError> {
        match (self.phase, what) {
            (Phase::Cancelled, _) | (_, What::Start { .. } | What::Merge { .. } | What::Unmerge { .. }) => {}
            (_, What::Cancel) => {
                self.phase = Phase::Cancelled;
                self.held.clear();
            }
            (_, What::Priority { priority }) => self.stated.priority = priority,
            (_, What::Agreement { agreement }) => self.stated.agreement = agreement,
            (_, What::Order { promise }) => self.stated.promise = Some(promise),
            (_, What::Unorder) => self.stated.promise = None,
            (Phase::Active, What::Pause { reason }) => {
                if !self.reasons.contains(&reason.as_str()) {
                    self.reasons.push(reason);
                }
            }
            (Phase::Active, What::Resume { reason }) if reason == "*" => self.reasons.clear(),
            (Phase::Active, What::Resume { reason }) => self.reasons.retain(|known| known != reason),
            (Phase::Active, What::Stop) => {
                // A change at the very instant of the stop, stated before it, was in force.
                self.retarget()?;
                self.phase = Phase::Stopped(at);
                self.reasons.clear();
                self.held.clear();
            }
            (Phase::Stopped(since), What::Reopen) => {
                self.segment(SegmentKind::Stopped, since, at);
                self.phase = Phase::Active;
                self.retarget()?;
                if self.terms.agreement.on_reopen == OnReopen::Restart {
                    self.cycle += 1;
                    self.used = 0;
                    self.due = None;
                    self.breached = false;
                    self.fired.clear();
                }
            }
            (Phase::Stopped(_), What::Pause { .. } | What::Resume { .. } | What::Stop) | (Phase::Active, What::Reopen) => {}
        }
        Ok(())
    }

    /// Brings the stated terms into force: the use stays, the target is another one.
    fn retarget(&mut self) -> Result<(), ClockError> {
        if self.stated != self.terms.stated {
            let before = self.terms.seconds;
            self.terms = Terms::find(self.agreements, self.stated)?;
            // Another agreement that promises the same is the same promise: what was due stays due when it was.
            if self.terms.seconds != before {
                self.due = None;
            }
        }
        Ok(())
    }

    /// After all events of an instant: what holds now, and what is reached at once.
    fn settle(&mut self, at: i64) -> Result<(), ClockError> {
        if self.phase != Phase::Active {
            return Ok(());
        }
        self.retarget()?;
        let known = &self.terms.agreement.pause_reasons;
        self.held.clear();
        self.held.extend(self.reasons.iter().filter(|reason| known.iter().any(|name| name == *reason)));
        self.held.sort_unstable();
        self.reach(self.used, |_| at);
        Ok(())
    }

    /// Time passes from one event to the next. What is reached exactly at its end waits for the events of that instant.
    fn pass(&mut self, from: i64, to: i64) {
        if self.phase != Phase::Active || from >= to {
            return;
        }
        let calendar = self.terms.calendar;
        calendar.unofficial(from, to, &mut self.years);
        let mut cursor = from;
        for (begin, end) in calendar.spans(from, to) {
            self.segment(SegmentKind::Closed, cursor, begin);
            if self.held.is_empty() {
                self.segment(SegmentKind::Run, begin, end);
                let last = if end == to { end - 1 } else { end };
                let zero = begin - self.used;
                self.reach(self.used + (last - begin), |need| zero + need);
                self.used += end - begin;
            } else {
                self.segment(SegmentKind::Paused, begin, end);
                self.paused_ms += end - begin;
            }
            cursor = end;
        }
        self.segment(SegmentKind::Closed, cursor, to);
    }

    /// Records what is reached with a use of `used`; `when` tells the instant at which a need was fulfilled.
    fn reach(&mut self, used: i64, when: impl Fn(i64) -> i64) {
        for &percent in &self.terms.agreement.warn {
            let need = self.terms.need(percent);
            if used >= need && !self.fired.contains(&percent) {
                self.fired.push(percent);
                let instant = when(need);
                if instant < self.now {
                    self.warnings.push(Warning { cycle: self.cycle, percent, at: from_millis(instant) });
                }
            }
        }
        let need = self.terms.target_ms();
        if used >= need {
            let instant = when(need);
            if self.due.is_none() {
                self.due = Some(instant);
            }
            if !self.breached {
                self.breached = true;
                if instant < self.now {
                    self.breaches.push(Breach { cycle: self.cycle, at: from_millis(instant) });
                }
            }
        }
    }

    fn segment(&mut self, kind: SegmentKind, from: i64, to: i64) {
        if self.detail == Detail::Brief || from >= to {
            return;
        }
        let reasons: &[&str] = if kind == SegmentKind::Paused { &self.held } else { &[] };
        if let Some(last) = self.segments.last_mut()
            && (last.kind, last.cycle) == (kind, self.cycle)
            && last.reasons == reasons
        {
            last.to = from_millis(to);
            return;
        }
        let reasons = reasons.iter().map(|&reason| reason.to_owned()).collect();
        self.segments.push(Segment { from: from_millis(from), to: from_millis(to), kind, reasons, cycle: self.cycle });
    }

    fn used_at(&self, ask: i64) -> i64 {
        if ask < self.start { 0 } else { self.used }
    }

    fn used_later(&self, now: i64, ask: i64) -> i64 {
        if self.phase != Phase::Active || !self.held.is_empty() {
            return self.used;
        }
        self.used + self.terms.calendar.spans(now.max(self.start), ask).map(|(begin, end)| end - begin).sum::<i64>()
    }

    fn conclude(mut self, as_of: Timestamp) -> Answer {
        let calendar = self.terms.calendar;
        let from = self.now.max(self.start);
        let missing = self.terms.target_ms() - self.used;
        let (mut met, mut wake) = (None, None);
        let (state, due) = match self.phase {
            Phase::Cancelled => (ClockState::Cancelled, None),
            Phase::Stopped(at) => {
                let due = self.due.or_else(|| calendar.advance(at, missing));
                met = Some(due.is_none_or(|due| at <= due));
                calendar.unofficial(at, due.unwrap_or(at), &mut self.years);
                (ClockState::Stopped, due)
            }
            Phase::Active if !self.held.is_empty() => (ClockState::Paused, self.due),
            Phase::Active => {
                let due = self.due.or_else(|| calendar.advance(from, missing));
                calendar.unofficial(from, due.unwrap_or(from), &mut self.years);
                (ClockState::Running, due)
            }
        };
        if matches!(state, ClockState::Running | ClockState::Paused) {
            wake = self.wake(due);
        }
        self.years.sort_unstable();
        self.warnings.sort_by_key(|warning| (warning.cycle, warning.percent));
        // The account ends at a stop; what follows it is only known once time has passed after a reopening.
        if self.segments.last().is_some_and(|last| last.kind == SegmentKind::Stopped) {
            self.segments.pop();
        }
        Answer {
            as_of,
            started_at: from_millis(self.start),
            state,
            cycle: self.cycle,
            agreement: self.terms.stated.agreement.to_owned(),
            priority: self.terms.stated.priority.to_owned(),
            promise: self.terms.stated.promise.cloned(),
            target_s: self.terms.seconds,
            due: due.map(from_millis),
            consumed_ms: self.used,
            asked: Vec::new(),
            breaches: self.breaches,
            met,
            warnings: self.warnings,
            segments: self.segments,
            paused_ms: self.paused_ms,
            held: self.held.iter().map(|&reason| reason.to_owned()).collect(),
            unofficial_years: self.years,
            wake: wake.map(from_millis),
        }
    }

    /// The next threshold or breach. What is reached at this very instant is not seen by this question, so it wakes at once.
    fn wake(&self, due: Option<i64>) -> Option<i64> {
        let seen = self.warnings.iter().filter(|warning| warning.cycle == self.cycle).count();
        let breach_seen = self.breaches.last().is_some_and(|breach| breach.cycle == self.cycle);
        if self.fired.len() > seen || (self.breached && !breach_seen) {
            return Some(self.now);
        }
        if !self.held.is_empty() {
            return None;
        }
        let warn = self.terms.agreement.warn.iter().filter(|percent| !self.fired.contains(percent));
        let need = warn.map(|&percent| self.terms.need(percent)).min();
        let warn = need.and_then(|need| self.terms.calendar.advance(self.now.max(self.start), need - self.used));
        let breach = if self.breached { None } else { due };
        [warn, breach].into_iter().flatten().min()
    }
}
