//! inbox 来件: what arrives, before anybody has understood it.
//!
//! Owns: letters as received, the rules by which they are read (which ticket, new trouble or reply, machine or person) and
//! what is found in their text. Never: decides priority, opens tickets, answers.
//! Who knocks: mail and the API through the edge, merchants' pages, the agent's form; then the job that reads letters.

mod model;
mod rules;
#[cfg(test)]
mod rules_test;
mod text;
#[cfg(test)]
mod text_test;

pub use model::{Attachment, Automatic, Letter, LetterChannel, LetterId, LetterState, MAX_BODY, MAX_SUBJECT, Sender};
pub use rules::{Facts, Known, Reading, TicketRef, Tie, candidates, read, same_person};
pub use text::{Findings, find, is_thanks, plain_phone, strip_quotes};
