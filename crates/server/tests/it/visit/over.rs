//! How a visit ends without having mended anything, and what its case does then.

use jiff::Timestamp;
use postsale_domain::ground::{Reach, Role, TypedId};
use postsale_domain::ticket::{TicketState, VisitReason};
use postsale_server::flow::desk::Desk;
use postsale_server::flow::visit::{Sending, send};
use postsale_server::notify::jobs::PAGE_TOKEN;
use postsale_server::ticket::store::ticket;
use postsale_testkit::{Client, on_both};
use serde_json::{Value, json};

use super::{Scene, signature};

on_both! {
    fn a_failed_visit_gives_the_case_back(kit) {
        let s = Scene::new(&kit).await;
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near })).await;
        s.does(&s.engineer, "/accept", json!({})).await;
        assert_eq!(s.refused(&s.engineer, "/arrive", json!({ "lat": 30.0, "lng": 121.5 }), 422).await, "visit.off_site");
        let far_away = s.does(&s.engineer, "/arrive", json!({ "lat": 30.0, "lng": 121.5, "off_site_reason": "商场在地下" })).await;
        assert_eq!(far_away["order"]["state"], "on_site", "with a word for it a position never keeps anybody from working");
        let arrived = far_away["history"].as_array().unwrap().iter().find(|line| line["code"] == "arrived").unwrap().clone();
        assert!(arrived["sentence"]["zh"].as_str().unwrap().contains("商场在地下"), "{arrived}");
        assert_eq!(s.refused(&s.engineer, "/fail", json!({ "reason": "没人", "follow_up": "" }), 422).await, "visit.say_it");
        let failed = s.does(&s.engineer, "/fail", json!({ "reason": "商户没人", "follow_up": "明天再约" })).await;
        assert_eq!((&failed["order"]["state"], &failed["missing"]), (&json!("failed"), &json!([])));
        let id = s.ticket;
        let state = s.world.read(&kit, move |tx| Ok(ticket(tx, id)?.unwrap().case.state)).await;
        assert_eq!(state, TicketState::Triaged);
        // The merchant, the agent: one step, one word of what comes next.
        let token = kit.house.seal.sign(PAGE_TOKEN, id.uuid());
        let page = Client::new(&kit.house).get(&format!("/m/{token}?lang=zh")).await.text;
        for said in ["<li class=\"now\" aria-current=\"step\">上门", "上次上门没有办成。下一步：重新安排工程师上门", "当前状态：安排上门"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        // The case can be visited again: the closed order no longer stands in the way.
        let again = s.world.write(&kit, move |tx| {
            let mut desk = Desk::load(tx, id, Reach::All, None)?;
            let sending = Sending { fault_code: Some("PRN-02".into()), reason_code: VisitReason::NeedsHands, reason: "再约".into(), skills: None, parts: None, access_note: None };
            let order = send(tx, &mut desk, &sending)?;
            desk.save(tx, "ticket.visit")?;
            Ok(order)
        }).await;
        assert_ne!(again, s.order);
        let now: Timestamp = kit.now();
        assert_eq!(failed["order"]["closed_at"], json!(now));
    }
}

