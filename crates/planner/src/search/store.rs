//! The routes that a search has met in good plans: each set of jobs once, in its cheapest order. The table has a fixed size and who comes
//! later takes the place, so it holds what was met of late.

use super::links::{Links, NONE};
use crate::rng::Rng;

/// Slots per job, rounded up to a power of two in all.
const ROOM: usize = 64;

#[derive(Debug, Clone, Default)]
struct Kept {
    /// Sum of the marks of the jobs.
    key: u64,
    cost: i64,
    /// Empty where nothing is kept.
    jobs: Vec<u32>,
}

#[derive(Debug, Clone)]
pub(super) struct Store {
    /// A random number per job. The sum of a route's numbers does not depend on their order, so it tells sets of jobs apart (Zobrist, 1970).
    marks: Vec<u64>,
    slots: Vec<Kept>,
}

impl Store {
    pub fn new(jobs: usize) -> Self {
        let mut rng = Rng::new(0x5709);
        Self { marks: (0..jobs).map(|_| rng.bits()).collect(), slots: vec![Kept::default(); (jobs * ROOM).next_power_of_two()] }
    }

    /// Keeps route `r`, which costs `cost`.
    pub fn offer(&mut self, l: &Links, r: usize, cost: i64) {
        let (mut key, mut at, end) = (0u64, l.node(l.start(r)).next, l.end(r));
        while at != end {
            key = key.wrapping_add(self.marks[at as usize]);
            at = l.node(at).next;
        }
        let slot = (key >> 32) as usize & (self.slots.len() - 1);
        let kept = &mut self.slots[slot];
        if l.count[r] == 0 || !kept.jobs.is_empty() && kept.key == key && kept.cost <= cost {
            return;
        }
        (kept.key, kept.cost) = (key, cost);
        kept.jobs.clear();
        l.append_to(r, &mut kept.jobs);
    }

    /// Cost and jobs of every route.
    pub fn all(&self) -> impl Iterator<Item = (i64, &[u32])> {
        self.slots.iter().filter(|kept| !kept.jobs.is_empty()).map(|kept| (kept.cost, &kept.jobs[..]))
    }

    /// Those all of whose jobs have a row.
    pub fn within(&self, row_of: &[u32]) -> impl Iterator<Item = (i64, &[u32])> {
        self.all().filter(|(_, jobs)| jobs.iter().all(|j| row_of[*j as usize] != NONE))
    }

    /// Slots, full or empty: what it takes to look at all of them.
    pub fn len(&self) -> usize {
        self.slots.len()
    }
}
