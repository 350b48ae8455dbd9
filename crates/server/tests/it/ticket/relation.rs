//! Links, sub-tasks, a ticket split off another; what may be the same; the order in which tickets are taken up.

use postsale_domain::ground::Role;
use postsale_testkit::on_both;
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};
use crate::talk_world::SERIAL;

async fn another(desk: &DeskWorld, symptom: &str) -> Value {
    let mut body = DeskWorld::call();
    (body["symptom"], body["even_if_open"]) = (json!(symptom), json!(true));
    desk.agent.post("/api/v1/tickets", &body).await.expect(201)
}

on_both! {
    fn tickets_are_linked_and_both_pages_say_so(kit) {
        let desk = DeskWorld::new(&kit).await;
        let (first, second) = (id_of(&desk.called().await), id_of(&another(&desk, "网络断开，交易超时").await));
        let link = json!({ "to": second, "kind": "blocks" });
        let page = desk.agent.post(&path(&first, "/links"), &link).await.expect(200);
        assert_eq!((&page["links"][0]["kind"], &page["links"][0]["back"], &page["links"][0]["number"]), (&json!("blocks"), &json!(false), &json!("T-000002")));
        let other = desk.page(&second).await;
        assert_eq!((&other["links"][0]["back"], &other["links"][0]["number"]), (&json!(true), &json!("T-000001")));
        assert_eq!(desk.agent.post(&path(&first, "/links"), &link).await.problem(409), "ticket.linked_already");
        assert_eq!(desk.agent.post(&path(&first, "/links"), &json!({ "to": first, "kind": "relates" })).await.problem(422), "ticket.link_itself");
        assert_eq!(desk.agent.post(&path(&first, "/links"), &json!({ "to": "tkt_00000000000000000000000000000007", "kind": "relates" })).await.problem(404), "not_found");
        assert_eq!(desk.bank.post(&path(&first, "/links"), &link).await.problem(403), "not_allowed");
        // Either end may take it away.
        let gone = desk.agent.post(&path(&second, "/unlink"), &json!({ "link": other["links"][0]["id"] })).await.expect(200);
        assert_eq!(gone["links"], json!([]));
        assert_eq!(desk.agent.post(&path(&second, "/unlink"), &json!({ "link": other["links"][0]["id"] })).await.problem(409), "ticket.not_linked");
        let lines = desk.lines(&desk.agent, &first).await;
        assert!(lines.iter().any(|l| l["event"]["sentence"]["zh"] == "agent@t1关联工单：阻塞 T-000002"), "{lines:?}");
    }
}

on_both! {
    fn nothing_is_solved_before_its_sub_tasks(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let me = desk.agent.get("/api/v1/users?role=agent").await.expect(200)["items"][0]["id"].clone();
        for (title, due) in [("请财务核对押金", "2026-11-26T10:00:00Z"), ("通知销售", "2026-11-25T10:00:00Z")] {
            desk.agent.post(&path(&id, "/tasks"), &json!({ "title": title, "assignee": me, "due_at": due })).await.expect(201);
        }
        assert_eq!(desk.agent.post(&path(&id, "/tasks"), &json!({ "title": " " })).await.problem(422), "ticket.task_no_title");
        assert_eq!(desk.agent.post(&path(&id, "/tasks"), &json!({ "title": "字".repeat(201) })).await.problem(422), "ticket.task_title_long");
        assert_eq!(desk.agent.post(&path(&id, "/tasks"), &json!({ "title": "x", "assignee": "usr_00000000000000000000000000000007" })).await.problem(422), "ticket.task_assignee");
        // Whoever could not end it is not given it.
        for (role, takes) in [("dispatcher", true), ("supervisor", true), ("finance", false), ("quality", false), ("storekeeper", false), ("auditor", false)] {
            let people = desk.agent.get(&format!("/api/v1/users?role={role}")).await.expect(200);
            let Some(who) = people["items"].get(0).map(|p| p["id"].clone()) else { continue };
            let asked = desk.agent.post(&path(&id, "/tasks"), &json!({ "title": role, "assignee": who, "due_at": "2026-11-27T10:00:00Z" })).await;
            if takes {
                let page = asked.expect(201);
                let made = page["sub_tasks"].as_array().unwrap().iter().find(|k| k["title"] == role).unwrap()["id"].as_str().unwrap().to_owned();
                desk.agent.post(&format!("/api/v1/sub-tasks/{made}/drop"), &json!({ "reason": "只是试试" })).await.expect(200);
            } else {
                assert_eq!(asked.problem(422), "ticket.task_assignee", "{role}");
            }
        }
        assert_eq!(desk.engineer.post(&path(&id, "/tasks"), &json!({ "title": "x" })).await.problem(403), "not_allowed");
        let page = desk.page(&id).await;
        assert!(!page["allowed"].as_array().unwrap().contains(&json!("solve")));
        let solve = json!({ "version": page["ticket"]["version"], "fault_code": "PRN-01", "outcome": "remote_fixed" });
        let refused = desk.agent.post(&path(&id, "/solve"), &solve).await;
        assert_eq!((refused.status, refused.json["code"].as_str()), (409, Some("ticket.tasks_open")));
        assert!(refused.json["detail"].as_str().unwrap().contains("通知销售 / 请财务核对押金"), "{}", refused.text);
        let mine = desk.agent.get("/api/v1/sub-tasks?limit=1").await.expect(200);
        assert_eq!((&mine["items"][0]["title"], &mine["items"][0]["ticket_number"]), (&json!("通知销售"), &json!("T-000001")), "what is due first");
        let rest = desk.agent.get(&format!("/api/v1/sub-tasks?limit=1&cursor={}", mine["next_cursor"].as_str().unwrap())).await.expect(200);
        let (second, first) = (mine["items"][0]["id"].as_str().unwrap(), rest["items"][0]["id"].as_str().unwrap());
        assert_eq!(desk.bank.post(&format!("/api/v1/sub-tasks/{first}/done"), &json!({})).await.problem(403), "not_allowed");
        let done = desk.agent.post(&format!("/api/v1/sub-tasks/{first}/done"), &json!({})).await.expect(200);
        assert_eq!((&done["sub_tasks"][1]["done_by"], &done["sub_tasks"][0]["done_at"]), (&json!("agent@t1"), &Value::Null));
        let again = desk.agent.post(&format!("/api/v1/sub-tasks/{first}/done"), &json!({})).await.expect(200);
        assert_eq!(again["ticket"]["version"], done["ticket"]["version"], "done twice is done once");
        assert_eq!(desk.agent.post(&format!("/api/v1/sub-tasks/{second}/drop"), &json!({ "reason": "" })).await.problem(422), "reason.missing");
        let dropped = desk.agent.post(&format!("/api/v1/sub-tasks/{second}/drop"), &json!({ "reason": "不用了" })).await.expect(200);
        assert_eq!(dropped["sub_tasks"][0]["dropped"], "不用了");
        desk.does(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "remote_fixed" })).await;
    }
}

