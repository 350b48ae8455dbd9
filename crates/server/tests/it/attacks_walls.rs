//! Attacks on the walls between tickets, a test per row of the list: AZ-03 … AZ-12, and AU-02, AU-09.

use axum::http::Method;
use jiff::SignedDuration;
use postsale_domain::ground::{Role, TypedId};
use postsale_domain::ticket::TicketId;
use postsale_server::notify::jobs::PAGE_TOKEN;
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};
use crate::files;
use crate::talk_world::{SERIAL, some_terminal, sticker};

/// Words nobody else's ticket has.
const WORDS: &str = "蜂鸣器长鸣";

fn uuid(ticket: &str) -> uuid::Uuid {
    ticket.parse::<TicketId>().unwrap().uuid()
}

/// The address of a ticket's page for the merchant.
fn page_of(kit: &Kit, ticket: &str) -> String {
    format!("/m/{}", kit.house.seal.sign(PAGE_TOKEN, uuid(ticket)))
}

/// A ticket of another tenant, of the same shop and terminal as far as names go.
async fn foreign(kit: &Kit) -> (Client, String) {
    let other = World::new(kit, "t2").await;
    some_terminal(kit, &other).await;
    let agent = other.client(kit, Role::Agent).await;
    let call = json!({ "terminal_serial": SERIAL, "symptom": WORDS, "contact": { "name": "赵老板", "phone": "13712345521" } });
    let id = id_of(&agent.post("/api/v1/tickets", &call).await.expect(201));
    (agent, id)
}

on_both! {
    fn az_03_nothing_is_merged_across_the_wall(kit) {
        let desk = DeskWorld::new(&kit).await;
        let own = id_of(&desk.called().await);
        let (them, theirs) = foreign(&kit).await;
        let (before, beyond) = (desk.page(&own).await, them.get(&path(&theirs, "")).await.expect(200));
        let version = &before["ticket"]["version"];
        for (loser, into) in [(&own, &theirs), (&theirs, &own)] {
            let body = json!({ "into": into, "into_version": version, "version": version });
            assert_eq!(desk.agent.post(&path(loser, "/merge"), &body).await.problem(404), "not_found");
            assert_eq!(desk.agent.get(&path(loser, &format!("/merge-preview?into={into}"))).await.problem(404), "not_found");
        }
        assert_eq!((desk.page(&own).await, them.get(&path(&theirs, "")).await.expect(200)), (before, beyond));
    }
}

on_both! {
    fn az_04_no_other_way_to_a_ticket_opens_what_its_id_does_not(kit) {
        let desk = DeskWorld::new(&kit).await;
        let (them, theirs) = foreign(&kit).await;
        // Over there each of these finds it.
        let asks = |word: &str| [format!("/api/v1/search?q={word}"), format!("/api/v1/tickets/search?q={word}")];
        let words = ["%E8%9C%82%E9%B8%A3%E5%99%A8", SERIAL, "T-000001", "13712345521"];
        for word in words {
            let found = [them.get(&asks(word)[0]).await.text, them.get(&asks(word)[1]).await.text];
            assert!(found.iter().any(|text| text.contains(&theirs)), "{word}: {found:?}");
        }
        for client in [&desk.agent, &desk.supervisor, &desk.engineer, &desk.bank, &desk.other_bank] {
            for word in words {
                for ask in asks(word) {
                    let answer = client.get(&ask).await;
                    assert!(matches!(answer.status, 200 | 403) && !answer.text.contains(&theirs) && !answer.text.contains("赵老板"), "{ask}: {}", answer.text);
                }
            }
            assert_eq!(client.get("/api/v1/tickets?number=1").await.status, 422);
            assert_eq!(client.get(&path("T-000001", "")).await.problem(404), "not_found");
            assert_eq!(client.get(&path(&theirs, "")).await.problem(404), "not_found");
        }
        // Nor does a suspicion on registration tell of it.
        let call = json!({ "symptom": WORDS, "terminal_unknown_reason": "标签磨掉了", "contact": { "name": "赵", "phone": "13712345521" } });
        let own = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        assert!(!desk.agent.get(&path(&own, "/similar")).await.text.contains(&theirs));
    }
}

