//! What insertions cost, remembered. Most steps are refused, and a refused step leaves every route as it was: the cheapest place of a
//! job in a route is looked for once, and known until the route changes.

use super::links::{Links, NONE};

/// Routes of one job that are remembered at a time; of a larger day those that it asked last.
const WIDEST: usize = 128;

/// Set in a cell's state: no place is cheaper than the cell's price.
const BOUND: u32 = 1 << 31;

/// What the cheapest place of a job in one state of one route costs.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// Price in search units; what is dearer is not remembered.
    price: i32,
    /// The state of the route that this is true of, perhaps with `BOUND`.
    state: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Memory {
    /// Cells per job, a power of two.
    width: usize,
    cells: Vec<Cell>,
    /// Per cell the node to follow. Few questions come so far, so the cells lie closer together without it.
    after: Vec<u32>,
    /// Number of the present state of each route; no two states of any routes share one.
    states: Vec<u32>,
    newest: u32,
    /// The question that a route was last asked in; at the end that of no route.
    asked: Vec<u32>,
    question: u32,
    /// The routes of the present question, and how many they are.
    met: Vec<u32>,
    many: usize,
}

impl Memory {
    /// With `jobs` = 0 nothing is kept but the numbers of states: for a search that asks otherwise.
    pub fn new(jobs: usize, routes: usize, widest: usize) -> Self {
        let width = routes.next_power_of_two().min(WIDEST);
        let blank = Cell { price: 0, state: 0 };
        let states = (1..=routes as u32).collect();
        let after = vec![NONE; jobs * width];
        Self {
            width,
            cells: vec![blank; jobs * width],
            after,
            states,
            newest: routes as u32,
            asked: vec![0; routes + 1],
            question: 0,
            met: vec![0; widest + 1],
            many: 0,
        }
    }

    pub fn state(&self, r: usize) -> u32 {
        self.states[r]
    }

    /// A step begins. Numbers of states are used up after hours: then everything is forgotten.
    pub fn begin(&mut self) {
        if self.newest > BOUND / 2 {
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

    /// A question begins: the routes of these jobs, each once, nearest first. Without branches that nobody could foretell.
    pub fn meet(&mut self, jobs: [&[u32]; 2], l: &Links) {
        self.question = self.question.wrapping_add(1);
        let (question, nobody) = (self.question, self.asked.len() - 1);
        let (asked, met) = (self.asked.as_mut_slice(), self.met.as_mut_slice());
        asked[nobody] = question;
        let mut many = 0;
        for jobs in jobs {
            for v in jobs {
                let r = (l.node(*v).route as usize).min(nobody);
                met[many] = r as u32;
                many += usize::from(asked[r] != question);
                asked[r] = question;
            }
        }
        self.many = many;
    }

    /// Of the routes of the present question only these.
    #[inline]
    pub fn sift(&mut self, takes: impl Fn(usize) -> bool) {
        let mut many = 0;
        for i in 0..self.many {
            let r = self.met[i];
            self.met[many] = r;
            many += usize::from(takes(r as usize));
        }
        self.many = many;
    }

    /// Route number `i` of the present question.
    #[inline]
    pub fn met(&self, i: usize) -> Option<usize> {
        (i < self.many).then(|| self.met[i] as usize)
    }

    #[inline]
    fn at(&self, j: u32, r: usize) -> usize {
        j as usize * self.width + (r & (self.width - 1))
    }

    /// What the cheapest place for job `j` in route `r` as it is costs: `limit` or more when it is known that none is below `limit`.
    /// `None` when that is not known.
    #[inline]
    pub fn recall(&self, j: u32, r: usize, limit: i64) -> Option<i64> {
        let (cell, state) = (self.cells[self.at(j, r)], self.states[r]);
        let price = i64::from(cell.price);
        let known = cell.state == state || cell.state == state | BOUND && price >= limit;
        known.then_some(price)
    }

    /// The node to follow for the price that [`Self::recall`] gives.
    pub fn after(&self, j: u32, r: usize) -> u32 {
        self.after[self.at(j, r)]
    }

    /// Remembers what [`Self::recall`] answers from now on: a place, or (`NONE`) the price below which there is none.
    #[inline]
    pub fn keep(&mut self, j: u32, r: usize, (price, after): (i64, u32)) {
        let (at, state) = (self.at(j, r), self.states[r]);
        self.cells[at] = if after == NONE {
            Cell { price: price.min(i64::from(i32::MAX)) as i32, state: state | BOUND }
        } else {
            self.after[at] = after;
            i32::try_from(price).map_or(Cell { price: 0, state: 0 }, |price| Cell { price, state })
        };
    }

    /// Job `j` is another one now.
    pub fn forget(&mut self, j: u32) {
        let from = j as usize * self.width;
        self.cells.get_mut(from..from + self.width).into_iter().flatten().for_each(|cell| cell.state = 0);
    }
}
