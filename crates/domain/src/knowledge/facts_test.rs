use super::*;

pub(super) const FAULTS: &str = include_str!("../../../../data/faults.json");
const CODES: &str = include_str!("../../../../data/response-codes.json");
const MODELS: &str = include_str!("../../../../data/models.json");
const PARTS: &str = include_str!("../../../../data/parts.json");
const SKILLS: &str = include_str!("../../../../data/skills.json");

/// Name and text of every file in `data/guides`.
fn guide_files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/guides");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (format!("guides/{}", entry.file_name().to_string_lossy()), std::fs::read_to_string(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn sources() -> Sources<'static> {
    Sources { faults: FAULTS, response_codes: CODES, models: MODELS, parts: PARTS, skills: SKILLS, guides: &[] }
}

pub(super) fn shipped() -> Facts {
    let files = guide_files();
    let guides: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Facts::parse(&Sources { guides: &guides, ..sources() }).unwrap()
}

#[test]
fn the_shipped_files_fit_together() {
    let facts = shipped();
    // The taxonomy has 95 rows and 66 codes plus one row for what acquirers define themselves.
    assert_eq!((facts.faults().len(), facts.response_codes().count(), facts.guides().len()), (95, 67, 13));
    assert_eq!(facts.response_code("a0").unwrap().fault.as_deref(), Some("PAR-01"));
    assert_eq!(facts.response_code("A5").unwrap().code, "A1");
    assert!(facts.response_code("A8").is_none());
    assert_eq!(facts.vendor("A920").unwrap().en, "PAX");
    assert_eq!(facts.class_of("no such model"), "unknown");
    let guides = [
        ("NET-07", "no-network"),
        ("PRN-03", "printer"),
        ("PAR-07", "sign-in"),
        ("ICR-01", "chip-reader"),
        ("NFC-01", "contactless"),
        ("BAT-02", "battery"),
        ("PWR-01", "power"),
        ("SCN-02", "scan-head"),
        ("HOST-01", "host-outage"),
        ("SEC-01", "tamper"),
        ("APP-03", "app-update"),
        ("SET-01", "settlement"),
        ("AUD-01", "sound-box"),
    ];
    for (code, guide) in guides {
        assert_eq!(facts.guide_for(code).unwrap().id, guide);
    }
    assert!(facts.guide_for("SCR-01").is_none());
    // What must stop being used is never "solved from afar".
    assert!(facts.faults().iter().all(|f| !(f.stop_use && f.visit == VisitNeed::No)));
    assert!(facts.faults().iter().all(|f| facts.category(&f.code).is_some()));
}

#[test]
fn the_taxonomy_has_every_row_once() {
    let rows = [
        ("PWR", 6),
        ("BAT", 5),
        ("SCR", 4),
        ("KEY", 3),
        ("ICR", 5),
        ("MSR", 2),
        ("NFC", 2),
        ("SCN", 3),
        ("PRN", 7),
        ("NET", 9),
        ("SEC", 7),
        ("APP", 8),
        ("PAR", 7),
        ("SET", 4),
        ("TXN", 5),
        ("PER", 4),
        ("AUD", 3),
        ("LOC", 2),
        ("QRB", 2),
        ("PHY", 3),
        ("USR", 3),
        ("HOST", 1),
    ];
    let facts = shipped();
    for (category, count) in rows {
        let codes: Vec<String> = facts.faults().iter().map(|f| f.code.clone()).filter(|c| c.starts_with(&format!("{category}-"))).collect();
        assert_eq!(codes, (1..=count).map(|n| format!("{category}-{n:02}")).collect::<Vec<_>>());
    }
    assert_eq!(rows.iter().map(|(_, n)| n).sum::<i32>(), 95);
}

