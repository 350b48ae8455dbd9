//! What time does to solved and closed cases: silence confirms, follow-ups are asked and expire.

use postsale_domain::ground::Caller;

use crate::flow::aftercare;
use crate::followup;
use crate::ground::db::{Done, Stop};
use crate::house::House;

/// Cases looked at in one round.
const BATCH: u32 = 100;

/// Does everything that is due. One case that stands in its own way does not hold up the others.
pub async fn round(house: &House) -> Done<()> {
    let now = house.clock.now();
    for (ticket, tenant) in house.db.bare_read(move |bare| aftercare::silent(bare, now, BATCH)).await? {
        if house.meter.is_draining() {
            return Ok(());
        }
        let closed = house.db.write(Caller::system(tenant, "silence"), now, move |tx| aftercare::close_silent(tx, ticket)).await;
        noted("a silent case was not closed", closed);
    }
    for (follow_up, tenant) in house.db.bare_read(move |bare| followup::store::due(bare, now, BATCH)).await? {
        if house.meter.is_draining() {
            return Ok(());
        }
        let turned = house.db.write(Caller::system(tenant, "followup"), now, move |tx| aftercare::turn(tx, follow_up)).await;
        noted("a follow-up was not done", turned);
    }
    Ok(())
}

fn noted(what: &str, done: Result<(), Stop>) {
    if let Err(error) = done {
        tracing::warn!(%error, what);
    }
}
