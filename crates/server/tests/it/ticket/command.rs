//! Every command of the desk: done, refused, forbidden; and what follows from it.

use postsale_domain::ground::Role;
use postsale_domain::notify::NoticeKind;
use postsale_domain::ticket::TicketId;
use postsale_server::notify;
use postsale_testkit::on_both;
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

fn codes(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|l| l["event"]["code"].as_str()).collect()
}

on_both! {
    fn one_person_is_accountable(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let taken = desk.does(&desk.supervisor, &id, "/claim", json!({})).await;
        assert_eq!(taken["ticket"]["owner"]["name"], "supervisor@t1");
        let version = taken["ticket"]["version"].clone();
        let again = desk.does(&desk.supervisor, &id, "/claim", json!({})).await;
        assert_eq!(again["ticket"]["version"], version, "what is already so changes nothing");
        let colleagues = desk.agent.get("/api/v1/users?role=agent").await.expect(200);
        let handed = desk.does(&desk.supervisor, &id, "/assign", json!({ "to": colleagues["items"][0]["id"] })).await;
        assert_eq!(handed["ticket"]["owner"]["name"], "agent@t1");
        let engineers = desk.agent.get("/api/v1/users?role=engineer").await.expect(200);
        assert_eq!(desk.refused(&desk.agent, &id, "/assign", json!({ "to": engineers["items"][0]["id"] }), 422).await, "ticket.assignee_unknown");
        assert_eq!(desk.refused(&desk.bank, &id, "/claim", json!({}), 403).await, "not_allowed");
        assert_eq!(desk.refused(&desk.engineer, &id, "/assign", json!({ "to": engineers["items"][0]["id"] }), 403).await, "not_allowed");
        let lines = desk.lines(&desk.agent, &id).await;
        let last = &lines.last().unwrap()["event"];
        assert_eq!(last["sentence"]["zh"], "supervisor@t1把工单从supervisor@t1转给agent@t1");
    }
}

on_both! {
    fn an_old_copy_is_told_what_is_so_now(kit) {
        let desk = DeskWorld::new(&kit).await;
        let page = desk.called().await;
        let id = id_of(&page);
        desk.does(&desk.supervisor, &id, "/claim", json!({})).await;
        let stale = desk.agent.post(&path(&id, "/pause"), &json!({ "version": page["ticket"]["version"], "reason": "waiting_parts" })).await;
        assert_eq!((stale.status, stale.json["code"].as_str()), (409, Some("stale")));
        assert_eq!(stale.json["current"], desk.page(&id).await);
        // A note only adds, whatever happened meanwhile.
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "商户下午在店" })).await.expect(200);
    }
}

on_both! {
    fn a_reply_reaches_the_merchant_exactly_once(kit) {
        let desk = DeskWorld::new(&kit).await;
        let page = desk.called().await;
        let id = id_of(&page);
        let body = json!({ "version": page["ticket"]["version"], "body": "请换一卷纸再试。", "wait": true });
        let first = desk.agent.post_once(&path(&id, "/reply"), "r1", &body).await;
        let second = desk.agent.post_once(&path(&id, "/reply"), "r1", &body).await;
        assert_eq!((first.status, &first.text), (200, &second.text));
        assert_eq!(first.json["ticket"]["waiting"], json!(["waiting_merchant"]));
        assert_eq!(first.json["ticket"]["resolution"]["level"], "paused");
        let delivery = async || {
            let lines = desk.lines(&desk.agent, &id).await;
            let reply = lines.iter().find(|l| l["kind"] == "reply").unwrap().clone();
            assert_eq!((&reply["public"], &reply["channel"], &reply["body"]), (&json!(true), &json!("mail"), &json!("请换一卷纸再试。")));
            reply["delivery"]["state"].clone()
        };
        assert_eq!(delivery().await, "ready");
        kit.settle().await;
        assert_eq!(delivery().await, "sent");
        let ticket: TicketId = id.parse().unwrap();
        let told = desk.world.read(&kit, move |tx| notify::store::told(tx, ticket)).await;
        assert_eq!(told.iter().filter(|(kind, _)| *kind == NoticeKind::MessageFromAgent).count(), 1);
        let mails = std::fs::read_dir(kit.folder.path().join("mail/new")).unwrap().map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap());
        assert_eq!(mails.filter(|m| m.contains("MessageFromAgent") || m.contains("Message-ID")).count(), 2, "the receipt and the reply");
        assert_eq!(desk.refused(&desk.agent, &id, "/reply", json!({ "body": "  " }), 422).await, "ticket.no_words");
        assert_eq!(desk.refused(&desk.agent, &id, "/reply", json!({ "body": "字".repeat(4001) }), 422).await, "ticket.words_long");
        let quality = desk.world.client(&kit, Role::Quality).await;
        assert_eq!(desk.refused(&quality, &id, "/reply", json!({ "body": "x" }), 403).await, "not_allowed");
        desk.does(&desk.agent, &id, "/cancel", json!({ "reason": "重复" })).await;
        let lines = desk.lines(&desk.agent, &id).await.len();
        assert_eq!(desk.refused(&desk.agent, &id, "/reply", json!({ "body": "x" }), 409).await, "ticket.cancelled");
        assert_eq!(desk.lines(&desk.agent, &id).await.len(), lines, "a refused reply leaves nothing behind");
    }
}

