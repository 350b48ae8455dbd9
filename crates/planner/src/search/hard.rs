//! The distance objective with hard windows: insertions and tail exchanges are tested in O(1) with earliest and latest starts,
//! and a change is followed only as far as it moves anybody.

mod unlike;

use std::sync::Arc;

use super::eval::{Blink, Eval, HARD};
use super::links::{Links, NONE, Node};
use super::near::Near;
use crate::model::Problem;

/// Leg of an absent node: no insertion behind it can look cheap. Travel is at most 350 million, so sums stay inside 32 bits.
const ABSENT: i32 = -(1 << 29);

/// What an insertion behind a node needs to know, in half a cache line.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Hot {
    /// Row of the matrix.
    place: u32,
    /// Column of the next node.
    next_place: u32,
    /// Distance to the next node.
    leg: i32,
    /// Earliest end of the service.
    depart: i32,
    /// Latest start of this node that keeps everything behind feasible.
    late: i32,
    /// The same of the next node; hopeless when the next node is frozen.
    late_next: i32,
    route: u32,
    /// The next node; behind the last job some end, not always that of its own route.
    next: u32,
}

#[derive(Debug)]
struct Facts {
    /// Length of a row: one per place, and a last column of zeros, where open ends lie.
    row: usize,
    d: Vec<i32>,
    /// Transposed matrix, so that "from everywhere to here" is one row.
    to: Option<Vec<i32>>,
    demand: Vec<i64>,
    capacity: Vec<i64>,
    max_jobs: Vec<u32>,
    shift: Vec<(i32, i32)>,
    able: Option<Vec<bool>>,
    /// Engineers with the same number are interchangeable.
    twin: Vec<u32>,
    now: i32,
}

#[derive(Debug, Clone)]
pub(crate) struct Hard {
    f: Arc<Facts>,
    price: Arc<Vec<i64>>,
    hot: Vec<Hot>,
    load: Vec<i64>,
    /// Price of a unit of load above capacity, and how many such units there are.
    toll: i64,
    excess: i64,
    journal: Vec<(u32, Hot)>,
    loads: Vec<(u32, i64)>,
}

impl Facts {
    #[inline]
    fn d(&self, a: u32, b: u32) -> i32 {
        self.d[a as usize * self.row + b as usize]
    }
    /// Distances from `a` to everywhere.
    #[inline]
    fn from(&self, a: u32) -> &[i32] {
        &self.d[a as usize * self.row..][..self.row]
    }
    /// Distances from everywhere to `b`.
    #[inline]
    fn to(&self, b: u32) -> &[i32] {
        &self.to.as_ref().unwrap_or(&self.d)[b as usize * self.row..][..self.row]
    }
    #[inline]
    fn able(&self, r: usize, j: u32) -> bool {
        self.able.as_ref().is_none_or(|able| able[j as usize * self.capacity.len() + r])
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

/// Who asks for a place, with his rows of the matrix.
struct Ask<'a> {
    j: u32,
    x: Node,
    to: &'a [i32],
    from: &'a [i32],
    active: &'a [bool],
}

impl Hard {
    /// Is the place behind `p` better than the best so far? Most are not, and two looks at the matrix tell.
    #[inline(always)]
    fn look(&self, l: &Links, ask: &Ask<'_>, p: u32, best: &mut (i32, u32), blink: &mut Blink) {
        let h = &self.hot[p as usize];
        let (first, second) = (ask.to[h.place as usize], ask.from[h.next_place as usize]);
        let delta = first + second - h.leg;
        if delta >= best.0 {
            return;
        }
        let t = (h.depart + first).max(ask.x.open);
        if t > ask.x.close || t + ask.x.service + second > h.late_next {
            return;
        }
        let r = h.route as usize;
        if l.node(p).route == NONE || !ask.active[r] || !self.takes(l, r, ask.j) {
            return;
        }
        let toll = self.toll_of(r, self.load[r], self.load[r] + self.f.demand[ask.j as usize]);
        if toll < i64::from(best.0 - delta) && !blink.now() {
            *best = (delta + toll as i32, p);
        }
    }

    #[inline]
    fn put(&mut self, at: u32, hot: Hot) {
        self.journal.push((at, self.hot[at as usize]));
        self.hot[at as usize] = hot;
    }

