//! The same command on many tickets: each loaded, decided and saved by itself, as if somebody had opened it.

use postsale_domain::ground::{Reach, UserId};
use postsale_domain::refuse;
use postsale_domain::ticket::recipe::RecipeId;
use postsale_domain::ticket::{Command, ConfirmedBy, Impact, Outcome, PauseReason, TicketId, Urgency};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::desk::Desk;
use super::{agent, recipe};
use crate::canned::store as canned;
use crate::ground::db::{Done, Tx};

/// Most tickets one call touches.
pub const MOST: usize = 500;

/// What is done with each.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum BulkCommand {
    /// Takes accountability.
    Claim {},
    /// Hands it to a colleague of the desk.
    Assign {
        /// To whom.
        to: UserId,
    },
    /// Judges impact and urgency anew; what is left out stays as it is for each.
    Priority {
        /// What it does to business.
        impact: Option<Impact>,
        /// How long it can wait.
        urgency: Option<Urgency>,
        /// Why, in a sentence.
        reason: String,
    },
    /// Waits for somebody outside.
    Pause {
        /// For whom or what.
        reason: PauseReason,
    },
    /// No longer waits.
    Resume {
        /// For whom or what.
        reason: PauseReason,
    },
    /// Declares it solved.
    Solve {
        /// The confirmed fault.
        fault_code: String,
        /// How.
        outcome: Outcome,
    },
    /// Records that the merchant confirmed on the phone.
    Confirm {},
    /// Withdraws it.
    Cancel {
        /// Why, in a sentence.
        reason: String,
    },
    /// Writes a note.
    Note {
        /// 1 to 4000 characters; card numbers are masked.
        body: String,
    },
    /// Runs a macro: with each ticket all of its steps or none.
    Recipe {
        /// Which.
        recipe_id: RecipeId,
    },
}

impl BulkCommand {
    /// The action somebody needs for it, besides doing many things at once.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Claim {} | Self::Assign { .. } => "ticket.assign",
            Self::Priority { .. } | Self::Pause { .. } | Self::Resume { .. } | Self::Recipe { .. } => "ticket.work",
            Self::Solve { .. } => "ticket.solve",
            Self::Confirm {} => "ticket.confirm",
            Self::Cancel { .. } => "ticket.cancel",
            Self::Note { .. } => "ticket.note",
        }
    }

    /// Its name in the audit chain: the same as when it is done with one.
    fn audited(&self) -> &'static str {
        match self {
            Self::Claim {} => "ticket.claim",
            Self::Assign { .. } => "ticket.assign",
            Self::Priority { .. } => "ticket.priority",
            Self::Pause { .. } => "ticket.pause",
            Self::Resume { .. } => "ticket.resume",
            Self::Solve { .. } => "ticket.solve",
            Self::Confirm {} => "ticket.confirm",
            Self::Cancel { .. } => "ticket.cancel",
            Self::Note { .. } => "ticket.note",
            Self::Recipe { .. } => "ticket.recipe",
        }
    }
}

/// What became of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changed {
    /// Whether anything changed; false when it was so already.
    pub changed: bool,
}

/// Does it with one ticket, as it now stands: who picks two hundred rows has not read two hundred versions.
/// Errors: those of the command.
pub fn one(tx: &mut Tx<'_>, reach: Reach, id: TicketId, command: &BulkCommand) -> Done<Changed> {
    let mut desk = Desk::load(tx, id, reach, None)?;
    let before = desk.ticket.version;
    let it = &mut desk;
    match command {
        BulkCommand::Claim {} => agent::claim(tx, it),
        BulkCommand::Assign { to } => agent::assign(tx, it, *to),
        BulkCommand::Priority { impact, urgency, reason } => {
            let (impact, urgency) = (impact.unwrap_or(it.case().impact), urgency.unwrap_or(it.case().urgency));
            agent::prioritise(tx, it, impact, urgency, None, reason)
        }
        BulkCommand::Pause { reason } => it.command(tx, &Command::Pause { reason: *reason }),
        BulkCommand::Resume { reason } => it.command(tx, &Command::Resume { reason: *reason }),
        BulkCommand::Solve { fault_code, outcome } => agent::solve(tx, it, Some(fault_code), *outcome),
        BulkCommand::Confirm {} => agent::confirm(tx, it, ConfirmedBy::Phone),
        BulkCommand::Cancel { reason } => agent::cancel(tx, it, reason),
        BulkCommand::Note { body } => agent::note(tx, it, body, &[]),
        BulkCommand::Recipe { recipe_id } => {
            let found = canned::recipe(tx, *recipe_id)?;
            let steps = found.ok_or_else(|| refuse!(Conflict, "recipe.gone"))?.steps;
            recipe::all(tx, it, &steps)
        }
    }?;
    let ticket = desk.save(tx, command.audited())?;
    Ok(Changed { changed: ticket.version != before })
}
