//! The long-running subcommands and the ones that look at an installation.

use std::path::Path;

use postsale_server::ground::clock::Clock;
use postsale_server::ground::config::Config;
use postsale_server::house::House;
use tokio::net::TcpListener;

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

/// `serve` and `demo`.
pub fn serve(file: Option<&Path>, worker: bool, demo: bool) -> Done {
    log();
    let config = config(file)?;
    let listen = config.listen.clone();
    let house = House::open(config, Clock::Wall).map_err(|e| e.to_string())?;
    if demo {
        postsale_server::demo::seed_when_empty(&house).map_err(|e| e.to_string())?;
    }
    runtime()?.block_on(async move {
        let listener = TcpListener::bind(&listen).await.map_err(|e| format!("{listen}: {e}"))?;
        tracing::info!(address = %listen, "Postsale is ready: http://{listen}");
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let working = worker.then(|| tokio::spawn(postsale_server::worker::run(house.clone(), stopped)));
        postsale_server::serve::serve(house, listener, told_to_stop()).await.map_err(|e| e.to_string())?;
        let _ = stop.send(true);
        match working {
            Some(task) => task.await.map_err(|e| e.to_string()),
            None => Ok(()),
        }
    })
}

/// `worker`.
pub fn worker(file: Option<&Path>) -> Done {
    log();
    let house = House::open(config(file)?, Clock::Wall).map_err(|e| e.to_string())?;
    runtime()?.block_on(async move {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let leaving = house.clone();
        let working = tokio::spawn(postsale_server::worker::run(house, stopped));
        told_to_stop().await;
        leaving.meter.drain();
        let _ = stop.send(true);
        working.await.map_err(|e| e.to_string())
    })
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
