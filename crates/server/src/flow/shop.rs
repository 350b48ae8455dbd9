//! What a merchant does on the page of a report. The signed link in its address names the ticket and is the proof.

use jiff::SignedDuration;
use postsale_domain::ground::{Reach, mask_cards};
use postsale_domain::refuse;
use postsale_domain::ticket::{Channel, Command, ConfirmedBy, TicketId, TicketState};

use super::desk::Desk;
use super::photo;
use crate::file::store::Fresh;
use crate::ground::db::{Done, Query, Tx, p};
use crate::sql;
use crate::ticket::entry::Kind;

/// Most characters of one message.
pub const MAX_WORDS: usize = 4000;
/// Messages a page takes within an hour; a page in a stranger's hands cannot fill the disk.
const MESSAGES_AN_HOUR: i64 = 30;

/// The merchant writes. `true`: a card number was masked. Errors: `shop.no_words`, `shop.words_long`, `shop.too_many`, `ticket.closed`.
pub fn say(tx: &mut Tx<'_>, id: TicketId, words: &str, photos: &[Fresh]) -> Done<bool> {
    let words = words.replace("\r\n", "\n");
    let words = words.trim();
    if words.is_empty() {
        return Err(refuse!(Invalid, "shop.no_words").field("words").into());
    }
    if words.chars().count() > MAX_WORDS {
        return Err(refuse!(Invalid, "shop.words_long", limit = MAX_WORDS).field("words").into());
    }
    let mut desk = Desk::load(tx, id, Reach::All, None)?;
    if matches!(desk.case().state, TicketState::Closed | TicketState::Cancelled) {
        return Err(refuse!(Conflict, "ticket.closed").into());
    }
    let since = tx.now() - SignedDuration::from_hours(1);
    let lately =
        tx.number(sql!("SELECT COUNT(*) FROM ticket_entry WHERE ticket_id = $1 AND kind = 'message' AND at > $2"), &[p(&id), p(&since)])?;
    if lately >= MESSAGES_AN_HOUR {
        return Err(refuse!(TooMany, "shop.too_many").into());
    }
    let masked = mask_cards(words);
    // A second tap on the button is not a second message.
    let just_now = tx.now() - SignedDuration::from_mins(2);
    let twice = tx.number(
        sql!("SELECT COUNT(*) FROM ticket_entry WHERE ticket_id = $1 AND kind = 'message' AND at > $2 AND body = $3"),
        &[p(&id), p(&just_now), p(&masked.text)],
    )?;
    if twice > 0 {
        return Ok(masked.found > 0);
    }
    let entry = desk.line(tx, Kind::Message, true, &masked.text, None, Some(Channel::H5))?;
    photo::put(tx, id, entry, photos)?;
    desk.command(tx, &Command::Hear)?;
    desk.save(tx, "ticket.hear")?;
    Ok(masked.found > 0)
}

/// The merchant says that it works. Saying it twice changes nothing. Errors: `ticket.not_now` and its plainer forms.
pub fn works(tx: &mut Tx<'_>, id: TicketId) -> Done<()> {
    let mut desk = Desk::load(tx, id, Reach::All, None)?;
    if desk.case().state == TicketState::Closed {
        return Ok(());
    }
    desk.command(tx, &Command::Confirm { by: ConfirmedBy::Page })?;
    desk.save(tx, "ticket.confirm")?;
    Ok(())
}

/// The merchant says that it still does not work. Saying it twice changes nothing. Errors: `ticket.reopen_too_late`.
pub fn still_broken(tx: &mut Tx<'_>, id: TicketId, reason: &str, without_words: &str) -> Done<()> {
    let mut desk = Desk::load(tx, id, Reach::All, None)?;
    if !matches!(desk.case().state, TicketState::Solved | TicketState::Closed) {
        return Ok(());
    }
    let said: String = mask_cards(reason.trim()).text.chars().take(1000).collect();
    if !said.is_empty() {
        desk.line(tx, Kind::Message, true, &said, None, Some(Channel::H5))?;
    }
    let reason = if said.is_empty() { without_words.to_owned() } else { said };
    desk.command(tx, &Command::Reopen { reason })?;
    desk.save(tx, "ticket.reopen")?;
    Ok(())
}
