//! `postsale plan insert`: one urgent job into a resident plan, then a short repair; or the latency of doing so.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use postsale_planner::model::{BadInput, bad};
use postsale_planner::{Refused, Resident, Violation, freeze};
use serde_json::{Value, json};

use super::day::{Model, Named};
use super::explain::{offer, why_not, windows};
use super::{load, paper, read, save};

#[derive(Debug, Args)]
pub struct Insert {
    /// The day or the instance.
    #[arg(long)]
    input: PathBuf,
    /// The plan that is under way.
    #[arg(long)]
    plan: PathBuf,
    /// The job to place. Several are placed one after the other.
    #[arg(long)]
    job: Vec<String>,
    /// Time of day in seconds; without it, the release of the first job.
    #[arg(long)]
    now: Option<i64>,
    /// Milliseconds of repair after each insertion.
    #[arg(long, default_value_t = 50)]
    repair_ms: u64,
    /// How many engineers to name with their price.
    #[arg(long, default_value_t = 5)]
    alternatives: usize,
    /// Also list windows of so many minutes with their price, before the job is placed.
    #[arg(long)]
    slots: Option<i64>,
    /// Where the new plan goes.
    #[arg(long)]
    output: Option<PathBuf>,
    /// How much of a day counts.
    #[arg(long, value_enum, default_value = "full")]
    model: Model,
    /// Measure instead: take so many planned jobs out, one after the other, and time their scan, insertion and repair.
    #[arg(long)]
    latency: Option<usize>,
}

fn held(v: Option<&Violation>) -> Result<(), BadInput> {
    v.map_or(Ok(()), |v| bad("plan", "plan", format!("the judge refuses the plan: rule '{}'", v.rule)))
}

/// Somebody waits at the telephone: the clock on the wall decides when a repair has had its time.
fn repair(r: &mut Resident, around: usize, ms: u64) -> u64 {
    let begin = Instant::now();
    r.repair(&[around], &mut |_| begin.elapsed() >= Duration::from_millis(ms))
}

fn place(named: &Named, r: &mut Resident, j: usize, args: &Insert) -> Result<Value, BadInput> {
    let slots = args.slots.map(|minutes| windows(named, &r.slots(j, minutes.saturating_mul(60))));
    let begin = Instant::now();
    let seen = r.version();
    let placed = r.insert(j, seen, args.alternatives);
    let insert_us = begin.elapsed().as_micros() as u64;
    let mut out = match placed {
        Ok(all) => {
            let before = r.verdict().cost.total();
            let steps = repair(r, j, args.repair_ms);
            let verdict = r.verdict();
            held(verdict.violations.first())?;
            let gain = before - verdict.cost.total();
            let alternatives: Vec<Value> = all.iter().skip(1).map(|o| offer(named, o)).collect();
            let plan = r.plan();
            let now = plan.routes.iter().find_map(|x| x.jobs.iter().position(|k| *k == j).map(|i| (x.engineer, x.starts[i])));
            let now = now.map(|(e, at)| json!({ "engineer": named.engineers[e], "start": at }));
            json!({ "placed": offer(named, &all[0]), "alternatives": alternatives, "after_repair": now, "repair_gain": gain, "repair_steps": steps })
        }
        Err(Refused::NoPlace(w)) => json!({ "placed": null, "why_not": why_not(named, &w) }),
        Err(Refused::Stale(v)) => json!({ "placed": null, "stale": v }),
        Err(Refused::NotPossible(b)) => return Err(b),
    };
    out["job"] = named.jobs[j].clone();
    out["version"] = r.version().into();
    out["insert_microseconds"] = insert_us.into();
    if let Some(slots) = slots {
        out["slots"] = slots;
    }
    Ok(out)
}

fn percentile(sorted: &[u64], share: f64) -> u64 {
    sorted.get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0)
}

fn latency(r: &mut Resident, many: usize, ms: u64) -> Value {
    let jobs: Vec<usize> = r.plan().routes.iter().flat_map(|x| x.jobs.clone()).collect();
    let step = (jobs.len() / many.max(1)).max(1);
    let (mut scan, mut work, mut insert, mut whole) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (i, j) in jobs.iter().step_by(step).take(many).enumerate() {
        if r.cancel(*j, r.version()).is_err() {
            continue;
        }
        let look = || {
            let begin = Instant::now();
            let _ = std::hint::black_box(r.scan(*j));
            begin.elapsed().as_nanos() as u64 / 1000
        };
        let first = look();
        scan.push(first);
        // On a busy machine the first look may have waited for a core; the quickest of three is what it costs.
        work.push(first.min(look()).min(look()));
        let begin = Instant::now();
        let _ = r.insert(*j, r.version(), 5);
        insert.push(begin.elapsed().as_nanos() as u64 / 1000);
        // Repairs are slow on purpose; a tenth of the sample is enough to see them.
        if i % 10 == 0 {
            repair(r, *j, ms);
            whole.push(begin.elapsed().as_nanos() as u64 / 1000);
        }
    }
    for list in [&mut scan, &mut work, &mut insert, &mut whole] {
        list.sort_unstable();
    }
    json!({
        "samples": scan.len(),
        "scan_microseconds": { "p50": percentile(&scan, 0.5), "p99": percentile(&scan, 0.99) },
        "scan_quickest_of_three_microseconds": { "p50": percentile(&work, 0.5), "p99": percentile(&work, 0.99) },
        "insert_microseconds": { "p50": percentile(&insert, 0.5), "p99": percentile(&insert, 0.99) },
        "insert_and_repair_microseconds": { "p50": percentile(&whole, 0.5), "p99": percentile(&whole, 0.99) },
        "holds": r.verdict().holds(),
    })
}

pub fn run(args: &Insert) -> Result<(), BadInput> {
    let mut named = read(&args.input, args.model)?;
    let mut plan = paper::read(&named, &load(&args.plan)?)?;
    held(postsale_planner::check(&named.problem, &plan).violations.first())?;
    let jobs = args.job.iter().map(|id| named.find(id)).collect::<Result<Vec<_>, _>>()?;
    let now = args.now.or_else(|| jobs.first().map(|j| named.released[*j])).unwrap_or(0);
    if now > 0 && args.model == Model::Full {
        freeze(&mut named.problem, &mut plan, now, named.frozen_minutes * 60);
    }
    // Jobs that nobody knows yet stay out of the repair.
    let waiting: Vec<usize> = plan.unserved.iter().copied().filter(|j| jobs.contains(j) || named.released[*j] > now).collect();
    let mut resident = Resident::open(named.problem.clone(), &plan, &waiting, 1)?;
    if let Some(many) = args.latency {
        println!("{}", latency(&mut resident, many, args.repair_ms));
        return Ok(());
    }
    for j in jobs {
        let line = place(&named, &mut resident, j, args)?;
        println!("{line}");
    }
    if let Some(output) = &args.output {
        save(output, &paper::write(&named, &resident.plan(), &resident.verdict()))?;
    }
    Ok(())
}
