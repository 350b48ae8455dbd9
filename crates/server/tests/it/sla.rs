//! Clocks in the store: facts appended, consequences computed, each firing recorded once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::ground::{Caller, Role, TypedId};
use postsale_domain::sla::{ClockKind, ClockState, Level, TicketId, What};
use postsale_server::ground::db::{Done, Query, Tx, p};
use postsale_server::{org, sla, sql};
use postsale_testkit::{Kit, World, on_both};
use serde_json::json;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Just enough of a ticket to hang clocks on.
fn ticket(tx: &mut Tx<'_>) -> Done<TicketId> {
    let (id, tenant, now): (TicketId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let owner = org::store::colleagues(tx, Role::Agent)?[0].id;
    let number = org::store::next_number(tx, "ticket")?;
    tx.exec(
        sql!(
            "INSERT INTO ticket (id, tenant_id, number, state, subject, symptom, channel, contact_lang, owner_id, impact, urgency, priority,
               priority_why, agreement, waiting, reopen_count, entry_count, next_due_at, opened_at, updated_at, version)
             VALUES ($1, $2, $3, 'new', 's', 's', 'phone', 'zh', $4, 'unknown', 'today', 'normal', '{}', 'urban', '[]', 0, 0, 0, $5, $5, 1)"
        ),
        &[p(&id), p(&tenant), p(&number), p(&owner), p(&now)],
    )?;
    Ok(id)
}

async fn started(kit: &Kit, world: &World, agreement: &'static str, priority: &'static str) -> TicketId {
    world
        .write(kit, move |tx| {
            let id = ticket(tx)?;
            sla::store::start(tx, id, agreement, priority, tx.now())?;
            Ok(id)
        })
        .await
}

async fn record(kit: &Kit, world: &World, ticket: TicketId, kind: ClockKind, what: What) -> sla::store::Touched {
    world.write(kit, move |tx| Ok(sla::store::record(tx, ticket, &[kind], std::slice::from_ref(&what))?.remove(0))).await
}

on_both! {
    fn a_clock_that_runs_into_a_year_without_official_days_says_so(kit) {
        let world = World::new(&kit, "t1").await;
        // Thursday evening before New Year: the suburb's next working hours lie in 2027, whose notice is not out yet.
        for (from, agreement, years) in [
            ("2026-12-30T09:00:00+08:00", "suburb", json!([])),
            ("2026-12-31T17:30:00+08:00", "suburb", json!([2027])),
        ] {
            kit.set(from);
            let ticket = started(&kit, &world, agreement, "normal").await;
            let agent = world.client(&kit, Role::Agent).await;
            let told = agent.get(&format!("/api/v1/tickets/{ticket}/clocks/first_response")).await.expect(200);
            assert_eq!(told["unofficial_years"], years, "{told}");
        }
    }
}

fn pause(reason: &str) -> What {
    What::Pause { reason: reason.to_owned() }
}

fn resume(reason: &str) -> What {
    What::Resume { reason: reason.to_owned() }
}

on_both! {
    fn a_clock_is_explained_to_those_who_may_see_the_ticket(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        kit.set("2026-11-24T12:40:00+08:00");
        let ticket = started(&kit, &world, "urban", "normal").await;
        kit.set("2026-11-24T14:00:00+08:00");
        let path = format!("/api/v1/tickets/{ticket}/clocks/first_response");
        let agent = world.client(&kit, Role::Agent).await;
        let told = agent.get(&path).await.expect(200);
        // Lunch until 13:30, then half of the hour: 50 % is reached, and not used up before 14:30.
        assert_eq!(told["clock"]["due_at"], "2026-11-24T06:30:00Z");
        assert_eq!((&told["clock"]["level"], &told["clock"]["remaining_s"]), (&"half".into(), &1800.into()));
        assert_eq!(told["lines"][0]["basis"]["zh"], "午休12:00–13:30");
        assert_eq!((&told["lines"][1]["counted_s"], &told["lines"][1]["to"]), (&1800.into(), &serde_json::Value::Null));
        assert_eq!(told["recomputed_equal"], true);
        for (path, client, status) in [
            (path.clone(), other.client(&kit, Role::Agent).await, 404),
            (path.clone(), world.client(&kit, Role::Engineer).await, 404),
            (path.clone(), world.client(&kit, Role::Storekeeper).await, 403),
            (path.replace("first_response", "arrival"), agent.clone(), 404),
            (path.replace("tkt_", "wor_"), agent.clone(), 404),
        ] {
            assert_eq!(client.get(&path).await.status, status, "{path}");
        }
    }
}

