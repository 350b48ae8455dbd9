//! Work orders from the first offer to the confirmation, over HTTP, on both databases.

use jiff::Timestamp;
use postsale_domain::crew::{Engineer, Shifts, Skill};
use postsale_domain::ground::{EngineerId, Lang, Reach, Role};
use postsale_domain::merchant::{Hours, Tier};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{Case, Channel, Impact, Priority, PriorityWhy, TicketId, TicketState, Urgency, VisitReason};
use postsale_domain::visit::WorkOrderId;
use postsale_server::flow::desk::Desk;
use postsale_server::flow::visit::{Sending, send};
use postsale_server::ground::db::Query;
use postsale_server::merchant::store::{self as merchants, Merchant, Store};
use postsale_server::terminal::store::{self as terminals, Binding, Terminal};
use postsale_server::ticket::store::{ContactFacts, NEVER_DUE, Ticket, insert, ticket};
use postsale_server::{crew, notify, org, sla, sql, visit};
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};

mod due;
mod elsewhere;
mod install;
mod model;
mod over;
mod quote;
mod service;
mod shift;
mod tests_failed;
mod word;

/// A shop with a broken terminal, a spare one, three engineers, and an order for the visit.
struct Scene {
    world: World,
    ticket: TicketId,
    order: WorkOrderId,
    old: TerminalId,
    new: TerminalId,
    near: EngineerId,
    far: EngineerId,
    lapsed: EngineerId,
    dispatcher: Client,
    engineer: Client,
    other: Client,
}

fn terminal(id: TerminalId, serial: &str, n: u32) -> Terminal {
    Terminal {
        id,
        serial_no: serial.into(),
        tusn: format!("{n:020}"),
        model: "A920".into(),
        batch: "2409".into(),
        firmware: "5.2".into(),
        shipped_on: None,
        // In its first year: what is charged for has tests of its own.
        activated_on: Some("2026-06-01".parse().unwrap()),
        warranty_until: None,
        extended_until: None,
        offline_since: None,
    }
}

fn engineer(id: EngineerId, name: &str, until: Option<&str>, lat: i64) -> Engineer {
    let week = r#"{"week":{"1":[["08:30","18:00"]],"2":[["08:30","18:00"]],"3":[["08:30","18:00"]],"4":[["08:30","18:00"]],"5":[["08:30","18:00"]]}}"#;
    Engineer {
        id,
        name: name.into(),
        phone: "13800000000".into(),
        skills: vec![Skill { code: "printer".into(), valid_until: until.map(|d| d.parse().unwrap()) }],
        territory: vec!["浦东新区".into()],
        shifts: serde_json::from_str::<Shifts>(week).unwrap(),
        daily_limit: 6,
        home: (lat, 121_500_000),
        active: true,
    }
}

