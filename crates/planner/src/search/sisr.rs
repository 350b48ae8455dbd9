//! Slack induction by string removals (Christiaens and Vanden Berghe, 2020): ruin strings of neighbouring routes, recreate
//! greedily with blinks, accept by annealing. Insertions look at candidate neighbours only, so a step does not grow with the day.

use std::sync::Arc;

use super::links::{Eval, Links, NONE};
use super::near::Near;
use crate::model::Problem;
use crate::rng::Rng;

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
    /// Last temperature as a share of the average cost per job.
    pub cold: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { average_removed: 10.0, longest: 10, blink: 0.01, split: 0.5, deepen: 0.01, hot: 2.0, cold: 0.02 }
    }
}

#[derive(Clone)]
pub(crate) struct Search<E: Eval> {
    pub l: Links,
    pub eval: E,
    pub cost: Vec<i64>,
    pub total: i64,
    pub best_total: i64,
    pub best: Vec<Vec<u32>>,
    pub steps: u64,
    near: Arc<Near>,
    tuning: Tuning,
    rng: Rng,
    /// Routes this search may touch, and the jobs that a ruin may start from.
    active: Vec<bool>,
    mine: Vec<u32>,
    absent: Vec<u32>,
    absent_at: Vec<u32>,
    dirty: Vec<bool>,
    dirty_list: Vec<u32>,
    blink_in: u32,
    keys: Arc<Keys>,
    // Scratch of one step.
    pool: Vec<u32>,
    saved: Vec<u32>,
    saved_routes: Vec<(u32, u32, u32, i64)>,
    saved_mark: Vec<bool>,
    ruined: Vec<u32>,
}

/// Sort keys of the recreate orders, per job.
#[derive(Debug)]
struct Keys {
    demand: Vec<i64>,
    far: Vec<i64>,
    open: Vec<i64>,
    close: Vec<i64>,
    width: Vec<i64>,
    price: Vec<i64>,
}

