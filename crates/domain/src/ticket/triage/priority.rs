use super::book::TriageBook;
use super::{Signs, text};
use crate::ticket::model::{Impact, Priority, PriorityWhy, Urgency};

/// When impact and urgency were said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// With the report.
    Registered,
    /// Later, by somebody of the desk who judged anew.
    Judged,
}

impl Said {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Said::Registered => ("登记时选择", "as registered"),
            Said::Judged => ("坐席改判", "as judged anew"),
        }
    }
}

impl TriageBook {
    /// Priority from impact, urgency and tier, with its derivation (S0-26). What nobody said is read from the words, then
    /// from the fault; urgency is `today` when nothing tells. What was said, was said when `said`.
    pub fn prioritise(
        &self,
        signs: &Signs<'_>,
        fault_code: Option<&str>,
        impact: Impact,
        urgency: Option<Urgency>,
        tier: &str,
        said: Said,
    ) -> PriorityWhy {
        let (said_zh, said_en) = said.words();
        let (impact_said, urgency_said) = (impact != Impact::Unknown, urgency.is_some());
        let reading = self.read(signs);
        let (said_impact, from_zh, from_en) = if impact_said {
            (impact, said_zh, said_en)
        } else if reading.says(&self.cannot_take_payment) {
            (Impact::CannotTakePayment, "来自商户的描述", "from the merchant's words")
        } else if reading.says(&self.can_take_payment) {
            (Impact::CanTakePayment, "来自商户的描述", "from the merchant's words")
        } else if let Some(fault) = fault_code.and_then(|c| self.fault(c)) {
            (fault.impact, "按这类故障的通常影响", "the usual effect of this fault")
        } else {
            // Not known to be harmless, not known to be a standstill.
            (Impact::Partly, "还不清楚，暂按部分受影响", "not known yet, taken as partly")
        };
        let (urgency, urgency_zh, urgency_en) = match urgency {
            Some(urgency) => (urgency, said_zh, said_en),
            None if reading.says(&self.can_wait) => (Urgency::CanWait, "来自商户的描述", "from the merchant's words"),
            None if reading.says(&self.now) => (Urgency::Now, "来自商户的描述", "from the merchant's words"),
            None => (Urgency::Today, "没有说明，按当天", "not said, taken as today"),
        };
        let base = self.priority.get(&said_impact).and_then(|row| row.get(&urgency)).copied().unwrap_or(Priority::Normal);
        let steps = self.tiers.get(tier).copied().unwrap_or(0);
        let priority = (0..steps).fold(base, |p, _| higher(p));
        let (iz, ie) = impact_words(said_impact);
        let (uz, ue) = urgency_words(urgency);
        let mut lines = vec![
            text(format!("影响：{iz}（{from_zh}）"), format!("Impact: {ie} ({from_en})")),
            text(format!("紧急：{uz}（{urgency_zh}）"), format!("Urgency: {ue} ({urgency_en})")),
            text(format!("{iz} × {uz} = {}", priority_words(base).0), format!("{ie} × {ue} = {}", priority_words(base).1)),
        ];
        if priority != base {
            lines.push(text(
                format!("客户等级提一级 = {}", priority_words(priority).0),
                format!("One step up for the tier = {}", priority_words(priority).1),
            ));
        }
        PriorityWhy { impact: said_impact, urgency, tier: tier.to_owned(), terminals_hit: None, impact_said, urgency_said, priority, lines }
    }

    /// The same, once it is known how many of the merchant's terminals are hit: two or more that are at least half of them are one
    /// step up, for the shop has nothing to switch to.
    pub fn spread(&self, mut why: PriorityWhy, hit: Option<u32>, of: u32) -> PriorityWhy {
        let Some(hit) = hit else { return why };
        why.terminals_hit = Some(hit);
        if hit >= 2 && hit.saturating_mul(2) >= of {
            why.priority = higher(why.priority);
            let (zh, en) = priority_words(why.priority);
            why.lines.push(text(
                format!("{of}台终端中{hit}台受影响，没有可换用的，提一级 = {zh}"),
                format!("Terminals hit: {hit} of {of}, nothing to switch to: one step up = {en}"),
            ));
        } else {
            why.lines.push(text(format!("{of}台终端中{hit}台受影响"), format!("Terminals hit: {hit} of {of}")));
        }
        why
    }
}

fn higher(priority: Priority) -> Priority {
    match priority {
        Priority::Low => Priority::Normal,
        Priority::Normal => Priority::High,
        Priority::High | Priority::Urgent => Priority::Urgent,
    }
}

fn impact_words(impact: Impact) -> (&'static str, &'static str) {
    match impact {
        Impact::CannotTakePayment => ("完全不能收款", "no payment possible"),
        Impact::Partly => ("部分收款方式不可用", "some payments fail"),
        Impact::CanTakePayment => ("不影响收款", "payments go on"),
        Impact::Unknown => ("未知", "unknown"),
    }
}

fn urgency_words(urgency: Urgency) -> (&'static str, &'static str) {
    match urgency {
        Urgency::Now => ("现在就要", "now"),
        Urgency::Today => ("今天内", "today"),
        Urgency::CanWait => ("不急", "can wait"),
    }
}

fn priority_words(priority: Priority) -> (&'static str, &'static str) {
    match priority {
        Priority::Urgent => ("紧急", "urgent"),
        Priority::High => ("高", "high"),
        Priority::Normal => ("普通", "normal"),
        Priority::Low => ("低", "low"),
    }
}