impl Scene {
    async fn new(kit: &Kit) -> Scene {
        let world = World::new(kit, "t1").await;
        let hash = org::api::hash_password("postsale-test").unwrap();
        let (ticket, order, old, new, crew_ids) = world
            .write(kit, move |tx| {
                let acquirer = merchants::add_acquirer(tx, "A1", "收单一")?;
                let merchant = Merchant {
                    id: tx.new_id(),
                    acquirer_id: acquirer,
                    acquirer_name: String::new(),
                    mid: "898310000000001".into(),
                    name: "顺风面馆".into(),
                    uscc: "91310000MA1K000001".into(),
                    tier: Tier::Gold,
                    industry: "餐饮".into(),
                    settlement_account_mask: "****6621".into(),
                };
                merchants::add_merchant(tx, &merchant)?;
                let hours = r#"{"1":[["09:00","21:00"]],"2":[["09:00","12:00"],["13:30","21:00"]],"3":[["09:00","21:00"]]}"#;
                let shop = Store {
                    id: tx.new_id(),
                    merchant_id: merchant.id,
                    name: "顺风面馆张江店".into(),
                    address: "张江路1号".into(),
                    district: "浦东新区".into(),
                    lat_e6: 31_200_000,
                    lng_e6: 121_500_000,
                    hours: serde_json::from_str::<Hours>(hours).unwrap(),
                    agreement: "urban".into(),
                };
                merchants::add_store(tx, &shop)?;
                let (old, new): (TerminalId, TerminalId) = (tx.new_id(), tx.new_id());
                terminals::add_terminal(tx, &terminal(old, "OLD00001", 1))?;
                terminals::add_terminal(tx, &terminal(new, "NEW00001", 2))?;
                let binding = Binding {
                    id: tx.new_id(),
                    terminal_id: old,
                    acquirer_id: acquirer,
                    merchant_id: merchant.id,
                    store_id: shop.id,
                    tid: "10000001".into(),
                    uscc: merchant.uscc.clone(),
                    settlement_account_mask: merchant.settlement_account_mask.clone(),
                    address: shop.address.clone(),
                    valid_from: tx.now(),
                    valid_to: None,
                };
                terminals::bind(tx, &binding)?;
                let ids: [EngineerId; 3] = [tx.new_id(), tx.new_id(), tx.new_id()];
                crew::store::add_engineer(tx, &engineer(ids[0], "工程师近", None, 31_200_000))?;
                crew::store::add_engineer(tx, &engineer(ids[1], "工程师远", None, 31_300_000))?;
                crew::store::add_engineer(tx, &engineer(ids[2], "工程师过期", Some("2026-11-01"), 31_200_000))?;
                org::store::add_user(tx, "near@t1", "工程师近", Role::Engineer, &hash, Some(ids[0]), None)?;
                org::store::add_user(tx, "far@t1", "工程师远", Role::Engineer, &hash, Some(ids[1]), None)?;
                let owner = org::store::colleagues(tx, Role::Supervisor)?[0].id;
                let case = Case {
                    state: TicketState::Triaged,
                    symptom: "打印不出小票".into(),
                    has_contact: true,
                    has_terminal: true,
                    terminal_unknown_reason: None,
                    owner,
                    claimed: true,
                    impact: Impact::Partly,
                    urgency: Urgency::Today,
                    priority: Priority::Normal,
                    waiting: Vec::new(),
                    decision: None,
                    fault_code: None,
                    outcome: None,
                    responded: true,
                    reopen_count: 0,
                };
                let ticket = Ticket {
                    id: tx.new_id(),
                    number: org::store::next_number(tx, "ticket")?,
                    case,
                    subject: "打印不出小票".into(),
                    response_code: None,
                    channel: Channel::Phone,
                    merchant_id: Some(merchant.id),
                    store_id: Some(shop.id),
                    terminal_id: Some(old),
                    acquirer_id: Some(acquirer),
                    contact: ContactFacts {
                        id: None,
                        name: Some("张老板".into()),
                        phone: Some("13812345521".into()),
                        email: Some("zhang@example.com".into()),
                        lang: Lang::Zh,
                    },
                    priority_why: PriorityWhy {
                        impact: Impact::Partly,
                        urgency: Urgency::Today,
                        terminals_hit: None,
                        impact_said: true,
                        urgency_said: true,
                        tier: "gold".into(),
                        priority: Priority::Normal,
                        lines: Vec::new(),
                    },
                    agreement: "urban".into(),
                    triage: None,
                    entry_count: 0,
                    last_entry: None,
                    next_due_at: NEVER_DUE,
                    claimed_at: Some(tx.now()),
                    handed: 0,
                    responded_at: Some(tx.now()),
                    opened_at: tx.now(),
                    updated_at: tx.now(),
                    solved_at: None,
                    closed_at: None,
                    version: 1,
                };
                insert(tx, "ticket.open", &ticket)?;
                sla::store::start(tx, ticket.id, "urban", "normal", tx.now())?;
                let mut desk = Desk::load(tx, ticket.id, Reach::All, None)?;
                let sending = Sending {
                    fault_code: Some("PRN-02".into()),
                    reason_code: VisitReason::NeedsHands,
                    reason: "换纸后仍然不打印".into(),
                    skills: Some(vec!["printer".into()]),
                    parts: None,
                    access_note: Some("从后门进".into()),
                };
                let order = send(tx, &mut desk, &sending)?;
                desk.save(tx, "ticket.visit")?;
                Ok((ticket.id, order, old, new, ids))
            })
            .await;
        let sign_in = |name: &'static str| Client::new(&kit.house).sign_in(name, "postsale-test");
        Scene {
            dispatcher: world.client(kit, Role::Dispatcher).await,
            engineer: sign_in("near@t1").await,
            other: sign_in("far@t1").await,
            world,
            ticket,
            order,
            old,
            new,
            near: crew_ids[0],
            far: crew_ids[1],
            lapsed: crew_ids[2],
        }
    }

