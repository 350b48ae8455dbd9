use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases::agreement;
use super::read::Node;
use super::{Agreements, Book, Calendar, ClockKind, PRIORITIES, read_cases};

pub(super) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The calendars and agreements of the table of rules.
fn world() -> Value {
    let week = |days: std::ops::RangeInclusive<u8>, hours: Value| -> Value {
        days.map(|day| (day.to_string(), hours.clone())).collect::<serde_json::Map<_, _>>().into()
    };
    let holidays = ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"];
    let city = json!([["09:00", "12:00"], ["13:30", "18:00"]]);
    let tz = "Asia/Shanghai";
    let terms = |calendar: &str, on_reopen: &str, targets: Value, reasons: Value| json!({"calendar": calendar, "targets": targets, "pause_reasons": reasons, "on_reopen": on_reopen, "warn": [50, 75, 100]});
    let hours = json!({"urgent": 3600, "high": 7200, "normal": 14400, "low": 28800});
    let own = json!({"urgent": {"seconds": 3600, "calendar": "round"}, "normal": 14400});
    let waits = json!(["waiting_merchant", "waiting_parts"]);
    json!({
        "calendars": {
            "city": {"tz": tz, "week": week(1..=5, city.clone()), "off": holidays,
                "makeup": {"2026-10-10": 1, "2026-09-20": 7}, "official_years": [2026]},
            "shop": {"tz": tz, "week": week(1..=5, city), "off": holidays,
                "special": {"2026-06-10": [["10:00", "11:00"]], "2026-10-02": [["09:00", "10:00"]]}},
            "night": {"tz": tz, "week": week(1..=7, json!([["22:00", "06:00"]])), "off": holidays},
            "round": {"tz": tz, "week": week(1..=7, json!([["00:00", "24:00"]])), "official_years": null},
            "days": {"tz": tz, "week": week(1..=7, json!([["00:00", "24:00"]])), "official_years": [2026]},
            "minute": {"tz": tz, "week": week(1..=7, json!([["00:00", "23:59"]]))},
            "late": {"tz": tz, "week": week(1..=7, json!([["13:00", "00:00"]]))},
            "touch": {"tz": tz, "week": week(1..=7, json!([["09:00", "12:00"], ["12:00", "15:00"]]))},
            "shut": {"tz": tz, "week": {}}
        },
        "agreements": {
            "city": terms("city", "continue", hours.clone(), waits.clone()),
            "again": terms("city", "restart", hours.clone(), waits.clone()),
            "calm": terms("city", "continue", hours.clone(), json!(["weather"])),
            "shop": terms("shop", "continue", hours.clone(), waits.clone()),
            "night": terms("night", "continue", json!({"urgent": 7200, "normal": 36000}), waits.clone()),
            "round": terms("round", "continue", json!({"urgent": 3600, "normal": 86400}), waits.clone()),
            "days": terms("days", "continue", hours.clone(), waits.clone()),
            "minute": terms("minute", "continue", hours.clone(), waits.clone()),
            "late": terms("late", "continue", hours.clone(), waits.clone()),
            "touch": terms("touch", "continue", hours.clone(), waits.clone()),
            "shut": terms("shut", "continue", hours, waits.clone()),
            "two": terms("city", "continue", own, waits.clone()),
            "odd": terms("city", "continue", json!({"normal": 601}), waits)
        }
    })
}

pub(super) fn agreements() -> Agreements {
    let world = world();
    let root = Node::root(&world);
    let calendars = root.field("calendars").and_then(|node| node.named(|node| node.calendar().map(Arc::new))).unwrap();
    root.field("agreements").and_then(|node| node.named(|node| agreement(node, &calendars))).unwrap()
}

fn file(cases: Value) -> String {
    json!({"format": "postsale-clock-cases/1", "calendars": world()["calendars"], "cases": cases}).to_string()
}

fn good() -> Value {
    json!({"id": "a", "agreements": world()["agreements"], "as_of": "2026-06-01T09:30:00+08:00", "ask": ["2026-06-01T01:15:00Z"],
        "events": [{"at": "2026-06-01T09:00:00+08:00", "do": "start", "agreement": "city", "priority": "urgent"}]})
}

