//! The worker as a whole: what waits for others holds nothing up, nothing is done twice, and nothing is left out.

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_domain::inbox::{LetterId, LetterState};
use postsale_domain::notify::NoticeKind;
use postsale_server::edge::mail_in;
use postsale_server::ground::config::Config;
use postsale_server::ground::db::{Query, p};
use postsale_server::ground::jobs;
use postsale_server::ground::mail::{Mail, MailError, MailOut};
use postsale_server::house::House;
use postsale_server::notify::jobs::deliver;
use postsale_server::notify::store as notices;
use postsale_server::worker::bench::Bench;
use postsale_server::worker::{self, jobs as work};
use postsale_server::{inbox, sql};
use postsale_testkit::{Kit, World, on_both};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::imports::{hand_in, mapping};
use crate::notify::tell;
use crate::people_world::invited;
use crate::plan_world::{Call, Field, Hand};
use crate::talk_world::some_ticket;

/// Longer than anything here takes, shorter than a step of a conversation with a mail server may.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks until it is so.
async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let asking = async {
        while !so().await {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, asking).await.is_ok(), "{what}");
}

/// Another process on the same database, at the same time of day.
async fn node(kit: &Kit, config: Config) -> House {
    let clock = kit.house.clock.clone();
    tokio::task::spawn_blocking(move || House::open(config, clock).unwrap()).await.unwrap()
}

/// State and attempts of all mails.
async fn outbox(kit: &Kit) -> Vec<(String, i64)> {
    let mails = sql!("SELECT state, attempts FROM outbox ORDER BY state, attempts");
    kit.house.db.bare_read(move |bare| Ok(bare.query(mails, &[], |r| Ok((r.next()?, r.next()?)))?)).await.unwrap()
}

/// State and attempts of all jobs but the letters'.
async fn others(kit: &Kit) -> Vec<(String, i64)> {
    let jobs = sql!("SELECT state, attempts FROM job WHERE queue <> $1 ORDER BY state, attempts");
    kit.house.db.bare_read(move |bare| Ok(bare.query(jobs, &[p(inbox::store::READ)], |r| Ok((r.next()?, r.next()?)))?)).await.unwrap()
}

/// Whether every lease, and there are so many, is as long as it can be just now or at most half a minute shorter.
async fn renewed(kit: &Kit, count: usize) -> bool {
    let leases = sql!("SELECT lease_until FROM job WHERE state = 'run' UNION ALL SELECT lease_until FROM outbox WHERE state = 'run'");
    let all: Vec<i64> = kit.house.db.bare_read(move |bare| Ok(bare.query(leases, &[], |r| r.next())?)).await.unwrap();
    let now = kit.now().as_millisecond();
    all.len() == count && all.iter().all(|until| *until >= now + 60_000)
}

async fn letter(kit: &Kit, world: &World) -> LetterId {
    let mail = "From: li@example.com\r\nSubject: help\r\nMessage-ID: <a@example.com>\r\n\r\nno paper\r\n";
    let read = mail_in::read(mail.as_bytes(), "h").letter;
    world.write(kit, move |tx| Ok(inbox::store::keep(tx, &read, None, None)?.0)).await
}

async fn is_read(kit: &Kit, world: &World, letter: LetterId) -> bool {
    world.read(kit, move |tx| inbox::store::letter(tx, letter)).await.unwrap().state == LetterState::Read
}

/// A mail server that takes connections and says nothing.
struct Silence {
    url: String,
    taken: Mutex<Receiver<TcpStream>>,
}

impl Silence {
    fn start() -> Arc<Silence> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let (give, taken) = channel();
        std::thread::spawn(move || listener.incoming().map_while(Result::ok).all(|stream| give.send(stream).is_ok()));
        Arc::new(Silence { url, taken: Mutex::new(taken) })
    }

    /// The next connection.
    async fn next(self: &Arc<Self>) -> TcpStream {
        let us = self.clone();
        tokio::task::spawn_blocking(move || us.taken.lock().unwrap().recv_timeout(PATIENCE).unwrap()).await.unwrap()
    }
}