on_both! {
    fn a_part_becomes_a_ticket_of_its_own(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        kit.later(jiff::SignedDuration::from_mins(20));
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "另外：二维码也扫不了" })).await.expect(200);
        let lines = desk.lines(&desk.agent, &id).await;
        let note = lines.iter().find(|l| l["kind"] == "note").unwrap()["id"].clone();
        let event = lines.iter().find(|l| l["kind"] == "event").unwrap()["id"].clone();
        let split = json!({ "lines": [note], "terminal_serial": SERIAL });
        assert_eq!(desk.refused(&desk.dispatcher, &id, "/split", split.clone(), 403).await, "not_allowed");
        assert_eq!(desk.refused(&desk.agent, &id, "/split", json!({ "lines": [] }), 422).await, "ticket.split_nothing");
        assert_eq!(desk.refused(&desk.agent, &id, "/split", json!({ "lines": [event] }), 422).await, "ticket.split_lines");
        let made = desk.does(&desk.agent, &id, "/split", split).await;
        let new = id_of(&made);
        assert_eq!((&made["ticket"]["symptom"], &made["merchant"]["name"], &made["contact"]["name"]), (&json!("另外：二维码也扫不了"), &json!("顺风面馆"), &json!("张老板")));
        assert_eq!((&made["links"][0]["kind"], &made["links"][0]["undoable"], &made["links"][0]["ticket_id"]), (&json!("split_from"), &json!(true), &json!(id)));
        assert_eq!(made["ticket"]["resolution"]["consumed_s"], 0, "it was said just now");
        let of = desk.page(&id).await;
        assert_eq!((&of["links"][0]["back"], &of["links"][0]["ticket_id"]), (&json!(true), &json!(new)));
        assert!(desk.lines(&desk.agent, &id).await.iter().any(|l| l["body"] == "另外：二维码也扫不了"), "the lines stay where they are as well");
        let back = desk.does(&desk.agent, &new, "/unsplit", json!({})).await;
        assert_eq!((id_of(&back), &back["links"]), (id.clone(), &json!([])));
        assert_eq!(desk.page(&new).await["ticket"]["state"], "cancelled");
        assert_eq!(desk.refused(&desk.agent, &id, "/unsplit", json!({}), 409).await, "ticket.not_split");
        // Once something else has happened it stays.
        let note = desk.lines(&desk.agent, &id).await.iter().find(|l| l["kind"] == "note").unwrap()["id"].clone();
        let made = desk.does(&desk.agent, &id, "/split", json!({ "lines": [note], "symptom": "二维码扫不了", "terminal_unknown_reason": "另一台" })).await;
        let new = id_of(&made);
        desk.agent.post(&path(&new, "/notes"), &json!({ "body": "已联系" })).await.expect(200);
        assert_eq!(desk.refused(&desk.agent, &new, "/unsplit", json!({}), 409).await, "ticket.split_moved_on");
        assert_eq!(desk.page(&new).await["links"][0]["undoable"], false);
    }
}

