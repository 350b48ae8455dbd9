//! The registry over HTTP: who sees what, what is refused, and that no list reads a whole table.

use postsale_domain::ground::{AcquirerId, EngineerId, Role};
use postsale_domain::merchant::{MerchantId, Tier};
use postsale_domain::terminal::TerminalId;
use postsale_server::crew;
use postsale_server::ground::db::{Dialect, Query, registered};
use postsale_server::merchant::store::{self as merchants, Merchant};
use postsale_server::org;
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::talk_world::{SERIAL, some_terminal, some_ticket};

/// The noodle shop of the talk world, a second acquirer with a shop of its own, and somebody of each.
struct Scene {
    world: World,
    noodles: MerchantId,
    other: MerchantId,
    terminal: TerminalId,
    agent: Client,
    own: Client,
    foreign: Client,
    engineer: Client,
    engineer_id: EngineerId,
}

fn merchant(tx: &mut postsale_server::ground::db::Tx<'_>, acquirer: AcquirerId, mid: &str, name: &str) -> Merchant {
    Merchant {
        id: tx.new_id(),
        acquirer_id: acquirer,
        acquirer_name: String::new(),
        mid: mid.into(),
        name: name.into(),
        uscc: "91350100M000100Y43".into(),
        tier: Tier::Gold,
        industry: "零售".into(),
        settlement_account_mask: "*1234".into(),
    }
}

impl Scene {
    async fn new(kit: &Kit) -> Scene {
        let world = World::new(kit, "t1").await;
        let terminal = some_terminal(kit, &world).await;
        let hash = org::api::hash_password("postsale-test").unwrap();
        let (noodles, other, engineer_id) = world
            .write(kit, move |tx| {
                let noodles = merchants::merchant_by_mid(tx, "898310154110001")?.unwrap().value;
                let second = merchants::add_acquirer(tx, "ACQ2", "另一银行")?;
                let other = merchant(tx, second, "898310154110002", "文具店");
                merchants::add_merchant(tx, &other)?;
                let engineer: EngineerId = tx.new_id();
                crew::store::add_engineer(
                    tx,
                    &postsale_domain::crew::Engineer {
                        id: engineer,
                        name: "工程师".into(),
                        phone: "13800000000".into(),
                        skills: Vec::new(),
                        territory: vec!["浦东".into()],
                        shifts: serde_json::from_str(r#"{"week":{"1":[["08:30","18:00"]]}}"#).unwrap(),
                        daily_limit: 6,
                        home: (31_200_000, 121_500_000),
                        active: true,
                    },
                )?;
                org::store::add_user(tx, "own@t1", "示例银行", Role::Acquirer, &hash, None, Some(noodles.acquirer_id))?;
                org::store::add_user(tx, "foreign@t1", "另一银行", Role::Acquirer, &hash, None, Some(second))?;
                org::store::add_user(tx, "crew@t1", "工程师", Role::Engineer, &hash, Some(engineer), None)?;
                Ok((noodles.id, other.id, engineer))
            })
            .await;
        let sign_in = async |name: &str| Client::new(&kit.house).sign_in(name, "postsale-test").await;
        Scene {
            noodles,
            other,
            terminal,
            agent: world.client(kit, Role::Agent).await,
            own: sign_in("own@t1").await,
            foreign: sign_in("foreign@t1").await,
            engineer: sign_in("crew@t1").await,
            engineer_id,
            world,
        }
    }
}

/// A word as it stands in an address.
fn escaped(word: &str) -> String {
    word.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|m| m["name"].as_str().or(m["serial_no"].as_str()).unwrap()).collect()
}

