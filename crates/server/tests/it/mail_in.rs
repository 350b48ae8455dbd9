//! Mail as it really arrives, and what is made of it. The files are under `tests/corpus/`.

use std::path::Path;
use std::time::{Duration, Instant};

use postsale_domain::inbox::{Automatic, find, strip_quotes};
use postsale_server::edge::mail_in::{MAX_MAIL, Taken, read};
use proptest::prelude::*;

fn corpus(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(format!("{name}.eml"))).unwrap()
}

fn taken(name: &str) -> Taken {
    read(&corpus(name), "desk.example")
}

#[test]
fn readable_mail_keeps_its_words() {
    // file, external id, sender's name and address, subject, words that must stand in the body, remarks
    let cases = [
        ("gb18030", "mid:gb1@example.com", "张老板", "zhang@example.com", "POS机打印不出小票", "镕记面馆㐂", ""),
        ("gbk-raw-headers", "mid:gbk-raw@example.com", "李店长", "li@example.com", "刷卡提示97", "签到也不行", "charset_guessed"),
        ("base64", "mid:b64@example.com", "", "wang@example.com", "连不上网", "指示灯红色", ""),
        ("quoted-printable", "mid:qp@example.com", "Anna K.", "anna@example.com", "Sign-in fails – A0", "café till 2", ""),
        ("attachment", "mid:mp@example.com", "孙", "sun@example.com", "小票有白线", "打印头有白线，见照片。", ""),
        ("truncated", "mid:cut@example.com", "孙", "sun@example.com", "小票有白线", "打印头有白线，见照片。", ""),
        ("html-only", "mid:html@example.com", "", "qian@example.com", "扫码没反应", "蜂鸣一声", "html_only"),
        ("unknown-charset", "mid:cs@example.com", "", "x@example.com", "", "printer is dead", ""),
        ("bare-lf", "mid:lf@example.com", "", "lf@example.com", "printer dead", "no paper feed since noon", ""),
    ];
    for (file, id, name, address, subject, words, remark) in cases {
        let Taken { letter, unreadable } = taken(file);
        assert_eq!(unreadable, None, "{file}");
        assert_eq!(
            (letter.external_id.as_str(), letter.sender.name.as_str(), letter.sender.email.as_deref()),
            (id, name, Some(address)),
            "{file}"
        );
        assert!(subject.is_empty() || letter.subject == subject, "{file}: {}", letter.subject);
        assert!(letter.body.contains(words), "{file}: {}", letter.body);
        assert!(!letter.body.contains('<') && !letter.body.contains("alert"), "{file}: {}", letter.body);
        assert!(remark.is_empty() || letter.remarks.contains(&remark.to_owned()), "{file}: {:?}", letter.remarks);
        assert_eq!(letter.automatic, None, "{file}");
    }
    let found = find(&taken("gb18030").letter.body);
    assert_eq!((found.serials, found.phones), (vec!["A92000123456".to_owned()], vec!["13812345521".to_owned()]));
    let found = find(&taken("gbk-raw-headers").letter.body);
    assert_eq!((found.tids, found.response_codes), (vec!["10482277".to_owned()], vec!["97".to_owned()]));
    let attached = taken("attachment").letter.attachments;
    assert_eq!(
        attached.iter().map(|a| (a.name.as_str(), a.media.as_str(), a.bytes)).collect::<Vec<_>>(),
        [("slip.png", "image/png", 1536)]
    );
}

#[test]
fn a_letter_is_the_same_when_it_comes_again() {
    assert_eq!(taken("duplicated").letter.external_id, taken("gb18030").letter.external_id);
    let without = taken("no-message-id").letter;
    assert!(without.external_id.starts_with("sha256:"), "{}", without.external_id);
    assert_eq!(without.external_id, taken("no-message-id").letter.external_id);
    assert_ne!(without.external_id, taken("random").letter.external_id);
}

