//! Generations: a few plans are annealed apart, then neighbourhoods of routes are carried from one into another and healed by
//! short, local ruin and recreate.
//!
//! One long annealing ends in the funnel that it fell into early; four times the budget seldom finds the way out. Two short ones
//! end in different funnels, each right somewhere. The exchange is the selective route exchange of Nagata, Bräysy and Dullaert
//! (2010) with one neighbourhood at a time, in a crowd as small as the budget of a planning day allows.

use super::combine::Thrift;
use super::eval::{Eval, HARD};
use super::links::NONE;
use super::sisr::Search;
use super::{CHUNK, Options, Progress, stopped, unit, used};
use crate::model::Problem;
use crate::rng::Rng;

/// Share of the budget after which routes are combined. Earlier, the best plan takes over what the others are good at and the crowd grows
/// alike: with all of the budget or its last sixth some days of RC1 and RC2 ended worse. What is left suffices for a hundred parts.
const LATE: f64 = 0.96;
/// Work for combining from then on, as a multiple of that for the steps, before attempts in vain make it less.
const SHARE: f64 = 4.0;

#[derive(Clone)]
struct Member {
    cost: i64,
    routes: Vec<Vec<u32>>,
}

struct Run<'a, 'b, E: Eval> {
    p: &'a Problem,
    search: &'a mut Search<E>,
    options: &'a Options<'b>,
    begin: f64,
    steps: u64,
    scale: f64,
    /// What the tuning says of a route more.
    welcome: f64,
    rng: Rng,
    best: Member,
    /// What went into combining routes that were met; nothing before it is late.
    thrift: Option<Thrift>,
}

/// Works until the budget is used; the best plan found is left in `search.best`. Answers with the steps.
pub(crate) fn evolve<E: Eval>(p: &Problem, search: &mut Search<E>, options: &Options<'_>, begin: f64) -> u64 {
    let many = search.tuning().crowd.members.max(2);
    let first = search.routes();
    let best = Member { cost: search.best_total, routes: search.best.clone() };
    let rng = Rng::new(options.seed ^ 0xE701);
    let scale = search.scale();
    let welcome = search.tuning().welcome;
    let mut run = Run { p, search, options, begin, steps: 0, scale, welcome, rng, best, thrift: None };
    run.search.collect();
    run.ages(&first, many);
    let (steps, best) = (run.steps, run.best);
    (search.best_total, search.best) = (best.cost, best.routes);
    steps
}

/// One crowd per thread, each with its own seed and its own budget; the best plan of all is kept.
pub(crate) fn islands<E: Eval>(p: &Problem, search: &mut Search<E>, options: &Options<'_>, threads: usize, begin: f64) -> u64 {
    let mut others: Vec<Search<E>> = (1..threads).map(|_| search.clone()).collect();
    let mut steps = 0;
    std::thread::scope(|scope| {
        let running: Vec<_> = others
            .iter_mut()
            .zip(1u64..)
            .map(|(other, i)| {
                scope.spawn(move || {
                    let seed = options.seed ^ i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                    other.reseed(seed);
                    let own = Options { seed, progress: None, ..*options };
                    // Clocks count the seconds of their own thread.
                    evolve(p, other, &own, own.now())
                })
            })
            .collect();
        steps += evolve(p, search, options, begin);
        steps += running.into_iter().map(|thread| thread.join().unwrap_or(0)).sum::<u64>();
    });
    for other in others {
        if other.best_total < search.best_total {
            (search.best_total, search.best) = (other.best_total, other.best);
        }
    }
    steps
}

/// Share of the welcome of a route more. The first plan of a crowd goes without, and shows how many routes the day needs: with ten there
/// is hardly a choice of their number, and one more would be too much; with fourteen and more there is.
fn warmth(shown: Option<&Member>) -> f64 {
    let routes = shown.map_or(0, |m| m.routes.iter().filter(|r| !r.is_empty()).count());
    ((routes as f64 - 10.0) / 4.0).clamp(0.0, 1.0)
}

impl<E: Eval> Run<'_, '_, E> {
    fn used(&self) -> f64 {
        used(self.options, self.steps, self.begin)
    }

    fn over(&self) -> bool {
        self.used() >= 1.0 || stopped(self.options)
    }

