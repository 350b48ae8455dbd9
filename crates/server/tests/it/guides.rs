//! Guides of a tenant's own: written, reviewed by another person, published; walks under way stay on their version.

use postsale_domain::ground::Role;
use postsale_testkit::{Client, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

fn door(id: &str, what: &str) -> String {
    format!("/api/v1/guide-library/{id}{what}")
}

/// Saves a body as the draft of a guide; the editor's page.
async fn written(author: &Client, id: &str, seen: Value, body: &Value) -> Value {
    let put = json!({ "seen": seen, "body": body, "source": "机型说明书", "expires_on": "2027-06-30" });
    author.post(&door(id, "/draft"), &put).await.expect(200)
}

on_both! {
    fn a_second_person_publishes_and_walks_stay_on_their_version(kit) {
        let desk = DeskWorld::new(&kit).await;
        let author = desk.world.client(&kit, Role::Quality).await;
        assert_eq!(desk.agent.get("/api/v1/guide-library").await.problem(403), "not_allowed");
        let ticket = id_of(&desk.called().await);
        let walk = desk.agent.post(&path(&ticket, "/guide"), &json!({ "guide": "printer" })).await.expect(200);
        assert_eq!(walk["version"], 1);

        let page = author.get(&door("printer", "")).await.expect(200);
        let mut body = page["body"].clone();
        body["name"]["zh"] = json!("打印机不出纸（新）");
        let open = written(&author, "printer", Value::Null, &body).await["open"].clone();
        assert_eq!((&open["version"], &open["state"], &open["findings"], &open["mine"]), (&json!(2), &json!("draft"), &json!([]), &json!(true)));
        let twice = json!({ "seen": null, "body": body, "source": "x", "expires_on": null });
        assert_eq!(author.post(&door("printer", "/draft"), &twice).await.problem(409), "guide.draft_changed");
        assert_eq!(author.post(&door("printer", "/publish"), &json!({ "seen": 1 })).await.problem(409), "guide.not_in_review");
        author.post(&door("printer", "/submit"), &json!({ "seen": 1 })).await.expect(200);
        assert_eq!(author.post(&door("printer", "/publish"), &json!({ "seen": 2 })).await.problem(409), "guide.own_review");
        let back = desk.supervisor.post(&door("printer", "/return"), &json!({ "seen": 2, "reason": "名字太长" })).await.expect(200);
        assert_eq!((&back["open"]["state"], &back["open"]["returned_because"]), (&json!("draft"), &json!("名字太长")));
        author.post(&door("printer", "/submit"), &json!({ "seen": 3 })).await.expect(200);
        let done = desk.supervisor.post(&door("printer", "/publish"), &json!({ "seen": 4 })).await.expect(200);
        assert_eq!((&done["version"], &done["open"], done["past"].as_array().unwrap().len()), (&json!(2), &Value::Null, 1));

        let names = desk.agent.get("/api/v1/guides").await.expect(200);
        let printer = names["items"].as_array().unwrap().iter().find(|g| g["id"] == "printer").unwrap().clone();
        assert_eq!((&printer["version"], &printer["name"]["zh"]), (&json!(2), &json!("打印机不出纸（新）")));
        let step = walk["step"].clone();
        let given = json!({ "step": step["id"], "answer": step["answers"][0]["id"], "note": null });
        let walk = desk.agent.post(&path(&ticket, "/guide/answers"), &given).await.expect(200);
        assert_eq!(walk["version"], 1, "the walk goes on as it began");
        let used = author.get(&door("printer", "")).await.expect(200);
        assert_eq!((&used["walks"], &used["steps"][0]["reached"]), (&json!(1), &json!(1)));
        let old = author.get(&door("printer", "/versions/1")).await.expect(200);
        assert_ne!(old["name"], body["name"]);
        assert_eq!(author.get(&door("printer", "/versions/7")).await.problem(404), "not_found");
    }
}

on_both! {
    fn a_guide_with_findings_is_kept_but_not_submitted(kit) {
        let desk = DeskWorld::new(&kit).await;
        let author = desk.world.client(&kit, Role::Quality).await;
        let mut body = author.get(&door("contactless", "")).await.expect(200)["body"].clone();
        body["steps"][0]["answers"][0]["step"] = Value::Null;
        let page = written(&author, "cutter", Value::Null, &body).await;
        assert_eq!((&page["version"], &page["open"]["findings"][0]["code"]), (&Value::Null, &json!("guide.dead_end")));
        assert_eq!(author.post(&door("cutter", "/submit"), &json!({ "seen": 1 })).await.problem(409), "guide.has_findings");
        let library = author.get("/api/v1/guide-library").await.expect(200);
        let fresh = library["items"].as_array().unwrap().iter().find(|g| g["id"] == "cutter").unwrap().clone();
        assert_eq!((&fresh["open"], &fresh["origin"]), (&json!("draft"), &json!("own")));
        assert!(!desk.agent.get("/api/v1/guides").await.expect(200).to_string().contains("cutter"));
        assert_eq!(author.post(&door("Bad-id", "/draft"), &json!({ "seen": null, "body": body, "source": "", "expires_on": null })).await.problem(422), "guide.bad_id");
        assert_eq!(author.post(&door("cutter", "/discard"), &json!({ "seen": 1 })).await.status, 204);
        assert_eq!(author.get(&door("cutter", "")).await.problem(404), "not_found");
    }
}