on_both! {
    fn az_05_a_stream_is_of_one_ticket_one_may_see(kit) {
        let desk = DeskWorld::new(&kit).await;
        desk.called().await;
        let (_, theirs) = foreign(&kit).await;
        for asked in [theirs.as_str(), "tkt_%25", "tkt_*", "tkt_", "*", "%25", "tkt_00000000000000000000000000000007"] {
            let answer = desk.agent.get(&format!("/api/v1/events?ticket={asked}")).await;
            assert!(matches!(answer.status, 404 | 422), "{asked}: {} {}", answer.status, answer.text);
        }
        for query in ["topic=ticket.*", "channel=%23", "tenant=t2"] {
            assert_eq!(desk.agent.get(&format!("/api/v1/events?{query}")).await.status, 422, "{query}");
        }
    }
}

on_both! {
    fn az_07_what_was_said_is_nobodys_to_change_and_lists_taken_away_are_ones_own(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "商户语气很急" })).await.expect(200);
        let line = desk.lines(&desk.agent, &id).await.iter().find(|l| l["kind"] == "note").unwrap()["id"].as_str().unwrap().to_owned();
        for client in [&desk.agent, &desk.supervisor, &desk.bank, &desk.engineer] {
            for door in [format!("/notes/{line}"), format!("/timeline/{line}"), "/notes".to_owned()] {
                for method in [Method::DELETE, Method::PUT, Method::PATCH] {
                    let answer = crate::routes::ask(client, &method, &path(&id, &door), &json!({ "body": "x" })).await;
                    assert!(matches!(answer.status, 404 | 405), "{method} {door}: {} {}", answer.status, answer.text);
                }
            }
        }
        // A bank that takes lists away takes its own merchants' along, and no note.
        let (ours, theirs) = (desk.bank.get("/api/v1/exports/merchants").await, desk.other_bank.get("/api/v1/exports/merchants").await);
        assert!(ours.text.contains("顺风面馆") && !theirs.text.contains("顺风面馆"));
        for client in [&desk.bank, &desk.other_bank, &desk.engineer] {
            let list = client.get("/api/v1/exports/tickets").await;
            assert!(list.status == 403 || !list.text.contains("商户语气很急"), "{}", list.text);
        }
    }
}

on_both! {
    fn az_08_a_file_goes_to_whoever_sees_its_line_and_nobody_else(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let file = files::sent(&desk.agent, &id, "说明.txt", b"outside").await.expect(200)["id"].as_str().unwrap().to_owned();
        desk.does(&desk.agent, &id, "/reply", json!({ "body": "请看说明", "files": [file] })).await;
        let mut call = DeskWorld::call();
        call["even_if_open"] = json!(true);
        let other = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        let page = |ticket: &str| page_of(&kit, ticket);
        let nobody = Client::new(&kit.house);
        let direct = format!("/api/v1/attachments/{file}");
        assert_eq!(nobody.get(&direct).await.status, 401);
        assert_eq!(nobody.get(&format!("{direct}?token={}", page(&id).trim_start_matches("/m/"))).await.status, 401);
        // The page of another ticket, even of the same shop, a page nobody signed, and a signature for something else.
        let other_kind = format!("/m/{}", kit.house.seal.sign("mail", uuid(&id)));
        for page in [page(&other), other_kind, "/m/x".to_owned()] {
            assert_eq!(nobody.get(&format!("{page}/files/{file}")).await.status, 404, "{page}");
        }
        let (_, theirs) = foreign(&kit).await;
        assert_eq!(nobody.get(&format!("{}/files/{file}", page(&theirs))).await.status, 404);
        for client in [&desk.other_bank, &desk.other_engineer] {
            assert_eq!(client.get(&direct).await.problem(404), "not_found");
        }
    }
}

