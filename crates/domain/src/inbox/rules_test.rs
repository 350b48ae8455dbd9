use uuid::Uuid;

use super::{Automatic, Facts, Known, Letter, LetterChannel, Reading, Tie, candidates, read, same_person};

fn letter(subject: &str, body: &str) -> Letter {
    let mut letter = Letter::new(LetterChannel::Mail, "<a@b>");
    (letter.subject, letter.body) = (subject.into(), body.into());
    letter
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123";

#[test]
fn only_whole_tokens_are_candidates_and_the_thread_comes_first() {
    let mut mail = letter(&format!("Re: [PS#{}] 打印机 T-000831", &"f".repeat(52)), "");
    mail.answers = vec!["<else@example.com>".into(), format!("<{TOKEN}.ntc_00@desk.example>"), format!("<{TOKEN}.x@y>")];
    assert_eq!(candidates(&mail), vec![(TOKEN.to_owned(), Tie::Thread), ("f".repeat(52), Tie::Subject)]);
    for subject in ["[PS#T-000831]", "[PS#]", "[PS#0123", "T-000831", &format!("[PS#{}]", TOKEN.to_uppercase()), &format!("[PS#{TOKEN}0]")]
    {
        assert_eq!(candidates(&letter(subject, "")), vec![], "{subject}");
    }
}

#[test]
fn what_a_letter_is() {
    let (ticket, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let tied = Facts { ticket: Some((ticket, Tie::Thread)), ..Facts::default() };
    let proven = Facts { sender_is_contact: true, ..tied.clone() };
    let known = Facts { known: vec![Known { contact: other, open_tickets: vec![other, other] }], ..Facts::default() };
    let plain = letter("刷不了卡", "提示97");
    let auto = Letter { automatic: Some(Automatic::AutoSubmitted), ..plain.clone() };
    let own = Letter { own: true, ..plain.clone() };

    assert_eq!(read(&plain, &proven), Reading::Reply { ticket, tie: Tie::Thread, proven: true });
    assert_eq!(read(&plain, &tied), Reading::Reply { ticket, tie: Tie::Thread, proven: false });
    // The page itself is the proof.
    let page = Facts { ticket: Some((ticket, Tie::Page)), ..Facts::default() };
    assert_eq!(read(&plain, &page), Reading::Reply { ticket, tie: Tie::Page, proven: true });
    // A machine's letter moves nothing, token or not.
    assert_eq!(read(&auto, &proven), Reading::Machine { why: Automatic::AutoSubmitted, ticket: Some(ticket) });
    assert_eq!(read(&own, &Facts::default()), Reading::Machine { why: Automatic::AutoSubmitted, ticket: None });
    // The sender alone never joins a letter to a ticket.
    let Reading::NewTrouble { findings, perhaps } = read(&plain, &known) else { panic!("a new trouble") };
    assert_eq!((findings.response_codes, perhaps), (vec!["97".to_owned()], vec![other]));
    assert_eq!(read(&letter(" ", "\n"), &Facts::default()), Reading::Empty);
}

#[test]
fn people_are_compared_by_address() {
    for (a, b, same) in [
        ("Zhang@Example.com", "zhang@example.com", true),
        ("+86 138 1234 5521", "13812345521", true),
        ("13812345521", "13812345522", false),
        ("", "", false),
        ("zhang@example.com", "13812345521", false),
    ] {
        assert_eq!(same_person(a, b), same, "{a} {b}");
    }
}

#[test]
fn what_is_kept_is_clean() {
    let mut dirty = letter("card\r\nBcc: x@y 4111111111111111", "行1\r\n行2\u{0}\u{7}\t4111 1111 1111 1111");
    dirty.sender.name = "张\n\u{202e}三".into();
    (dirty.sender.email, dirty.terminal_serial) = (Some("4111111111111111".into()), Some("4111-1111-1111-1111".into()));
    let kept = dirty.kept();
    assert_eq!(kept.subject, "cardBcc: x@y ************1111");
    assert_eq!(kept.body, "行1\n行2\t**** **** **** 1111");
    assert_eq!(kept.sender.name, "张三");
    assert_eq!((kept.sender.email.as_deref(), kept.terminal_serial.as_deref()), (Some("************1111"), Some("****-****-****-1111")));
    assert!(kept.had_card());
    // Hexadecimal digits that look like a card number are left alone inside our own token, and only there.
    let token = format!("{}4111111111111111{}", "ab".repeat(9), "cd".repeat(9));
    let subject = letter(&format!("Re: [PS#{token}] 4111111111111111 [PS#4111111111111111]"), "").kept().subject;
    assert_eq!(subject, format!("Re: [PS#{token}] ************1111 [PS#************1111]"));
    let long = letter("", &"字".repeat(50_000)).kept();
    assert_eq!((long.body.chars().count(), long.remarks), (40_000, vec!["cut".to_owned()]));
}
