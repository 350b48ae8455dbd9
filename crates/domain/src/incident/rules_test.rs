use super::*;
use crate::ground::Timestamp;

fn scope(parts: &str) -> Scope {
    let has = |word: &str| parts.contains(word);
    Scope {
        acquirer: has("bank").then(|| uuid::Uuid::from_u128(1)),
        district: has("浦东").then(|| "浦东".to_owned()),
        model: has("A920").then(|| "A920".to_owned()),
        fault_code: has("HOST-01").then(|| "HOST-01".to_owned()),
    }
}

fn reported(bank: Option<u128>, district: Option<&str>, model: Option<&str>, faults: &[&str]) -> Reported {
    Reported {
        acquirer: bank.map(uuid::Uuid::from_u128),
        district: district.map(str::to_owned),
        model: model.map(str::to_owned),
        faults: faults.iter().map(|f| (*f).to_owned()).collect(),
    }
}

#[test]
fn a_report_joins_what_it_agrees_with() {
    let here = reported(Some(1), Some("浦东"), Some("A920"), &["NET-01", "HOST-01"]);
    let table: [(&str, Reported, Option<usize>); 10] = [
        ("bank", here.clone(), Some(1)),
        ("bank HOST-01", here.clone(), Some(2)),
        ("bank 浦东 A920 HOST-01", here.clone(), Some(4)),
        ("bank", reported(Some(2), Some("浦东"), Some("A920"), &["HOST-01"]), None),
        ("bank 浦东", reported(Some(1), Some("徐汇"), None, &[]), None),
        ("HOST-01", reported(Some(1), None, None, &["PRN-01"]), None),
        ("bank HOST-01", reported(Some(1), None, None, &["PRN-01"]), None),
        // What nobody knows yet contradicts nothing, but is no reason either.
        ("bank HOST-01", reported(Some(1), None, None, &[]), Some(1)),
        ("浦东", reported(Some(1), None, Some("A920"), &["HOST-01"]), None),
        ("", here, None),
    ];
    for (named, report, expected) in table {
        assert_eq!(matched(&scope(named), &report).map(|by| by.len()), expected, "{named} {report:?}");
    }
}

#[test]
fn who_is_told_how_and_why_not() {
    let (now, morning) = (Timestamp::from_second(1_000).unwrap(), Timestamp::from_second(9_000).unwrap());
    let one = Reporter { open: true, has_address: true, told_here: false, mail: MailAllowed::Now };
    let table = [
        (one, TellingOutcome::Mail, now),
        (Reporter { mail: MailAllowed::Enough, ..one }, TellingOutcome::Capped, now),
        (Reporter { mail: MailAllowed::Later(morning), ..one }, TellingOutcome::MailLater, morning),
        (Reporter { told_here: true, mail: MailAllowed::Later(morning), ..one }, TellingOutcome::SameContact, now),
        (Reporter { has_address: false, mail: MailAllowed::Enough, ..one }, TellingOutcome::Page, now),
        (Reporter { open: false, ..one }, TellingOutcome::Over, now),
    ];
    for (reporter, outcome, send_at) in table {
        assert_eq!(telling(&reporter, now), Told { outcome, send_at }, "{reporter:?}");
    }
}

#[test]
fn what_an_incident_refuses() {
    let code = |r: Result<(), crate::ground::Refusal>| r.map_err(|r| r.code);
    assert_eq!(code(open(" ", &scope("bank"))), Err("incident.no_title"));
    assert_eq!(code(open("中断", &scope(""))), Err("incident.no_scope"));
    assert_eq!(code(open("中断", &scope("A920"))), Ok(()));
    assert_eq!(code(attach(IncidentState::Open, true, false)), Ok(()));
    assert_eq!(code(attach(IncidentState::Resolved, true, false)), Err("incident.over"));
    assert_eq!(code(attach(IncidentState::Open, false, false)), Err("incident.ticket_over"));
    assert_eq!(code(attach(IncidentState::Open, true, true)), Err("incident.attached_already"));
    assert_eq!(code(detach(false)), Err("incident.not_attached"));
    assert_eq!(code(broadcast(0, false)), Err("incident.nobody"));
    assert_eq!(code(broadcast(3, true)), Err("incident.telling"));
    assert_eq!(code(resolve(IncidentState::Open, "  ")), Err("reason.missing"));
    assert_eq!(code(resolve(IncidentState::Resolved, "x")), Err("incident.over"));
}
