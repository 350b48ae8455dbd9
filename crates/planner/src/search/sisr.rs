//! Slack induction by string removals (Christiaens and Vanden Berghe, 2020): ruin strings of neighbouring routes, recreate
//! greedily with blinks, accept by annealing. Insertions look at candidate neighbours only, so a step does not grow with the day.

use std::sync::Arc;

use super::eval::{Blink, Eval, HARD};
use super::links::{Links, NONE};
use super::memory::Memory;
use super::near::Near;
use super::store::Store;
use crate::model::{Objective, Problem};
use crate::rng::Rng;

/// Knobs of a search that keeps several plans (distance objective only). Temperatures are shares of the average cost per job.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Plans; below two there is one annealing.
    pub members: usize,
    /// Days with more jobs than this have one annealing.
    pub most_jobs: usize,
    /// Share of the budget that goes into the first generation.
    pub first: f64,
    /// Most steps per job and plan of a first generation.
    pub each: u64,
    /// Where the annealing of the first generation begins.
    pub hot: f64,
    /// Where the healing of a child begins.
    pub warm: f64,
    /// Where both end.
    pub cold: f64,
}

/// Knobs of the search. The defaults are tuned on the development cases.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// Average number of jobs removed by a step.
    pub average_removed: f64,
    /// Longest string.
    pub longest: usize,
    /// Chance that an insertion position is overlooked.
    pub blink: f64,
    /// Chance of a split string.
    pub split: f64,
    /// Chance that a split string preserves one job more.
    pub deepen: f64,
    /// First temperature as a share of the average cost per job.
    pub hot: f64,
    /// The same where everybody starts and ends at one depot.
    pub hot_depot: f64,
    /// Last temperature as a share of the average cost per job.
    pub cold: f64,
    /// Days small enough for several plans at a time.
    pub crowd: Crowd,
    /// How willingly a ruin exchanges the tails of two routes, as a share of the temperature; 0 only when it pays at once.
    pub cross: f64,
    /// Jobs of the neighbourhood in which ruins stay for a while, on days of eight times as many jobs or more; 0 lets them jump. Where
    /// distance alone counts and everybody starts elsewhere they jump all the same: the plans of such days became worse by it.
    pub window: usize,
    /// With a common depot: what one route more is worth on the way, in temperatures; nothing at the end. Greedy insertion closes routes
    /// and never opens one that is not full at once, so without a counterweight the plan freezes with too few.
    pub welcome: f64,
    /// How often a ruin spreads along the jobs that ask for as much as the one it began with: few can take those from each other.
    pub kin: f64,
    /// How often a recreate begins with the jobs that the fewest engineers can do, before others take those engineers' time.
    pub scarce: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            average_removed: 10.0,
            longest: 10,
            blink: 0.01,
            split: 0.5,
            deepen: 0.01,
            hot: 2.0,
            hot_depot: 0.8,
            cold: 0.02,
            crowd: Crowd { members: 3, most_jobs: 800, first: 0.3, each: 500, hot: 1.0, warm: 0.1, cold: 0.03 },
            cross: 1.0,
            window: 64,
            welcome: 5.0,
            kin: 0.5,
            scarce: 0.5,
        }
    }
}

/// Highest toll: a few units at this price outweigh any detour.
const DEAREST: i64 = 1 << 32;

/// What a broken route costs more than any other: the step that broke it is refused.
pub(super) const BROKEN: i64 = 1 << 56;

#[derive(Clone)]
pub(crate) struct Search<E: Eval> {
    pub l: Links,
    pub eval: E,
    pub cost: Vec<i64>,
    pub total: i64,
    pub best_total: i64,
    pub best: Vec<Vec<u32>>,
    pub steps: u64,
    pub(super) near: Arc<Near>,
    pub(super) tuning: Tuning,
    pub(super) rng: Rng,
    /// Routes this search may touch, and the jobs that a ruin may start from.
    pub(super) active: Vec<bool>,
    pub(super) mine: Vec<u32>,
    /// The neighbourhood that ruins start from at present, and for how many steps more.
    pub(super) base: usize,
    pub(super) stay: usize,
    /// What a step may lose by opening a route, and must gain by emptying one.
    pub(super) welcome: i64,
    pub(super) absent: Vec<u32>,
    pub(super) absent_at: Vec<u32>,
    dirty: Vec<bool>,
    dirty_list: Vec<u32>,
    pub(super) blink: Blink,
    pub(super) keys: Arc<Keys>,
    pub(super) memory: Memory,
    /// What a unit of load above capacity costs at present, `HARD` when capacities are kept; looks since it was last set, and how many
    /// of them met no such unit.
    toll: i64,
    looks: u32,
    clean: u32,
    // Scratch of one step.
    pub(super) pool: Vec<u32>,
    /// Routes that the step touched, as they were before.
    touched: Vec<Touched>,
    touched_mark: Vec<bool>,
    /// Routes that lost a string, and the node before the gap.
    pub(super) ruined: Vec<(u32, u32)>,
    /// Routes of good plans where somebody wants to combine them, and the temperature below which plans are good.
    pub(super) store: Option<Box<Store>>,
    pub(super) good: f64,
}

