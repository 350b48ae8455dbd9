use jiff::ToSpan;
use jiff::civil::Date;

use super::model::{Applies, Coverage, Device, Entitled, Term, TermJudged, Unhappy, Verdict, Warranty};
use crate::ground::Text;

/// What a day that was written down for one terminal is called among the terms.
pub const ON_RECORD: &str = "ON-RECORD";
/// What the months of the model catalogue are called among the terms.
pub const FROM_CATALOGUE: &str = "MODEL";

/// What making our own work good is called among the terms.
pub const MADE_GOOD: &str = "MADE-GOOD";

/// Days after shipment from which warranty counts at the latest, whenever somebody puts the terminal to use.
const ON_THE_SHELF: i32 = 90;

fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

/// Decides for a day by the terms in force on it. Of all that hold, the one that holds longest decides; of equals the first. A
/// term's last day still counts. A repair covers only what was repaired, parts have their own terms.
pub fn decide(terms: &[Term], device: &Device, day: Date) -> Coverage {
    let from = start(&device.warranty);
    let promised: Vec<&Term> = terms.iter().filter(|t| !t.off).collect();
    let mut judged: Vec<TermJudged> = promised.iter().map(|t| judge(t, device, from, day)).collect();
    let exchange =
        !device.caused && promised.iter().zip(&judged).any(|(t, j)| t.applies == Applies::Exchange && j.verdict == Verdict::Holds);
    judged.extend(on_record(device, &promised, day));
    judged.extend(catalogue(device, from, day));
    if device.caused {
        // What people broke no term mends, whichever holds.
        for holds in judged.iter_mut().filter(|j| j.verdict == Verdict::Holds) {
            holds.verdict = Verdict::Other;
            holds.why = text("人为损坏不在保", "Damage caused by people is not covered");
        }
    }

    let longest = judged.iter().filter(|j| j.verdict == Verdict::Holds).filter_map(|j| j.until).max();
    if let Some(decides) = judged.iter_mut().find(|j| j.verdict == Verdict::Holds && j.until == longest) {
        decides.verdict = Verdict::Decides;
    }
    judged.sort_by_key(|j| j.verdict as u8);
    let last = judged.iter().filter(|j| j.verdict == Verdict::Ended).filter_map(|j| j.until).max();
    let decides = judged.first().filter(|j| j.verdict == Verdict::Decides);
    let (rule, until) = match (decides, last) {
        (Some(j), _) => (j.code.clone(), j.until),
        (None, Some(last)) => ("none".to_owned(), Some(last)),
        (None, None) => ("unknown".to_owned(), None),
    };
    let sentence = if device.caused { caused() } else { sentence(decides, last, exchange) };
    Coverage { in_warranty: decides.is_some(), sentence, until, rule, exchange, from, terms: judged }
}

/// Who pays when the case is open again because our work did not satisfy: coming once more is free, whatever the terms say.
pub fn again(decided: Coverage, unhappy: Unhappy) -> Coverage {
    let Unhappy { on, score } = unhappy;
    let why = text(format!("{on}回访评{score}星，由我们补救"), format!("{score} of 5 stars on {on}; ours to make good"));
    let mut terms = vec![said(MADE_GOOD, &text("再次上门免费", "Coming again is free"), Verdict::Decides, None, why)];
    terms.extend(decided.terms.into_iter().map(|t| match t.verdict {
        Verdict::Decides => TermJudged { verdict: Verdict::Holds, ..t },
        _ => t,
    }));
    let sentence =
        text("再次上门免费：上次没让你满意，由我们补救。", "Coming again is free: last time did not satisfy you, we make it good.");
    Coverage { in_warranty: true, rule: MADE_GOOD.to_owned(), sentence, terms, ..decided }
}

/// Warranty counts from the day of first use, at the latest from ninety days after shipment.
fn start(warranty: &Warranty) -> Option<Date> {
    let latest = warranty.shipped_on.map(|day| day.saturating_add(ON_THE_SHELF.days()));
    [warranty.activated_on, latest].into_iter().flatten().min()
}

fn end(term: &Term, from: Date) -> Date {
    from.saturating_add(term.months.map_or(0, i64::from).months()).saturating_add(term.days.map_or(0, i64::from).days())
}

