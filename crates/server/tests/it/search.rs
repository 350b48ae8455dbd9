//! The search: current with every commit, inside what one may see, over an index.

use postsale_domain::ground::Role;
use postsale_server::flow::index;
use postsale_server::ground::db::{Dialect, Query, registered};
use postsale_server::merchant::store as merchants;
use postsale_server::search::{Kind, store};
use postsale_server::sql;
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::talk_world::{SERIAL, some_terminal, some_ticket};

async fn found(client: &Client, q: &str) -> (usize, usize, usize) {
    let mut url = String::from("/api/v1/search?q=");
    url.extend(q.bytes().map(|b| format!("%{b:02X}")));
    let result = client.get(&url).await.expect(200);
    let count = |kind: &str| result[kind].as_array().unwrap().len();
    (count("tickets"), count("merchants"), count("terminals"))
}

on_both! {
    fn words_numbers_and_ends_of_numbers_find_what_has_them(kit) {
        let world = World::new(&kit, "t1").await;
        some_terminal(&kit, &world).await;
        some_ticket(&kit, &world).await;
        let agent = world.client(&kit, Role::Agent).await;
        for (q, expected) in [
            ("小票", (1, 0, 0)),
            ("打印 小票", (1, 0, 0)),
            ("打印不出小票", (1, 0, 0)),
            ("T-000001", (1, 0, 0)),
            ("面馆", (0, 1, 0)),
            ("5521", (0, 1, 0)),
            ("13812345521", (0, 1, 0)),
            ("898310154110001", (0, 1, 0)),
            ("a92000-12", (0, 0, 1)),
            ("3456", (0, 0, 1)),
            ("10482277", (0, 0, 1)),
            // Pieces from the middle of a merchant's number, a telephone, a serial and a terminal number.
            ("1541100", (0, 1, 0)),
            ("8123", (0, 1, 0)),
            ("2000123", (0, 0, 1)),
            ("4822", (0, 0, 1)),
            ("8123 面馆", (0, 1, 0)),
            ("2341", (0, 0, 0)),
            ("电池鼓包", (0, 0, 0)),
            ("小票 电池", (0, 0, 0)),
            ("% _ \" ' * ^ NEAR( )", (0, 0, 0)),
            ("", (0, 0, 0)),
            ("\0", (0, 0, 0)),
        ] {
            assert_eq!(found(&agent, q).await, expected, "{q:?}");
        }
        let result = agent.get("/api/v1/search?q=%E5%B0%8F%E7%A5%A8").await.expect(200);
        let hit: &Value = &result["tickets"][0];
        assert_eq!((hit["title"].as_str(), &hit["title_marks"]), (Some("T-000001 打印不出小票"), &json!([[13, 15]])));
        let hit = &agent.get("/api/v1/search?q=3456").await.expect(200)["terminals"][0];
        assert_eq!((hit["title"].as_str(), hit["detail"].as_str()), (Some(SERIAL), Some("A920 · 顺风面馆 · 10482277")));
        let long = "%E6%89%93".repeat(2000);
        assert_eq!(agent.get(&format!("/api/v1/search?q={long}")).await.status, 200);
    }
}

on_both! {
    fn a_hit_is_only_for_whom_may_see_it(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        some_terminal(&kit, &world).await;
        some_ticket(&kit, &world).await;
        assert_eq!(found(&other.client(&kit, Role::Admin).await, "面馆").await, (0, 0, 0), "another tenant");
        let (engineer, acquirer) = (world.client(&kit, Role::Engineer).await, world.client(&kit, Role::Acquirer).await);
        for q in ["面馆", "小票", "3456"] {
            assert_eq!(found(&engineer, q).await, (0, 0, 0), "{q}");
            assert_eq!(found(&acquirer, q).await, (0, 0, 0), "{q}");
        }
        // A storekeeper reads the registry and no tickets.
        let storekeeper = world.client(&kit, Role::Storekeeper).await;
        assert_eq!((found(&storekeeper, "面馆").await, found(&storekeeper, "小票").await), ((0, 1, 0), (0, 0, 0)));
    }
}

on_both! {
    fn the_search_is_current_with_the_commit_and_can_be_built_again(kit) {
        let world = World::new(&kit, "t1").await;
        some_terminal(&kit, &world).await;
        let agent = world.client(&kit, Role::Agent).await;
        let page = agent.get("/api/v1/merchants").await.expect(200);
        let path = format!("/api/v1/merchants/{}", page["items"][0]["id"].as_str().unwrap());
        let edit = json!({ "version": 1, "name": "老张茶馆", "tier": "gold", "industry": "餐饮" });
        agent.put(&path, &edit).await.expect(200);
        assert_eq!((found(&agent, "面馆").await, found(&agent, "茶馆").await), ((0, 0, 0), (0, 1, 0)));
        // What a refused change would have said is not found.
        agent.put(&path, &json!({ "version": 1, "name": "火锅", "tier": "gold", "industry": "" })).await.problem(409);
        assert_eq!(found(&agent, "火锅").await, (0, 0, 0));
        world
            .write(&kit, |tx| {
                let tenant = tx.tenant();
                let key = [postsale_server::ground::db::p(&tenant)];
                tx.exec(sql!("DELETE FROM search_word WHERE tenant_id = $1"), &key)?;
                tx.exec(sql!("UPDATE search_doc SET dictionary = 'older' WHERE tenant_id = $1"), &key)?;
                Ok(())
            })
            .await;
        assert_eq!((found(&agent, "茶馆").await, world.read(&kit, store::outdated).await), ((0, 0, 0), 2));
        world
            .write(&kit, |tx| {
                for kind in [Kind::Merchant, Kind::Terminal, Kind::Ticket] {
                    let last = index::rebuild(tx, kind, uuid::Uuid::nil())?;
                    assert_eq!(last.is_some(), kind != Kind::Ticket);
                }
                Ok(())
            })
            .await;
        assert_eq!((found(&agent, "茶馆").await, world.read(&kit, store::outdated).await), ((0, 1, 0), 0));
        let gone = world.read(&kit, |tx| Ok(merchants::merchant_by_mid(tx, "0")?.is_none())).await;
        assert!(gone);
    }
}

#[test]
fn no_question_of_the_search_reads_a_whole_table() {
    Kit::run(Some(Kit::sqlite()), async |kit: Kit| {
        let plans = kit.house.db.bare_read(|bare| {
            let mut plans = Vec::new();
            for s in registered().filter(|s| s.file.ends_with("view/search.rs") || s.file.ends_with("search/store.rs")) {
                let text = (1..=14).rev().fold(Dialect::Sqlite.render(s.text).into_owned(), |t, n| t.replace(&format!("?{n}"), "1"));
                for mut row in bare.conn().raw_rows(&format!("EXPLAIN QUERY PLAN {text}"))? {
                    let (_, _, _, step): (i64, i64, i64, String) = (row.next()?, row.next()?, row.next()?, row.next()?);
                    plans.push(format!("{}:{} {step}", s.file, s.line));
                }
            }
            Ok(plans)
        });
        let plans = plans.await.unwrap();
        assert!(plans.iter().any(|p| p.contains("view/search.rs")));
        // What a statement was given, or has found or counted itself, is no table.
        let own = ["SCAN c", "SCAN CONSTANT ROW", "SCAN b", "SCAN beginning", "VALUES CLAUSE", "SCAN json_each VIRTUAL TABLE INDEX 1:"];
        let whole: Vec<&String> =
            plans.iter().filter(|step| step.contains(" SCAN ") && !own.iter().any(|end| step.ends_with(end))).collect();
        assert_eq!(whole, Vec::<&String>::new());
    });
}
