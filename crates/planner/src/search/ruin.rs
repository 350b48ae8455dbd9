//! Ruin: takes strings of jobs out of routes that lie next to each other, and lets two of them exchange their tails.

use super::eval::Eval;
use super::links::NONE;
use super::sisr::{BROKEN, Search};

impl<E: Eval> Search<E> {
    /// Where the next ruin starts. Ruins that follow each other lie next to each other for a while, so that what they read is in the
    /// cache already; which neighbourhood comes next is left to chance.
    fn seed(&mut self) -> u32 {
        let (n, window) = (self.mine.len(), self.tuning.window);
        if window == 0 || n < 8 * window {
            return self.mine[self.rng.below(n)];
        }
        if self.stay == 0 {
            (self.stay, self.base) = (8 * window, self.rng.below(n));
        }
        self.stay -= 1;
        self.mine[(self.base + self.rng.below(window)) % n]
    }

    pub(super) fn ruin(&mut self, temperature: f64) {
        let seed = self.seed();
        let near = self.near.clone();
        let (mut routes, mut jobs) = (0usize, 0usize);
        // Average route length near the seed, not of the whole day: long and short routes may live in one plan.
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
        let kin = !near.kin.is_empty() && self.rng.unit() < self.tuning.kin;
        let list = if kin { &near.kin[seed as usize] } else { &near.around[seed as usize] };
        for i in 0..=list.len() {
            if self.ruined.len() >= strings {
                break;
            }
            let v = if i == 0 { seed } else { list[i - 1] };
            let r = self.l.node(v).route;
            if r == NONE {
                if self.absent_at[v as usize] != NONE && self.pool.len() < 60 {
                    self.pool.push(v);
                }
                continue;
            }
            if !self.active[r as usize] || self.l.node(v).frozen == 1 || self.ruined.iter().any(|x| x.0 == r) {
                continue;
            }
            self.touch(r as usize);
            let size = self.l.count[r as usize] as f64;
            let length = (1.0 + self.rng.unit() * longest.min(size)) as usize;
            let gap = self.tear(v, length.min(size as usize).max(1), size as usize);
            self.ruined.push((r, gap));
        }
        self.cross(temperature);
        for _ in 0..2 {
            if !self.absent.is_empty() {
                let v = self.absent[self.rng.below(self.absent.len())];
                if !self.pool.contains(&v) {
                    self.pool.push(v);
                }
            }
        }
    }

    /// Removes `length` jobs in a string around `v`, perhaps sparing some in the middle. Answers with the node before the gap.
    fn tear(&mut self, v: u32, length: usize, size: usize) -> u32 {
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
        let mut first = v;
        for _ in 0..begin {
            first = self.l.node(first).prev;
        }
        let span = span.min(begin + ahead + 1);
        if spare == 0 {
            return self.cut(first, span);
        }
        // The jobs in the middle stay: two cuts, the later one first.
        let head = (1 + self.rng.below(length.saturating_sub(1).max(1))).min(span);
        if span > head + spare {
            let mut rest = first;
            for _ in 0..head + spare {
                rest = self.l.node(rest).next;
            }
            self.cut(rest, span - head - spare);
        }
        self.cut(first, head)
    }

    /// Takes `many` jobs from `first` on out of their route. Answers with the node before them.
    fn cut(&mut self, first: u32, many: usize) -> u32 {
        let (before, r) = (self.l.node(first).prev, self.l.node(first).route as usize);
        let mut last = first;
        for k in 0..many {
            self.pool.push(last);
            self.total += self.eval.price(last);
            if k + 1 < many {
                last = self.l.node(last).next;
            }
        }
        self.l.cut(first, last);
        // Removing a stop can break a route only where travel violates the triangle inequality; such a step is then refused.
        self.memory.renew(r);
        let change = self.eval.closed(&self.l, before).unwrap_or(BROKEN);
        self.cost[r] += change;
        self.total += change;
        before
    }
}
