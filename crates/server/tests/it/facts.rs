//! Facts as data: a tenant's drafts and versions over what ships, and what they do to tickets.

use postsale_domain::ground::Role;
use postsale_server::sla;
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};
use crate::talk_world::some_ticket;

fn both(zh: &str, en: &str) -> Value {
    json!({ "zh": zh, "en": en })
}

fn set(kind: &str, door: &str) -> String {
    format!("/api/v1/facts/sets/{kind}{door}")
}

/// Puts rows into the draft; the page of the set.
async fn drafted(admin: &Client, kind: &str, rows: &[Value]) -> Value {
    let mut page = admin.get(&set(kind, "")).await.expect(200);
    for row in rows {
        let body = json!({ "version": page["draft"]["version"], "code": row["code"], "row": row });
        page = admin.post(&set(kind, "/draft/rows"), &body).await.expect(200);
    }
    page
}

/// Puts rows into the draft and publishes them; the page of the set.
pub async fn published(admin: &Client, kind: &str, rows: &[Value]) -> Value {
    let page = drafted(admin, kind, rows).await;
    let body = json!({ "version": page["draft"]["version"], "reason": "按协议调整" });
    admin.post(&set(kind, "/publish"), &body).await.expect(200)
}

async fn admin(kit: &Kit, world: &World) -> Client {
    world.client(kit, Role::Admin).await
}

on_both! {
    fn a_draft_is_seen_published_and_taken_back(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        let cards = admin.get("/api/v1/facts/sets").await.expect(200);
        assert_eq!(cards["items"].as_array().unwrap().len(), 10);
        assert_eq!(cards["items"].as_array().unwrap().iter().find(|c| c["kind"] == "faults").unwrap()["rows"], 95);
        assert_eq!(desk.agent.get(&set("faults", "")).await.problem(403), "not_allowed");

        let row = json!({ "code": "visit", "state": "visit", "agent": both("上门中", "On site"), "customer": both("师傅上门", "A visit") });
        let page = drafted(&admin, "status_labels", std::slice::from_ref(&row)).await;
        assert_eq!(page["version"], 0, "nothing is in force before it is published");
        assert_eq!(page["draft"]["changes"][0]["code"], "visit");
        let desk_facts = desk.agent.get("/api/v1/facts/desk").await.expect(200);
        assert!(desk_facts["labels"].as_array().unwrap().iter().any(|l| l["agent"]["zh"] == "上门"));

        let stale = json!({ "version": null, "code": "visit", "row": row });
        assert_eq!(admin.post(&set("status_labels", "/draft/rows"), &stale).await.problem(409), "fact.draft_changed");
        let silent = json!({ "version": 1, "reason": " " });
        assert_eq!(admin.post(&set("status_labels", "/publish"), &silent).await.problem(422), "reason.missing");
        let said = json!({ "version": 1, "reason": "更清楚" });
        assert_eq!(desk.supervisor.post(&set("status_labels", "/publish"), &said).await.problem(403), "not_allowed");
        let page = admin.post(&set("status_labels", "/publish"), &said).await.expect(200);
        assert_eq!((&page["version"], &page["draft"], &page["published"]["reason"]), (&json!(1), &Value::Null, &json!("更清楚")));
        let desk_facts = desk.agent.get("/api/v1/facts/desk").await.expect(200);
        assert!(desk_facts["labels"].as_array().unwrap().iter().any(|l| l["agent"]["zh"] == "上门中"));
        let other = World::new(&kit, "t2").await.client(&kit, Role::Admin).await;
        assert_eq!(other.get(&set("status_labels", "")).await.expect(200)["version"], 0, "another tenant has its own");

        let back = json!({ "version": 1, "reason": "还是原来的好" });
        let page = admin.post(&set("status_labels", "/versions/0/restore"), &back).await.expect(200);
        assert_eq!((&page["version"], &page["published"]["restored_from"]), (&json!(2), &json!(0)));
        assert_eq!(admin.post(&set("status_labels", "/versions/0/restore"), &back).await.problem(409), "fact.draft_behind");
        let history = admin.get(&set("status_labels", "/versions?limit=1")).await.expect(200);
        assert_eq!(history["items"][0]["version"], 2);
        assert!(history["next_cursor"].is_string());
        let first = admin.get(&set("status_labels", "/versions/1")).await.expect(200);
        assert_eq!(first["changes"][0]["field"], "agent");
        assert_eq!(admin.get(&set("status_labels", "/versions/9")).await.problem(404), "not_found");
        assert_eq!(admin.get(&set("colours", "")).await.problem(404), "not_found");
    }
}

