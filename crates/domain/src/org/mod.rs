//! **org** owns tenants, branches, partners, users, roles, what a role may do, second factors, keys, and the audit chain.
//! Never: knows what a ticket is beyond the name of an action. Knocks: everybody, before anything is decided.

pub mod act;
#[cfg(test)]
mod act_test;
pub mod audit;
pub mod chain;
#[cfg(test)]
mod chain_test;
pub mod identity;
#[cfg(test)]
mod identity_test;
pub mod password;
pub mod people;
#[cfg(test)]
mod people_test;
pub mod throttle;
pub mod totp;

pub use people::{PartnerKind, TokenKind, UserState};

crate::ids! {
    /// A firm that does part of the work: an outsourcer or a dealer.
    PartnerId = "prt";
    /// A signed-in browser or app.
    SessionId = "ses";
    /// A key programs use instead of signing in.
    ApiKeyId = "key";
}
