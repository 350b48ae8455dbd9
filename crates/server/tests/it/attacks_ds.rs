//! Rows of the attack catalogue about overload, transport and injection: sizes, depths, headers, paths, questions.

use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use postsale_domain::ground::{Refusal, Role};
use postsale_server::ground::gate::{Costly, Turn};
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::desk_world::{DeskWorld, id_of, path};
use crate::talk_world::SERIAL;

/// Longer than any of these may take on a slow machine; what they guard against takes minutes or for ever.
const PATIENCE: Duration = Duration::from_secs(20);

on_both! {
    fn ds_05_deep_wide_and_long_json_is_refused_without_effort(kit) {
        let agent = World::new(&kit, "t1").await.client(&kit, Role::Agent).await;
        let deep = format!("{{\"symptom\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let wide = format!("{{\"symptom\":[{}1]}}", "1,".repeat(60_000));
        let doubled = r#"{"symptom":"a","symptom":"b"}"#.to_owned();
        let huge = format!("{{\"symptom\":\"{}\"}}", "x".repeat(2_000_000));
        for (body, status) in [(deep, 422), (wide, 422), (doubled, 422), (huge, 413)] {
            let began = Instant::now();
            let request = agent.request(Method::POST, "/api/v1/tickets").header("content-type", "application/json");
            assert_eq!(agent.send(request.body(Body::from(body)).unwrap()).await.status, status);
            assert!(began.elapsed() < PATIENCE);
        }
    }
}

on_both! {
    fn in_03_the_operators_of_a_search_are_words(kit) {
        let agent = World::new(&kit, "t1").await.client(&kit, Role::Agent).await;
        for asked in ["%25", "_", "NEAR(", "%22", "*", "%5E", "%22a", "'%20OR%201%3D1--", "%00", "%F0%9F%98%80"] {
            for path in ["/api/v1/search?q=", "/api/v1/tickets/search?q="] {
                let answer = agent.get(&format!("{path}{asked}")).await;
                assert!(matches!(answer.status, 200 | 422), "{path}{asked}: {} {}", answer.status, answer.text);
            }
        }
        let many = vec!["a"; 2_000].join("%20");
        assert!(matches!(agent.get(&format!("/api/v1/search?q={many}")).await.status, 200 | 422));
    }
}

on_both! {
    fn in_10_what_one_database_cannot_keep_is_the_same_on_both(kit) {
        let agent = World::new(&kit, "t1").await.client(&kit, Role::Agent).await;
        // PostgreSQL keeps no NUL, so nobody does.
        for (text, kept) in [("a\u{0}b", "a\u{fffd}b"), ("😀 printer", "😀 printer"), ("e\u{301}\u{200b}", "e\u{301}\u{200b}")] {
            let opened = agent.post("/api/v1/tickets", &json!({ "symptom": text, "contact": { "name": "张老板" } })).await.expect(201);
            let id = opened["ticket"]["id"].as_str().unwrap();
            assert_eq!(agent.get(&format!("/api/v1/tickets/{id}")).await.expect(200)["ticket"]["symptom"], kept);
        }
    }
}

on_both! {
    fn in_11_a_parameter_said_twice_is_refused(kit) {
        let agent = World::new(&kit, "t1").await.client(&kit, Role::Agent).await;
        for query in ["limit=1&limit=2", "limit=1.0", "limit=-1", "limit=true", "limit[]=1", "limit=1&unknown=2"] {
            assert_eq!(agent.get(&format!("/api/v1/tickets?{query}")).await.status, 422, "{query}");
        }
    }
}

#[test]
fn at_15_no_path_leads_out_of_the_house() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let anybody = Client::new(&kit.house);
        for path in [
            "/..%2f..%2fetc%2fpasswd",
            "/assets/..%2f..%2fCargo.toml",
            "/..%5c..%5cwin.ini",
            "/assets/%00",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/m/..%2f..",
            "/r/%ef%bc%8f",
        ] {
            let answer = anybody.get(path).await;
            assert!(
                answer.status < 500 && !answer.text.contains("root:") && !answer.text.contains("[workspace]"),
                "{path}: {}",
                answer.status
            );
        }
    });
}

#[test]
fn every_answer_carries_what_browsers_must_know() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        for path in ["/", "/healthz", "/api/v1/tickets", "/m/unknown", "/r", "/nowhere"] {
            let request = Client::new(&kit.house).request(Method::GET, path).body(Body::empty()).unwrap();
            let answer = postsale_server::http::router(kit.house.clone()).oneshot(request).await.unwrap();
            let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
            let policy = header("content-security-policy");
            assert!(
                policy.contains("default-src") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-eval"),
                "{path}: {policy}"
            );
            assert!(!policy.contains("script-src 'unsafe-inline'"), "{path}: {policy}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("x-frame-options"), "DENY", "{path}");
            assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        }
    });
}

/// Serves on a port of its own; what is sent there and what comes back, until the server closes.
async fn said(kit: &Kit, parts: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let serving = tokio::spawn(postsale_server::serve::serve(kit.house.clone(), listener, std::future::pending()));
    let mut stream = TcpStream::connect(at).await.unwrap();
    for part in parts {
        // The server may have closed its side already: that is an answer, too.
        if stream.write_all(&part).await.is_err() {
            break;
        }
    }
    let _ = stream.shutdown().await;
    let mut text = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("the server lets go");
    serving.abort();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn ds_03_a_request_has_one_meaning_or_none() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let head = "POST /api/v1/sessions HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n";
        let smuggled = "GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n";
        for extra in [
            "content-length: 5\r\ncontent-length: 6\r\n",
            "transfer-encoding: chunked, identity\r\n",
            "transfer-encoding: xchunked\r\n",
            "content-length: +5\r\n",
            "content-length: 5\r\n folded: x\r\n",
        ] {
            let answer = said(&kit, vec![format!("{head}{extra}\r\n0\r\n\r\n{smuggled}").into_bytes()]).await;
            assert!(!answer.contains("200 OK"), "{extra}: {answer}");
        }
        // Both lengths: the chunks count, and what follows is not read as another request of the same client.
        let both = format!("{head}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}");
        let answer = said(&kit, vec![both.into_bytes()]).await;
        assert!(answer.matches("HTTP/1.1").count() <= 2, "{answer}");
    });
}

