//! Mutated files: whatever the text, there is no panic, and no plan that the judge refuses. `scripts/fuzz-planner` does the
//! same for minutes; what it ever found is kept beside the crate and tried first.

use postsale_planner::{Budget, Objective, Options, Resident, check, solve};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::day::{Model, Named, read, read_vrp};
use super::{explain, paper};

const VRP: &str = "NAME : t\nDIMENSION : 5\nVEHICLES : 2\nCAPACITY : 10\nSERVICE_TIME : 1\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8\n4 0 9\n5 2 2\nDEMAND_SECTION\n1 0\n2 5\n3 5\n4 5\n5 1\nTIME_WINDOW_SECTION\n1 0 100\n2 0 50\n3 0 60\n4 0 90\n5 20 30\nSERVICE_TIME_SECTION\n2 4\nDEPOT_SECTION\n1\n-1\nEOF\n";
const EXPLICIT: &str = "DIMENSION : 3\nVEHICLES : 2\nCAPACITY : 9\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : FULL_MATRIX\nEDGE_WEIGHT_SECTION\n0 7 9\n30 0 2\n4 8 0\nDEMAND_SECTION\n1 0\n2 5\n3 3\nDEPOT_SECTION\n1\n-1\nEOF\n";

fn day() -> Value {
    let engineer = |id: u32, x: i64, end: &str| {
        json!({ "id": id, "start": { "x": x, "y": 0 }, "end": end, "depot": 0, "shift": [28800, 64800], "max_overtime": 3600,
            "overtime_cents_per_h": 4500, "cost_cents_per_km": 45, "cost_cents_per_h": 2800, "fixed_cents": 2000,
            "break": { "duration": 1800, "window": [41400, 50400], "hard": true }, "skills": ["swap", "printer"], "speed_factor": 1.05,
            "parts": { "psu": 2 }, "territory": 1, "max_jobs": 4 })
    };
    let job = |id: u32, x: i64, skill: &str, windows: Value| {
        json!({ "id": id, "type": "swap", "x": x, "y": 700, "service": 1500, "windows": windows, "skills": [skill], "parts": { "psu": 1 }, "priority": 2,
            "sla_due": 43000, "late_cents_per_min": 40, "unserved_cents": 20000, "must_today": true, "territory": 1, "released": 0 })
    };
    json!({ "version": 1, "travel": { "model": "manhattan-blend" }, "depots": [{ "id": 0, "x": 0, "y": 0, "open": [21600, 72000] }],
        "engineers": [engineer(0, 0, "same"), engineer(1, 9000, "open")],
        "jobs": [job(0, 100, "swap", json!([[32400, 61200]])), job(1, 5000, "printer", json!([[32400, 41400], [50400, 61200]])),
            job(2, 5000, "swap", json!([[36000, 43200]])), job(3, 8000, "printer", json!([[50400, 72000]]))],
        "stability": { "reassign_cents": 300, "retime_cents_per_15min_after_confirmation": 100, "frozen_minutes": 45 }, "territory_cents": 250 })
}

/// Values that files should not hold, and some that they may.
fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![
            Just(i64::MIN),
            Just(i64::MAX),
            Just(-1),
            Just(0),
            Just(1),
            Just(86_400),
            Just(86_401),
            Just(350_000_000),
            Just(350_000_001),
            any::<i64>(),
            0..100_000_i64
        ]
        .prop_map(Value::from),
        prop_oneof![Just(1e300), Just(-1e300), Just(0.5), Just(1e-300), any::<f64>().prop_filter("JSON has no NaN", |f| f.is_finite())]
            .prop_map(Value::from),
        prop_oneof![Just("NaN".to_owned()), Just(String::new()), Just("open".to_owned()), ".{0,12}"].prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        (any::<i32>(), any::<i32>()).prop_map(|(a, b)| json!([a, b])),
        (0..90_000_i64, 0..90_000_i64).prop_map(|(a, b)| json!([[a, b]])),
        Just(json!([[0, 86_400], [0, 86_400], [5, 4], [1, 2], [3, 4]])),
    ]
}

/// Every place in a document.
fn pointers(v: &Value, here: &str, out: &mut Vec<String>) {
    out.push(here.to_owned());
    match v {
        Value::Array(items) => items.iter().enumerate().for_each(|(i, x)| pointers(x, &format!("{here}/{i}"), out)),
        Value::Object(map) => map.iter().for_each(|(k, x)| pointers(x, &format!("{here}/{k}"), out)),
        _ => {}
    }
}

fn mutate(v: &mut Value, at: usize, with: Value, how: u8) {
    let mut all = Vec::new();
    pointers(v, "", &mut all);
    let path = all[at % all.len()].clone();
    let (parent, key) = path.rsplit_once('/').unwrap_or(("", ""));
    match (how % 4, v.pointer_mut(parent)) {
        // Left out, or there twice.
        (0, Some(Value::Object(map))) => drop(map.remove(key)),
        (0, Some(Value::Array(items))) if !items.is_empty() => drop(items.remove(at % items.len())),
        (1, Some(Value::Array(items))) if !items.is_empty() && items.len() < 40 => {
            let twin = items[at % items.len()].clone();
            items.push(twin);
        }
        _ => {
            if let Some(place) = v.pointer_mut(&path) {
                *place = with;
            }
        }
    }
}

