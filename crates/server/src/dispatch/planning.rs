//! The seam to the planner: a day in dispatch's words becomes a planning problem in seconds and fen, and what the planner
//! answers becomes places with reasons. Pure and slow; called outside of any transaction.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::dispatch::plan::{
    Alternative, Day, GRID_S, Measures, Obstacle, Placed, Standing, change, measure, on_site, prices, rest, seconds_in, shifts_left,
    start_windows, way_metres, way_seconds, within_shifts,
};
use postsale_domain::dispatch::{LEAD_MIN, Slot, ahead};
use postsale_planner::model::{BadInput, Break};
use postsale_planner::{
    Budget, Engineer, Job, Objective, Offer, Options, Plan, Prices, Problem, Progress, Resident, Route, Travel, check, solve,
};

use super::plans::Term;

/// Minutes between a plan and the first visit in it that is new.
const LEAD_S: i64 = LEAD_MIN * 60;
/// Fen a kilometre: fuel and wear, and the time on the road. Hours themselves are paid anyway.
const PER_KM: i64 = 160;
/// Fen for another engineer than before, for each quarter of an hour another time, for leaving one's districts.
const STABILITY: Prices = Prices { reassign: 300, retime_quarter: 100, territory: 250 };
/// Up to so many jobs a plan is searched by steps: it is found before a second is over, and is the same every time.
const SMALL: usize = 60;
/// Steps for each job of a small day.
const STEPS_PER_JOB: u64 = 1000;
/// How many other engineers are named for each order.
const OTHERS: usize = 3;
/// Shares of the day that count as a slot of its own.
const SLOT_S: i64 = 2 * 3600;

/// A found plan: one entry for each of the day's jobs, in their order.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Where the plan puts each; `None`: nowhere, or it stays where it is.
    pub places: Vec<Option<Placed>>,
    /// What each adds to the cost (fen).
    pub extra_fen: Vec<Option<i64>>,
    /// The next best engineers for each.
    pub others: Vec<Vec<Alternative>>,
    /// What kept those out that have no place.
    pub obstacles: Vec<Option<Obstacle>>,
    /// Cost by term, before and after.
    pub terms: Vec<Term>,
    /// The board as it was.
    pub before: Measures,
    /// The board if the plan is published.
    pub after: Measures,
    /// Steps of the search.
    pub steps: u64,
}

/// A time that can be given to a merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The window to promise.
    pub window: Slot,
    /// Who would come and when; the cheapest way.
    pub best: Alternative,
    /// The work ends before the deadline.
    pub keeps_due: bool,
}

/// The bit that says of a person that they can be asked for the one job at hand; the skills have the others.
const WILLING: u32 = 63;

/// The planner's view of a day, and the way back.
struct Built {
    problem: Problem,
    /// The day's job behind each of the planner's.
    jobs: Vec<usize>,
    /// Jobs that are not given to the planner: the reason.
    left: BTreeMap<usize, Obstacle>,
    /// Each person's fixed jobs, by the planner's number, in order of time.
    fixed: Vec<Vec<(usize, i64)>>,
}

fn instant(day: &Day, seconds: i64) -> Timestamp {
    day.span.from + SignedDuration::from_secs(seconds)
}

fn slot(day: &Day, from: i64, work: i64) -> Slot {
    Slot { from: instant(day, from), to: instant(day, from + work) }
}

fn work_s(day: &Day, job: usize) -> i64 {
    match day.jobs[job].standing {
        Standing::Pinned(_, slot) | Standing::Underway(_, slot) => slot.to.duration_since(slot.from).as_secs().max(60),
        Standing::Free | Standing::Held(..) => on_site(&day.jobs[job]),
    }
}

/// People who keep what they have and take nothing, and people whose break cannot be kept.
#[derive(Clone, Default)]
struct Exempt {
    closed: Vec<bool>,
    no_rest: Vec<bool>,
}

