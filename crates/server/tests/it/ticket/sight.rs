//! Who sees which tickets: the desk all, an engineer those of their orders, a bank those of its merchants, another tenant none.

use postsale_domain::ground::Role;
use postsale_testkit::{Client, World, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

async fn sees(client: &Client, id: &str) -> Vec<bool> {
    let listed = client.get("/api/v1/tickets").await.expect(200)["items"].as_array().unwrap().iter().any(|t| t["id"] == json!(id));
    let counted = client.get("/api/v1/tickets/counts").await.expect(200)["open"] == json!(1);
    let found = client.get("/api/v1/tickets/search?q=T-1").await.expect(200)["items"] != json!([]);
    let mut seen = vec![listed, counted, found];
    for door in ["", "/timeline", "/clocks/resolution"] {
        let answer = client.get(&path(id, door)).await;
        assert!(matches!(answer.status, 200 | 404), "{}", answer.text);
        seen.push(answer.status == 200);
    }
    seen
}

on_both! {
    fn everybody_sees_their_own_everywhere_alike(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let stranger = World::new(&kit, "t2").await.client(&kit, Role::Admin).await;
        let auditor = desk.world.client(&kit, Role::Auditor).await;
        for (client, sight) in [(&desk.agent, true), (&auditor, true), (&desk.bank, true), (&desk.other_bank, false), (&desk.engineer, false), (&stranger, false)] {
            assert_eq!(sees(client, &id).await, [sight; 6]);
        }
        // Given an order, the engineer sees its ticket; the other one does not.
        let page = desk.does(&desk.agent, &id, "/work-orders", json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸", "skills": ["printer"] })).await;
        let order = &page["work_orders"][0];
        let offer = json!({ "version": order["version"], "engineer_id": desk.near });
        desk.dispatcher.post(&format!("/api/v1/work-orders/{}/offer", order["id"].as_str().unwrap()), &offer).await.expect(200);
        assert_eq!(sees(&desk.engineer, &id).await, [true; 6]);
        assert_eq!(sees(&desk.other_engineer, &id).await, [false; 6]);
        // They may write a note and quote by the price list, and nothing else of the desk's.
        let theirs = desk.engineer.get(&path(&id, "")).await.expect(200);
        assert_eq!(theirs["allowed"], json!(["note", "quote"]));
        desk.engineer.post(&path(&id, "/notes"), &json!({ "body": "门口没有车位" })).await.expect(200);
        assert_eq!(desk.other_engineer.post(&path(&id, "/notes"), &json!({ "body": "x" })).await.problem(404), "not_found");
    }
}

on_both! {
    fn a_bank_reads_what_the_merchant_reads(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "商户语气很急" })).await.expect(200);
        desk.does(&desk.agent, &id, "/reply", json!({ "body": "请换一卷纸再试。" })).await;
        let (ours, theirs) = (desk.lines(&desk.agent, &id).await, desk.lines(&desk.bank, &id).await);
        let public: Vec<Value> = ours.into_iter().filter(|l| l["public"] == true).collect();
        assert_eq!(theirs, public);
        assert!(!theirs.iter().any(|l| l["kind"] == "note"));
    }
}

on_both! {
    fn no_door_opens_with_another_tenants_ticket(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let stranger = World::new(&kit, "t2").await;
        let admin = stranger.client(&kit, Role::Admin).await;
        let doors = [
            ("/claim", json!({})), ("/notes", json!({ "body": "x" })), ("/reply", json!({ "body": "x" })), ("/register", json!({})),
            ("/priority", json!({ "impact": "partly", "urgency": "now", "reason": "x" })), ("/pause", json!({ "reason": "waiting_parts" })),
            ("/resume", json!({ "reason": "waiting_parts" })), ("/triage", json!({ "decision": "remote", "reason": "x" })),
            ("/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" })), ("/confirm", json!({ "by": "phone" })),
            ("/reopen", json!({ "reason": "x" })), ("/cancel", json!({ "reason": "x" })),
            ("/work-orders", json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "x" })),
        ];
        let before = desk.page(&id).await;
        for (door, mut body) in doors {
            if door != "/notes" {
                body["version"] = before["ticket"]["version"].clone();
            }
            assert_eq!(admin.post(&path(&id, door), &body).await.problem(404), "not_found", "{door}");
            assert_eq!(admin.post(&path("tkt_nonsense", door), &body).await.problem(404), "not_found", "{door}");
        }
        assert_eq!(desk.page(&id).await, before);
    }
}
