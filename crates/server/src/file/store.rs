//! SQL of attachments and uploads.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::file::{AttachmentId, DAY_BYTES, Kind, TICKET_BYTES, TICKET_FILES, UNFINISHED, UploadId};
use postsale_domain::refuse;
use postsale_domain::ticket::{EntryId, TicketId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{Bare, DbError, Done, Query, Row, Tx, code, p};
use crate::sql;

/// A file as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileFace {
    /// Which one.
    pub id: AttachmentId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How large.
    pub bytes: i64,
    /// Of a picture: pixels across.
    pub width: Option<u32>,
    /// Of a picture: pixels down.
    pub height: Option<u32>,
}

/// A file as it is kept.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// What is shown of it.
    pub face: FileFace,
    /// On which ticket.
    pub ticket_id: TicketId,
    /// On which line, once its words were sent.
    pub entry_id: Option<EntryId>,
    /// Who brought it.
    pub caller: String,
    /// The hash its bytes lie under.
    pub sha256: String,
    /// When.
    pub created_at: Timestamp,
}

fn read(r: &mut Row) -> Result<Attachment, DbError> {
    let (id, ticket_id, entry_id, caller) = (r.next()?, r.next()?, r.next()?, r.next()?);
    let (name, kind, bytes, sha256) = (r.next()?, r.coded()?, r.next()?, r.next()?);
    let face = FileFace { id, name, kind, bytes, width: r.next()?, height: r.next()? };
    Ok(Attachment { face, ticket_id, entry_id, caller, sha256, created_at: r.next()? })
}

/// One file.
pub fn attachment(tx: &mut Tx<'_>, id: AttachmentId) -> Done<Option<Attachment>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT id, ticket_id, entry_id, caller, name, kind, bytes, sha256, width, height, created_at FROM attachment
             WHERE tenant_id = $1 AND id = $2"
        ),
        &[p(&tenant), p(&id)],
        read,
    )?)
}

/// Files of a ticket that stand on a line, by line; a ticket has few.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<BTreeMap<EntryId, Vec<FileFace>>> {
    let tenant = tx.tenant();
    let rows = tx.query(
        sql!(
            "SELECT id, ticket_id, entry_id, caller, name, kind, bytes, sha256, width, height, created_at FROM attachment
             WHERE tenant_id = $1 AND ticket_id = $2 AND entry_id IS NOT NULL ORDER BY id LIMIT 200"
        ),
        &[p(&tenant), p(&ticket)],
        read,
    )?;
    let mut lines: BTreeMap<EntryId, Vec<FileFace>> = BTreeMap::new();
    for row in rows {
        if let Some(entry) = row.entry_id {
            lines.entry(entry).or_default().push(row.face);
        }
    }
    Ok(lines)
}

/// Whether the line a file stands on is one the merchant sees.
pub fn is_public(tx: &mut Tx<'_>, entry: EntryId) -> Done<bool> {
    let tenant = tx.tenant();
    let found = tx.number(
        sql!("SELECT COUNT(*) FROM ticket_entry WHERE tenant_id = $1 AND id = $2 AND visibility = 'public'"),
        &[p(&tenant), p(&entry)],
    )?;
    Ok(found > 0)
}

/// A file that stands on a line of a ticket which the merchant sees.
pub fn of_page(tx: &mut Tx<'_>, ticket: TicketId, id: AttachmentId) -> Done<Option<Attachment>> {
    let Some(found) = attachment(tx, id)?.filter(|file| file.ticket_id == ticket) else { return Ok(None) };
    match found.entry_id {
        Some(entry) if is_public(tx, entry)? => Ok(Some(found)),
        _ => Ok(None),
    }
}

/// A file whose bytes are kept already.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// Its name, made safe.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How large it is now.
    pub bytes: i64,
    /// The hash its bytes lie under.
    pub sha256: String,
    /// Of a picture: pixels across and down.
    pub size: Option<(u32, u32)>,
}

