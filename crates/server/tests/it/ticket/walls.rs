//! What a ticket's page says of other tickets: somebody of another house, an engineer and somebody bound to a branch read nothing in it, nor
//! in anything they can ask beside it, of tickets they could not open. Every address of the API that gives something is asked, so that a new
//! field of any page is held to the same.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use postsale_domain::ground::Role;
use postsale_testkit::{Client, Kit, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};
use crate::people_world::of_role;
use crate::routes::{ask, first_word, routes, with_id};
use crate::talk_world::SERIAL;

/// Words that stand on other tickets: what ails them, who reported them, the terminal of the other bank.
const OTHERS: [&str; 8] =
    ["暗号甲屏幕碎", "暗号乙卡槽松", "暗号丙没关联", "暗号丁并进去", "暗号戊拆出去", "暗号联系人", "66660001", "66660002"];
/// Words of incidents.
const INCIDENTS: [&str; 2] = ["暗号事件一", "暗号事件二"];
/// What the desk gave itself to do.
const TASKS: [&str; 3] = ["暗号任务做完", "暗号任务取消", "暗号任务未完"];
/// What the desk wrote to itself.
const NOTE: &str = "暗号备注";

/// Tickets of one shop that have to do with tickets of nobody's and of another bank's.
struct Knot {
    /// Ids by the first word of their address: what the readers may open.
    open: BTreeMap<&'static str, Vec<String>>,
    /// Ids and numbers of the tickets they may not.
    closed: Vec<String>,
    serial: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A shop of the other bank, in another district, with a terminal; its store, its serial.
async fn other_shop(admin: &Client) -> (String, String) {
    let banks = admin.get("/api/v1/acquirers").await.expect(200);
    let bank = banks["items"].as_array().unwrap().iter().find(|a| a["name"] == "另一家银行").unwrap()["id"].clone();
    let new = json!({ "acquirer_id": bank, "mid": "898310154199999", "name": "别家商户", "tier": "standard" });
    let merchant = text(&admin.post("/api/v1/merchants", &new).await.expect(201)["merchant"]["id"]);
    let week: Value = (1..=7).map(|d| (d.to_string(), json!([["00:00", "24:00"]]))).collect::<serde_json::Map<_, _>>().into();
    let store = json!({ "name": "别家店", "address": "别处路1号", "district": "西山", "hours": week, "agreement": "urban" });
    let store = text(&admin.post(&format!("/api/v1/merchants/{merchant}/stores"), &store).await.expect(201)["stores"][0]["id"]);
    let new = json!({ "serial_no": "XOTHER000001", "tusn": "00000900000000000001", "model": "A920" });
    let terminal = text(&admin.post("/api/v1/terminals", &new).await.expect(201)["terminal"]["id"]);
    let bind = json!({ "store_id": store, "tid": "66660001" });
    admin.post(&format!("/api/v1/terminals/{terminal}/bindings"), &bind).await.expect(201);
    (store, "XOTHER000001".into())
}

async fn tied(kit: &Kit, desk: &DeskWorld) -> Knot {
    let admin = desk.world.client(kit, Role::Admin).await;
    let (other_store, other_serial) = other_shop(&admin).await;
    let phone = DeskWorld::call()["contact"]["phone"].clone();
    let opened = async |symptom: &str, serial: Option<&str>, name: &str| {
        let mut body = json!({ "symptom": symptom, "contact": { "name": name, "phone": phone }, "even_if_open": true });
        match serial {
            Some(serial) => body["terminal_serial"] = json!(serial),
            // A number on record at a shop would make it that shop's.
            None => {
                body["terminal_unknown_reason"] = json!("标签磨掉了");
                body["contact"]["phone"] = json!("13900007788");
            }
        }
        id_of(&desk.agent.post("/api/v1/tickets", &body).await.expect(201))
    };
    let name = |n: &str| format!("暗号联系人{n}");
    let first = opened(OTHERS[0], Some(&other_serial), &name("一")).await;
    let second = opened(OTHERS[1], Some(&other_serial), &name("二")).await;
    let nobodys = opened(OTHERS[2], None, &name("三")).await;
    let goes_in = opened(OTHERS[3], None, &name("四")).await;
    let a = opened("打印机不出纸", Some(SERIAL), "张老板").await;
    let b = opened("打印机不出纸，还是不行", Some(SERIAL), "张老板").await;
    let merged = opened("小票打不出来", Some(SERIAL), "张老板").await;
    let moved_serial = desk.more_terminals(kit, 1..2).await.remove(0);
    let moved = opened("开不了机", Some(&moved_serial), "张老板").await;

    // Linked, from both ends and away again.
    desk.agent.post(&path(&a, "/links"), &json!({ "to": first, "kind": "relates" })).await.expect(200);
    desk.agent.post(&path(&second, "/links"), &json!({ "to": a, "kind": "blocks" })).await.expect(200);
    let page = desk.agent.post(&path(&a, "/links"), &json!({ "to": second, "kind": "relates" })).await.expect(200);
    let link = page["links"].as_array().unwrap().last().unwrap()["id"].clone();
    desk.agent.post(&path(&a, "/unlink"), &json!({ "link": link })).await.expect(200);
    // Merged: one takes in a ticket of nobody's, another goes on under one, a third was and is not any more.
    let into = |id: &str, page: Value| json!({ "into": id, "into_version": page["ticket"]["version"] });
    desk.does(&desk.agent, &goes_in, "/merge", into(&a, desk.page(&a).await)).await;
    desk.does(&desk.agent, &b, "/merge", into(&nobodys, desk.page(&nobodys).await)).await;
    desk.does(&desk.agent, &b, "/unmerge", json!({})).await;
    desk.does(&desk.agent, &merged, "/merge", into(&nobodys, desk.page(&nobodys).await)).await;
    // Split off, and then found to be about the other bank's terminal; another split is taken back.
    desk.agent.post(&path(&a, "/notes"), &json!({ "body": NOTE })).await.expect(200);
    let note = desk.lines(&desk.agent, &a).await.into_iter().find(|l| l["kind"] == "note").unwrap()["id"].clone();
    let split = json!({ "lines": [note], "symptom": OTHERS[4], "terminal_unknown_reason": "另一台" });
    let split_off = id_of(&desk.does(&desk.agent, &a, "/split", split.clone()).await);
    desk.does(&desk.agent, &split_off, "/register", json!({ "terminal_serial": other_serial })).await;
    let back = id_of(&desk.does(&desk.agent, &a, "/split", json!({ "lines": [note], "symptom": "误拆", "terminal_serial": SERIAL })).await);
    desk.does(&desk.agent, &back, "/unsplit", json!({})).await;
    // Part of one incident; another one it may belong to.
    let bank = desk.page(&a).await["merchant"]["acquirer_id"].clone();
    let incident = json!({ "title": INCIDENTS[0], "acquirer_id": bank, "tickets": [a, first] });
    desk.agent.post("/api/v1/incidents", &incident).await.expect(201);
    desk.agent.post("/api/v1/incidents", &json!({ "title": INCIDENTS[1], "acquirer_id": bank, "tickets": [second] })).await.expect(201);
    let mut tasks = Vec::new();
    for title in TASKS {
        let page = desk.agent.post(&path(&a, "/tasks"), &json!({ "title": title })).await.expect(201);
        tasks.push(text(&page["sub_tasks"].as_array().unwrap().last().unwrap()["id"]));
    }
    desk.agent.post(&format!("/api/v1/sub-tasks/{}/done", tasks[0]), &json!({})).await.expect(200);
    desk.agent.post(&format!("/api/v1/sub-tasks/{}/drop", tasks[1]), &json!({ "reason": "不用了" })).await.expect(200);
    // The terminal of one goes to the other bank's shop.
    let terminal = text(&desk.page(&moved).await["terminal"]["id"]);
    kit.later(jiff::SignedDuration::from_mins(1));
    let to = json!({ "store_id": other_store, "tid": "66660002", "reason": "转给另一家" });
    desk.agent.post(&format!("/api/v1/terminals/{terminal}/bindings/move"), &to).await.expect(201);
    // Somebody is on the way for the first one.
    let visit = json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸", "skills": ["printer"] });
    let page = desk.does(&desk.agent, &a, "/work-orders", visit).await;
    let order = text(&page["work_orders"][0]["id"]);
    let offer = json!({ "version": page["work_orders"][0]["version"], "engineer_id": desk.near });
    desk.dispatcher.post(&format!("/api/v1/work-orders/{order}/offer"), &offer).await.expect(200);
    kit.settle().await;

    let mut closed = Vec::new();
    for id in [first, second, nobodys, goes_in, split_off] {
        closed.push(text(&desk.page(&id).await["ticket"]["number"]));
        closed.push(id);
    }
    let shop = desk.page(&a).await;
    let open = BTreeMap::from([
        ("tickets", vec![a, b, merged, moved, back]),
        ("work-orders", vec![order]),
        ("merchants", vec![text(&shop["merchant"]["id"])]),
        ("terminals", vec![desk.terminal.to_string()]),
    ]);
    Knot { open, closed, serial: moved_serial }
}

/// Everything a reader is told: each address that gives something, with what they may open, and what commands of theirs answer.
async fn told(client: &Client, knot: &Knot) -> Vec<(String, String)> {
    let mut paths: BTreeSet<String> = ["tickets", "merchants", "terminals", "work-orders", "incidents", "follow-ups"]
        .map(|list| format!("/api/v1/exports/{list}"))
        .into();
    for word in OTHERS.iter().chain(&INCIDENTS).chain(&TASKS).chain(&[SERIAL, "打印机"]) {
        // What is asked for is said back, so that a number would be found in its own answer.
        if word.starts_with("6666") {
            continue;
        }

        let q: String = word.bytes().map(|b| format!("%{b:02X}")).collect();
        paths.extend([format!("/api/v1/search?q={q}"), format!("/api/v1/tickets/search?q={q}")]);
    }
    for view in ["open", "next", "waiting", "solved", "closed", "due_soon", "unclaimed", "to_respond"] {
        paths.insert(format!("/api/v1/tickets?view={view}"));
    }
    // A stream of events does not end by itself; what it tells is a ticket's row, to whom the lists show it.
    for route in routes().iter().filter(|r| r.method == Method::GET && !r.open_to_all && !r.path.ends_with("/events")) {
        match first_word(&route.path).map(|word| knot.open.get(word)) {
            None => drop(paths.insert(route.path.clone())),
            Some(ids) => paths.extend(ids.into_iter().flatten().map(|id| with_id(&route.path, id))),
        }
    }
    for own in &knot.open["tickets"] {
        paths.extend(knot.closed.iter().filter(|id| id.starts_with("tkt_")).map(|id| path(own, &format!("/merge-preview?into={id}"))));
        paths.insert(path(own, "/timeline?limit=200"));
    }
    let mut told = Vec::new();
    for path in paths {
        let answer = client.get(&path).await;
        assert!(answer.status < 500, "{path}: {}", answer.text);
        told.push((path, answer.text));
    }
    let call = DeskWorld::call();
    let asked = json!({ "symptom": "暗号甲屏幕碎", "terminal_serial": knot.serial, "phone": call["contact"]["phone"] });
    let asked_here = json!({ "symptom": "暗号甲屏幕碎", "terminal_serial": SERIAL, "phone": call["contact"]["phone"] });
    let doors = [("/api/v1/triage/preview", asked), ("/api/v1/triage/preview", asked_here), ("/api/v1/tickets", call)];
    for (door, body) in
        doors.iter().map(|(door, body)| ((*door).to_owned(), body.clone())).chain(knot.open["tickets"].iter().flat_map(|id| {
            // What they may do answers with the page; what comes too late does as well.
            [
                ("/notes", json!({ "body": "门口没有车位" })),
                ("/claim", json!({ "version": 1 })),
                ("/resume", json!({ "version": 1, "reason": "waiting_parts" })),
            ]
            .map(|(door, body)| (path(id, door), body))
        }))
    {
        told.push((door.clone(), ask(client, &Method::POST, &door, &body).await.text));
    }
    told
}

/// Where one of the words was told.
fn leaks<'a>(told: &'a [(String, String)], secrets: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    told.iter().flat_map(|(place, text)| secrets.iter().filter(|s| text.contains(**s)).map(|s| (place.as_str(), *s))).collect()
}