on_both! {
    fn az_09_a_new_ticket_brings_no_ties_to_another(kit) {
        let desk = DeskWorld::new(&kit).await;
        let (_, theirs) = foreign(&kit).await;
        for field in ["links", "parent_id", "copy_from", "merged_into", "incident_id", "ticket_id"] {
            let mut call = DeskWorld::call();
            call[field] = if field == "links" { json!([theirs]) } else { json!(theirs) };
            let answer = desk.agent.post("/api/v1/tickets", &call).await;
            assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some(field)), "{}", answer.text);
        }
        let own = id_of(&desk.called().await);
        let tie = json!({ "to": theirs, "kind": "relates" });
        assert_eq!(desk.agent.post(&path(&own, "/links"), &tie).await.problem(404), "not_found");
        assert_eq!(desk.page(&own).await["links"], json!([]));
    }
}

on_both! {
    fn az_10_a_door_is_for_one_kind_of_thing(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let before = desk.page(&id).await;
        let admin = desk.world.client(&kit, Role::Admin).await;
        let (_, theirs) = foreign(&kit).await;
        // Through lists, plans, orders, imports and files, with the id of a ticket, of ours and of theirs, bare and dressed up.
        let hex = |id: &str| id.split('_').nth(1).unwrap().to_owned();
        for id in [id.clone(), theirs, format!("dpl_{}", hex(&id)), format!("imp_{}", hex(&id)), format!("wko_{}", hex(&id)), hex(&id)] {
            for (method, door, body) in [
                (Method::DELETE, format!("/desk-views/{id}"), Value::Null), (Method::DELETE, format!("/canned/{id}"), Value::Null),
                (Method::DELETE, format!("/recipes/{id}"), Value::Null), (Method::DELETE, format!("/attachments/{id}"), Value::Null),
                (Method::DELETE, format!("/api-keys/{id}"), Value::Null), (Method::POST, format!("/dispatch/plans/{id}/discard"), json!({ "version": 1 })),
                (Method::POST, format!("/dispatch/plans/{id}/publish"), json!({ "version": 1 })),
                (Method::POST, format!("/work-orders/{id}/withdraw"), json!({ "version": 1, "reason": "x" })),
                (Method::POST, format!("/imports/{id}/commit"), json!({ "version": 1, "choice": "good" })),
            ] {
                let answer = crate::routes::ask(&admin, &method, &format!("/api/v1{door}"), &body).await;
                assert!(matches!(answer.status, 403 | 404 | 422), "{method} {door}: {} {}", answer.status, answer.text);
            }
        }
        assert_eq!(desk.page(&id).await, before);
    }
}

on_both! {
    fn az_11_an_engineer_reads_what_was_given_and_not_after_it_was_taken_back(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        assert_eq!(desk.engineer.get(&path(&id, "")).await.problem(404), "not_found");
        let visit = json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸", "skills": ["printer"] });
        let page = desk.does(&desk.agent, &id, "/work-orders", visit).await;
        let order = format!("/api/v1/work-orders/{}", page["work_orders"][0]["id"].as_str().unwrap());
        assert_eq!(desk.engineer.get(&order).await.problem(404), "not_found");
        let offer = json!({ "version": page["work_orders"][0]["version"], "engineer_id": desk.near });
        let offered = desk.dispatcher.post(&format!("{order}/offer"), &offer).await.expect(200);
        for seen in [&order, &path(&id, ""), &path(&id, "/timeline")] {
            desk.engineer.get(seen).await.expect(200);
        }
        kit.later(SignedDuration::from_mins(1));
        let version = &offered["order"]["version"];
        desk.dispatcher.post(&format!("{order}/withdraw"), &json!({ "version": version, "reason": "换人" })).await.expect(200);
        for gone in [&order, &path(&id, ""), &path(&id, "/timeline"), &path(&id, "/clocks/resolution")] {
            assert_eq!(desk.engineer.get(gone).await.problem(404), "not_found", "{gone}");
        }
        assert_eq!(desk.engineer.get("/api/v1/work-orders").await.expect(200)["items"], json!([]));
        assert_eq!(desk.engineer.post(&format!("{order}/accept"), &json!({ "version": version })).await.problem(404), "not_found");
    }
}

