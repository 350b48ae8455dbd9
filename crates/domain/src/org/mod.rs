//! **org** owns tenants, users, roles, what a role may do, and the audit chain.
//! Never: knows what a ticket is beyond the name of an action. Knocks: everybody, before anything is decided.

pub mod act;
#[cfg(test)]
mod act_test;
pub mod audit;
pub mod chain;
#[cfg(test)]
mod chain_test;
