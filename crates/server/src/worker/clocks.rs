//! Records the thresholds and breaches that clocks have reached, each once, with the instant at which it was reached.

use futures_util::future::join_all;
use jiff::Timestamp;
use postsale_domain::ground::Caller;

use super::jobs::Turn;
use crate::flow::bell;
use crate::ground::db::{Done, Tx};
use crate::house::House;
use crate::sla;
use crate::sla::store::DueClock;

/// Clocks taken at a time.
const BATCH: u32 = 200;
/// Such shares of one turn; after a long standstill the rest follows in further turns, and jobs go on between them.
const SHARES: usize = 5;

/// Records what is due, or the first thousand of it. One clock that stands in its own way does not hold up the others.
pub async fn turn(house: &House) -> Done<Turn> {
    let mut did = 0;
    for _ in 0..SHARES {
        let now = house.clock.now();
        let due = house.db.bare_read(move |bare| sla::store::due(bare, now, BATCH)).await?;
        let full = due.len() == BATCH as usize;
        // All at once: each stands in a transaction of its own, and the database puts many of them into one commit.
        let recorded = join_all(due.into_iter().map(|clock| fire(house, clock, now))).await.into_iter().filter(|done| *done).count();
        // Nothing went: the same ones would come again at once. Or this process is on its way out.
        did += recorded;
        if !full || recorded == 0 || house.meter.is_draining() {
            return Ok(Turn { did, more: false });
        }
    }
    Ok(Turn { did, more: true })
}

/// Whether the clock is recorded now, by this worker or a faster one.
async fn fire(house: &House, clock: DueClock, now: Timestamp) -> bool {
    let (id, caller) = (clock.id, Caller::system(clock.tenant, "clock"));
    let record = move |tx: &mut Tx<'_>| {
        let fired = sla::store::fire(tx, &clock)?;
        bell::clock(tx, &fired)?;
        Ok(fired)
    };
    match house.db.write(caller, now, record).await {
        Ok(fired) => {
            for one in fired.iter().filter(|one| one.breach) {
                tracing::info!(ticket = %one.ticket, kind = one.kind.name(), "a promise was broken");
            }
            true
        }
        Err(error) => {
            tracing::warn!(clock = %id, %error, "a due clock was not recorded");
            false
        }
    }
}
