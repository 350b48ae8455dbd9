//! `postsale plan`: the dispatch optimiser for anybody who wants to try it on a file.

mod day;
#[cfg(test)]
mod day_test;
mod explain;
#[cfg(test)]
mod fuzz_test;
mod insert;
mod paper;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::{Args, Subcommand};
use postsale_planner::model::BadInput;
use postsale_planner::{Budget, Options, Progress, check, solve};
use serde_json::{Value, json};

use day::{Model, Named};

/// `postsale plan ...`
#[derive(Debug, Args)]
pub struct PlanCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Plan a day (POS-day JSON) or a VRPLIB instance (`.vrp`).
    Solve(Solve),
    /// Place urgent jobs into a plan that is under way: engineer, time and price, with the alternatives.
    Insert(insert::Insert),
    /// Say of a plan why each job is where it is, what the next best engineers and windows would cost, and what keeps the
    /// others out.
    Explain(explain::Explain),
    /// Judge a plan: cost by term and every broken hard rule. Shares no code with the search.
    Check {
        /// The day or the instance.
        #[arg(long)]
        input: PathBuf,
        /// The plan to judge.
        #[arg(long)]
        plan: PathBuf,
        /// How much of a day counts.
        #[arg(long, value_enum, default_value = "full")]
        model: Model,
    },
}

#[derive(Debug, Args)]
struct Solve {
    /// The day or the instance.
    #[arg(long)]
    input: PathBuf,
    /// CPU seconds per thread.
    #[arg(long, default_value_t = 10.0)]
    cpu_seconds: f64,
    /// Steps per thread instead of CPU seconds: the same seed then gives the same plan on every machine.
    #[arg(long)]
    steps: Option<u64>,
    /// Threads.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the plan goes; `-` is standard output.
    #[arg(long)]
    output: PathBuf,
    /// How much of a day counts.
    #[arg(long, value_enum, default_value = "full")]
    model: Model,
    /// First temperature, as a share of the average cost of a job.
    #[arg(long)]
    hot: Option<f64>,
    /// Last temperature, as a share of the average cost of a job.
    #[arg(long)]
    cold: Option<f64>,
    /// Start from this plan.
    #[arg(long)]
    plan: Option<PathBuf>,
    /// Add the reasons to the plan: prices of the next best engineers, and what keeps a job out. Takes time of its own.
    #[arg(long)]
    explain: bool,
}

/// CPU seconds of the calling thread, from the kernel's scheduler; where it keeps none, of the process in hundredths.
pub fn cpu_seconds() -> f64 {
    let own = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    if let Some(ns) = own.split_whitespace().next().and_then(|w| w.parse::<f64>().ok()).filter(|ns| *ns > 0.0) {
        return ns / 1e9;
    }
    let all = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    let after = all.rsplit(") ").next().unwrap_or_default();
    let ticks = |i: usize| after.split_whitespace().nth(i).and_then(|w| w.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn load(path: &Path) -> Result<String, BadInput> {
    std::fs::read_to_string(path).map_err(|e| BadInput { subject: path.display().to_string(), field: "file", reason: e.to_string() })
}

fn read(path: &Path, model: Model) -> Result<Named, BadInput> {
    let text = load(path)?;
    if path.extension().is_some_and(|e| e == "vrp") { day::read_vrp(&text) } else { day::read(&text, model) }
}

fn save(path: &Path, value: &Value) -> Result<(), BadInput> {
    if path.as_os_str() == "-" {
        println!("{value}");
        return Ok(());
    }
    std::fs::write(path, format!("{value}\n")).map_err(|e| BadInput {
        subject: path.display().to_string(),
        field: "file",
        reason: e.to_string(),
    })
}

fn plan(args: &Solve) -> Result<(), BadInput> {
    let named = read(&args.input, args.model)?;
    let warm = args.plan.as_deref().map(|p| load(p).and_then(|text| paper::read(&named, &text))).transpose()?;
    if !args.cpu_seconds.is_finite() || args.cpu_seconds < 0.0 {
        return postsale_planner::model::bad("command", "cpu-seconds", "is not a number of seconds");
    }
    let budget = args.steps.map_or(Budget::Cpu(args.cpu_seconds, &cpu_seconds), Budget::Steps);
    let told = AtomicU64::new(u64::MAX);
    let watch = |p: Progress| {
        let second = (p.used.min(1.0) * args.cpu_seconds) as u64;
        if told.swap(second, Ordering::Relaxed) != second {
            eprintln!("{second:>5} s  {:>10} steps  best {}", p.steps, p.best);
        }
    };
    let mut options = Options { seed: args.seed, threads: args.threads, budget, progress: Some(&watch), ..Options::default() };
    options.tuning.hot = args.hot.unwrap_or(options.tuning.hot);
    options.tuning.cold = args.cold.unwrap_or(options.tuning.cold);
    let mut done = solve(&named.problem, warm.as_ref(), &options)?;
    done.plan.version = warm.map_or(1, |w| w.version + 1);
    eprintln!("done: {} steps, cost {}, unserved {}", done.steps, done.verdict.cost.total(), done.plan.unserved.len());
    let mut out = paper::write(&named, &done.plan, &done.verdict);
    if args.explain {
        out["why"] = explain::reasons(&named, &done.plan, &[], 3, None)?;
    }
    save(&args.output, &out)
}

/// True when the plan holds.
fn judge(input: &Path, plan: &Path, model: Model) -> Result<bool, BadInput> {
    let named = read(input, model)?;
    let plan = paper::read(&named, &load(plan)?)?;
    let verdict = check(&named.problem, &plan);
    let broken: Vec<Value> = verdict
        .violations
        .iter()
        .map(|v| json!({ "rule": v.rule, "engineer": v.engineer.map(|e| &named.engineers[e]), "job": v.job.map(|j| &named.jobs[j]) }))
        .collect();
    println!(
        "{}",
        json!({ "holds": verdict.holds(), "violations": broken, "unserved": plan.unserved.len(), "cost": paper::cost(&verdict) })
    );
    Ok(verdict.holds())
}

impl PlanCommand {
    /// Runs the command: 0 done, 1 a plan that does not hold, 2 bad input (one line with subject, field and reason).
    pub fn run(self) -> ExitCode {
        let done = match &self.action {
            Action::Solve(args) => plan(args).map(|()| true),
            Action::Insert(args) => insert::run(args).map(|()| true),
            Action::Explain(args) => explain::run(args).map(|()| true),
            Action::Check { input, plan, model } => judge(input, plan, *model),
        };
        match done {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(1),
            Err(why) => {
                eprintln!("postsale plan: {why}");
                ExitCode::from(2)
            }
        }
    }
}
