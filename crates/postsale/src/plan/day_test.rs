//! Mistakes in a day are named; what is not a mistake is read as the file means it.

use postsale_planner::model::BadInput;
use serde_json::{Value, json};

use super::day::{Model, read};

fn day() -> Value {
    json!({
        "engineers": [
            { "id": 0, "start": { "x": 0, "y": 0 }, "end": "same", "shift": [28800, 64800], "skills": ["swap"], "parts": { "psu": 1 }, "max_jobs": 14 },
            { "id": 1, "start": { "x": 9000, "y": 0 }, "end": "open", "shift": [28800, 64800], "skills": ["swap", "printer"], "speed_factor": 1.15 }
        ],
        "jobs": [
            { "id": 7, "x": 1000, "y": 0, "service": 600, "windows": [[50400, 61200], [32400, 41400]], "skills": ["swap"], "unserved_cents": 7000, "released": 36000 },
            { "id": 8, "x": 1000, "y": 0, "service": 600, "windows": [[32400, 61200]], "skills": [], "parts": { "psu": 1 }, "unserved_cents": 7000 }
        ]
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
        ("/jobs/0/id", json!(8), "job 8", "id"),
        ("/engineers", json!([]), "plan", "engineers"),
        ("/engineers/1/id", json!(0), "engineer 0", "id"),
        ("/engineers/1/shift", json!([64800, 28800]), "engineer 1", "shift"),
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
    // Two jobs at one address are one place. 1,000 m are 1,300 m of road at 6.5 m/s and 3 minutes to park.
    assert_eq!((full.jobs[0].place, full.travel.seconds(0, 2), full.travel.seconds(2, 2)), (2, 380, 0));
    // 9,000 m are 11,700 m of road: 5,000 m at 6.5 m/s, the rest at 12 m/s, fractions up.
    assert_eq!(full.travel.seconds(0, 1), 180 + 1328);
    let lite = read(&day().to_string(), Model::Lite).unwrap().problem;
    assert_eq!((lite.jobs[0].windows.clone(), lite.engineers[1].end), (vec![(32400, 61200)], Some(1)));
}
