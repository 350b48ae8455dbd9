//! A second opinion: the clock rules once more, slow and obvious, sharing nothing with `rules.rs` but the types of input and answer.
//! Time is cut at every instant at which anything could change (events, questions, begins and ends of shifts); for each piece the
//! state is folded from the whole history again, and "open" is asked of the definition of a shift.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Agreement, Agreements, Answer, Calendar, CalendarSpec, ClockEvent, ClockState, OnReopen, Promise, SegmentKind, Target, What, evaluate,
    glance,
};
use crate::ground::Text;

const CASES: u64 = 100_000;
const MIN: i64 = 60_000;
const DAY: i64 = 1440 * MIN;
/// Asia/Shanghai has kept this offset since 1991.
const OFFSET: i64 = 8 * 60 * MIN;

fn ts(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

/// SplitMix64: the same cases on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: i64) -> i64 {
        (self.roll() % n as u64) as i64
    }
    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as i64) as usize]
    }
}

/// Shifts in minutes since midnight, as the reference keeps them.
#[derive(Clone, Default)]
struct Plan {
    week: BTreeMap<i64, Vec<(i64, i64)>>,
    off: BTreeSet<i64>,
    makeup: BTreeMap<i64, i64>,
    special: BTreeMap<i64, Vec<(i64, i64)>>,
    official: Option<Vec<i16>>,
}

impl Plan {
    fn beginning_on(&self, day: i64) -> Vec<(i64, i64)> {
        if let Some(own) = self.special.get(&day) {
            return own.clone();
        }
        if let Some(weekday) = self.makeup.get(&day) {
            return self.week.get(weekday).cloned().unwrap_or_default();
        }
        if self.off.contains(&day) {
            return Vec::new();
        }
        // Day 4 (1970-01-05) was a Monday.
        self.week.get(&((day - 4).rem_euclid(7) + 1)).cloned().unwrap_or_default()
    }

    fn open(&self, at: i64) -> bool {
        let today = (at + OFFSET).div_euclid(DAY);
        [today - 1, today].into_iter().any(|day| {
            let midnight = day * DAY - OFFSET;
            self.beginning_on(day).iter().any(|(begin, end)| midnight + begin * MIN <= at && at < midnight + end * MIN)
        })
    }

    fn edges(&self, from: i64, to: i64, points: &mut BTreeSet<i64>) {
        for day in (from + OFFSET).div_euclid(DAY) - 1..=(to + OFFSET).div_euclid(DAY) {
            for (begin, end) in self.beginning_on(day) {
                for edge in [day * DAY - OFFSET + begin * MIN, day * DAY - OFFSET + end * MIN] {
                    if from < edge && edge < to {
                        points.insert(edge);
                    }
                }
            }
        }
    }

    fn years(&self, from: i64, to: i64, found: &mut BTreeSet<i16>) {
        let Some(official) = &self.official else { return };
        if from < to {
            let year = |at: i64| ts(at + OFFSET).to_zoned(jiff::tz::TimeZone::UTC).year();
            found.extend((year(from)..=year(to - 1)).filter(|year| !official.contains(year)));
        }
    }

    fn spec(&self) -> CalendarSpec {
        let date = |day: &i64| ts(day * DAY).to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let hours = |list: &Vec<(i64, i64)>| -> Vec<[String; 2]> {
            list.iter().map(|&(b, e)| [clock(b), if e == 1440 { "24:00".to_owned() } else { clock(e % 1440) }]).collect()
        };
        CalendarSpec {
            tz: "Asia/Shanghai".to_owned(),
            week: self.week.iter().map(|(day, list)| (*day as u8, hours(list))).collect(),
            off: self.off.iter().map(date).collect(),
            makeup: self.makeup.iter().map(|(day, like)| (date(day), *like as u8)).collect(),
            special: self.special.iter().map(|(day, list)| (date(day), hours(list))).collect(),
            official_years: self.official.clone(),
        }
    }
}

