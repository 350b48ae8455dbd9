//! One command on many tickets: each by its own rules, once per key, within what one may see.

use postsale_domain::ground::Role;
use postsale_testkit::on_both;
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of};

const BULK: &str = "/api/v1/tickets/bulk";

/// `n` calls about nothing in particular; their ids.
async fn calls(desk: &DeskWorld, n: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for i in 0..n {
        let body = json!({ "symptom": format!("扫码慢{i}"), "terminal_unknown_reason": "不在店里", "contact": { "name": "李", "phone": "13900007788" } });
        ids.push(id_of(&desk.agent.post("/api/v1/tickets", &body).await.expect(201)));
    }
    ids
}

/// What became of each: the end, and the code of a refusal.
fn ends(rows: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    rows.as_array().unwrap().iter().map(|r| (text(&r["end"]), text(&r["problem"]["code"]))).collect()
}

fn end(word: &str, code: &str) -> (String, String) {
    (word.into(), code.into())
}

on_both! {
    fn each_row_is_decided_by_itself(kit) {
        let desk = DeskWorld::new(&kit).await;
        let ids = calls(&desk, 3).await;
        desk.does(&desk.agent, &ids[1], "/cancel", json!({ "reason": "误报" })).await;
        let nobody = format!("tkt_{}7", "0".repeat(31));
        let asked = json!({ "ids": [ids[0], ids[1], ids[2], nobody, ids[0]], "command": { "do": "pause", "reason": "waiting_parts" } });
        let rows = desk.agent.post(BULK, &asked).await.expect(200);
        assert_eq!(ends(&rows), [end("changed", ""), end("refused", "ticket.cancelled"), end("changed", ""), end("refused", "not_found")]);
        assert_eq!((&rows[1]["number"], &rows[1]["subject"]), (&json!("T-000002"), &json!("扫码慢1")));
        assert_eq!(rows[3]["number"], Value::Null, "what is not theirs to see has no title");
        assert!(!rows[1]["problem"]["detail"].as_str().unwrap().is_empty());
        assert_eq!(desk.page(&ids[0]).await["ticket"]["waiting"], json!(["waiting_parts"]));
        // The same again changes nothing, and says so.
        let again = json!({ "ids": [ids[0]], "command": { "do": "pause", "reason": "waiting_parts" } });
        assert_eq!(ends(&desk.agent.post(BULK, &again).await.expect(200)), [end("same", "")]);
        for (command, door) in [
            (json!({ "do": "resume", "reason": "waiting_parts" }), "resumed"),
            (json!({ "do": "priority", "urgency": "now", "reason": "门口在排队" }), "prioritised"),
            (json!({ "do": "note", "body": "同一基站" }), "note"),
            (json!({ "do": "solve", "fault_code": "TXN-01", "outcome": "advised" }), "solved"),
            (json!({ "do": "confirm" }), "closed"),
        ] {
            let rows = desk.agent.post(BULK, &json!({ "ids": [ids[0]], "command": command })).await.expect(200);
            assert_eq!(ends(&rows), [end("changed", "")], "{door}");
            let lines = desk.lines(&desk.agent, &ids[0]).await;
            assert!(lines.iter().any(|l| l["kind"] == door || l["event"]["code"] == door), "{door}: {lines:?}");
        }
    }
}

on_both! {
    fn a_macro_runs_on_many_each_with_all_of_its_steps_or_none(kit) {
        let desk = DeskWorld::new(&kit).await;
        let ids = calls(&desk, 2).await;
        let steps = json!([{ "do": "note", "body": "同一基站" }, { "do": "pause", "reason": "waiting_acquirer" }]);
        let made = desk.supervisor.post("/api/v1/recipes", &json!({ "name": "等收单机构", "steps": steps })).await.expect(201);
        desk.does(&desk.agent, &ids[1], "/cancel", json!({ "reason": "误报" })).await;
        let asked = json!({ "ids": ids, "command": { "do": "recipe", "recipe_id": made["id"] } });
        let rows = desk.agent.post(BULK, &asked).await.expect(200);
        assert_eq!(ends(&rows), [end("changed", ""), end("refused", "ticket.cancelled")]);
        assert_eq!(desk.page(&ids[0]).await["ticket"]["waiting"], json!(["waiting_acquirer"]));
        assert!(!desk.lines(&desk.agent, &ids[1]).await.iter().any(|l| l["kind"] == "note"), "none of its steps");
        desk.supervisor.delete(&format!("/api/v1/recipes/{}", made["id"].as_str().unwrap())).await.expect(204);
        assert_eq!(ends(&desk.agent.post(BULK, &asked).await.expect(200))[0], end("refused", "recipe.gone"));
    }
}

on_both! {
    fn a_repeated_call_answers_the_same_and_does_nothing_twice(kit) {
        let desk = DeskWorld::new(&kit).await;
        let ids = calls(&desk, 2).await;
        let asked = json!({ "matching": { "view": "open", "filter": { "state": "triaged" } }, "command": { "do": "note", "body": "值班长看过" } });
        let first = desk.agent.post_once(BULK, "k1", &asked).await.expect(200);
        assert_eq!(ends(&first), [end("changed", ""), end("changed", "")]);
        assert_eq!(desk.agent.post_once(BULK, "k1", &asked).await.expect(200), first);
        for id in &ids {
            let notes = desk.lines(&desk.agent, id).await.iter().filter(|l| l["kind"] == "note").count();
            assert_eq!(notes, 1);
        }
        let other = json!({ "ids": ids, "command": { "do": "note", "body": "别的" } });
        assert_eq!(desk.agent.post_once(BULK, "k1", &other).await.problem(409), "idempotency.other_request");
    }
}

on_both! {
    fn bulk_keeps_to_what_one_may_do_and_see(kit) {
        let desk = DeskWorld::new(&kit).await;
        let ids = calls(&desk, 1).await;
        let claim = json!({ "ids": ids, "command": { "do": "claim" } });
        for who in [&desk.bank, &desk.engineer] {
            assert_eq!(who.post(BULK, &claim).await.problem(403), "not_allowed");
        }
        // A dispatcher may do many things at once, but declares nothing solved.
        let solve = json!({ "ids": ids, "command": { "do": "solve", "fault_code": "TXN-01", "outcome": "advised" } });
        assert_eq!(desk.dispatcher.post(BULK, &solve).await.problem(403), "not_allowed");
        let other = postsale_testkit::World::new(&kit, "t2").await.client(&kit, Role::Agent).await;
        assert_eq!(ends(&other.post(BULK, &claim).await.expect(200)), [end("refused", "not_found")]);
        let both = json!({ "ids": ids, "matching": {}, "command": { "do": "claim" } });
        for wrong in [json!({ "command": { "do": "claim" } }), json!({ "ids": [], "command": { "do": "claim" } }), both] {
            assert_eq!(desk.agent.post(BULK, &wrong).await.problem(422), "bulk.which", "{wrong}");
        }
        let many: Vec<String> = (0..501).map(|n| format!("tkt_{n:032x}")).collect();
        assert_eq!(desk.agent.post(BULK, &json!({ "ids": many, "command": { "do": "claim" } })).await.problem(413), "bulk.too_many");
        for (command, code) in [(json!({ "do": "erase" }), "body.unreadable"), (json!({ "do": "note", "body": "x", "also": 1 }), "body.unreadable")] {
            assert_eq!(desk.agent.post(BULK, &json!({ "ids": ids, "command": command })).await.problem(422), code);
        }
    }
}
