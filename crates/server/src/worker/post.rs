//! The post: the spool of mails that arrive, and mails to be sent.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;

use super::{FINISH, pause, spool, timed};
use crate::edge::mail_out;
use crate::ground::mail::MailOut;
use crate::house::House;
use crate::notify::jobs::Handed;
use crate::{notify, org};

/// What one process keeps for the post.
pub struct Post {
    out: Option<Arc<dyn MailOut>>,
    spool: Option<PathBuf>,
}

impl Post {
    /// As configured. A way out that cannot be used is logged; its mails wait.
    pub fn new(house: &House) -> Self {
        let out = match mail_out::from_config(&house.config) {
            Ok(out) => Some(Arc::from(out)),
            Err(error) => {
                tracing::error!(%error, "mail is not sent");
                None
            }
        };
        Self { out, spool: house.config.mail_spool.clone() }
    }

    /// The way out, if it can be used.
    pub fn out(&self) -> Option<&Arc<dyn MailOut>> {
        self.out.as_ref()
    }

    /// Sends mail until told to stop, at its own pace: a mail server that keeps silent makes mail wait, and nothing else.
    pub async fn run(&self, house: &House, stopped: watch::Receiver<bool>) {
        let (mut heard, mut due, mut more) = (stopped.clone(), house.db.due(), false);
        let sending = async {
            loop {
                tokio::select! {
                    biased;
                    _ = heard.changed() => return,
                    () = pause(more) => {}
                    () = due.fell() => {}
                }
                more = self.send(house).await;
            }
        };
        tokio::select! {
            () = sending => {}
            () = late(stopped) => tracing::warn!("a mail was not handed over in time; it is tried again elsewhere"),
        }
    }

    /// Hands over mails that are due. Whether more may be.
    pub async fn send(&self, house: &House) -> bool {
        let Some(out) = &self.out else { return false };
        timed(house, "mail", notify::jobs::deliver(house, out.clone())).await.is_some_and(Handed::full)
    }

    /// Takes in what lies in the spool.
    pub async fn take_in(&self, house: &House) {
        let Some(folder) = &self.spool else { return };
        let first = match house.db.bare_read(org::store::tenants).await {
            Ok(tenants) => tenants.first().copied(),
            Err(error) => {
                tracing::warn!(%error, "the mail spool is not worked on");
                return;
            }
        };
        let Some(tenant) = first else { return };
        match spool::take_in(house, tenant, folder).await {
            Ok(taken) if taken.any() => tracing::info!(?taken, "mail taken in"),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the mail spool is not worked on"),
        }
    }
}

/// When somebody who was told to stop has had time enough.
async fn late(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.changed().await;
    tokio::time::sleep(FINISH).await;
}
