//! The database layer itself.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use jiff::SignedDuration;
use postsale_domain::ground::{Caller, Role, TypedId};
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_server::ground::db::{Db, DbError, DbOptions, Dialect, Done, Due, Query, Stop, Tx, p, pending, registered};
use postsale_server::ground::jobs;
use postsale_server::house::House;
use postsale_server::org;
use postsale_server::sql;
use postsale_testkit::{Kit, World, on_both};
use serde_json::json;

on_both! {
    fn every_statement_of_the_program_can_be_prepared(kit) {
        let broken = kit.house.db.bare_read(|bare| {
            Ok(registered().filter_map(|s| bare.conn().check(s).err().map(|e| e.to_string())).collect::<Vec<_>>())
        });
        assert_eq!(broken.await.unwrap(), Vec::<String>::new());
        assert!(registered().count() > 20, "the register is filled at all");
    }
}

/// Counts inside the transaction: undone with it.
pub fn counted(tx: &mut Tx<'_>, name: &str) -> Done<i64> {
    let tenant = tx.tenant();
    let count = sql!(
        "INSERT INTO counter (tenant_id, name, value) VALUES ($1, $2, 1)
         ON CONFLICT (tenant_id, name) DO UPDATE SET value = counter.value + 1 RETURNING value"
    );
    Ok(tx.number(count, &[p(&tenant), p(name)])?)
}

on_both! {
    fn whoever_takes_a_number_keeps_nobody_waiting(kit) {
        let world = World::new(&kit, "t1").await;
        // With one writer nobody can be waiting.
        if kit.house.db.dialect() == Dialect::Postgres {
            let house = kit.house.clone();
            let (caller, now) = (Caller::system(world.tenant, "test"), kit.now());
            let (first, second) = world
                .write(&kit, move |tx| {
                    let first = org::store::next_number(tx, "ticket")?;
                    // While this transaction is open, another one takes a number and is done.
                    let second = house.db.write_blocking(caller.clone(), now, |tx| org::store::next_number(tx, "ticket"))?;
                    Ok((first, second))
                })
                .await;
            assert_eq!((first, second), (1, 2));
        }
        let taken = world.write(&kit, |tx| Ok([org::store::next_number(tx, "ticket")?, org::store::next_number(tx, "ticket")?])).await;
        assert_eq!(taken[0] + 1, taken[1]);
    }
}

on_both! {
    fn what_is_refused_or_panics_leaves_nothing(kit) {
        let world = World::new(&kit, "t1").await;
        let caller = Caller::system(world.tenant, "test");
        let write = |fate: u8| {
            kit.house.db.write(caller.clone(), kit.now(), move |tx| {
                counted(tx, "lost")?;
                match fate {
                    0 => Err(refuse!(Conflict, "stale").into()),
                    1 => panic!("on purpose"),
                    _ => Ok(()),
                }
            })
        };
        assert!(matches!(write(0).await, Err(Stop::Refused(_))));
        assert!(matches!(write(1).await, Err(Stop::Db(DbError::Other(text))) if text.contains("on purpose")));
        assert!(write(2).await.is_ok(), "the writer lives on");
        // Both failures took a number first; had one stayed, the next would be 3 or 4.
        assert_eq!(world.write(&kit, |tx| counted(tx, "lost")).await, 2);
    }
}

/// Its connection is used again, by whoever comes next.
#[test]
fn who_panics_while_looking_ahead_leaves_a_connection_that_answers() {
    Kit::run(Kit::postgres(), |kit| async move {
        let world = World::new(&kit, "t1").await;
        for n in 1..=4 {
            let caller = Caller::system(world.tenant, "test");
            let lost = kit.house.db.write(caller, kit.now(), |tx| {
                tx.ahead(|_| -> Done<()> { panic!("on purpose") });
                Ok(())
            });
            assert!(matches!(lost.await, Err(Stop::Db(DbError::Other(text))) if text.contains("on purpose")));
            assert_eq!(world.write(&kit, |tx| counted(tx, "found")).await, n);
            // Whoever reads may be followed by one who only looks, for which no transaction begins.
            let caller = Caller::system(world.tenant, "test");
            let lost = kit.house.db.read(caller, kit.now(), |tx| {
                tx.ahead(|_| -> Done<()> { panic!("on purpose") });
                Ok(())
            });
            assert!(matches!(lost.await, Err(Stop::Db(DbError::Other(text))) if text.contains("on purpose")));
            let looked = kit.house.db.bare_look(|bare| Ok(bare.number(sql!("SELECT COUNT(*) FROM tenant"), &[])?));
            assert_eq!(looked.await.unwrap(), 1);
        }
    });
}

