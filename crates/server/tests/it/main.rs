//! One integration binary: a file per room, the store suite on both databases, the stories.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails says where")]

mod attacks_au;
mod attacks_az;
mod demo;
mod desk_world;
mod facts;
mod ground;
mod h5;
mod house_rules;
mod imports;
mod imports_odd;
mod inbox;
mod knowledge;
mod letters;
mod live;
mod mail_in;
mod notify;
mod ops;
mod org;
mod people;
mod people_world;
mod places;
mod plan;
mod plans;
mod registry;
mod routes;
mod search;
mod serve;
mod sla;
mod smtp_sink;
mod stories;
mod talk_world;
mod ticket;
mod visit;
