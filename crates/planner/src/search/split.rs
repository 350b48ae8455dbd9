//! Several threads: the routes are cut into one region per thread, every thread works on its own for a fixed number of steps,
//! then they meet and the cut turns. Nothing is shared while they work, so the plan depends on the seed only.

use super::eval::Eval;
use super::sisr::Search;
use super::{Cooling, Options, Progress, ROUND, stopped, unit, used};
use crate::model::Problem;
use crate::rng::Rng;

/// Which thread owns each route and each absent job.
struct Cut {
    routes: Vec<usize>,
    absent: Vec<Vec<u32>>,
}

/// Orders everything along a random axis (nearer to job `a` or to the far job `b`) and cuts it into equal shares of jobs.
fn cut(p: &Problem, routes: &[Vec<u32>], absent: &[u32], threads: usize, rng: &mut Rng) -> Cut {
    let a = p.jobs[rng.below(p.jobs.len())].place;
    let far = p.jobs.iter().map(|j| (p.travel.seconds(a, j.place), j.place)).max();
    let b = far.map_or(a, |x| x.1);
    let side = |place: usize| i64::from(p.travel.seconds(a, place)) - i64::from(p.travel.seconds(b, place));
    let mut order: Vec<(i64, usize)> = routes
        .iter()
        .enumerate()
        .map(|(r, jobs)| {
            let sum: i64 = jobs.iter().map(|j| side(p.jobs[*j as usize].place)).sum();
            (if jobs.is_empty() { side(p.engineers[r].start) } else { sum / jobs.len() as i64 }, r)
        })
        .collect();
    order.sort_unstable();
    let all: usize = routes.iter().map(Vec::len).sum::<usize>() + routes.len();
    let mut out = Cut { routes: vec![0; routes.len()], absent: vec![Vec::new(); threads] };
    let mut bounds = vec![i64::MIN; threads];
    let mut seen = 0;
    for (at, r) in order {
        let t = (seen * threads / all.max(1)).min(threads - 1);
        out.routes[r] = t;
        bounds[t] = bounds[t].max(at);
        seen += routes[r].len() + 1;
    }
    for j in absent {
        let at = side(p.jobs[*j as usize].place);
        let t = bounds.iter().position(|bound| at <= *bound).unwrap_or(threads - 1);
        out.absent[t].push(*j);
    }
    out
}

pub(crate) fn together<E: Eval>(p: &Problem, search: &mut Search<E>, options: &Options<'_>, threads: usize, begin: f64) -> u64 {
    let cooling = Cooling::new(search);
    let mut rng = Rng::new(options.seed ^ 0x5EED);
    let mut workers: Vec<Search<E>> = (0..threads).map(|_| search.clone()).collect();
    let mut best = (search.best_total, search.best.clone());
    let mut now = search.best.clone();
    let (mut done, mut each) = (0u64, 0u64);
    loop {
        let share = used(options, each, begin);
        if let Some(progress) = options.progress {
            progress(Progress { used: share, steps: done, best: best.0 / unit(p) });
        }
        if share >= 1.0 || stopped(options) {
            break;
        }
        let steps = if let super::Budget::Steps(all) = options.budget { ROUND.min(all - each) } else { ROUND };
        search.load(&now);
        let mut absent = search.absent().to_vec();
        absent.sort_unstable();
        let cut = cut(p, &now, &absent, threads, &mut rng);
        let temperature = cooling.at(share, 0.0);
        let base = search.total;
        std::thread::scope(|scope| {
            for (t, worker) in workers.iter_mut().enumerate() {
                let (cut, now) = (&cut, &now);
                let seed = rng.bits();
                let mut job = move || {
                    worker.reseed(seed);
                    worker.load(now);
                    let active: Vec<bool> = cut.routes.iter().map(|owner| *owner == t).collect();
                    worker.focus(&active, &cut.absent[t]);
                    worker.keep_best();
                    for _ in 0..steps {
                        worker.step(temperature);
                    }
                };
                // The first region is worked by the calling thread, whose CPU clock is the budget.
                if t + 1 == threads { job() } else { drop(scope.spawn(job)) }
            }
        });
        done += steps * threads as u64;
        each += steps;
        // Regions are disjoint: the best of each together is a plan, and its cost is the sum of the savings.
        let total = base + workers.iter().map(|w| w.best_total - base).sum::<i64>();
        if total < best.0 {
            best.0 = total;
            for (r, owner) in cut.routes.iter().enumerate() {
                best.1[r].clone_from(&workers[*owner].best[r]);
            }
        }
        for (r, owner) in cut.routes.iter().enumerate() {
            now[r].clear();
            workers[*owner].l.append_to(r, &mut now[r]);
        }
    }
    (search.best_total, search.best) = best;
    done
}