#[derive(Clone)]
struct Deal {
    plan: usize,
    /// Seconds and own plan by priority.
    targets: BTreeMap<&'static str, (i64, Option<usize>)>,
    pausing: BTreeSet<&'static str>,
    restart: bool,
    warn: Vec<i64>,
}

struct Case {
    plans: Vec<Plan>,
    deals: BTreeMap<&'static str, Deal>,
    history: Vec<ClockEvent>,
    as_of: i64,
    asks: Vec<i64>,
}

/// The state after all events up to an instant.
#[derive(Clone, PartialEq)]
struct State {
    phase: ClockState,
    cycle: u32,
    deal: String,
    priority: String,
    /// Seconds and plan of what was ordered.
    order: Option<(i64, usize)>,
    held: BTreeSet<String>,
    stopped_at: Option<i64>,
}

impl Case {
    fn known(&self) -> Vec<&ClockEvent> {
        let mut list: Vec<&ClockEvent> = Vec::new();
        for event in self.history.iter().filter(|event| event.at <= ts(self.as_of)) {
            let place = list.iter().position(|other| other.at > event.at).unwrap_or(list.len());
            list.insert(place, event);
        }
        list
    }

    fn start(&self) -> i64 {
        let mut own = None;
        let mut contacts = BTreeMap::new();
        for event in self.known() {
            match &event.what {
                What::Start { contact_at, .. } if own.is_none() => own = Some(contact_at.unwrap_or(event.at)),
                What::Merge { id, contact_at } => drop(contacts.insert(id.clone(), *contact_at)),
                What::Unmerge { id } => drop(contacts.remove(id)),
                What::Cancel => break,
                _ => {}
            }
        }
        contacts.into_values().chain(own).min().unwrap().as_millisecond()
    }

    fn state(&self, at: i64) -> State {
        let start = self.start();
        let mut state = State {
            phase: ClockState::Running,
            cycle: 1,
            deal: String::new(),
            priority: String::new(),
            order: None,
            held: BTreeSet::new(),
            stopped_at: None,
        };
        for event in self.known() {
            if let What::Start { agreement, priority, .. } = &event.what
                && state.deal.is_empty()
            {
                (state.deal, state.priority) = (agreement.clone(), priority.clone());
            }
        }
        let (mut waiting_deal, mut waiting_priority, mut waiting_order) = (state.deal.clone(), state.priority.clone(), None);
        for event in self.known().into_iter().filter(|event| (start..=at).contains(&event.at.as_millisecond())) {
            let stopped = state.stopped_at.is_some();
            match &event.what {
                What::Pause { reason } if !stopped => drop(state.held.insert(reason.clone())),
                What::Resume { reason } if reason == "*" => state.held.clear(),
                What::Resume { reason } => drop(state.held.remove(reason)),
                What::Priority { priority } => waiting_priority.clone_from(priority),
                What::Agreement { agreement } => waiting_deal.clone_from(agreement),
                What::Order { promise } => waiting_order = Some((promise.seconds, promise.calendar.parse().unwrap())),
                What::Unorder => waiting_order = None,
                What::Stop if !stopped => {
                    state.stopped_at = Some(event.at.as_millisecond());
                    state.held.clear();
                }
                What::Reopen if stopped => {
                    state.stopped_at = None;
                    if self.deals[waiting_deal.as_str()].restart {
                        state.cycle += 1;
                    }
                }
                What::Cancel => {
                    state.phase = ClockState::Cancelled;
                    return state;
                }
                _ => {}
            }
            if state.stopped_at.is_none() {
                (state.deal, state.priority, state.order) = (waiting_deal.clone(), waiting_priority.clone(), waiting_order);
            }
        }
        let pausing = &self.deals[state.deal.as_str()].pausing;
        state.held.retain(|reason| pausing.contains(reason.as_str()));
        state.phase = match (state.stopped_at, state.held.is_empty()) {
            (Some(_), _) => ClockState::Stopped,
            (None, true) => ClockState::Running,
            (None, false) => ClockState::Paused,
        };
        state
    }

