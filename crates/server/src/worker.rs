//! Does jobs and timers: woken by signal and by time, looks at what is due, does the same each time.

pub mod post;
pub mod spool;

use std::time::Duration;

use tokio::sync::watch;

use crate::house::House;

/// The longest the worker sleeps without a signal: another process may have written what is due.
const NAP: Duration = Duration::from_secs(1);

/// Works until told to stop; what is under way is finished.
pub async fn run(house: House, mut stopped: watch::Receiver<bool>) {
    let post = post::Post::new(&house);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            () = house.woken() => {}
            () = tokio::time::sleep(NAP) => {}
        }
        round_with(&house, &post).await;
    }
}

/// One round over everything that may be due.
pub async fn round(house: &House) {
    round_with(house, &post::Post::new(house)).await;
}

async fn round_with(house: &House, post: &post::Post) {
    post.round(house).await;
}