    fn set_load(&mut self, r: u32, load: i64) {
        self.loads.push((r, self.load[r as usize]));
        self.excess += self.over(r as usize, load) - self.over(r as usize, self.load[r as usize]);
        self.load[r as usize] = load;
    }

    /// Load above capacity.
    #[inline]
    fn over(&self, r: usize, load: i64) -> i64 {
        (load - self.f.capacity[r]).max(0)
    }

    /// What route `r` pays for a change of its load; `HARD` when it may not carry that much.
    #[inline]
    fn toll_of(&self, r: usize, old: i64, new: i64) -> i64 {
        let more = self.over(r, new) - self.over(r, old);
        if more > 0 && self.toll == HARD { HARD } else { more.saturating_mul(self.toll) }
    }

    /// May route `r` take `j`, whatever it weighs?
    #[inline]
    fn takes(&self, l: &Links, r: usize, j: u32) -> bool {
        l.count[r] < self.f.max_jobs[r] && self.f.able(r, j)
    }

    /// Follows a new earliest end of `a`, until somebody does not notice. False when somebody comes too late.
    fn forward(&mut self, l: &Links, a: u32) -> bool {
        let mut at = a;
        loop {
            let hot = self.hot[at as usize];
            let next = l.node(at).next;
            if next == NONE {
                return true;
            }
            let node = l.node(next);
            let t = (hot.depart + hot.leg).max(node.open);
            let mut h = self.hot[next as usize];
            if t > h.late {
                return false;
            }
            if h.depart == t + node.service {
                return true;
            }
            h.depart = t + node.service;
            self.put(next, h);
            at = next;
        }
    }

    /// Follows a new latest start of `b` towards the start of the route, until somebody does not notice.
    fn backward(&mut self, l: &Links, b: u32) {
        let mut late = self.hot[b as usize].late;
        let mut at = l.node(b).prev;
        loop {
            let node = l.node(at);
            let mut h = self.hot[at as usize];
            let mine = node.close.min(late - h.leg - node.service);
            if h.late_next == late && h.late == mine {
                return;
            }
            (h.late_next, h.late) = (late, mine);
            self.put(at, h);
            if node.frozen == 1 {
                return;
            }
            (late, at) = (mine, node.prev);
        }
    }

    /// Puts the leg from `a` to its new successor right.
    fn relink(&mut self, l: &Links, a: u32) -> i32 {
        let next = l.node(a).next;
        let mut h = self.hot[a as usize];
        (h.next, h.next_place) = (next, self.hot[next as usize].place);
        h.leg = if l.count[h.route as usize] == 0 { 0 } else { self.f.d(h.place, h.next_place) };
        self.put(a, h);
        h.leg
    }

    fn length(&self, l: &Links, r: usize) -> i64 {
        let (mut sum, mut at, end) = (0, l.start(r), l.end(r));
        while at != end {
            sum += i64::from(self.hot[at as usize].leg);
            at = l.node(at).next;
        }
        sum
    }

