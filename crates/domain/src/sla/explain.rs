//! A clock in words, line by line, so that nobody has to believe a number.

use jiff::Timestamp;
use serde::Serialize;

use super::book::{Book, ClockKind, NamedCalendar};
use super::face::{Clock, Kept};
use super::model::{Answer, ClockError, ClockEvent, ClockState, Promise, Segment, SegmentKind, What};
use super::rules::{Stated, evaluate};
use crate::ground::Text;

/// One line of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockLine {
    /// Begin, included.
    pub from: Timestamp,
    /// End, not included; null for what is going on now.
    pub to: Option<Timestamp>,
    /// What it was.
    pub kind: SegmentKind,
    /// The reasons that held.
    pub reasons: Vec<String>,
    /// Why it was that.
    pub basis: Text,
    /// Business seconds this line counts.
    pub counted_s: i64,
    /// Business seconds of the cycle up to the end of this line.
    pub total_s: i64,
    /// From 1.
    pub cycle: u32,
}

/// A change of what was promised, or of the course of the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockChange {
    /// When.
    pub at: Timestamp,
    /// What it did.
    pub sentence: Text,
}

/// A threshold that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockWarning {
    /// Percent of the target.
    pub percent: u32,
    /// From 1.
    pub cycle: u32,
    /// The true instant.
    pub at: Timestamp,
}

/// The whole account of a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockExplain {
    /// The clock now.
    pub clock: Clock,
    /// Name of the agreement in force.
    pub agreement: String,
    /// The agreement with version and clause.
    pub agreement_name: Text,
    /// The hours that count.
    pub calendar: Text,
    /// The sum in one sentence.
    pub headline: Text,
    /// The account, oldest first, without gap.
    pub lines: Vec<ClockLine>,
    /// What changed on the way.
    pub changes: Vec<ClockChange>,
    /// Thresholds reached.
    pub warnings: Vec<ClockWarning>,
    /// Whether computing it again from the events gave what the store keeps.
    pub recomputed_equal: bool,
    /// Years used without official holiday data.
    pub unofficial_years: Vec<i16>,
}

/// Explains a clock at `as_of` from its history. `recomputed_equal` is for the caller to know.
pub fn explain(
    book: &Book,
    kind: ClockKind,
    history: &[ClockEvent],
    as_of: Timestamp,
    recomputed_equal: bool,
) -> Result<ClockExplain, ClockError> {
    let asks: Vec<Timestamp> = history.iter().map(|event| event.at).collect();
    let answer = evaluate(book.agreements(kind), history, as_of, &asks)?;
    let card = book.card(&answer.agreement).ok_or_else(|| ClockError::NoAgreement(answer.agreement.clone()))?;
    let stated = Stated { agreement: &answer.agreement, priority: &answer.priority, promise: answer.promise.as_ref() };
    let hours = hours_of(book, kind, stated);
    let hours = hours.ok_or_else(|| ClockError::NoTarget { agreement: answer.agreement.clone(), priority: answer.priority.clone() })?;
    let clause = card.clauses.get(&kind).map_or("", String::as_str);
    let agreement_name = match &answer.promise {
        Some(promise) => both(format!("服务目录：{}", promise.name.zh), format!("Service catalogue: {}", promise.name.en)),
        None => both(
            format!("{}（v{}，条款{clause}）", card.name.zh, card.version),
            format!("{} v{} [clause {clause}]", card.name.en, card.version),
        ),
    };
    let teller = Teller { book, kind, hours };
    Ok(ClockExplain {
        clock: Kept::of(kind, &answer).face(book, as_of),
        agreement: answer.agreement.clone(),
        agreement_name,
        calendar: hours.name.clone(),
        headline: teller.headline(&answer),
        lines: teller.lines(&answer, history),
        changes: teller.changes(&answer, history),
        warnings: answer.warnings.iter().map(|w| ClockWarning { percent: w.percent, cycle: w.cycle, at: w.at }).collect(),
        recomputed_equal,
        unofficial_years: answer.unofficial_years,
    })
}

fn both(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

/// A length of business time in words: hours and minutes, seconds only where there are any.
fn length(ms: i64) -> Text {
    let s = ms.unsigned_abs() / 1000;
    let parts = [(s / 3600, "小时", " h"), (s % 3600 / 60, "分", " min"), (s % 60, "秒", " s")];
    let said = |gap: &str, pick: fn(&(u64, &'static str, &'static str)) -> String| {
        let words: Vec<String> = parts.iter().filter(|(n, ..)| *n > 0).map(pick).collect();
        words.join(gap)
    };
    if s == 0 {
        return both("0分", "0 min");
    }
    both(said("", |(n, zh, _)| format!("{n}{zh}")), said(" ", |(n, _, en)| format!("{n}{en}")))
}

/// The length of a promise as it was made: working days with what they are on their calendar.
fn promised(promise: &Promise) -> Text {
    let whole = length(promise.seconds * 1000);
    match promise.days {
        None => whole,
        Some(1) => both(format!("1个工作日（{}）", whole.zh), format!("1 working day ({})", whole.en)),
        Some(days) => both(format!("{days}个工作日（{}）", whole.zh), format!("{days} working days ({})", whole.en)),
    }
}

/// Whose hours count under these terms.
fn hours_of<'b>(book: &'b Book, kind: ClockKind, stated: Stated<'_>) -> Option<&'b NamedCalendar> {
    match stated.promise {
        Some(promise) => book.calendar(&promise.calendar),
        None => book.calendar_of(kind, stated.agreement, stated.priority),
    }
}

struct Teller<'a> {
    book: &'a Book,
    kind: ClockKind,
    /// In force now.
    hours: &'a NamedCalendar,
}