    /// One crowd after the other. A crowd grows alike and then finds nothing more, long before the budget of a small day is used: its
    /// best plan is put by, and a new crowd starts from nothing. What has been put by is a crowd of its own in the end. Answers with how
    /// many crowds there were.
    fn ages(&mut self, first: &[Vec<u32>], many: usize) -> usize {
        let mut elders = Vec::new();
        let mut crowds = 0;
        let mut longest = 0.0f64;
        while !self.over() {
            let began = self.used();
            // No time for another whole age: the newcomers live with the elders until the end.
            let last = elders.len() == 1 && began + longest > 1.0;
            let mut crowd = if last { std::mem::take(&mut elders) } else { Vec::new() };
            let patience = self.found(first, many, &mut crowd);
            crowds += 1;
            let best = self.breed(crowd, if last { u64::MAX } else { patience });
            elders.push(best);
            longest = longest.max(self.used() - began);
            let late = self.used() + longest > 1.0;
            if elders.len() >= many || late && elders.len() > 1 {
                let best = self.breed(std::mem::take(&mut elders), if late { u64::MAX } else { patience });
                elders.push(best);
            }
        }
        crowds
    }

    /// Anneals from where the search stands, between two temperatures given as shares of a job's average cost, until a share of the
    /// budget is used or `all` steps are done, whichever comes first.
    fn anneal(&mut self, hot: f64, cold: f64, share: f64, all: u64) {
        let (from, first) = (self.used(), self.steps);
        loop {
            let now = self.used();
            if let Some(progress) = self.options.progress {
                let best = self.best.cost.min(self.search.best_total);
                progress(Progress { used: now, steps: self.steps, best: best / unit(self.p) });
            }
            let done = ((now - from) / (share - from).max(1e-9)).max((self.steps - first) as f64 / all as f64);
            if done >= 1.0 || now >= 1.0 || stopped(self.options) {
                break;
            }
            let temperature = (self.scale * hot * (cold / hot).powf(done)).max(1e-7);
            for _ in 0..CHUNK {
                self.search.step(temperature);
            }
            self.steps += CHUNK;
        }
        if self.search.best_total < self.best.cost {
            self.best = Member { cost: self.search.best_total, routes: self.search.best.clone() };
        }
    }

    /// The first generation: every plan is annealed from the same start. Answers with the steps of one of them.
    fn found(&mut self, first: &[Vec<u32>], many: usize, crowd: &mut Vec<Member>) -> u64 {
        let knobs = self.search.tuning().crowd;
        let (from, before) = (self.used(), self.steps);
        let share = knobs.first * (1.0 - from) / many as f64;
        for i in 1..=many {
            self.search.load(first);
            self.search.keep_best();
            self.search.tuning.welcome = if i == 1 { 0.0 } else { self.welcome * warmth(crowd.last()) };
            self.anneal(knobs.hot, knobs.cold, from + share * i as f64, knobs.each * self.p.jobs.len() as u64);
            crowd.push(Member { cost: self.search.best_total, routes: self.search.best.clone() });
        }
        (self.steps - before) / many as u64
    }

    /// All others: a child takes the place of its first parent when it is better, and unlike everybody else. Ends when so many steps
    /// in a row were for nothing; answers with the best of the crowd.
    fn breed(&mut self, mut crowd: Vec<Member>, patience: u64) -> Member {
        let knobs = self.search.tuning().crowd;
        let all: Vec<u32> = self.search.mine().to_vec();
        let mut fruitful = self.steps;
        while !self.over() && self.steps - fruitful <= patience {
            let a = self.rng.below(crowd.len());
            let b = (a + 1 + self.rng.below(crowd.len() - 1)) % crowd.len();
            let mut changed = self.cross(&crowd[a], &crowd[b]);
            if changed.is_empty() {
                // Alike where we looked: the plan goes on by itself for a while.
                self.search.load(&crowd[a].routes);
                self.search.keep_best();
                changed.clone_from(&all);
            }
            self.search.aim(&changed);
            self.anneal(knobs.warm, knobs.cold, 1.0, (changed.len() as u64 * 30).max(512));
            let cost = self.search.best_total;
            if cost < crowd[a].cost && crowd.iter().all(|m| m.cost != cost) {
                crowd[a] = Member { cost, routes: self.search.best.clone() };
                fruitful = self.steps;
            }
            if self.used() >= LATE && self.combine(&mut crowd) {
                fruitful = self.steps;
            }
        }
        self.search.aim(&all);
        let best = (0..crowd.len()).min_by_key(|i| crowd[*i].cost).unwrap_or(0);
        crowd.swap_remove(best)
    }

