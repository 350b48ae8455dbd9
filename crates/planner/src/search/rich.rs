//! The money objective: a route is simulated with two labels per stop, break still to come and break taken.
//!
//! Field-service routes are short (about ten stops), so an insertion is judged by an exact simulation from the point of
//! insertion on: one step costs a few nanoseconds and any monotone or piecewise cost fits. Starting as early as possible is
//! optimal for every term except the price of moving a told time, which is then a heuristic choice.

use std::sync::Arc;

use super::eval::Eval;
use super::hard::able;
use super::links::Links;
use crate::model::{MAX_RUSH, MAX_WINDOWS, Problem};

const NEVER: i32 = i32::MAX / 2;
const SHIFT: u32 = 20;
/// No bound on what a delay can save.
const UNBOUND: i64 = i64::MAX / 4;

/// Free times and costs so far: `[0]` with the break still to come, `[1]` with the break taken (or none due).
#[derive(Debug, Clone, Copy)]
struct Label {
    free: [i32; 2],
    cost: [i64; 2],
}

/// The way from a stop to the next one.
#[derive(Debug, Clone, Copy, Default)]
struct Leg {
    seconds: u32,
    metres: u32,
    /// What a delay of everything behind the stop can save at most: prices of told times that are missed at present.
    relief: i64,
}

const DEAD: Label = Label { free: [NEVER; 2], cost: [0; 2] };

#[derive(Debug, Clone, Copy)]
struct Stop {
    windows: [(i32, i32); MAX_WINDOWS],
    count: u32,
    due: i32,
    late: i64,
    told: i32,
    told_engineer: u32,
    territory: i64,
}

#[derive(Debug, Clone, Copy)]
struct Person {
    factor: [u64; MAX_RUSH + 1],
    rest: Option<(i32, i32, i32)>,
    begin: i32,
    shift: (i32, i32),
    last: i32,
    /// Latest time in the day at which the roads become faster: whoever leaves a little later may be there earlier.
    faster: i32,
    second: i64,
    over_second: i64,
    metre: i64,
    fixed: i64,
    max_jobs: u32,
    capacity: i64,
    open_end: bool,
}

#[derive(Debug)]
struct Facts {
    places: usize,
    seconds: Vec<u32>,
    metres: Vec<u32>,
    symmetric: bool,
    rush: [i32; MAX_RUSH],
    steps: usize,
    people: Vec<Person>,
    homes: Vec<Vec<i64>>,
    parts: Vec<Vec<(usize, u32)>>,
    demand: Vec<i64>,
    stock: Vec<Vec<u32>>,
    able: Option<Vec<bool>>,
    reassign: i64,
    retime: i64,
    territory: i64,
    now: i32,
}

#[derive(Debug, Clone)]
pub(crate) struct Rich {
    f: Arc<Facts>,
    price: Arc<Vec<i64>>,
    stops: Arc<Vec<Stop>>,
    labels: Vec<Label>,
    leg: Vec<Leg>,
    /// Cost of the schedule (time, overtime, lateness, retime) per route.
    schedule: Vec<i64>,
    /// Cost of each route.
    cost: Vec<i64>,
    /// Parts taken, `kinds` numbers per route.
    used: Vec<u32>,
    kinds: usize,
    load: Vec<i64>,
    journal: Journal,
}

/// What changed since a step began.
#[derive(Debug, Clone, Default)]
struct Journal {
    stops: Vec<(u32, Label, Leg)>,
    routes: Vec<(u32, i64, i64, i64)>,
    used: Vec<u32>,
}

/// A start chosen for one stop, for the trace.
#[derive(Debug, Clone, Copy, Default)]
struct Trace {
    start: [i32; 2],
    rest: Option<i32>,
}

