//! What stands where after a visit.

use postsale_domain::refuse;
use postsale_domain::terminal::TerminalId;
use postsale_domain::visit::Order;

use super::{bring_back, stock, terminal};
use crate::ground::db::{Done, Tx};
use crate::merchant::store as merchants;
use crate::terminal::store as terminals;
use crate::ticket::store::Ticket;
use crate::view::order::put_up_for;
use crate::visit::store::{WorkOrder, number};

/// A unit that was taken away stands nowhere: its binding ends, and whoever took it away brings it back (S4-27). One that was unbound before, or stands at
/// somebody else's by now, is left as it is.
pub fn taken_away(tx: &mut Tx<'_>, w: &WorkOrder, order: &Order, ticket: &Ticket, by: &str) -> Done<()> {
    let Some(unit) = order.serial.as_deref().map(|serial| terminals::by_serial(tx, serial)).transpose()?.flatten() else { return Ok(()) };
    let Some(bound) = terminals::open_binding(tx, unit.id)? else { return Ok(()) };
    if ticket.merchant_id.is_some_and(|merchant| merchant != bound.merchant_id) {
        return Ok(());
    }
    terminals::unbind(tx, unit.id, &format!("remove {}", number(w.number)))?;
    stock::unit_free(tx, &unit.serial_no)?;
    bring_back::removed(tx, w, &unit.serial_no, &unit.model, by)
}

/// A unit that was installed is bound to the shop under the number the acquirer gave it, unless the desk has done so before; which one it is.
/// Errors: `visit.install_no_shop`, `visit.new_serial_unknown`, `visit.new_serial_bound`, those of a binding.
pub fn put_up(tx: &mut Tx<'_>, order: &Order, ticket: &Ticket) -> Done<TerminalId> {
    let site = order.state.site();
    let Some(unit) = site.and_then(|s| s.installed()).map(|serial| terminals::by_serial(tx, serial)).transpose()?.flatten() else {
        return Err(refuse!(Invalid, "visit.new_serial_unknown").field("new_serial").into());
    };
    if let Some(bound) = terminals::open_binding(tx, unit.id)? {
        return match put_up_for(&bound, ticket) {
            true => Ok(unit.id),
            false => Err(refuse!(Conflict, "visit.new_serial_bound").into()),
        };
    }
    let no_shop = || refuse!(Conflict, "visit.install_no_shop");
    let shop = ticket.store_id.map(|id| merchants::store(tx, id)).transpose()?.flatten().ok_or_else(no_shop)?;
    let merchant = merchants::merchant(tx, shop.merchant_id, None)?.ok_or_else(no_shop)?;
    let tid = site.and_then(|s| s.tid.clone()).ok_or_else(no_shop)?;
    terminal::put_up(tx, unit.id, merchant, shop, tid)?;
    Ok(unit.id)
}
