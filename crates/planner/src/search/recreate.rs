//! Recreate: puts absent jobs back, each where it is cheapest just now.

use super::eval::Eval;
use super::links::NONE;
use super::sisr::{BROKEN, Search};

impl<E: Eval> Search<E> {
    fn order(&mut self) {
        self.rng.shuffle(&mut self.pool);
        let k = self.keys.clone();
        let pick = self.rng.below(17);
        if !k.able.is_empty() && self.rng.unit() < self.tuning.scarce {
            self.pool.sort_by_key(|j| k.able[*j as usize]);
            return;
        }
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

    /// Offers every job of the pool again. `thorough`: look at every position when the neighbours have none. Stops, and answers false,
    /// when the plan would cost `limit` even if all that is left were to be had for nothing: most steps are refused, and this one would be.
    pub(super) fn recreate(&mut self, thorough: bool, limit: i64) -> bool {
        self.order();
        let mut waiting: i64 = self.pool.iter().filter(|j| self.l.node(**j).route == NONE).map(|j| self.eval.price(*j)).sum();
        for i in 0..self.pool.len() {
            let j = self.pool[i];
            if self.l.node(j).route != NONE {
                continue;
            }
            if self.total + self.eval.debt() - waiting >= limit {
                return false;
            }
            waiting -= self.eval.price(j);
            let mut found = self.scan(j);
            if found.1 == NONE && (thorough || self.rng.below(16) == 0) {
                found = self.scan_all(j);
            }
            if found.1 != NONE {
                let r = self.l.node(found.1).route as usize;
                self.touch(r);
                self.l.link(j, found.1);
                self.memory.renew(r);
                let change = self.eval.opened(&self.l, j).unwrap_or(BROKEN);
                self.cost[r] += change;
                self.total += change - self.eval.price(j);
            }
        }
        true
    }

    /// Cheapest place for `j` among its candidates: (price, node to follow), `NONE` when none is below the unserved price.
    fn scan(&mut self, j: u32) -> (i64, u32) {
        let known = self.eval.best(&self.l, &self.near, &self.active, j, &mut self.blink);
        let mut best = known.unwrap_or_else(|| self.ask_around(j));
        for (least, class) in &self.near.classes_near[j as usize] {
            let limit = best.0.saturating_add(self.welcome);
            if *least >= limit {
                continue;
            }
            let all = &self.near.classes[*class as usize];
            let free = all.iter().find(|r| self.l.count[**r as usize] == 0 && self.active[**r as usize]);
            if let Some(r) = free
                && self.eval.admits(&self.l, *r as usize, j)
            {
                let p = self.l.start(*r as usize);
                let delta = self.eval.delta(&self.l, j, p, limit);
                if delta < limit && !self.blink.now() {
                    best = (delta - self.welcome, p);
                }
            }
        }
        best
    }

    /// The cheapest place for `j` in the routes of the jobs around it, from memory where a route is as it was when it was last asked.
    fn ask_around(&mut self, j: u32) -> (i64, u32) {
        let near = self.near.clone();
        let (close, other) = near.tries(&near.around[j as usize], near.reach.around, &mut self.blink.rng);
        let mut best = (self.eval.price(j), NONE);
        self.memory.meet([close, other], &self.l);
        self.memory.sift(|r| self.active[r] & self.eval.able(r, j));
        let mut i = 0;
        while let Some(r) = self.memory.met(i) {
            i += 1;
            let found = match self.memory.recall(j, r, best.0) {
                Some(price) if price >= best.0 => continue,
                Some(price) => (price, self.memory.after(j, r)),
                None => {
                    let never = !self.eval.admits(&self.l, r, j);
                    let least = if never { i64::MAX } else { best.0 };
                    let found = self.scan_route(j, r, best.0).unwrap_or((least, NONE));
                    self.memory.keep(j, r, found);
                    found
                }
            };
            if found.0 < best.0 && !self.blink.now() {
                best = found;
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
        for v in self.near.around[j as usize].iter().take(32) {
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
        let best = self.eval.place_in(&self.l, r, j, limit);
        (best.1 != NONE).then_some(best)
    }

    /// First plan: everything that is absent is offered once, thoroughly.
    pub fn construct(&mut self) {
        self.begin();
        self.pool.extend_from_slice(&self.absent);
        self.recreate(true, i64::MAX);
        self.finish(true);
        self.keep_best();
    }
}
