//! Live updates over real connections: taken up without a gap at any node, nothing forbidden, ended when they must end.

use std::net::SocketAddr;
use std::time::Duration;

use postsale_domain::ground::Role;
use postsale_server::ground::seal::digest;
use postsale_server::house::House;
use postsale_server::org;
use postsale_server::view::feed;
use postsale_testkit::{Kit, World, on_both};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::desk_world::{DeskWorld, id_of, path};

/// Longer than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A node that serves, until told to stop.
struct Node {
    at: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Node {
    async fn of(house: House) -> Node {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(postsale_server::serve::serve(house, listener, async move {
            let _ = stopped.await;
        }));
        Node { at, stop: Some(stop), serving }
    }

    /// Another process on the same database, at the same time of day.
    async fn second(kit: &Kit) -> Node {
        let (config, clock) = (kit.house.config.clone(), kit.house.clock.clone());
        Node::of(tokio::task::spawn_blocking(move || House::open(config, clock).unwrap()).await.unwrap()).await
    }

    async fn stream(&self, token: &str, query: &str, last: Option<&str>) -> Events {
        let mut socket = TcpStream::connect(self.at).await.unwrap();
        let last = last.map_or_else(String::new, |id| format!("Last-Event-ID: {id}\r\n"));
        let request = format!("GET /api/v1/events{query} HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer {token}\r\n{last}\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        Events { lines: BufReader::new(socket).lines() }
    }
}

/// The events of one connection.
struct Events {
    lines: tokio::io::Lines<BufReader<TcpStream>>,
}

#[derive(Debug)]
struct Told {
    what: String,
    id: String,
    data: Value,
}

impl Events {
    /// The next event; none when the stream has ended.
    async fn next(&mut self) -> Option<Told> {
        let (mut what, mut id) = (String::new(), String::new());
        loop {
            let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("something is told in time").ok()??;
            if line == "0" {
                // The last chunk: the stream is over, whatever becomes of the connection.
                return None;
            }
            if let Some(word) = line.strip_prefix("event: ") {
                what = word.to_owned();
            } else if let Some(place) = line.strip_prefix("id: ") {
                id = place.to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                // The order within an event is: word, id, data.
                return Some(Told { what, id, data: serde_json::from_str(data).unwrap() });
            }
        }
    }

    /// The next event of a kind, whatever comes before it.
    async fn told(&mut self, what: &str) -> Told {
        loop {
            let told = self.next().await.expect("the stream goes on");
            if told.what == what {
                return told;
            }
        }
    }
}

async fn token(kit: &Kit, name: &str) -> String {
    let body = json!({ "username": name, "password": "postsale-test" });
    postsale_testkit::Client::new(&kit.house).post("/api/v1/sessions", &body).await.expect(201)["token"].as_str().unwrap().to_owned()
}

/// How many changes somebody might be told of, all in all.
async fn heard(kit: &Kit, name: &str) -> usize {
    let (hash, now) = (digest(token(kit, name).await.as_bytes()), kit.now());
    let (caller, _) = kit.house.db.bare_read(move |bare| org::store::session::caller_of(bare, &hash, now)).await.unwrap().unwrap();
    kit.house.db.read(caller, now, |tx| feed::changes(tx, 0, 200)).await.unwrap().len()
}

fn tickets(told: &Told) -> Vec<String> {
    told.data["tickets"].as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
}

on_both! {
    fn a_stream_is_taken_up_without_a_gap_at_another_node(kit) {
        let desk = DeskWorld::new(&kit).await;
        let (first, second) = (Node::of(kit.house.clone()).await, Node::second(&kit).await);
        let token = token(&kit, "agent@t1").await;
        let mut events = first.stream(&token, "", None).await;
        assert_eq!(events.next().await.unwrap().what, "hello");
        let id = id_of(&desk.called().await);
        let change = events.told("change").await;
        assert_eq!(tickets(&change), std::slice::from_ref(&id));
        drop(events);
        // While nobody listens, more happens, told at one node and asked for at the other.
        let mut missed = vec![id.clone()];
        for _ in 0..3 {
            let mut call = DeskWorld::call();
            call["even_if_open"] = json!(true);
            missed.push(id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201)));
        }
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "已回电" })).await.expect(200);
        missed.sort();
        let mut events = second.stream(&token, "", Some(&change.id)).await;
        assert_eq!(events.next().await.unwrap().what, "hello");
        let caught = events.told("change").await;
        assert_eq!(tickets(&caught), missed);
        // From then on it is live there too, although the other node writes.
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "再试" })).await.expect(200);
        let live = events.told("change").await;
        assert_eq!(tickets(&live), [id]);
        assert!(live.id.parse::<i64>().unwrap() > caught.id.parse::<i64>().unwrap());
        // A place that the database never reached, as after a restored backup: read everything again.
        let mut events = second.stream(&token, "?after=9000000", None).await;
        assert_eq!(events.next().await.unwrap().what, "reset");
    }
}

