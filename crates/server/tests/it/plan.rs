//! Plans of a day: asked for, found, published, refused; pins, absences, times to choose from. Over HTTP, on both databases.

use std::ops::Deref;

use postsale_domain::ground::{EngineerId, Role, TypedId};
use postsale_domain::visit::WorkOrderId;
use postsale_server::ground::db::{Query, p};
use postsale_server::sql;
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::plan_world::{Call, Field, Hand, stops};

/// Six shops from south to north, an order for each; two engineers who can, one at each end, and one whose certificate is over.
struct Scene {
    field: Field,
    south: EngineerId,
    north: EngineerId,
    southerner: Client,
}

impl Deref for Scene {
    type Target = Field;

    fn deref(&self) -> &Field {
        &self.field
    }
}

impl Scene {
    async fn new(kit: &Kit) -> Scene {
        let over = Hand { until: Some("2026-11-01"), ..Hand::new("工程师过期", 31_225_000) };
        let hands = vec![Hand::new("工程师南", 31_200_000), Hand::new("工程师北", 31_250_000), over];
        let field = Field::new(kit, hands, (0..6).map(|n| Call::new(31_200_000 + n * 10_000)).collect()).await;
        Scene { southerner: field.hand(kit, 0).await, south: field.crew[0], north: field.crew[1], field }
    }
}

on_both! {
    fn a_morning_plan_is_found_and_published(kit) {
        let s = Scene::new(&kit).await;
        let page = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        assert_eq!((&page["plan"]["state"], &page["plan"]["number"], &page["plan"]["progress"]), (&json!("proposed"), &json!(1), &json!(1000)));
        assert_eq!(page["unassigned"], json!([]), "{page}");
        assert_eq!(page["outdated"], json!([]));
        let (before, after) = (&page["plan"]["before"], &page["plan"]["after"]);
        assert_eq!((&before["unassigned"], &after["served"], &after["unassigned"]), (&json!(6), &json!(6), &json!(0)));
        assert_eq!((&page["plan"]["changed"], &page["plan"]["to_tell"]), (&json!(6), &json!(6)));
        let all = stops(&page);
        assert_eq!(all.len(), 6);
        for (who, stop) in &all {
            assert!(*who == json!(s.south) || *who == json!(s.north), "a certificate that is over sends nobody");
            assert_eq!(stop["change"], "new");
            assert!(stop["planned"]["from"].as_str().unwrap() >= "2026-11-24T02:15:00Z", "nobody is sent into the past");
            assert!(stop["why"].as_array().unwrap().len() >= 3 && stop["extra_fen"].as_i64().is_some());
            // The other one who can, unless that day is full already.
            assert!(stop["alternatives"].as_array().unwrap().len() <= 1);
            assert_eq!(stop["outcome"], Value::Null);
        }
        assert!(all.iter().any(|(_, stop)| stop["alternatives"][0]["extra_fen"].as_i64() > stop["extra_fen"].as_i64()), "the best is chosen");
        let total = |side: &str| page["terms"].as_array().unwrap().iter().map(|t| t[side].as_i64().unwrap()).sum::<i64>();
        assert!(total("after_fen") < total("before_fen"), "a plan that costs more than the board is no plan");
        assert_eq!(page["plan"]["best_fen"], json!(total("after_fen")));
        assert_eq!(s.order(s.orders[0]).await["state"], "open", "a proposal tells nobody");

        let done = s.publish(&page).await.expect(200);
        assert_eq!((&done["plan"]["state"], &done["plan"]["ended_by"]), (&json!("published"), &json!("dispatcher@t1")));
        for (who, stop) in stops(&done) {
            assert_eq!(stop["outcome"], json!({ "offered": true, "reason": null }));
            assert_eq!((&stop["order"]["state"], &stop["order"]["engineer"]["id"], &stop["order"]["planned"]), (&json!("offered"), &who, &stop["planned"]));
            assert!(stop["order"]["promised"]["from"].is_string());
        }
        assert_eq!(s.publish(&done).await.problem(409), "dispatch.plan_over");
        let listed = s.dispatcher.get("/api/v1/dispatch/plans?date=2026-11-24").await.expect(200);
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["state"]), (1, &json!("published")));
        assert_eq!(s.dispatcher.get("/api/v1/dispatch/plans").await.expect(200)["items"].as_array().unwrap().len(), 1);

        // The same board again: what is planned stays, nobody is called twice.
        let again = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        assert_eq!((&again["plan"]["number"], &again["plan"]["based_on"]), (&json!(2), &json!(1)));
        assert_eq!(again["plan"]["changed"], json!(0), "{again}");
        s.dispatcher.post(&Field::door(&again, "discard"), &json!({ "version": again["plan"]["version"] })).await.expect(200);
    }
}

