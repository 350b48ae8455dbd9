//! Takes mails from the outbox and hands them over, outside of any transaction.

use std::sync::Arc;

use jiff::Timestamp;
use postsale_domain::file::Kind;
use postsale_domain::notify::{After, after_attempt, message_id, with_link};

use super::store::{self, Claimed};
use crate::ground::blob::Blobs;
use crate::ground::db::{Bare, Done};
use crate::ground::jobs::held;
use crate::ground::mail::{Mail, MailError, MailFile, MailOut};
use crate::ground::sabotage;
use crate::house::House;

/// Mails handed over in one go.
pub const BATCH: u32 = 20;
/// Most bytes of files that go with one mail; many mailboxes take no more than twenty MiB of coded mail.
const MOST_BYTES: i64 = 14 << 20;
/// The kind of a mail's signed ticket token.
pub const MAIL_TOKEN: &str = "mail";
/// The kind of the signed token in the address of a ticket's page.
pub const PAGE_TOKEN: &str = "ticket";

/// The right side of our message ids: the host of the sender's address.
pub fn own_host(house: &House) -> String {
    let host = house.config.mail_from.rsplit('@').next().unwrap_or_default().trim_end_matches('>');
    host.to_ascii_lowercase()
}

/// The address of a ticket's page.
pub fn page_link(house: &House, ticket: uuid::Uuid) -> String {
    format!("{}/m/{}", house.config.public_url(), house.seal.sign(PAGE_TOKEN, ticket))
}

/// What one go came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Handed {
    /// Mails taken in hand.
    pub tried: u32,
    /// Those the other side has taken.
    pub sent: u32,
}

impl Handed {
    /// Whether more may be due.
    pub fn full(self) -> bool {
        self.tried == BATCH
    }
}

/// Hands over mails that are due, [`BATCH`] at most. Each is claimed when its turn comes: a slow one lets no other's lease run out.
pub async fn deliver(house: &House, out: Arc<dyn MailOut>) -> Done<Handed> {
    let mut done = Handed::default();
    while !done.full() && !house.meter.is_draining() {
        let (now, seal, host, first) = (house.clock.now(), house.seal.clone(), own_host(house), done.tried == 0);
        let work = move |bare: &mut Bare<'_>| {
            let id = |ticket: postsale_domain::ticket::TicketId, notice| {
                message_id(&seal.sign(MAIL_TOKEN, postsale_domain::ground::TypedId::uuid(ticket)), notice, &host)
            };
            if first {
                store::free(bare, now)?;
            }
            store::claim(bare, now, &id)
        };
        let Some(claimed) = house.db.bare_write(work).await? else { break };
        done.tried += 1;
        done.sent += u32::from(hand_over(house, out.clone(), claimed, now).await?);
    }
    Ok(done)
}

async fn hand_over(house: &House, out: Arc<dyn MailOut>, claimed: Claimed, since: Timestamp) -> Done<bool> {
    let (mut mail, blobs, files) = (mail(house, &claimed), Blobs::of(&house.config.data_dir), claimed.files.clone());
    let thread = tokio::task::spawn_blocking(move || {
        mail.files = along(&blobs, files)?;
        out.send(&mail)
    });
    let renew = |now| {
        let (db, ours) = (house.db.clone(), claimed.clone());
        async move { db.bare_write(move |bare| store::renew(bare, &ours, now)).await }
    };
    let sent = held(&house.clock, since, store::LEASE, thread, renew).await.unwrap_or_else(|e| Err(MailError::Later(e.to_string())));
    let now = house.clock.now();
    let after = match &sent {
        Ok(()) => None,
        Err(MailError::Later(_)) => Some(after_attempt(claimed.attempts, false, now)),
        Err(MailError::Refused(_)) => Some(After::GiveUp),
    };
    let error = sent.as_ref().err().map(ToString::to_string).unwrap_or_default();
    if let Some(after) = after {
        // The address is personal data and stays out of the log, and so does the server's answer, which may repeat it.
        tracing::warn!(notice = %claimed.notice, attempt = claimed.attempts, ?after, "a mail did not go");
    }
    // Sent and not noted: the lease runs out and it is sent again, under the same message id.
    house
        .db
        .bare_write(move |bare| match after {
            None => store::sent(bare, &claimed, now),
            Some(after) => store::not_sent(bare, &claimed, after, &error).map(|()| false),
        })
        .await
}

fn mail(house: &House, claimed: &Claimed) -> Mail {
    let link = page_link(house, postsale_domain::ground::TypedId::uuid(claimed.ticket));
    let token = house.seal.sign(MAIL_TOKEN, postsale_domain::ground::TypedId::uuid(claimed.ticket));
    Mail {
        from: house.config.mail_from.clone(),
        to: claimed.address.clone(),
        // Some providers rewrite message ids; the token in the subject survives them.
        subject: format!("{} [PS#{token}]", claimed.subject),
        body: with_link(&claimed.body, Some(&link)),
        message_id: if sabotage::on("fresh-message-id") {
            format!("{}.{}", claimed.attempts, claimed.message_id)
        } else {
            claimed.message_id.clone()
        },
        answers: claimed.answers.clone(),
        files: Vec::new(),
    }
}

/// The files that go along, as long as they are not too much for a mailbox; the page shows the others. A file that cannot be read keeps the
/// mail back: words that speak of a file should not go without it.
fn along(blobs: &Blobs, files: Vec<(String, Kind, i64, String)>) -> Result<Vec<MailFile>, MailError> {
    let (mut taken, mut all) = (Vec::new(), 0);
    for (name, kind, bytes, sha256) in files {
        all += bytes;
        if all > MOST_BYTES {
            break;
        }
        let bytes = blobs.read(&sha256, 0, bytes.unsigned_abs()).map_err(|e| MailError::Later(e.to_string()))?;
        taken.push(MailFile { name, media: kind.media(), bytes });
    }
    Ok(taken)
}
