//! Routes that were met on the way are put together to a better plan, a few neighbouring routes at a time.
//!
//! A search meets thousands of good routes and forgets them with the plans they stood in. Which of them do all jobs once at the least cost
//! is a set partitioning (Rochat and Taillard, 1995; Subramanian, Uchoa and Ochi, 2013). For a whole day it is far from
//! its relaxation and takes an integer solver; for eight routes the two nearly always meet, and it is solved to the end in a millisecond.

use super::cover::{Column, ROWS, cheaper};
use super::eval::Eval;
use super::links::NONE;
use super::sisr::Search;
use super::store::Store;
use crate::rng::Rng;

/// Temperature below which a plan's routes are good enough to be kept, as a share of a job's average cost.
const GOOD: f64 = 0.2;
/// So many routes are taken apart at a time.
const ROUTES: usize = 8;
/// A met route that runs through more routes of the plan says nothing about who is whose neighbour.
const MIXED: usize = 5;
/// Columns that a dive may look at.
const PATIENCE: u64 = 100_000;

/// After so many attempts in vain combining gets half of its share of the work, after twice as many a third.
const VAIN: f64 = 64.0;
/// Routes that are looked at in the time of a step.
const LOOKS: u64 = 256;

/// Attempts after which a caller may look at his clock.
const TRIES: u32 = 16;

/// How much was tried, so that it stays within its share of the time.
#[derive(Debug)]
pub(super) struct Thrift {
    /// Steps that were done before it began.
    pub(super) from: u64,
    /// Work for combining, as a multiple of that for the steps since it began.
    share: f64,
    /// Routes that were looked at.
    looks: u64,
    /// Attempts in vain, one after the other.
    vain: u32,
}

impl Thrift {
    pub fn new(from: u64, share: f64) -> Self {
        Self { from, share, looks: 0, vain: 0 }
    }

    /// Is it time for another attempt, after so many steps in all?
    fn affords(&self, steps: u64) -> bool {
        (self.looks as f64) < self.share / (1.0 + f64::from(self.vain) / VAIN) * ((steps - self.from) * LOOKS) as f64
    }
}

/// Neighbouring routes, and a row number for each of their jobs.
struct Part {
    routes: Vec<usize>,
    row_of: Vec<u32>,
    rows: usize,
}

/// The routes of a plan that have jobs, and which of them are neighbours.
struct Kinship {
    /// These routes, and the number of each.
    filled: Vec<usize>,
    number: Vec<usize>,
    /// By two of these numbers: the met routes that run through both.
    table: Vec<u32>,
}

impl<E: Eval> Search<E> {
    /// From now on the routes of good plans are kept, where everybody can drive every route.
    pub fn collect(&mut self) {
        let alike = self.near.classes.len() == 1 && self.cost.len() > 1 && self.keys.able.is_empty();
        if self.depot() && alike {
            self.good = GOOD * self.scale();
            self.store = Some(Box::new(Store::new(self.l.jobs)));
        }
    }

    /// Can the jobs of a few neighbouring routes of `plan` be done for less by routes that were met? Tries until they can, and answers with
    /// the cheaper plan, which is then loaded; none when it can afford no further attempt after `steps` steps, or has tried long enough.
    pub(super) fn combine(&mut self, plan: &[Vec<u32>], steps: u64, thrift: &mut Thrift, rng: &mut Rng) -> Option<Vec<Vec<u32>>> {
        let store = self.store.take()?;
        let (mut better, mut tries, mut kinship) = (None, 0, None);
        while better.is_none() && tries < TRIES && thrift.affords(steps) && self.load(plan) {
            tries += 1;
            let before = self.total;
            // Neither the plan nor what was met changes between attempts.
            let kinship = kinship.get_or_insert_with(|| self.kinship(plan, &store));
            better = self.combined(plan, &store, kinship, rng, &mut thrift.looks).filter(|child| self.load(child) && self.total < before);
            thrift.vain = if better.is_some() { 0 } else { thrift.vain + 1 };
        }
        self.store = Some(store);
        better
    }

