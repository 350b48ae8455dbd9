//! Keeps the search current: whatever a transaction changed is cut into words before its commit.

use std::collections::BTreeSet;

use jiff::Timestamp;
use postsale_domain::ground::TypedId;
use postsale_domain::merchant::{ContactId, MerchantId, StoreId};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use uuid::Uuid;

use crate::facts::extra;
use crate::ground::db::{Done, Query, Tx, Val, p};
use crate::merchant::store as merchants;
use crate::search::{Kind, store, with_ends, words};
use crate::sql;
use crate::terminal::store as terminals;

/// Lines of a timeline whose words count.
const LINES: u32 = 200;

/// Ends every writing transaction: the search first, then the audit chain, which both need to know what was changed.
pub fn finish(tx: &mut Tx<'_>) -> Done<()> {
    let subjects: BTreeSet<String> = tx.changed().map(str::to_owned).collect();
    for thing in things(tx, &subjects)? {
        cut(tx, thing)?;
    }
    tx.write_last()?;
    crate::org::audit::finish(tx)
}

/// Asks ahead for what a changed ticket will be found by. For whoever has written all of it and goes on to read its page.
pub fn soon(tx: &mut Tx<'_>, ticket: TicketId) {
    tx.ahead(|tx| head(tx, ticket.uuid()));
}

/// What can be found, out of what was changed. Stores and contacts count as their merchant.
fn things(tx: &mut Tx<'_>, subjects: &BTreeSet<String>) -> Done<BTreeSet<(Kind, Uuid)>> {
    let mut found = BTreeSet::new();
    for subject in subjects {
        if let Ok(id) = subject.parse::<TicketId>() {
            found.insert((Kind::Ticket, id.uuid()));
        } else if let Ok(id) = subject.parse::<MerchantId>() {
            found.insert((Kind::Merchant, id.uuid()));
        } else if let Ok(id) = subject.parse::<TerminalId>() {
            found.insert((Kind::Terminal, id.uuid()));
        } else if let Ok(id) = subject.parse::<StoreId>() {
            found.extend(merchants::store(tx, id)?.map(|s| (Kind::Merchant, s.merchant_id.uuid())));
        } else if let Ok(id) = subject.parse::<ContactId>() {
            found.extend(merchants::contact(tx, id)?.map(|c| (Kind::Merchant, c.merchant_id.uuid())));
        }
    }
    Ok(found)
}

fn cut(tx: &mut Tx<'_>, (kind, id): (Kind, Uuid)) -> Done<()> {
    let texts = match kind {
        Kind::Ticket => ticket(tx, id)?,
        Kind::Merchant => merchant(tx, id)?,
        Kind::Terminal => terminal(tx, id)?,
    };
    let Some(Texts { at, texts, numbers }) = texts else { return Ok(()) };
    let words = words(texts.iter().chain(&numbers).map(String::as_str));
    store::index(tx, kind, id, at, &with_ends(words, numbers.iter().map(String::as_str)))
}

/// What a thing is found by.
struct Texts {
    /// When it came to be.
    at: Timestamp,
    texts: Vec<String>,
    /// What is found by pieces as well.
    numbers: Vec<String>,
}

/// The first column of each row, as text.
fn column(tx: &mut Tx<'_>, question: &'static crate::ground::db::Sql, params: &[Val]) -> Done<Vec<String>> {
    let found: Vec<Option<String>> = tx.query(question, params, |r| r.next())?;
    Ok(found.into_iter().flatten().collect())
}

type Head = (Timestamp, (Option<MerchantId>, Option<TerminalId>), Vec<String>);

