//! Coming in by a company account, against a provider that speaks and signs for real.

use axum::body::Body;
use axum::http::{Method, header};
use jiff::SignedDuration;
use postsale_domain::ground::{Role, UserId};
use postsale_testkit::{Answer, Bend, Client, Kit, Provider, World, on_both};
use serde_json::{Value, json};

use crate::people_world::{PASSWORD, code_of, invited, joined, mails, protect, sign_in};

fn terms(provider: &Provider) -> Value {
    json!({
        "label": "公司账号", "issuer": provider.issuer(), "client_id": Provider::CLIENT, "domains": ["example.com"], "claim": "email",
        "unknown": "refuse", "trust_amr": false, "enabled": true,
    })
}

async fn agree(admin: &Client, terms: &Value, version: i64) -> Value {
    admin.put("/api/v1/identity-provider", &json!({ "terms": terms, "secret": Provider::SECRET, "version": version })).await.expect(200)
}

/// A browser: what it holds between leaving and coming back.
#[derive(Default)]
struct Browser {
    cookie: String,
}

impl Browser {
    async fn post(&mut self, kit: &Kit, path: &str, body: &Value) -> Answer {
        let client = Client::new(&kit.house);
        let request =
            client.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json").header(header::COOKIE, &self.cookie);
        let answer = client.send(request.body(Body::from(body.to_string())).unwrap()).await;
        if let Some(cookie) = answer.cookies.iter().find(|c| c.starts_with("postsale_errand=")) {
            self.cookie.clone_from(cookie);
        }
        answer
    }

    /// Leaves for the provider and is sent back: what stands in the address then.
    async fn go(&mut self, kit: &Kit, provider: &Provider) -> Value {
        let away = self.post(kit, "/api/v1/sessions/oidc/start", &json!({ "tenant": "t1" })).await.expect(200);
        let query = provider.visit(away["address"].as_str().unwrap()).await;
        json!({ "state": query["state"], "code": query["code"] })
    }

    async fn finish(&mut self, kit: &Kit, came: &Value) -> Answer {
        self.post(kit, "/api/v1/sessions/oidc/finish", came).await
    }

    async fn enter(&mut self, kit: &Kit, provider: &Provider) -> Answer {
        let came = self.go(kit, provider).await;
        self.finish(kit, &came).await
    }
}

fn anna() -> Value {
    json!({ "sub": "a-7", "email": "Anna@example.com", "email_verified": true, "name": "安娜", "preferred_username": "anna" })
}

/// A tenant whose people may come in by the provider's accounts, and Anna, who has joined.
async fn desk(kit: &Kit) -> (World, Client, Provider, Value) {
    let world = World::new(kit, "t1").await;
    let admin = world.client(kit, Role::Admin).await;
    let anna_here = joined(&admin, kit, "anna@t1", "agent").await;
    let provider = Provider::open(kit.now()).await;
    agree(&admin, &terms(&provider), 0).await;
    provider.person(anna());
    (world, admin, provider, anna_here)
}

on_both! {
    fn somebody_known_comes_in_and_is_themselves(kit) {
        let (_, admin, provider, person) = desk(&kit).await;
        let shown = Client::new(&kit.house).get("/api/v1/sessions/oidc").await.expect(200);
        assert_eq!(shown, json!({ "label": "公司账号", "code_asked": false }));
        for bend in [Bend::Straight, Bend::Curve] {
            provider.bend(bend);
            let opened = Browser::default().enter(&kit, &provider).await;
            assert!(opened.cookies.iter().any(|c| c.starts_with("postsale_session=")), "{bend:?}");
            let opened = opened.expect(201);
            assert_eq!((&opened["user"]["id"], &opened["user"]["role"]), (&person["id"], &json!("agent")));
            let me = Client::new(&kit.house).with_token(opened["token"].as_str().unwrap());
            assert_eq!(me.get("/api/v1/sessions/current").await.expect(200)["username"], "anna@t1");
        }
        // From now on the subject is Anna, whatever the provider calls her and whoever takes over her address.
        provider.person(json!({ "sub": "a-7", "email": "anna.married@example.com", "email_verified": true }));
        assert_eq!(Browser::default().enter(&kit, &provider).await.expect(201)["user"]["id"], person["id"]);
        provider.person(json!({ "sub": "b-8", "email": "anna@example.com", "email_verified": true }));
        assert_eq!(Browser::default().enter(&kit, &provider).await.problem(409), "oidc.other_account");
        let links = admin.get("/api/v1/identity-links").await.expect(200);
        assert_eq!((&links["items"][0]["subject"], links["items"].as_array().unwrap().len()), (&json!("a-7"), 1));
        admin.delete(&format!("/api/v1/identity-links/{}", person["id"].as_str().unwrap())).await.expect(204);
        Browser::default().enter(&kit, &provider).await.expect(201);
        let told = admin.get("/api/v1/audit").await.expect(200);
        let told: Vec<&str> = told["items"].as_array().unwrap().iter().map(|l| l["action"].as_str().unwrap()).collect();
        for action in ["identity.change", "identity.link", "identity.unlink", "session.open"] {
            assert!(told.contains(&action), "{action}: {told:?}");
        }
    }
}

