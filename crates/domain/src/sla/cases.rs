//! Clock cases as files (`postsale-clock-cases/1`): histories with calendars and agreements in, one answer per line out.
//! The answers come from the same rules that serve the product, so anybody can check them with cases of their own.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::calendar::Calendar;
use super::model::{Agreement, Agreements, Answer, Calendars, ClockEvent, Target};
use super::read::{MAX_TARGET_S, Mistake, Node, document};
use super::rules::evaluate;

/// The format this module reads.
pub const CASES_FORMAT: &str = "postsale-clock-cases/1";

/// One case, ready to be asked.
#[derive(Debug)]
pub struct Case {
    /// As the file names it.
    pub id: String,
    agreements: Agreements,
    history: Vec<ClockEvent>,
    as_of: Timestamp,
    asks: Vec<Timestamp>,
    zone: TimeZone,
}

/// A case that cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCase {
    /// As the file names it; `#` and its position without a usable name.
    pub id: String,
    /// What is wrong with it.
    pub mistake: Mistake,
}

impl BadCase {
    /// The line that stands for the answer.
    pub fn line(&self) -> String {
        json!({"id": self.id, "error": {"field": self.mistake.place, "detail": self.mistake.why}}).to_string()
    }
}

/// Reads a file of cases. A mistake inside a case spoils this case alone.
/// A mistake of the file itself, or of a calendar all cases share, spoils everything.
pub fn read_cases(text: &str) -> Result<Vec<Result<Case, BadCase>>, Mistake> {
    let value = document(text)?;
    let root = Node::root(&value);
    let format = root.field("format")?;
    if format.text()? != CASES_FORMAT {
        return Err(format.wrong(format_args!("{CASES_FORMAT:?} is expected")));
    }
    let shared = match root.maybe("calendars")? {
        Some(node) => node.named(|node| node.calendar().map(Arc::new))?,
        None => Calendars::new(),
    };
    let mut cases = Vec::new();
    for (number, node) in root.field("cases")?.items()?.enumerate() {
        let id = match node.maybe("id") {
            Ok(Some(id)) => id.text().map_or_else(|_| format!("#{number}"), str::to_owned),
            _ => format!("#{number}"),
        };
        cases.push(case(&node, &id, &shared).map_err(|mistake| BadCase { id, mistake }));
    }
    Ok(cases)
}

fn case(node: &Node<'_>, id: &str, shared: &Calendars) -> Result<Case, Mistake> {
    node.field("id")?.text()?;
    let mut calendars = shared.clone();
    if let Some(own) = node.maybe("calendars")? {
        calendars.extend(own.named(|node| node.calendar().map(Arc::new))?);
    }
    let agreements = node.field("agreements")?.named(|node| agreement(node, &calendars))?;
    let history = node.field("events")?.items()?.map(|event| event.event()).collect::<Result<Vec<_>, _>>()?;
    let as_of = node.field("as_of")?.instant()?;
    let asks = match node.maybe("ask")? {
        Some(list) => list.items()?.map(|ask| ask.instant()).collect::<Result<_, _>>()?,
        None => Vec::new(),
    };
    let zone = agreements.values().next().map_or(TimeZone::UTC, |first: &Agreement| first.calendar.zone().clone());
    Ok(Case { id: id.to_owned(), agreements, history, as_of, asks, zone })
}

/// An agreement of one kind of clock: `calendar`, `targets`, `pause_reasons`, `on_reopen`, `warn`.
pub(super) fn agreement(node: &Node<'_>, calendars: &Calendars) -> Result<Agreement, Mistake> {
    let calendar = node.field("calendar").and_then(|name| find(&name, calendars))?;
    let targets = node.field("targets")?.named(|node| target(node, calendars))?;
    let pause_reasons = node.maybe("pause_reasons")?.map_or(Ok(Vec::new()), |list| list.texts())?;
    let on_reopen = node.field("on_reopen")?.on_reopen()?;
    let warn = node.maybe("warn")?.map_or(Ok(Vec::new()), |list| list.warn())?;
    Ok(Agreement { calendar, targets, pause_reasons, on_reopen, warn, calendars: Arc::new(calendars.clone()) })
}

fn target(node: &Node<'_>, calendars: &Calendars) -> Result<Target, Mistake> {
    if !node.value.is_object() {
        return Ok(Target { seconds: node.whole(0, MAX_TARGET_S)?, calendar: None });
    }
    let calendar = node.maybe("calendar")?.map(|name| find(&name, calendars)).transpose()?;
    Ok(Target { seconds: node.field("seconds")?.whole(0, MAX_TARGET_S)?, calendar })
}

fn find(name: &Node<'_>, calendars: &Calendars) -> Result<Arc<Calendar>, Mistake> {
    let key = name.text()?;
    calendars.get(key).cloned().ok_or_else(|| name.wrong(format_args!("calendar {key:?} is not known")))
}

impl Case {
    /// The answer as a line of JSON, without line break.
    pub fn answer_line(&self) -> Result<String, BadCase> {
        let answer = evaluate(&self.agreements, &self.history, self.as_of, &self.asks)
            .map_err(|e| BadCase { id: self.id.clone(), mistake: Mistake { place: "events".to_owned(), why: e.to_string() } })?;
        Ok(self.line(&answer).to_string())
    }

    fn line(&self, answer: &Answer) -> Value {
        let at = |instant: Timestamp| instant.display_with_offset(self.zone.to_offset(instant)).to_string();
        let maybe = |instant: Option<Timestamp>| instant.map(at);
        json!({
            "id": self.id,
            "state": answer.state,
            "cycle": answer.cycle,
            "target": answer.target_s,
            "due": maybe(answer.due),
            "consumed": answer.asked.iter().map(|&(ask, ms)| json!({"at": at(ask), "seconds": seconds(ms)})).collect::<Vec<_>>(),
            "breached": {"yes": !answer.breaches.is_empty(), "at": maybe(answer.breached_at())},
            "breaches": answer.breaches.iter().map(|b| json!({"cycle": b.cycle, "at": at(b.at)})).collect::<Vec<_>>(),
            "met": answer.met,
            "warnings": answer.warnings.iter()
                .map(|w| json!({"cycle": w.cycle, "percent": w.percent, "at": at(w.at)})).collect::<Vec<_>>(),
            "segments": answer.segments.iter()
                .map(|s| json!({"from": at(s.from), "to": at(s.to), "kind": s.kind, "reasons": s.reasons, "cycle": s.cycle}))
                .collect::<Vec<_>>(),
            "paused_seconds": seconds(answer.paused_ms),
            "remaining": seconds(answer.remaining_ms()),
            "unofficial_years": answer.unofficial_years,
        })
    }
}

/// Whole seconds as a whole number; milliseconds stay as a fraction, for nothing is rounded.
fn seconds(ms: i64) -> Value {
    if ms % 1000 == 0 { json!(ms / 1000) } else { json!(ms as f64 / 1000.0) }
}
