//! Runs the server until it is told to stop.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::ground::sabotage;
use crate::house::House;

/// Longest that requests under way are waited for once the listener is closed. Longer than any request may take.
const FINISH: Duration = Duration::from_secs(35);

/// Serves HTTP on `listen` until `stop` resolves. Then `/readyz` says so, new connections are taken for as long as configured (so
/// that whoever sends requests here notices first), and requests under way are finished, within bounds.
pub async fn serve(house: House, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let (close, mut closed) = watch::channel(false);
    let leaving = house.clone();
    let stopping = async move {
        stop.await;
        if sabotage::on("no-drain") {
            std::process::exit(1);
        }
        leaving.meter.drain();
        // A stream has no end of its own; whoever listens goes on at another node.
        leaving.live.close();
        tracing::info!("told to stop; finishing what is under way");
        tokio::time::sleep(Duration::from_secs(leaving.config.drain_seconds.into())).await;
        let _ = close.send(true);
    };
    let service = crate::http::router(house).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stopping);
    let too_long = async move {
        // The sender is gone only when serving has ended by itself.
        if closed.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(FINISH).await;
    };
    tokio::select! {
        done = serving => done,
        () = too_long => {
            tracing::warn!("some requests were not finished in time and are cut off");
            Ok(())
        }
    }
}
