use serde_json::Value;

use super::*;
use crate::ticket::model::{Priority, Urgency};

const TRIAGE: &str = include_str!("../../../../../data/triage.json");

/// The facts as the flow hands them over, read from the same files.
fn inputs() -> (Vec<FaultFact>, Vec<CodeFact>) {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let as_text = |v: &Value| serde_json::from_value::<Text>(v.clone()).unwrap();
    let faults = read(include_str!("../../../../../data/faults.json"))["faults"].as_array().unwrap().clone();
    let codes = read(include_str!("../../../../../data/response-codes.json"))["codes"].as_array().unwrap().clone();
    let faults = faults.iter().map(|f| FaultFact {
        code: f["code"].as_str().unwrap().into(),
        symptom: as_text(&f["symptom"]),
        visit: match f["visit"].as_str().unwrap() {
            "no" => VisitNeed::No,
            "maybe" => VisitNeed::Maybe,
            _ => VisitNeed::Yes,
        },
        impact: serde_json::from_value(f["impact"].clone()).unwrap(),
        stop_use: f["stop_use"].as_bool().unwrap(),
        security: f["security"].as_bool().unwrap(),
    });
    let codes = codes.iter().map(|c| CodeFact {
        code: c["code"].as_str().unwrap().into(),
        name: as_text(&c["name"]),
        issuer_side: matches!(c["side"].as_str(), Some("issuer" | "fraud")),
        fault: c["fault"].as_str().map(str::to_owned),
    });
    (faults.collect(), codes.collect())
}

pub(super) fn book() -> TriageBook {
    let (faults, codes) = inputs();
    TriageBook::parse(TRIAGE, faults, codes).unwrap()
}

fn judge(symptom: &str, code: Option<&str>, terminal: &TerminalSigns, wider_outage: bool) -> Judgement {
    book().judge(&Signs { symptom, response_code: code, terminal, wider_outage })
}

#[test]
fn from_afar_or_on_site() {
    let quiet = TerminalSigns::default();
    let tampered = TerminalSigns { tamper: true, ..quiet.clone() };
    let fixed_before = TerminalSigns { remote_fixed_before: vec!["NET-01".into()], ..quiet.clone() };
    let offline = TerminalSigns { offline: true, ..quiet.clone() };
    use Decision::{Onsite, Remote};
    let table = [
        // words, code, terminal, outage -> decision, rule, fault
        ("屏幕碎了", None, &quiet, false, Onsite, "S1-03 visit_fault", Some("SCR-01")),
        ("打印机缺纸", None, &quiet, false, Remote, "S1-03 remote_fault", Some("PRN-01")),
        ("小票打出来是空白的", None, &quiet, false, Remote, "S1-03 remote_first", Some("PRN-02")),
        ("电池鼓包了", None, &quiet, false, Onsite, "S1-03 stop_use", Some("BAT-02")),
        ("机器提示被触发", None, &quiet, false, Onsite, "S1-03 security", Some("SEC-01")),
        // A tamper alert outweighs whatever the merchant says.
        ("打印机缺纸", None, &tampered, false, Onsite, "S1-03 tamper", Some("SEC-01")),
        // A fix from afar that did not hold is not tried again.
        ("又没网络了", None, &fixed_before, false, Onsite, "S1-03 came_back", Some("NET-01")),
        // The bank declined one card: nobody travels, whatever the code.
        ("刷卡被拒", Some("51"), &quiet, false, Remote, "S1-03 issuer_side", Some("TXN-01")),
        ("交易不成功", Some("05"), &quiet, false, Remote, "S1-03 issuer_side", Some("TXN-01")),
        // Every card "wrong PIN" is a key matter, not every customer's memory.
        ("每张卡都提示密码错误", Some("55"), &quiet, false, Remote, "S1-03 remote_first", Some("PAR-01")),
        ("签到不成功", Some("97"), &quiet, false, Remote, "S1-03 remote_fault", Some("PAR-02")),
        ("连不上主机", None, &quiet, true, Remote, "S1-03 outage", Some("HOST-01")),
        ("打印机卡纸了", None, &quiet, true, Remote, "S1-03 remote_first", Some("PRN-04")),
        ("坏了", None, &quiet, false, Remote, "S1-03 ask_first", None),
        ("坏了，来人看看", None, &offline, false, Remote, "S1-03 not_sure", None),
        ("", None, &quiet, false, Remote, "S1-03 ask_first", None),
    ];
    for (words, code, terminal, outage, decision, rule, fault) in table {
        let judged = judge(words, code, terminal, outage);
        assert_eq!((judged.decision, judged.rule.as_str()), (decision, rule), "{words} {code:?}: {:?}", judged.proposals);
        assert_eq!(judged.fault(&book()), fault, "{words}");
        assert!(judged.proposals.iter().all(|p| !p.evidence.is_empty() && p.score <= 99));
        assert!(judged.proposals.len() <= 3);
    }
    assert!(judge("电池鼓包了", None, &quiet, false).stop_use);
    assert!(judge("打印机缺纸", None, &tampered, false).stop_use);
    assert!(!judge("打印机缺纸", None, &quiet, false).stop_use);
}