on_both! {
    fn a_batch_keeps_the_good_and_undoes_the_bad(kit) {
        let world = World::new(&kit, "t1").await;
        let caller = Caller::system(world.tenant, "test");
        let mut all = Vec::new();
        for i in 0..200_u32 {
            let (house, caller, now) = (kit.house.clone(), caller.clone(), kit.now());
            all.push(tokio::spawn(async move {
                house.db.write(caller, now, move |tx| {
                    let n = counted(tx, "batch")?;
                    if i % 3 == 0 { Err(refuse!(Conflict, "stale").into()) } else { Ok(n) }
                }).await
            }));
        }
        let mut numbers = Vec::new();
        for task in all {
            numbers.extend(task.await.unwrap().ok());
        }
        numbers.sort_unstable();
        // 67 of 200 are refused (0, 3, … 198); the others share the numbers 1 to 133 without a gap.
        assert_eq!(numbers, (1..=133).collect::<Vec<i64>>());
    }
}

on_both! {
    fn what_is_known_is_read_again_once_its_room_has_written(kit) {
        let world = World::new(&kit, "t1").await;
        let seen = world
            .write(&kit, |tx| {
                let tenant = tx.tenant();
                let name = |tx: &mut Tx<'_>| {
                    tx.known_one(sql!("SELECT name FROM tenant WHERE id = $1"), &[p(&tenant)], |r| r.next::<String>())
                };
                let first = name(tx)?;
                // Behind the back of the transaction type: what is known stays.
                let Caller { tenant: id, .. } = tx.caller().clone();
                tx.conn().exec(sql!("UPDATE tenant SET name = 'two' WHERE id = $1"), &[p(&id)])?;
                let second = name(tx)?;
                tx.exec(sql!("UPDATE tenant SET name = 'three' WHERE id = $1"), &[p(&id)])?;
                Ok((first == second, name(tx)?))
            })
            .await;
        assert_eq!(seen, (true, Some("three".to_owned())));
    }
}

/// Adds to a counter without waiting for the outcome.
fn add_later(tx: &mut Tx<'_>, name: &str, by: i64) -> Done<()> {
    let add = sql!("INSERT INTO counter (tenant_id, name, value) VALUES ($1, $2, $3)");
    Ok(tx.later(add, vec![p(&tx.tenant()), p(name), p(&by)])?)
}

fn value_of(tx: &mut Tx<'_>, name: &str) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(sql!("SELECT value FROM counter WHERE tenant_id = $1 AND name = $2"), &[p(&tenant), p(name)])?)
}

on_both! {
    fn what_nobody_waits_for_stands_before_what_is_asked_next(kit) {
        let world = World::new(&kit, "t1").await;
        let seen = world
            .write(&kit, |tx| {
                // Asked ahead while it is not there: whoever asks after the writing has the new one.
                tx.ahead(|tx| value_of(tx, "later"));
                let before = value_of(tx, "later")?;
                tx.ahead(|tx| value_of(tx, "later"));
                add_later(tx, "later", 7)?;
                Ok((before, value_of(tx, "later")?))
            })
            .await;
        assert_eq!(seen, (0, 7));
        // What only writes, and nothing else, is there after the commit.
        world.write(&kit, |tx| add_later(tx, "only", 3)).await;
        assert_eq!(world.write(&kit, |tx| value_of(tx, "only")).await, 3);
    }
}