/// Takes every turn of a kind: those that go on, and those that wait.
fn all_turns(kit: &Kit, kind: Costly) -> (Vec<Turn>, JoinSet<Result<Turn, Refusal>>) {
    let (mut on, mut waiting) = (Vec::new(), JoinSet::new());
    for n in 0.. {
        let house = kit.house.clone();
        let mut turn = Box::pin(async move { house.gate.turn(kind, &format!("somebody {n}")).await });
        match turn.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(turn)) => on.push(turn),
            Poll::Ready(Err(refusal)) => {
                assert_eq!(refusal.code, "costly.full");
                break;
            }
            Poll::Pending => drop(waiting.spawn(turn)),
        }
    }
    (on, waiting)
}

on_both! {
    fn ds_06_costly_questions_have_turns_and_the_desk_goes_on(kit) {
        let desk = DeskWorld::new(&kit).await;
        let ticket = id_of(&desk.called().await);
        desk.does(&desk.agent, &ticket, "/claim", json!({})).await;
        let asked = json!({ "fault_code": "PRN-01", "reason_code": "needs_hands", "reason": "换过纸卷仍报缺纸", "skills": ["printer"] });
        let sent = desk.does(&desk.agent, &ticket, "/work-orders", asked).await;
        let order = sent["work_orders"][0]["id"].as_str().unwrap();
        let doors = [
            (Costly::Sheet, &desk.supervisor, Method::POST, "/api/v1/imports?kind=merchants&file_name=table".to_owned()),
            (Costly::Table, &desk.supervisor, Method::GET, "/api/v1/exports/tickets?format=xlsx".to_owned()),
            (Costly::Table, &desk.supervisor, Method::GET, "/api/v1/audit/export".to_owned()),
            (Costly::Search, &desk.supervisor, Method::GET, "/api/v1/search?q=%E5%8D%A1%E7%BA%B8".to_owned()),
            (Costly::Search, &desk.supervisor, Method::GET, "/api/v1/tickets/search?q=T-000001".to_owned()),
            (Costly::Search, &desk.supervisor, Method::GET, path(&ticket, "/similar")),
            (Costly::Thinking, &desk.dispatcher, Method::GET, format!("/api/v1/work-orders/{order}/suggestions")),
        ];
        let router = postsale_server::http::router(kit.house.clone());
        for (kind, client, method, door) in doors {
            // A body where one is handed in; the other doors read none.
            let question = || client.request(method.clone(), &door).body(Body::from("商户号,商户名称,收单机构\n1,a,b\n")).unwrap();
            let ask = || router.clone().oneshot(question());
            let good = |status: u16| matches!(status, 200 | 201);
            let (on, mut waiting) = all_turns(&kit, kind);
            for answer in (0..50).map(|_| ask()).collect::<JoinSet<_>>().join_all().await {
                let answer = answer.unwrap();
                assert!(matches!(answer.status().as_u16(), 429 | 503), "{door}: {}", answer.status());
                assert_eq!(answer.headers()["content-type"], "application/problem+json", "{door}");
                assert!(answer.headers().contains_key("retry-after"), "{door}");
            }
            assert_eq!(client.send(question()).await.problem(503), "costly.full");
            // What a case needs at this moment asks nobody for a turn.
            let call = json!({ "terminal_serial": SERIAL, "even_if_open": true, "symptom": "又不出纸了", "contact": { "name": "张老板", "phone": "13812345521" } });
            id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
            desk.page(&ticket).await;
            waiting.shutdown().await;
            drop(on);
            assert!(good(client.send(question()).await.status), "{door}");
            // Fifty of one person: each gets an answer or is told to come back, and nothing stays taken.
            let mut fifty: JoinSet<_> = (0..50).map(|_| ask()).collect();
            while let Some(answer) = fifty.join_next().await {
                let status = answer.unwrap().unwrap().status().as_u16();
                assert!(good(status) || matches!(status, 429 | 503), "{door}: {status}");
            }
            assert!(good(client.send(question()).await.status), "{door}");
        }
    }
}

#[test]
fn ds_04_a_body_without_end_is_cut_at_its_limit() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let head = b"POST /api/v1/sessions HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n".to_vec();
        let declared = [head.clone(), b"content-length: 2000000000\r\n\r\n{\"username\":\"".to_vec(), vec![b'a'; 1 << 20]].to_vec();
        assert!(said(&kit, declared).await.starts_with("HTTP/1.1 413"));
        let chunk = [b"100000\r\n".to_vec(), vec![b'a'; 0x10_0000], b"\r\n".to_vec()].concat();
        let endless = [vec![head, b"transfer-encoding: chunked\r\n\r\n".to_vec()], vec![chunk; 4]].concat();
        assert!(said(&kit, endless).await.starts_with("HTTP/1.1 413"));
        // Nothing here unpacks what is sent packed, so there is nothing to blow up.
        let packed = Client::new(&kit.house)
            .request(Method::POST, "/api/v1/sessions")
            .header("content-type", "application/json")
            .header("content-encoding", "gzip");
        let answer = postsale_server::http::router(kit.house.clone())
            .oneshot(packed.body(Body::from(vec![0x1f, 0x8b, 8, 0])).unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    });
}