/// Notes a file on a ticket. Errors: `file.ticket_full`, `file.day_full`.
pub fn add(tx: &mut Tx<'_>, ticket: TicketId, entry: Option<EntryId>, fresh: &Fresh) -> Done<FileFace> {
    let (id, tenant, caller, now): (AttachmentId, _, _, _) = (tx.new_id(), tx.tenant(), tx.caller().label(), tx.now());
    let here = tx
        .one(
            sql!("SELECT COUNT(*), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM attachment WHERE tenant_id = $1 AND ticket_id = $2"),
            &[p(&tenant), p(&ticket)],
            |r| Ok((r.next::<i64>()?, r.next::<i64>()?)),
        )?
        .unwrap_or_default();
    if here.0 >= TICKET_FILES || here.1 + fresh.bytes > TICKET_BYTES {
        return Err(refuse!(TooLarge, "file.ticket_full", files = TICKET_FILES, most_mib = TICKET_BYTES >> 20).into());
    }
    let today = tx
        .one(
            sql!("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM attachment WHERE tenant_id = $1 AND created_at > $2"),
            &[p(&tenant), p(&(now - SignedDuration::from_hours(24)))],
            |r| r.next::<i64>(),
        )?
        .unwrap_or_default();
    if today + fresh.bytes > DAY_BYTES {
        return Err(refuse!(TooMany, "file.day_full", most_mib = DAY_BYTES >> 20).into());
    }
    let (width, height) = fresh.size.unzip();
    tx.exec(
        sql!(
            "INSERT INTO attachment (id, tenant_id, ticket_id, entry_id, caller, name, kind, bytes, sha256, width, height, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        &[
            p(&id),
            p(&tenant),
            p(&ticket),
            p(&entry),
            p(&caller),
            p(&fresh.name),
            code(&fresh.kind),
            p(&fresh.bytes),
            p(&fresh.sha256),
            p(&width),
            p(&height),
            p(&now),
        ],
    )?;
    let noted = serde_json::json!({ "ticket": ticket, "name": fresh.name, "bytes": fresh.bytes, "sha256": fresh.sha256 });
    tx.audit("file.add", id, None, Some(&noted));
    Ok(FileFace { id, name: fresh.name.clone(), kind: fresh.kind, bytes: fresh.bytes, width, height })
}

/// Puts loose files of the caller's on a line. Errors: `file.unknown`, when one is not theirs, not of this ticket, or stands elsewhere.
pub fn attach(tx: &mut Tx<'_>, ticket: TicketId, entry: EntryId, files: &[AttachmentId]) -> Done<()> {
    let (tenant, caller) = (tx.tenant(), tx.caller().label());
    for file in files {
        let touched = tx.exec(
            sql!(
                "UPDATE attachment SET entry_id = $1 WHERE id = $2 AND tenant_id = $3 AND ticket_id = $4 AND caller = $5 AND entry_id IS NULL"
            ),
            &[p(&entry), p(file), p(&tenant), p(&ticket), p(&caller)],
        )?;
        if touched != 1 {
            return Err(refuse!(Invalid, "file.unknown").field("files").into());
        }
    }
    Ok(())
}

/// Takes a loose file of the caller's away again. `false`: there is none such.
pub fn remove(tx: &mut Tx<'_>, id: AttachmentId) -> Done<bool> {
    let (tenant, caller) = (tx.tenant(), tx.caller().label());
    let gone = tx.exec(
        sql!("DELETE FROM attachment WHERE id = $1 AND tenant_id = $2 AND caller = $3 AND entry_id IS NULL"),
        &[p(&id), p(&tenant), p(&caller)],
    )?;
    if gone == 1 {
        tx.audit("file.remove", id, Some(&serde_json::json!({ "loose": true })), None);
    }
    Ok(gone == 1)
}

/// A file on its way here.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Which one.
    pub id: UploadId,
    /// For which ticket.
    pub ticket_id: TicketId,
    /// The name as given.
    pub name: String,
    /// How large it will be.
    pub bytes: i64,
    /// The hash it will have.
    pub sha256: String,
    /// How much of it is here, from the beginning, without a gap.
    pub received: i64,
    /// What it became.
    pub attachment_id: Option<AttachmentId>,
}