fn said(code: &str, name: &Text, verdict: Verdict, until: Option<Date>, why: Text) -> TermJudged {
    TermJudged { code: code.to_owned(), name: name.clone(), verdict, until, why }
}

/// A term with a last day: it holds up to that day.
fn lasting(code: &str, name: &Text, until: Date, day: Date) -> TermJudged {
    if until >= day {
        said(code, name, Verdict::Holds, Some(until), text(format!("至{until}，有效"), format!("Until {until}, in force")))
    } else {
        said(code, name, Verdict::Ended, Some(until), text(format!("已于{until}到期"), format!("Ended on {until}")))
    }
}

/// A term for other makers or classes.
fn foreign(term: &Term, device: &Device) -> bool {
    term.vendor.as_ref().is_some_and(|v| *v != device.maker.vendor)
        || !term.classes.is_empty() && !term.classes.contains(&device.maker.class)
}

fn judge(term: &Term, device: &Device, from: Option<Date>, day: Date) -> TermJudged {
    let other = |why: Text| said(&term.code, &term.name, Verdict::Other, None, why);
    if foreign(term, device) {
        let whose = term.whose.clone().unwrap_or_else(|| text("其他型号", "other models"));
        return other(text(format!("只适用于{}", whose.zh), format!("Only for {}", whose.en)));
    }
    let no_start = || other(text("没有启用或出厂日期，算不出期限", "Neither the day of first use nor of shipment is on record"));
    match term.applies {
        Applies::Terminal => from.map_or_else(no_start, |from| lasting(&term.code, &term.name, end(term, from), day)),
        Applies::Part => other(text("只管配件，换件时按件核定", "Covers parts only; decided when one is replaced")),
        Applies::Repair => repair(term, device, day),
        Applies::Exchange => exchange(term, device, day),
        Applies::Extension => match device.warranty.extended_until {
            Some(until) => lasting(&term.code, &term.name, until, day),
            None => other(text("没有购买延保", "No extension was bought")),
        },
    }
}

/// Whether two faults are of one kind: what was repaired answers for its kind.
pub fn same_kind(a: &str, b: &str) -> bool {
    a.split('-').next() == b.split('-').next()
}

/// Whether an earlier repair of the same kind of fault answers for this one, whichever term decides.
pub fn after_repair(terms: &[Term], coverage: &Coverage) -> bool {
    let of_repair = |code: &str| terms.iter().any(|t| t.code == code && t.applies == Applies::Repair);
    coverage.terms.iter().any(|j| matches!(j.verdict, Verdict::Decides | Verdict::Holds) && of_repair(&j.code))
}

/// What the work itself costs: nothing by the term that decides.
pub fn labour(coverage: &Coverage) -> Entitled {
    match coverage.terms.first().filter(|j| j.verdict == Verdict::Decides) {
        Some(term) => Entitled::Free(term.clone()),
        None => Entitled::Charged(coverage.sentence.clone()),
    }
}

/// What a part of a class costs. Where terms are about its class, the terminal's does not reach it: only what is made good, or an earlier
/// repair of the same kind, goes before them.
pub fn part(terms: &[Term], device: &Device, coverage: &Coverage, class: &str, day: Date) -> Entitled {
    let decides = coverage.terms.first().filter(|j| j.verdict == Verdict::Decides);
    if device.caused || decides.is_some_and(|j| j.code == MADE_GOOD) || after_repair(terms, coverage) {
        return labour(coverage);
    }
    let Some(from) = start(&device.warranty) else { return labour(coverage) };
    let about = |t: &&Term| !t.off && t.applies == Applies::Part && t.part_classes.iter().any(|c| c == class) && !foreign(t, device);
    let judged: Vec<TermJudged> = terms.iter().filter(about).map(|t| lasting(&t.code, &t.name, end(t, from), day)).collect();
    match judged.iter().filter(|j| j.verdict == Verdict::Holds).max_by_key(|j| j.until) {
        Some(term) => Entitled::Free(term.clone()),
        None => match judged.iter().max_by_key(|j| j.until) {
            Some(term) => {
                Entitled::Charged(text(format!("{}：{}", term.name.zh, term.why.zh), format!("{}: {}", term.name.en, term.why.en)))
            }
            None => labour(coverage),
        },
    }
}