/// A route as it was before the step.
#[derive(Debug, Clone, Copy)]
struct Touched {
    route: u32,
    cost: i64,
    /// Had it jobs?
    used: bool,
    /// Number of its state in the memory.
    state: u32,
}

/// Sort keys of the recreate orders, per job.
#[derive(Debug)]
pub(super) struct Keys {
    pub demand: Vec<i64>,
    pub far: Vec<i64>,
    pub open: Vec<i64>,
    pub close: Vec<i64>,
    pub width: Vec<i64>,
    pub price: Vec<i64>,
    /// Engineers who can do the job; empty where everybody can do everything.
    pub able: Vec<usize>,
}

impl Keys {
    fn new(p: &Problem) -> Self {
        let e = p.engineers[0].start;
        let hull = |j: &crate::model::Job| (j.windows[0].0, j.windows[j.windows.len() - 1].1);
        let able = super::hard::able(p)
            .map_or_else(Vec::new, |able| able.chunks(p.engineers.len()).map(|row| row.iter().filter(|can| **can).count()).collect());
        Self {
            able,
            demand: p.jobs.iter().map(|j| j.demand + j.service).collect(),
            far: p.jobs.iter().map(|j| i64::from(p.travel.seconds(e, j.place))).collect(),
            open: p.jobs.iter().map(|j| hull(j).0).collect(),
            close: p.jobs.iter().map(|j| hull(j).1).collect(),
            width: p.jobs.iter().map(|j| hull(j).1 - hull(j).0).collect(),
            price: p.jobs.iter().map(|j| j.unserved).collect(),
        }
    }
}

impl<E: Eval> Search<E> {
    pub fn new(p: &Problem, eval: E, near: Arc<Near>, tuning: Tuning, seed: u64) -> Self {
        let (n, m) = (p.jobs.len(), p.engineers.len());
        let memory = Memory::new(if near.depot.is_some() { 0 } else { n }, m, near.reach.around + near.reach.sample);
        let roams = p.objective == Objective::Distance && near.depot.is_none();
        let mut out = Self {
            l: Links::new(p),
            eval,
            cost: vec![0; m],
            total: 0,
            best_total: i64::MAX,
            best: vec![Vec::new(); m],
            steps: 0,
            near,
            tuning: Tuning { window: if roams { 0 } else { tuning.window }, ..tuning },
            rng: Rng::new(seed),
            active: vec![true; m],
            mine: (0..n as u32).collect(),
            base: 0,
            stay: 0,
            welcome: 0,
            absent: (0..n as u32).collect(),
            absent_at: (0..n as u32).collect(),
            dirty: vec![true; m],
            dirty_list: (0..m as u32).collect(),
            blink: Blink::new(tuning.blink, seed ^ 0xB11F),
            keys: Arc::new(Keys::new(p)),
            memory,
            toll: HARD,
            looks: 0,
            clean: 0,
            pool: Vec::new(),
            touched: Vec::new(),
            touched_mark: vec![false; m],
            ruined: Vec::new(),
            store: None,
            good: 0.0,
        };
        let frozen: Vec<Vec<u32>> = p.engineers.iter().map(|e| e.frozen.iter().map(|f| f.0 as u32).collect()).collect();
        out.load(&frozen);
        out
    }

    pub fn reseed(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
        self.blink = Blink::new(self.tuning.blink, seed ^ 0xB11F);
    }

    /// Takes over whole routes. Returns false when one of them breaks a hard rule.
    pub fn load(&mut self, routes: &[Vec<u32>]) -> bool {
        for r in 0..routes.len() {
            self.l.clear(r);
        }
        let mut fine = true;
        for (r, jobs) in routes.iter().enumerate() {
            self.l.rewrite(r, jobs);
            match self.eval.refresh(&self.l, r) {
                Some(c) => self.cost[r] = c,
                None => fine = false,
            }
            self.memory.renew(r);
            self.touch_dirty(r);
        }
        self.absent.clear();
        self.total = self.cost.iter().sum();
        for j in 0..self.l.jobs as u32 {
            if self.l.node(j).route == NONE {
                self.absent_at[j as usize] = self.absent.len() as u32;
                self.absent.push(j);
                self.total += self.eval.price(j);
            } else {
                self.absent_at[j as usize] = NONE;
            }
        }
        self.best_total = i64::MAX;
        fine
    }

