//! The search follows its own changes step by step; here it is asked whether it still knows where it is.

use super::eval::Eval;
use super::hard::Hard;
use super::near::{Near, Reach};
use super::order::Order;
use super::rich::Rich;
use super::sisr::{Search, Tuning};
use super::{Budget, Options, solve, write};
use crate::model::{Engineer, Job, Objective, Problem, Travel};
use crate::rng::Rng;
use crate::{check, freeze};

pub(super) fn day(seed: u64, money: bool, twins: bool) -> Problem {
    let mut r = Rng::new(seed);
    let (jobs, crew) = (60, 8);
    let places = jobs + crew;
    let points: Vec<(f64, f64)> = (0..places).map(|_| (r.unit() * 9000.0, r.unit() * 9000.0)).collect();
    let crooked: Vec<f64> = (0..places).map(|_| r.unit() * 200.0).collect();
    let mut travel = Travel { places, ..Travel::default() };
    for a in 0..places {
        for b in 0..places {
            let d = (points[a].0 - points[b].0).hypot(points[a].1 - points[b].1);
            let d = if a == b { 0.0 } else { d / 6.0 + crooked[a] };
            travel.seconds.push(d as u32);
        }
    }
    let jobs = (0..jobs).map(|j| {
        let open = 28_800 + r.below(20_000) as i64;
        Job {
            id: format!("j{j}"),
            place: j,
            service: 300 + r.below(2400) as i64,
            windows: vec![(open, open + 3600 + r.below(14_000) as i64)],
            demand: 1 + r.below(9) as i64,
            unserved: 20_000,
            ..Job::default()
        }
    });
    let jobs: Vec<Job> = jobs.collect();
    let crew = (0..crew).map(|e| Engineer {
        id: format!("e{e}"),
        start: if twins { 60 } else { 60 + e },
        end: if twins { Some(60) } else { (e % 3 > 0).then_some(60 + e) },
        shift: (28_800, 64_800),
        per_hour: 2800,
        speed_permille: 1000,
        max_jobs: 12,
        capacity: 50,
        ..Engineer::default()
    });
    let objective = if money { Objective::Money } else { Objective::Distance };
    Problem { jobs, engineers: crew.collect(), travel, objective, ..Problem::default() }
}

/// What is remembered of insertions is what a look at the route says.
fn remembers<E: Eval>(s: &Search<E>, when: &str) {
    let mut known = 0;
    for j in 0..s.l.jobs as u32 {
        for r in (0..s.cost.len()).filter(|r| s.l.node(j).route != *r as u32) {
            let seen = s.scan_route(j, r, i64::MAX);
            // A limit that no price is below: whatever is remembered is told.
            // What is known below any limit is a place; what is known below none is a bound.
            let (place, bound) = (s.memory.recall(j, r, i64::MAX), s.memory.recall(j, r, i64::MIN));
            let Some(price) = bound else { continue };
            known += 1;
            let fits = if place.is_none() { seen.is_none_or(|seen| seen.0 >= price) } else { seen.is_some_and(|seen| seen.0 == price) };
            assert!(fits, "{when}: job {j} in route {r} costs {seen:?}, remembered is {price}");
            if place.is_some() {
                let after = s.memory.after(j, r);
                assert_eq!(s.eval.delta(&s.l, j, after, i64::MAX), price, "{when}: job {j} in route {r} behind {after}");
            }
        }
    }
    assert!(known > 0, "{when}: nothing is remembered");
}

