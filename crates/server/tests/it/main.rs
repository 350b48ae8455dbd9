//! One integration binary: a file per room, the store suite on both databases, the stories.

mod ground;
mod house_rules;
mod mail_in;
mod org;
mod sla;
