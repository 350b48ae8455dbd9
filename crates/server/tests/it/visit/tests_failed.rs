//! What does not work is not handed over; what was only looked at is seen to later.

use postsale_domain::ground::{BranchId, Reach};
use postsale_server::flow::desk::Desk;
use postsale_server::ground::db::{Query, p};
use postsale_server::sql;
use postsale_server::terminal::store as terminals;
use postsale_server::ticket::entry::Kind;
use postsale_testkit::on_both;
use serde_json::{Value, json};

use super::{Scene, signature};
use crate::desk_world::{DeskWorld, id_of};

fn codes(page: &Value) -> Vec<&str> {
    page["missing"].as_array().unwrap().iter().map(|g| g["code"].as_str().unwrap()).collect()
}

on_both! {
    fn a_repair_is_not_finished_over_a_failed_test(kit) {
        let s = Scene::new(&kit).await;
        s.at_work("not_applicable").await;
        s.all_steps().await;
        for step in ["print_test", "test_sale"] {
            s.does(&s.engineer, "/steps", json!({ "code": step, "result": "fail", "note": "x" })).await;
        }
        let page = s.does(&s.engineer, "/steps", json!({ "code": "location_fix", "result": "fail", "note": "室内没有信号" })).await;
        assert_eq!(codes(&page), ["test_failed:print_test", "test_failed:test_sale"], "a note beside it mends nothing");
        assert!(page["missing"][0]["sentence"]["zh"].as_str().unwrap().contains("打印测试页清晰"));
        let by = |confirmation: Value| json!({ "outcome": "fixed", "confirmation": confirmation, "version": page["order"]["version"] });
        let no = s.engineer.post(&s.path("/complete"), &by(signature())).await;
        assert_eq!((no.status, no.json["code"].as_str()), (409, Some("visit.gaps")));
        for named in ["未通过：打印测试页清晰", "未通过：一分钱交易成功并撤销"] {
            assert!(no.json["detail"].as_str().unwrap().contains(named), "what failed is named: {}", no.text);
        }
        for step in ["print_test", "test_sale"] {
            s.does(&s.engineer, "/steps", json!({ "code": step, "result": "pass" })).await;
        }
        // A dot is nobody's name.
        let dot = json!({ "kind": "signature", "name": "张老板", "strokes": [[[0, 0], [0, 0]]] });
        assert_eq!(s.refused(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": dot }), 422).await, "visit.signature_small");
        let done = s.does(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await;
        let kept = done["steps"].as_array().unwrap().iter().find(|step| step["code"] == "location_fix").unwrap();
        assert_eq!((&kept["result"], &kept["note"]), (&json!("fail"), &json!("室内没有信号")), "the page shows how each test ended");

        // What was only looked at is somebody's to do, until a day, and the case waits for it.
        let ticket = s.dispatcher.get(&format!("/api/v1/tickets/{}", s.ticket)).await.expect(200);
        let tasks = ticket["sub_tasks"].as_array().unwrap();
        assert_eq!(tasks.len(), 1, "{tasks:?}");
        assert_eq!(tasks[0]["title"], "终端定位在登记地址未通过：室内没有信号");
        assert_eq!(tasks[0]["assignee_id"], ticket["ticket"]["owner"]["id"], "{ticket}");
        assert_eq!(tasks[0]["due_at"], json!(kit.now() + jiff::SignedDuration::from_hours(72)));
        assert_eq!(ticket["ticket"]["state"], "triaged");
    }
}

on_both! {
    fn a_removal_gives_nothing_back_and_leaves_the_unit_in_stock(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut call = DeskWorld::call();
        (call["symptom"], call["ticket_type"]) = (json!("店要关了，请撤机"), json!("remove"));
        let opened = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let id = id_of(&opened);
        assert_eq!(opened["ticket"]["fulfilled_by_visit"], true);
        assert_eq!(desk.refused(&desk.agent, &id, "/solve", json!({ "outcome": "fulfilled" }), 422).await, "ticket.fulfilled_by_visit");
        let sent = json!({ "reason_code": "needs_hands", "reason": "撤机", "skills": [] });
        let page = desk.does(&desk.agent, &id, "/work-orders", sent).await;
        let order = page["work_orders"][0]["id"].as_str().unwrap().to_owned();
        let does = async |client: &postsale_testkit::Client, door: &str, mut body: Value| {
            body["version"] = client.get(&format!("/api/v1/work-orders/{order}")).await.expect(200)["order"]["version"].clone();
            client.post(&format!("/api/v1/work-orders/{order}{door}"), &body).await
        };
        does(&desk.dispatcher, "/offer", json!({ "engineer_id": desk.near })).await.expect(200);
        does(&desk.engineer, "/accept", json!({})).await.expect(200);
        let there = does(&desk.engineer, "/arrive", json!({ "off_site_reason": "地下室" })).await.expect(200);
        assert!(!there["allowed"].as_array().unwrap().contains(&json!("restore")), "a wiped unit gets nothing back");
        does(&desk.engineer, "/backup", json!({ "state": "done" })).await.expect(200);
        for step in there["steps"].as_array().unwrap() {
            does(&desk.engineer, "/steps", crate::desk_world::done_well(step)).await.expect(200);
        }
        assert_eq!(does(&desk.engineer, "/restore", json!({ "verified": true })).await.problem(409), "visit.nothing_to_restore");
        let said = does(&desk.engineer, "/deliver", json!({ "what": "终端和电源已收回" })).await.expect(200);
        assert_eq!(codes(&said), Vec::<&str>::new());
        let unit = desk.terminal;
        let bound = desk.world.read(&kit, move |tx| terminals::open_binding(tx, unit)).await;
        assert!(bound.is_some(), "nothing moves before it is confirmed");
        does(&desk.engineer, "/complete", json!({ "outcome": "fulfilled", "confirmation": signature() })).await.expect(200);
        let left = desk.world.read(&kit, move |tx| terminals::bindings(tx, unit)).await;
        assert_eq!((left.len(), left[0].valid_to), (1, Some(kit.now())), "it stands nowhere any more");
        let page = desk.page(&id).await;
        assert_eq!((&page["ticket"]["state"], &page["ticket"]["outcome"]), (&json!("closed"), &json!("fulfilled")));
        assert_eq!(page["ticket"]["fulfilled_by_visit"], false);
    }
}

on_both! {
    fn an_installation_is_fulfilled_by_its_visit_and_the_desk_may_end_it_otherwise(kit) {
        let desk = DeskWorld::new(&kit).await;
        // (what was ordered, what the desk says, whether it may)
        let table = [
            ("install", "fulfilled", Some("ticket.fulfilled_by_visit")),
            ("install", "advised", None),
            ("relocate", "fulfilled", Some("ticket.fulfilled_by_visit")),
            // Nobody has to go for a training on the phone.
            ("training", "fulfilled", None),
        ];
        for (ordered, outcome, no) in table {
            let mut call = DeskWorld::call();
            (call["symptom"], call["ticket_type"], call["even_if_open"]) = (json!("有事要办"), json!(ordered), json!(true));
            let opened = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
            let id = id_of(&opened);
            assert_eq!(opened["ticket"]["fulfilled_by_visit"], json!(ordered != "training"), "{ordered}");
            match no {
                Some(code) => {
                    assert_eq!(desk.refused(&desk.agent, &id, "/solve", json!({ "outcome": outcome }), 422).await, code, "{ordered}");
                    desk.does(&desk.agent, &id, "/cancel", json!({ "reason": "商户不要了" })).await;
                }
                None => assert_eq!(desk.does(&desk.agent, &id, "/solve", json!({ "outcome": outcome })).await["ticket"]["outcome"], outcome),
            }
        }
    }
}

on_both! {
    fn a_visit_is_finished_whoever_answers_at_the_desk(kit) {
        let s = Scene::new(&kit).await;
        s.at_work("not_applicable").await;
        s.all_steps().await;
        s.does(&s.engineer, "/steps", json!({ "code": "location_fix", "result": "fail", "note": "室内没有信号" })).await;
        // The owner works for another branch by now, and this shop is none of its.
        let id = s.ticket;
        s.world
            .write(&kit, move |tx| {
                let owner = postsale_server::ticket::store::ticket(tx, id)?.unwrap().case.owner;
                let (branch, tenant, now): (BranchId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
                tx.exec(
                    sql!("INSERT INTO branch (id, tenant_id, code, name, created_at, version) VALUES ($1, $2, 'B9', '别处', $3, 1)"),
                    &[p(&branch), p(&tenant), p(&now)],
                )?;
                tx.exec(sql!("UPDATE app_user SET branch_id = $1 WHERE id = $2"), &[p(&branch), p(&owner)])?;
                Ok(())
            })
            .await;
        s.does(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await;
        let page = s.dispatcher.get(&format!("/api/v1/tickets/{}", s.ticket)).await.expect(200);
        assert_eq!((&page["sub_tasks"][0]["assignee_id"], &page["sub_tasks"][0]["title"]), (&json!(null), &json!("终端定位在登记地址未通过：室内没有信号")));

        // What the desk did about an unhappy merchant is not for whoever was sent.
        s.world
            .write(&kit, move |tx| {
                let mut desk = Desk::load(tx, id, Reach::All, None)?;
                let done = json!({ "title": "补救", "recovered": "compensated", "words": "补偿了两百元" });
                desk.line(tx, Kind::Event, false, "", Some(("recovery_done".into(), done)), None)?;
                desk.save(tx, "ticket.task_end").map(drop)
            })
            .await;
        let lines = format!("/api/v1/tickets/{}/timeline?limit=100", s.ticket);
        assert!(s.dispatcher.get(&lines).await.text.contains("补偿了两百元"));
        let seen = s.engineer.get(&lines).await.text;
        assert!(!seen.contains("补偿了两百元") && !seen.contains("终端定位在登记地址未通过"), "{seen}");
    }
}