impl Facts {
    #[inline]
    fn cell(&self, a: u32, b: u32) -> usize {
        a as usize * self.places + b as usize
    }
    /// Cell of `a -> b`, by the row of `b` when the matrix is symmetric (that row is in the cache).
    #[inline]
    fn leg_to(&self, a: u32, b: u32) -> usize {
        if self.symmetric { self.cell(b, a) } else { self.cell(a, b) }
    }
    #[inline]
    fn drive(&self, e: &Person, base: u32, leave: i32) -> i32 {
        let mut slot = 0;
        for at in &self.rush[..self.steps] {
            slot += usize::from(*at <= leave);
        }
        ((u64::from(base) * e.factor[slot] + ((1 << SHIFT) - 1)) >> SHIFT) as i32
    }
    #[inline]
    fn fit(&self, s: &Stop, t: i32) -> i32 {
        for (open, close) in &s.windows[..s.count as usize] {
            if t <= *close {
                return t.max(*open);
            }
        }
        NEVER
    }
    #[inline]
    fn start_cost(&self, s: &Stop, t: i32) -> i64 {
        let mut c = 0;
        if t > s.due {
            c += i64::from((t - s.due + 59) / 60) * s.late;
        }
        c + self.retime(s, t)
    }
    #[inline]
    fn retime(&self, s: &Stop, t: i32) -> i64 {
        if s.told_engineer == u32::MAX { 0 } else { i64::from((t - s.told).abs() / 900) * self.retime }
    }
    #[inline]
    fn fixed_cost(&self, s: &Stop, e: usize) -> i64 {
        let mut c = 0;
        if s.told_engineer != u32::MAX && s.told_engineer != e as u32 {
            c += self.reassign;
        }
        if s.territory >= 0 && self.homes[e].iter().all(|home| *home != s.territory) && !self.homes[e].is_empty() {
            c += self.territory;
        }
        c
    }
    /// One stop further: travel, perhaps the break, wait, serve.
    #[inline]
    fn advance(&self, e: &Person, from: &Label, base: u32, s: &Stop, service: i32, trace: Option<&mut Trace>) -> Label {
        let mut out = DEAD;
        let mut rest = None;
        let mut starts = [NEVER; 2];
        if from.free[1] < NEVER {
            let t = self.fit(s, from.free[1] + self.drive(e, base, from.free[1]));
            if t < NEVER {
                starts[1] = t;
                out.cost[1] = from.cost[1] + self.start_cost(s, t);
            }
        }
        if from.free[0] < NEVER {
            let arrive = from.free[0] + self.drive(e, base, from.free[0]);
            if let Some((length, open, close)) = e.rest
                && arrive <= close
            {
                let t = self.fit(s, arrive);
                if t < NEVER {
                    starts[0] = t;
                    out.cost[0] = from.cost[0] + self.start_cost(s, t);
                }
                let at = arrive.max(open);
                let t = self.fit(s, at + length);
                if t < NEVER {
                    let cost = from.cost[0] + self.start_cost(s, t);
                    if starts[1] == NEVER || cost + e.second * i64::from(t) < out.cost[1] + e.second * i64::from(starts[1]) {
                        starts[1] = t;
                        out.cost[1] = cost;
                        rest = Some(at);
                    }
                }
            }
        }
        for (free, start) in out.free.iter_mut().zip(starts) {
            if start < NEVER {
                *free = start + service;
            }
        }
        if let Some(trace) = trace {
            *trace = Trace { start: starts, rest };
        }
        out
    }
    /// The way home: cost of the whole schedule and which label was better; `None` when nobody gets home.
    #[inline]
    fn finish(&self, e: &Person, from: &Label, base: u32) -> Option<(i64, usize)> {
        let mut best: Option<(i64, usize)> = None;
        for k in 0..2 {
            if from.free[k] >= NEVER {
                continue;
            }
            let back = if e.open_end { from.free[k] } else { from.free[k] + self.drive(e, base, from.free[k]) };
            if back > e.last || (k == 0 && e.rest.is_some_and(|(_, _, close)| back > close)) {
                continue;
            }
            let cost = from.cost[k] + i64::from(back - e.shift.0) * e.second + i64::from((back - e.shift.1).max(0)) * e.over_second;
            if best.is_none_or(|(b, _)| cost < b) {
                best = Some((cost, k));
            }
        }
        best
    }
    /// Least that the schedule can still cost; `i64::MAX` when it is impossible already.
    #[inline]
    fn sure(&self, e: &Person, label: &Label) -> i64 {
        let of = |k: usize| {
            if label.free[k] >= NEVER { i64::MAX } else { label.cost[k] + i64::from(label.free[k] - e.shift.0) * e.second }
        };
        of(0).min(of(1))
    }
    fn first(&self, r: usize, frozen: bool) -> Label {
        let e = &self.people[r];
        let t = if frozen { e.shift.0 } else { e.begin };
        let mut out = DEAD;
        out.free[usize::from(e.rest.is_none())] = t;
        out
    }
    /// A stop whose start is history. A break that fits before it counts as taken: nobody can be sent back for it.
    fn frozen(&self, e: &Person, from: &Label, s: &Stop, at: i32, service: i32) -> (Label, Trace) {
        let mut out = DEAD;
        let mut trace = Trace { start: [at; 2], rest: None };
        let rested = e.rest.filter(|(length, open, _)| from.free[0] < NEVER && from.free[1] == NEVER && open + length <= at);
        for k in 0..2 {
            let by = if k == 1 && rested.is_some() { 0 } else { k };
            if from.free[by] < NEVER {
                out.free[k] = at + service;
                out.cost[k] = from.cost[by] + self.start_cost(s, at);
            }
        }
        trace.rest = rested.map(|(_, open, _)| open);
        (out, trace)
    }
    /// Whoever goes on from history leaves now at the earliest.
    fn leaving(&self, mut label: Label) -> Label {
        for free in label.free.iter_mut().filter(|free| **free < NEVER) {
            *free = (*free).max(self.now);
        }
        label
    }
}

