//! The independent judge: re-scores any plan from the facts alone. Shares no code with the search.
//!
//! The judge does not search for a schedule; it takes the times that the plan promises and asks whether they can be kept.

use crate::model::{Cost, Engineer, Job, Objective, Plan, Problem, Route, Seconds};

/// One broken hard rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Name of the rule: `skills`, `parts`, `window`, `shift`, `break`, `frozen`, `pin`, `travel`, `capacity`, `max_jobs`, `once`, `now`.
    pub rule: &'static str,
    /// Engineer, if the rule belongs to one.
    pub engineer: Option<usize>,
    /// Job, if the rule belongs to one.
    pub job: Option<usize>,
}

/// What the judge found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Broken hard rules; a plan with any is never shown to anyone.
    pub violations: Vec<Violation>,
    /// Cost by term.
    pub cost: Cost,
}

impl Verdict {
    /// No hard rule is broken.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations.is_empty()
    }
}

/// Exact travel time as a fraction of a second is rounded up: nobody arrives before he can.
fn drive(p: &Problem, e: &Engineer, from: usize, to: usize, leave: Seconds) -> Seconds {
    let base = i128::from(p.travel.seconds(from, to));
    let rush = p.travel.rush.iter().rev().find(|(at, _)| *at <= leave).map_or(1000, |(_, f)| *f);
    if p.objective == Objective::Distance {
        return base as Seconds;
    }
    let scaled = base * i128::from(e.speed_permille) * i128::from(rush);
    ((scaled + 999_999) / 1_000_000) as Seconds
}

struct Judge<'a> {
    p: &'a Problem,
    violations: Vec<Violation>,
    /// Thousandths of a fen, so that a kilometre price of 45 fen is exact per metre.
    milli: [i128; 8],
}

