//! Rows of the attack catalogue about injection: what somebody typed is a value, in statements, tables and logs. IN-03, IN-05, IN-10 and
//! IN-11 stand in `attacks_ds.rs` and `imports_odd.rs`, IN-09 in `imports.rs`; nobody can type a pattern anywhere, so IN-04 has no test.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Method;
use calamine::{Data, Reader, Xlsx};
use http_body_util::BodyExt;
use postsale_domain::ground::Role;
use postsale_server::ground::db::Query;
use postsale_server::merchant::store as merchants;
use postsale_server::{http, sql};
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};
use tower::ServiceExt;
use tracing::instrument::WithSubscriber;

use crate::talk_world::{some_terminal, some_ticket};

/// What a prober sends, ready for an address.
const PROBES: [&str; 8] = [
    "%27%20OR%20%271%27%3D%271",
    "1%3B%20DROP%20TABLE%20ticket%3B--",
    "%27%20UNION%20SELECT%20password_hash%20FROM%20app_user--",
    "%22%29%29%20OR%201%3D1%20--",
    "updated_at%20DESC%2C%28SELECT%201%29",
    "%24%7B7*7%7D%00",
    "%5B%22%24ne%22%5D",
    "1%20AND%20pg_sleep%285%29",
];

/// Paths of reading routes, with the names of their parameters.
fn questions() -> Vec<(String, Vec<String>)> {
    let document = serde_json::to_value(http::openapi()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let parameters = methods["get"]["parameters"].as_array().into_iter().flatten();
        let names = parameters.filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap().to_owned()).collect();
        // A stream of events does not end by itself.
        if methods["get"].is_object() && !path.ends_with("/events") {
            found.push((path.clone(), names));
        }
    }
    found
}

/// A path with a probe wherever it wants a word.
fn probed(path: &str, probe: &str) -> String {
    path.split('/').map(|word| if word.starts_with('{') { probe } else { word }).collect::<Vec<_>>().join("/")
}

on_both! {
    fn in_01_every_parameter_of_every_question_is_a_value(kit) {
        let world = World::new(&kit, "t1").await;
        some_terminal(&kit, &world).await;
        some_ticket(&kit, &world).await;
        let admin = world.client(&kit, Role::Admin).await;
        let rows = async || world.read(&kit, |tx| Ok((
            tx.number(sql!("SELECT COUNT(*) FROM ticket"), &[])?,
            tx.number(sql!("SELECT COUNT(*) FROM app_user"), &[])?,
        ))).await;
        let before = rows().await;
        for (path, names) in questions() {
            for probe in PROBES {
                let plain = path.split('/').all(|word| !word.starts_with('{'));
                let asked = names.iter().map(|name| format!("{}?{name}={probe}", probed(&path, probe)));
                for address in asked.chain((!plain).then(|| probed(&path, probe))) {
                    let answer = admin.get(&address).await;
                    assert!(answer.status < 500, "{address}: {} {}", answer.status, answer.text);
                    assert!(!answer.text.contains("$argon2") && !answer.text.contains("syntax"), "{address}: {}", answer.text);
                }
            }
        }
        assert_eq!(rows().await, before);
        // An order or a view is one of a list, not a piece of a statement.
        for query in ["sort=updated_at%20DESC", "sort=password_hash", "view=open%27--", "state=new%27", "owner=%27"] {
            assert_eq!(admin.get(&format!("/api/v1/tickets?{query}")).await.status, 422, "{query}");
        }
    }
}

on_both! {
    fn in_02_quotes_and_comments_in_an_id_are_part_of_it(kit) {
        let world = World::new(&kit, "t1").await;
        let agent = world.client(&kit, Role::Agent).await;
        for id in ["1' OR '1'='1", "2\"; DROP TABLE letter; --", "3/**/UNION", "4\\'", "5%27"] {
            let letter = json!({ "external_id": id, "sender": { "name": "王' --", "phone": "13900007788" }, "body": "打不出小票" });
            let first = agent.post("/api/v1/letters", &letter).await.expect(202);
            // The same id is the same letter, and no other.
            assert_eq!(agent.post("/api/v1/letters", &letter).await.expect(202)["id"], first["id"], "{id}");
        }
        assert_eq!(world.read(&kit, |tx| Ok(tx.number(sql!("SELECT COUNT(*) FROM letter"), &[])?)).await, 5);
        for serial in ["A9'; DELETE FROM terminal; --", "A9\"--", "<id>A9</id>"] {
            let call = json!({ "terminal_serial": serial, "symptom": "x", "contact": { "name": "李", "phone": "13900007788" } });
            assert_eq!(agent.post("/api/v1/tickets", &call).await.status, 422, "{serial}");
        }
    }
}