/// The part of each window that is still to come.
fn windows_from(all: &[(i64, i64)], now: i64) -> ([(i32, i32); MAX_WINDOWS], u32) {
    let mut windows = [(0, -1); MAX_WINDOWS];
    let mut count = 0;
    let open = all.iter().map(|(open, close)| ((*open).max(now), *close)).filter(|(open, close)| open <= close);
    for (slot, (open, close)) in windows.iter_mut().zip(open) {
        *slot = (open as i32, close as i32);
        count += 1;
    }
    (windows, count)
}

fn facts(p: &Problem) -> (Facts, Vec<Stop>) {
    let n = p.travel.places;
    let s = &p.travel.seconds;
    let symmetric = (0..n).all(|a| (0..a).all(|b| s[a * n + b] == s[b * n + a]))
        && (p.travel.metres.is_empty() || (0..n).all(|a| (0..a).all(|b| p.travel.metres[a * n + b] == p.travel.metres[b * n + a])));
    let mut rush = [i32::MAX; MAX_RUSH];
    for (slot, (at, _)) in rush.iter_mut().zip(&p.travel.rush) {
        *slot = *at as i32;
    }
    let stops = p.jobs.iter().map(|j| {
        let (windows, count) = windows_from(&j.windows, p.now);
        Stop {
            windows,
            count,
            due: j.due.map_or(i32::MAX, |d| d as i32),
            late: j.late_per_minute * 1000,
            told: j.told.map_or(0, |t| t.1 as i32),
            told_engineer: j.told.map_or(u32::MAX, |t| t.0 as u32),
            territory: j.territory.unwrap_or(-1),
        }
    });
    let faster: Vec<i32> = (0..p.travel.rush.len())
        .filter(|i| p.travel.rush[*i].1 < i.checked_sub(1).map_or(1000, |before| p.travel.rush[before].1))
        .map(|i| p.travel.rush[i].0 as i32)
        .collect();
    let people = p.engineers.iter().map(|e| {
        let mut factor = [0; MAX_RUSH + 1];
        let permille = std::iter::once(1000).chain(p.travel.rush.iter().map(|r| r.1));
        for (f, rush) in factor.iter_mut().zip(permille) {
            *f = (u64::from(e.speed_permille) * u64::from(rush) * (1 << SHIFT)).div_ceil(1_000_000);
        }
        Person {
            factor,
            rest: e.rest.map(|b| (b.duration as i32, b.open as i32, b.close as i32)),
            begin: e.shift.0.max(p.now) as i32,
            shift: (e.shift.0 as i32, e.shift.1 as i32),
            last: (e.shift.1 + e.max_overtime) as i32,
            faster: faster.iter().copied().filter(|at| i64::from(*at) <= e.shift.1 + e.max_overtime).max().unwrap_or(i32::MIN),
            second: (e.per_hour * 1000 + 1800) / 3600,
            over_second: (e.overtime_per_hour * 1000 + 1800) / 3600,
            metre: e.per_km,
            fixed: e.fixed * 1000,
            max_jobs: e.max_jobs.min(u32::MAX as usize) as u32,
            capacity: e.capacity,
            open_end: e.end.is_none(),
        }
    });
    let stops = stops.collect();
    let facts = Facts {
        places: n,
        seconds: s.clone(),
        metres: if p.travel.metres.is_empty() { vec![0; n * n] } else { p.travel.metres.clone() },
        symmetric,
        rush,
        steps: p.travel.rush.len(),
        people: people.collect(),
        homes: p.engineers.iter().map(|e| e.territories.clone()).collect(),
        parts: p.jobs.iter().map(|j| j.parts.clone()).collect(),
        demand: p.jobs.iter().map(|j| j.demand).collect(),
        stock: p.engineers.iter().map(|e| e.stock.clone()).collect(),
        able: able(p),
        reassign: p.prices.reassign * 1000,
        retime: p.prices.retime_quarter * 1000,
        territory: p.prices.territory * 1000,
        now: p.now as i32,
    };
    (facts, stops)
}

