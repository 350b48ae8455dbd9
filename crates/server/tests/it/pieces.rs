//! Where pieces really are: a part is put in from the bag that holds it, a serial stands in one place, and who waits for a piece is seen.

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_server::terminal::store as terminals;
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, SPARE, id_of};

/// A shop with a broken printer, a storekeeper, and orders for the engineer who is near.
pub struct Van {
    pub desk: DeskWorld,
    pub keeper: Client,
    pub near: String,
}

impl Van {
    pub async fn new(kit: &Kit) -> Van {
        let desk = DeskWorld::new(kit).await;
        let keeper = desk.world.client(kit, Role::Storekeeper).await;
        let near = desk.near.to_string();
        Van { desk, keeper, near }
    }

    /// A part of the catalogue; its address.
    pub async fn part(&self, number: &str, kind: &str, serialised: bool) -> String {
        let part = json!({ "version": null, "number": number, "name": number, "kind": kind, "models": ["A920"], "unit": "个", "price_fen": 900, "serialised": serialised });
        format!("/api/v1/parts/{}", self.keeper.post("/api/v1/parts", &part).await.expect(201)["id"].as_str().unwrap())
    }

    /// A movement of pieces.
    pub async fn go(&self, kit: &Kit, part: &str, kind: &str, serials: &[&str], count: i64) -> postsale_testkit::Answer {
        kit.later(SignedDuration::from_secs(1));
        let engineer = (kind.starts_with("handed")).then_some(&self.near);
        let body = json!({ "kind": kind, "quantity": count, "engineer_id": engineer, "serials": serials, "note": "x" });
        self.keeper.post(&format!("{part}/moves"), &body).await
    }

    /// A visit that asks for parts; its address and its ticket.
    pub async fn visit(&self, kit: &Kit, parts: Value) -> (String, String) {
        kit.later(SignedDuration::from_secs(1));
        let mut call = DeskWorld::call();
        call["even_if_open"] = json!(true);
        let ticket = id_of(&self.desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        let asked = json!({ "fault_code": "PRN-02", "reason_code": "needs_parts", "reason": "打印头坏了", "parts": parts, "skills": [] });
        let sent = self.desk.does(&self.desk.agent, &ticket, "/work-orders", asked).await;
        (format!("/api/v1/work-orders/{}", sent["work_orders"][0]["id"].as_str().unwrap()), ticket)
    }

    pub async fn says(&self, client: &Client, order: &str, door: &str, mut body: Value) -> postsale_testkit::Answer {
        body["version"] = client.get(order).await.expect(200)["order"]["version"].clone();
        client.post(&format!("{order}{door}"), &body).await
    }

    /// Offered, taken on, there, diagnosed, backup answered.
    pub async fn at_work(&self, order: &str) {
        self.says(&self.desk.dispatcher, order, "/offer", json!({ "engineer_id": self.near })).await.expect(200);
        for (door, body) in [
            ("/accept", json!({})),
            ("/arrive", json!({ "off_site_reason": "地下室没有信号" })),
            ("/diagnose", json!({ "fault_code": "PRN-02" })),
            ("/backup", json!({ "state": "not_applicable" })),
        ] {
            self.says(&self.desk.engineer, order, door, body).await.expect(200);
        }
    }

    async fn uses(&self, order: &str, part: &str, serial: Option<&str>) -> postsale_testkit::Answer {
        self.says(&self.desk.engineer, order, "/parts", json!({ "part": part, "new_serial": serial })).await
    }

    /// In the warehouse, carried, reserved.
    pub async fn stock(&self, part: &str) -> (i64, i64, i64) {
        let page = self.keeper.get(part).await.expect(200)["part"].clone();
        let of = |name: &str| page[name].as_i64().unwrap();
        (of("in_store"), of("carried"), of("reserved"))
    }

    /// The shop the terminal stands in.
    async fn shop(&self, kit: &Kit) -> String {
        let terminal = self.desk.terminal;
        self.desk.world.write(kit, move |tx| Ok(terminals::open_binding(tx, terminal)?.unwrap().store_id.to_string())).await
    }

    /// Why each waits, oldest first.
    async fn waiting(&self, state: &str) -> Vec<Value> {
        self.keeper.get(&format!("/api/v1/part-requests?state={state}")).await.expect(200)["items"].as_array().unwrap().clone()
    }
}

fn whys(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["why"].as_str().unwrap()).collect()
}

