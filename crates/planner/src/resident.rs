//! A plan that stays in memory: urgent jobs, cancellations, sick engineers, explanations, slots.
//!
//! Owns: one plan and its version. Never: a clock; `now` is part of the problem it was opened with. Who knocks: the dispatch room.

use crate::check::{Verdict, check};
use crate::model::{BadInput, Job, Objective, Plan, Problem, Seconds, bad};
use crate::search::eval::Eval;
use crate::search::links::NONE;
use crate::search::sisr::Search;
use crate::search::{Reach, Tuning, hard::Hard, near::Near, rich::Rich, sequences, unit, write};

/// Price (search units) of dropping a job that was inserted on request: above any cost, far from overflow.
const PROMISED: i64 = 1 << 44;

/// What putting a job into one engineer's day would mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Engineer (index).
    pub engineer: usize,
    /// Place in his route, 0 is first.
    pub position: usize,
    /// Planned start of the service.
    pub start: Seconds,
    /// What the plan's cost grows by (fen, or distance units).
    pub price: i64,
}

/// A window that keeps every hard rule, with the cheapest way to serve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// First start.
    pub open: Seconds,
    /// Last start.
    pub close: Seconds,
    /// The cheapest offer inside.
    pub offer: Offer,
    /// The planned start keeps the due time.
    pub keeps_due: bool,
}

/// Why a job stays undone: how many engineers fail on which ground.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WhyNot {
    /// A needed skill is missing.
    pub skills: usize,
    /// The job is pinned to somebody else.
    pub pin: usize,
    /// The part is not in the bag, or another job of the day needs it.
    pub parts: usize,
    /// The day is full (jobs or capacity).
    pub full: usize,
    /// No position keeps windows, shift and break.
    pub time: usize,
    /// Cheapest possible place, when one exists but costs more than leaving the job.
    pub too_dear: Option<Offer>,
}

/// Why a write was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The plan moved on since the caller looked at it: the version it has now.
    Stale(u64),
    /// Nobody can take the job, for these reasons.
    NoPlace(WhyNot),
    /// The job or engineer is unknown, frozen, or not in the state that the write needs.
    NotPossible(BadInput),
}

#[derive(Clone)]
enum Engine {
    Hard(Box<Search<Hard>>),
    Rich(Box<Search<Rich>>),
}

macro_rules! each {
    ($engine:expr, $s:ident => $body:expr) => {
        match $engine {
            Engine::Hard($s) => $body,
            Engine::Rich($s) => $body,
        }
    };
}

/// A resident plan.
#[derive(Clone)]
pub struct Resident {
    problem: Problem,
    engine: Engine,
    version: u64,
    present: Vec<bool>,
    /// Jobs that somebody was promised: no repair may find it cheaper to drop them.
    promised: Vec<bool>,
    /// Engineers who take no more jobs.
    away: Vec<bool>,
    seed: u64,
}

fn open<E: Eval>(p: &Problem, plan: &Plan, seed: u64) -> Search<E> {
    let near = Near::new(p, Reach::default());
    // The jobs of a resident plan keep the caller's numbers: numbers next to each other are no neighbours.
    let tuning = Tuning { window: 0, ..Tuning::default() };
    let mut s = Search::new(p, E::new(p), near, tuning, seed);
    s.load(&sequences(p, plan));
    s.keep_best();
    s
}

fn engine(problem: &Problem, plan: &Plan, seed: u64) -> Engine {
    match problem.objective {
        Objective::Distance => Engine::Hard(Box::new(open(problem, plan, seed))),
        Objective::Money => Engine::Rich(Box::new(open(problem, plan, seed))),
    }
}

/// The cheapest place for `j` in the day of `r`. The search leaves a position unlooked when its way alone is too dear; here every
/// one is followed to its end, since a longer way can save more lateness or retiming than it costs.
fn offer<E: Eval>(s: &Search<E>, p: &Problem, j: u32, r: usize) -> Option<(i64, u32, usize)> {
    if !s.open(r) || !s.eval.admits(&s.l, r, j) {
        return None;
    }
    let (mut best, mut at, end) = ((i64::MAX, NONE), s.l.start(r), s.l.end(r));
    while at != end {
        let delta = s.eval.delta(&s.l, j, at, i64::MAX);
        if delta < best.0 {
            best = (delta, at);
        }
        at = s.l.node(at).next;
    }
    (best.1 != NONE).then(|| (best.0 / unit(p), best.1, r))
}

