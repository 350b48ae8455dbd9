//! Files on their way in: exact places, nothing unannounced, nothing twice.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, header};
use postsale_domain::ground::Role;
use postsale_domain::merchant::Tier;
use postsale_server::ground::db::Query;
use postsale_server::ground::sheet::{Book, Out};
use postsale_server::merchant::store::{self as merchants, Merchant, Store};
use postsale_server::sql;
use postsale_server::worker;
use postsale_testkit::{Answer, Client, Kit, World, on_both};
use serde_json::{Value, json};

pub async fn hand_in(client: &Client, kind: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("/api/v1/imports?kind={kind}&file_name=table");
    let request = client.request(Method::POST, &path).header(header::CONTENT_TYPE, "application/octet-stream");
    client.send(request.body(Body::from(bytes)).unwrap()).await
}

/// The columns as guessed, the way a page sends them back.
pub fn mapping(page: &Value) -> Value {
    let columns = page["columns"].as_array().unwrap().iter();
    let pairs = columns.filter_map(|c| Some((c["field"].as_str()?.to_owned(), c["letter"].clone())));
    Value::Object(pairs.collect())
}

pub async fn checked(kit: &Kit, client: &Client, page: &Value) -> Value {
    let id = page["id"].as_str().unwrap();
    let asked = json!({ "version": page["version"], "mapping": mapping(page) });
    let begun = client.post(&format!("/api/v1/imports/{id}/check"), &asked).await.expect(202);
    assert_eq!(begun["state"], "checking");
    worker::round(&kit.house).await;
    let page = client.get(&format!("/api/v1/imports/{id}")).await.expect(200);
    assert_eq!(page["state"], "checked");
    page
}

pub async fn committed(kit: &Kit, client: &Client, page: &Value, choice: &str) -> Value {
    let id = page["id"].as_str().unwrap();
    client.post(&format!("/api/v1/imports/{id}/commit"), &json!({ "version": page["version"], "choice": choice })).await.expect(202);
    worker::round(&kit.house).await;
    let page = client.get(&format!("/api/v1/imports/{id}")).await.expect(200);
    assert_eq!(page["state"], "done");
    page
}

/// Every place with an error, and its code.
pub async fn errors(client: &Client, page: &Value) -> BTreeMap<String, String> {
    let (id, mut after, mut found) = (page["id"].as_str().unwrap(), 0, BTreeMap::new());
    loop {
        let rows = client.get(&format!("/api/v1/imports/{id}/rows?state=bad&limit=200&after={after}")).await.expect(200);
        for error in rows["items"].as_array().unwrap().iter().flat_map(|r| r["errors"].as_array().unwrap()) {
            let text = |name: &str| error[name].as_str().unwrap().to_owned();
            assert!(text("sentence").ends_with('。'), "{error}");
            found.insert(text("place"), text("code"));
        }
        match rows["next"].as_i64() {
            Some(next) => after = next,
            None => return found,
        }
    }
}

async fn merchants_with_stores(kit: &Kit, world: &World, count: u32) {
    world
        .write(kit, move |tx| {
            let acquirer = merchants::add_acquirer(tx, "ACQ", "示例银行")?;
            for n in 0..count {
                let merchant = Merchant {
                    id: tx.new_id(),
                    acquirer_id: acquirer,
                    acquirer_name: String::new(),
                    mid: format!("8983101541{n:05}"),
                    name: format!("商户{n}"),
                    uscc: String::new(),
                    tier: Tier::Standard,
                    industry: String::new(),
                    settlement_account_mask: String::new(),
                };
                merchants::add_merchant(tx, &merchant)?;
                let store = Store {
                    id: tx.new_id(),
                    merchant_id: merchant.id,
                    name: format!("门店{n}"),
                    address: "示例路1号".into(),
                    district: "浦东".into(),
                    lat_e6: 31_220_000,
                    lng_e6: 121_540_000,
                    hours: serde_json::from_str("{}").unwrap(),
                    agreement: "urban".into(),
                };
                merchants::add_store(tx, &store)?;
            }
            Ok(())
        })
        .await;
}

const MERCHANTS: u32 = 8_000;
const TERMINALS: u32 = 9_500;