on_both! {
    fn a_part_leaves_the_bag_that_holds_it(kit) {
        let v = Van::new(&kit).await;
        let head = v.part("PH-1", "print_head", false).await;
        v.go(&kit, &head, "received", &[], 1).await.expect(201);
        let (order, ticket) = v.visit(&kit, json!(["print_head"])).await;
        assert_eq!(v.stock(&head).await, (1, 0, 1));
        v.at_work(&order).await;
        // Nobody carries one: nothing is used, and what was kept stays kept.
        let no = v.uses(&order, "print_head", None).await;
        assert!(no.json["detail"].as_str().unwrap().contains("PH-1"), "{}", no.text);
        assert_eq!((no.json["field"].clone(), no.problem(409)), (json!("part"), "stock.fetch_first".to_owned()));
        assert_eq!(v.stock(&head).await, (1, 0, 1));
        assert_eq!(v.desk.engineer.get(&order).await.expect(200)["parts_used"], json!([]));
        // The warehouse has the kind, for no such model: the next step is another one.
        let battery = json!({ "version": null, "number": "BT-9", "name": "电池", "kind": "battery", "models": ["N910"], "unit": "个", "price_fen": 900 });
        v.keeper.post("/api/v1/parts", &battery).await.expect(201);
        assert_eq!(v.uses(&order, "battery", None).await.problem(409), "stock.unlisted");
        // Of what nobody keeps in the books nothing is moved.
        v.uses(&order, "paper", None).await.expect(200);

        // The engineer asks, the storekeeper reads it, hands it out, and the asking is over.
        let asks = json!({ "part": "print_head" });
        let page = v.desk.engineer.post(&format!("{order}/part-requests"), &asks).await.expect(201);
        assert_eq!(page["waiting_parts"][0]["why"], "asked");
        assert_eq!(v.desk.engineer.post(&format!("{order}/part-requests"), &asks).await.problem(409), "stock.asked_already");
        assert_eq!(v.desk.dispatcher.post(&format!("{order}/part-requests"), &asks).await.problem(403), "not_allowed");
        assert_eq!(v.desk.other_engineer.post(&format!("{order}/part-requests"), &asks).await.problem(404), "not_found");
        let rows = v.waiting("open").await;
        assert_eq!((whys(&rows), &rows[0]["part_number"], &rows[0]["engineer"]["id"], &rows[0]["quantity"]), (vec!["asked"], &json!("PH-1"), &json!(v.near), &json!(1)));
        v.go(&kit, &head, "handed_out", &[], 1).await.expect(201);
        assert_eq!((v.stock(&head).await, v.waiting("open").await), ((0, 1, 0), vec![]));
        assert_eq!(v.desk.engineer.post(&format!("{order}/part-requests"), &asks).await.problem(409), "stock.carried_already");
        v.uses(&order, "print_head", None).await.expect(200);
        assert_eq!(v.stock(&head).await, (0, 0, 0));
        let line = v.keeper.get(&format!("{head}/moves")).await.expect(200)["items"][0].clone();
        let number = v.desk.engineer.get(&order).await.expect(200)["order"]["number"].clone();
        assert_eq!((&line["kind"], &line["quantity"], &line["work_order_number"]), (&json!("used"), &json!(-1), &number));
        assert_eq!((&line["from"], &line["to"]), (&json!({ "kind": "bag", "name": "小王" }), &json!({ "kind": "order", "name": number })));
        assert_eq!(v.uses(&order, "print_head", None).await.problem(409), "stock.not_carried");
        let told = v.desk.lines(&v.desk.agent, &ticket).await;
        let used = told.iter().rfind(|line| line["event"]["code"] == "visit_part_used").unwrap();
        let sentence = used["event"]["sentence"]["en"].as_str().unwrap();
        assert!(!sentence.contains('→'), "no arrow to nowhere: {sentence}");
        assert!(told.iter().any(|line| line["event"]["code"] == "visit_part_asked"));
    }
}

