//! What a merchant is asked to pay before the work: an offer, their answer, and the one who lets it go on without.

use jiff::{Timestamp, ToSpan};
use postsale_domain::billing::{Answer, AnswerWay, Consent, VALID_DAYS, answer as take, waive as reason};
use postsale_domain::facts::{Asked, QuoteId, quote as add_up};
use postsale_domain::ground::{Reach, TypedId, yuan};
use postsale_domain::refuse;
use postsale_domain::ticket::{Command, LinkKind, TicketId};
use postsale_domain::visit::{Charge, Unagreed, WorkOrderId};
use serde_json::json;

use super::desk::Desk;
use super::visit::Table;
use super::{bell, word};
use crate::billing::store::{self, NewQuote, Quote};
use crate::ground::db::{Done, Tx};
use crate::ground::when;
use crate::ticket::entry::Kind;
use crate::ticket::relation;
use crate::ticket::store::Ticket;
use crate::view::charge::{Costs, Priced, costs, of_visit, repaired_before};
use crate::view::visit::{WorkOrderPage, page};
use crate::visit::store::{self as visits, WorkOrder};

/// Offers a quote by the price list of today; the merchant is told. Errors: `not_found`, those of adding up, `quote.nothing_charged`.
pub fn offer(tx: &mut Tx<'_>, reach: Reach, ticket: TicketId, asked: &[Asked]) -> Done<Quote> {
    make(tx, reach, ticket, asked, true)
}

/// `tell`: whoever signs in the same breath is not asked by mail as well.
fn make(tx: &mut Tx<'_>, reach: Reach, ticket: TicketId, asked: &[Asked], tell: bool) -> Done<Quote> {
    let mut desk = Desk::load(tx, ticket, reach, None)?;
    desk.command(tx, &Command::Quote)?;
    let last = visits::of_ticket(tx, ticket)?.into_iter().next();
    let priced = Priced::of(tx, &desk.ticket, last.as_ref())?;
    let quoted = add_up(&priced.list, asked, |price| priced.cover(price))?;
    if quoted.total == 0 {
        return Err(refuse!(Conflict, "quote.nothing_charged").into());
    }
    let (now, (_, by)) = (tx.now(), desk.author());
    let until = until(now);
    let cover = priced.said();
    let made =
        store::add(tx, ticket, NewQuote { version: priced.version, day: priced.day, quoted, valid_until: until, cover, by: by.clone() })?;
    let data = json!({ "who": by, "amount": yuan(made.total), "price_version": made.price_version });
    desk.line(tx, Kind::Event, true, "", Some(("quoted".into(), data)), None)?;
    if tell {
        word::quoted(tx, &desk.ticket, made.id.uuid(), made.total, until)?;
    }
    desk.save(tx, "ticket.quote")?;
    Ok(made)
}

/// Until when a quote of now can be answered: the end of a day, for nobody counts hours of a quote.
pub fn until(now: Timestamp) -> Timestamp {
    when::day(now).saturating_add((VALID_DAYS + 1).days()).to_zoned(when::zone()).map_or(now, |z| z.timestamp())
}

/// What a merchant answers to a quote on their own page.
pub fn answered(tx: &mut Tx<'_>, ticket: TicketId, quote: QuoteId, accept: bool, note: Option<String>) -> Done<Quote> {
    let desk = Desk::load(tx, ticket, Reach::All, None)?;
    let by = desk.ticket.contact.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "商户".to_owned());
    settle(tx, desk, quote, &Answer { accept, by, way: AnswerWay::Page, note, strokes: Vec::new() }, None)
}

/// What a merchant answered, as somebody of the house writes it down. Errors: `quote.way_not_yours`, and those of [`take`].
pub fn noted(tx: &mut Tx<'_>, reach: Reach, ticket: TicketId, quote: QuoteId, answer: &Answer) -> Done<Quote> {
    if answer.way == AnswerWay::Page {
        return Err(refuse!(Invalid, "quote.way_not_yours").field("way").into());
    }
    let desk = Desk::load(tx, ticket, reach, None)?;
    let (_, by) = desk.author();
    settle(tx, desk, quote, answer, Some(&by))
}

