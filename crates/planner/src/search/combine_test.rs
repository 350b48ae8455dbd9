//! Plans put together from routes that were met.

use super::*;
use crate::check;
use crate::model::Problem;
use crate::search::hard::Hard;
use crate::search::near::{Near, Reach};
use crate::search::sisr::Tuning;
use crate::search::tests::day;
use crate::search::{Budget, Options, solve, write};

fn search(p: &Problem, seed: u64) -> Search<Hard> {
    let mut search = Search::new(p, Hard::new(p), Near::new(p, Reach::default()), Tuning::default(), seed);
    search.construct();
    search.collect();
    search
}

/// Anneals for a while at temperatures that good plans are met at, and leaves the last plan loaded, not the best.
fn wander(search: &mut Search<Hard>, steps: usize) {
    let temperature = search.good;
    (0..steps).for_each(|_| search.step(temperature));
}

#[test]
fn a_combined_plan_is_cheaper_keeps_every_rule_and_costs_what_it_says() {
    let mut found = 0;
    for seed in 0..6 {
        let p = day(seed, false, true);
        let mut search = search(&p, seed);
        wander(&mut search, 4000);
        let (mut plan, mut rng, mut thrift) = (search.routes(), Rng::new(seed), Thrift::new(0, 4.0));
        let mut cost = search.total;
        let absent = search.absent().len();
        while let Some(better) = search.combine(&plan, 4000, &mut thrift, &mut rng) {
            assert!(search.total < cost, "seed {seed}: {cost} before, {} after", search.total);
            assert_eq!(search.absent().len(), absent, "seed {seed}: nobody is left out for it");
            assert_eq!(search.routes(), better, "seed {seed}: the plan is loaded");
            (plan, cost) = (better, search.total);
            let verdict = check(&p, &write(&search));
            assert!(verdict.violations.is_empty(), "seed {seed}: {:?}", verdict.violations);
            assert_eq!(verdict.cost.total(), cost, "seed {seed}");
            found += 1;
        }
        assert!(search.store.is_some(), "seed {seed}: what was met is kept for the next time");
        // With all the time in the world an attempt comes back now and then all the same.
        let mut patient = Thrift::new(0, 4.0);
        while let Some(better) = search.combine(&plan, 4_000_000_000, &mut patient, &mut rng) {
            plan = better;
        }
        assert_eq!(patient.vain, TRIES, "seed {seed}");
    }
    assert!(found > 5, "{found} better plans");
}

/// A route that one engineer can drive is no route of another's where they differ or jobs ask for somebody.
#[test]
fn routes_are_kept_only_where_everybody_can_drive_every_route() {
    let keeps = |change: &dyn Fn(&mut Problem)| {
        let mut p = day(1, false, true);
        change(&mut p);
        search(&p, 1).store.is_some()
    };
    assert!(keeps(&|_| {}));
    assert!(!keeps(&|p| p.engineers[3].capacity = 40), "engineers differ");
    assert!(!keeps(&|p| p.jobs[7].pin = Some(2)), "a job is pinned");
    assert!(!keeps(&|p| p.engineers[0].frozen = vec![(3, p.jobs[3].windows[0].0)]), "a job is frozen");
    assert!(!keeps(&|p| p.engineers.truncate(1)), "nobody to trade with");
    let apart = day(1, false, false);
    assert!(search(&apart, 1).store.is_none(), "they set out from different places");
}

/// The same jobs in another order are the same route, and the cheaper order stays.
#[test]
fn a_store_keeps_the_cheapest_order_of_the_same_jobs() {
    let p = day(1, false, true);
    let mut search = search(&p, 1);
    let mut store = Store::new(p.jobs.len());
    for (jobs, cost) in [(vec![4, 9, 2], 50), (vec![2, 4, 9], 40), (vec![9, 2, 4], 45), (vec![4, 9], 30), (vec![], 0)] {
        search.l.rewrite(0, &jobs);
        store.offer(&search.l, 0, cost);
    }
    let mut all: Vec<(i64, Vec<u32>)> = store.all().map(|(cost, jobs)| (cost, jobs.to_vec())).collect();
    all.sort_unstable();
    assert_eq!(all, [(30, vec![4, 9]), (40, vec![2, 4, 9])]);
    let mut row_of = vec![NONE; p.jobs.len()];
    (row_of[4], row_of[9]) = (0, 1);
    assert_eq!(store.within(&row_of).map(|(cost, _)| cost).collect::<Vec<_>>(), [30], "job 2 has no row");
}

#[test]
fn only_routes_of_cool_plans_are_met() {
    let p = day(2, false, true);
    let mut search = search(&p, 2);
    let met = |search: &Search<Hard>| search.store.as_ref().map_or(0, |store| store.all().count());
    let hot = search.good * 2.0;
    (0..500).for_each(|_| search.step(hot));
    assert_eq!(met(&search), 0);
    wander(&mut search, 500);
    assert!(met(&search) > 10, "{}", met(&search));
}

#[test]
fn the_same_seed_combines_the_same_plan_with_any_number_of_threads() {
    let p = day(5, false, true);
    for threads in [1, 2] {
        let options = Options { seed: 9, threads, budget: Budget::Steps(30_000), ..Options::default() };
        let (one, other) = (solve(&p, None, &options), solve(&p, None, &options));
        let (Ok(one), Ok(other)) = (one, other) else { unreachable!("the day can be planned") };
        assert_eq!((one.plan, one.steps), (other.plan, other.steps), "{threads} threads");
    }
}

#[test]
fn attempts_have_a_share_of_the_steps_and_less_when_they_are_in_vain() {
    for share in [1.0, 4.0] {
        let used = |vain| Thrift { from: 70, share, looks: (share * 1000.0) as u64 * LOOKS, vain };
        assert!(Thrift::new(0, share).affords(1) && !Thrift::new(0, share).affords(0));
        assert!(used(0).affords(1080) && !used(0).affords(1060), "{share}");
        assert!(used(VAIN as u32).affords(2090) && !used(VAIN as u32).affords(2050), "{share}: half of it");
    }
}
