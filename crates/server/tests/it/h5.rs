//! The merchant's pages: from the sticker to the stars.

use postsale_domain::ground::{Reach, TypedId};
use postsale_domain::notify::NoticeKind;
use postsale_domain::ticket::{Command, Outcome, TicketId, TicketState};
use postsale_server::flow::desk::Desk;
use postsale_server::followup;
use postsale_server::notify;
use postsale_server::notify::jobs::PAGE_TOKEN;
use postsale_server::ticket::entry;
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::json;

use crate::talk_world::{SERIAL, some_terminal, sticker};

/// Files a report from the sticker; the path of its page, without the language.
async fn reported(kit: &Kit, nobody: &Client, path: &str, nonce: &str) -> (String, TicketId) {
    let answer = nobody
        .form(
            &format!("{path}?lang=zh"),
            &format!("nonce={nonce}&choice=print&text=%E5%B0%8F%E7%A5%A8%E5%85%A8%E7%99%BD&phone=138-1234-5521"),
        )
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let to = answer.location.unwrap();
    let token = to.strip_prefix("/m/").unwrap().split('?').next().unwrap().to_owned();
    let id = TicketId::from_uuid(kit.house.seal.open(PAGE_TOKEN, &token).unwrap());
    (format!("/m/{token}"), id)
}

async fn solve(kit: &Kit, world: &World, id: TicketId) {
    world
        .write(kit, move |tx| {
            let mut desk = Desk::load(tx, id, Reach::All, None)?;
            desk.command(tx, &Command::Solve { fault_code: Some("PRN-01".into()), outcome: Outcome::RemoteFixed })?;
            desk.save(tx, "ticket.solve")
        })
        .await;
    kit.later(jiff::SignedDuration::from_mins(1));
}

async fn state(kit: &Kit, world: &World, id: TicketId) -> (TicketState, u32) {
    let ticket = world.read(kit, move |tx| postsale_server::ticket::store::ticket(tx, id)).await.unwrap();
    (ticket.case.state, ticket.case.reopen_count)
}

on_both! {
    fn the_sticker_knows_and_asks_no_more_than_needed(kit) {
        let world = World::new(&kit, "t1").await;
        let path = sticker(&kit, some_terminal(&kit, &world).await);
        let nobody = Client::new(&kit.house);
        let page = nobody.get(&path).await;
        assert_eq!(page.status, 200);
        for shown in ["顺风面馆·柜台", "A920 …3456", "在保，至2027-03-01"] {
            assert!(page.text.contains(shown), "{shown}: {}", page.text);
        }
        for hidden in [SERIAL, "示例路", "13812345521", "zhang@", "6621", "<script"] {
            assert!(!page.text.contains(hidden), "{hidden}");
        }
        assert!(nobody.get(&format!("{path}?lang=en")).await.text.contains("What is wrong?"));
        // What was typed stays in the form.
        let wrong = nobody.form(&path, "nonce=n1&choice=card&text=abc&phone=call+me").await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("abc") && wrong.text.contains("value=\"card\" id=\"card\" checked"), "{}", wrong.text);
        assert_eq!(nobody.form(&path, "nonce=n1&phone=13812345521").await.status, 422);
    }
}

on_both! {
    fn a_report_becomes_one_ticket_however_often_it_is_sent(kit) {
        let world = World::new(&kit, "t1").await;
        let terminal = some_terminal(&kit, &world).await;
        let (path, nobody) = (sticker(&kit, terminal), Client::new(&kit.house));
        let (page, id) = reported(&kit, &nobody, &path, "abc123").await;
        assert_eq!(reported(&kit, &nobody, &path, "abc123").await.1, id);
        kit.settle().await;
        let ticket = world.read(&kit, move |tx| postsale_server::ticket::store::ticket(tx, id)).await.unwrap();
        assert_eq!((ticket.terminal_id, ticket.contact.name.as_deref()), (Some(terminal), Some("张老板")));
        assert_eq!(ticket.case.symptom, "打不出小票：小票全白");
        let shown = nobody.get(&page).await;
        assert!(shown.text.contains("小票全白") && shown.text.contains("T-000001"), "{}", shown.text);
        // The sticker now shows how it stands, and the words only to who reported it.
        let again = nobody.get(&path).await;
        assert!(again.text.contains("已经报过修了") && !again.text.contains("小票全白"));
        let open = format!("{path}/open");
        for _ in 0..5 {
            assert_eq!(nobody.form(&open, "tail=0000").await.status, 422);
        }
        assert_eq!(nobody.form(&open, "tail=5521").await.status, 429);
        kit.later(jiff::SignedDuration::from_secs(3));
        let opened = nobody.form(&open, "tail=5521").await;
        assert_eq!((opened.status, opened.location), (303, Some(format!("{page}?lang=zh"))));
    }
}

