//! **knowledge** owns the facts that ship as files - faults, response codes, models, parts, skills - and
//! the guides with their runs. Never: decides what a guide's ending does to a case. Knocks: the desk, the merchant's page,
//! the visit, all through the flow.

mod check;
mod draft;
#[cfg(test)]
mod draft_test;
mod facts;
#[cfg(test)]
mod facts_test;
mod guide;
#[cfg(test)]
mod guide_test;
mod model;

pub use check::{FACT_NAMES, MAX_STEPS};
pub use draft::{Backing, Finding, GuideBody};
pub use facts::{Facts, FactsError, Sources};
pub use guide::{
    AnswerChoice, AnsweredStep, EndingView, Given, GuideEvent, GuideFacts, GuideRun, GuideState, GuideStep, GuideView, answer, apply, back,
    leave, start, view,
};
pub use model::*;

crate::ids! {
    /// One walk through a guide.
    GuideRunId = "gdr";
}