impl Rich {
    /// Remembers route `r` as it was labelled, and labels it anew. Answers with the change of its cost.
    fn follow(&mut self, l: &Links, r: usize) -> Option<i64> {
        let (mut at, end) = (l.start(r), l.end(r));
        while at != end {
            self.journal.stops.push((at, self.labels[at as usize], self.leg[at as usize]));
            at = l.node(at).next;
        }
        let old = self.cost[r];
        self.journal.routes.push((r as u32, self.schedule[r], old, self.load[r]));
        self.journal.used.extend_from_slice(&self.used[r * self.kinds..(r + 1) * self.kinds]);
        self.refresh(l, r).map(|new| new - old)
    }
    /// Walks route `r` and calls `see` with each stop's label.
    fn walk(&self, l: &Links, r: usize, mut see: impl FnMut(u32, Label, Trace)) -> Label {
        let f = &self.f;
        let (start, end) = (l.start(r), l.end(r));
        let mut at = l.node(start).next;
        let mut label = f.first(r, at != end && l.node(at).frozen == 1);
        see(start, label, Trace::default());
        let mut from = start;
        while at != end {
            let node = l.node(at);
            let stop = &self.stops[at as usize];
            let mut trace = Trace::default();
            if node.frozen == 1 {
                (label, trace) = f.frozen(&f.people[r], &label, stop, node.open, node.service);
                if node.next == end {
                    // Whoever need not come home is done with his last stop, even if that was long ago.
                    let leaving = f.leaving(label);
                    see(at, leaving, trace);
                    return if f.people[r].open_end { label } else { leaving };
                }
                if l.node(node.next).frozen == 0 {
                    label = f.leaving(label);
                }
            } else {
                let base = f.seconds[f.cell(l.node(from).place, node.place)];
                label = f.advance(&f.people[r], &label, base, stop, node.service, Some(&mut trace));
            }
            see(at, label, trace);
            (from, at) = (at, node.next);
        }
        label
    }
}