on_both! {
    fn an_unknown_sticker_still_takes_the_report(kit) {
        let world = World::new(&kit, "t1").await;
        some_terminal(&kit, &world).await;
        let nobody = Client::new(&kit.house);
        let page = nobody.get("/r/0123").await;
        assert!(page.status == 200 && page.text.contains("贴纸认不出来"));
        assert_eq!(nobody.form("/r/0123", "nonce=a1&choice=power&phone=13900001111&serial=x").await.status, 422);
        for (nonce, serial, known) in [("b1", SERIAL, true), ("b2", "UNKNOWN-77", false)] {
            let answer = nobody.form("/r", &format!("nonce={nonce}&choice=power&phone=13900001111&serial={serial}")).await;
            let token = answer.location.unwrap().strip_prefix("/m/").unwrap()[..52].to_owned();
            let id = TicketId::from_uuid(kit.house.seal.open(PAGE_TOKEN, &token).unwrap());
            let ticket = world.read(&kit, move |tx| postsale_server::ticket::store::ticket(tx, id)).await.unwrap();
            assert_eq!((ticket.terminal_id.is_some(), ticket.case.terminal_unknown_reason.is_some()), (known, !known));
        }
    }
}

on_both! {
    fn words_confirmation_and_stars(kit) {
        let world = World::new(&kit, "t1").await;
        let nobody = Client::new(&kit.house);
        let path = sticker(&kit, some_terminal(&kit, &world).await);
        let (page, id) = reported(&kit, &nobody, &path, "c1").await;
        let sent = nobody.form(&format!("{page}/messages"), "words=%E5%8D%A1+4111+1111+1111+1111").await;
        assert!(sent.location.unwrap().contains("said=masked"));
        // A second tap on the button is not a second message.
        nobody.form(&format!("{page}/messages"), "words=%E5%8D%A1+4111+1111+1111+1111").await;
        let entries = world.read(&kit, move |tx| entry::entries(tx, id, 0, 100)).await;
        let messages: Vec<&str> = entries.iter().filter(|e| e.kind == entry::Kind::Message).map(|e| e.body.as_str()).collect();
        assert_eq!(messages, ["打不出小票：小票全白", "卡 **** **** **** 1111"]);
        assert_eq!(nobody.form(&format!("{page}/messages"), "words=+").await.status, 422);

        solve(&kit, &world, id).await;
        assert!(nobody.get(&page).await.text.contains("修好了吗？"));
        nobody.form(&format!("{page}/confirm"), "answer=no&reason=%E8%BF%98%E6%98%AF%E7%99%BD%E7%9A%84").await;
        assert_eq!(state(&kit, &world, id).await, (TicketState::Triaged, 1));
        solve(&kit, &world, id).await;
        for _ in 0..2 {
            assert_eq!(nobody.form(&format!("{page}/confirm"), "answer=yes").await.status, 303);
        }
        assert_eq!(state(&kit, &world, id).await, (TicketState::Closed, 1));

        // Two stars open it again; a survey is answered once.
        assert!(nobody.get(&page).await.text.contains("这次服务怎么样？"));
        assert_eq!(nobody.form(&format!("{page}/survey"), "solved=yes&score=9").await.status, 422);
        for _ in 0..2 {
            assert_eq!(nobody.form(&format!("{page}/survey"), "solved=yes&score=2&comment=%E7%AD%89%E5%A4%AA%E4%B9%85").await.status, 303);
        }
        assert_eq!(state(&kit, &world, id).await, (TicketState::Triaged, 2));
        assert_eq!(nobody.form(&format!("{page}/survey"), "solved=yes&score=5").await.status, 409);
        // Each change the merchant can see was told once, however often it was sent.
        let mut told: Vec<NoticeKind> = world.read(&kit, move |tx| notify::store::told(tx, id)).await.into_iter().map(|(kind, _)| kind).collect();
        use NoticeKind::{Closed, Received, Reopened, SolvedPleaseConfirm};
        let mut expected = [Received, SolvedPleaseConfirm, Reopened, SolvedPleaseConfirm, Closed, Reopened];
        told.sort();
        expected.sort();
        assert_eq!(told, expected);
        let kept = world.read(&kit, move |tx| followup::store::of_ticket(tx, id)).await;
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].follow_up.answer.as_ref().map(|a| (a.score, a.comment.as_str())), Some((2, "等太久")));
    }
}