on_both! {
    fn a_token_that_does_not_hold_opens_nothing(kit) {
        let (_, _, provider, _) = desk(&kit).await;
        let bends = [
            Bend::Nonce, Bend::Audience, Bend::Issuer, Bend::Expired, Bend::Signature, Bend::Unsigned, Bend::PublicKeyAsSecret, Bend::ClientSecret,
        ];
        for bend in bends {
            provider.bend(bend);
            let answer = Browser::default().enter(&kit, &provider).await;
            assert!(!answer.cookies.iter().any(|c| c.starts_with("postsale_session=")), "{bend:?}");
            assert_eq!(answer.problem(401), "oidc.token_refused", "{bend:?}");
        }
        provider.bend(Bend::Straight);
        Browser::default().enter(&kit, &provider).await.expect(201);
    }
}

on_both! {
    fn what_comes_back_opens_once_in_the_browser_that_left_and_not_for_ever(kit) {
        let (_, _, provider, _) = desk(&kit).await;
        let mut mine = Browser::default();
        let came = mine.go(&kit, &provider).await;
        // Login CSRF: somebody else's way back in a browser that never left, or left on an errand of its own.
        assert_eq!(Browser::default().finish(&kit, &came).await.problem(401), "oidc.stale");
        let mut other = Browser::default();
        other.go(&kit, &provider).await;
        assert_eq!(other.finish(&kit, &came).await.problem(401), "oidc.stale");
        let held = mine.cookie.clone();
        mine.finish(&kit, &came).await.expect(201);
        // Replayed, even with the cookie of then.
        assert_eq!(Browser { cookie: held.clone() }.finish(&kit, &came).await.problem(401), "oidc.stale");
        let mut bent = came.clone();
        bent["state"] = json!(came["state"].as_str().unwrap().replace('.', ".0"));
        assert_eq!(Browser { cookie: held }.finish(&kit, &bent).await.problem(401), "oidc.stale");
        let mut slow = Browser::default();
        let came = slow.go(&kit, &provider).await;
        kit.later(SignedDuration::from_mins(11));
        assert_eq!(slow.finish(&kit, &came).await.problem(401), "oidc.stale");
        let mut unwilling = Browser::default();
        let came = unwilling.go(&kit, &provider).await;
        let denied = json!({ "state": came["state"], "error": "access_denied" });
        assert_eq!(unwilling.finish(&kit, &denied).await.problem(401), "oidc.denied");
        // A code that is not the provider's, and one whose PKCE half another browser holds.
        let mut guessing = Browser::default();
        let came = guessing.go(&kit, &provider).await;
        let stolen = Browser::default().go(&kit, &provider).await;
        assert_eq!(guessing.finish(&kit, &json!({ "state": came["state"], "code": stolen["code"] })).await.problem(401), "oidc.code_refused");
    }
}

