//! Registering a ticket, and what the phone form shows before.

use postsale_domain::ground::Role;
use postsale_server::ground::db::Query;
use postsale_server::merchant::store as merchants;
use postsale_server::sql;
use postsale_testkit::{Client, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, SPARE, id_of, path};
use crate::talk_world::SERIAL;

on_both! {
    fn a_call_becomes_a_ticket_with_everything_on_its_page(kit) {
        let desk = DeskWorld::new(&kit).await;
        let page = desk.called().await;
        let ticket = &page["ticket"];
        assert_eq!((&ticket["number"], &ticket["state"], &ticket["channel"]), (&json!("T-000001"), &json!("triaged"), &json!("phone")));
        assert_eq!((&ticket["merchant_name"], &ticket["terminal_model"], &ticket["terminal_serial"]), (&json!("顺风面馆"), &json!("A920"), &json!(SERIAL)));
        assert_eq!((&ticket["owner"]["name"], &ticket["claimed"]), (&json!("agent@t1"), &json!(true)));
        // Whoever registers a call has answered it: the response clock has stopped, the other runs.
        assert_eq!((&ticket["response"]["level"], &ticket["resolution"]["level"], &ticket["look_at"]), (&json!("met"), &json!("ok"), &json!("resolution")));
        assert_eq!(page["contact"]["phone_masked"], "138****5521");
        assert_eq!(page["contact"]["by_mail"], true, "the address on record belongs to this number");
        assert_eq!((&page["merchant"]["store"]["name"], &page["merchant"]["store"]["open_now"]), (&json!("柜台"), &json!(true)));
        assert_eq!((&page["merchant"]["open_tickets"], &page["merchant"]["terminals"]), (&json!(1), &json!(1)));
        assert_eq!((&page["terminal"]["binding"]["tid"], &page["terminal"]["firmware"]), (&json!("10482277"), &json!("5.2")));
        assert_eq!((&page["coverage"]["in_warranty"], &page["coverage"]["rule"]), (&json!(true), &json!("W-STD")));
        assert!(page["coverage"]["terms"].as_array().unwrap().len() >= 6, "terms that were rejected are named too");
        assert!(page["triage"]["rule"].as_str().unwrap().starts_with("S1-03"));
        assert!(page["triage"]["proposals"][0]["evidence"][0]["zh"].is_string());
        assert!(ticket["priority_why"]["lines"].as_array().unwrap().len() >= 3);
        assert_eq!((&page["missing"], &page["work_orders"], &page["follow_ups"]), (&json!([]), &json!([]), &json!([])));
        let allowed: Vec<&str> = page["allowed"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(allowed.contains(&"solve") && allowed.contains(&"visit") && allowed.contains(&"pause"), "{allowed:?}");
        assert!(!allowed.contains(&"claim") && !allowed.contains(&"resume") && !allowed.contains(&"reopen"), "{allowed:?}");
        // The words are the merchant's, whoever typed them.
        let lines = desk.lines(&desk.agent, &id_of(&page)).await;
        assert_eq!((&lines[0]["kind"], &lines[0]["author"], &lines[0]["author_name"]), (&json!("message"), &json!("merchant"), &json!("张老板")));
        let codes: Vec<&str> = lines.iter().filter_map(|l| l["event"]["code"].as_str()).collect();
        assert_eq!(codes, ["registered", "triaged"]);
        assert!(lines.iter().all(|l| !l["event"]["sentence"]["en"].as_str().unwrap_or_default().contains('{')));
        // What is asked again with the page is the same page.
        assert_eq!(desk.page(&id_of(&page)).await, page);
    }
}

on_both! {
    /// The page says 99+ where more would have to be counted; who says how many are hit is judged by all of them.
    fn a_big_merchant_is_counted_up_to_a_hundred(kit) {
        let desk = DeskWorld::new(&kit).await;
        desk.more_terminals(&kit, 0..98).await;
        let page = desk.called().await;
        assert_eq!(page["merchant"]["terminals"], 99);
        desk.more_terminals(&kit, 98..150).await;
        let id = id_of(&page);
        assert_eq!(desk.page(&id).await["merchant"]["terminals"], 100);
        let judged = desk.does(&desk.agent, &id, "/priority", json!({ "impact": "partly", "urgency": "today", "terminals_hit": 60, "reason": "店里说的" })).await;
        let why = judged["ticket"]["priority_why"]["lines"].to_string();
        assert!(why.contains("151台终端中60台"), "{why}");
    }
}

on_both! {
    fn a_terminal_with_an_open_case_asks_before_another(kit) {
        let desk = DeskWorld::new(&kit).await;
        let first = desk.called().await;
        let again = desk.agent.post("/api/v1/tickets", &DeskWorld::call()).await;
        assert_eq!((again.status, again.json["code"].as_str()), (409, Some("ticket.open_already")));
        assert!(again.json["detail"].as_str().unwrap().contains("T-000001"));
        let mut even_so = DeskWorld::call();
        even_so["even_if_open"] = json!(true);
        let second = desk.agent.post("/api/v1/tickets", &even_so).await.expect(201);
        assert_eq!(second["ticket"]["number"], "T-000002");
        let similar = desk.agent.get(&format!("/api/v1/tickets/{}/similar", id_of(&second))).await.expect(200);
        assert_eq!((&similar["items"][0]["number"], &similar["items"][0]["why"]), (&json!("T-000001"), &json!("same_terminal")));
        assert_eq!(similar["items"].as_array().unwrap().len(), 1, "not itself");
        // Once it is withdrawn nothing stands in the way.
        desk.does(&desk.agent, &id_of(&first), "/cancel", json!({ "reason": "重复" })).await;
        desk.does(&desk.agent, &id_of(&second), "/cancel", json!({ "reason": "重复" })).await;
        desk.called().await;
    }
}

on_both! {
    fn asked_at_the_same_time_under_one_key_is_one_ticket(kit) {
        let desk = DeskWorld::new(&kit).await;
        let call = DeskWorld::call();
        let ask = || desk.agent.post_once("/api/v1/tickets", "call-1", &call);
        let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
        for answer in [&a, &b, &c, &d] {
            assert_eq!((answer.status, &answer.text), (201, &a.text));
        }
        let count = desk.world.read(&kit, |tx| Ok(tx.number(postsale_server::sql!("SELECT COUNT(*) FROM ticket"), &[])?)).await;
        assert_eq!(count, 1);
    }
}

on_both! {
    fn registered_twice_under_one_key_is_one_ticket(kit) {
        let desk = DeskWorld::new(&kit).await;
        let first = desk.agent.post_once("/api/v1/tickets", "call-1", &DeskWorld::call()).await;
        let second = desk.agent.post_once("/api/v1/tickets", "call-1", &DeskWorld::call()).await;
        assert_eq!((first.status, &first.text), (201, &second.text));
        let count = desk.world.read(&kit, |tx| Ok(tx.number(postsale_server::sql!("SELECT COUNT(*) FROM ticket"), &[])?)).await;
        assert_eq!(count, 1);
        let mut other = DeskWorld::call();
        other["symptom"] = json!("刷不了卡");
        assert_eq!(desk.agent.post_once("/api/v1/tickets", "call-1", &other).await.problem(409), "idempotency.other_request");
    }
}

on_both! {
    fn whoever_calls_from_a_shops_number_is_of_that_shop(kit) {
        let desk = DeskWorld::new(&kit).await;
        let call = |phone: &str| json!({ "symptom": "打不出", "terminal_unknown_reason": "看不清编号", "contact": { "name": "张老板", "phone": phone } });
        let open = async |phone: &str| desk.agent.post("/api/v1/tickets", &call(phone)).await.expect(201);
        let known = open("138-1234-5521").await;
        assert_eq!((known["merchant"].is_object(), known["terminal"].is_null()), (true, true), "{known}");
        assert!(open("13900000001").await["merchant"].is_null());
        // Two merchants know the number: nobody guesses.
        desk.world
            .write(&kit, |tx| {
                let known = merchants::contacts_by_phone(tx, "13812345521")?.remove(0);
                let first = merchants::merchant(tx, known.merchant_id, None)?.unwrap();
                let second = merchants::Merchant { id: tx.new_id(), mid: "898310154110002".into(), name: "另一家".into(), ..first };
                merchants::add_merchant(tx, &second)?;
                let there = merchants::Contact { id: tx.new_id(), merchant_id: second.id, store_id: None, ..known };
                merchants::add_contact(tx, &there)
            })
            .await;
        assert!(open("13812345521").await["merchant"].is_null());
    }
}

on_both! {
    fn what_is_missing_is_named_and_completed_later(kit) {
        let desk = DeskWorld::new(&kit).await;
        let page = desk.agent.post("/api/v1/tickets", &json!({ "symptom": "坏了", "contact": { "name": "张老板" } })).await.expect(201);
        let id = id_of(&page);
        assert_eq!((&page["ticket"]["state"], &page["missing"]), (&json!("new"), &json!(["contact", "terminal"])));
        assert_eq!((&page["merchant"], &page["triage"]), (&Value::Null, &Value::Null));
        assert_eq!(desk.refused(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "advised" }), 409).await, "ticket.not_registered");
        let half = desk.does(&desk.agent, &id, "/register", json!({ "contact": { "name": "张老板", "phone": "13812345521" } })).await;
        assert_eq!(half["missing"], json!(["terminal"]));
        assert_eq!(desk.refused(&desk.agent, &id, "/register", json!({ "terminal_serial": "NOBODY1" }), 422).await, "terminal.unknown");
        let whole = desk.does(&desk.agent, &id, "/register", json!({ "terminal_serial": SERIAL, "symptom": "打印机不出纸" })).await;
        assert_eq!((&whole["ticket"]["state"], &whole["missing"], &whole["ticket"]["merchant_name"]), (&json!("triaged"), &json!([]), &json!("顺风面馆")));
        assert_eq!(whole["contact"]["name"], "张老板", "what was known stays");
        let unknown = desk.agent.post("/api/v1/tickets", &json!({
            "symptom": "打不开", "terminal_unknown_reason": "标签磨掉了", "contact": { "name": "李", "email": "li@example.com" } })).await.expect(201);
        assert_eq!(unknown["ticket"]["state"], "triaged", "a reason stands for the terminal");
    }
}