/// Bytes overwritten, cut out, or repeated.
fn scribble(text: &str, at: usize, what: &str, how: u8) -> String {
    let cut = |i: usize| (0..=i.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let (from, to) = (cut(at % (text.len() + 1)), cut(at % (text.len() + 1) + what.len().max(1)));
    match how % 4 {
        0 => format!("{}{what}{}", &text[..from], &text[to..]),
        1 => format!("{}{}", &text[..from], &text[to..]),
        2 => format!("{}{what}{}", &text[..from], &text[from..]),
        _ => text[..from].to_owned(),
    }
}

/// What is read is planned, written, read again, judged and explained.
fn follow(named: &Named, seed: u64) {
    let budget = Budget::Steps(seed % 200);
    let threads = 1 + (seed % 2) as usize;
    let Ok(done) = solve(&named.problem, None, &Options { seed, threads, budget, ..Options::default() }) else { return };
    assert!(done.verdict.holds());
    let written = paper::write(named, &done.plan, &done.verdict);
    let again = paper::read(named, &written.to_string()).unwrap();
    let verdict = check(&named.problem, &again);
    assert!(verdict.holds(), "{:?}", verdict.violations);
    assert_eq!(verdict.cost, done.verdict.cost);
    let why = explain::reasons(named, &again, &[], 2, Some(120)).unwrap();
    assert_eq!(why["unserved"].as_array().map(Vec::len), Some(done.plan.unserved.len()));
    let mut resident = Resident::open(named.problem.clone(), &again, &[], seed).unwrap();
    for j in 0..named.problem.jobs.len().min(4) {
        let seen = resident.version();
        if resident.cancel(j, seen).is_ok() {
            let _ = resident.insert(j, seen + 1, 2);
        }
        assert!(resident.verdict().holds());
    }
    if named.problem.objective == Objective::Money {
        assert!(resident.verdict().cost.total() >= 0);
    }
}

proptest! {
    #[test]
    fn a_mutated_day_ends_in_an_error_or_a_plan_that_holds(
        changes in prop::collection::vec((any::<usize>(), hostile(), any::<u8>()), 1..5), lite in any::<bool>(), seed in 0..1000_u64,
    ) {
        let mut day = day();
        for (at, with, how) in changes {
            mutate(&mut day, at, with, how);
        }
        let model = if lite { Model::Lite } else { Model::Full };
        match read(&day.to_string(), model) {
            Ok(named) => follow(&named, seed),
            Err(bad) => prop_assert!(!bad.subject.is_empty() && !bad.field.is_empty() && !bad.reason.is_empty()),
        }
    }

    #[test]
    fn scribbled_text_ends_in_an_error_or_a_plan_that_holds(
        changes in prop::collection::vec((any::<usize>(), prop_oneof![".{0,6}", "[0-9 .:-]{1,12}", Just("1e308".to_owned()), Just("-1\n".to_owned()), Just("SECTION\n".to_owned())], any::<u8>()), 1..5),
        which in 0..3, seed in 0..1000_u64,
    ) {
        let mut text = match which { 0 => VRP.to_owned(), 1 => EXPLICIT.to_owned(), _ => day().to_string() };
        for (at, what, how) in changes {
            text = scribble(&text, at, &what, how);
        }
        let read = if which == 2 { read(&text, Model::Full) } else { read_vrp(&text) };
        match read {
            Ok(named) => follow(&named, seed),
            Err(bad) => prop_assert!(!bad.subject.is_empty() && !bad.field.is_empty() && !bad.reason.is_empty()),
        }
    }

    #[test]
    fn a_mutated_plan_is_judged_and_never_believed(changes in prop::collection::vec((any::<usize>(), hostile(), any::<u8>()), 1..4)) {
        let named = read(&day().to_string(), Model::Full).unwrap();
        let done = solve(&named.problem, None, &Options { budget: Budget::Steps(200), ..Options::default() }).unwrap();
        let mut plan = paper::write(&named, &done.plan, &done.verdict);
        for (at, with, how) in changes {
            mutate(&mut plan, at, with, how);
        }
        if let Ok(plan) = paper::read(&named, &plan.to_string()) {
            let holds = check(&named.problem, &plan).holds();
            prop_assert_eq!(Resident::open(named.problem.clone(), &plan, &[], 1).is_ok(), holds);
        }
    }
}

#[test]
fn an_asymmetric_matrix_is_driven_the_way_it_says() {
    let named = read_vrp(EXPLICIT).unwrap();
    assert_eq!((named.problem.travel.seconds(0, 1), named.problem.travel.seconds(1, 0)), (7, 30));
    let done = solve(&named.problem, None, &Options { budget: Budget::Steps(400), ..Options::default() }).unwrap();
    // 1-2-3-1 is 7+2+4; the other way round is 9+8+30.
    assert_eq!((done.verdict.cost.total(), done.plan.routes.len(), done.plan.routes[0].jobs.clone()), (13, 1, vec![0, 1]));
}