on_both! {
    fn what_may_be_the_same_is_shown_before_it_is_registered(kit) {
        let desk = DeskWorld::new(&kit).await;
        let first = desk.called().await;
        let bank = first["merchant"]["acquirer_id"].clone();
        let incident = desk.agent.post("/api/v1/incidents", &json!({ "title": "示例银行连不上", "acquirer_id": bank })).await.expect(201);
        let ask = json!({ "symptom": "小票打不出来，打印机不出纸", "terminal_serial": SERIAL, "phone": "138-1234-5521" });
        let preview = desk.agent.post("/api/v1/triage/preview", &ask).await.expect(200);
        let candidate = &preview["candidates"][0];
        assert_eq!((&candidate["id"], &candidate["why"]), (&first["ticket"]["id"], &json!("same_terminal")));
        assert!(candidate["likeness"]["percent"].as_u64().unwrap() >= 50, "{candidate}");
        assert_eq!((&preview["incidents"][0]["number"], &preview["incidents"][0]["by"][0]["zh"]), (&json!("I-000001"), &json!("同一收单机构")));
        let by_phone = json!({ "symptom": "屏幕碎了", "phone": "13812345521" });
        let preview = desk.agent.post("/api/v1/triage/preview", &by_phone).await.expect(200);
        assert_eq!((&preview["candidates"][0]["why"], &preview["candidates"][0]["likeness"]), (&json!("same_contact"), &Value::Null));
        let outside = desk.bank.post("/api/v1/triage/preview", &ask).await.expect(200);
        assert_eq!((&outside["candidates"], &outside["incidents"]), (&json!([]), &json!([])));
        // Registered and attached in one.
        let mut body = DeskWorld::call();
        (body["even_if_open"], body["incident_id"]) = (json!(true), incident["incident"]["id"].clone());
        let joined = desk.agent.post("/api/v1/tickets", &body).await.expect(201);
        assert_eq!(joined["incident"]["number"], "I-000001");
        assert_eq!(desk.bank.post("/api/v1/tickets", &body).await.problem(403), "not_allowed");
        assert_eq!(desk.page(&id_of(&first)).await["known_incidents"][0]["number"], "I-000001", "the older one may belong to it too");
    }
}

on_both! {
    fn who_waits_long_enough_comes_first(kit) {
        let desk = DeskWorld::new(&kit).await;
        let old = id_of(&another(&desk, "不急：换一卷纸").await);
        desk.does(&desk.agent, &old, "/priority", json!({ "impact": "can_take_payment", "urgency": "can_wait", "reason": "不急" })).await;
        kit.later(jiff::SignedDuration::from_hours(10));
        let agent = desk.world.client(&kit, Role::Agent).await;
        let urgent = async |name: &str| {
            let mut body = DeskWorld::call();
            (body["even_if_open"], body["impact"], body["urgency"]) = (json!(true), json!("cannot_take_payment"), json!("now"));
            body["contact"]["name"] = json!(name);
            let agent = desk.world.client(&kit, Role::Agent).await;
            id_of(&agent.post("/api/v1/tickets", &body).await.expect(201))
        };
        let next = async || {
            let agent = desk.world.client(&kit, Role::Agent).await;
            let list = agent.get("/api/v1/tickets?view=next&limit=1").await.expect(200);
            (list["items"][0]["id"].as_str().unwrap().to_owned(), list["next_cursor"].as_str().unwrap().to_owned())
        };
        let soon = urgent("王").await;
        assert_eq!(next().await.0, soon, "after ten hours an urgent one still goes first");
        kit.later(jiff::SignedDuration::from_hours(15));
        let late = urgent("李").await;
        let (first, cursor) = next().await;
        assert_eq!(first, soon);
        let agent2 = desk.world.client(&kit, Role::Agent).await;
        let rest = agent2.get(&format!("/api/v1/tickets?view=next&cursor={cursor}")).await.expect(200);
        let order: Vec<&str> = rest["items"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect();
        assert_eq!(order, [old.as_str(), late.as_str()], "after a day nothing new goes before it");
        let page = agent2.get(&path(&old, "")).await.expect(200);
        assert_eq!(page["ticket"]["queue_why"].as_array().map(Vec::len), Some(3));
        drop(agent);
    }
}

on_both! {
    fn a_shop_with_nothing_to_switch_to_is_a_step_up(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let judge = |hit: Value| json!({ "impact": "partly", "urgency": "today", "terminals_hit": hit, "reason": "店里说的" });
        let one = desk.does(&desk.agent, &id, "/priority", judge(json!(1))).await;
        let two = desk.does(&desk.agent, &id, "/priority", judge(json!(2))).await;
        assert_eq!((&one["ticket"]["priority"], &two["ticket"]["priority"]), (&json!("normal"), &json!("high")));
        assert!(two["ticket"]["priority_why"]["lines"].as_array().unwrap().last().unwrap()["zh"].as_str().unwrap().contains("2台"), "{two}");
        // What was said holds until something else is said.
        let again = desk.does(&desk.agent, &id, "/priority", judge(Value::Null)).await;
        assert_eq!(again["ticket"]["priority_why"]["terminals_hit"], 2);
        assert_eq!(desk.refused(&desk.agent, &id, "/priority", judge(json!(0)), 422).await, "ticket.terminals_hit");
    }
}