#[test]
fn a_symptom_names_only_response_codes_that_point_back_at_its_kind() {
    let facts = shipped();
    for fault in facts.faults() {
        // `签到失败：终端未登记(97)或商户无效(03)`: what stands in round brackets and has two characters is a response code.
        for code in fault.symptom.zh.split('(').skip(1).flat_map(|p| p.split(')').next().unwrap_or_default().split('/')) {
            let row = facts.response_code(code).unwrap_or_else(|| panic!("{}: {code}", fault.code));
            let points_at = row.fault.as_deref().unwrap_or_default();
            assert_eq!(points_at.split('-').next(), fault.code.split('-').next(), "{} names {code}", fault.code);
        }
    }
    // A pick-up or fraud code never tells its reason at the till, and never opens a ticket about the device.
    for code in facts.response_codes().filter(|c| c.side == CodeSide::Fraud) {
        assert!(matches!(code.ticket, CodeTicket::No | CodeTicket::Security), "{}", code.code);
    }
    for code in ["04", "07", "33", "34", "35", "36", "37", "41", "43", "67"] {
        assert!(facts.response_code(code).unwrap().hide_reason, "{code}");
    }
}

#[test]
fn what_a_merchant_would_go_without_is_known_by_model() {
    use super::Function::{Announce, Chip, Code, Contactless, Pin, Print, Scan, Stripe};
    let facts = shipped();
    let model = |class: &str, printer| facts.models().find(|m| m.class == class && m.printer == printer).unwrap().model.as_str();
    let table = [
        (model("smart_pos", true), model("smart_pos", true), vec![]),
        (model("smart_pos", true), model("smart_pos", false), vec![Print]),
        (model("smart_pos", false), model("smart_pos", true), vec![]),
        (model("classic_pos", true), model("smart_pos", true), vec![Stripe]),
        (model("smart_pos", true), model("sound_box", false), vec![Chip, Contactless, Pin, Scan, Print]),
        (model("sound_box", false), model("smart_pos", false), vec![Code, Announce]),
        // Nothing is claimed of what nobody knows.
        ("nobody knows it", model("smart_pos", true), vec![]),
        (model("smart_pos", true), "nobody knows it", vec![]),
    ];
    for (old, new, lacks) in table {
        assert_eq!(facts.lost(old, new), lacks, "{old} -> {new}");
    }
    for class in facts.classes() {
        assert!(!facts.models().filter(|m| m.class == class).any(|m| facts.functions(&m.model).unwrap().is_empty()), "{class}");
    }
}

#[test]
fn a_mistake_is_named_by_file_and_field() {
    let faults = |from: &str, to: &str| FAULTS.replacen(from, to, 1);
    let table = [
        (faults("\"adapter\", \"battery\"", "\"adaptor\", \"battery\""), "faults[0].parts"),
        (faults("\"code\": \"PWR-02\"", "\"code\": \"PWR-01\""), "faults[1]"),
        (faults("\"code\": \"PWR-02\"", "\"code\": \"QQQ-02\""), "faults[1].code"),
        (faults("\"remote_minutes\": 10", "\"remote_minutes\": 0"), "faults[0].remote_minutes"),
        (faults("\"visit\": \"maybe\"", "\"visit\": \"perhaps\""), "faults[0].visit"),
        (faults("\"en\": \"Does not start, even on the charger\"", "\"en\": \" \""), "faults[0].symptom"),
        (faults("\"stop_use\"", "\"stop_us\""), "faults[0].stop_us"),
        (faults("postsale-faults/1", "postsale-faults/2"), "format"),
    ];
    for (text, place) in table {
        assert_ne!(text, FAULTS, "{place}: the case changes nothing");
        let error = Facts::parse(&Sources { faults: &text, ..sources() }).unwrap_err();
        assert_eq!((error.file.as_str(), error.place.as_str()), ("faults.json", place), "{error}");
    }
    let codes = CODES.replacen("\"fault\": \"TXN-01\"", "\"fault\": \"TXN-99\"", 1);
    assert_eq!(Facts::parse(&Sources { response_codes: &codes, ..sources() }).unwrap_err().place, "codes[1].fault");
    let models = MODELS.replacen("\"class\": \"mpos\"", "\"class\": \"mpoz\"", 1);
    assert_eq!(Facts::parse(&Sources { models: &models, ..sources() }).unwrap_err().file, "models.json");
}

