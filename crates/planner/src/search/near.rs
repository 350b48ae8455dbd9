//! Who is near whom: candidate lists that make one step independent of the number of jobs.

use std::sync::Arc;

use super::hard::able;
use crate::model::{Engineer, Objective, Problem};

/// Sizes of the candidate lists.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Predecessors and successors tried for an insertion.
    pub insert: usize,
    /// Neighbours that a ruin may spread to.
    pub ruin: usize,
    /// Empty engineers tried for an insertion.
    pub empty: usize,
}

impl Default for Reach {
    fn default() -> Self {
        Self { insert: 32, ruin: 120, empty: 16 }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Near {
    /// Jobs that may come just before `j`, best first.
    pub before: Vec<Vec<u32>>,
    /// Jobs that may come just after `j`, best first.
    pub after: Vec<Vec<u32>>,
    /// Jobs near `j`, nearest first, itself excluded.
    pub around: Vec<Vec<u32>>,
    /// Classes of identical engineers near `j`, each with the least that its first job can cost (search units).
    pub classes_near: Vec<Vec<(i64, u32)>>,
    /// Members of each class.
    pub classes: Vec<Vec<u32>>,
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

/// Are the two engineers interchangeable?
pub(crate) fn same(a: &Engineer, b: &Engineer) -> bool {
    let plain = |e: &Engineer| Engineer { id: String::new(), ..e.clone() };
    a.frozen.is_empty() && b.frozen.is_empty() && plain(a) == plain(b)
}

impl Near {
    pub fn new(p: &Problem, reach: Reach) -> Arc<Self> {
        let n = p.jobs.len();
        let mut classes: Vec<Vec<u32>> = Vec::new();
        for (r, e) in p.engineers.iter().enumerate() {
            // Identical engineers stand next to each other in a fleet; comparing with the last class finds them.
            let alike = classes.last().is_some_and(|c| same(&p.engineers[c[0] as usize], e));
            match classes.last_mut() {
                Some(class) if alike => class.push(r as u32),
                _ => classes.push(vec![r as u32]),
            }
        }
        let able = able(p);
        let mut near = Self { before: vec![], after: vec![], around: vec![], classes_near: vec![], classes };
        let mut row = Vec::with_capacity(n);
        let mut least = vec![0; near.classes.len()];
        for j in 0..n {
            let others = || (0..n).filter(|v| *v != j);
            row.clear();
            row.extend(others().map(|v| (follow(p, v, j), v as u32)));
            near.before.push(nearest(&mut row, reach.insert));
            row.clear();
            row.extend(others().map(|v| (follow(p, j, v), v as u32)));
            near.after.push(nearest(&mut row, reach.insert));
            row.clear();
            let place = p.jobs[j].place;
            row.extend(others().map(|v| {
                let q = p.jobs[v].place;
                (i64::from(p.travel.seconds(place, q)).min(i64::from(p.travel.seconds(q, place))), v as u32)
            }));
            near.around.push(nearest(&mut row, reach.ruin));
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
