//! **incident** downstairs.

pub mod api;
pub mod broadcast;
pub mod store;

use postsale_domain::incident::{BroadcastId, IncidentId};
use serde::{Deserialize, Serialize};

/// The queue on which reporters are told, and solved, some at a time.
pub const QUEUE: &str = "incident";

/// What is to be done for the reporters of an incident.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentJob {
    /// Tell the next ones of a broadcast.
    Tell(BroadcastId),
    /// Solve the next ones of an incident that is over.
    Solve(IncidentId),
}