    fn path(&self, door: &str) -> String {
        format!("/api/v1/work-orders/{}{door}", self.order)
    }

    async fn version(&self) -> Value {
        self.dispatcher.get(&self.path("")).await.expect(200)["order"]["version"].clone()
    }

    /// A command with the present version; its page.
    async fn does(&self, client: &Client, door: &str, mut body: Value) -> Value {
        body["version"] = self.version().await;
        client.post(&self.path(door), &body).await.expect(200)
    }

    /// A command with the present version that is refused; its code.
    async fn refused(&self, client: &Client, door: &str, mut body: Value, status: u16) -> String {
        body["version"] = self.version().await;
        client.post(&self.path(door), &body).await.problem(status)
    }

    /// Offered by the rule, accepted, at the shop, diagnosed, backup answered.
    async fn at_work(&self, backup: &str) {
        self.does(&self.dispatcher, "/offer", json!({})).await;
        self.does(&self.engineer, "/accept", json!({})).await;
        self.does(&self.engineer, "/depart", json!({})).await;
        self.does(&self.engineer, "/arrive", json!({ "lat": 31.2, "lng": 121.5 })).await;
        self.does(&self.engineer, "/diagnose", json!({ "fault_code": "PRN-02" })).await;
        self.does(&self.engineer, "/backup", json!({ "state": backup })).await;
    }

    /// Every step of the checklist passed.
    async fn all_steps(&self) -> Value {
        let mut page = self.dispatcher.get(&self.path("")).await.expect(200);
        for step in page["steps"].as_array().unwrap().clone() {
            page = self.does(&self.engineer, "/steps", crate::desk_world::done_well(&step)).await;
        }
        page
    }
}

pub fn signature() -> Value {
    json!({ "kind": "signature", "name": "张老板", "strokes": [[[12, 40], [60.4, 22], [118, 47]], [[40, 60], [90, 66]]] })
}

