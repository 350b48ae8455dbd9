use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use postsale_domain::merchant::MerchantId;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use postsale_domain::ticket::alike::{Likeness, likeness};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{Done, Tx};
use crate::search::words;
use crate::ticket::head::Head;
use crate::ticket::list::{self, Brief, Sight};

/// Days in which another case of the same terminal is worth a look.
const SIMILAR_DAYS: i64 = 90;
/// Open tickets of a merchant, or of a telephone, that are compared.
const COMPARED: u32 = 50;

/// Why another ticket is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the words of the API, where they stand without the name of the type")]
pub enum Alike {
    /// The same terminal within ninety days.
    SameTerminal,
    /// Another open case of the same merchant that says the same.
    SameWords,
    /// An open case reported from the same telephone.
    SameContact,
    /// Another open case of the same merchant.
    SameMerchant,
}

/// What is known of a report, to be compared with others.
#[derive(Debug, Clone, Default)]
pub struct Told<'a> {
    /// The ticket it became, if it is one.
    pub ticket: Option<TicketId>,
    /// The terminal.
    pub terminal: Option<TerminalId>,
    /// The merchant.
    pub merchant: Option<MerchantId>,
    /// The telephone.
    pub phone: Option<&'a str>,
    /// The words.
    pub symptom: &'a str,
}

/// A ticket that may be the same, why, and for words how much they share.
pub struct Found {
    /// Which one.
    pub ticket: Head,
    /// Why.
    pub why: Alike,
    /// How much the words share.
    pub likeness: Option<Likeness>,
}

/// The first `most` tickets somebody sees that may be about the same, each once under its strongest reason: the terminal's of ninety days, then open
/// ones of the merchant and of the telephone, those that say the same first. Words are cut as the search cuts them.
pub fn alike(tx: &mut Tx<'_>, sight: Sight, told: &Told<'_>, only_open: bool, most: usize) -> Done<Vec<Found>> {
    let since = tx.now() - SignedDuration::from_hours(24 * SIMILAR_DAYS);
    let mut seen: BTreeSet<TicketId> = told.ticket.into_iter().collect();
    let mut order: Vec<(TicketId, Alike, Option<Likeness>)> = Vec::new();
    let said = words([told.symptom]);
    let mut add = |ticket: Brief, why: Alike| {
        if (only_open && ticket.closed) || !seen.insert(ticket.id) {
            return;
        }
        let likeness = likeness(&said, &words([ticket.symptom.as_str()]));
        let why = if why != Alike::SameTerminal && likeness.is_some() { Alike::SameWords } else { why };
        order.push((ticket.id, why, likeness));
    };
    if let Some(terminal) = told.terminal {
        let same = list::briefs_of_terminal(tx, sight, terminal, 20)?;
        same.into_iter().filter(|t| t.opened_at > since).for_each(|t| add(t, Alike::SameTerminal));
    }
    if let Some(merchant) = told.merchant {
        list::open_briefs_of_merchant(tx, sight, merchant, COMPARED)?.into_iter().for_each(|t| add(t, Alike::SameMerchant));
    }
    if let Some(phone) = told.phone {
        list::open_briefs_of_phone(tx, sight, phone, COMPARED)?.into_iter().for_each(|t| add(t, Alike::SameContact));
    }
    order.sort_by_key(|(_, why, _)| match why {
        Alike::SameTerminal => 0,
        Alike::SameWords => 1,
        Alike::SameContact => 2,
        Alike::SameMerchant => 3,
    });
    order.truncate(most);
    let ids: Vec<TicketId> = order.iter().map(|(id, ..)| *id).collect();
    let mut whole: BTreeMap<TicketId, Head> = list::some(tx, &ids)?.into_iter().map(|t| (t.id, t)).collect();
    Ok(order.into_iter().filter_map(|(id, why, likeness)| Some(Found { ticket: whole.remove(&id)?, why, likeness })).collect())
}