/// Puts `j` behind `after`, reads its start, and takes it out again.
fn probe<E: Eval>(s: &mut Search<E>, j: u32, after: u32) -> (usize, Seconds) {
    let r = s.l.node(after).route as usize;
    s.l.insert(j, after);
    let _ = s.eval.refresh(&s.l, r);
    let mut jobs = Vec::new();
    s.l.append_to(r, &mut jobs);
    let at = jobs.iter().position(|x| *x == j).unwrap_or(0);
    let start = s.eval.times(&s.l, r).0.get(at).copied().unwrap_or(0);
    s.l.remove(j);
    let _ = s.eval.refresh(&s.l, r);
    (at, start)
}

fn offers<E: Eval>(s: &mut Search<E>, p: &Problem, j: u32, most: usize) -> Vec<Offer> {
    let mut found: Vec<(i64, u32, usize)> = (0..p.engineers.len()).filter_map(|r| offer(s, p, j, r)).collect();
    found.sort_unstable_by_key(|f| (f.0, f.2));
    found.truncate(most);
    found
        .into_iter()
        .map(|(price, after, engineer)| {
            let (position, start) = probe(s, j, after);
            Offer { engineer, position, start, price }
        })
        .collect()
}

impl Resident {
    /// Opens a plan. Jobs that are not in it and not in `waiting` stay out of every repair until they are inserted.
    ///
    /// # Errors
    /// A problem that cannot be planned, or a plan that the judge refuses.
    pub fn open(problem: Problem, plan: &Plan, waiting: &[usize], seed: u64) -> Result<Self, BadInput> {
        problem.validate()?;
        let verdict = check(&problem, plan);
        if let Some(v) = verdict.violations.first() {
            let who = v.job.map_or_else(|| "plan".to_string(), |j| format!("job {}", problem.jobs[j].id));
            return bad(who, "plan", format!("the plan breaks the rule '{}'", v.rule));
        }
        let engine = engine(&problem, plan, seed);
        let mut present = vec![true; problem.jobs.len()];
        for j in waiting {
            if let Some(p) = present.get_mut(*j) {
                *p = false;
            }
        }
        let (promised, away) = (vec![false; problem.jobs.len()], vec![false; problem.engineers.len()]);
        Ok(Self { problem, engine, version: plan.version, present, promised, away, seed })
    }

