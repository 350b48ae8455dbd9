//! What is over stays as it is, and what nobody has seen is not said.

use postsale_server::ground::db::{Query, p};
use postsale_server::sql;
use postsale_testkit::on_both;
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};
use crate::talk_world::SERIAL;

on_both! {
    fn a_terminal_confirms_only_when_it_was_heard_again(kit) {
        let desk = DeskWorld::new(&kit).await;
        let terminal = desk.terminal;
        let silent = |since: jiff::Timestamp| desk.world.write(&kit, move |tx| {
            let said = [p(&since), p(&terminal)];
            tx.exec(sql!("UPDATE terminal SET offline_since = $1 WHERE id = $2"), &said)?;
            Ok(())
        });
        silent(kit.now() - jiff::SignedDuration::from_hours(9)).await;
        let id = id_of(&desk.called().await);
        let solved = desk.does(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" })).await;
        assert_eq!(solved["confirm_by"], json!(["phone"]), "what would be refused is not offered");
        assert_eq!(desk.refused(&desk.agent, &id, "/confirm", json!({ "by": "telemetry" }), 409).await, "ticket.not_heard");
        assert_eq!(desk.page(&id).await["ticket"]["state"], "solved");
        // Silent again, but only after the repair: it was heard in between.
        silent(kit.now() + jiff::SignedDuration::from_mins(30)).await;
        let page = desk.page(&id).await;
        assert_eq!(page["confirm_by"], json!(["phone", "telemetry"]));
        assert_eq!(desk.does(&desk.agent, &id, "/confirm", json!({ "by": "telemetry" })).await["ticket"]["state"], "closed");
        // Of a terminal nobody knows nothing is heard.
        let unknown = json!({ "symptom": "打印机不出纸", "terminal_unknown_reason": "标签磨掉了", "contact": { "name": "李", "phone": "13900000000" } });
        let id = id_of(&desk.agent.post("/api/v1/tickets", &unknown).await.expect(201));
        desk.does(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" })).await;
        assert_eq!(desk.refused(&desk.agent, &id, "/confirm", json!({ "by": "telemetry" }), 409).await, "ticket.not_heard");
        assert_eq!(desk.does(&desk.agent, &id, "/confirm", json!({ "by": "phone" })).await["ticket"]["state"], "closed");
    }
}

on_both! {
    fn what_is_over_is_not_altered(kit) {
        let desk = DeskWorld::new(&kit).await;
        let closed = id_of(&desk.called().await);
        let offers = |page: &Value| ["fields", "quote"].map(|c| page["allowed"].as_array().unwrap().contains(&json!(c)));
        assert_eq!(offers(&desk.page(&closed).await), [true, true]);
        desk.agent.post(&path(&closed, "/guide"), &json!({})).await.expect(200);
        desk.does(&desk.agent, &closed, "/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" })).await;
        desk.does(&desk.agent, &closed, "/confirm", json!({ "by": "phone" })).await;
        let mut call = DeskWorld::call();
        call["even_if_open"] = json!(true);
        let cancelled = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        desk.does(&desk.agent, &cancelled, "/cancel", json!({ "reason": "打错了" })).await;
        let merged = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        let goes_on = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let into = json!({ "into": id_of(&goes_on), "into_version": goes_on["ticket"]["version"] });
        desk.does(&desk.agent, &merged, "/merge", into).await;
        let lines = json!({ "lines": [{ "code": "LAB-ONS-URB", "quantity": 1 }] });
        for (id, code) in [(&closed, "ticket.closed"), (&cancelled, "ticket.cancelled"), (&merged, "ticket.merged")] {
            let before = desk.page(id).await;
            assert_eq!(offers(&before), [false, false]);
            assert_eq!(desk.refused(&desk.agent, id, "/fields", json!({ "ticket_type": "paper", "fields": {} }), 409).await, code);
            assert_eq!(desk.refused(&desk.agent, id, "/label", json!({ "label": "closed" }), 409).await, code);
            assert_eq!(desk.agent.post(&path(id, "/quotes"), &lines).await.problem(409), code);
            assert_eq!(desk.page(id).await, before, "nothing has changed");
        }
        // A walk that was under way ends with the case.
        let left = desk.agent.post(&path(&closed, "/guide/leave"), &json!({ "reason": "x" })).await;
        assert_eq!(left.problem(409), "ticket.closed");
        // What only adds is welcome.
        desk.agent.post(&path(&closed, "/notes"), &json!({ "body": "商户来电道谢" })).await.expect(200);
    }
}