fn head(tx: &mut Tx<'_>, id: Uuid) -> Done<Option<Head>> {
    Ok(tx.one(
        sql!(
            "SELECT t.opened_at, t.number, t.merchant_id, t.terminal_id, t.subject, t.symptom, t.response_code, t.fault_code, t.contact_name, t.contact_phone,
                    (SELECT string_agg(e.body, ' ') FROM (SELECT body FROM ticket_entry WHERE tenant_id = t.tenant_id AND ticket_id = t.id AND body NOT IN ('', t.symptom)
                                                          ORDER BY seq DESC LIMIT $3) AS e)
             FROM ticket t WHERE t.tenant_id = $1 AND t.id = $2"
        ),
        &[p(&tx.tenant()), Val::Id(id), p(&LINES)],
        |r| {
            let (at, number): (Timestamp, i64) = (r.next()?, r.next()?);
            let hangs: (Option<MerchantId>, Option<TerminalId>) = (r.next()?, r.next()?);
            let mut texts = vec![format!("{number:06} {number}")];
            for _ in 0..7 {
                texts.extend(r.next::<Option<String>>()?);
            }
            Ok((at, hangs, texts))
        },
    )?)
}

fn ticket(tx: &mut Tx<'_>, id: Uuid) -> Done<Option<Texts>> {
    let Some((at, (merchant, terminal), mut texts)) = head(tx, id)? else { return Ok(None) };
    // What is changed is mostly shown as well: its merchant and its terminal are known by now, where a join would read them again.
    if let Some(id) = merchant {
        tx.ahead(|tx| merchants::merchant(tx, id, None));
    }
    if let Some(id) = terminal {
        tx.ahead(|tx| terminals::terminal(tx, id));
    }
    texts.extend(extra::one(tx, TicketId::from_uuid(id))?.fields.into_values());
    if let Some(id) = merchant {
        texts.extend(merchants::merchant(tx, id, None)?.into_iter().flat_map(|m| [m.name, m.mid]));
    }
    if let Some(id) = terminal {
        texts.extend(terminals::terminal(tx, id)?.map(|x| x.serial_no));
    }
    Ok(Some(Texts { at, texts, numbers: Vec::new() }))
}

fn merchant(tx: &mut Tx<'_>, id: Uuid) -> Done<Option<Texts>> {
    let key = [p(&tx.tenant()), Val::Id(id)];
    let head = tx.one(sql!("SELECT created_at, mid, name, industry FROM merchant WHERE tenant_id = $1 AND id = $2"), &key, |r| {
        Ok((r.next()?, vec![r.next()?], vec![r.next()?, r.next()?]))
    })?;
    let Some((at, mut numbers, mut texts)) = head else { return Ok(None) };
    let id = MerchantId::from_uuid(id);
    for store in merchants::stores(tx, id)? {
        texts.extend([store.value.name, store.value.address, store.value.district]);
    }
    for contact in merchants::contacts(tx, id)? {
        texts.push(contact.value.name);
        numbers.extend(contact.value.phone);
    }
    Ok(Some(Texts { at, texts, numbers }))
}

fn terminal(tx: &mut Tx<'_>, id: Uuid) -> Done<Option<Texts>> {
    let key = [p(&tx.tenant()), Val::Id(id)];
    let head = tx.one(sql!("SELECT created_at, serial_no, tusn, model FROM terminal WHERE tenant_id = $1 AND id = $2"), &key, |r| {
        Ok((r.next()?, vec![r.next()?], vec![r.next()?, r.next()?]))
    })?;
    let Some((at, mut numbers, texts)) = head else { return Ok(None) };
    numbers.extend(column(tx, sql!("SELECT tid FROM binding WHERE tenant_id = $1 AND terminal_id = $2 AND valid_to IS NULL"), &key)?);
    Ok(Some(Texts { at, texts, numbers }))
}

/// Things cut in one transaction of a rebuild.
pub const CHUNK: u32 = 200;

/// Cuts the next things of a kind behind an id again. The last one; none when nothing is left.
pub fn rebuild(tx: &mut Tx<'_>, kind: Kind, after: Uuid) -> Done<Option<Uuid>> {
    let params = [p(&tx.tenant()), Val::Id(after), p(&CHUNK)];
    let question = match kind {
        Kind::Ticket => sql!("SELECT id FROM ticket WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
        Kind::Merchant => sql!("SELECT id FROM merchant WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
        Kind::Terminal => sql!("SELECT id FROM terminal WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
    };
    let found: Vec<TicketId> = tx.query(question, &params, |r| r.next())?;
    for id in &found {
        cut(tx, (kind, id.uuid()))?;
    }
    Ok(found.last().map(|id| id.uuid()))
}
