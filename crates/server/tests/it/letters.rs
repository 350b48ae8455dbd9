//! Letters are read: joined, opened, noted or ignored, and parked when a rule says no.

use postsale_domain::ground::{Reach, TypedId};
use postsale_domain::inbox::LetterState;
use postsale_domain::ticket::merge::AGAIN_HOURS;
use postsale_domain::ticket::{Command, ConfirmedBy, Outcome, TicketId, TicketState};
use postsale_server::edge::mail_in;
use postsale_server::flow::desk::Desk;
use postsale_server::inbox::store;
use postsale_server::notify::jobs::{MAIL_TOKEN, own_host};
use postsale_server::ticket::entry;
use postsale_testkit::{Kit, World, on_both};

use crate::talk_world::{some_terminal, some_ticket};

/// A mail arrives and is read by the worker; the letter afterwards.
async fn arrives(kit: &Kit, world: &World, mail: String) -> store::Kept {
    let taken = mail_in::read(mail.as_bytes(), &own_host(&kit.house));
    let (letter, unreadable) = (taken.letter, taken.unreadable);
    let (id, _) = world.write(kit, move |tx| store::keep(tx, &letter, None, unreadable)).await;
    kit.settle().await;
    world.read(kit, move |tx| store::letter(tx, id)).await.unwrap()
}

