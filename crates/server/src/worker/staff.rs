//! Mail to people of the house, one job each.

use std::sync::Arc;

use postsale_domain::ground::Caller;

use crate::ground::db::{DbError, Done, Stop};
use crate::ground::jobs::{self, Job};
use crate::ground::mail::MailOut;
use crate::house::House;
use crate::notify::jobs::own_host;
use crate::org::mail::{self, MailJob};

/// Writes the mail in one transaction, sends it outside of any, and ends the job in another. A mail that went out twice carries two
/// links, of which only the later works.
pub async fn send(house: &House, job: &Job, out: Option<&Arc<dyn MailOut>>) -> Done<()> {
    let asked: MailJob = serde_json::from_str(&job.payload).map_err(|e| DbError::Other(format!("job payload: {e}")))?;
    let caller = Caller::system(job.tenant, "mail");
    let out = out.cloned().ok_or_else(|| DbError::Unavailable("there is no way for mail to go out".into()))?;
    let (here, id) = (house.clone(), format!("{}.{}@{}", job.id, job.attempts, own_host(house)));
    let written = house.db.write(caller.clone(), house.clock.now(), move |tx| mail::write(tx, &here, asked, id.clone())).await?;
    if let Some(mail) = written {
        let sent = tokio::task::spawn_blocking(move || out.send(&mail))
            .await
            .unwrap_or_else(|e| Err(crate::ground::mail::MailError::Later(e.to_string())));
        sent.map_err(|e| DbError::Unavailable(e.to_string()))?;
    }
    let ours = job.clone();
    house
        .db
        .write(caller, house.clock.now(), move |tx| {
            if jobs::finish(tx, &ours)? { Ok(()) } else { Err(Stop::Db(DbError::Other("another worker has this job".into()))) }
        })
        .await
}
