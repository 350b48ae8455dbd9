//! The box in the bag is not the one that was meant: a plain sentence says so, and what to do next.

use postsale_server::terminal::store as terminals;
use postsale_testkit::{check_portrait, on_both};
use serde_json::{Value, json};

use super::Story;
use crate::desk_world::{DeskWorld, SPARE, id_of, path};
use crate::talk_world::SERIAL;

on_both! {
    fn the_wrong_box(kit) {
        let mut story = Story::new("The wrong box");
        kit.set("2026-11-24T10:00:00+08:00");
        let desk = DeskWorld::new(&kit).await;
        let mine = desk.terminal;
        desk.world.write(&kit, move |tx| {
            let known = terminals::terminal(tx, mine)?.unwrap();
            let here = terminals::open_binding(tx, mine)?.unwrap();
            for (serial, tusn, model, bound) in
                [("A92000555555", "00000700000055555555", "A920", true), ("A60000666666", "00000700000066666666", "A60", false)]
            {
                let unit = terminals::Terminal {
                    id: tx.new_id(), serial_no: serial.into(), tusn: tusn.into(), model: model.into(), ..known.clone()
                };
                terminals::add_terminal(tx, &unit)?;
                if bound {
                    let there = terminals::Binding { id: tx.new_id(), terminal_id: unit.id, tid: "10000077".into(), ..here.clone() };
                    terminals::bind(tx, &there)?;
                }
            }
            Ok(())
        }).await;
        let id = id_of(&desk.called().await);
        desk.does(&desk.agent, &id, "/claim", json!({})).await;
        let sent = json!({ "fault_code": "PRN-02", "reason_code": "needs_parts", "reason": "打印机芯坏，换整机", "parts": ["swap_unit"], "skills": ["swap"] });
        let page = desk.does(&desk.agent, &id, "/work-orders", sent).await;
        let order = page["work_orders"][0]["id"].as_str().unwrap().to_owned();
        story.tells(&kit, "agent", "sends an engineer with a whole unit");
        let address = |door: &str| format!("/api/v1/work-orders/{order}{door}");
        let does = async |client: &postsale_testkit::Client, door: &str, mut body: Value| {
            body["version"] = client.get(&address("")).await.expect(200)["order"]["version"].clone();
            client.post(&address(door), &body).await
        };
        does(&desk.dispatcher, "/offer", json!({ "engineer_id": desk.near })).await.expect(200);
        does(&desk.engineer, "/accept", json!({})).await.expect(200);
        kit.set("2026-11-24T11:00:00+08:00");
        does(&desk.engineer, "/arrive", json!({ "off_site_reason": "商场里没有信号" })).await.expect(200);
        does(&desk.engineer, "/diagnose", json!({ "fault_code": "PRN-02" })).await.expect(200);
        let there = does(&desk.engineer, "/backup", json!({ "state": "not_applicable" })).await.expect(200);
        for step in there["steps"].as_array().unwrap() {
            does(&desk.engineer, "/steps", crate::desk_world::done_well(step)).await.expect(200);
        }
        story.tells(&kit, "engineer", "is there, finds the mechanism broken, has nothing to save");
        let swap = |new: &str, why: Option<&str>| json!({ "part": "swap_unit", "old_serial": SERIAL, "new_serial": new, "model_reason": why });
        for (box_, serial, code) in [
            ("a box nobody registered", "A92000777777", "visit.new_serial_unknown"),
            ("a box that stands at another merchant", "A92000555555", "visit.new_serial_bound"),
            ("a box with another model", "A60000666666", "visit.other_model_lacks"),
        ] {
            kit.later(jiff::SignedDuration::from_mins(2));
            let no = does(&desk.engineer, "/parts", swap(serial, None)).await;
            assert_eq!(no.json["code"], code);
            story.tells(&kit, "engineer", &format!("scans {box_}"));
            story.tells(&kit, "house", no.json["detail"].as_str().unwrap());
        }
        assert!(does(&desk.engineer, "/parts", swap(SPARE, None)).await.status == 200, "the right box goes in without a word");
        story.tells(&kit, "engineer", "takes the right box: nothing is asked");
        let unit = |old: &str, new: &str, why: Option<&str>| json!({ "part": "swap_unit", "old_serial": old, "new_serial": new, "model_reason": why });
        kit.later(jiff::SignedDuration::from_mins(9));
        does(&desk.engineer, "/parts", unit(SPARE, "A60000666666", Some("备机开不了机，商户同意先用A60"))).await.expect(200);
        story.tells(&kit, "engineer", "the spare is dead on arrival: the other model goes in after all, with the reason");
        does(&desk.engineer, "/complete", json!({ "outcome": "swapped", "confirmation": crate::visit::signature() })).await.expect(200);
        story.tells(&kit, "merchant", "signs");
        let page = desk.agent.get(&path(&id, "")).await.expect(200);
        assert_eq!(page["ticket"]["state"], "closed");
        let open = desk.world.read(&kit, move |tx| Ok((terminals::open_binding(tx, mine)?, terminals::by_serial(tx, "A60000666666")?))).await;
        let now = open.1.unwrap().id;
        let bound = desk.world.read(&kit, move |tx| terminals::open_binding(tx, now)).await;
        assert!(open.0.is_none() && bound.is_some(), "one live binding, and it is the new unit's");
        story.timeline(&desk.agent, &id).await;
        check_portrait("stories/wrong_box.txt", &story.told());
    }
}