#[test]
fn what_nobody_can_read_says_so() {
    for (file, why) in [
        ("random", "letter.not_a_mail"),
        ("empty-file", "letter.not_a_mail"),
        ("utf16-note", "letter.not_a_mail"),
        ("empty", "letter.empty"),
    ] {
        assert_eq!(taken(file).unreadable, Some(why), "{file}");
    }
    let large = [corpus("no-message-id"), vec![b'x'; MAX_MAIL]].concat();
    let large = read(&large, "desk.example");
    assert_eq!((large.unreadable, large.letter.subject.as_str()), (Some("letter.too_large"), "开不了机"));
    let noise: String = "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}a".repeat(40);
    let garbled = read(format!("From: a@example.com\r\nSubject: x\r\n\r\n{noise}").as_bytes(), "desk.example");
    assert_eq!(garbled.unreadable, Some("letter.garbled"));
}

#[test]
fn machines_are_recognised() {
    for (file, why) in [("auto-reply", Automatic::AutoSubmitted), ("bounce", Automatic::Bounce), ("newsletter", Automatic::Precedence)] {
        assert_eq!(taken(file).letter.automatic, Some(why), "{file}");
    }
    // A bounce leads back to the ticket whose notice it returns.
    assert!(taken("bounce").letter.answers.iter().any(|id| id.contains(".ntc_")));
}

#[test]
fn a_reply_names_what_it_answers_nearest_first() {
    let letter = taken("reply").letter;
    assert!(letter.answers[0].contains(".ntc_"), "{:?}", letter.answers);
    assert_eq!(letter.answers.last().map(String::as_str), Some("gb1@example.com"));
    assert_eq!(strip_quotes(&letter.body), "按你说的重启了，还是不行。");
    assert!(!letter.own);
}

#[test]
fn nobody_is_taken_for_somebody_else() {
    let two = taken("two-authors").letter;
    assert_eq!(two.sender.email, None);
    assert!(two.remarks.contains(&"several_senders".to_owned()));
    assert!(!two.kept().subject.contains(['\r', '\n']));
}

#[test]
fn card_numbers_do_not_reach_what_is_kept() {
    let kept = taken("card").letter.kept();
    assert!(kept.body.contains("***0 128"), "{}", kept.body);
    assert!(kept.had_card());
}

#[test]
fn mail_built_to_exhaust_is_cut() {
    let mut bombs: Vec<Vec<u8>> = Vec::new();
    let head = "From: a@example.com\r\nSubject: bomb\r\nMIME-Version: 1.0\r\n";
    let mut multipart = head.to_owned();
    for i in 0..10_000 {
        multipart.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{i}\"\r\n\r\n--b{i}\r\n"));
    }
    bombs.push(multipart.into_bytes());
    bombs.push(format!("{head}{}", "Content-Type: message/rfc822\r\n\r\nFrom: a@example.com\r\n".repeat(1000)).into_bytes());
    for bomb in bombs {
        let before = Instant::now();
        let taken = read(&bomb, "desk.example");
        assert_eq!((taken.unreadable, taken.letter.subject.as_str()), (Some("letter.too_deep"), "bomb"));
        assert!(before.elapsed() < Duration::from_secs(5));
    }
}

proptest! {
    /// Whatever arrives, something comes out and nothing breaks: bytes changed in real mail, and mail cut anywhere.
    #[test]
    fn no_bytes_break_the_reader(file in prop::sample::select(vec!["gb18030", "attachment", "bounce", "reply", "html-only"]),
        cut in 0_usize..3000, changes in prop::collection::vec((0_usize..3000, any::<u8>()), 0..20)) {
        let mut raw = corpus(file);
        raw.truncate(cut.max(1));
        for (at, byte) in changes {
            if let Some(place) = raw.get_mut(at) {
                *place = byte;
            }
        }
        let taken = read(&raw, "desk.example");
        prop_assert!(!taken.letter.external_id.is_empty());
        let kept = taken.letter.kept();
        prop_assert!(kept.subject.chars().count() <= 300 && !kept.subject.contains('\n'));
    }
}