on_both! {
    fn merchants_are_listed_paged_and_seen_by_their_own(kit) {
        let s = Scene::new(&kit).await;
        let all = s.agent.get("/api/v1/merchants").await.expect(200);
        // Both were written at the same instant, so either may come first.
        let mut both = names(&all);
        both.sort();
        assert_eq!(both, ["文具店", "顺风面馆"]);
        let noodles = all["items"].as_array().unwrap().iter().find(|m| m["name"] == "顺风面馆").unwrap();
        assert_eq!((noodles["terminals"].as_i64(), noodles["stores"].as_i64(), noodles["district"].as_str()), (Some(1), Some(1), Some("浦东")));
        let first = s.agent.get("/api/v1/merchants?limit=1").await.expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = s.agent.get(&format!("/api/v1/merchants?limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!(([names(&first), names(&rest)].concat(), rest["next_cursor"].is_null()), (names(&all), true));
        assert_eq!(names(&s.agent.get("/api/v1/merchants?q=%E9%9D%A2%E9%A6%86").await.expect(200)), ["顺风面馆"]);
        assert_eq!(names(&s.agent.get("/api/v1/merchants?q=110002").await.expect(200)), ["文具店"]);
        // Words cut off in the middle, two words, a telephone's end; and nobody finds what is not theirs.
        for (word, who, found) in [("顺风面", &s.agent, 1), ("面馆 浦东", &s.agent, 1), ("面馆 浦西", &s.agent, 0), ("5521", &s.agent, 1), ("面馆", &s.own, 1), ("面馆", &s.foreign, 0), ("面馆", &s.engineer, 0)]
        {
            assert_eq!(names(&who.get(&format!("/api/v1/merchants?q={}", escaped(word))).await.expect(200)).len(), found, "{word}");
        }
        // A piece of a merchant's, a telephone's or a terminal's number, also beside a word; the terminal of somebody else's shop leads nowhere.
        for (word, who, found) in [("1541100", &s.agent, 2), ("8123", &s.agent, 1), ("2000123", &s.agent, 1), ("2000123 面馆", &s.agent, 1), ("2000123 文具", &s.agent, 0), ("2000123", &s.own, 1), ("2000123", &s.foreign, 0)]
        {
            assert_eq!(names(&who.get(&format!("/api/v1/merchants?q={}", escaped(word))).await.expect(200)).len(), found, "{word}");
        }
        for odd in ["%25", "_", "%00", "'%20OR%201=1--", "!%25"] {
            assert_eq!(names(&s.agent.get(&format!("/api/v1/merchants?q={odd}")).await.expect(200)).len(), if odd == "%00" { 2 } else { 0 }, "{odd}");
        }
        assert_eq!(names(&s.own.get("/api/v1/merchants").await.expect(200)), ["顺风面馆"]);
        assert_eq!(names(&s.foreign.get("/api/v1/merchants").await.expect(200)), ["文具店"]);
        assert_eq!(names(&s.engineer.get("/api/v1/merchants").await.expect(200)), Vec::<&str>::new());
        assert_eq!(s.foreign.get(&format!("/api/v1/merchants/{}", s.noodles)).await.problem(404), "not_found");
        assert_eq!(s.agent.get("/api/v1/merchants?sort=name").await.problem(422), "query.unreadable");
    }
}

on_both! {
    fn the_page_of_a_merchant_shows_all_and_no_number_in_clear(kit) {
        let s = Scene::new(&kit).await;
        let answer = s.agent.get(&format!("/api/v1/merchants/{}", s.noodles)).await;
        assert!(!answer.text.contains("13812345521") && !answer.text.contains("zhang@example.com") && !answer.text.contains("91310115MA1K4EXX0X"));
        let page = answer.expect(200);
        // Tuesday, ten o'clock: the shop is open.
        assert_eq!((page["stores"][0]["open_now"].as_bool(), page["stores"][0]["agreement_name"]["zh"].as_str()), (Some(true), Some("城区标准")));
        assert_eq!((page["contacts"][0]["phone_masked"].as_str(), page["terminals"][0]["serial_no"].as_str()), (Some("138****5521"), Some(SERIAL)));
        assert_eq!((page["coverage"]["covered"].as_i64(), page["coverage"]["first_end"].as_str()), (Some(1), Some("2027-03-01")));
        assert_eq!(page["agreements"][0]["promises"].as_array().unwrap().len(), 8);
        let contact = page["contacts"][0]["id"].as_str().unwrap().to_owned();
        let reveal = format!("/api/v1/contacts/{contact}/reveal");
        let shown = s.agent.post(&reveal, &json!({ "reason": "约上门时间" })).await.expect(200);
        assert_eq!((shown["phone"].as_str(), shown["until"].as_str()), (Some("13812345521"), Some("2026-11-24T02:01:00Z")));
        assert_eq!(s.agent.post(&reveal, &json!({ "reason": "  " })).await.problem(422), "text.length");
        assert_eq!(s.own.post(&reveal, &json!({ "reason": "看看" })).await.problem(403), "not_allowed");
        assert_eq!(s.engineer.post(&reveal, &json!({ "reason": "看看" })).await.problem(404), "not_found");
        let audit = s.world.client(&kit, Role::Auditor).await.get(&format!("/api/v1/audit?subject={contact}")).await.expect(200);
        let line = audit["items"].as_array().unwrap().iter().find(|l| l["action"] == "contact.reveal").unwrap();
        assert!(line.to_string().contains("约上门时间") && !line.to_string().contains("13812345521"));
    }
}

on_both! {
    fn merchants_are_made_and_changed_under_their_version(kit) {
        let s = Scene::new(&kit).await;
        let acquirer = s.agent.get("/api/v1/acquirers").await.expect(200)["items"][0]["id"].clone();
        let new = json!({ "acquirer_id": acquirer, "mid": "89831015411000a", "name": "茶馆", "tier": "silver", "settlement_account": "6222 0212 3456 7788" });
        let made = s.agent.post("/api/v1/merchants", &new).await.expect(201);
        let id = made["merchant"]["id"].as_str().unwrap().to_owned();
        assert_eq!((made["merchant"]["mid"].as_str(), made["merchant"]["settlement_account_mask"].as_str()), (Some("89831015411000A"), Some("*7788")));
        assert_eq!(s.agent.post("/api/v1/merchants", &new).await.problem(409), "merchant.mid_taken");
        for (field, value) in [("mid", json!("88231")), ("name", json!("茶\u{0}馆")), ("uscc", json!("91350100M000100Y44")), ("settlement_account", json!("12"))] {
            let mut bent = new.clone();
            bent[field] = value;
            let answer = s.agent.post("/api/v1/merchants", &bent).await;
            assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some(field)), "{}", answer.text);
        }
        assert_eq!(s.engineer.post("/api/v1/merchants", &new).await.problem(403), "not_allowed");
        let path = format!("/api/v1/merchants/{id}");
        let edit = json!({ "version": 1, "name": "老茶馆", "tier": "gold", "industry": "餐饮" });
        let edited = s.agent.put(&path, &edit).await.expect(200);
        assert_eq!((edited["merchant"]["name"].as_str(), edited["merchant"]["version"].as_i64()), (Some("老茶馆"), Some(2)));
        let old = s.agent.put(&path, &edit).await;
        assert_eq!(old.json["current"]["name"], "老茶馆");
        assert_eq!(old.problem(409), "stale");

        let store = json!({ "name": "一号店", "address": "示例路1号", "district": "浦东", "hours": { "2": [["09:00", "12:00"]] }, "agreement": "urban" });
        let page = s.agent.post(&format!("{path}/stores"), &store).await.expect(201);
        assert_eq!((page["stores"][0]["lat"].as_f64(), page["stores"][0]["lng"].as_f64()), (Some(31.22), Some(121.54)), "the middle of the district");
        let mut bent = store.clone();
        bent["agreement"] = json!("forever");
        assert_eq!(s.agent.post(&format!("{path}/stores"), &bent).await.problem(422), "store.agreement_unknown");
        let shop = page["stores"][0]["id"].as_str().unwrap();
        let mut later = store.clone();
        (later["version"], later["hours"]) = (json!(1), json!({ "2": [["18:00", "20:00"]] }));
        let closed = s.agent.put(&format!("/api/v1/stores/{shop}"), &later).await.expect(200);
        assert_eq!((closed["stores"][0]["open_now"].as_bool(), closed["stores"][0]["opens_at"].as_str()), (Some(false), Some("2026-11-24T10:00:00Z")));
        assert_eq!(s.agent.put(&format!("/api/v1/stores/{shop}"), &later).await.problem(409), "stale");

        let contact = json!({ "name": "李店长", "duty": "店长", "phone": "+86 139-1234-5678", "email": "Li@Example.com" });
        let page = s.agent.post(&format!("{path}/contacts"), &contact).await.expect(201);
        let person = page["contacts"][0]["id"].as_str().unwrap();
        let edit = json!({ "version": 1, "name": "李店长", "duty": "店长", "phone": "" });
        let page = s.agent.put(&format!("/api/v1/contacts/{person}"), &edit).await.expect(200);
        assert_eq!((page["contacts"][0]["phone_masked"].is_null(), page["contacts"][0]["email_masked"].as_str()), (true, Some("l***@example.com")));
        let foreign = json!({ "name": "x", "duty": "", "store_id": shop });
        assert_eq!(s.agent.post(&format!("/api/v1/merchants/{}/contacts", s.noodles), &foreign).await.problem(422), "contact.other_store");
    }
}