    /// Demand and number of the jobs behind `a`.
    fn behind(&self, l: &Links, a: u32, r: usize) -> (i64, u32) {
        let (mut sum, mut many, mut at) = (0, 0, l.node(a).next);
        let end = l.end(r);
        while at != end {
            sum += self.f.demand[at as usize];
            (many, at) = (many + 1, l.node(at).next);
        }
        (sum, many)
    }
}

impl Eval for Hard {
    fn new(p: &Problem) -> Self {
        let (n, jobs) = (p.travel.places, p.jobs.len());
        let row = n + 1;
        let cell = |a: usize, b: usize| p.travel.seconds[a * n + b] as i32;
        let symmetric = (0..n).all(|a| (0..a).all(|b| cell(a, b) == cell(b, a)));
        let fill = |turned: bool| {
            let mut m = vec![0; n * row];
            for a in 0..n {
                for b in 0..n {
                    m[a * row + b] = if turned { cell(b, a) } else { cell(a, b) };
                }
            }
            m
        };
        let mut twin: Vec<u32> = Vec::with_capacity(p.engineers.len());
        for (r, alike) in super::near::alike(p).into_iter().enumerate() {
            twin.push(if alike { twin[r - 1] } else { r as u32 });
        }
        let f = Facts {
            row,
            d: fill(false),
            to: (!symmetric).then(|| fill(true)),
            demand: p.jobs.iter().map(|j| j.demand).collect(),
            capacity: p.engineers.iter().map(|e| e.capacity).collect(),
            max_jobs: p.engineers.iter().map(|e| e.max_jobs.min(u32::MAX as usize) as u32).collect(),
            shift: p.engineers.iter().map(|e| (e.shift.0 as i32, e.shift.1 as i32)).collect(),
            able: able(p),
            twin,
            now: p.now as i32,
        };
        let blank = |place: usize, route: u32| Hot {
            place: place as u32,
            next_place: 0,
            leg: ABSENT,
            depart: 0,
            late: 0,
            late_next: i32::MIN,
            route,
            next: NONE,
        };
        let mut hot: Vec<Hot> = p.jobs.iter().map(|j| blank(j.place, NONE)).collect();
        for (r, e) in p.engineers.iter().enumerate() {
            hot.push(blank(e.start, r as u32));
            hot.push(blank(e.end.unwrap_or(n), r as u32));
        }
        Self {
            f: Arc::new(f),
            price: Arc::new(p.jobs.iter().map(|j| j.unserved).collect()),
            hot,
            load: vec![0; p.engineers.len()],
            toll: HARD,
            excess: 0,
            journal: Vec::with_capacity(jobs),
            loads: Vec::new(),
        }
    }

    fn refresh(&mut self, l: &Links, r: usize) -> Option<i64> {
        let f = self.f.clone();
        let (start, end) = (l.start(r), l.end(r));
        let first_frozen = l.node(l.node(start).next).frozen == 1;
        let mut t = if first_frozen { f.shift[r].0 } else { f.shift[r].0.max(f.now) };
        let (mut at, mut cost, mut load, mut fine) = (start, 0i64, 0i64, true);
        loop {
            let node = l.node(at);
            let hot = &mut self.hot[at as usize];
            hot.route = r as u32;
            hot.depart = t + node.service;
            if at == end {
                break;
            }
            let (place, depart) = (hot.place, hot.depart);
            let next = l.node(node.next);
            let next_place = self.hot[node.next as usize].place;
            let leg = if l.count[r] == 0 { 0 } else { f.d(place, next_place) };
            let hot = &mut self.hot[at as usize];
            (hot.next, hot.next_place, hot.leg) = (node.next, next_place, leg);
            cost += i64::from(leg);
            t = depart + leg;
            if next.frozen == 1 {
                t = next.open;
            } else {
                t = t.max(next.open);
                fine &= t <= next.close;
            }
            if node.next != end {
                load += f.demand[node.next as usize];
            }
            at = node.next;
        }
        self.excess += self.over(r, load) - self.over(r, self.load[r]);
        self.load[r] = load;
        let mut late = f.shift[r].1;
        self.hot[end as usize].late = late;
        while at != start {
            let frozen = l.node(at).frozen == 1;
            at = l.node(at).prev;
            let (node, hot) = (l.node(at), &mut self.hot[at as usize]);
            hot.late_next = if frozen { i32::MIN } else { late };
            late = node.close.min(late - hot.leg - node.service);
            hot.late = late;
        }
        if l.count[r] == 0 {
            return Some(0);
        }
        (fine && (load <= f.capacity[r] || self.toll != HARD) && l.count[r] <= f.max_jobs[r]).then_some(cost)
    }

    fn begin(&mut self) {
        self.journal.clear();
        self.loads.clear();
    }

    fn undo(&mut self) {
        while let Some((at, hot)) = self.journal.pop() {
            self.hot[at as usize] = hot;
        }
        while let Some((r, load)) = self.loads.pop() {
            self.excess += self.over(r as usize, load) - self.over(r as usize, self.load[r as usize]);
            self.load[r as usize] = load;
        }
    }

