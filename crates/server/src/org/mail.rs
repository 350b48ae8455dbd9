//! Mail to people of the house. What is asked for waits as a job; the link in it is made when the mail goes out, so that no
//! working link ever stands in the database.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::ground::{Lang, UserId};
use postsale_domain::org::{TokenKind, UserState};
use serde::{Deserialize, Serialize};

use super::secret;
use super::store::{self, people, token};
use crate::ground::db::{Done, Tx};
use crate::ground::jobs;
use crate::ground::mail::Mail;
use crate::ground::seal::digest;
use crate::ground::texts;
use crate::house::House;

/// The queue of mail to people of the house.
pub const QUEUE: &str = "staff_mail";

/// What a mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// Join.
    Invite,
    /// Choose a new password.
    Reset,
    /// The password was changed.
    PasswordChanged,
    /// The address was changed; goes to the one before.
    EmailChanged,
}

/// A mail to be written, as a job carries it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct MailJob {
    /// To whom.
    pub user: UserId,
    /// What it says.
    pub letter: Letter,
}

/// Asks for a mail in the caller's transaction; asked for twice before it goes out, it is one.
pub fn ask(tx: &mut Tx<'_>, user: UserId, letter: Letter) -> Done<()> {
    let now = tx.now();
    let key = format!("{user}:{}", serde_json::to_string(&letter).unwrap_or_default().trim_matches('"'));
    Ok(jobs::enqueue(tx, QUEUE, &key, now, &MailJob { user, letter })?)
}

/// Makes the link a person can join or choose a password with, and says until when.
pub fn link(tx: &mut Tx<'_>, origin: &str, user: UserId, kind: TokenKind) -> Done<(String, Timestamp)> {
    let secret = secret::token();
    let expires_at = token::make(tx, user, kind, &digest(secret.as_bytes()))?;
    let page = match kind {
        TokenKind::Invite => "join",
        TokenKind::Reset => "reset",
    };
    // Behind the hash: browsers send that part to nobody, not even as a referrer.
    Ok((format!("{origin}/{page}#{secret}"), expires_at))
}

/// Writes a mail; `None` when there is nobody to write to, or nothing to say any more.
pub fn write(tx: &mut Tx<'_>, house: &House, job: MailJob, message_id: String) -> Done<Option<Mail>> {
    let Some(person) = people::person(tx, job.user)? else { return Ok(None) };
    let kind = match (job.letter, person.row.state) {
        (Letter::Invite, UserState::Invited) => Some(TokenKind::Invite),
        (Letter::Reset, UserState::Active) => Some(TokenKind::Reset),
        (Letter::Invite | Letter::Reset, _) => return Ok(None),
        (Letter::PasswordChanged | Letter::EmailChanged, _) => None,
    };
    let to = match job.letter {
        Letter::EmailChanged => people::previous_email(tx, job.user)?,
        _ => person.email.clone(),
    };
    let Some(to) = to else { return Ok(None) };
    let mut values = BTreeMap::from([
        ("name", person.row.name.clone()),
        ("username", person.row.username.clone()),
        ("tenant", store::tenant_name(tx)?),
        ("link", String::new()),
    ]);
    if let Some(kind) = kind {
        values.insert("link", link(tx, &house.config.public_url(), job.user, kind)?.0);
    }
    let (subject, body) = words(job.letter, person.lang, &values);
    Ok(Some(Mail { from: house.config.mail_from.clone(), to, subject, body, message_id, answers: Vec::new(), files: Vec::new() }))
}

fn words(letter: Letter, lang: Lang, values: &BTreeMap<&'static str, String>) -> (String, String) {
    let (subject, body) = match letter {
        Letter::Invite => ("mail.invite.subject", "mail.invite.body"),
        Letter::Reset => ("mail.reset.subject", "mail.reset.body"),
        Letter::PasswordChanged => ("mail.password_changed.subject", "mail.password_changed.body"),
        Letter::EmailChanged => ("mail.email_changed.subject", "mail.email_changed.body"),
    };
    (texts::sentence(lang, subject, values), texts::sentence(lang, body, values))
}
