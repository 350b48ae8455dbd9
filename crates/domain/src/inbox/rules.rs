use super::model::is_token;
use super::{Automatic, Findings, Letter, find};

/// A ticket, in the words of this room: whatever id a signed token opened to.
pub type TicketRef = uuid::Uuid;

/// Where the token stood that ties a letter to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// In `In-Reply-To` or `References`.
    Thread,
    /// In the subject, `[PS#…]`.
    Subject,
    /// The sender wrote on the ticket's own page.
    Page,
}

/// Somebody the registry knows under the sender's phone number or mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The contact.
    pub contact: uuid::Uuid,
    /// Their open tickets; a suggestion to a person, never a reason to join.
    pub open_tickets: Vec<TicketRef>,
}

/// What has to be looked up before a letter can be read.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The ticket behind the first of the letter's [`candidates`] that carries a good signature, and where it stood.
    pub ticket: Option<(TicketRef, Tie)>,
    /// Whether the sender is a contact of that ticket. Without a ticket: without meaning.
    pub sender_is_contact: bool,
    /// Who the registry knows under the sender's address or number.
    pub known: Vec<Known>,
}

/// What a letter is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It belongs to this ticket.
    Reply {
        /// The ticket.
        ticket: TicketRef,
        /// How it is tied.
        tie: Tie,
        /// Whether the sender's address is the contact's. A forwarded thread carries our token in a stranger's hands: the words
        /// are kept and shown as unproven.
        proven: bool,
    },
    /// A new trouble.
    NewTrouble {
        /// What its text names.
        findings: Findings,
        /// Open tickets of the same sender, for a person to compare.
        perhaps: Vec<TicketRef>,
    },
    /// A machine's letter: kept, shown, never answered; it neither opens a ticket nor moves one.
    Machine {
        /// Which sort.
        why: Automatic,
        /// The ticket it is about, if it says so.
        ticket: Option<TicketRef>,
    },
    /// Nothing in it to act on: a person has to look.
    Empty,
}

/// Tokens a letter may carry, in the order they count: message ids it answers, then `[PS#…]` in its subject.
/// Only a signature decides; a ticket's public number in a subject is worth nothing.
pub fn candidates(letter: &Letter) -> Vec<(String, Tie)> {
    let mut found: Vec<(String, Tie)> = Vec::new();
    let mut add = |token: &str, tie| {
        let fits = is_token(token);
        if fits && found.len() < 20 && !found.iter().any(|(t, _)| t == token) {
            found.push((token.to_owned(), tie));
        }
    };
    for id in &letter.answers {
        let local = id.trim().trim_matches(['<', '>']).split('@').next().unwrap_or_default();
        local.split('.').for_each(|part| add(part, Tie::Thread));
    }
    for piece in letter.subject.split("[PS#").skip(1) {
        add(piece.split(']').next().unwrap_or_default().trim(), Tie::Subject);
    }
    found
}

/// Reads a letter.
pub fn read(letter: &Letter, facts: &Facts) -> Reading {
    let ticket = facts.ticket.map(|(ticket, _)| ticket);
    if let Some(why) = letter.automatic {
        return Reading::Machine { why, ticket };
    }
    if letter.own {
        return Reading::Machine { why: Automatic::AutoSubmitted, ticket };
    }
    if let Some((ticket, tie)) = facts.ticket {
        return Reading::Reply { ticket, tie, proven: tie == Tie::Page || facts.sender_is_contact };
    }
    if letter.subject.trim().is_empty() && letter.body.trim().is_empty() {
        return Reading::Empty;
    }
    let mut perhaps: Vec<TicketRef> = facts.known.iter().flat_map(|k| k.open_tickets.iter().copied()).collect();
    perhaps.sort_unstable();
    perhaps.dedup();
    Reading::NewTrouble { findings: find(&format!("{}\n{}", letter.subject, letter.body)), perhaps }
}

/// Whether two addresses are the same person's: mail without regard to case, phones by their last eleven digits.
pub fn same_person(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    if a.contains('@') || b.contains('@') {
        return !a.is_empty() && a.eq_ignore_ascii_case(b);
    }
    match (super::plain_phone(a), super::plain_phone(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}
