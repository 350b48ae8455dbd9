//! Every route of the API document, asked by everybody: nobody without a session, no role the action does not reach, nobody with
//! the ids of another tenant, and never an accident. What each role may open is kept as a portrait.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, header};
use postsale_domain::ground::{Reach, Role, TypedId, UserId, Who};
use postsale_domain::org::act;
use postsale_testkit::{Answer, Client, Kit, World, check_portrait, on_both};
use serde_json::{Map, Value, json};

use crate::desk_world::{DeskWorld, id_of};
use crate::talk_world::some_terminal;

pub struct Route {
    pub method: Method,
    pub path: String,
    /// A body as the document describes it; null for none.
    pub body: Value,
    pub open_to_all: bool,
}

/// Every operation, in the order of the document.
pub fn routes() -> Vec<Route> {
    let document = serde_json::to_value(postsale_server::http::openapi()).unwrap();
    let schemas = &document["components"]["schemas"];
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let mut path = path.clone();
            // Words in a path that are no ids take the first word they may be.
            for p in operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "path") {
                if let Value::String(word) = sample(schemas, &p["schema"])
                    && word != SOME_TEXT
                {
                    path = path.replace(&format!("{{{}}}", p["name"].as_str().unwrap()), &word);
                }
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            routes.push(Route {
                method: method.to_uppercase().parse().unwrap(),
                path,
                body: if schema.is_null() { Value::Null } else { sample(schemas, schema) },
                open_to_all: operation["security"] == json!([{}]),
            });
        }
    }
    routes
}

const SOME_TEXT: &str = "printer";

/// A value the schema allows: every required field, and no other.
fn sample(schemas: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return sample(schemas, &schemas[name]);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    if let Some(all) = schema["allOf"].as_array() {
        let mut object = Map::new();
        for part in all {
            object.extend(sample(schemas, part).as_object().cloned().unwrap_or_default());
        }
        return Value::Object(object);
    }
    if let Some(first) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()).and_then(|all| all.first()) {
        return sample(schemas, first);
    }
    let kind = schema["type"].as_str().or(schema["type"][0].as_str()).unwrap_or("object");
    match (kind, schema["format"].as_str(), schema["pattern"].as_str()) {
        ("string", Some("date-time"), _) => json!("2026-11-24T06:00:00Z"),
        ("string", Some("date"), _) => json!("2026-11-24"),
        ("string", _, Some(pattern)) if pattern.starts_with('^') && pattern.contains('_') => {
            json!(format!("{}_{}", pattern[1..].split('_').next().unwrap(), "0".repeat(31) + "1"))
        }
        ("string", ..) => json!(SOME_TEXT),
        ("integer" | "number", ..) => json!(1),
        ("boolean", ..) => json!(true),
        ("array", ..) => json!([]),
        _ => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            Value::Object(required.map(|name| (name.to_owned(), sample(schemas, &schema["properties"][name]))).collect())
        }
    }
}

pub async fn ask(client: &Client, method: &Method, path: &str, body: &Value) -> Answer {
    let request = client.request(method.clone(), path).header(header::CONTENT_TYPE, "application/json");
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    client.send(request.body(body).unwrap()).await
}

/// An id of a tenant's for each kind of thing it has, by the first word of the path.
async fn ids(kit: &Kit, world: &World) -> BTreeMap<String, String> {
    let admin = world.client(kit, Role::Admin).await;
    let lists: BTreeSet<String> = routes().iter().filter_map(|r| Some(first_word(&r.path)?.to_owned())).collect();
    let mut found = BTreeMap::new();
    for word in lists {
        let list = match word.as_str() {
            "follow-ups" => admin.get("/api/v1/follow-ups?state=coming").await,
            "tickets" => admin.get("/api/v1/tickets?view=open").await,
            _ => admin.get(&format!("/api/v1/{word}")).await,
        };
        if let Some(id) = list.json["items"][0]["id"].as_str().filter(|id| id.contains('_')) {
            found.insert(word, id.to_owned());
        }
    }
    assert!(
        ["tickets", "work-orders", "letters", "follow-ups", "merchants", "terminals"].iter().all(|w| found.contains_key(*w)),
        "{found:?}"
    );
    found
}

/// `tickets` of `/api/v1/tickets/{id}/claim`; none for a path that names no id.
pub fn first_word(path: &str) -> Option<&str> {
    path.contains('{').then(|| path.strip_prefix("/api/v1/")?.split('/').next()).flatten()
}

/// The path with this id in its places.
pub fn with_id(path: &str, id: &str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        filled.push_str(id);
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    filled + rest
}

/// An id of the same kind that names nothing.
fn nobodys(id: &str) -> String {
    format!("{}_{}", id.split('_').next().unwrap_or("tkt"), "0".repeat(31) + "7")
}

fn reach(action: &str, role: Role) -> Reach {
    let who = Who::Staff { user: UserId::from_uuid(uuid::Uuid::nil()), role, engineer: None, acquirer: None, branch: None };
    act::reach(action, &who)
}