    /// Narrows an absent job to one window, or gives it its windows back.
    pub fn set_windows(&mut self, j: u32, windows: &[(i64, i64)]) {
        self.eval.set_windows(&mut self.l, j, windows);
        self.memory.forget(j);
    }

    /// Limits the search to some routes and to the absent jobs in `absent`.
    pub fn focus(&mut self, active: &[bool], absent: &[u32]) {
        self.active.copy_from_slice(active);
        self.mine.clear();
        for (r, on) in active.iter().enumerate() {
            if *on {
                self.l.append_to(r, &mut self.mine);
            }
        }
        self.mine.retain(|j| self.l.nodes[*j as usize].frozen == 0);
        for j in &self.absent {
            self.absent_at[*j as usize] = NONE;
        }
        self.absent.clear();
        for j in absent {
            self.absent_at[*j as usize] = self.absent.len() as u32;
            self.absent.push(*j);
        }
        self.mine.extend_from_slice(absent);
        self.mine.sort_unstable();
    }

    /// Ruins start from these jobs only.
    pub fn aim(&mut self, jobs: &[u32]) {
        self.mine.clear();
        self.mine.extend_from_slice(jobs);
    }

    /// Where ruins start from.
    pub fn mine(&self) -> &[u32] {
        &self.mine
    }

    pub fn routes(&self) -> Vec<Vec<u32>> {
        let mut out = vec![Vec::new(); self.cost.len()];
        for (r, jobs) in out.iter_mut().enumerate() {
            self.l.append_to(r, jobs);
        }
        out
    }

    fn touch_dirty(&mut self, r: usize) {
        if !self.dirty[r] {
            self.dirty[r] = true;
            self.dirty_list.push(r as u32);
        }
    }

    pub fn keep_best(&mut self) {
        self.best_total = self.total;
        for r in self.dirty_list.drain(..) {
            self.dirty[r as usize] = false;
            let route = &mut self.best[r as usize];
            route.clear();
            self.l.append_to(r as usize, route);
        }
    }

    /// Remembers the cost of a route before the step changes it.
    pub(super) fn touch(&mut self, r: usize) {
        if !self.touched_mark[r] {
            self.touched_mark[r] = true;
            self.touched.push(Touched { route: r as u32, cost: self.cost[r], used: self.l.count[r] > 0, state: self.memory.state(r) });
        }
    }

    pub(super) fn begin(&mut self) {
        self.pool.clear();
        self.touched.clear();
        self.l.begin();
        self.eval.begin();
        self.memory.begin();
    }

    /// The step is over: what it touched now differs from the best plan, unless it was undone.
    pub(super) fn finish(&mut self, kept: bool) {
        for i in 0..self.touched.len() {
            let r = self.touched[i].route as usize;
            self.touched_mark[r] = false;
            if kept {
                self.touch_dirty(r);
            }
        }
        self.sync_absent();
    }

    /// One ruin, one recreate, one decision at temperature `temperature`.
    pub fn step(&mut self, temperature: f64) {
        self.steps += 1;
        if self.mine.is_empty() {
            return;
        }
        let before = self.total;
        let limit = (before + self.eval.debt()) as f64 - temperature * (1.0 - self.rng.unit()).ln();
        self.welcome = if self.depot() { (temperature * self.tuning.welcome) as i64 } else { 0 };
        self.begin();
        self.ruin(temperature);
        // Routes that are still to be opened earn their welcome: a step that may open two is not given up.
        let hopeless = limit.min(BROKEN as f64) as i64 + 2 * self.welcome;
        let kept = self.recreate(false, hopeless) && ((self.total + self.eval.debt() - self.opened() * self.welcome) as f64) < limit;
        if !kept {
            self.l.undo();
            self.eval.undo();
            for t in &self.touched {
                self.cost[t.route as usize] = t.cost;
                self.memory.restore(t.route as usize, t.state);
            }
            self.total = before;
        }
        let clean = self.eval.debt() == 0;
        if kept && clean && temperature <= self.good && self.total <= self.best_total.saturating_add(self.best_total / 100) {
            self.put_by();
        }
        self.finish(kept);
        if self.total < self.best_total && clean {
            self.keep_best();
        }
        if self.toll != HARD {
            self.haggle(clean);
        }
    }

    /// Keeps the routes that the step made, for plans that are put together from them.
    fn put_by(&mut self) {
        if let Some(store) = &mut self.store {
            self.touched.iter().for_each(|t| store.offer(&self.l, t.route as usize, self.cost[t.route as usize]));
        }
    }

