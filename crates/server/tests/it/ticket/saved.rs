//! Narrowed and ordered lists, and the views people keep of them.

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_testkit::{Client, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of};

const VIEWS: &str = "/api/v1/desk-views";

/// Four tickets a minute apart: the shop's own, and three calls; the last is urgent and waits for parts.
async fn furnished(kit: &postsale_testkit::Kit) -> DeskWorld {
    let desk = DeskWorld::new(kit).await;
    desk.called().await;
    for n in 2..=4 {
        kit.later(SignedDuration::from_mins(1));
        let body = json!({ "symptom": format!("第{n}件"), "terminal_unknown_reason": "不在店里", "contact": { "name": "李", "phone": "13900007788" } });
        let id = id_of(&desk.agent.post("/api/v1/tickets", &body).await.expect(201));
        if n == 4 {
            desk.does(&desk.agent, &id, "/priority", json!({ "impact": "cannot_take_payment", "urgency": "now", "reason": "排队" })).await;
            desk.does(&desk.agent, &id, "/pause", json!({ "reason": "waiting_parts" })).await;
        }
    }
    desk
}

async fn numbers(client: &Client, query: &str) -> Vec<i64> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/v1/tickets?limit=1&{query}{cursor}")).await.expect(200);
        let number = |t: &Value| t["number"].as_str().unwrap()[2..].parse::<i64>().unwrap();
        all.extend(page["items"].as_array().unwrap().iter().map(number));
        let Some(next) = page["next_cursor"].as_str() else { return all };
        cursor = format!("&cursor={next}");
    }
}

on_both! {
    fn a_list_is_narrowed_and_ordered(kit) {
        let desk = furnished(&kit).await;
        for (query, found) in [
            ("sort=oldest", vec![1, 2, 3, 4]),
            ("sort=newest", vec![4, 3, 2, 1]),
            ("sort=newest&priority=urgent", vec![4]),
            ("sort=oldest&waiting=waiting_parts", vec![4]),
            ("sort=oldest&waiting=waiting_merchant", vec![]),
            ("sort=oldest&state=triaged,new&channel=phone", vec![1, 2, 3, 4]),
            ("sort=oldest&state=solved", vec![]),
            ("sort=oldest&channel=mail,h5", vec![]),
            ("sort=oldest&owner=me", vec![1, 2, 3, 4]),
            ("sort=oldest&district=%E6%B5%A6%E4%B8%9C", vec![1]),
            ("sort=oldest&tier=standard", vec![1]),
            ("sort=oldest&fault=prn", vec![1]),
            ("view=mine&sort=newest&district=", vec![4, 3, 2, 1]),
            ("view=waiting&sort=oldest", vec![4]),
            ("view=closed&state=closed", vec![]),
        ] {
            assert_eq!(numbers(&desk.agent, query).await, found, "{query}");
        }
        assert_eq!(numbers(&desk.dispatcher, "sort=oldest&owner=me").await, Vec::<i64>::new());
        assert_eq!(numbers(&desk.other_bank, "sort=oldest").await, Vec::<i64>::new());
        assert_eq!(numbers(&desk.bank, "sort=oldest").await, vec![1]);
        let mut changed = numbers(&desk.agent, "sort=changed").await;
        assert_eq!(changed.remove(0), 4);
        for wrong in ["state=lost", "priority=urgent,", "channel=fax", "waiting=godot", "tier=tin", "owner=tkt_1", "fault=%25"] {
            assert_eq!(desk.agent.get(&format!("/api/v1/tickets?{wrong}")).await.problem(422), "ticket.filter_unknown", "{wrong}");
        }
        // A cursor belongs to the list it was given for.
        let page = desk.agent.get("/api/v1/tickets?limit=1&sort=oldest&owner=me").await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        assert_eq!(desk.agent.get(&format!("/api/v1/tickets?limit=1&sort=oldest&cursor={cursor}")).await.problem(422), "cursor.unknown");
        let count = desk.agent.get("/api/v1/tickets/count?owner=me").await.expect(200);
        assert_eq!(count, json!({ "count": 4, "states": { "triaged": 4 } }));
        assert_eq!(desk.agent.get("/api/v1/tickets/count?view=closed").await.expect(200)["count"], Value::Null);
    }
}

