//! A morning plan that holds still holds when the rest of the day is planned from it.

mod common;

use postsale_planner::model::{Break, Route};
use postsale_planner::rng::Rng;
use postsale_planner::{Budget, Engineer, Job, Objective, Options, Plan, Problem, Travel, check, freeze, solve};

const HOUR: i64 = 3600;

/// Two jobs and one engineer, everything an hour apart. He starts at 8, his break of half an hour begins between 12 and 13.
fn morning(end: Option<usize>, starts: [i64; 2], rest: Option<i64>) -> (Problem, Plan) {
    let job = |place: usize| Job { id: format!("j{place}"), place, service: HOUR / 2, windows: vec![(0, 20 * HOUR)], ..Job::default() };
    let seconds = (0..9).map(|i| if i % 4 == 0 { 0 } else { 3600 }).collect();
    let engineer = Engineer {
        id: "e".into(),
        start: 2,
        end,
        shift: (8 * HOUR, 18 * HOUR),
        rest: Some(Break { duration: HOUR / 2, open: 12 * HOUR, close: 13 * HOUR }),
        speed_permille: 1000,
        max_jobs: 8,
        ..Engineer::default()
    };
    let travel = Travel { places: 3, seconds, ..Travel::default() };
    let p = Problem { jobs: vec![job(0), job(1)], engineers: vec![engineer], travel, ..Problem::default() };
    let plan = Plan { routes: vec![Route { engineer: 0, jobs: vec![0, 1], starts: starts.to_vec(), rest }], ..Plan::default() };
    assert_eq!(check(&p, &plan).violations, vec![]);
    (p, plan)
}

#[test]
fn who_has_gone_home_has_had_his_break_there() {
    // Done at 11:30, home at 12:30; at 14 nobody can send him home for 13 any more.
    let (mut p, mut plan) = morning(Some(2), [9 * HOUR, 11 * HOUR], None);
    freeze(&mut p, &mut plan, 14 * HOUR, 0);
    assert_eq!((p.engineers[0].frozen.len(), p.engineers[0].rest), (2, None));
    assert_eq!(check(&p, &plan).violations, vec![]);
    // While he can still be home in time the break stays due.
    let (mut p, mut plan) = morning(Some(2), [9 * HOUR, 11 * HOUR], None);
    freeze(&mut p, &mut plan, 11 * HOUR + 1900, 0);
    assert!(p.engineers[0].rest.is_some());
    assert_eq!(check(&p, &plan).violations, vec![]);
}

#[test]
fn a_break_at_the_next_door_waits_for_who_leaves_now() {
    // Ready at 9:30, break at 12 at the second door, its service at 14. At 11:15 he would be there at 12:15.
    let (mut p, mut plan) = morning(None, [9 * HOUR, 14 * HOUR], Some(12 * HOUR));
    freeze(&mut p, &mut plan, 11 * HOUR + 900, 0);
    assert_eq!((p.engineers[0].frozen.len(), p.engineers[0].rest.is_some()), (1, true));
    let begins = plan.routes[0].rest.unwrap_or(0);
    assert!((12 * HOUR + 900..12 * HOUR + 960).contains(&begins), "{begins}");
    assert_eq!(check(&p, &plan).violations, vec![]);
}

#[test]
fn who_must_be_under_way_for_his_break_keeps_his_destination() {
    // At 12:15 he would be at the second door after the break's latest start: he is on his way.
    let (mut p, mut plan) = morning(None, [9 * HOUR, 14 * HOUR], Some(12 * HOUR));
    freeze(&mut p, &mut plan, 12 * HOUR + 900, 0);
    assert_eq!((p.engineers[0].frozen.len(), p.engineers[0].rest, plan.routes[0].rest), (2, None, None));
    assert_eq!(check(&p, &plan).violations, vec![]);
}

/// What has begun is history, whatever it looks like: the search keeps it exactly when the judge does.
#[test]
fn the_search_keeps_the_history_that_the_judge_keeps() {
    let mut verdicts = [0, 0];
    for seed in 0..400 {
        let mut p = common::day(seed, 3, 1, Objective::Money);
        let mut r = Rng::new(seed ^ 0xf0);
        p.jobs.iter_mut().for_each(|job| (job.skills, job.parts, job.pin) = (0, vec![], None));
        p.now = common::between(&mut r, 8, 22) * HOUR;
        let first = common::between(&mut r, 8 * 4, 18 * 4) * HOUR / 4;
        let starts = [first, first + common::between(&mut r, 0, 12) * HOUR / 4];
        let known = 1 + r.below(2);
        let e = &mut p.engineers[0];
        e.frozen = starts.iter().copied().enumerate().take(known).collect();
        let rests = e.rest.into_iter().flat_map(|b| (b.open..=b.close).step_by(300).map(Some));
        let history = |rest| Plan {
            routes: vec![Route { engineer: 0, jobs: (0..known).collect(), starts: starts[..known].to_vec(), rest }],
            unserved: (known..3).collect(),
            ..Plan::default()
        };
        let kept = rests.chain([None]).any(|rest| check(&p, &history(rest)).holds());
        let options = Options { budget: Budget::Steps(100), ..Options::default() };
        assert_eq!(solve(&p, None, &options).is_ok(), kept, "seed {seed}: {:?} now {}", p.engineers[0], p.now);
        verdicts[usize::from(kept)] += 1;
    }
    assert!(verdicts.iter().all(|n| *n > 50), "{verdicts:?}: both must have been asked");
}