on_both! {
    fn who_hears_of_a_plan_when_and_why_not_yet_stands_on_it(kit) {
        let hands = vec![Hand::new("工程师南", 31_200_000), Hand::new("工程师北", 31_250_000)];
        let s = Field::new(&kit, hands, (0..6).map(|n| Call { mail: true, ..Call::new(31_200_000 + n * 10_000) }).collect()).await;
        let proposed = s.plan(&kit, json!({ "date": "2026-11-25" })).await;
        let told = |page: &Value| stops(page).into_iter().map(|(_, stop)| stop["told"].clone()).collect::<Vec<_>>();
        assert!(told(&proposed).iter().all(|t| t["what"] == "on_accept" && t["at"] == Value::Null), "{proposed}");
        let page = s.publish(&proposed).await.expect(200);
        assert!(told(&page).iter().all(|t| t["what"] == "on_accept"), "an offer is no word to a merchant: {page}");
        let accepts = async |which: usize| {
            let (who, stop) = stops(&page)[which].clone();
            let n = s.crew.iter().position(|id| json!(id) == who).unwrap();
            let id: WorkOrderId = stop["order"]["id"].as_str().unwrap().parse().unwrap();
            s.does(&s.hand(&kit, n).await, id, "/accept", json!({})).await;
        };
        let on_plan = async |which: usize| {
            let reader = s.world.client(&kit, Role::Dispatcher).await;
            let shown = reader.get(&format!("/api/v1/dispatch/plans/{}", page["plan"]["id"].as_str().unwrap())).await.expect(200);
            stops(&shown)[which].1["told"].clone()
        };
        kit.later(jiff::SignedDuration::from_mins(5));
        accepts(0).await;
        let by_day = on_plan(0).await;
        assert_eq!((&by_day["what"], &by_day["at"], &by_day["until"]), (&json!("sent"), &json!(kit.now()), &Value::Null));
        assert_eq!(on_plan(1).await["what"], "on_accept");
        kit.set("2026-11-24T21:30:00+08:00");
        accepts(1).await;
        let by_night = on_plan(1).await;
        assert_eq!((&by_night["what"], &by_night["held"], &by_night["until"]), (&json!("waits"), &json!("quiet"), &json!("2026-11-25T00:00:00Z")));
        kit.set("2026-11-25T08:00:00+08:00");
        kit.settle().await;
        assert_eq!(on_plan(1).await["what"], "sent", "it is eight");
    }
}

on_both! {
    fn a_proposal_for_another_board_is_refused(kit) {
        let s = Scene::new(&kit).await;
        let first = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        let second = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        let stale = s.dispatcher.post(&Field::door(&first, "publish"), &json!({ "version": 1 })).await;
        assert_eq!((stale.status, stale.json["code"].as_str(), &stale.json["current"]["plan"]["version"]), (409, Some("stale"), &json!(2)));
        // Somebody drags an order by hand meanwhile.
        let by_hand = json!({ "engineer_id": s.north, "planned": { "from": "2026-11-24T06:00:00Z", "to": "2026-11-24T06:40:00Z" } });
        s.does(&s.dispatcher, s.orders[0], "/offer", by_hand).await;
        assert_eq!(s.read(&first).await["outdated"], json!(["W-000001"]));
        let refused = s.publish(&first).await;
        assert!(refused.json["detail"].as_str().unwrap().contains("W-000001"), "{}", refused.text);
        assert_eq!(refused.problem(409), "dispatch.board_changed");
        assert_eq!(s.order(s.orders[1]).await["state"], "open", "all or nothing");
        let third = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        s.publish(&third).await.expect(200);
        assert_eq!(s.publish(&second).await.problem(409), "dispatch.plan_stale");
        // A new order that nobody has makes no plan old.
        let board = s.dispatcher.get("/api/v1/dispatch/board?date=2026-11-24").await.expect(200);
        assert_eq!(board["unassigned"], json!([]));
    }
}