impl Eval for Rich {
    fn new(p: &Problem) -> Self {
        let needed = p.jobs.iter().flat_map(|j| &j.parts).map(|(kind, _)| kind + 1).max().unwrap_or(0);
        let kinds = p.engineers.iter().map(|e| e.stock.len()).max().unwrap_or(0).max(needed);
        let nodes = p.jobs.len() + 2 * p.engineers.len();
        let (facts, stops) = facts(p);
        Self {
            f: Arc::new(facts),
            price: Arc::new(p.jobs.iter().map(|j| j.unserved * 1000).collect()),
            stops: Arc::new(stops),
            labels: vec![DEAD; nodes],
            leg: vec![Leg::default(); nodes],
            schedule: vec![0; p.engineers.len()],
            cost: vec![0; p.engineers.len()],
            used: vec![0; kinds * p.engineers.len()],
            kinds,
            load: vec![0; p.engineers.len()],
            journal: Journal::default(),
        }
    }

    fn refresh(&mut self, l: &Links, r: usize) -> Option<i64> {
        let f = self.f.clone();
        let e = &f.people[r];
        let (start, end) = (l.start(r), l.end(r));
        let mut labels = std::mem::take(&mut self.labels);
        let mut legs = std::mem::take(&mut self.leg);
        let last = self.walk(l, r, |at, label, trace| {
            labels[at as usize] = label;
            let missed = |t: i32| if at == start || t == NEVER { 0 } else { f.retime(&self.stops[at as usize], t) };
            legs[at as usize].relief = missed(trace.start[0]).max(missed(trace.start[1]));
        });
        // So far each stop has its own; what counts is everything behind it.
        let (mut at, mut relief) = (l.node(end).prev, 0);
        loop {
            let leg = &mut legs[at as usize];
            relief += std::mem::replace(&mut leg.relief, relief);
            let label = &labels[at as usize];
            if label.free[0].min(label.free[1]) < e.faster {
                leg.relief = UNBOUND;
            }
            if at == start {
                break;
            }
            at = l.node(at).prev;
        }
        (self.labels, self.leg) = (labels, legs);
        let bag = r * self.kinds..(r + 1) * self.kinds;
        self.used[bag.clone()].fill(0);
        self.load[r] = 0;
        let (mut at, mut metres, mut cost) = (start, 0u64, 0i64);
        while at != end {
            let next = l.node(at).next;
            let cell = f.cell(l.node(at).place, l.node(next).place);
            let (seconds, way) = if next == end && e.open_end { (0, 0) } else { (f.seconds[cell], f.metres[cell]) };
            let leg = &mut self.leg[at as usize];
            (leg.seconds, leg.metres) = (seconds, way);
            metres += u64::from(way);
            if next != end {
                cost += f.fixed_cost(&self.stops[next as usize], r);
                self.load[r] += f.demand[next as usize];
                for (kind, n) in &f.parts[next as usize] {
                    self.used[bag.start + kind] += n;
                }
            }
            at = next;
        }
        if l.count[r] == 0 {
            (self.schedule[r], self.cost[r]) = (0, 0);
            return Some(0);
        }
        let home = self.leg[l.node(end).prev as usize].seconds;
        let (schedule, _) = f.finish(e, &last, home)?;
        self.schedule[r] = schedule;
        self.cost[r] = schedule + cost + metres as i64 * e.metre + e.fixed;
        let stocked = self.used[bag].iter().zip(&f.stock[r]).all(|(u, s)| u <= s);
        (stocked && l.count[r] <= e.max_jobs && self.load[r] <= e.capacity).then_some(self.cost[r])
    }

    fn begin(&mut self) {
        self.journal.stops.clear();
        self.journal.routes.clear();
        self.journal.used.clear();
    }

    fn undo(&mut self) {
        while let Some((at, label, leg)) = self.journal.stops.pop() {
            self.labels[at as usize] = label;
            self.leg[at as usize] = leg;
        }
        while let Some((r, schedule, cost, load)) = self.journal.routes.pop() {
            let r = r as usize;
            (self.schedule[r], self.cost[r], self.load[r]) = (schedule, cost, load);
            let from = self.journal.used.len() - self.kinds;
            self.used[r * self.kinds..(r + 1) * self.kinds].copy_from_slice(&self.journal.used[from..]);
            self.journal.used.truncate(from);
        }
    }

    fn opened(&mut self, l: &Links, j: u32) -> Option<i64> {
        self.follow(l, l.node(j).route as usize)
    }