/// What the merchant signs on the engineer's phone at the shop: the quote and their yes as one tap, which may come late. The prices are those
/// of the day it arrives: `total` is what was signed, and another sum is not agreed to. Errors: `visit.closed`, `quote.other_sum`, those of an
/// offer and of a signature.
pub fn signed(
    tx: &mut Tx<'_>,
    reach: Reach,
    id: WorkOrderId,
    version: i64,
    asked: &[Asked],
    total: i64,
    answer: &Answer,
) -> Done<WorkOrderPage> {
    let table = Table::load(tx, id, reach, Some(version))?;
    if table.w.closed_at.is_some() {
        return Err(refuse!(Conflict, "visit.closed").into());
    }
    // A telephone that did not hear the answer says it again: one signature is one yes.
    if store::of_ticket(tx, table.ticket.id)?.first().is_some_and(|newest| signed_so(newest, asked, total, answer)) {
        return page(tx, &table.w);
    }
    let made = make(tx, Reach::All, table.ticket.id, asked, false)?;
    if made.total != total {
        return Err(refuse!(Conflict, "quote.other_sum", signed = yuan(total), now = yuan(made.total)).into());
    }
    noted(tx, Reach::All, table.ticket.id, made.id, answer)?;
    page(tx, &table.w)
}

/// Whether a quote is the one that was accepted with these very strokes, for these lines.
fn signed_so(quote: &Quote, asked: &[Asked], total: i64, signature: &Answer) -> bool {
    let lines =
        quote.lines.len() == asked.len() && asked.iter().all(|a| quote.lines.iter().any(|l| l.code == a.code && l.quantity == a.quantity));
    lines
        && quote.total == total
        && quote.answer.as_ref().is_some_and(|said| said.way == AnswerWay::Signature && said.strokes == signature.strokes)
}

fn settle(tx: &mut Tx<'_>, mut desk: Desk, quote: QuoteId, answer: &Answer, noted_by: Option<&str>) -> Done<Quote> {
    let id = desk.ticket.id;
    let found = store::of_ticket(tx, id)?.into_iter().find(|q| q.id == quote);
    let before = found.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let Some((state, kept)) = take(&before.offer(), answer, tx.now())? else { return Ok(before) };
    desk.command(tx, &Command::Quote)?;
    let after = store::answered(tx, id, &before, state, &kept, noted_by)?;
    let code = if answer.accept { "quote_accepted" } else { "quote_declined" };
    let data = json!({ "who": kept.by, "amount": yuan(after.total), "way": kept.way, "note": kept.note });
    desk.line(tx, Kind::Event, true, "", Some((code.into(), data)), None)?;
    if noted_by.is_none() {
        let live = visits::of_ticket(tx, id)?.into_iter().find(|w| w.closed_at.is_none());
        let words = format!("{}/{}", if answer.accept { "yes" } else { "no" }, after.total);
        bell::quote(tx, &desk.ticket, live.and_then(|w| w.engineer_id), &kept.by, &words)?;
    }
    desk.save(tx, "ticket.quote")?;
    Ok(after)
}

/// Lets charged work of a case go on without the merchant's yes. Errors: `reason.missing`, `quote.text_long`.
pub fn waive(tx: &mut Tx<'_>, reach: Reach, ticket: TicketId, why: &str) -> Done<Costs> {
    let why = reason(why)?;
    let mut desk = Desk::load(tx, ticket, reach, None)?;
    desk.command(tx, &Command::Quote)?;
    if store::waiver(tx, ticket)?.is_none() {
        let (_, who) = desk.author();
        store::waive(tx, ticket, &why, &who)?;
        desk.line(tx, Kind::Event, false, "", Some(("charge_waived".into(), json!({ "who": who, "reason": why }))), None)?;
    }
    let saved = desk.save(tx, "ticket.quote")?;
    costs(tx, &saved)
}

/// What the rules of a visit are told of money: nothing where the merchant agreed, or nothing is charged.
pub fn for_visit(tx: &mut Tx<'_>, w: &WorkOrder, ticket: &Ticket, more: Option<&str>) -> Done<Option<Charge>> {
    let charge = |asked, amount| Some(Charge { asked, amount });
    Ok(match of_visit(tx, w, ticket, more)? {
        Consent::Given => None,
        Consent::NotAsked(amount) => charge(Unagreed::NotAsked, amount),
        Consent::Waits(amount) => charge(Unagreed::Waits, amount),
        Consent::Declined(amount) => charge(Unagreed::Declined, amount),
        Consent::Short(amount) => charge(Unagreed::Short, amount),
    })
}

/// A case that an earlier repair answers for says which one it was (S1-17). A link that is there already stays.
pub fn link_repair(tx: &mut Tx<'_>, desk: &mut Desk, fault: Option<&str>, order: Option<i64>) -> Done<()> {
    let Some(first) = repaired_before(tx, &desk.ticket, fault, order)? else { return Ok(()) };
    let (_, by) = desk.author();
    if relation::insert(tx, desk.ticket.id, first, LinkKind::CausedBy, &by, None)? {
        let number = crate::ticket::store::ticket(tx, first)?.map_or(0, |t| t.number);
        let data = json!({ "number": crate::view::ticket::number(number) });
        desk.line(tx, Kind::Event, false, "", Some(("repair_warranty".into(), data)), None)?;
    }
    Ok(())
}