on_both! {
    fn a_mail_server_that_keeps_silent_holds_back_mail_and_nothing_else(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        invited(&world.client(&kit, Role::Admin).await, "anna", "agent").await;
        assert!(tell(&kit, &world, ticket, NoticeKind::Closed, 1).await);
        let silence = Silence::start();
        let house = node(&kit, Config { smtp_url: Some(silence.url.clone()), ..kit.house.config.clone() }).await;
        let (stop, stopped) = watch::channel(false);
        let working = tokio::spawn(worker::run(house.clone(), stopped));
        // A merchant's mail, and one to somebody of the house: both wait for an answer.
        let held = [silence.next().await, silence.next().await];
        let letter = letter(&kit, &world).await;
        until("a letter is read meanwhile", async || is_read(&kit, &world, letter).await).await;
        let hand = |state: &str, attempts| (state.to_owned(), attempts);
        let mails = outbox(&kit).await;
        assert_eq!(mails, [hand("ready", 0), hand("run", 1)], "the letter's receipt is nobody's yet: what is in hand is claimed, and no more");
        assert_eq!(others(&kit).await, [hand("run", 1)]);
        // Nobody takes over what is still in hand.
        for _ in 0..3 {
            kit.later(SignedDuration::from_secs(45));
            until("leases of what is in hand are renewed", async || renewed(&kit, 2).await).await;
        }
        assert!(outbox(&kit).await == mails && others(&kit).await == [hand("run", 1)]);
        // Told to stop, it ends what is in hand, and begins nothing.
        house.meter.drain();
        stop.send(true).unwrap();
        drop(held);
        tokio::time::timeout(PATIENCE, working).await.unwrap().unwrap();
        assert_eq!(outbox(&kit).await, [hand("ready", 0), hand("ready", 1)]);
        assert_eq!(others(&kit).await, [hand("ready", 1)]);
    }
}

/// A way out that takes fifty seconds for a mail; meanwhile another node sends what it finds.
struct Slow {
    kit: House,
    taken: Arc<Mutex<Vec<String>>>,
    other: Option<(House, tokio::runtime::Handle)>,
}

impl MailOut for Slow {
    fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.taken.lock().unwrap().push(mail.message_id.clone());
        if let Some((node, runtime)) = &self.other {
            self.kit.clock.set(self.kit.clock.now() + SignedDuration::from_secs(50));
            let out = Arc::new(Slow { kit: self.kit.clone(), taken: self.taken.clone(), other: None });
            runtime.block_on(deliver(node, out)).unwrap();
        }
        Ok(())
    }
}

on_both! {
    fn two_nodes_send_no_mail_twice_however_slow_the_way_out_is(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        for turn in 1..=5 {
            assert!(tell(&kit, &world, ticket, NoticeKind::Reopened, turn).await);
        }
        let other = node(&kit, kit.house.config.clone()).await;
        let taken = Arc::new(Mutex::new(Vec::new()));
        // After the third of them the lease of what was claimed at the beginning would be over.
        let slow = Arc::new(Slow { kit: kit.house.clone(), taken: taken.clone(), other: Some((other, tokio::runtime::Handle::current())) });
        deliver(&kit.house, slow).await.unwrap();
        let mut ids = taken.lock().unwrap().clone();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), taken.lock().unwrap().len()), (5, 5));
        assert!(outbox(&kit).await.iter().all(|(state, attempts)| state == "sent" && *attempts == 1));
    }
}

on_both! {
    fn a_mail_that_ends_whoever_sends_it_is_given_up(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        tell(&kit, &world, ticket, NoticeKind::Closed, 1).await;
        for attempt in 1..=postsale_domain::notify::MAX_ATTEMPTS {
            let now = kit.now();
            let claimed = kit.house.db.bare_write(move |bare| {
                notices::free(bare, now)?;
                notices::claim(bare, now, &|_, n| format!("x.{n}@h"))
            });
            assert_eq!(claimed.await.unwrap().unwrap().attempts, attempt);
            kit.later(notices::LEASE + SignedDuration::from_secs(1));
        }
        kit.settle().await;
        assert_eq!(outbox(&kit).await, [("failed".to_owned(), 10)]);
    }
}

/// Two of a crew, four orders; plans of these days are asked for.
async fn asked(kit: &Kit, days: &[&str]) -> (Field, Vec<Value>) {
    let hands = vec![Hand::new("南", 31_200_000), Hand::new("北", 31_250_000)];
    let field = Field::new(kit, hands, (0..4).map(|n| Call::new(31_200_000 + n * 10_000)).collect()).await;
    let mut plans = Vec::new();
    for day in days {
        plans.push(field.dispatcher.post("/api/v1/dispatch/plans", &json!({ "date": day, "seconds": 1 })).await.expect(202));
    }
    (field, plans)
}

