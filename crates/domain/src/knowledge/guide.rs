//! Walking a guide: pure functions from a run and an act to events; [`apply`] turns events into the next run.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::GuideRunId;
use super::model::{Guide, GuideOutcome, Step};
use crate::ground::{Refusal, Text, mask_cards};
use crate::refuse;

/// What is known before anybody is asked, by the names of [`super::FACT_NAMES`].
pub type GuideFacts = BTreeMap<String, String>;

crate::words! {
    /// How a walk stands.
    GuideState {
        /// A step waits for its answer.
        Running = "running",
        /// At an ending.
        Ended = "ended",
        /// Given up on the way.
        Left = "left",
    }
}

/// What happened on a walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum GuideEvent {
    /// It began, with a version of a guide.
    Started {
        /// The guide.
        guide: String,
        /// Its version.
        version: i64,
        /// The first step.
        step: String,
    },
    /// A step was answered.
    Answered {
        /// The step.
        step: String,
        /// The answer.
        answer: String,
        /// A fact answered, not a person.
        auto: bool,
        /// What the person added.
        note: Option<String>,
        /// The step that follows; none before an ending.
        next: Option<String>,
    },
    /// The latest answer was taken back.
    Undone {
        /// Its step, which is open again.
        step: String,
    },
    /// An ending was reached.
    Ended {
        /// The ending.
        ending: String,
    },
    /// Given up.
    Left {
        /// Why.
        reason: String,
    },
}

/// An answer that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The step.
    pub step: String,
    /// The answer.
    pub answer: String,
    /// A fact answered.
    pub auto: bool,
    /// When.
    pub at: Timestamp,
    /// Who, as shown.
    pub by: String,
}

/// A walk as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideRun {
    /// Its id.
    pub id: GuideRunId,
    /// The guide.
    pub guide: String,
    /// Version it began with.
    pub version: i64,
    /// How it stands.
    pub state: GuideState,
    /// The open step.
    pub step: Option<String>,
    /// The ending reached.
    pub ending: Option<String>,
    /// Answers that hold, oldest first.
    pub answers: Vec<Given>,
}

impl GuideRun {
    /// A walk that has not begun; apply the events of [`start`] to it.
    pub fn new(id: GuideRunId) -> Self {
        Self { id, guide: String::new(), version: 0, state: GuideState::Running, step: None, ending: None, answers: Vec::new() }
    }
}

/// The answer a fact gives to a step.
fn known<'a>(step: &'a Step, facts: &GuideFacts) -> Option<&'a str> {
    let fits = |fact: &str, is: &[String]| facts.get(fact).is_some_and(|value| is.contains(value));
    step.known.iter().find(|k| fits(&k.fact, &k.is)).map(|k| k.answer.as_str())
}

/// The events of giving an answer, and of everything facts answer after it.
fn go(guide: &Guide, step: &Step, answer: &str, auto: bool, note: Option<String>, facts: &GuideFacts) -> Result<Vec<GuideEvent>, Refusal> {
    let mut events = Vec::new();
    let (mut step, mut answer, mut auto, mut note) = (step, answer, auto, note);
    loop {
        let choice = step.answers.iter().find(|a| a.id == answer);
        let choice = choice.ok_or_else(|| refuse!(Invalid, "guide.unknown_answer").field("answer"))?;
        let next = choice.step.as_deref().and_then(|id| guide.step(id));
        events.push(GuideEvent::Answered {
            step: step.id.clone(),
            answer: answer.to_owned(),
            auto,
            note: note.take(),
            next: next.map(|s| s.id.clone()),
        });
        let Some(following) = next else {
            events.extend(choice.ending.clone().map(|ending| GuideEvent::Ended { ending }));
            return Ok(events);
        };
        match known(following, facts) {
            Some(given) => (step, answer, auto) = (following, given, true),
            None => return Ok(events),
        }
    }
}

