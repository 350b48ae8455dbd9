//! People bound to a branch: every route, every role that may be bound, with what is their branch's, another branch's, another tenant's.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use postsale_domain::ground::Role;
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::people_world::of_role;
use crate::routes::{ask, first_word, routes, with_id};

/// A shop with everything that happens at one, by the first word of its address; and the ids of all it has.
struct Shop {
    by_word: BTreeMap<&'static str, String>,
    district: &'static str,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A merchant with one store in a district, a terminal there, a report with a visit, and a closed one with its follow-up.
async fn shop(kit: &Kit, world: &World, n: u32, district: &'static str) -> Shop {
    let (admin, agent) = (world.client(kit, Role::Admin).await, world.client(kit, Role::Agent).await);
    let acquirer = admin.get("/api/v1/acquirers").await.expect(200)["items"][0]["id"].clone();
    let new = json!({ "acquirer_id": acquirer, "mid": format!("8983101541{n:05}"), "name": format!("分店{n}"), "tier": "standard" });
    let merchant = text(&admin.post("/api/v1/merchants", &new).await.expect(201)["merchant"]["id"]);
    let week: Value = (1..=7).map(|d| (d.to_string(), json!([["00:00", "24:00"]]))).collect::<serde_json::Map<_, _>>().into();
    let store = json!({ "name": format!("分店{n}"), "address": "示例路1号", "district": district, "hours": week, "agreement": "urban" });
    let page = admin.post(&format!("/api/v1/merchants/{merchant}/stores"), &store).await.expect(201);
    let store = text(&page["stores"][0]["id"]);
    let person = json!({ "name": "李店长", "duty": "店长", "phone": format!("1390000{n:04}"), "store_id": store });
    let page = admin.post(&format!("/api/v1/merchants/{merchant}/contacts"), &person).await.expect(201);
    let contact = text(&page["contacts"][0]["id"]);
    let serial = format!("9210{n:08}");
    let new = json!({ "serial_no": serial, "tusn": format!("000009{n:014}"), "model": "A920" });
    let terminal = text(&admin.post("/api/v1/terminals", &new).await.expect(201)["terminal"]["id"]);
    let bind = json!({ "store_id": store, "tid": format!("2{n:07}") });
    admin.post(&format!("/api/v1/terminals/{terminal}/bindings"), &bind).await.expect(201);
    let call =
        |what: &str| json!({ "terminal_serial": serial, "symptom": what, "contact": { "name": "李", "phone": format!("1390000{n:04}") } });
    let done = agent.post("/api/v1/tickets", &call("怎么重打小票")).await.expect(201);
    let path = format!("/api/v1/tickets/{}", text(&done["ticket"]["id"]));
    let solve = json!({ "version": done["ticket"]["version"], "fault_code": "PRN-01", "outcome": "advised" });
    let done = agent.post(&format!("{path}/solve"), &solve).await.expect(200);
    agent.post(&format!("{path}/confirm"), &json!({ "version": done["ticket"]["version"], "by": "phone" })).await.expect(200);
    let page = agent.post("/api/v1/tickets", &call("打印机不出纸")).await.expect(201);
    let ticket = text(&page["ticket"]["id"]);
    let visit =
        json!({ "version": page["ticket"]["version"], "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸" });
    let page = agent.post(&format!("/api/v1/tickets/{ticket}/work-orders"), &visit).await.expect(201);
    let order = text(&page["work_orders"][0]["id"]);
    kit.settle().await;
    let ups = admin.get("/api/v1/follow-ups?state=coming&limit=200").await.expect(200);
    let up = ups["items"].as_array().unwrap().iter().find(|u| u["ticket_id"] == done["ticket"]["id"]).unwrap();
    let by_word = BTreeMap::from([
        ("merchants", merchant),
        ("stores", store),
        ("contacts", contact),
        ("terminals", terminal),
        ("tickets", ticket),
        ("work-orders", order),
        ("follow-ups", text(&up["id"])),
    ]);
    Shop { by_word, district }
}

/// Roles a branch may bind.
const BOUND: [Role; 5] = [Role::Agent, Role::Dispatcher, Role::Storekeeper, Role::Supervisor, Role::Quality];

async fn tenant(kit: &Kit, code: &'static str) -> World {
    let world = World::new(kit, code).await;
    world.write(kit, |tx| postsale_server::merchant::store::add_acquirer(tx, "ACQ", "示例银行")).await;
    world
}

/// Binds everybody of the roles that may be to a branch of one district.
async fn bind(kit: &Kit, world: &World, district: &str) -> BTreeMap<Role, Client> {
    let admin = world.client(kit, Role::Admin).await;
    let branch = json!({ "code": "east", "name": "东区", "districts": [district] });
    let branch = admin.post("/api/v1/branches", &branch).await.expect(201);
    let mut clients = BTreeMap::new();
    for role in BOUND {
        let path = format!("/api/v1/users/{}", of_role(kit, world, role).await);
        let version = admin.get(&path).await.expect(200)["version"].clone();
        admin.patch(&path, &json!({ "version": version, "branch_id": branch["id"] })).await.expect(200);
        clients.insert(role, world.client(kit, role).await);
    }
    clients
}

on_both! {
    fn every_route_knows_whose_branch_it_is(kit) {
        let (world, other) = (tenant(&kit, "t1").await, tenant(&kit, "t2").await);
        let (own, next) = (shop(&kit, &world, 1, "东山").await, shop(&kit, &world, 2, "西山").await);
        let foreign = shop(&kit, &other, 1, "东山").await;
        assert_eq!(own.district, foreign.district, "a namesake of the district means nothing");
        let clients = bind(&kit, &world, own.district).await;
        let mut seen: BTreeSet<(&str, Role)> = BTreeSet::new();
        for route in routes().iter().filter(|r| !r.open_to_all) {
            let word = first_word(&route.path).unwrap_or_default();
            for (role, client) in &clients {
                let place = format!("{} {} as {role:?}", route.method, route.path);
                for strange in [&next, &foreign] {
                    let Some(id) = strange.by_word.get(word) else { continue };
                    let body = if route.method == Method::GET { &Value::Null } else { &route.body };
                    let answer = ask(client, &route.method, &with_id(&route.path, id), body).await;
                    assert!(matches!(answer.status, 403 | 404 | 409 | 422), "{place} with {id}: {} {}", answer.status, answer.text);
                    // What is refused for its body or its version would be refused for whose it is with a right one; it tells nothing of it.
                    assert!(!strange.by_word.values().any(|id| answer.text.contains(id.as_str())), "{place} tells of {id}: {}", answer.text);
                }
                if route.method != Method::GET || route.path.contains("/me/") {
                    continue;
                }
                let path = own.by_word.get(word).map_or_else(|| route.path.clone(), |id| with_id(&route.path, id));
                if path.contains('{') {
                    continue;
                }
                let answer = ask(client, &route.method, &path, &Value::Null).await;
                assert!(answer.status < 500, "{place}: {}", answer.text);
                for id in next.by_word.values().chain(foreign.by_word.values()) {
                    assert!(!answer.text.contains(id.as_str()), "{place} shows {id}");
                }
                if answer.status == 200 {
                    seen.extend(own.by_word.iter().filter(|(_, id)| answer.text.contains(id.as_str())).map(|(word, _)| (*word, *role)));
                }
            }
        }
        // They are not merely blind: what is theirs is there, in lists and on pages.
        for role in [Role::Agent, Role::Dispatcher, Role::Supervisor, Role::Quality] {
            for word in ["merchants", "stores", "contacts", "terminals", "tickets", "work-orders"] {
                assert!(seen.contains(&(word, role)), "{role:?} finds no {word}");
            }
        }
        for role in [Role::Agent, Role::Supervisor, Role::Quality] {
            assert!(clients[&role].get("/api/v1/follow-ups?state=coming").await.text.contains(&own.by_word["follow-ups"]));
        }
    }
}

on_both! {
    fn whoever_is_bound_works_for_their_branch_and_no_other(kit) {
        let world = tenant(&kit, "t1").await;
        let (own, next) = (shop(&kit, &world, 1, "东山").await, shop(&kit, &world, 2, "西山").await);
        let clients = bind(&kit, &world, own.district).await;
        let (agent, supervisor) = (&clients[&Role::Agent], &clients[&Role::Supervisor]);
        let call = |serial: &str| json!({ "terminal_serial": serial, "symptom": "刷卡没反应", "even_if_open": true });
        let made = agent.post("/api/v1/tickets", &call("921000000001")).await.expect(201);
        assert_eq!(made["ticket"]["channel"], "phone");
        agent.get(&format!("/api/v1/tickets/{}", text(&made["ticket"]["id"]))).await.expect(200);
        assert_eq!(agent.post("/api/v1/tickets", &call("921000000002")).await.problem(422), "terminal.unknown");
        let by_merchant = json!({ "merchant_id": own.by_word["merchants"], "symptom": "想换套餐", "terminal_unknown_reason": "不关机器" });
        agent.post("/api/v1/tickets", &by_merchant).await.expect(201);
        let nowhere = json!({ "symptom": "不知道是哪台", "terminal_unknown_reason": "在外面" });
        assert_eq!(agent.post("/api/v1/tickets", &nowhere).await.problem(422), "ticket.needs_shop");
        // Lists, search and tables hold the branch's rows and no others.
        for (path, mine, theirs) in [
            ("/api/v1/merchants", "分店1", "分店2"),
            ("/api/v1/terminals", "921000000001", "921000000002"),
            ("/api/v1/search?q=%E5%88%86%E5%BA%97", "分店1", "分店2"),
            ("/api/v1/dispatch/board", "分店1", "分店2"),
            ("/api/v1/exports/merchants", "898310154100001", "898310154100002"),
            ("/api/v1/exports/terminals", "921000000001", "921000000002"),
            ("/api/v1/exports/tickets?view=open", "分店1", "分店2"),
            ("/api/v1/exports/work-orders", "W-000001", "W-000002"),
        ] {
            let answer = supervisor.get(path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            assert!(answer.text.contains(mine) && !answer.text.contains(theirs), "{path}: {}", answer.text);
        }
        // A store may not be put where its maker would lose it; files and plans of everybody stay with people who are not bound.
        let away = json!({ "name": "又一家", "address": "示例路2号", "district": next.district, "hours": {}, "agreement": "urban" });
        let path = format!("/api/v1/merchants/{}/stores", own.by_word["merchants"]);
        assert_eq!(supervisor.post(&path, &away).await.problem(422), "store.other_branch");
        assert_eq!(supervisor.get("/api/v1/imports").await.problem(403), "not_allowed");
        assert_eq!(supervisor.get("/api/v1/dispatch/plans?date=2026-11-24").await.problem(403), "not_allowed");
        // The first store of a merchant without one may be anybody's to add.
        let acquirer = supervisor.get("/api/v1/acquirers").await.expect(200)["items"][0]["id"].clone();
        let new = json!({ "acquirer_id": acquirer, "mid": "898310154100009", "name": "新店", "tier": "standard" });
        let made = supervisor.post("/api/v1/merchants", &new).await.expect(201);
        let first = json!({ "name": "新店", "address": "示例路3号", "district": own.district, "hours": {}, "agreement": "urban" });
        supervisor.post(&format!("/api/v1/merchants/{}/stores", text(&made["merchant"]["id"])), &first).await.expect(201);
    }
}

on_both! {
    fn incidents_are_read_where_one_of_their_tickets_is_the_branchs(kit) {
        let world = tenant(&kit, "t1").await;
        let (own, next) = (shop(&kit, &world, 1, "东山").await, shop(&kit, &world, 2, "西山").await);
        let agent = world.client(&kit, Role::Agent).await;
        let open = |title: &str, tickets: Value| json!({ "title": title, "model": "A920", "tickets": tickets });
        let shared = agent.post("/api/v1/incidents", &open("都连不上", json!([own.by_word["tickets"], next.by_word["tickets"]]))).await.expect(201);
        let alone = agent.post("/api/v1/incidents", &open("别处的事", json!([]))).await.expect(201);
        let clients = bind(&kit, &world, own.district).await;
        let supervisor = &clients[&Role::Supervisor];
        let list = supervisor.get("/api/v1/incidents").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().iter().map(|i| &i["title"]).collect::<Vec<_>>(), ["都连不上"]);
        let at = |page: &Value, door: &str| format!("/api/v1/incidents/{}{door}", text(&page["incident"]["id"]));
        // What is counted is what is seen.
        let reporters = |page: &Value| page["incident"]["reporters"].as_i64();
        assert_eq!((list["items"][0]["reporters"].as_i64(), reporters(&supervisor.get(&at(&shared, "")).await.expect(200))), (Some(1), Some(1)));
        assert_eq!(reporters(&shared), Some(2), "who sees all counts all");
        let tickets = supervisor.get(&at(&shared, "/tickets")).await;
        assert!(tickets.text.contains(&own.by_word["tickets"]) && !tickets.text.contains(&next.by_word["tickets"]), "{}", tickets.text);
        assert_eq!(supervisor.get(&at(&alone, "")).await.problem(404), "not_found");
        assert_eq!(supervisor.get(&at(&alone, "/tickets")).await.problem(404), "not_found");
        let words = json!({ "version": shared["incident"]["version"], "words": "正在修。" });
        assert_eq!(supervisor.post(&at(&shared, "/broadcasts"), &words).await.problem(403), "not_allowed");
    }
}
