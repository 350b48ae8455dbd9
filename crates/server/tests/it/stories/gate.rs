//! It cannot be fixed from afar: the guide ends on site, the gate keeps why, and the work order asks for skill, part and the door.

use postsale_domain::ground::Role;
use postsale_testkit::{check_portrait, on_both};
use serde_json::json;

use super::Story;
use crate::desk_world::{DeskWorld, id_of, path};

on_both! {
    fn a_guide_that_ends_on_site(kit) {
        let mut story = Story::new("A guide that ends on site");
        kit.set("2026-11-24T10:00:00+08:00");
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        story.tells(&kit, "shop", "calls: 打印机不出纸，小票打不出来");
        desk.does(&desk.agent, &id, "/claim", json!({})).await;
        let early = json!({ "fault_code": "PRN-01", "reason_code": "needs_parts", "reason": " " });
        assert_eq!(desk.refused(&desk.agent, &id, "/work-orders", early, 422).await, "visit.say_it");
        story.tells(&kit, "desk", "sends nobody without a reason");

        desk.agent.post(&path(&id, "/guide"), &json!({ "guide": "printer" })).await.expect(200);
        for (step, answer) in [("what", "no_paper"), ("reload", "not_yet"), ("other_roll", "not_yet")] {
            kit.later(jiff::SignedDuration::from_mins(2));
            let view = desk.agent.get(&path(&id, "/guide")).await.expect(200);
            assert_eq!(view["step"]["id"], step, "one question at a time");
            let asked = view["step"]["question"]["en"].as_str().unwrap().to_owned();
            let choices = view["step"]["answers"].as_array().unwrap();
            let said = choices.iter().find(|choice| choice["id"] == answer).unwrap()["label"]["en"].as_str().unwrap();
            story.tells(&kit, "agent", &format!("{asked} — {said}"));
            desk.agent.post(&path(&id, "/guide/answers"), &json!({ "step": step, "answer": answer })).await.expect(200);
        }
        let found = desk.page(&id).await;
        assert_eq!((&found["guide"]["outcome"], &found["ticket"]["decision"]), (&json!("visit"), &json!("onsite")));
        story.tells(&kit, "guide", &format!("ends on site: {}", found["guide"]["ending"]["en"].as_str().unwrap()));

        let keeper = desk.world.client(&kit, Role::Storekeeper).await;
        let part = json!({ "number": "PAX-A920-PS", "name": "A920缺纸传感器", "kind": "paper_sensor", "models": ["A920"], "unit": "个", "price_fen": 1800, "version": null });
        let part = keeper.post("/api/v1/parts", &part).await.expect(201)["id"].as_str().unwrap().to_owned();
        keeper.post(&format!("/api/v1/parts/{part}/moves"), &json!({ "kind": "received", "quantity": 1 })).await.expect(201);

        kit.set("2026-11-24T10:12:00+08:00");
        let asked = json!({
            "fault_code": "PRN-01", "reason_code": "remote_exhausted", "reason": "换过纸卷、擦过传感器仍报缺纸",
            "parts": ["paper_sensor"], "skills": ["printer"], "access_note": "14:00 后去，后门按铃" });
        let sent = desk.does(&desk.agent, &id, "/work-orders", asked).await;
        let order = sent["work_orders"][0]["id"].as_str().unwrap();
        let work = desk.dispatcher.get(&format!("/api/v1/work-orders/{order}")).await.expect(200);
        let kept = &work["order"];
        assert_eq!(kept["reason_code"], "remote_exhausted");
        assert_eq!(kept["engineer"], json!(null), "what is needed stands before who goes");
        story.tells(&kit, "agent", &format!("turns it into {}", kept["number"].as_str().unwrap()));
        let list = |field: &str| kept[field].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect::<Vec<_>>().join(", ");
        for line in [
            format!("why: {} — {}", kept["reason_code"].as_str().unwrap(), kept["reason"].as_str().unwrap()),
            format!("skill: {}", list("skills")),
            format!("part: {}", list("parts")),
            format!("door: {}", kept["access_note"].as_str().unwrap()),
        ] {
            story.text.push_str(&format!("           - {line}\n"));
        }
        let kept_for = work["bring"].as_array().unwrap();
        assert_eq!((kept_for.len(), &kept_for[0]["in_store"], &kept_for[0]["free"]), (1, &json!(1), &json!(0)), "a piece is kept before anybody is chosen");
        kit.set("2026-11-24T10:20:00+08:00");
        let body = json!({ "version": kept["version"], "engineer_id": desk.near });
        let offered = desk.dispatcher.post(&format!("/api/v1/work-orders/{order}/offer"), &body).await.expect(200);
        story.tells(&kit, "dispatcher", &format!("offers it to {}", offered["order"]["engineer"]["name"].as_str().unwrap()));
        story.timeline(&desk.agent, &id).await;
        check_portrait("stories/gate.txt", &story.told());
    }
}