on_both! {
    fn a_case_with_open_sub_tasks_outlives_its_visit(kit) {
        let s = Scene::new(&kit).await;
        let ticket = format!("/api/v1/tickets/{}", s.ticket);
        let supervisor = s.world.client(&kit, Role::Supervisor).await;
        supervisor.post(&format!("{ticket}/tasks"), &json!({ "title": "请财务退押金" })).await.expect(201);
        s.at_work("not_applicable").await;
        s.all_steps().await;
        let done = s.does(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await;
        assert_eq!(done["order"]["state"], "done");
        let page = supervisor.get(&ticket).await.expect(200);
        assert_eq!(page["ticket"]["state"], "triaged", "the visit is over, the case is not");
        let lines = supervisor.get(&format!("{ticket}/timeline?limit=100")).await.expect(200);
        assert!(lines["items"].as_array().unwrap().iter().any(|l| l["event"]["sentence"]["zh"].as_str().is_some_and(|s| s.contains("请财务退押金"))));
        let task = page["sub_tasks"][0]["id"].as_str().unwrap();
        let page = supervisor.post(&format!("/api/v1/sub-tasks/{task}/done"), &json!({})).await.expect(200);
        let solve = json!({ "version": page["ticket"]["version"], "fault_code": "PRN-02", "outcome": "visit_fixed" });
        let page = supervisor.post(&format!("{ticket}/solve"), &solve).await.expect(200);
        assert_eq!(page["ticket"]["state"], "solved");
        kit.later(jiff::SignedDuration::from_mins(5));
        let page = supervisor.post(&format!("{ticket}/reopen"), &json!({ "version": page["ticket"]["version"], "reason": "又不打印了" })).await.expect(200);
        let solve = json!({ "version": page["ticket"]["version"], "fault_code": "PRN-02", "outcome": "visit_fixed" });
        assert_eq!(supervisor.post(&format!("{ticket}/solve"), &solve).await.problem(422), "ticket.outcome_by_visit", "that visit was before");
    }
}

on_both! {
    fn a_visit_that_nobody_needs_is_called_off(kit) {
        let s = Scene::new(&kit).await;
        let ticket = format!("/api/v1/tickets/{}", s.ticket);
        let agent = s.world.client(&kit, Role::Agent).await;
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near })).await;
        s.does(&s.engineer, "/accept", json!({})).await;
        let said = json!({ "reason": "商户说自己好了" });
        assert_eq!(s.refused(&s.engineer, "/cancel", said.clone(), 403).await, "not_allowed");
        assert_eq!(s.refused(&agent, "/cancel", json!({ "reason": " " }), 422).await, "visit.say_it");
        let page = agent.get(&s.path("")).await.expect(200);
        assert!(page["allowed"].as_array().unwrap().contains(&json!("cancel")));
        kit.later(jiff::SignedDuration::from_mins(1));
        let over = s.does(&agent, "/cancel", said.clone()).await;
        assert_eq!((&over["order"]["state"], &over["offers"][0]["state"], &over["allowed"]), (&json!("cancelled"), &json!("withdrawn"), &json!([])));
        assert_eq!(s.refused(&agent, "/cancel", said, 409).await, "visit.closed");
        // The hour is free again, the merchant hears that nobody comes, and the desk goes on.
        let board = s.dispatcher.get("/api/v1/dispatch/board?date=2026-11-24").await.expect(200);
        assert!(board["engineers"].as_array().unwrap().iter().all(|row| row["orders"] == json!([]) && row["load_pct"] == 0), "{board}");
        // Whoever was to go is told, has it on their list as what it is, and reads why behind the old link; nobody else of the crew does.
        let (bells, mine) = (s.engineer.get("/api/v1/bell").await.expect(200), s.engineer.get("/api/v1/work-orders?view=mine&date=2026-11-24").await.expect(200));
        let bell = &bells["items"][0];
        assert_eq!((&bell["kind"], &bell["by_name"], &bell["preview"]), (&json!("called_off"), &json!("agent@t1"), &json!("2026-11-24T02:15:00Z/2026-11-24T02:35:00Z")));
        assert_eq!((&mine["items"][0]["id"], &mine["items"][0]["state"]), (&json!(s.order), &json!("cancelled")));
        let page = s.engineer.get(&s.path("")).await.expect(200);
        assert!(page["history"].as_array().unwrap().iter().any(|h| h["sentence"]["zh"].as_str().is_some_and(|said| said.contains("商户说自己好了"))), "{page}");
        assert_eq!(s.other.get(&s.path("")).await.problem(404), "not_found");
        assert_eq!(s.other.get("/api/v1/bell").await.expect(200)["items"], json!([]));
        let id = s.ticket;
        let told = s.world.read(&kit, move |tx| postsale_server::notify::store::told(tx, id)).await;
        let told: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(told, ["visit_promised", "visit_called_off"]);
        let lines = agent.get(&format!("{ticket}/timeline?limit=100")).await.expect(200);
        let line = lines["items"].as_array().unwrap().iter().find(|l| l["event"]["code"] == "visit_cancelled").unwrap();
        assert_eq!(line["public"], true, "their page said that somebody comes, so it says that nobody does");
        let page = agent.get(&ticket).await.expect(200);
        assert_eq!((&page["ticket"]["state"], page["allowed"].as_array().unwrap().contains(&json!("visit"))), (&json!("triaged"), true));
        // Somebody who is at the shop ends it there.
        let body = json!({ "version": page["ticket"]["version"], "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "还是不行" });
        let sent = agent.post(&format!("{ticket}/work-orders"), &body).await.expect(201);
        let again = Scene { order: sent["work_orders"].as_array().unwrap().iter().find(|o| o["state"] == "open").unwrap()["id"].as_str().unwrap().parse().unwrap(), ..s };
        again.at_work("not_applicable").await;
        assert_eq!(again.refused(&agent, "/cancel", json!({ "reason": "不用了" }), 409).await, "visit.not_now");
    }
}

on_both! {
    fn whoever_loses_a_visit_hears_of_it(kit) {
        let s = Scene::new(&kit).await;
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near })).await;
        s.does(&s.engineer, "/accept", json!({})).await;
        s.does(&s.engineer, "/depart", json!({})).await;
        kit.later(jiff::SignedDuration::from_mins(1));
        s.does(&s.dispatcher, "/withdraw", json!({ "reason": "换人更近" })).await;
        let bells = s.engineer.get("/api/v1/bell").await.expect(200);
        assert_eq!((&bells["items"][0]["kind"], bells["items"].as_array().unwrap().len()), (&json!("taken_back"), 1));
        assert_eq!(s.engineer.get(&s.path("")).await.problem(404), "not_found", "it is somebody else's to do now");
        kit.later(jiff::SignedDuration::from_mins(1));
        let over = s.does(&s.dispatcher, "/cancel", json!({ "reason": "商户说自己好了" })).await;
        assert_eq!((&over["order"]["state"], &over["order"]["engineer"]), (&json!("cancelled"), &Value::Null));
        assert_eq!(s.engineer.get("/api/v1/bell/count").await.expect(200)["unread"], 1, "whoever had it before was told already");
    }
}
