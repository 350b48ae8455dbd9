//! Tickets over HTTP: registering, the queues, every command, who sees what.

mod command;
mod open;
mod queue;
mod sight;
