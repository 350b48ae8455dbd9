//! The catalogue of parts: kept by the storekeeper, read by everybody, filled by a file.

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_testkit::{World, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of};
use crate::imports::{checked, committed, errors, hand_in};

fn head(number: &str) -> Value {
    json!({ "version": null, "number": number, "name": "A920打印头", "kind": "print_head", "models": ["a920"], "unit": "个", "price_fen": 9000, "min_stock": 5 })
}

on_both! {
    fn a_part_is_added_found_changed_and_switched_off(kit) {
        let world = World::new(&kit, "t1").await;
        let (keeper, engineer, bank) = (world.client(&kit, Role::Storekeeper).await, world.client(&kit, Role::Engineer).await, world.client(&kit, Role::Acquirer).await);
        let made = keeper.post("/api/v1/parts", &head("pax-a920-ph")).await.expect(201);
        assert_eq!((&made["number"], &made["models"], &made["version"]), (&json!("PAX-A920-PH"), &json!(["A920"]), &json!(1)));
        assert_eq!(keeper.post("/api/v1/parts", &head("PAX-A920-PH")).await.problem(409), "part.number_taken");
        assert_eq!(engineer.post("/api/v1/parts", &head("X-1")).await.problem(403), "not_allowed");
        assert_eq!(bank.get("/api/v1/parts").await.problem(403), "not_allowed");
        for (field, value, code) in [("kind", json!("wing"), "part.kind_unknown"), ("models", json!(["Z9"]), "terminal.model_unknown"), ("price_fen", json!(-1), "part.bad_price"), ("number", json!("头"), "part.bad_number")] {
            let mut wrong = head("X-1");
            wrong[field] = value;
            let refused = keeper.post("/api/v1/parts", &wrong).await;
            assert_eq!((refused.status, refused.json["field"].as_str(), refused.json["code"].as_str()), (422, Some(field), Some(code)));
        }
        kit.later(SignedDuration::from_secs(1));
        keeper.post("/api/v1/parts", &json!({ "number": "BAT-1", "name": "电池", "kind": "battery", "unit": "个", "price_fen": 8550, "version": null })).await.expect(201);
        for (q, count) in [("", 2), ("a920", 1), ("%E6%89%93%E5%8D%B0", 1), ("bat", 1), ("100%25", 0)] {
            let found = engineer.get(&format!("/api/v1/parts?q={q}")).await.expect(200);
            assert_eq!(found["items"].as_array().unwrap().len(), count, "{q}");
        }
        let page = engineer.get("/api/v1/parts?limit=1").await.expect(200);
        let rest = engineer.get(&format!("/api/v1/parts?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((&page["items"][0]["number"], &rest["items"][0]["number"], &rest["next_cursor"]), (&json!("BAT-1"), &json!("PAX-A920-PH"), &Value::Null));
        let at = format!("/api/v1/parts/{}", made["id"].as_str().unwrap());
        let mut change = head("PAX-A920-PH");
        (change["version"], change["price_fen"], change["off"]) = (json!(1), json!(9900), json!(true));
        let changed = keeper.put(&at, &change).await.expect(200);
        assert_eq!((&changed["price_fen"], &changed["off"], &changed["version"]), (&json!(9900), &json!(true), &json!(2)));
        assert_eq!(keeper.put(&at, &change).await.problem(409), "stale");
        change["version"] = json!(2);
        change["number"] = json!("OTHER-1");
        assert_eq!(keeper.put(&at, &change).await.problem(422), "part.number_fixed");
        let other = World::new(&kit, "t2").await;
        assert_eq!(other.client(&kit, Role::Admin).await.put(&at, &head("PAX-A920-PH")).await.problem(404), "not_found");
    }
}

on_both! {
    fn parts_come_by_file_and_go_as_a_table(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let table = "料号,配件名称,配件类别,适用型号,单位,单价（元）,有序列号,最低库存\nph-1,打印头,打印头,A920、A930,个,90.00,否,5\nbt-1,电池,battery,,,¥85.5,,\nph-1,又一个,打印头,,个,1,否,0\nxx-1,坏的,机翼,Z9,个,九十,也许,-3\n";
        let page = hand_in(&admin, "parts", table.as_bytes().to_vec()).await.expect(201);
        let page = checked(&kit, &admin, &page).await;
        let found = errors(&admin, &page).await;
        let codes: Vec<(&str, &str)> = found.iter().map(|(place, code)| (place.as_str(), code.as_str())).collect();
        assert_eq!(codes, [("A4", "import.twice"), ("C5", "part.kind_unknown"), ("D5", "terminal.model_unknown"), ("F5", "part.bad_price"), ("G5", "part.bad_yes"), ("H5", "part.bad_stock")]);
        assert_eq!(admin.get("/api/v1/parts").await.expect(200)["items"], json!([]), "a check imports nothing");
        committed(&kit, &admin, &page, "good").await;
        let items = admin.get("/api/v1/parts").await.expect(200)["items"].clone();
        // Both came in at the same instant of the clock, so nothing is said about which is the newer one.
        let of = |number: &str| items.as_array().unwrap().iter().find(|part| part["number"] == number).unwrap().clone();
        let (battery, head) = (of("BT-1"), of("PH-1"));
        assert_eq!((&battery["unit"], &battery["price_fen"], &head["models"], &head["min_stock"]), (&json!("个"), &json!(8550), &json!(["A920", "A930"]), &json!(5)));
        let again = hand_in(&admin, "parts", "料号,配件名称,配件类别,单价（元）\nPH-1,打印头,打印头,95\n".as_bytes().to_vec()).await.expect(201);
        let again = checked(&kit, &admin, &again).await;
        assert_eq!((&again["tally"]["known"], &again["tally"]["good"]), (&json!(1), &json!(0)), "what is on record stays as it is");
        let sample = admin.get("/api/v1/import-samples/parts?format=csv").await;
        let mut kept = hand_in(&admin, "parts", sample.text.clone().into_bytes()).await.expect(201);
        kept = checked(&kit, &admin, &kept).await;
        assert_eq!((&kept["tally"]["good"], &kept["tally"]["bad"]), (&json!(1), &json!(0)), "the sample is right");
        let taken = admin.get("/api/v1/exports/parts?q=ph").await;
        assert!(taken.text.contains("PH-1,打印头,打印头,A920、A930,个,90.00,否,5,否,0,0,0,0") && !taken.text.contains("BT-1"), "{}", taken.text);
        let engineer = world.client(&kit, Role::Engineer).await;
        assert_eq!(hand_in(&engineer, "parts", Vec::new()).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn the_storekeeper_imports_and_exports_parts_and_nothing_of_others(kit) {
        let world = World::new(&kit, "t1").await;
        let (admin, keeper) = (world.client(&kit, Role::Admin).await, world.client(&kit, Role::Storekeeper).await);
        hand_in(&admin, "merchants", "商户号,商户名称,收单机构\n821290050010001,顺风面馆,ACQ\n".as_bytes().to_vec()).await.expect(201);
        let page = hand_in(&keeper, "parts", "料号,配件名称,配件类别,单价（元）\nPH-9,打印头,打印头,90\n".as_bytes().to_vec()).await.expect(201);
        let page = checked(&kit, &keeper, &page).await;
        committed(&kit, &keeper, &page, "good").await;
        let runs = keeper.get("/api/v1/imports").await.expect(200);
        let kinds: Vec<&str> = runs["items"].as_array().unwrap().iter().map(|run| run["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["parts"], "files of kinds that are not theirs are not listed");
        assert_eq!(admin.get("/api/v1/imports").await.expect(200)["items"].as_array().unwrap().len(), 2);
        for kind in ["merchants", "terminals", "users"] {
            assert_eq!(hand_in(&keeper, kind, b"a,b\n1,2\n".to_vec()).await.problem(403), "not_allowed", "{kind}");
        }
        assert!(keeper.get("/api/v1/exports/parts").await.text.contains("PH-9"));
        for list in ["tickets", "letters", "audit", "users", "work-orders"] {
            assert_eq!(keeper.get(&format!("/api/v1/exports/{list}")).await.problem(403), "not_allowed", "{list}");
        }
    }
}

on_both! {
    fn pieces_move_and_never_below_nothing(kit) {
        let desk = DeskWorld::new(&kit).await;
        let (keeper, engineer) = (desk.world.client(&kit, Role::Storekeeper).await, &desk.engineer);
        let made = keeper.post("/api/v1/parts", &head("PH-1")).await.expect(201);
        let at = format!("/api/v1/parts/{}", made["id"].as_str().unwrap());
        let moves = format!("{at}/moves");
        let who = desk.near.to_string();
        let go = async |kind: &str, quantity: i64, engineer: Option<&str>, note: &str| {
            kit.later(SignedDuration::from_secs(1));
            keeper.post(&moves, &json!({ "kind": kind, "quantity": quantity, "engineer_id": engineer, "note": note })).await
        };
        let low = async || keeper.get("/api/v1/parts?low=true").await.expect(200)["items"].as_array().unwrap().len();
        assert_eq!(low().await, 1, "none of five that should be there");
        assert_eq!(go("received", 6, None, "").await.expect(201)["part"]["in_store"], 6);
        assert_eq!(low().await, 0);
        let page = go("handed_out", 2, Some(&who), "").await.expect(201);
        assert_eq!((&page["part"]["in_store"], &page["part"]["carried"], &page["carriers"][0]["engineer"]["id"], &page["carriers"][0]["pieces"]), (&json!(4), &json!(2), &json!(who), &json!(2)));
        for (kind, quantity, engineer, note, status, code) in [
            ("handed_out", 5, Some(who.as_str()), "", 409, "stock.short"),
            ("handed_out", 1, None, "", 422, "stock.engineer_missing"),
            ("received", 1, Some(who.as_str()), "", 422, "stock.engineer_odd"),
            ("received", 0, None, "", 422, "stock.bad_quantity"),
            ("used", 1, Some(who.as_str()), "", 422, "stock.by_visit"),
            ("written_off", 1, None, " ", 422, "reason.missing"),
            ("counted", 9, None, "", 422, "reason.missing"),
            ("handed_out", 1, Some("eng_00000000000000000000000000000007"), "", 422, "dispatch.engineer_unknown"),
        ] {
            assert_eq!(go(kind, quantity, engineer, note).await.problem(status), code, "{kind}");
        }
        go("written_off", 1, None, "摔坏").await.expect(201);
        go("handed_back", 1, Some(&who), "").await.expect(201);
        let page = go("counted", 9, None, "年末盘点多出").await.expect(201);
        assert_eq!((&page["part"]["in_store"], &page["part"]["carried"]), (&json!(9), &json!(1)));
        let lines = engineer.get(&format!("{moves}?limit=3")).await.expect(200);
        let first: Vec<(&str, i64)> = lines["items"].as_array().unwrap().iter().map(|l| (l["kind"].as_str().unwrap(), l["quantity"].as_i64().unwrap())).collect();
        assert_eq!(first[0], ("counted", 5));
        let rest = engineer.get(&format!("{moves}?limit=10&cursor={}", lines["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!(rest["items"].as_array().unwrap().len(), 4);
        assert_eq!(engineer.post(&moves, &json!({ "kind": "received", "quantity": 1 })).await.problem(403), "not_allowed");
        let other = World::new(&kit, "t2").await;
        let stranger = other.client(&kit, Role::Storekeeper).await;
        assert_eq!(stranger.get(&at).await.problem(404), "not_found");
        assert_eq!(stranger.post(&moves, &json!({ "kind": "received", "quantity": 1 })).await.problem(404), "not_found");
        assert_eq!(stranger.get(&moves).await.expect(200)["items"], json!([]));
    }
}

on_both! {
    fn what_is_still_to_be_fetched_stays_kept(kit) {
        let desk = DeskWorld::new(&kit).await;
        let keeper = desk.world.client(&kit, Role::Storekeeper).await;
        let made = keeper.post("/api/v1/parts", &head("PH-1")).await.expect(201);
        let at = format!("/api/v1/parts/{}", made["id"].as_str().unwrap());
        let near = desk.near.to_string();
        let go = async |kind: &str, quantity: i64, engineer: Option<&str>| {
            kit.later(SignedDuration::from_secs(1));
            keeper.post(&format!("{at}/moves"), &json!({ "kind": kind, "quantity": quantity, "engineer_id": engineer })).await.expect(201)
        };
        let reserved = async || keeper.get(&at).await.expect(200)["part"]["reserved"].as_i64().unwrap();
        // Two of one kind are asked for and kept; one is handed out.
        go("received", 2, None).await;
        let ticket = id_of(&desk.called().await);
        desk.does(&desk.agent, &ticket, "/claim", json!({})).await;
        let asked = json!({ "fault_code": "PRN-02", "reason_code": "needs_parts", "reason": "打印头坏了", "parts": ["print_head", "print_head"], "skills": [] });
        let sent = desk.does(&desk.agent, &ticket, "/work-orders", asked).await;
        let order = format!("/api/v1/work-orders/{}", sent["work_orders"][0]["id"].as_str().unwrap());
        let does = async |client: &postsale_testkit::Client, door: &str, mut body: Value| {
            body["version"] = client.get(&order).await.expect(200)["order"]["version"].clone();
            client.post(&format!("{order}{door}"), &body).await.expect(200)
        };
        does(&desk.dispatcher, "/offer", json!({ "engineer_id": near })).await;
        does(&desk.engineer, "/accept", json!({})).await;
        assert_eq!(reserved().await, 2);
        go("handed_out", 1, Some(&near)).await;
        assert_eq!(reserved().await, 1);
        does(&desk.engineer, "/arrive", json!({ "off_site_reason": "商场里没有信号" })).await;
        does(&desk.engineer, "/diagnose", json!({ "fault_code": "PRN-02" })).await;
        does(&desk.engineer, "/backup", json!({ "state": "not_applicable" })).await;
        does(&desk.engineer, "/parts", json!({ "part": "print_head" })).await;
        assert_eq!(reserved().await, 1, "the one put in had been handed out; the other still waits to be fetched");
        go("handed_out", 1, Some(&near)).await;
        does(&desk.engineer, "/parts", json!({ "part": "print_head" })).await;
        assert_eq!(reserved().await, 0, "both are in: nothing waits any more");
    }
}

on_both! {
    fn a_visit_has_its_part_kept_before_anybody_is_chosen(kit) {
        let desk = DeskWorld::new(&kit).await;
        let keeper = desk.world.client(&kit, Role::Storekeeper).await;
        let made = keeper.post("/api/v1/parts", &head("PH-1")).await.expect(201);
        let at = format!("/api/v1/parts/{}", made["id"].as_str().unwrap());
        let (near, far) = (desk.near.to_string(), keeper.get(&at).await.expect(200)["engineers"].clone());
        let far = far.as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap().to_owned()).find(|id| *id != near).unwrap();
        let go = async |kind: &str, quantity: i64, engineer: Option<&str>| {
            kit.later(SignedDuration::from_secs(1));
            keeper.post(&format!("{at}/moves"), &json!({ "kind": kind, "quantity": quantity, "engineer_id": engineer })).await
        };
        go("received", 2, None).await.expect(201);
        let visit = async |parts: Value| {
            kit.later(SignedDuration::from_secs(1));
            let mut call = DeskWorld::call();
            call["even_if_open"] = json!(true);
            let ticket = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
            let asked = json!({ "fault_code": "PRN-02", "reason_code": "needs_parts", "reason": "打印头坏了", "parts": parts, "skills": [] });
            let sent = desk.does(&desk.agent, &ticket, "/work-orders", asked).await;
            let order = format!("/api/v1/work-orders/{}", sent["work_orders"][0]["id"].as_str().unwrap());
            let codes: Vec<String> = desk.lines(&desk.agent, &ticket).await.iter().filter_map(|l| l["event"]["code"].as_str()).filter(|c| c.starts_with("visit_parts")).map(str::to_owned).collect();
            (order, codes)
        };
        let stock = async || {
            let page = keeper.get(&at).await.expect(200);
            (page["part"]["in_store"].as_i64().unwrap(), page["part"]["reserved"].as_i64().unwrap(), page["waiting"].clone())
        };
        let (first, said) = visit(json!(["print_head"])).await;
        assert_eq!(said, ["visit_parts_kept"]);
        let (second, _) = visit(json!(["print_head"])).await;
        // The shelf is empty for others, and the desk knows it while it still talks to the merchant.
        let (third, said) = visit(json!(["print_head"])).await;
        assert_eq!(said, ["visit_parts_short"]);
        let (in_store, reserved, waiting) = stock().await;
        assert_eq!((in_store, reserved, waiting[0]["work_order_number"].as_str(), &waiting[0]["engineer"]), (2, 2, Some("W-000001"), &Value::Null));
        let page = desk.dispatcher.get(&third).await.expect(200);
        assert_eq!((&page["bring"][0]["in_store"], &page["bring"][0]["free"], &page["unlisted"]), (&json!(2), &json!(0), &json!([])));
        // The table says what the page says: what lies there, what waits, what is left, what is carried.
        let table = keeper.get("/api/v1/exports/parts").await;
        assert!(table.text.lines().next().unwrap().ends_with("仓库现有,预留,可用,工程师携带"), "{}", table.text);
        assert!(table.text.lines().any(|row| row.starts_with("PH-1,") && row.ends_with(",2,2,0,0")), "{}", table.text);
        let low = async || keeper.get("/api/v1/exports/parts?low=true").await.text.contains("PH-1");
        assert!(low().await, "fewer than the five there should be");

        // Whoever has no order of these gets none of them; whoever has one gets the one that waits for it.
        let no = go("handed_out", 1, Some(&far)).await;
        assert!(no.json["detail"].as_str().unwrap().contains("W-000001"), "{}", no.text);
        assert_eq!(no.problem(409), "stock.reserved");
        let offer = json!({ "version": desk.dispatcher.get(&first).await.expect(200)["order"]["version"], "engineer_id": near });
        desk.dispatcher.post(&format!("{first}/offer"), &offer).await.expect(200);
        assert_eq!(go("handed_out", 2, Some(&near)).await.problem(409), "stock.reserved");
        go("handed_out", 1, Some(&near)).await.expect(201);
        let (in_store, reserved, waiting) = stock().await;
        assert_eq!((in_store, reserved, waiting[0]["work_order_number"].as_str()), (1, 1, Some("W-000002")));

        // An order that is over lets its piece go.
        let over = json!({ "version": desk.dispatcher.get(&second).await.expect(200)["order"]["version"], "reason": "商户说好了" });
        desk.dispatcher.post(&format!("{second}/cancel"), &over).await.expect(200);
        let (_, reserved, waiting) = stock().await;
        assert_eq!((reserved, waiting[0]["work_order_number"].as_str()), (1, Some("W-000003")), "for whoever has waited longest for one");
        go("received", 9, None).await.expect(201);
        assert!(!low().await, "narrowed as the page is");
        let (fourth, said) = visit(json!(["battery"])).await;
        assert_eq!(said, Vec::<String>::new(), "nobody keeps batteries here");
        let page = desk.dispatcher.get(&fourth).await.expect(200);
        assert_eq!((&page["bring"], &page["unlisted"]), (&json!([]), &json!(["battery"])), "which is not the same as an empty shelf");
    }
}
