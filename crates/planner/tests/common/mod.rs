//! Random days for the tests: small, crooked, asymmetric, with everything the model knows.
#![allow(dead_code)]

use postsale_planner::model::Break;
use postsale_planner::rng::Rng;
use postsale_planner::{Engineer, Job, Objective, Prices, Problem, Travel};

pub fn between(r: &mut Rng, a: i64, b: i64) -> i64 {
    a + r.below((b - a + 1) as usize) as i64
}

/// A random day. Travel is asymmetric and need not obey the triangle inequality.
pub fn day(seed: u64, jobs: usize, engineers: usize, objective: Objective) -> Problem {
    let mut r = Rng::new(seed);
    let money = objective == Objective::Money;
    let places = jobs + engineers;
    let points: Vec<(f64, f64)> = (0..places).map(|_| (r.unit() * 20_000.0, r.unit() * 20_000.0)).collect();
    let mut travel = Travel { places, ..Travel::default() };
    for a in 0..places {
        for b in 0..places {
            let d = ((points[a].0 - points[b].0).powi(2) + (points[a].1 - points[b].1).powi(2)).sqrt();
            let crooked = if a == b { 0.0 } else { 60.0 + r.unit() * 300.0 };
            travel.seconds.push((d / 8.0 + crooked) as u32);
            travel.metres.push((d * 1.3 + crooked) as u32);
        }
    }
    if money {
        travel.rush = vec![(25_200, 1350), (32_400, 1000), (57_600, 1400), (68_400, 900)];
    }
    let hour = 3600;
    let jobs = (0..jobs)
        .map(|i| {
            let open = between(&mut r, 7, 15) * hour;
            let mut windows = vec![(open, open + between(&mut r, 1, 8) * hour)];
            if money && r.below(4) == 0 {
                let second = windows[0].1 + hour;
                windows.push((second, second + hour));
            }
            Job {
                id: format!("j{i}"),
                place: i,
                service: between(&mut r, 5, 90) * 60,
                windows,
                skills: if r.below(3) == 0 { 1 << r.below(3) } else { 0 },
                parts: if money && r.below(3) == 0 { vec![(r.below(3), 1)] } else { vec![] },
                unserved: between(&mut r, 2_000, 60_000),
                due: (money && r.below(2) == 0).then(|| between(&mut r, 8, 20) * hour),
                late_per_minute: between(&mut r, 0, 150),
                territory: (r.below(2) == 0).then(|| between(&mut r, 0, 2)),
                told: (money && r.below(3) == 0).then(|| (r.below(engineers), between(&mut r, 8, 16) * hour)),
                pin: (r.below(10) == 0).then(|| r.below(engineers)),
                ..Job::default()
            }
        })
        .collect();
    let engineers = (0..engineers)
        .map(|e| {
            let from = between(&mut r, 7, 9) * hour;
            Engineer {
                id: format!("e{e}"),
                start: jobs_place(places, engineers, e),
                end: (r.below(5) > 0).then(|| jobs_place(places, engineers, e)),
                shift: (from, from + between(&mut r, 6, 10) * hour),
                max_overtime: if money { hour } else { 0 },
                overtime_per_hour: 4500,
                per_hour: 2800,
                per_km: 45,
                fixed: 2000,
                rest: (money && r.below(4) > 0).then_some(Break { duration: 1800, open: 41_400, close: 50_400 }),
                skills: r.below(8) as u64,
                stock: vec![2, 1, 3],
                speed_permille: if money { between(&mut r, 900, 1150) as u32 } else { 1000 },
                max_jobs: 8,
                capacity: 1_000_000,
                territories: (0..r.below(3)).map(|_| between(&mut r, 0, 2)).collect(),
                frozen: vec![],
            }
        })
        .collect();
    Problem { jobs, engineers, travel, prices: Prices { reassign: 300, retime_quarter: 100, territory: 250 }, objective, now: 0 }
}

fn jobs_place(places: usize, engineers: usize, e: usize) -> usize {
    places - engineers + e
}
