//! The house: what every request and every job shares.

use std::sync::Arc;
use std::time::{Duration, Instant};

use postsale_domain::ground::Caller;

use crate::edge::fetch::Fetch;
use crate::edge::oidc::Oidc;
use crate::ground::clock::Clock;
use crate::ground::config::Config;
use crate::ground::db::{Db, DbError, DbOptions, Stop, migrate, walls};
use crate::ground::gate::Gate;
use crate::ground::meter::Meter;
use crate::ground::seal::{Seal, random};
use crate::live::Hub;

/// How long a start waits for a database server that does not answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the clock is compared with the database's.
const LOOK: Duration = Duration::from_secs(2);

/// Everything the house owns. Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<Shared>);

/// What [`House`] shares.
pub struct Shared {
    /// The database layer.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// Signs links and cursors.
    pub seal: Seal,
    /// How the process was started.
    pub config: Config,
    /// What this process counts about itself.
    pub meter: Meter,
    /// Turns for what costs much.
    pub gate: Gate,
    /// Speaks with houses of accounts.
    pub accounts: Oidc,
    /// The open streams of changes.
    pub live: Hub,
}

impl std::ops::Deref for House {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl House {
    /// Migrates the database, opens it and reads the facts. A server that is not there yet, or goes away meanwhile, is asked again
    /// for a while: after a power cut everything starts at once.
    pub fn open(config: Config, clock: Clock) -> Result<Self, DbError> {
        let url = config.database_url();
        let seal = Seal::load(&config.data_dir).map_err(|e| DbError::Unavailable(e.to_string()))?;
        let accounts = Oidc::new(Fetch::new(&config).map_err(DbError::Other)?);
        let far = url.starts_with("postgres");
        let options = DbOptions { url, threads: config.db_threads };
        let db = patient(if far { PATIENCE } else { Duration::ZERO }, || {
            migrate(&options.url, clock.now())?;
            if let Some(passes) = walls(&options.url)?.and_then(|walls| walls.passes) {
                tracing::warn!(
                    passes,
                    "the database role walks through the walls between organisations; `postsale doctor` says what to do"
                );
            }
            Db::open(&options, crate::flow::index::finish)
        })?;
        let gate = Gate::new(config.db_threads);
        let (meter, live) = (Meter::default(), Hub::default());
        Ok(Self(Arc::new(Shared { db, clock, seal, config, meter, gate, accounts, live })))
    }

    /// Sets the clock by the database's, before anything goes by it.
    pub fn set_clock_blocking(&self) -> Result<(), DbError> {
        patient(PATIENCE, || {
            let asked = Clock::mark();
            let read = self.db.instant_blocking().map_err(|stop| match stop {
                Stop::Db(error) => error,
                other => DbError::Other(other.to_string()),
            })?;
            self.clock.compare(read.map(|read| (read, asked)));
            Ok(())
        })
    }

    /// Sets the clock by the database's, again and again, as long as the process lives.
    pub async fn keep_time(self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let asked = Clock::mark();
            // No answer: the clock goes on as it is.
            if let Ok(read) = self.db.instant().await {
                self.clock.compare(read.map(|read| (read, asked)));
            }
        }
    }

    /// The house acting by itself for a tenant.
    pub fn itself(&self, tenant: postsale_domain::ground::TenantId, job: &'static str) -> Caller {
        Caller::system(tenant, job)
    }
}

/// Tries until it works or `patience` is over; the waits grow and differ between nodes that start together.
fn patient<T>(patience: Duration, mut work: impl FnMut() -> Result<T, DbError>) -> Result<T, DbError> {
    let (began, mut most) = (Instant::now(), 100);
    loop {
        match work() {
            Err(DbError::Unavailable(reason)) if began.elapsed() < patience => {
                tracing::warn!(reason, "the database does not answer yet");
                std::thread::sleep(Duration::from_millis(most / 2 + u64::from(random()[0]) * most / 512));
                most = (most * 2).min(2_000);
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again_and_not_for_ever() {
        let away = || DbError::Unavailable("away".into());
        let mut tries = 0;
        let done = patient(PATIENCE, || {
            tries += 1;
            if tries < 3 { Err(away()) } else { Ok(tries) }
        });
        assert_eq!(done.ok(), Some(3));
        assert!(matches!(patient(Duration::ZERO, || Err::<(), _>(away())), Err(DbError::Unavailable(_))));
        let mut tries = 0;
        let wrong = patient(PATIENCE, || {
            tries += 1;
            Err::<(), _>(DbError::Other("password".into()))
        });
        assert!(wrong.is_err());
        assert_eq!(tries, 1);
    }
}
