//! An installation ends with a terminal that is known, bound, tried and shown; photos are there or it says why not.

use postsale_server::terminal::store as terminals;
use postsale_testkit::{Client, Kit, on_both};
use serde_json::{Value, json};

use super::{Scene, signature};
use crate::desk_world::{DeskWorld, SPARE, done_well, id_of};
use crate::files::sent;

/// The smallest picture: one pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
    0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63,
    0xf8, 0xcf, 0xc0, 0x00, 0x00, 0x03, 0x01, 0x01, 0x00, 0xc9, 0xfe, 0x92, 0xef, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];

fn codes(page: &Value) -> Vec<String> {
    page["missing"].as_array().unwrap().iter().map(|g| g["code"].as_str().unwrap().to_owned()).collect()
}

/// A shop that orders its first terminal: the engineer is there, and nobody has named one.
struct Install {
    desk: DeskWorld,
    ticket: String,
    order: String,
}

impl Install {
    async fn new(kit: &Kit) -> Install {
        let desk = DeskWorld::new(kit).await;
        // What stands in the shop has stood there before anybody ordered.
        kit.later(jiff::SignedDuration::from_mins(1));
        let mut call = DeskWorld::call();
        (call["symptom"], call["ticket_type"]) = (json!("新装一台"), json!("install"));
        let ticket = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        // As the order of a new shop comes: a store, and no terminal.
        let id: postsale_domain::ticket::TicketId = ticket.parse().unwrap();
        desk.world
            .write(kit, move |tx| {
                let mut desk = postsale_server::flow::desk::Desk::load(tx, id, postsale_domain::ground::Reach::All, None)?;
                desk.ticket.terminal_id = None;
                let kind = postsale_server::ticket::entry::Kind::Note;
                desk.line(tx, kind, false, "终端未定", None, None)?;
                desk.save(tx, "ticket.fields").map(drop)
            })
            .await;
        let sent = json!({ "reason_code": "needs_hands", "reason": "新装机", "skills": ["hardware"] });
        let page = desk.does(&desk.agent, &ticket, "/work-orders", sent).await;
        assert_eq!(page["terminal"], json!(null));
        let order = page["work_orders"][0]["id"].as_str().unwrap().to_owned();
        let s = Install { desk, ticket, order };
        s.does(&s.desk.dispatcher, "/offer", json!({ "engineer_id": s.desk.near })).await;
        s.says("/accept", json!({})).await;
        s.says("/arrive", json!({ "off_site_reason": "地下室" })).await;
        s.says("/backup", json!({ "state": "not_applicable" })).await;
        s
    }

    fn path(&self, door: &str) -> String {
        format!("/api/v1/work-orders/{}{door}", self.order)
    }

    async fn body(&self, mut body: Value) -> Value {
        body["version"] = self.desk.dispatcher.get(&self.path("")).await.expect(200)["order"]["version"].clone();
        body
    }

    async fn does(&self, client: &Client, door: &str, body: Value) -> Value {
        client.post(&self.path(door), &self.body(body).await).await.expect(200)
    }

    /// What the engineer does.
    async fn says(&self, door: &str, body: Value) -> Value {
        self.does(&self.desk.engineer, door, body).await
    }

    async fn refused(&self, door: &str, body: Value, status: u16) -> String {
        self.desk.engineer.post(&self.path(door), &self.body(body).await).await.problem(status)
    }
}

