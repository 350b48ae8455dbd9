//! One integration binary: a file per room, the store suite on both databases, the stories.

mod ground;
mod house_rules;
mod mail_in;
mod notify;
mod org;
mod sla;
mod smtp_sink;
mod talk_world;
