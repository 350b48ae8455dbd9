//! **bell**: what people of the desk want to be told of: that somebody named them, and what happens to tickets they follow.
//!
//! Owns: followers, notifications, who is named in a note. Never: writes to merchants; decides who may see a ticket.
//! Who knocks: whatever is written on a ticket, in the same transaction.

use serde::{Deserialize, Serialize};

use crate::ground::UserId;

crate::ids! {
    /// A notification.
    BellId = "bel";
}

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BellKind))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody named the reader in a note.
    Mention,
    /// The merchant wrote on a ticket the reader follows.
    Message,
    /// A colleague wrote to the merchant on it.
    Reply,
    /// It stands elsewhere now.
    State,
    /// The merchant chose the time of the visit; the words are the window, from and to.
    Time,
    /// The merchant answered a quote; the words are `yes` or `no`, and the sum in fen: `yes/12800`.
    Quote,
    /// A plan of the day has nobody who could keep the time a merchant was promised; the words are that time, from and to.
    Promise,
    /// A visit was offered that ends after the deadline of its ticket; the words are its window, from and to.
    AfterDue,
    /// A case went from one person to the next again and again; the words are how often.
    PassedAround,
    /// A visit the reader was to make is called off; the words are when it was planned, from and to.
    CalledOff,
    /// A visit the reader was to make was taken back from them; the words are when it was planned, from and to.
    TakenBack,
    /// A clock of a ticket the reader owns has little time left; the words are which clock, and until when.
    Due,
    /// A promise on a ticket was broken; the words are which clock, and until when it was to be kept.
    Late,
}

/// Most people one note can call.
pub const MOST: usize = 20;

/// The people a note names: `@` and a name, the longest that fits, so that 王小明 is not also 王小.
pub fn named(words: &str, people: &[(UserId, String)]) -> Vec<UserId> {
    let mut found = Vec::new();
    for (at, _) in words.match_indices('@') {
        // An address is no name.
        if words[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric()) {
            continue;
        }
        let rest = &words[at + 1..];
        let longest =
            people.iter().filter(|(_, name)| !name.is_empty() && rest.starts_with(name.as_str())).max_by_key(|(_, name)| name.len());
        if let Some((user, _)) = longest
            && !found.contains(user)
            && found.len() < MOST
        {
            found.push(*user);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::TypedId;

    #[test]
    fn the_longest_name_that_fits_is_meant() {
        let user = |n: u128| UserId::from_uuid(uuid::Uuid::from_u128(n));
        let people =
            [(user(1), "王小".to_owned()), (user(2), "王小明".to_owned()), (user(3), "Li Lei".to_owned()), (user(4), String::new())];
        for (words, wanted) in [
            ("@王小明 请看", vec![2]),
            ("请@王小看一下，@Li Lei 也看", vec![1, 3]),
            ("@王小 @王小", vec![1]),
            ("写信到 a@王小.com", vec![]),
            ("@", vec![]),
            ("没有人", vec![]),
            ("@谁", vec![]),
        ] {
            assert_eq!(named(words, &people), wanted.into_iter().map(user).collect::<Vec<_>>(), "{words}");
        }
    }
}