    fn target(&self, state: &State) -> i64 {
        state.order.map_or_else(|| self.deals[state.deal.as_str()].targets[state.priority.as_str()].0, |(seconds, _)| seconds) * 1000
    }

    fn plan(&self, state: &State) -> &Plan {
        let deal = &self.deals[state.deal.as_str()];
        if let Some((_, plan)) = state.order {
            return &self.plans[plan];
        }
        &self.plans[deal.targets[state.priority.as_str()].1.unwrap_or(deal.plan)]
    }

    /// Every instant at which something may change.
    fn points(&self, start: i64) -> Vec<i64> {
        let mut points: BTreeSet<i64> = self.history.iter().map(|event| event.at.as_millisecond()).chain(self.asks.clone()).collect();
        for plan in &self.plans {
            plan.edges(start, self.as_of, &mut points);
        }
        points.extend([start, self.as_of]);
        points.into_iter().filter(|point| (start..=self.as_of).contains(point)).collect()
    }

    /// The instant at which `need` more milliseconds are open, walking from edge to edge.
    fn ahead(plan: &Plan, from: i64, mut need: i64) -> Option<i64> {
        if need <= 0 {
            return Some(from);
        }
        let (mut at, mut open_last) = (from, from);
        while at - open_last < 560 * DAY {
            let mut points = BTreeSet::new();
            plan.edges(at, at + DAY, &mut points);
            points.insert(at + DAY);
            for next in points {
                if plan.open(at) {
                    if need <= next - at {
                        return Some(at + need);
                    }
                    need -= next - at;
                    open_last = next;
                }
                at = next;
            }
        }
        None
    }

    fn answer(&self) -> Told {
        let start = self.start();
        let points = self.points(start);
        let mut told = Told::default();
        let (mut used, mut cycle, mut promise) = (0, 1, None);
        let mut due = None;
        let mut fired = BTreeSet::new();
        let mut breached = BTreeSet::new();
        let mut years = BTreeSet::new();
        told.asked = vec![0; self.asks.len()];
        for (i, &at) in points.iter().enumerate() {
            let state = self.state(at);
            if state.cycle != cycle {
                (cycle, used, due) = (state.cycle, 0, None);
            }
            let target = self.target(&state);
            if promise != Some(target) {
                (promise, due) = (Some(target), None);
            }
            for (slot, ask) in self.asks.iter().enumerate() {
                if *ask == at {
                    told.asked[slot] = used;
                }
            }
            let active = matches!(state.phase, ClockState::Running | ClockState::Paused);
            let until = points.get(i + 1).copied().unwrap_or(at);
            let open = until > at && self.plan(&state).open(at);
            let runs = open && state.phase == ClockState::Running;
            // Reached at this instant, or inside the piece that follows it.
            let reached = |need: i64| {
                if !active {
                    None
                } else if used >= need {
                    Some(at)
                } else {
                    Some(at + need - used).filter(|instant| runs && *instant < until)
                }
            };
            for &percent in &self.deals[state.deal.as_str()].warn {
                let seconds = target / 1000 * percent;
                let need = (seconds / 100 + i64::from(seconds % 100 > 0)) * 1000;
                if let Some(instant) = reached(need)
                    && fired.insert((cycle, percent))
                    && instant < self.as_of
                {
                    told.warnings.insert((cycle, percent, instant));
                }
            }
            if let Some(instant) = reached(target) {
                due = due.or(Some(instant));
                if breached.insert(cycle) && instant < self.as_of {
                    told.breaches.push((cycle, instant));
                }
            }
            if until > at && state.phase != ClockState::Cancelled {
                let kind = match (state.phase, open) {
                    (ClockState::Stopped, _) => SegmentKind::Stopped,
                    (_, false) => SegmentKind::Closed,
                    (ClockState::Paused, _) => SegmentKind::Paused,
                    _ => SegmentKind::Run,
                };
                let reasons: Vec<String> = if kind == SegmentKind::Paused { state.held.iter().cloned().collect() } else { Vec::new() };
                match told.segments.last_mut() {
                    Some(last) if last.2 == kind && last.3 == reasons && last.4 == cycle => last.1 = until,
                    _ => told.segments.push((at, until, kind, reasons, cycle)),
                }
                if kind == SegmentKind::Paused {
                    told.paused += until - at;
                }
                if active {
                    self.plan(&state).years(at, until, &mut years);
                }
            }
            if runs {
                used += until - at;
            }
        }
        while told.segments.last().is_some_and(|last| last.2 == SegmentKind::Stopped) {
            told.segments.pop();
        }
        let state = self.state(self.as_of);
        let target = self.target(&state);
        told.used = used;
        told.target = target;
        told.cycle = cycle;
        told.due = match state.phase {
            ClockState::Cancelled => None,
            ClockState::Paused => due,
            ClockState::Running => due.or_else(|| Self::ahead(self.plan(&state), self.as_of, target - used)),
            ClockState::Stopped => due.or_else(|| Self::ahead(self.plan(&state), state.stopped_at.unwrap(), target - used)),
        };
        if let (Some(due), false) = (told.due, state.phase == ClockState::Paused) {
            self.plan(&state).years(state.stopped_at.unwrap_or(self.as_of), due, &mut years);
        }
        told.met = state.stopped_at.filter(|_| state.phase == ClockState::Stopped).map(|at| told.due.is_none_or(|due| at <= due));
        told.years = years.into_iter().collect();
        told.phase = Some(state.phase);
        told
    }
}

