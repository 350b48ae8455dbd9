//! SQL of terminals and bindings.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::coverage::Warranty;
use postsale_domain::ground::{AcquirerId, TypedId};
use postsale_domain::merchant::{MerchantId, StoreId};
use postsale_domain::refuse;
use postsale_domain::terminal::{BindingId, TerminalId};
use serde::Serialize;

use crate::ground::db::{DbError, Done, FromVal, Query, Row, ToVal, Tx, Val, p};
use crate::ground::web::Keyset;
use crate::sql;

/// A terminal.
#[derive(Debug, Clone, Serialize)]
pub struct Terminal {
    /// Which one.
    pub id: TerminalId,
    /// Serial number on the label, without spaces.
    pub serial_no: String,
    /// Terminal unique serial number, 20 digits.
    pub tusn: String,
    /// Model, as in the model catalogue.
    pub model: String,
    /// Production batch.
    pub batch: String,
    /// Firmware version.
    pub firmware: String,
    /// The day it left the maker.
    pub shipped_on: Option<Date>,
    /// The day it was first put to use.
    pub activated_on: Option<Date>,
    /// Last day of the maker's warranty.
    pub warranty_until: Option<Date>,
    /// Last day of a bought extension.
    pub extended_until: Option<Date>,
    /// Since when nothing has been heard of it; null while it is online.
    pub offline_since: Option<Timestamp>,
}

impl Terminal {
    /// What coverage decides on.
    pub fn warranty(&self) -> Warranty {
        Warranty { activated_on: self.activated_on, until: self.warranty_until, extended_until: self.extended_until }
    }
}

/// The five-element binding of a terminal, with its validity.
#[derive(Debug, Clone, Serialize)]
pub struct Binding {
    /// Which one.
    pub id: BindingId,
    /// The terminal.
    pub terminal_id: TerminalId,
    /// Element 1: the acquirer.
    pub acquirer_id: AcquirerId,
    /// Element 2: the merchant.
    pub merchant_id: MerchantId,
    /// Where it stands.
    pub store_id: StoreId,
    /// Terminal number at the acquirer.
    pub tid: String,
    /// Element 3: unified social credit code.
    pub uscc: String,
    /// Element 4: settlement account, masked.
    pub settlement_account_mask: String,
    /// Element 5: the place.
    pub address: String,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when; null while it is the one in force.
    pub valid_to: Option<Timestamp>,
}

/// A calendar day, kept as `YYYY-MM-DD`.
struct Day(Option<Date>);

impl ToVal for Day {
    fn to_val(&self) -> Val {
        self.0.map_or(Val::Null, |d| Val::Text(d.to_string()))
    }
}
impl FromVal for Day {
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Null => Some(Day(None)),
            Val::Text(text) => text.parse().ok().map(|d| Day(Some(d))),
            _ => None,
        }
    }
}

fn read_terminal(r: &mut Row) -> Result<Terminal, DbError> {
    Ok(Terminal {
        id: r.next()?,
        serial_no: r.next()?,
        tusn: r.next()?,
        model: r.next()?,
        batch: r.next()?,
        firmware: r.next()?,
        shipped_on: r.next::<Day>()?.0,
        activated_on: r.next::<Day>()?.0,
        warranty_until: r.next::<Day>()?.0,
        extended_until: r.next::<Day>()?.0,
        offline_since: r.next()?,
    })
}

fn read_binding(r: &mut Row) -> Result<Binding, DbError> {
    Ok(Binding {
        id: r.next()?,
        terminal_id: r.next()?,
        acquirer_id: r.next()?,
        merchant_id: r.next()?,
        store_id: r.next()?,
        tid: r.next()?,
        uscc: r.next()?,
        settlement_account_mask: r.next()?,
        address: r.next()?,
        valid_from: r.next()?,
        valid_to: r.next()?,
    })
}

