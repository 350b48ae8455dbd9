//! One integration binary: a file per room, the store suite on both databases, the stories.

mod ground;
mod house_rules;
mod org;
mod sla;