on_both! {
    fn what_was_ordered_is_asked_after_in_its_own_words(kit) {
        let world = World::new(&kit, "t1").await;
        let nobody = Client::new(&kit.house);
        let agent = world.client(&kit, postsale_domain::ground::Role::Agent).await;
        some_terminal(&kit, &world).await;
        let call = serde_json::json!({
            "terminal_serial": SERIAL, "ticket_type": "paper", "symptom": "要十卷纸", "contact": { "name": "张老板", "phone": "13812345521" },
        });
        let opened = agent.post("/api/v1/tickets", &call).await.expect(201);
        let id: TicketId = opened["ticket"]["id"].as_str().unwrap().parse().unwrap();
        let page = format!("/m/{}", kit.house.seal.sign(PAGE_TOKEN, id.uuid()));
        let said = async |what: &str| nobody.get(&page).await.text.contains(what);
        assert!(said("送打印纸").await && said("最晚").await && said("办理").await && !said("报修").await, "the page is about paper, not about a fault");
        let solved = serde_json::json!({ "version": opened["ticket"]["version"], "outcome": "fulfilled" });
        agent.post(&format!("/api/v1/tickets/{id}/solve"), &solved).await.expect(200);
        assert!(said("办好了吗？").await && !said("修好").await && !said("试一笔").await, "paper is looked at, not tried");
        assert_eq!(nobody.form(&format!("{page}/confirm"), "answer=yes").await.status, 303);
        assert!(said("都办好了吗？").await && !said("终端现在正常吗").await);
    }
}

