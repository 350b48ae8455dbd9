//! A trouble many tickets share: made, joined, told about once, solved with it.

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_domain::notify::NoticeKind;
use postsale_domain::ticket::TicketId;
use postsale_server::notify;
use postsale_testkit::on_both;
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

fn door(id: &str, door: &str) -> String {
    format!("/api/v1/incidents/{id}{door}")
}

/// A report by somebody with, or without, an address.
async fn report(desk: &DeskWorld, name: &str, email: Option<&str>) -> String {
    let mut body = DeskWorld::call();
    body["contact"] = match email {
        Some(email) => json!({ "name": name, "email": email }),
        None => json!({ "name": name, "phone": "13900001111" }),
    };
    body["even_if_open"] = json!(true);
    id_of(&desk.agent.post("/api/v1/tickets", &body).await.expect(201))
}

fn outcomes(page: &Value) -> Vec<(String, i64)> {
    let told = page["broadcasts"][0]["outcomes"].as_array().unwrap();
    told.iter().map(|o| (o["outcome"].as_str().unwrap().to_owned(), o["count"].as_i64().unwrap())).collect()
}

on_both! {
    fn told_once_within_what_people_may_be_written_to(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut reporters = Vec::new();
        for (name, email) in [("甲", Some("a@example.com")), ("乙", Some("b@example.com")), ("乙又报", Some("B@Example.com")), ("丙", None)] {
            reporters.push(report(&desk, name, email).await);
        }
        let bank = desk.page(&reporters[0]).await["merchant"]["acquirer_id"].clone();
        let made = desk.agent.post("/api/v1/incidents", &json!({ "title": "示例银行连不上", "acquirer_id": bank, "fault_code": "HOST-01", "tickets": reporters[..3] })).await.expect(201);
        let id = made["incident"]["id"].as_str().unwrap().to_owned();
        assert_eq!((&made["incident"]["number"], &made["incident"]["reporters"], &made["incident"]["reporters_open"]), (&json!("I-000001"), &json!(3), &json!(3)));
        let joined = desk.agent.post(&door(&id, "/tickets"), &json!({ "ticket_id": reporters[3] })).await.expect(200);
        assert_eq!(joined["incident"]["reporters"], 4);
        assert_eq!(desk.page(&reporters[3]).await["incident"]["number"], "I-000001");
        assert_eq!(desk.agent.post(&door(&id, "/tickets"), &json!({ "ticket_id": reporters[3] })).await.problem(409), "incident.attached_already");
        let supervisor = &desk.supervisor;
        let words = json!({ "version": made["incident"]["version"], "words": "示例银行线路中断，预计15:00恢复，暂可收现金。" });
        assert_eq!(desk.agent.post(&door(&id, "/broadcasts"), &words).await.problem(403), "not_allowed");
        supervisor.post(&door(&id, "/broadcasts"), &words).await.expect(202);
        assert_eq!(supervisor.post(&door(&id, "/broadcasts"), &words).await.problem(409), "incident.telling");
        kit.settle().await;
        let page = supervisor.get(&door(&id, "")).await.expect(200);
        assert_eq!((&page["broadcasts"][0]["told"], &page["broadcasts"][0]["suppressed"]), (&json!(3), &json!(1)));
        assert_eq!(outcomes(&page), [("mail".into(), 2), ("page".into(), 1), ("same_contact".into(), 1)]);
        for ticket in &reporters {
            let lines = desk.lines(&desk.agent, ticket).await;
            let line = lines.iter().find(|l| l["kind"] == "reply").unwrap();
            assert_eq!((&line["public"], &line["author_name"]), (&json!(true), &json!("supervisor@t1")), "recorded on each ticket");
        }
        let broadcast = page["broadcasts"][0]["id"].as_str().unwrap().to_owned();
        let told = supervisor.get(&format!("/api/v1/broadcasts/{broadcast}/tellings?limit=3")).await.expect(200);
        assert_eq!(told["items"].as_array().map(Vec::len), Some(3));
        let rest = supervisor.get(&format!("/api/v1/broadcasts/{broadcast}/tellings?limit=3&cursor={}", told["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next_cursor"]), (Some(1), &Value::Null));
        let mut each: Vec<&str> = told["items"].as_array().unwrap().iter().chain(rest["items"].as_array().unwrap()).map(|l| l["outcome"].as_str().unwrap()).collect();
        each.sort_unstable();
        assert_eq!(each, ["mail", "mail", "page", "same_contact"]);
        let first: TicketId = reporters[0].parse().unwrap();
        let notices = desk.world.read(&kit, move |tx| notify::store::told(tx, first)).await;
        assert!(notices.contains(&(NoticeKind::IncidentNews, Some("sent".into()))), "{notices:?}");

        // At night mail waits for the morning, and counts there; whoever had three letters a day gets no fourth on our account.
        kit.set("2026-11-24T22:10:00+08:00");
        let supervisor = desk.world.client(&kit, Role::Supervisor).await;
        supervisor.post(&door(&id, "/broadcasts"), &words).await.expect(202);
        kit.settle().await;
        let night = supervisor.get(&door(&id, "")).await.expect(200);
        assert_eq!(outcomes(&night), [("capped".into(), 2), ("mail_later".into(), 1), ("page".into(), 1)], "乙 has had two receipts and a broadcast");
        let notices = desk.world.read(&kit, move |tx| notify::store::told(tx, first)).await;
        assert_eq!(notices.last(), Some(&(NoticeKind::IncidentNews, Some("ready".into()))));
        kit.set("2026-11-25T08:00:00+08:00");
        kit.settle().await;
        let notices = desk.world.read(&kit, move |tx| notify::store::told(tx, first)).await;
        assert_eq!(notices.last(), Some(&(NoticeKind::IncidentNews, Some("sent".into()))));
        let supervisor = desk.world.client(&kit, Role::Supervisor).await;
        for _ in 0..2 {
            supervisor.post(&door(&id, "/broadcasts"), &words).await.expect(202);
            kit.settle().await;
            assert_eq!(outcomes(&supervisor.get(&door(&id, "")).await.expect(200)), [("mail".into(), 2), ("page".into(), 1), ("same_contact".into(), 1)]);
            // The page shows the newest; made in the same instant, two come in either order.
            kit.later(SignedDuration::from_mins(1));
        }
        supervisor.post(&door(&id, "/broadcasts"), &words).await.expect(202);
        kit.settle().await;
        assert_eq!(outcomes(&supervisor.get(&door(&id, "")).await.expect(200)), [("capped".into(), 1), ("mail".into(), 1), ("page".into(), 1), ("same_contact".into(), 1)]);
    }
}

