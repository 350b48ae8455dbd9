//! Terminals and their bindings, as somebody at the desk or an import writes them.

use jiff::civil::Date;
use postsale_domain::facts::FactKind;
use postsale_domain::ground::{Reach, Refusal, line, line_or_empty};
use postsale_domain::merchant::StoreId;
use postsale_domain::refuse;
use postsale_domain::terminal::{TerminalId, serial, tid, tusn};
use serde::Deserialize;
use utoipa::ToSchema;

use super::merchant::{REASON, WORD, stale};
use super::stock;
use crate::facts::{InForce, in_force};
use crate::ground::db::{Done, Tx};
use crate::merchant::store::{self as merchants, Merchant, Store};
use crate::terminal::store::{self, Binding, Terminal};
use crate::view::reach::in_branch;
use crate::view::registry::{Sight, see_merchant, see_terminal};

/// A new terminal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminalNew {
    /// Serial number on the label.
    pub serial_no: String,
    /// Terminal unique serial number, twenty digits.
    pub tusn: String,
    /// Model, as in the catalogue.
    pub model: String,
    /// Production batch.
    pub batch: Option<String>,
    /// Firmware version.
    pub firmware: Option<String>,
    /// The day it left the maker.
    #[schema(value_type = Option<String>, format = Date)]
    pub shipped_on: Option<Date>,
    /// The day it was first put to use.
    #[schema(value_type = Option<String>, format = Date)]
    pub activated_on: Option<Date>,
    /// Last day of the maker's warranty.
    #[schema(value_type = Option<String>, format = Date)]
    pub warranty_until: Option<Date>,
    /// Last day of a bought extension.
    #[schema(value_type = Option<String>, format = Date)]
    pub extended_until: Option<Date>,
}

/// Changes to a terminal; serial and unique number stay for life.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminalEdit {
    /// The version that was seen.
    pub version: i64,
    /// Model, as in the catalogue.
    pub model: String,
    /// Production batch.
    pub batch: String,
    /// Firmware version.
    pub firmware: String,
    /// The day it left the maker.
    #[schema(value_type = Option<String>, format = Date)]
    pub shipped_on: Option<Date>,
    /// The day it was first put to use.
    #[schema(value_type = Option<String>, format = Date)]
    pub activated_on: Option<Date>,
    /// Last day of the maker's warranty.
    #[schema(value_type = Option<String>, format = Date)]
    pub warranty_until: Option<Date>,
    /// Last day of a bought extension.
    #[schema(value_type = Option<String>, format = Date)]
    pub extended_until: Option<Date>,
}

/// Puts a terminal to use at a store. Acquirer, merchant, credit code and account are the merchant's, the address the store's.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BindingNew {
    /// Where it stands from now on.
    pub store_id: StoreId,
    /// Terminal number at the acquirer, eight letters and digits.
    pub tid: String,
}

/// A model of the tenant's catalogue as it is spelled there. Errors: `terminal.model_unknown`, `terminal.model_off`.
pub fn model(force: &InForce, text: &str) -> Result<String, Refusal> {
    let given = line(text, "model", WORD)?;
    match force.facts().models().find(|m| m.model.eq_ignore_ascii_case(&given)) {
        Some(m) if force.is_off(FactKind::Models, &m.model) => Err(refuse!(Invalid, "terminal.model_off", model = &m.model).field("model")),
        Some(m) => Ok(m.model.clone()),
        None => Err(refuse!(Invalid, "terminal.model_unknown", model = given).field("model")),
    }
}

fn in_order(shipped: Option<Date>, activated: Option<Date>) -> Result<(), Refusal> {
    match (shipped, activated) {
        (Some(shipped), Some(activated)) if activated < shipped => Err(refuse!(Invalid, "terminal.days_crossed").field("activated_on")),
        _ => Ok(()),
    }
}

/// Makes a terminal. Errors: those of its fields, `terminal.known_already`.
pub fn add(tx: &mut Tx<'_>, new: &TerminalNew) -> Done<TerminalId> {
    in_order(new.shipped_on, new.activated_on)?;
    let terminal = Terminal {
        id: tx.new_id(),
        serial_no: serial(&new.serial_no).map_err(|r| r.field("serial_no"))?,
        tusn: tusn(&new.tusn)?,
        model: model(&*in_force(tx)?, &new.model)?,
        batch: line_or_empty(new.batch.as_deref().unwrap_or_default(), "batch", WORD)?,
        firmware: line_or_empty(new.firmware.as_deref().unwrap_or_default(), "firmware", WORD)?,
        shipped_on: new.shipped_on,
        activated_on: new.activated_on,
        warranty_until: new.warranty_until,
        extended_until: new.extended_until,
        offline_since: None,
    };
    store::add_terminal(tx, &terminal)?;
    Ok(terminal.id)
}

