//! Tickets over HTTP: registering, the queues, every command, who sees what.

mod agreement;
mod bulk;
mod command;
mod merge;
mod open;
mod over;
mod queue;
mod relation;
mod saved;
mod sight;
mod walls;
mod ways;
