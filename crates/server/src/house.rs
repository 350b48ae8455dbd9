//! The house: what every request and every job shares.

use std::sync::Arc;

use postsale_domain::ground::Caller;
use tokio::sync::Notify;

use crate::ground::clock::Clock;
use crate::ground::config::Config;
use crate::ground::db::{Db, DbError, DbOptions, migrate};
use crate::ground::meter::Meter;
use crate::ground::seal::Seal;
use crate::live::Hub;

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
    /// The open streams of changes.
    pub live: Hub,
    wake: Notify,
}

impl std::ops::Deref for House {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl House {
    /// Migrates the database, opens it and reads the facts.
    pub fn open(config: Config, clock: Clock) -> Result<Self, DbError> {
        let url = config.database_url();
        let seal = Seal::load(&config.data_dir).map_err(|e| DbError::Unavailable(e.to_string()))?;
        migrate(&url, clock.now())?;
        let db = Db::open(&DbOptions { url, threads: config.db_threads }, crate::flow::index::finish)?;
        Ok(Self(Arc::new(Shared { db, clock, seal, config, meter: Meter::default(), live: Hub::default(), wake: Notify::new() })))
    }

    /// Tells the worker that something may have fallen due, and whoever watches that something may have changed.
    pub fn wake(&self) {
        self.live.stir();
        self.wake.notify_one();
    }

    /// Waits until somebody calls [`House::wake`].
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// The house acting by itself for a tenant.
    pub fn itself(&self, tenant: postsale_domain::ground::TenantId, job: &'static str) -> Caller {
        Caller::system(tenant, job)
    }
}
