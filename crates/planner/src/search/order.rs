//! Numbers jobs, engineers and places so that neighbours have neighbouring numbers: what a step reads then lies together in memory, and a
//! stretch of numbers is a neighbourhood.

use crate::model::{Plan, Problem, Travel};

/// The same day under other numbers, and the way back.
pub(crate) struct Order {
    /// The day to search.
    pub p: Problem,
    /// The caller's numbers of the jobs and of the engineers.
    old: Numbers,
    /// The new numbers of the caller's jobs and engineers.
    new: Numbers,
}

struct Numbers {
    jobs: Vec<u32>,
    crew: Vec<u32>,
}

impl Order {
    pub fn new(p: &Problem) -> Self {
        let places = places(p);
        let rank = turned(&places);
        let sorted = |at: Vec<usize>| {
            let mut all: Vec<u32> = (0..at.len() as u32).collect();
            all.sort_by_key(|i| rank[at[*i as usize]]);
            all
        };
        let old = Numbers {
            jobs: sorted(p.jobs.iter().map(|j| j.place).collect()),
            // Identical engineers start at one place, and stay next to each other.
            crew: sorted(p.engineers.iter().map(|e| e.start).collect()),
        };
        let new = Numbers { jobs: turned(&old.jobs), crew: turned(&old.crew) };
        let travel = Travel {
            seconds: table(&p.travel.seconds, &places),
            metres: table(&p.travel.metres, &places),
            rush: p.travel.rush.clone(),
            places: p.travel.places,
        };
        let mut jobs: Vec<_> = old.jobs.iter().map(|j| p.jobs[*j as usize].clone()).collect();
        for j in &mut jobs {
            j.place = rank[j.place] as usize;
            j.told = j.told.map(|(who, at)| (new.crew[who] as usize, at));
            j.pin = j.pin.map(|who| new.crew[who] as usize);
        }
        let mut engineers: Vec<_> = old.crew.iter().map(|e| p.engineers[*e as usize].clone()).collect();
        for e in &mut engineers {
            e.start = rank[e.start] as usize;
            e.end = e.end.map(|at| rank[at] as usize);
            e.frozen.iter_mut().for_each(|f| f.0 = new.jobs[f.0] as usize);
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

/// The way back of a numbering.
fn turned(numbers: &[u32]) -> Vec<u32> {
    let mut out = vec![0; numbers.len()];
    numbers.iter().zip(0..).for_each(|(a, i)| out[*a as usize] = i);
    out
}

fn renumber(plan: &Plan, to: &Numbers) -> Plan {
    let mut out = plan.clone();
    for r in &mut out.routes {
        r.engineer = to.crew[r.engineer] as usize;
    }
    for j in out.routes.iter_mut().flat_map(|r| &mut r.jobs).chain(&mut out.unserved) {
        *j = to.jobs[*j] as usize;
    }
    out.routes.sort_unstable_by_key(|r| r.engineer);
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
