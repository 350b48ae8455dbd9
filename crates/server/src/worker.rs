//! Does jobs and timers: woken by signal and by time, looks at what is due, does the same each time.

use std::time::Duration;

use tokio::sync::watch;

use crate::house::House;

/// The longest the worker sleeps without a signal: another process may have written what is due.
const NAP: Duration = Duration::from_secs(1);

/// Works until told to stop; what is under way is finished.
pub async fn run(house: House, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            () = house.woken() => {}
            () = tokio::time::sleep(NAP) => {}
        }
        round(&house).await;
    }
}

/// One round over everything that may be due.
pub async fn round(house: &House) {
    let _ = house;
}
