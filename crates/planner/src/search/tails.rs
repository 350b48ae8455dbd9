//! Between the ruin and the recreate two routes may go on with each other's tail (2-opt*, Potvin and Rousseau, 1995).

use super::eval::Eval;
use super::sisr::Search;

impl<E: Eval> Search<E> {
    /// The gaps of a ruin lie next to each other: where it is cheaper, two routes go on with each other's tail (2-opt*,
    /// Potvin and Rousseau, 1995).
    pub(super) fn cross(&mut self, temperature: f64) {
        // An idle twin is a partner too: a route that has become too long a detour is cut in two.
        if self.ruined.len() > 1
            && let Some(idle) = self.idle(self.ruined[0].0 as usize)
        {
            self.touch(idle);
            self.ruined.push((idle as u32, self.l.start(idle)));
        }
        for i in 0..self.ruined.len() {
            for k in i + 1..self.ruined.len() {
                let ((r, mut a), (s, mut b)) = (self.ruined[i], self.ruined[k]);
                // Who sets out from elsewhere may better do the whole day of the other.
                let whole = !self.depot() && self.rng.below(4) == 0;
                if whole {
                    (a, b) = (self.l.start(r as usize), self.l.start(s as usize));
                }
                let heat = (-temperature * self.tuning.cross * (1.0 - self.rng.unit()).ln()) as i64;
                let empty =
                    |head: u32, tail: u32| i64::from(head as usize >= self.l.jobs && self.l.node(tail).next as usize >= self.l.jobs);
                let limit = heat + self.welcome * (empty(a, a) + empty(b, b) - empty(a, b) - empty(b, a));
                let delta = self.eval.cross(&self.l, a, b, limit);
                if delta < limit {
                    self.l.cross(a, b);
                    self.memory.renew(r as usize);
                    self.memory.renew(s as usize);
                    let (x, y) = self.eval.crossed(&self.l, a, b);
                    self.total += x + y - self.cost[r as usize] - self.cost[s as usize];
                    (self.cost[r as usize], self.cost[s as usize]) = (x, y);
                    if whole {
                        // The gaps went along, but for those that begin a day.
                        let (gap_r, gap_s) = (self.ruined[i].1, self.ruined[k].1);
                        self.ruined[i].1 = if gap_s == b { a } else { gap_s };
                        self.ruined[k].1 = if gap_r == a { b } else { gap_r };
                    }
                }
            }
        }
    }

    /// An idle engineer like `r`.
    fn idle(&self, r: usize) -> Option<usize> {
        let class = &self.near.classes[self.near.class_of[r] as usize];
        let spent = |x: usize| self.ruined.iter().any(|ruined| ruined.0 as usize == x);
        class.iter().map(|x| *x as usize).find(|x| self.l.count[*x] == 0 && self.active[*x] && !spent(*x))
    }
}