/// Whether somebody was woken since this was asked last.
fn woken(due: &mut Due) -> bool {
    pin!(due.fell()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

on_both! {
    fn whoever_looks_ahead_does_nothing_yet(kit) {
        let world = World::new(&kit, "t1").await;
        let mut due = kit.house.db.due();
        let done = world.write(&kit, |tx| {
            // As a whole command does that is run once to hear what it asks first.
            tx.ahead(|tx| {
                tx.audit("test", "subject", None, Some(&json!({ "a": 1 })));
                tx.falls_due(tx.now());
                add_later(tx, "ahead", 1)
            });
            Ok((tx.changed().count(), value_of(tx, "ahead")?))
        });
        assert_eq!((done.await, woken(&mut due)), ((0, 0), false));
    }
}

on_both! {
    fn an_error_nobody_waited_for_undoes_everything(kit) {
        let world = World::new(&kit, "t1").await;
        let caller = Caller::system(world.tenant, "test");
        world.write(&kit, |tx| add_later(tx, "there", 1)).await;
        // With a question behind it, and with nothing but the commit.
        for ask in [true, false] {
            let told = kit.house.db.write(caller.clone(), kit.now(), move |tx| {
                add_later(tx, "lost", 1)?;
                add_later(tx, "there", 2)?;
                if ask { value_of(tx, "there") } else { Ok(0) }
            });
            assert!(matches!(told.await, Err(Stop::Db(DbError::Unique(_)))), "asked: {ask}");
        }
        assert_eq!(world.write(&kit, |tx| Ok((value_of(tx, "lost")?, value_of(tx, "there")?))).await, (0, 1));
    }
}

/// Its address may name several hosts, and what kind of server it has to be.
#[test]
fn several_ways_lead_to_postgresql() {
    Kit::run(Kit::postgres(), |kit| async move {
        let url = kit.house.config.database_url.clone().unwrap();
        let (host, name) = url.strip_prefix("postgres://postsale@").and_then(|rest| rest.rsplit_once('/')).unwrap();
        let closed = "127.0.0.1:1";
        let table = [
            (format!("{host}/{name}"), true),
            (format!("{closed},{host}/{name}"), true),
            (format!("{closed},{host}/{name}?target_session_attrs=read-write"), true),
            (format!("{host}/{name}?target_session_attrs=read-only"), false),
            (format!("{closed}/{name}"), false),
        ];
        for (address, reached) in table {
            // Nothing is pending where the kit has been.
            let found = pending(&format!("postgres://postsale@{address}"));
            assert_eq!(found.as_ref().is_ok_and(Vec::is_empty), reached, "{address}: {found:?}");
        }
    });
}

/// Whoever asks for TLS speaks it, with the server it meant, or with nobody.
#[test]
fn postgresql_is_known_by_its_certificate() {
    let Ok(authority) = std::env::var("POSTSALE_TEST_PG_CA") else { return };
    Kit::run(Kit::postgres(), |kit| async move {
        let url = kit.house.config.database_url.clone().unwrap();
        let (host, name) = url.strip_prefix("postgres://postsale@").and_then(|rest| rest.rsplit_once('/')).unwrap();
        let port = host.rsplit_once(':').unwrap().1;
        let named = |query: &str| format!("postgres://postsale@localhost:{port}/{name}?{query}");
        let at = authority.replace('/', "%2F");
        for mode in ["require", "verify-ca", "verify-full"] {
            let address = named(&format!("sslmode={mode}&sslrootcert={at}&connect_timeout=10"));
            let db = Db::open_to_read(&DbOptions { url: address, threads: 1 }).unwrap();
            // Larger than what TLS takes at once, both ways.
            let long = "密".repeat(20_000);
            let rows = db.bare_read(move |bare| {
                let text = format!("SELECT ssl::int, repeat('{long}', 10) FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
                bare.conn()
                    .raw_rows(&text)?
                    .into_iter()
                    .map(|mut r| Ok((r.next::<i64>()?, r.next::<String>()?.len())))
                    .collect::<Done<Vec<_>>>()
            });
            assert_eq!(rows.await.unwrap(), [(1, 600_000)], "{mode}");
        }
        // An authority nobody knows; a host the certificate does not name; a server that is not asked for it.
        let refused = |address: &str| format!("{:?}", pending(address).unwrap_err());
        let unknown = refused(&named("sslmode=verify-full"));
        assert!(unknown.contains("UnknownIssuer") && unknown.contains("sslrootcert"), "{unknown}");
        let other = refused(&named(&format!("sslmode=require&sslrootcert={at}")).replace("localhost", "127.0.0.1"));
        assert!(other.contains("not valid for name"), "{other}");
        assert_eq!(pending(&named(&format!("sslmode=prefer&sslrootcert={at}"))).unwrap(), Vec::<&str>::new());
    });
}

on_both! {
    fn much_said_at_once_arrives_whole_or_not_at_all(kit) {
        let world = World::new(&kit, "t1").await;
        let caller = Caller::system(world.tenant, "test");
        // Far more than goes over the wire in one piece, with a row larger than such a piece among it, and questions whose answers are
        // large in turn; the second time with an error at the end.
        let rows = 3_000_i64;
        let long = "长".repeat(60_000);
        for fails in [false, true] {
            let long = long.clone();
            let done = kit.house.db.write(caller.clone(), kit.now(), move |tx| {
                for n in 0..rows {
                    add_later(tx, &format!("{}{n}", if fails { "b" } else { "a" }), n)?;
                    if n % 1_000 == 500 {
                        let keep = sql!(
                            "INSERT INTO idempotency (tenant_id, caller, key, request_hash, status, answer, created_at) VALUES ($1, 'test', $2, $3, 200, $4, 0)"
                        );
                        tx.later(keep, vec![p(&tx.tenant()), p(&format!("{n}{fails}")), p(&vec![0_u8]), p(&long)])?;
                    }
                }
                if fails {
                    add_later(tx, "a0", 1)?;
                }
                let tenant = tx.tenant();
                let texts = sql!("SELECT answer FROM idempotency WHERE tenant_id = $1 ORDER BY key");
                let look = |tx: &mut Tx<'_>| Ok(tx.query(texts, &[p(&tenant)], |r| r.next::<String>())?);
                tx.ahead(look);
                Ok(look(tx)?.iter().map(String::len).sum::<usize>())
            });
            match done.await {
                Ok(seen) => assert_eq!((fails, seen), (false, 3 * 180_000)),
                Err(Stop::Db(DbError::Unique(_))) => assert!(fails),
                Err(other) => panic!("{other}"),
            }
        }
        // Nothing of the second; and the connection that said it goes on.
        let left = world
            .write(&kit, |tx| {
                let tenant = tx.tenant();
                let sums = sql!("SELECT COUNT(*), CAST(SUM(value) AS BIGINT) FROM counter WHERE tenant_id = $1 AND name > 'a' AND name < 'c'");
                Ok(tx.one(sums, &[p(&tenant)], |r| Ok((r.next::<i64>()?, r.next::<i64>()?)))?)
            })
            .await;
        assert_eq!(left, Some((rows, rows * (rows - 1) / 2)));
    }
}

on_both! {
    fn whoever_finds_another_one_faster_does_it_again(kit) {
        let world = World::new(&kit, "t1").await;
        let caller = Caller::system(world.tenant, "test");
        let turns = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
        let counted = turns.clone();
        let done = kit.house.db.write(caller, kit.now(), move |tx| {
            let turn = counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            // The first time there is no such row.
            let name = if turn == 0 { "nobody" } else { "somebody" };
            add_later(tx, "somebody", turn)?;
            // The server has answered once: nothing but the commit comes behind the change.
            value_of(tx, "somebody")?;
            let change = sql!("UPDATE counter SET value = value + 10 WHERE tenant_id = $1 AND name = $2");
            tx.later_one(change, vec![p(&tx.tenant()), p(name)])?;
            Ok(())
        });
        // One writer has nobody beside it who could have been faster: there it is a fault.
        match (done.await, kit.house.db.dialect()) {
            (Ok(()), Dialect::Postgres) => assert_eq!(world.write(&kit, |tx| value_of(tx, "somebody")).await, 11),
            (Err(Stop::Db(DbError::Contended(_))), Dialect::Sqlite) => {}
            (other, dialect) => panic!("{dialect:?}: {other:?}"),
        }
    }
}

on_both! {
    fn nobody_is_asked_what_hangs_on_a_thing_just_made_until_somebody_may_have_hung_it(kit) {
        let world = World::new(&kit, "t1").await;
        let seen = world
            .write(&kit, |tx| {
                let (old, made) = (TicketId::from_uuid(uuid::Uuid::from_u128(7)), tx.new_id::<TicketId>());
                // Stands for what hangs on either: a row that is there whoever asks.
                let tenant = tx.tenant();
                let ask = |tx: &mut Tx<'_>, thing| tx.hanging_one(thing, sql!("SELECT name FROM tenant WHERE id = $1"), &[p(&tenant)], |r| r.next::<String>());
                let before = (ask(tx, old)?.is_some(), ask(tx, made)?.is_some());
                tx.exec(sql!("UPDATE tenant SET name = 'two' WHERE id = $1"), &[p(&tenant)])?;
                Ok((before, ask(tx, made)?))
            })
            .await;
        assert_eq!(seen, ((true, false), Some("two".to_owned())), "an older thing is asked about, a new one once this file has written");
    }
}

on_both! {
    fn a_job_is_claimed_once_and_a_late_holder_cannot_finish(kit) {
        let world = World::new(&kit, "t1").await;
        let now = kit.now();
        world.write(&kit, move |tx| {
            jobs::enqueue(tx, "q", "k", now, &json!({}))?;
            jobs::enqueue(tx, "q", "k", now, &json!({}))?;
            Ok(())
        }).await;
        let claim = |at| kit.house.db.bare_write(move |bare| {
            jobs::free(bare, at)?;
            Ok(jobs::claim(bare, at, 10, [""; 3])?)
        });
        let first = claim(now).await.unwrap();
        assert_eq!(first.len(), 1, "the second enqueue stood for the same job");
        assert!(claim(now).await.unwrap().is_empty());
        let after = now + jobs::LEASE + jiff::SignedDuration::from_secs(1);
        let second = claim(after).await.unwrap();
        assert_eq!((second.len(), second[0].attempts), (1, 2));
        let renew = |job: jobs::Job, at| kit.house.db.bare_write(move |bare| jobs::renew(bare, &job, at));
        assert!(!renew(first[0].clone(), after).await.unwrap());
        assert!(renew(second[0].clone(), after + SignedDuration::from_secs(30)).await.unwrap());
        assert!(claim(after + jobs::LEASE + SignedDuration::from_secs(29)).await.unwrap().is_empty(), "renewed");
        let finish = |job: jobs::Job| world.write(&kit, move |tx| Ok(jobs::finish(tx, &job)?));
        assert!(!finish(first[0].clone()).await, "the first holder slept through its lease");
        assert!(finish(second[0].clone()).await);
        assert!(claim(after + jobs::LEASE).await.unwrap().is_empty());
    }
}

on_both! {
    fn the_worker_is_woken_by_what_falls_due_at_once_and_only_when_it_stands(kit) {
        let world = World::new(&kit, "t1").await;
        let now = kit.now();
        let (mut due, mut beside) = (kit.house.db.due(), kit.house.db.due());
        world.write(&kit, |tx| counted(tx, "nothing due")).await;
        world.write(&kit, move |tx| Ok(jobs::enqueue(tx, "q", "later", now + SignedDuration::from_secs(1), &json!({}))?)).await;
        let undone = kit.house.db.write(Caller::system(world.tenant, "test"), now, move |tx| {
            jobs::enqueue(tx, "q", "undone", now, &json!({}))?;
            Err::<(), _>(refuse!(Invalid, "test").into())
        });
        assert!(matches!(undone.await, Err(Stop::Refused(_))));
        assert!(!woken(&mut due), "nothing is due yet");
        world.write(&kit, move |tx| Ok(jobs::enqueue(tx, "q", "now", now, &json!({}))?)).await;
        assert!(woken(&mut due) && woken(&mut beside), "everybody who listens");
        assert!(!woken(&mut due), "once");
    }
}

on_both! {
    fn a_job_that_keeps_failing_is_parked_where_people_see_it(kit) {
        let world = World::new(&kit, "t1").await;
        let mut now = kit.now();
        world.write(&kit, move |tx| Ok(jobs::enqueue(tx, "q", "k", now, &json!({}))?)).await;
        for attempt in 1..=jobs::MAX_ATTEMPTS {
            let claimed = kit.house.db.bare_write(move |bare| Ok(jobs::claim(bare, now, 1, [""; 3])?)).await.unwrap();
            assert_eq!(claimed[0].attempts, attempt);
            let job = claimed[0].clone();
            kit.house.db.bare_write(move |bare| jobs::give_back(bare, &job, now, "no")).await.unwrap();
            now += jobs::backoff(attempt);
        }
        let parked = world.read(&kit, |tx| Ok(jobs::parked(tx, 10)?)).await;
        assert_eq!(parked.iter().map(|(_, q, e)| (q.as_str(), e.as_str())).collect::<Vec<_>>(), [("q", "no")]);
    }
}

on_both! {
    fn ad_04_two_nodes_append_to_one_chain_at_once(kit) {
        let world = World::new(&kit, "t1").await;
        let (config, clock) = (kit.house.config.clone(), kit.house.clock.clone());
        let second = tokio::task::spawn_blocking(move || House::open(config, clock).unwrap()).await.unwrap();
        let before = world.read(&kit, org::audit::head).await.unwrap().0;
        let mut writers = Vec::new();
        for n in 0..400_u32 {
            let house = if n % 2 == 0 { kit.house.clone() } else { second.clone() };
            let (caller, now) = (Caller::system(world.tenant, "test"), kit.now());
            writers.push(tokio::spawn(async move {
                house.db.write(caller, now, move |tx| {
                    tx.audit("test.step", "x_1", None, Some(&json!({ "n": n })));
                    tx.audit("test.step", "x_2", None, Some(&json!({ "n": n })));
                    Ok(())
                }).await
            }));
        }
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        // One line without fork or gap, and nobody's second entry came between another's two.
        assert_eq!(world.read(&kit, org::audit::first_broken).await, None);
        assert_eq!(world.read(&kit, org::audit::head).await.unwrap().0, before + 800);
        let apart = sql!(
            "SELECT COUNT(*) FROM audit_entry a JOIN audit_entry b ON b.tenant_id = a.tenant_id AND b.seq = a.seq + 1
             WHERE a.tenant_id = $1 AND a.subject = 'x_1' AND b.after_json <> a.after_json"
        );
        assert_eq!(world.read(&kit, move |tx| { let tenant = tx.tenant(); Ok(tx.number(apart, &[p(&tenant)])?) }).await, 0);
    }
}

on_both! {
    fn the_audit_chain_holds_and_names_what_was_bent(kit) {
        let world = World::new(&kit, "t1").await;
        let broken = || world.read(&kit, org::audit::first_broken);
        assert_eq!(broken().await, None);
        world.write(&kit, |tx| {
            let tenant = tx.tenant();
            tx.exec(sql!("UPDATE audit_entry SET after_json = '{}' WHERE tenant_id = $1 AND seq = 3"), &[p(&tenant)])?;
            Ok(())
        }).await;
        assert_eq!(broken().await, Some(3));
    }
}

on_both! {
    fn a_cut_tail_of_the_audit_chain_shows(kit) {
        let world = World::new(&kit, "t1").await;
        // The tenant and one person per role.
        let last = 1 + Role::ALL.len() as i64;
        world.write(&kit, move |tx| {
            let tenant = tx.tenant();
            tx.exec(sql!("DELETE FROM audit_entry WHERE tenant_id = $1 AND seq >= $2"), &[p(&tenant), p(&last)])?;
            Ok(())
        }).await;
        assert_eq!(world.read(&kit, org::audit::first_broken).await, Some(last));
    }
}

on_both! {
    fn places_mean_their_numbers_wherever_they_stand(kit) {
        let world = World::new(&kit, "t1").await;
        let row = world
            .read(&kit, |tx| {
                let crossed = sql!("SELECT COUNT(*), MAX(code) FROM tenant WHERE code = $2 AND id = $1 AND code = $2");
                Ok(tx.one(crossed, &[p(&tx.tenant()), p("t1")], |r| Ok((r.next::<i64>()?, r.next::<Option<String>>()?)))?)
            })
            .await;
        assert_eq!(row, Some((1, Some("t1".to_owned()))));
    }
}