on_both! {
    fn over_its_reporters_are_solved_with_it(kit) {
        let desk = DeskWorld::new(&kit).await;
        let (first, second, third) = (report(&desk, "甲", Some("a@example.com")).await, report(&desk, "乙", None).await, report(&desk, "丙", None).await);
        let made = desk.agent.post("/api/v1/incidents", &json!({ "title": "A920 打印异常", "model": "A920", "tickets": [first, second, third] })).await.expect(201);
        let id = made["incident"]["id"].as_str().unwrap().to_owned();
        desk.does(&desk.agent, &second, "/work-orders", json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸" })).await;
        desk.agent.post(&door(&id, "/detach"), &json!({ "ticket_id": third })).await.expect(200);
        assert_eq!(desk.agent.post(&door(&id, "/detach"), &json!({ "ticket_id": third })).await.problem(409), "incident.not_attached");
        assert_eq!(desk.page(&third).await["incident"], Value::Null);
        let over = json!({ "version": 1, "note": "固件 5.3 已推送", "solve": { "fault_code": "PRN-01", "outcome": "remote_fixed" } });
        assert_eq!(desk.agent.post(&door(&id, "/resolve"), &over).await.problem(403), "not_allowed");
        let mut wrong = over.clone();
        wrong["note"] = json!(" ");
        assert_eq!(desk.supervisor.post(&door(&id, "/resolve"), &wrong).await.problem(422), "reason.missing");
        wrong["version"] = json!(7);
        let stale = desk.supervisor.post(&door(&id, "/resolve"), &wrong).await;
        assert_eq!((stale.status, &stale.json["current"]["incident"]["id"]), (409, &json!(id)));
        let page = desk.supervisor.post(&door(&id, "/resolve"), &over).await.expect(200);
        assert_eq!((&page["incident"]["state"], &page["resolution"]), (&json!("resolved"), &json!("固件 5.3 已推送")));
        kit.settle().await;
        assert_eq!(desk.page(&first).await["ticket"]["state"], "solved");
        assert_eq!(desk.page(&second).await["ticket"]["state"], "visit", "somebody is on the way");
        assert_eq!(desk.page(&third).await["ticket"]["state"], "triaged");
        let list = desk.agent.get(&door(&id, "/tickets")).await.expect(200);
        // Made in the same instant, the two come in either order.
        let mut results: Vec<&str> = list["items"].as_array().unwrap().iter().filter_map(|r| r["solved"].as_str()).collect();
        results.sort_unstable();
        assert_eq!(results, ["solved", "ticket.visit_under_way"]);
        assert_eq!(desk.agent.post(&door(&id, "/tickets"), &json!({ "ticket_id": third })).await.problem(409), "incident.over");
        assert_eq!(desk.agent.get("/api/v1/incidents").await.expect(200)["items"], json!([]));
        let resolved = desk.agent.get("/api/v1/incidents?state=resolved").await.expect(200);
        assert_eq!((&resolved["items"][0]["id"], &resolved["items"][0]["reporters"], &resolved["items"][0]["reporters_open"]), (&json!(id), &json!(2), &json!(1)));
    }
}

on_both! {
    fn what_has_to_be_said_of_each_ticket_is_said_before_it_is_solved_with_others(kit) {
        let desk = DeskWorld::new(&kit).await;
        let (told, silent) = (report(&desk, "甲", None).await, report(&desk, "乙", None).await);
        let admin = desk.world.client(&kit, Role::Admin).await;
        let field = json!({ "code": "mall", "name": { "zh": "商场", "en": "Mall" }, "value": "text", "needed": "solve" });
        crate::facts::published(&admin, "ticket_fields", &[field]).await;
        desk.does(&desk.agent, &told, "/fields", json!({ "fields": { "mall": "星河" } })).await;
        let made = desk.agent.post("/api/v1/incidents", &json!({ "title": "A920 打印异常", "model": "A920", "tickets": [told, silent] })).await.expect(201);
        let id = made["incident"]["id"].as_str().unwrap().to_owned();
        let over = json!({ "version": 1, "note": "固件已推送", "solve": { "fault_code": "PRN-01", "outcome": "remote_fixed" } });
        desk.supervisor.post(&door(&id, "/resolve"), &over).await.expect(200);
        kit.settle().await;
        let list = desk.agent.get(&door(&id, "/tickets")).await.expect(200);
        for (ticket, state, solved) in [(&told, "solved", "solved"), (&silent, "triaged", "ticket.fields_missing")] {
            assert_eq!(desk.page(ticket).await["ticket"]["state"], state);
            let row = list["items"].as_array().unwrap().iter().find(|r| r["ticket"]["id"] == json!(ticket)).unwrap();
            assert_eq!(row["solved"], solved);
        }
    }
}

on_both! {
    fn what_an_incident_does_not_take(kit) {
        let desk = DeskWorld::new(&kit).await;
        let open = async |body: Value| desk.agent.post("/api/v1/incidents", &body).await;
        assert_eq!(open(json!({ "title": " ", "model": "A920" })).await.problem(422), "incident.no_title");
        assert_eq!(open(json!({ "title": "中断" })).await.problem(422), "incident.no_scope");
        assert_eq!(open(json!({ "title": "字".repeat(101), "model": "A920" })).await.problem(422), "incident.title_long");
        assert_eq!(open(json!({ "title": "中断", "fault_code": "NO-99" })).await.problem(422), "incident.fault_unknown");
        assert_eq!(open(json!({ "title": "中断", "acquirer_id": "acq_00000000000000000000000000000007" })).await.problem(422), "incident.acquirer_unknown");
        for client in [&desk.bank, &desk.engineer, &desk.dispatcher] {
            assert_eq!(client.post("/api/v1/incidents", &json!({ "title": "中断", "model": "A920" })).await.problem(403), "not_allowed");
        }
        assert_eq!(desk.bank.get("/api/v1/incidents").await.problem(403), "not_allowed");
        let id = open(json!({ "title": "中断", "model": "A920" })).await.expect(201)["incident"]["id"].as_str().unwrap().to_owned();
        let words = json!({ "version": 1, "words": "恢复中" });
        assert_eq!(desk.supervisor.post(&door(&id, "/broadcasts"), &words).await.problem(409), "incident.nobody");
        let ticket = report(&desk, "甲", None).await;
        desk.does(&desk.agent, &ticket, "/cancel", json!({ "reason": "重复" })).await;
        assert_eq!(desk.agent.post(&door(&id, "/tickets"), &json!({ "ticket_id": ticket })).await.problem(409), "incident.ticket_over");
        assert_eq!(desk.supervisor.post(&door(&id, "/broadcasts"), &json!({ "version": 1, "words": " " })).await.problem(422), "ticket.no_words");
        assert_eq!(desk.agent.get(&path(&ticket, "")).await.expect(200)["incident"], Value::Null);
    }
}