on_both! {
    fn notes_stay_inside(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let quality = desk.world.client(&kit, Role::Quality).await;
        quality.post(&path(&id, "/notes"), &json!({ "body": "同批次第三起" })).await.expect(200);
        assert_eq!(desk.agent.post(&path(&id, "/notes"), &json!({ "body": "" })).await.problem(422), "ticket.no_words");
        assert_eq!(desk.bank.post(&path(&id, "/notes"), &json!({ "body": "x" })).await.problem(403), "not_allowed");
        let note = desk.lines(&desk.agent, &id).await.pop().unwrap();
        assert_eq!((&note["kind"], &note["public"], &note["author_name"]), (&json!("note"), &json!(false), &json!("quality@t1")));
        let row = desk.agent.get("/api/v1/tickets").await.expect(200)["items"][0].clone();
        assert_eq!(row["last_line"]["preview"]["zh"], "同批次第三起");
        let banks = desk.bank.get("/api/v1/tickets").await.expect(200)["items"][0].clone();
        assert_eq!(banks["last_line"], Value::Null);
    }
}

on_both! {
    fn a_priority_is_derived_and_its_reason_kept(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let page = desk.does(&desk.agent, &id, "/priority", json!({ "impact": "cannot_take_payment", "urgency": "now", "reason": "排队20人" })).await;
        assert_eq!((&page["ticket"]["priority"], &page["ticket"]["priority_why"]["priority"]), (&json!("urgent"), &json!("urgent")));
        assert!(page["ticket"]["priority_why"]["lines"][0]["zh"].as_str().unwrap().contains("完全不能收款"));
        let told = desk.agent.get(&path(&id, "/clocks/resolution")).await.expect(200);
        assert_eq!(told["recomputed_equal"], true);
        assert_eq!(told["changes"].as_array().map(Vec::len), Some(1), "{told}");
        assert_eq!(desk.refused(&desk.agent, &id, "/priority", json!({ "impact": "partly", "urgency": "now", "reason": " " }), 422).await, "reason.missing");
        assert_eq!(desk.refused(&desk.bank, &id, "/priority", json!({ "impact": "partly", "urgency": "now", "reason": "x" }), 403).await, "not_allowed");
        assert!(codes(&desk.lines(&desk.agent, &id).await).contains(&"prioritised"));
    }
}

on_both! {
    fn waiting_holds_the_clock_and_the_lists_say_for_whom(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let held = desk.does(&desk.agent, &id, "/pause", json!({ "reason": "waiting_merchant" })).await;
        assert_eq!((&held["ticket"]["resolution"]["level"], &held["ticket"]["resolution"]["paused_reasons"]), (&json!("paused"), &json!(["waiting_merchant"])));
        assert!(held["allowed"].as_array().unwrap().contains(&json!("resume")));
        assert_eq!(desk.agent.get("/api/v1/tickets?view=waiting").await.expect(200)["items"][0]["id"], json!(id));
        let on = desk.does(&desk.agent, &id, "/resume", json!({ "reason": "waiting_merchant" })).await;
        assert_eq!(on["ticket"]["waiting"], json!([]));
        assert_eq!(desk.agent.post(&path(&id, "/pause"), &json!({ "version": on["ticket"]["version"], "reason": "lunch" })).await.problem(422), "body.unreadable");
        assert_eq!(desk.refused(&desk.engineer, &id, "/pause", json!({ "reason": "waiting_parts" }), 403).await, "not_allowed");
        desk.does(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "remote_fixed" })).await;
        assert_eq!(desk.refused(&desk.agent, &id, "/pause", json!({ "reason": "waiting_parts" }), 409).await, "ticket.solved_already");
    }
}

on_both! {
    fn a_person_decides_against_the_book_with_a_reason(kit) {
        let desk = DeskWorld::new(&kit).await;
        let before = desk.called().await;
        let id = id_of(&before);
        let page = desk.does(&desk.agent, &id, "/triage", json!({ "decision": "onsite", "fault_code": "PRN-02", "reason": "齿轮响，听得见" })).await;
        assert_eq!((&page["triage"]["decided_by"], &page["triage"]["decision"], &page["ticket"]["fault_code"]), (&json!("person"), &json!("onsite"), &json!("PRN-02")));
        assert_eq!(page["triage"]["proposals"], before["triage"]["proposals"], "what the book said stays in sight");
        assert_eq!(desk.refused(&desk.agent, &id, "/triage", json!({ "decision": "onsite", "fault_code": "NO-99", "reason": "x" }), 422).await, "ticket.fault_unknown");
        assert_eq!(desk.refused(&desk.agent, &id, "/triage", json!({ "decision": "onsite", "reason": "" }), 422).await, "reason.missing");
        assert_eq!(desk.refused(&desk.bank, &id, "/triage", json!({ "decision": "onsite", "reason": "x" }), 403).await, "not_allowed");
    }
}

