//! Tickets as people see them: rows of the queues, the page of one, its timeline.

mod alike;
mod hangs;
mod line;
mod links;
mod merged;
mod page;
mod row;
mod similar;

pub use alike::Told;
use line::latest;
pub use line::{TicketLine, timeline};
pub use merged::{MergePreview, merge_preview, merge_side};
pub use page::{TicketPage, TicketTerminal, action, by_visit, page, shown, terminal_card};
pub use row::{TicketRow, rows};
pub use similar::{SimilarTicket, named, similar};

use postsale_domain::ground::{Act, Reach, Role};
use postsale_domain::org::act;

use crate::ground::db::Tx;
use crate::ticket::list::Sight;

/// How a ticket's number is said: `T-000831`.
pub fn number(number: i64) -> String {
    format!("T-{number:06}")
}

/// How far a caller sees.
pub fn sight(tx: &Tx<'_>, reach: Reach) -> Sight {
    match (reach, tx.caller().engineer(), tx.caller().acquirer()) {
        (Reach::All, ..) => Sight::All,
        (Reach::Own, Some(engineer), _) => Sight::Engineer(engineer),
        (Reach::Own, None, Some(acquirer)) => Sight::Acquirer(acquirer),
        (Reach::Own, None, None) => tx.caller().branch().map_or(Sight::Nothing, Sight::Branch),
        (Reach::None, ..) => Sight::Nothing,
    }
}

/// How far the caller of the transaction sees, whatever they are about to do: other tickets a page names are shown as far as this.
pub fn own_sight(tx: &Tx<'_>) -> Sight {
    sight(tx, act::TicketRead::reach(&tx.caller().who))
}

/// Whether the caller reads of incidents at all.
pub(super) fn of_incidents(tx: &Tx<'_>) -> bool {
    act::IncidentRead::reach(&tx.caller().who) != Reach::None
}

/// Whether the caller reads what the desk gives itself to do: nobody of another house does, and an engineer may be a partner's.
pub(super) fn of_tasks(tx: &Tx<'_>) -> bool {
    !matches!(tx.caller().role(), Some(Role::Acquirer | Role::Engineer))
}

/// Whether somebody of another house reads: they see what the merchant sees, not what we write to ourselves.
pub fn outsider(tx: &Tx<'_>) -> bool {
    tx.caller().role() == Some(Role::Acquirer)
}