fn build(day: &Day, exempt: &Exempt) -> Built {
    let mut built =
        Built { problem: Problem::default(), jobs: Vec::new(), left: BTreeMap::new(), fixed: vec![Vec::new(); day.people.len()] };
    let p = &mut built.problem;
    (p.objective, p.prices) = (Objective::Money, STABILITY);
    let soonest = seconds_in(day, day.now) + LEAD_S;
    p.now = if soonest > 0 { (soonest + GRID_S - 1) / GRID_S * GRID_S } else { 0 };
    let mut skills: BTreeMap<&str, u32> = BTreeMap::new();
    for skill in day.jobs.iter().flat_map(|j| &j.skills) {
        // Beyond 62 skills the last ones share a bit; publishing asks for each by its name again.
        let next = skills.len() as u32;
        skills.entry(&skill.code).or_insert(next.min(WILLING - 1));
    }
    let bits = |names: &mut dyn Iterator<Item = &String>| names.filter_map(|n| skills.get(n.as_str())).fold(0_u64, |b, n| b | 1 << n);
    let mut places: Vec<Option<(i64, i64)>> = Vec::new();
    let mut districts: BTreeMap<&str, i64> = BTreeMap::new();
    for (i, job) in day.jobs.iter().enumerate() {
        if job.standing.placed().is_some_and(|at| job.standing.fixed() && exempt.closed.get(at.person) == Some(&true)) {
            continue;
        }
        let work = work_s(day, i);
        let mut out = Job { id: i.to_string(), place: places.len(), service: work, ..Job::default() };
        let worth = prices(job);
        (out.unserved, out.late_per_minute) = (worth.undone, worth.late_minute);
        out.due = job.due.map(|due| seconds_in(day, due) - work);
        match job.standing {
            Standing::Pinned(person, at) | Standing::Underway(person, at) => {
                let from = seconds_in(day, at.from);
                out.windows = vec![(from, from)];
                out.pin = Some(person);
                // What has begun or was decided by a person is not judged again.
                out.due = None;
                built.fixed[person].push((p.jobs.len(), from));
            }
            Standing::Free | Standing::Held(..) => {
                out.windows = start_windows(job, day);
                out.skills = bits(&mut job.skills.iter().map(|s| &s.code));
                if out.windows.is_empty() {
                    built.left.insert(i, job.promised.map_or(Obstacle::Closed, Obstacle::Promised));
                    continue;
                }
                if let Standing::Held(person, at) = job.standing {
                    out.told = Some((person, seconds_in(day, at.from)));
                }
            }
        }
        let next = districts.len() as i64;
        out.territory = Some(*districts.entry(&job.district).or_insert(next)).filter(|_| !job.district.is_empty());
        places.push(job.place);
        built.jobs.push(i);
        p.jobs.push(out);
    }
    for (e, person) in day.people.iter().enumerate() {
        built.fixed[e].sort_by_key(|(_, from)| *from);
        let begun = |j: &usize| matches!(day.jobs[built.jobs[*j]].standing, Standing::Underway(..));
        let left = shifts_left(person, day);
        let first = left.first().map_or(0, |s| seconds_in(day, s.from));
        let last = left.last().map_or(0, |s| seconds_in(day, s.to));
        let end_of_fixed = built.fixed[e].iter().map(|(j, from)| from + p.jobs[*j].service).max().unwrap_or(first);
        let open = !left.is_empty() && exempt.closed.get(e) != Some(&true);
        let limit = if open { person.daily_limit as usize } else { 0 };
        let on_day = |until: Option<jiff::civil::Date>| until.is_none_or(|u| day.date <= u);
        p.engineers.push(Engineer {
            id: e.to_string(),
            start: places.len(),
            end: None,
            shift: (first, last.max(end_of_fixed)),
            per_km: PER_KM,
            skills: bits(&mut person.skills.iter().filter(|c| on_day(c.until)).map(|c| &c.skill)),
            speed_permille: 1000,
            max_jobs: limit.max(built.fixed[e].len()),
            capacity: i64::MAX / 4,
            rest: rest(person, day).filter(|r| exempt.no_rest.get(e) != Some(&true) && r.close >= p.now).map(|r| Break {
                duration: r.seconds,
                open: r.open,
                close: r.close,
            }),
            frozen: built.fixed[e].iter().copied().filter(|(j, _)| begun(j)).collect(),
            ..Engineer::default()
        });
        places.push(Some(person.home));
    }
    p.travel = travel(&places);
    for (e, person) in day.people.iter().enumerate() {
        p.engineers[e].territories = person.territory.iter().filter_map(|t| districts.get(t.as_str()).copied()).collect();
        p.engineers[e].territories.sort_unstable();
    }
    built
}

