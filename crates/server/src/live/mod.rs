//! **live** downstairs: streams of what changes, and who looks at a ticket just now.
//!
//! Owns: the open streams of this process, the table presence. Never: changes anything else; locks anything: presence is told, not
//! enforced. Who knocks: the console, which keeps a stream open and says where it looks.
//!
//! A stream follows the audit chain, which every node writes in the same order, so it can be taken up at another node after the
//! place last seen. One task per node looks for news, once for all who see alike; it does not look while nobody listens.

pub mod api;
mod hub;
pub mod store;

pub use hub::{Hub, Reader};
