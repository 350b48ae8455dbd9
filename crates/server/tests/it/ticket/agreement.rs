//! Which agreement a case runs on: its shop's, also when the shop becomes known only later, or turns out to be another one.

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_domain::ticket::Channel;
use postsale_server::flow::report::{self, Report};
use postsale_server::ground::db::Tx;
use postsale_server::ticket::store::ContactFacts;
use postsale_testkit::{Client, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, path};
use crate::talk_world::SERIAL;

/// A shop of the same merchant on another agreement, with a terminal; its serial.
async fn suburb(admin: &Client, merchant: &Value) -> &'static str {
    let week: Value = (1..=7).map(|d| (d.to_string(), json!([["00:00", "24:00"]]))).collect::<serde_json::Map<_, _>>().into();
    let new = json!({ "name": "郊区店", "address": "远路1号", "district": "崇明", "hours": week, "agreement": "suburb" });
    let page = admin.post(&format!("/api/v1/merchants/{}/stores", merchant.as_str().unwrap()), &new).await.expect(201);
    let store = page["stores"].as_array().unwrap().iter().find(|s| s["name"] == "郊区店").unwrap()["id"].clone();
    let new = json!({ "serial_no": "SUBURB000001", "tusn": "00000900000000000002", "model": "A920" });
    let terminal = admin.post("/api/v1/terminals", &new).await.expect(201)["terminal"]["id"].as_str().unwrap().to_owned();
    admin.post(&format!("/api/v1/terminals/{terminal}/bindings"), &json!({ "store_id": store, "tid": "55550001" })).await.expect(201);
    "SUBURB000001"
}

/// The agreement and, of each clock, the target and what is used up.
fn terms(page: &Value) -> Value {
    let t = &page["ticket"];
    json!([
        t["agreement"],
        t["response"]["target_s"],
        t["response"]["consumed_s"],
        t["resolution"]["target_s"],
        t["resolution"]["consumed_s"]
    ])
}

fn agreed(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|l| l["event"]["code"] == "agreed").collect()
}

on_both! {
    fn a_shop_that_becomes_known_later_brings_its_agreement(kit) {
        let desk = DeskWorld::new(&kit).await;
        let merchant = desk.called().await["merchant"]["id"].clone();
        let serial = suburb(&desk.world.client(&kit, Role::Admin).await, &merchant).await;
        // By mail, nobody has answered it: both clocks run.
        let wrote = async |symptom: &'static str| {
            let contact = ContactFacts { name: Some("李".into()), email: Some("li@example.com".into()), ..ContactFacts::default() };
            let report = move |tx: &mut Tx<'_>| {
                let report = Report {
                    channel: Channel::Mail, contact_at: tx.now(), letter_id: None, terminal_id: None, terminal_serial: None,
                    terminal_unknown_reason: Some("标签磨掉了".into()), merchant_id: None, contact: contact.clone(), symptom: symptom.into(),
                    response_code: None, impact: None, urgency: None, terminals_hit: None,
                };
                Ok(report::open(tx, &report)?.id.to_string())
            };
            desk.world.write(&kit, report).await
        };
        let (other, id) = (wrote("键盘失灵").await, wrote("键盘失灵，另一台").await);
        let page = desk.page(&id).await;
        let before = terms(&page);
        kit.later(SignedDuration::from_mins(10));

        let page = desk.does(&desk.agent, &id, "/register", json!({ "terminal_serial": serial })).await;
        let after = terms(&page);
        assert_eq!(page["ticket"]["priority"], "normal");
        assert_eq!(before, json!(["urban", 3600, 0, 28_800, 0]));
        assert_eq!(after, json!(["suburb", 7200, 600, 54_000, 600]), "other targets, and what was used up stays used up");
        // The lists sort by the same: what was due together with the other one is due later.
        let listed = desk.agent.get("/api/v1/tickets").await.expect(200);
        let rows = listed["items"].as_array().unwrap();
        let place = |id: &str| rows.iter().position(|r| r["id"] == json!(id)).unwrap();
        assert!(place(&id) > place(&other));
        assert_eq!(rows[place(&id)]["resolution"]["due_at"], page["ticket"]["resolution"]["due_at"]);
        let lines = desk.lines(&desk.agent, &id).await;
        let [line] = agreed(&lines)[..] else { panic!("{lines:?}") };
        assert_eq!((&line["public"], &line["author"]), (&json!(false), &json!("system")));
        assert_eq!(line["event"]["sentence"]["zh"], "按门店改用协议“郊区标准”（原为“城区标准”），已用时间照旧");
        assert_eq!(line["event"]["sentence"]["en"], "By its shop the agreement is now “Suburb standard” (was “City standard”); time used so far stays");
        for kind in ["first_response", "resolution"] {
            let told = desk.agent.get(&path(&id, &format!("/clocks/{kind}"))).await.expect(200);
            assert_eq!(told["recomputed_equal"], true);
            assert!(told["changes"].to_string().contains("改用协议郊区标准"), "{told}");
        }

        // Said again nothing changes; the shop in the city after all brings the city's terms back.
        desk.does(&desk.agent, &id, "/register", json!({ "terminal_serial": serial })).await;
        assert_eq!(agreed(&desk.lines(&desk.agent, &id).await).len(), 1);
        kit.later(SignedDuration::from_mins(5));
        let page = desk.does(&desk.agent, &id, "/register", json!({ "terminal_serial": SERIAL })).await;
        assert_eq!((&page["ticket"]["agreement"], &page["ticket"]["resolution"]["consumed_s"]), (&json!("urban"), &json!(900)));
        assert_eq!(page["ticket"]["resolution"]["target_s"], before[3]);
        assert_eq!(agreed(&desk.lines(&desk.agent, &id).await).len(), 2);
        // Another terminal of the same shop is no other promise.
        let spare = desk.more_terminals(&kit, 1..2).await.remove(0);
        desk.does(&desk.agent, &id, "/register", json!({ "terminal_serial": spare })).await;
        assert_eq!(agreed(&desk.lines(&desk.agent, &id).await).len(), 2);
    }
}
