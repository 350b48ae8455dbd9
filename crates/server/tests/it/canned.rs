//! Canned replies and macros: whose they are, how they read on a ticket, and that a macro does no more than its commands.

use postsale_domain::ground::Role;
use postsale_testkit::{World, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    fn everybody_has_their_own_and_what_is_for_all(kit) {
        let desk = DeskWorld::new(&kit).await;
        let canned = |name: &str, share: &str| json!({ "name": name, "body": "你好{merchant}，{contact}。编号{number}。{{7*7}}", "share": share });
        let own = desk.agent.post("/api/v1/canned", &canned("问候", "own")).await.expect(201);
        // Newest first, and the clock of a test stands still.
        kit.later(jiff::SignedDuration::from_secs(1));
        desk.supervisor.post("/api/v1/canned", &canned("通用", "all")).await.expect(201);
        assert_eq!(desk.agent.post("/api/v1/canned", &canned("通用", "all")).await.problem(403), "not_allowed");
        assert_eq!(desk.agent.post("/api/v1/canned", &canned("组内", "team")).await.problem(422), "canned.no_team");
        assert_eq!(desk.agent.post("/api/v1/canned", &canned(" ", "own")).await.problem(422), "canned.no_name");
        assert_eq!(desk.bank.get("/api/v1/canned").await.problem(403), "not_allowed");
        assert_eq!(names(&desk.agent.get("/api/v1/canned").await.expect(200)), ["通用", "问候"]);
        assert_eq!(names(&desk.supervisor.get("/api/v1/canned").await.expect(200)), ["通用"]);
        let at = format!("/api/v1/canned/{}", own["id"].as_str().unwrap());
        let mut change = canned("问候语", "own");
        change["version"] = json!(1);
        assert_eq!(desk.supervisor.put(&at, &change).await.problem(404), "not_found");
        desk.agent.put(&at, &change).await.expect(200);
        assert_eq!(desk.agent.put(&at, &change).await.problem(409), "stale");
        // Read on a ticket: known holes filled, everything else as it was written.
        let id = id_of(&desk.called().await);
        let read = desk.agent.post(&path(&id, "/fill"), &json!({ "body": own["body"] })).await.expect(200);
        assert_eq!(read["text"], "你好顺风面馆，张老板。编号T-000001。{{7*7}}");
        // Whoever called left no name: the shop is spoken to.
        let mut nameless = DeskWorld::call();
        (nameless["contact"], nameless["even_if_open"]) = (json!({ "phone": "13900009999" }), json!(true));
        let nameless = id_of(&desk.agent.post("/api/v1/tickets", &nameless).await.expect(201));
        let read = desk.agent.post(&path(&nameless, "/fill"), &json!({ "body": "你好，{contact}。" })).await.expect(200);
        assert_eq!((&read["text"], &read["missing"]), (&json!("你好，顺风面馆。"), &json!([])));
        let stranger = World::new(&kit, "t2").await.client(&kit, Role::Agent).await;
        assert_eq!(stranger.post(&path(&id, "/fill"), &json!({ "body": "{merchant}" })).await.problem(404), "not_found");
        assert_eq!(stranger.put(&at, &change).await.problem(404), "not_found");
        assert_eq!(desk.agent.delete(&at).await.status, 204);
        assert_eq!(names(&desk.agent.get("/api/v1/canned").await.expect(200)), ["通用"]);
    }
}