on_both! {
    fn terminals_are_found_by_what_people_read_out(kit) {
        let s = Scene::new(&kit).await;
        for q in ["A92000", "a920-00 123456", "3456", "2000-1234", "4822", "00000700001234567890", "10482277", "A920"] {
            let found = s.agent.get(&format!("/api/v1/terminals?q={}", q.replace(' ', "%20"))).await.expect(200);
            assert_eq!(names(&found), [SERIAL], "{q}");
            assert_eq!(found["items"][0]["place"]["merchant"]["name"], "顺风面馆");
        }
        for q in ["456", "9999", "%E9%9D%A2%E9%A6%86", "%25"] {
            assert_eq!(names(&s.agent.get(&format!("/api/v1/terminals?q={q}")).await.expect(200)), Vec::<&str>::new(), "{q}");
        }
        assert_eq!(names(&s.own.get("/api/v1/terminals").await.expect(200)), [SERIAL]);
        assert_eq!(names(&s.foreign.get("/api/v1/terminals?q=3456").await.expect(200)), Vec::<&str>::new());
        assert_eq!(s.foreign.get(&format!("/api/v1/terminals/{}", s.terminal)).await.problem(404), "not_found");
        assert_eq!(s.engineer.get(&format!("/api/v1/terminals/{}/sticker.svg", s.terminal)).await.problem(404), "not_found");
        let _ = s.other;
    }
}