on_both! {
    fn the_guide_is_walked_on_the_page_and_at_the_desk_alike(kit) {
        let world = World::new(&kit, "t1").await;
        let nobody = Client::new(&kit.house);
        let path = sticker(&kit, some_terminal(&kit, &world).await);
        let (page, id) = reported(&kit, &nobody, &path, "g1").await;
        assert!(nobody.get(&page).await.text.contains("先一起试试"));
        let tap = async |what: &str, fields: &str| nobody.form(&format!("{page}/{what}"), fields).await.status;
        assert_eq!(tap("guide", "").await, 303);
        assert_eq!(state(&kit, &world, id).await.0, TicketState::Remote);
        assert!(nobody.get(&page).await.text.contains("打印时是什么情况？"));
        // A second tap finds another step open and changes nothing; an answer that does not exist is refused.
        assert_eq!((tap("guide", "step=what&answer=blank").await, tap("guide", "step=what&answer=blank").await), (303, 303));
        assert_eq!(tap("guide", "step=flip&answer=maybe").await, 422);
        assert_eq!(tap("guide/back", "").await, 303);
        assert!(nobody.get(&page).await.text.contains("打印时是什么情况？"));
        tap("guide", "step=what&answer=blank").await;
        // The agent sees the same walk in an agent's words.
        let agent = world.client(&kit, postsale_domain::ground::Role::Agent).await;
        let seen = agent.get(&format!("/api/v1/tickets/{id}/guide")).await.expect(200);
        assert_eq!((seen["step"]["id"].as_str(), seen["answered"].as_array().map(Vec::len)), (Some("flip"), Some(1)));
        assert!(seen["step"]["question"]["zh"].as_str().unwrap().contains("测试页"));
        let given = serde_json::json!({ "step": "flip", "answer": "worked" });
        let ended = agent.post(&format!("/api/v1/tickets/{id}/guide/answers"), &given).await.expect(200);
        assert_eq!((ended["ending"]["outcome"].as_str(), ended["ending"]["worked_step"].as_str()), (Some("fixed"), Some("flip")));
        assert_eq!(state(&kit, &world, id).await.0, TicketState::Solved);
        assert!(nobody.get(&page).await.text.contains("修好了吗？"));
        assert_eq!(agent.post(&format!("/api/v1/tickets/{id}/guide/answers"), &given).await.problem(409), "guide.not_running");
        assert_eq!(agent.get("/api/v1/guides").await.expect(200)["items"].as_array().map(Vec::len), Some(postsale_server::knowledge::facts().guides().len()));
        let storekeeper = world.client(&kit, postsale_domain::ground::Role::Storekeeper).await;
        assert_eq!(storekeeper.post(&format!("/api/v1/tickets/{id}/guide"), &serde_json::json!({})).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn a_guide_that_ends_in_a_visit_says_so_with_the_fault(kit) {
        let world = World::new(&kit, "t1").await;
        let nobody = Client::new(&kit.house);
        let path = sticker(&kit, some_terminal(&kit, &world).await);
        let (page, id) = reported(&kit, &nobody, &path, "v1").await;
        for fields in ["", "step=what&answer=blank", "step=flip&answer=not_yet", "step=blank_paper&answer=not_yet"] {
            assert_eq!(nobody.form(&format!("{page}/guide"), fields).await.status, 303, "{fields}");
        }
        let shown = nobody.get(&page).await.text;
        assert!(shown.contains("我们安排工程师上门"));
        // No order exists yet: the step, the status and what comes next say so as one.
        assert!(shown.contains("<li class=\"now\" aria-current=\"step\">上门"), "{shown}");
        assert!(shown.contains("当前状态：安排上门") && !shown.contains("正在远程处理"), "{shown}");
        // Where a form was sent there is no page: asked for again, it leads to the one there is.
        for door in ["guide", "guide/back", "confirm", "survey", "messages"] {
            let again = nobody.get(&format!("{page}/{door}?lang=en")).await;
            assert_eq!((again.status, again.location.as_deref()), (303, Some(format!("{page}?lang=en").as_str())), "{door}");
        }
        let again = nobody.get(&format!("{path}/open")).await;
        assert_eq!((again.status, again.location), (303, Some(format!("{path}?lang=zh"))));
        // "No" is no dead end.
        let refused = nobody.form(&format!("{page}/survey?lang=zh"), "solved=yes&score=5").await;
        assert!(refused.status == 409 && refused.text.contains(&format!("href=\"{page}?lang=")), "{}", refused.text);
        let gone = nobody.get("/m/nothing").await;
        assert!(gone.status == 404 && gone.text.contains("href=\"/r?lang="), "{}", gone.text);
        let ticket = world.read(&kit, move |tx| postsale_server::ticket::store::ticket(tx, id)).await.unwrap();
        assert_eq!(ticket.case.decision, Some(postsale_domain::ticket::Decision::Onsite));
        assert!(ticket.case.fault_code.is_some() && ticket.triage.unwrap()["rule"].as_str().unwrap().starts_with("guide printer"));
    }
}

on_both! {
    fn who_confirms_on_site_is_not_asked_again(kit) {
        let world = World::new(&kit, "t1").await;
        let nobody = Client::new(&kit.house);
        let path = sticker(&kit, some_terminal(&kit, &world).await);
        let (_, id) = reported(&kit, &nobody, &path, "f1").await;
        kit.later(jiff::SignedDuration::from_hours(1));
        world
            .write(&kit, move |tx| {
                let mut desk = Desk::load(tx, id, Reach::All, None)?;
                desk.command(tx, &Command::Solve { fault_code: Some("PRN-01".into()), outcome: Outcome::VisitFixed })?;
                desk.command(tx, &Command::Confirm { by: postsale_domain::ticket::ConfirmedBy::Visit })?;
                desk.save(tx, "ticket.confirm")
            })
            .await;
        let told: Vec<NoticeKind> = world.read(&kit, move |tx| notify::store::told(tx, id)).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(told, [NoticeKind::Received, NoticeKind::Closed]);
    }
}

on_both! {
    fn a_long_case_is_read_from_its_end(kit) {
        let world = World::new(&kit, "t1").await;
        let path = sticker(&kit, some_terminal(&kit, &world).await);
        let nobody = Client::new(&kit.house);
        let (page, id) = reported(&kit, &nobody, &path, "n-long").await;
        // What the desk notes for itself takes no line of theirs; of theirs the newest are kept.
        let say = async |public: bool, words: &'static str, times: usize| {
            world.write(&kit, move |tx| {
                let mut desk = Desk::load(tx, id, Reach::All, None)?;
                for n in 0..times {
                    let kind = if public { entry::Kind::Message } else { entry::Kind::Note };
                    desk.line(tx, kind, public, &format!("{words}{n}。"), None, None)?;
                }
                desk.save(tx, "ticket.note")
            }).await;
        };
        say(false, "内部备注", 510).await;
        say(true, "我们的答复", 1).await;
        let text = nobody.get(&format!("{page}?lang=zh")).await.text;
        assert!(text.contains("我们的答复0。") && !text.contains("内部备注"), "whatever was noted before it");
        say(true, "又一句", 510).await;
        let text = nobody.get(&format!("{page}?lang=zh")).await.text;
        assert!(text.contains("又一句509。") && text.contains("又一句10。") && !text.contains("又一句9。"), "the newest five hundred");
    }
}

on_both! {
    fn a_page_opens_only_with_its_own_link(kit) {
        let world = World::new(&kit, "t1").await;
        let nobody = Client::new(&kit.house);
        let terminal = some_terminal(&kit, &world).await;
        let (page, id) = reported(&kit, &nobody, &sticker(&kit, terminal), "d1").await;
        let mut bent = page.clone();
        bent.pop();
        bent.push(if page.ends_with('0') { '1' } else { '0' });
        let other_kind = format!("/m/{}", kit.house.seal.sign("mail", id.uuid()));
        let no_ticket = format!("/m/{}", kit.house.seal.sign(PAGE_TOKEN, terminal.uuid()));
        for path in [&bent, &other_kind, &no_ticket, &"/m/x".to_owned()] {
            assert_eq!(nobody.get(path).await.status, 404, "{path}");
            assert_eq!(nobody.form(&format!("{path}/messages"), "words=x").await.status, 404, "{path}");
            assert_eq!(nobody.form(&format!("{path}/confirm"), "answer=yes").await.status, 404, "{path}");
        }
        assert_eq!(nobody.form(&format!("{page}/confirm"), "answer=yes").await.status, 409);
    }
}

on_both! {
    fn silence_confirms_and_a_survey_is_asked_once(kit) {
        let world = World::new(&kit, "t1").await;
        let nobody = Client::new(&kit.house);
        let path = sticker(&kit, some_terminal(&kit, &world).await);
        let (_, id) = reported(&kit, &nobody, &path, "e1").await;
        solve(&kit, &world, id).await;
        kit.later(jiff::SignedDuration::from_hours(71));
        kit.settle().await;
        assert_eq!(state(&kit, &world, id).await.0, TicketState::Solved);
        kit.later(jiff::SignedDuration::from_hours(1));
        kit.settle().await;
        assert_eq!(state(&kit, &world, id).await.0, TicketState::Closed);
        let asked = async || world.read(&kit, move |tx| notify::store::told(tx, id)).await.iter().filter(|(k, _)| *k == NoticeKind::Survey).count();
        kit.later(jiff::SignedDuration::from_hours(23));
        kit.settle().await;
        assert_eq!(asked().await, 0);
        kit.later(jiff::SignedDuration::from_hours(1));
        for _ in 0..3 {
            kit.settle().await;
        }
        assert_eq!(asked().await, 1);
        kit.later(jiff::SignedDuration::from_hours(7 * 24));
        kit.settle().await;
        let kept = world.read(&kit, move |tx| followup::store::of_ticket(tx, id)).await;
        assert_eq!(kept.iter().map(|k| k.follow_up.state).collect::<Vec<_>>(), [postsale_domain::followup::FollowUpState::Expired]);
        assert_eq!(asked().await, 1);
    }
}

/// A photo as small as one can be, with a word about where it was taken.
fn photo() -> Vec<u8> {
    let chunk = |name: &[u8; 4], data: &[u8]| [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], name, data, b"crc!"].concat();
    let head = [&40_u32.to_be_bytes()[..], &30_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), chunk(b"tEXt", b"GPS 31.22N"), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")]
        .concat()
}