    fn opened(&mut self, l: &Links, j: u32) -> Option<i64> {
        let node = l.node(j);
        let (p, next, r) = (node.prev, node.next, node.route);
        let old = self.hot[p as usize].leg;
        let first = self.relink(l, p);
        let (next_place, late_next) = (self.hot[next as usize].place, self.hot[next as usize].late);
        let leg = self.f.d(node.place, next_place);
        let before = self.hot[p as usize];
        let t = (before.depart + first).max(node.open);
        let late = node.close.min(late_next - leg - node.service);
        let depart = t + node.service;
        self.put(j, Hot { place: node.place, next_place, leg, depart, late, late_next, route: r, next });
        self.set_load(r, self.load[r as usize] + self.f.demand[j as usize]);
        let fine = t <= late && self.forward(l, j);
        self.backward(l, j);
        fine.then_some(i64::from(first) + i64::from(leg) - i64::from(old))
    }

    fn closed(&mut self, l: &Links, a: u32) -> Option<i64> {
        let before = self.hot[a as usize];
        let (r, mut saved, mut load) = (before.route, i64::from(before.leg), self.load[before.route as usize]);
        for j in l.last_cut() {
            let mut h = self.hot[*j as usize];
            saved += i64::from(h.leg);
            load -= self.f.demand[*j as usize];
            h.leg = ABSENT;
            self.put(*j, h);
        }
        self.set_load(r, load);
        let leg = self.relink(l, a);
        // Without the triangle inequality, being sent straight on can mean being late.
        let fine = self.forward(l, a);
        self.backward(l, l.node(a).next);
        fine.then_some(i64::from(leg) - saved)
    }

    fn cross(&self, l: &Links, a: u32, b: u32, limit: i64) -> i64 {
        let f = &self.f;
        let (ha, hb) = (&self.hot[a as usize], &self.hot[b as usize]);
        let (r, s) = (ha.route as usize, hb.route as usize);
        if ha.late_next == i32::MIN || hb.late_next == i32::MIN {
            return i64::MAX;
        }
        if f.twin[r] != f.twin[s] {
            return self.cross_unlike(l, a, b, limit);
        }
        let (x, y) = (l.node(a).next, l.node(b).next);
        let (no_x, no_y) = (x as usize >= l.jobs, y as usize >= l.jobs);
        if no_x && no_y {
            return i64::MAX;
        }
        // Ends of twins lie at one place, so the tails may keep theirs.
        let (to_y, to_x) = (f.d(ha.place, hb.next_place), f.d(hb.place, ha.next_place));
        let new_a = if no_y && a as usize >= l.jobs { 0 } else { to_y };
        let new_b = if no_x && b as usize >= l.jobs { 0 } else { to_x };
        let delta = i64::from(new_a) + i64::from(new_b) - i64::from(ha.leg) - i64::from(hb.leg);
        if delta >= limit || ha.depart + to_y > hb.late_next || hb.depart + to_x > ha.late_next {
            return i64::MAX;
        }
        let ((load_x, many_x), (load_y, many_y)) = (self.behind(l, a, r), self.behind(l, b, s));
        if l.count[r] - many_x + many_y > f.max_jobs[r] || l.count[s] - many_y + many_x > f.max_jobs[s] {
            return i64::MAX;
        }
        let (old_r, old_s) = (self.load[r], self.load[s]);
        let (one, two) = (self.toll_of(r, old_r, old_r - load_x + load_y), self.toll_of(s, old_s, old_s - load_y + load_x));
        if one == HARD || two == HARD { i64::MAX } else { delta.saturating_add(one).saturating_add(two) }
    }

    fn crossed(&mut self, l: &Links, a: u32, b: u32) -> (i64, i64) {
        let (r, s) = (self.hot[a as usize].route, self.hot[b as usize].route);
        let ((load_r, _), (load_s, _)) = (self.behind(l, a, r as usize), self.behind(l, b, s as usize));
        for (from, route) in [(a, r), (b, s)] {
            let (mut at, end) = (l.node(from).next, l.end(route as usize));
            while at != end {
                let mut h = self.hot[at as usize];
                h.route = route;
                self.put(at, h);
                at = l.node(at).next;
            }
        }
        let all = self.load[r as usize] + self.load[s as usize];
        let head_r = self.load[r as usize] - load_s;
        self.set_load(r, head_r + load_r);
        self.set_load(s, all - head_r - load_r);
        for (from, route) in [(a, r), (b, s)] {
            // The labels of the end belong to the route: a tail that moved has a new latest start and gives the end a new earliest arrival.
            let end = l.end(route as usize);
            let last = l.node(end).prev;
            self.relink(l, from);
            if last != from && self.f.twin[r as usize] != self.f.twin[s as usize] {
                self.relink(l, last);
                self.backward(l, end);
            }
            self.forward(l, from);
            let (mut h, before) = (self.hot[end as usize], self.hot[last as usize]);
            h.depart = before.depart + before.leg;
            self.put(end, h);
            self.backward(l, l.node(from).next);
        }
        (self.length(l, r as usize), self.length(l, s as usize))
    }