fn travel(places: &[Option<(i64, i64)>]) -> Travel {
    let n = places.len();
    let mut t = Travel { places: n, seconds: Vec::with_capacity(n * n), metres: Vec::with_capacity(n * n), ..Travel::default() };
    for (i, a) in places.iter().enumerate() {
        for (k, b) in places.iter().enumerate() {
            t.seconds.push(if i == k { 0 } else { way_seconds(*a, *b) });
            t.metres.push(if i == k { 0 } else { way_metres(*a, *b) });
        }
    }
    t
}

/// The plan that holds what nobody may move, and nothing else. `breaks`: whether each person takes the break between.
fn only_fixed(built: &Built, breaks: &[bool]) -> Plan {
    let mut plan = Plan::default();
    let mut served = vec![false; built.problem.jobs.len()];
    for (e, fixed) in built.fixed.iter().enumerate().filter(|(_, f)| !f.is_empty()) {
        let (jobs, starts): (Vec<usize>, Vec<i64>) = fixed.iter().copied().unzip();
        jobs.iter().for_each(|j| served[*j] = true);
        let rest = built.problem.engineers[e].rest.filter(|_| breaks[e]).map(|b| b.open);
        plan.routes.push(Route { engineer: e, jobs, starts, rest });
    }
    plan.unserved = (0..served.len()).filter(|j| !served[*j]).collect();
    plan
}

fn broken(built: &Built, breaks: &[bool]) -> Vec<bool> {
    let mut out = vec![false; built.fixed.len()];
    for v in check(&built.problem, &only_fixed(built, breaks)).violations {
        if let Some(e) = v.engineer {
            out[e] = true;
        }
    }
    out
}

/// A problem in which everybody can keep what they must, and the plan that does only that. Whoever cannot, because a person
/// decided otherwise, keeps everything as it is and takes nothing new.
fn settle(day: &Day) -> (Built, Plan) {
    let n = day.people.len();
    let mut exempt = Exempt { closed: vec![false; n], no_rest: vec![false; n] };
    loop {
        let built = build(day, &exempt);
        let (with, without) = (broken(&built, &vec![true; n]), broken(&built, &vec![false; n]));
        let worse: Vec<usize> = (0..n).filter(|e| with[*e] && without[*e]).collect();
        if worse.is_empty() {
            let breaks: Vec<bool> = with.iter().map(|w| !w).collect();
            let plan = only_fixed(&built, &breaks);
            return (built, plan);
        }
        for e in worse {
            if built.problem.engineers[e].rest.is_some() {
                exempt.no_rest[e] = true;
            } else {
                exempt.closed[e] = true;
            }
        }
    }
}

/// The board as it is, for its cost; hard rules may be broken on it.
fn board(day: &Day, built: &Built) -> Plan {
    let mut routes: BTreeMap<usize, Vec<(i64, usize)>> = BTreeMap::new();
    let mut plan = Plan::default();
    for (j, i) in built.jobs.iter().enumerate() {
        match day.jobs[*i].standing.placed() {
            Some(at) => routes.entry(at.person).or_default().push((seconds_in(day, at.slot.from), j)),
            None => plan.unserved.push(j),
        }
    }
    for (engineer, mut stops) in routes {
        stops.sort_unstable();
        let (starts, jobs) = stops.into_iter().unzip();
        plan.routes.push(Route { engineer, jobs, starts, rest: None });
    }
    plan
}

fn alternative(day: &Day, built: &Built, j: usize, offer: &Offer) -> Alternative {
    let work = built.problem.jobs[j].service;
    Alternative { placed: Placed { person: offer.engineer, slot: slot(day, offer.start, work) }, extra_fen: offer.price }
}