/// Changes a terminal the caller may see. Errors: `not_found`, stale, those of its fields.
pub fn edit(tx: &mut Tx<'_>, sight: Sight, id: TerminalId, edit: &TerminalEdit) -> Done<()> {
    see_terminal(tx, sight, id)?;
    let before = store::versioned_terminal(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    in_order(edit.shipped_on, edit.activated_on)?;
    let after = Terminal {
        // A model that has left the catalogue may stay as it is.
        model: if edit.model == before.value.model { edit.model.clone() } else { model(&*in_force(tx)?, &edit.model)? },
        batch: line_or_empty(&edit.batch, "batch", WORD)?,
        firmware: line_or_empty(&edit.firmware, "firmware", WORD)?,
        shipped_on: edit.shipped_on,
        activated_on: edit.activated_on,
        warranty_until: edit.warranty_until,
        extended_until: edit.extended_until,
        ..before.value.clone()
    };
    if before.version != edit.version || !store::save_terminal(tx, &before, &after)? {
        return Err(stale(&before));
    }
    Ok(())
}

/// Opens a binding. Errors: `not_found`, `terminal.stands_at` (naming the other merchant only to whom may see it),
/// `terminal.bound_already`.
pub fn bind(tx: &mut Tx<'_>, reach: Reach, sight: Sight, id: TerminalId, new: &BindingNew) -> Done<()> {
    // A terminal in stock stands nowhere: whoever may bind at all may bind it.
    if store::terminal(tx, id)?.is_none() {
        return Err(refuse!(NotFound, "not_found").into());
    }
    let tid = tid(&new.tid)?;
    let shop = merchants::store(tx, new.store_id)?.ok_or_else(|| refuse!(Invalid, "store.unknown").field("store_id"))?;
    see_merchant(tx, sight, shop.merchant_id)?;
    if let Sight::Branch(own) = sight
        && !in_branch(tx, own, &shop.district)?
    {
        return Err(refuse!(Invalid, "store.unknown").field("store_id").into());
    }
    let merchant = merchants::merchant(tx, shop.merchant_id, None)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    if let Some(open) = store::open_binding(tx, id)? {
        let elsewhere = merchants::merchant(tx, open.merchant_id, None)?;
        let seen = elsewhere.filter(|m| reach == Reach::All || tx.caller().acquirer() == Some(m.acquirer_id));
        return Err(match seen {
            Some(m) => refuse!(Conflict, "terminal.stands_at", merchant = m.name, mid = m.mid),
            None => refuse!(Conflict, "terminal.stands_elsewhere"),
        }
        .into());
    }
    put_up(tx, id, merchant, shop, tid)
}

/// Binds a terminal that stands nowhere to a store. Errors: `terminal.bound_already`.
pub fn put_up(tx: &mut Tx<'_>, id: TerminalId, merchant: Merchant, shop: Store, tid: String) -> Done<()> {
    let binding = Binding {
        id: tx.new_id(),
        terminal_id: id,
        acquirer_id: merchant.acquirer_id,
        merchant_id: merchant.id,
        store_id: shop.id,
        tid,
        uscc: merchant.uscc,
        settlement_account_mask: merchant.settlement_account_mask,
        address: shop.address,
        valid_from: tx.now(),
        valid_to: None,
    };
    store::bind(tx, &binding)?;
    match store::terminal(tx, id)? {
        Some(unit) => stock::unit_bound(tx, &unit.serial_no),
        None => Ok(()),
    }
}

/// Takes a terminal from where it stands to another store: the old binding ends and the new one begins at the same instant, so
/// there are never two. Errors: `not_found`, `terminal.not_bound`, `terminal.same_place`, those of [`bind`], `text.length`.
pub fn relocate(tx: &mut Tx<'_>, reach: Reach, sight: Sight, id: TerminalId, new: &BindingNew, reason: &str) -> Done<()> {
    see_terminal(tx, sight, id)?;
    let before = store::unbind(tx, id, &line(reason, "reason", REASON)?)?;
    if before.store_id == new.store_id && before.tid == tid(&new.tid)? {
        return Err(refuse!(Conflict, "terminal.same_place").field("store_id").into());
    }
    bind(tx, reach, sight, id, new)
}

/// Closes the binding in force. Errors: `not_found`, `terminal.not_bound`, `text.length`.
pub fn unbind(tx: &mut Tx<'_>, sight: Sight, id: TerminalId, reason: &str) -> Done<()> {
    see_terminal(tx, sight, id)?;
    store::unbind(tx, id, &line(reason, "reason", REASON)?)?;
    match store::terminal(tx, id)? {
        Some(unit) => stock::unit_free(tx, &unit.serial_no),
        None => Ok(()),
    }
}
