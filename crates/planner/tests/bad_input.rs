//! Bad input is a typed error that names the thing and the field; nothing panics, and no plan escapes the judge.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{between, day};
use postsale_planner::model::{BadInput, Break, MAX_TIME};
use postsale_planner::rng::Rng;
use postsale_planner::{Budget, Objective, Options, Problem, Tuning, solve, vrplib};

fn refused(change: impl FnOnce(&mut Problem)) -> (String, &'static str) {
    let mut p = day(3, 8, 3, Objective::Money);
    change(&mut p);
    let BadInput { subject, field, reason } = solve(&p, None, &Options::default()).unwrap_err();
    assert!(!reason.is_empty());
    (subject, field)
}

#[test]
fn each_mistake_is_named() {
    type Change = Box<dyn FnOnce(&mut Problem)>;
    let cases: Vec<(&str, &str, Change)> = vec![
        ("plan", "engineers", Box::new(|p| p.engineers.clear())),
        ("job j2", "windows", Box::new(|p| p.jobs[2].windows = vec![(500, 400)])),
        ("job j2", "windows", Box::new(|p| p.jobs[2].windows.clear())),
        ("job j2", "windows", Box::new(|p| p.jobs[2].windows = vec![(0, 500), (400, 900)])),
        ("job j2", "windows", Box::new(|p| p.jobs[2].windows = vec![(0, i64::MAX)])),
        ("job j2", "service", Box::new(|p| p.jobs[2].service = -1)),
        ("job j2", "service", Box::new(|p| p.jobs[2].service = MAX_TIME + 1)),
        ("job j2", "unserved", Box::new(|p| p.jobs[2].unserved = -5)),
        ("job j2", "place", Box::new(|p| p.jobs[2].place = 999)),
        ("job j2", "pin", Box::new(|p| p.jobs[2].pin = Some(9))),
        ("job j2", "told", Box::new(|p| p.jobs[2].told = Some((9, 0)))),
        ("job j2", "parts", Box::new(|p| p.jobs[2].parts = vec![(0, 0)])),
        ("job j2", "demand", Box::new(|p| p.jobs[2].demand = -1)),
        ("job j1", "id", Box::new(|p| p.jobs[2].id = "j1".into())),
        ("engineer e1", "shift", Box::new(|p| p.engineers[1].shift = (9, 8))),
        ("engineer e1", "speed_factor", Box::new(|p| p.engineers[1].speed_permille = 0)),
        ("engineer e1", "break", Box::new(|p| p.engineers[1].rest = Some(Break { duration: -1, open: 0, close: 1 }))),
        ("engineer e1", "frozen", Box::new(|p| p.engineers[1].frozen = vec![(77, 0)])),
        ("engineer e0", "id", Box::new(|p| p.engineers[1].id = "e0".into())),
        ("travel", "seconds", Box::new(|p| p.travel.seconds.truncate(5))),
        ("travel", "seconds", Box::new(|p| p.travel.seconds[3] = u32::MAX)),
        ("travel", "metres", Box::new(|p| p.travel.metres.truncate(5))),
        ("travel", "rush", Box::new(|p| p.travel.rush = vec![(5, 1000), (4, 1000)])),
        ("travel", "places", Box::new(|p| p.travel.places = usize::MAX)),
        ("plan", "jobs", Box::new(|p| p.jobs = vec![p.jobs[0].clone(); 1_000_000])),
    ];
    for (subject, field, change) in cases {
        assert_eq!(refused(change), (subject.to_string(), field));
    }
}

#[test]
fn frozen_jobs_that_cannot_be_kept_are_refused() {
    let (_, field) = refused(|p| {
        p.jobs[0].skills = 1 << 40;
        p.engineers[0].frozen = vec![(0, 30_000)];
    });
    assert!(field == "frozen" || field == "plan");
}

const VRP: &str = "NAME : t\nDIMENSION : 4\nVEHICLES : 2\nCAPACITY : 10\nSERVICE_TIME : 1\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8\n4 0 9\nDEMAND_SECTION\n1 0\n2 5\n3 5\n4 5\nTIME_WINDOW_SECTION\n1 0 100\n2 0 50\n3 0 60\n4 0 90\nDEPOT_SECTION\n1\n-1\nEOF\n";

#[test]
fn vrplib_is_read_by_the_dimacs_convention() {
    let p = vrplib::parse(VRP).unwrap();
    assert_eq!((p.jobs.len(), p.engineers.len(), p.engineers[0].capacity), (3, 2, 10));
    assert_eq!((p.travel.seconds(0, 1), p.jobs[0].service, p.jobs[0].windows[0]), (50, 10, (0, 500)));
    let done = solve(&p, None, &Options { budget: Budget::Steps(500), ..Options::default() }).unwrap();
    // Capacity 10 allows two jobs a route: 1-3-4-1 is 100+60+90, 1-2-1 is 50+50.
    assert_eq!((done.verdict.cost.total(), done.plan.unserved.len()), (350, 0));
}

