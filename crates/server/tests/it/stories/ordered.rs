//! What is ordered has the promise of its day: working days of its own calendar, whatever the priority and whatever the catalogue says later.

use postsale_domain::ground::Role;
use postsale_domain::notify::{self as letters, NoticeKind};
use postsale_server::notify;
use postsale_testkit::{check_portrait, on_both};
use serde_json::{Value, json};

use super::{Story, moment};
use crate::desk_world::{DeskWorld, id_of, path};

fn order(symptom: &str) -> Value {
    let mut call = DeskWorld::call();
    (call["symptom"], call["ticket_type"], call["even_if_open"]) = (json!(symptom), json!("paper"), json!(true));
    call
}

on_both! {
    fn paper_ordered_on_friday(kit) {
        let mut story = Story::new("Paper ordered on Friday");
        kit.set("2026-11-27T14:00:00+08:00");
        let mut desk = DeskWorld::new(&kit).await;
        let by = |page: &Value| moment(&kit, &page["ticket"]["resolution"]["due_at"]);

        let page = desk.agent.post("/api/v1/tickets", &order("小票纸快用完了，要十卷")).await.expect(201);
        let first = id_of(&page);
        let said = page["ticket"]["ticket_type_name"]["en"].as_str().unwrap();
        story.tells(&kit, "desk", &format!("registers the call as \"{said}\", which is its first answer: done by {}", by(&page)));
        assert_eq!((&page["guide"]["fits"], &page["ticket"]["decision"]), (&json!(null), &json!("remote")), "nothing is broken, so nothing is guessed");
        story.tells(&kit, "house", page["triage"]["reason"]["en"].as_str().unwrap());
        assert_eq!(page["ticket"]["resolution"]["due_at"], "2026-12-02T06:00:00Z", "three working days from two o'clock end at two o'clock");

        kit.set("2026-11-27T14:12:00+08:00");
        desk.does(&desk.agent, &first, "/claim", json!({})).await;
        desk.does(&desk.agent, &first, "/reply", json!({ "body": "今天下午寄出，周三前到。", "wait": false })).await;
        story.tells(&kit, "agent", "says when it comes");
        kit.set("2026-11-27T14:20:00+08:00");
        let raise = json!({ "impact": "cannot_take_payment", "urgency": "now", "reason": "周末客人多" });
        let page = desk.does(&desk.supervisor, &first, "/priority", raise).await;
        assert_eq!((&page["ticket"]["priority"], &page["ticket"]["resolution"]["due_at"]), (&json!("urgent"), &json!("2026-12-02T06:00:00Z")));
        story.tells(&kit, "supervisor", &format!("raises it to urgent: still done by {}", by(&page)));

        kit.set("2026-11-30T10:00:00+08:00");
        // Over the weekend everybody's session has ended.
        let admin = desk.world.client(&kit, Role::Admin).await;
        desk.agent = desk.world.client(&kit, Role::Agent).await;
        let set = |door: &str| format!("/api/v1/facts/sets/service_items{door}");
        let known = admin.get(&set("")).await.expect(200);
        let mut row = known["rows"].as_array().unwrap().iter().find(|r| r["code"] == "paper").unwrap()["row"].clone();
        row["target_days"] = json!(1);
        let drafted = admin.post(&set("/draft/rows"), &json!({ "version": known["draft"]["version"], "code": "paper", "row": row })).await.expect(200);
        admin.post(&set("/publish"), &json!({ "version": drafted["draft"]["version"], "reason": "换了快递" })).await.expect(200);
        story.tells(&kit, "admin", "publishes one working day for paper: a faster courier");
        let page = desk.page(&first).await;
        assert_eq!(page["ticket"]["resolution"]["due_at"], "2026-12-02T06:00:00Z", "what was promised stays promised");
        story.tells(&kit, "desk", &format!("the paper of Friday is still due by {}", by(&page)));
        kit.set("2026-11-30T10:05:00+08:00");
        let page = desk.agent.post("/api/v1/tickets", &order("再要五卷，其实是打印机卡纸浪费掉的")).await.expect(201);
        let second = id_of(&page);
        story.tells(&kit, "desk", &format!("registers another order of paper: done by {}", by(&page)));
        kit.set("2026-11-30T10:25:00+08:00");
        let page = desk.does(&desk.agent, &second, "/fields", json!({ "ticket_type": "repair", "fields": {} })).await;
        story.tells(&kit, "agent", &format!("finds out that the printer eats it, so it is a repair: solved by {}", by(&page)));

        kit.set("2026-12-01T16:30:00+08:00");
        desk.agent = desk.world.client(&kit, Role::Agent).await;
        let page = desk.does(&desk.agent, &first, "/solve", json!({ "outcome": "fulfilled" })).await;
        assert_eq!(page["ticket"]["fault_code"], json!(null), "nothing was broken");
        story.tells(&kit, "agent", "the courier has delivered: nothing was broken, so no fault is named");
        let fault = desk.refused(&desk.agent, &second, "/solve", json!({ "outcome": "fulfilled" }), 422).await;
        assert_eq!(fault, "ticket.fault_needed");
        story.tells(&kit, "agent", "a repair is not solved without naming what was wrong");

        for (id, name) in [(&first, "the paper"), (&second, "the repair")] {
            story.heading(&format!("why the target of {name} is what it is"));
            let told = desk.agent.get(&path(id, "/clocks/resolution")).await.expect(200);
            story.text.push_str(&format!("  terms: {}\n", told["agreement_name"]["en"].as_str().unwrap()));
            for change in told["changes"].as_array().unwrap() {
                story.at(change["at"].as_str().unwrap().parse().unwrap(), "clock", change["sentence"]["en"].as_str().unwrap());
            }
        }
        story.clock(&desk.agent, &first, "first_response").await;
        story.clock(&desk.agent, &first, "resolution").await;
        story.timeline(&desk.agent, &first).await;
        story.notices(&kit, &desk.world, &first).await;
        story.heading("what the merchant reads of the paper, which was never broken");
        for kind in [NoticeKind::OrderReceived, NoticeKind::OrderPleaseConfirm] {
            let ticket = first.parse().unwrap();
            let letter = desk.world.read(&kit, move |tx| notify::store::newest(tx, ticket, kind)).await.unwrap();
            assert!(letter.subject.contains("送打印纸"), "{}", letter.subject);
            let asks_for_a_repair = ["修", "故障", "试一笔"].into_iter().find(|word| letter.body.contains(word));
            assert_eq!(asks_for_a_repair, None, "{}", letter.body);
            story.text.push_str(&format!("  {}\n", letter.subject));
            for line in letters::with_link(&letter.body, Some("<link>")).lines().filter(|line| !line.is_empty()) {
                story.text.push_str(&format!("    {line}\n"));
            }
        }
        check_portrait("stories/ordered.txt", &story.told());
    }
}
