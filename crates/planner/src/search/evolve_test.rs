//! Crowds that follow each other, and how welcome they make a route more.

use super::*;
use crate::search::Budget;
use crate::search::hard::Hard;
use crate::search::near::{Near, Reach};
use crate::search::sisr::Tuning;
use crate::search::tests::day;

/// A crowd on a day of `seed`, and what `ask` wants to know of it; with the steps that it took.
fn with_crowd<T>(seed: u64, steps: u64, ask: impl FnOnce(&mut Run<'_, '_, Hard>, &[Vec<u32>]) -> T) -> (T, u64, Member) {
    let p = day(seed, false, true);
    let mut search = Search::new(&p, Hard::new(&p), Near::new(&p, Reach::default()), Tuning::default(), seed);
    search.construct();
    let (first, scale, welcome) = (search.routes(), search.scale(), search.tuning().welcome);
    let best = Member { cost: search.best_total, routes: search.best.clone() };
    let options = Options { budget: Budget::Steps(steps), ..Options::default() };
    let rng = Rng::new(seed);
    let mut run = Run { p: &p, search: &mut search, options: &options, begin: 0.0, steps: 0, scale, welcome, rng, best, thrift: None };
    run.search.collect();
    let said = ask(&mut run, &first);
    (said, run.steps, run.best.clone())
}

/// Without patience for the others a day of sixty jobs would spend its whole budget on its first crowd.
#[test]
fn a_crowd_that_has_grown_alike_is_followed_by_another() {
    for seed in 0..2 {
        let (crowds, steps, best) = with_crowd(seed, 400_000, |run, first| run.ages(first, 3));
        assert!(crowds > 1, "seed {seed}: one crowd in {steps} steps");
        assert!((400_000..401_000).contains(&steps), "seed {seed}: {steps} steps, the budget is worked to its end");
        let (one, _, alone) = with_crowd(seed, 20_000, |run, first| run.ages(first, 3));
        assert!(best.cost <= alone.cost, "seed {seed}: {crowds} crowds found {}, {one} found {}", best.cost, alone.cost);
    }
}

/// Three times the same plan has no child that is unlike all others by being carried over: only what healing finds, until that ends too.
#[test]
fn a_crowd_gives_up_when_its_patience_is_over_and_its_best_plan_is_put_by() {
    let ((cost, before, founded), steps, best) = with_crowd(7, 1_000_000, |run, first| {
        let mut crowd = Vec::new();
        run.found(first, 3, &mut crowd);
        let founded = run.steps;
        let least = crowd.iter().map(|m| m.cost).min();
        let survivor = run.breed(crowd, 20_000);
        (survivor.cost, least, founded)
    });
    assert!(steps < 900_000 && steps - founded > 20_000, "{steps} steps, {founded} of them in the first generation");
    assert!(Some(cost) <= before, "the best of a crowd never becomes worse: {cost} {before:?}");
    assert_eq!(cost, best.cost);
}

#[test]
fn a_route_more_is_welcome_where_there_is_a_choice_of_their_number() {
    let shown = |routes: usize| Member { cost: 0, routes: [vec![vec![1]; routes], vec![vec![]; 5]].concat() };
    for (routes, share) in [(1, 0.0), (10, 0.0), (11, 0.25), (12, 0.5), (13, 0.75), (14, 1.0), (40, 1.0)] {
        assert!((warmth(Some(&shown(routes))) - share).abs() < 1e-9, "{routes} routes");
    }
    assert!(warmth(None) < 1e-9, "nothing has been shown yet");
    // Sixty jobs on eight engineers: after the first plan the crowd knows that this day has no such choice.
    let (welcome, ..) = with_crowd(1, 50_000, |run, first| {
        run.found(first, 3, &mut Vec::new());
        run.search.tuning().welcome
    });
    assert!(welcome < 1e-9, "{welcome}");
}

/// Combined earlier, the best plan takes over what the others are good at, and the crowd grows alike.
#[test]
fn routes_are_combined_in_the_last_twenty_fifth_of_the_budget() {
    for seed in 0..3 {
        let (from, ..) = with_crowd(seed, 100_000, |run, first| {
            run.ages(first, 3);
            run.thrift.as_ref().map(|thrift| thrift.from)
        });
        assert!(from.is_some_and(|from| (96_000..98_000).contains(&from)), "seed {seed}: it began after {from:?} of 100,000 steps");
    }
}
