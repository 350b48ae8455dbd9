//! What must hold for every plan, whatever the day looks like.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Mutex;

use common::day;
use postsale_planner::{Budget, Objective, Options, Plan, Problem, Refused, Resident, Route, Tuning, check, freeze, solve};

const BOTH: [Objective; 2] = [Objective::Money, Objective::Distance];

fn steps(seed: u64, threads: usize, steps: u64) -> Options<'static> {
    Options { seed, threads, budget: Budget::Steps(steps), ..Options::default() }
}

/// As on a day with thousands of jobs: one annealing in neighbourhoods, and one region per thread.
fn large(options: Options<'static>) -> Options<'static> {
    let mut tuning = Tuning::default();
    (tuning.crowd.most_jobs, tuning.window) = (0, 4);
    Options { tuning, ..options }
}

#[test]
fn every_plan_passes_the_judge_and_costs_the_sum_of_its_terms() {
    for seed in 0..40 {
        for objective in BOTH {
            let p = day(seed, 5 + (seed as usize * 7) % 60, 1 + (seed as usize) % 9, objective);
            for options in [steps(seed, 1, 2_000), large(steps(seed, 1 + seed as usize % 2, 2_000))] {
                let done = solve(&p, None, &options).unwrap();
                assert_eq!(done.verdict.violations, vec![], "seed {seed} {objective:?}");
                assert_eq!(done.verdict.cost.total(), done.verdict.cost.terms().iter().map(|t| t.1).sum::<i64>());
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_plan_with_any_number_of_threads() {
    for threads in [1, 2, 3] {
        for objective in BOTH {
            let p = day(77, 60, 8, objective);
            let one = solve(&p, None, &steps(5, threads, 6_000)).unwrap();
            let two = solve(&p, None, &steps(5, threads, 6_000)).unwrap();
            assert_eq!(one.plan, two.plan, "{threads} threads {objective:?}");
            if objective == Objective::Distance {
                assert_eq!(one.steps, 6_016 * threads as u64, "every thread works through the whole budget");
            }
            let one = solve(&p, None, &large(steps(5, threads, 6_000))).unwrap();
            let two = solve(&p, None, &large(steps(5, threads, 6_000))).unwrap();
            assert_eq!(one.plan, two.plan, "{threads} regions {objective:?}");
        }
    }
}

#[test]
fn more_time_never_worsens_the_plan_in_hand() {
    for (seed, threads, big) in [(1, 1, false), (2, 2, false), (3, 1, true), (4, 2, true)] {
        let fit = |options| if big { large(options) } else { options };
        let p = day(seed, 50, 6, Objective::Money);
        let seen = Mutex::new(Vec::new());
        let watch = |x: postsale_planner::Progress| seen.lock().unwrap().push(x.best);
        let done = solve(&p, None, &Options { progress: Some(&watch), ..fit(steps(seed, threads, 12_000)) }).unwrap();
        let seen = seen.into_inner().unwrap();
        assert!(seen.windows(2).all(|w| w[1] <= w[0]), "{seen:?}");
        let again = solve(&p, Some(&done.plan), &fit(steps(seed + 1, threads, 2_000))).unwrap();
        assert!(again.verdict.cost.total() <= done.verdict.cost.total());
    }
}

/// Every order of every assignment, judged by the checker on the earliest schedule that an independent walk finds.
fn best_of_all(p: &Problem) -> i64 {
    fn earliest(p: &Problem, e: usize, jobs: &[usize]) -> Option<i64> {
        let (mut place, mut free, mut cost) = (p.engineers[e].start, p.engineers[e].shift.0, 0);
        for j in jobs {
            let job = &p.jobs[*j];
            let d = i64::from(p.travel.seconds(place, job.place));
            let at = (free + d).max(job.windows[0].0);
            if at > job.windows[0].1 || job.skills & !p.engineers[e].skills != 0 || job.pin.is_some_and(|x| x != e) {
                return None;
            }
            (place, free, cost) = (job.place, at + job.service, cost + d);
        }
        if let (Some(end), false) = (p.engineers[e].end, jobs.is_empty()) {
            let d = i64::from(p.travel.seconds(place, end));
            (free, cost) = (free + d, cost + d);
        }
        (free <= p.engineers[e].shift.1).then_some(cost)
    }
    fn go(p: &Problem, j: usize, days: &mut Vec<Vec<usize>>, lost: i64, best: &mut i64) {
        if j == p.jobs.len() {
            let all: Option<Vec<i64>> = days.iter().enumerate().map(|(e, d)| earliest(p, e, d)).collect();
            if let Some(all) = all {
                *best = (*best).min(lost + all.iter().sum::<i64>());
            }
            return;
        }
        go(p, j + 1, days, lost + p.jobs[j].unserved, best);
        for e in 0..days.len() {
            for at in 0..=days[e].len() {
                days[e].insert(at, j);
                go(p, j + 1, days, lost, best);
                days[e].remove(at);
            }
        }
    }
    let mut best = i64::MAX;
    go(p, 0, &mut vec![vec![]; p.engineers.len()], 0, &mut best);
    best
}

#[test]
fn small_days_are_solved_to_the_optimum_of_brute_force() {
    for seed in 0..30 {
        let p = day(seed, 5, 2, Objective::Distance);
        let done = solve(&p, None, &steps(seed, 1, 5_000)).unwrap();
        assert_eq!(done.verdict.cost.total(), best_of_all(&p), "seed {seed}");
    }
}

/// Best cost of putting `job` anywhere into the plan without moving anybody, by solving nothing: every position is tried
/// on a copy of the day in which all orders are fixed, through the public door of one engineer at a time.
fn brute_insert(p: &Problem, plan: &Plan, job: usize) -> Option<i64> {
    let mut best: Option<i64> = None;
    for e in 0..p.engineers.len() {
        let jobs = plan.routes.iter().find(|r| r.engineer == e).map_or_else(Vec::new, |r| r.jobs.clone());
        for at in 0..=jobs.len() {
            let mut order = jobs.clone();
            order.insert(at, job);
            if let Some(starts) = walk(p, e, &order) {
                let mut next = plan.clone();
                next.routes.retain(|r| r.engineer != e);
                next.routes.push(Route { engineer: e, jobs: order, starts, rest: None });
                next.unserved.retain(|j| *j != job);
                let verdict = check(p, &next);
                if verdict.holds() {
                    best = Some(best.map_or(verdict.cost.total(), |b| b.min(verdict.cost.total())));
                }
            }
        }
    }
    best
}

/// Earliest starts without a break (the test days of this comparison have none).
fn walk(p: &Problem, e: usize, jobs: &[usize]) -> Option<Vec<i64>> {
    let eng = &p.engineers[e];
    let (mut place, mut free, mut starts) = (eng.start, eng.shift.0, vec![]);
    for j in jobs {
        let job = &p.jobs[*j];
        let rush = p.travel.rush.iter().rev().find(|(at, _)| *at <= free).map_or(1000, |r| r.1);
        let scaled = u64::from(p.travel.seconds(place, job.place)) * u64::from(eng.speed_permille) * u64::from(rush);
        let arrive = free + scaled.div_ceil(1_000_000) as i64;
        let start = job.windows.iter().find(|w| arrive <= w.1).map(|w| arrive.max(w.0))?;
        starts.push(start);
        (place, free) = (job.place, start + job.service);
    }
    Some(starts)
}

#[test]
fn an_insertion_is_as_good_as_brute_force() {
    let mut tried = 0;
    for seed in 100..140 {
        let mut p = day(seed, 14, 3, Objective::Money);
        for e in &mut p.engineers {
            e.rest = None;
            e.speed_permille = 1000;
        }
        let done = solve(&p, None, &steps(seed, 1, 500)).unwrap();
        let Some(job) = done.plan.routes.first().and_then(|r| r.jobs.first().copied()) else { continue };
        let mut r = Resident::open(p.clone(), &done.plan, &[], 1).unwrap();
        r.cancel(job, r.version()).unwrap();
        let without = r.plan();
        let before = r.verdict().cost.total();
        let version = r.version();
        let offers = r.insert(job, version, 3);
        let brute = brute_insert(&p, &without, job);
        match offers {
            Ok(offers) => {
                let after = r.verdict();
                assert!(after.holds());
                // Times of the rest may round by a fen per term; orders may not differ in price.
                assert!((after.cost.total() - brute.unwrap()).abs() <= 8, "seed {seed}: {} {brute:?}", after.cost.total());
                let real = after.cost.total() + p.jobs[job].unserved - before;
                assert!((offers[0].price - real).abs() <= 8, "seed {seed}: {} is not {real}", offers[0].price);
                tried += 1;
            }
            Err(Refused::NoPlace(_)) => assert_eq!(brute, None, "seed {seed}"),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(tried > 20);
}

#[test]
fn stale_proposals_are_refused_and_frozen_jobs_stay() {
    for seed in 0..12 {
        let p = day(seed, 40, 6, Objective::Money);
        let done = solve(&p, None, &steps(seed, 1, 3_000)).unwrap();
        let (mut later, mut plan) = (p.clone(), done.plan.clone());
        freeze(&mut later, &mut plan, 36_000, 2_700);
        let frozen: Vec<_> = later.engineers.iter().map(|e| e.frozen.clone()).collect();
        let mut r = Resident::open(later.clone(), &plan, &[], 1).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let seen = r.version();
        let sick = (0..6).max_by_key(|e| plan.routes.iter().find(|x| x.engineer == *e).map_or(0, |x| x.jobs.len())).unwrap();
        let freed = r.absent(sick, seen).unwrap();
        assert_eq!(r.absent(sick, seen), Err(Refused::Stale(r.version())));
        assert!(r.verdict().holds(), "seed {seed}");
        let before = r.verdict().cost.total();
        r.repair(&freed, &mut |steps| steps >= 800);
        let verdict = r.verdict();
        assert_eq!(verdict.violations, vec![], "seed {seed}");
        assert!(verdict.cost.total() <= before + 8);
        let now = r.plan();
        for route in &now.routes {
            let keep = &frozen[route.engineer];
            assert!(route.jobs.iter().zip(&route.starts).zip(keep).all(|((j, at), f)| (*j, *at) == *f));
            assert!(route.engineer != sick || route.jobs.len() == keep.len());
        }
    }
}

#[test]
fn slots_and_reasons_are_honest() {
    for seed in 0..10 {
        let p = day(seed, 30, 4, Objective::Money);
        let done = solve(&p, None, &steps(seed, 1, 2_000)).unwrap();
        let mut r = Resident::open(p.clone(), &done.plan, &[], 1).unwrap();
        for job in done.plan.unserved.iter().copied() {
            let all = r.offers(job, 99);
            let why = r.why_not(job);
            assert_eq!(why.too_dear, all.first().copied());
            assert_eq!(all.len() + why.skills + why.pin + why.parts + why.full + why.time, 4);
            for slot in r.slots(job, 3600) {
                assert!(slot.open <= slot.offer.start && slot.offer.start <= slot.close);
                assert!(p.jobs[job].windows.iter().any(|w| w.0 <= slot.open && slot.close <= w.1));
            }
            assert_eq!(r.offers(job, 99), all, "the windows were given back");
        }
        if let Some(job) = done.plan.routes.first().map(|x| x.jobs[0]) {
            let before = r.plan();
            assert!(!r.why(job, 3).is_empty());
            assert_eq!(r.plan(), before);
        }
    }
}