    /// The best plan of the crowd is put together anew from routes that were met, part by part, while the work for it is within its share
    /// of the steps. Was it for anything?
    fn combine(&mut self, crowd: &mut [Member]) -> bool {
        let mut fruitful = false;
        while let Some(a) = (0..crowd.len()).min_by_key(|i| crowd[*i].cost).filter(|_| !self.over()) {
            let thrift = self.thrift.get_or_insert_with(|| Thrift::new(self.steps, SHARE));
            let Some(routes) = self.search.combine(&crowd[a].routes, self.steps, thrift, &mut self.rng) else { break };
            fruitful = true;
            crowd[a] = Member { cost: self.search.total, routes };
            if crowd[a].cost < self.best.cost {
                self.best = crowd[a].clone();
            }
        }
        fruitful
    }

    /// Loads a child: `a`, with some neighbouring routes of `b` in the place of those that they resemble most. Jobs that lost
    /// their route are put back at once. Answers with the jobs whose routes are new, none when there was nothing to carry over.
    fn cross(&mut self, a: &Member, b: &Member) -> Vec<u32> {
        let near = self.search.near.clone();
        let taken = self.choose(a, b);
        let mut inside = vec![false; self.p.jobs.len()];
        for r in &taken {
            b.routes[*r].iter().for_each(|j| inside[*j as usize] = true);
        }
        let mut child = a.routes.clone();
        let mut spent = vec![false; child.len()];
        let mut changed: Vec<u32> = Vec::new();
        for r in &taken {
            // Only an engineer of the same kind can drive the route.
            let likeness = |x: &usize| {
                let common = a.routes[*x].iter().filter(|j| inside[**j as usize]).count();
                if a.routes[*x].is_empty() { 1 } else { 1000 * common / a.routes[*x].len() }
            };
            let class = near.classes[near.class_of[*r] as usize].iter().map(|x| *x as usize);
            if let Some(x) = class.filter(|x| !spent[*x]).max_by_key(likeness) {
                spent[x] = true;
                changed.extend(&a.routes[x]);
                child[x].clone_from(&b.routes[*r]);
            }
        }
        for (jobs, spent) in child.iter_mut().zip(&spent) {
            let before = jobs.len();
            if !spent {
                jobs.retain(|j| !inside[*j as usize]);
            }
            if *spent || jobs.len() < before {
                changed.extend(jobs.iter());
            }
        }
        changed.sort_unstable();
        changed.dedup();
        changed.retain(|j| self.search.l.node(*j).frozen == 0);
        // Taking jobs out can break a route where travel violates the triangle inequality.
        if !self.search.load(&child) {
            return Vec::new();
        }
        let toll = self.search.harden();
        self.search.construct();
        if toll < HARD {
            self.search.soften(toll);
        }
        changed
    }

    /// Routes of `b` around a random job that `a` does not have.
    fn choose(&mut self, a: &Member, b: &Member) -> Vec<usize> {
        let n = self.p.jobs.len();
        let mut route_of = vec![NONE; n];
        for (r, jobs) in b.routes.iter().enumerate() {
            jobs.iter().for_each(|j| route_of[*j as usize] = r as u32);
        }
        let filled = b.routes.iter().filter(|r| !r.is_empty()).count();
        let want = 1 + self.rng.below((filled * 3 / 10).max(2));
        let seed = self.rng.below(n) as u32;
        let mut taken: Vec<usize> = Vec::new();
        for v in std::iter::once(&seed).chain(&self.search.near.around[seed as usize]) {
            let r = route_of[*v as usize] as usize;
            if r < b.routes.len() && !taken.contains(&r) && !a.routes.contains(&b.routes[r]) {
                taken.push(r);
                if taken.len() >= want {
                    break;
                }
            }
        }
        taken
    }
}

#[cfg(test)]
#[path = "evolve_test.rs"]
mod test;
