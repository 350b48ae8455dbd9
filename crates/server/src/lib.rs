//! Downstairs: the wet part of Postsale - SQL, HTTP, jobs and the outside.

pub mod backup;
pub mod crew;
pub mod demo;
pub mod dispatch;
pub mod edge;
pub mod flow;
pub mod followup;
pub mod ground;
pub mod h5;
pub mod health;
pub mod house;
pub mod http;
pub mod import;
pub mod inbox;
pub mod knowledge;
pub mod merchant;
pub mod notify;
pub mod org;
pub mod serve;
pub mod sla;
pub mod terminal;
pub mod ticket;
pub mod view;
pub mod visit;
pub mod web;
pub mod worker;