on_both! {
    fn a_visit_from_offer_to_confirmation(kit) {
        let s = Scene::new(&kit).await;
        let page = s.dispatcher.get(&s.path("")).await.expect(200);
        assert_eq!(page["order"]["number"], "W-000001");
        assert_eq!(page["order"]["state"], "open");
        assert_eq!(page["allowed"], json!(["offer", "cancel"]));
        assert_eq!(page["contact"]["phone_masked"], "138****5521");
        assert!(page["missing"].as_array().unwrap().len() > 3);

        let candidates = s.dispatcher.get(&s.path("/candidates")).await.expect(200)["items"].clone();
        assert_eq!(candidates[0]["engineer"]["id"], json!(s.near));
        assert_eq!(candidates[2]["engineer"]["id"], json!(s.lapsed));
        assert!(candidates[2]["excluded_by"]["en"].as_str().unwrap().contains("2026-11-01"));
        // 10:00 plus a quarter of an hour, in the shop's hours and before its lunch break.
        assert_eq!(candidates[0]["slot"]["from"], "2026-11-24T02:15:00Z");

        // As a node of the version before would have opened it.
        let case = s.ticket;
        s.world.write(&kit, move |tx| visit::store::went_to(tx, case, None)).await;
        let offered = s.does(&s.dispatcher, "/offer", json!({})).await;
        assert_eq!(offered["order"]["engineer"]["id"], json!(s.near));
        // Two hours from ten on, less what is over before anybody can have set out.
        assert_eq!(offered["order"]["promised"], json!({ "from": "2026-11-24T02:15:00Z", "to": "2026-11-24T04:00:00Z" }));
        assert_eq!(s.refused(&s.dispatcher, "/offer", json!({ "engineer_id": s.far }), 409).await, "dispatch.offered_already");
        let stale = s.engineer.post(&s.path("/accept"), &json!({ "version": 1 })).await;
        assert_eq!((stale.status, stale.json["code"].as_str(), stale.json["current"]["order"]["version"].as_i64()), (409, Some("stale"), Some(2)));

        let accepted = s.does(&s.engineer, "/accept", json!({})).await;
        assert_eq!(accepted["offers"][0]["state"], "accepted");
        s.does(&s.engineer, "/depart", json!({})).await;
        let arrived = s.does(&s.engineer, "/arrive", json!({ "lat": 31.2, "lng": 121.5 })).await;
        assert_eq!(arrived["order"]["actual"]["from"], "2026-11-24T02:00:00Z");
        assert_eq!(s.refused(&s.engineer, "/parts", json!({ "part": "print_head" }), 409).await, "visit.diagnosis_first");
        s.does(&s.engineer, "/diagnose", json!({ "fault_code": "PRN-02", "note": "齿轮卡死" })).await;
        assert_eq!(s.refused(&s.engineer, "/steps", json!({ "code": "firmware_check", "result": "pass" }), 409).await, "visit.backup_first");
        s.does(&s.engineer, "/backup", json!({ "state": "done" })).await;
        let keeper = s.world.client(&kit, Role::Storekeeper).await;
        let (head, near) = (json!({ "number": "PH-A920", "name": "A920打印头", "kind": "print_head", "models": ["A920"], "unit": "个", "price_fen": 9000 }), s.near);
        let head = keeper.post("/api/v1/parts", &head).await.expect(201)["id"].as_str().unwrap().to_owned();
        for (kind, engineer) in [("received", None), ("handed_out", Some(near))] {
            keeper.post(&format!("/api/v1/parts/{head}/moves"), &json!({ "kind": kind, "quantity": 1, "engineer_id": engineer })).await.expect(201);
        }
        let bring = s.engineer.get(&s.path("")).await.expect(200)["bring"].clone();
        assert_eq!((&bring[0]["number"], &bring[0]["in_store"], &bring[0]["carried"]), (&json!("PH-A920"), &json!(0), &json!(1)));
        s.does(&s.engineer, "/parts", json!({ "part": "print_head", "old_serial": "H1", "new_serial": "H2" })).await;
        let (stock, lines) = (keeper.get(&format!("/api/v1/parts/{head}")).await.expect(200), keeper.get(&format!("/api/v1/parts/{head}/moves")).await.expect(200));
        assert_eq!((&stock["part"]["carried"], &stock["carriers"]), (&json!(0), &json!([])), "what was put in is no longer carried");
        let used = lines["items"].as_array().unwrap().iter().find(|line| line["kind"] == "used").unwrap();
        assert_eq!((&used["quantity"], &used["by"], &used["work_order_number"]), (&json!(-1), &json!("工程师近"), &s.engineer.get(&s.path("")).await.expect(200)["order"]["number"]));
        let tested = s.all_steps().await;
        assert_eq!(tested["missing"][0]["code"], "restore");
        let gaps = s.engineer.post(&s.path("/complete"), &json!({ "version": s.version().await, "outcome": "fixed", "confirmation": signature() })).await;
        assert_eq!((gaps.status, gaps.json["code"].as_str()), (409, Some("visit.gaps")));
        let detail = gaps.json["detail"].as_str().unwrap();
        assert!(detail.contains("数据还没有恢复并核对") && !detail.contains("restore"), "words, no codes: {detail}");
        let repaired = s.does(&s.engineer, "/restore", json!({ "verified": true })).await;
        assert_eq!((&repaired["order"]["state"], &repaired["missing"]), (&json!("repaired"), &json!([])));
        let done = s.does(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await;
        assert_eq!((&done["order"]["state"], &done["order"]["outcome"], &done["allowed"]), (&json!("done"), &json!("fixed"), &json!([])));
        assert_eq!(s.refused(&s.engineer, "/steps", json!({ "code": "sign_in", "result": "fail" }), 409).await, "visit.closed");
        assert_eq!(s.refused(&s.dispatcher, "/withdraw", json!({ "reason": "x" }), 409).await, "visit.closed");

        // The repair stands with the terminal it was made on, and with another one if it turns out to have been that.
        let (old, new) = (s.old, s.new);
        let (known, moved) = s.world.write(&kit, move |tx| {
            let last = |tx: &mut _, terminal| visit::list::repairs(tx, terminal, Timestamp::MAX).map(|all| all.into_iter().next().map(|r| r.fault_code));
            let (now, known) = (tx.now(), [last(tx, old)?, last(tx, new)?]);
            assert!(visit::list::repairs(tx, old, now)?.is_empty(), "not before it was finished");
            visit::store::went_to(tx, case, Some(new))?;
            let moved = [last(tx, old)?, last(tx, new)?];
            visit::store::went_to(tx, case, Some(old))?;
            Ok((known, moved))
        }).await;
        let fault = Some("PRN-02".to_owned());
        assert_eq!((known, moved), ([fault.clone(), None], [None, fault]));

        let (id, codes) = (s.ticket, ["visit_decided", "visit_offered", "visit_accepted", "visit_departed", "visit_arrived", "visit_part_used", "visit_fixed", "solved", "closed"]);
        let (kept, told) = s.world.read(&kit, move |tx| {
            let t = ticket(tx, id)?.unwrap();
            let lines = postsale_server::ticket::entry::entries(tx, id, 0, 100)?;
            let lines: Vec<String> = lines.into_iter().filter_map(|e| e.event.map(|(code, _)| code)).collect();
            Ok(((t.case.state, t.case.fault_code, lines), notify::store::told(tx, id)?))
        }).await;
        assert_eq!(kept, (TicketState::Closed, Some("PRN-02".into()), codes.map(str::to_owned).to_vec()));
        let kinds: Vec<String> = told.into_iter().map(|(kind, _)| kind.as_str().to_owned()).collect();
        // Told once each; what the merchant said on the spot is not asked again.
        for kind in ["visit_promised", "on_the_way", "closed"] {
            assert_eq!(kinds.iter().filter(|k| *k == kind).count(), 1, "{kinds:?}");
        }
        for line in done["history"].as_array().unwrap() {
            assert!(!line["sentence"]["en"].as_str().unwrap().contains('{'), "{line}");
        }
    }
}

on_both! {
    fn a_swap_moves_the_binding_in_one_step(kit) {
        let s = Scene::new(&kit).await;
        s.at_work("not_applicable").await;
        s.all_steps().await;
        let swap = |old: &str, new: &str| json!({ "part": "swap_unit", "old_serial": old, "new_serial": new });
        assert_eq!(s.refused(&s.engineer, "/parts", swap("OLD00001", "GHOST0001"), 422).await, "visit.new_serial_unknown");
        assert_eq!(s.refused(&s.engineer, "/parts", swap("OLD00001", "OLD00001"), 422).await, "visit.same_serial");
        assert_eq!(s.refused(&s.engineer, "/parts", swap("NEW00001", "OLD00001"), 422).await, "visit.old_serial_other");
        s.does(&s.engineer, "/parts", swap("old 00001", "new-00001")).await;
        let (old, new) = (s.old, s.new);
        let open = s.world.read(&kit, move |tx| Ok((terminals::open_binding(tx, old)?, terminals::open_binding(tx, new)?))).await;
        assert!(open.0.is_some() && open.1.is_none(), "nothing moves before it is confirmed");
        // What comes with a changed unit is asked from then on, and it is not finished without.
        let early = s.engineer.post(&s.path("/complete"), &json!({ "version": s.version().await, "outcome": "swapped", "confirmation": signature() })).await;
        assert!(early.json["detail"].as_str().unwrap().contains("新机主密钥已装载"), "{}", early.text);
        s.all_steps().await;
        let done = s.does(&s.engineer, "/complete", json!({ "outcome": "swapped", "confirmation": signature() })).await;
        assert_eq!(done["order"]["outcome"], "swapped");
        let (closed, opened) = s.world.read(&kit, move |tx| Ok((terminals::bindings(tx, old)?, terminals::bindings(tx, new)?))).await;
        assert_eq!((closed.len(), opened.len()), (1, 1));
        assert_eq!(closed[0].valid_to, Some(opened[0].valid_from), "no moment with two, no moment with none");
        assert_eq!((opened[0].tid.as_str(), opened[0].valid_to), ("10000001", None));
        // Whoever took the old one out answers for it until it is back.
        let carried = s.engineer.get("/api/v1/part-returns").await.expect(200)["items"].clone();
        assert_eq!((carried.as_array().unwrap().len(), &carried[0]["serial_no"], &carried[0]["whole_unit"], &carried[0]["state"]), (1, &json!("OLD00001"), &json!(true), &json!("carried")));
    }
}

on_both! {
    fn a_swap_that_cannot_bind_leaves_everything_as_it_was(kit) {
        let s = Scene::new(&kit).await;
        s.at_work("not_applicable").await;
        s.all_steps().await;
        s.does(&s.engineer, "/parts", json!({ "part": "swap_unit", "old_serial": "OLD00001", "new_serial": "NEW00001" })).await;
        s.all_steps().await;
        // Meanwhile the new unit is bound elsewhere.
        let (old, new) = (s.old, s.new);
        s.world.write(&kit, move |tx| {
            let there = terminals::open_binding(tx, old)?.unwrap();
            let elsewhere = Binding { id: tx.new_id(), terminal_id: new, tid: "10000009".into(), ..there };
            terminals::bind(tx, &elsewhere)
        }).await;
        let code = s.refused(&s.engineer, "/complete", json!({ "outcome": "swapped", "confirmation": signature() }), 409).await;
        assert_eq!(code, "terminal.bound_already");
        let id = s.ticket;
        let (still, state) = s.world.read(&kit, move |tx| Ok((terminals::open_binding(tx, old)?, ticket(tx, id)?.unwrap().case.state))).await;
        assert!(still.is_some());
        assert_eq!(state, TicketState::Visit);
        assert_eq!(s.dispatcher.get(&s.path("")).await.expect(200)["order"]["state"], "repaired");
    }
}

on_both! {
    fn the_code_works_once_and_is_not_guessed(kit) {
        let s = Scene::new(&kit).await;
        s.at_work("not_applicable").await;
        let by = |code: &str| json!({ "outcome": "fixed", "confirmation": { "kind": "code", "code": code } });
        s.all_steps().await;
        assert_eq!(s.refused(&s.engineer, "/complete", by("000000"), 409).await, "visit.code_not_sent");
        s.engineer.post(&s.path("/confirmation-code"), &json!({})).await.expect(202);
        assert_eq!(s.engineer.post(&s.path("/confirmation-code"), &json!({})).await.problem(429), "visit.code_too_soon");
        let id = s.ticket;
        let code = s.world.read(&kit, move |tx| {
            Ok(notify::store::newest(tx, id, postsale_domain::notify::NoticeKind::ConfirmationCode)?.unwrap().body)
        }).await;
        let code: String = code.split(|c: char| !c.is_ascii_digit()).find(|w| w.len() == 6).unwrap().to_owned();
        let wrong = if code == "123456" { "123457" } else { "123456" };
        for left in [4, 3, 2, 1, 0] {
            let no = s.engineer.post(&s.path("/complete"), &{ let mut b = by(wrong); b["version"] = s.version().await; b }).await;
            assert_eq!((no.status, no.json["code"].as_str()), (422, Some("visit.code_wrong")));
            assert!(no.json["detail"].as_str().unwrap().contains(&left.to_string()));
        }
        assert_eq!(s.refused(&s.engineer, "/complete", by(&code), 429).await, "visit.code_used_up");
        kit.later(jiff::SignedDuration::from_mins(2));
        s.engineer.post(&s.path("/confirmation-code"), &json!({})).await.expect(202);
        let fresh = s.world.read(&kit, move |tx| {
            Ok(notify::store::newest(tx, id, postsale_domain::notify::NoticeKind::ConfirmationCode)?.unwrap().body)
        }).await;
        let fresh: String = fresh.split(|c: char| !c.is_ascii_digit()).find(|w| w.len() == 6).unwrap().to_owned();
        let kept = s.world.read(&kit, |tx| Ok(tx.one(sql!("SELECT code_hash FROM work_order"), &[], |r| r.next::<Vec<u8>>())?.unwrap())).await;
        assert!(!String::from_utf8_lossy(&kept).contains(&fresh));
        let done = s.does(&s.engineer, "/complete", by(&fresh)).await;
        assert_eq!(done["order"]["state"], "done");
    }
}

on_both! {
    fn no_card_number_stays_in_what_is_said_on_the_way(kit) {
        let s = Scene::new(&kit).await;
        let said = "卡 4111 1111 1111 1111";
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near, "reason": said })).await;
        s.does(&s.engineer, "/refuse", json!({ "reason": said })).await;
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near })).await;
        s.does(&s.engineer, "/accept", json!({})).await;
        s.does(&s.dispatcher, "/withdraw", json!({ "reason": said })).await;
        s.does(&s.dispatcher, "/cancel", json!({ "reason": said })).await;
        let found = kit.house.db.bare_read(move |bare| {
            let mut found = Vec::new();
            for (table, column) in [
                ("visit_event", "data"), ("offer", "why"), ("offer", "refuse_reason"), ("ticket_entry", "event_data"), ("audit_entry", "after_json"),
            ] {
                for mut row in bare.conn().raw_rows(&format!("SELECT {column} FROM {table} WHERE {column} LIKE '%1111%'"))? {
                    found.push((table, column, row.next::<String>()?));
                }
            }
            Ok(found)
        });
        let found = found.await.unwrap();
        for place in ["visit_event", "offer", "audit_entry"] {
            assert!(found.iter().any(|(table, ..)| *table == place), "{place}");
        }
        assert!(found.iter().all(|(.., text)| !text.contains("4111") && text.contains("**** **** **** 1111")), "{found:?}");
    }
}