on_both! {
    fn a_serial_stands_in_one_place(kit) {
        let v = Van::new(&kit).await;
        let (board, head) = (v.part("MB-1", "main_board", true).await, v.part("PH-1", "print_head", false).await);
        for (kind, serials, count, status, code) in [
            ("received", &["MB0001"][..], 2, 422, "stock.serials_needed"),
            ("received", &["MB0001", "mb-0001"], 2, 422, "stock.serial_twice"),
            ("received", &["主板"], 1, 422, "part.bad_serial"),
            ("handed_out", &["MB0001"], 1, 409, "stock.short"),
        ] {
            assert_eq!(v.go(&kit, &board, kind, serials, count).await.problem(status), code, "{serials:?}");
        }
        assert_eq!(v.go(&kit, &head, "received", &["PH0001"], 1).await.problem(422), "stock.serials_odd");
        v.go(&kit, &board, "received", &["MB0001", "MB0002", "MB0003"], 3).await.expect(201);
        assert_eq!(v.go(&kit, &board, "received", &["MB0001"], 1).await.problem(409), "stock.serial_in_store");
        // The terminal of the shop is the merchant's, whatever it is called.
        assert_eq!(v.go(&kit, &board, "received", &[crate::talk_world::SERIAL], 1).await.problem(409), "stock.serial_bound");
        let page = v.go(&kit, &board, "handed_out", &["MB0001"], 1).await.expect(201);
        let at = |page: &Value, serial: &str| page["pieces"].as_array().unwrap().iter().find(|one| one["serial_no"] == serial).unwrap().clone();
        assert_eq!((&at(&page, "MB0001")["stands"], &at(&page, "MB0001")["engineer"]["id"], &at(&page, "MB0002")["stands"]), (&json!("bag"), &json!(v.near), &json!("store")));
        assert_eq!(v.go(&kit, &board, "handed_out", &["MB0001"], 1).await.problem(409), "stock.serial_in_bag");
        assert_eq!(v.go(&kit, &board, "handed_back", &["MB0002"], 1).await.problem(409), "stock.serial_in_store");

        let (order, _) = v.visit(&kit, json!(["main_board"])).await;
        v.at_work(&order).await;
        let bring = v.desk.engineer.get(&order).await.expect(200)["bring"][0].clone();
        assert_eq!((&bring["serialised"], &bring["serials"]), (&json!(true), &json!(["MB0001"])));
        for (serial, status, code) in [(None, 422, "stock.serial_needed"), (Some("MB0009"), 409, "stock.serial_unknown"), (Some("MB0002"), 409, "stock.serial_in_store")] {
            let no = v.uses(&order, "main_board", serial).await;
            assert_eq!((no.json["field"].clone(), no.problem(status).as_str()), (json!("new_serial"), code), "{serial:?}");
        }
        assert_eq!(v.stock(&board).await, (2, 1, 1));
        v.uses(&order, "main_board", Some("mb 0001")).await.expect(200);
        let page = v.keeper.get(&board).await.expect(200);
        assert_eq!((&at(&page, "MB0001")["stands"], &at(&page, "MB0001")["work_order_number"]), (&json!("used"), &json!("W-000001")));
        assert_eq!(v.keeper.get(&format!("{board}/moves")).await.expect(200)["items"][0]["serial_no"], "MB0001");
        assert_eq!((v.uses(&order, "main_board", Some("MB0001")).await.problem(409), v.stock(&board).await), ("stock.serial_used".to_owned(), (2, 0, 0)));
        assert_eq!(v.go(&kit, &board, "received", &["MB0001"], 1).await.problem(409), "stock.serial_used");
        // A count names what is there: one is gone, one nobody knew is.
        let page = v.go(&kit, &board, "counted", &["MB0003", "MB0007"], 2).await.expect(201);
        assert_eq!((&at(&page, "MB0002")["stands"], &at(&page, "MB0007")["stands"], &page["part"]["in_store"]), (&json!("out"), &json!("store"), &json!(2)));
    }
}