/// Begins a file. Errors: `file.unfinished`, when the caller has begun too many.
pub fn begin(tx: &mut Tx<'_>, ticket: TicketId, name: &str, bytes: i64, sha256: &str) -> Done<Upload> {
    let (id, tenant, caller, now): (UploadId, _, _, _) = (tx.new_id(), tx.tenant(), tx.caller().label(), tx.now());
    let open = tx.number(
        sql!("SELECT COUNT(*) FROM upload WHERE tenant_id = $1 AND caller = $2 AND attachment_id IS NULL AND created_at > $3"),
        &[p(&tenant), p(&caller), p(&(now - LOOSE))],
    )?;
    if open >= UNFINISHED {
        return Err(refuse!(TooMany, "file.unfinished", most = UNFINISHED).into());
    }
    tx.exec(
        sql!(
            "INSERT INTO upload (id, tenant_id, ticket_id, caller, name, bytes, sha256, received, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)"
        ),
        &[p(&id), p(&tenant), p(&ticket), p(&caller), p(name), p(&bytes), p(sha256), p(&now)],
    )?;
    Ok(Upload { id, ticket_id: ticket, name: name.into(), bytes, sha256: sha256.into(), received: 0, attachment_id: None })
}

/// The caller's own upload.
pub fn upload(tx: &mut Tx<'_>, id: UploadId) -> Done<Option<Upload>> {
    let (tenant, caller) = (tx.tenant(), tx.caller().label());
    Ok(tx.one(
        sql!(
            "SELECT id, ticket_id, name, bytes, sha256, received, attachment_id FROM upload WHERE tenant_id = $1 AND id = $2 AND caller = $3 {for_update}"
        ),
        &[p(&tenant), p(&id), p(&caller)],
        |r| {
            Ok(Upload {
                id: r.next()?,
                ticket_id: r.next()?,
                name: r.next()?,
                bytes: r.next()?,
                sha256: r.next()?,
                received: r.next()?,
                attachment_id: r.next()?,
            })
        },
    )?)
}

/// Notes that a part is on the disk. `false`: somebody else has gone on from that place.
pub fn received(tx: &mut Tx<'_>, id: UploadId, from: i64, to: i64) -> Done<bool> {
    let tenant = tx.tenant();
    let touched = tx.exec(
        sql!("UPDATE upload SET received = $1 WHERE id = $2 AND tenant_id = $3 AND received = $4 AND attachment_id IS NULL"),
        &[p(&to), p(&id), p(&tenant), p(&from)],
    )?;
    Ok(touched == 1)
}

/// Notes what an upload became.
pub fn finished(tx: &mut Tx<'_>, id: UploadId, attachment: AttachmentId) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(sql!("UPDATE upload SET attachment_id = $1 WHERE id = $2 AND tenant_id = $3"), &[p(&attachment), p(&id), p(&tenant)])?;
    Ok(())
}

/// How long a file waits for its words, and an upload for its end.
pub const LOOSE: SignedDuration = SignedDuration::from_hours(24);

/// Takes away uploads and loose files that nobody came back for; how many rows.
pub fn sweep(bare: &mut Bare<'_>, now: Timestamp, batch: u32) -> Done<u64> {
    let key = [p(&(now - LOOSE)), p(&batch)];
    let uploads =
        bare.exec(sql!("DELETE FROM upload WHERE id IN (SELECT id FROM upload WHERE created_at < $1 ORDER BY created_at LIMIT $2)"), &key)?;
    let loose = bare.exec(
        sql!(
            "DELETE FROM attachment WHERE id IN
               (SELECT id FROM attachment WHERE entry_id IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2)"
        ),
        &key,
    )?;
    Ok(uploads.max(loose))
}

/// Hashes that rows name, from one to another.
pub fn named_among(bare: &mut Bare<'_>, first: &str, last: &str) -> Done<Vec<String>> {
    Ok(bare.query(sql!("SELECT DISTINCT sha256 FROM attachment WHERE sha256 BETWEEN $1 AND $2"), &[p(first), p(last)], |r| r.next())?)
}

/// Hashes that rows name, after one, in order.
pub fn named_after(bare: &mut Bare<'_>, sha256: &str, limit: u32) -> Done<Vec<String>> {
    Ok(bare.query(
        sql!("SELECT DISTINCT sha256 FROM attachment WHERE sha256 > $1 ORDER BY sha256 LIMIT $2"),
        &[p(sha256), p(&limit)],
        |r| r.next(),
    )?)
}
