use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{After, MAX_ATTEMPTS, NoticeError, NoticeId, NoticeKind, Wordings, after_attempt, change_key, message_id, with_link};
use crate::ground::{Lang, Timestamp, TypedId};

const FILE: &str = include_str!("../../../../data/notices.json");

fn values() -> BTreeMap<&'static str, String> {
    let all = ["number", "shop", "status", "next", "window", "engineer", "agent", "words", "code", "into", "item", "amount", "until"];
    all.into_iter().map(|name| (name, format!("<{name}>"))).collect()
}

#[test]
fn every_kind_has_its_words_in_both_languages() {
    let wordings = Wordings::parse(FILE).unwrap();
    for &kind in NoticeKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        for lang in [Lang::Zh, Lang::En] {
            let notice = wordings.write(kind, lang, &values()).unwrap();
            assert!(notice.subject.contains("<number>"), "{notice:?}");
            assert!(with_link(&notice.body, Some("<link>")).contains("\n<link>"), "{notice:?}");
            assert!(!with_link(&notice.body, None).contains('\u{1e}'));
            for hole in kind.holes() {
                assert!(notice.body.contains(&format!("<{hole}>")), "{notice:?} {hole}");
            }
        }
    }
}

#[test]
fn values_are_words_not_templates() {
    let wordings = Wordings::parse(FILE).unwrap();
    let mut values = values();
    values.insert("words", "{{7*7}} ${7*7} {link} <%= 1 %>".into());
    values.insert("number", "T-1\r\nBcc: a@b\u{1e}".into());
    let notice = wordings.write(NoticeKind::MessageFromAgent, Lang::Zh, &values).unwrap();
    assert!(notice.body.contains("{{7*7}} ${7*7} {link} <%= 1 %>"));
    assert!(!notice.subject.contains(['\r', '\n']));
    values.remove("agent");
    let missing = wordings.write(NoticeKind::MessageFromAgent, Lang::Zh, &values);
    assert_eq!(missing, Err(NoticeError::Missing(NoticeKind::MessageFromAgent, "agent".into())));
}

#[test]
fn a_wrong_file_is_refused() {
    for (from, to) in [("{code}", "{pin}"), ("\"survey\"", "\"surveys\""), ("\"subject\"", "\"title\"")] {
        assert!(Wordings::parse(&FILE.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn keys_differ_by_change_and_stay_by_repetition() {
    let key = change_key(NoticeKind::Reopened, "tkt_1", 2);
    assert_eq!(key, change_key(NoticeKind::Reopened, "tkt_1", 2));
    assert_ne!(key, change_key(NoticeKind::Reopened, "tkt_1", 3));
    assert_ne!(key, change_key(NoticeKind::Closed, "tkt_1", 2));
    let notice = NoticeId::from_uuid(uuid::Uuid::from_u128(9));
    assert_eq!(message_id("0a", notice, "desk.example"), "0a.ntc_00000000000000000000000000000009@desk.example");
}

#[test]
fn waits_grow_and_end() {
    let now: Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
    let seconds = |n| match after_attempt(n, false, now) {
        After::Again(at) => at.duration_since(now).as_secs(),
        After::GiveUp => -1,
    };
    assert_eq!((1..=7).map(seconds).collect::<Vec<_>>(), [30, 120, 480, 1920, 7680, 21600, 21600]);
    assert_eq!(after_attempt(MAX_ATTEMPTS, false, now), After::GiveUp);
    assert_eq!(after_attempt(1, true, now), After::GiveUp);
    let total: i64 = (1..MAX_ATTEMPTS).map(seconds).sum();
    assert!(SignedDuration::from_secs(total) < SignedDuration::from_hours(36));
}