on_both! {
    fn az_12_a_shop_reads_its_own_page_and_not_its_sisters(kit) {
        let desk = DeskWorld::new(&kit).await;
        let first = id_of(&desk.called().await);
        // The same owner's other counter, about another trouble, with a number of its own.
        let sister = json!({ "symptom": WORDS, "terminal_unknown_reason": "在二店", "even_if_open": true,
            "contact": { "name": "二店店长", "phone": "13712347788" } });
        let second = id_of(&desk.agent.post("/api/v1/tickets", &sister).await.expect(201));
        let nobody = Client::new(&kit.house);
        let token = page_of(&kit, &first).trim_start_matches("/m/").to_owned();
        let page = nobody.get(&format!("/m/{token}")).await;
        assert_eq!(page.status, 200);
        for hidden in [WORDS, "二店店长", "T-000002", second.as_str()] {
            assert!(!page.text.contains(hidden), "{hidden}");
        }
        for swapped in [second.clone(), format!("{token}{second}"), token.replace(&token[..8], "00000000")] {
            assert_eq!(nobody.get(&format!("/m/{swapped}")).await.status, 404);
        }
        // At the first counter the last digits of its own number open its own trouble; the other counter's open nothing.
        let at = sticker(&kit, desk.terminal);
        let theirs = nobody.form(&format!("{at}/open"), "tail=7788").await;
        assert_eq!((theirs.status, theirs.location), (422, None));
        let own = nobody.form(&format!("{at}/open"), "tail=5521").await.location.unwrap();
        assert!(own.starts_with(&page_of(&kit, &first)), "{own}");
    }
}

on_both! {
    fn au_02_whether_somebody_exists_is_not_told(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let gone = crate::people_world::of_role(&kit, &world, Role::Quality).await;
        admin.post(&format!("/api/v1/users/{gone}/disable"), &json!({ "version": 1 })).await.expect(200);
        let nobody = Client::new(&kit.house);
        let mut answers = Vec::new();
        for username in ["agent@t1", "nobody@t1", "quality@t1", "agent@nowhere"] {
            let mut answer = nobody.post("/api/v1/sessions", &json!({ "username": username, "password": "wrong-password" })).await;
            answer.json["instance"] = Value::Null;
            answers.push((answer.status, answer.json, answer.cookies.len()));
        }
        assert_eq!(answers[0].0, 401);
        for other in &answers[1..] {
            assert_eq!(other, &answers[0]);
        }
        // Whoever left is told no more with the right password.
        let right = nobody.post("/api/v1/sessions", &json!({ "username": "quality@t1", "password": "postsale-test" })).await;
        assert_eq!((right.status, &right.json["code"]), (401, &answers[0].1["code"]));
    }
}

on_both! {
    fn au_09_two_people_at_one_machine_never_meet_in_a_session(kit) {
        let world = World::new(&kit, "t1").await;
        world.client(&kit, Role::Agent).await;
        let cookie = async |known: Option<&str>, username: &str| {
            let mut request = Client::new(&kit.house).request(Method::POST, "/api/v1/sessions").header("content-type", "application/json");
            if let Some(known) = known {
                request = request.header("cookie", known);
            }
            let body = json!({ "username": username, "password": "postsale-test" }).to_string();
            let answer = Client::new(&kit.house).send(request.body(body.into()).unwrap()).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            answer.cookies[0].split(';').next().unwrap().to_owned()
        };
        let whose = async |cookie: &str| {
            let request = Client::new(&kit.house).request(Method::GET, "/api/v1/sessions/current").header("cookie", cookie.to_owned());
            Client::new(&kit.house).send(request.body(axum::body::Body::empty()).unwrap()).await.json["username"].clone()
        };
        let first = cookie(None, "agent@t1").await;
        // The second one signs in over the first one's open session: a new one, and each cookie is one person's.
        let second = cookie(Some(&first), "supervisor@t1").await;
        assert_ne!(first, second);
        assert_eq!((whose(&first).await, whose(&second).await), (json!("agent@t1"), json!("supervisor@t1")));
        // Both at once are a request of nobody or of one of them, never a mixture with a third.
        assert!([json!("agent@t1"), json!("supervisor@t1"), Value::Null].contains(&whose(&format!("{first}; {second}")).await));
    }
}
