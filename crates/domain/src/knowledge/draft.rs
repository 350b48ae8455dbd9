//! A guide being written: everything that keeps it from being published, all at once, each with its place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::check::{FACT_NAMES, MAX_STEPS};
use super::facts::Facts;
use super::model::{Ending, Guide, GuideOutcome, Step};
use crate::ground::{Refusal, Text};
use crate::refuse;

/// What a person writes of a guide; version and state are the house's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GuideBody {
    /// Name.
    pub name: Text,
    /// Faults it can confirm or rule out.
    pub fault_codes: Vec<String>,
    /// The first step.
    pub start: String,
    /// Steps.
    pub steps: Vec<Step>,
    /// Endings.
    pub endings: Vec<Ending>,
}

impl GuideBody {
    /// What can be written anew of a guide.
    pub fn of(guide: &Guide) -> Self {
        Self {
            name: guide.name.clone(),
            fault_codes: guide.fault_codes.clone(),
            start: guide.start.clone(),
            steps: guide.steps.clone(),
            endings: guide.endings.clone(),
        }
    }
}

/// Something that keeps a guide from being published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The step or ending it is about; empty for the guide as a whole.
    pub node: String,
    /// The field, as `answers[1].step`.
    pub field: String,
    /// What, in a sentence.
    pub why: Refusal,
}

/// Where a guide's knowledge comes from, and until when it holds.
#[derive(Debug, Clone, Copy)]
pub struct Backing<'a> {
    /// Who says so.
    pub source: &'a str,
    /// The last day it may be used without a new look.
    pub expires_on: Option<Date>,
    /// Today.
    pub today: Date,
}

/// Most days a guide may be used without a new look.
const MOST_DAYS: i32 = 731;

impl Facts {
    /// Everything that keeps a guide from being published.
    pub fn findings(&self, body: &GuideBody, backing: &Backing<'_>) -> Vec<Finding> {
        let mut look = Look { facts: self, body, found: Vec::new() };
        look.backing(backing);
        look.text("", "name", &body.name);
        if body.fault_codes.is_empty() {
            look.say("", "fault_codes", refuse!(Invalid, "guide.no_fault"));
        }
        look.faults("", "fault_codes", &body.fault_codes);
        let mut ids = BTreeSet::new();
        for step in &body.steps {
            if step.id.trim().is_empty() || !ids.insert(step.id.as_str()) {
                look.say(&step.id, "id", refuse!(Invalid, "guide.id_twice", id = &step.id));
            }
            look.step(step);
        }
        for ending in &body.endings {
            if ending.id.trim().is_empty() || !ids.insert(ending.id.as_str()) {
                look.say(&ending.id, "id", refuse!(Invalid, "guide.id_twice", id = &ending.id));
            }
            look.ending(ending);
        }
        look.ways();
        look.found
    }

    /// A guide ready to be walked. Errors: one that findings would name, as the check of the shipped files says it.
    pub fn guide_from(&self, id: &str, version: i64, body: &GuideBody) -> Result<Guide, String> {
        let body = body.clone();
        let mut guide = Guide {
            format: "postsale-guide/1".into(),
            id: id.to_owned(),
            version,
            name: body.name,
            fault_codes: body.fault_codes,
            start: body.start,
            steps: body.steps,
            endings: body.endings,
            depth: BTreeMap::new(),
        };
        self.check_guide(&mut guide).map_err(|(place, why)| format!("{place}: {why}"))?;
        Ok(guide)
    }
}

struct Look<'a> {
    facts: &'a Facts,
    body: &'a GuideBody,
    found: Vec<Finding>,
}

impl<'a> Look<'a> {
    fn say(&mut self, node: &str, field: impl Into<String>, why: Refusal) {
        self.found.push(Finding { node: node.to_owned(), field: field.into(), why });
    }

    fn backing(&mut self, backing: &Backing<'_>) {
        if backing.source.trim().is_empty() {
            self.say("", "source", refuse!(Invalid, "guide.no_source"));
        }
        let fits = |day: Date| day > backing.today && (day - backing.today).get_days() <= MOST_DAYS;
        if !backing.expires_on.is_some_and(fits) {
            self.say("", "expires_on", refuse!(Invalid, "guide.no_expiry"));
        }
    }

    fn text(&mut self, node: &str, field: &str, text: &Text) {
        for (lang, words) in [("zh", &text.zh), ("en", &text.en)] {
            if words.trim().is_empty() {
                self.say(node, format!("{field}.{lang}"), refuse!(Invalid, "guide.no_text"));
            }
        }
    }

    /// What a merchant reads: both languages, and none of the codes of the house.
    fn merchant(&mut self, node: &str, field: &str, text: &Text) {
        self.text(node, field, text);
        let coded = |words: &str| {
            let plain = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
            words.split(plain).any(|word| self.facts.fault(word).is_some() || word.contains('_'))
        };
        for (lang, words) in [("zh", &text.zh), ("en", &text.en)] {
            if coded(words) {
                self.say(node, format!("{field}.{lang}"), refuse!(Invalid, "guide.code_told"));
            }
        }
    }

    fn faults(&mut self, node: &str, field: &str, codes: &[String]) {
        for code in codes.iter().filter(|c| self.facts.fault(c).is_none()) {
            self.say(node, field, refuse!(Invalid, "guide.unknown_code", code = code));
        }
    }

