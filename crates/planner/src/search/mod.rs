//! The search: budget, temperature, threads. Models live in `hard` and `rich`, moves in `sisr`, candidates in `near`.

mod combine;
mod cover;
pub(crate) mod eval;
mod evolve;
pub(crate) mod hard;
pub(crate) mod links;
mod memory;
pub(crate) mod near;
mod order;
mod parts;
mod prices;
mod recreate;
pub(crate) mod rich;
mod ruin;
pub(crate) mod sisr;
mod split;
mod store;
mod tails;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};

pub use near::Reach;
pub use sisr::{Crowd, Tuning};

use crate::check::{Verdict, check};
use crate::model::{BadInput, Objective, Plan, Problem, Route, bad};
use eval::Eval;
use hard::Hard;
use near::Near;
use order::Order;
use rich::Rich;
use sisr::Search;

/// Steps between two looks at the budget.
const CHUNK: u64 = 128;
/// Share of one annealing in which no route more is welcome: it shows how many the day needs.
const UNWELCOME: f64 = 0.1;
/// Steps of one thread between two meetings. Fixed, so that the plan depends on the seed and not on who was faster.
const ROUND: u64 = 4096;

/// How long to search.
#[derive(Clone, Copy)]
pub enum Budget<'a> {
    /// So many steps per thread: the same seed gives the same plan on every machine.
    Steps(u64),
    /// So many CPU seconds per thread, read from a clock that gives the CPU seconds of the calling thread.
    Cpu(f64, &'a (dyn Fn() -> f64 + Sync)),
}

/// What a caller may watch.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Share of the budget that is used, 0 to 1.
    pub used: f64,
    /// Steps of all threads so far.
    pub steps: u64,
    /// Cost of the best plan so far, in distance units or fen.
    pub best: i64,
}

/// How to search.
pub struct Options<'a> {
    /// Seed of everything random.
    pub seed: u64,
    /// Threads, 1 or more.
    pub threads: usize,
    /// Budget.
    pub budget: Budget<'a>,
    /// Knobs.
    pub tuning: Tuning,
    /// Candidate lists.
    pub reach: Reach,
    /// Called now and then.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    /// Set it to stop early with the best plan so far.
    pub cancel: Option<&'a AtomicBool>,
}

impl Options<'_> {
    /// What the clock of the calling thread shows; 0 when steps are counted.
    fn now(&self) -> f64 {
        if let Budget::Cpu(_, clock) = &self.budget { clock() } else { 0.0 }
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            seed: 1,
            threads: 1,
            budget: Budget::Steps(100_000),
            tuning: Tuning::default(),
            reach: Reach::default(),
            progress: None,
            cancel: None,
        }
    }
}

/// A plan that the judge has accepted.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The plan.
    pub plan: Plan,
    /// What the judge says; always without violations.
    pub verdict: Verdict,
    /// Steps of all threads.
    pub steps: u64,
}

/// Units of the search per unit of the plan's cost: thousandths of a fen, or plain distance.
pub(crate) fn unit(p: &Problem) -> i64 {
    if p.objective == Objective::Money { 1000 } else { 1 }
}

/// Plans the day, from nothing or from `warm`.
///
/// # Errors
/// Input that cannot be planned, a warm plan that breaks a hard rule, or frozen jobs that no plan can keep.
pub fn solve(p: &Problem, warm: Option<&Plan>, options: &Options<'_>) -> Result<Outcome, BadInput> {
    p.validate()?;
    if let Some(warm) = warm {
        let verdict = check(p, warm);
        if let Some(v) = verdict.violations.first() {
            let who = v.job.map_or_else(|| "plan".to_string(), |j| format!("job {}", p.jobs[j].id));
            return bad(who, "plan", format!("the plan to start from breaks the rule '{}'", v.rule));
        }
    }
    let order = Order::new(p);
    let warm = warm.map(|plan| order.inward(plan));
    let (plan, steps) = match p.objective {
        Objective::Distance => run::<Hard>(&order.p, warm.as_ref(), options),
        Objective::Money => run::<Rich>(&order.p, warm.as_ref(), options),
    }?;
    let plan = order.outward(&plan);
    let verdict = check(p, &plan);
    if let Some(v) = verdict.violations.first() {
        let who = v.job.map_or_else(|| "plan".to_string(), |j| format!("job {}", p.jobs[j].id));
        return bad(who, "plan", format!("the judge refuses the plan: rule '{}'", v.rule));
    }
    Ok(Outcome { plan, verdict, steps })
}

/// Sequences of a plan by engineer.
pub(crate) fn sequences(p: &Problem, plan: &Plan) -> Vec<Vec<u32>> {
    let mut out = vec![Vec::new(); p.engineers.len()];
    for r in &plan.routes {
        out[r.engineer] = r.jobs.iter().map(|j| *j as u32).collect();
    }
    out
}