on_both! {
    fn a_fault_of_security_is_not_solved_from_afar(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut call = DeskWorld::call();
        call["symptom"] = json!("终端提示防拆报警，疑似被人拆过");
        let page = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let id = id_of(&page);
        assert_eq!(page["ticket"]["decision"], "onsite");
        let fault = page["ticket"]["fault_code"].clone();
        assert!(fault.as_str().unwrap().starts_with("SEC-"), "{fault}");
        for (fault, outcome) in [(fault.clone(), "remote_fixed"), (fault.clone(), "no_fault"), (json!("PRN-01"), "advised")] {
            let body = json!({ "fault_code": fault, "outcome": outcome, "reason": "商户说没事了" });
            assert_eq!(desk.refused(&desk.agent, &id, "/solve", body, 409).await, "ticket.onsite_only", "not under another name, not for an agent's reason");
        }
        let bare = json!({ "fault_code": fault, "outcome": "remote_fixed" });
        assert_eq!(desk.refused(&desk.supervisor, &id, "/solve", bare, 409).await, "ticket.onsite_only", "nor without a reason");
        let body = json!({ "fault_code": fault, "outcome": "no_fault", "reason": "监控证实是店员自己换的贴纸" });
        assert_eq!(desk.does(&desk.supervisor, &id, "/solve", body).await["ticket"]["state"], "solved");
        let lines = desk.lines(&desk.agent, &id).await;
        let why = lines.iter().find(|l| l["event"]["code"] == "vouched").unwrap();
        assert_eq!((&why["event"]["sentence"]["zh"], &why["public"]), (&json!("supervisor@t1说明为何不上门：监控证实是店员自己换的贴纸"), &json!(false)));
        let written = desk.world.read(&kit, |tx| Ok(tx.number(sql!("SELECT COUNT(*) FROM audit_entry WHERE action = 'ticket.vouch'"), &[])?)).await;
        assert_eq!(written, 1);
    }
}

on_both! {
    fn a_receipt_that_was_not_sent_says_so_and_is_sent_by_hand(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut call = json!({ "symptom": "打印机不出纸", "terminal_unknown_reason": "标签磨掉了", "contact": { "name": "李", "email": "li@example.com" } });
        let mut pages = Vec::new();
        for n in 0..4 {
            call["symptom"] = json!(format!("打印机不出纸{n}"));
            pages.push(desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        }
        assert!(pages[..3].iter().all(|page| page["held"] == json!([])), "three go at once");
        let (id, held) = (id_of(&pages[3]), &pages[3]["held"][0]);
        assert_eq!((&held["kind"], &held["held"], &held["until"]), (&json!("received"), &json!("receipts"), &Value::Null));
        let audit = desk.world.read(&kit, |tx| {
            Ok(tx.number(sql!("SELECT COUNT(*) FROM audit_entry WHERE action = 'notice.tell' AND after_json LIKE '%receipts%'"), &[])?)
        }).await;
        assert_eq!(audit, 1, "the chain says why it has not gone");
        kit.settle().await;
        let mails = || std::fs::read_dir(kit.folder.path().join("mail/new")).map_or(0, Iterator::count);
        assert_eq!(mails(), 3);
        let send = path(&id, &format!("/notices/{}/send", held["id"].as_str().unwrap()));
        let sent = desk.agent.post(&send, &json!({ "reason": "商户说没收到" })).await.expect(200);
        assert_eq!(sent["held"], json!([]));
        assert_eq!(desk.agent.post(&send, &json!({ "reason": "再来一次" })).await.problem(409), "notice.not_held");
        kit.settle().await;
        assert_eq!(mails(), 4);
    }
}

on_both! {
    fn a_priority_says_what_was_said_and_what_was_taken(kit) {
        let desk = DeskWorld::new(&kit).await;
        let said = |page: &Value| page["ticket"]["priority_why"]["lines"].as_array().unwrap().iter().map(|l| l["zh"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let page = desk.called().await;
        assert_eq!(said(&page)[1], "紧急：今天内（没有说明，按当天）", "nobody was asked");
        let mut call = DeskWorld::call();
        (call["even_if_open"], call["urgency"]) = (json!(true), json!("today"));
        assert_eq!(said(&desk.agent.post("/api/v1/tickets", &call).await.expect(201))[1], "紧急：今天内（登记时选择）");
        // Completed later: what was read from the first words was still not said by anybody.
        let bare = json!({ "symptom": "打印机不出纸", "terminal_serial": SERIAL, "even_if_open": true });
        let id = id_of(&desk.agent.post("/api/v1/tickets", &bare).await.expect(201));
        let whole = desk.does(&desk.agent, &id, "/register", json!({ "contact": { "name": "李", "phone": "13900000000" } })).await;
        assert_eq!(whole["ticket"]["state"], "triaged");
        assert!(said(&whole)[..2].iter().all(|line| !line.contains("登记时选择")), "{:?}", said(&whole));
    }
}

on_both! {
    fn a_sub_task_is_due_today_or_later(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let task = |due: jiff::Timestamp| json!({ "title": "寄送纸卷", "due_at": due });
        let (now, day) = (kit.now(), jiff::SignedDuration::from_hours(24));
        assert_eq!(desk.agent.post(&path(&id, "/tasks"), &task("2020-01-01T00:00:00Z".parse().unwrap())).await.problem(422), "ticket.task_past");
        assert_eq!(desk.agent.post(&path(&id, "/tasks"), &task(now - day)).await.problem(422), "ticket.task_past");
        assert_eq!(desk.page(&id).await["sub_tasks"], json!([]));
        // A day is meant, whatever the hour; and the day is the tenant's, not Greenwich's.
        let midnight = postsale_server::ground::when::day(now).to_zoned(postsale_server::ground::when::zone()).unwrap().timestamp();
        assert_eq!(desk.agent.post(&path(&id, "/tasks"), &task(midnight)).await.status, 201);
        assert_eq!(desk.agent.post(&path(&id, "/tasks"), &task(midnight - jiff::SignedDuration::from_secs(1))).await.problem(422), "ticket.task_past");
    }
}
