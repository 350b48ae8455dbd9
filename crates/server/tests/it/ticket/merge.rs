//! Two tickets that are one: previewed, merged, followed from every channel, taken back.

use postsale_domain::ground::Role;
use postsale_domain::notify::NoticeKind;
use postsale_domain::ticket::TicketId;
use postsale_server::flow::letter::read_letter;
use postsale_server::notify::jobs::{MAIL_TOKEN, PAGE_TOKEN};
use postsale_server::{inbox, notify};
use postsale_testkit::{Client, Kit, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

/// A second report about the same fault, by mail, which an agent types.
async fn wrote(desk: &DeskWorld) -> Value {
    let mut body = DeskWorld::call();
    body["contact"] = json!({ "name": "李店员", "email": "li@example.com" });
    body["even_if_open"] = json!(true);
    desk.agent.post("/api/v1/tickets", &body).await.expect(201)
}

async fn merge(desk: &DeskWorld, loser: &str, into: &str) -> Value {
    let into_version = desk.page(into).await["ticket"]["version"].clone();
    desk.does(&desk.agent, loser, "/merge", json!({ "into": into, "into_version": into_version })).await
}

fn uuid(id: &str) -> uuid::Uuid {
    postsale_domain::ground::TypedId::uuid(id.parse::<TicketId>().unwrap())
}

fn clocks(page: &Value) -> Value {
    let face = |kind: &str| json!([page["ticket"][kind]["due_at"], page["ticket"][kind]["breached_at"], page["ticket"][kind]["level"]]);
    json!([face("response"), face("resolution")])
}

on_both! {
    fn merged_and_taken_back_both_are_what_they_were(kit) {
        let desk = DeskWorld::new(&kit).await;
        let first = id_of(&desk.called().await);
        kit.later(jiff::SignedDuration::from_mins(8));
        let second = id_of(&wrote(&desk).await);
        desk.does(&desk.agent, &second, "/pause", json!({ "reason": "waiting_parts" })).await;
        kit.later(jiff::SignedDuration::from_mins(2));
        let (before_first, before_second) = (desk.page(&first).await, desk.page(&second).await);
        let preview = desk.agent.get(&path(&first, &format!("/merge-preview?into={second}"))).await.expect(200);
        assert_eq!((&preview["refused"], &preview["loser"]["ticket"]["id"], &preview["survivor"]["ticket"]["id"]), (&Value::Null, &json!(first), &json!(second)));
        assert!(preview["loser"]["thread"].as_array().unwrap().iter().any(|l| l["body"] == "打印机不出纸，小票打不出来"));
        assert!(preview["consequences"][1]["zh"].as_str().unwrap().contains("不搬回"));

        let merged = merge(&desk, &first, &second).await;
        assert_eq!(merged["ticket"]["id"], json!(second));
        assert_eq!((&merged["merged"][0]["id"], &merged["merged"][0]["number"], &merged["merged"][0]["by"]), (&json!(first), &json!("T-000001"), &json!("agent@t1")));
        // What was announced is what came: the call eight minutes earlier starts the clocks, held since then or not.
        let announced: Vec<&Value> = preview["clocks"].as_array().unwrap().iter().map(|c| &c["consumed_s"]).collect();
        assert_eq!(announced[1], &merged["ticket"]["resolution"]["consumed_s"]);
        assert_eq!(merged["ticket"]["resolution"]["consumed_s"], json!(8 * 60));
        let gone = desk.page(&first).await;
        assert_eq!((&gone["ticket"]["state"], &gone["ticket"]["resolution"], &gone["promise"]), (&json!("merged"), &Value::Null, &Value::Null));
        assert_eq!((&gone["merged_into"]["id"], &gone["allowed"]), (&json!(second), &json!(["note", "unmerge"])));
        let open = desk.agent.get("/api/v1/tickets").await.expect(200);
        assert_eq!(open["items"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect::<Vec<_>>(), [second.as_str()]);
        assert_eq!(desk.refused(&desk.agent, &first, "/reply", json!({ "body": "在吗" }), 409).await, "ticket.merged");
        let told = desk.agent.get(&path(&second, "/clocks/resolution")).await.expect(200);
        assert_eq!(told["recomputed_equal"], true);
        assert!(told["changes"].as_array().unwrap().iter().any(|c| c["sentence"]["zh"].as_str().unwrap().contains("并入")), "{told}");

        // Nothing falls due on what was set aside, however long it lies; taken back it is as late as it is.
        kit.later(jiff::SignedDuration::from_hours(30));
        kit.settle().await;
        let agent = desk.world.client(&kit, Role::Agent).await;
        let version = agent.get(&path(&first, "")).await.expect(200)["ticket"]["version"].clone();
        let back = agent.post(&path(&first, "/unmerge"), &json!({ "version": version })).await.expect(200);
        assert_eq!((&back["ticket"]["state"], &back["ticket"]["waiting"], &back["merged_into"]), (&before_first["ticket"]["state"], &json!([]), &Value::Null));
        for field in ["owner", "priority", "symptom", "claimed_at", "responded_at", "opened_at", "closed_at"] {
            assert_eq!(back["ticket"][field], before_first["ticket"][field], "{field}");
        }
        assert_eq!(back["ticket"]["resolution"]["due_at"], before_first["ticket"]["resolution"]["due_at"]);
        assert_eq!(back["ticket"]["resolution"]["breached_at"], back["ticket"]["resolution"]["due_at"], "late since then, not since now");
        let other = agent.get(&path(&second, "")).await.expect(200);
        assert_eq!((&other["merged"], clocks(&other)), (&json!([]), clocks(&before_second)));
        for id in [&first, &second] {
            assert_eq!(agent.get(&path(id, "/clocks/resolution")).await.expect(200)["recomputed_equal"], true);
        }
        assert_eq!(agent.post(&path(&first, "/unmerge"), &json!({ "version": back["ticket"]["version"] })).await.problem(409), "ticket.not_merged");
    }
}

on_both! {
    fn every_channel_leads_to_the_one_that_stays(kit) {
        let desk = DeskWorld::new(&kit).await;
        let first = id_of(&desk.called().await);
        let second = id_of(&wrote(&desk).await);
        let page = format!("/m/{}", kit.house.seal.sign(PAGE_TOKEN, uuid(&second)));
        merge(&desk, &second, &first).await;
        let shop = Client::new(&kit.house);
        let seen = shop.get(&page).await;
        assert!(seen.text.contains("T-000001") && !seen.text.contains("T-000002</h1>"), "one reference: {}", seen.text);
        assert_eq!(shop.form(&format!("{page}/messages"), "words=%E8%BF%98%E6%98%AF%E4%B8%8D%E8%A1%8C").await.status, 303);
        mail(&kit, &desk, &second, "li@example.com", "又试了一次也不行").await;
        mail(&kit, &desk, &second, "stranger@example.com", "转发给你").await;
        let lines = desk.lines(&desk.agent, &first).await;
        let said = |words: &str| lines.iter().find(|l| l["body"] == words).unwrap_or_else(|| panic!("{words}: {lines:?}"));
        assert_eq!(said("还是不行")["channel"], "h5");
        assert_eq!((&said("又试了一次也不行")["author_name"], &said("又试了一次也不行")["kind"]), (&json!("李店员"), &json!("message")));
        assert_eq!(said("转发给你")["public"], json!(false), "a stranger with a forwarded thread stays a stranger");
        assert!(desk.lines(&desk.agent, &second).await.iter().all(|l| l["body"] != "还是不行"));
        // Both contacts read what the desk writes, each in their own mail thread.
        desk.does(&desk.agent, &first, "/reply", json!({ "body": "下午派人过去。" })).await;
        kit.settle().await;
        for (id, name) in [(&first, "first"), (&second, "second")] {
            let id: TicketId = id.parse().unwrap();
            let told = desk.world.read(&kit, move |tx| notify::store::told(tx, id)).await;
            let mailed = told.iter().filter(|(kind, mail)| *kind == NoticeKind::MessageFromAgent && mail.as_deref() == Some("sent")).count();
            assert_eq!(mailed, 1, "{name}: {told:?}");
            assert_eq!(told.iter().any(|(kind, _)| *kind == NoticeKind::Merged), name == "second");
        }
        assert_eq!(shop.form(&format!("{page}/confirm"), "answer=yes").await.status, 409, "not solved yet");
        desk.does(&desk.agent, &first, "/solve", json!({ "fault_code": "PRN-01", "outcome": "remote_fixed" })).await;
        assert_eq!(shop.form(&format!("{page}/confirm"), "answer=yes").await.status, 303);
        assert_eq!(desk.page(&first).await["ticket"]["state"], "closed");
        // Taken back, the words stay where they were written and the link leads home.
        desk.does(&desk.agent, &second, "/unmerge", json!({})).await;
        assert!(desk.lines(&desk.agent, &first).await.iter().any(|l| l["body"] == "还是不行"));
        assert!(shop.get(&page).await.text.contains("T-000002"));
    }
}

/// An answer by mail to a ticket's own thread.
async fn mail(kit: &Kit, desk: &DeskWorld, ticket: &str, from: &'static str, words: &'static str) {
    let (seal, token) = (kit.house.seal.clone(), kit.house.seal.sign(MAIL_TOKEN, uuid(ticket)));
    desk.world
        .write(kit, move |tx| {
            let mut letter = postsale_domain::inbox::Letter::new(postsale_domain::inbox::LetterChannel::Mail, format!("mid:{from}"));
            letter.sender.email = Some(from.to_owned());
            letter.answers = vec![format!("<{token}.ntc_1@postsale.test>")];
            letter.body = words.to_owned();
            let (id, _) = inbox::store::keep(tx, &letter, None, None)?;
            read_letter(tx, &seal, id).map(drop)
        })
        .await;
}

on_both! {
    fn what_must_not_be_one_stays_two(kit) {
        let desk = DeskWorld::new(&kit).await;
        let first = id_of(&desk.called().await);
        let second = id_of(&wrote(&desk).await);
        let body = async |into: &str| json!({ "into": into, "into_version": desk.page(into).await["ticket"]["version"] });
        assert_eq!(desk.refused(&desk.agent, &first, "/merge", body(&first).await, 422).await, "ticket.merge_itself");
        for client in [&desk.dispatcher, &desk.bank, &desk.engineer] {
            assert_eq!(desk.refused(client, &first, "/merge", body(&second).await, 403).await, "not_allowed");
            assert_eq!(desk.refused(client, &first, "/unmerge", json!({}), 403).await, "not_allowed");
        }
        let stale = json!({ "into": second, "into_version": 0, "version": desk.page(&first).await["ticket"]["version"] });
        let answer = desk.agent.post(&path(&first, "/merge"), &stale).await;
        assert_eq!((answer.status, &answer.json["code"], &answer.json["current"]["ticket"]["id"]), (409, &json!("stale"), &json!(second)));
        desk.does(&desk.agent, &second, "/work-orders", json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸" })).await;
        assert_eq!(desk.refused(&desk.agent, &second, "/merge", body(&first).await, 409).await, "ticket.merge_visit");
        let preview = desk.agent.get(&path(&second, &format!("/merge-preview?into={first}"))).await.expect(200);
        assert_eq!(preview["refused"]["code"], "ticket.merge_visit");
        // The other way round the visit goes on.
        let merged = merge(&desk, &first, &second).await;
        assert_eq!((&merged["ticket"]["state"], &merged["work_orders"][0]["state"]), (&json!("visit"), &json!("open")));
        assert_eq!(desk.refused(&desk.agent, &first, "/merge", body(&second).await, 409).await, "ticket.merged_already");
        let third = id_of(&wrote(&desk).await);
        desk.does(&desk.agent, &third, "/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" })).await;
        assert_eq!(desk.refused(&desk.agent, &third, "/merge", body(&second).await, 409).await, "ticket.merge_over");
        // A chain is taken back from its end.
        let fourth = id_of(&wrote(&desk).await);
        let fifth = id_of(&wrote(&desk).await);
        let sixth = id_of(&wrote(&desk).await);
        merge(&desk, &fourth, &fifth).await;
        merge(&desk, &fifth, &sixth).await;
        assert_eq!(desk.refused(&desk.agent, &fourth, "/unmerge", json!({}), 409).await, "ticket.merge_chain");
        let link = format!("/m/{}", kit.house.seal.sign(PAGE_TOKEN, uuid(&fourth)));
        assert!(Client::new(&kit.house).get(&link).await.text.contains("T-000006"));
        kit.later(jiff::SignedDuration::from_hours(31 * 24));
        let agent = desk.world.client(&kit, Role::Agent).await;
        let page = agent.get(&path(&fifth, "")).await.expect(200);
        assert_eq!(page["allowed"], json!(["note"]));
        assert_eq!(agent.post(&path(&fifth, "/unmerge"), &json!({ "version": page["ticket"]["version"] })).await.problem(409), "ticket.unmerge_late");
    }
}