on_both! {
    fn what_happens_is_kept_and_computes_to_the_same_again(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = started(&kit, &world, "urban", "normal").await;
        let steps = [
            ("2026-11-24T10:20:00+08:00", pause("waiting_merchant")),
            ("2026-11-24T10:30:00+08:00", What::Priority { priority: "high".into() }),
            ("2026-11-24T11:20:00+08:00", resume("waiting_merchant")),
            ("2026-11-24T12:10:00+08:00", What::Merge { id: "letter".into(), contact_at: at("2026-11-24T09:50:00+08:00") }),
            ("2026-11-24T14:00:00+08:00", What::Stop),
            ("2026-11-25T09:30:00+08:00", What::Reopen),
        ];
        for (when, what) in steps {
            kit.set(when);
            let touched = record(&kit, &world, ticket, ClockKind::Resolution, what).await;
            let told = world.read(&kit, move |tx| sla::store::explain(tx, ticket, ClockKind::Resolution)).await.unwrap();
            assert!(told.recomputed_equal, "{when}");
            assert_eq!(touched.kept.computed, at(when));
        }
        let kept = world.read(&kit, move |tx| sla::store::kept(tx, ticket)).await;
        // Used: 09:50-10:20, 11:20-12:00 and 13:30-14:00 make 1 h 40 min of the 6 h for high; 4 h 20 min from 09:30 on with the
        // lunch break end at 15:20.
        assert_eq!((kept[1].state, kept[1].consumed_ms), (ClockState::Running, 100 * 60_000));
        assert_eq!(kept[1].due, Some(at("2026-11-25T15:20:00+08:00")));
        assert_eq!(sla::store::next_due(&kept[1..]), kept[1].due);
        // The other clock was left alone.
        assert_eq!(kept[0].computed, at("2026-11-24T10:00:00+08:00"));
        // What somebody changed behind our back is noticed.
        world
            .write(&kit, move |tx| {
                let of_ticket = sql!("UPDATE clock_segment SET to_at = to_at - 1000 WHERE seq = 0 AND clock_id IN (SELECT id FROM clock WHERE ticket_id = $1)");
                Ok(tx.exec(of_ticket, &[p(&ticket)])?)
            })
            .await;
        let told = world.read(&kit, move |tx| sla::store::explain(tx, ticket, ClockKind::Resolution)).await.unwrap();
        assert!(!told.recomputed_equal);
    }
}

async fn due(kit: &Kit) -> Vec<sla::store::DueClock> {
    let now = kit.now();
    kit.house.db.bare_read(move |bare| sla::store::due(bare, now, 100)).await.unwrap()
}

on_both! {
    fn what_falls_due_while_nobody_works_fires_once_at_its_true_instant(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = started(&kit, &world, "urban", "urgent").await;
        assert_eq!(due(&kit).await, []);
        kit.set("2026-11-24T10:07:30+08:00");
        assert_eq!(due(&kit).await, [], "at the very instant it is not yet past");
        let wake = kit.house.db.bare_read(sla::store::next_wake).await.unwrap();
        assert_eq!(wake, Some(kit.now()));
        // The house was down for a month.
        kit.set("2026-12-24T10:00:00+08:00");
        let found = due(&kit).await;
        assert_eq!(found.len(), 2);
        let mut tasks = Vec::new();
        // Eight workers at the same two clocks.
        for due in (0..8).flat_map(|_| found.clone()) {
            let (house, caller, now) = (kit.house.clone(), Caller::system(world.tenant, "ticker"), kit.now());
            tasks.push(tokio::spawn(async move { house.db.write(caller, now, move |tx| sla::store::fire(tx, &due)).await.unwrap() }));
        }
        let mut fired = Vec::new();
        for task in tasks {
            fired.extend(task.await.unwrap());
        }
        fired.sort_by_key(|f| (f.at, f.percent));
        let told: Vec<_> = fired.iter().map(|f| (f.kind.name(), f.percent, f.at.to_string(), f.breach)).collect();
        // 15 min for the answer from 10:00 (02:00 UTC); 4 h for the solution with lunch from 12:00 to 13:30.
        let expected = [
            ("first_response", 50, "2026-11-24T02:07:30Z".to_owned(), false),
            ("first_response", 75, "2026-11-24T02:11:15Z".to_owned(), false),
            ("first_response", 100, "2026-11-24T02:15:00Z".to_owned(), true),
            ("resolution", 50, "2026-11-24T04:00:00Z".to_owned(), false),
            ("resolution", 75, "2026-11-24T06:30:00Z".to_owned(), false),
            ("resolution", 100, "2026-11-24T07:30:00Z".to_owned(), true),
        ];
        assert_eq!(told, expected);
        assert!(fired.iter().all(|f| f.ticket == ticket));
        assert_eq!(due(&kit).await, [], "nothing is left to come");
    }
}

on_both! {
    fn an_event_finds_what_the_ticker_has_not_seen_yet(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = started(&kit, &world, "urban", "urgent").await;
        kit.set("2026-11-24T10:16:00+08:00");
        let touched = record(&kit, &world, ticket, ClockKind::FirstResponse, What::Stop).await;
        assert_eq!(touched.fired.iter().map(|f| (f.percent, f.breach)).collect::<Vec<_>>(), [(50, false), (75, false), (100, true)]);
        assert_eq!((touched.kept.met, touched.kept.next), (Some(false), None));
        let face = world.read(&kit, move |tx| sla::store::faces_of(tx, ticket)).await;
        assert_eq!((face[0].level, face[1].level), (Level::Missed, Level::Ok));
    }
}

