//! What insertions cost, remembered. Most steps are refused, and a refused step leaves every route as it was: the cheapest place of a
//! job in a route is looked for once, and known until the route changes.

use super::links::NONE;

/// Routes of one job that are remembered at a time; of a larger day those that it asked last.
const WIDEST: usize = 128;

/// The cheapest place of a job in one state of one route.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// Price in search units. With `after` = `NONE` no place is cheaper than this.
    price: i64,
    /// The node to follow.
    after: u32,
    /// The state of the route that this is true of.
    state: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Memory {
    /// Cells per job, a power of two.
    width: usize,
    cells: Vec<Cell>,
    /// Number of the present state of each route; no two states of any routes share one.
    states: Vec<u32>,
    newest: u32,
    /// The question that a route was last asked in.
    asked: Vec<u32>,
    question: u32,
}

impl Memory {
    /// With `jobs` = 0 nothing is kept but the numbers of states: for a search that asks otherwise.
    pub fn new(jobs: usize, routes: usize) -> Self {
        let width = routes.next_power_of_two().min(WIDEST);
        let blank = Cell { price: 0, after: NONE, state: 0 };
        let states = (1..=routes as u32).collect();
        Self { width, cells: vec![blank; jobs * width], states, newest: routes as u32, asked: vec![0; routes], question: 0 }
    }

    pub fn state(&self, r: usize) -> u32 {
        self.states[r]
    }

    /// A step begins. Numbers of states are used up after hours: then everything is forgotten.
    pub fn begin(&mut self) {
        if self.newest > u32::MAX / 2 {
            self.cells.iter_mut().for_each(|cell| cell.state = 0);
            self.newest = 0;
            (0..self.states.len()).for_each(|r| self.renew(r));
        }
    }

    /// Route `r` has changed.
    #[inline]
    pub fn renew(&mut self, r: usize) {
        self.newest += 1;
        self.states[r] = self.newest;
    }

    /// Route `r` is again what it was in `state`.
    pub fn restore(&mut self, r: usize, state: u32) {
        self.states[r] = state;
    }

    /// A question begins: no route has been asked.
    pub fn ask(&mut self) {
        self.question = self.question.wrapping_add(1);
    }

    /// Is this the first time that the present question meets route `r`?
    #[inline]
    pub fn meets(&mut self, r: usize) -> bool {
        std::mem::replace(&mut self.asked[r], self.question) != self.question
    }

    /// The cheapest place for job `j` in route `r` as it is, as (price, node to follow): `NONE` when it is known that none is below
    /// `limit`. `None` when that is not known.
    #[inline]
    pub fn recall(&self, j: u32, r: usize, limit: i64) -> Option<(i64, u32)> {
        let cell = self.cells[j as usize * self.width + (r & (self.width - 1))];
        let known = cell.state == self.states[r] && (cell.after != NONE || cell.price >= limit);
        known.then_some((cell.price, cell.after))
    }

    /// Remembers what [`Self::recall`] answers from now on: a place, or the price below which there is none.
    #[inline]
    pub fn keep(&mut self, j: u32, r: usize, (price, after): (i64, u32)) {
        self.cells[j as usize * self.width + (r & (self.width - 1))] = Cell { price, after, state: self.states[r] };
    }

    /// Job `j` is another one now.
    pub fn forget(&mut self, j: u32) {
        let from = j as usize * self.width;
        self.cells.get_mut(from..from + self.width).into_iter().flatten().for_each(|cell| cell.state = 0);
    }
}