on_both! {
    fn an_installation_binds_the_terminal_that_was_put_in(kit) {
        let s = Install::new(&kit).await;
        let page = s.desk.engineer.get(&s.path("")).await.expect(200);
        assert_eq!((page["steps"].as_array().unwrap().len(), &page["order"]["installs"]), (4, &json!(true)), "of a terminal nobody knows little can be asked");
        assert!(codes(&page).contains(&"installed_unit".to_owned()));
        // The list follows the model once it is known.
        let page = s.says("/parts", json!({ "part": "new_unit", "new_serial": SPARE })).await;
        assert!(codes(&page).contains(&"test:pin_test".to_owned()) && !codes(&page).contains(&"installed_unit".to_owned()), "{:?}", codes(&page));
        let steps = page["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 17, "the list of its class");
        for step in steps {
            s.says("/steps", done_well(step)).await;
        }
        // What was shown is ticked, or it is no handover.
        let bare = s.says("/steps", json!({ "code": "handover", "result": "pass", "shown": [] })).await;
        assert_eq!(codes(&bare), ["shown:handover", "delivered", "tid"]);
        let na = s.says("/steps", json!({ "code": "handover", "result": "na" })).await;
        assert_eq!(codes(&na), ["na_why:handover", "delivered", "tid"]);
        let na = s.says("/steps", json!({ "code": "handover", "result": "na", "note": "店员都会" })).await;
        assert_eq!(codes(&na), ["shown:handover", "delivered", "tid"], "an installation is shown to somebody");
        assert_eq!(s.refused("/steps", json!({ "code": "handover", "result": "pass", "shown": ["fly"] }), 422).await, "visit.function_unknown");
        let shown = s.says("/steps", json!({ "code": "handover", "result": "pass", "shown": ["sale", "refund"] })).await;
        let handover = shown["steps"].as_array().unwrap().iter().find(|step| step["code"] == "handover").unwrap();
        assert_eq!(handover["shown"], json!(["sale", "refund"]));
        assert!(handover["functions"].as_array().unwrap().iter().all(|f| f["name"]["zh"].is_string() && f["name"]["en"].is_string()));
        assert_eq!(s.refused("/deliver", json!({ "what": "前台", "tid": "123" }), 422).await, "terminal.bad_tid");
        let said = s.says("/deliver", json!({ "what": "前台装一台" })).await;
        assert_eq!(codes(&said), ["tid"], "under which number it works has to be said");
        s.says("/deliver", json!({ "what": "前台装一台", "tid": "20000009" })).await;
        let done = s.says("/complete", json!({ "outcome": "fulfilled", "confirmation": signature() })).await;
        assert_eq!(done["order"]["tid"], "20000009");

        let (unit, old, at) = (SPARE, s.desk.terminal, kit.now());
        let (unit, bound, before) = s.desk.world.read(&kit, move |tx| {
            let unit = terminals::by_serial(tx, unit)?.unwrap();
            let bound = terminals::open_binding(tx, unit.id)?;
            Ok((unit, bound, terminals::open_binding(tx, old)?.unwrap()))
        }).await;
        let bound = bound.unwrap();
        assert_eq!((bound.tid.as_str(), bound.store_id, bound.valid_from), ("20000009", before.store_id, at));
        let page = s.desk.page(&s.ticket).await;
        assert_eq!((&page["ticket"]["state"], &page["ticket"]["outcome"]), (&json!("closed"), &json!("fulfilled")));
        assert_eq!(page["terminal"]["id"], json!(unit.id), "the ticket names what was installed");
    }
}

on_both! {
    fn what_the_desk_has_bound_before_needs_no_number_and_what_stands_elsewhere_is_refused(kit) {
        let s = Install::new(&kit).await;
        // The unit that has stood in this shop for long is not what is installed today.
        let long = json!({ "part": "new_unit", "new_serial": crate::talk_world::SERIAL });
        assert_eq!(s.refused("/parts", long, 409).await, "visit.new_serial_bound");
        kit.later(jiff::SignedDuration::from_mins(1));
        let shop = s.desk.terminal;
        s.desk.world.write(&kit, move |tx| {
            let there = terminals::open_binding(tx, shop)?.unwrap();
            let unit = terminals::by_serial(tx, SPARE)?.unwrap();
            let ours = terminals::Binding { id: tx.new_id(), terminal_id: unit.id, tid: "20000008".into(), valid_from: tx.now(), ..there };
            terminals::bind(tx, &ours)
        }).await;
        let page = s.says("/parts", json!({ "part": "new_unit", "new_serial": SPARE })).await;
        assert!(!codes(&page).contains(&"tid".to_owned()));
        for step in page["steps"].as_array().unwrap() {
            s.says("/steps", done_well(step)).await;
        }
        s.says("/deliver", json!({ "what": "前台装一台" })).await;
        s.says("/complete", json!({ "outcome": "fulfilled", "confirmation": signature() })).await;
        let bound = s.desk.world.read(&kit, move |tx| {
            let unit = terminals::by_serial(tx, SPARE)?.unwrap();
            terminals::bindings(tx, unit.id)
        }).await;
        assert_eq!((bound.len(), bound[0].tid.as_str()), (1, "20000008"), "as the desk has bound it");
    }
}

on_both! {
    fn a_photo_is_taken_or_it_says_why_not(kit) {
        let s = Scene::new(&kit).await;
        let ticket = s.ticket.to_string();
        s.at_work("not_applicable").await;
        s.all_steps().await;
        let photo = |result: &str, note: Option<&str>, files: Value| json!({ "code": "photo_before", "result": result, "note": note, "files": files });
        // (what is said, what is missing)
        for (said, lacks) in [
            (photo("pass", None, json!([])), vec!["photo:photo_before"]),
            (photo("na", None, json!([])), vec!["na_why:photo_before"]),
            (photo("na", Some("商场不许拍照"), json!([])), vec![]),
            // The step may be told before its picture has gone up: only finishing names it.
            (photo("pass", None, json!([])), vec!["photo:photo_before"]),
        ] {
            assert_eq!(codes(&s.does(&s.engineer, "/steps", said.clone()).await), lacks, "{said}");
        }
        let done = json!({ "outcome": "fixed", "confirmation": signature() });
        assert_eq!(s.refused(&s.engineer, "/complete", done.clone(), 409).await, "visit.gaps");
        // Words are no picture, and nobody shows a picture of somebody else's.
        let words = sent(&s.engineer, &ticket, "a.txt", b"words").await.expect(200);
        assert_eq!(s.refused(&s.engineer, "/steps", photo("pass", None, json!([words["id"]])), 422).await, "visit.photo_kind");
        let picture = sent(&s.dispatcher, &ticket, "b.png", PNG).await.expect(200);
        assert_eq!(s.refused(&s.engineer, "/steps", photo("pass", None, json!([picture["id"]])), 422).await, "file.unknown");
        let picture = sent(&s.engineer, &ticket, "c.png", PNG).await.expect(200);
        let page = s.does(&s.engineer, "/steps", photo("pass", None, json!([picture["id"]]))).await;
        let step = page["steps"].as_array().unwrap().iter().find(|step| step["code"] == "photo_before").unwrap();
        assert_eq!((codes(&page).len(), &step["photos"]), (0, &json!(1)));
        // Told again without a picture, the one that came stays.
        assert_eq!(codes(&s.does(&s.engineer, "/steps", photo("pass", Some("正面"), json!([]))).await), Vec::<String>::new());
        s.does(&s.engineer, "/complete", done).await;
        let lines = s.dispatcher.get(&format!("/api/v1/tickets/{ticket}/timeline?limit=100")).await.expect(200);
        let line = lines["items"].as_array().unwrap().iter().find(|l| l["event"]["code"] == "visit_photos").unwrap().clone();
        assert_eq!((&line["files"][0]["id"], &line["public"]), (&picture["id"], &json!(false)), "it stands on the ticket's timeline");
        assert!(!line["event"]["sentence"]["en"].as_str().unwrap().contains('{'), "{line}");
    }
}