/// Two engineers who differ go on with each other's tails, or do each other's whole days: it is allowed when both new days keep every
/// rule, and then costs what the new days cost. Nothing is left behind when it is taken back.
#[test]
fn tails_change_between_engineers_who_differ_when_both_can_do_them() {
    let (mut done, mut refused, mut whole) = (0, 0, 0);
    for seed in 0..8 {
        let mut p = day(seed, false, false);
        let mut r = Rng::new(seed ^ 0x7A11);
        for (e, engineer) in p.engineers.iter_mut().enumerate() {
            engineer.skills = r.below(8) as u64 | 1;
            engineer.max_jobs = 7 + r.below(5);
            engineer.capacity = 30 + r.below(30) as i64;
            engineer.shift.1 -= r.below(3) as i64 * 3600 * i64::from(e % 2 == 0);
        }
        for job in &mut p.jobs {
            job.skills = if r.below(3) == 0 { 1 << r.below(3) } else { 0 };
            job.pin = (r.below(15) == 0).then(|| r.below(8));
        }
        let mut s = Search::new(&p, Hard::new(&p), Near::new(&p, Reach::default()), Tuning::default(), seed);
        s.construct();
        for _ in 0..400 {
            s.step(300.0);
            let (x, y) = (r.below(8), r.below(8));
            if x == y || s.l.count[x] + s.l.count[y] == 0 {
                continue;
            }
            let routes = s.routes();
            let mut node = |x: usize| match r.below(1 + routes[x].len()) {
                0 => s.l.start(x),
                at => routes[x][at - 1],
            };
            let (a, b) = if whole % 3 == 0 { (s.l.start(x), s.l.start(y)) } else { (node(x), node(y)) };
            whole += 1;
            if s.l.node(a).next == s.l.end(x) && s.l.node(b).next == s.l.end(y) {
                continue;
            }
            let cut = |x: usize, a: u32| routes[x].iter().position(|j| *j == a).map_or(0, |at| at + 1);
            let (at, bt) = (cut(x, a), cut(y, b));
            let mut crossed = routes.clone();
            crossed[x] = [&routes[x][..at], &routes[y][bt..]].concat();
            crossed[y] = [&routes[y][..bt], &routes[x][at..]].concat();
            let mut fresh = s.clone();
            let able = |x: usize| {
                crossed[x].iter().all(|j| {
                    let job = &p.jobs[*j as usize];
                    job.skills & !p.engineers[x].skills == 0 && job.pin.is_none_or(|pin| pin == x)
                })
            };
            let possible = fresh.load(&crossed) && able(x) && able(y);
            let delta = s.eval.cross(&s.l, a, b, i64::MAX);
            assert_eq!(
                delta < i64::MAX,
                possible,
                "seed {seed}: {:?} and {:?} become {:?} and {:?}",
                routes[x],
                routes[y],
                crossed[x],
                crossed[y]
            );
            if !possible {
                refused += 1;
                continue;
            }
            done += 1;
            assert_eq!(delta, fresh.total - s.total, "seed {seed}");
            s.begin();
            s.l.cross(a, b);
            let costs = s.eval.crossed(&s.l, a, b);
            assert_eq!(costs, (fresh.cost[x], fresh.cost[y]), "seed {seed}");
            assert_eq!(s.routes(), crossed);
            for r in [x, y] {
                assert_eq!(s.eval.times(&s.l, r), fresh.eval.times(&fresh.l, r), "seed {seed}");
            }
            let verdict = check(&p, &write(&fresh));
            assert!(verdict.violations.is_empty() && verdict.cost.total() == fresh.total, "seed {seed}: {:?}", verdict.violations);
            s.l.undo();
            s.eval.undo();
            assert_eq!(s.routes(), routes);
            for r in [x, y] {
                let mut again = s.clone();
                assert!(again.load(&routes));
                assert_eq!(s.eval.times(&s.l, r), again.eval.times(&again.l, r), "seed {seed}, taken back");
            }
        }
    }
    assert!(done > 100 && refused > 100, "{done} exchanges possible, {refused} not");
}

fn walk<E: Eval>(p: &Problem, seed: u64, soft: bool) {
    // A small window, so that a small day knows neighbourhoods too.
    let tuning = Tuning { window: 6, ..Tuning::default() };
    let mut s = Search::new(p, E::new(p), Near::new(p, Reach::default()), tuning, seed);
    s.construct();
    if soft {
        s.soften(3);
    }
    let mut owed = 0;
    for round in 0..40 {
        for _ in 0..50 {
            s.step(f64::from(40 - round) * 20.0);
        }
        let mut fresh = s.clone();
        assert!(fresh.load(&s.routes()), "seed {seed}: a route breaks a rule after round {round}");
        assert_eq!(fresh.total, s.total, "seed {seed}: the cost was not followed in round {round}");
        assert_eq!(fresh.eval.debt(), s.eval.debt(), "seed {seed}: the loads were not followed in round {round}");
        owed += usize::from(s.eval.debt() > 0);
        if !s.depot() {
            remembers(&s, &format!("seed {seed}, round {round}"));
        }
        for r in 0..p.engineers.len() {
            assert_eq!(fresh.cost[r], s.cost[r], "seed {seed}, route {r}, round {round}");
            assert_eq!(fresh.eval.times(&fresh.l, r), s.eval.times(&s.l, r), "seed {seed}, route {r}, round {round}");
        }
    }
    assert_eq!(owed > 0, soft && s.depot(), "seed {seed}: {owed} rounds ended with too much on board");
    s.harden();
    let best = s.best.clone();
    assert!(s.load(&best), "seed {seed}: the best plan owes nothing");
}

