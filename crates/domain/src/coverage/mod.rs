//! **coverage** owns warranty terms and the entitlement decision.
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
    /// The term that applies: `W-STD`, `X-12`, `none`, `unknown`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_term_applies_and_its_last_day_counts() {
        let day = |s: &str| s.parse::<Date>().unwrap();
        let both = Warranty { activated_on: None, until: Some(day("2026-03-01")), extended_until: Some(day("2027-03-01")) };
        let table = [
            (&both, "2026-02-01", true, "X-12"),
            (&both, "2026-03-02", true, "X-12"),
            (&both, "2027-03-01", true, "X-12"),
            (&both, "2027-03-02", false, "none"),
            (&Warranty { until: Some(day("2026-03-01")), ..Warranty::default() }, "2026-03-01", true, "W-STD"),
            (&Warranty::default(), "2026-03-01", false, "unknown"),
        ];
        for (warranty, on, covered, rule) in table {
            let decision = decide(warranty, day(on));
            assert_eq!((decision.in_warranty, decision.rule.as_str()), (covered, rule), "{on}");
            assert_eq!(decision.lines.len(), 2, "each term is accounted for");
        }
    }
}
