use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use postsale_server::ground::clock::Clock;
use postsale_server::ground::config::Config;
use postsale_server::house::House;
use tempfile::TempDir;

/// The application on a database of its own.
pub struct Kit {
    /// The application.
    pub house: House,
    /// Its data folder; removed with the kit.
    pub folder: TempDir,
    database: Option<(String, String)>,
}

/// Tuesday 2026-11-24, 10:00 in Shanghai: a working morning, the instant every kit starts at.
pub fn start_of_day() -> Timestamp {
    "2026-11-24T10:00:00+08:00".parse().unwrap()
}

impl Kit {
    /// On SQLite, in a folder of its own.
    pub fn sqlite() -> Kit {
        Self::open(None)
    }

    /// On PostgreSQL, in a database of its own; `None` when `POSTSALE_TEST_PG` names no server.
    pub fn postgres() -> Option<Kit> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("POSTSALE_TEST_PG") else {
            eprintln!("PostgreSQL is not part of this run: POSTSALE_TEST_PG is not set");
            return None;
        };
        let name = format!("kit_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut admin = postgres::Client::connect(&format!("{server}/postgres"), postgres::NoTls).unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).unwrap();
        Some(Self::open(Some((server, name))))
    }

    fn open(database: Option<(String, String)>) -> Kit {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            data_dir: folder.path().into(),
            database_url: database.as_ref().map(|(server, name)| format!("{server}/{name}")),
            db_threads: 3,
            public_url: Some("http://postsale.test".into()),
            inside_hosts: vec!["127.0.0.1".into()],
            ..Config::default()
        };
        Kit { house: House::open(config, Clock::fake(start_of_day())).unwrap(), folder, database }
    }

    /// Runs an async test body on the kit; does nothing without one.
    pub fn run<F: Future<Output = ()>>(kit: Option<Kit>, body: impl FnOnce(Kit) -> F) {
        let Some(kit) = kit else { return };
        let database = kit.database.clone();
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(body(kit));
        if let Some((server, name)) = database {
            let mut admin = postgres::Client::connect(&format!("{server}/postgres"), postgres::NoTls).unwrap();
            admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
        }
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.house.clock.now()
    }

    /// Moves the clock to an instant such as `2026-11-24T12:40:00+08:00`.
    pub fn set(&self, at: &str) {
        self.house.clock.set(at.parse().unwrap());
    }

    /// Moves the clock forward.
    pub fn later(&self, by: jiff::SignedDuration) {
        self.house.clock.set(self.now() + by);
    }

    /// Does everything that is due now: jobs, timers, outbox, until nothing is left.
    pub async fn settle(&self) {
        for _ in 0..20 {
            postsale_server::worker::round(&self.house).await;
        }
    }
}
