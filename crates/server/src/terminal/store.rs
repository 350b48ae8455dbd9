//! SQL of terminals and bindings.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::coverage::Warranty;
use postsale_domain::ground::AcquirerId;
use postsale_domain::merchant::{MerchantId, StoreId};
use postsale_domain::refuse;
use postsale_domain::terminal::{BindingId, TerminalId};
use serde::Serialize;

use crate::ground::db::{DbError, Done, FromVal, Query, Row, ToVal, Tx, Val, Versioned, p};
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
        Warranty {
            shipped_on: self.shipped_on,
            activated_on: self.activated_on,
            until: self.warranty_until,
            extended_until: self.extended_until,
        }
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
pub struct Day(
    /// The day.
    pub Option<Date>,
);

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

macro_rules! columns {
    () => {
        "id, serial_no, tusn, model, batch, firmware, shipped_on, activated_on, warranty_until, extended_until, offline_since"
    };
}

/// Makes a terminal; its id comes with it. Errors: `terminal.known_already`.
pub fn add_terminal(tx: &mut Tx<'_>, terminal: &Terminal) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let taken = tx.exec(
        sql!(
            "INSERT INTO terminal (id, tenant_id, serial_no, tusn, model, batch, firmware, shipped_on, activated_on, warranty_until, extended_until,
                                   offline_since, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1) ON CONFLICT DO NOTHING"
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
    if taken == 0 {
        return Err(refuse!(Conflict, "terminal.known_already", serial = &terminal.serial_no, tusn = &terminal.tusn).into());
    }
    tx.audit("terminal.add", terminal.id, None, Some(terminal));
    Ok(())
}

/// Writes a terminal over the version that was seen; serial and unique number stay. `false`: somebody was faster.
pub fn save_terminal(tx: &mut Tx<'_>, before: &Versioned<Terminal>, after: &Terminal) -> Done<bool> {
    let touched = tx.exec(
        sql!(
            "UPDATE terminal SET model = $1, batch = $2, firmware = $3, shipped_on = $4, activated_on = $5, warranty_until = $6,
               extended_until = $7, version = version + 1 WHERE id = $8 AND version = $9"
        ),
        &[
            p(&after.model),
            p(&after.batch),
            p(&after.firmware),
            p(&Day(after.shipped_on)),
            p(&Day(after.activated_on)),
            p(&Day(after.warranty_until)),
            p(&Day(after.extended_until)),
            p(&after.id),
            p(&before.version),
        ],
    )?;
    tx.audit("terminal.edit", after.id, Some(&before.value), Some(after));
    Ok(touched == 1)
}

/// One terminal.
pub fn terminal(tx: &mut Tx<'_>, id: TerminalId) -> Done<Option<Terminal>> {
    Ok(versioned_terminal(tx, id)?.map(|t| t.value))
}

/// One terminal with its version.
pub fn versioned_terminal(tx: &mut Tx<'_>, id: TerminalId) -> Done<Option<Versioned<Terminal>>> {
    let tenant = tx.tenant();
    Ok(tx.known_one(
        sql!(concat!("SELECT ", columns!(), ", version FROM terminal WHERE tenant_id = $1 AND id = $2")),
        &[p(&tenant), p(&id)],
        |r| Versioned::read(r, read_terminal),
    )?)
}

/// The terminal with a serial number (as `postsale_domain::terminal::serial` writes it).
pub fn by_serial(tx: &mut Tx<'_>, serial: &str) -> Done<Option<Terminal>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM terminal WHERE tenant_id = $1 AND serial_no = $2")),
        &[p(&tenant), p(serial)],
        read_terminal,
    )?)
}

/// The terminal with a unique number (as `postsale_domain::terminal::tusn` writes it).
pub fn by_tusn(tx: &mut Tx<'_>, tusn: &str) -> Done<Option<Terminal>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM terminal WHERE tenant_id = $1 AND tusn = $2")),
        &[p(&tenant), p(tusn)],
        read_terminal,
    )?)
}

/// The terminal that has an acquirer's terminal number now.
pub fn by_tid(tx: &mut Tx<'_>, acquirer: AcquirerId, tid: &str) -> Done<Option<TerminalId>> {
    Ok(tx.one(
        sql!("SELECT terminal_id FROM binding WHERE acquirer_id = $1 AND tid = $2 AND valid_to IS NULL"),
        &[p(&acquirer), p(tid)],
        |r| r.next(),
    )?)
}

/// The terminal a sticker names, and its tenant. Stickers carry a signature, so no tenant is known before.
pub fn behind_sticker(bare: &mut crate::ground::db::Bare<'_>, id: TerminalId) -> Done<Option<postsale_domain::ground::TenantId>> {
    Ok(bare.one(sql!("SELECT tenant_id FROM terminal WHERE id = $1"), &[p(&id)], |r| r.next())?)
}

/// The binding in force, if any.
pub fn open_binding(tx: &mut Tx<'_>, terminal: TerminalId) -> Done<Option<Binding>> {
    let tenant = tx.tenant();
    Ok(tx.known_one(
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