on_both! {
    fn somebody_is_sent_with_what_they_need_to_know(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let visit = json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸", "access_note": "从后门进" });
        assert_eq!(desk.refused(&desk.bank, &id, "/work-orders", visit.clone(), 403).await, "not_allowed");
        let mut wrong = visit.clone();
        wrong["fault_code"] = json!("NO-99");
        assert_eq!(desk.refused(&desk.agent, &id, "/work-orders", wrong, 422).await, "visit.fault_unknown");
        let page = desk.does(&desk.agent, &id, "/work-orders", visit.clone()).await;
        assert_eq!((&page["ticket"]["state"], &page["work_orders"][0]["number"], &page["work_orders"][0]["state"]), (&json!("visit"), &json!("W-000001"), &json!("open")));
        let allowed: Vec<&str> = page["allowed"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(!allowed.contains(&"visit") && !allowed.contains(&"solve"), "one visit at a time: {allowed:?}");
        assert_eq!(desk.refused(&desk.agent, &id, "/work-orders", visit, 409).await, "ticket.visit_under_way");
        let order = page["work_orders"][0]["id"].as_str().unwrap();
        assert_eq!(desk.agent.get(&format!("/api/v1/work-orders/{order}")).await.expect(200)["order"]["access_note"], "从后门进");
    }
}

on_both! {
    fn solved_confirmed_opened_again_and_withdrawn(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        assert_eq!(desk.refused(&desk.agent, &id, "/solve", json!({ "fault_code": "NO-99", "outcome": "advised" }), 422).await, "ticket.fault_unknown");
        assert_eq!(desk.refused(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "visit_fixed" }), 422).await, "ticket.outcome_by_visit");
        assert_eq!(desk.refused(&desk.dispatcher, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" }), 403).await, "not_allowed");
        assert_eq!(desk.refused(&desk.agent, &id, "/confirm", json!({ "by": "phone" }), 409).await, "ticket.not_now");
        let solved = desk.does(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "remote_fixed" })).await;
        assert_eq!((&solved["ticket"]["state"], &solved["ticket"]["resolution"]["level"], &solved["promise"]), (&json!("solved"), &json!("met"), &Value::Null));
        assert_eq!(desk.refused(&desk.agent, &id, "/confirm", json!({ "by": "page" }), 422).await, "ticket.confirm_by");
        assert_eq!(desk.refused(&desk.bank, &id, "/confirm", json!({ "by": "phone" }), 403).await, "not_allowed");
        let closed = desk.does(&desk.agent, &id, "/confirm", json!({ "by": "phone" })).await;
        assert_eq!((&closed["ticket"]["state"], &closed["follow_ups"][0]["state"]), (&json!("closed"), &json!("scheduled")));
        assert_eq!(desk.refused(&desk.agent, &id, "/reopen", json!({ "reason": "" }), 422).await, "reason.missing");
        assert_eq!(desk.refused(&desk.engineer, &id, "/reopen", json!({ "reason": "x" }), 403).await, "not_allowed");
        let open = desk.does(&desk.agent, &id, "/reopen", json!({ "reason": "又打不出了" })).await;
        assert_eq!((&open["ticket"]["state"], &open["ticket"]["reopen_count"], &open["ticket"]["resolution"]["level"]), (&json!("triaged"), &json!(1), &json!("ok")));
        assert_eq!(desk.refused(&desk.agent, &id, "/cancel", json!({ "reason": " " }), 422).await, "reason.missing");
        assert_eq!(desk.refused(&desk.dispatcher, &id, "/cancel", json!({ "reason": "x" }), 403).await, "not_allowed");
        let over = desk.does(&desk.agent, &id, "/cancel", json!({ "reason": "商户换了别家" })).await;
        assert_eq!((&over["ticket"]["state"], &over["allowed"]), (&json!("cancelled"), &json!(["note"])));
        let lines = desk.lines(&desk.agent, &id).await;
        assert_eq!(codes(&lines), ["registered", "triaged", "solved", "closed", "reopened", "cancelled"]);
        assert!(lines.iter().filter_map(|l| l["event"]["sentence"]["zh"].as_str()).all(|s| !s.contains('{') && !s.contains("remote_fixed")), "{lines:?}");
        // After thirty days it stays closed, and the page does not offer what would be refused.
        let second = id_of(&desk.called().await);
        desk.does(&desk.agent, &second, "/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" })).await;
        desk.does(&desk.agent, &second, "/confirm", json!({ "by": "telemetry" })).await;
        kit.later(jiff::SignedDuration::from_hours(31 * 24));
        let late = desk.world.client(&kit, Role::Agent).await;
        let page = late.get(&path(&second, "")).await.expect(200);
        assert_eq!(page["allowed"], json!(["note", "relate"]));
        let reopen = json!({ "version": page["ticket"]["version"], "reason": "x" });
        assert_eq!(late.post(&path(&second, "/reopen"), &reopen).await.problem(409), "ticket.reopen_too_late");
    }
}
