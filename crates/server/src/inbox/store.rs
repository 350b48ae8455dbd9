//! SQL of letters.

use jiff::Timestamp;
use postsale_domain::ground::{TypedId, UserId};
use postsale_domain::inbox::{Attachment, Letter, LetterChannel, LetterId, LetterState, Sender};
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, code, p};
use crate::ground::jobs;
use crate::ground::web::Keyset;
use crate::sql;

/// The queue of letters to be read.
pub const READ: &str = "inbox.read";

/// A letter's details beside its words, kept as JSON.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// Who says they sent it.
    pub sender: Sender,
    /// When it says it was written.
    pub written_at: Option<Timestamp>,
    /// What came along.
    pub attachments: Vec<Attachment>,
    /// Message ids it answers.
    pub answers: Vec<String>,
    /// Set when no person wrote it.
    pub automatic: Option<postsale_domain::inbox::Automatic>,
    /// Our own mail, come back.
    pub own: bool,
    /// What a person should know.
    pub remarks: Vec<String>,
    /// A terminal named outright.
    pub terminal_serial: Option<String>,
    /// Who handed it in through the API, when they see only part of the registry.
    pub by: Option<UserId>,
}

/// A letter as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which one.
    pub id: LetterId,
    /// When it arrived here.
    pub received_at: Timestamp,
    /// The letter.
    pub letter: Letter,
    /// How far it has come.
    pub state: LetterState,
    /// Why nobody could read it: the code of a sentence.
    pub error: Option<String>,
    /// The ticket it stands on.
    pub ticket_id: Option<TicketId>,
    /// Who handed it in, when it may mean only what they see.
    pub by: Option<UserId>,
}

/// The payload of a [`READ`] job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadJob {
    /// The letter.
    pub letter: LetterId,
}

/// Keeps a letter before anybody understands it, card numbers masked, and has it read by a job unless it is `unreadable` already.
/// The same letter again gives its id and changes nothing; `true` when it is new. The raw form is not kept when a card number stood in it.
pub fn keep(tx: &mut Tx<'_>, letter: &Letter, raw: Option<&[u8]>, unreadable: Option<&str>) -> Done<(LetterId, bool)> {
    keep_of(tx, letter, raw, unreadable, None)
}

/// The same for a letter that may mean only what this person sees.
pub fn keep_of(
    tx: &mut Tx<'_>,
    letter: &Letter,
    raw: Option<&[u8]>,
    unreadable: Option<&str>,
    by: Option<UserId>,
) -> Done<(LetterId, bool)> {
    let letter = letter.clone().kept();
    let (id, tenant, now): (LetterId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let raw = raw.filter(|bytes| !letter.had_card() && postsale_domain::ground::mask_cards(&String::from_utf8_lossy(bytes)).found == 0);
    let meta = Meta {
        sender: letter.sender.clone(),
        written_at: letter.written_at,
        attachments: letter.attachments.clone(),
        answers: letter.answers.clone(),
        automatic: letter.automatic,
        own: letter.own,
        remarks: letter.remarks.clone(),
        terminal_serial: letter.terminal_serial.clone(),
        by,
    };
    let state = if unreadable.is_some() { LetterState::Unreadable } else { LetterState::Received };
    let fresh = tx.exec(
        sql!(
            "INSERT INTO letter (id, tenant_id, channel, external_id, received_at, sender, subject, body, meta, raw, state, error)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING"
        ),
        &[
            p(&id),
            p(&tenant),
            code(&letter.channel),
            p(&letter.external_id),
            p(&now),
            p(&letter.sender.line()),
            p(&letter.subject),
            p(&letter.body),
            p(&Json(&meta)),
            p(&raw.map(<[u8]>::to_vec)),
            code(&state),
            p(&unreadable.map(str::to_owned)),
        ],
    )?;
    if fresh == 0 {
        let known = tx.one(
            sql!("SELECT id FROM letter WHERE tenant_id = $1 AND channel = $2 AND external_id = $3"),
            &[p(&tenant), code(&letter.channel), p(&letter.external_id)],
            |r| r.next(),
        )?;
        return known.map(|id| (id, false)).ok_or_else(|| DbError::Contended("a letter is being kept by somebody else".into()).into());
    }
    tx.audit("letter.keep", id, None, Some(&serde_json::json!({ "channel": letter.channel, "state": state })));
    if unreadable.is_none() {
        jobs::enqueue(tx, READ, &id.to_string(), now, &ReadJob { letter: id })?;
    }
    Ok((id, true))
}

fn read(r: &mut Row) -> Result<Kept, DbError> {
    let (id, channel, external_id, received_at): (_, LetterChannel, String, _) = (r.next()?, r.coded()?, r.next()?, r.next()?);
    let (subject, body, meta): (String, String, Json<Meta>) = (r.next()?, r.next()?, r.next()?);
    let meta = meta.0;
    let by = meta.by;
    let letter = Letter {
        channel,
        external_id,
        sender: meta.sender,
        subject,
        body,
        written_at: meta.written_at,
        attachments: meta.attachments,
        answers: meta.answers,
        automatic: meta.automatic,
        own: meta.own,
        remarks: meta.remarks,
        terminal_serial: meta.terminal_serial,
    };
    Ok(Kept { id, received_at, letter, state: r.coded()?, error: r.next()?, ticket_id: r.next()?, by })
}

/// One letter.
pub fn letter(tx: &mut Tx<'_>, id: LetterId) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT id, channel, external_id, received_at, subject, body, meta, state, error, ticket_id FROM letter WHERE tenant_id = $1 AND id = $2"
        ),
        &[p(&tenant), p(&id)],
        read,
    )?)
}