on_both! {
    fn a_refused_row_names_its_field_and_leaves_no_draft(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = admin(&kit, &world).await;
        let cases = [
            ("status_labels", json!({ "code": "x", "state": "solved", "pauses": "waiting_parts", "agent": both("a", "a"), "customer": both("a", "a") }), "fact.pause_not_here", "row.pauses"),
            ("notice_texts", json!({ "code": "closed", "subject": both("{number}", "{number}"), "body": both("{pin}", "{link}") }), "fact.unknown_hole", "row.body.zh"),
            ("notice_texts", json!({ "code": "confirmation_code", "subject": both("{number}", "{number}"), "body": both("{code}", "{link}") }), "fact.lacking_hole", "row.body.en"),
            ("faults", json!({ "code": "ABC-01", "symptom": both("x", "x"), "cause": both("x", "x"), "remote_minutes": 5, "visit": "no", "impact": "partly" }), "fact.unknown_category", "row.code"),
            ("price_list", json!({ "code": "PRT-HEAD", "name": both("x", "x"), "unit": "visit", "price": 1 }), "fact.fixed", "row.unit"),
            ("calendars", json!({ "code": "2027", "status": "official", "source": "通知", "off_days": [{ "zh": "元旦", "en": "New Year", "from": "2026-01-01", "to": "2027-01-03" }] }), "fact.bad_day", "row.off_days[0]"),
        ];
        for (kind, row, code, field) in cases {
            let answer = admin.post(&set(kind, "/draft/rows"), &json!({ "version": null, "code": row["code"], "row": row })).await;
            assert_eq!((answer.json["code"].as_str(), answer.json["field"].as_str()), (Some(code), Some(field)), "{kind}: {}", answer.text);
            assert_eq!(admin.get(&set(kind, "")).await.expect(200)["draft"], Value::Null);
        }
    }
}

on_both! {
    fn a_label_pauses_only_through_the_rules_and_ends_with_its_state(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        let row = json!({ "code": "board", "state": "triaged", "pauses": "waiting_parts", "agent": both("等主板", "Main board"), "customer": both("正在调主板", "A board is on its way") });
        published(&admin, "status_labels", &[row]).await;
        let ticket = id_of(&desk.called().await);
        let page = desk.does(&desk.agent, &ticket, "/label", json!({ "label": "board" })).await;
        assert_eq!(page["ticket"]["label"]["agent"]["zh"], "等主板");
        assert_eq!((&page["ticket"]["waiting"], &page["ticket"]["resolution"]["level"]), (&json!(["waiting_parts"]), &json!("paused")));
        assert_eq!(desk.refused(&desk.agent, &ticket, "/label", json!({ "label": "visit" }), 409).await, "ticket.label_other_state");
        assert_eq!(desk.refused(&desk.agent, &ticket, "/label", json!({ "label": "gone" }), 422).await, "ticket.label_unknown");
        assert_eq!(desk.refused(&desk.bank, &ticket, "/label", json!({ "label": "board" }), 403).await, "not_allowed");
        let labels = admin.get(&set("status_labels", "")).await.expect(200);
        let used = |code: &str| labels["rows"].as_array().unwrap().iter().find(|r| r["code"] == code).unwrap()["used"].clone();
        assert_eq!((used("board"), used("triaged"), used("waiting_parts"), used("closed")), (json!(1), json!(1), json!(1), json!(0)));
        let page = desk.does(&desk.agent, &ticket, "/resume", json!({ "reason": "waiting_parts" })).await;
        assert_eq!((&page["ticket"]["label"]["code"], &page["ticket"]["waiting"]), (&json!("triaged"), &json!([])));
        let told = desk.lines(&desk.agent, &ticket).await;
        assert!(told.iter().any(|l| l["event"]["sentence"]["zh"].as_str().is_some_and(|s| s.contains("“等主板”"))));
    }
}