/// What the reference says, in plain numbers.
#[derive(Debug, Default, PartialEq)]
struct Told {
    phase: Option<ClockState>,
    cycle: u32,
    target: i64,
    due: Option<i64>,
    used: i64,
    asked: Vec<i64>,
    breaches: Vec<(u32, i64)>,
    met: Option<bool>,
    warnings: BTreeSet<(u32, i64, i64)>,
    segments: Vec<(i64, i64, SegmentKind, Vec<String>, u32)>,
    paused: i64,
    years: Vec<i16>,
}

fn plain(answer: &Answer) -> Told {
    let ms = Timestamp::as_millisecond;
    Told {
        phase: Some(answer.state),
        cycle: answer.cycle,
        target: answer.target_s * 1000,
        due: answer.due.map(ms),
        used: answer.consumed_ms,
        asked: answer.asked.iter().map(|(_, used)| *used).collect(),
        breaches: answer.breaches.iter().map(|breach| (breach.cycle, ms(breach.at))).collect(),
        met: answer.met,
        warnings: answer.warnings.iter().map(|w| (w.cycle, i64::from(w.percent), ms(w.at))).collect(),
        segments: answer.segments.iter().map(|s| (ms(s.from), ms(s.to), s.kind, s.reasons.clone(), s.cycle)).collect(),
        paused: answer.paused_ms,
        years: answer.unofficial_years.clone(),
    }
}

const PRIORITIES: [&str; 3] = ["urgent", "normal", "low"];
const REASONS: [&str; 4] = ["waiting_merchant", "waiting_parts", "waiting_acquirer", "weather"];

fn shifts(dice: &mut Dice, grid: i64) -> Vec<(i64, i64)> {
    if dice.one_in(9) {
        return vec![(0, 1440)];
    }
    let mut cuts = BTreeSet::new();
    for _ in 0..2 * (1 + dice.below(3)) {
        cuts.insert(dice.below(1440 / grid) * grid);
    }
    let cuts: Vec<i64> = cuts.into_iter().collect();
    let mut list: Vec<(i64, i64)> = cuts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    if dice.one_in(4) {
        // A night shift, which the next day's shifts may overlap.
        let from = list.last().map_or(1200, |last| last.1.max(1200));
        let to = 1440 + dice.below(480 / grid) * grid;
        if from < 1440 {
            list.push((from, to));
        }
    }
    list
}

