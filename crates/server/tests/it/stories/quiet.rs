//! Journey 19, do not call me after nine: what goes out at night, what waits for the morning, what is one too many, and what passes
//! with its reason on record.

use postsale_domain::ground::Role;
use postsale_testkit::{check_portrait, on_both};
use serde_json::json;

use super::{Story, moment};
use crate::desk_world::{DeskWorld, id_of, path};

on_both! {
    fn do_not_call_me_after_nine(kit) {
        let mut story = Story::new("Do not call me after nine");
        let desk = DeskWorld::new(&kit).await;
        kit.set("2026-11-24T21:10:00+08:00");
        let agent = desk.world.client(&kit, Role::Agent).await;
        let mut call = DeskWorld::call();
        call["contact"] = json!({ "name": "张女士", "email": "zhang@example.com" });
        let ticket = id_of(&agent.post("/api/v1/tickets", &call).await.expect(201));
        story.tells(&kit, "shop", "calls; the receipt goes at once, for it is the answer to her call");

        kit.set("2026-11-24T21:20:00+08:00");
        let page = agent.get(&path(&ticket, "")).await.expect(200);
        let words = json!({ "version": page["ticket"]["version"], "body": "明天上午会有工程师联系你。" });
        let page = agent.post(&path(&ticket, "/reply"), &words).await.expect(200);
        story.tells(&kit, "agent", "writes");
        for held in page["held"].as_array().unwrap() {
            story.text.push_str(&format!("           - waits ({}) until {}\n", held["held"].as_str().unwrap(), moment(&kit, &held["until"])));
        }
        kit.settle().await;
        let held = page["held"][0]["id"].as_str().unwrap().to_owned();

        kit.set("2026-11-24T21:30:00+08:00");
        let second = json!({ "version": agent.get(&path(&ticket, "")).await.expect(200)["ticket"]["version"], "body": "终端可能被拆动过，请先停用并收好。" });
        let page = agent.post(&path(&ticket, "/reply"), &second).await.expect(200);
        let urgent = page["held"][1]["id"].as_str().unwrap().to_owned();
        let send = path(&ticket, &format!("/notices/{urgent}/send"));
        assert_eq!(agent.post(&send, &json!({ "reason": " " })).await.problem(422), "reason.missing");
        let page = agent.post(&send, &json!({ "reason": "疑似拆机告警，今晚必须停用" })).await.expect(200);
        assert_eq!(page["held"].as_array().map(Vec::len), Some(1));
        assert_eq!(agent.post(&send, &json!({ "reason": "再来一次" })).await.problem(409), "notice.not_held");
        let acquirer = desk.other_bank.post(&path(&ticket, &format!("/notices/{held}/send")), &json!({ "reason": "x" })).await;
        assert!(matches!(acquirer.status, 403 | 404), "{}", acquirer.text);
        story.tells(&kit, "agent", "writes that the terminal may have been opened, and sends it now: 疑似拆机告警，今晚必须停用");
        kit.settle().await;

        kit.set("2026-11-25T08:00:00+08:00");
        kit.settle().await;
        let agent = desk.world.client(&kit, Role::Agent).await;
        assert_eq!(agent.get(&path(&ticket, "")).await.expect(200)["held"], json!([]));
        story.tells(&kit, "house", "it is eight: what waited has gone");
        story.timeline(&agent, &ticket).await;
        for line in agent.get(&path(&ticket, "/timeline?limit=50")).await.expect(200)["items"].as_array().unwrap() {
            let way = &line["delivery"];
            if way.is_object() && (!way["held"].is_null() || !way["exception"].is_null()) {
                let said = |field: &str| way[field].as_str().unwrap_or("-").to_owned();
                story.text.push_str(&format!("  line {}: held {}, exception {}, reason {}\n", line["seq"], said("held"), said("exception"), said("reason")));
            }
        }
        story.notices(&kit, &desk.world, &ticket).await;
        check_portrait("stories/quiet.txt", &story.told());
    }
}