#[test]
fn numbers_that_are_not_codes_are_left_alone() {
    let quiet = TerminalSigns::default();
    for words in ["等了55分钟没反应", "今天97块钱没到账", "A920机器坏了", "有51个客人排队", "电量只有03%"] {
        let facts = judge(words, None, &quiet, false).facts;
        assert!(facts.iter().all(|f| f.label.en != "Response code"), "{words}: {facts:?}");
    }
    for (words, code) in [("报97", "97"), ("提示 a0 错误", "A0"), ("code 77 on screen", "77"), ("应答码９６", "96")] {
        let facts = judge(words, None, &quiet, false).facts;
        assert!(facts.iter().any(|f| f.label.en == "Response code" && f.value == code), "{words}: {facts:?}");
    }
}

#[test]
fn the_terminal_weighs_in() {
    let quiet = TerminalSigns::default();
    let no_printer = TerminalSigns { has_printer: Some(false), ..quiet.clone() };
    let worn = TerminalSigns { battery_health: Some(41), ..quiet.clone() };
    let score = |t: &TerminalSigns, words: &str, code: &str| {
        judge(words, None, t, false).proposals.iter().find(|p| p.fault_code == code).map_or(0, |p| p.score)
    };
    assert!(score(&no_printer, "打印机缺纸", "PRN-01") < score(&quiet, "打印机缺纸", "PRN-01"));
    assert!(score(&worn, "老是自动关机", "PWR-02") > score(&quiet, "老是自动关机", "PWR-02"));
    let before = TerminalSigns { faults_before: vec!["PRN-03".into()], ..quiet.clone() };
    assert!(score(&before, "小票模糊", "PRN-03") > score(&quiet, "小票模糊", "PRN-03"));
    assert_eq!(score(&before, "没网络", "PRN-03"), 0, "history alone proposes nothing");
}

#[test]
fn priority_is_derived_and_says_how() {
    let book = book();
    let quiet = TerminalSigns::default();
    let of = |words: &str, fault: Option<&str>, impact, urgency, tier: &str| {
        book.prioritise(
            &Signs { symptom: words, response_code: None, terminal: &quiet, wider_outage: false },
            fault,
            impact,
            urgency,
            tier,
            Said::Registered,
        )
    };
    use Impact::{CanTakePayment, CannotTakePayment, Partly, Unknown};
    use Urgency::{CanWait, Now, Today};
    let table = [
        (of("", None, CannotTakePayment, Some(Now), "standard"), CannotTakePayment, Now, Priority::Urgent),
        (of("", None, CannotTakePayment, Some(Today), "standard"), CannotTakePayment, Today, Priority::High),
        (of("", None, CanTakePayment, Some(CanWait), "standard"), CanTakePayment, CanWait, Priority::Low),
        // Gold goes one step up, and urgent stays urgent.
        (of("", None, CannotTakePayment, Some(Today), "gold"), CannotTakePayment, Today, Priority::Urgent),
        (of("", None, CannotTakePayment, Some(Now), "gold"), CannotTakePayment, Now, Priority::Urgent),
        // Nobody said: words, then the fault, then the middle.
        (of("没法收钱了，客人在排队", Some("PRN-03"), Unknown, None, "standard"), CannotTakePayment, Now, Priority::Urgent),
        (of("打印模糊，不急", Some("PRN-03"), Unknown, None, "standard"), CanTakePayment, CanWait, Priority::Low),
        (of("没网络", Some("NET-01"), Unknown, None, "standard"), CannotTakePayment, Today, Priority::High),
        (of("坏了", None, Unknown, None, "standard"), Partly, Today, Priority::Normal),
        // A tier nobody knows changes nothing.
        (of("坏了", None, Unknown, None, "platinum"), Partly, Today, Priority::Normal),
    ];
    for (why, impact, urgency, priority) in table {
        assert_eq!((why.impact, why.urgency, why.priority), (impact, urgency, priority), "{why:?}");
        assert!(why.lines.len() >= 3);
    }
    assert_eq!(of("", None, CannotTakePayment, Some(Today), "gold").lines.len(), 4, "the step for the tier is a line of its own");
}

#[test]
fn a_mistake_in_the_file_is_named() {
    let (faults, codes) = inputs();
    let table = [
        (TRIAGE.replacen("\"fault\": \"PWR-02\"", "\"fault\": \"PWR-01\"", 1), "faults[1]"),
        (TRIAGE.replacen("\"fault\": \"PWR-02\"", "\"fault\": \"QQQ-01\"", 1), "faults[1].fault"),
        (TRIAGE.replacen("\"不开机\": 70", "\"不开机\": 170", 1), "faults[0].phrases"),
        // Keys that are not plain texts have no name in the path.
        (TRIAGE.replacen("\"can_wait\": \"normal\"", "\"can_wait\": \"some\"", 1), "priority.?.?"),
        (TRIAGE.replacen("\"partly\": {", "\"unknown\": {", 1), "priority.partly"),
    ];
    for (text, place) in table {
        assert_ne!(text, TRIAGE, "{place}");
        assert_eq!(TriageBook::parse(&text, faults.clone(), codes.clone()).unwrap_err().place, place);
    }
    let mut more = faults.clone();
    more.push(FaultFact { code: "NEW-01".into(), ..faults[0].clone() });
    assert_eq!(TriageBook::parse(TRIAGE, more, codes).unwrap_err().place, "faults", "a fault without phrases would never be found");
}
