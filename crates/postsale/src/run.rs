//! The long-running subcommands and the ones that look at an installation.

use std::fs::{File, TryLockError};
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use postsale_server::ground::clock::Clock;
use postsale_server::ground::config::Config;
use postsale_server::ground::guard::make_folder;
use postsale_server::house::House;
use tokio::net::TcpListener;
use tokio::sync::watch;

type Done = Result<(), String>;

pub(crate) fn config(file: Option<&Path>) -> Result<Config, String> {
    Config::load(file, |name| std::env::var(name).ok().filter(|v| !v.is_empty()))
}

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,postgres=warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())
}

/// The house of a process that runs for long: its time does not jump when the machine's clock does.
fn open(config: Config) -> Result<House, String> {
    let house = House::open(config, Clock::steady()).map_err(|e| e.to_string())?;
    house.set_clock_blocking().map_err(|e| e.to_string())?;
    Ok(house)
}

/// Holds what makes this the one server of a SQLite file, for as long as the process lives: two would each believe what they remember
/// of it. The system lets go when the process dies, however it dies. PostgreSQL has as many servers as one likes, and whatever does not
/// serve asks for nothing.
fn alone(config: &Config) -> Result<Option<File>, String> {
    let url = config.database_url();
    let Some(path) = url.strip_prefix("sqlite://") else { return Ok(None) };
    let lock = format!("{path}.lock");
    if let Some(folder) = Path::new(&lock).parent() {
        make_folder(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let file = File::options().create(true).truncate(false).write(true).open(&lock).map_err(|e| format!("{lock}: {e}"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(format!(
            "another Postsale serves from {path} already. Stop it first, or give this one a data folder of its own (POSTSALE_DATA_DIR). \
             For several servers on one database use PostgreSQL (DATABASE_URL)."
        )),
        Err(TryLockError::Error(e)) => {
            tracing::warn!("{lock} cannot be locked ({e}): see to it yourself that one server alone uses {path}");
            Ok(None)
        }
    }
}

/// `serve` and `demo`.
pub fn serve(file: Option<&Path>, worker: bool, demo: bool) -> Done {
    log();
    let config = config(file)?;
    let _alone = alone(&config)?;
    let listen = config.listen.clone();
    let house = open(config)?;
    if demo {
        postsale_server::demo::seed_when_empty(&house).map_err(|e| e.to_string())?;
    }
    run(async move {
        let listener = TcpListener::bind(&listen).await.map_err(|e| format!("{listen}: {e}"))?;
        tracing::info!(address = %listen, "Postsale is ready: http://{listen}");
        let mut stopped = told();
        tokio::spawn(house.clone().keep_time());
        let working = worker.then(|| tokio::spawn(postsale_server::worker::run(house.clone(), stopped.clone())));
        let stop = async move {
            let _ = stopped.changed().await;
        };
        postsale_server::serve::serve(house, listener, stop).await;
        match working {
            Some(task) => task.await.map_err(|e| e.to_string()),
            None => Ok(()),
        }
    })
}

/// Runs to the end. A search that takes no notice of being told to stop is left behind with the process: its job is taken up again.
fn run(whole: impl Future<Output = Done>) -> Done {
    let runtime = runtime()?;
    let done = runtime.block_on(whole);
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

/// `worker`.
pub fn worker(file: Option<&Path>) -> Done {
    log();
    let house = open(config(file)?)?;
    run(async move {
        let stopped = told();
        tokio::spawn(house.clone().keep_time());
        let (leaving, mut heard) = (house.clone(), stopped.clone());
        tokio::spawn(async move {
            let _ = heard.changed().await;
            leaving.meter.drain();
        });
        postsale_server::worker::run(house, stopped).await;
        Ok(())
    })
}

/// Changes when the process is told to stop.
fn told() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        told_to_stop().await;
        let _ = stop.send(true);
    });
    stopped
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

/// `migrate`.
pub fn migrate(file: Option<&Path>) -> Done {
    let applied = postsale_server::ground::db::migrate(&config(file)?.database_url(), Clock::Wall.now()).map_err(|e| e.to_string())?;
    println!("{} new: {}", applied.names.len(), applied.names.join(" "));
    Ok(())
}

/// `openapi`.
pub fn openapi() -> Done {
    println!("{}", postsale_server::http::openapi().to_pretty_json().map_err(|e| e.to_string())?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_alone_has_a_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let on = |data_dir: &Path| Config { data_dir: data_dir.to_path_buf(), ..Config::default() };
        let first = alone(&on(folder.path())).unwrap();
        assert!(first.is_some());
        assert!(alone(&on(folder.path())).unwrap_err().contains("serves from"));
        assert!(alone(&on(&folder.path().join("another"))).unwrap().is_some());
        drop(first);
        assert!(alone(&on(folder.path())).unwrap().is_some(), "whoever is gone holds nothing");
        let far = Config { database_url: Some("postgres://somewhere/postsale".into()), ..on(folder.path()) };
        assert!(alone(&far).unwrap().is_none() && alone(&far).unwrap().is_none());
    }
}