    fn step(&mut self, step: &Step) {
        let node = step.id.as_str();
        self.text(node, "agent.question", &step.agent.question);
        for (field, text) in [("agent.why", &step.agent.why), ("agent.hint", &step.agent.hint)] {
            text.iter().for_each(|t| self.text(node, field, t));
        }
        self.merchant(node, "merchant.question", &step.merchant.question);
        step.merchant.hint.iter().for_each(|t| self.merchant(node, "merchant.hint", t));
        if step.answers.len() < 2 {
            self.say(node, "answers", refuse!(Invalid, "guide.two_answers"));
        }
        let mut ids = BTreeSet::new();
        for (i, answer) in step.answers.iter().enumerate() {
            let place = |field: &str| format!("answers[{i}].{field}");
            if answer.id.trim().is_empty() || !ids.insert(answer.id.as_str()) {
                self.say(node, place("id"), refuse!(Invalid, "guide.id_twice", id = &answer.id));
            }
            self.text(node, &place("agent"), &answer.agent);
            answer.merchant.iter().for_each(|t| self.merchant(node, &place("merchant"), t));
            let step_known = answer.step.as_ref().is_none_or(|to| self.body.steps.iter().any(|s| s.id == *to));
            let ending_known = answer.ending.as_ref().is_none_or(|to| self.body.endings.iter().any(|e| e.id == *to));
            if answer.step.is_some() == answer.ending.is_some() || !step_known || !ending_known {
                self.say(node, place("step"), refuse!(Invalid, "guide.dead_end"));
            }
        }
        for (i, known) in step.known.iter().enumerate() {
            let place = format!("known[{i}]");
            let fits = FACT_NAMES.contains(&known.fact.as_str()) && !known.is.is_empty() && ids.contains(known.answer.as_str());
            if !fits {
                self.say(node, place.as_str(), refuse!(Invalid, "guide.bad_fact"));
            }
            self.text(node, &format!("{place}.says"), &known.says);
        }
    }

    fn ending(&mut self, ending: &Ending) {
        let node = ending.id.as_str();
        self.text(node, "agent", &ending.agent);
        self.merchant(node, "merchant", &ending.merchant);
        self.faults(node, "fault_code", std::slice::from_ref(&ending.fault_code));
        for part in ending.parts.iter().filter(|p| self.facts.part(p).is_none()) {
            self.say(node, "parts", refuse!(Invalid, "guide.unknown_code", code = part));
        }
        for skill in ending.skills.iter().filter(|s| self.facts.skill(s).is_none()) {
            self.say(node, "skills", refuse!(Invalid, "guide.unknown_code", code = skill));
        }
        if ending.outcome == GuideOutcome::Visit && ending.skills.is_empty() {
            self.say(node, "skills", refuse!(Invalid, "guide.visit_skill"));
        }
        let guarded = self.facts.fault(&ending.fault_code).is_some_and(|f| f.stop_use || f.security);
        if guarded && matches!(ending.outcome, GuideOutcome::Fixed | GuideOutcome::Advise) {
            self.say(node, "outcome", refuse!(Invalid, "guide.guarded"));
        }
    }

    /// Every way ends, and everything lies on a way.
    fn ways(&mut self) {
        let steps: BTreeMap<&'a str, &'a Step> = self.body.steps.iter().map(|s| (s.id.as_str(), s)).collect();
        if !steps.contains_key(self.body.start.as_str()) {
            self.say("", "start", refuse!(Invalid, "guide.no_start"));
            return;
        }
        let mut walk = Walk { steps, longest: BTreeMap::new(), path: Vec::new(), endings: BTreeSet::new(), looped: BTreeSet::new() };
        let most = walk.from(self.body.start.as_str());
        let Walk { longest, endings, looped, .. } = walk;
        for id in &looped {
            self.say(id, "answers", refuse!(Invalid, "guide.loop"));
        }
        if looped.is_empty() && most > MAX_STEPS {
            self.say("", "steps", refuse!(Invalid, "guide.too_long", steps = most, most = MAX_STEPS));
        }
        for step in self.body.steps.iter().filter(|s| !longest.contains_key(s.id.as_str())) {
            self.say(&step.id, "id", refuse!(Invalid, "guide.unreached"));
        }
        for ending in self.body.endings.iter().filter(|e| !endings.contains(e.id.as_str())) {
            self.say(&ending.id, "id", refuse!(Invalid, "guide.unreached"));
        }
    }
}

struct Walk<'a> {
    steps: BTreeMap<&'a str, &'a Step>,
    longest: BTreeMap<&'a str, u32>,
    path: Vec<&'a str>,
    endings: BTreeSet<&'a str>,
    looped: BTreeSet<&'a str>,
}

impl<'a> Walk<'a> {
    fn from(&mut self, id: &'a str) -> u32 {
        if let Some(known) = self.longest.get(id) {
            return *known;
        }
        let Some(step) = self.steps.get(id).copied() else { return 0 };
        if self.path.contains(&id) {
            self.looped.insert(id);
            return 0;
        }
        self.path.push(id);
        let mut most = 0;
        for answer in &step.answers {
            if let Some(to) = &answer.step {
                most = most.max(self.from(to));
            }
            self.endings.extend(answer.ending.as_deref());
        }
        self.path.pop();
        self.longest.insert(id, most + 1);
        most + 1
    }
}