#[test]
fn vrplib_mistakes_are_named() {
    for (from, to, field) in [
        ("DIMENSION : 4", "DIMENSION : 1000001", "DIMENSION"),
        ("DIMENSION : 4", "DIMENSION : -4", "DIMENSION"),
        ("2 3 4\n", "2 NaN 4\n", "NODE_COORD_SECTION"),
        ("2 3 4\n", "2 1e300 4\n", "NODE_COORD_SECTION"),
        ("2 3 4\n", "3 3 4\n", "NODE_COORD_SECTION"),
        ("2 3 4\n", "", "NODE_COORD_SECTION"),
        ("2 0 50", "2 60 50", "windows"),
        ("2 0 50", "9 0 50", "TIME_WINDOW_SECTION"),
        ("2 0 50", "2 -10 50", "TIME_WINDOW_SECTION"),
        ("SERVICE_TIME : 1", "SERVICE_TIME : -1", "SERVICE_TIME_SECTION"),
        ("VEHICLES : 2", "VEHICLES : 0", "engineers"),
        ("EUC_2D", "GEO", "EDGE_WEIGHT_TYPE"),
        ("EDGE_WEIGHT_TYPE : EUC_2D", "EDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_SECTION\n0 1 2", "EDGE_WEIGHT_SECTION"),
    ] {
        let error = vrplib::parse(&VRP.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error.field, field, "{error}");
    }
}

/// Randomised abuse: fields are overwritten with hostile values. Either a typed error or a plan that holds.
#[test]
fn hostile_days_end_in_an_error_or_in_a_plan_that_holds() {
    let hostile = [i64::MIN, -MAX_TIME - 1, -MAX_TIME, -1, 0, 1, 86_400, 90_000, MAX_TIME, MAX_TIME + 1, i64::MAX];
    let (mut planned, mut named) = (0, 0);
    for seed in 0..600 {
        let mut r = Rng::new(seed ^ 0xBAD);
        let objective = if r.below(2) == 0 { Objective::Money } else { Objective::Distance };
        let mut p = day(seed, r.below(14), 1 + r.below(4), objective);
        for _ in 0..=r.below(3) {
            let v = hostile[r.below(hostile.len())];
            let w = hostile[r.below(hostile.len())];
            let e = r.below(p.engineers.len());
            let n = p.jobs.len().max(1);
            let j = r.below(n);
            if let Some(job) = p.jobs.get_mut(j) {
                match r.below(12) {
                    0 => job.windows = vec![(v, w)],
                    1 => job.service = v,
                    2 => job.due = Some(v),
                    3 => job.unserved = v,
                    4 => job.late_per_minute = v,
                    5 => job.parts = vec![(r.below(1000), v as u32)],
                    6 => job.skills = r.bits(),
                    7 => job.told = Some((e, v)),
                    8 => job.demand = v,
                    _ => {}
                }
            }
            let engineer = &mut p.engineers[e];
            match r.below(14) {
                0 => engineer.shift = (v, w),
                1 => engineer.max_overtime = v,
                2 => engineer.rest = Some(Break { duration: v, open: w, close: w }),
                3 => engineer.speed_permille = v as u32,
                4 => engineer.capacity = v,
                5 => engineer.per_hour = v,
                6 => engineer.max_jobs = v as usize,
                7 => engineer.frozen = vec![(j, v)],
                8 => p.now = v,
                9 => p.travel.seconds[0] = v as u32,
                10 => p.travel.metres.clear(),
                11 => p.travel.rush = vec![(v, w as u32)],
                _ => {}
            }
        }
        let budget = Budget::Steps(between(&mut r, 0, 300) as u64);
        let mut tuning = Tuning::default();
        tuning.crowd.most_jobs = r.below(2) * 800;
        match solve(&p, None, &Options { seed, threads: 1 + r.below(2), budget, tuning, ..Options::default() }) {
            Ok(done) => {
                assert!(done.verdict.holds());
                planned += 1;
            }
            Err(error) => {
                assert!(!error.subject.is_empty() && !error.field.is_empty());
                assert!(!error.reason.contains("judge refuses"), "seed {seed}: {error}");
                named += 1;
            }
        }
    }
    assert!(planned > 100 && named > 100, "{planned} planned, {named} refused");
}