on_both! {
    fn a_clock_set_back_changes_neither_order_nor_count(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = started(&kit, &world, "remote_only", "urgent").await;
        kit.set("2026-11-24T14:30:00+08:00");
        let first = record(&kit, &world, ticket, ClockKind::Resolution, pause("waiting_merchant")).await;
        assert_eq!(first.fired.len(), 3);
        // Another node is an hour behind.
        kit.set("2026-11-24T13:30:00+08:00");
        let second = record(&kit, &world, ticket, ClockKind::Resolution, resume("waiting_merchant")).await;
        assert_eq!(second.fired, []);
        assert_eq!(second.kept.computed, at("2026-11-24T14:30:00+08:00"));
        assert_eq!((second.kept.breached, second.kept.state), (first.kept.breached, ClockState::Running));
        let told = world.read(&kit, move |tx| sla::store::explain(tx, ticket, ClockKind::Resolution)).await.unwrap();
        assert!(told.recomputed_equal);
    }
}

on_both! {
    fn nobody_pauses_a_breach_away(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = started(&kit, &world, "remote_only", "urgent").await;
        kit.later(SignedDuration::from_hours(5));
        for _ in 0..100 {
            kit.later(SignedDuration::from_secs(1));
            record(&kit, &world, ticket, ClockKind::Resolution, pause("waiting_merchant")).await;
            kit.later(SignedDuration::from_secs(1));
            record(&kit, &world, ticket, ClockKind::Resolution, resume("*")).await;
        }
        for what in [What::Stop, What::Reopen, What::Priority { priority: "low".into() }] {
            record(&kit, &world, ticket, ClockKind::Resolution, what).await;
        }
        let told = world.read(&kit, move |tx| sla::store::explain(tx, ticket, ClockKind::Resolution)).await.unwrap();
        assert_eq!(told.clock.breached_at, Some(at("2026-11-24T14:00:00+08:00")));
        // A hundred pauses of a second, each a line of its own between lines that run.
        let paused = told.lines.iter().filter(|line| !line.reasons.is_empty()).count();
        assert_eq!((paused, told.clock.consumed_s), (100, 5 * 3600 + 100));
        assert!(told.recomputed_equal);
    }
}

on_both! {
    fn many_clocks_are_shown_with_few_questions(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        let mut tickets = Vec::new();
        for i in 0..120 {
            let who = if i % 40 == 39 { &other } else { &world };
            tickets.push(started(&kit, who, "urban", ["urgent", "high", "normal", "low"][i % 4]).await);
        }
        kit.later(SignedDuration::from_mins(50));
        let asked = tickets.clone();
        let faces = world.read(&kit, move |tx| sla::store::faces(tx, &asked)).await;
        assert_eq!(faces.len(), 117, "those of the other tenant stay there");
        let mut alone = BTreeMap::new();
        for &ticket in tickets.iter().filter(|ticket| faces.contains_key(ticket)) {
            alone.insert(ticket, world.read(&kit, move |tx| sla::store::faces_of(tx, ticket)).await);
        }
        assert_eq!(faces, alone);
        // 50 of 60 minutes are used up to 83 %, 50 of 15 are more than all.
        assert_eq!((faces[&tickets[2]][0].level, faces[&tickets[0]][0].level), (Level::Tight, Level::Late));
        assert_eq!(world.read(&kit, |tx| sla::store::faces(tx, &[])).await, BTreeMap::new());
        assert_eq!(world.read(&kit, |tx| sla::store::faces_of(tx, TicketId::from_uuid(uuid::Uuid::nil()))).await, []);
    }
}

on_both! {
    fn what_is_due_is_found_along_an_index(kit) {
        let plan = kit.house.db.bare_read(|bare| {
            let conn = bare.conn();
            let question = "SELECT tenant_id, id, ticket_id FROM clock WHERE next_at < 1795485600000 AND aside_at IS NULL ORDER BY next_at, id LIMIT 100";
            let rows = match conn.dialect() {
                postsale_server::ground::db::Dialect::Sqlite => conn.raw_rows(&format!("EXPLAIN QUERY PLAN {question}"))?,
                postsale_server::ground::db::Dialect::Postgres => {
                    // A table without rows is read as a whole by choice; what matters is that the index could serve.
                    conn.raw("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")?;
                    conn.raw_rows(&format!("EXPLAIN {question}"))?
                }
            };
            Ok(rows.into_iter().map(|row| format!("{row:?}")).collect::<Vec<_>>().join("\n"))
        });
        let plan = plan.await.unwrap();
        assert!(plan.contains("clock_next") && !plan.contains("SCAN clock ") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn the_book_in_force_reads() {
    assert_eq!(sla::book().names().collect::<Vec<_>>(), ["remote_only", "suburb", "urban"]);
}
