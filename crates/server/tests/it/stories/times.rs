//! The merchant chooses when the engineer comes: the hour is theirs from then on, whoever has it.

use postsale_testkit::{check_portrait, on_both};
use serde_json::{Value, json};

use super::{Story, moment};
use crate::times::Shop;

fn window(kit: &postsale_testkit::Kit, order: &Value) -> String {
    let promised = &order["promised"];
    format!("{}–{}", moment(kit, &promised["from"]), moment(kit, &promised["to"]))
}

on_both! {
    fn the_merchant_picks_the_time(kit) {
        let mut story = Story::new("The merchant picks the time");
        let s = Shop::new(&kit).await.needs_hands(json!(["printer"])).await;
        story.tells(&kit, "desk", "decides for a visit; the merchant may choose the time");
        kit.set("2026-11-24T10:05:00+08:00");
        let list = s.times().await;
        story.tells(&kit, "shop", &format!("is shown {} times, each before the deadline", list.windows.len()));
        let chosen = list.windows.iter().find(|w| w.starts_with("2026-11-24T06")).unwrap();
        assert_eq!(s.choose(&list.version, chosen).await.status, 303);
        let order = s.order().await;
        story.tells(&kit, "shop", &format!("takes {}", window(&kit, &order)));
        let name = order["engineer"]["name"].as_str().unwrap().to_owned();
        let (first, second) = match order["engineer"]["id"] == json!(s.desk.near) {
            true => (&s.desk.engineer, &s.desk.other_engineer),
            false => (&s.desk.other_engineer, &s.desk.engineer),
        };
        let board = s.desk.dispatcher.get("/api/v1/dispatch/board?date=2026-11-24").await.expect(200);
        let row = board["engineers"].as_array().unwrap().iter().find(|r| r["engineer"]["id"] == order["engineer"]["id"]).unwrap();
        assert_eq!(row["orders"][0]["promised"], order["promised"], "the engineer's day shows it");
        story.tells(&kit, "board", &format!("shows it in the day of {name}, who is asked"));

        kit.set("2026-11-24T10:20:00+08:00");
        s.does(first, "/refuse", json!({ "reason": "车坏了" })).await;
        story.tells(&kit, &name, "refuses: 车坏了");
        let order = s.order().await;
        assert_eq!((&order["state"], order["promised"].is_null()), (&json!("open"), false), "the promise outlives who was asked");
        let other = json!({ "engineer_id": board["engineers"].as_array().unwrap().iter().find(|r| r["engineer"]["name"] != name).unwrap()["engineer"]["id"],
            "planned": { "from": "2026-11-24T09:00:00Z", "to": "2026-11-24T09:10:00Z" } });
        let mut early = other.clone();
        early["version"] = order["version"].clone();
        let no = s.desk.dispatcher.post(&format!("/api/v1/work-orders/{}/offer", s.order), &early).await;
        assert_eq!(no.problem(409), "dispatch.promise_broken");
        story.tells(&kit, "dispatcher", "may give it to somebody else, but not at another hour");
        let plan = json!({ "date": "2026-11-24" });
        let plan = s.desk.dispatcher.post("/api/v1/dispatch/plans", &plan).await.expect(202);
        postsale_server::worker::round(&kit.house).await;
        let found = s.desk.dispatcher.get(&format!("/api/v1/dispatch/plans/{}", plan["id"].as_str().unwrap())).await.expect(200);
        let stop = &found["routes"][0]["stops"][0];
        let from = stop["planned"]["from"].as_str().unwrap();
        assert!(from >= order["promised"]["from"].as_str().unwrap() && from < order["promised"]["to"].as_str().unwrap());
        story.tells(&kit, "plan", &format!("puts it at {}", moment(&kit, &stop["planned"]["from"])));
        let asked = json!({ "engineer_id": other["engineer_id"], "planned": stop["planned"] });
        s.does(&s.desk.dispatcher, "/offer", asked).await;
        kit.set("2026-11-24T10:30:00+08:00");
        s.does(second, "/accept", json!({})).await;
        let who = s.order().await["engineer"]["name"].as_str().unwrap().to_owned();
        story.tells(&kit, &who, "takes it on; the hour stands, nobody is told twice");
        kit.set("2026-11-24T13:45:00+08:00");
        s.does(second, "/depart", json!({})).await;
        assert!(s.times().await.text.contains("工程师已经出发"));
        story.tells(&kit, &who, "leaves; the time can no longer be changed");
        kit.set("2026-11-24T14:05:00+08:00");
        let order = s.does(second, "/arrive", json!({ "lat": 31.22, "lng": 121.54 })).await["order"].clone();
        assert!(order["actual"]["from"].as_str() >= order["promised"]["from"].as_str() && order["actual"]["from"].as_str() < order["promised"]["to"].as_str());
        story.tells(&kit, &who, "arrives within the hours the merchant chose");
        kit.settle().await;
        story.timeline(&s.desk.agent, &s.ticket).await;
        story.notices(&kit, &s.desk.world, &s.ticket).await;
        check_portrait("stories/times.txt", &story.told());
    }
}
