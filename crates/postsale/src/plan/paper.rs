//! Plans as JSON, both ways.

use std::collections::HashMap;

use postsale_planner::model::{BadInput, MAX_TIME, bad};
use postsale_planner::{Plan, Route, Verdict};
use serde_json::{Map, Value, json};

use super::day::Named;

/// `{"routes":[{"engineer","jobs","start_times","break_start"}],"unserved":[...],"cost":{...},"version":n}`. Of the unserved
/// jobs those that the file marks as `must_today` are named once more: the mark has no price of its own.
pub fn write(named: &Named, plan: &Plan, verdict: &Verdict) -> Value {
    let routes: Vec<Value> = plan
        .routes
        .iter()
        .map(|r| {
            let mut out = Map::new();
            out.insert("engineer".into(), named.engineers[r.engineer].clone());
            out.insert("jobs".into(), r.jobs.iter().map(|j| named.jobs[*j].clone()).collect());
            out.insert("start_times".into(), r.starts.clone().into());
            if let Some(at) = r.rest {
                out.insert("break_start".into(), at.into());
            }
            Value::Object(out)
        })
        .collect();
    let unserved: Vec<Value> = plan.unserved.iter().map(|j| named.jobs[*j].clone()).collect();
    let must: Vec<Value> = plan.unserved.iter().filter(|j| named.must_today[**j]).map(|j| named.jobs[*j].clone()).collect();
    json!({ "routes": routes, "unserved": unserved, "must_today_unserved": must, "cost": cost(verdict), "version": plan.version })
}

/// Cost by term, with the total.
pub fn cost(verdict: &Verdict) -> Value {
    let mut out: Map<String, Value> = verdict.cost.terms().iter().map(|(k, v)| ((*k).to_string(), Value::from(*v))).collect();
    out.insert("total".into(), verdict.cost.total().into());
    Value::Object(out)
}

fn key(v: &Value) -> String {
    v.as_str().map_or_else(|| v.to_string(), str::to_string)
}

/// Reads a plan for `named`. Jobs that the plan does not mention are unserved.
pub fn read(named: &Named, text: &str) -> Result<Plan, BadInput> {
    let v: Value =
        serde_json::from_str(text).map_err(|e| BadInput { subject: "plan".into(), field: "json", reason: format!("is not JSON: {e}") })?;
    let jobs: HashMap<String, usize> = named.jobs.iter().enumerate().map(|(i, v)| (key(v), i)).collect();
    let people: HashMap<String, usize> = named.engineers.iter().enumerate().map(|(i, v)| (key(v), i)).collect();
    let mut plan = Plan { version: v.get("version").and_then(Value::as_u64).unwrap_or(0), ..Plan::default() };
    let mut seen = vec![false; named.jobs.len()];
    let Some(routes) = v.get("routes").and_then(Value::as_array) else { return bad("plan", "routes", "is missing") };
    for r in routes {
        let who = r.get("engineer").map(key).unwrap_or_default();
        let Some(engineer) = people.get(&who) else { return bad("plan", "engineer", format!("there is no engineer '{who}'")) };
        let mut route = Route { engineer: *engineer, rest: r.get("break_start").and_then(Value::as_i64), ..Route::default() };
        for j in r.get("jobs").and_then(Value::as_array).into_iter().flatten() {
            let Some(j) = jobs.get(&key(j)) else { return bad(format!("job {}", key(j)), "jobs", "is in the plan but not in the day") };
            seen[*j] = true;
            route.jobs.push(*j);
        }
        for t in r.get("start_times").and_then(Value::as_array).into_iter().flatten() {
            let at = t.as_i64().or_else(|| t.as_f64().map(|f| f.round() as i64));
            let Some(at) = at.filter(|t| (-MAX_TIME..=MAX_TIME).contains(t)) else {
                return bad(format!("engineer {who}"), "start_times", format!("{t} is not a time in range"));
            };
            route.starts.push(at);
        }
        if route.starts.len() != route.jobs.len() {
            return bad(format!("engineer {who}"), "start_times", "there is not one start per job");
        }
        plan.routes.push(route);
    }
    plan.unserved = (0..seen.len()).filter(|j| !seen[*j]).collect();
    Ok(plan)
}
