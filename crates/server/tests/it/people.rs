//! People come, change and go; accounts, keys and sessions with them.

use jiff::SignedDuration;
use postsale_domain::ground::{Role, TypedId, UserId};
use postsale_server::org;
use postsale_testkit::{Client, World, on_both};
use serde_json::{Value, json};

use crate::people_world::{PASSWORD, code_of, invited, joined, mailed_token, mails, of_role, protect, redeem, shown_link, sign_in};
use crate::talk_world::some_ticket;

on_both! {
    fn somebody_is_invited_by_mail_and_joins(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let person = invited(&admin, "anna@t1", "agent").await;
        assert_eq!((&person["state"], &person["joined_at"]), (&json!("invited"), &Value::Null));
        kit.settle().await;
        let (to, words) = mails(&kit).pop().unwrap();
        assert!(to.contains("anna@example.com") && words.contains("anna@t1") && words.contains("租户t1"), "{words}");
        let token = mailed_token(&kit);
        let seen = Client::new(&kit.house).post("/api/v1/user-links/look", &json!({ "token": token })).await.expect(200);
        assert_eq!((&seen["kind"], &seen["username"], &seen["role"]), (&json!("invite"), &json!("anna@t1"), &json!("agent")));
        assert_eq!(sign_in(&kit, "anna@t1", None).await.problem(401), "session.refused", "not before joining");
        assert_eq!(redeem(&kit, &token, "short").await.problem(422), "password.short");
        redeem(&kit, &token, PASSWORD).await.expect(204);
        let me = sign_in(&kit, "anna@t1", None).await.expect(201);
        assert_eq!(me["user"]["role"], "agent");
        let shown = admin.get(&format!("/api/v1/users/{}", person["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(shown["state"], "active");
    }
}

on_both! {
    fn without_an_address_the_link_is_shown_once(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let body = json!({ "username": "bo", "display_name": "小波", "role": "dispatcher" });
        let person = admin.post_once("/api/v1/users", "k1", &body).await.expect(201);
        assert_eq!(admin.post_once("/api/v1/users", "k1", &body).await.expect(201)["id"], person["id"], "asked twice, made once");
        let path = format!("/api/v1/users/{}/link", person["id"].as_str().unwrap());
        assert_eq!(admin.post(&path, &json!({ "by": "mail" })).await.problem(409), "user.no_email");
        let first = shown_link(&admin, person["id"].as_str().unwrap()).await;
        let second = shown_link(&admin, person["id"].as_str().unwrap()).await;
        assert_eq!(redeem(&kit, &first, PASSWORD).await.problem(404), "link.gone", "the newer link took its place");
        redeem(&kit, &second, PASSWORD).await.expect(204);
        assert!(mails(&kit).is_empty());
    }
}

on_both! {
    fn people_are_checked_before_they_are_made(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let nowhere = UserId::from_uuid(uuid::Uuid::nil()).to_string();
        let base = json!({ "username": "x1", "display_name": "某人", "role": "agent" });
        let table = [
            ("username", json!("a b"), 422, "user.bad_username"),
            ("username", json!("agent@t1"), 409, "user.name_taken"),
            ("display_name", json!("a\u{202e}b"), 422, "user.bad_name"),
            ("email", json!("no address"), 422, "user.bad_email"),
            ("role", json!("engineer"), 422, "user.needs_engineer"),
            ("role", json!("acquirer"), 422, "user.needs_acquirer"),
            ("role", json!("king"), 422, "body.unreadable"),
            ("engineer_id", json!(nowhere.replace("usr", "eng")), 422, "user.not_tied"),
            ("branch_id", json!(nowhere.replace("usr", "brn")), 422, "org.unknown_branch"),
            ("partner_id", json!(nowhere.replace("usr", "prt")), 422, "org.unknown_partner"),
            ("tenant_id", json!(nowhere.replace("usr", "ten")), 422, "body.unreadable"),
        ];
        for (field, value, status, code) in table {
            let mut body = base.clone();
            body[field] = value;
            let answer = admin.post("/api/v1/users", &body).await;
            assert_eq!((answer.status, answer.json["code"].as_str()), (status, Some(code)), "{field}: {}", answer.text);
            let named = code.strip_prefix("user.needs_").map_or_else(|| field.to_owned(), |tie| format!("{tie}_id"));
            assert_eq!(answer.json["field"], json!(named), "{}", answer.text);
        }
        for role in [Role::Agent, Role::Supervisor, Role::Auditor] {
            assert_eq!(world.client(&kit, role).await.post("/api/v1/users", &base).await.problem(403), "not_allowed");
        }
    }
}

on_both! {
    fn the_list_is_paged_and_narrowed(kit) {
        let world = World::new(&kit, "t1").await;
        let _other = World::new(&kit, "t2").await;
        let admin = world.client(&kit, Role::Admin).await;
        invited(&admin, "later@t1", "agent").await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/api/v1/users?limit=3{cursor}")).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|p| p["username"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), Role::ALL.len(), "everybody who can sign in here, once: {seen:?}");
        assert!(seen.iter().all(|name| name.ends_with("@t1")));
        let names = async |query: &str| {
            let page = admin.get(&format!("/api/v1/users?{query}")).await.expect(200);
            page["items"].as_array().unwrap().iter().map(|p| p["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("state=invited").await, ["later@t1"]);
        assert_eq!(names("role=finance").await, ["finance@t1"]);
        assert_eq!(names("q=supervisor").await, ["supervisor@t1"]);
        assert_eq!(names("q=%25").await, Vec::<String>::new(), "a wildcard is a character");
        assert_eq!(world.client(&kit, Role::Engineer).await.get("/api/v1/users").await.problem(403), "not_allowed");
        assert_eq!(admin.get("/api/v1/users?q=1&surprise=1").await.problem(422), "query.unreadable");
    }
}

on_both! {
    fn whoever_leaves_is_out_at_once_and_their_tickets_have_somebody(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let ticket = some_ticket(&kit, &world).await;
        let supervisor = world.client(&kit, Role::Supervisor).await;
        let leaver = of_role(&kit, &world, Role::Supervisor).await;
        let agent = of_role(&kit, &world, Role::Agent).await;
        let path = format!("/api/v1/users/{leaver}/disable");
        let refused = admin.post(&path, &json!({ "version": 1 })).await;
        assert_eq!((refused.status, refused.json["code"].as_str(), refused.json["field"].as_str()), (409, Some("user.owns_tickets"), Some("hand_over_to")));
        let finance = of_role(&kit, &world, Role::Finance).await;
        for unable in [finance, leaver] {
            assert_eq!(admin.post(&path, &json!({ "version": 1, "hand_over_to": unable })).await.problem(422), "user.cannot_own");
        }
        assert_eq!(admin.post(&path, &json!({ "version": 7, "hand_over_to": agent })).await.problem(409), "stale");
        supervisor.get("/api/v1/sessions/current").await.expect(200);
        let gone = admin.post(&path, &json!({ "version": 1, "hand_over_to": agent })).await.expect(200);
        assert_eq!((&gone["state"], &gone["version"]), (&json!("disabled"), &json!(2)));
        assert_eq!(supervisor.get("/api/v1/sessions/current").await.problem(401), "session.ended");
        let owner = world.read(&kit, move |tx| Ok(postsale_server::ticket::store::ticket(tx, ticket)?.unwrap().case.owner)).await;
        assert_eq!(owner, agent);
        assert_eq!(admin.post(&path, &json!({ "version": 2 })).await.problem(409), "user.left_already");
        let back = admin.post(&format!("/api/v1/users/{leaver}/enable"), &json!({ "version": 2 })).await.expect(200);
        assert_eq!(back["state"], "active");
        assert_eq!(supervisor.get("/api/v1/sessions/current").await.problem(401), "session.ended", "coming back opens no old session");
        assert_eq!(world.read(&kit, org::audit::first_broken).await, None);
    }
}

on_both! {
    fn nobody_locks_the_house_from_inside(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let me = of_role(&kit, &world, Role::Admin).await;
        for (path, body) in [
            (format!("/api/v1/users/{me}/disable"), json!({ "version": 1 })),
            (format!("/api/v1/users/{me}/role"), json!({ "version": 1, "role": "agent" })),
        ] {
            assert_eq!(admin.post(&path, &body).await.problem(409), "user.yourself");
        }
        // A second administrator may go, the last one may not.
        let second = joined(&admin, &kit, "second@t1", "admin").await;
        let second_client = Client::new(&kit.house).sign_in("second@t1", PASSWORD).await;
        let version = second["version"].clone();
        second_client.post(&format!("/api/v1/users/{me}/role"), &json!({ "version": 1, "role": "agent" })).await.expect(200);
        assert_eq!(admin.get("/api/v1/sessions/current").await.problem(401), "session.ended");
        let agent = world.client(&kit, Role::Admin).await;
        let path = format!("/api/v1/users/{}/role", second["id"].as_str().unwrap());
        assert_eq!(agent.post(&path, &json!({ "version": version, "role": "agent" })).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn codes_of_an_app_are_asked_for_and_spent(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let anna = joined(&admin, &kit, "anna@t1", "agent").await;
        let id: UserId = anna["id"].as_str().unwrap().parse().unwrap();
        let client = Client::new(&kit.house).sign_in("anna@t1", PASSWORD).await;
        assert_eq!(client.post("/api/v1/me/second-factor", &json!({ "current": "wrong" })).await.problem(403), "password.wrong");
        let begun = client.post("/api/v1/me/second-factor", &json!({ "current": PASSWORD })).await.expect(201);
        assert!(begun["qr_svg"].as_str().unwrap().contains("<svg"));
        assert!(begun["uri"].as_str().unwrap().starts_with("otpauth://totp/Postsale%20"), "{begun}");
        sign_in(&kit, "anna@t1", None).await.expect(201);
        assert_eq!(client.post("/api/v1/me/second-factor/confirm", &json!({ "code": "000000" })).await.problem(422), "second_factor.wrong_code");
        let recovery = protect(&kit, &world, &client, PASSWORD).await;
        assert_eq!(recovery.len(), 10);
        assert_eq!(client.post("/api/v1/me/second-factor", &json!({ "current": PASSWORD })).await.problem(409), "second_factor.there");
        assert_eq!(sign_in(&kit, "anna@t1", None).await.problem(401), "session.code_needed");
        kit.later(SignedDuration::from_secs(30));
        let code = code_of(&kit, &world, id).await;
        let opened = sign_in(&kit, "anna@t1", Some(&code)).await.expect(201);
        assert_eq!(opened["user"]["second_factor"], true);
        assert_eq!(sign_in(&kit, "anna@t1", Some(&code)).await.problem(401), "session.code_refused", "spent");
        sign_in(&kit, "anna@t1", Some(&recovery[0].to_uppercase())).await.expect(201);
        assert_eq!(sign_in(&kit, "anna@t1", Some(&recovery[0])).await.problem(401), "session.code_refused", "spent");
        let shown = admin.post(&format!("/api/v1/users/{id}/second-factor/remove"), &json!({})).await.expect(200);
        assert_eq!(shown["second_factor"], false);
        sign_in(&kit, "anna@t1", None).await.expect(201);
    }
}

on_both! {
    fn a_key_does_what_its_role_may_until_it_ends(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let agent = of_role(&kit, &world, Role::Agent).await;
        let wanted = json!({ "name": "导入程序", "user_id": agent, "role": "agent", "days": 30 });
        for (field, value, code) in [("days", json!(0), "api_key.bad_days"), ("name", json!(" "), "api_key.no_name"), ("role", json!("admin"), "api_key.too_much")] {
            let mut body = wanted.clone();
            body[field] = value;
            assert_eq!(admin.post("/api/v1/api-keys", &body).await.problem(422), code);
        }
        let made = admin.post("/api/v1/api-keys", &wanted).await.expect(201);
        let secret = made["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with(made["key"]["prefix"].as_str().unwrap()));
        let program = Client::new(&kit.house).with_token(&secret);
        program.get("/api/v1/guides").await.expect(200);
        assert_eq!(program.get("/api/v1/audit").await.problem(403), "not_allowed");
        let listed = admin.get("/api/v1/api-keys").await.expect(200);
        assert!(listed["items"][0]["last_used_at"].is_string() && !listed.to_string().contains(&secret));
        kit.later(SignedDuration::from_hours(24 * 30));
        assert_eq!(program.get("/api/v1/guides").await.problem(401), "session.ended");
        let admin = world.client(&kit, Role::Admin).await;
        let second = admin.post("/api/v1/api-keys", &wanted).await.expect(201);
        let program = Client::new(&kit.house).with_token(second["secret"].as_str().unwrap());
        program.get("/api/v1/guides").await.expect(200);
        admin.delete(&format!("/api/v1/api-keys/{}", second["key"]["id"].as_str().unwrap())).await.expect(204);
        assert_eq!(program.get("/api/v1/guides").await.problem(401), "session.ended");
        assert_eq!(world.client(&kit, Role::Agent).await.post("/api/v1/api-keys", &wanted).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn sessions_are_listed_and_ended(kit) {
        let world = World::new(&kit, "t1").await;
        let here = world.client(&kit, Role::Agent).await;
        let there = world.client(&kit, Role::Agent).await;
        let listed = here.get("/api/v1/me/sessions").await.expect(200);
        let items = listed["items"].as_array().unwrap();
        assert_eq!(items.iter().filter(|s| s["current"] == true).count(), 1);
        let other = items.iter().find(|s| s["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        let stranger = world.client(&kit, Role::Finance).await;
        assert_eq!(stranger.delete(&format!("/api/v1/me/sessions/{other}")).await.problem(404), "not_found");
        here.delete(&format!("/api/v1/me/sessions/{other}")).await.expect(204);
        assert_eq!(there.get("/api/v1/sessions/current").await.problem(401), "session.ended");
        let third = world.client(&kit, Role::Agent).await;
        here.delete("/api/v1/me/sessions").await.expect(204);
        assert_eq!(third.get("/api/v1/sessions/current").await.problem(401), "session.ended");
        here.get("/api/v1/sessions/current").await.expect(200);
        let admin = world.client(&kit, Role::Admin).await;
        let agent = of_role(&kit, &world, Role::Agent).await;
        assert_eq!(admin.get(&format!("/api/v1/users/{agent}/sessions")).await.expect(200)["items"].as_array().unwrap().len(), 1);
        admin.delete(&format!("/api/v1/users/{agent}/sessions")).await.expect(204);
        assert_eq!(here.get("/api/v1/sessions/current").await.problem(401), "session.ended");
    }
}

on_both! {
    fn a_role_that_needs_a_second_factor_is_led_to_it_and_nowhere_else(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        let (admin, agent) = (world.client(&kit, Role::Admin).await, world.client(&kit, Role::Agent).await);
        let stranger = other.client(&kit, Role::Agent).await;
        let rules = admin.put("/api/v1/sign-in-rules", &json!({ "factor_roles": ["agent"] })).await.expect(200);
        let spread = rules["spread"].as_array().unwrap().iter().find(|s| s["role"] == "agent").unwrap();
        assert_eq!((&rules["factor_roles"], &spread["people"], &spread["protected"]), (&json!(["agent"]), &json!(1), &json!(0)));
        // From the next request on: sessions that were open before are not excepted.
        assert_eq!(agent.get("/api/v1/tickets").await.problem(403), "session.factor_owed");
        assert_eq!(agent.get("/api/v1/sessions/current").await.expect(200)["factor_owed"], true);
        stranger.get("/api/v1/tickets").await.expect(200);
        admin.get("/api/v1/tickets").await.expect(200);
        protect(&kit, &world, &agent, "postsale-test").await;
        assert_eq!(agent.get("/api/v1/sessions/current").await.expect(200)["factor_owed"], false);
        agent.get("/api/v1/tickets").await.expect(200);
        assert_eq!(agent.get("/api/v1/sign-in-rules").await.problem(403), "not_allowed");
        assert_eq!(admin.put("/api/v1/sign-in-rules", &json!({ "factor_roles": ["boss"] })).await.status, 422);
    }
}
