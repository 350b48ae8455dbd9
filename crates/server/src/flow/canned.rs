//! What is known of a ticket, for the holes of canned words.

use std::collections::BTreeMap;

use postsale_domain::canned::fill;
use postsale_domain::ground::Reach;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;

use crate::ground::db::{Done, Tx};
use crate::ticket::store::Ticket;
use crate::view::reach::see_ticket;
use crate::view::ticket::number;
use crate::{merchant, org, terminal, ticket};

/// Words with their holes filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The words.
    pub text: String,
    /// Holes nothing is known for.
    pub missing: Vec<&'static str>,
}

/// Words as they read on a ticket the caller may see.
pub fn filled(tx: &mut Tx<'_>, reach: Reach, id: TicketId, words: &str) -> Done<Filled> {
    see_ticket(tx, reach, id)?;
    let ticket = ticket::store::ticket(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let (text, missing) = fill(words, &known(tx, &ticket)?);
    Ok(Filled { text, missing })
}

/// What is known, by the name of its hole.
pub fn known(tx: &mut Tx<'_>, t: &Ticket) -> Done<BTreeMap<&'static str, String>> {
    let mut known = BTreeMap::from([("number", number(t.number)), ("symptom", t.subject.clone()), ("agent", org::store::shown_name(tx)?)]);
    if let Some(id) = t.merchant_id {
        known.extend(merchant::store::merchant(tx, id, None)?.map(|m| ("merchant", m.name)));
    }
    if let Some(id) = t.store_id {
        known.extend(merchant::store::store(tx, id)?.map(|s| ("store", s.name.clone())));
    }
    // Nobody named: the shop itself is spoken to.
    let named = t.contact.name.clone().filter(|name| !name.is_empty());
    let spoken_to = named.or_else(|| known.get("merchant").or_else(|| known.get("store")).cloned());
    known.extend(spoken_to.map(|name| ("contact", name)));
    if let Some(id) = t.terminal_id
        && let Some(terminal) = terminal::store::terminal(tx, id)?
    {
        // The merchant is told no more of a serial number than its end.
        let tail: Vec<char> = terminal.serial_no.chars().rev().take(4).collect();
        known.insert("serial_tail", tail.into_iter().rev().collect());
        known.insert("terminal", terminal.model);
    }
    Ok(known)
}
