//! Runs the server until it is told to stop.

use std::future::Future;
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::ground::sabotage;
use crate::ground::web::Links;
use crate::house::House;

/// Longest that requests under way are waited for once the listener is closed. Longer than any request may take.
const FINISH: Duration = Duration::from_secs(35);

/// Serves HTTP on `listen` until `stop` resolves. Then `/readyz` says so and every answer asks the client to come on a new connection;
/// new connections are taken for as long as configured (so that whoever sends requests here notices first), and requests under way
/// are finished, within bounds.
pub async fn serve(house: House, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) {
    let links = Links::new(2 * house.config.db_threads);
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
    };
    let router = crate::http::router(house);
    // Its end is nobody's concern: whoever needs the dictionary before waits for it.
    thread::spawn(crate::search::warm);
    links.take(listener, &router, stopping).await;
    if !links.leave(FINISH).await {
        tracing::warn!("some requests were not finished in time and are cut off");
    }
}