    fn closed(&mut self, l: &Links, a: u32) -> Option<i64> {
        self.follow(l, l.node(a).route as usize)
    }

    #[inline]
    fn able(&self, r: usize, j: u32) -> bool {
        self.f.able.as_ref().is_none_or(|able| able[j as usize * self.f.people.len() + r])
    }

    #[inline]
    fn admits(&self, l: &Links, r: usize, j: u32) -> bool {
        let f = &self.f;
        self.able(r, j)
            && l.count[r] < f.people[r].max_jobs
            && self.load[r] + f.demand[j as usize] <= f.people[r].capacity
            && f.parts[j as usize].iter().all(|(kind, n)| self.used[r * self.kinds + kind] + n <= f.stock[r][*kind])
    }

    fn delta(&self, l: &Links, j: u32, p: u32, limit: i64) -> i64 {
        let f = &self.f;
        let (a, x) = (l.node(p), l.node(j));
        let b = l.node(a.next);
        if b.frozen == 1 {
            return i64::MAX;
        }
        let r = a.route as usize;
        let (e, end, stop) = (&f.people[r], l.end(r), &self.stops[j as usize]);
        let first = f.leg_to(a.place, x.place);
        let second = f.cell(x.place, b.place);
        let mut leg = (f.seconds[second], f.metres[second]);
        if a.next == end && e.open_end {
            leg = (0, 0);
        }
        let empty = l.count[r] == 0;
        let old = if empty { 0 } else { i64::from(self.leg[p as usize].metres) };
        let mut base = (i64::from(f.metres[first]) + i64::from(leg.1) - old) * e.metre + f.fixed_cost(stop, r);
        if empty {
            base += e.fixed;
        }
        // A detour makes everything behind it later, which costs no less than now, but for told times that were missed.
        if base.saturating_sub(self.leg[p as usize].relief) >= limit {
            return i64::MAX;
        }
        let mut label = f.advance(e, &self.labels[p as usize], f.seconds[first], stop, x.service, None);
        let mut at = a.next;
        let mut drive = leg.0;
        while at != end {
            // Nobody is back before he leaves here: what is certain by now may already be too much.
            let sure = f.sure(e, &label);
            if sure == i64::MAX || base + sure - self.schedule[r] >= limit {
                return i64::MAX;
            }
            let node = l.node(at);
            label = f.advance(e, &label, drive, &self.stops[at as usize], node.service, None);
            drive = self.leg[at as usize].seconds;
            at = node.next;
        }
        let Some((schedule, _)) = f.finish(e, &label, drive) else { return i64::MAX };
        let delta = base + schedule - self.schedule[r];
        if delta >= limit { i64::MAX } else { delta }
    }

    fn price(&self, j: u32) -> i64 {
        self.price[j as usize]
    }

    fn set_price(&mut self, j: u32, price: i64) {
        Arc::make_mut(&mut self.price)[j as usize] = price;
    }

    fn set_windows(&mut self, l: &mut Links, j: u32, windows: &[(i64, i64)]) {
        let stop = &mut Arc::make_mut(&mut self.stops)[j as usize];
        (stop.windows, stop.count) = windows_from(windows, i64::from(self.f.now));
        l.nodes[j as usize].close = windows.last().map_or(0, |w| w.1) as i32;
    }

    fn times(&self, l: &Links, r: usize) -> (Vec<i64>, Option<i64>) {
        let mut traces = Vec::new();
        let start = l.start(r);
        let last = self.walk(l, r, |at, _, trace| {
            if at != start {
                traces.push(trace);
            }
        });
        let home = self.leg[l.node(l.end(r)).prev as usize].seconds;
        let mut k = self.f.finish(&self.f.people[r], &last, home).map_or(1, |(_, k)| k);
        let mut rest = None;
        let mut starts = vec![0; traces.len()];
        for (at, trace) in starts.iter_mut().zip(&traces).rev() {
            *at = i64::from(trace.start[k]);
            if k == 1 && trace.rest.is_some() {
                rest = trace.rest.map(i64::from);
                k = 0;
            }
        }
        (starts, rest)
    }
}
