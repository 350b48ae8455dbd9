//! What can no longer move at `now`: turns a morning plan into the problem of the rest of the day.

use crate::model::{Engineer, Plan, Problem, Seconds, Travel};

/// Freezes in `problem` what `plan` has begun, or begins within `ahead` seconds of `now`, and remembers everybody's told
/// time, so that moving it has its price. A break that lies before the last frozen start counts as taken and leaves the plan, and so
/// does one that was to be taken at home by somebody who, leaving only now, would come home too late for it: he has gone. A break at the
/// next door waits for who would arrive after its planned start, leaving now.
pub fn freeze(problem: &mut Problem, plan: &mut Plan, now: Seconds, ahead: Seconds) {
    problem.now = now;
    let worst = problem.travel.rush.iter().map(|r| r.1).max().unwrap_or(1000).max(1000);
    let longest = |travel: &Travel, e: &Engineer, from: usize, to: usize| {
        let base = i64::from(travel.seconds(from, to));
        (base * i64::from(e.speed_permille) / 1000 + 1) * i64::from(worst) / 1000 + 1
    };
    for route in &mut plan.routes {
        for (j, at) in route.jobs.iter().zip(&route.starts) {
            problem.jobs[*j].told = Some((route.engineer, *at));
        }
        let e = &mut problem.engineers[route.engineer];
        let mut keep = route.starts.iter().take_while(|at| **at < now + ahead).count();
        // Whoever must already be on his way to be in time keeps his destination.
        if let (Some(next), Some(at)) = (route.jobs.get(keep), route.starts.get(keep)) {
            let (place, free) = match keep.checked_sub(1) {
                Some(k) => (problem.jobs[route.jobs[k]].place, route.starts[k] + problem.jobs[route.jobs[k]].service),
                None => (e.start, e.shift.0),
            };
            // He may be on the road already, but is looked at as leaving now: a break at this door moves with the arrival.
            let ready = now + longest(&problem.travel, e, place, problem.jobs[*next].place);
            let before = keep.checked_sub(1).map_or(i64::MIN, |k| route.starts[k]);
            let here = e.rest.zip(route.rest).filter(|(b, rest)| *rest > before && rest + b.duration <= *at);
            let (free_again, too_late) = here.map_or((ready, false), |(b, rest)| (ready.max(rest) + b.duration, ready > b.close));
            if free < now && (free_again > *at || too_late) {
                keep += 1;
            } else if let (true, Some((b, _))) = (free < now, here) {
                route.rest = Some(free_again - b.duration);
            }
        }
        e.frozen = route.jobs.iter().copied().zip(route.starts.iter().copied()).take(keep).collect();
        let last = e.frozen.last().map_or(i64::MIN, |f| f.1);
        if route.rest.is_some_and(|at| at <= last) {
            e.rest = None;
            route.rest = None;
        }
        let done = route.jobs.last().filter(|_| keep == route.jobs.len()).map(|j| &problem.jobs[*j]);
        if let (None, Some(b), Some(end), Some(job)) = (route.rest, e.rest, e.end, done)
            && last + job.service < now
            && now + longest(&problem.travel, e, job.place, end) > b.close
        {
            e.rest = None;
        }
    }
}
