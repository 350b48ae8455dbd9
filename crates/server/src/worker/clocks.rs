//! Records the thresholds and breaches that clocks have reached, each once, with the instant at which it was reached.

use postsale_domain::ground::Caller;

use crate::ground::db::Done;
use crate::house::House;
use crate::sla;

/// Clocks taken at a time; after a long standstill the rest follows in further turns.
const BATCH: u32 = 200;

/// Records everything that is due. One clock that stands in its own way does not hold up the others.
pub async fn round(house: &House) -> Done<()> {
    loop {
        let now = house.clock.now();
        let due = house.db.bare_read(move |bare| sla::store::due(bare, now, BATCH)).await?;
        let full = due.len() == BATCH as usize;
        let mut recorded = 0;
        for clock in due {
            let caller = Caller::system(clock.tenant, "clock");
            let asked = clock.clone();
            match house.db.write(caller, now, move |tx| sla::store::fire(tx, &asked)).await {
                Ok(fired) => {
                    recorded += 1;
                    for one in fired.iter().filter(|one| one.breach) {
                        tracing::info!(ticket = %one.ticket, kind = one.kind.name(), "a promise was broken");
                    }
                }
                Err(error) => tracing::warn!(clock = %clock.id, %error, "a due clock was not recorded"),
            }
        }
        // Nothing went: the same ones would come again at once.
        if !full || recorded == 0 {
            return Ok(());
        }
    }
}
