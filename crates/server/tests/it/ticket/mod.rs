//! Tickets over HTTP: registering, the queues, every command, who sees what.

mod bulk;
mod command;
mod open;
mod queue;
mod saved;
mod sight;
