//! What was taken out at a shop comes back, is tested, and is a piece like any other again, or ends where somebody said why.

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_testkit::{Answer, Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::pieces::Van;

impl Van {
    /// A visit that changed a main board and could not be finished; the address of what came out.
    async fn took_out(&self, kit: &Kit, old: Option<&str>) -> String {
        let (order, _) = self.visit(kit, json!([])).await;
        self.at_work(&order).await;
        self.says(&self.desk.engineer, &order, "/parts", json!({ "part": "main_board", "old_serial": old })).await.expect(200);
        self.says(&self.desk.engineer, &order, "/fail", json!({ "reason": "商户停电", "follow_up": "明天再约" })).await.expect(200);
        let rows = self.returns("").await;
        format!("/api/v1/part-returns/{}", rows.last().unwrap()["id"].as_str().unwrap())
    }

    async fn returns(&self, query: &str) -> Vec<Value> {
        self.keeper.get(&format!("/api/v1/part-returns{query}")).await.expect(200)["items"].as_array().unwrap().clone()
    }

    async fn step(&self, at: &str, body: Value) -> Answer {
        self.keeper.post(&format!("{at}/steps"), &body).await
    }
}

async fn sees(client: &Client, at: &str) -> (usize, u16) {
    (client.get("/api/v1/part-returns").await.expect(200)["items"].as_array().unwrap().len(), client.get(at).await.status)
}

on_both! {
    fn a_dead_board_comes_back_and_is_a_piece_again(kit) {
        let v = Van::new(&kit).await;
        let out = v.took_out(&kit, Some("mb-9001")).await;
        let row = v.returns("?state=carried").await[0].clone();
        assert_eq!((&row["tag"], &row["kind"], &row["serial_no"], &row["engineer"]["id"], &row["model"], &row["late"]), (&json!("W-000001-1"), &json!("main_board"), &json!("MB9001"), &json!(v.near), &json!("A920"), &json!(false)));
        // Who carries it sees it, no other engineer does; who does not handle parts is not asked.
        assert_eq!((sees(&v.desk.engineer, &out).await, sees(&v.desk.other_engineer, &out).await), ((1, 200), (0, 404)));
        assert_eq!(v.desk.agent.get("/api/v1/part-returns").await.problem(403), "not_allowed");
        assert_eq!(v.desk.engineer.post(&format!("{out}/steps"), &json!({ "step": "receive" })).await.problem(403), "not_allowed");
        let stranger = World::new(&kit, "t2").await.client(&kit, Role::Storekeeper).await;
        assert_eq!((sees(&stranger, &out).await, stranger.post(&format!("{out}/steps"), &json!({ "step": "receive" })).await.problem(404)), ((0, 404), "not_found".to_owned()));

        let (board, head) = (v.part("MB-1", "main_board", true).await, v.part("PH-1", "print_head", false).await);
        let id = |part: &str| part.rsplit('/').next().unwrap().to_owned();
        // It stands in one place: it cannot come in by another door.
        let no = v.go(&kit, &board, "received", &["MB9001"], 1).await;
        assert!(no.text.contains("W-000001-1"), "{}", no.text);
        assert_eq!(no.problem(409), "stock.serial_in_return");
        for (body, status, code) in [
            (json!({ "step": "find", "finding": "good" }), 409, "return.carried"),
            (json!({ "step": "write_off", "note": " " }), 422, "reason.missing"),
        ] {
            assert_eq!(v.step(&out, body).await.problem(status), code);
        }
        v.step(&out, json!({ "step": "receive" })).await.expect(200);
        assert_eq!(sees(&v.desk.engineer, &out).await, (0, 200), "nothing to bring any more");
        for (body, status, code) in [
            (json!({ "step": "receive" }), 409, "return.here"),
            (json!({ "step": "stock", "part_id": id(&board) }), 409, "return.test_first"),
            (json!({ "step": "find" }), 422, "return.needed"),
        ] {
            assert_eq!(v.step(&out, body).await.problem(status), code);
        }
        v.step(&out, json!({ "step": "find", "finding": "repairable" })).await.expect(200);
        assert_eq!(v.step(&out, json!({ "step": "stock", "part_id": id(&board) })).await.problem(409), "return.not_good");
        let page = v.step(&out, json!({ "step": "repair", "note": "换了电容" })).await.expect(200);
        assert_eq!((&page["part_return"]["finding"], &page["fits"][0]["number"]), (&json!("good"), &json!("MB-1")));
        assert_eq!(v.step(&out, json!({ "step": "stock", "part_id": id(&head) })).await.problem(422), "return.other_kind");
        assert_eq!(v.stock(&board).await, (0, 0, 0));
        let page = v.step(&out, json!({ "step": "stock", "part_id": id(&board) })).await.expect(200);
        assert_eq!((&page["part_return"]["state"], &page["part_return"]["part_number"]), (&json!("stocked"), &json!("MB-1")));
        let steps: Vec<&str> = page["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["receive", "find", "repair", "stock"]);
        assert_eq!((v.stock(&board).await, v.returns("").await, v.returns("?state=over").await.len()), ((1, 0, 0), vec![], 1));
        assert_eq!(v.step(&out, json!({ "step": "receive" })).await.problem(409), "return.over");
        v.go(&kit, &board, "handed_out", &["MB9001"], 1).await.expect(201);
    }
}

on_both! {
    fn what_the_vendor_pays_and_what_never_came_end_with_their_reason(kit) {
        let v = Van::new(&kit).await;
        let out = v.took_out(&kit, None).await;
        assert_eq!(v.returns("").await[0]["late"], false);
        v.step(&out, json!({ "step": "receive" })).await.expect(200);
        v.step(&out, json!({ "step": "find", "finding": "dead", "note": "进水" })).await.expect(200);
        assert_eq!(v.step(&out, json!({ "step": "credit", "credit_fen": 100 })).await.problem(409), "return.not_at_vendor");
        v.step(&out, json!({ "step": "send", "vendor_ref": " RMA-77 " })).await.expect(200);
        assert_eq!((v.returns("?state=at_vendor").await[0]["vendor_ref"].clone(), v.returns("?state=here").await), (json!("RMA-77"), vec![]));
        assert_eq!(v.step(&out, json!({ "step": "scrap", "note": "x" })).await.problem(409), "return.at_vendor");
        assert_eq!(v.step(&out, json!({ "step": "credit", "credit_fen": -1 })).await.problem(422), "return.bad_credit");
        let page = v.step(&out, json!({ "step": "credit", "credit_fen": 12_000 })).await.expect(200);
        assert_eq!((&page["part_return"]["state"], &page["part_return"]["credit_fen"]), (&json!("credited"), &json!(12_000)));

        let lost = v.took_out(&kit, Some("MB9002")).await;
        let page = v.step(&lost, json!({ "step": "write_off", "note": "快递丢失" })).await.expect(200);
        assert_eq!((&page["part_return"]["state"], &page["steps"][0]["note"]), (&json!("missing"), &json!("快递丢失")));
        v.took_out(&kit, Some("MB9003")).await;
        // Once nobody waits for it, it may come in as what it is.
        let board = v.part("MB-1", "main_board", true).await;
        v.go(&kit, &board, "received", &["MB9002"], 1).await.expect(201);
        // A week is time enough.
        kit.later(SignedDuration::from_hours(24 * 8));
        let rows = v.desk.world.client(&kit, Role::Storekeeper).await.get("/api/v1/part-returns").await.expect(200);
        assert_eq!(rows["items"][0]["late"], true);
    }
}

on_both! {
    fn a_serial_read_at_the_warehouse_goes_on_the_shelf_with_it(kit) {
        let v = Van::new(&kit).await;
        let out = v.took_out(&kit, None).await;
        let board = v.part("MB-1", "main_board", true).await;
        let id = board.rsplit('/').next().unwrap();
        v.step(&out, json!({ "step": "receive" })).await.expect(200);
        v.step(&out, json!({ "step": "find", "finding": "good" })).await.expect(200);
        assert_eq!(v.step(&out, json!({ "step": "stock", "part_id": id })).await.problem(422), "return.serial_missing");
        let page = v.step(&out, json!({ "step": "stock", "part_id": id, "serial": "mb 9009" })).await.expect(200);
        assert_eq!((&page["part_return"]["serial_no"], v.stock(&board).await), (&json!("MB9009"), (1, 0, 0)));
    }
}