#[test]
fn a_case_becomes_one_line() {
    let cases = read_cases(&file(json!([good()]))).unwrap();
    let line: Value = serde_json::from_str(&cases[0].as_ref().unwrap().answer_line().unwrap()).unwrap();
    assert_eq!(
        line,
        json!({"id": "a", "state": "running", "cycle": 1, "target": 3600, "due": "2026-06-01T10:00:00+08:00",
            "consumed": [{"at": "2026-06-01T09:15:00+08:00", "seconds": 900}], "breached": {"yes": false, "at": null}, "breaches": [],
            "met": null, "warnings": [], "paused_seconds": 0, "remaining": 1800, "unofficial_years": [],
            "segments": [{"from": "2026-06-01T09:00:00+08:00", "to": "2026-06-01T09:30:00+08:00", "kind": "run", "reasons": [], "cycle": 1}]})
    );
}

#[test]
fn a_mistake_is_named_with_its_place_and_spoils_one_case() {
    for (pointer, value, expected) in [
        ("/as_of", json!("yesterday"), "cases[1].as_of: \"yesterday\" is not an instant with offset such as 2026-10-10T09:00:00+08:00"),
        (
            "/as_of",
            json!("2026-06-01T09:30:00"),
            "cases[1].as_of: \"2026-06-01T09:30:00\" is not an instant with offset such as 2026-10-10T09:00:00+08:00",
        ),
        ("/as_of", json!("9000-06-01T09:30:00Z"), "cases[1].as_of: \"9000-06-01T09:30:00Z\" is not between the years 1900 and 3000"),
        ("/events/0/do", json!("begin"), "cases[1].events[0].do: \"begin\" is not something a clock knows"),
        ("/events/0/agreement", json!(7), "cases[1].events[0].agreement: a text is expected"),
        ("/events", json!({}), "cases[1].events: a list is expected"),
        ("/agreements/city/calendar", json!("moon"), "cases[1].agreements.city.calendar: calendar \"moon\" is not known"),
        (
            "/agreements/city/targets/low",
            json!(-1),
            "cases[1].agreements.city.targets.low: a whole number from 0 to 3155760000 is expected",
        ),
        (
            "/agreements/city/on_reopen",
            json!("pause"),
            "cases[1].agreements.city.on_reopen: \"pause\" is neither \"continue\" nor \"restart\"",
        ),
        ("/agreements/city/warn/0", json!(0), "cases[1].agreements.city.warn[0]: a whole number from 1 to 1000 is expected"),
        ("/events/0/priority", json!("whenever"), "events: agreement \"city\" has no target for priority \"whenever\""),
    ] {
        let mut bad = good();
        *bad.pointer_mut(pointer).unwrap() = value;
        let cases = read_cases(&file(json!([good(), bad, good()]))).unwrap();
        let lines: Vec<_> = cases.into_iter().map(|case| case.and_then(|case| case.answer_line())).collect();
        assert!(lines[0].is_ok() && lines[2].is_ok());
        let wrong = lines[1].clone().unwrap_err();
        assert_eq!((wrong.id.as_str(), wrong.mistake.to_string().as_str()), ("a", expected));
    }
    let mut missing = good();
    missing.as_object_mut().unwrap().remove("as_of");
    let cases = read_cases(&file(json!([missing]))).unwrap();
    assert_eq!(cases[0].as_ref().unwrap_err().mistake.to_string(), "cases[0]: field \"as_of\" is missing");
    assert!(read_cases("{").unwrap_err().to_string().starts_with("not JSON"));
    assert_eq!(read_cases("[]").unwrap_err().to_string(), "an object is expected");
    assert_eq!(read_cases(r#"{"format":"other"}"#).unwrap_err().to_string(), "format: \"postsale-clock-cases/1\" is expected");
}

#[test]
fn a_calendar_is_checked_on_entry() {
    for (pointer, value, expected) in [
        ("/tz", json!("Asia/Atlantis"), "time zone \"Asia/Atlantis\" is not known"),
        ("/week/1", json!([["09:00", "09:00"]]), "the shift 09:00-09:00 begins when it ends; round the clock is 00:00-24:00"),
        ("/week/1", json!([["24:00", "06:00"]]), "\"24:00\" is not a time of the form 09:00 (24:00 only as an end)"),
        ("/week/1", json!([["9:00", "12:00"]]), "\"9:00\" is not a time of the form 09:00 (24:00 only as an end)"),
        ("/week/1", json!([["09:00", "24:01"]]), "\"24:01\" is not a time of the form 09:00 (24:00 only as an end)"),
        ("/week/1", json!([["09:60", "12:00"]]), "\"09:60\" is not a time of the form 09:00 (24:00 only as an end)"),
        ("/week/1", json!([["13:00", "18:00"], ["09:00", "13:01"]]), "shifts overlap: 09:00-13:01 and 13:00-18:00"),
        ("/week/1", json!([["22:00", "06:00"], ["23:00", "23:30"]]), "shifts overlap: 22:00-06:00 and 23:00-23:30"),
        ("/off", json!(["2026-02-30"]), "\"2026-02-30\" is not a date of the form 2026-10-10"),
        ("/off", json!(["2026-2-3"]), "\"2026-2-3\" is not a date of the form 2026-10-10"),
        ("/week/1", json!([["09:00"]]), "a shift is a list of begin and end"),
        ("/makeup", json!({"2026-10-10": 8}), "a whole number from 1 to 7 is expected"),
        ("/week", json!({"8": []}), "a weekday is one of \"1\" (Monday) to \"7\" (Sunday)"),
    ] {
        let mut calendar = world()["calendars"]["city"].clone();
        *calendar.pointer_mut(pointer).unwrap() = value;
        let mistake = Node::root(&calendar).calendar().unwrap_err();
        assert_eq!(mistake.why, expected);
    }
}

pub(super) fn data(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name)).unwrap()
}