    /// Routes that the step opened, less those that it emptied.
    fn opened(&self) -> i64 {
        self.touched.iter().map(|t| i64::from(self.l.count[t.route as usize] > 0) - i64::from(t.used)).sum()
    }

    /// From now on a route may carry more than its capacity, at a price (Vidal et al., 2013): where vans are full, two plans are
    /// joined by none that keeps every capacity. With a common depot only.
    pub fn soften(&mut self, toll: i64) {
        let toll = toll.clamp(1, DEAREST);
        if self.depot() && self.eval.set_toll(toll) {
            self.toll = toll;
        } else {
            self.eval.set_toll(HARD);
        }
    }

    /// From now on capacities are kept.
    pub fn harden(&mut self) -> i64 {
        self.eval.set_toll(HARD);
        std::mem::replace(&mut self.toll, HARD)
    }

    /// Keeps the toll where about half of the plans on the way keep every capacity.
    fn haggle(&mut self, clean: bool) {
        self.looks += 1;
        self.clean += u32::from(clean);
        if self.looks < 256 {
            return;
        }
        self.toll = if self.clean < 128 { (self.toll + self.toll / 8 + 1).min(DEAREST) } else { (self.toll - self.toll / 10).max(1) };
        self.eval.set_toll(self.toll);
        (self.looks, self.clean) = (0, 0);
    }

    fn sync_absent(&mut self) {
        for i in 0..self.pool.len() {
            let j = self.pool[i];
            let (out, at) = (self.l.node(j).route == NONE, self.absent_at[j as usize]);
            if out && at == NONE {
                self.absent_at[j as usize] = self.absent.len() as u32;
                self.absent.push(j);
            } else if !out && at != NONE {
                self.absent.swap_remove(at as usize);
                if let Some(moved) = self.absent.get(at as usize) {
                    self.absent_at[*moved as usize] = at;
                }
                self.absent_at[j as usize] = NONE;
            }
        }
    }

    /// Scale of one job in the present plan, for temperatures.
    pub fn scale(&self) -> f64 {
        let served = self.l.jobs - self.absent.len();
        let cost: i64 = self.cost.iter().sum();
        cost as f64 / served.max(1) as f64
    }

    /// Route `r` takes jobs.
    pub fn open(&self, r: usize) -> bool {
        self.active[r]
    }

    /// Route `r` takes no more jobs and gives none away.
    pub fn close(&mut self, r: usize) {
        self.active[r] = false;
    }

    /// Local ruin and recreate: seeds are `jobs` and their neighbours among the `present` ones. Returns (steps, changed).
    pub fn repair(&mut self, jobs: &[u32], present: &[bool], enough: &mut dyn FnMut(u64) -> bool) -> (u64, bool) {
        let near = self.near.clone();
        let mut seeds: Vec<u32> = jobs.to_vec();
        for j in jobs {
            seeds.extend(near.around[*j as usize].iter().take(40));
        }
        seeds.sort_unstable();
        seeds.dedup();
        seeds.retain(|j| present[*j as usize] && self.l.nodes[*j as usize].frozen == 0);
        let absent: Vec<u32> = self.absent.iter().copied().filter(|j| present[*j as usize]).collect();
        let active = self.active.clone();
        self.focus(&active, &absent);
        self.mine = seeds;
        self.keep_best();
        let before = self.best_total;
        let temperature = self.scale() * 0.02;
        let mut steps = 0;
        while !self.mine.is_empty() && !enough(steps) {
            for _ in 0..16 {
                self.step(temperature);
            }
            steps += 16;
        }
        let best = self.best.clone();
        let gained = self.best_total < before;
        self.load(&best);
        self.mine = (0..self.l.jobs as u32).collect();
        self.keep_best();
        (steps, gained)
    }

    /// Does everybody start and end at one depot, so that routes are opened and closed at will?
    pub fn depot(&self) -> bool {
        self.near.depot.is_some()
    }

    /// How long the routes from a common depot are, from 0 (35 jobs) to 1 (45 jobs).
    pub fn lengthy(&self) -> f64 {
        if !self.depot() {
            return 0.0;
        }
        let routes = self.l.count.iter().filter(|many| **many > 0).count();
        let served = self.l.jobs - self.absent.len();
        ((served as f64 / routes.max(1) as f64 - 35.0) / 10.0).clamp(0.0, 1.0)
    }

    pub fn tuning(&self) -> &Tuning {
        &self.tuning
    }

    pub fn absent(&self) -> &[u32] {
        &self.absent
    }
}