on_both! {
    fn a_terminal_is_bound_once_moved_and_its_cover_judged_on_a_day(kit) {
        let s = Scene::new(&kit).await;
        let path = format!("/api/v1/terminals/{}", s.terminal);
        let page = s.agent.get(&format!("{path}?on=2027-03-02")).await.expect(200);
        assert_eq!((page["coverage"]["in_warranty"].as_bool(), page["coverage_on"].as_str()), (Some(false), Some("2027-03-02")));
        assert_eq!(s.agent.get(&format!("{path}?on=tomorrow")).await.problem(422), "query.unreadable");
        let page = s.agent.get(&path).await.expect(200);
        assert_eq!((page["coverage"]["rule"].as_str(), page["binding"]["uscc_masked"].as_str()), (Some("W-STD"), Some("9131**********XX0X")));
        let shop = page["binding"]["store_id"].as_str().unwrap().to_owned();
        let bind = json!({ "store_id": shop, "tid": "10482278" });
        let answer = s.agent.post(&format!("{path}/bindings"), &bind).await;
        assert!(answer.json["detail"].as_str().unwrap().contains("顺风面馆"));
        assert_eq!(answer.problem(409), "terminal.stands_at");
        assert_eq!(s.own.post(&format!("{path}/bindings"), &bind).await.problem(403), "not_allowed");
        s.agent.post(&format!("{path}/bindings/close"), &json!({ "reason": "门店搬迁" })).await.expect(200);
        assert_eq!(s.agent.post(&format!("{path}/bindings/close"), &json!({ "reason": "再拆" })).await.problem(409), "terminal.not_bound");
        let page = s.agent.post(&format!("{path}/bindings"), &bind).await.expect(201);
        assert_eq!((page["bindings"].as_array().unwrap().len(), page["binding"]["tid"].as_str()), (2, Some("10482278")));
        let kinds: Vec<&str> = page["life"].as_array().unwrap().iter().map(|m| m["kind"].as_str().unwrap()).collect();
        assert_eq!((kinds[0], kinds.iter().filter(|k| **k == "bound").count(), kinds.contains(&"unbound")), ("activated", 2, true));

        let new = json!({ "serial_no": "N910 0001 0002", "tusn": "00000700001234567891", "model": "a920" });
        let made = s.agent.post("/api/v1/terminals", &new).await.expect(201);
        assert_eq!((made["terminal"]["serial_no"].as_str(), made["terminal"]["model"].as_str(), made["binding"].is_null()), (Some("N91000010002"), Some("A920"), true));
        assert_eq!(s.agent.post("/api/v1/terminals", &new).await.problem(409), "terminal.known_already");
        let mut bent = new.clone();
        bent["model"] = json!("X9999");
        assert_eq!(s.agent.post("/api/v1/terminals", &bent).await.problem(422), "terminal.model_unknown");
        let spare = made["terminal"]["id"].as_str().unwrap();
        let taken = s.agent.post(&format!("/api/v1/terminals/{spare}/bindings"), &bind).await;
        assert_eq!(taken.problem(409), "terminal.bound_already");
        let edit = json!({ "version": 1, "model": "A920", "batch": "2410", "firmware": "5.3", "shipped_on": "2026-05-01", "activated_on": "2026-04-01" });
        assert_eq!(s.agent.put(&format!("/api/v1/terminals/{spare}"), &edit).await.problem(422), "terminal.days_crossed");
    }
}

