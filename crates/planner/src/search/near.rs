//! Who is near whom: candidate lists that make one step independent of the number of jobs.

use std::sync::Arc;

use super::hard::able;
use crate::model::{Engineer, Objective, Problem};
use crate::rng::Rng;

/// Sizes of the candidate lists.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// With a common depot: best predecessors, and best successors, that every insertion tries.
    pub insert: usize,
    /// Without one: nearest jobs whose routes an insertion asks as a whole.
    pub around: usize,
    /// Further ones, a random stretch of the lists: in a heap of shops the best ones all lie in the heap.
    pub sample: usize,
    /// Length of the lists of predecessors and successors.
    pub far: usize,
    /// First and last jobs of a route tried for an insertion next to a common depot.
    pub depot: usize,
    /// Neighbours that a ruin may spread to.
    pub ruin: usize,
    /// Empty engineers tried for an insertion.
    pub empty: usize,
}

impl Default for Reach {
    fn default() -> Self {
        Self { insert: 20, around: 40, sample: 12, far: 160, depot: 24, ruin: 120, empty: 16 }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Near {
    /// Sizes of the lists.
    pub reach: Reach,
    /// With a common depot: jobs that may come just before `j`, best first.
    pub before: Vec<Vec<u32>>,
    /// With a common depot: jobs that may come just after `j`, best first.
    pub after: Vec<Vec<u32>>,
    /// Jobs near `j`, nearest first, itself excluded.
    pub around: Vec<Vec<u32>>,
    /// Those near `j` that ask for all the skills that `j` asks for: whoever serves them could serve `j`. Empty where no job asks for any.
    pub kin: Vec<Vec<u32>>,
    /// Classes of identical engineers near `j`, each with the least that its first job can cost (search units).
    pub classes_near: Vec<Vec<(i64, u32)>>,
    /// Members of each class.
    pub classes: Vec<Vec<u32>>,
    /// The class of each engineer.
    pub class_of: Vec<u32>,
    /// Where everybody starts and ends at the same places.
    pub depot: Option<Depot>,
}

/// One depot for all: being first or last of a route then has a price that no other job changes. Long legs from and to the depot
/// run past many jobs that are near neither of their ends; these lists find them.
#[derive(Debug, Clone)]
pub(crate) struct Depot {
    /// Per job `j`: (price of `j` between the depot and the first job `v`, `v`), cheapest first.
    pub first: Vec<Vec<(i32, u32)>>,
    /// Per job `j`: (price of `j` between the last job `v` and the depot, `v`), cheapest first.
    pub last: Vec<Vec<(i32, u32)>>,
}

impl Depot {
    fn new(p: &Problem, keep: usize) -> Option<Self> {
        let (start, end) = p.engineers.first().map(|e| (e.start, e.end))?;
        let end = end?;
        if p.objective != Objective::Distance || p.engineers.iter().any(|e| e.start != start || e.end != Some(end)) {
            return None;
        }
        let begin = p.engineers.iter().map(|e| e.shift.0).min()?;
        let d = |a: usize, b: usize| i64::from(p.travel.seconds(a, b));
        let mut out = Self { first: Vec::new(), last: Vec::new() };
        let mut row = Vec::new();
        for (j, job) in p.jobs.iter().enumerate() {
            let earliest = job.windows[0].0.max(begin + d(start, job.place)) + job.service;
            let close = job.windows[job.windows.len() - 1].1;
            let others = || p.jobs.iter().enumerate().filter(|(v, _)| *v != j);
            let priced = |row: &mut Vec<(i64, u32)>| -> Vec<(i32, u32)> {
                if row.len() > keep {
                    row.select_nth_unstable(keep);
                    row.truncate(keep);
                }
                row.sort_unstable();
                row.iter().map(|(price, v)| (*price as i32, *v)).collect()
            };
            row.clear();
            row.extend(
                others()
                    .filter(|(_, v)| earliest + d(job.place, v.place) <= v.windows[v.windows.len() - 1].1)
                    .map(|(i, v)| (d(start, job.place) + d(job.place, v.place) - d(start, v.place), i as u32)),
            );
            out.first.push(priced(&mut row));
            row.clear();
            row.extend(
                others()
                    .filter(|(_, v)| v.windows[0].0 + v.service + d(v.place, job.place) <= close)
                    .map(|(i, v)| (d(v.place, job.place) + d(job.place, end) - d(v.place, end), i as u32)),
            );
            out.last.push(priced(&mut row));
        }
        Some(out)
    }
}

fn nearest(row: &mut Vec<(i64, u32)>, keep: usize) -> Vec<u32> {
    if row.len() > keep {
        row.select_nth_unstable(keep);
        row.truncate(keep);
    }
    row.sort_unstable();
    row.iter().map(|x| x.1).collect()
}

/// Travel plus unavoidable waiting (a fifth) and unavoidable lateness (whole), after Vidal et al., 2013.
fn follow(p: &Problem, a: usize, b: usize) -> i64 {
    let (x, y) = (&p.jobs[a], &p.jobs[b]);
    let d = i64::from(p.travel.seconds(x.place, y.place));
    let (open_a, close_a) = (x.windows[0].0, x.windows[x.windows.len() - 1].1);
    let (open_b, close_b) = (y.windows[0].0, y.windows[y.windows.len() - 1].1);
    let wait = (open_b - close_a - x.service - d).max(0);
    let late = (open_a + x.service + d - close_b).max(0);
    d + wait / 5 + late
}

/// Which engineers are interchangeable with the one before them: they are the same, and no job is somebody's own. Those that are alike stand
/// next to each other in a fleet.
pub(crate) fn alike(p: &Problem) -> Vec<bool> {
    let mut own = vec![false; p.engineers.len()];
    p.jobs.iter().filter_map(|j| j.pin).for_each(|r| own[r] = true);
    let free = |r: usize| !own[r] && p.engineers[r].frozen.is_empty();
    let plain = |e: &Engineer| Engineer { id: String::new(), ..e.clone() };
    let same = |r: usize| free(r - 1) && free(r) && plain(&p.engineers[r - 1]) == plain(&p.engineers[r]);
    (0..p.engineers.len()).map(|r| r > 0 && same(r)).collect()
}

impl Near {
    /// The neighbours that an insertion tries: so many of the best ones, and a random stretch of the others.
    #[inline]
    pub fn tries<'a>(&self, list: &'a [u32], best: usize, rng: &mut Rng) -> (&'a [u32], &'a [u32]) {
        let (best, others) = list.split_at(best.min(list.len()));
        let from = rng.below(others.len().saturating_sub(self.reach.sample) + 1);
        (best, &others[from..others.len().min(from + self.reach.sample)])
    }

    pub fn new(p: &Problem, reach: Reach) -> Arc<Self> {
        let n = p.jobs.len();
        let mut classes: Vec<Vec<u32>> = Vec::new();
        let mut class_of = Vec::with_capacity(p.engineers.len());
        for (r, alike) in alike(p).into_iter().enumerate() {
            match classes.last_mut() {
                Some(class) if alike => class.push(r as u32),
                _ => classes.push(vec![r as u32]),
            }
            class_of.push(classes.len() as u32 - 1);
        }
        let able = able(p);
        let depot = Depot::new(p, reach.depot);
        let common = depot.is_some();
        let skilled = p.jobs.iter().any(|j| j.skills != 0);
        let mut near =
            Self { reach, before: vec![], after: vec![], around: vec![], kin: vec![], classes_near: vec![], classes, class_of, depot };
        let mut row = Vec::with_capacity(n);
        let mut least = vec![0; near.classes.len()];
        let far = reach.far.max(reach.insert);
        for j in 0..n {
            let others = || (0..n).filter(|v| *v != j);
            if common {
                row.clear();
                row.extend(others().map(|v| (follow(p, v, j), v as u32)));
                near.before.push(nearest(&mut row, far));
                row.clear();
                row.extend(others().map(|v| (follow(p, j, v), v as u32)));
                near.after.push(nearest(&mut row, far));
            }
            let place = p.jobs[j].place;
            let away = |v: usize| {
                let q = p.jobs[v].place;
                (i64::from(p.travel.seconds(place, q)).min(i64::from(p.travel.seconds(q, place))), v as u32)
            };
            row.clear();
            row.extend(others().map(away));
            near.around.push(nearest(&mut row, reach.ruin));
            if skilled {
                row.clear();
                row.extend(others().filter(|v| p.jobs[j].skills & !p.jobs[*v].skills == 0).map(away));
                near.kin.push(nearest(&mut row, reach.ruin));
            }
            row.clear();
            for (c, members) in near.classes.iter().enumerate() {
                let r = members[0] as usize;
                if able.as_ref().is_some_and(|able| !able[j * p.engineers.len() + r]) {
                    continue;
                }
                let e = &p.engineers[r];
                let mut d = i64::from(p.travel.seconds(e.start, place));
                let mut metres = i64::from(p.travel.metres(e.start, place));
                if let Some(end) = e.end {
                    d += i64::from(p.travel.seconds(place, end));
                    metres += i64::from(p.travel.metres(place, end));
                }
                least[c] = if p.objective == Objective::Money { metres * e.per_km + e.fixed * 1000 } else { d };
                if p.objective == Objective::Money && p.jobs[j].territory.is_some_and(|t| !e.territories.contains(&t)) {
                    d += 1;
                }
                row.push((d, c as u32));
            }
            near.classes_near.push(nearest(&mut row, reach.empty).into_iter().map(|c| (least[c as usize], c)).collect());
        }
        Arc::new(near)
    }
}