on_both! {
    fn what_is_pinned_or_begun_stays(kit) {
        let s = Scene::new(&kit).await;
        // The northernmost shop with the engineer of the south, at an hour the planner would not choose.
        let odd = json!({ "engineer_id": s.south, "planned": { "from": "2026-11-24T07:00:00Z", "to": "2026-11-24T07:40:00Z" } });
        assert_eq!(
            s.dispatcher.post(&format!("/api/v1/work-orders/{}/pin", s.orders[5]), &json!({ "version": 1, "pinned": true })).await.problem(409),
            "dispatch.nothing_to_pin"
        );
        s.does(&s.dispatcher, s.orders[5], "/offer", odd).await;
        let loose = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        let moved = stops(&loose).into_iter().find(|(_, x)| x["order"]["id"] == json!(s.orders[5])).unwrap();
        assert_eq!((&moved.0, moved.1["change"].as_str()), (&json!(s.north), Some("moved")), "without a pin it goes where it is near");
        assert_eq!(moved.1["before"]["engineer"]["id"], json!(s.south));

        let page = s.does(&s.dispatcher, s.orders[5], "/pin", json!({ "pinned": true })).await;
        assert_eq!(page["order"]["pinned"], true);
        // Another one is under way.
        let soon = json!({ "engineer_id": s.south, "planned": { "from": "2026-11-24T02:15:00Z", "to": "2026-11-24T02:55:00Z" } });
        s.does(&s.dispatcher, s.orders[4], "/offer", soon).await;
        s.does(&s.southerner, s.orders[4], "/accept", json!({})).await;
        s.does(&s.southerner, s.orders[4], "/depart", json!({})).await;
        let plan = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        for (order, from) in [(s.orders[5], "2026-11-24T07:00:00Z"), (s.orders[4], "2026-11-24T02:15:00Z")] {
            let (who, stop) = stops(&plan).into_iter().find(|(_, x)| x["order"]["id"] == json!(order)).unwrap();
            assert_eq!((who, stop["change"].as_str(), stop["fixed"].as_bool()), (json!(s.south), Some("same"), Some(true)));
            assert_eq!(stop["planned"]["from"], from);
        }
        // The daily limit counts what is fixed.
        assert!(stops(&plan).iter().filter(|(who, _)| *who == json!(s.south)).count() <= 4);
        let free = s.does(&s.dispatcher, s.orders[5], "/pin", json!({ "pinned": false })).await;
        assert_eq!(free["order"]["pinned"], false);
    }
}

on_both! {
    fn only_the_engineers_asked_for_change(kit) {
        let s = Scene::new(&kit).await;
        let page = s.plan(&kit, json!({ "date": "2026-11-24", "engineers": [s.south] })).await;
        let all = stops(&page);
        assert!(all.iter().all(|(who, _)| *who == json!(s.south)));
        assert_eq!(all.len(), 4, "the daily limit is hard");
        let out = page["unassigned"].as_array().unwrap();
        assert_eq!(out.len(), 2);
        assert!(out[0]["why"][0]["en"].as_str().unwrap().contains("With a full day or not at work: 1 of 1"), "{out:?}");
        // Only one row of the proposal is wanted.
        let one = all[0].1["order"]["id"].clone();
        let done = s.dispatcher.post(&Field::door(&page, "publish"), &json!({ "version": page["plan"]["version"], "work_orders": [one] })).await.expect(200);
        let offered = stops(&done).into_iter().filter(|(_, x)| x["outcome"]["offered"] == json!(true)).count();
        assert_eq!(offered, 1);
    }
}

