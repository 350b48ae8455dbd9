//! Journeys 6 and 7: the plan of a morning for a whole crew, and the morning on which one of them falls ill.

use postsale_domain::ground::Role;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::WorkOrderId;
use postsale_testkit::{Kit, check_portrait, on_both};
use serde_json::{Value, json};

use super::{Story, moment};
use crate::plan_world::{Call, Field, Hand, stops};

/// A shop that does not open on the day of these stories, a Wednesday.
const NOT_TODAY: &str = r#"{"1":[["09:00","21:00"]],"2":[["09:00","21:00"]],"4":[["09:00","21:00"]]}"#;

/// Places over a town, some 20 km each way, the same every time.
fn spread(n: usize) -> (i64, i64) {
    let at = |step: usize| i64::try_from(n * step % 199).unwrap() * 1_000;
    (31_100_000 + at(67), 121_400_000 + at(31))
}

fn order_id(order: &Value) -> WorkOrderId {
    order["id"].as_str().unwrap().parse().unwrap()
}

fn count(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

on_both! {
    fn the_morning_plan(kit) {
        let mut story = Story::new("The morning plan: 40 engineers, 260 orders");
        kit.set("2026-11-25T07:30:00+08:00");
        let hands = (0..40).map(|n| Hand { home: spread(n * 5), daily_limit: 8, ..Hand::new(&format!("工程师{n}"), 0) }).collect();
        let shops = (0..260).map(|n| Call { place: spread(n), hours: if n < 2 { NOT_TODAY } else { Call::new(0).hours }, ..Call::new(0) }).collect();
        let field = Field::new(&kit, hands, shops).await;
        story.tells(&kit, "board", "260 orders wait, 40 engineers begin at 08:30");

        let at = |from: &str, to: &str| json!({ "from": format!("2026-11-25T{from}:00Z"), "to": format!("2026-11-25T{to}:00Z") });
        let (pinned, noon) = (field.orders[100], at("04:00", "04:40"));
        field.does(&field.dispatcher, pinned, "/offer", json!({ "engineer_id": field.crew[7], "planned": noon })).await;
        field.does(&field.dispatcher, pinned, "/pin", json!({ "pinned": true })).await;
        story.tells(&kit, "dispatcher", "gives one to 工程师7 at noon, as the shop asked, and pins it");

        let page = field.plan(&kit, json!({ "date": "2026-11-25", "seconds": 2 })).await;
        assert_eq!(page["plan"]["state"], "proposed", "{}", page["plan"]);
        let (before, after) = (&page["plan"]["before"], &page["plan"]["after"]);
        assert_eq!((&before["served"], &before["unassigned"], &before["engineers"]), (&json!(1), &json!(259), &json!(1)));
        assert_eq!(after["served"].as_u64().unwrap() + after["unassigned"].as_u64().unwrap(), 260);
        assert!(after["metres"].as_u64() > before["metres"].as_u64() && after["sla_at_risk"].as_u64() < before["sla_at_risk"].as_u64());
        let closed = [field.orders[0], field.orders[1]];
        let out = page["unassigned"].as_array().unwrap();
        assert_eq!(out.len(), 2, "whoever is open today is served: {out:?}");
        for stop in out {
            assert!(closed.contains(&order_id(&stop["order"])) && count(&stop["why"]) > 0, "{stop}");
        }
        let all = stops(&page);
        let (who, stays) = all.iter().find(|(_, stop)| order_id(&stop["order"]) == pinned).unwrap();
        assert_eq!((who, &stays["planned"], &stays["fixed"]), (&json!(field.crew[7]), &noon, &json!(true)));
        assert!(page["routes"].as_array().unwrap().iter().all(|route| count(&route["stops"]) <= 8), "nobody has more than their day holds");
        story.tells(&kit, "plan", "258 orders have an engineer, kilometres and orders at risk stand beside those of the board as it was");
        story.tells(&kit, "plan", &format!("two have none: {}", out[0]["why"][0]["en"].as_str().unwrap()));
        story.tells(&kit, "plan", "the pinned one stays where it is");

        kit.set("2026-11-25T07:45:00+08:00");
        let done = field.publish(&page).await.expect(200);
        let offered = stops(&done).iter().filter(|(_, stop)| stop["outcome"]["offered"] == true).count();
        assert_eq!(offered, 257, "all but the pinned one are new");
        story.tells(&kit, "dispatcher", "publishes it: 257 offers");

        // Two by hand: from whoever has them to somebody whose afternoon has room.
        let by_hand: Vec<WorkOrderId> = all.iter().filter(|(who, _)| *who == json!(field.crew[3])).map(|(_, stop)| order_id(&stop["order"])).take(2).collect();
        let board = field.dispatcher.get("/api/v1/dispatch/board?date=2026-11-25").await.expect(200);
        let rows = board["engineers"].as_array().unwrap();
        let roomy = rows.iter().min_by_key(|row| count(&row["orders"])).unwrap();
        assert_ne!(roomy["engineer"]["id"], json!(field.crew[3]));
        let evening = ["09:00", "09:30", "10:00"];
        for (id, span) in by_hand.iter().zip(evening.windows(2)) {
            let last = roomy["orders"].as_array().unwrap().iter().filter_map(|o| o["planned"]["to"].as_str()).max().unwrap_or_default();
            assert!(last <= "2026-11-25T09:00:00Z", "their evening is free: {last}");
            field.does(&field.dispatcher, *id, "/withdraw", json!({ "reason": "手工调整" })).await;
            let there = json!({ "engineer_id": roomy["engineer"]["id"], "planned": at(span[0], span[1]), "promised": at(span[0], span[1]) });
            field.does(&field.dispatcher, *id, "/offer", there).await;
        }
        story.tells(&kit, "dispatcher", "drags two orders to another engineer by hand");

        let one = field.plan(&kit, json!({ "date": "2026-11-25", "seconds": 1, "engineers": [field.crew[3]] })).await;
        assert_eq!(one["plan"]["based_on"], page["plan"]["number"]);
        assert!(stops(&one).iter().all(|(who, _)| *who == json!(field.crew[3])), "nobody else is touched");
        let bells = field.world.client(&kit, Role::Supervisor).await.get("/api/v1/bell").await.expect(200);
        assert_eq!(bells["items"], json!([]), "one engineer's search says nothing about who else could");
        field.publish(&one).await.expect(200);
        story.tells(&kit, "dispatcher", "has the day of the first one planned once more, alone");
        check_portrait("stories/morning.txt", &story.told());
    }
}

/// What is written to the merchant of an order, in order.
async fn told(kit: &Kit, field: &Field, order: &Value) -> Vec<String> {
    let ticket: TicketId = order["ticket_id"].as_str().unwrap().parse().unwrap();
    let notices = field.world.read(kit, move |tx| postsale_server::notify::store::told(tx, ticket)).await;
    notices.into_iter().map(|(kind, _)| kind.as_str().to_owned()).collect()
}

on_both! {
    fn an_engineer_is_ill_at_ten_past_nine(kit) {
        let mut story = Story::new("An engineer is ill at 09:10");
        kit.set("2026-11-25T08:00:00+08:00");
        let hand = |name: &str, lat: i64| Hand { daily_limit: 9, ..Hand::new(name, lat) };
        let ill = Hand { also: Some("network"), ..hand("老陈", 31_200_000) };
        let hands = vec![ill, hand("小林", 31_240_000), hand("小赵", 31_160_000), hand("小孙", 31_200_000)];
        let calls = (0..9).map(|n| Call { skill: if n < 2 { "network" } else { "printer" }, mail: true, ..Call::new(31_196_000 + n * 1_000) }).collect();
        let mut field = Field::new(&kit, hands, calls).await;
        let chen = field.hand(&kit, 0).await;
        let mut hour = 9;
        for (n, id) in field.orders.iter().enumerate() {
            let minute = if n % 2 == 0 { "00" } else { "30" };
            let end = if n % 2 == 0 { format!("{hour:02}:30") } else { format!("{:02}:00", hour + 1) };
            let planned = json!({ "from": format!("2026-11-25T{hour:02}:{minute}:00+08:00"), "to": format!("2026-11-25T{end}:00+08:00") });
            hour += n % 2;
            field.does(&field.dispatcher, *id, "/offer", json!({ "engineer_id": field.crew[0], "planned": planned })).await;
            field.does(&chen, *id, "/accept", json!({})).await;
        }
        kit.settle().await;
        story.tells(&kit, "老陈", "has nine visits today, every shop knows its time");

        kit.set("2026-11-25T09:10:00+08:00");
        let gone = json!({ "engineer_id": field.crew[0], "from": "2026-11-25T09:10:00+08:00", "to": "2026-11-25T23:00:00+08:00", "reason": "急病" });
        let noted = field.dispatcher.post("/api/v1/dispatch/absences", &gone).await.expect(201);
        assert_eq!(count(&noted["freed"]), 9);
        story.tells(&kit, "dispatcher", "notes that 老陈 is ill; nine orders are free, their promises stand");
        postsale_server::worker::round(&kit.house).await;
        let page = field.read(&noted["plan"]).await;
        let out: Vec<WorkOrderId> = page["unassigned"].as_array().unwrap().iter().map(|stop| order_id(&stop["order"])).collect();
        assert_eq!((stops(&page).len(), out.clone()), (7, vec![field.orders[0], field.orders[1]]), "{page}");
        let heard = |page: &Value| {
            let mut all: Vec<String> = stops(page).iter().map(|(_, s)| s["told"]["what"].as_str().unwrap_or("-").to_owned()).collect();
            all.extend(page["unassigned"].as_array().unwrap().iter().map(|s| s["told"]["what"].as_str().unwrap_or("-").to_owned()));
            all.sort();
            all.dedup_by(|a, b| a == b);
            all
        };
        assert_eq!(heard(&page), ["duty", "stands"], "whom nobody bothers and whom the duty manager has to call stands on the plan");
        for (_, stop) in stops(&page) {
            let (from, promised) = (stop["planned"]["from"].as_str().unwrap(), &stop["order"]["promised"]);
            assert!(promised["from"].as_str().unwrap() <= from && from < promised["to"].as_str().unwrap(), "{stop}");
        }
        story.tells(&kit, "plan", "seven go to others within the time their shops know");
        let why = page["unassigned"][0]["why"].as_array().unwrap();
        story.tells(&kit, "plan", &format!("two cannot: {}", why.iter().map(|w| w["en"].as_str().unwrap()).collect::<Vec<_>>().join(" ")));

        let supervisor = field.world.client(&kit, Role::Supervisor).await;
        let rung = supervisor.get("/api/v1/bell").await.expect(200);
        let promises: Vec<&Value> = rung["items"].as_array().unwrap().iter().filter(|bell| bell["kind"] == "promise").collect();
        assert_eq!(promises.len(), 2, "{rung}");
        for id in &out {
            let ticket = field.order(*id).await["ticket_id"].clone();
            assert!(promises.iter().any(|bell| bell["ticket_id"] == ticket && bell["by_name"] == page["plan"]["made_by"]), "{rung}");
        }
        story.tells(&kit, "duty manager", "is called to both");
        // The same is found again: nobody is called twice for what they have not read yet.
        let again = field.plan(&kit, json!({ "date": "2026-11-25" })).await;
        assert_eq!(count(&again["unassigned"]), 2);
        assert_eq!(count(&supervisor.get("/api/v1/bell").await.expect(200)["items"]), 2);

        field.publish(&again).await.expect(200);
        for (who, stop) in stops(&again) {
            let n = field.crew.iter().position(|id| json!(id) == who).unwrap();
            field.does(&field.hand(&kit, n).await, order_id(&stop["order"]), "/accept", json!({})).await;
        }
        kit.settle().await;
        let after = field.read(&again["plan"]).await;
        assert_eq!(heard(&after), ["duty", "stands"], "publishing has written to nobody");
        let kept = field.order(field.orders[8]).await;
        assert_eq!(told(&kit, &field, &kept).await, ["visit_promised"], "the hour stands, so nobody writes");
        story.tells(&kit, "colleagues", "take the seven on; their hours stand, so no shop is written to");

        // A session of the morning has ended by the evening.
        kit.set("2026-11-25T20:30:00+08:00");
        field.dispatcher = field.world.client(&kit, Role::Dispatcher).await;
        let chen = field.hand(&kit, 0).await;
        let tomorrow = json!({ "from": "2026-11-26T09:30:00+08:00", "to": "2026-11-26T10:10:00+08:00" });
        let window = json!({ "from": "2026-11-26T09:00:00+08:00", "to": "2026-11-26T11:00:00+08:00" });
        field.does(&field.dispatcher, out[0], "/offer", json!({ "engineer_id": field.crew[0], "planned": tomorrow, "promised": window })).await;
        kit.set("2026-11-25T21:20:00+08:00");
        field.does(&chen, out[0], "/accept", json!({})).await;
        let order = field.order(out[0]).await;
        let ticket = order["ticket_id"].as_str().unwrap().to_owned();
        let agent = field.world.client(&kit, Role::Agent).await;
        let held = agent.get(&format!("/api/v1/tickets/{ticket}")).await.expect(200)["held"].clone();
        assert_eq!((count(&held), &held[0]["held"]), (1, &json!("quiet")), "{held}");
        story.tells(&kit, "老陈", &format!("is well tomorrow and takes one on; the shop is written to, but not before {}", moment(&kit, &held[0]["until"])));
        kit.set("2026-11-26T08:00:00+08:00");
        kit.settle().await;
        assert_eq!(told(&kit, &field, &order).await, ["visit_promised", "visit_changed"]);
        story.tells(&kit, "house", "it is eight: the letter with the new time goes");
        let agent = field.world.client(&kit, Role::Agent).await;
        story.timeline(&agent, &ticket).await;
        story.notices(&kit, &field.world, &ticket).await;
        check_portrait("stories/ill.txt", &story.told());
    }
}
