//! The priority is raised while we wait for the customer a second time: earlier waiting is not charged, and the target is told line by line.

use postsale_testkit::{check_portrait, on_both};
use serde_json::json;

use super::{Story, moment};
use crate::desk_world::{DeskWorld, id_of, path};

on_both! {
    fn raised_in_the_second_pause(kit) {
        let mut story = Story::new("Raised in the second pause");
        kit.set("2026-11-24T13:30:00+08:00");
        let desk = DeskWorld::new(&kit).await;
        let mut call = DeskWorld::call();
        call["impact"] = json!("can_take_payment");
        call["urgency"] = json!("can_wait");
        let page = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let id = id_of(&page);
        let first = page["ticket"]["priority"].as_str().unwrap().to_owned();
        story.tells(&kit, "desk", &format!("registers it as {first}: solved by {}", moment(&kit, &page["ticket"]["resolution"]["due_at"])));
        kit.set("2026-11-24T13:36:00+08:00");
        desk.does(&desk.agent, &id, "/claim", json!({})).await;
        desk.does(&desk.agent, &id, "/reply", json!({ "body": "请拍一张打印仓的照片发来。", "wait": true })).await;
        story.tells(&kit, "agent", "asks for a picture and waits for the merchant");
        for (at, door, reason, said) in [
            ("14:06", "/resume", "waiting_merchant", "got it by phone; goes on"),
            ("14:30", "/pause", "waiting_merchant", "waits for the merchant again"),
        ] {
            kit.set(&format!("2026-11-24T{at}:00+08:00"));
            desk.does(&desk.agent, &id, door, json!({ "reason": reason })).await;
            story.tells(&kit, "agent", said);
        }
        kit.set("2026-11-24T14:50:00+08:00");
        let raise = json!({ "impact": "cannot_take_payment", "urgency": "now", "reason": "另一台也坏了，收不了款" });
        let page = desk.does(&desk.supervisor, &id, "/priority", raise).await;
        assert_eq!((&page["ticket"]["priority"], &page["ticket"]["waiting"]), (&json!("urgent"), &json!(["waiting_merchant"])));
        story.tells(&kit, "supervisor", &format!("raises it from {first} to urgent while it waits"));
        kit.set("2026-11-24T15:10:00+08:00");
        let page = desk.does(&desk.agent, &id, "/resume", json!({ "reason": "waiting_merchant" })).await;
        story.tells(&kit, "agent", &format!("goes on: solved by {}", moment(&kit, &page["ticket"]["resolution"]["due_at"])));

        kit.set("2026-11-24T15:20:00+08:00");
        let told = desk.agent.get(&path(&id, "/clocks/resolution")).await.expect(200);
        let spent = |kind: &str| -> i64 {
            let lines = told["lines"].as_array().unwrap().iter().filter(|line| line["kind"] == kind);
            lines.map(|line| line["counted_s"].as_i64().unwrap()).sum()
        };
        assert_eq!((spent("run"), spent("paused")), (40 * 60, 0), "forty minutes of work, seventy of waiting not charged");
        story.heading("why the target is what it is");
        for change in told["changes"].as_array().unwrap() {
            let at = change["at"].as_str().unwrap().parse().unwrap();
            story.at(at, "clock", change["sentence"]["en"].as_str().unwrap());
        }
        story.heading("why the priority is what it is");
        for line in page["ticket"]["priority_why"]["lines"].as_array().unwrap() {
            story.text.push_str(&format!("  - {}\n", line["en"].as_str().unwrap()));
        }
        story.clock(&desk.agent, &id, "first_response").await;
        story.clock(&desk.agent, &id, "resolution").await;
        check_portrait("stories/raised.txt", &story.told());
    }
}