on_both! {
    fn what_cannot_be_meant_is_refused(kit) {
        let desk = DeskWorld::new(&kit).await;
        let table = [
            (json!({ "terminal_serial": "A920 0000" , "symptom": "x" }), "terminal.unknown", "terminal_serial"),
            (json!({ "terminal_serial": "?", "symptom": "x" }), "terminal.bad_serial", "terminal_serial"),
            (json!({ "contact": { "phone": "call me" } }), "contact.bad_phone", "contact.phone"),
            (json!({ "contact": { "email": "nobody" } }), "contact.bad_email", "contact.email"),
            (json!({ "contact": { "name": "张".repeat(101) } }), "contact.bad_name", "contact.name"),
            (json!({ "response_code": "1234567890" }), "ticket.bad_code", "response_code"),
            (json!({ "symptom": "纸".repeat(4001), "terminal_serial": SERIAL }), "ticket.symptom_long", "symptom"),
            (json!({}), "ticket.says_nothing", "symptom"),
            (json!({ "contact": { "name": "张老板", "phone": "13812345521" } }), "ticket.says_nothing", "symptom"),
            (json!({ "symptom": "坏了", "terminal_unknown_reason": "标签磨掉了" }), "ticket.of_nobody", "contact.phone"),
            (json!({ "merchant_id": "mer_00000000000000000000000000" }), "body.unreadable", "merchant_id"),
            (json!({ "impact": "huge" }), "body.unreadable", "impact"),
            (json!({ "card": "x" }), "body.unreadable", "card"),
        ];
        for (body, code, field) in table {
            let answer = desk.agent.post("/api/v1/tickets", &body).await;
            assert_eq!((answer.status, answer.json["code"].as_str(), answer.json["field"].as_str()), (422, Some(code), Some(field)), "{body} {}", answer.text);
        }
        let dispatcher = desk.world.client(&kit, Role::Engineer).await;
        assert_eq!(dispatcher.post("/api/v1/tickets", &DeskWorld::call()).await.problem(403), "not_allowed");
        assert_eq!(Client::new(&kit.house).post("/api/v1/tickets", &DeskWorld::call()).await.problem(401), "session.missing");
    }
}

