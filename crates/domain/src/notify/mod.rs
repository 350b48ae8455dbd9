//! notify 通知: what the merchant is told, and that they are told it once.
//!
//! Owns: the kinds of notice, their texts (`data/notices.json`), the key that makes one notice of one change, when people may be
//! contacted, how often it is tried again. Never: sends; that is done after the commit, from a row written with the change.
//! Who knocks: flow, with the facts the text needs.

mod contact;
#[cfg(test)]
mod contact_test;
mod model;
mod rules;
#[cfg(test)]
mod rules_test;

pub use contact::{Account, CONTACTS_A_DAY, Contact, Exception, Held, May, day_of, may_contact};
pub use model::{Notice, NoticeId, NoticeKind, SendState, Wording};
pub use rules::{
    After, COMMON_HOLES, MAX_ATTEMPTS, NoticeError, TextFault, Wordings, after_attempt, change_key, check_text, message_id, one_line,
    with_link,
};