/// What a spreadsheet would run, by its first sign.
const FORMULAS: [&str; 9] =
    ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "＝1+1", "=HYPERLINK(\"http://x\")", " =1+1"];

/// The bytes of a list as it is taken away.
async fn taken(client: &Client, path: &str) -> Vec<u8> {
    let request = client.request(Method::GET, path).body(Body::empty()).unwrap();
    let response = client.router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

/// Merchants whose names and trades are what a spreadsheet would run.
async fn armed(kit: &Kit, world: &World) {
    some_terminal(kit, world).await;
    world
        .write(kit, |tx| {
            let known = merchants::merchant_by_mid(tx, "898310154110001")?.unwrap().value;
            for (n, formula) in FORMULAS.iter().enumerate() {
                let (name, industry) = ((*formula).to_owned(), (*formula).to_owned());
                let merchant = merchants::Merchant { id: tx.new_id(), mid: format!("89831015411010{n}"), name, industry, ..known.clone() };
                merchants::add_merchant(tx, &merchant)?;
            }
            Ok(())
        })
        .await;
}

on_both! {
    fn in_06_no_cell_of_a_csv_is_run(kit) {
        let world = World::new(&kit, "t1").await;
        armed(&kit, &world).await;
        let supervisor = world.client(&kit, Role::Supervisor).await;
        let bytes = taken(&supervisor, "/api/v1/exports/merchants?format=csv").await;
        let mut lines = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
        let cells: Vec<String> = lines.records().flat_map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
        for cell in &cells {
            let first = cell.trim_start_matches([' ', '\u{feff}']).chars().next();
            assert!(!first.is_some_and(|c| "=+-@\t\r＝＋－＠".contains(c)), "{cell:?}");
        }
        // Nothing of what was typed is lost by it.
        for formula in FORMULAS {
            assert!(cells.iter().any(|cell| cell.trim_start_matches('\'').contains(formula.trim())), "{formula:?} in {cells:?}");
        }
    }
}

on_both! {
    fn in_07_no_cell_of_a_workbook_is_a_formula(kit) {
        let world = World::new(&kit, "t1").await;
        armed(&kit, &world).await;
        let supervisor = world.client(&kit, Role::Supervisor).await;
        let bytes = taken(&supervisor, "/api/v1/exports/merchants?format=xlsx").await;
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(io::Cursor::new(bytes)).unwrap();
        for name in book.sheet_names() {
            assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name} has formulas");
            let range = book.worksheet_range(&name).unwrap();
            let texts: Vec<&str> = range.cells().filter_map(|(_, _, cell)| if let Data::String(text) = cell { Some(text.as_str()) } else { None }).collect();
            for formula in FORMULAS {
                assert!(texts.iter().any(|text| text.contains(formula.trim())), "{formula:?} is not a text of {name}");
            }
        }
    }
}

/// A log that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn in_08_what_a_request_brings_starts_no_line_of_the_log() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let world = World::new(&kit, "t1").await;
        let agent = world.client(&kit, Role::Agent).await;
        let log = Log::default();
        let writer = log.clone();
        // As the program writes it, and more of it.
        let subscriber =
            tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(move || writer.clone()).finish();
        let fake = "{\"level\":\"ERROR\",\"forged\":true}";
        async {
            for path in [
                "/api/v1/tickets/%0d%0aERROR%20forged",
                "/api/v1/tickets?q=%1b%5b31mforged%0a",
                "/m/forged%0aERROR",
                "/nowhere/%0aERROR%20forged",
            ] {
                let request = agent
                    .request(Method::GET, path)
                    .header("user-agent", format!("forged {}", "x".repeat(30_000)))
                    .header("x-request-id", fake);
                agent.send(request.body(Body::empty()).unwrap()).await;
            }
            let body = json!({ "symptom": format!("a\n2026-11-26 ERROR forged\u{1b}[31m {fake}"), "external_id": "\r\nERROR forged" });
            agent.post("/api/v1/tickets", &body).await;
            agent.post("/api/v1/sessions", &json!({ "username": "x\nERROR forged", "password": "p\u{1b}[2J" })).await;
        }
        .with_subscriber(subscriber)
        .await;
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(text.lines().count() > 5, "the log was written: {text}");
        let lines: Vec<Value> = text.lines().map(|line| json!(line)).collect();
        assert!(
            text.lines().all(|line| line.len() < 4_000 && !line.trim_start().starts_with("ERROR forged") && !line.starts_with('{')),
            "{lines:?}"
        );
        assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{lines:?}");
    });
}