fn case(seed: u64) -> Case {
    let mut dice = Dice(seed);
    // A coarse grid makes things happen at the same instant; a fine one makes odd fractions.
    let grid = *dice.pick(&[1, 15, 30, 60]);
    let first = (*dice.pick(&[20_450, 20_640, 20_745, 20_812])) * DAY - OFFSET;
    let first_day = (first + OFFSET) / DAY;
    let mut plans = Vec::new();
    for _ in 0..2 {
        let mut plan = Plan::default();
        let usual = shifts(&mut dice, grid);
        let never = dice.one_in(50);
        for weekday in 1..=7 {
            if never {
                plan.week.clear();
            } else if !dice.one_in(4) {
                plan.week.insert(weekday, if dice.one_in(4) { shifts(&mut dice, grid) } else { usual.clone() });
            }
        }
        for _ in 0..dice.below(5) {
            plan.off.insert(first_day + dice.below(14));
            plan.makeup.insert(first_day + dice.below(14), 1 + dice.below(7));
            if dice.one_in(2) {
                plan.special.insert(first_day + dice.below(14), shifts(&mut dice, grid));
            }
        }
        plan.official = if dice.one_in(3) { None } else { Some(if dice.one_in(2) { vec![2026] } else { vec![2025, 2027] }) };
        plans.push(plan);
    }
    let unit = if dice.one_in(4) { 1 } else { grid * 60 };
    let mut deals = BTreeMap::new();
    for (name, plan) in [("A", 0), ("B", 1)] {
        let mut targets = BTreeMap::new();
        for priority in PRIORITIES {
            let own = if dice.one_in(5) { Some(dice.below(2) as usize) } else { None };
            let most = if dice.one_in(3) { 12 * 3600 } else { 60 * 3600 };
            targets.insert(priority, (dice.below(most / unit) * unit, own));
        }
        let pausing = REASONS.into_iter().filter(|_| !dice.one_in(3)).collect();
        let warn = dice.pick(&[vec![50, 75, 100], vec![25, 50, 90, 100], vec![80, 120], vec![33]]).clone();
        deals.insert(name, Deal { plan, targets, pausing, restart: dice.one_in(2), warn });
    }
    let span = 1 + dice.below(9);
    let when = |dice: &mut Dice| {
        let minutes = dice.below(span * 1440 / grid) * grid;
        first + minutes * MIN + if dice.one_in(6) { dice.below(MIN) } else { 0 }
    };
    let mut times: Vec<i64> = (0..dice.below(13)).map(|_| when(&mut dice)).collect();
    times.sort_unstable();
    let start = times.first().copied().unwrap_or(first) - dice.below(3) * grid * MIN;
    let start_event = What::Start {
        agreement: (*dice.pick(&["A", "B"])).to_owned(),
        priority: (*dice.pick(&PRIORITIES)).to_owned(),
        contact_at: if dice.one_in(5) { Some(ts(start - dice.below(2 * DAY))) } else { None },
    };
    let mut history = vec![ClockEvent { at: ts(start), what: start_event }];
    for at in times {
        let what = match dice.below(22) {
            0..=5 => What::Pause { reason: (*dice.pick(&REASONS)).to_owned() },
            6..=8 => What::Resume { reason: (*dice.pick(&["*", REASONS[0], REASONS[1], REASONS[2]])).to_owned() },
            9..=11 => What::Priority { priority: (*dice.pick(&PRIORITIES)).to_owned() },
            12 => What::Agreement { agreement: (*dice.pick(&["A", "B"])).to_owned() },
            13..=14 => What::Stop,
            15..=16 => What::Reopen,
            17 => What::Merge { id: format!("m{}", dice.below(2)), contact_at: ts(at - dice.below(3 * DAY)) },
            18 => What::Unmerge { id: format!("m{}", dice.below(2)) },
            19 => {
                let name = Text { zh: String::new(), en: String::new() };
                let seconds = dice.below(72 * 3600 / unit) * unit;
                What::Order { promise: Promise { name, seconds, calendar: dice.below(2).to_string(), days: None } }
            }
            20 => What::Unorder,
            _ if dice.one_in(3) => What::Cancel,
            _ => What::Stop,
        };
        history.push(ClockEvent { at: ts(at), what });
    }
    let last = history.iter().map(|event| event.at.as_millisecond()).max().unwrap();
    let as_of = if dice.one_in(5) { last } else { last + dice.below(4 * 1440 / grid) * grid * MIN };
    let asks = (0..dice.below(4)).map(|_| when(&mut dice).min(as_of)).collect();
    Case { plans, deals, history, as_of, asks }
}