on_both! {
    fn what_may_not_be_seen_never_arrives(kit) {
        let desk = DeskWorld::new(&kit).await;
        let other = World::new(&kit, "t2").await;
        let node = Node::of(kit.house.clone()).await;
        let mut theirs = node.stream(&token(&kit, "agent@t2").await, "", None).await;
        let mut engineers = node.stream(&token(&kit, "near@t1").await, "", None).await;
        for events in [&mut theirs, &mut engineers] {
            events.told("hello").await;
        }
        // Neither another tenant nor an engineer without an order hears of it.
        let hidden = id_of(&desk.called().await);
        let call = json!({ "symptom": "不开机", "terminal_unknown_reason": "标签磨掉了", "contact": { "name": "李", "phone": "13900007788" } });
        let own = id_of(&other.client(&kit, Role::Agent).await.post("/api/v1/tickets", &call).await.expect(201));
        assert_eq!(tickets(&theirs.told("change").await), [own]);
        let page = desk.does(&desk.agent, &hidden, "/work-orders", json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸", "skills": ["printer"] })).await;
        let order = &page["work_orders"][0];
        assert_eq!(heard(&kit, "near@t1").await, 0);
        desk.dispatcher.post(&format!("/api/v1/work-orders/{}/offer", order["id"].as_str().unwrap()), &json!({ "version": order["version"], "engineer_id": desk.near })).await.expect(200);
        assert_eq!(tickets(&engineers.told("change").await), std::slice::from_ref(&hidden));
        // The shop's bank hears of a reply, but not that a note was written; another bank of neither.
        let (bank, strange) = (heard(&kit, "bank@t1").await, heard(&kit, "otherbank@t1").await);
        assert_eq!(strange, 0);
        desk.agent.post(&path(&hidden, "/notes"), &json!({ "body": "商户语气很急" })).await.expect(200);
        assert_eq!(heard(&kit, "bank@t1").await, bank);
        desk.does(&desk.agent, &hidden, "/reply", json!({ "body": "请换一卷纸再试。" })).await;
        assert!(heard(&kit, "bank@t1").await > bank);
        assert_eq!(heard(&kit, "otherbank@t1").await, 0);
    }
}

on_both! {
    fn signing_out_ends_it_and_so_does_stopping(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut node = Node::of(kit.house.clone()).await;
        let (leaving, staying) = (token(&kit, "agent@t1").await, token(&kit, "supervisor@t1").await);
        let (mut left, mut stayed) = (node.stream(&leaving, "", None).await, node.stream(&staying, "", None).await);
        for events in [&mut left, &mut stayed] {
            events.told("hello").await;
        }
        desk.agent.clone().with_token(&leaving).delete("/api/v1/sessions/current").await;
        while left.next().await.is_some() {}
        // The others go on.
        let id = id_of(&desk.called().await);
        assert_eq!(tickets(&stayed.told("change").await), [id]);
        node.stop.take().unwrap().send(()).unwrap();
        while stayed.next().await.is_some() {}
        tokio::time::timeout(PATIENCE, node.serving).await.expect("nothing is left to wait for").unwrap();
        assert_eq!(kit.house.live.streams(), 0);
        assert_eq!(desk.supervisor.get("/api/v1/events").await.problem(503), "live.stopping");
    }
}

on_both! {
    fn two_nodes_see_who_is_on_a_ticket(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let second = Node::second(&kit).await;
        let query = format!("?ticket={id}");
        let mut events = second.stream(&token(&kit, "supervisor@t1").await, &query, None).await;
        assert_eq!(events.told("presence").await.data["people"], json!([]));
        // Said at the first node.
        let said = desk.agent.put(&path(&id, "/presence"), &json!({ "doing": "viewing" })).await.expect(200);
        assert_eq!(said["people"], json!([]));
        let told = events.told("presence").await;
        assert_eq!((told.data["ticket"].as_str(), &told.data["people"][0]["doing"]), (Some(id.as_str()), &json!("viewing")));
        desk.agent.put(&path(&id, "/presence"), &json!({ "doing": "writing" })).await.expect(200);
        assert_eq!(events.told("presence").await.data["people"][0]["name"], "agent@t1");
        // Whoever falls silent is gone by themselves.
        kit.later(jiff::SignedDuration::from_secs(46));
        assert_eq!(events.told("presence").await.data["people"], json!([]));
        // Leaving says so; strangers are not let in, and banks are not told.
        desk.agent.put(&path(&id, "/presence"), &json!({ "doing": "viewing" })).await.expect(200);
        events.told("presence").await;
        assert_eq!(desk.agent.delete(&path(&id, "/presence")).await.status, 204);
        assert_eq!(events.told("presence").await.data["people"], json!([]));
        assert_eq!(desk.engineer.put(&path(&id, "/presence"), &json!({ "doing": "viewing" })).await.problem(404), "not_found");
        assert_eq!(desk.bank.put(&path(&id, "/presence"), &json!({ "doing": "viewing" })).await.problem(403), "not_allowed");
        assert_eq!(desk.other_bank.get(&format!("/api/v1/events{query}")).await.problem(404), "not_found");
    }
}