/// A repair answers for itself: the same kind of fault is mended again for nothing.
fn repair(term: &Term, device: &Device, day: Date) -> TermJudged {
    let other = |why: Text| said(&term.code, &term.name, Verdict::Other, None, why);
    let Some(last) = device.repaired.as_ref().filter(|r| r.on <= day) else {
        return other(text("没有维修记录", "No repair on record"));
    };
    let until = end(term, last.on);
    match &device.fault_code {
        Some(fault) if same_kind(fault, &last.fault_code) => lasting(&term.code, &term.name, until, day),
        _ if until < day => {
            other(text(format!("{}的维修，保到{until}", last.on), format!("The repair of {} answered until {until}", last.on)))
        }
        _ => other(text(
            format!("{}修过{}，至{until}只管同类故障", last.on, last.fault_code),
            format!("{} was repaired on {}; until {until} for the same kind of fault only", last.fault_code, last.on),
        )),
    }
}

/// Dead on arrival: soon after first use, never repaired before, and not too long on the shelf.
fn exchange(term: &Term, device: &Device, day: Date) -> TermJudged {
    let other = |why: Text| said(&term.code, &term.name, Verdict::Other, None, why);
    let Some(activated) = device.warranty.activated_on else {
        return other(text("没有启用日期", "The day of first use is not on record"));
    };
    if device.warranty.shipped_on.is_some_and(|day| day.saturating_add(ON_THE_SHELF.days()) < activated) {
        return other(text("出厂超过90天才启用", "Put to use more than ninety days after shipment"));
    }
    if device.repaired.is_some() {
        return other(text("已经修过，不是首次故障", "Repaired before, so this is not its first fault"));
    }
    match end(term, activated) {
        until if until < day => other(text(format!("{until}之后不再换新"), format!("No exchange after {until}"))),
        until => lasting(&term.code, &term.name, until, day),
    }
}

/// What is written down for this very terminal holds besides the terms; so does an extension that was sold under a term which is gone.
fn on_record(device: &Device, terms: &[&Term], day: Date) -> Vec<TermJudged> {
    let sold = terms.iter().any(|t| t.applies == Applies::Extension);
    let extended = device.warranty.extended_until.filter(|_| !sold);
    let maker = device.warranty.until.map(|until| lasting(ON_RECORD, &text("登记的保修截止日", "Warranty end on record"), until, day));
    let bought = extended.map(|until| lasting(ON_RECORD, &text("登记的延保截止日", "Extension end on record"), until, day));
    maker.into_iter().chain(bought).collect()
}

fn catalogue(device: &Device, from: Option<Date>, day: Date) -> Option<TermJudged> {
    let (months, from) = (device.maker.months?, from?);
    let name = text(format!("型号目录：{months}个月"), format!("Model catalogue: {months}-month warranty"));
    Some(lasting(FROM_CATALOGUE, &name, from.saturating_add(i64::from(months).months()), day))
}

fn caused() -> Text {
    text(
        "人为损坏，不在保修范围。收费前会先报价，你同意后才开始。",
        "Damage caused by people is not covered. You get a quote first; work that costs money starts only after you agree.",
    )
}

fn sentence(decides: Option<&TermJudged>, last: Option<Date>, exchange: bool) -> Text {
    match (decides.and_then(|j| j.until), last) {
        (Some(until), _) if exchange => text(
            format!("在保，至{until}。刚启用，非人为故障直接换新。"),
            format!("Covered until {until}. Just put to use: a fault nobody caused means a new terminal."),
        ),
        (Some(until), _) => text(
            format!("在保，至{until}。非人为损坏免费维修。"),
            format!("Covered until {until}. Repairs are free unless the damage was caused by people."),
        ),
        (None, Some(last)) => text(
            format!("已于{last}过保。收费前会先报价，你同意后才开始。"),
            format!("Cover ended on {last}. You get a quote first; work that costs money starts only after you agree."),
        ),
        (None, None) => text("没有保修记录，需要核实购买凭证。", "No warranty on record; proof of purchase is needed."),
    }
}