on_both! {
    fn only_those_the_tenant_knows_come_in(kit) {
        let (_, admin, provider, person) = desk(&kit).await;
        let refused = async |claims: Value| {
            provider.person(claims);
            let answer = Browser::default().enter(&kit, &provider).await;
            assert!(matches!(answer.status, 403 | 409), "{}", answer.text);
            answer.json["code"].as_str().unwrap().to_owned()
        };
        assert_eq!(refused(json!({ "sub": "x", "email": "nobody@example.com", "email_verified": true })).await, "oidc.unknown_person");
        assert_eq!(refused(json!({ "sub": "x", "email": "anna@evil.org", "email_verified": true })).await, "oidc.other_domain");
        assert_eq!(refused(json!({ "sub": "x", "email": "anna@example.com", "email_verified": false })).await, "oidc.unproven_email");
        // Nothing said is nothing proven.
        assert_eq!(refused(json!({ "sub": "x", "email": "anna@example.com" })).await, "oidc.unproven_email");
        assert_eq!(refused(json!({ "sub": "x" })).await, "oidc.other_domain");
        // Whoever was invited has joined by coming in.
        let bert = invited(&admin, "bert@t1", "agent").await;
        let bert = admin.get(&format!("/api/v1/users/{}", bert["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(refused(anna()).await.as_str(), "oidc.ambiguous", "both were given the same address");
        let other = json!({ "version": bert["version"], "email": "bert@example.com", "display_name": "伯特", "lang": "zh" });
        admin.patch(&format!("/api/v1/users/{}", bert["id"].as_str().unwrap()), &other).await.expect(200);
        provider.person(json!({ "sub": "b-9", "email": "bert@example.com", "email_verified": true }));
        assert_eq!(Browser::default().enter(&kit, &provider).await.expect(201)["user"]["id"], bert["id"]);
        assert_eq!(sign_in(&kit, "bert@t1", None).await.problem(401), "session.refused", "there is no password");
        // Whoever left is out, and their open session with them.
        provider.person(anna());
        let opened = Browser::default().enter(&kit, &provider).await.expect(201);
        let id = person["id"].as_str().unwrap();
        let version = admin.get(&format!("/api/v1/users/{id}")).await.expect(200)["version"].clone();
        admin.post(&format!("/api/v1/users/{id}/disable"), &json!({ "version": version })).await.expect(200);
        let session = Client::new(&kit.house).with_token(opened["token"].as_str().unwrap());
        assert_eq!(session.get("/api/v1/sessions/current").await.problem(401), "session.ended");
        assert_eq!(refused(anna()).await, "oidc.left");
    }
}

on_both! {
    fn a_tenant_may_take_strangers_in_with_a_role_it_names(kit) {
        let (_, admin, provider, _) = desk(&kit).await;
        let mut open = terms(&provider);
        (open["unknown"], open["claim"], open["newcomer"]) = (json!("create"), json!("preferred_username"), json!("quality"));
        for tied in ["admin", "engineer", "acquirer"] {
            let mut wrong = open.clone();
            wrong["newcomer"] = json!(tied);
            assert_eq!(admin.put("/api/v1/identity-provider", &json!({ "terms": wrong, "version": 1 })).await.problem(422), "identity.bad_newcomer");
        }
        agree(&admin, &open, 1).await;
        provider.person(json!({ "sub": "c-1", "preferred_username": "carl", "email": "carl@example.com", "email_verified": true, "name": "卡尔" }));
        let me = Browser::default().enter(&kit, &provider).await.expect(201)["user"].clone();
        assert_eq!((&me["username"], &me["display_name"], &me["role"], &me["email"]), (&json!("carl"), &json!("卡尔"), &json!("quality"), &json!("carl@example.com")));
        assert_eq!(Browser::default().enter(&kit, &provider).await.expect(201)["user"]["id"], me["id"], "once made, the same");
        // A name that is taken elsewhere is not taken over.
        let _t2 = World::new(&kit, "t2").await;
        provider.person(json!({ "sub": "c-2", "preferred_username": "admin@t2", "email": "c@example.com", "email_verified": true }));
        assert_eq!(Browser::default().enter(&kit, &provider).await.problem(409), "user.name_taken");
        // With two tenants, which one is meant must be said.
        assert_eq!(Client::new(&kit.house).get("/api/v1/sessions/oidc").await.expect(200), json!({ "label": null, "code_asked": true }));
        assert_eq!(Client::new(&kit.house).get("/api/v1/sessions/oidc?tenant=t1").await.expect(200)["label"], "公司账号");
        assert_eq!(Client::new(&kit.house).get("/api/v1/sessions/oidc?tenant=t2").await.expect(200)["label"], Value::Null);
    }
}

on_both! {
    fn the_second_factor_is_ours_unless_the_provider_is_trusted(kit) {
        let (world, admin, provider, person) = desk(&kit).await;
        let user: UserId = person["id"].as_str().unwrap().parse().unwrap();
        let client = Client::new(&kit.house).sign_in("anna@t1", PASSWORD).await;
        protect(&kit, &world, &client, PASSWORD).await;
        kit.later(SignedDuration::from_secs(60));
        provider.person({ let mut p = anna(); p["amr"] = json!(["pwd", "otp"]); p });
        let mut browser = Browser::default();
        assert_eq!(browser.enter(&kit, &provider).await.problem(401), "session.code_needed", "its word does not count");
        assert_eq!(browser.post(&kit, "/api/v1/sessions/oidc/code", &json!({ "code": "000000" })).await.problem(401), "session.code_refused");
        assert_eq!(Browser::default().post(&kit, "/api/v1/sessions/oidc/code", &json!({ "code": "000000" })).await.problem(401), "oidc.stale");
        let code = code_of(&kit, &world, user).await;
        browser.post(&kit, "/api/v1/sessions/oidc/code", &json!({ "code": code })).await.expect(201);
        let mut trusting = terms(&provider);
        trusting["trust_amr"] = json!(true);
        agree(&admin, &trusting, 1).await;
        Browser::default().enter(&kit, &provider).await.expect(201);
        provider.person({ let mut p = anna(); p["amr"] = json!(["pwd"]); p });
        assert_eq!(Browser::default().enter(&kit, &provider).await.problem(401), "session.code_needed", "one factor is not two");
        // A role that must have one: vouched for is enough, otherwise one's own is owed.
        admin.put("/api/v1/sign-in-rules", &json!({ "factor_roles": ["agent"] })).await.expect(200);
        let dora = joined(&admin, &kit, "dora@t1", "agent").await;
        let change = json!({ "version": dora["version"], "email": "dora@example.com", "display_name": "朵拉", "lang": "zh" });
        admin.patch(&format!("/api/v1/users/{}", dora["id"].as_str().unwrap()), &change).await.expect(200);
        for (amr, owed) in [(json!(["mfa"]), false), (json!(["pwd"]), true)] {
            provider.person(json!({ "sub": "d-1", "email": "dora@example.com", "email_verified": true, "amr": amr }));
            let opened = Browser::default().enter(&kit, &provider).await.expect(201);
            let client = Client::new(&kit.house).with_token(opened["token"].as_str().unwrap());
            assert_eq!(opened["user"]["factor_owed"], json!(owed));
            assert_eq!(client.get("/api/v1/sessions/current").await.expect(200)["factor_owed"], json!(owed));
            assert_eq!(client.get("/api/v1/guides").await.status, if owed { 403 } else { 200 });
        }
    }
}

on_both! {
    fn a_provider_that_is_off_or_away_keeps_nobody_from_the_password(kit) {
        let (_, admin, provider, _) = desk(&kit).await;
        let mut off = terms(&provider);
        off["enabled"] = json!(false);
        let mut browser = Browser::default();
        let came = browser.go(&kit, &provider).await;
        agree(&admin, &off, 1).await;
        assert_eq!(browser.finish(&kit, &came).await.problem(404), "oidc.off", "also for whoever is on the way");
        assert_eq!(Browser::default().post(&kit, "/api/v1/sessions/oidc/start", &json!({})).await.problem(404), "oidc.off");
        assert_eq!(Client::new(&kit.house).get("/api/v1/sessions/oidc").await.expect(200)["label"], Value::Null);
        agree(&admin, &terms(&provider), 2).await;
        let came = browser.go(&kit, &provider).await;
        provider.close().await;
        let answer = browser.finish(&kit, &came).await;
        assert!(answer.json["detail"].as_str().unwrap().contains("用户名和密码"), "{}", answer.text);
        assert_eq!(answer.problem(503), "oidc.away");
        assert_eq!(Browser::default().post(&kit, "/api/v1/sessions/oidc/start", &json!({})).await.problem(503), "oidc.away");
        sign_in(&kit, "anna@t1", None).await.expect(201);
    }
}

on_both! {
    fn terms_are_kept_with_their_secret_locked(kit) {
        let (_, admin, provider, _) = desk(&kit).await;
        let shown = admin.get("/api/v1/identity-provider").await.expect(200);
        assert_eq!((&shown["secret_kept"], &shown["back"], &shown["version"]), (&json!(true), &json!("http://postsale.test/sign-in/back"), &json!(1)));
        assert!(!shown.to_string().contains(Provider::SECRET));
        let put = async |terms: &Value, secret: Value, version: i64| {
            admin.put("/api/v1/identity-provider", &json!({ "terms": terms, "secret": secret, "version": version })).await
        };
        assert_eq!(put(&terms(&provider), Value::Null, 7).await.problem(409), "stale");
        put(&terms(&provider), Value::Null, 1).await.expect(200);
        // The secret does not follow to another issuer: whoever administers could read it there.
        let mut other = terms(&provider);
        other["issuer"] = json!("https://id.evil.example");
        assert_eq!(put(&other, Value::Null, 2).await.problem(422), "identity.no_secret");
        other["issuer"] = json!("javascript:alert(1)");
        assert_eq!(put(&other, json!("s"), 2).await.problem(422), "identity.bad_issuer");
        let tried = admin.post("/api/v1/identity-provider/test", &json!({ "issuer": provider.issuer() })).await.expect(200);
        assert_eq!((&tried["keys"], tried["algorithms"].as_array().unwrap().len()), (&json!(2), 4));
        for inside in ["https://localhost/", "https://169.254.169.254/", "http://example.com", "https://10.0.0.1:9"] {
            assert_eq!(admin.post("/api/v1/identity-provider/test", &json!({ "issuer": inside })).await.problem(422), "oidc.barred", "{inside}");
        }
        let bent = format!("{}/", provider.issuer().replace("realms", "other"));
        assert_eq!(admin.post("/api/v1/identity-provider/test", &json!({ "issuer": bent })).await.problem(503), "oidc.away");
        let agent = Client::new(&kit.house).sign_in("anna@t1", PASSWORD).await;
        assert_eq!(agent.get("/api/v1/identity-provider").await.problem(403), "not_allowed");
        let audit = admin.get("/api/v1/audit").await.expect(200).to_string();
        assert!(audit.contains("identity.change") && !audit.contains(Provider::SECRET), "{audit}");
        assert!(mails(&kit).is_empty());
    }
}
