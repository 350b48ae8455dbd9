//! **search** downstairs: which words stand in which ticket, merchant, terminal.
//!
//! Owns: the tables search_doc and search_word. Never: decides who may see a hit; the view asks in the same question.
//! Who knocks: the end of every writing transaction, for whatever it changed; the page for Ctrl K.

pub mod api;
pub mod store;
mod words;

pub use words::{Asked, DICTIONARY, MAX_ASKED, Word, asked, warm, with_ends, words};

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A ticket.
    Ticket,
    /// A merchant.
    Merchant,
    /// A terminal.
    Terminal,
}

impl Kind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Ticket => "ticket",
            Kind::Merchant => "merchant",
            Kind::Terminal => "terminal",
        }
    }
}