/// Times for the sequences that `search` holds.
pub(crate) fn write<E: Eval>(search: &Search<E>) -> Plan {
    let mut plan = Plan::default();
    for (r, jobs) in search.routes().into_iter().enumerate() {
        if !jobs.is_empty() {
            let (starts, rest) = search.eval.times(&search.l, r);
            plan.routes.push(Route { engineer: r, jobs: jobs.iter().map(|j| *j as usize).collect(), starts, rest });
        }
    }
    plan.unserved = search.absent().iter().map(|j| *j as usize).collect();
    plan.unserved.sort_unstable();
    plan
}

/// The best plan found and the steps of all threads.
fn run<E: Eval>(p: &Problem, warm: Option<&Plan>, options: &Options<'_>) -> Result<(Plan, u64), BadInput> {
    let begin = options.now();
    let near = Near::new(p, options.reach);
    let mut search = Search::new(p, E::new(p), near, options.tuning, options.seed);
    let routes = warm.map_or_else(|| search.routes(), |w| sequences(p, w));
    if !search.load(&routes) {
        return bad("plan", "frozen", "the frozen jobs of an engineer break a hard rule");
    }
    search.construct();
    let threads = options.threads.clamp(1, 64).min(p.engineers.len());
    // A step of the money objective costs ten times as much: its budget is worth more in one annealing.
    let many = options.tuning.crowd.members > 1 && p.objective == Objective::Distance;
    let crowd = many && (4..=options.tuning.crowd.most_jobs).contains(&p.jobs.len());
    if crowd {
        let mean = p.jobs.iter().map(|j| j.demand).sum::<i64>() as f64 / p.jobs.len().max(1) as f64;
        search.soften((search.scale() / mean.max(1.0)) as i64);
    }
    let steps = match (crowd, threads) {
        _ if p.jobs.is_empty() => 0,
        (true, 1) => evolve::evolve(p, &mut search, options, begin),
        (true, _) => evolve::islands(p, &mut search, options, threads, begin),
        (false, 1) => alone(p, &mut search, options, begin),
        (false, _) => split::together(p, &mut search, options, threads, begin),
    };
    search.harden();
    let best = search.best.clone();
    search.load(&best);
    Ok((write(&search), steps))
}

/// Geometric cooling between the two temperatures, scaled by what a job costs in the first plan.
pub(crate) struct Cooling {
    hot: f64,
    cold: f64,
}

impl Cooling {
    pub fn new<E: Eval>(search: &Search<E>) -> Self {
        let (tuning, scale) = (search.tuning(), search.scale());
        let hot = if search.depot() { tuning.hot_depot } else { tuning.hot };
        Self { hot: (hot * scale).max(1e-6), cold: (tuning.cold * scale).max(1e-7) }
    }
    /// Long routes trade jobs only while it is hot: with `lengthy` = 1 it begins twice as hot.
    pub fn at(&self, used: f64, lengthy: f64) -> f64 {
        let used = used.clamp(0.0, 1.0);
        self.hot * (self.cold / self.hot).powf(used) * (1.0 + lengthy).powf(1.0 - used)
    }
}

pub(crate) fn used(options: &Options<'_>, steps: u64, begin: f64) -> f64 {
    match &options.budget {
        Budget::Steps(all) => {
            if steps >= *all {
                1.0
            } else {
                steps as f64 / *all as f64
            }
        }
        Budget::Cpu(seconds, clock) => (clock() - begin) / seconds.max(1e-9),
    }
}

pub(crate) fn stopped(options: &Options<'_>) -> bool {
    options.cancel.is_some_and(|c| c.load(Ordering::Relaxed))
}

fn alone<E: Eval>(p: &Problem, search: &mut Search<E>, options: &Options<'_>, begin: f64) -> u64 {
    let (cooling, welcome) = (Cooling::new(search), search.tuning.welcome);
    let (mut steps, mut share) = (0, 1.0);
    loop {
        let spent = used(options, steps, begin);
        if let Some(progress) = options.progress {
            progress(Progress { used: spent, steps, best: search.best_total / unit(p) });
        }
        let used = spent / share;
        if used >= 1.0 || stopped(options) {
            return if share < 1.0 { parts::parts(p, search, options, begin, steps) } else { steps };
        }
        // The first part of the annealing goes without a welcome and shows how long the routes are.
        if used < UNWELCOME {
            share = parts::whole(p, search);
        } else if share < 1.0 && search.store.is_none() {
            search.collect();
        }
        let lengthy = search.lengthy();
        search.tuning.welcome = if used < UNWELCOME { 0.0 } else { welcome * (1.0 - lengthy) };
        let temperature = cooling.at(used, lengthy);
        for _ in 0..CHUNK {
            search.step(temperature);
        }
        steps += CHUNK;
    }
}
