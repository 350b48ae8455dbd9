//! A visit for a service that was ordered: nobody looks for a fault in what was never broken.

use postsale_server::notify;
use postsale_testkit::on_both;
use serde_json::{Value, json};

use super::signature;
use crate::desk_world::{DeskWorld, SPARE, id_of};

on_both! {
    fn a_terminal_that_is_taken_away_is_wiped_and_not_tried(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut call = DeskWorld::call();
        (call["symptom"], call["ticket_type"]) = (json!("店要关了，请撤机"), json!("remove"));
        let id = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        let sent = json!({ "reason_code": "needs_hands", "reason": "撤机", "skills": [] });
        let page = desk.does(&desk.agent, &id, "/work-orders", sent).await;
        let order = page["work_orders"][0]["id"].as_str().unwrap();
        let shown = desk.dispatcher.get(&format!("/api/v1/work-orders/{order}")).await.expect(200);
        let steps: Vec<&str> = shown["steps"].as_array().unwrap().iter().map(|s| s["code"].as_str().unwrap()).collect();
        assert!(steps.contains(&"wipe_data") && !steps.contains(&"test_sale"), "{steps:?}");
        assert!(shown["missing"].as_array().unwrap().iter().any(|g| g["code"] == "step:collect_unit"));
    }
}

on_both! {
    fn what_was_ordered_is_delivered_and_no_fault_is_named(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut call = DeskWorld::call();
        (call["symptom"], call["ticket_type"]) = (json!("二楼再装一台"), json!("install"));
        let id = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        let sent = json!({ "reason_code": "needs_hands", "reason": "新装机", "skills": ["hardware"] });
        let broken = json!({ "reason_code": "needs_hands", "reason": "新装机", "fault_code": "XXX-99" });
        assert_eq!(desk.refused(&desk.agent, &id, "/work-orders", broken, 422).await, "visit.fault_unknown");
        let page = desk.does(&desk.agent, &id, "/work-orders", sent).await;
        assert_eq!(page["ticket"]["fault_code"], json!(null), "nobody guesses at a fault");
        let order = page["work_orders"][0]["id"].as_str().unwrap().to_owned();
        let does = async |client: &postsale_testkit::Client, door: &str, mut body: Value| {
            body["version"] = client.get(&format!("/api/v1/work-orders/{order}")).await.expect(200)["order"]["version"].clone();
            client.post(&format!("/api/v1/work-orders/{order}{door}"), &body).await
        };
        does(&desk.dispatcher, "/offer", json!({ "engineer_id": desk.near })).await.expect(200);
        does(&desk.engineer, "/accept", json!({})).await.expect(200);
        let there = does(&desk.engineer, "/arrive", json!({ "off_site_reason": "地下室" })).await.expect(200);
        assert_eq!((&there["order"]["kind"], &there["order"]["fault_code"]), (&json!("service"), &json!(null)));
        let codes = |page: &Value| page["missing"].as_array().unwrap().iter().map(|g| g["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert!(!codes(&there).contains(&"diagnosis".to_owned()) && codes(&there).last().unwrap() == "delivered", "{:?}", codes(&there));
        assert!(there["allowed"].as_array().unwrap().contains(&json!("deliver")));
        does(&desk.engineer, "/backup", json!({ "state": "not_applicable" })).await.expect(200);
        for step in there["steps"].as_array().unwrap() {
            does(&desk.engineer, "/steps", crate::desk_world::done_well(step)).await.expect(200);
        }
        let early = does(&desk.engineer, "/complete", json!({ "outcome": "fulfilled", "confirmation": signature() })).await;
        assert!(early.json["detail"].as_str().unwrap().contains("还没有登记装的是哪台终端"), "{}", early.text);
        does(&desk.engineer, "/parts", json!({ "part": "new_unit", "new_serial": SPARE })).await.expect(200);
        let early = does(&desk.engineer, "/complete", json!({ "outcome": "fulfilled", "confirmation": signature() })).await;
        assert!(early.json["detail"].as_str().unwrap().contains("还没有写交付了什么"), "{}", early.text);
        let said = does(&desk.engineer, "/deliver", json!({ "what": "二楼收银台装A920一台，试过一笔", "tid": "2000000a" })).await.expect(200);
        assert_eq!((&said["order"]["state"], &said["missing"]), (&json!("repaired"), &json!([])));
        assert_eq!(does(&desk.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await.problem(422), "visit.was_ordered");
        let done = does(&desk.engineer, "/complete", json!({ "outcome": "fulfilled", "confirmation": signature() })).await.expect(200);
        assert_eq!(done["order"]["delivered"], "二楼收银台装A920一台，试过一笔");
        for line in done["history"].as_array().unwrap() {
            assert!(!line["sentence"]["zh"].as_str().unwrap().contains(['{', '修']), "{line}");
        }

        let page = desk.page(&id).await;
        assert_eq!((&page["ticket"]["state"], &page["ticket"]["outcome"], &page["ticket"]["fault_code"]), (&json!("closed"), &json!("fulfilled"), &json!(null)));
        let lines = desk.lines(&desk.agent, &id).await;
        assert!(lines.iter().any(|l| l["event"]["sentence"]["zh"].as_str().is_some_and(|s| s.contains("上门办好") && s.contains("二楼收银台装A920"))));
        let ticket = id.parse().unwrap();
        let told = desk.world.read(&kit, move |tx| notify::store::told(tx, ticket)).await;
        let told: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
        assert!(told.contains(&"order_closed") && !told.contains(&"order_please_confirm"), "who has confirmed at the door is not asked again: {told:?}");
    }
}
