//! Two stars a day after closing: somebody has to make it good until a stated time, coming again is free, and only then is it solved.

use postsale_domain::ground::{Role, TypedId};
use postsale_domain::ticket::TicketId;
use postsale_server::notify::jobs::PAGE_TOKEN;
use postsale_testkit::{Client, check_portrait, on_both};
use serde_json::json;

use super::{Story, moment};
use crate::desk_world::{DeskWorld, id_of};

on_both! {
    fn two_stars_are_made_good(kit) {
        let mut story = Story::new("Two stars are made good");
        kit.set("2026-11-24T10:00:00+08:00");
        let mut desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        desk.does(&desk.agent, &id, "/claim", json!({})).await;
        desk.does(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-02", "outcome": "remote_fixed" })).await;
        desk.does(&desk.agent, &id, "/confirm", json!({ "by": "phone" })).await;
        story.tells(&kit, "desk", "solves it by phone; the merchant confirms");
        kit.settle().await;
        kit.set("2026-11-25T10:00:00+08:00");
        kit.settle().await;
        story.tells(&kit, "house", "asks how it was");

        kit.set("2026-11-25T20:40:00+08:00");
        let ticket: TicketId = id.parse().unwrap();
        let token = kit.house.seal.sign(PAGE_TOKEN, ticket.uuid());
        let shop = Client::new(&kit.house);
        let rating = "solved=yes&score=2&comment=%E6%89%93%E4%BA%86%E4%B8%89%E6%AC%A1%E7%94%B5%E8%AF%9D";
        for _ in 0..2 {
            assert_eq!(shop.form(&format!("/m/{token}/survey"), rating).await.status, 303, "a second tap is the first one");
        }
        story.tells(&kit, "shop", "two stars: 打了三次电话");
        kit.settle().await;
        desk.agent = desk.world.client(&kit, Role::Agent).await;
        let page = desk.page(&id).await;
        let tasks = page["sub_tasks"].as_array().unwrap();
        assert_eq!(tasks.len(), 1);
        assert_eq!(tasks[0]["assignee_name"], page["ticket"]["owner"]["name"]);
        // Asked in the evening: the day after, when one may call.
        assert_eq!(tasks[0]["due_at"], "2026-11-27T01:00:00Z");
        story.tells(&kit, "house", &format!(
            "opens {} again; {} has until {}: {}", page["ticket"]["number"].as_str().unwrap(), tasks[0]["assignee_name"].as_str().unwrap(),
            moment(&kit, &tasks[0]["due_at"]), tasks[0]["title"].as_str().unwrap()));
        assert_eq!((&page["coverage"]["rule"], &page["coverage"]["in_warranty"]), (&json!("MADE-GOOD"), &json!(true)));
        story.tells(&kit, "desk", &format!("reads who pays: {}", page["coverage"]["sentence"]["en"].as_str().unwrap()));
        for term in page["coverage"]["terms"].as_array().unwrap() {
            let said = |field: &str| term[field]["en"].as_str().unwrap().to_owned();
            story.text.push_str(&format!("           - {}: {}\n", said("name"), said("why")));
        }

        kit.set("2026-11-26T09:10:00+08:00");
        desk.agent = desk.world.client(&kit, Role::Agent).await;
        let solve = json!({ "fault_code": "PRN-02", "outcome": "remote_fixed" });
        assert_eq!(desk.refused(&desk.agent, &id, "/solve", solve.clone(), 409).await, "ticket.tasks_open");
        story.tells(&kit, "desk", "does not call it solved while the task is open");
        kit.set("2026-11-26T09:40:00+08:00");
        let task = tasks[0]["id"].as_str().unwrap();
        let made_good = format!("/api/v1/sub-tasks/{task}/done");
        for (body, code) in [
            (json!({}), "followup.recovery_outcome"),
            (json!({ "outcome": "explained" }), "followup.recovery_words"),
            (json!({ "words": "已致电" }), "followup.recovery_outcome"),
        ] {
            assert_eq!(desk.agent.post(&made_good, &body).await.problem(422), code);
        }
        let ended = json!({ "outcome": "explained", "words": "致电道歉，商户接受" });
        let page = desk.agent.post(&made_good, &ended).await.expect(200);
        let kept = page["sub_tasks"].as_array().unwrap().iter().find(|k| k["id"] == task).unwrap();
        assert_eq!((&kept["outcome"], &kept["outcome_words"]), (&ended["outcome"], &ended["words"]), "{kept}");
        desk.agent.post(&made_good, &json!({})).await.expect(200);
        story.tells(&kit, "agent", "has called and put it right");
        desk.does(&desk.agent, &id, "/solve", solve).await;
        let mine = desk.agent.get("/api/v1/sub-tasks").await.expect(200);
        assert_eq!(mine["items"], json!([]));
        story.timeline(&desk.agent, &id).await;
        check_portrait("stories/stars.txt", &story.told());
    }
}
