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

/// One change of a step, so that it can be taken back in reverse order.
#[derive(Debug, Clone, Copy)]
enum Change {
    /// This job was put in.
    In(u32),
    /// A string was taken out behind this node, of this route; its jobs are the last so many of `gone`.
    Out(u32, u32, u32),
    /// Everything behind these two nodes changed places.
    Cross(u32, u32),
}

#[derive(Debug, Clone)]
pub(crate) struct Links {
    pub nodes: Vec<Node>,
    pub jobs: usize,
    pub count: Vec<u32>,
    log: Vec<Change>,
    gone: Vec<u32>,
}

impl Links {
    pub fn new(p: &Problem) -> Self {
        let n = p.jobs.len();
        let mut nodes = Vec::with_capacity(n + 2 * p.engineers.len());
        for (j, job) in p.jobs.iter().enumerate() {
            let open = job.windows.first().map_or(0, |w| w.0).max(p.now);
            nodes.push(Node {
                next: NONE,
                // Always a node, so that nobody has to ask before looking there.
                prev: j as u32,
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
        Self { nodes, jobs: n, count: vec![0; p.engineers.len()], log: Vec::new(), gone: Vec::new() }
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
    /// A step begins: what happened before stays.
    pub fn begin(&mut self) {
        self.log.clear();
        self.gone.clear();
    }
    /// Puts `j` behind `p`, and remembers it.
    #[inline]
    pub fn link(&mut self, j: u32, p: u32) {
        self.insert(j, p);
        self.log.push(Change::In(j));
    }
    /// Takes the string `first..=last` out, and remembers it.
    pub fn cut(&mut self, first: u32, last: u32) {
        let (prev, route) = (self.node(first).prev, self.node(first).route);
        let (next, from) = (self.node(last).next, self.gone.len());
        let mut at = first;
        while at != next {
            self.gone.push(at);
            self.nodes[at as usize].route = NONE;
            at = self.node(at).next;
        }
        let many = (self.gone.len() - from) as u32;
        self.count[route as usize] -= many;
        self.nodes[prev as usize].next = next;
        self.nodes[next as usize].prev = prev;
        self.log.push(Change::Out(prev, route, many));
    }
    /// Jobs of the latest cut.
    pub fn last_cut(&self) -> &[u32] {
        let many = if let Some(Change::Out(_, _, many)) = self.log.last() { *many as usize } else { 0 };
        &self.gone[self.gone.len() - many..]
    }
    /// Exchanges everything between `a` and the end of its route with everything between `b` and the end of its own.
    pub fn cross(&mut self, a: u32, b: u32) {
        self.swap_tails(a, b);
        self.log.push(Change::Cross(a, b));
    }
    fn swap_tails(&mut self, a: u32, b: u32) {
        let (r, s) = (self.node(a).route, self.node(b).route);
        let (end_r, end_s) = (self.end(r as usize), self.end(s as usize));
        let (first_r, first_s) = (self.node(a).next, self.node(b).next);
        let (last_r, last_s) = (self.node(end_r).prev, self.node(end_s).prev);
        let moved_r = self.hang(a, first_s, last_s, end_r, end_s);
        let moved_s = self.hang(b, first_r, last_r, end_s, end_r);
        self.count[r as usize] = self.count[r as usize] + moved_r - moved_s;
        self.count[s as usize] = self.count[s as usize] + moved_s - moved_r;
    }
    /// Hangs the nodes `first..=last` (none when `first` is the old end) between `a` and `end`; answers how many they are.
    fn hang(&mut self, a: u32, first: u32, last: u32, end: u32, old_end: u32) -> u32 {
        if first == old_end {
            self.nodes[a as usize].next = end;
            self.nodes[end as usize].prev = a;
            return 0;
        }
        self.nodes[a as usize].next = first;
        self.nodes[first as usize].prev = a;
        self.nodes[last as usize].next = end;
        self.nodes[end as usize].prev = last;
        let (route, mut many, mut at) = (self.node(end).route, 0, first);
        while at != end {
            self.nodes[at as usize].route = route;
            (at, many) = (self.node(at).next, many + 1);
        }
        many
    }
    /// Takes everything since `begin` back.
    pub fn undo(&mut self) {
        while let Some(change) = self.log.pop() {
            match change {
                Change::In(j) => self.remove(j),
                Change::Out(prev, route, many) => {
                    let next = self.node(prev).next;
                    let mut at = prev;
                    for i in self.gone.len() - many as usize..self.gone.len() {
                        let j = self.gone[i];
                        self.nodes[at as usize].next = j;
                        let node = &mut self.nodes[j as usize];
                        (node.prev, node.route) = (at, route);
                        at = j;
                    }
                    self.nodes[at as usize].next = next;
                    self.nodes[next as usize].prev = at;
                    self.gone.truncate(self.gone.len() - many as usize);
                    self.count[route as usize] += many;
                }
                Change::Cross(a, b) => self.swap_tails(a, b),
            }
        }
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