impl Judge<'_> {
    fn blame(&mut self, rule: &'static str, engineer: Option<usize>, job: Option<usize>) {
        self.violations.push(Violation { rule, engineer, job });
    }

    fn stop(&mut self, e: usize, j: usize, start: Seconds, frozen: bool) {
        let (job, eng): (&Job, &Engineer) = (&self.p.jobs[j], &self.p.engineers[e]);
        if !frozen {
            if !job.windows.iter().any(|(open, close)| (*open..=*close).contains(&start)) {
                self.blame("window", Some(e), Some(j));
            }
            if start < self.p.now {
                self.blame("now", Some(e), Some(j));
            }
        }
        if job.skills & !eng.skills != 0 {
            self.blame("skills", Some(e), Some(j));
        }
        if job.pin.is_some_and(|pin| pin != e) {
            self.blame("pin", Some(e), Some(j));
        }
        if self.p.objective == Objective::Distance {
            return;
        }
        if let Some(due) = job.due {
            let late = (start - due).max(0);
            self.milli[3] += i128::from((late + 59) / 60) * i128::from(job.late_per_minute) * 1000;
        }
        if let Some((who, at)) = job.told {
            if who != e {
                self.milli[5] += i128::from(self.p.prices.reassign) * 1000;
            }
            self.milli[6] += i128::from((start - at).abs() / 900) * i128::from(self.p.prices.retime_quarter) * 1000;
        }
        if let Some(home) = job.territory
            && !eng.territories.is_empty()
            && !eng.territories.contains(&home)
        {
            self.milli[7] += i128::from(self.p.prices.territory) * 1000;
        }
    }

    fn limits(&mut self, route: &Route) {
        let e = route.engineer;
        let eng = &self.p.engineers[e];
        if route.jobs.len() > eng.max_jobs {
            self.blame("max_jobs", Some(e), None);
        }
        if route.jobs.iter().map(|j| self.p.jobs[*j].demand).sum::<i64>() > eng.capacity {
            self.blame("capacity", Some(e), None);
        }
        let mut used = std::collections::BTreeMap::new();
        for (kind, n) in route.jobs.iter().flat_map(|j| &self.p.jobs[*j].parts) {
            *used.entry(*kind).or_insert(0u64) += u64::from(*n);
        }
        if used.iter().any(|(kind, n)| *n > eng.stock.get(*kind).copied().map_or(0, u64::from)) {
            self.blame("parts", Some(e), None);
        }
        for (i, (job, at)) in eng.frozen.iter().enumerate() {
            if route.jobs.get(i) != Some(job) || route.starts.get(i) != Some(at) {
                self.blame("frozen", Some(e), Some(*job));
            }
        }
    }

    fn route(&mut self, route: &Route) {
        let e = route.engineer;
        let eng = &self.p.engineers[e];
        if route.starts.len() != route.jobs.len() {
            self.blame("times", Some(e), None);
            return;
        }
        self.limits(route);
        let money = self.p.objective == Objective::Money;
        let mut rest = if money { route.rest } else { None };
        if let (Some(at), Some(b)) = (rest, eng.rest) {
            if !(b.open..=b.close).contains(&at) {
                self.blame("break", Some(e), None);
                rest = None;
            }
        } else if rest.is_some() {
            self.blame("break", Some(e), None);
        }
        let taken = route.rest.is_some();
        let (mut place, mut free) = (eng.start, eng.shift.0);
        let mut distance = 0i128;
        for (i, (j, start)) in route.jobs.iter().zip(&route.starts).enumerate() {
            let frozen = i < eng.frozen.len();
            let job = &self.p.jobs[*j];
            if !frozen && i == eng.frozen.len() {
                free = free.max(self.p.now);
            }
            let mut ready = free + drive(self.p, eng, place, job.place, free);
            // The break happens at the door: it falls between the arrival and the start of the service.
            if let (Some(at), Some(b)) = (rest, eng.rest)
                && at + b.duration <= *start
                && (frozen || at >= ready)
            {
                ready = at + b.duration;
                rest = None;
            }
            if !frozen && *start < ready {
                self.blame("travel", Some(e), Some(*j));
            }
            distance += self.leg(place, job.place);
            self.stop(e, *j, *start, frozen);
            free = start + job.service;
            place = job.place;
        }
        if let Some(end) = eng.end {
            distance += self.leg(place, end);
            if money && !eng.frozen.is_empty() && route.jobs.len() == eng.frozen.len() {
                free = free.max(self.p.now);
            }
            free += drive(self.p, eng, place, end, free);
        }
        if rest.is_some() {
            self.blame("break", Some(e), None);
        }
        if let (Some(b), false, true) = (eng.rest, taken, money)
            && free > b.close
        {
            self.blame("break", Some(e), None);
        }
        let overtime = (free - eng.shift.1).max(0);
        if overtime > if money { eng.max_overtime } else { 0 } {
            self.blame("shift", Some(e), None);
        }
        if money {
            self.milli[0] += distance * i128::from(eng.per_km);
            self.milli[1] += i128::from(free - eng.shift.0) * i128::from(eng.per_hour) * 1000 / 3600 + i128::from(eng.fixed) * 1000;
            self.milli[2] += i128::from(overtime) * i128::from(eng.overtime_per_hour) * 1000 / 3600;
        } else {
            self.milli[0] += distance * 1000;
        }
    }

    fn leg(&self, a: usize, b: usize) -> i128 {
        match self.p.objective {
            Objective::Distance => i128::from(self.p.travel.seconds(a, b)),
            Objective::Money => i128::from(self.p.travel.metres(a, b)),
        }
    }
}

/// Judges `plan` against `problem`. Every job must be served exactly once or be listed as unserved.
#[must_use]
pub fn check(problem: &Problem, plan: &Plan) -> Verdict {
    let mut judge = Judge { p: problem, violations: Vec::new(), milli: [0; 8] };
    let mut times = vec![0u32; problem.jobs.len()];
    let mut busy = vec![false; problem.engineers.len()];
    for route in &plan.routes {
        if route.engineer >= busy.len() || busy[route.engineer] || route.jobs.iter().any(|j| *j >= times.len()) {
            judge.blame("once", None, None);
            continue;
        }
        busy[route.engineer] = true;
        for j in &route.jobs {
            times[*j] += 1;
        }
        if !route.jobs.is_empty() {
            judge.route(route);
        }
    }
    for (e, eng) in problem.engineers.iter().enumerate() {
        if !busy[e] && !eng.frozen.is_empty() {
            judge.blame("frozen", Some(e), None);
        }
    }
    for j in &plan.unserved {
        match times.get_mut(*j) {
            Some(n) => {
                *n += 1;
                judge.milli[4] += i128::from(problem.jobs[*j].unserved) * 1000;
            }
            None => judge.blame("once", None, None),
        }
    }
    for (j, n) in times.iter().enumerate() {
        if *n != 1 {
            judge.blame("once", None, Some(j));
        }
    }
    let fen = |i: usize| ((judge.milli[i] + 500).div_euclid(1000)) as i64;
    let cost = Cost {
        travel: fen(0),
        time: fen(1),
        overtime: fen(2),
        lateness: fen(3),
        unserved: fen(4),
        reassign: fen(5),
        retime: fen(6),
        territory: fen(7),
    };
    Verdict { violations: judge.violations, cost }
}