impl Keys {
    fn new(p: &Problem) -> Self {
        let e = p.engineers[0].start;
        let hull = |j: &crate::model::Job| (j.windows[0].0, j.windows[j.windows.len() - 1].1);
        Self {
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
        let mut out = Self {
            l: Links::new(p),
            eval,
            cost: vec![0; m],
            total: 0,
            best_total: i64::MAX,
            best: vec![Vec::new(); m],
            steps: 0,
            near,
            tuning,
            rng: Rng::new(seed),
            active: vec![true; m],
            mine: (0..n as u32).collect(),
            absent: (0..n as u32).collect(),
            absent_at: (0..n as u32).collect(),
            dirty: vec![true; m],
            dirty_list: (0..m as u32).collect(),
            blink_in: 100,
            keys: Arc::new(Keys::new(p)),
            pool: Vec::new(),
            saved: Vec::new(),
            saved_routes: Vec::new(),
            saved_mark: vec![false; m],
            ruined: Vec::new(),
        };
        let frozen: Vec<Vec<u32>> = p.engineers.iter().map(|e| e.frozen.iter().map(|f| f.0 as u32).collect()).collect();
        out.load(&frozen);
        out
    }

    pub fn reseed(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
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

    fn save(&mut self, r: usize) {
        if !self.saved_mark[r] {
            self.saved_mark[r] = true;
            let from = self.saved.len() as u32;
            self.l.append_to(r, &mut self.saved);
            self.saved_routes.push((r as u32, from, self.saved.len() as u32, self.cost[r]));
        }
    }

    /// One ruin, one recreate, one decision at temperature `temperature`.
    pub fn step(&mut self, temperature: f64) {
        self.steps += 1;
        if self.mine.is_empty() {
            return;
        }
        let before = self.total;
        self.pool.clear();
        self.saved.clear();
        self.saved_routes.clear();
        self.ruin();
        self.recreate(false);
        let limit = before as f64 - temperature * (1.0 - self.rng.unit()).ln();
        if (self.total as f64) < limit {
            for i in 0..self.saved_routes.len() {
                self.touch_dirty(self.saved_routes[i].0 as usize);
            }
        } else {
            self.undo(before);
        }
        for i in 0..self.saved_routes.len() {
            self.saved_mark[self.saved_routes[i].0 as usize] = false;
        }
        self.sync_absent();
        if self.total < self.best_total {
            self.keep_best();
        }
    }

    fn undo(&mut self, before: i64) {
        for i in 0..self.saved_routes.len() {
            self.l.clear(self.saved_routes[i].0 as usize);
        }
        for i in 0..self.saved_routes.len() {
            let (r, from, to, cost) = self.saved_routes[i];
            self.l.rewrite(r as usize, &self.saved[from as usize..to as usize]);
            let _ = self.eval.refresh(&self.l, r as usize);
            self.cost[r as usize] = cost;
        }
        self.total = before;
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

    fn ruin(&mut self) {
        let seed = self.mine[self.rng.below(self.mine.len())];
        let (mut routes, mut jobs) = (0usize, 0usize);
        // Average route length near the seed, not of the whole day: long and short routes may live in one plan.
        let near = self.near.clone();
        for v in near.around[seed as usize].iter().take(20) {
            let r = self.l.node(*v).route;
            if r != NONE {
                routes += 1;
                jobs += self.l.count[r as usize] as usize;
            }
        }
        let average = if routes == 0 { 1.0 } else { jobs as f64 / routes as f64 };
        let longest = (self.tuning.longest as f64).min(average).max(1.0);
        let strings = (4.0 * self.tuning.average_removed / (1.0 + longest) - 1.0).max(1.0);
        let strings = (1.0 + self.rng.unit() * strings) as usize;
        self.ruined.clear();
        for v in std::iter::once(seed).chain(near.around[seed as usize].iter().copied()) {
            if self.ruined.len() >= strings {
                break;
            }
            let r = self.l.node(v).route;
            if r == NONE {
                if self.absent_at[v as usize] != NONE && self.pool.len() < 60 {
                    self.pool.push(v);
                }
                continue;
            }
            if !self.active[r as usize] || self.l.node(v).frozen == 1 || self.ruined.contains(&r) {
                continue;
            }
            self.ruined.push(r);
            self.save(r as usize);
            let size = self.l.count[r as usize] as f64;
            let length = (1.0 + self.rng.unit() * longest.min(size)) as usize;
            self.tear(v, length.min(size as usize).max(1), size as usize);
            self.refresh(r as usize);
        }
        for _ in 0..2 {
            if !self.absent.is_empty() {
                let v = self.absent[self.rng.below(self.absent.len())];
                if !self.pool.contains(&v) {
                    self.pool.push(v);
                }
            }
        }
    }

    /// Removes `length` jobs in a string around `v`, perhaps sparing some in the middle.
    fn tear(&mut self, v: u32, length: usize, size: usize) {
        let mut spare = 0;
        if length > 1 && length < size && self.rng.unit() < self.tuning.split {
            spare = 1;
            while length + spare < size && self.rng.unit() < self.tuning.deepen {
                spare += 1;
            }
        }
        let span = length + spare;
        let (mut first, mut back) = (v, 0);
        while back + 1 < span {
            let prev = self.l.node(first).prev;
            if prev as usize >= self.l.jobs || self.l.node(prev).frozen == 1 {
                break;
            }
            (first, back) = (prev, back + 1);
        }
        let (mut last, mut ahead) = (v, 0);
        while ahead + 1 < span {
            let next = self.l.node(last).next;
            if next as usize >= self.l.jobs {
                break;
            }
            (last, ahead) = (next, ahead + 1);
        }
        // The string may begin so far back, at least so far that it still reaches its span.
        let least = (span - 1).saturating_sub(ahead).min(back);
        let begin = least + self.rng.below(back - least + 1);
        let mut at = v;
        for _ in 0..begin {
            at = self.l.node(at).prev;
        }
        let skip_from = if spare == 0 { usize::MAX } else { 1 + self.rng.below(length.saturating_sub(1).max(1)) };
        for k in 0..span {
            if at as usize >= self.l.jobs {
                break;
            }
            let next = self.l.node(at).next;
            if k < skip_from || k >= skip_from + spare {
                self.l.remove(at);
                self.total += self.eval.price(at);
                self.pool.push(at);
            }
            at = next;
        }
    }

    fn refresh(&mut self, r: usize) {
        // Removing a stop can break a route only where travel violates the triangle inequality; such a step is then refused.
        let fresh = self.eval.refresh(&self.l, r).unwrap_or(1 << 56);
        self.total += fresh - self.cost[r];
        self.cost[r] = fresh;
    }

    fn order(&mut self) {
        self.rng.shuffle(&mut self.pool);
        let k = self.keys.clone();
        let pick = self.rng.below(17);
        match pick {
            0..4 => {}
            4..8 => self.pool.sort_by_key(|j| -k.demand[*j as usize]),
            8..10 => self.pool.sort_by_key(|j| -k.far[*j as usize]),
            10 => self.pool.sort_by_key(|j| k.far[*j as usize]),
            11..13 => self.pool.sort_by_key(|j| k.width[*j as usize]),
            13..15 => self.pool.sort_by_key(|j| k.open[*j as usize]),
            15 => self.pool.sort_by_key(|j| -k.close[*j as usize]),
            _ => self.pool.sort_by_key(|j| -k.price[*j as usize]),
        }
    }

    /// Offers every job of the pool again. `thorough`: look at every position when the neighbours have none.
    fn recreate(&mut self, thorough: bool) {
        self.order();
        for i in 0..self.pool.len() {
            let j = self.pool[i];
            if self.l.node(j).route != NONE {
                continue;
            }
            let mut found = self.scan(j);
            if found.1 == NONE && (thorough || self.rng.below(16) == 0) {
                found = self.scan_all(j);
            }
            if found.1 != NONE {
                let r = self.l.node(found.1).route as usize;
                self.save(r);
                self.l.insert(j, found.1);
                self.total -= self.eval.price(j);
                self.refresh(r);
            }
        }
    }

    #[inline]
    fn blinks(&mut self) -> bool {
        self.blink_in = self.blink_in.wrapping_sub(1);
        if self.blink_in == 0 {
            // Gaps between blinks are geometric.
            let gap = (1.0 - self.rng.unit()).ln() / (1.0 - self.tuning.blink).ln();
            self.blink_in = gap as u32 + 1;
            return true;
        }
        false
    }

    /// Cheapest place for `j` among its candidates: (price, node to follow), `NONE` when none is below the unserved price.
    fn scan(&mut self, j: u32) -> (i64, u32) {
        let near = self.near.clone();
        let mut best = (self.eval.price(j), NONE);
        for (list, is_before) in [(&near.before[j as usize], true), (&near.after[j as usize], false)] {
            for v in list {
                let node = self.l.node(*v);
                let r = node.route;
                if r == NONE || !self.active[r as usize] || !self.eval.admits(&self.l, r as usize, j) {
                    continue;
                }
                let p = if is_before { *v } else { node.prev };
                let delta = self.eval.delta(&self.l, j, p, best.0);
                if delta < best.0 && !self.blinks() {
                    best = (delta, p);
                }
            }
        }
        for class in &near.classes_near[j as usize] {
            let free = near.classes[*class as usize].iter().find(|r| self.l.count[**r as usize] == 0 && self.active[**r as usize]);
            if let Some(r) = free
                && self.eval.admits(&self.l, *r as usize, j)
            {
                let p = self.l.start(*r as usize);
                let delta = self.eval.delta(&self.l, j, p, best.0);
                if delta < best.0 && !self.blinks() {
                    best = (delta, p);
                }
            }
        }
        best
    }

    fn scan_all(&self, j: u32) -> (i64, u32) {
        let mut best = (self.eval.price(j), NONE);
        for r in 0..self.cost.len() {
            if let Some(found) = self.scan_route(j, r, best.0) {
                best = found;
            }
        }
        best
    }

    /// Cheapest place for `j` over every open position: first next to its neighbours, whose price then rules out most others
    /// after two looks at the matrix.
    pub fn cheapest(&self, j: u32) -> Option<(i64, u32)> {
        let mut best = (i64::MAX, NONE);
        for v in &self.near.before[j as usize] {
            let r = self.l.node(*v).route;
            if r != NONE && self.active[r as usize] && self.eval.admits(&self.l, r as usize, j) {
                let delta = self.eval.delta(&self.l, j, *v, best.0);
                if delta < best.0 {
                    best = (delta, *v);
                }
            }
        }
        for r in 0..self.cost.len() {
            if let Some(found) = self.scan_route(j, r, best.0) {
                best = found;
            }
        }
        (best.1 != NONE).then_some(best)
    }

    /// Cheapest place for `j` in route `r` below `limit`.
    pub fn scan_route(&self, j: u32, r: usize, limit: i64) -> Option<(i64, u32)> {
        if !self.active[r] || !self.eval.admits(&self.l, r, j) {
            return None;
        }
        let mut best = (limit, NONE);
        let (mut p, end) = (self.l.start(r), self.l.end(r));
        while p != end {
            let delta = self.eval.delta(&self.l, j, p, best.0);
            if delta < best.0 {
                best = (delta, p);
            }
            p = self.l.node(p).next;
        }
        (best.1 != NONE).then_some(best)
    }

    /// First plan: everything that is absent is offered once, thoroughly.
    pub fn construct(&mut self) {
        self.pool.clear();
        self.saved.clear();
        self.saved_routes.clear();
        self.pool.extend_from_slice(&self.absent);
        self.recreate(true);
        for i in 0..self.saved_routes.len() {
            let r = self.saved_routes[i].0 as usize;
            self.saved_mark[r] = false;
            self.touch_dirty(r);
        }
        self.sync_absent();
        self.keep_best();
    }

    /// Scale of one job in the present plan, for temperatures.
    pub fn scale(&self) -> f64 {
        let served = self.l.jobs - self.absent.len();
        let cost: i64 = self.cost.iter().sum();
        cost as f64 / served.max(1) as f64
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

    pub fn tuning(&self) -> &Tuning {
        &self.tuning
    }

    pub fn absent(&self) -> &[u32] {
        &self.absent
    }
}