on_both! {
    fn merchants_are_written_in_the_tenants_words(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        let text = json!({ "code": "received", "subject": both("收到 {number}", "Received {number}"), "body": both("{shop}，现在：{status}。{next}\n{link}", "{shop}, now: {status}. {next}\n{link}") });
        let tried = json!({ "kind": "received", "subject": text["subject"], "body": text["body"] });
        let sample = admin.post("/api/v1/facts/notice-preview", &tried).await.expect(200);
        assert_eq!((&sample["number"], &sample["subject"]["en"]), (&Value::Null, &json!("Received T-000831")));
        published(&admin, "notice_texts", std::slice::from_ref(&text)).await;
        let ticket = id_of(&desk.called().await);
        let kept = ticket.parse().unwrap();
        let notice = desk.world.read(&kit, move |tx| postsale_server::notify::store::newest(tx, kept, postsale_domain::notify::NoticeKind::Received)).await.unwrap();
        assert!(notice.body.contains("现在：") && !notice.body.contains('{'), "{}", notice.body);
        let real = admin.post("/api/v1/facts/notice-preview", &tried).await.expect(200);
        assert!(real["body"]["zh"].as_str().unwrap().contains("现在：") && real["number"] != Value::Null);
        let gone = json!({ "kind": "received", "subject": text["subject"], "body": text["body"], "number": "T-999999" });
        assert_eq!(admin.post("/api/v1/facts/notice-preview", &gone).await.problem(422), "ticket.unknown_number");
        assert_eq!(desk.agent.post("/api/v1/facts/notice-preview", &gone).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn a_tenants_own_fields_are_asked_kept_found_and_taken_away(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        let field = |code: &str, value: &str, needed: &str| json!({ "code": code, "name": both(code, code), "value": value, "needed": needed, "options": [{ "code": "a", "zh": "甲店", "en": "A" }, { "code": "b", "zh": "乙店", "en": "B" }] });
        published(&admin, "ticket_fields", &[field("mall", "text", "registration"), field("shape", "choice", "solve"), json!({ "code": "due", "name": both("日期", "Due"), "value": "date", "needed": "never", "ticket_type": "install" })]).await;
        assert_eq!(desk.agent.post("/api/v1/tickets", &DeskWorld::call()).await.problem(409), "ticket.fields_missing");
        let mut call = DeskWorld::call();
        call["fields"] = json!({ "mall": "星河商场", "due": "2026-12-01" });
        let refused = desk.agent.post("/api/v1/tickets", &call).await;
        assert_eq!((refused.json["code"].as_str(), refused.json["field"].as_str()), (Some("ticket.field_unknown"), Some("fields.due")));
        call["fields"] = json!({ "mall": "星河商场" });
        let page = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let ticket = id_of(&page);
        assert_eq!((&page["ticket"]["ticket_type"], &page["ticket"]["fields"][0]["value"]), (&json!("repair"), &json!("星河商场")));
        let fault = json!({ "fault_code": "PRN-01", "outcome": "remote_fixed" });
        assert_eq!(desk.refused(&desk.agent, &ticket, "/solve", fault.clone(), 409).await, "ticket.fields_missing");
        let page = desk.does(&desk.agent, &ticket, "/fields", json!({ "fields": { "shape": "b" } })).await;
        assert_eq!(page["ticket"]["fields"][1]["shown"]["zh"], "乙店");
        assert_eq!(desk.refused(&desk.agent, &ticket, "/fields", json!({ "fields": { "shape": "c" } }), 422).await, "ticket.field_bad_choice");
        assert_eq!(desk.refused(&desk.agent, &ticket, "/fields", json!({ "ticket_type": "party", "fields": {} }), 422).await, "ticket.type_unknown");
        assert_eq!(desk.refused(&desk.engineer, &ticket, "/fields", json!({ "fields": {} }), 403).await, "not_allowed");
        let page = desk.does(&desk.agent, &ticket, "/fields", json!({ "ticket_type": "install", "fields": { "due": "2026-12-01" } })).await;
        assert_eq!((&page["ticket"]["ticket_type_name"]["zh"], page["ticket"]["fields"].as_array().unwrap().len()), (&json!("新装机"), 3));
        desk.does(&desk.agent, &ticket, "/solve", fault).await;
        let found = desk.agent.get("/api/v1/search?q=%E6%98%9F%E6%B2%B3").await.expect(200);
        assert!(found.to_string().contains(&ticket), "{found}");
        let table = desk.supervisor.get("/api/v1/exports/tickets.csv").await;
        assert!(table.status != 200 || table.text.contains("星河商场"), "{}", table.text);
    }
}

on_both! {
    fn a_quote_says_which_prices_it_was_made_by(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        desk.long_out_of_warranty(&kit).await;
        let ticket = id_of(&desk.called().await);
        let page = drafted(&admin, "price_list", &[json!({ "code": "PRT-HEAD", "name": both("打印头", "Print head"), "unit": "piece", "price": 12_345, "tax": 13 })]).await;
        let early = json!({ "version": page["draft"]["version"], "reason": "新价", "valid_from": "2026-11-01" });
        assert_eq!(admin.post(&set("price_list", "/publish"), &early).await.problem(422), "fact.bad_start");
        let later = json!({ "version": page["draft"]["version"], "reason": "新价", "valid_from": "2026-11-25" });
        admin.post(&set("price_list", "/publish"), &later).await.expect(200);
        let lines = json!({ "lines": [{ "code": "PRT-HEAD", "quantity": 1, "cost": null }, { "code": "SUR-NIGHT", "quantity": 1, "cost": null }] });
        let today = desk.agent.post(&path(&ticket, "/quotes"), &lines).await.expect(201);
        assert_eq!((&today["price_version"], &today["total"], &today["priced_on"]), (&json!(0), &json!(13_500), &json!("2026-11-24")));
        assert_eq!(desk.bank.post(&path(&ticket, "/quotes"), &lines).await.problem(403), "not_allowed");
        assert_eq!(desk.other_bank.get(&path(&ticket, "/quotes")).await.problem(404), "not_found");
        kit.set("2026-11-25T09:00:00+08:00");
        let agent = desk.world.client(&kit, Role::Agent).await;
        let tomorrow = agent.post(&path(&ticket, "/quotes"), &lines).await.expect(201);
        // Half of 12345 is rounded up.
        assert_eq!((&tomorrow["price_version"], &tomorrow["total"]), (&json!(1), &json!(18_518)));
        let kept = agent.get(&path(&ticket, "/quotes")).await.expect(200);
        assert_eq!(kept["items"].as_array().unwrap().iter().map(|q| q["total"].as_i64().unwrap()).collect::<Vec<_>>(), [18_518, 13_500]);
        assert_eq!(agent.post(&path(&ticket, "/quotes"), &json!({ "lines": [{ "code": "X", "quantity": 1, "cost": null }] })).await.problem(422), "quote.not_listed");
    }
}

on_both! {
    fn faults_can_be_switched_off_and_added(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        let page = admin.get(&set("faults", "")).await.expect(200);
        let mut off = page["rows"].as_array().unwrap().iter().find(|r| r["code"] == "PRN-02").unwrap()["row"].clone();
        off["off"] = json!(true);
        let own = json!({ "code": "PRN-90", "symptom": both("切刀卡住", "Cutter stuck"), "cause": both("异物", "Something in it"), "remote_minutes": 5, "visit": "maybe", "impact": "can_take_payment", "parts": ["print_head"] });
        published(&admin, "faults", &[off, own]).await;
        let list = desk.agent.get("/api/v1/facts/faults").await.expect(200);
        let codes: Vec<&str> = list["items"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"PRN-90") && !codes.contains(&"PRN-02") && codes.len() == 95);
        let ticket = id_of(&desk.called().await);
        let solve = |code: &str| json!({ "fault_code": code, "outcome": "remote_fixed" });
        assert_eq!(desk.refused(&desk.agent, &ticket, "/solve", solve("PRN-02"), 422).await, "ticket.fault_unknown");
        let page = desk.does(&desk.agent, &ticket, "/solve", solve("PRN-90")).await;
        assert_eq!(page["ticket"]["fault_name"]["zh"], "切刀卡住");
        let reset = admin.post(&set("faults", "/draft/reset"), &json!({ "version": null, "code": "PRN-90" })).await;
        assert_eq!(reset.problem(409), "fact.published_row", "what was published is switched off, not deleted");
    }
}

on_both! {
    fn an_official_year_moves_the_clocks_that_run_into_it(kit) {
        kit.set("2026-12-31T20:30:00+08:00");
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        assert_eq!(admin.get(&set("calendars", "")).await.expect(200)["unofficial_years"], json!([2027]));
        let ticket = some_ticket(&kit, &desk.world).await;
        // Workdays only: what the State Council says of them matters to this one.
        desk.world.write(&kit, move |tx| sla::store::start(tx, ticket, "suburb", "normal", tx.now()).map(drop)).await;
        let clock = path(&ticket.to_string(), "/clocks/resolution");
        let before = desk.agent.get(&clock).await.expect(200);
        assert_eq!((&before["recomputed_equal"], &before["unofficial_years"]), (&json!(true), &json!([2027])));
        let span = |zh: &str, from: &str, to: &str| json!({ "zh": zh, "en": zh, "from": from, "to": to });
        let year = json!({ "code": "2027", "status": "official", "source": "国务院办公厅通知", "off_days": [span("元旦", "2027-01-01", "2027-01-03")], "makeup": ["2027-01-09"] });
        let page = published(&admin, "calendars", &[year]).await;
        assert_eq!(page["unofficial_years"], json!([]));
        let after = desk.agent.get(&clock).await.expect(200);
        assert_eq!((&after["recomputed_equal"], &after["unofficial_years"]), (&json!(true), &json!([])));
    }
}

on_both! {
    fn a_tenants_models_and_warranty_terms_decide(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        let new = json!({ "serial_no": "Q900000001", "tusn": "00000700000000000777", "model": "q9", "activated_on": "2025-03-01" });
        assert_eq!(desk.agent.post("/api/v1/terminals", &new).await.problem(422), "terminal.model_unknown");
        let model = json!({ "code": "Q9", "vendor": "sunmi", "class": "smart_pos", "warranty_months": 12 });
        published(&admin, "models", std::slice::from_ref(&model)).await;
        let page = desk.agent.post("/api/v1/terminals", &new).await.expect(201);
        assert_eq!((&page["terminal"]["model"], &page["terminal"]["vendor"], &page["coverage"]["rule"]), (&json!("Q9"), &json!("SUNMI"), &json!("W-SUNMI")));
        let at = format!("/api/v1/terminals/{}", page["terminal"]["id"].as_str().unwrap());
        // Without the maker's own term the general one has ended; each that was looked at says why.
        let name = both("商米", "SUNMI");
        let terms = [json!({ "code": "W-SUNMI", "name": name, "applies": "terminal", "vendor": "sunmi", "months": 36, "off": true }), json!({ "code": "W-CITY", "name": both("城区协议", "City agreement"), "applies": "terminal", "vendor": "pax", "months": 60 })];
        published(&admin, "warranty_terms", &terms).await;
        let page = desk.agent.get(&at).await.expect(200);
        let verdict = |page: &Value, code: &str| page["coverage"]["terms"].as_array().unwrap().iter().find(|t| t["code"] == code).map(|t| (t["verdict"].clone(), t["why"]["zh"].clone()));
        assert_eq!((&page["coverage"]["rule"], verdict(&page, "W-SUNMI")), (&json!("none"), None));
        assert_eq!(verdict(&page, "W-CITY"), Some((json!("other"), json!("只适用于百富"))));
        assert_eq!(verdict(&page, "W-STD"), Some((json!("ended"), json!("已于2026-03-01到期"))));
        let longer = json!({ "code": "W-STD", "name": both("整机保修", "Terminal warranty"), "applies": "terminal", "months": 24 });
        published(&admin, "warranty_terms", &[longer]).await;
        let page = desk.agent.get(&at).await.expect(200);
        assert_eq!((&page["coverage"]["rule"], &page["coverage"]["until"]), (&json!("W-STD"), &json!("2027-03-01")));
        let row = desk.agent.get("/api/v1/terminals?q=Q900000001").await.expect(200)["items"][0].clone();
        assert_eq!((&row["in_warranty"], &row["covered_until"]), (&json!(true), &json!("2027-03-01")), "lists judge alike");
        let off = json!({ "code": "Q9", "vendor": "sunmi", "class": "smart_pos", "warranty_months": 12, "off": true });
        published(&admin, "models", &[off]).await;
        let mut second = new.clone();
        (second["serial_no"], second["tusn"]) = (json!("Q900000002"), json!("00000700000000000778"));
        assert_eq!(desk.agent.post("/api/v1/terminals", &second).await.problem(422), "terminal.model_off");
    }
}

on_both! {
    fn what_was_ordered_has_the_target_of_its_item(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        let target = |page: &Value| page["ticket"]["resolution"]["target_s"].as_i64().unwrap();
        let repair = target(&desk.called().await);
        let mut call = DeskWorld::call();
        (call["ticket_type"], call["even_if_open"]) = (json!("paper"), json!(true));
        let page = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let ticket = id_of(&page);
        // Three working days of 7.5 hours, whatever was agreed for repairs.
        assert_eq!(target(&page), 3 * 27_000);
        assert_ne!(repair, 3 * 27_000);
        let queue = desk.agent.get("/api/v1/tickets?view=open").await.expect(200);
        let row = queue["items"].as_array().unwrap().iter().find(|row| row["id"] == json!(ticket)).unwrap().clone();
        assert_eq!(row["resolution"]["target_s"], 3 * 27_000, "{row}");
        let told = desk.agent.get(&path(&ticket, "/clocks/resolution")).await.expect(200);
        assert_eq!((&told["agreement_name"]["zh"], &told["recomputed_equal"]), (&json!("服务目录：送打印纸"), &json!(true)));
        let response = desk.agent.get(&path(&ticket, "/clocks/first_response")).await.expect(200);
        assert!(!response["agreement_name"]["zh"].as_str().unwrap().contains("服务目录"), "somebody answers as for everything else: {response}");

        // A catalogue that changes changes nothing that was promised before.
        let item = json!({ "code": "paper", "name": both("送纸", "Paper"), "visit": false, "minutes": 10, "target_hours": 4 });
        published(&admin, "service_items", &[item]).await;
        let urgent = json!({ "impact": "cannot_take_payment", "urgency": "now", "reason": "明早开业" });
        let page = desk.does(&desk.agent, &ticket, "/priority", urgent).await;
        assert_eq!((page["ticket"]["priority"].as_str(), target(&page)), (Some("urgent"), 3 * 27_000));
        let second = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        assert_eq!(target(&second), 4 * 3600);
        let opened: jiff::Timestamp = second["ticket"]["opened_at"].as_str().unwrap().parse().unwrap();
        let due: jiff::Timestamp = second["ticket"]["resolution"]["due_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(due.duration_since(opened).as_hours(), 4, "around the clock");

        // It turns out to be a repair: the agreement's target for its priority.
        let page = desk.does(&desk.agent, &id_of(&second), "/fields", json!({ "ticket_type": "repair", "fields": {} })).await;
        assert_eq!(target(&page), repair);
        let told = desk.agent.get(&path(&id_of(&second), "/clocks/resolution")).await.expect(200);
        let changes: Vec<_> = told["changes"].as_array().unwrap().iter().map(|c| c["sentence"]["en"].as_str().unwrap()).collect();
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert!(changes[0].starts_with("Paper ordered: target") && changes[1].starts_with("a repair after all: target 4 h becomes"), "{changes:?}");

        // Hours or days, and days on a calendar.
        let both_given = json!({ "code": "paper", "name": both("送纸", "Paper"), "visit": false, "minutes": 10, "target_hours": 4, "target_days": 1 });
        let draft = admin.get(&set("service_items", "")).await.expect(200)["draft"]["version"].clone();
        let body = json!({ "version": draft, "code": "paper", "row": both_given });
        assert_eq!(admin.post(&set("service_items", "/draft/rows"), &body).await.problem(422), "fact.hours_or_days");
    }
}

/// The calendars a service item may name are those of the shipped agreements.
#[test]
fn service_items_name_calendars_that_exist() {
    for name in postsale_domain::facts::CALENDARS {
        assert!(sla::book().calendar(name).is_some(), "{name}");
    }
}

on_both! {
    fn what_was_ordered_drives_the_visit(kit) {
        let desk = DeskWorld::new(&kit).await;
        let admin = admin(&kit, &desk.world).await;
        let item = json!({ "code": "install", "name": both("上门装机", "Installing"), "visit": true, "skills": ["network", "swap"], "minutes": 75, "target_hours": 30 });
        published(&admin, "service_items", &[item]).await;
        let mut call = DeskWorld::call();
        call["ticket_type"] = json!("install");
        let page = desk.agent.post("/api/v1/tickets", &call).await.expect(201);
        let ticket = id_of(&page);
        let visit = json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "装机" });
        let mut body = visit.clone();
        body["version"] = page["ticket"]["version"].clone();
        let page = desk.agent.post(&path(&ticket, "/work-orders"), &body).await.expect(201);
        let order = desk.dispatcher.get(&format!("/api/v1/work-orders/{}", page["work_orders"][0]["id"].as_str().unwrap())).await.expect(200);
        let full = &order["order"];
        assert_eq!((&full["service"]["en"], &full["minutes"], &full["skills"]), (&json!("Installing"), &json!(75), &json!(["network", "swap"])));
        let opened: jiff::Timestamp = page["ticket"]["opened_at"].as_str().unwrap().parse().unwrap();
        let due: jiff::Timestamp = full["due_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(due.duration_since(opened).as_hours(), 30);
        let who = desk.dispatcher.get(&format!("/api/v1/work-orders/{}/candidates", full["id"].as_str().unwrap())).await.expect(200);
        let why = who["items"][0]["why"].to_string();
        assert!(why.contains("网络、换机") && why.contains("Network, Swap") && !why.contains("network"), "{why}");
        // A fault the tenant has renamed is called so on the timeline.
        let page = admin.get(&set("faults", "")).await.expect(200);
        let mut fault = page["rows"].as_array().unwrap().iter().find(|r| r["code"] == "PRN-02").unwrap()["row"].clone();
        fault["symptom"] = both("不走纸（本店叫法）", "No feed, as we say");
        published(&admin, "faults", &[fault]).await;
        let told = desk.lines(&desk.agent, &ticket).await;
        assert!(told.iter().any(|l| l["event"]["sentence"]["zh"].as_str().is_some_and(|s| s.contains("本店叫法"))), "{told:?}");
    }
}