on_both! {
    fn a_macro_does_what_its_preview_says_or_nothing(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let steps = json!([
            { "do": "claim" },
            { "do": "priority", "impact": "cannot_take_payment", "urgency": "now", "reason": "午市" },
            { "do": "reply", "body": "{contact}，{number} 已在处理，请保持电话畅通。", "wait": true },
            { "do": "note", "body": "已按催办流程处理" },
        ]);
        assert_eq!(desk.agent.post("/api/v1/recipes", &json!({ "name": "催办", "steps": steps })).await.problem(403), "not_allowed");
        let made = desk.supervisor.post("/api/v1/recipes", &json!({ "name": "催办", "steps": steps })).await.expect(201);
        let named = json!({ "recipe_id": made["id"] });
        let seen = desk.supervisor.post(&path(&id, "/recipe-preview"), &named).await.expect(200);
        assert_eq!((seen["refused"].clone(), seen["steps"].as_array().unwrap().len()), (Value::Null, 4));
        assert_eq!(seen["steps"][2]["words"], "张老板，T-000001 已在处理，请保持电话畅通。");
        assert_ne!(seen["before"]["owner_name"], "supervisor@t1");
        assert_eq!(seen["steps"][3]["after"]["owner_name"], "supervisor@t1");
        // Nothing has happened yet.
        let before = desk.page(&id).await;
        let mut run = named.clone();
        run["version"] = json!(before["ticket"]["version"].as_i64().unwrap() - 1);
        assert_eq!(desk.supervisor.post(&path(&id, "/recipe"), &run).await.problem(409), "stale");
        run["version"] = before["ticket"]["version"].clone();
        let after = desk.supervisor.post(&path(&id, "/recipe"), &run).await.expect(200);
        let foreseen = &seen["steps"][3]["after"];
        assert_eq!((&after["ticket"]["state"], &after["ticket"]["priority"], &after["ticket"]["waiting"]), (&foreseen["state"], &foreseen["priority"], &foreseen["waiting"]));
        let words: Vec<String> = desk.lines(&desk.agent, &id).await.iter().filter_map(|l| l["body"].as_str().map(str::to_owned)).collect();
        assert!(words.contains(&"张老板，T-000001 已在处理，请保持电话畅通。".to_owned()), "{words:?}");
    }
}

on_both! {
    fn a_step_that_is_refused_takes_all_with_it(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let steps = json!([{ "do": "note", "body": "先记一笔" }, { "do": "solve", "fault_code": "PRN-01", "outcome": "advised" }]);
        let made = desk.supervisor.post("/api/v1/recipes", &json!({ "name": "告知后解决", "steps": steps })).await.expect(201);
        // A dispatcher may write notes, but does not solve.
        let named = json!({ "recipe_id": made["id"], "version": desk.page(&id).await["ticket"]["version"] });
        let seen = desk.dispatcher.post(&path(&id, "/recipe-preview"), &json!({ "recipe_id": made["id"] })).await.expect(200);
        assert!(seen["refused"].as_str().unwrap().contains("ticket.solve"), "{seen}");
        let answer = desk.dispatcher.post(&path(&id, "/recipe"), &named).await;
        assert_eq!((answer.status, answer.json["field"].as_str()), (403, Some("steps.1")));
        assert!(!desk.lines(&desk.agent, &id).await.iter().any(|l| l["kind"] == "note"));
        // A hole nothing is known for refuses, too: no merchant reads "{store}".
        let hole = json!([{ "do": "reply", "body": "{store}你好", "wait": false }]);
        let at = format!("/api/v1/recipes/{}", made["id"].as_str().unwrap());
        desk.supervisor.put(&at, &json!({ "name": "问候", "steps": hole, "version": 1 })).await.expect(200);
        let call = json!({ "symptom": "不开机", "terminal_unknown_reason": "标签磨掉了", "contact": { "name": "李", "phone": "13900007788" } });
        let bare = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let run = json!({ "recipe_id": made["id"], "version": bare["ticket"]["version"] });
        assert_eq!(desk.agent.post(&path(&id_of(&bare), "/recipe"), &run).await.problem(409), "recipe.hole");
        for (steps, code) in [(json!([]), "recipe.no_steps"), (json!([{ "do": "note", "body": "" }]), "recipe.no_words")] {
            assert_eq!(desk.supervisor.post("/api/v1/recipes", &json!({ "name": "x", "steps": steps })).await.problem(422), code);
        }
        assert_eq!(desk.supervisor.delete(&at).await.status, 204);
        assert_eq!(desk.agent.post(&path(&id, "/recipe"), &named).await.problem(404), "not_found");
    }
}