/// Whether somebody may be told this: a visit that is new or moved lies inside a shift.
fn decent(day: &Day, placed: Placed) -> bool {
    within_shifts(&day.people[placed.person], placed.slot)
}

/// How long to search, and who hears of it.
pub struct Effort<'a> {
    /// Seconds of search; a small day takes less.
    pub seconds: f64,
    /// Told how far it is: share done, best cost (fen).
    pub progress: &'a (dyn Fn(f64, i64) + Sync),
}

/// Searches for a plan. Errors: a day that cannot be planned, with the thing and the field.
pub fn propose(day: &Day, effort: &Effort<'_>) -> Result<Proposal, BadInput> {
    let (built, _) = settle(day);
    let begin = Instant::now();
    let clock = move || begin.elapsed().as_secs_f64();
    let small = built.problem.jobs.len() <= SMALL;
    let budget = if small { Budget::Steps(STEPS_PER_JOB * built.problem.jobs.len() as u64) } else { Budget::Cpu(effort.seconds, &clock) };
    let tell = |p: Progress| (effort.progress)(p.used, p.best);
    let options = Options { budget, progress: Some(&tell), ..Options::default() };
    let found = if built.problem.engineers.is_empty() { None } else { Some(solve(&built.problem, None, &options)?) };
    let (plan, steps) = found.map_or_else(
        || (Plan { unserved: (0..built.problem.jobs.len()).collect(), ..Plan::default() }, 0),
        |outcome| (outcome.plan, outcome.steps),
    );
    let n = day.jobs.len();
    let mut out = Proposal {
        places: vec![None; n],
        extra_fen: vec![None; n],
        others: vec![Vec::new(); n],
        obstacles: vec![None; n],
        terms: Vec::new(),
        before: measure(day, &day.jobs.iter().map(|j| j.standing.placed()).collect::<Vec<_>>()),
        after: Measures::default(),
        steps,
    };
    for route in &plan.routes {
        for (j, start) in route.jobs.iter().zip(&route.starts) {
            let (i, work) = (built.jobs[*j], built.problem.jobs[*j].service);
            let placed = Placed { person: route.engineer, slot: slot(day, *start, work) };
            let stays = day.jobs[i].standing.placed().is_some_and(|b| b.person == placed.person && b.slot.from == placed.slot.from);
            if stays || decent(day, placed) {
                out.places[i] = Some(placed);
            }
        }
    }
    let before = check(&built.problem, &board(day, &built)).cost;
    let after = check(&built.problem, &plan).cost;
    let pairs = before.terms().into_iter().zip(after.terms());
    out.terms = pairs.map(|((code, b), (_, a))| Term { code: code.to_owned(), before_fen: b, after_fen: a }).collect();
    explain(day, &built, &plan, &mut out);
    for (i, job) in day.jobs.iter().enumerate() {
        if job.standing.fixed() {
            // Whoever is closed keeps everything; so does a pin that the search could not honour.
            out.places[i] = job.standing.placed();
        }
    }
    let kept: Vec<Option<Placed>> =
        day.jobs.iter().zip(&out.places).map(|(job, placed)| placed.or_else(|| job.standing.placed())).collect();
    out.after = measure(day, &kept);
    Ok(out)
}