/// Begins a walk; steps that facts answer are answered at once.
pub fn start(guide: &Guide, facts: &GuideFacts) -> Vec<GuideEvent> {
    let mut events = vec![GuideEvent::Started { guide: guide.id.clone(), version: guide.version, step: guide.start.clone() }];
    if let Some(step) = guide.step(&guide.start)
        && let Some(given) = known(step, facts)
        && let Ok(more) = go(guide, step, given, true, None, facts)
    {
        events.extend(more);
    }
    events
}

fn open_step<'a>(guide: &'a Guide, run: &GuideRun) -> Result<&'a Step, Refusal> {
    if run.state != GuideState::Running {
        return Err(refuse!(Conflict, "guide.not_running"));
    }
    if run.version != guide.version {
        return Err(refuse!(Conflict, "guide.changed"));
    }
    run.step.as_deref().and_then(|id| guide.step(id)).ok_or_else(|| refuse!(Conflict, "guide.not_running"))
}

/// Answers the open step. Errors: `guide.not_running`, `guide.changed`, `guide.other_step` when another step is open by now,
/// `guide.unknown_answer`.
pub fn answer(
    guide: &Guide,
    run: &GuideRun,
    facts: &GuideFacts,
    step: &str,
    answer: &str,
    note: Option<String>,
) -> Result<Vec<GuideEvent>, Refusal> {
    let open = open_step(guide, run)?;
    if open.id != step {
        return Err(refuse!(Conflict, "guide.other_step").field("step"));
    }
    go(guide, open, answer, false, note, facts)
}

/// Takes the latest answer back, also one a fact gave: a fact may be wrong, and a person then answers.
/// Errors: `guide.not_running`, `guide.changed`, `guide.nothing_to_undo`.
pub fn back(guide: &Guide, run: &GuideRun) -> Result<Vec<GuideEvent>, Refusal> {
    open_step(guide, run)?;
    let last = run.answers.last().ok_or_else(|| refuse!(Conflict, "guide.nothing_to_undo"))?;
    Ok(vec![GuideEvent::Undone { step: last.step.clone() }])
}

/// Gives up; works for a version that is gone as well. Errors: `guide.not_running`.
pub fn leave(run: &GuideRun, reason: &str) -> Result<Vec<GuideEvent>, Refusal> {
    if run.state != GuideState::Running {
        return Err(refuse!(Conflict, "guide.not_running"));
    }
    Ok(vec![GuideEvent::Left { reason: mask_cards(reason).text }])
}

/// The run after an event that happened at an instant by somebody, as shown.
pub fn apply(run: &mut GuideRun, event: &GuideEvent, at: Timestamp, by: &str) {
    match event {
        GuideEvent::Started { guide, version, step } => {
            (run.guide, run.version, run.step, run.state) = (guide.clone(), *version, Some(step.clone()), GuideState::Running);
        }
        GuideEvent::Answered { step, answer, auto, next, .. } => {
            run.answers.push(Given { step: step.clone(), answer: answer.clone(), auto: *auto, at, by: by.to_owned() });
            run.step.clone_from(next);
        }
        GuideEvent::Undone { step } => {
            run.answers.pop();
            run.step = Some(step.clone());
        }
        GuideEvent::Ended { ending } => (run.state, run.step, run.ending) = (GuideState::Ended, None, Some(ending.clone())),
        GuideEvent::Left { .. } => (run.state, run.step) = (GuideState::Left, None),
    }
}

/// A label to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerChoice {
    /// The answer's id.
    pub id: String,
    /// Its label.
    pub label: Text,
}

/// The open step in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuideStep {
    /// The step's id.
    pub id: String,
    /// The question.
    pub question: Text,
    /// Why it is asked; agents only.
    pub why: Option<Text>,
    /// How to do it.
    pub hint: Option<Text>,
    /// Labels to choose from.
    pub answers: Vec<AnswerChoice>,
}