/// The raw form of a letter, where it is kept.
pub fn raw(tx: &mut Tx<'_>, id: LetterId) -> Done<Option<Vec<u8>>> {
    let tenant = tx.tenant();
    let found = tx.one(sql!("SELECT raw FROM letter WHERE tenant_id = $1 AND id = $2"), &[p(&tenant), p(&id)], |r| r.next())?;
    Ok(found.flatten())
}

/// One letter, to change.
pub fn for_change(tx: &mut Tx<'_>, id: LetterId) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT id, channel, external_id, received_at, subject, body, meta, state, error, ticket_id FROM letter
             WHERE tenant_id = $1 AND id = $2 {for_update}"
        ),
        &[p(&tenant), p(&id)],
        read,
    )?)
}

/// Letters after a place, newest first; all, or only those a person has to look at.
pub fn letters(tx: &mut Tx<'_>, unreadable_only: bool, after: Keyset, limit: u32) -> Done<Vec<Kept>> {
    let (tenant, id) = (tx.tenant(), LetterId::from_uuid(after.id));
    let params = [p(&tenant), p(&after.at), p(&id), p(&limit)];
    Ok(if unreadable_only {
        tx.query(
            sql!(
                "SELECT id, channel, external_id, received_at, subject, body, meta, state, error, ticket_id FROM letter
                 WHERE tenant_id = $1 AND state = 'unreadable' AND (received_at, id) < ($2, $3) ORDER BY received_at DESC, id DESC LIMIT $4"
            ),
            &params,
            read,
        )?
    } else {
        tx.query(
            sql!(
                "SELECT id, channel, external_id, received_at, subject, body, meta, state, error, ticket_id FROM letter
                 WHERE tenant_id = $1 AND (received_at, id) < ($2, $3) ORDER BY received_at DESC, id DESC LIMIT $4"
            ),
            &params,
            read,
        )?
    })
}

/// Says what became of a letter.
pub fn settle(tx: &mut Tx<'_>, kept: &Kept, state: LetterState, ticket: Option<TicketId>, error: Option<&str>) -> Done<()> {
    let now = tx.now();
    tx.exec(
        sql!("UPDATE letter SET state = $1, ticket_id = $2, error = $3, read_at = $4 WHERE id = $5"),
        &[code(&state), p(&ticket), p(&error.map(str::to_owned)), p(&now), p(&kept.id)],
    )?;
    let face =
        |state, ticket: Option<TicketId>, error: Option<&str>| serde_json::json!({ "state": state, "ticket": ticket, "error": error });
    tx.audit("letter.settle", kept.id, Some(&face(kept.state, kept.ticket_id, kept.error.as_deref())), Some(&face(state, ticket, error)));
    Ok(())
}

/// What the reporter of a ticket tapped on the merchant's page: `print`, `card`, `network`, `power` or `other`.
pub fn choice_of(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<String>> {
    let tenant = tx.tenant();
    let meta = tx.one(
        sql!("SELECT meta FROM letter WHERE tenant_id = $1 AND ticket_id = $2 AND channel = 'h5' ORDER BY received_at, id LIMIT 1"),
        &[p(&tenant), p(&ticket)],
        |r| Ok(r.next::<Json<Meta>>()?.0),
    )?;
    Ok(meta.and_then(|m| m.remarks.iter().find_map(|r| r.strip_prefix("choice:").map(str::to_owned))))
}
