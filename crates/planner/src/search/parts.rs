//! Parts: a plan that was annealed as a whole is annealed again a few neighbouring routes at a time, half of the time with one route less.
//!
//! One annealing of a thousand jobs from a depot ends with too many routes, and more time does not change that: emptying a route is a
//! detour until its last job has gone, and by then the plan is too cold for detours. The jobs of a shut route have to find room among their
//! neighbours while these are warm. Working on parts of a plan is the POPMUSIC of Taillard and Voß, 2002.
//!
//! Most parts end worse than they began, since the whole plan had much longer. Yet somewhere in them is a route or two that is better than
//! what stands there, so after each part the best plan is put together anew from all routes that were met (`combine`).

use super::combine::Thrift;
use super::eval::Eval;
use super::links::NONE;
use super::sisr::Search;
use super::{CHUNK, Options, Progress, stopped, unit, used};
use crate::model::{Objective, Problem};
use crate::rng::Rng;

/// Share of the budget after which the plan is annealed in parts.
const FROM: f64 = 0.75;
/// A part has so many jobs and so many routes at least.
const JOBS: usize = 300;
const ROUTES: usize = 6;
/// Steps per job of a part.
const EACH: u64 = 100;
/// Temperature at the beginning of a part, as a share of a job's average cost; it ends where the plan's own annealing ends.
const WARM: f64 = 0.2;
/// How often a part has to do with one route less.
const LESS: f64 = 0.5;
/// Work for combining, as a multiple of that for the steps of the parts so far, before attempts in vain make it less. A part's steps take
/// longer than the attempts after it, where routes are short; where they are long an attempt takes twenty times as long.
const SHARE: f64 = 1.0;

/// Share of the budget that the annealing of the whole plan gets: all of it where engineers start at different places or routes are
/// long. There a part with enough routes is half the plan, and with a part of the budget for parts the plan was no better or worse.
pub(crate) fn whole<E: Eval>(p: &Problem, search: &Search<E>) -> f64 {
    let parts = p.objective == Objective::Distance && search.depot() && search.lengthy() < 1.0;
    if parts { FROM } else { 1.0 }
}

/// Routes around a random job, from near to far, and how many jobs they have.
fn part<E: Eval>(search: &Search<E>, rng: &mut Rng) -> (Vec<usize>, usize) {
    let seed = rng.below(search.l.jobs) as u32;
    let (mut routes, mut jobs) = (Vec::new(), 0);
    for v in std::iter::once(&seed).chain(&search.near.around[seed as usize]) {
        let r = search.l.node(*v).route;
        if r == NONE || routes.contains(&(r as usize)) {
            continue;
        }
        routes.push(r as usize);
        jobs += search.l.count[r as usize] as usize;
        if jobs >= JOBS && routes.len() >= ROUTES {
            break;
        }
    }
    (routes, jobs)
}

/// Anneals parts of the best plan until the budget is used; the best plan found is left in `search.best`. Answers with the steps.
pub(crate) fn parts<E: Eval>(p: &Problem, search: &mut Search<E>, options: &Options<'_>, begin: f64, before: u64) -> u64 {
    let mut rng = Rng::new(options.seed ^ 0x9A27);
    let (mut steps, scale, cold) = (before, search.scale(), search.tuning().cold);
    let (mut routes, mut best) = (search.best.clone(), search.best_total);
    let mut thrift = Thrift::new(before, SHARE);
    // How many routes the day has is decided by shutting them.
    search.tuning.welcome = 0.0;
    while used(options, steps, begin) < 1.0 && !stopped(options) {
        if let Some(progress) = options.progress {
            progress(Progress { used: used(options, steps, begin), steps, best: best / unit(p) });
        }
        search.load(&routes);
        let (chosen, jobs) = part(search, &mut rng);
        let mut active = vec![false; routes.len()];
        chosen.iter().for_each(|r| active[*r] = true);
        let shut = if rng.unit() < LESS { shortest(search, &chosen, &mut rng) } else { None };
        if let Some(r) = shut {
            let mut child = routes.clone();
            child[r].clear();
            active[r] = false;
            search.load(&child);
        } else if let Some(idle) = routes.iter().position(Vec::is_empty) {
            active[idle] = true;
        }
        let absent = search.absent().to_vec();
        search.focus(&active, &absent);
        search.keep_best();
        let many = (jobs as u64 * EACH).max(CHUNK);
        let mut done = 0;
        while done < many && used(options, steps, begin) < 1.0 && !stopped(options) {
            let temperature = scale * WARM * (cold / WARM).powf(done as f64 / many as f64);
            for _ in 0..CHUNK {
                search.step(temperature.max(1e-7));
            }
            done += CHUNK;
            steps += CHUNK;
        }
        if search.best_total < best {
            (best, routes) = (search.best_total, search.best.clone());
        }
        while used(options, steps, begin) < 1.0 && !stopped(options) {
            widen(search, &routes);
            let Some(better) = search.combine(&routes, steps, &mut thrift, &mut rng) else { break };
            (best, routes) = (search.total, better);
        }
    }
    widen(search, &routes);
    search.keep_best();
    steps
}

/// Loads `routes`, and may touch all of them.
fn widen<E: Eval>(search: &mut Search<E>, routes: &[Vec<u32>]) {
    search.load(routes);
    let (all, absent) = (vec![true; routes.len()], search.absent().to_vec());
    search.focus(&all, &absent);
}

/// A route of a part that could do without: one of the shorter ones, and nothing in it frozen. None when it would be the only one of
/// that kind.
fn shortest<E: Eval>(search: &Search<E>, chosen: &[usize], rng: &mut Rng) -> Option<usize> {
    let free = |r: &usize| search.l.node(search.l.node(search.l.start(*r)).next).frozen == 0;
    let open: Vec<(u64, usize)> =
        chosen.iter().filter(|r| free(r)).map(|r| (4 * u64::from(search.l.count[*r]) + rng.below(30) as u64, *r)).collect();
    if open.len() < 2 { None } else { open.iter().min().map(|found| found.1) }
}

#[cfg(test)]
#[path = "parts_test.rs"]
mod test;
