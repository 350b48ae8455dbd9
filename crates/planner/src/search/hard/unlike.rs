//! Tail exchanges between engineers who differ.

use super::super::eval::HARD;
use super::super::links::Links;
use super::Hard;

impl Hard {
    /// `Eval::cross` between engineers who differ: their tails end elsewhere then, by another time, and everybody on them is served by
    /// somebody who may not be able to. O(tails).
    pub(super) fn cross_unlike(&self, l: &Links, a: u32, b: u32, limit: i64) -> i64 {
        let (r, s) = (self.hot[a as usize].route as usize, self.hot[b as usize].route as usize);
        let (Some((new_r, load_y, many_y)), Some((new_s, load_x, many_x))) = (self.onward(l, a, b), self.onward(l, b, a)) else {
            return i64::MAX;
        };
        let old = |from: u32, end: u32| {
            let (mut sum, mut at) = (0, from);
            while at != end {
                sum += i64::from(self.hot[at as usize].leg);
                at = l.node(at).next;
            }
            sum
        };
        let delta = new_r + new_s - old(a, l.end(r)) - old(b, l.end(s));
        let over = |r: usize, less: u32, more: u32| l.count[r] - less + more > self.f.max_jobs[r];
        if delta >= limit || over(r, many_x, many_y) || over(s, many_y, many_x) {
            return i64::MAX;
        }
        let (old_r, old_s) = (self.load[r], self.load[s]);
        let (one, two) = (self.toll_of(r, old_r, old_r - load_x + load_y), self.toll_of(s, old_s, old_s - load_y + load_x));
        if one == HARD || two == HARD { i64::MAX } else { delta.saturating_add(one).saturating_add(two) }
    }

    /// The way from `a` to the end of its route over everything behind `b`, with demand and number of these jobs; `None` when the engineer
    /// of `a` cannot do that.
    fn onward(&self, l: &Links, a: u32, b: u32) -> Option<(i64, i64, u32)> {
        let f = &self.f;
        let (from, s) = (&self.hot[a as usize], self.hot[b as usize].route as usize);
        let r = from.route as usize;
        let (mut t, mut place, mut at) = (from.depart, from.place, l.node(b).next);
        let (mut way, mut load, mut many) = (0, 0, 0);
        while at != l.end(s) {
            let node = l.node(at);
            let leg = f.d(place, node.place);
            t = (t + leg).max(node.open);
            if t > node.close || !f.able(r, at) {
                return None;
            }
            t += node.service;
            (way, load, many) = (way + i64::from(leg), load + f.demand[at as usize], many + 1);
            (place, at) = (node.place, node.next);
        }
        if many == 0 && a as usize >= l.jobs {
            return Some((0, 0, 0));
        }
        let leg = f.d(place, self.hot[l.end(r) as usize].place);
        (t + leg <= f.shift[r].1).then_some((way + i64::from(leg), load, many))
    }
}
