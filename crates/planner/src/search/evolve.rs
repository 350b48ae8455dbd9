//! Generations: a few plans are annealed apart, then neighbourhoods of routes are carried from one into another and healed by
//! short, local ruin and recreate.
//!
//! One long annealing ends in the funnel that it fell into early; four times the budget seldom finds the way out. Two short ones
//! end in different funnels, each right somewhere. The exchange is the selective route exchange of Nagata, Bräysy and Dullaert
//! (2010) with one neighbourhood at a time, in a crowd as small as the budget of a planning day allows.

use super::eval::{Eval, HARD};
use super::links::NONE;
use super::sisr::Search;
use super::{CHUNK, Options, Progress, stopped, unit, used};
use crate::model::Problem;
use crate::rng::Rng;

#[derive(Clone)]
struct Member {
    cost: i64,
    routes: Vec<Vec<u32>>,
}

/// When an annealing is over: at a share of the budget, or after so many steps.
enum Until {
    Share(f64),
    Steps(u64),
}

struct Run<'a, 'b, E: Eval> {
    p: &'a Problem,
    search: &'a mut Search<E>,
    options: &'a Options<'b>,
    begin: f64,
    steps: u64,
    scale: f64,
    rng: Rng,
    best: Member,
}

/// Works until the budget is used; the best plan found is left in `search.best`. Answers with the steps.
pub(crate) fn evolve<E: Eval>(p: &Problem, search: &mut Search<E>, options: &Options<'_>, begin: f64) -> u64 {
    let many = search.tuning().crowd.members.max(2);
    let first = search.routes();
    let best = Member { cost: search.best_total, routes: search.best.clone() };
    let rng = Rng::new(options.seed ^ 0xE701);
    let scale = search.scale();
    let mut run = Run { p, search, options, begin, steps: 0, scale, rng, best };
    let crowd = run.found(&first, many);
    run.breed(crowd);
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

impl<E: Eval> Run<'_, '_, E> {
    fn used(&self) -> f64 {
        used(self.options, self.steps, self.begin)
    }

    fn over(&self) -> bool {
        self.used() >= 1.0 || stopped(self.options)
    }

    /// Anneals from where the search stands, between two temperatures given as shares of a job's average cost.
    fn anneal(&mut self, hot: f64, cold: f64, until: Until) {
        let (from, first) = (self.used(), self.steps);
        loop {
            let now = self.used();
            if let Some(progress) = self.options.progress {
                let best = self.best.cost.min(self.search.best_total);
                progress(Progress { used: now, steps: self.steps, best: best / unit(self.p) });
            }
            let done = match until {
                Until::Share(share) => (now - from) / (share - from).max(1e-9),
                Until::Steps(all) => (self.steps - first) as f64 / all as f64,
            };
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

    /// The first generation: every plan is annealed from the same start.
    fn found(&mut self, first: &[Vec<u32>], many: usize) -> Vec<Member> {
        let knobs = self.search.tuning().crowd;
        let welcome = self.search.tuning.welcome;
        let mut crowd = Vec::with_capacity(many);
        for i in 1..=many {
            self.search.load(first);
            self.search.keep_best();
            // One plan goes without: a small day of few, long routes would never empty one of them.
            self.search.tuning.welcome = if i == 1 { 0.0 } else { welcome };
            self.anneal(knobs.hot, knobs.cold, Until::Share(knobs.first * i as f64 / many as f64));
            crowd.push(Member { cost: self.search.best_total, routes: self.search.best.clone() });
        }
        crowd
    }

    /// All others: a child takes the place of its first parent when it is better, and unlike everybody else.
    fn breed(&mut self, mut crowd: Vec<Member>) {
        let knobs = self.search.tuning().crowd;
        let all: Vec<u32> = self.search.mine().to_vec();
        while !self.over() {
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
            self.anneal(knobs.warm, knobs.cold, Until::Steps((changed.len() as u64 * 30).max(512)));
            let cost = self.search.best_total;
            if cost < crowd[a].cost && crowd.iter().all(|m| m.cost != cost) {
                crowd[a] = Member { cost, routes: self.search.best.clone() };
            }
        }
        self.search.aim(&all);
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
