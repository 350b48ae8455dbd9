//! Does jobs and timers: woken by what falls due at once and by time, looks at what is due, does the same each time. What waits for others
//! (a mail server, the search for a plan) or takes long goes on beside the turns, so that nothing waits for it.

pub mod after;
pub mod along;
pub mod bench;
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
use bench::Bench;
use jobs::Turn;
use post::Post;

/// The longest the worker sleeps when nobody wakes it: time passes, and another process may have written what is due.
const NAP: Duration = Duration::from_secs(1);

/// How long what is under way is waited for when the process is told to stop; others take it up again.
const FINISH: Duration = Duration::from_secs(15);

/// Works until told to stop; what is under way is finished, within bounds. Each of the three goes its own pace.
pub async fn run(house: House, stopped: watch::Receiver<bool>) {
    let post = Post::new(&house);
    tokio::join!(turns(&house, &post, stopped.clone()), post.run(&house, stopped.clone()), sweep::run(&house, stopped));
}

async fn turns(house: &House, post: &Post, mut stopped: watch::Receiver<bool>) {
    let (mut bench, mut due, mut more) = (Bench::new(post.out().cloned()), house.db.due(), false);
    loop {
        tokio::select! {
            biased;
            _ = stopped.changed() => {
                if tokio::time::timeout(FINISH, bench.cleared()).await.is_err() {
                    tracing::warn!("a search was not finished in time; it begins again elsewhere");
                }
                return;
            }
            () = pause(more) => {}
            () = due.fell() => {}
            () = bench.ended() => {}
        }
        more = turn(house, post, &mut bench).await.more;
    }
}

/// Until it is time to look again, if nobody says so before.
async fn pause(more: bool) {
    if !more {
        tokio::time::sleep(NAP).await;
    }
}

/// Everything that is due, to its end: for tests and stories.
pub async fn round(house: &House) {
    let post = Post::new(house);
    let mut bench = Bench::new(post.out().cloned());
    while turn(house, &post, &mut bench).await.did > 0 {
        bench.cleared().await;
    }
    while post.send(house).await {}
}

/// One turn: of everything that may be due a bounded share.
async fn turn(house: &House, post: &Post, bench: &mut Bench) -> Turn {
    post.take_in(house).await;
    let jobs = timed(house, "jobs", jobs::turn(house, bench)).await.unwrap_or_default();
    let clocks = timed(house, "clocks", clocks::turn(house)).await.unwrap_or_default();
    timed(house, "aftercare", after::round(house)).await;
    Turn { did: jobs.did + clocks.did, more: jobs.more || clocks.more }
}

/// A part of a round; how long it took is counted.
async fn timed<T>(house: &House, what: &'static str, part: impl Future<Output = Done<T>>) -> Option<T> {
    let began = Instant::now();
    let done = part.await;
    house.meter.round(what, began.elapsed());
    done.inspect_err(|error| tracing::warn!(%error, what, "a round was not finished")).ok()
}
