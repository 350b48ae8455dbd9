//! What stands where after a visit.

use postsale_domain::visit::Order;

use crate::ground::db::{Done, Tx};
use crate::terminal::store as terminals;
use crate::ticket::store::Ticket;
use crate::visit::store::{WorkOrder, number};

/// A unit that was taken away stands nowhere: its binding ends, and it lies in stock (S4-27). One that was unbound before, or stands at
/// somebody else's by now, is left as it is.
pub fn taken_away(tx: &mut Tx<'_>, w: &WorkOrder, order: &Order, ticket: &Ticket) -> Done<()> {
    let Some(unit) = order.serial.as_deref().map(|serial| terminals::by_serial(tx, serial)).transpose()?.flatten() else { return Ok(()) };
    let Some(bound) = terminals::open_binding(tx, unit.id)? else { return Ok(()) };
    if ticket.merchant_id.is_some_and(|merchant| merchant != bound.merchant_id) {
        return Ok(());
    }
    terminals::unbind(tx, unit.id, &format!("remove {}", number(w.number))).map(drop)
}
