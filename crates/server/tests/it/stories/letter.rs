//! A letter arrives: judged, somebody is sent, the terminal is swapped on site, confirmed by code, and two stars open it again.

use postsale_domain::ground::{Role, TypedId};
use postsale_domain::notify::NoticeKind;
use postsale_domain::ticket::TicketId;
use postsale_server::notify;
use postsale_server::terminal::store as terminals;
use postsale_server::worker::spool;
use postsale_testkit::{Client, Kit, check_portrait, on_both};
use serde_json::{Value, json};

use super::{Story, moment};
use crate::desk_world::{DeskWorld, SPARE, path};
use crate::talk_world::SERIAL;

const MAIL: &str = "From: Zhang <zhang@example.com>\r\nTo: service@postsale.test\r\nSubject: =?utf-8?B?UE9T5py65Z2P5LqG?=\r\n\
Message-ID: <broken-1@example.com>\r\nDate: Tue, 24 Nov 2026 10:02:00 +0800\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
SN: A920-0012-3456\r\n按电源键没反应，插着充电器也不开机。\r\n";

/// The work order of the ticket, as a client changes it.
struct Order {
    id: String,
}

impl Order {
    async fn page(&self, reader: &Client) -> Value {
        reader.get(&format!("/api/v1/work-orders/{}", self.id)).await.expect(200)
    }

    async fn does(&self, client: &Client, door: &str, mut body: Value) -> Value {
        body["version"] = self.page(client).await["order"]["version"].clone();
        client.post(&format!("/api/v1/work-orders/{}{door}", self.id), &body).await.expect(200)
    }
}

/// The six digits the merchant was sent.
async fn code(kit: &Kit, desk: &DeskWorld, id: &str) -> String {
    let ticket: TicketId = id.parse().unwrap();
    let notice = desk.world.read(kit, move |tx| notify::store::newest(tx, ticket, NoticeKind::ConfirmationCode)).await.unwrap();
    notice.body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).unwrap().to_owned()
}

