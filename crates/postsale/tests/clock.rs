//! `postsale clock eval` as somebody outside meets it: a file in, a line per case out, mistakes named.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn eval(folder: &Path, cases: &str) -> (Output, Vec<Value>) {
    let (input, output) = (folder.join("cases.json"), folder.join("answers.jsonl"));
    std::fs::write(&input, cases).unwrap();
    let run =
        Command::new(env!("CARGO_BIN_EXE_postsale")).args(["clock", "eval", "--input"]).arg(&input).arg("--output").arg(&output).output();
    let lines = std::fs::read_to_string(&output).unwrap_or_default();
    (run.unwrap(), lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn file(cases: Value) -> String {
    let hours = json!([["09:00", "12:00"], ["13:30", "18:00"]]);
    let week: serde_json::Map<String, Value> = (1..=5).map(|day| (day.to_string(), hours.clone())).collect();
    json!({"format": "postsale-clock-cases/1", "calendars": {"c": {"tz": "Asia/Shanghai", "week": week}}, "cases": cases}).to_string()
}

fn case(id: &str, priority: &str) -> Value {
    let agreement = json!({"calendar": "c", "targets": {"normal": 3600}, "pause_reasons": [], "on_reopen": "continue", "warn": [100]});
    json!({"id": id, "agreements": {"A": agreement}, "as_of": "2026-06-01T11:30:00+08:00", "ask": [],
        "events": [{"at": "2026-06-01T11:00:00+08:00", "do": "start", "agreement": "A", "priority": priority}]})
}

#[test]
fn a_good_file_is_answered_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let (run, lines) = eval(folder.path(), &file(json!([case("one", "normal"), case("two", "normal")])));
    assert!(run.status.success() && run.stderr.is_empty());
    assert_eq!(
        lines.iter().map(|line| (&line["id"], &line["due"])).collect::<Vec<_>>(),
        [(&json!("one"), &json!("2026-06-01T12:00:00+08:00")), (&json!("two"), &json!("2026-06-01T12:00:00+08:00"))]
    );
}

#[test]
fn a_bad_case_is_named_and_the_others_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (run, lines) = eval(folder.path(), &file(json!([case("one", "normal"), case("two", "vip"), case("three", "normal")])));
    assert_eq!(run.status.code(), Some(1));
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.starts_with("case two: events: agreement \"A\" has no target for priority \"vip\"\n"), "{said}");
    assert_eq!((lines.len(), &lines[1]["error"]["field"], &lines[2]["id"]), (3, &json!("events"), &json!("three")));
}

#[test]
fn a_bad_file_is_refused_without_answers() {
    let folder = tempfile::tempdir().unwrap();
    for (text, expected) in [("", "not JSON"), ("{}", "field \"format\" is missing"), ("[1,2", "not JSON")] {
        let (run, lines) = eval(folder.path(), text);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!((run.status.code(), lines.len()), (Some(2), 0), "{text:?}");
        assert!(said.contains("cases.json: ") && said.contains(expected), "{said}");
    }
    let run =
        Command::new(env!("CARGO_BIN_EXE_postsale")).args(["clock", "eval", "--input", "nowhere.json", "--output", "-"]).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
}
