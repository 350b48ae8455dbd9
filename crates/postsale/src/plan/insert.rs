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

/// What this thread has worked so far: on a busy machine the clock on the wall also counts the waiting for a core.
fn worked() -> Duration {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(t.tv_sec.unsigned_abs(), t.tv_nsec as u32)
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

/// In microseconds.
fn percentile(sorted: &[Duration], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |d| (d.as_nanos() / 100) as f64 / 10.0)
}

fn latency(r: &mut Resident, many: usize, ms: u64) -> Value {
    let jobs: Vec<usize> = r.plan().routes.iter().flat_map(|x| x.jobs.clone()).collect();
    let step = (jobs.len() / many.max(1)).max(1);
    let (mut scan, mut scan_cpu, mut insert, mut insert_cpu, mut whole_cpu) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (i, j) in jobs.iter().step_by(step).take(many).enumerate() {
        if r.cancel(*j, r.version()).is_err() {
            continue;
        }
        let (begin, before) = (Instant::now(), worked());
        let _ = std::hint::black_box(r.scan(*j));
        scan_cpu.push(worked() - before);
        scan.push(begin.elapsed());
        let (begin, before) = (Instant::now(), worked());
        let _ = r.insert(*j, r.version(), 5);
        insert_cpu.push(worked() - before);
        insert.push(begin.elapsed());
        // Repairs are slow on purpose; a tenth of the sample is enough to see them. Here they get their time in CPU, as on an idle machine.
        if i % 10 == 0 {
            let from = worked();
            r.repair(&[*j], &mut |_| worked() - from >= Duration::from_millis(ms));
            whole_cpu.push(worked() - before);
        }
    }
    let spread = |mut list: Vec<Duration>| {
        list.sort_unstable();
        json!({ "p50": percentile(&list, 0.5), "p99": percentile(&list, 0.99) })
    };
    json!({
        "samples": scan.len(),
        "scan_microseconds": spread(scan),
        "scan_cpu_microseconds": spread(scan_cpu),
        "insert_microseconds": spread(insert),
        "insert_cpu_microseconds": spread(insert_cpu),
        "insert_and_repair_cpu_microseconds": spread(whole_cpu),
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