on_both! {
    fn offers_are_refused_withdrawn_and_never_overlap(kit) {
        let s = Scene::new(&kit).await;
        assert_eq!(s.refused(&s.dispatcher, "/offer", json!({ "engineer_id": s.lapsed }), 409).await, "dispatch.not_fit");
        let at = |from: &str, to: &str| json!({ "from": format!("2026-11-24T{from}:00+08:00"), "to": format!("2026-11-24T{to}:00+08:00") });
        let lunch = json!({ "engineer_id": s.near, "planned": at("12:10", "12:50") });
        assert_eq!(s.refused(&s.dispatcher, "/offer", lunch, 422).await, "dispatch.shop_closed");
        let late = json!({ "engineer_id": s.near, "planned": at("18:30", "19:10") });
        assert_eq!(s.refused(&s.dispatcher, "/offer", late, 422).await, "dispatch.off_shift");
        let past = json!({ "engineer_id": s.near, "planned": at("09:00", "09:40") });
        assert_eq!(s.refused(&s.dispatcher, "/offer", past, 422).await, "visit.span_past");
        for (window, code) in [(at("08:00", "09:00"), "visit.promise_past"), (at("15:00", "17:00"), "visit.promise_misses")] {
            let told = json!({ "engineer_id": s.near, "planned": at("14:00", "14:40"), "promised": window });
            assert_eq!(s.refused(&s.dispatcher, "/offer", told, 422).await, code);
        }
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near, "planned": at("14:00", "14:40") })).await;
        assert_eq!(s.refused(&s.engineer, "/refuse", json!({ "reason": " " }), 422).await, "visit.say_it");
        let refused = s.does(&s.engineer, "/refuse", json!({ "reason": "车坏了" })).await;
        assert_eq!((&refused["order"]["state"], &refused["order"]["planned"]), (&json!("open"), &Value::Null));
        // The window is kept for whoever comes, and the rule prefers somebody who has not said no.
        let broken = json!({ "engineer_id": s.far, "planned": at("16:30", "17:10") });
        assert_eq!(s.refused(&s.dispatcher, "/offer", broken, 409).await, "dispatch.promise_broken");
        let again = s.does(&s.dispatcher, "/offer", json!({})).await;
        assert_eq!(again["order"]["engineer"]["id"], json!(s.far));
        assert_eq!(again["order"]["promised"], json!({ "from": "2026-11-24T06:00:00Z", "to": "2026-11-24T08:00:00Z" }));
        s.does(&s.other, "/accept", json!({})).await;
        let open = s.does(&s.dispatcher, "/withdraw", json!({ "reason": "病假" })).await;
        let mut states: Vec<&str> = open["offers"].as_array().unwrap().iter().map(|o| o["state"].as_str().unwrap()).collect();
        states.sort_unstable();
        assert_eq!(states, ["refused", "withdrawn"]);

        // A second order at the same time: it may be planned beside, never over, one that is taken on.
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near, "planned": at("14:00", "14:40") })).await;
        s.does(&s.engineer, "/accept", json!({})).await;
        let id = s.ticket;
        let second = s.world.write(&kit, move |tx| {
            let first = ticket(tx, id)?.unwrap();
            let twin = Ticket { id: tx.new_id(), number: org::store::next_number(tx, "ticket")?, entry_count: 0, version: 1,
                case: Case { state: TicketState::Triaged, ..first.case.clone() }, ..first };
            insert(tx, "ticket.open", &twin)?;
            let mut desk = Desk::load(tx, twin.id, Reach::All, None)?;
            let sending = Sending { fault_code: Some("PRN-02".into()), reason_code: VisitReason::NeedsHands, reason: "同店".into(),
                skills: Some(vec!["printer".into()]), parts: None, access_note: None };
            let order = send(tx, &mut desk, &sending)?;
            desk.save(tx, "ticket.visit")?;
            Ok(order)
        }).await;
        let offer = json!({ "version": 1, "engineer_id": s.near, "planned": at("14:30", "15:10") });
        assert_eq!(s.dispatcher.post(&format!("/api/v1/work-orders/{second}/offer"), &offer).await.problem(409), "dispatch.overlap");
        let beside = json!({ "version": 1, "engineer_id": s.near, "planned": at("14:40", "15:20") });
        s.dispatcher.post(&format!("/api/v1/work-orders/{second}/offer"), &beside).await.expect(200);
    }
}

