//! The merchant chooses the time of the visit on their page.

use postsale_domain::ground::TypedId;
use postsale_domain::org::throttle::Throttle;
use postsale_domain::ticket::TicketId;
use postsale_server::notify;
use postsale_server::notify::jobs::PAGE_TOKEN;
use postsale_testkit::{Client, Kit, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

/// A printer that needs hands, and the phone of its shop.
pub struct Shop {
    pub desk: DeskWorld,
    pub ticket: String,
    pub order: String,
    pub phone: Client,
    pub page: String,
}

/// What a page of times offers.
#[derive(Debug, Clone)]
pub struct Shown {
    pub windows: Vec<String>,
    pub version: String,
    pub text: String,
    pub status: u16,
}

impl Shop {
    pub async fn new(kit: &Kit) -> Shop {
        kit.set("2026-11-24T10:00:00+08:00");
        let desk = DeskWorld::new(kit).await;
        let ticket = id_of(&desk.called().await);
        desk.does(&desk.agent, &ticket, "/claim", json!({})).await;
        let id: TicketId = ticket.parse().unwrap();
        let page = format!("/m/{}", kit.house.seal.sign(PAGE_TOKEN, id.uuid()));
        Shop { desk, ticket, order: String::new(), phone: Client::new(&kit.house), page }
    }

    /// The desk decides for a visit.
    pub async fn needs_hands(mut self, skills: Value) -> Shop {
        let asked = json!({ "fault_code": "PRN-01", "reason_code": "needs_hands", "reason": "换过纸卷仍报缺纸", "skills": skills });
        let sent = self.desk.does(&self.desk.agent, &self.ticket, "/work-orders", asked).await;
        self.order = sent["work_orders"][0]["id"].as_str().unwrap().to_owned();
        self
    }

    pub async fn times(&self) -> Shown {
        shown(self.phone.get(&format!("{}/times", self.page)).await)
    }

    pub async fn choose(&self, version: &str, window: &str) -> postsale_testkit::Answer {
        self.phone.form(&format!("{}/times", self.page), &format!("version={version}&window={window}")).await
    }

    /// The order as the dispatcher sees it.
    pub async fn order(&self) -> Value {
        self.desk.dispatcher.get(&format!("/api/v1/work-orders/{}", self.order)).await.expect(200)["order"].clone()
    }

    /// A command on the order with its present version.
    pub async fn does(&self, client: &Client, door: &str, mut body: Value) -> Value {
        body["version"] = self.order().await["version"].clone();
        client.post(&format!("/api/v1/work-orders/{}{door}", self.order), &body).await.expect(200)
    }
}

fn values(text: &str, name: &str) -> Vec<String> {
    let field = format!("name=\"{name}\" value=\"");
    text.split(&field).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

pub fn shown(answer: postsale_testkit::Answer) -> Shown {
    let version = values(&answer.text, "version").pop().unwrap_or_default();
    Shown { windows: values(&answer.text, "window"), version, status: answer.status, text: answer.text }
}

fn span(window: &str) -> Value {
    let (from, to) = window.split_once('/').unwrap();
    json!({ "from": from, "to": to })
}

on_both! {
    fn a_time_is_chosen_changed_and_then_talked_about(kit) {
        let s = Shop::new(&kit).await;
        assert_eq!(s.times().await.status, 409, "nobody comes yet");
        let s = s.needs_hands(json!(["printer"])).await;
        let front = s.phone.get(&s.page).await.text;
        assert!(front.contains("/times?lang=zh") && front.contains("选上门时间"), "{front}");
        let first = s.times().await;
        assert!(first.status == 200 && first.windows.len() > 2, "{}", first.text);
        assert!(first.text.len() < 15 * 1024 && !first.text.contains("<script") && !first.text.contains("style="));
        for name in ["小王", "小李"] {
            assert!(!first.text.contains(name), "nobody is named before they have taken it on");
        }
        // The shop is open from nine to nine, on this day of the next six.
        for window in &first.windows {
            let w = span(window);
            let (from, to) = (w["from"].as_str().unwrap(), w["to"].as_str().unwrap());
            assert!(from >= "2026-11-24T02:00:00Z" && to <= "2026-11-24T13:00:00Z", "{window}");
        }
        assert!(s.phone.get(&format!("{}/times?lang=en", s.page)).await.text.contains("Take this time"));

        let window = &first.windows[1];
        let booked = s.choose(&first.version, window).await;
        assert_eq!(booked.status, 303, "{}", booked.text);
        assert!(booked.location.unwrap().contains("said=time"));
        let order = s.order().await;
        assert_eq!((&order["state"], &order["promised"]), (&json!("offered"), &span(window)));
        let (from, planned) = (span(window)["from"].clone(), order["planned"]["from"].clone());
        assert!(planned.as_str() >= from.as_str() && planned.as_str() < span(window)["to"].as_str(), "{planned}");
        // A second tap finds it done.
        assert_eq!(s.choose(&first.version, window).await.status, 303);
        assert_eq!(s.order().await["version"], order["version"]);
        let front = s.phone.get(&s.page).await.text;
        assert!(front.contains("还可以改2次") && !front.contains("小王") && !front.contains("小李"), "{front}");
        let told: Vec<String> = s.desk.lines(&s.desk.agent, &s.ticket).await.iter().filter_map(|l| l["event"]["sentence"]["zh"].as_str().map(str::to_owned)).collect();
        assert!(told.iter().any(|line| line.starts_with("商户选定上门时间：11-24 周二")), "{told:?}");

        // Somebody takes it on; the merchant moves it, and moves it again, and then has to talk to us.
        let engineer = if order["engineer"]["id"] == json!(s.desk.near) { &s.desk.engineer } else { &s.desk.other_engineer };
        s.does(engineer, "/accept", json!({})).await;
        assert!(s.phone.get(&s.page).await.text.contains("工程师小"));
        for left in [1, 0] {
            kit.later(jiff::SignedDuration::from_mins(1));
            let again = s.times().await;
            let standing = s.order().await["promised"].clone();
            assert!(again.windows.iter().all(|w| span(w) != standing), "what stands is no choice");
            let other = again.windows.last().unwrap();
            assert_eq!(s.choose(&again.version, other).await.status, 303);
            let order = s.order().await;
            assert_eq!((&order["state"], &order["promised"]), (&json!("offered"), &span(other)), "{left} left");
        }
        let over = s.times().await;
        assert!(over.status == 409 && over.text.contains("时间最多选3次"), "{}", over.text);
        assert_eq!(s.choose(&first.version, window).await.status, 409);
        let id: TicketId = s.ticket.parse().unwrap();
        let told = s.desk.world.read(&kit, move |tx| notify::store::told(tx, id)).await;
        assert_eq!(told.iter().filter(|(kind, _)| kind.as_str() == "visit_chosen").count(), 3, "each choice is told once");
    }
}

on_both! {
    fn a_time_that_is_gone_is_said_to_be_gone(kit) {
        let s = Shop::new(&kit).await.needs_hands(json!(["printer"])).await;
        let before = s.times().await;
        let window = before.windows[0].clone();
        // Both engineers go home at noon: the morning is all that is left.
        let board = s.desk.dispatcher.get("/api/v1/dispatch/board?date=2026-11-24").await.expect(200);
        let mut ill: Vec<Value> = board["engineers"].as_array().unwrap().iter().map(|row| row["engineer"]["id"].clone()).collect();
        let one = ill.pop().unwrap();
        let absent = |engineer: &Value, to: &str| json!({ "engineer_id": engineer, "from": "2026-11-24T02:00:00Z", "to": to, "reason": "病假" });
        for engineer in &ill {
            s.desk.dispatcher.post("/api/v1/dispatch/absences", &absent(engineer, "2026-11-24T13:00:00Z")).await.expect(201);
        }
        s.desk.dispatcher.post("/api/v1/dispatch/absences", &absent(&one, "2026-11-24T07:00:00Z")).await.expect(201);
        let gone = shown(s.choose(&before.version, &window).await);
        assert!(gone.status == 409 && gone.text.contains("这个时段刚被约走"), "{}", gone.text);
        assert!(!gone.windows.is_empty() && !gone.windows.contains(&window), "the list is fresh: {:?}", gone.windows);
        assert_eq!(s.order().await["state"], "open");
        // The dispatcher was quicker: what they saw is no longer so.
        let later = gone.windows.last().unwrap().clone();
        s.does(&s.desk.dispatcher, "/offer", json!({ "engineer_id": one })).await;
        let changed = shown(s.choose(&gone.version, &later).await);
        assert!(changed.status == 409 && (changed.text.contains("刚刚有变动") || changed.text.contains("刚被约走")), "{}", changed.text);
        assert_ne!(changed.version, gone.version);
        // Odd things are refused with a sentence, and change nothing.
        let version = s.order().await["version"].clone();
        for (form, status) in [("version=x", 422), ("version=3&window=a/b", 422), ("version=3&window=2026-11-24T04:00:00Z/2026-11-24T04:10:00Z", 409)] {
            assert_eq!(s.phone.form(&format!("{}/times", s.page), form).await.status, status, "{form}");
        }
        assert_eq!(s.order().await["version"], version);
    }
}

on_both! {
    fn whoever_is_on_the_way_is_not_moved_and_no_other_link_opens_it(kit) {
        let s = Shop::new(&kit).await.needs_hands(json!(["printer"])).await;
        let list = s.times().await;
        s.choose(&list.version, &list.windows[0]).await;
        let order = s.order().await;
        let engineer = if order["engineer"]["id"] == json!(s.desk.near) { &s.desk.engineer } else { &s.desk.other_engineer };
        s.does(engineer, "/accept", json!({})).await;
        s.does(engineer, "/depart", json!({})).await;
        let front = s.phone.get(&s.page).await.text;
        assert!(!front.contains("/times"), "{front}");
        let over = s.times().await;
        assert!(over.status == 409 && over.text.contains("工程师已经出发"), "{}", over.text);
        let moved = s.choose(&list.version, &list.windows[1]).await;
        assert!(moved.status == 409 && moved.text.contains("工程师已经出发"), "{}", moved.text);
        // Neither a sticker nor somebody else's ticket is a key to it.
        let sticker = kit.house.seal.sign(postsale_server::terminal::STICKER_TOKEN, s.desk.terminal.uuid());
        for token in [sticker.as_str(), "0000"] {
            assert_eq!(s.phone.get(&format!("/m/{token}/times")).await.status, 404);
            assert_eq!(s.phone.form(&format!("/m/{token}/times"), "version=1&window=x").await.status, 404);
        }
    }
}

on_both! {
    fn when_nothing_is_left_before_the_deadline_later_times_say_so(kit) {
        let s = Shop::new(&kit).await.needs_hands(json!(["printer"])).await;
        let due = s.order().await["clock"]["due_at"].as_str().unwrap().to_owned();
        // The next day the shop is open the deadline is over.
        kit.set("2026-11-30T09:00:00+08:00");
        let late = s.times().await;
        assert!(due.as_str() < "2026-11-30T01:00:00Z" && late.status == 200 && !late.windows.is_empty(), "{due} {}", late.text);
        assert_eq!(late.text.matches("晚于时限</i>").count(), late.windows.len(), "each says that it is late");
        assert_eq!(s.choose(&late.version, &late.windows[0]).await.status, 303);
        let desk = DeskWorld { agent: s.desk.world.client(&kit, postsale_domain::ground::Role::Agent).await, ..s.desk };
        let lines = desk.lines(&desk.agent, &s.ticket).await;
        assert!(lines.iter().any(|l| l["event"]["code"] == "visit_time_chosen_late"), "{lines:?}");
        let ended = path(&s.ticket, "");
        assert_eq!(desk.agent.get(&ended).await.status, 200);
    }
}

on_both! {
    fn without_anybody_who_can_the_merchant_is_asked_to_write(kit) {
        let s = Shop::new(&kit).await.needs_hands(json!(["security"])).await;
        let none = s.times().await;
        assert!(none.status == 200 && none.windows.is_empty() && none.text.contains("近几天没有空的时段"), "{}", none.text);
        assert!(none.text.contains("#thread") && !none.text.contains("就这个时间"));
    }
}

on_both! {
    fn whoever_has_refused_the_visit_is_asked_again_only_when_nobody_else_can(kit) {
        let s = Shop::new(&kit).await.needs_hands(json!(["printer"])).await;
        let far = s.desk.other_engineer.get("/api/v1/sessions/current").await.expect(200)["engineer_id"].clone();
        assert!(far.is_string() && far != json!(s.desk.near));
        // Whom the planner finds cheapest says no; every time there is belongs to the other one now.
        let first = s.times().await;
        s.choose(&first.version, &first.windows[0]).await;
        let asked = s.order().await["engineer"]["id"].clone();
        let (one, other, left) = match asked == far {
            true => (&s.desk.other_engineer, &s.desk.engineer, json!(s.desk.near)),
            false => (&s.desk.engineer, &s.desk.other_engineer, far.clone()),
        };
        kit.later(jiff::SignedDuration::from_mins(1));
        s.does(one, "/refuse", json!({ "reason": "车坏了" })).await;
        let again = s.times().await;
        assert!(again.windows.len() > 2, "{}", again.text);
        assert_eq!(s.choose(&again.version, again.windows.last().unwrap()).await.status, 303);
        assert_eq!(s.order().await["engineer"]["id"], left, "who said no is not asked for this visit");
        // Nobody else is left: the ones who said no are better than nobody.
        kit.later(jiff::SignedDuration::from_mins(1));
        s.does(other, "/refuse", json!({ "reason": "家里有事" })).await;
        let last = s.times().await;
        assert!(last.status == 200 && !last.windows.is_empty(), "{}", last.text);
        assert_eq!(s.choose(&last.version, &last.windows[0]).await.status, 303);
        assert_eq!(s.order().await["state"], "offered");
    }
}

on_both! {
    fn who_looks_all_the_time_is_asked_to_wait_and_then_goes_on(kit) {
        let s = Shop::new(&kit).await.needs_hands(json!(["printer"])).await;
        for _ in 0..Throttle::Times.free() {
            assert_eq!(s.times().await.status, 200);
        }
        let slow = s.times().await;
        assert!(slow.status == 429 && slow.text.contains("请等2秒再试"), "{}", slow.text);
        assert_eq!(s.phone.get(&s.page).await.status, 200, "the page itself stays");
        kit.later(jiff::SignedDuration::from_secs(2));
        assert_eq!(s.times().await.status, 200);
    }
}