/// A ticket with an open work order, a closed one with a follow-up, a letter: something of everything.
async fn furnish(kit: &Kit, world: &World) {
    let agent = world.client(kit, Role::Agent).await;
    let call =
        json!({ "symptom": "打印机不出纸", "terminal_unknown_reason": "标签磨掉了", "contact": { "name": "李", "phone": "13900007788" } });
    for (door, body) in [
        ("work-orders", json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸" })),
        ("solve", json!({ "fault_code": "PRN-01", "outcome": "advised" })),
    ] {
        let page = agent.post("/api/v1/tickets", &call).await.expect(201);
        let mut body = body;
        body["version"] = page["ticket"]["version"].clone();
        let page = agent.post(&format!("/api/v1/tickets/{}/{door}", id_of(&page)), &body).await;
        if door == "solve" {
            let version = page.json["ticket"]["version"].clone();
            agent
                .post(&format!("/api/v1/tickets/{}/confirm", id_of(&page.json)), &json!({ "version": version, "by": "phone" }))
                .await
                .expect(200);
        }
    }
    let letter = json!({ "external_id": "1", "sender": { "name": "王" }, "body": "打不出" });
    agent.post("/api/v1/letters", &letter).await.expect(202);
    kit.settle().await;
}

on_both! {
    fn every_route_asks_who_and_whose(kit) {
        let desk = DeskWorld::new(&kit).await;
        desk.called().await;
        let other = World::new(&kit, "t2").await;
        // The noodle shop has a namesake over there, with a terminal of the same serial number.
        some_terminal(&kit, &other).await;
        furnish(&kit, &desk.world).await;
        furnish(&kit, &other).await;
        let (own, foreign) = (ids(&kit, &desk.world).await, ids(&kit, &other).await);
        let (nobody, mut portrait) = (Client::new(&kit.house), format!("{:<62}{} {}\n", "route", Role::ALL.map(|r| &r.as_str()[..3]).join(" "), "with a stranger's id"));
        let mut clients = BTreeMap::new();
        for role in Role::ALL {
            clients.insert(role, desk.world.client(&kit, role).await);
        }
        for route in routes() {
            let word = first_word(&route.path);
            let known = word.and_then(|w| own.get(w)).cloned().unwrap_or_else(|| nobodys("tkt_"));
            let stranger = word.and_then(|w| foreign.get(w)).cloned();
            let (mut line, mut strange) = (String::new(), BTreeSet::new());
            let (mut refused, mut let_in): (BTreeMap<Role, String>, Vec<Role>) = (BTreeMap::new(), Vec::new());
            if !route.open_to_all {
                let answer = ask(&nobody, &route.method, &with_id(&route.path, &known), &json!({})).await;
                assert_eq!(answer.status, 401, "{} {} without a session: {}", route.method, route.path, answer.text);
            }
            for role in Role::ALL {
                let reading = route.method == Method::GET;
                // Reads ask for what is there; writes for what is not, so that no role finds what another has changed.
                let (id, body) = if reading { (known.clone(), Value::Null) } else { (nobodys(&known), json!({})) };
                let mut answer = ask(&clients[&role], &route.method, &with_id(&route.path, &id), &body).await;
                if answer.status == 401 && !route.open_to_all {
                    // A route before this one ended the session.
                    clients.insert(role, desk.world.client(&kit, role).await);
                    answer = ask(&clients[&role], &route.method, &with_id(&route.path, &id), &body).await;
                }
                assert!(answer.status < 500, "{} {} as {role:?}: {}", route.method, route.path, answer.text);
                let no = answer.status == 403 && answer.json["code"] == "not_allowed";
                if no {
                    refused.insert(role, answer.json["action"].as_str().unwrap_or_default().to_owned());
                } else {
                    let_in.push(role);
                }
                line.push_str(if no { " .  " } else { " +  " });
                if let Some(stranger) = &stranger {
                    let answer = ask(&clients[&role], &route.method, &with_id(&route.path, stranger), &if reading { Value::Null } else { route.body.clone() }).await;
                    assert!(!(200..300).contains(&answer.status) && answer.status < 500, "{} {} as {role:?} with a stranger's id: {} {}", route.method, route.path, answer.status, answer.text);
                    if answer.status != 403 {
                        strange.insert(answer.status);
                    }
                }
                for id in foreign.values() {
                    assert!(!answer.text.contains(id.as_str()), "{} {} as {role:?} shows {id}", route.method, route.path);
                }
            }
            // Whoever is refused is refused for the same action, and exactly where the table says none. What is taken away as a table also
            // asks for the right to read the list.
            let actions: BTreeSet<&String> = refused.values().collect();
            let most = if route.path.contains("/exports/") { 2 } else { 1 };
            assert!(actions.len() <= most, "{} {}: {actions:?}", route.method, route.path);
            for action in actions {
                for role in &let_in {
                    assert_ne!(reach(action, *role), Reach::None, "{} {}: {role:?} is let in against {action}", route.method, route.path);
                }
            }
            for (role, action) in &refused {
                assert_ne!(reach(action, *role), Reach::All, "{} {}: {role:?} is refused against {action}", route.method, route.path);
            }
            let strange: Vec<String> = strange.iter().map(u16::to_string).collect();
            let name = format!("{} {}", route.method, route.path.trim_start_matches("/api/v1"));
            portrait.push_str(&format!("{name:<62}{} {}\n", line.trim_end(), strange.join(" ")));
        }
        check_portrait("role-route.txt", &portrait);
    }
}