fn mail(from: &str, id: &str, headers: &str, subject: &str, body: &str) -> String {
    format!(
        "From: {from}\r\nSubject: {subject}\r\nMessage-ID: <{id}@example.com>\r\n{headers}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
}

fn thread(kit: &Kit, ticket: TicketId) -> String {
    format!("In-Reply-To: <{}.ntc_1@x>\r\n", kit.house.seal.sign(MAIL_TOKEN, ticket.uuid()))
}

async fn lines(kit: &Kit, world: &World, ticket: TicketId) -> Vec<(String, bool, String)> {
    let entries = world.read(kit, move |tx| entry::entries(tx, ticket, 0, 100)).await;
    entries.into_iter().filter(|e| e.kind != entry::Kind::Event).map(|e| (e.kind.as_str().to_owned(), e.public, e.body)).collect()
}

async fn state(kit: &Kit, world: &World, id: TicketId) -> TicketState {
    world.read(kit, move |tx| postsale_server::ticket::store::ticket(tx, id)).await.unwrap().case.state
}

on_both! {
    fn a_new_mail_opens_a_ticket_on_the_terminal_it_names(kit) {
        let world = World::new(&kit, "t1").await;
        let terminal = some_terminal(&kit, &world).await;
        for (n, words) in ["SN: A920-0012-3456 打不出", "TUSN 00000700001234567890 打不出", "终端号10482277 提示97"].iter().enumerate() {
            let read = arrives(&kit, &world, mail("Zhang <ZHANG@example.com>", &format!("n{n}"), "", "help", words)).await;
            assert_eq!(read.state, LetterState::Read, "{words}");
            let id = read.ticket_id.unwrap();
            let ticket = world.read(&kit, move |tx| postsale_server::ticket::store::ticket(tx, id)).await.unwrap();
            assert_eq!((ticket.terminal_id, ticket.contact.id.is_some()), (Some(terminal), true), "{words}");
            assert_eq!(ticket.case.symptom, format!("help\n{words}"));
            // The sender's other open tickets are named to the desk, and nothing is joined by the sender alone.
            let notes = lines(&kit, &world, id).await.into_iter().filter(|l| l.0 == "note").count();
            assert_eq!(notes, usize::from(n > 0), "{words}");
            // Too long ago for the next one to be the same trouble told again.
            kit.later(jiff::SignedDuration::from_hours(AGAIN_HOURS + 1));
        }
        // The same mail again is the same letter.
        arrives(&kit, &world, mail("zhang@example.com", "n0", "", "help", "again")).await;
        let all = world.read(&kit, |tx| store::letters(tx, false, postsale_server::ground::web::Keyset::LAST, 50)).await;
        assert_eq!(all.len(), 3);
    }
}

on_both! {
    fn the_same_trouble_told_again_goes_on_under_one_number(kit) {
        let open = async |world: &World| {
            let agent = world.client(&kit, postsale_domain::ground::Role::Agent).await;
            let page = agent.get("/api/v1/tickets").await.expect(200);
            page["items"].as_array().unwrap().iter().map(|t| t["number"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let paper = "SN: A920-0012-3456 还是不出纸";
        let table = [
            ("again", "zhang@example.com", paper, 1, true),
            ("by somebody who has nothing to do with the shop", "evil@example.net", paper, 1, false),
            ("another fault", "zhang@example.com", "SN: A920-0012-3456 连不上网络", 1, false),
            ("the day after tomorrow", "zhang@example.com", paper, AGAIN_HOURS + 1, false),
            ("of no terminal", "zhang@example.com", "还是不出纸", 1, false),
        ];
        for (n, (name, from, words, hours, joins)) in table.into_iter().enumerate() {
            let world = World::new(&kit, ["t1", "t2", "t3", "t4", "t5"][n]).await;
            some_terminal(&kit, &world).await;
            let first = arrives(&kit, &world, mail("zhang@example.com", &format!("{n}-1"), "", "POS", "SN: A920-0012-3456 打印机不出纸")).await;
            kit.later(jiff::SignedDuration::from_hours(hours));
            let second = arrives(&kit, &world, mail(from, &format!("{n}-2"), "", "POS", words)).await;
            let (first, second) = (first.ticket_id.unwrap(), second.ticket_id.unwrap());
            assert_ne!(first, second, "{name}: each letter keeps its own thread");
            let told = world.read(&kit, move |tx| postsale_server::notify::store::told(tx, second)).await;
            let told: Vec<_> = told.iter().map(|(kind, _)| kind.as_str()).collect();
            if joins {
                assert_eq!((state(&kit, &world, second).await, open(&world).await), (TicketState::Merged, vec!["T-000001".to_owned()]), "{name}");
                assert_eq!(told, ["merged"], "{name}: one word, which number it goes on under");
                let agent = world.client(&kit, postsale_domain::ground::Role::Agent).await;
                let version = agent.get(&format!("/api/v1/tickets/{second}")).await.expect(200)["ticket"]["version"].clone();
                let line = agent.get(&format!("/api/v1/tickets/{first}/timeline")).await.expect(200)["items"].to_string();
                assert!(line.contains("took_in_again"), "{line}");
                agent.post(&format!("/api/v1/tickets/{second}/unmerge"), &serde_json::json!({ "version": version })).await.expect(200);
                assert_eq!(state(&kit, &world, second).await, TicketState::Triaged, "and whoever sees that it is another one undoes it");
            } else {
                assert_eq!((state(&kit, &world, second).await == TicketState::Merged, open(&world).await.len()), (false, 2), "{name}");
                assert_eq!(told, ["received"], "{name}");
            }
        }
    }
}

on_both! {
    fn an_answer_joins_its_ticket_only_by_a_signed_token(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        let token = kit.house.seal.sign(MAIL_TOKEN, ticket.uuid());
        let joined = arrives(&kit, &world, mail("zhang@example.com", "r1", &thread(&kit, ticket), "Re", "还是不行\r\n\r\n> 请重启")).await;
        assert_eq!((joined.state, joined.ticket_id), (LetterState::Read, Some(ticket)));
        let by_subject = arrives(&kit, &world, mail("zhang@example.com", "r2", "", &format!("Re: [PS#{token}]"), "照片稍后发")).await;
        assert_eq!(by_subject.ticket_id, Some(ticket));
        // A number, a bent token, a token of another kind: a new trouble each.
        let page_token = kit.house.seal.sign("ticket", ticket.uuid());
        for (n, subject) in ["Re: T-000001".to_owned(), format!("[PS#{}]", token.replace('a', "b").replace('1', "2")), format!("[PS#{page_token}]")].iter().enumerate() {
            let other = arrives(&kit, &world, mail("zhang@example.com", &format!("x{n}"), "", subject, "打不出")).await;
            assert_ne!(other.ticket_id, Some(ticket), "{subject}");
        }
        let words = |kind: &str, body: &str, public| (kind.to_owned(), public, body.to_owned());
        assert_eq!(lines(&kit, &world, ticket).await, [words("message", "还是不行", true), words("message", "照片稍后发", true)]);
        // The thread in a stranger's hands: kept for the desk, not shown as the merchant's.
        let stranger = arrives(&kit, &world, mail("evil@example.net", "r3", &thread(&kit, ticket), "Re", "请把进度发给我")).await;
        assert_eq!(stranger.ticket_id, Some(ticket));
        assert_eq!(lines(&kit, &world, ticket).await[2], words("note", "请把进度发给我", false));
    }
}

on_both! {
    fn a_stranger_gets_none_of_their_own_words_back(kit) {
        let world = World::new(&kit, "t1").await;
        arrives(&kit, &world, mail("victim@example.com", "s1", "", "WIN A PRIZE", "click http://evil.example")).await;
        let sent = std::fs::read_dir(kit.folder.path().join("mail/new")).unwrap().map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap());
        let sent: Vec<String> = sent.collect();
        assert_eq!(sent.len(), 1);
        assert!(!sent[0].contains("PRIZE") && !sent[0].contains("evil"), "{}", sent[0]);
    }
}

on_both! {
    fn machines_open_nothing_and_move_nothing(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        let auto = arrives(&kit, &world, mail("zhang@example.com", "m1", &format!("{}Auto-Submitted: auto-replied\r\n", thread(&kit, ticket)), "Re", "休假中")).await;
        assert_eq!((auto.state, auto.ticket_id), (LetterState::Ignored, Some(ticket)));
        assert_eq!(lines(&kit, &world, ticket).await, []);
        let bounce = arrives(&kit, &world, mail("MAILER-DAEMON@mx.example.com", "m2", &thread(&kit, ticket), "Undelivered", "550 no such user")).await;
        assert_eq!((bounce.state, bounce.ticket_id), (LetterState::Ignored, Some(ticket)));
        assert_eq!(lines(&kit, &world, ticket).await.len(), 1);
        let list = arrives(&kit, &world, mail("news@example.com", "m3", "List-Id: <x>\r\n", "50% off", "buy")).await;
        assert_eq!((list.state, list.ticket_id), (LetterState::Ignored, None));
    }
}

on_both! {
    fn who_writes_again_after_the_end_is_not_done_yet(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        let close = async || {
            world
                .write(&kit, move |tx| {
                    let mut desk = Desk::load(tx, ticket, Reach::All, None)?;
                    if desk.case().state == TicketState::New {
                        let register = Command::Register { symptom: None, has_contact: true, has_terminal: false, terminal_unknown_reason: Some("标签看不清".into()) };
                        desk.command(tx, &register)?;
                    }
                    desk.command(tx, &Command::Solve { fault_code: Some("PRN-01".into()), outcome: Outcome::Advised })?;
                    desk.command(tx, &Command::Confirm { by: ConfirmedBy::Phone })?;
                    desk.save(tx, "ticket.confirm")
                })
                .await
        };
        close().await;
        arrives(&kit, &world, mail("zhang@example.com", "t1", &thread(&kit, ticket), "Re", "好了，谢谢")).await;
        assert_eq!(state(&kit, &world, ticket).await, TicketState::Closed);
        arrives(&kit, &world, mail("zhang@example.com", "t2", &thread(&kit, ticket), "Re", "今天又打不出了")).await;
        assert_eq!(state(&kit, &world, ticket).await, TicketState::Triaged);
        // After thirty days it is a new trouble.
        close().await;
        kit.later(jiff::SignedDuration::from_hours(31 * 24));
        let late = arrives(&kit, &world, mail("zhang@example.com", "t3", &thread(&kit, ticket), "Re", "又打不出")).await;
        assert!(late.ticket_id.is_some_and(|id| id != ticket));
    }
}

on_both! {
    fn an_unreadable_letter_is_registered_by_hand_once(kit) {
        let world = World::new(&kit, "t1").await;
        some_terminal(&kit, &world).await;
        let noise = "\u{1}\u{2}\u{3}\u{4}\u{5}".repeat(20);
        let letter = arrives(&kit, &world, mail("zhang@example.com", "u1", "", "x", &noise)).await;
        assert_eq!((letter.state, letter.error.as_deref()), (LetterState::Unreadable, Some("letter.garbled")));
        let agent = world.client(&kit, postsale_domain::ground::Role::Agent).await;
        let path = format!("/api/v1/letters/{}/ticket", letter.id);
        let bank = world.client(&kit, postsale_domain::ground::Role::Acquirer).await;
        let hand = serde_json::json!({ "terminal_serial": crate::talk_world::SERIAL, "symptom": "打不出", "contact": { "name": "张老板", "phone": "13812345521" } });
        assert_eq!(bank.post(&path, &hand).await.problem(403), "not_allowed");
        let wrong = serde_json::json!({ "terminal_serial": "NOBODY-KNOWS-1" });
        assert_eq!(agent.post(&path, &wrong).await.problem(422), "terminal.unknown");
        let made = agent.post(&path, &hand).await.expect(201);
        assert!(made["ticket_id"].as_str().unwrap().starts_with("tkt_"));
        assert_eq!(agent.post(&path, &hand).await.problem(409), "letter.settled_already");
    }
}

on_both! {
    fn a_letter_no_rule_accepts_is_parked_in_sight(kit) {
        // A tenant without anybody on duty: no ticket can have an accountable owner.
        let tenant = postsale_domain::ground::TenantId::from_uuid(uuid::Uuid::from_u128(77));
        let world = World { tenant, code: "t9" };
        world.write(&kit, |tx| postsale_server::org::store::add_tenant(tx, "t9", "空")).await;
        let parked = arrives(&kit, &world, mail("zhang@example.com", "p1", "", "help", "打不出")).await;
        assert_eq!((parked.state, parked.error.as_deref(), parked.ticket_id), (LetterState::Unreadable, Some("letter.rule_failed"), None));
        // Nothing is tried for ever.
        kit.settle().await;
        let jobs = world.read(&kit, |tx| Ok(postsale_server::ground::jobs::parked(tx, 10)?)).await;
        assert!(jobs.is_empty());
    }
}

on_both! {
    fn files_of_a_mail_stand_on_its_line_and_what_is_not_kept_is_said(kit) {
        let world = World::new(&kit, "t1").await;
        some_terminal(&kit, &world).await;
        let part = |name: &str, media: &str, body: &str| {
            format!("--b\r\nContent-Type: {media}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{body}\r\n")
        };
        let raw = format!(
            "From: Zhang <zhang@example.com>\r\nSubject: help\r\nMessage-ID: <f1@example.com>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSN: A920-0012-3456 打不出\r\n{}{}--b--\r\n",
            part("log.txt", "application/octet-stream", "12:40 no paper"),
            part("run.exe", "application/octet-stream", "MZ\u{1}\u{2}\u{3} program"),
        );
        let taken = mail_in::read(raw.as_bytes(), &own_host(&kit.house));
        let (letter, bytes) = (taken.letter, raw.into_bytes());
        let (id, _) = world.write(&kit, move |tx| store::keep(tx, &letter, Some(&bytes), None)).await;
        kit.settle().await;
        let ticket = world.read(&kit, move |tx| store::letter(tx, id)).await.unwrap().ticket_id.unwrap();
        let files = world.read(&kit, move |tx| postsale_server::file::store::of_ticket(tx, ticket)).await;
        let names: Vec<String> = files.into_values().flatten().map(|f| f.name).collect();
        assert_eq!(names, ["log.txt"]);
        let notes = lines(&kit, &world, ticket).await;
        assert!(notes.iter().any(|(kind, public, body)| kind == "note" && !public && body.contains("run")), "{notes:?}");
    }
}
