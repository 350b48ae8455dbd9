//! Numbers jobs and places so that neighbours have neighbouring numbers: what a step reads then lies together in memory, and a
//! stretch of numbers is a neighbourhood.

use crate::model::{Plan, Problem, Travel};

/// The same day under other numbers, and the way back.
pub(crate) struct Order {
    /// The day to search.
    pub p: Problem,
    /// The caller's number of each job.
    old: Vec<u32>,
    /// The new number of each of the caller's jobs.
    new: Vec<u32>,
}

impl Order {
    pub fn new(p: &Problem) -> Self {
        let places = places(p);
        let mut rank = vec![0; places.len()];
        places.iter().zip(0..).for_each(|(a, i)| rank[*a as usize] = i);
        let mut old: Vec<u32> = (0..p.jobs.len() as u32).collect();
        old.sort_by_key(|j| rank[p.jobs[*j as usize].place]);
        let mut new = vec![0; old.len()];
        old.iter().zip(0..).for_each(|(j, i)| new[*j as usize] = i);
        let travel = Travel {
            seconds: table(&p.travel.seconds, &places),
            metres: table(&p.travel.metres, &places),
            rush: p.travel.rush.clone(),
            places: p.travel.places,
        };
        let mut jobs: Vec<_> = old.iter().map(|j| p.jobs[*j as usize].clone()).collect();
        jobs.iter_mut().for_each(|j| j.place = rank[j.place]);
        let mut engineers = p.engineers.clone();
        for e in &mut engineers {
            e.start = rank[e.start];
            e.end = e.end.map(|at| rank[at]);
            e.frozen.iter_mut().for_each(|f| f.0 = new[f.0] as usize);
        }
        Self { p: Problem { jobs, engineers, travel, prices: p.prices, objective: p.objective, now: p.now }, old, new }
    }

    /// A plan of the caller under the new numbers.
    pub fn inward(&self, plan: &Plan) -> Plan {
        renumber(plan, &self.new)
    }

    /// A plan of the search under the caller's numbers.
    pub fn outward(&self, plan: &Plan) -> Plan {
        renumber(plan, &self.old)
    }
}

/// The matrix with its rows and columns in the order of `places`; an empty one stays empty.
fn table(cells: &[u32], places: &[u32]) -> Vec<u32> {
    let mut out = Vec::with_capacity(cells.len());
    if !cells.is_empty() {
        for a in places {
            let row = &cells[*a as usize * places.len()..][..places.len()];
            out.extend(places.iter().map(|b| row[*b as usize]));
        }
    }
    out
}

fn renumber(plan: &Plan, to: &[u32]) -> Plan {
    let mut out = plan.clone();
    for j in out.routes.iter_mut().flat_map(|r| &mut r.jobs).chain(&mut out.unserved) {
        *j = to[*j] as usize;
    }
    out.unserved.sort_unstable();
    out
}

/// All places, neighbours next to each other: halves between two places far apart, and the halves of the halves.
fn places(p: &Problem) -> Vec<u32> {
    let mut all: Vec<u32> = (0..p.travel.places as u32).collect();
    let d = |a: u32, b: u32| i64::from(p.travel.seconds(a as usize, b as usize)) + i64::from(p.travel.seconds(b as usize, a as usize));
    let mut todo = vec![(0, all.len())];
    while let Some((from, to)) = todo.pop() {
        let part = &mut all[from..to];
        let far = |part: &[u32], from: u32| part.iter().copied().max_by_key(|x| (d(from, *x), *x)).unwrap_or(from);
        // The end that is nearer to what comes before stays there.
        let (Some(first), true) = (part.first().copied(), part.len() > 2) else { continue };
        let b = far(part, first);
        let a = far(part, b);
        part.sort_by_cached_key(|x| (d(a, *x) - d(b, *x), *x));
        let middle = from + (to - from) / 2;
        todo.extend([(middle, to), (from, middle)]);
    }
    all
}
