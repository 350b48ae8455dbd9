//! Files a merchant sends, from their page or by mail, put on the line they came with.

use jiff::SignedDuration;
use postsale_domain::file::{MERCHANT_FILES_DAY, clean_name};
use postsale_domain::ground::{Lang, Reach, Refusal};
use postsale_domain::refuse;
use postsale_domain::ticket::{EntryId, TicketId};
use uuid::Uuid;

use super::desk::Desk;
use crate::file::store::{self, Fresh};
use crate::ground::db::{Done, Query, Stop, Tx, Val, p};
use crate::ground::texts;
use crate::sql;
use crate::ticket::entry::Kind;

/// Puts photos on the line that a letter became. The same letter again finds them there already.
pub fn of_letter(tx: &mut Tx<'_>, ticket: TicketId, letter: Uuid, photos: &[Fresh]) -> Done<()> {
    let tenant = tx.tenant();
    let entry = tx.one(
        sql!("SELECT id FROM ticket_entry WHERE tenant_id = $1 AND ticket_id = $2 AND letter_id = $3 ORDER BY seq LIMIT 1"),
        &[p(&tenant), p(&ticket), Val::Id(letter)],
        |r| r.next::<EntryId>(),
    )?;
    match entry {
        Some(entry) => put(tx, ticket, entry, photos),
        None => Ok(()),
    }
}

/// The files of a mail: those that were kept, and those that were not, with the reason.
#[derive(Debug, Clone, Default)]
pub struct Along {
    /// Kept.
    pub kept: Vec<Fresh>,
    /// Not kept.
    pub refused: Vec<(String, Refusal)>,
}

/// Puts the files of a mail on the line it became. What was not kept, or no longer fits, is said in a note: the words are registered all
/// the same.
pub fn of_mail(tx: &mut Tx<'_>, ticket: TicketId, letter: Uuid, along: &Along) -> Done<()> {
    let mut lost: Vec<String> =
        along.refused.iter().map(|(name, refusal)| format!("{}：{}", shown(name), texts::of_refusal(Lang::Zh, refusal))).collect();
    match of_letter(tx, ticket, letter, &along.kept) {
        Ok(()) => {}
        Err(Stop::Refused(refusal)) => lost.push(texts::of_refusal(Lang::Zh, &refusal)),
        Err(other) => return Err(other),
    }
    if lost.is_empty() {
        return Ok(());
    }
    let mut desk = Desk::load(tx, ticket, Reach::All, None)?;
    desk.line(tx, Kind::Note, false, &format!("邮件里有附件没有保存。\n{}", lost.join("\n")), None, None)?;
    desk.save(tx, "ticket.hear")?;
    Ok(())
}

/// A name of a stranger's, fit to be read in a sentence.
fn shown(name: &str) -> String {
    clean_name(name, postsale_domain::file::Kind::Text).trim_end_matches(".txt").to_owned()
}

/// Puts photos on a line; a line that has some keeps those. Errors: `file.merchant_day`, and those of [`store::add`].
pub fn put(tx: &mut Tx<'_>, ticket: TicketId, entry: EntryId, photos: &[Fresh]) -> Done<()> {
    if photos.is_empty() || store::of_ticket(tx, ticket)?.contains_key(&entry) {
        return Ok(());
    }
    let (tenant, caller, since) = (tx.tenant(), tx.caller().label(), tx.now() - SignedDuration::from_hours(24));
    let today = tx.number(
        sql!("SELECT COUNT(*) FROM attachment WHERE tenant_id = $1 AND ticket_id = $2 AND caller = $3 AND created_at > $4"),
        &[p(&tenant), p(&ticket), p(&caller), p(&since)],
    )?;
    if today + i64::try_from(photos.len()).unwrap_or(i64::MAX) > MERCHANT_FILES_DAY {
        return Err(refuse!(TooMany, "file.merchant_day", most = MERCHANT_FILES_DAY).into());
    }
    for photo in photos {
        store::add(tx, ticket, Some(entry), photo)?;
    }
    Ok(())
}