on_both! {
    fn a_terminal_is_moved_in_one_step_and_a_shop_nobody_can_place_has_no_place(kit) {
        let s = Scene::new(&kit).await;
        let new = json!({ "name": "顺风面馆新区店", "address": "无名路1号", "district": "天边", "hours": {}, "agreement": "urban" });
        let page = s.agent.post(&format!("/api/v1/merchants/{}/stores", s.noodles), &new).await.expect(201);
        let far = page["stores"].as_array().unwrap().iter().find(|one| one["district"] == "天边").unwrap().clone();
        assert_eq!((&far["lat"], &far["lng"]), (&Value::Null, &Value::Null), "nought and nought is no shop's place");
        let path = format!("/api/v1/terminals/{}/bindings/move", s.terminal);
        kit.later(jiff::SignedDuration::from_mins(1));
        let wanted = json!({ "store_id": far["id"], "tid": "10482279", "reason": "搬到新店" });
        let page = s.agent.post(&path, &wanted).await.expect(201);
        let bindings = page["bindings"].as_array().unwrap();
        assert_eq!((bindings.len(), &bindings[1]["valid_to"], &page["binding"]["address"]), (2, &bindings[0]["valid_from"], &json!("无名路1号")));
        let life = page["life"].to_string();
        assert!(life.contains("装在顺风面馆新区店，") && !life.contains("顺风面馆 顺风面馆"), "a name is not said twice: {life}");
        assert_eq!(s.agent.post(&path, &wanted).await.problem(409), "terminal.same_place");
        assert_eq!(s.foreign.post(&path, &wanted).await.problem(403), "not_allowed");
        // Nothing of a refused move is left: the binding in force is still in force.
        let again = s.agent.get(&format!("/api/v1/terminals/{}", s.terminal)).await.expect(200);
        assert_eq!((again["bindings"].as_array().unwrap().len(), &again["binding"]["tid"]), (2, &json!("10482279")));
        let choices = s.agent.get("/api/v1/registry-choices").await.expect(200);
        assert!(choices["models"].as_array().unwrap().iter().any(|m| m["model"] == "A920") && !choices["agreements"].as_array().unwrap().is_empty());
        assert!(!choices["districts"].as_array().unwrap().is_empty(), "where stores are");
        // Whoever is on the road is not told where everybody's shops are.
        assert_eq!(s.engineer.get("/api/v1/registry-choices").await.expect(200)["districts"], json!([]));
    }
}

on_both! {
    fn stickers_open_the_merchants_page(kit) {
        let s = Scene::new(&kit).await;
        let picture = s.own.get(&format!("/api/v1/terminals/{}/sticker.svg", s.terminal)).await;
        assert_eq!((picture.status, picture.text.contains("<svg")), (200, true));
        let sheet = s.agent.get(&format!("/api/v1/merchants/{}/stickers", s.noodles)).await;
        assert_eq!((sheet.status, sheet.text.matches("<article>").count(), sheet.text.contains(SERIAL)), (200, 1, false));
        let empty = s.agent.get(&format!("/api/v1/merchants/{}/stickers", s.other)).await;
        assert!(empty.text.contains("没有可打印的贴纸"));
        assert_eq!(s.foreign.get(&format!("/api/v1/merchants/{}/stickers", s.noodles)).await.problem(404), "not_found");
    }
}

