//! Does jobs and timers: woken by what falls due at once and by time, looks at what is due, does the same each time.

pub mod after;
pub mod along;
pub mod clocks;
pub mod jobs;
pub mod plan;
pub mod post;
pub mod spool;
pub mod staff;
pub mod sweep;

use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::ground::db::Done;
use crate::house::House;

/// The longest the worker sleeps when nobody wakes it: time passes, and another process may have written what is due.
const NAP: Duration = Duration::from_secs(1);

/// How long searches under way are waited for when the process is told to stop; their jobs are taken up again by others.
const FINISH: Duration = Duration::from_secs(15);

/// Works until told to stop; what is under way is finished, within bounds.
pub async fn run(house: House, mut stopped: watch::Receiver<bool>) {
    let post = post::Post::new(&house);
    let mut swept = None;
    let mut bench = jobs::Bench::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => {
                if tokio::time::timeout(FINISH, bench.cleared()).await.is_err() {
                    tracing::warn!("a search was not finished in time; it begins again elsewhere");
                }
                return;
            }
            () = house.db.fallen_due() => {}
            () = tokio::time::sleep(NAP) => {}
        }
        round_with(&house, &post, &mut bench).await;
        let now = house.clock.now();
        if swept.is_none_or(|at| now - sweep::EVERY > at) {
            swept = Some(now);
            if let Err(error) = sweep::round(&house).await {
                tracing::warn!(%error, "old rows were not swept away");
            }
        }
    }
}

/// One round over everything that may be due, to its end.
pub async fn round(house: &House) {
    let mut bench = jobs::Bench::new();
    round_with(house, &post::Post::new(house), &mut bench).await;
    bench.cleared().await;
}

async fn round_with(house: &House, post: &post::Post, bench: &mut jobs::Bench) {
    post.take_in(house).await;
    timed(house, "jobs", jobs::round(house, post, bench)).await;
    timed(house, "clocks", clocks::round(house)).await;
    timed(house, "aftercare", after::round(house)).await;
    // Last: what the round has told goes out with it.
    post.send(house).await;
}

/// A part of a round; how long it took is counted.
async fn timed(house: &House, what: &'static str, part: impl Future<Output = Done<()>>) {
    let began = Instant::now();
    if let Err(error) = part.await {
        tracing::warn!(%error, what, "a round was not finished");
    }
    house.meter.round(what, began.elapsed());
}
