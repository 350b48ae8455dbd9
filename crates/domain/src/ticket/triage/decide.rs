use super::book::TriageBook;
use super::propose::Reading;
use super::{FactUsed, Judgement, Proposal, Signs, VisitNeed, text};
use crate::ground::Text;
use crate::ticket::model::Decision;

/// Below this a security fault is asked about before anybody is sent.
const SECURITY_FROM: u32 = 55;

impl TriageBook {
    /// Judges a case: faults it may be, and whether to begin from afar or to send somebody.
    pub fn judge(&self, signs: &Signs<'_>) -> Judgement {
        let reading = self.read(signs);
        let proposals = self.proposals(signs, &reading);
        let top = proposals.first();
        let fact = top.and_then(|p| self.fault(&p.fault_code));
        let stop_use = signs.terminal.tamper || (fact.is_some_and(|f| f.stop_use) && top.is_some_and(|p| p.score >= SECURITY_FROM));
        let (decision, rule, reason) = self.choose(signs, &reading, top);
        Judgement { decision, rule: rule.to_owned(), reason, facts: self.facts_used(signs, &reading, top), proposals, stop_use }
    }

    fn choose(&self, signs: &Signs<'_>, reading: &Reading, top: Option<&Proposal>) -> (Decision, &'static str, Text) {
        use Decision::{Onsite, Remote};
        let terminal = signs.terminal;
        if terminal.tamper {
            return (
                Onsite,
                "S1-03 tamper",
                text(
                    "终端上报了防拆告警：停用，上门换机，绝不远程清除。",
                    "The terminal raised a tamper alert: stop use and swap on site; it is never cleared from afar.",
                ),
            );
        }
        let Some((top, fault)) = top.and_then(|p| Some((p, self.fault(&p.fault_code)?))) else {
            return (
                Remote,
                "S1-03 ask_first",
                text("描述里还看不出是什么故障，先问清楚。", "The words do not tell the fault yet; ask first."),
            );
        };
        if fault.security && fault.visit == VisitNeed::Yes && top.score >= SECURITY_FROM {
            return (
                Onsite,
                "S1-03 security",
                text(
                    format!("“{}”属于安全问题，不能远程处理，需要上门。", fault.symptom.zh),
                    format!("“{}” is a security matter: not handled from afar, a visit is needed.", fault.symptom.en),
                ),
            );
        }
        if fault.stop_use && top.score >= SECURITY_FROM {
            return (
                Onsite,
                "S1-03 stop_use",
                text(
                    format!("“{}”有危险，先停用，需要上门。", fault.symptom.zh),
                    format!("“{}” is dangerous: stop use, a visit is needed.", fault.symptom.en),
                ),
            );
        }
        if signs.wider_outage && top.fault_code == "HOST-01" {
            return (
                Remote,
                "S1-03 outage",
                text(
                    "收单机构正有大面积中断，机器没有坏，关联到该事件。",
                    "Its acquirer has an outage; the terminal is fine, the case joins the incident.",
                ),
            );
        }
        if reading.code.as_ref().is_some_and(|c| c.issuer_side) && !reading.all_cards && top.fault_code == "TXN-01" {
            return (
                Remote,
                "S1-03 issuer_side",
                text(
                    "一张卡的拒绝来自发卡行，不派工；请持卡人换卡或联系发卡行。",
                    "A decline of one card comes from its bank; nobody is sent. Another card, or the bank.",
                ),
            );
        }
        if fault.visit == VisitNeed::Maybe && terminal.remote_fixed_before.contains(&fault.code) {
            return (
                Onsite,
                "S1-03 came_back",
                text(
                    format!("“{}”30天内远程修过又出现，这次上门。", fault.symptom.zh),
                    format!("“{}” came back within 30 days of a fix from afar; this time on site.", fault.symptom.en),
                ),
            );
        }
        if top.score < self.sure_from {
            return (
                Remote,
                "S1-03 not_sure",
                text(
                    format!("像是“{}”，但把握不够，先远程核实。", fault.symptom.zh),
                    format!("It looks like “{}”, but not surely; check from afar first.", fault.symptom.en),
                ),
            );
        }
        match fault.visit {
            VisitNeed::Yes => (
                Onsite,
                "S1-03 visit_fault",
                text(
                    format!("“{}”通常要上门或换机。", fault.symptom.zh),
                    format!("“{}” normally needs a visit or a swap.", fault.symptom.en),
                ),
            ),
            VisitNeed::Maybe => (
                Remote,
                "S1-03 remote_first",
                text(
                    format!("“{}”常能远程解决，先按向导试，不行再上门。", fault.symptom.zh),
                    format!("“{}” can often be solved from afar: try that first, then visit.", fault.symptom.en),
                ),
            ),
            VisitNeed::No => (
                Remote,
                "S1-03 remote_fault",
                text(format!("“{}”通常远程就能解决。", fault.symptom.zh), format!("“{}” is normally solved from afar.", fault.symptom.en)),
            ),
        }
    }

    fn facts_used(&self, signs: &Signs<'_>, reading: &Reading, top: Option<&Proposal>) -> Vec<FactUsed> {
        let mut facts = Vec::new();
        let mut add = |zh: &str, en: &str, value: String| facts.push(FactUsed { label: text(zh, en), value });
        if let Some(top) = top {
            add("最像的故障", "Most likely fault", format!("{} ({})", top.fault_code, top.score));
        }
        if let Some(code) = &reading.code {
            add("应答码", "Response code", code.code.clone());
        }
        if reading.all_cards {
            add("所有卡都这样", "Happens with every card", "✓".into());
        }
        let terminal = signs.terminal;
        if terminal.offline {
            add("终端离线", "Terminal offline", "✓".into());
        }
        if terminal.tamper {
            add("防拆告警", "Tamper alert", "✓".into());
        }
        if let Some(health) = terminal.battery_health {
            add("电池健康度", "Battery health", format!("{health}%"));
        }
        if !terminal.faults_before.is_empty() {
            add("90天内的故障", "Faults within 90 days", terminal.faults_before.join(", "));
        }
        if signs.wider_outage {
            add("大面积中断", "Wide outage", "✓".into());
        }
        facts
    }
}