/// A table of terminals with 112 bad rows, sixteen of each of seven sorts, and the places that must be named.
fn terminals() -> (Vec<u8>, BTreeMap<String, String>) {
    let header = ["序列号", "终端唯一标识", "型号", "启用日期", "商户号", "终端号"].map(str::to_owned);
    let mut book = Book::new(&header).unwrap();
    let mut expected = BTreeMap::new();
    let (mut bad, mut dice) = (BTreeSet::new(), 20_261_126_u64);
    while bad.len() < 112 {
        // A fixed sequence of numbers (Knuth's multiplier); the first row stays good so that there is something to double.
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bad.insert(1 + (dice >> 33) as u32 % (TERMINALS - 1));
    }
    let sort: BTreeMap<u32, usize> = bad.iter().enumerate().map(|(i, n)| (*n, i % 7)).collect();
    for n in 0..TERMINALS {
        let mut cells = [
            format!("8210{n:08}"),
            format!("000007{n:014}"),
            "A920".to_owned(),
            "2026-03-01".to_owned(),
            format!("8983101541{:05}", n % MERCHANTS),
            format!("{:08}", 10_000_000 + n),
        ];
        let wrong = sort.get(&n).map(|sort| match sort {
            0 => (0, format!("8210{n:07}O"), "import.letters_among_digits"),
            1 => (1, format!("000007{n:013}"), "terminal.bad_tusn"),
            2 => (2, "X9999".to_owned(), "terminal.model_unknown"),
            3 => (3, "三月初".to_owned(), "import.no_day"),
            4 => (4, "898310154199999".to_owned(), "import.no_merchant"),
            5 => (5, "1234567".to_owned(), "terminal.bad_tid"),
            _ => (0, "821000000000".to_owned(), "import.twice"),
        });
        if let Some((column, value, code)) = wrong {
            cells[column] = value;
            expected.insert(postsale_domain::import::place(i64::from(n) + 2, column), code.to_owned());
        }
        book.row(&cells).unwrap();
    }
    (book.bytes().unwrap(), expected)
}

/// A bank's first day: nine and a half thousand terminals, 112 of them wrong, each at the cell that is wrong.
#[test]
fn a_large_file_is_judged_cell_by_cell() {
    Kit::run(Some(Kit::sqlite()), async |kit: Kit| {
        let world = World::new(&kit, "t1").await;
        merchants_with_stores(&kit, &world, MERCHANTS).await;
        let (bytes, expected) = terminals();
        let client = world.client(&kit, Role::Supervisor).await;
        let page = hand_in(&client, "terminals", bytes).await.expect(201);
        assert_eq!((page["rows"].as_u64(), mapping(&page).as_object().unwrap().len()), (Some(9_500), 6));
        let page = checked(&kit, &client, &page).await;
        assert_eq!((page["tally"]["bad"].as_u64(), page["tally"]["good"].as_u64()), (Some(112), Some(9_388)));
        assert_eq!(errors(&client, &page).await, expected);
        // All or nothing was asked for: nothing.
        let commit = format!("/api/v1/imports/{}/commit", page["id"].as_str().unwrap());
        let all = client.post(&commit, &json!({ "version": page["version"], "choice": "all" })).await;
        assert_eq!(all.problem(409), "import.has_errors");
        let page = committed(&kit, &client, &page, "good").await;
        assert_eq!((page["tally"]["made"].as_u64(), page["tally"]["bad"].as_u64()), (Some(9_388), Some(112)));
        let bound = world.read(&kit, |tx| Ok(tx.number(sql!("SELECT COUNT(*) FROM binding WHERE valid_to IS NULL"), &[])?)).await;
        assert_eq!(bound, 9_388);
    });
}

const MERCHANT_CSV: &str = "商户编号,商户,收单行,等级,结算账号\n\
898310154110001,顺风面馆,示例银行,金牌,6222021234566621\n\
88231,坏号,示例银行,,\n\
898310154110003,,示例银行,,\n\
898310154110004,茶馆,没有的银行,钻石,\n\
８９８３１０１５４１１０００５,全角店,ACQ,,\n\
898310154110001,又一家,示例银行,,\n\
898310154110007,=cmd|' /C calc'!A0,示例银行,,\n";