    /// One attempt; adds to `looks` how many routes it looked at.
    fn combined(&self, plan: &[Vec<u32>], store: &Store, kin: &Kinship, rng: &mut Rng, looks: &mut u64) -> Option<Vec<Vec<u32>>> {
        // A slot takes about as long as looking at a column.
        *looks += store.len() as u64;
        let part = self.part(plan, kin, rng)?;
        let row = |jobs: &[u32]| jobs.iter().map(|j| part.row_of[*j as usize] as u8).collect();
        let own = part.routes.iter().map(|r| (self.cost[*r], &plan[*r][..]));
        let (jobs_of, columns): (Vec<&[u32]>, Vec<Column>) =
            own.chain(store.within(&part.row_of)).map(|(cost, jobs)| (jobs, Column { cost, rows: row(jobs) })).unzip();
        let have: Vec<usize> = (0..part.routes.len()).collect();
        let idle = (0..plan.len()).filter(|r| plan[*r].is_empty() && self.active[*r]);
        let drivers: Vec<usize> = part.routes.iter().copied().chain(idle.take(2)).collect();
        let found = cheaper(&columns, part.rows, drivers.len(), &have, PATIENCE, looks)?;
        let mut child = plan.to_vec();
        drivers.iter().for_each(|r| child[*r].clear());
        for (r, i) in drivers.iter().zip(&found) {
            child[*r] = jobs_of[*i].to_vec();
        }
        Some(child)
    }

    /// How many of the met routes run through both of two routes of the plan that is loaded: they can trade jobs.
    fn kinship(&self, plan: &[Vec<u32>], store: &Store) -> Kinship {
        // Idle engineers may be many more than routes: a table of routes leaves them out.
        let filled: Vec<usize> = (0..plan.len()).filter(|r| !plan[*r].is_empty()).collect();
        let mut number = vec![0; plan.len()];
        filled.iter().enumerate().for_each(|(i, r)| number[*r] = i);
        let many = filled.len();
        let (mut table, mut through) = (vec![0; many * many], Vec::new());
        for (_, jobs) in store.all() {
            through.clear();
            for r in jobs.iter().map(|j| self.l.node(*j).route).filter(|r| *r != NONE) {
                let r = number[r as usize];
                if !through.contains(&r) {
                    through.push(r);
                }
            }
            if through.len() <= MIXED {
                through.iter().for_each(|a| through.iter().for_each(|b| table[a * many + b] += 1));
            }
        }
        Kinship { filled, number, table }
    }

    /// A random route and others, each drawn by its kinship with those that are there. None where there are no two.
    fn part(&self, plan: &[Vec<u32>], kin: &Kinship, rng: &mut Rng) -> Option<Part> {
        let (filled, number, many) = (&kin.filled, &kin.number, kin.filled.len());
        let mut weight = vec![0u32; many];
        let mut part = Part { routes: Vec::new(), row_of: vec![NONE; self.l.jobs], rows: 0 };
        let mut next = (many > 0).then(|| rng.below(many));
        while let Some(i) = next.filter(|i| part.routes.len() < ROUTES && part.rows + plan[filled[*i]].len() <= ROWS) {
            part.routes.push(filled[i]);
            for j in &plan[filled[i]] {
                part.row_of[*j as usize] = part.rows as u32;
                part.rows += 1;
            }
            weight.iter_mut().zip(&kin.table[i * many..]).for_each(|(weight, kin)| *weight += kin);
            part.routes.iter().for_each(|r| weight[number[*r]] = 0);
            let mut at = rng.below(weight.iter().sum::<u32>() as usize) as u32;
            next = weight.iter().position(|weight| {
                let hit = at < *weight;
                at = at.saturating_sub(*weight);
                hit
            });
        }
        (part.routes.len() > 1).then_some(part)
    }
}

#[cfg(test)]
#[path = "combine_test.rs"]
mod test;