/// Makes a terminal; its id comes with it.
pub fn add_terminal(tx: &mut Tx<'_>, terminal: &Terminal) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO terminal (id, tenant_id, serial_no, tusn, model, batch, firmware, shipped_on, activated_on, warranty_until, extended_until,
                                   offline_since, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)"
        ),
        &[
            p(&terminal.id),
            p(&tenant),
            p(&terminal.serial_no),
            p(&terminal.tusn),
            p(&terminal.model),
            p(&terminal.batch),
            p(&terminal.firmware),
            p(&Day(terminal.shipped_on)),
            p(&Day(terminal.activated_on)),
            p(&Day(terminal.warranty_until)),
            p(&Day(terminal.extended_until)),
            p(&terminal.offline_since),
            p(&now),
        ],
    )?;
    tx.audit("terminal.add", terminal.id, None, Some(terminal));
    Ok(())
}

/// One terminal.
pub fn terminal(tx: &mut Tx<'_>, id: TerminalId) -> Done<Option<Terminal>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT id, serial_no, tusn, model, batch, firmware, shipped_on, activated_on, warranty_until, extended_until, offline_since
             FROM terminal WHERE tenant_id = $1 AND id = $2"
        ),
        &[p(&tenant), p(&id)],
        read_terminal,
    )?)
}

/// The terminal with a serial number (as `postsale_domain::terminal::serial` writes it).
pub fn by_serial(tx: &mut Tx<'_>, serial: &str) -> Done<Option<Terminal>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT id, serial_no, tusn, model, batch, firmware, shipped_on, activated_on, warranty_until, extended_until, offline_since
             FROM terminal WHERE tenant_id = $1 AND serial_no = $2"
        ),
        &[p(&tenant), p(serial)],
        read_terminal,
    )?)
}

/// The terminal a sticker names, and its tenant. Stickers carry a signature, so no tenant is known before.
pub fn behind_sticker(bare: &mut crate::ground::db::Bare<'_>, id: TerminalId) -> Done<Option<postsale_domain::ground::TenantId>> {
    Ok(bare.one(sql!("SELECT tenant_id FROM terminal WHERE id = $1"), &[p(&id)], |r| r.next())?)
}

/// Terminals, newest first, whose serial number, unique number or open terminal number begins with `q`; of one acquirer's merchants only when `own` is given.
pub fn terminals(tx: &mut Tx<'_>, q: &str, own: Option<AcquirerId>, after: Keyset, limit: u32) -> Done<Vec<(Terminal, Option<Binding>)>> {
    let (tenant, start) = (tx.tenant(), TerminalId::from_uuid(after.id));
    let plain: String = q.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    let like = format!("{plain}%");
    let read = |r: &mut Row| {
        let terminal = read_terminal(r)?;
        let bound: Option<BindingId> = r.next()?;
        let Some(id) = bound else { return Ok((terminal, None)) };
        let binding = Binding {
            id,
            terminal_id: terminal.id,
            acquirer_id: r.next()?,
            merchant_id: r.next()?,
            store_id: r.next()?,
            tid: r.next()?,
            uscc: r.next()?,
            settlement_account_mask: r.next()?,
            address: r.next()?,
            valid_from: r.next()?,
            valid_to: None,
        };
        Ok((terminal, Some(binding)))
    };
    Ok(match own {
        None => tx.query(
            sql!(
                "SELECT t.id, t.serial_no, t.tusn, t.model, t.batch, t.firmware, t.shipped_on, t.activated_on, t.warranty_until, t.extended_until, t.offline_since,
                        b.id, b.acquirer_id, b.merchant_id, b.store_id, b.tid, b.uscc, b.settlement_account_mask, b.address, b.valid_from
                 FROM terminal t LEFT JOIN binding b ON b.terminal_id = t.id AND b.valid_to IS NULL
                 WHERE t.tenant_id = $1 AND t.id < $2 AND (t.serial_no LIKE $3 OR t.tusn LIKE $3 OR b.tid LIKE $3) ORDER BY t.id DESC LIMIT $4"
            ),
            &[p(&tenant), p(&start), p(&like), p(&limit)],
            read,
        )?,
        Some(own) => tx.query(
            sql!(
                "SELECT t.id, t.serial_no, t.tusn, t.model, t.batch, t.firmware, t.shipped_on, t.activated_on, t.warranty_until, t.extended_until, t.offline_since,
                        b.id, b.acquirer_id, b.merchant_id, b.store_id, b.tid, b.uscc, b.settlement_account_mask, b.address, b.valid_from
                 FROM terminal t JOIN binding b ON b.terminal_id = t.id AND b.valid_to IS NULL
                 WHERE t.tenant_id = $1 AND t.id < $2 AND (t.serial_no LIKE $3 OR t.tusn LIKE $3 OR b.tid LIKE $3) AND b.acquirer_id = $5
                 ORDER BY t.id DESC LIMIT $4"
            ),
            &[p(&tenant), p(&start), p(&like), p(&limit), p(&own)],
            read,
        )?,
    })
}

