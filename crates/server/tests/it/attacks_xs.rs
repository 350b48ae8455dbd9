//! Rows of the attack catalogue about what is put before people: XS-10 to XS-12. XS-08 and XS-09 stand where names and words are made
//! (`notify`, `file`).

use axum::http::Method;
use postsale_domain::ground::Role;
use postsale_server::edge::mail_in::read;
use postsale_testkit::{Client, World, on_both};
use serde_json::json;

use crate::desk_world::{DeskWorld, id_of, path};
use crate::routes::{ask, routes, with_id};
use crate::talk_world::{some_terminal, sticker};

#[test]
fn xs_10_a_link_is_the_words_people_read_and_leads_nowhere_else() {
    let mail = "From: a@example.com\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n\
                <p>Please see <a href=\"https://evil.example/login\" target=_blank onclick=\"x()\">https://bank.cn</a></p>";
    let letter = read(mail.as_bytes(), "desk.example").letter;
    assert!(letter.body.contains("https://bank.cn"), "{}", letter.body);
    assert!(!letter.body.contains('<') && !letter.body.contains("href") && !letter.body.contains("onclick"), "{}", letter.body);
}

on_both! {
    fn xs_11_nothing_a_visitor_brings_decides_where_they_are_sent(kit) {
        let world = World::new(&kit, "t1").await;
        let at = sticker(&kit, some_terminal(&kit, &world).await);
        let nobody = Client::new(&kit.house);
        for (n, next) in ["//evil.example", "/%5Cevil.example", "https:evil.example", "%2f%2fevil.example", "javascript:alert(1)"].iter().enumerate() {
            for query in [format!("next={next}"), format!("lang={next}"), format!("return_to={next}&lang=zh")] {
                let form = format!("nonce=n{n}&choice=print&phone=138-1234-5521&next={next}");
                let answer = nobody.form(&format!("{at}?{query}"), &form).await;
                assert!(answer.status < 500, "{query}: {}", answer.text);
                if let Some(to) = answer.location {
                    assert!(to.starts_with("/m/") && !to.contains("evil") && !to.contains("javascript"), "{query}: {to}");
                }
            }
            // Signing in has no such thing at all.
            let body = json!({ "username": "agent@t1", "password": "postsale-test", "next": next });
            assert_eq!(nobody.post("/api/v1/sessions", &body).await.status, 422);
        }
    }
}

on_both! {
    fn xs_12_names_that_mean_something_to_scripts_are_fields_nobody_knows(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let before = desk.page(&id).await;
        for name in ["__proto__", "constructor", "prototype", "toString"] {
            for (door, mut body) in [
                ("/notes", json!({ "body": "x" })),
                ("/priority", json!({ "impact": "partly", "urgency": "now", "reason": "x", "version": before["ticket"]["version"] })),
            ] {
                body[name] = json!({ "isAdmin": true });
                let answer = desk.agent.post(&path(&id, door), &body).await;
                assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some(name)), "{door}: {}", answer.text);
            }
            assert_eq!(desk.agent.get(&format!("/api/v1/tickets?{name}[isAdmin]=true")).await.status, 422, "{name}");
        }
        assert_eq!(desk.page(&id).await, before);
    }
}

on_both! {
    fn xs_12_no_route_takes_such_a_field(kit) {
        let world = World::new(&kit, "t1").await;
        let mut admin = world.client(&kit, Role::Admin).await;
        for route in routes().into_iter().filter(|r| r.method != Method::GET && r.body.is_object()) {
            let mut body = route.body.clone();
            body["__proto__"] = json!({ "isAdmin": true });
            let nobody = format!("tkt_{}7", "0".repeat(31));
            let answer = ask(&admin, &route.method, &with_id(&route.path, &nobody), &body).await;
            assert!((400..500).contains(&answer.status), "{} {}: {} {}", route.method, route.path, answer.status, answer.text);
            if answer.status == 401 && !route.open_to_all {
                admin = world.client(&kit, Role::Admin).await;
            }
        }
    }
}