#[test]
fn labels_and_costs_follow_every_step_and_every_undo() {
    for seed in 0..6 {
        walk::<Hard>(&day(seed, false, seed % 2 == 0), seed, false);
        walk::<Hard>(&day(seed, false, seed % 2 == 0), seed, true);
        walk::<Rich>(&day(seed, true, seed % 2 == 0), seed, false);
    }
}

/// Told times that are missed make a detour a gain: being late brings the next merchants nearer to what they were told. So do roads
/// that become faster. A position may be left unlooked only where neither can happen.
#[test]
fn a_search_for_the_cheapest_place_overlooks_none() {
    let mut gains = 0;
    for seed in 0..12 {
        let mut p = day(seed, true, false);
        let mut r = Rng::new(seed ^ 0x701D);
        p.travel.metres.clone_from(&p.travel.seconds);
        for e in &mut p.engineers {
            e.per_km = 300;
        }
        for j in &mut p.jobs {
            j.windows[0].1 = 64_800;
            j.told = (r.below(2) == 0).then(|| (r.below(8), j.windows[0].0 + r.below(20_000) as i64));
        }
        p.prices.retime_quarter = 400;
        if seed % 2 == 0 {
            p.travel.rush = vec![(25_200, 1350), (36_000, 1000), (57_600, 1400)];
        }
        let mut s = Search::new(&p, Rich::new(&p), Near::new(&p, Reach::default()), Tuning::default(), seed);
        s.construct();
        for j in 0..p.jobs.len() as u32 {
            let mut routes = s.routes();
            routes.iter_mut().for_each(|jobs| jobs.retain(|x| *x != j));
            let mut t = s.clone();
            assert!(t.load(&routes));
            let mut least = i64::MAX;
            for r in (0..8).filter(|r| t.eval.admits(&t.l, *r, j)) {
                let mut at = t.l.start(r);
                while at != t.l.end(r) {
                    least = least.min(t.eval.delta(&t.l, j, at, i64::MAX));
                    at = t.l.node(at).next;
                }
            }
            gains += usize::from(least < 0);
            assert_eq!(t.cheapest(j).map_or(i64::MAX, |found| found.0), least, "seed {seed}, job {j}");
        }
    }
    assert!(gains > 0, "no day in which a detour pays");
}

/// Numbers are names: the judge says the same of a day under way and of its plan, whatever jobs and places are called.
#[test]
fn a_day_under_other_numbers_is_the_same_day() {
    for seed in 0..6 {
        let mut p = day(seed, true, seed % 2 == 0);
        p.travel.metres.clone_from(&p.travel.seconds);
        p.jobs.swap(3, 40);
        let options = Options { budget: Budget::Steps(256), seed, ..Options::default() };
        let mut plan = solve(&p, None, &options).unwrap_or_else(|e| panic!("{e}")).plan;
        freeze(&mut p, &mut plan, 40_000, 1800);
        assert!(p.engineers.iter().any(|e| !e.frozen.is_empty()));
        let order = Order::new(&p);
        let inside = order.inward(&plan);
        assert_eq!(check(&order.p, &inside).cost, check(&p, &plan).cost);
        assert!(check(&order.p, &inside).violations.is_empty());
        assert_eq!(order.outward(&inside), plan);
        assert_ne!(inside, plan);
        let near = |p: &Problem| (1..p.jobs.len()).map(|j| u64::from(p.travel.seconds(p.jobs[j - 1].place, p.jobs[j].place))).sum::<u64>();
        assert!(near(&order.p) * 2 < near(&p), "who follows in number lies near: {} {}", near(&order.p), near(&p));
    }
}

/// Engineers who are the same are not for a job that is pinned to one of them: its tail or its whole day is not the other's to do.
#[test]
fn a_pinned_job_stays_where_engineers_are_the_same() {
    for seed in 0..6 {
        let mut p = day(seed, false, true);
        let mut r = Rng::new(seed ^ 0x91);
        for job in &mut p.jobs {
            job.pin = (r.below(10) == 0).then(|| r.below(8));
        }
        let options = Options { budget: Budget::Steps(20_000), seed, ..Options::default() };
        let found = solve(&p, None, &options).unwrap_or_else(|refused| panic!("seed {seed}: {refused:?}"));
        for route in &found.plan.routes {
            assert!(route.jobs.iter().all(|j| p.jobs[*j].pin.is_none_or(|pin| pin == route.engineer)), "seed {seed}");
        }
    }
}