on_both! {
    fn a_table_is_guessed_checked_corrected_and_imported_once(kit) {
        let world = World::new(&kit, "t1").await;
        world.write(&kit, |tx| merchants::add_acquirer(tx, "ACQ", "示例银行")).await;
        let client = world.client(&kit, Role::Admin).await;
        let chinese = encoding(MERCHANT_CSV);
        let page = hand_in(&client, "merchants", chinese.clone()).await.expect(201);
        let page = checked(&kit, &client, &page).await;
        let found = errors(&client, &page).await;
        let expected = [("A3", "merchant.bad_mid"), ("A6", "merchant.bad_mid"), ("A7", "import.twice"), ("B4", "import.missing"), ("C5", "import.no_such"), ("D5", "import.no_tier")];
        assert_eq!(found, expected.map(|(place, code)| (place.to_owned(), code.to_owned())).into());

        let id = page["id"].as_str().unwrap().to_owned();
        let table = client.get(&format!("/api/v1/imports/{id}/errors.xlsx")).await;
        assert_eq!((table.status, table.text.starts_with("PK")), (200, true));
        let correct = format!("/api/v1/imports/{id}/corrections");
        let one = json!({ "version": page["version"], "cells": [{ "row": 4, "column": "B", "value": "补上的名字" }], "proposed": true });
        let page = client.post(&correct, &one).await.expect(200);
        assert_eq!((page["tally"]["bad"].as_i64(), page["tally"]["good"].as_i64()), (Some(3), Some(4)), "one by hand, one full-width number by proposal");
        assert_eq!(client.post(&correct, &json!({ "version": page["version"], "cells": [{ "row": 99, "column": "B", "value": "x" }] })).await.problem(422), "import.no_row");

        let page = committed(&kit, &client, &page, "good").await;
        assert_eq!((page["tally"]["made"].as_i64(), page["tally"]["bad"].as_i64()), (Some(4), Some(3)));
        let list = client.get("/api/v1/merchants").await.expect(200);
        let mut names: Vec<&str> = list["items"].as_array().unwrap().iter().map(|m| m["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["=cmd|' /C calc'!A0", "全角店", "补上的名字", "顺风面馆"]);
        let again = client.post(&format!("/api/v1/imports/{id}/commit"), &json!({ "version": page["version"], "choice": "good" })).await;
        assert_eq!(again.problem(409), "import.over");

        // The same file once more: what is on record is recognised, nothing is made twice.
        let page = hand_in(&client, "merchants", chinese).await.expect(201);
        let page = checked(&kit, &client, &page).await;
        assert_eq!((page["tally"]["known"].as_i64(), page["tally"]["good"].as_i64()), (Some(2), Some(0)));
        let nothing = client.post(&format!("/api/v1/imports/{}/commit", page["id"].as_str().unwrap()), &json!({ "version": page["version"], "choice": "good" })).await;
        assert_eq!(nothing.problem(409), "import.nothing");
    }
}

fn encoding(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

on_both! {
    fn imports_are_for_those_who_may_and_files_are_not_trusted(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        let client = world.client(&kit, Role::Admin).await;
        let page = hand_in(&client, "merchants", MERCHANT_CSV.into()).await.expect(201);
        let path = format!("/api/v1/imports/{}", page["id"].as_str().unwrap());
        assert_eq!(other.client(&kit, Role::Admin).await.get(&path).await.problem(404), "not_found");
        assert_eq!(hand_in(&world.client(&kit, Role::Agent).await, "merchants", MERCHANT_CSV.into()).await.problem(403), "not_allowed");
        assert_eq!(hand_in(&client, "merchants", vec![b'a'; 17 * 1024 * 1024]).await.problem(413), "sheet.large");
        assert_eq!(hand_in(&client, "merchants", b"%PDF\0".to_vec()).await.problem(422), "sheet.kind");
        assert_eq!(hand_in(&client, "tickets", MERCHANT_CSV.into()).await.problem(422), "query.unreadable");
        let check = format!("{path}/check");
        let asked = |mapping: Value| json!({ "version": 1, "mapping": mapping });
        for (mapping, code) in [
            (json!({ "mid": "A" }), "import.column_missing"),
            (json!({ "mid": "A", "name": "A", "acquirer": "C" }), "import.column_twice"),
            (json!({ "mid": "A", "name": "B", "acquirer": "Z" }), "import.column_twice"),
            (json!({ "mid": "A", "name": "B", "acquirer": "C", "owner": "D" }), "import.column_unknown"),
        ] {
            assert_eq!(client.post(&check, &asked(mapping)).await.problem(422), code);
        }
        assert_eq!(client.post(&format!("{path}/commit"), &json!({ "version": 1, "choice": "good" })).await.problem(409), "import.not_checked");
        assert_eq!(client.post(&check, &json!({ "version": 7, "mapping": {} })).await.problem(409), "stale");
        for kind in ["merchants", "stores", "contacts", "terminals", "bindings"] {
            let sample = client.get(&format!("/api/v1/import-samples/{kind}?format=csv")).await;
            let page = hand_in(&client, kind, sample.text.into()).await.expect(201);
            assert!(page["fields"].as_array().unwrap().iter().all(|f| page["columns"].to_string().contains(f["name"].as_str().unwrap())), "{kind}");
        }
        assert_eq!(client.get("/api/v1/imports?limit=2").await.expect(200)["items"].as_array().unwrap().len(), 2);
    }
}

on_both! {
    fn in_09_lists_are_taken_away_masked_defused_and_by_their_own(kit) {
        let world = World::new(&kit, "t1").await;
        crate::talk_world::some_terminal(&kit, &world).await;
        crate::talk_world::some_ticket(&kit, &world).await;
        world
            .write(&kit, |tx| {
                let mut bad = merchants::merchant_by_mid(tx, "898310154110001")?.unwrap().value;
                (bad.id, bad.mid, bad.name) = (tx.new_id(), "898310154110009".into(), "=HYPERLINK(\"http://x\")".into());
                merchants::add_merchant(tx, &bad)
            })
            .await;
        let supervisor = world.client(&kit, Role::Supervisor).await;
        let csv = supervisor.get("/api/v1/exports/merchants").await;
        assert_eq!((csv.status, csv.text.lines().count()), (200, 3));
        assert!(csv.text.contains("\"'=HYPERLINK(\"\"http://x\"\")\"") && csv.text.starts_with('\u{FEFF}'), "{}", csv.text);
        for list in ["tickets", "terminals", "work-orders", "letters", "audit", "users", "parts", "incidents", "follow-ups"] {
            let csv = supervisor.get(&format!("/api/v1/exports/{list}?format=csv")).await;
            assert_eq!(csv.status, 200, "{list}: {}", csv.text);
            assert!(!csv.text.contains("13812345521") && !csv.text.contains("column."), "{list}");
            let book = supervisor.get(&format!("/api/v1/exports/{list}?format=xlsx")).await;
            assert!(book.status == 200 && book.text.starts_with("PK"), "{list}");
        }
        // What people read stands in words, as on the screens.
        let tickets = supervisor.get("/api/v1/exports/tickets").await.text;
        assert!(tickets.contains(",待登记,普通,"), "{tickets}");
        assert!(supervisor.get("/api/v1/exports/users").await.text.contains("主管,在用"));
        let unknown = supervisor.get("/api/v1/exports/users?state=asleep").await;
        assert_eq!(unknown.json["field"], "state");
        assert!(unknown.text.contains("没有“asleep”这个值") && !unknown.text.contains("variant"), "{}", unknown.text);
        assert_eq!(unknown.problem(422), "query.unreadable");
        assert!(csv.text.contains("标准"), "{}", csv.text);
        for (list, state, status) in [
            ("incidents", "resolved", 200), ("incidents", "over", 422), ("follow-ups", "coming", 200), ("follow-ups", "late", 422), ("users", "gone", 422),
        ] {
            assert_eq!(supervisor.get(&format!("/api/v1/exports/{list}?state={state}")).await.status, status, "{list} {state}");
        }
        let taken = supervisor.get("/api/v1/exports/audit").await;
        assert!(taken.text.contains("export.read"), "who took it stands in the chain");
        assert_eq!(supervisor.get("/api/v1/exports/secrets").await.problem(404), "not_found");
        assert_eq!(world.client(&kit, Role::Quality).await.get("/api/v1/exports/letters").await.problem(403), "not_allowed");
        assert_eq!(world.client(&kit, Role::Agent).await.get("/api/v1/exports/tickets").await.problem(403), "not_allowed");
        // An acquirer's member without an acquirer sees none; the header alone is left.
        assert_eq!(world.client(&kit, Role::Acquirer).await.get("/api/v1/exports/merchants").await.text.lines().count(), 1);
    }
}