impl Teller<'_> {
    /// An instant with its date: a clock time alone would mislead across midnight.
    fn at(&self, at: Timestamp) -> Text {
        let local = at.to_zoned(self.hours.calendar.zone().clone());
        both(local.strftime("%m-%d %H:%M").to_string(), local.strftime("%-d %b %H:%M").to_string())
    }

    fn headline(&self, answer: &Answer) -> Text {
        let name = match self.kind {
            ClockKind::FirstResponse => both("首响时限", "First response"),
            ClockKind::Resolution => both("解决时限", "Resolution"),
        };
        // Outside business hours the count begins at the opening.
        let start = self.at(self.hours.calendar.opening(answer.started_at));
        let target = answer.promise.as_ref().map_or_else(|| length(answer.target_s * 1000), promised);
        let (used, left) = (length(answer.consumed_ms), length(answer.remaining_ms()));
        let paused = length(answer.paused_ms);
        let (zh_pause, en_pause) = match answer.paused_ms {
            0 => (String::new(), String::new()),
            _ => (format!(" + 暂停{}", paused.zh), format!(" + {} paused", paused.en)),
        };
        // The parts only add up to the due instant where one promise held from the first contact on.
        let sum = match answer.due.map(|due| self.at(due)) {
            Some(due) if answer.cycle == 1 => both(
                format!("{} = {}起 + {}{zh_pause} = {}", name.zh, start.zh, target.zh, due.zh),
                format!("{} = from {} + {}{en_pause} = {}", name.en, start.en, target.en, due.en),
            ),
            Some(due) => both(
                format!("{}（第{}轮，目标{}）= {}", name.zh, answer.cycle, target.zh, due.zh),
                format!("{} (cycle {}, target {}) = {}", name.en, answer.cycle, target.en, due.en),
            ),
            None => both(
                format!("{}：目标{}，已用{}", name.zh, target.zh, used.zh),
                format!("{}: target {}, used {}", name.en, target.en, used.en),
            ),
        };
        let late = answer.remaining_ms() < 0;
        let rest = match (answer.state, answer.met) {
            (ClockState::Cancelled, _) => both("已作废", "void"),
            (ClockState::Stopped, Some(true)) => both(format!("按时完成，余{}", left.zh), format!("met, {} left", left.en)),
            (ClockState::Stopped, _) => both(format!("逾期完成，超{}", left.zh), format!("missed by {}", left.en)),
            _ if late => both(format!("已超{}", left.zh), format!("late by {}", left.en)),
            (ClockState::Paused, _) => {
                let why = self.reasons(&answer.held);
                both(format!("暂停中（{}），余{}", why.zh, left.zh), format!("paused ({}), {} left", why.en, left.en))
            }
            _ => both(format!("余{}", left.zh), format!("{} left", left.en)),
        };
        both(format!("{}；{}", sum.zh, rest.zh), format!("{}; {}", sum.en, rest.en))
    }

    fn reasons(&self, names: &[String]) -> Text {
        let said: Vec<Text> = names.iter().map(|name| self.book.reason(name).cloned().unwrap_or_else(|| both(name, name))).collect();
        both(
            said.iter().map(|text| text.zh.as_str()).collect::<Vec<_>>().join("、"),
            said.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join(", "),
        )
    }

    fn lines(&self, answer: &Answer, history: &[ClockEvent]) -> Vec<ClockLine> {
        let live = matches!(answer.state, ClockState::Running | ClockState::Paused);
        let (mut total, mut cycle) = (0, 0);
        let mut lines: Vec<ClockLine> = Vec::with_capacity(answer.segments.len());
        for segment in &answer.segments {
            if segment.cycle != cycle {
                (total, cycle) = (0, segment.cycle);
            }
            let counted = if segment.kind == SegmentKind::Run { segment.to.as_millisecond() - segment.from.as_millisecond() } else { 0 };
            total += counted;
            lines.push(ClockLine {
                from: segment.from,
                to: Some(segment.to),
                kind: segment.kind,
                reasons: segment.reasons.clone(),
                basis: self.basis(segment, history),
                counted_s: counted / 1000,
                total_s: total / 1000,
                cycle,
            });
        }
        if let Some(last) = lines.last_mut().filter(|last| live && last.to == Some(answer.as_of)) {
            last.to = None;
        }
        lines
    }

    fn basis(&self, segment: &Segment, history: &[ClockEvent]) -> Text {
        match segment.kind {
            SegmentKind::Run => both("服务时间，计时", "service hours, counted"),
            SegmentKind::Paused => self.reasons(&segment.reasons),
            SegmentKind::Stopped => both("已停止，至重开前不计", "stopped, not counted until reopened"),
            SegmentKind::Closed => match hours_of(self.book, self.kind, stated_at(history, segment.from)) {
                Some(hours) => hours.why_closed(segment.from, segment.to),
                None => both("非服务时间", "outside service hours"),
            },
        }
    }

    fn changes(&self, answer: &Answer, history: &[ClockEvent]) -> Vec<ClockChange> {
        let target = |stated: Stated<'_>| {
            if let Some(promise) = stated.promise {
                return promised(promise);
            }
            let found = self.book.agreements(self.kind).get(stated.agreement).and_then(|terms| terms.targets.get(stated.priority));
            found.map_or_else(|| both("-", "-"), |target| length(target.seconds * 1000))
        };
        let mut changes = Vec::new();
        let mut stated = stated_at(history, Timestamp::MIN);
        for (event, (_, used)) in history.iter().zip(&answer.asked) {
            let used = length(*used);
            let sentence = match &event.what {
                What::Priority { priority } if stated.priority != priority => {
                    let (old, before) = (stated.priority, target(stated));
                    stated.priority = priority;
                    let now = target(stated);
                    let (from, to) = (priority_word(old), priority_word(priority));
                    if stated.promise.is_some() {
                        let sentence = both(
                            format!("{} → {}：按服务目录，目标仍为{}", from.zh, to.zh, now.zh),
                            format!("{} → {}: ordered, so the target stays {}", from.en, to.en, now.en),
                        );
                        changes.push(ClockChange { at: event.at, sentence });
                        continue;
                    }
                    both(
                        format!("{} → {}：目标{}改为{}，已用{}照旧，暂停不计", from.zh, to.zh, before.zh, now.zh, used.zh),
                        format!(
                            "{} → {}: target {} becomes {}; {} used stay, pauses are not charged",
                            from.en, to.en, before.en, now.en, used.en
                        ),
                    )
                }
                What::Order { promise } if stated.promise != Some(promise) => {
                    let before = target(stated);
                    stated.promise = Some(promise);
                    let (name, now) = (&promise.name, target(stated));
                    both(
                        format!("订购{}：目标{}改为{}，已用{}照旧", name.zh, before.zh, now.zh, used.zh),
                        format!("{} ordered: target {} becomes {}; {} used stay", name.en, before.en, now.en, used.en),
                    )
                }
                What::Unorder if stated.promise.is_some() => {
                    let before = target(stated);
                    stated.promise = None;
                    let now = target(stated);
                    both(
                        format!("改为报修：目标{}改为{}，已用{}照旧", before.zh, now.zh, used.zh),
                        format!("a repair after all: target {} becomes {}; {} used stay", before.en, now.en, used.en),
                    )
                }
                What::Agreement { agreement } if stated.agreement != agreement => {
                    let before = target(stated);
                    stated.agreement = agreement;
                    let now = target(stated);
                    let name = self.book.card(agreement).map_or_else(|| both(agreement, agreement), |card| card.name.clone());
                    both(
                        format!("改用协议{}：目标{}改为{}，已用{}照旧", name.zh, before.zh, now.zh, used.zh),
                        format!("agreement {} from here on: target {} becomes {}; {} used stay", name.en, before.en, now.en, used.en),
                    )
                }
                What::Merge { contact_at, .. } => {
                    let first = self.at(*contact_at);
                    both(format!("并入另一来件（{}）", first.zh), format!("another contact of {} was attached", first.en))
                }
                What::Unmerge { .. } => both("拆出并入的来件，起点随之恢复", "that contact was detached; the start moves back"),
                What::Stop => both(format!("停止：已用{}", used.zh), format!("stopped with {} used", used.en)),
                What::Reopen => both(format!("重开：已用{}", used.zh), format!("reopened with {} used", used.en)),
                What::Cancel => both("作废", "void"),
                _ => continue,
            };
            changes.push(ClockChange { at: event.at, sentence });
        }
        changes
    }
}

/// The terms as stated up to an instant; those of the start before it.
fn stated_at(history: &[ClockEvent], at: Timestamp) -> Stated<'_> {
    let mut stated = Stated { agreement: "", priority: "", promise: None };
    for event in history {
        match &event.what {
            What::Start { agreement, priority, .. } if stated.agreement.is_empty() => {
                (stated.agreement, stated.priority) = (agreement, priority);
            }
            What::Priority { priority } if event.at <= at => stated.priority = priority,
            What::Agreement { agreement } if event.at <= at => stated.agreement = agreement,
            What::Order { promise } if event.at <= at => stated.promise = Some(promise),
            What::Unorder if event.at <= at => stated.promise = None,
            _ => {}
        }
    }
    stated
}

fn priority_word(priority: &str) -> Text {
    match priority {
        "urgent" => both("紧急", "urgent"),
        "high" => both("高", "high"),
        "normal" => both("普通", "normal"),
        "low" => both("低", "low"),
        other => both(other, other),
    }
}