on_both! {
    fn a_letter_a_visit_a_swap_and_two_stars(kit) {
        let mut story = Story::new("A letter, a visit, a swap and two stars");
        let desk = DeskWorld::new(&kit).await;
        let post = kit.folder.path().join("spool");
        std::fs::create_dir_all(&post).unwrap();
        std::fs::write(post.join("1.eml"), MAIL).unwrap();
        kit.set("2026-11-24T10:03:00+08:00");
        assert_eq!(spool::take_in(&kit.house, desk.world.tenant, &post).await.unwrap().kept, 1);
        kit.settle().await;
        story.tells(&kit, "shop", "writes a mail: 按电源键没反应，插着充电器也不开机");
        let row = desk.agent.get("/api/v1/tickets?view=unclaimed").await.expect(200)["items"][0].clone();
        let id = row["id"].as_str().unwrap().to_owned();
        assert_eq!((&row["channel"], &row["terminal_serial"]), (&json!("mail"), &json!(SERIAL)));
        let page = desk.page(&id).await;
        story.tells(&kit, "desk", &format!(
            "{} {}: {}; somebody answers by {}", row["number"].as_str().unwrap(), page["ticket"]["priority"].as_str().unwrap(),
            page["triage"]["reason"]["en"].as_str().unwrap(), moment(&kit, &page["promise"]["by"])));

        kit.set("2026-11-24T10:11:00+08:00");
        desk.does(&desk.agent, &id, "/claim", json!({})).await;
        desk.does(&desk.agent, &id, "/reply", json!({ "body": "收到。请换一个插座再试一次，还不行我们今天派人带新机过去。", "wait": true })).await;
        story.tells(&kit, "agent", "takes it on and writes back, waiting for an answer");
        kit.settle().await;
        let ticket: TicketId = id.parse().unwrap();
        let token = kit.house.seal.sign(notify::jobs::MAIL_TOKEN, ticket.uuid());
        let answer = format!("From: zhang@example.com\r\nSubject: Re\r\nMessage-ID: <broken-2@example.com>\r\nIn-Reply-To: <{token}.ntc_1@x>\r\n\
            Content-Type: text/plain; charset=utf-8\r\n\r\n换了插座也不行\r\n");
        std::fs::write(post.join("2.eml"), answer).unwrap();
        kit.set("2026-11-24T10:25:00+08:00");
        assert_eq!(spool::take_in(&kit.house, desk.world.tenant, &post).await.unwrap().kept, 1);
        kit.settle().await;
        story.tells(&kit, "shop", "answers by mail: 换了插座也不行");
        let heard = desk.page(&id).await;
        assert_eq!((&heard["ticket"]["waiting"], &heard["ticket"]["resolution"]["level"]), (&json!([]), &json!("ok")));

        kit.set("2026-11-24T10:30:00+08:00");
        desk.does(&desk.agent, &id, "/triage", json!({ "decision": "onsite", "fault_code": "PWR-01", "reason": "换插座、换充电器都不开机" })).await;
        let sent = desk.does(&desk.agent, &id, "/work-orders", json!({
            "fault_code": "PWR-01", "reason_code": "needs_parts", "reason": "不开机，需要带整机", "parts": ["swap_unit"], "skills": ["swap"], "access_note": "后门按铃" })).await;
        let order = Order { id: sent["work_orders"][0]["id"].as_str().unwrap().to_owned() };
        story.tells(&kit, "agent", &format!("decides for a visit: {}", sent["work_orders"][0]["number"].as_str().unwrap()));
        let offered = order.does(&desk.dispatcher, "/offer", json!({ "engineer_id": desk.near })).await;
        let window = &offered["order"]["promised"];
        story.tells(&kit, "dispatcher", &format!("offers it to {}, promised {}–{}", offered["order"]["engineer"]["name"].as_str().unwrap(),
            moment(&kit, &window["from"]), moment(&kit, &window["to"])));

        for (at, door, body, said) in [
            ("10:36", "/accept", json!({}), "accepts"),
            ("10:50", "/depart", json!({}), "leaves for the shop"),
            ("11:12", "/arrive", json!({ "lat": 31.22, "lng": 121.54 }), "arrives"),
            ("11:20", "/diagnose", json!({ "fault_code": "PWR-01", "note": "主板不上电" }), "diagnoses PWR-01: 主板不上电"),
            ("11:24", "/backup", json!({ "state": "done" }), "parameters and keys list saved"),
            ("11:30", "/parts", json!({ "part": "swap_unit", "old_serial": SERIAL, "new_serial": SPARE }), "swaps the unit, old and new serial written down"),
            ("11:40", "/restore", json!({ "verified": true }), "restored and checked"),
        ] {
            kit.set(&format!("2026-11-24T{at}:00+08:00"));
            order.does(&desk.engineer, door, body).await;
            story.tells(&kit, "engineer", said);
            kit.settle().await;
        }
        kit.set("2026-11-24T11:44:00+08:00");
        for step in order.page(&desk.engineer).await["steps"].as_array().unwrap().clone() {
            order.does(&desk.engineer, "/steps", crate::desk_world::done_well(&step)).await;
        }
        story.tells(&kit, "engineer", "every step of the checklist passed");
        let done = json!({ "outcome": "swapped", "confirmation": { "kind": "code", "code": "000000" } });
        let mut early = done.clone();
        early["version"] = order.page(&desk.engineer).await["order"]["version"].clone();
        let refused = desk.engineer.post(&format!("/api/v1/work-orders/{}/complete", order.id), &early).await.problem(409);
        assert_eq!(refused, "visit.code_not_sent");
        kit.set("2026-11-24T11:50:00+08:00");
        desk.engineer.post(&format!("/api/v1/work-orders/{}/confirmation-code", order.id), &json!({})).await.expect(202);
        kit.settle().await;
        let digits = code(&kit, &desk, &id).await;
        kit.set("2026-11-24T11:52:00+08:00");
        order.does(&desk.engineer, "/complete", json!({ "outcome": "swapped", "confirmation": { "kind": "code", "code": digits } })).await;
        story.tells(&kit, "shop", "tells the engineer the code; done");
        kit.settle().await;
        let closed = desk.page(&id).await;
        assert_eq!((&closed["ticket"]["state"], &closed["ticket"]["outcome"]), (&json!("closed"), &json!("visit_fixed")));
        let old = desk.terminal;
        let (before, after) = desk.world.read(&kit, move |tx| {
            let new = terminals::by_serial(tx, SPARE)?.unwrap();
            Ok((terminals::open_binding(tx, old)?, terminals::open_binding(tx, new.id)?))
        }).await;
        assert!(before.is_none() && after.is_some_and(|b| b.tid == "10482277"), "the binding went over in the same transaction");

        kit.set("2026-11-25T12:00:00+08:00");
        kit.settle().await;
        story.tells(&kit, "house", "asks how it was");
        kit.set("2026-11-25T15:10:00+08:00");
        let page_token = kit.house.seal.sign(notify::jobs::PAGE_TOKEN, ticket.uuid());
        let shop = Client::new(&kit.house);
        let rated = shop.form(&format!("/m/{page_token}/survey"), "solved=yes&score=2&comment=%E7%AD%89%E4%BA%86%E5%A4%AA%E4%B9%85").await;
        assert_eq!(rated.status, 303, "{}", rated.text);
        story.tells(&kit, "shop", "two stars: 等了太久");
        kit.settle().await;
        let agent = desk.world.client(&kit, Role::Agent).await;
        let again = agent.get(&path(&id, "")).await.expect(200);
        assert_eq!((&again["ticket"]["state"], &again["ticket"]["reopen_count"]), (&json!("triaged"), &json!(1)));
        story.tells(&kit, "desk", "the case is open again, with somebody accountable");

        story.timeline(&agent, &id).await;
        story.clock(&agent, &id, "first_response").await;
        story.clock(&agent, &id, "resolution").await;
        story.notices(&kit, &desk.world, &id).await;
        check_portrait("stories/letter.txt", &story.told());
    }
}