on_both! {
    fn a_search_is_claimed_when_there_is_a_seat_for_it(kit) {
        let (field, plans) = asked(&kit, &["2026-11-24", "2026-11-25", "2026-11-26"]).await;
        let letter = letter(&kit, &field.world).await;
        let hand = |state: &str, attempts| (state.to_owned(), attempts);
        let mut bench = Bench::new(None);
        for _ in 0..2 {
            work::turn(&kit.house, &mut bench).await.unwrap();
            let under_way = others(&kit).await.into_iter().filter(|(state, _)| state == "run").count();
            assert!(under_way <= 1, "the others are anybody's");
        }
        assert!(is_read(&kit, &field.world, letter).await, "and nothing waits for them");
        bench.cleared().await;
        while work::turn(&kit.house, &mut bench).await.unwrap().did > 0 {
            bench.cleared().await;
        }
        assert_eq!(others(&kit).await, [hand("done", 1), hand("done", 1), hand("done", 1)], "each was searched for once");
        for plan in &plans {
            assert_eq!(field.read(plan).await["plan"]["state"], "proposed");
        }
    }
}

on_both! {
    fn a_plan_whose_search_ends_its_process_is_given_up_and_says_so(kit) {
        let (field, plans) = asked(&kit, &["2026-11-24"]).await;
        for attempt in 1..=jobs::MAX_ATTEMPTS {
            let now = kit.now();
            let claimed = kit.house.db.bare_write(move |bare| {
                assert!(jobs::free(bare, now)?.is_empty());
                Ok(jobs::claim(bare, now, 9, [""; 3])?)
            });
            assert_eq!(claimed.await.unwrap()[0].attempts, attempt);
            kit.later(jobs::LEASE + SignedDuration::from_secs(1));
        }
        let mut bench = Bench::new(None);
        assert_eq!(work::turn(&kit.house, &mut bench).await.unwrap().did, 0, "nobody tries it again");
        assert_eq!(others(&kit).await, [("parked".to_owned(), i64::from(jobs::MAX_ATTEMPTS))]);
        let parked = field.world.read(&kit, |tx| Ok(jobs::parked(tx, 10)?)).await;
        assert_eq!(parked[0].2, "whoever worked on it did not come back");
        assert_eq!(field.read(&plans[0]).await["plan"]["state"], "failed");
        // And another one of that day can be asked for.
        field.dispatcher.post("/api/v1/dispatch/plans", &json!({ "date": "2026-11-24", "seconds": 1 })).await.expect(202);
    }
}

on_both! {
    fn an_import_leaves_the_others_their_turn(kit) {
        let world = World::new(&kit, "t1").await;
        let client = world.client(&kit, Role::Admin).await;
        let rows: String = (0..1_200).map(|n| format!("89831015411{n:04},商户{n},示例银行\n")).collect();
        let page = hand_in(&client, "merchants", format!("商户编号,商户,收单行\n{rows}").into()).await.expect(201);
        let path = format!("/api/v1/imports/{}", page["id"].as_str().unwrap());
        client.post(&format!("{path}/check"), &json!({ "version": page["version"], "mapping": mapping(&page) })).await.expect(202);
        let letter = letter(&kit, &world).await;
        let mut bench = Bench::for_imports();
        work::turn(&kit.house, &mut bench).await.unwrap();
        assert!(is_read(&kit, &world, letter).await, "in the same turn");
        bench.cleared().await;
        let mut turns = 1;
        while client.get(&path).await.expect(200)["state"] == "checking" {
            assert_eq!(work::turn(&kit.house, &mut bench).await.unwrap().did, 1);
            bench.cleared().await;
            turns += 1;
        }
        assert_eq!(turns, 3, "five hundred rows a turn");
    }
}

/// Those who import from the command line wait for nobody's mail and for no plan.
#[test]
fn an_import_by_itself_takes_neither_mail_nor_plans() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let (field, _) = asked(&kit, &["2026-11-24"]).await;
        invited(&field.world.client(&kit, Role::Admin).await, "anna", "agent").await;
        let mut bench = Bench::for_imports();
        assert_eq!(work::turn(&kit.house, &mut bench).await.unwrap().did, 0);
        assert!(others(&kit).await.iter().all(|(state, attempts)| state == "ready" && *attempts == 0));
    });
}
