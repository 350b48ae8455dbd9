//! What the search asks of a model of costs and rules: judge a change before it is made, follow it when it is made, take it back.

use super::links::{Links, NONE};
use super::near::Near;
use crate::model::Problem;
use crate::rng::Rng;

/// A toll nobody pays: capacities are kept.
pub(crate) const HARD: i64 = i64::MAX;

/// Chance to overlook a position ("blink"). Gaps between blinks are geometric, so that most questions cost one decrement.
#[derive(Debug, Clone)]
pub(crate) struct Blink {
    left: u32,
    scale: f64,
    pub rng: Rng,
}

impl Blink {
    pub fn new(chance: f64, seed: u64) -> Self {
        Self { left: 1, scale: 1.0 / (1.0 - chance.clamp(1e-9, 0.999)).ln(), rng: Rng::new(seed) }
    }
    #[inline]
    pub fn now(&mut self) -> bool {
        self.left -= 1;
        if self.left > 0 {
            return false;
        }
        let gap = (1.0 - self.rng.unit()).ln() * self.scale;
        self.left = gap.min(1e9) as u32 + 1;
        true
    }
}

/// How a model judges routes. `refresh` reads a whole route; `opened`, `closed` and `crossed` follow one change of `Links` and
/// can be taken back by `undo` up to the last `begin`.
pub(crate) trait Eval: Clone + Send + Sync {
    fn new(p: &Problem) -> Self;
    /// Recomputes the labels of route `r`; `None` when the route breaks a hard rule.
    fn refresh(&mut self, l: &Links, r: usize) -> Option<i64>;
    /// A step begins.
    fn begin(&mut self);
    /// Takes back everything since `begin`.
    fn undo(&mut self);
    /// `j` was just linked. Answers with the change of cost of its route; `None` when a hard rule is broken.
    fn opened(&mut self, l: &Links, j: u32) -> Option<i64>;
    /// The jobs of `l.last_cut()` were just cut out behind `a`. Answers like `opened`.
    fn closed(&mut self, l: &Links, a: u32) -> Option<i64>;
    /// What it would cost to exchange the tails behind `a` and `b` (different routes); `i64::MAX` when impossible or not below `limit`.
    fn cross(&self, _l: &Links, _a: u32, _b: u32, _limit: i64) -> i64 {
        i64::MAX
    }
    /// The tails behind `a` and `b` were just exchanged, after `cross` had allowed it. Answers with the new costs of both routes.
    fn crossed(&mut self, _l: &Links, _a: u32, _b: u32) -> (i64, i64) {
        (0, 0)
    }
    /// Could the engineer of route `r` do `j`, were he idle?
    fn able(&self, r: usize, j: u32) -> bool;
    /// Could route `r` take `j` at all (skills, load, parts)?
    fn admits(&self, l: &Links, r: usize, j: u32) -> bool;
    /// Cost of putting `j` behind `p`; `i64::MAX` when impossible or not below `limit`.
    fn delta(&self, l: &Links, j: u32, p: u32, limit: i64) -> i64;
    /// Cheapest place for `j` in route `r`, which admits it, as (price, node to follow): `NONE` when none is below `limit`.
    fn place_in(&self, l: &Links, r: usize, j: u32, limit: i64) -> (i64, u32) {
        let mut best = (limit, NONE);
        let (mut p, end) = (l.start(r), l.end(r));
        while p != end {
            let delta = self.delta(l, j, p, best.0);
            if delta < best.0 {
                best = (delta, p);
            }
            p = l.node(p).next;
        }
        best
    }
    /// A model may know a quicker way than asking routes: the cheapest place for `j` in routes that are `active`, as (price, node to
    /// follow), `NONE` when none is below the price of leaving it out.
    fn best(&self, _l: &Links, _near: &Near, _active: &[bool], _j: u32, _blink: &mut Blink) -> Option<(i64, u32)> {
        None
    }
    /// Sets what a unit of load above an engineer's capacity costs; `HARD` forbids it. Answers false where the model has no such thing.
    fn set_toll(&mut self, _toll: i64) -> bool {
        false
    }
    /// What the present routes pay for carrying too much; no plan with such a debt is ever the best one.
    fn debt(&self) -> i64 {
        0
    }
    /// Cost of leaving `j` unserved, in the units of `delta`.
    fn price(&self, j: u32) -> i64;
    /// Changes the price of leaving `j` unserved.
    fn set_price(&mut self, j: u32, price: i64);
    /// Narrows an absent job to one window, or gives it its windows back.
    fn set_windows(&mut self, l: &mut Links, j: u32, windows: &[(i64, i64)]);
    /// Start of every service of route `r`, and of the break.
    fn times(&self, l: &Links, r: usize) -> (Vec<i64>, Option<i64>);
}