/// The terminals that stand at a merchant now.
pub fn at_merchant(tx: &mut Tx<'_>, merchant: MerchantId) -> Done<Vec<(Terminal, Binding)>> {
    let tenant = tx.tenant();
    let bindings = tx.query(
        sql!(
            "SELECT id, terminal_id, acquirer_id, merchant_id, store_id, tid, uscc, settlement_account_mask, address, valid_from, valid_to FROM binding
             WHERE tenant_id = $1 AND merchant_id = $2 AND valid_to IS NULL ORDER BY id LIMIT 500"
        ),
        &[p(&tenant), p(&merchant)],
        read_binding,
    )?;
    let mut found = Vec::with_capacity(bindings.len());
    for binding in bindings {
        if let Some(terminal) = terminal(tx, binding.terminal_id)? {
            found.push((terminal, binding));
        }
    }
    Ok(found)
}

/// The binding in force, if any.
pub fn open_binding(tx: &mut Tx<'_>, terminal: TerminalId) -> Done<Option<Binding>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT id, terminal_id, acquirer_id, merchant_id, store_id, tid, uscc, settlement_account_mask, address, valid_from, valid_to FROM binding
             WHERE tenant_id = $1 AND terminal_id = $2 AND valid_to IS NULL"
        ),
        &[p(&tenant), p(&terminal)],
        read_binding,
    )?)
}

/// Every binding a terminal has had, newest first.
pub fn bindings(tx: &mut Tx<'_>, terminal: TerminalId) -> Done<Vec<Binding>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT id, terminal_id, acquirer_id, merchant_id, store_id, tid, uscc, settlement_account_mask, address, valid_from, valid_to FROM binding
             WHERE tenant_id = $1 AND terminal_id = $2 ORDER BY valid_from DESC, id DESC LIMIT 100"
        ),
        &[p(&tenant), p(&terminal)],
        read_binding,
    )?)
}

/// Opens a binding; its id comes with it. Errors: `terminal.bound_already` when the terminal, or the terminal number at
/// that acquirer, has an open one. The indices of the database hold this even against a writer that does not ask.
pub fn bind(tx: &mut Tx<'_>, binding: &Binding) -> Done<()> {
    let tenant = tx.tenant();
    let taken = tx.exec(
        sql!(
            "INSERT INTO binding (id, tenant_id, terminal_id, acquirer_id, merchant_id, store_id, tid, uscc, settlement_account_mask, address, valid_from)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
        ),
        &[
            p(&binding.id),
            p(&tenant),
            p(&binding.terminal_id),
            p(&binding.acquirer_id),
            p(&binding.merchant_id),
            p(&binding.store_id),
            p(&binding.tid),
            p(&binding.uscc),
            p(&binding.settlement_account_mask),
            p(&binding.address),
            p(&binding.valid_from),
        ],
    )?;
    if taken == 0 {
        return Err(refuse!(Conflict, "terminal.bound_already", tid = &binding.tid).into());
    }
    tx.audit("terminal.bind", binding.terminal_id, None, Some(binding));
    Ok(())
}

/// Closes the binding in force; the one that was. Errors: `terminal.not_bound`.
pub fn unbind(tx: &mut Tx<'_>, terminal: TerminalId, because: &str) -> Done<Binding> {
    let Some(before) = open_binding(tx, terminal)? else { return Err(refuse!(Conflict, "terminal.not_bound").into()) };
    let now = tx.now();
    tx.exec(
        sql!("UPDATE binding SET valid_to = $1, closed_because = $2 WHERE id = $3 AND valid_to IS NULL"),
        &[p(&now), p(because), p(&before.id)],
    )?;
    let after = Binding { valid_to: Some(now), ..before.clone() };
    tx.audit("terminal.unbind", terminal, Some(&before), Some(&after));
    Ok(before)
}