on_both! {
    fn who_waits_is_seen_until_a_piece_comes_or_the_order_is_over(kit) {
        let v = Van::new(&kit).await;
        let head = v.part("PH-1", "print_head", false).await;
        let (first, ticket) = v.visit(&kit, json!(["print_head"])).await;
        let (second, _) = v.visit(&kit, json!(["print_head"])).await;
        let rows = v.waiting("open").await;
        assert_eq!((whys(&rows), &rows[0]["work_order_number"], &rows[0]["part_number"], &rows[0]["quantity"]), (vec!["short", "short"], &json!("W-000001"), &json!("PH-1"), &json!(1)));
        // One comes: whoever has waited longest gets it, and the desk reads so.
        v.go(&kit, &head, "received", &[], 1).await.expect(201);
        assert_eq!(v.stock(&head).await, (1, 0, 1));
        let rows = v.waiting("open").await;
        assert_eq!((rows.len(), &rows[0]["work_order_number"]), (1, &json!("W-000002")));
        assert!(v.desk.lines(&v.desk.agent, &ticket).await.iter().any(|line| line["event"]["code"] == "visit_parts_kept"));
        // The first is called off: its piece is the second's.
        let over = |page: &Value| json!({ "version": page["order"]["version"], "reason": "商户说好了" });
        let page = v.desk.dispatcher.get(&first).await.expect(200);
        v.desk.dispatcher.post(&format!("{first}/cancel"), &over(&page)).await.expect(200);
        assert_eq!((v.waiting("open").await, v.stock(&head).await), (vec![], (1, 0, 1)));
        // A third waits for nothing once it is over itself.
        let (third, _) = v.visit(&kit, json!(["print_head"])).await;
        assert_eq!(v.waiting("open").await.len(), 1);
        let page = v.desk.dispatcher.get(&third).await.expect(200);
        v.desk.dispatcher.post(&format!("{third}/cancel"), &over(&page)).await.expect(200);
        let ended: Vec<String> = v.waiting("over").await.iter().map(|row| row["ended_how"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ended, ["over", "came", "came"]);
        // None was free when it was ordered, and one comes while somebody has the order: it is to be handed to them.
        let (fourth, told) = v.visit(&kit, json!(["print_head"])).await;
        v.says(&v.desk.dispatcher, &fourth, "/offer", json!({ "engineer_id": v.near })).await.expect(200);
        v.go(&kit, &head, "received", &[], 1).await.expect(201);
        let row = v.waiting("open").await[0].clone();
        assert_eq!((&row["why"], &row["work_order_number"]), (&json!("asked"), &json!("W-000004")));
        // The storekeeper may say that none will come, with a reason the desk reads.
        let end = format!("/api/v1/part-requests/{}/end", row["id"].as_str().unwrap());
        for (body, status, code) in [(json!({ "how": "withdrawn" }), 422, "reason.missing"), (json!({ "how": "over" }), 422, "stock.request_end")] {
            assert_eq!(v.keeper.post(&end, &body).await.problem(status), code);
        }
        assert_eq!(v.desk.dispatcher.post(&end, &json!({ "how": "done" })).await.problem(403), "not_allowed");
        v.keeper.post(&end, &json!({ "how": "withdrawn", "note": "停产" })).await.expect(200);
        assert_eq!(v.keeper.post(&end, &json!({ "how": "done" })).await.problem(409), "stock.request_over");
        assert!(v.desk.lines(&v.desk.agent, &told).await.iter().any(|line| line["event"]["code"] == "visit_part_none"));
        let stranger = World::new(&kit, "t2").await.client(&kit, Role::Storekeeper).await;
        assert_eq!((stranger.post(&end, &json!({ "how": "done" })).await.problem(404), stranger.get("/api/v1/part-requests").await.expect(200)["items"].clone()), ("not_found".to_owned(), json!([])));
        let _ = second;
    }
}

on_both! {
    fn a_new_unit_is_registered_received_carried_and_put_in(kit) {
        let v = Van::new(&kit).await;
        let unit = v.part("A920-SWAP", "swap_unit", true).await;
        let (order, _) = v.visit(&kit, json!(["swap_unit"])).await;
        v.at_work(&order).await;
        let swap = |serial: &str| json!({ "part": "swap_unit", "old_serial": crate::talk_world::SERIAL, "new_serial": serial });
        assert_eq!(v.says(&v.desk.engineer, &order, "/parts", swap("NEW-000001")).await.problem(422), "visit.new_serial_unknown");
        // The storekeeper walks the way the sentence names; nobody's terminal can be bound by them.
        assert_eq!(v.go(&kit, &unit, "received", &["NEW000001"], 1).await.problem(409), "stock.unit_unregistered");
        let blank = json!({ "serial_no": "NEW000001", "tusn": "00000700001111111111", "model": "A920" });
        let known = v.keeper.post("/api/v1/terminals", &blank).await.expect(201);
        assert_eq!(v.desk.engineer.post("/api/v1/terminals", &blank).await.problem(403), "not_allowed");
        let bind = json!({ "store_id": v.shop(&kit).await, "tid": "12345678" });
        assert_eq!(v.keeper.post(&format!("/api/v1/terminals/{}/bindings", known["terminal"]["id"].as_str().unwrap()), &bind).await.problem(403), "not_allowed");
        // Registered is not carried.
        assert_eq!(v.says(&v.desk.engineer, &order, "/parts", swap("NEW000001")).await.problem(409), "stock.not_carried");
        v.go(&kit, &unit, "received", &["NEW000001"], 1).await.expect(201);
        assert_eq!(v.says(&v.desk.engineer, &order, "/parts", swap("NEW000001")).await.problem(409), "stock.serial_in_store");
        v.go(&kit, &unit, "handed_out", &["NEW000001"], 1).await.expect(201);
        v.says(&v.desk.engineer, &order, "/parts", swap("NEW000001")).await.expect(200);
        assert_eq!(v.stock(&unit).await, (0, 0, 0));
        // A second try puts another one in: the first is in the bag again.
        v.go(&kit, &unit, "received", &[SPARE], 1).await.expect(201);
        v.go(&kit, &unit, "handed_out", &[SPARE], 1).await.expect(201);
        let again = json!({ "part": "swap_unit", "old_serial": "NEW000001", "new_serial": SPARE });
        v.says(&v.desk.engineer, &order, "/parts", again).await.expect(200);
        assert_eq!(v.stock(&unit).await, (0, 1, 0));
        let back = json!({ "part": "swap_unit", "old_serial": SPARE, "new_serial": crate::talk_world::SERIAL });
        v.says(&v.desk.engineer, &order, "/parts", back).await.expect(200);
        assert_eq!(v.stock(&unit).await, (0, 2, 0), "the old one stands there again, both spares are carried");
    }
}

on_both! {
    fn a_terminal_bound_by_the_desk_leaves_the_shelf(kit) {
        let v = Van::new(&kit).await;
        let unit = v.part("A920-SWAP", "swap_unit", true).await;
        v.go(&kit, &unit, "received", &[SPARE], 1).await.expect(201);
        let page = v.keeper.get(&format!("/api/v1/terminals?q={SPARE}")).await.expect(200);
        let id = page["items"][0]["id"].as_str().unwrap().to_owned();
        let store = v.shop(&kit).await;
        v.desk.agent.post(&format!("/api/v1/terminals/{id}/bindings"), &json!({ "store_id": store, "tid": "12345678" })).await.expect(201);
        assert_eq!(v.stock(&unit).await, (0, 0, 0));
        assert_eq!(v.go(&kit, &unit, "received", &[SPARE], 1).await.problem(409), "stock.serial_used");
        v.desk.agent.post(&format!("/api/v1/terminals/{id}/bindings/close"), &json!({ "reason": "商户退机" })).await.expect(200);
        v.go(&kit, &unit, "received", &[SPARE], 1).await.expect(201);
        assert_eq!(v.stock(&unit).await, (1, 0, 0));
    }
}

on_both! {
    fn one_piece_ends_one_waiting(kit) {
        let v = Van::new(&kit).await;
        let head = v.part("PH-1", "print_head", false).await;
        let (first, _) = v.visit(&kit, json!(["print_head"])).await;
        let (second, _) = v.visit(&kit, json!(["print_head"])).await;
        for order in [&first, &second] {
            v.says(&v.desk.dispatcher, order, "/offer", json!({ "engineer_id": v.near })).await.expect(200);
        }
        v.go(&kit, &head, "received", &[], 1).await.expect(201);
        assert_eq!(whys(&v.waiting("open").await), ["short", "asked"]);
        v.go(&kit, &head, "handed_out", &[], 1).await.expect(201);
        let rows = v.waiting("open").await;
        assert_eq!((whys(&rows), &rows[0]["work_order_number"]), (vec!["short"], &json!("W-000002")), "the second still waits for its own");
        v.go(&kit, &head, "received", &[], 1).await.expect(201);
        assert_eq!(v.stock(&head).await, (1, 1, 1), "kept for whoever waits");
        v.go(&kit, &head, "handed_out", &[], 1).await.expect(201);
        assert_eq!((v.waiting("open").await, v.stock(&head).await), (vec![], (0, 2, 0)));
    }
}