    /// Version of the plan; every write adds one.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The plan as it stands.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let mut plan = each!(&self.engine, s => write(s));
        plan.version = self.version;
        plan.unserved = (0..self.problem.jobs.len()).filter(|j| !self.serves(*j)).collect();
        plan
    }

    /// What the judge says about the plan as it stands.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        check(&self.problem, &self.plan())
    }

    fn serves(&self, j: usize) -> bool {
        each!(&self.engine, s => s.l.nodes[j].route != NONE)
    }

    fn known(&self, job: usize) -> Result<(), Refused> {
        if job < self.problem.jobs.len() {
            return Ok(());
        }
        Err(Refused::NotPossible(BadInput { subject: format!("job {job}"), field: "id", reason: "is not in the day".into() }))
    }

    /// The bare scan: the cheapest place for an absent job over all routes as the search looks for it, its price in the plan's
    /// units. [`Resident::offers`] looks once more at the positions that a search may skip.
    #[must_use]
    pub fn scan(&self, job: usize) -> Option<(usize, i64)> {
        if job >= self.problem.jobs.len() || self.serves(job) {
            return None;
        }
        let found = each!(&self.engine, s => s.cheapest(job as u32).map(|(d, p)| (s.l.node(p).route, d)));
        found.map(|(r, d)| (r as usize, d / unit(&self.problem)))
    }

    /// For an absent job: the best place in each engineer's day, cheapest first, at most `most`.
    #[must_use]
    pub fn offers(&mut self, job: usize, most: usize) -> Vec<Offer> {
        if job >= self.problem.jobs.len() || self.serves(job) {
            return Vec::new();
        }
        let p = &self.problem;
        each!(&mut self.engine, s => offers(s, p, job as u32, most))
    }

    /// For a planned job: the offer it has and the next best engineers, as if it were absent.
    #[must_use]
    pub fn why(&mut self, job: usize, most: usize) -> Vec<Offer> {
        self.as_if_absent(job, |r| r.offers(job, most))
    }

    /// For a planned job: the windows of `length` seconds in which it could be instead, as if it were absent.
    #[must_use]
    pub fn windows(&mut self, job: usize, length: Seconds) -> Vec<Slot> {
        self.as_if_absent(job, |r| r.slots(job, length))
    }

    fn as_if_absent<T: Default>(&mut self, job: usize, ask: impl FnOnce(&mut Self) -> T) -> T {
        if job >= self.problem.jobs.len() || !self.serves(job) {
            return T::default();
        }
        let (routes, version) = (each!(&self.engine, s => s.routes()), self.version);
        let out = if self.take_out(job).is_ok() { ask(self) } else { T::default() };
        self.adopt(&routes);
        self.version = version;
        out
    }

    /// Why an absent job stays undone.
    #[must_use]
    pub fn why_not(&mut self, job: usize) -> WhyNot {
        let mut out = WhyNot::default();
        if job >= self.problem.jobs.len() || self.serves(job) {
            return out;
        }
        let all = self.offers(job, usize::MAX);
        let j = &self.problem.jobs[job];
        out.too_dear = all.first().copied();
        let plan = self.plan();
        let mut days: Vec<&[usize]> = vec![&[]; self.problem.engineers.len()];
        for r in &plan.routes {
            days[r.engineer] = &r.jobs;
        }
        for (e, engineer) in self.problem.engineers.iter().enumerate() {
            if all.iter().any(|o| o.engineer == e) {
                continue;
            }
            let used = |kind: usize| -> u32 {
                days[e].iter().flat_map(|x| &self.problem.jobs[*x].parts).filter(|p| p.0 == kind).map(|p| p.1).sum()
            };
            let load: i64 = days[e].iter().map(|x| self.problem.jobs[*x].demand).sum();
            if j.skills & !engineer.skills != 0 {
                out.skills += 1;
            } else if j.pin.is_some_and(|p| p != e) {
                out.pin += 1;
            } else if j.parts.iter().any(|(k, n)| used(*k) + n > engineer.stock.get(*k).copied().unwrap_or(0)) {
                out.parts += 1;
            } else if days[e].len() >= engineer.max_jobs || load + j.demand > engineer.capacity {
                out.full += 1;
            } else {
                out.time += 1;
            }
        }
        out
    }

    fn fresh(&self, seen: u64) -> Result<(), Refused> {
        if seen == self.version { Ok(()) } else { Err(Refused::Stale(self.version)) }
    }

    /// Puts an absent job where it is cheapest, even above its price of staying unserved: the caller asked for it.
    /// Answers with the chosen offer first and the next best engineers after it.
    ///
    /// # Errors
    /// A stale version, an unknown or already planned job, or nobody who can take it.
    pub fn insert(&mut self, job: usize, seen: u64, most: usize) -> Result<Vec<Offer>, Refused> {
        self.fresh(seen)?;
        self.known(job)?;
        if self.serves(job) {
            let subject = format!("job {}", self.problem.jobs[job].id);
            return Err(Refused::NotPossible(BadInput { subject, field: "id", reason: "is already planned".into() }));
        }
        let all = self.offers(job, most.max(1));
        let Some(first) = all.first().copied() else { return Err(Refused::NoPlace(self.why_not(job))) };
        let mut routes = each!(&self.engine, s => s.routes());
        routes[first.engineer].insert(first.position, job as u32);
        self.present[job] = true;
        self.promise(job);
        self.adopt(&routes);
        Ok(all)
    }

    fn promise(&mut self, job: usize) {
        self.promised[job] = true;
        each!(&mut self.engine, s => s.eval.set_price(job as u32, PROMISED));
    }

    fn adopt(&mut self, routes: &[Vec<u32>]) {
        each!(&mut self.engine, s => {
            s.load(routes);
            s.keep_best();
        });
        self.version += 1;
    }

    fn take_out(&mut self, job: usize) -> Result<(), Refused> {
        self.known(job)?;
        let (frozen, route) = each!(&self.engine, s => (s.l.nodes[job].frozen == 1, s.l.nodes[job].route));
        if frozen || route == NONE {
            let subject = format!("job {}", self.problem.jobs[job].id);
            return Err(Refused::NotPossible(BadInput { subject, field: "id", reason: "is frozen or not planned".into() }));
        }
        let mut routes = each!(&self.engine, s => s.routes());
        routes[route as usize].retain(|x| *x != job as u32);
        self.adopt(&routes);
        Ok(())
    }

    /// A job is cancelled: it leaves the plan and no repair brings it back.
    ///
    /// # Errors
    /// A stale version, a job that is unknown, frozen or not planned.
    pub fn cancel(&mut self, job: usize, seen: u64) -> Result<(), Refused> {
        self.fresh(seen)?;
        self.take_out(job)?;
        self.present[job] = false;
        Ok(())
    }

    /// An engineer is absent: his jobs that are not frozen are free again and he takes no more.
    /// Answers with the freed jobs; a repair places them.
    ///
    /// # Errors
    /// A stale version or an unknown engineer.
    pub fn absent(&mut self, engineer: usize, seen: u64) -> Result<Vec<usize>, Refused> {
        self.fresh(seen)?;
        if engineer >= self.problem.engineers.len() {
            let subject = format!("engineer {engineer}");
            return Err(Refused::NotPossible(BadInput { subject, field: "id", reason: "is not in the day".into() }));
        }
        let mut routes = each!(&self.engine, s => s.routes());
        let keep = self.problem.engineers[engineer].frozen.len().min(routes[engineer].len());
        let freed = routes[engineer].split_off(keep);
        self.away[engineer] = true;
        each!(&mut self.engine, s => s.close(engineer));
        self.adopt(&routes);
        Ok(freed.into_iter().map(|j| j as usize).collect())
    }

    /// The facts of a job have changed: the merchant moved, another window, another skill. It leaves its place and is inserted
    /// anew where it is cheapest; the answer is that of [`Resident::insert`]. When nobody can take it any more it stays out,
    /// and that is the refusal.
    ///
    /// # Errors
    /// A stale version, a job that is unknown, frozen or not in the plan, facts that cannot be planned, or nobody who can take it.
    pub fn revise(&mut self, job: usize, facts: Job, seen: u64, most: usize) -> Result<Vec<Offer>, Refused> {
        self.fresh(seen)?;
        self.known(job)?;
        let before = std::mem::replace(&mut self.problem.jobs[job], facts);
        let valid = self.problem.validate();
        let after = std::mem::replace(&mut self.problem.jobs[job], before);
        valid.map_err(Refused::NotPossible)?;
        self.take_out(job)?;
        let plan = self.plan();
        self.problem.jobs[job] = after;
        self.engine = engine(&self.problem, &plan, self.seed);
        for e in (0..self.away.len()).filter(|e| self.away[*e]) {
            each!(&mut self.engine, s => s.close(e));
        }
        for j in (0..self.promised.len()).filter(|j| self.promised[*j]) {
            each!(&mut self.engine, s => s.eval.set_price(j as u32, PROMISED));
        }
        self.insert(job, self.version, most)
    }

    /// Ruin and recreate around `jobs` until `enough` says so (asked every 16 steps); never returns a dearer plan.
    /// The version grows only when the plan changed. Answers with the steps done.
    pub fn repair(&mut self, jobs: &[usize], enough: &mut dyn FnMut(u64) -> bool) -> u64 {
        let present = &self.present;
        let jobs: Vec<u32> = jobs.iter().filter(|j| **j < present.len()).map(|j| *j as u32).collect();
        let (steps, changed) = each!(&mut self.engine, s => s.repair(&jobs, present, enough));
        if changed {
            self.version += 1;
        }
        steps
    }

    /// Windows of `length` seconds in which an absent job could start, with their marginal price: for "pick a time".
    /// Each of the job's own windows is cut into slots on multiples of `length`.
    #[must_use]
    pub fn slots(&mut self, job: usize, length: Seconds) -> Vec<Slot> {
        if job >= self.problem.jobs.len() || self.serves(job) || length < 60 {
            return Vec::new();
        }
        let own = self.problem.jobs[job].windows.clone();
        let due = self.problem.jobs[job].due;
        let mut out = Vec::new();
        for (from, to) in &own {
            let mut open = *from;
            while open <= *to && out.len() < 200 {
                let close = ((open.div_euclid(length) + 1) * length - 1).min(*to);
                if close - open < length / 4 && open > *from {
                    break;
                }
                each!(&mut self.engine, s => s.set_windows(job as u32, &[(open, close)]));
                if let Some(best) = self.offers(job, 1).first().copied() {
                    out.push(Slot { open, close, offer: best, keeps_due: due.is_none_or(|d| best.start <= d) });
                }
                open = close + 1;
            }
        }
        each!(&mut self.engine, s => s.set_windows(job as u32, &own));
        out
    }
}