#[test]
fn the_shipped_book_reads_and_its_years_are_right() {
    let book = Book::parse(&data("calendars.json"), &data("agreements.json")).unwrap();
    assert_eq!(book.names().collect::<Vec<_>>(), ["remote_only", "suburb", "urban"]);
    for (kind, agreement) in ClockKind::ALL.into_iter().flat_map(|kind| book.names().map(move |name| (kind, name))) {
        for priority in PRIORITIES {
            assert!(book.agreements(kind)[agreement].targets[priority].seconds > 0);
            assert!(book.calendar_of(kind, agreement, priority).is_some(), "{agreement} {priority}");
        }
    }
    // Working days by month as counted from the published notices.
    let workdays = book.calendar("suburb_workdays").unwrap();
    for (year, months) in
        [(2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]), (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23])]
    {
        for (month, expected) in (1..).zip(months) {
            let open = |day: &i8| {
                let noon = jiff::civil::date(year, month, *day).at(11, 0, 0, 0).to_zoned(workdays.calendar.zone().clone()).unwrap();
                workdays.calendar.is_open(noon.timestamp())
            };
            let days = jiff::civil::date(year, month, 1).days_in_month();
            assert_eq!((1..=days).filter(open).count(), expected, "{year}-{month}");
        }
    }
}

