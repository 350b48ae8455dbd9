//! Mistakes in a day are named; what is not a mistake is read as the file means it.

use postsale_planner::model::{BadInput, Break};
use serde_json::{Value, json};

use super::day::{Model, read};

fn day() -> Value {
    json!({
        "travel": { "model": "manhattan-blend" },
        "depots": [{ "id": 3, "x": 0, "y": 0, "open": [32400, 66600] }, { "id": 4, "x": 500, "y": 0 }],
        "engineers": [
            { "id": 0, "start": { "x": 0, "y": 0 }, "end": "same", "depot": 3, "shift": [28800, 64800], "skills": ["swap"], "parts": { "psu": 1 }, "max_jobs": 14,
              "max_overtime": 3600, "overtime_cents_per_h": 4500, "cost_cents_per_km": 45, "cost_cents_per_h": 2800, "fixed_cents": 2000, "territory": 2,
              "break": { "duration": 1800, "window": [41400, 50400], "hard": true } },
            { "id": 1, "start": { "x": 9000, "y": 0 }, "end": "open", "shift": [28800, 64800], "skills": ["swap", "printer"], "speed_factor": 1.15 }
        ],
        "jobs": [
            { "id": 7, "x": 1000, "y": 0, "service": 600, "windows": [[50400, 61200], [32400, 41400]], "skills": ["swap"], "unserved_cents": 7000, "released": 36000,
              "priority": 2, "sla_due": 50000, "late_cents_per_min": 40, "must_today": true, "territory": 2, "told": { "engineer": 0, "start": 37000 } },
            { "id": 8, "x": 1000, "y": 0, "service": 600, "windows": [[32400, 61200]], "skills": [], "parts": { "psu": 1 }, "unserved_cents": 7000 }
        ],
        "stability": { "reassign_cents": 300, "retime_cents_per_15min_after_confirmation": 100, "frozen_minutes": 45 },
        "territory_cents": 250
    })
}

fn mistake(pointer: &str, value: Value) -> (String, &'static str) {
    let mut d = day();
    *d.pointer_mut(pointer).unwrap() = value;
    let BadInput { subject, field, .. } = read(&d.to_string(), Model::Full).unwrap_err();
    (subject, field)
}

#[test]
fn mistakes_are_named() {
    for (pointer, value, subject, field) in [
        ("/jobs/0/windows", json!([[50400, 90000]]), "job 7", "windows"),
        ("/jobs/0/windows", json!([[79200, 7200]]), "job 7", "windows"),
        ("/jobs/0/windows", json!([[-5, 7200]]), "job 7", "windows"),
        ("/jobs/0/windows", json!([]), "job 7", "windows"),
        ("/jobs/0/windows", json!("noon"), "job 7", "windows"),
        ("/jobs/0/skills", json!(["telepathy"]), "job 7", "skills"),
        ("/jobs/0/service", json!(-60), "job 7", "service"),
        ("/jobs/0/service", json!(1e300), "job 7", "service"),
        ("/jobs/0/service", json!("NaN"), "job 7", "service"),
        ("/jobs/0/x", json!("NaN"), "job 7", "place"),
        ("/jobs/0/unserved_cents", json!(-1), "job 7", "unserved"),
        ("/jobs/0/must_today", json!("yes"), "job 7", "must_today"),
        ("/jobs/0/told", json!({ "engineer": 9, "start": 36000 }), "job 7", "told"),
        ("/jobs/0/id", json!(8), "job 8", "id"),
        ("/engineers", json!([]), "plan", "engineers"),
        ("/engineers/1/id", json!(0), "engineer 0", "id"),
        ("/engineers/1/shift", json!([64800, 28800]), "engineer 1", "shift"),
        ("/engineers/0/depot", json!(5), "engineer 0", "depot"),
        ("/engineers/0/break/hard", json!(false), "engineer 0", "break"),
        ("/engineers/0/break/window", json!([50400, 41400]), "engineer 0", "break"),
        ("/depots/0/open", json!([72000, 97200]), "depot 3", "open"),
        ("/depots/1/id", json!(3), "depot 3", "id"),
        ("/travel/model", json!("teleport"), "travel", "model"),
        ("/engineers/1/speed_factor", json!(0), "engineer 1", "speed_factor"),
    ] {
        assert_eq!(mistake(pointer, value.clone()), (subject.to_string(), field), "{pointer} {value}");
    }
    assert_eq!(read("[1,", Model::Full).unwrap_err().field, "json");
}

#[test]
fn a_day_is_read_as_it_is_meant() {
    let full = read(&day().to_string(), Model::Full).unwrap().problem;
    // Known from 10:00 on, so the morning window opens then; windows are sorted.
    assert_eq!(full.jobs[0].windows, vec![(36000, 41400), (50400, 61200)]);
    assert_eq!((full.engineers[0].end, full.engineers[1].end), (Some(0), None));
    let job = &full.jobs[0];
    assert_eq!((job.due, job.late_per_minute, job.unserved, job.territory, job.told), (Some(50_000), 40, 7000, Some(2), Some((0, 37_000))));
    let e = &full.engineers[0];
    assert_eq!(
        (e.overtime_per_hour, e.per_km, e.per_hour, e.fixed, e.territories.as_slice(), e.max_jobs),
        (4500, 45, 2800, 2000, &[2][..], 14)
    );
    assert_eq!(e.rest, Some(Break { duration: 1800, open: 41_400, close: 50_400 }));
    // The depot opens at nine and closes half an hour after the shift.
    assert_eq!((e.shift, e.max_overtime), ((32_400, 64_800), 1800));
    assert_eq!((full.engineers[1].speed_permille, full.engineers[1].max_jobs, full.engineers[1].rest), (1150, 100_000, None));
    assert_eq!((full.prices.reassign, full.prices.retime_quarter, full.prices.territory), (300, 100, 250));
    let named = read(&day().to_string(), Model::Full).unwrap();
    assert_eq!((named.must_today.clone(), named.frozen_minutes, named.released.clone()), (vec![true, false], 45, vec![36_000, 0]));
    assert_eq!((named.find("8").unwrap(), named.find("9").unwrap_err().field), (1, "id"));
    // Two jobs at one address are one place. 1,000 m are 1,300 m of road at 6.5 m/s and 3 minutes to park.
    assert_eq!((full.jobs[0].place, full.travel.seconds(0, 3), full.travel.seconds(3, 3)), (3, 380, 0));
    // 9,000 m are 11,700 m of road: 5,000 m at 6.5 m/s, the rest at 12 m/s, fractions up.
    assert_eq!(full.travel.seconds(0, 2), 180 + 1328);
    let lite = read(&day().to_string(), Model::Lite).unwrap().problem;
    assert_eq!((lite.jobs[0].windows.clone(), lite.engineers[1].end), (vec![(32400, 61200)], Some(2)));
}