/// A step that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnsweredStep {
    /// The step's id.
    pub step: String,
    /// The question.
    pub question: Text,
    /// The answer's label.
    pub answer: Text,
    /// A fact answered.
    pub auto: bool,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Who.
    pub by: String,
}

/// The ending in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndingView {
    /// What it came to.
    pub outcome: GuideOutcome,
    /// The confirmed fault.
    pub fault_code: String,
    /// In a sentence.
    pub sentence: Text,
    /// Skills a visit needs.
    pub skills: Vec<String>,
    /// Parts a visit may need.
    pub parts: Vec<String>,
    /// The step that solved it, when it was solved.
    pub worked_step: Option<String>,
}

/// A walk in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuideView {
    /// The walk.
    pub run_id: GuideRunId,
    /// The guide.
    pub guide: String,
    /// Version it began with.
    pub version: i64,
    /// The guide's name.
    pub name: Text,
    /// How it stands.
    pub state: GuideState,
    /// The open step.
    pub step: Option<GuideStep>,
    /// Number of the open step, counted from 1; of the last one when none is open.
    pub position: u32,
    /// About how many steps it will be in all: half-way between the shortest and the longest way from here.
    pub about_total: u32,
    /// Answers that hold.
    pub answered: Vec<AnsweredStep>,
    /// What facts answered, in sentences.
    pub known: Vec<Text>,
    /// The ending.
    pub ending: Option<EndingView>,
}

/// Draws a walk in the agent's words, or in the merchant's.
pub fn view(guide: &Guide, run: &GuideRun, audience: super::Audience) -> GuideView {
    let merchant = audience == super::Audience::Merchant;
    let label = |a: &super::model::Answer| if merchant { a.merchant.clone().unwrap_or_else(|| a.agent.clone()) } else { a.agent.clone() };
    let question = |s: &Step| if merchant { s.merchant.question.clone() } else { s.agent.question.clone() };
    let mut answered = Vec::new();
    let mut said = Vec::new();
    for given in &run.answers {
        // A step of an older version may be gone; what was answered stays countable by position.
        let Some(step) = guide.step(&given.step) else { continue };
        let Some(choice) = step.answers.iter().find(|a| a.id == given.answer) else { continue };
        if given.auto {
            said.extend(step.known.iter().find(|k| k.answer == given.answer).map(|k| k.says.clone()));
        }
        answered.push(AnsweredStep {
            step: given.step.clone(),
            question: question(step),
            answer: label(choice),
            auto: given.auto,
            at: given.at,
            by: given.by.clone(),
        });
    }
    let step = run.step.as_deref().and_then(|id| guide.step(id));
    let done = run.answers.len() as u32;
    let ahead = step.and_then(|s| guide.depth.get(&s.id)).map_or(0, |(fewest, most)| (fewest + most).div_ceil(2));
    GuideView {
        run_id: run.id,
        guide: run.guide.clone(),
        version: run.version,
        name: guide.name.clone(),
        state: run.state,
        step: step.map(|s| GuideStep {
            id: s.id.clone(),
            question: question(s),
            why: if merchant { None } else { s.agent.why.clone() },
            hint: if merchant { s.merchant.hint.clone() } else { s.agent.hint.clone() },
            answers: s.answers.iter().map(|a| AnswerChoice { id: a.id.clone(), label: label(a) }).collect(),
        }),
        position: if step.is_some() { done + 1 } else { done },
        about_total: done + ahead,
        answered,
        known: said,
        ending: run.ending.as_deref().and_then(|id| guide.ending(id)).map(|e| EndingView {
            outcome: e.outcome,
            fault_code: e.fault_code.clone(),
            sentence: if merchant { e.merchant.clone() } else { e.agent.clone() },
            skills: e.skills.clone(),
            parts: e.parts.clone(),
            worked_step: if e.outcome == GuideOutcome::Fixed { run.answers.last().map(|g| g.step.clone()) } else { None },
        }),
    }
}