on_both! {
    fn a_page_tells_nobody_of_tickets_they_could_not_open(kit) {
        let desk = DeskWorld::new(&kit).await;
        let knot = tied(&kit, &desk).await;
        let others: Vec<&str> = OTHERS.iter().copied().chain(knot.closed.iter().map(String::as_str)).collect();
        let none: Vec<(&str, &str)> = Vec::new();

        let bank = told(&desk.bank, &knot).await;
        let all = [&others[..], &INCIDENTS, &TASKS, &[NOTE]].concat();
        assert_eq!(leaks(&bank, &all), none, "a bank reads of its own merchants, and nothing of the house's own");
        assert_eq!(leaks(&told(&desk.engineer, &knot).await, &[&others[..], &INCIDENTS, &TASKS].concat()), none, "an engineer's tickets are those of their orders");

        // They are not merely blind: their own are there, with what is theirs to read.
        for id in &knot.open["tickets"] {
            assert_eq!(desk.bank.get(&path(id, "")).await.status, 200);
        }
        assert!(bank.iter().any(|(place, text)| place.ends_with("/similar") && text.contains(&knot.open["tickets"][1])), "of their own they are shown what may be the same");
        assert!(desk.lines(&desk.bank, &knot.open["tickets"][0]).await.iter().any(|l| l["event"]["code"] == "took_in"), "that something was taken in they read");

        // And the words do stand where whoever may read them looks.
        let supervisor = told(&desk.supervisor, &knot).await;
        let mut unread: Vec<&str> = all.clone();
        unread.retain(|word| leaks(&supervisor, &[*word]).is_empty());
        assert_eq!(unread, Vec::<&str>::new());

        // Somebody bound to a branch is of the house: its notes, tasks and the incident of their own shop's ticket, and no other shop's ticket.
        let admin = desk.world.client(&kit, Role::Admin).await;
        let branch = admin.post("/api/v1/branches", &json!({ "code": "east", "name": "东区", "districts": ["浦东"] })).await.expect(201);
        let user = format!("/api/v1/users/{}", of_role(&kit, &desk.world, Role::Agent).await);
        let version = admin.get(&user).await.expect(200)["version"].clone();
        admin.patch(&user, &json!({ "version": version, "branch_id": branch["id"] })).await.expect(200);
        let bound = desk.world.client(&kit, Role::Agent).await;
        let read = told(&bound, &knot).await;
        assert_eq!(leaks(&read, &[&others[..], &INCIDENTS[1..]].concat()), none, "a branch's are its districts'");
        for word in [INCIDENTS[0], TASKS[0], TASKS[2], NOTE] {
            assert_ne!(leaks(&read, &[word]), none, "{word}");
        }
    }
}