on_both! {
    fn a_view_is_kept_counted_changed_and_forgotten(kit) {
        let desk = furnished(&kit).await;
        let wanted = json!({ "name": " 等配件 ", "sort": "oldest", "layout": "kanban", "columns": ["clock", "subject"],
            "filter": { "waiting": "waiting_parts", "priority": "urgent,high" } });
        let view = desk.agent.post(VIEWS, &wanted).await.expect(201);
        assert_eq!((&view["name"], &view["share"], &view["may_change"]), (&json!("等配件"), &json!("own"), &json!(true)));
        assert_eq!(view["filter"], json!({ "waiting": "waiting_parts", "priority": "high,urgent" }));
        let second = desk.agent.post(VIEWS, &json!({ "name": "我的", "queue": "mine", "filter": { "owner": "me" } })).await.expect(201);
        desk.agent.post(VIEWS, &json!({ "name": "已关", "queue": "closed" })).await.expect(201);
        let listed = desk.agent.get(VIEWS).await.expect(200);
        let seen: Vec<(&str, &Value)> = listed["items"].as_array().unwrap().iter().map(|v| (v["name"].as_str().unwrap(), &v["count"])).collect();
        assert_eq!(seen, [("等配件", &json!(1)), ("我的", &json!(4)), ("已关", &Value::Null)]);
        let door = format!("{VIEWS}/{}", view["id"].as_str().unwrap());
        let changed = desk.agent.patch(&door, &json!({ "version": 1, "name": "缺件", "filter": {} })).await.expect(200);
        assert_eq!((&changed["name"], &changed["filter"], &changed["version"]), (&json!("缺件"), &json!({}), &json!(2)));
        let stale = desk.agent.patch(&door, &json!({ "version": 1, "name": "旧" })).await;
        assert_eq!((stale.status, stale.json["current"]["name"].clone()), (409, json!("缺件")));
        desk.agent.put(&format!("{VIEWS}/order"), &json!({ "ids": [second["id"]] })).await.expect(204);
        assert_eq!(desk.agent.get(VIEWS).await.expect(200)["items"][0]["name"], "我的");
        assert_eq!(desk.agent.delete(&door).await.status, 204);
        assert_eq!(desk.agent.delete(&door).await.problem(404), "not_found");
        let audit = desk.supervisor.get(&format!("/api/v1/audit?subject={}", view["id"].as_str().unwrap())).await.expect(200);
        let deeds: Vec<&str> = audit["items"].as_array().unwrap().iter().map(|l| l["action"].as_str().unwrap()).collect();
        assert_eq!(deeds.first(), Some(&"desk_view.remove"));
        assert_eq!(deeds.last(), Some(&"desk_view.add"));
        for (wrong, code) in [
            (json!({ "name": "" }), "desk_view.bad_name"),
            (json!({ "name": "x", "columns": ["clock", "clock"] }), "desk_view.columns"),
            (json!({ "name": "x", "filter": { "state": "lost" } }), "ticket.filter_unknown"),
            (json!({ "name": "x", "filter": { "colour": "red" } }), "body.unreadable"),
        ] {
            assert_eq!(desk.agent.post(VIEWS, &wrong).await.problem(422), code);
        }
    }
}

on_both! {
    fn views_are_shared_with_those_they_are_for(kit) {
        let desk = furnished(&kit).await;
        let names = async |who: &Client| -> Vec<String> {
            let listed = who.get(VIEWS).await.expect(200);
            listed["items"].as_array().unwrap().iter().map(|v| v["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(desk.agent.post(VIEWS, &json!({ "name": "x", "share": "public" })).await.problem(403), "desk_view.team_only");
        assert_eq!(desk.bank.post(VIEWS, &json!({ "name": "x", "share": "team" })).await.problem(403), "desk_view.no_sharing");
        let team = desk.agent.post(VIEWS, &json!({ "name": "组内", "share": "team" })).await.expect(201);
        let all = desk.supervisor.post(VIEWS, &json!({ "name": "全员", "share": "public" })).await.expect(201);
        desk.bank.post(VIEWS, &json!({ "name": "本行" })).await.expect(201);
        assert_eq!(names(&desk.agent).await, ["组内", "全员"]);
        assert_eq!(names(&desk.dispatcher).await, ["全员"]);
        assert_eq!(names(&desk.bank).await, ["本行"], "another house sees only its own");
        assert_eq!(desk.bank.get(VIEWS).await.expect(200)["items"][0]["count"], 1, "and counts only its own");
        let (team, all) = (format!("{VIEWS}/{}", team["id"].as_str().unwrap()), format!("{VIEWS}/{}", all["id"].as_str().unwrap()));
        assert_eq!(desk.dispatcher.patch(&team, &json!({ "version": 1, "name": "y" })).await.problem(404), "not_found");
        assert_eq!(desk.agent.patch(&all, &json!({ "version": 1, "name": "y" })).await.problem(403), "desk_view.not_yours");
        assert_eq!(desk.agent.delete(&all).await.problem(403), "desk_view.not_yours");
        let admin = desk.world.client(&kit, Role::Admin).await;
        admin.patch(&all, &json!({ "version": 1, "name": "全部工单" })).await.expect(200);
        for role in [Role::Storekeeper, Role::Auditor, Role::Engineer] {
            assert_eq!(desk.world.client(&kit, role).await.get(VIEWS).await.problem(403), "not_allowed");
        }
        let other = postsale_testkit::World::new(&kit, "t2").await.client(&kit, Role::Supervisor).await;
        assert_eq!(other.get(VIEWS).await.expect(200)["items"], json!([]));
        assert_eq!(other.delete(&all).await.problem(404), "not_found");
    }
}