#[test]
fn the_book_is_stricter_than_the_arithmetic() {
    let (calendars, agreements) = (data("calendars.json"), data("agreements.json"));
    let change = |text: &str, pointer: &str, value: Value| {
        let mut json: Value = serde_json::from_str(text).unwrap();
        *json.pointer_mut(pointer).unwrap() = value;
        json.to_string()
    };
    for (pointer, value, expected) in [
        ("/calendars/suburb_workdays/week", json!({}), "calendars.suburb_workdays: the calendar never opens"),
        (
            "/calendars/suburb_workdays/week",
            json!({"1": [["22:00", "06:00"]], "2": [["05:00", "09:00"]]}),
            "calendars.suburb_workdays: shifts overlap: the night shift of weekday 1 and weekday 2",
        ),
        ("/calendars/suburb_workdays/holidays", json!("mars"), "calendars.suburb_workdays.holidays: holidays \"mars\" are not known"),
        ("/calendars/urban_7x12/name/en", json!(" "), "calendars.urban_7x12.name.en: the text is empty"),
    ] {
        let wrong = Book::parse(&change(&calendars, pointer, value), &agreements).unwrap_err();
        assert_eq!(wrong.to_string(), expected);
    }
    for (pointer, value, expected) in [
        ("/agreements/urban/calendar", json!("moon"), "agreements.urban.calendar: calendar \"moon\" is not known"),
        (
            "/agreements/urban/clocks/resolution/targets/low",
            json!(0),
            "agreements.urban.clocks.resolution.targets.low: a whole number from 1 to 31536000 is expected",
        ),
        (
            "/agreements/urban/clocks/resolution/targets",
            json!({"urgent": 1}),
            "agreements.urban.clocks.resolution.targets: field \"high\" is missing",
        ),
        (
            "/agreements/urban/clocks/resolution/pause_reasons",
            json!(["weather"]),
            "agreements.urban.clocks.resolution.pause_reasons: pause reason \"weather\" is not known",
        ),
    ] {
        let wrong = Book::parse(&calendars, &change(&agreements, pointer, value)).unwrap_err();
        assert_eq!(wrong.to_string(), expected);
    }
}

/// The published development cases, where they lie beside the checkout.
#[test]
fn the_published_cases_agree() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bench/clocks/random-2026.json");
    let Ok(text) = fs::read_to_string(path) else { return };
    let expected: Value = serde_json::from_str(&text).unwrap();
    let cases = read_cases(&text).unwrap();
    assert_eq!(cases.len(), expected["cases"].as_array().unwrap().len());
    for (case, written) in cases.iter().zip(expected["cases"].as_array().unwrap()) {
        let line: Value = serde_json::from_str(&case.as_ref().unwrap().answer_line().unwrap()).unwrap();
        for (key, value) in written["expect"].as_object().unwrap() {
            assert_eq!(&line[key], value, "{} {key}", written["id"]);
        }
    }
}

#[test]
fn zones_with_summer_time_keep_their_wall_clock() {
    // Berlin, 29 March 2026: 02:00 becomes 03:00. A shift 00:00-08:00 is seven hours long that day, and eight the day before.
    let week = (1..=7).map(|day| (day, vec![["00:00".to_owned(), "08:00".to_owned()]])).collect::<BTreeMap<_, _>>();
    let spec = super::CalendarSpec { tz: "Europe/Berlin".to_owned(), week, ..Default::default() };
    let calendar = Calendar::new(&spec).unwrap();
    let open = |from: &str, to: &str| calendar.open_ms(instant(from), instant(to)) / 3_600_000;
    assert_eq!(open("2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00"), 8);
    assert_eq!(open("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"), 7);
}

proptest! {
    #[test]
    fn nothing_that_is_read_makes_it_panic(text in ".{0,200}", pointer in 0usize..40, junk in 0u8..9) {
        let _ = read_cases(&text);
        let _ = Book::parse(&text, &text);
        // A sound document with one place replaced by something else.
        let mut whole: Value = serde_json::from_str(&file(json!([good()]))).unwrap();
        let mut places = Vec::new();
        collect("", &whole["cases"][0], &mut places);
        let place = format!("/cases/0{}", places[pointer * 7 % places.len()]);
        let values = [json!(null), json!(-1), json!(1e300), json!(i64::MAX), json!(""), json!("*"), json!([]), json!({}), json!([[["x"]]])];
        *whole.pointer_mut(&place).unwrap() = values[usize::from(junk)].clone();
        if let Ok(cases) = read_cases(&whole.to_string()) {
            for case in cases.into_iter().flatten() {
                let _ = case.answer_line();
            }
        }
    }
}

fn collect(prefix: &str, value: &Value, places: &mut Vec<String>) {
    places.push(prefix.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| collect(&format!("{prefix}/{key}"), value, places)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, value)| collect(&format!("{prefix}/{i}"), value, places)),
        _ => {}
    }
}
