//! `postsale plan explain`: why each job is where it is and what the next best would cost; what keeps the others out.

use std::path::PathBuf;

use clap::Args;
use postsale_planner::model::BadInput;
use postsale_planner::{Offer, Plan, Resident, Slot, WhyNot, check};
use serde_json::{Value, json};

use super::day::{Model, Named};
use super::{load, paper, read};

#[derive(Debug, Args)]
pub struct Explain {
    /// The day or the instance.
    #[arg(long)]
    input: PathBuf,
    /// The plan to explain.
    #[arg(long)]
    plan: PathBuf,
    /// Only these jobs.
    #[arg(long)]
    job: Vec<String>,
    /// How many other engineers to name with their price.
    #[arg(long, default_value_t = 3)]
    alternatives: usize,
    /// Also list windows of so many minutes with their price.
    #[arg(long)]
    slots: Option<i64>,
    /// How much of a day counts.
    #[arg(long, value_enum, default_value = "full")]
    model: Model,
}

/// An offer with the names of the file.
pub fn offer(named: &Named, o: &Offer) -> Value {
    json!({ "engineer": named.engineers[o.engineer], "position": o.position, "start": o.start, "price": o.price })
}

/// Windows with the names of the file.
pub fn windows(named: &Named, slots: &[Slot]) -> Value {
    let row = |s: &Slot| json!({ "open": s.open, "close": s.close, "keeps_due": s.keeps_due, "offer": offer(named, &s.offer) });
    slots.iter().map(row).collect()
}

/// How many engineers fail on which ground, and the cheapest place if there is one that is too dear.
pub fn why_not(named: &Named, w: &WhyNot) -> Value {
    json!({ "skills": w.skills, "pin": w.pin, "parts": w.parts, "full": w.full, "time": w.time, "too_dear": w.too_dear.map(|o| offer(named, &o)) })
}

/// The reasons of a plan that holds, job by job; `only` these jobs, or all.
pub fn reasons(named: &Named, plan: &Plan, only: &[usize], alternatives: usize, slots: Option<i64>) -> Result<Value, BadInput> {
    let mut resident = Resident::open(named.problem.clone(), plan, &[], 1)?;
    let wanted = |j: &usize| only.is_empty() || only.contains(j);
    let length = slots.unwrap_or(0).saturating_mul(60);
    let (mut jobs, mut unserved) = (Vec::new(), Vec::new());
    for route in &plan.routes {
        for (j, start) in route.jobs.iter().zip(&route.starts).filter(|(j, _)| wanted(j)) {
            let all = resident.why(*j, usize::MAX);
            // What has begun is not offered to anybody.
            let price = all.iter().find(|o| o.engineer == route.engineer).map(|o| o.price);
            let others: Vec<Value> =
                all.iter().filter(|o| o.engineer != route.engineer).take(alternatives).map(|o| offer(named, o)).collect();
            let mut row = json!({ "job": named.jobs[*j], "engineer": named.engineers[route.engineer], "start": start, "price": price, "alternatives": others });
            if length > 0 {
                row["windows"] = windows(named, &resident.windows(*j, length));
            }
            jobs.push(row);
        }
    }
    for j in plan.unserved.iter().filter(|j| wanted(j)) {
        let why = why_not(named, &resident.why_not(*j));
        let mut row = json!({ "job": named.jobs[*j], "unserved": named.problem.jobs[*j].unserved, "must_today": named.must_today[*j], "why_not": why });
        if length > 0 {
            row["windows"] = windows(named, &resident.slots(*j, length));
        }
        unserved.push(row);
    }
    Ok(json!({ "jobs": jobs, "unserved": unserved }))
}

pub fn run(args: &Explain) -> Result<(), BadInput> {
    let named = read(&args.input, args.model)?;
    let plan = paper::read(&named, &load(&args.plan)?)?;
    let jobs = args.job.iter().map(|id| named.find(id)).collect::<Result<Vec<_>, _>>()?;
    let mut out = reasons(&named, &plan, &jobs, args.alternatives, args.slots)?;
    out["cost"] = paper::cost(&check(&named.problem, &plan));
    println!("{out}");
    Ok(())
}
