//! Attacks on accounts, a test per row of the list: AU-03 … AU-16. Rows whose feature does not exist yet have none.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, header};
use jiff::SignedDuration;
use postsale_domain::ground::{Role, UserId};
use postsale_testkit::{Answer, Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::people_world::{PASSWORD, code_of, invited, joined, mailed_token, mails, of_role, protect, redeem, shown_link, sign_in};

/// A request to sign in or for a mail, as if it came from an address.
async fn from(kit: &Kit, address: &str, headers: &[(&str, &str)], path: &str, body: &Value) -> Answer {
    let client = Client::new(&kit.house);
    let mut request = client.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer: std::net::SocketAddr = format!("{address}:4711").parse().unwrap();
    client.send(request.extension(ConnectInfo(peer)).body(Body::from(body.to_string())).unwrap()).await
}

on_both! {
    fn au_03_a_forgotten_password_tells_nobody_who_exists(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        joined(&admin, &kit, "anna@t1", "agent").await;
        let ask = async |name: &str| Client::new(&kit.house).post("/api/v1/password-resets", &json!({ "username": name })).await;
        let (known, unknown) = (ask("anna@t1").await, ask("nobody").await);
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
        assert_eq!(known.status, 202);
        // The limit holds per account, whatever the case of the name; rotating a header moves no address.
        for name in ["anna@t1", "ANNA@t1"] {
            ask(name).await;
        }
        assert_eq!(ask("Anna@T1").await.problem(429), "session.wait");
        let mut refused = 0;
        for i in 0..40 {
            let rotated = format!("10.9.8.{i}");
            let body = json!({ "username": format!("n{i}") });
            refused += u32::from(from(&kit, "203.0.113.9", &[("x-forwarded-for", &rotated)], "/api/v1/password-resets", &body).await.status == 429);
        }
        assert!(refused >= 9, "an address gets thirty, not one more per header: {refused}");
        kit.settle().await;
        assert_eq!(mails(&kit).len(), 1, "asked for three times before it went out, it is one mail");
    }
}

on_both! {
    fn au_04_a_reset_link_works_once_for_half_an_hour(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let anna = joined(&admin, &kit, "anna@t1", "agent").await;
        let client = Client::new(&kit.house).sign_in("anna@t1", PASSWORD).await;
        let evil = client.request(Method::POST, "/api/v1/password-resets").header(header::CONTENT_TYPE, "application/json");
        let evil = evil.header(header::HOST, "evil.example").header("x-forwarded-host", "evil.example");
        client.send(evil.body(Body::from(r#"{"username":"anna@t1"}"#)).unwrap()).await.expect(202);
        kit.settle().await;
        let (_, words) = mails(&kit).pop().unwrap();
        assert!(words.contains("http://postsale.test/reset#") && !words.contains("evil"), "{words}");
        let mailed = mailed_token(&kit);
        kit.later(SignedDuration::from_mins(31));
        assert_eq!(redeem(&kit, &mailed, "another kettle now").await.problem(404), "link.gone");
        let admin = world.client(&kit, Role::Admin).await;
        let shown = shown_link(&admin, anna["id"].as_str().unwrap()).await;
        redeem(&kit, &shown, "another kettle now").await.expect(204);
        assert_eq!(redeem(&kit, &shown, "a third kettle now").await.problem(404), "link.gone", "used");
        assert_eq!(client.get("/api/v1/sessions/current").await.problem(401), "session.ended", "old sessions end with it");
        // A link made before the password was changed works no more.
        let before = shown_link(&admin, anna["id"].as_str().unwrap()).await;
        let client = Client::new(&kit.house).sign_in("anna@t1", "another kettle now").await;
        client.post("/api/v1/me/password", &json!({ "current": "another kettle now", "password": PASSWORD })).await.expect(204);
        assert_eq!(redeem(&kit, &before, "a fourth kettle now").await.problem(404), "link.gone");
    }
}

on_both! {
    fn au_05_an_invitation_is_for_one_person_once(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        for token in [json!(""), Value::Null, json!([]), json!(["a"]), json!({}), json!(7), json!("'; DROP TABLE user_token"), json!("0".repeat(64))] {
            let answer = Client::new(&kit.house).post("/api/v1/user-links/redeem", &json!({ "token": token, "password": PASSWORD })).await;
            assert!(matches!(answer.status, 404 | 422), "{token}: {}", answer.text);
        }
        assert_eq!(Client::new(&kit.house).post("/api/v1/user-links/redeem", &json!({ "password": PASSWORD })).await.status, 422);
        let late = invited(&admin, "late@t1", "agent").await;
        let token = shown_link(&admin, late["id"].as_str().unwrap()).await;
        kit.later(SignedDuration::from_hours(7 * 24 + 1));
        assert_eq!(redeem(&kit, &token, PASSWORD).await.problem(404), "link.gone", "seven days");
        let admin = world.client(&kit, Role::Admin).await;
        let token = shown_link(&admin, late["id"].as_str().unwrap()).await;
        let path = format!("/api/v1/users/{}/role", late["id"].as_str().unwrap());
        admin.post(&path, &json!({ "version": 1, "role": "finance" })).await.expect(200);
        assert_eq!(redeem(&kit, &token, PASSWORD).await.problem(404), "link.gone", "asked to be something else");
        let token = shown_link(&admin, late["id"].as_str().unwrap()).await;
        redeem(&kit, &token, PASSWORD).await.expect(204);
        assert_eq!(redeem(&kit, &token, "another kettle now").await.problem(404), "link.gone", "joined already");
    }
}

on_both! {
    fn au_06_what_is_kept_opens_no_session(kit) {
        let world = World::new(&kit, "t1").await;
        let tokens: Vec<String> = {
            let mut all = Vec::new();
            for _ in 0..20 {
                let opened = Client::new(&kit.house).post("/api/v1/sessions", &json!({ "username": "agent@t1", "password": "postsale-test" })).await;
                all.push(opened.expect(201)["token"].as_str().unwrap().to_owned());
            }
            all
        };
        let distinct: std::collections::BTreeSet<&String> = tokens.iter().collect();
        assert!(distinct.len() == 20 && tokens.iter().all(|t| t.len() == 64 && t.bytes().all(|b| b.is_ascii_hexdigit())), "256 random bits each");
        // Whoever has the key of the house and the database still has no token: a signed id and a kept hash open nothing.
        let user = of_role(&kit, &world, Role::Agent).await;
        let forged = kit.house.seal.sign("session", postsale_domain::ground::TypedId::uuid(user));
        let hash = postsale_server::ground::seal::hex(&postsale_server::ground::seal::digest(tokens[0].as_bytes()));
        for token in [forged, hash, user.to_string()] {
            assert_eq!(Client::new(&kit.house).with_token(&token).get("/api/v1/sessions/current").await.problem(401), "session.ended");
        }
    }
}

on_both! {
    fn au_07_a_session_cannot_be_planted(kit) {
        let world = World::new(&kit, "t1").await;
        let planted = "f".repeat(64);
        let client = Client::new(&kit.house);
        let request = client.request(Method::POST, "/api/v1/sessions").header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::COOKIE, format!("postsale_session={planted}"));
        let body = json!({ "username": "agent@t1", "password": "postsale-test" });
        let opened = client.send(request.body(Body::from(body.to_string())).unwrap()).await.expect(201);
        let token = opened["token"].as_str().unwrap().to_owned();
        assert_ne!(token, planted);
        assert_eq!(Client::new(&kit.house).with_token(&planted).get("/api/v1/sessions/current").await.problem(401), "session.ended");
        let url = format!("/api/v1/roles?token={token}&session={token}");
        assert_eq!(Client::new(&kit.house).get(&url).await.problem(401), "session.missing", "a token in the address is no token");
        // Another role, another session: the old one ends.
        let agent = of_role(&kit, &world, Role::Agent).await;
        let admin = world.client(&kit, Role::Admin).await;
        admin.post(&format!("/api/v1/users/{agent}/role"), &json!({ "version": 1, "role": "finance" })).await.expect(200);
        assert_eq!(Client::new(&kit.house).with_token(&token).get("/api/v1/sessions/current").await.problem(401), "session.ended");
    }
}

on_both! {
    fn au_10_headers_do_not_choose_the_address(kit) {
        let world = World::new(&kit, "t1").await;
        let long = "9".repeat(10_000);
        let forged = [
            ("x-forwarded-for", "198.51.100.7"), ("x-real-ip", "198.51.100.7"), ("forwarded", "for=198.51.100.7"),
            ("cf-connecting-ip", "<script>alert(1)</script>"), ("true-client-ip", long.as_str()),
        ];
        let body = json!({ "username": "agent@t1", "password": "postsale-test" });
        let opened = from(&kit, "203.0.113.9", &forged, "/api/v1/sessions", &body).await.expect(201);
        let mine = Client::new(&kit.house).with_token(opened["token"].as_str().unwrap()).get("/api/v1/me/sessions").await.expect(200);
        assert_eq!(mine["items"][0]["address"], "203.0.113.9");
        let _ = world;
    }
}

on_both! {
    fn au_11_another_site_changes_nothing(kit) {
        let world = World::new(&kit, "t1").await;
        let opened = Client::new(&kit.house).post("/api/v1/sessions", &json!({ "username": "admin@t1", "password": "postsale-test" })).await.expect(201);
        let cookie = format!("postsale_session={}", opened["token"].as_str().unwrap());
        let client = Client::new(&kit.house);
        let body = json!({ "code": "evil", "name": "evil" }).to_string();
        let send = async |method: Method, kind: &str, site: &str| {
            let request = client.request(method, "/api/v1/branches").header(header::COOKIE, &cookie).header(header::CONTENT_TYPE, kind);
            client.send(request.header("sec-fetch-site", site).body(Body::from(body.clone())).unwrap()).await
        };
        assert_eq!(send(Method::POST, "application/json", "cross-site").await.problem(403), "session.other_site");
        assert_eq!(send(Method::POST, "application/json", "same-site").await.problem(403), "session.other_site");
        assert_eq!(send(Method::POST, "text/plain", "same-origin").await.problem(422), "body.not_json");
        // A GET with a body reads, whatever the body says.
        assert_eq!(send(Method::GET, "application/json", "cross-site").await.expect(200)["items"], json!([]));
        let list = world.client(&kit, Role::Admin).await.get("/api/v1/branches").await.expect(200);
        assert_eq!(list["items"], json!([]));
    }
}

on_both! {
    fn au_12_codes_are_neither_replayed_nor_guessed_nor_gone_around(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let anna = joined(&admin, &kit, "anna@t1", "admin").await;
        let id: UserId = anna["id"].as_str().unwrap().parse().unwrap();
        let client = Client::new(&kit.house).sign_in("anna@t1", PASSWORD).await;
        protect(&kit, &world, &client, PASSWORD).await;
        kit.later(SignedDuration::from_secs(60));
        let code = code_of(&kit, &world, id).await;
        sign_in(&kit, "anna@t1", Some(&code)).await.expect(201);
        assert_eq!(sign_in(&kit, "anna@t1", Some(&code)).await.problem(401), "session.code_refused", "replayed");
        kit.later(SignedDuration::from_secs(60));
        assert_eq!(sign_in(&kit, "anna@t1", Some(&code)).await.problem(401), "session.code_refused", "two steps old");
        // Guessing is slowed down like guessing passwords: three more, then a wait that grows to five minutes.
        let mut let_through = 0;
        for guess in 0..10 {
            let answer = sign_in(&kit, "anna@t1", Some(&format!("{guess:06}"))).await;
            let_through += u32::from(answer.status == 401);
        }
        assert!(let_through <= 4, "{let_through}");
        kit.later(SignedDuration::from_hours(2));
        // A new password opens nothing without a code, and a key cannot do what a person must.
        let admin = world.client(&kit, Role::Admin).await;
        let token = shown_link(&admin, anna["id"].as_str().unwrap()).await;
        redeem(&kit, &token, PASSWORD).await.expect(204);
        assert_eq!(sign_in(&kit, "anna@t1", None).await.problem(401), "session.code_needed");
        let wanted = json!({ "name": "脚本", "user_id": id, "role": "admin", "days": 1 });
        let key = admin.post("/api/v1/api-keys", &wanted).await.expect(201)["secret"].as_str().unwrap().to_owned();
        let program = Client::new(&kit.house).with_token(&key);
        for path in ["/api/v1/me/second-factor/remove", "/api/v1/me/password", "/api/v1/users", "/api/v1/api-keys"] {
            assert_eq!(program.post(path, &json!({})).await.problem(403), "api_key.not_in_person", "{path}");
        }
    }
}

on_both! {
    fn au_13_who_leaves_is_out_everywhere(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let anna = joined(&admin, &kit, "anna@t1", "agent").await;
        let id = anna["id"].as_str().unwrap();
        let sessions = [Client::new(&kit.house).sign_in("anna@t1", PASSWORD).await, Client::new(&kit.house).sign_in("anna@t1", PASSWORD).await];
        let wanted = json!({ "name": "脚本", "user_id": id, "role": "agent", "days": 1 });
        let key = admin.post("/api/v1/api-keys", &wanted).await.expect(201)["secret"].as_str().unwrap().to_owned();
        let link = shown_link(&admin, id).await;
        admin.post(&format!("/api/v1/users/{id}/disable"), &json!({ "version": anna["version"] })).await.expect(200);
        for client in sessions.into_iter().chain([Client::new(&kit.house).with_token(&key)]) {
            assert_eq!(client.get("/api/v1/guides").await.problem(401), "session.ended");
        }
        assert_eq!(redeem(&kit, &link, "another kettle now").await.problem(404), "link.gone");
        assert_eq!(sign_in(&kit, "anna@t1", None).await.problem(401), "session.refused");
        let audit = world.client(&kit, Role::Auditor).await.get(&format!("/api/v1/audit?subject={id}")).await.expect(200);
        let told: Vec<&str> = audit["items"].as_array().unwrap().iter().map(|l| l["action"].as_str().unwrap()).collect();
        for action in ["user.disable", "session.end", "api_key.end"] {
            assert!(told.contains(&action), "{action} is counted: {told:?}");
        }
    }
}

on_both! {
    fn au_14_password_and_address_need_the_password(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let anna = joined(&admin, &kit, "anna@t1", "agent").await;
        let client = Client::new(&kit.house).sign_in("anna@t1", PASSWORD).await;
        kit.settle().await;
        let before = mails(&kit).len();
        for body in [json!({ "password": "another kettle now" }), json!({ "current": null, "password": "another kettle now" })] {
            assert_eq!(client.post("/api/v1/me/password", &body).await.status, 422, "{body}");
        }
        assert_eq!(client.post("/api/v1/me/password", &json!({ "current": "wrong", "password": "another kettle now" })).await.problem(403), "password.wrong");
        assert_eq!(client.post("/api/v1/me/email", &json!({ "current": "wrong", "email": "evil@example.com" })).await.problem(403), "password.wrong");
        client.post("/api/v1/me/email", &json!({ "current": PASSWORD, "email": "new@example.com" })).await.expect(204);
        kit.settle().await;
        let sent = mails(&kit);
        assert_eq!(sent.len(), before + 1);
        assert!(sent.iter().any(|(to, words)| to.contains("anna@example.com") && words.contains("anna@t1")), "the address before is told: {sent:?}");
        let shown = admin.get(&format!("/api/v1/users/{}", anna["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(shown["email"], "new@example.com");
    }
}

on_both! {
    fn au_16_a_new_house_has_no_door_left_open(kit) {
        for (name, password) in [("admin", "admin"), ("admin", "postsale"), ("root", "root"), ("admin", "postsale-demo")] {
            assert_eq!(Client::new(&kit.house).post("/api/v1/sessions", &json!({ "username": name, "password": password })).await.status, 401);
        }
        for path in ["/api/v1/setup", "/api/v1/install", "/api/v1/debug", "/debug/pprof"] {
            let answer = Client::new(&kit.house).get(path).await;
            assert!(answer.status == 404 || answer.json.is_null() && !answer.text.contains("pprof"), "{path}: {}", answer.status);
        }
    }
}