on_both! {
    fn an_order_is_seen_by_those_it_was_given_to(kit) {
        let s = Scene::new(&kit).await;
        assert_eq!(s.engineer.get(&s.path("")).await.problem(404), "not_found");
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near })).await;
        assert_eq!(s.engineer.get(&s.path("")).await.expect(200)["allowed"], json!(["accept", "refuse"]));
        assert_eq!(s.other.get(&s.path("")).await.problem(404), "not_found");
        assert_eq!(s.other.post(&s.path("/accept"), &json!({ "version": 2 })).await.problem(404), "not_found");
        // Not even the dispatcher does the engineer's work, nor a storekeeper the dispatcher's.
        assert_eq!(s.dispatcher.post(&s.path("/accept"), &json!({ "version": 2 })).await.problem(403), "not_allowed");
        let keeper = s.world.client(&kit, Role::Storekeeper).await;
        assert_eq!(keeper.post(&s.path("/offer"), &json!({ "version": 2 })).await.problem(403), "not_allowed");
        assert_eq!(keeper.get("/api/v1/dispatch/board").await.problem(403), "not_allowed");
        let stranger = World::new(&kit, "t2").await.client(&kit, Role::Dispatcher).await;
        assert_eq!(stranger.get(&s.path("")).await.problem(404), "not_found");
        assert_eq!(s.engineer.post(&s.path("/accept"), &json!({ "version": 2, "speed": 9 })).await.problem(422), "body.unreadable");

        let mine = s.engineer.get("/api/v1/work-orders?view=mine&date=2026-11-24").await.expect(200);
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);
        assert_eq!(mine["items"][0]["merchant_name"], "顺风面馆");
        assert_eq!(s.engineer.get("/api/v1/work-orders?view=all&date=2026-11-25").await.expect(200)["items"], json!([]));
        let days = |q: &str| format!("/api/v1/work-orders?view=mine&{q}");
        let week = s.engineer.get(&days("date=2026-11-20&until=2026-11-26")).await.expect(200);
        assert_eq!(week["items"][0]["id"], json!(s.order));
        assert_eq!(s.engineer.get(&days("date=2026-11-25&until=2026-11-24")).await.problem(422), "visit.span_reversed");
        assert_eq!(s.engineer.get(&days("date=2026-11-01&until=2026-12-02")).await.problem(422), "visit.days_many");
        assert_eq!(s.other.get("/api/v1/work-orders?view=all").await.expect(200)["items"], json!([]));
        assert_eq!(s.dispatcher.get("/api/v1/work-orders?view=unassigned").await.expect(200)["items"], json!([]));
        assert_eq!(s.dispatcher.get("/api/v1/work-orders").await.expect(200)["items"].as_array().unwrap().len(), 1);
        let board = s.dispatcher.get("/api/v1/dispatch/board?date=2026-11-24").await.expect(200);
        let row = board["engineers"].as_array().unwrap().iter().find(|r| r["engineer"]["id"] == json!(s.near)).unwrap().clone();
        assert_eq!((&row["load_pct"], &row["shift"]["from"]), (&json!(16), &json!("2026-11-24T00:30:00Z")));
        assert_eq!(row["orders"][0]["id"], json!(s.order));
        assert_eq!(board["unassigned"], json!([]));
    }
}
