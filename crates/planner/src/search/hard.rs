//! The distance objective with hard windows: insertion is tested in O(1) with earliest and latest starts.

use std::sync::Arc;

use super::links::{Eval, Links};
use crate::model::Problem;

#[derive(Debug, Clone, Copy, Default)]
struct Label {
    /// Earliest start of the service.
    early: i32,
    /// Latest start that keeps everything behind feasible.
    late: i32,
    /// Distance to the next node.
    next: i32,
}

#[derive(Debug)]
struct Facts {
    places: usize,
    d: Vec<i32>,
    /// Transposed matrix, so that "from everywhere to here" is one row.
    to: Option<Vec<i32>>,
    demand: Vec<i64>,
    capacity: Vec<i64>,
    max_jobs: Vec<u32>,
    open_end: Vec<bool>,
    shift: Vec<(i32, i32)>,
    able: Option<Vec<bool>>,
    now: i32,
}

#[derive(Debug, Clone)]
pub(crate) struct Hard {
    f: Arc<Facts>,
    price: Arc<Vec<i64>>,
    labels: Vec<Label>,
    load: Vec<i64>,
}

impl Facts {
    #[inline]
    fn d(&self, a: u32, b: u32) -> i32 {
        self.d[a as usize * self.places + b as usize]
    }
    /// From `a` to `b`, reading the row of `b`.
    #[inline]
    fn leg_to(&self, a: u32, b: u32) -> i32 {
        let m = self.to.as_ref().unwrap_or(&self.d);
        m[b as usize * self.places + a as usize]
    }
    #[inline]
    fn last_leg(&self, r: usize, d: i32) -> i32 {
        if self.open_end[r] { 0 } else { d }
    }
}

pub(crate) fn able(p: &Problem) -> Option<Vec<bool>> {
    if p.jobs.iter().all(|j| j.skills == 0 && j.pin.is_none() && j.parts.is_empty()) {
        return None;
    }
    let mut out = Vec::with_capacity(p.jobs.len() * p.engineers.len());
    for j in &p.jobs {
        for (r, e) in p.engineers.iter().enumerate() {
            let parts = j.parts.iter().all(|(kind, n)| e.stock.get(*kind).is_some_and(|s| s >= n));
            out.push(j.skills & !e.skills == 0 && j.pin.is_none_or(|pin| pin == r) && parts);
        }
    }
    Some(out)
}

impl Eval for Hard {
    fn new(p: &Problem) -> Self {
        let n = p.travel.places;
        let d: Vec<i32> = p.travel.seconds.iter().map(|v| *v as i32).collect();
        let symmetric = (0..n).all(|a| (0..a).all(|b| d[a * n + b] == d[b * n + a]));
        let to = (!symmetric).then(|| (0..n * n).map(|i| d[(i % n) * n + i / n]).collect());
        let f = Facts {
            places: n,
            d,
            to,
            demand: p.jobs.iter().map(|j| j.demand).collect(),
            capacity: p.engineers.iter().map(|e| e.capacity).collect(),
            max_jobs: p.engineers.iter().map(|e| e.max_jobs.min(u32::MAX as usize) as u32).collect(),
            open_end: p.engineers.iter().map(|e| e.end.is_none()).collect(),
            shift: p.engineers.iter().map(|e| (e.shift.0 as i32, e.shift.1 as i32)).collect(),
            able: able(p),
            now: p.now as i32,
        };
        let price = Arc::new(p.jobs.iter().map(|j| j.unserved).collect());
        Self {
            f: Arc::new(f),
            price,
            labels: vec![Label::default(); p.jobs.len() + 2 * p.engineers.len()],
            load: vec![0; p.engineers.len()],
        }
    }

    fn refresh(&mut self, l: &Links, r: usize) -> Option<i64> {
        let f = &self.f;
        let (start, end) = (l.start(r), l.end(r));
        let (mut at, mut t, mut cost, mut load, mut fine) =
            (start, f.shift[r].0.max(if l.count[r] == 0 { 0 } else { f.now }), 0i64, 0i64, true);
        if l.nodes[l.node(start).next as usize].frozen == 1 {
            t = f.shift[r].0;
        }
        self.labels[start as usize].early = t;
        while at != end {
            let node = l.node(at);
            let next = l.node(node.next);
            let mut d = f.d(node.place, next.place);
            if node.next == end {
                d = f.last_leg(r, d);
            }
            self.labels[at as usize].next = d;
            cost += i64::from(d);
            t += node.service + d;
            if next.frozen == 1 {
                t = next.open;
            } else {
                t = t.max(next.open);
                fine &= t <= next.close;
            }
            self.labels[node.next as usize].early = t;
            if node.next != end {
                load += f.demand[node.next as usize];
            }
            at = node.next;
        }
        self.load[r] = load;
        let mut late = f.shift[r].1;
        self.labels[end as usize].late = late;
        while at != start {
            let prev = l.node(at).prev;
            let node = l.node(prev);
            late = node.close.min(late - self.labels[prev as usize].next - node.service);
            self.labels[prev as usize].late = late;
            at = prev;
        }
        if l.count[r] == 0 {
            return Some(0);
        }
        (fine && load <= f.capacity[r] && l.count[r] <= f.max_jobs[r]).then_some(cost)
    }

    #[inline]
    fn admits(&self, l: &Links, r: usize, j: u32) -> bool {
        let f = &self.f;
        self.load[r] + f.demand[j as usize] <= f.capacity[r]
            && l.count[r] < f.max_jobs[r]
            && f.able.as_ref().is_none_or(|able| able[j as usize * f.capacity.len() + r])
    }

    #[inline]
    fn delta(&self, l: &Links, j: u32, p: u32, limit: i64) -> i64 {
        let f = &self.f;
        let (a, x) = (l.node(p), l.node(j));
        let b = l.node(a.next);
        if b.frozen == 1 {
            return i64::MAX;
        }
        let r = a.route as usize;
        let first = f.leg_to(a.place, x.place);
        let mut second = f.d(x.place, b.place);
        let mut old = self.labels[p as usize].next;
        if a.next == l.end(r) {
            second = f.last_leg(r, second);
        }
        if l.count[r] == 0 {
            old = 0;
        }
        let delta = i64::from(first) + i64::from(second) - i64::from(old);
        if delta >= limit {
            return i64::MAX;
        }
        let t = (self.labels[p as usize].early + a.service + first).max(x.open);
        if t > x.close || t + x.service + second > self.labels[a.next as usize].late {
            return i64::MAX;
        }
        delta
    }

    fn price(&self, j: u32) -> i64 {
        self.price[j as usize]
    }

    fn set_price(&mut self, j: u32, price: i64) {
        Arc::make_mut(&mut self.price)[j as usize] = price;
    }

    fn set_windows(&mut self, l: &mut Links, j: u32, windows: &[(i64, i64)]) {
        let node = &mut l.nodes[j as usize];
        if let (Some(first), Some(last)) = (windows.first(), windows.last()) {
            node.open = (first.0 as i32).max(self.f.now);
            node.close = last.1 as i32;
        }
    }

    fn times(&self, l: &Links, r: usize) -> (Vec<i64>, Option<i64>) {
        let mut jobs = Vec::new();
        l.append_to(r, &mut jobs);
        (jobs.iter().map(|j| i64::from(self.labels[*j as usize].early)).collect(), None)
    }
}