/// For each order in the plan: what it adds and who comes next; for each one left out: why.
fn explain(day: &Day, built: &Built, plan: &Plan, out: &mut Proposal) {
    for (i, obstacle) in &built.left {
        out.obstacles[*i] = Some(obstacle.clone());
    }
    let Ok(mut resident) = Resident::open(built.problem.clone(), plan, &[], 1) else {
        // Without anybody at work there is nothing to compare.
        for i in &built.jobs {
            out.obstacles[*i] = Some(Obstacle::Nobody { skills: 0, full: 0, time: 0, of: 0 });
        }
        return;
    };
    for (j, i) in built.jobs.iter().copied().enumerate() {
        if let Some(placed) = out.places[i] {
            let all = resident.why(j, day.people.len());
            out.extra_fen[i] = all.iter().find(|o| o.engineer == placed.person).map(|o| o.price);
            let others = all.iter().filter(|o| o.engineer != placed.person).map(|o| alternative(day, built, j, o));
            out.others[i] = others.filter(|a| decent(day, a.placed)).take(OTHERS).collect();
        } else if day.jobs[i].standing != Standing::Free {
            out.obstacles[i] = Some(Obstacle::Stays);
        } else {
            let why = resident.why_not(j);
            out.obstacles[i] = Some(match why.too_dear {
                Some(offer) if offer.price > built.problem.jobs[j].unserved => {
                    Obstacle::TooDear { extra_fen: offer.price, undone_fen: built.problem.jobs[j].unserved }
                }
                _ => Obstacle::Nobody { skills: why.skills, full: why.full, time: why.time + why.parts + why.pin, of: day.people.len() },
            });
        }
    }
}

/// A day in which nothing moves any more: who is asked for one order may not find another one shifted.
fn still(day: &Day) -> Day {
    let mut day = day.clone();
    for job in &mut day.jobs {
        if let Standing::Held(person, slot) = job.standing {
            job.standing = Standing::Pinned(person, slot);
        }
    }
    day
}

/// `unasked`: people the job is not given to, by place.
fn resident(day: &Day, job: usize, unasked: &[usize]) -> Option<(Built, Resident, usize)> {
    let (mut built, plan) = settle(day);
    let j = built.jobs.iter().position(|i| *i == job)?;
    if !unasked.is_empty() {
        built.problem.jobs[j].skills |= 1 << WILLING;
        for (_, engineer) in built.problem.engineers.iter_mut().enumerate().filter(|(e, _)| !unasked.contains(e)) {
            engineer.skills |= 1 << WILLING;
        }
    }
    let resident = Resident::open(built.problem.clone(), &plan, &[j], 1).ok()?;
    Some((built, resident, j))
}

/// The windows of two hours in which a free order of the day can be done by anybody but `unasked`, each with the cheapest way; nothing
/// else moves.
pub fn choices(day: &Day, job: usize, unasked: &[usize]) -> Vec<Choice> {
    let day = still(day);
    let Some((built, mut resident, j)) = resident(&day, job, unasked) else { return Vec::new() };
    let slots = resident.slots(j, SLOT_S);
    let choice = |s: &postsale_planner::Slot| {
        let from = s.open.div_euclid(GRID_S) * GRID_S;
        let to = instant(&day, (s.open.div_euclid(SLOT_S) + 1) * SLOT_S);
        let best = alternative(&day, &built, j, &s.offer);
        // Nobody is told to wait in a shop that is closed by then.
        let at = best.placed.slot.from;
        let closes = day.jobs[job].open.iter().find(|open| open.from <= at && at < open.to).map_or(to, |open| open.to);
        let window = Slot { from: instant(&day, from), to: to.min(closes) };
        Choice { window: ahead(window, at, day.now), best, keeps_due: s.keeps_due }
    };
    slots.iter().map(choice).filter(|c| decent(&day, c.best.placed)).collect()
}

/// Everybody who could have a free order of the day, the cheapest first; nothing else moves.
pub fn suggestions(day: &Day, job: usize) -> Vec<Alternative> {
    let day = still(day);
    let Some((built, mut resident, j)) = resident(&day, job, &[]) else { return Vec::new() };
    let offers = resident.offers(j, day.people.len());
    offers.iter().map(|o| alternative(&day, &built, j, o)).filter(|a| decent(&day, a.placed)).collect()
}

/// How many of the day's orders a proposal changes.
pub fn changes(day: &Day, proposal: &Proposal) -> u32 {
    use postsale_domain::dispatch::plan::PlanChange as C;
    let changed =
        day.jobs.iter().zip(&proposal.places).filter(|(j, at)| matches!(change(j.standing, **at), C::New | C::Moved | C::Retimed));
    u32::try_from(changed.count()).unwrap_or(u32::MAX)
}
