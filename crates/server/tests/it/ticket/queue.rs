//! The queues, their counts and indices, the search, the call-back list.

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_server::ground::db::{Dialect, Query};
use postsale_testkit::on_both;
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, SPARE, id_of, path};
use crate::talk_world::SERIAL;

/// The numbers in a view, smallest first: what falls due at the same instant stands in no certain order.
async fn numbers(desk: &DeskWorld, view: &str) -> Vec<String> {
    let list = desk.agent.get(&format!("/api/v1/tickets?view={view}")).await.expect(200);
    let mut numbers: Vec<String> = list["items"].as_array().unwrap().iter().map(|t| t["number"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    numbers
}

/// A call about something else than the shop's terminal.
async fn another(desk: &DeskWorld, words: &str) -> String {
    let body = json!({ "symptom": words, "terminal_unknown_reason": "不在店里", "contact": { "name": "李店长", "phone": "13900007788" } });
    id_of(&desk.agent.post("/api/v1/tickets", &body).await.expect(201))
}

on_both! {
    fn each_queue_holds_what_it_says(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mine = id_of(&desk.called().await);
        let bare = id_of(&desk.bank.post("/api/v1/tickets", &json!({ "terminal_serial": SERIAL, "symptom": "屏幕不亮", "even_if_open": true,
            "contact": { "name": "张老板", "phone": "13812345521" } })).await.expect(201));
        let third = another(&desk, "扫码慢").await;
        assert_eq!(numbers(&desk, "open").await.len(), 3);
        assert_eq!(numbers(&desk, "mine").await, ["T-000001", "T-000003"]);
        assert_eq!(numbers(&desk, "to_respond").await, ["T-000002"]);
        assert_eq!(numbers(&desk, "unclaimed").await, ["T-000002"]);
        desk.does(&desk.agent, &mine, "/pause", json!({ "reason": "waiting_parts" })).await;
        desk.does(&desk.agent, &third, "/solve", json!({ "fault_code": "TXN-01", "outcome": "advised" })).await;
        assert_eq!((numbers(&desk, "waiting").await, numbers(&desk, "solved").await), (vec!["T-000001".into()], vec!["T-000003".into()]));
        let counts = desk.agent.get("/api/v1/tickets/counts").await.expect(200);
        assert_eq!(counts, json!({ "open": 3, "mine": 2, "to_respond": 1, "unclaimed": 1, "due_soon": 1, "waiting": 1, "solved": 1 }), "{counts}");
        assert_eq!(numbers(&desk, "due_soon").await, ["T-000002"]);
        assert_eq!(desk.bank.get("/api/v1/tickets/counts").await.expect(200)["open"], 2, "a bank counts its own");
        desk.does(&desk.agent, &third, "/confirm", json!({ "by": "phone" })).await;
        desk.does(&desk.agent, &bare, "/cancel", json!({ "reason": "误报" })).await;
        assert_eq!(numbers(&desk, "closed").await.len(), 2);
        assert_eq!(numbers(&desk, "open").await, ["T-000001"]);
        assert_eq!(desk.agent.get("/api/v1/tickets?view=other").await.problem(422), "query.unreadable");
        let keeper = desk.world.client(&kit, Role::Storekeeper).await;
        for list in ["", "/counts", "/search?q=T-1"] {
            assert_eq!(keeper.get(&format!("/api/v1/tickets{list}")).await.problem(403), "not_allowed");
        }
    }
}

on_both! {
    /// Names are looked up in two ways, for up to eight things and for more: both give each row those of its own terminal.
    fn each_row_bears_its_own_names(kit) {
        let desk = DeskWorld::new(&kit).await;
        let serials = desk.more_terminals(&kit, 0..10).await;
        another(&desk, "没有终端").await;
        for (n, serial) in serials.iter().enumerate() {
            desk.agent.post("/api/v1/tickets", &json!({ "terminal_serial": serial, "symptom": "屏幕不亮", "even_if_open": true })).await.expect(201);
            let rows = desk.agent.get("/api/v1/tickets?limit=50").await.expect(200)["items"].as_array().unwrap().clone();
            assert_eq!(rows.len(), n + 2);
            for row in rows {
                let own = row["number"].as_str().unwrap()[2..].parse::<usize>().unwrap().checked_sub(2);
                let model = own.map(|own| format!("M-{own}"));
                assert_eq!((row["terminal_serial"].as_str(), row["terminal_model"].as_str()), (own.map(|own| serials[own].as_str()), model.as_deref()));
                assert_eq!((row["merchant_name"].as_str(), row["store_name"].as_str()), own.map_or((None, None), |_| (Some("顺风面馆"), Some("柜台"))));
                assert_eq!(row["owner"]["name"], "agent@t1");
            }
        }
    }
}

on_both! {
    fn what_is_passed_around_is_shown_to_the_supervisors(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = another(&desk, "扫码慢").await;
        let mut people = Vec::new();
        for role in ["dispatcher", "agent"] {
            people.push(desk.agent.get(&format!("/api/v1/users?role={role}")).await.expect(200)["items"][0]["id"].clone());
        }
        let rung = async || {
            let page = desk.supervisor.get("/api/v1/bell").await.expect(200);
            page["items"].as_array().unwrap().iter().filter(|b| b["kind"] == "passed_around").count()
        };
        // Handed to whoever has it already is handed to nobody.
        for (n, (to, handed)) in [(0, 1), (0, 1), (1, 2), (0, 3), (1, 4)].into_iter().enumerate() {
            desk.does(&desk.agent, &id, "/assign", json!({ "to": people[to] })).await;
            let row = desk.agent.get("/api/v1/tickets").await.expect(200)["items"][0].clone();
            assert_eq!(row["handed"], handed, "after {}: {row}", n + 1);
            let listed = numbers(&desk, "passed_around").await;
            assert_eq!((listed.len(), rung().await), (usize::from(handed >= 3), usize::from(handed >= 3)), "after {}", n + 1);
        }
        let narrowed = desk.supervisor.get("/api/v1/tickets?view=passed_around&state=new,triaged,remote").await.expect(200);
        assert_eq!(narrowed["items"].as_array().unwrap().len(), 1);
        desk.does(&desk.agent, &id, "/cancel", json!({ "reason": "误报" })).await;
        assert_eq!(numbers(&desk, "passed_around").await, Vec::<String>::new());
    }
}

on_both! {
    fn what_is_closed_is_ordered_as_asked(kit) {
        let desk = DeskWorld::new(&kit).await;
        let mut made = Vec::new();
        for words in ["扫码慢", "按键不灵", "声音小"] {
            made.push(another(&desk, words).await);
            kit.later(SignedDuration::from_mins(1));
        }
        // Closed in another order than they came, the oldest written on afterwards.
        for n in [1, 0, 2] {
            desk.does(&desk.agent, &made[n], "/cancel", json!({ "reason": "误报" })).await;
            kit.later(SignedDuration::from_mins(1));
        }
        desk.agent.post(&path(&made[0], "/notes"), &json!({ "body": "商户来电说清楚了" })).await.expect(200);
        for (sort, numbers) in [
            ("due", ["T-000003", "T-000001", "T-000002"]),
            ("oldest", ["T-000001", "T-000002", "T-000003"]),
            ("newest", ["T-000003", "T-000002", "T-000001"]),
            ("changed", ["T-000001", "T-000003", "T-000002"]),
        ] {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let list = desk.agent.get(&format!("/api/v1/tickets?view=closed&sort={sort}&limit=2{cursor}")).await.expect(200);
                found.extend(list["items"].as_array().unwrap().iter().map(|t| t["number"].as_str().unwrap().to_owned()));
                let Some(next) = list["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(found, numbers, "{sort}");
        }
    }
}

on_both! {
    fn a_queue_is_walked_page_by_page_without_loss(kit) {
        let desk = DeskWorld::new(&kit).await;
        for n in 0..7 {
            another(&desk, &format!("第{n}件")).await;
            // Two fall due at the same instant, then the clock moves on.
            if n % 2 == 1 {
                kit.later(SignedDuration::from_mins(1));
            }
        }
        let (mut seen, mut cursor): (Vec<String>, Option<String>) = (Vec::new(), None);
        loop {
            let more = cursor.as_ref().map_or(String::new(), |c| format!("&cursor={c}"));
            let page = desk.agent.get(&format!("/api/v1/tickets?limit=3{more}")).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|t| t["number"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = Some(next.to_owned());
        }
        // Those due at the same instant stand in the order of their ids, whichever that is; nothing is left out or shown twice.
        seen.sort_unstable();
        assert_eq!(seen, (1..=7).map(|n| format!("T-{n:06}")).collect::<Vec<_>>());
        let cursor = cursor.unwrap();
        // A cursor belongs to its list and its tenant.
        assert_eq!(desk.agent.get(&format!("/api/v1/tickets?view=mine&cursor={cursor}")).await.problem(422), "cursor.unknown");
        let other = postsale_testkit::World::new(&kit, "t2").await.client(&kit, Role::Agent).await;
        assert_eq!(other.get(&format!("/api/v1/tickets?cursor={cursor}")).await.problem(422), "cursor.unknown");
        assert_eq!(other.get("/api/v1/tickets").await.expect(200)["items"], json!([]));
    }
}

on_both! {
    fn a_word_finds_what_it_names(kit) {
        let desk = DeskWorld::new(&kit).await;
        desk.called().await;
        another(&desk, "扫码慢").await;
        let found = async |q: &str| -> Vec<String> {
            let answer = desk.agent.get(&format!("/api/v1/tickets/search?q={}", urlencoded(q))).await.expect(200);
            answer["items"].as_array().unwrap().iter().map(|t| t["number"].as_str().unwrap().to_owned()).collect()
        };
        let (one, two) = (vec!["T-000001".to_owned()], vec!["T-000002".to_owned()]);
        for q in ["T-000001", "t-1", "1", "A920 0012 3456", SERIAL, "顺风", "13812345521", "5521", "小票打不出来"] {
            assert_eq!(found(q).await, one, "{q}");
        }
        for q in ["2", "13900007788", "7788", "扫码"] {
            assert_eq!(found(q).await, two, "{q}");
        }
        for q in ["%", "没有这家", SPARE, "99999", "A2"] {
            if q != "%" {
                assert_eq!(found(q).await, Vec::<String>::new(), "{q}");
            }
        }
        // No more than are wished for, the newest first, and a word that there are more.
        kit.later(SignedDuration::from_secs(1));
        another(&desk, "扫码更慢").await;
        for (limit, shown) in [(1, &["T-000003"][..]), (2, &["T-000003", "T-000002"])] {
            let answer = desk.agent.get(&format!("/api/v1/tickets/search?q={}&limit={limit}", urlencoded("扫码"))).await.expect(200);
            let numbers: Vec<&str> = answer["items"].as_array().unwrap().iter().map(|t| t["number"].as_str().unwrap()).collect();
            assert_eq!((numbers.as_slice(), &answer["more"]), (shown, &json!(limit == 1)));
        }
        assert_eq!(desk.agent.get("/api/v1/tickets/search?q=%20").await.problem(422), "ticket.search_short");
        assert_eq!(desk.agent.get("/api/v1/tickets/search?q=%25").await.problem(422), "ticket.search_short");
        assert_eq!(desk.other_bank.get(&format!("/api/v1/tickets/search?q={}", urlencoded("顺风"))).await.expect(200)["items"], json!([]));
    }
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() || b == b'-' { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

on_both! {
    fn whoever_was_not_asked_by_mail_is_called_back(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        desk.does(&desk.agent, &id, "/solve", json!({ "fault_code": "PRN-01", "outcome": "remote_fixed" })).await;
        desk.does(&desk.agent, &id, "/confirm", json!({ "by": "phone" })).await;
        assert_eq!(desk.agent.get("/api/v1/follow-ups").await.expect(200)["items"], json!([]), "nobody is called the same day");
        let coming = desk.agent.get("/api/v1/follow-ups?state=coming").await.expect(200);
        assert_eq!((&coming["items"][0]["ticket_number"], &coming["items"][0]["phone_masked"]), (&json!("T-000001"), &json!("138****5521")));
        kit.later(SignedDuration::from_hours(25));
        kit.settle().await;
        let agent = desk.world.client(&kit, Role::Agent).await;
        let due = agent.get("/api/v1/follow-ups?state=due").await.expect(200)["items"][0].clone();
        assert_eq!((&due["state"], &due["merchant_name"]), (&json!("asked"), &json!("顺风面馆")));
        let door = format!("/api/v1/follow-ups/{}/answer", due["id"].as_str().unwrap());
        assert_eq!(agent.post(&door, &json!({ "solved": true, "score": 9 })).await.problem(422), "followup.score");
        let dispatcher = desk.world.client(&kit, Role::Dispatcher).await;
        assert_eq!(dispatcher.post(&door, &json!({ "solved": true, "score": 5 })).await.problem(403), "not_allowed");
        assert_eq!(dispatcher.get("/api/v1/follow-ups").await.problem(403), "not_allowed");
        let said = agent.post(&door, &json!({ "solved": false, "score": 2, "comment": "又卡纸" })).await.expect(200);
        assert_eq!((&said["state"], &said["score"]), (&json!("answered"), &json!(2)));
        assert_eq!(agent.post(&door, &json!({ "solved": true, "score": 5 })).await.problem(409), "followup.answered");
        assert_eq!(agent.get(&path(&id, "")).await.expect(200)["ticket"]["state"], "triaged", "bad news opens the case again");
        assert_eq!(agent.get("/api/v1/follow-ups").await.expect(200)["items"], json!([]));
        assert_eq!(agent.get("/api/v1/follow-ups?state=answered").await.expect(200)["items"][0]["comment"], "又卡纸");
        let other = postsale_testkit::World::new(&kit, "t2").await.client(&kit, Role::Agent).await;
        assert_eq!(other.post(&door, &json!({ "solved": true, "score": 5 })).await.problem(404), "not_found");
    }
}

/// The plan of a registered statement, found by a piece of its text that no other has.
fn explained(
    bare: &mut postsale_server::ground::db::Bare<'_>,
    pieces: &[&str],
    values: &[&str],
) -> Result<String, postsale_server::ground::db::DbError> {
    let found: Vec<_> = postsale_server::ground::db::registered().filter(|s| pieces.iter().all(|p| s.text.contains(p))).collect();
    assert_eq!(found.len(), 1, "{pieces:?}: {:?}", found.iter().map(|s| (s.file, s.line)).collect::<Vec<_>>());
    let conn = bare.conn();
    let rows = match conn.dialect() {
        Dialect::Sqlite => conn.raw_rows(&format!("EXPLAIN QUERY PLAN {}", Dialect::Sqlite.render(found[0].text)))?,
        Dialect::Postgres => {
            let text = values.iter().enumerate().rev().fold(found[0].text.to_owned(), |t, (n, v)| t.replace(&format!("${}", n + 1), v));
            // A table without rows is read as a whole by choice; what matters is that the index could serve.
            conn.raw("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")?;
            conn.raw_rows(&format!("EXPLAIN {text}"))?
        }
    };
    Ok(rows.into_iter().map(|row| format!("{row:?}")).collect::<Vec<_>>().join("\n"))
}

on_both! {
    fn every_list_walks_an_index(kit) {
        let plans = kit.house.db.bare_read(|bare| {
            let id = "'00000000-0000-0000-0000-000000000001'::uuid";
            let values = [id, "0", id, "26", id];
            let open = "t.closed_at IS NULL AND (t.next_due_at, t.id) > ($2, $3)";
            let order = " ORDER BY t.next_due_at, t.id LIMIT $4";
            let mut plans = Vec::new();
            for (filter, index) in [
                ("", "ticket_open_due"),
                (" AND t.owner_id = $5", "ticket_open_owner"),
                (" AND t.responded_at IS NULL", "ticket_to_respond"),
                (" AND t.claimed_at IS NULL", "ticket_unclaimed"),
                (" AND t.waiting <> '[]'", "ticket_waiting"),
                (" AND t.state = 'solved'", "ticket_solved"),
                (" AND t.handed >= 3", "ticket_handed"),
                (" AND t.acquirer_id = $5", "ticket_acquirer"),
            ] {
                plans.push((index, explained(bare, &[&format!("{open}{filter}{order}")], &values)?));
            }
            let soon = [id, "0", id, "26", "9000000000000"];
            plans.push(("ticket_open_due", explained(bare, &[&format!("{open} AND t.next_due_at < $5{order}")], &soon)?));
            let closed = "(t.closed_at, t.id) < ($2, $3)";
            plans.push(("ticket_closed", explained(bare, &[&format!("{closed} AND t.closed_at IS NOT NULL ORDER BY")], &values)?));
            plans.push(("ticket_acquirer_closed", explained(bare, &[&format!("{closed} AND t.acquirer_id = $5")], &values)?));
            let narrowed = [id, "0", id, "26", "'open'", "''", "''", "''", "''", "''", "''", "''", "NULL::uuid", id, "0"];
            for (from, order, index) in [
                ("IS NULL AND (t.next_due_at, t.id) >", "t.next_due_at, t.id", "ticket_open_due"),
                ("IS NULL AND (t.opened_at, t.id) >", "t.opened_at, t.id", "ticket_open_opened"),
                ("IS NULL AND (t.opened_at, t.id) <", "t.opened_at DESC, t.id DESC", "ticket_open_opened"),
                ("IS NULL AND (t.updated_at, t.id) <", "t.updated_at DESC, t.id DESC", "ticket_open_changed"),
                ("IS NOT NULL AND (t.opened_at, t.id) >", "t.opened_at, t.id", "ticket_closed_opened"),
                ("IS NOT NULL AND (t.opened_at, t.id) <", "t.opened_at DESC, t.id DESC", "ticket_closed_opened"),
                ("IS NOT NULL AND (t.updated_at, t.id) <", "t.updated_at DESC, t.id DESC", "ticket_closed_changed"),
            ] {
                let pieces = [format!("{from} ($2, $3) AND CASE"), format!("COALESCE($13, t.owner_id) ORDER BY {order} LIMIT")];
                plans.push((index, explained(bare, &pieces.each_ref().map(String::as_str), &narrowed)?));
            }
            let follow = [id, "0", id, "9000000000000", "26"];
            plans.push(("follow_up_open", explained(bare, &["f.next_at IS NOT NULL AND (f.due_at, f.id)", "f.due_at <= $4 ORDER BY"], &follow)?));
            plans.push(("follow_up_answered", explained(bare, &["(f.answered_at, f.id) < ($2, $3) ORDER BY"], &[id, "9000000000000", id, "26"])?));
            let solved = explained(bare, &["fault_code IS NOT NULL AND solved_at IS NOT NULL AND opened_at > $3"], &[id, id, "0"])?;
            plans.push(("ticket_solved_of_terminal", solved));
            plans.push(("work_order_repair", explained(bare, &["AND state = 'done' AND service IS NULL AND closed_at < $3"], &[id, id, "0"])?));
            Ok(plans)
        });
        for (index, plan) in plans.await.unwrap() {
            assert!(plan.contains(index), "{index}: {plan}");
            assert!(!plan.contains("SCAN t ") && !plan.contains("TEMP B-TREE") && !plan.contains("Seq Scan on ticket"), "{index}: {plan}");
        }
    }
}

on_both! {
    fn a_row_shows_what_the_page_shows(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let row = desk.agent.get("/api/v1/tickets").await.expect(200)["items"][0].clone();
        let page = desk.page(&id).await;
        for (field, value) in row.as_object().unwrap() {
            assert_eq!(&page["ticket"][field], value, "{field}");
        }
        assert_eq!(row["last_line"]["kind"], "event");
        assert_eq!(row["last_line"]["preview"], json!({ "zh": "已判断", "en": "Judged" }));
        let all: Value = desk.agent.get("/api/v1/tickets?limit=200").await.expect(200);
        assert_eq!(all["next_cursor"], Value::Null);
    }
}