/// A form with photos, as a browser sends it.
async fn sent(client: &Client, path: &str, fields: &[(&str, &str)], photos: &[&[u8]]) -> postsale_testkit::Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
    }
    for bytes in photos {
        body.extend_from_slice(
            b"--b\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"../IMG 1.png\"\r\nContent-Type: image/png\r\n\r\n",
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let request = client.request(axum::http::Method::POST, path).header("content-type", "multipart/form-data; boundary=b");
    client.send(request.body(axum::body::Body::from(body)).unwrap()).await
}

on_both! {
    fn photos_come_with_a_report_and_with_a_message(kit) {
        let desk = crate::desk_world::DeskWorld::new(&kit).await;
        let client = Client::new(&kit.house);
        let at = crate::talk_world::sticker(&kit, desk.terminal);
        let fields = [("nonce", "n1"), ("choice", "print"), ("phone", "13812345521")];
        // What is no photo is refused, and the words stay in the form.
        let refused = sent(&client, &at, &fields, &[b"%PDF-1.7 no photo"]).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(refused.text.contains("13812345521"), "{}", refused.text);
        let picture = photo();
        let four = [&picture[..]; 4];
        assert_eq!(sent(&client, &at, &fields, &four).await.status, 413);
        // More words than anybody keeps are not read at all.
        let much = "1 ".repeat(100_000);
        assert_eq!(sent(&client, &at, &[fields[0], fields[1], fields[2], ("text", &much)], &[]).await.status, 413);
        let page = sent(&client, &at, &fields, &[&picture, &picture]).await;
        assert_eq!(page.status, 303, "{}", page.text);
        // A second tap is the same report.
        let page = sent(&client, &at, &fields, &[&picture, &picture]).await.location.unwrap();
        let token = page.split('?').next().unwrap().to_owned();
        assert_eq!(sent(&client, &format!("{token}/messages"), &[("words", "再补一张")], &[&picture]).await.status, 303);
        let id = desk.agent.get("/api/v1/tickets").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let lines = desk.lines(&desk.agent, &id).await;
        let counts: Vec<usize> = lines.iter().map(|l| l["files"].as_array().unwrap().len()).filter(|n| *n > 0).collect();
        assert_eq!(counts, [2, 1]);
        let file = lines.iter().flat_map(|l| l["files"].as_array().unwrap().clone()).next().unwrap();
        assert_eq!((file["name"].as_str(), file["width"].as_i64()), (Some("IMG 1.png"), Some(40)));
        // The page shows it, cleaned; a link to another report does not.
        let shown = client.get(&token).await;
        let address = format!("{token}/files/{}", file["id"].as_str().unwrap());
        assert!(shown.text.contains(&address), "{}", shown.text);
        let bytes = client.get(&address).await;
        assert_eq!(bytes.status, 200);
        assert!(!bytes.text.contains("GPS"));
        let mut call = crate::desk_world::DeskWorld::call();
        call["even_if_open"] = json!(true);
        let other: postsale_domain::ticket::TicketId = crate::desk_world::id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201)).parse().unwrap();
        let other = kit.house.seal.sign(postsale_server::notify::jobs::PAGE_TOKEN, postsale_domain::ground::TypedId::uuid(other));
        assert_eq!(client.get(&format!("/m/{other}/files/{}", file["id"].as_str().unwrap())).await.status, 404);
    }
}
