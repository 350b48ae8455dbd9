//! Signing in, staying in, and what each role may do.

use axum::body::Body;
use axum::http::{Method, header};
use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_testkit::{Client, World, on_both};
use serde_json::json;

on_both! {
    fn signing_in_and_out(kit) {
        let world = World::new(&kit, "t1").await;
        let client = world.client(&kit, Role::Agent).await;
        let me = client.get("/api/v1/sessions/current").await.expect(200);
        assert_eq!(me["role"], "agent");
        assert!(me["actions"].as_array().unwrap().contains(&json!("ticket.read")));
        client.delete("/api/v1/sessions/current").await.expect(204);
        assert_eq!(client.get("/api/v1/sessions/current").await.problem(401), "session.ended");
    }
}

on_both! {
    fn a_session_ends_by_itself(kit) {
        let world = World::new(&kit, "t1").await;
        let client = world.client(&kit, Role::Agent).await;
        kit.later(SignedDuration::from_hours(12));
        assert_eq!(client.get("/api/v1/sessions/current").await.problem(401), "session.ended");
    }
}

on_both! {
    fn a_refused_sign_in_tells_nothing_and_waits_after_five(kit) {
        let _world = World::new(&kit, "t1").await;
        let nobody = Client::new(&kit.house);
        for name in ["agent@t1", "stranger"] {
            let wrong = json!({ "username": name, "password": "wrong" });
            for _ in 0..5 {
                assert_eq!(nobody.post("/api/v1/sessions", &wrong).await.problem(401), "session.refused");
            }
            assert_eq!(nobody.post("/api/v1/sessions", &wrong).await.problem(429), "session.wait");
        }
        kit.later(SignedDuration::from_secs(3));
        // Not locked out: the right password works as soon as the wait is over.
        nobody.clone().sign_in("agent@t1", "postsale-test").await;
    }
}

on_both! {
    fn bad_bodies_are_refused_with_the_field(kit) {
        let nobody = Client::new(&kit.house);
        let post = async |body: serde_json::Value| nobody.post("/api/v1/sessions", &body).await;
        let unknown = post(json!({ "username": "a", "password": "b", "is_admin": true })).await;
        assert_eq!((unknown.status, unknown.json["field"].as_str()), (422, Some("is_admin")));
        let wrong = post(json!({ "username": 7, "password": "b" })).await;
        assert_eq!((wrong.status, wrong.json["field"].as_str()), (422, Some("username")));
        assert_eq!(post(json!({ "username": "a", "password": "x".repeat(300_000) })).await.problem(413), "body.too_large");
        let doubled = nobody.request(Method::POST, "/api/v1/sessions").header(header::CONTENT_TYPE, "application/json");
        let doubled = doubled.body(Body::from(r#"{"username":"a","username":"b","password":"c"}"#)).unwrap();
        assert_eq!(nobody.send(doubled).await.problem(422), "body.unreadable");
        assert_eq!(post(json!(["a", "b"])).await.problem(422), "body.list");
        let form = nobody.form("/api/v1/sessions", "username=a&password=b").await;
        assert_eq!(form.problem(422), "body.not_json");
    }
}

on_both! {
    fn a_browser_on_another_site_cannot_use_the_cookie(kit) {
        let world = World::new(&kit, "t1").await;
        let opened = Client::new(&kit.house).post("/api/v1/sessions", &json!({ "username": "agent@t1", "password": "postsale-test" })).await.expect(201);
        let nobody = Client::new(&kit.house);
        let cookie = format!("postsale_session={}", opened["token"].as_str().unwrap());
        let send = async |site: &str| {
            let request = nobody.request(Method::DELETE, "/api/v1/sessions/current").header(header::COOKIE, &cookie).header("sec-fetch-site", site);
            nobody.send(request.body(Body::empty()).unwrap()).await
        };
        assert_eq!(send("cross-site").await.problem(403), "session.other_site");
        send("same-origin").await.expect(204);
        let _ = world;
    }
}

on_both! {
    fn the_audit_page_is_for_those_who_may(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        let page = world.client(&kit, Role::Auditor).await.get("/api/v1/audit?limit=5").await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 5);
        assert!(page["next_cursor"].is_string());
        assert_eq!(world.client(&kit, Role::Agent).await.get("/api/v1/audit").await.problem(403), "not_allowed");
        // A thing is asked for by the number people call it by, and called so.
        crate::talk_world::some_ticket(&kit, &world).await;
        let auditor = world.client(&kit, Role::Auditor).await;
        for asked in ["T-000001", "t-1"] {
            let found = auditor.get(&format!("/api/v1/audit?subject={asked}")).await.expect(200);
            assert_eq!(found["items"][0]["subject_name"], "T-000001", "{found}");
        }
        let signed_in = page["items"].as_array().unwrap().iter().find(|line| line["action"] == "session.open").unwrap();
        assert_eq!(signed_in["subject_name"], signed_in["caller_name"], "who signs in changes their own session: {signed_in}");
        for nothing in ["T-000009", "W-1", "T-x"] {
            assert_eq!(auditor.get(&format!("/api/v1/audit?subject={nothing}")).await.expect(200)["items"], serde_json::json!([]), "{nothing}");
        }
        // A cursor of one tenant opens nothing in another, and a bent one opens nothing at all.
        let cursor = page["next_cursor"].as_str().unwrap();
        let foreign = other.client(&kit, Role::Auditor).await;
        assert_eq!(foreign.get(&format!("/api/v1/audit?cursor={cursor}")).await.problem(422), "cursor.unknown");
        assert_eq!(foreign.get("/api/v1/audit?cursor=1.2.3").await.problem(422), "cursor.unknown");
    }
}
