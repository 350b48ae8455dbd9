//! **coverage** owns warranty terms and the entitlement decision.
<<<<<<< HEAD
//! Never: charges. Knocks: the merchant's page, the desk, the visit, lists of terminals.
=======
//! Never: charges. Knocks: the merchant's page, the desk, the visit.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ground::Text;

/// What is known of a terminal's warranty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Warranty {
    /// The day it was first put to use.
    pub activated_on: Option<Date>,
    /// Last day of the maker's warranty.
    pub until: Option<Date>,
    /// Last day of a bought extension.
    pub extended_until: Option<Date>,
}

/// Whether a repair that is nobody's fault would be free on a day, and by which term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coverage {
    /// Free when the damage is not human-caused and the serial is intact.
    pub in_warranty: bool,
    /// The last day of the term that applies, or of the last one that did.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// The term that applies: `W-STD`, `X-12`, `REDO` (our work did not satisfy), `none`, `unknown`.
    pub rule: String,
    /// In a sentence a merchant can be told.
    pub sentence: Text,
    /// Terms looked at, applied and rejected.
    pub lines: Vec<Text>,
}

fn text(zh: String, en: String) -> Text {
    Text { zh, en }
}

/// Decides for a day. A term's last day still counts.
pub fn decide(warranty: &Warranty, day: Date) -> Coverage {
    let mut lines = Vec::new();
    let mut applied: Option<(&str, Date)> = None;
    for (rule, zh, en, until) in
        [("W-STD", "原厂保修", "Maker's warranty", warranty.until), ("X-12", "延长保修", "Extended warranty", warranty.extended_until)]
    {
        match until {
            Some(until) if until >= day => {
                lines.push(text(format!("{zh}：至{until}，适用"), format!("{en}: until {until}, applies")));
                applied = applied.filter(|(_, known)| *known >= until).or(Some((rule, until)));
            }
            Some(until) => lines.push(text(format!("{zh}：已于{until}到期"), format!("{en}: ended on {until}"))),
            None => lines.push(text(format!("{zh}：没有登记"), format!("{en}: none on record"))),
        }
    }
    if let Some(activated) = warranty.activated_on {
        lines.insert(0, text(format!("启用日期：{activated}"), format!("In use since {activated}")));
    }
    let last = warranty.until.max(warranty.extended_until);
    let (rule, until, sentence) = match (applied, last) {
        (Some((rule, until)), _) => (
            rule,
            Some(until),
            text(
                format!("在保，至{until}。非人为损坏免费维修。"),
                format!("Covered until {until}. Repairs are free unless the damage was caused by people."),
            ),
        ),
        (None, Some(last)) => (
            "none",
            Some(last),
            text(
                format!("已于{last}过保。收费前会先报价，你同意后才开始。"),
                format!("Cover ended on {last}. You get a quote first; work that costs money starts only after you agree."),
            ),
        ),
        (None, None) => {
            ("unknown", None, text("没有保修记录，需要核实购买凭证。".into(), "No warranty on record; proof of purchase is needed.".into()))
        }
    };
    Coverage { in_warranty: applied.is_some(), until, rule: rule.into(), sentence, lines }
}

/// A merchant's verdict on work of ours that opened the case again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The day it was given.
    pub day: Date,
    /// 1 to 5.
    pub score: u8,
}

/// Who pays when the case is open again because our work did not satisfy: coming once more is free, whatever the terms say.
pub fn again(decided: Coverage, verdict: Verdict) -> Coverage {
    let Verdict { day, score } = verdict;
    let mut lines = vec![text(
        format!("回访：{day} 评 {score} 星，由我们补救，适用"),
        format!("Survey: {score} of 5 stars on {day}, ours to make good, applies"),
    )];
    lines.extend(decided.lines);
    let sentence = text(
        "再次上门免费：上次没让你满意，由我们补救。".into(),
        "Coming again is free: last time did not satisfy you, we make it good.".into(),
    );
    Coverage { in_warranty: true, rule: "REDO".into(), sentence, lines, ..decided }
}
>>>>>>> 93981c7 (dispatch, ticket: Say while dragging whether an order may go there; why them; macros on many; my sub-tasks; districts to choose from)

mod model;
mod rules;
#[cfg(test)]
mod rules_test;

pub use model::{Applies, Coverage, Device, Maker, Repaired, Term, TermJudged, Unhappy, Verdict, Warranty};
pub use rules::{FROM_CATALOGUE, MADE_GOOD, ON_RECORD, again, decide};