/// A guide of two steps, small enough to break on purpose.
const SMALL: &str = r#"{"format":"postsale-guide/1","id":"small","version":1,"name":{"zh":"小","en":"Small"},"fault_codes":["PRN-01"],"start":"one",
 "steps":[
  {"id":"one","agent":{"question":{"zh":"一","en":"One"},"why":null,"hint":null},"merchant":{"question":{"zh":"一","en":"One"},"hint":null},
   "answers":[{"id":"a","agent":{"zh":"甲","en":"A"},"step":"two"},{"id":"b","agent":{"zh":"乙","en":"B"},"ending":"done"}],
   "known":[{"fact":"signal","is":["none"],"answer":"b","says":{"zh":"知","en":"Known"}}]},
  {"id":"two","agent":{"question":{"zh":"二","en":"Two"},"why":null,"hint":null},"merchant":{"question":{"zh":"二","en":"Two"},"hint":null},
   "answers":[{"id":"a","agent":{"zh":"甲","en":"A"},"ending":"go"},{"id":"b","agent":{"zh":"乙","en":"B"},"ending":"done"}]}],
 "endings":[
  {"id":"done","outcome":"fixed","fault_code":"PRN-01","agent":{"zh":"好","en":"Done"},"merchant":{"zh":"好","en":"Done"},"skills":[],"parts":[]},
  {"id":"go","outcome":"visit","fault_code":"PRN-02","agent":{"zh":"去","en":"Go"},"merchant":{"zh":"去","en":"Go"},"skills":["printer"],"parts":["print_head"]}]}"#;

#[test]
fn a_guide_that_could_strand_somebody_is_refused() {
    let read = |text: &str| Facts::parse(&Sources { guides: &[("guides/small.json", text)], ..sources() });
    assert!(read(SMALL).is_ok());
    let table = [
        // from, to, place, a word of the reason
        (r#""step":"two""#, r#""step":"ten""#, "steps[0].answers[0]", "unknown step"),
        (r#""ending":"go""#, r#""ending":"gone""#, "steps[1].answers[0]", "unknown ending"),
        (r#","ending":"go""#, "", "steps[1].answers[0]", "dead end"),
        (r#""ending":"go""#, r#""step":"one""#, "steps", "loop"),
        (r#""step":"two""#, r#""ending":"done""#, "steps", "never reached"),
        (r#""ending":"go""#, r#""ending":"done""#, "endings", "never reached"),
        (r#""fault_code":"PRN-02""#, r#""fault_code":"PRN-99""#, "endings[1].fault_code", "unknown fault"),
        (r#""parts":["print_head"]"#, r#""parts":["print_hat"]"#, "endings[1].parts", "unknown part"),
        (r#""skills":["printer"]"#, r#""skills":[]"#, "endings[1].skills", "names the skill"),
        (r#""fact":"signal""#, r#""fact":"weather""#, "steps[0].known[0]", "unknown fact"),
        (r#""fact":"signal","is":["none"]"#, r#""fact":"response_code","is":["Q9"]"#, "steps[0].known[0]", "unknown response code"),
        (r#""fact":"signal","is":["none"]"#, r#""fact":"class","is":["fax"]"#, "steps[0].known[0]", "unknown class"),
        (r#""outcome":"fixed","fault_code":"PRN-01""#, r#""outcome":"fixed","fault_code":"SEC-01""#, "endings[0].outcome", "never solved"),
        (r#""outcome":"fixed","fault_code":"PRN-01""#, r#""outcome":"advise","fault_code":"BAT-02""#, "endings[0].outcome", "never solved"),
        (r#""answer":"b""#, r#""answer":"c""#, "steps[0].known[0]", "answer of this step"),
        (r#"{"zh":"一","en":"One"}"#, r#"{"zh":"一"}"#, "steps[0].agent.question", "\"en\""),
        (r#""start":"one""#, r#""start":"zero""#, "start", "unknown step"),
    ];
    for (from, to, place, reason) in table {
        let text = SMALL.replacen(from, to, 1);
        assert_ne!(text, SMALL, "{from}");
        let error = read(&text).unwrap_err();
        assert_eq!((error.file.as_str(), error.place.as_str()), ("guides/small.json", place), "{error}");
        assert!(error.why.contains(reason), "{error}");
    }
}