/// A number that a card could have.
const CARD: &str = "4111111111111111";

on_both! {
    fn card_numbers_are_masked_before_they_are_kept(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut call = DeskWorld::call();
        call["symptom"] = json!("刷 4111 1111 1111 1111 不行");
        call["contact"] = json!({ "name": "卡 4111111111111111", "phone": "13812345521", "email": "4111111111111111@example.com" });
        let page = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let id = id_of(&page);
        for (door, body) in [("/notes", json!({ "body": "卡号 4111111111111111" })), ("/reply", json!({ "version": page["ticket"]["version"], "body": "4111-1111-1111-1111" }))] {
            desk.agent.post(&path(&id, door), &body).await;
        }
        let kept = desk.agent.get(&path(&id, "/timeline")).await.text + &desk.agent.get(&path(&id, "")).await.text;
        assert!(!kept.replace([' ', '-'], "").contains("411111111111"), "{kept}");
        // A program that names its call by such a number is answered twice alike, and the number is nowhere.
        let mut again = DeskWorld::call();
        again["even_if_open"] = json!(true);
        let [one, two] = [desk.agent.post_once("/api/v1/tickets", CARD, &again).await, desk.agent.post_once("/api/v1/tickets", CARD, &again).await];
        assert_eq!((one.status, &one.text), (201, &two.text));
        let keys = desk.world.read(&kit, |tx| Ok(tx.query(sql!("SELECT key FROM idempotency"), &[], |r| r.next::<String>())?)).await;
        assert!(keys.len() == 1 && !keys[0].contains(CARD), "{keys:?}");
    }
}

