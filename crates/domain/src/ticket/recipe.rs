//! Macros: a named list of commands that are given together, each decided as if somebody had given it by itself.

use serde::{Deserialize, Serialize};

use super::apply;
use super::model::{Around, Case, Command, CommandKind, Impact, Outcome, PauseReason, Urgency};
use super::rules::decide;
use crate::ground::{Refusal, UserId, cardless};
use crate::refuse;

crate::ids! {
    /// A macro.
    RecipeId = "rcp";
}

/// Most steps of a macro.
pub const MAX_STEPS: usize = 10;

/// A step of a macro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RecipeStep))]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Whoever runs it becomes accountable.
    Claim {},
    /// A colleague becomes accountable.
    Assign {
        /// Who.
        to: UserId,
    },
    /// Judges impact and urgency.
    Priority {
        /// What it does to business.
        impact: Impact,
        /// How long it can wait.
        urgency: Urgency,
        /// Why, in a sentence.
        reason: String,
    },
    /// Writes to the merchant; placeholders are filled in.
    Reply {
        /// The words.
        body: String,
        /// Wait for the answer from then on.
        wait: bool,
    },
    /// Writes to ourselves; placeholders are filled in.
    Note {
        /// The words.
        body: String,
    },
    /// Waits.
    Pause {
        /// For whom or what.
        reason: PauseReason,
    },
    /// No longer waits.
    Resume {
        /// For whom or what it waited.
        reason: PauseReason,
    },
    /// Declares it solved.
    Solve {
        /// The confirmed fault.
        fault_code: String,
        /// How.
        outcome: Outcome,
    },
}

impl Step {
    /// The command it gives.
    pub fn kind(&self) -> CommandKind {
        match self {
            Step::Claim {} => CommandKind::Claim,
            Step::Assign { .. } => CommandKind::Assign,
            Step::Priority { .. } => CommandKind::Priority,
            Step::Reply { .. } => CommandKind::Reply,
            Step::Note { .. } => CommandKind::Note,
            Step::Pause { .. } => CommandKind::Pause,
            Step::Resume { .. } => CommandKind::Resume,
            Step::Solve { .. } => CommandKind::Solve,
        }
    }

    /// The words in it, which people may write placeholders into.
    pub fn words(&self) -> Option<&str> {
        match self {
            Step::Reply { body, .. } | Step::Note { body } => Some(body),
            Step::Priority { reason, .. } => Some(reason),
            _ => None,
        }
    }
}

/// Whether a list of steps is one a macro may have. Errors: `recipe.no_steps`, `recipe.steps_many`, `recipe.no_words`, `text.card`, `recipe.solve_last`.
pub fn sound(steps: &[Step]) -> Result<(), Refusal> {
    if steps.is_empty() {
        return Err(refuse!(Invalid, "recipe.no_steps").field("steps"));
    }
    if steps.len() > MAX_STEPS {
        return Err(refuse!(Invalid, "recipe.steps_many", most = MAX_STEPS).field("steps"));
    }
    for (i, step) in steps.iter().enumerate() {
        let field = format!("steps.{i}");
        if step.words().is_some_and(|w| w.trim().is_empty() || w.chars().count() > 2000) {
            return Err(refuse!(Invalid, "recipe.no_words").field(field));
        }
        step.words().map_or(Ok(()), |words| cardless(words, &field))?;
        // After it is solved the other steps would be refused each time.
        if matches!(step, Step::Solve { .. }) && i + 1 < steps.len() {
            return Err(refuse!(Invalid, "recipe.solve_last").field(field));
        }
    }
    Ok(())
}

/// What the commands would do to a case one after the other: the case after each, up to the first that is refused.
pub fn foresee(case: &Case, commands: &[Command], around: Around) -> (Vec<Case>, Option<Refusal>) {
    let (mut now, mut seen) = (case.clone(), Vec::new());
    for command in commands {
        match decide(&now, command, around) {
            Ok(events) => {
                now = events.iter().fold(now, apply);
                seen.push(now.clone());
            }
            Err(refusal) => return (seen, Some(refusal)),
        }
    }
    (seen, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_macro_is_a_few_steps_with_words_and_ends_with_solving() {
        let note = |body: &str| Step::Note { body: body.into() };
        let solve = Step::Solve { fault_code: "PRN-01".into(), outcome: Outcome::Advised };
        for (steps, wanted) in [
            (vec![], Err("recipe.no_steps")),
            (vec![note("a"); MAX_STEPS + 1], Err("recipe.steps_many")),
            (vec![note(" ")], Err("recipe.no_words")),
            (vec![solve.clone(), note("a")], Err("recipe.solve_last")),
            (vec![note("a"), Step::Claim {}, solve], Ok(())),
        ] {
            assert_eq!(sound(&steps).map_err(|r| r.code), wanted, "{steps:?}");
        }
    }

    #[test]
    fn steps_are_written_with_their_name() {
        let json = r#"{"do":"pause","reason":"waiting_merchant"}"#;
        assert_eq!(serde_json::from_str::<Step>(json).unwrap(), Step::Pause { reason: PauseReason::WaitingMerchant });
        assert!(serde_json::from_str::<Step>(r#"{"do":"delete"}"#).is_err());
        assert!(serde_json::from_str::<Step>(r#"{"do":"note","body":"a","more":1}"#).is_err());
    }
}
