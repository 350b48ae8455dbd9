//! Who is named, who follows, and what they are told; never more than they may see.

use postsale_testkit::{Client, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

async fn rung(client: &Client) -> Vec<(String, String)> {
    let list = client.get("/api/v1/bell").await.expect(200);
    let text = |b: &Value, field: &str| b[field].as_str().unwrap_or_default().to_owned();
    list["items"].as_array().unwrap().iter().map(|b| (text(b, "kind"), text(b, "preview"))).collect()
}

async fn unread(client: &Client) -> i64 {
    client.get("/api/v1/bell/count").await.expect(200)["unread"].as_i64().unwrap()
}

on_both! {
    fn whoever_is_named_is_told_and_follows(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        // An engineer without an order could not open the ticket, so naming them tells them nothing.
        let note = json!({ "body": "@supervisor@t1 请看一下，@小王 也请看，@agent@t1" });
        desk.agent.post(&path(&id, "/notes"), &note).await.expect(200);
        assert_eq!(rung(&desk.supervisor).await, [("mention".to_owned(), "@supervisor@t1 请看一下，@小王 也请看，@agent@t1".to_owned())]);
        assert_eq!((unread(&desk.supervisor).await, unread(&desk.engineer).await, unread(&desk.agent).await), (1, 0, 0));
        let followers = desk.agent.get(&path(&id, "/followers")).await.expect(200);
        assert_eq!((&followers["following"], followers["people"].as_array().unwrap().len()), (&json!(false), 1));
        // From then on they hear what is written to the merchant, and where it stands; not each note.
        kit.later(jiff::SignedDuration::from_secs(1));
        desk.does(&desk.agent, &id, "/reply", json!({ "body": "请换一卷纸再试。" })).await;
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "已回" })).await.expect(200);
        kit.later(jiff::SignedDuration::from_secs(1));
        desk.does(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" })).await;
        let kinds: Vec<String> = rung(&desk.supervisor).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["state", "reply", "mention"]);
        // Read, one after the other.
        let list = desk.supervisor.get("/api/v1/bell?limit=1").await.expect(200);
        let first = list["items"][0]["id"].clone();
        assert_eq!(desk.supervisor.post("/api/v1/bell/read", &json!({ "id": first })).await.expect(200)["unread"], 2);
        // Somebody else's bell is none of theirs.
        assert_eq!(desk.agent.post("/api/v1/bell/read", &json!({ "id": first })).await.expect(200)["unread"], 0);
        assert_eq!(desk.supervisor.post("/api/v1/bell/read", &json!({ "ticket_id": id })).await.expect(200)["unread"], 0);
        let next = desk.supervisor.get(&format!("/api/v1/bell?limit=1&cursor={}", list["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!(next["items"][0]["kind"], "reply");
    }
}

on_both! {
    fn a_clock_rings_for_the_owner_and_a_broken_promise_for_the_supervisor(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        desk.does(&desk.agent, &id, "/claim", json!({})).await;
        let clock = desk.agent.get(&path(&id, "/clocks/resolution")).await.expect(200);
        let due: jiff::Timestamp = clock["clock"]["due_at"].as_str().unwrap().parse().unwrap();
        desk.does(&desk.agent, &id, "/reply", json!({ "body": "请换一卷纸再试。" })).await;
        // Half of the time may go without a word; three quarters are told to the owner, once, the end to the supervisor too.
        let half = (due - kit.now()).total(jiff::Unit::Second).unwrap() as i64 / 2;
        kit.later(jiff::SignedDuration::from_secs(half));
        kit.settle().await;
        assert_eq!((unread(&desk.agent).await, unread(&desk.supervisor).await), (0, 0));
        kit.later(due.duration_since(kit.now()) - jiff::SignedDuration::from_secs(1));
        for _ in 0..2 {
            kit.settle().await;
            assert_eq!((rung(&desk.agent).await, unread(&desk.supervisor).await), (vec![("due".into(), format!("resolution/{due}"))], 0));
        }
        kit.later(jiff::SignedDuration::from_secs(2));
        kit.settle().await;
        let late = ("late".to_owned(), format!("resolution/{due}"));
        assert_eq!((&rung(&desk.agent).await[0], rung(&desk.supervisor).await), (&late, vec![late.clone()]));
        assert_eq!(unread(&desk.dispatcher).await, 0);
    }
}

on_both! {
    fn following_is_ones_own_choice(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        for _ in 0..2 {
            let told = desk.dispatcher.put(&path(&id, "/followers"), &json!({})).await.expect(200);
            assert_eq!((&told["following"], told["people"].as_array().unwrap().len()), (&json!(true), 1));
        }
        assert_eq!(desk.engineer.put(&path(&id, "/followers"), &json!({})).await.problem(404), "not_found");
        assert_eq!(desk.bank.get(&path(&id, "/followers")).await.problem(403), "not_allowed");
        assert_eq!(desk.dispatcher.delete(&path(&id, "/followers")).await.expect(200)["following"], json!(false));
        desk.does(&desk.agent, &id, "/reply", json!({ "body": "请换一卷纸再试。" })).await;
        assert_eq!(unread(&desk.dispatcher).await, 0);
    }
}