fn agreements(case: &Case) -> Agreements {
    let calendars: Vec<Arc<Calendar>> = case.plans.iter().map(|plan| Arc::new(Calendar::new(&plan.spec()).unwrap())).collect();
    let named: Arc<super::Calendars> = Arc::new(calendars.iter().enumerate().map(|(i, c)| (i.to_string(), c.clone())).collect());
    let built = case.deals.iter().map(|(name, deal)| {
        let target = |(seconds, own): &(i64, Option<usize>)| Target { seconds: *seconds, calendar: own.map(|i| calendars[i].clone()) };
        let agreement = Agreement {
            calendar: calendars[deal.plan].clone(),
            targets: deal.targets.iter().map(|(priority, t)| ((*priority).to_owned(), target(t))).collect(),
            pause_reasons: deal.pausing.iter().map(|reason| (*reason).to_owned()).collect(),
            on_reopen: if deal.restart { OnReopen::Restart } else { OnReopen::Continue },
            warn: deal.warn.iter().map(|percent| *percent as u32).collect(),
            calendars: named.clone(),
        };
        ((*name).to_owned(), agreement)
    });
    built.collect()
}

/// Both ways of counting agree on a hundred thousand random histories, and what is announced as next really is next.
#[test]
fn the_reference_model_agrees() {
    let mut seen = BTreeMap::<&str, u64>::new();
    for seed in 0..CASES {
        let case = case(seed);
        let agreements = agreements(&case);
        let asks: Vec<Timestamp> = case.asks.iter().map(|ask| ts(*ask)).collect();
        let answer = evaluate(&agreements, &case.history, ts(case.as_of), &asks).unwrap();
        let mut said = plain(&answer);
        let mut told = case.answer();
        for (slot, ask) in case.asks.iter().enumerate().filter(|(_, ask)| **ask < case.start()) {
            assert_eq!(said.asked[slot], 0, "seed {seed}: before the start nothing is used, asked at {ask}");
            told.asked[slot] = 0;
        }
        if told.phase == Some(ClockState::Cancelled) {
            // Terms stated at the instant of a cancellation change nothing that anybody is owed.
            (said.target, told.target) = (0, 0);
        }
        assert_eq!(said, told, "seed {seed}, as of {}: {:#?}", ts(case.as_of), case.history);
        let brief = glance(&agreements, &case.history, ts(case.as_of)).unwrap();
        assert_eq!((brief.due, brief.wake, brief.consumed_ms), (answer.due, answer.wake, answer.consumed_ms), "seed {seed}");
        if let Some(wake) = answer.wake {
            let count = |a: &Answer| a.warnings.len() + a.breaches.len();
            let at = glance(&agreements, &case.history, wake).unwrap();
            let after = glance(&agreements, &case.history, ts(wake.as_millisecond() + 1)).unwrap();
            assert_eq!(count(&at), count(&answer), "seed {seed}: nothing happens before {wake}");
            assert!(count(&after) > count(&at), "seed {seed}: something happens at {wake}");
        }
        for (what, yes) in [
            ("breached", !told.breaches.is_empty()),
            ("missed", told.met == Some(false)),
            ("second cycle", told.cycle > 1),
            ("paused", told.paused > 0),
            ("cancelled", told.phase == Some(ClockState::Cancelled)),
            ("unofficial", !told.years.is_empty()),
            ("never due", told.due.is_none() && told.phase == Some(ClockState::Running)),
            ("due at the question", told.due == Some(case.as_of)),
        ] {
            *seen.entry(what).or_default() += u64::from(yes);
        }
    }
    // The comparison is worth nothing if the histories are dull.
    for (what, times) in seen {
        assert!(times >= CASES / 1000, "{what}: only {times} of {CASES}");
    }
}