on_both! {
    fn an_ill_engineer_frees_the_day(kit) {
        let s = Scene::new(&kit).await;
        let page = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        s.publish(&page).await.expect(200);
        let theirs: Vec<Value> = stops(&page).into_iter().filter(|(w, _)| *w == json!(s.south)).map(|(_, x)| x["order"]["id"].clone()).collect();
        assert!(!theirs.is_empty());
        let promised = s.dispatcher.get(&format!("/api/v1/work-orders/{}", theirs[0].as_str().unwrap())).await.expect(200)["order"]["promised"].clone();
        let ill = json!({ "engineer_id": s.south, "from": "2026-11-24T01:00:00Z", "to": "2026-11-24T16:00:00Z", "reason": "病假" });
        let noted = s.dispatcher.post("/api/v1/dispatch/absences", &ill).await.expect(201);
        let mut freed: Vec<Value> = noted["freed"].as_array().unwrap().iter().map(|o| o["id"].clone()).collect();
        let mut expected = theirs.clone();
        freed.sort_by_key(Value::to_string);
        expected.sort_by_key(Value::to_string);
        assert_eq!(freed, expected);
        assert_eq!(noted["plan"]["state"], "running");
        assert_eq!(noted["freed"][0]["state"], "open");
        let board = s.dispatcher.get("/api/v1/dispatch/board?date=2026-11-24").await.expect(200);
        let row = board["engineers"].as_array().unwrap().iter().find(|r| r["engineer"]["id"] == json!(s.south)).unwrap().clone();
        assert_eq!((&row["shift"]["to"], &row["absences"][0]["reason"]), (&json!("2026-11-24T01:00:00Z"), &json!("病假")));
        postsale_server::worker::round(&kit.house).await;
        let plan = s.read(&noted["plan"]).await;
        assert!(stops(&plan).iter().all(|(who, _)| *who == json!(s.north)));
        for (_, stop) in stops(&plan) {
            let (from, promise) = (stop["planned"]["from"].as_str().unwrap().to_owned(), stop["order"]["promised"].clone());
            assert!(from.as_str() >= promise["from"].as_str().unwrap() && from.as_str() < promise["to"].as_str().unwrap(), "a promise is hard");
        }
        for out in plan["unassigned"].as_array().unwrap() {
            assert!(!out["why"].as_array().unwrap().is_empty(), "{out}");
        }
        let kept = s.dispatcher.get(&format!("/api/v1/work-orders/{}", theirs[0].as_str().unwrap())).await.expect(200)["order"]["promised"].clone();
        assert_eq!(kept, promised, "only a person moves a promise");
        // Nobody is offered to who is not there.
        let again = json!({ "engineer_id": s.south, "planned": { "from": "2026-11-24T06:00:00Z", "to": "2026-11-24T06:40:00Z" }, "promised": promised });
        let first: WorkOrderId = theirs[0].as_str().unwrap().parse().unwrap();
        let mut body = again;
        body["version"] = s.order(first).await["version"].clone();
        assert_eq!(s.dispatcher.post(&format!("/api/v1/work-orders/{first}/offer"), &body).await.problem(409), "dispatch.absent");
        let past = json!({ "engineer_id": s.south, "from": "2026-11-20T01:00:00Z", "to": "2026-11-20T16:00:00Z", "reason": "病假" });
        assert_eq!(s.dispatcher.post("/api/v1/dispatch/absences", &past).await.problem(422), "crew.absence_span");
        assert_eq!(s.southerner.post("/api/v1/dispatch/absences", &ill).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn who_falls_ill_during_a_visit_stops_nobody_elses_day(kit) {
        let s = Scene::new(&kit).await;
        let soon = json!({ "engineer_id": s.south, "planned": { "from": "2026-11-24T02:15:00Z", "to": "2026-11-24T02:55:00Z" } });
        s.does(&s.dispatcher, s.orders[4], "/offer", soon).await;
        for (door, body) in [("/accept", json!({})), ("/depart", json!({})), ("/arrive", json!({ "lat": 31.24, "lng": 121.5 }))] {
            s.does(&s.southerner, s.orders[4], door, body).await;
        }
        // Later than the visit was to end: it is still running, and he does not work any more.
        kit.set("2026-11-24T11:05:00+08:00");
        let ill = json!({ "engineer_id": s.south, "from": "2026-11-24T02:00:00Z", "to": "2026-11-24T16:00:00Z", "reason": "急病" });
        let noted = s.dispatcher.post("/api/v1/dispatch/absences", &ill).await.expect(201);
        assert_eq!(noted["freed"], json!([]), "what has begun stays");
        postsale_server::worker::round(&kit.house).await;
        let plan = s.plan(&kit, json!({ "date": "2026-11-24" })).await;
        assert_eq!(plan["plan"]["state"], "proposed", "{plan}");
        let hands = stops(&plan).into_iter().map(|(who, stop)| (who == json!(s.south), stop["order"]["id"] == json!(s.orders[4])));
        let hands: Vec<(bool, bool)> = hands.collect();
        assert!(hands.iter().all(|(his, running)| his == running), "his running visit, and nothing else");
        assert_eq!(hands.len(), 5, "the other one's four of the day beside it");
    }
}

on_both! {
    fn times_to_choose_from_keep_the_deadline_and_can_be_given(kit) {
        let s = Scene::new(&kit).await;
        let id = s.orders[0];
        let agent = s.world.client(&kit, Role::Agent).await;
        let due = s.order(id).await["clock"]["due_at"].as_str().unwrap().to_owned();
        let slots = agent.post(&format!("/api/v1/work-orders/{id}/slots"), &json!({ "days": 3 })).await.expect(200)["items"].as_array().unwrap().clone();
        assert!(!slots.is_empty());
        let mut last = String::new();
        for slot in &slots {
            let at = |span: &str, end: &str| slot[span][end].as_str().unwrap().to_owned();
            assert!(slot["keeps_sla"] == json!(true) && at("planned", "to") <= due, "{slot} {due}");
            assert!(at("window", "from") <= at("planned", "from") && at("planned", "from") < at("window", "to"));
            assert!(last <= at("window", "from"), "in order");
            last = at("window", "from");
        }
        let late = agent.post(&format!("/api/v1/work-orders/{id}/slots"), &json!({ "days": 3, "late": true })).await.expect(200)["items"].as_array().unwrap().clone();
        assert!(late.len() >= slots.len());
        assert_eq!(agent.post(&format!("/api/v1/work-orders/{id}/slots"), &json!({ "days": 40 })).await.problem(422), "dispatch.days");
        // What was shown can be given, as it was shown.
        let pick = &slots[slots.len() - 1];
        let offer = json!({ "engineer_id": pick["engineer"]["id"], "planned": pick["planned"], "promised": pick["window"] });
        let given = s.does(&s.dispatcher, id, "/offer", offer).await;
        assert_eq!((&given["order"]["promised"], &given["order"]["planned"]), (&pick["window"], &pick["planned"]));

        let near = s.dispatcher.get(&format!("/api/v1/work-orders/{}/suggestions", s.orders[5])).await.expect(200)["items"].as_array().unwrap().clone();
        assert_eq!((near.len(), &near[0]["engineer"]["id"]), (2, &json!(s.north)));
        assert!(near[0]["extra_fen"].as_i64() < near[1]["extra_fen"].as_i64());
        let offer = json!({ "engineer_id": near[0]["engineer"]["id"], "planned": near[0]["planned"] });
        s.does(&s.dispatcher, s.orders[5], "/offer", offer).await;
        assert_eq!(s.southerner.get(&format!("/api/v1/work-orders/{}/suggestions", s.orders[5])).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn a_wish_that_cannot_be_planned_is_refused(kit) {
        let s = Scene::new(&kit).await;
        let nobody: EngineerId = TypedId::from_uuid(uuid::Uuid::nil());
        let ask = async |body: Value| s.dispatcher.post("/api/v1/dispatch/plans", &body).await;
        assert_eq!(ask(json!({ "date": "2026-11-23" })).await.problem(422), "dispatch.day_past");
        assert_eq!(ask(json!({ "date": "2027-11-24" })).await.problem(422), "dispatch.day_far");
        assert_eq!(ask(json!({ "date": "2026-11-24", "seconds": 31 })).await.problem(422), "dispatch.seconds");
        assert_eq!(ask(json!({ "date": "2026-11-24", "engineers": [nobody] })).await.problem(422), "dispatch.engineer_unknown");
        assert_eq!(ask(json!({ "date": "2026-11-24", "engineer": [] })).await.problem(422), "body.unreadable");
        ask(json!({ "date": "2026-11-24" })).await.expect(202);
        assert_eq!(ask(json!({ "date": "2026-11-24" })).await.problem(409), "dispatch.plan_running");
        assert_eq!(s.southerner.post("/api/v1/dispatch/plans", &json!({ "date": "2026-11-24" })).await.problem(403), "not_allowed");
        assert_eq!(s.southerner.get("/api/v1/dispatch/plans").await.problem(403), "not_allowed");
        let stranger = World::new(&kit, "t2").await.client(&kit, Role::Dispatcher).await;
        let plan = s.dispatcher.get("/api/v1/dispatch/plans").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(stranger.get(&format!("/api/v1/dispatch/plans/{plan}")).await.problem(404), "not_found");
        assert_eq!(stranger.post(&format!("/api/v1/dispatch/plans/{plan}/publish"), &json!({ "version": 1 })).await.problem(404), "not_found");
        assert_eq!(stranger.get("/api/v1/dispatch/plans").await.expect(200)["items"], json!([]));
        // Who was asked for has left before the search began: the plan says so and is over.
        let gone = s.south;
        let other = s.dispatcher.post("/api/v1/dispatch/plans", &json!({ "date": "2026-11-25", "engineers": [gone] })).await.expect(202);
        s.world.write(&kit, move |tx| Ok(tx.exec(sql!("UPDATE engineer SET active = 0 WHERE id = $1"), &[p(&gone)])?)).await;
        postsale_server::worker::round(&kit.house).await;
        let failed = s.read(&other).await;
        assert_eq!((&failed["plan"]["state"], &failed["routes"]), (&json!("failed"), &json!([])));
        assert!(!failed["plan"]["failure"]["zh"].as_str().unwrap().is_empty());
        // A Sunday on which nobody works: every order stays, and it says so.
        let sunday = s.plan(&kit, json!({ "date": "2026-11-29" })).await;
        assert_eq!((&sunday["plan"]["state"], &sunday["routes"]), (&json!("proposed"), &json!([])));
        assert_eq!(sunday["unassigned"].as_array().unwrap().len(), 6);
    }
}
