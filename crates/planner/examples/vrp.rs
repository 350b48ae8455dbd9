//! Solves one VRPLIB file: `vrp FILE CPU_SECONDS [SEED] [key=value ...]`. For tuning.

use postsale_planner::{Budget, Options, solve, vrplib};

fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|w| w.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).unwrap_or_default();
    let seconds: f64 = args[2].parse().unwrap_or(1.0);
    let mut o = Options { budget: Budget::Cpu(seconds, &cpu), ..Options::default() };
    for arg in &args[3..] {
        match arg.split_once('=') {
            None => o.seed = arg.parse().unwrap_or(1),
            Some((k, v)) => {
                let v: f64 = v.parse().unwrap_or(0.0);
                match k {
                    "hot" => (o.tuning.hot, o.tuning.hot_depot) = (v, v),
                    "cold" => o.tuning.cold = v,
                    "c" => o.tuning.average_removed = v,
                    "l" => o.tuning.longest = v as usize,
                    "blink" => o.tuning.blink = v,
                    "members" => o.tuning.crowd.members = v as usize,
                    "most" => o.tuning.crowd.most_jobs = v as usize,
                    "first" => o.tuning.crowd.first = v,
                    "each" => o.tuning.crowd.each = v as u64,
                    "chot" => o.tuning.crowd.hot = v,
                    "warm" => o.tuning.crowd.warm = v,
                    "ccold" => o.tuning.crowd.cold = v,
                    "steps" => o.budget = Budget::Steps(v as u64),
                    "window" => o.tuning.window = v as usize,
                    "kin" => o.tuning.kin = v,
                    "scarce" => o.tuning.scarce = v,
                    "welcome" => o.tuning.welcome = v,
                    "x" => o.tuning.cross = v,
                    "k" => o.reach.insert = v as usize,
                    "around" => o.reach.around = v as usize,
                    "s" => o.reach.sample = v as usize,
                    "far" => o.reach.far = v as usize,
                    "depot" => o.reach.depot = v as usize,
                    "t" => o.threads = v as usize,
                    _ => println!("unknown {k}"),
                }
            }
        }
    }
    match vrplib::parse(&text).and_then(|p| solve(&p, None, &o)) {
        Ok(done) => {
            let c = done.verdict.cost.total();
            println!("{} {} unserved {} routes {} steps {}", args[1], c, done.plan.unserved.len(), done.plan.routes.len(), done.steps);
        }
        Err(e) => println!("{e}"),
    }
}