    #[inline]
    fn able(&self, r: usize, j: u32) -> bool {
        self.f.able(r, j)
    }

    #[inline]
    fn admits(&self, l: &Links, r: usize, j: u32) -> bool {
        self.load[r] + self.f.demand[j as usize] <= self.f.capacity[r] && self.takes(l, r, j)
    }

    #[inline]
    fn delta(&self, l: &Links, j: u32, p: u32, limit: i64) -> i64 {
        let (x, h) = (l.node(j), &self.hot[p as usize]);
        let (first, second) = (self.f.to(x.place)[h.place as usize], self.f.from(x.place)[h.next_place as usize]);
        let delta = i64::from(first) + i64::from(second) - i64::from(h.leg);
        if delta >= limit {
            return i64::MAX;
        }
        let t = (h.depart + first).max(x.open);
        if t > x.close || h.late_next == i32::MIN || t + x.service + second > h.late_next {
            return i64::MAX;
        }
        delta
    }

    fn place_in(&self, l: &Links, r: usize, j: u32, limit: i64) -> (i64, u32) {
        let x = l.node(j);
        let (to, from) = (self.f.to(x.place), self.f.from(x.place));
        let (mut best, mut p) = ((limit.min(i64::from(i32::MAX)) as i32, NONE), l.start(r));
        loop {
            let h = &self.hot[p as usize];
            let (first, second) = (to[h.place as usize], from[h.next_place as usize]);
            let delta = first + second - h.leg;
            if delta < best.0 {
                let t = (h.depart + first).max(x.open);
                // Behind whoever is frozen there is no latest start.
                if t <= x.close && t + x.service + second <= h.late_next {
                    best = (delta, p);
                }
            }
            if h.next as usize >= l.jobs {
                return (i64::from(best.0), best.1);
            }
            p = h.next;
        }
    }

    /// With a common depot: next to the neighbours of `j`, and one time in three where its way from or to the depot is cheap.
    fn best(&self, l: &Links, near: &Near, active: &[bool], j: u32, blink: &mut Blink) -> Option<(i64, u32)> {
        let depot = near.depot.as_ref()?;
        let x = *l.node(j);
        let ask = Ask { j, x, to: self.f.to(x.place), from: self.f.from(x.place), active };
        let mut best = (self.price(j).min(i64::from(i32::MAX)) as i32, NONE);
        let (close, other) = near.tries(&near.before[j as usize], near.reach.insert, &mut blink.rng);
        for p in close.iter().chain(other) {
            self.look(l, &ask, *p, &mut best, blink);
        }
        let (close, other) = near.tries(&near.after[j as usize], near.reach.insert, &mut blink.rng);
        for v in close.iter().chain(other) {
            self.look(l, &ask, l.node(*v).prev, &mut best, blink);
        }
        if blink.rng.below(3) == 0 {
            for (price, v) in &depot.first[j as usize] {
                if *price >= best.0 {
                    break;
                }
                let p = l.node(*v).prev;
                if p as usize >= l.jobs {
                    self.look(l, &ask, p, &mut best, blink);
                }
            }
            for (price, v) in &depot.last[j as usize] {
                if *price >= best.0 {
                    break;
                }
                if l.node(*v).next as usize >= l.jobs {
                    self.look(l, &ask, *v, &mut best, blink);
                }
            }
        }
        Some((i64::from(best.0), best.1))
    }

    fn set_toll(&mut self, toll: i64) -> bool {
        self.toll = toll;
        self.f.demand.iter().any(|d| *d > 0)
    }

    fn debt(&self) -> i64 {
        if self.excess == 0 { 0 } else { self.excess.saturating_mul(self.toll).min(super::sisr::BROKEN) }
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
        (jobs.iter().map(|j| i64::from(self.hot[*j as usize].depart - l.node(*j).service)).collect(), None)
    }
}
