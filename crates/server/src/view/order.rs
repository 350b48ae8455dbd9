//! A work order as its rules see it: with what the rest of the house knows.

use jiff::Timestamp;
use postsale_domain::sla::Clock;
use postsale_domain::visit::{Order, OrderKind, whole_unit};

use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::terminal::store as terminals;
use crate::ticket::store::Ticket;
use crate::visit::checklists;
use crate::visit::store::{self, WorkOrder};

/// The order as the rules see it. What is installed is done by the list of its own class once it is known.
pub fn order_of(tx: &mut Tx<'_>, w: &WorkOrder, ticket: &Ticket) -> Done<Order> {
    let serial = match (store::put_in_before(tx, w)?, ticket.terminal_id) {
        (Some(serial), _) => Some(serial),
        (None, Some(id)) => terminals::terminal(tx, id)?.map(|t| t.serial_no),
        (None, None) => None,
    };
    let mut order = w.order(serial, checklists().of(w.service.as_deref(), &w.terminal_class))?;
    if order.kind == OrderKind::Swap || order.state.site().is_some_and(|site| site.swapped().is_some()) {
        swap_of(&mut order, w);
    }
    let unit = w.parts_used.iter().rfind(|used| whole_unit(&used.part)).and_then(|used| used.new_serial.clone());
    if let Some(serial) = unit.filter(|_| order.installs()) {
        unit_of(tx, &mut order, &serial, ticket)?;
    }
    Ok(order)
}

/// The whole unit is changed: what that takes is done, too.
pub fn swap_of(order: &mut Order, w: &WorkOrder) {
    order.steps = checklists().swap(&w.terminal_class);
}

/// Takes over which terminal is installed: its class says the steps, and whether it is bound to this shop already says whether its number has
/// to be told. Nothing for a serial number nobody knows.
pub fn unit_of(tx: &mut Tx<'_>, order: &mut Order, serial: &str, ticket: &Ticket) -> Done<()> {
    let Some(unit) = terminals::by_serial(tx, serial)? else { return Ok(()) };
    order.steps = checklists().of(order.service.as_deref(), in_force(tx)?.facts().class_of(&unit.model));
    order.bound = terminals::open_binding(tx, unit.id)?.is_some_and(|bound| put_up_for(&bound, ticket));
    Ok(())
}

/// Whether a binding is the one of this order: at its shop, of the very terminal the order is about or made since it was ordered. What has
/// stood there for long was not installed today.
pub fn put_up_for(bound: &terminals::Binding, ticket: &Ticket) -> bool {
    ticket.store_id == Some(bound.store_id) && (ticket.terminal_id == Some(bound.terminal_id) || bound.valid_from >= ticket.opened_at)
}

/// The deadline an order misses with the time it has.
pub(super) fn misses(w: &WorkOrder, clock: Option<&Clock>) -> Option<Timestamp> {
    let end = w.planned.map(|s| s.to).max(w.promised.map(|s| s.to)).filter(|_| w.closed_at.is_none())?;
    w.due_at.or(clock.and_then(|c| c.due_at)).filter(|due| *due < end)
}