on_both! {
    fn a_bank_registers_for_its_own_merchants_only(kit) {
        let desk = DeskWorld::new(&kit).await;
        assert_eq!(desk.other_bank.post("/api/v1/tickets", &DeskWorld::call()).await.problem(422), "terminal.unknown");
        assert_eq!(desk.bank.post("/api/v1/tickets", &json!({ "symptom": "x" })).await.problem(422), "merchant.unknown");
        let page = desk.bank.post("/api/v1/tickets", &DeskWorld::call()).await.expect(201);
        // A bank passes on; somebody of the desk is accountable and has not answered yet.
        let ticket = &page["ticket"];
        assert_eq!((&ticket["channel"], &ticket["claimed"], &ticket["owner"]["name"]), (&json!("api"), &json!(false), &json!("supervisor@t1")));
        assert_eq!((&ticket["response"]["level"], &page["promise"]["what"]), (&json!("ok"), &json!("respond")));
        assert_eq!(page["allowed"], json!([]), "a bank reads");
    }
}

on_both! {
    fn the_phone_form_sees_the_judgement_before_anything_is_kept(kit) {
        let desk = DeskWorld::new(&kit).await;
        let ask = json!({ "symptom": "打印机不出纸，小票打不出来", "terminal_serial": SERIAL });
        let shown = desk.agent.post("/api/v1/triage/preview", &ask).await.expect(200);
        assert_eq!((&shown["merchant_name"], &shown["terminal"]["model"], &shown["open_already"]), (&json!("顺风面馆"), &json!("A920"), &json!([])));
        let page = desk.called().await;
        assert_eq!(shown["triage"], page["triage"]);
        assert_eq!(shown["priority_why"], page["ticket"]["priority_why"]);
        let shown = desk.agent.post("/api/v1/triage/preview", &ask).await.expect(200);
        assert_eq!(shown["open_already"][0]["number"], "T-000001");
        let codes = desk.agent.post("/api/v1/triage/preview", &json!({ "symptom": "", "response_code": "97" })).await.expect(200);
        assert!(codes["triage"]["proposals"][0]["fault_code"].is_string());
        assert_eq!(desk.agent.post("/api/v1/triage/preview", &json!({ "symptom": "x", "terminal_serial": "NOBODY1" })).await.problem(422), "terminal.unknown");
        assert_eq!(desk.other_bank.post("/api/v1/triage/preview", &ask).await.problem(422), "terminal.unknown");
        assert_eq!(desk.engineer.post("/api/v1/triage/preview", &ask).await.problem(403), "not_allowed");
        let spare = desk.agent.post("/api/v1/triage/preview", &json!({ "symptom": "x", "terminal_serial": SPARE })).await.expect(200);
        assert_eq!((&spare["terminal"]["binding"], &spare["merchant_name"]), (&Value::Null, &Value::Null));
    }
}
