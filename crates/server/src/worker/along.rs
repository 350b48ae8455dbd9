//! Files that came along with a mail: taken out of its raw form, judged and kept before the letter is read.

use postsale_domain::ground::{Caller, TenantId};
use postsale_domain::inbox::LetterId;

use crate::edge::mail_in;
use crate::file::intake;
use crate::flow::photo::Along;
use crate::ground::blob::Blobs;
use crate::ground::db::{DbError, Done, Stop};
use crate::house::House;
use crate::inbox;

/// The files of a letter; none of one whose raw form was not kept, because a card number stood in it.
pub async fn of(house: &House, tenant: TenantId, letter: LetterId) -> Done<Along> {
    let caller = Caller::system(tenant, "inbox");
    let raw = house.db.read(caller, house.clock.now(), move |tx| inbox::store::raw(tx, letter)).await?;
    let Some(raw) = raw else { return Ok(Along::default()) };
    let blobs = Blobs::of(&house.config.data_dir);
    let work = move || {
        let mut along = Along::default();
        for (name, bytes) in mail_in::files(&raw) {
            match intake::keep(&blobs, &name, bytes) {
                Ok(fresh) => along.kept.push(fresh),
                Err(Stop::Refused(refusal)) => along.refused.push((name, refusal)),
                Err(other) => return Err(other),
            }
        }
        Ok(along)
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(Stop::Db(DbError::Other(e.to_string()))))
}
