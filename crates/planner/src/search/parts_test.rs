//! A plan that is annealed in parts.

use std::collections::BTreeSet;

use super::*;
use crate::search::Budget;
use crate::search::hard::Hard;
use crate::search::near::{Near, Reach};
use crate::search::sisr::Tuning;
use crate::search::tests::day;
use crate::search::{alone, write};
use crate::{Plan, check};

/// Anneals the first plan of a day in parts; with its cost before and after, and its routes.
fn in_parts(p: &Problem, seed: u64, steps: u64) -> (i64, i64, Plan) {
    let mut search = Search::new(p, Hard::new(p), Near::new(p, Reach::default()), Tuning::default(), seed);
    search.construct();
    search.collect();
    let before = search.best_total;
    let worked = parts(p, &mut search, &Options { seed, budget: Budget::Steps(steps), ..Options::default() }, 0.0, 0);
    assert!((steps..steps + CHUNK).contains(&worked), "{worked} steps, the budget is worked to its end");
    (before, search.best_total, write(&search))
}

#[test]
fn a_plan_in_parts_never_becomes_worse_and_keeps_every_rule() {
    for seed in 0..3 {
        let p = day(seed, false, true);
        let (before, after, plan) = in_parts(&p, seed, 90_000);
        assert!(after < before, "seed {seed}: 90,000 steps find something better than the first plan: {before} {after}");
        let verdict = check(&p, &plan);
        assert!(verdict.violations.is_empty(), "seed {seed}: {:?}", verdict.violations);
        assert_eq!(verdict.cost.total(), after, "seed {seed}: the search knows what its plan costs");
    }
}

/// A plan as good plans on the way are, with the routes that were met until then when they are `kept`; what it costs, and what is left of
/// that after one chunk of steps in parts.
fn hardly_in_parts(seed: u64, kept: bool) -> (i64, i64) {
    let p = day(seed, false, true);
    let mut search = Search::new(&p, Hard::new(&p), Near::new(&p, Reach::default()), Tuning::default(), seed);
    search.construct();
    search.collect();
    let temperature = search.good;
    (0..4000).for_each(|_| search.step(temperature));
    search.store = search.store.filter(|_| kept);
    search.keep_best();
    let before = search.best_total;
    parts(&p, &mut search, &Options { seed, budget: Budget::Steps(6016 + CHUNK), ..Options::default() }, 0.0, 0);
    let verdict = check(&p, &write(&search));
    assert!(verdict.violations.is_empty(), "seed {seed}: {:?}", verdict.violations);
    assert_eq!(verdict.cost.total(), search.best_total, "seed {seed}: the best plan is loaded");
    (before, search.best_total)
}

#[test]
fn after_a_part_the_plan_is_put_together_from_routes_that_were_met() {
    let mut better = 0;
    for seed in 0..8 {
        let ((before, kept), (same, alone)) = (hardly_in_parts(seed, true), hardly_in_parts(seed, false));
        assert_eq!(before, same, "seed {seed}: both begin with one plan");
        assert!(kept <= alone && alone <= before, "seed {seed}: never worse: {before}, {alone}, {kept}");
        better += usize::from(kept < alone);
    }
    assert!(better > 2, "in {better} of 8 cases what was met made the plan better than the part did");
}

/// Routes have to be met before there are parts to put together from them.
#[test]
fn one_annealing_keeps_the_routes_of_cool_plans_where_parts_follow() {
    for twins in [true, false] {
        let p = day(1, false, twins);
        let mut search = Search::new(&p, Hard::new(&p), Near::new(&p, Reach::default()), Tuning::default(), 1);
        search.construct();
        alone(&p, &mut search, &Options { budget: Budget::Steps(20_000), ..Options::default() }, 0.0);
        let met = search.store.as_ref().map(|store| store.all().count());
        assert_eq!(met.is_some_and(|met| met > 20), twins, "{met:?} routes");
    }
}

/// Emptying a route would take what is frozen from its engineer, and a part of one route has nowhere to put its jobs.
#[test]
fn a_route_with_a_frozen_job_is_not_shut_nor_the_only_other_one() {
    let mut p = day(1, false, true);
    for (e, j) in [(0, 3), (5, 40)] {
        p.engineers[e].frozen = vec![(j, p.jobs[j].windows[0].0)];
    }
    let mut search = Search::new(&p, Hard::new(&p), Near::new(&p, Reach::default()), Tuning::default(), 1);
    search.construct();
    let filled: Vec<usize> = (0..p.engineers.len()).filter(|r| search.l.count[*r] > 0).collect();
    let others: Vec<usize> = filled.iter().copied().filter(|r| ![0, 5].contains(r)).collect();
    let mut rng = Rng::new(1);
    let shut: BTreeSet<usize> = (0..1000).filter_map(|_| shortest(&search, &filled, &mut rng)).collect();
    assert!(shut.len() > 1 && shut.iter().all(|r| others.contains(r)), "{shut:?} of {others:?}: different ones, and none that is frozen");
    assert_eq!(shortest(&search, &[0, 5, others[0]], &mut rng), None);
}

#[test]
fn the_whole_plan_is_annealed_to_the_end_where_engineers_set_out_from_different_places() {
    for (twins, share) in [(true, FROM), (false, 1.0)] {
        let p = day(1, false, twins);
        let mut search = Search::new(&p, Hard::new(&p), Near::new(&p, Reach::default()), Tuning::default(), 1);
        search.construct();
        assert!((whole(&p, &search) - share).abs() < 1e-9, "{twins}");
    }
}
