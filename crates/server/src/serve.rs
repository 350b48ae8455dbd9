//! Runs the server until it is told to stop.

use std::future::Future;

use tokio::net::TcpListener;

use crate::house::House;

/// Serves HTTP on `listen` until `stop` resolves; requests under way are finished.
pub async fn serve(house: House, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    axum::serve(listener, crate::http::router(house)).with_graceful_shutdown(stop).await
}