on_both! {
    fn an_engineer_sees_the_registry_of_their_work_orders(kit) {
        let s = Scene::new(&kit).await;
        let (ticket, engineer, merchant, terminal) = (some_ticket(&kit, &s.world).await, s.engineer_id, s.noodles, s.terminal);
        s.world
            .write(&kit, move |tx| {
                use postsale_server::ground::db::p;
                let tie = postsale_server::sql!("UPDATE ticket SET merchant_id = $1, terminal_id = $2 WHERE id = $3");
                tx.exec(tie, &[p(&merchant), p(&terminal), p(&ticket)])?;
                let order = postsale_server::sql!(
                    "INSERT INTO work_order (id, tenant_id, number, ticket_id, kind, state, fault_code, reason_code, reason, skills, parts, remote_steps,
                       district, terminal_class, engineer_id, code_tries, created_at, version)
                     VALUES ($1, $2, 1, $3, 'repair', 'accepted', 'PRN-01', 'hardware', '', '[]', '[]', '[]', '', '', $4, 0, 0, 1)"
                );
                let id: postsale_domain::visit::WorkOrderId = tx.new_id();
                tx.exec(order, &[p(&id), p(&tx.tenant()), p(&ticket), p(&engineer)])?;
                Ok(())
            })
            .await;
        assert_eq!(names(&s.engineer.get("/api/v1/merchants").await.expect(200)), ["顺风面馆"]);
        assert_eq!(names(&s.engineer.get("/api/v1/terminals?q=3456").await.expect(200)), [SERIAL]);
        let page = s.engineer.get(&format!("/api/v1/merchants/{}", s.noodles)).await.expect(200);
        assert_eq!(page["tickets"]["open"].as_array().unwrap().len(), 1);
        let page = s.engineer.get(&format!("/api/v1/terminals/{}", s.terminal)).await.expect(200);
        assert_eq!((page["bindings"].as_array().unwrap().len(), page["tickets"]["recent"].as_array().unwrap().len()), (1, 1));
        assert_eq!(s.engineer.get(&format!("/api/v1/merchants/{}", s.other)).await.problem(404), "not_found");
    }
}

/// Every list of the registry walks an index: on SQLite the plan names no table it reads whole, on PostgreSQL none is read
/// whole where an index could serve.
#[test]
fn no_list_of_the_registry_reads_a_whole_table() {
    Kit::run(Some(Kit::sqlite()), async |kit: Kit| {
        let plans = kit.house.db.bare_read(|bare| {
            assert_eq!(bare.conn().dialect(), Dialect::Sqlite);
            let mut plans = Vec::new();
            for s in registered().filter(|s| s.file.contains("view/registry/")) {
                // The plan does not depend on the values; every place gets the same.
                let text = (1..=12).rev().fold(Dialect::Sqlite.render(s.text).into_owned(), |t, n| t.replace(&format!("?{n}"), "1"));
                for mut row in bare.conn().raw_rows(&format!("EXPLAIN QUERY PLAN {text}"))? {
                    let (_, _, _, step): (i64, i64, i64, String) = (row.next()?, row.next()?, row.next()?, row.next()?);
                    plans.push(format!("{}:{} {step}", s.file, s.line));
                }
            }
            Ok(plans)
        });
        let plans = plans.await.unwrap();
        assert!(plans.len() > 100, "{}", plans.len());
        // What a statement has just gathered itself is no table.
        let own = |step: &str| {
            step.contains("SUBQUERY") || step.ends_with(" SCAN known") || step.ends_with(" SCAN there") || step.ends_with(" SCAN page")
        };
        let whole: Vec<&String> = plans.iter().filter(|step| step.contains(" SCAN ") && !own(step)).collect();
        assert_eq!(whole, Vec::<&String>::new());
    });
}
