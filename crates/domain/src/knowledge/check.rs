//! A guide that passes cannot strand anybody: every path ends, within a bounded number of steps, at a confirmed fault.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Guide, GuideOutcome};

/// Facts a step may be answered by. The flow fills those it knows.
pub const FACT_NAMES: &[&str] =
    &["terminal_offline", "response_code", "class", "connectivity", "signal", "sim_state", "tamper", "wider_outage"];

/// Most steps on any path.
pub const MAX_STEPS: u32 = 8;

/// The codes other files declare.
pub(super) struct Names<'a> {
    pub faults: &'a BTreeSet<&'a str>,
    /// Faults after which a terminal must not be used, and security matters: no guide may call them solved.
    pub guarded: &'a BTreeSet<&'a str>,
    pub codes: &'a BTreeSet<&'a str>,
    pub classes: &'a BTreeSet<&'a str>,
    pub parts: &'a BTreeSet<&'a str>,
    pub skills: &'a BTreeSet<&'a str>,
}

type Wrong = (String, String);

fn wrong<T>(place: impl Into<String>, why: impl Into<String>) -> Result<T, Wrong> {
    Err((place.into(), why.into()))
}

fn all_known(place: String, what: &str, codes: &[String], known: &BTreeSet<&str>) -> Result<(), Wrong> {
    codes.iter().find(|c| !known.contains(c.as_str())).map_or(Ok(()), |c| wrong(place, format!("unknown {what} {c:?}")))
}

/// Checks a guide; answers with the fewest and most steps from each step to an ending, itself included.
pub(super) fn guide(guide: &Guide, names: &Names<'_>) -> Result<BTreeMap<String, (u32, u32)>, Wrong> {
    if guide.version < 1 {
        return wrong("version", "versions begin with 1");
    }
    all_known("fault_codes".into(), "fault", &guide.fault_codes, names.faults)?;
    let mut ids = BTreeSet::new();
    for (i, step) in guide.steps.iter().enumerate() {
        if !ids.insert(step.id.as_str()) {
            return wrong(format!("steps[{i}].id"), format!("{:?} stands twice", step.id));
        }
        if step.answers.len() < 2 {
            return wrong(format!("steps[{i}].answers"), "a step has at least two answers");
        }
        let mut answers = BTreeSet::new();
        for (k, answer) in step.answers.iter().enumerate() {
            let place = format!("steps[{i}].answers[{k}]");
            if !answers.insert(answer.id.as_str()) {
                return wrong(place, format!("{:?} stands twice", answer.id));
            }
            match (&answer.step, &answer.ending) {
                (Some(to), None) if guide.step(to).is_none() => return wrong(place, format!("leads to the unknown step {to:?}")),
                (None, Some(to)) if guide.ending(to).is_none() => return wrong(place, format!("leads to the unknown ending {to:?}")),
                (None, None) => return wrong(place, "a dead end: neither step nor ending"),
                (Some(_), Some(_)) => return wrong(place, "leads to a step and to an ending"),
                _ => {}
            }
        }
        for (k, known) in step.known.iter().enumerate() {
            let place = format!("steps[{i}].known[{k}]");
            if !FACT_NAMES.contains(&known.fact.as_str()) {
                return wrong(place, format!("unknown fact {:?}", known.fact));
            }
            if known.is.is_empty() || !answers.contains(known.answer.as_str()) {
                return wrong(place, format!("needs values and an answer of this step, not {:?}", known.answer));
            }
            match known.fact.as_str() {
                "response_code" => all_known(place, "response code", &known.is, names.codes)?,
                "class" => all_known(place, "class", &known.is, names.classes)?,
                _ => {}
            }
        }
    }
    let mut endings = BTreeSet::new();
    for (i, ending) in guide.endings.iter().enumerate() {
        let place = |field: &str| format!("endings[{i}].{field}");
        if !endings.insert(ending.id.as_str()) {
            return wrong(place("id"), format!("{:?} stands twice", ending.id));
        }
        all_known(place("fault_code"), "fault", std::slice::from_ref(&ending.fault_code), names.faults)?;
        all_known(place("parts"), "part", &ending.parts, names.parts)?;
        all_known(place("skills"), "skill", &ending.skills, names.skills)?;
        let solved = matches!(ending.outcome, GuideOutcome::Fixed | GuideOutcome::Advise);
        if solved && names.guarded.contains(ending.fault_code.as_str()) {
            return wrong(place("outcome"), format!("{} is never solved from afar", ending.fault_code));
        }
        if ending.outcome == GuideOutcome::Visit && ending.skills.is_empty() {
            return wrong(place("skills"), "a visit names the skill it needs");
        }
    }
    let mut walk = Walk { guide, depth: BTreeMap::new(), path: Vec::new(), endings: BTreeSet::new() };
    walk.step(&guide.start)?;
    if let Some(step) = guide.steps.iter().find(|s| !walk.depth.contains_key(&s.id)) {
        return wrong("steps", format!("step {:?} is never reached", step.id));
    }
    if let Some(ending) = guide.endings.iter().find(|e| !walk.endings.contains(e.id.as_str())) {
        return wrong("endings", format!("ending {:?} is never reached", ending.id));
    }
    match walk.depth.get(&guide.start) {
        Some((_, most)) if *most > MAX_STEPS => wrong("steps", format!("a path has {most} steps, {MAX_STEPS} are allowed")),
        _ => Ok(walk.depth),
    }
}

struct Walk<'a> {
    guide: &'a Guide,
    depth: BTreeMap<String, (u32, u32)>,
    path: Vec<&'a str>,
    endings: BTreeSet<&'a str>,
}

impl<'a> Walk<'a> {
    fn step(&mut self, id: &str) -> Result<(u32, u32), Wrong> {
        if let Some(known) = self.depth.get(id) {
            return Ok(*known);
        }
        let guide = self.guide;
        let Some(step) = guide.step(id) else { return wrong("start", format!("unknown step {id:?}")) };
        if self.path.contains(&step.id.as_str()) {
            return wrong("steps", format!("a loop through step {id:?}"));
        }
        self.path.push(&step.id);
        let (mut fewest, mut most) = (u32::MAX, 0);
        for answer in &step.answers {
            let (a, b) = match (&answer.step, &answer.ending) {
                (Some(next), _) => self.step(next)?,
                (None, Some(ending)) => {
                    self.endings.insert(ending);
                    (0, 0)
                }
                (None, None) => (0, 0),
            };
            (fewest, most) = (fewest.min(a + 1), most.max(b + 1));
        }
        self.path.pop();
        self.depth.insert(step.id.clone(), (fewest, most));
        Ok((fewest, most))
    }
}
