//! Routes as linked lists: who follows whom. Jobs are nodes `0..n`; route `r` has the sentinels `n + 2r` (start) and `n + 2r + 1` (end).

use crate::model::Problem;

/// No route: the job is absent.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub next: u32,
    pub prev: u32,
    pub route: u32,
    pub place: u32,
    /// First opening and last closing of the windows (for the rich model only the hull).
    pub open: i32,
    pub close: i32,
    pub service: i32,
    /// 1 when the node may be neither moved nor preceded.
    pub frozen: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct Links {
    pub nodes: Vec<Node>,
    pub jobs: usize,
    pub count: Vec<u32>,
}

impl Links {
    pub fn new(p: &Problem) -> Self {
        let n = p.jobs.len();
        let mut nodes = Vec::with_capacity(n + 2 * p.engineers.len());
        for job in &p.jobs {
            let open = job.windows.first().map_or(0, |w| w.0).max(p.now);
            nodes.push(Node {
                next: NONE,
                prev: NONE,
                route: NONE,
                place: job.place as u32,
                open: open as i32,
                close: job.windows.last().map_or(0, |w| w.1) as i32,
                service: job.service as i32,
                frozen: 0,
            });
        }
        for (r, e) in p.engineers.iter().enumerate() {
            let (s, t) = ((n + 2 * r) as u32, (n + 2 * r + 1) as u32);
            let node = Node {
                next: t,
                prev: NONE,
                route: r as u32,
                place: e.start as u32,
                open: e.shift.0.max(p.now) as i32,
                close: e.shift.1 as i32,
                service: 0,
                frozen: 1,
            };
            nodes.push(node);
            nodes.push(Node { next: NONE, prev: s, place: e.end.unwrap_or(e.start) as u32, frozen: 0, ..node });
        }
        for (j, at) in p.engineers.iter().flat_map(|e| &e.frozen) {
            nodes[*j].frozen = 1;
            nodes[*j].open = *at as i32;
        }
        Self { nodes, jobs: n, count: vec![0; p.engineers.len()] }
    }
    #[inline]
    pub fn start(&self, r: usize) -> u32 {
        (self.jobs + 2 * r) as u32
    }
    #[inline]
    pub fn end(&self, r: usize) -> u32 {
        (self.jobs + 2 * r + 1) as u32
    }
    #[inline]
    pub fn node(&self, i: u32) -> &Node {
        &self.nodes[i as usize]
    }
    #[inline]
    pub fn remove(&mut self, j: u32) {
        let Node { next, prev, route, .. } = self.nodes[j as usize];
        self.nodes[prev as usize].next = next;
        self.nodes[next as usize].prev = prev;
        self.nodes[j as usize].route = NONE;
        self.count[route as usize] -= 1;
    }
    /// Puts `j` behind `p`.
    #[inline]
    pub fn insert(&mut self, j: u32, p: u32) {
        let Node { next, route, .. } = self.nodes[p as usize];
        self.nodes[p as usize].next = j;
        self.nodes[next as usize].prev = j;
        let node = &mut self.nodes[j as usize];
        (node.prev, node.next, node.route) = (p, next, route);
        self.count[route as usize] += 1;
    }
    pub fn append_to(&self, r: usize, out: &mut Vec<u32>) {
        let (mut at, end) = (self.node(self.start(r)).next, self.end(r));
        while at != end {
            out.push(at);
            at = self.node(at).next;
        }
    }
    /// Takes every job of route `r` out, then puts `jobs` in.
    pub fn rewrite(&mut self, r: usize, jobs: &[u32]) {
        self.clear(r);
        let mut p = self.start(r);
        for j in jobs {
            self.insert(*j, p);
            p = *j;
        }
    }
    pub fn clear(&mut self, r: usize) {
        let (s, end) = (self.start(r), self.end(r));
        let mut at = self.node(s).next;
        while at != end {
            let next = self.node(at).next;
            // A job that another route already took over is not ours to take out.
            if self.nodes[at as usize].route == r as u32 {
                self.nodes[at as usize].route = NONE;
            }
            at = next;
        }
        self.nodes[s as usize].next = end;
        self.nodes[end as usize].prev = s;
        self.count[r] = 0;
    }
}

/// How a model judges routes. `refresh` after every change of a route; `delta` asks what an insertion would cost.
pub(crate) trait Eval: Clone + Send + Sync {
    fn new(p: &Problem) -> Self;
    /// Recomputes the labels of route `r`; `None` when the route breaks a hard rule.
    fn refresh(&mut self, l: &Links, r: usize) -> Option<i64>;
    /// Could route `r` take `j` at all (skills, load, parts)?
    fn admits(&self, l: &Links, r: usize, j: u32) -> bool;
    /// Cost of putting `j` behind `p`; `i64::MAX` when impossible or not below `limit`.
    fn delta(&self, l: &Links, j: u32, p: u32, limit: i64) -> i64;
    /// Cost of leaving `j` unserved, in the units of `delta`.
    fn price(&self, j: u32) -> i64;
    /// Changes the price of leaving `j` unserved.
    fn set_price(&mut self, j: u32, price: i64);
    /// Narrows an absent job to one window, or gives it its windows back.
    fn set_windows(&mut self, l: &mut Links, j: u32, windows: &[(i64, i64)]);
    /// Start of every service of route `r`, and of the break.
    fn times(&self, l: &Links, r: usize) -> (Vec<i64>, Option<i64>);
}
