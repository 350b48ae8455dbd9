use serde::{Deserialize, Serialize};

use super::model::{Backup, Order, OrderKind, Site, StepDef, StepDone, StepPhase, StepResult};
use super::rules::{installed, net_swap};
use crate::ground::Text;

/// Something that keeps an order from being finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gap {
    /// Stable: `diagnosis`, `backup`, `restore`, `delivered`, `swap_unit`, `step:<code>`, `test:<code>`, `step_failed:<code>`,
    /// `test_failed:<code>`, `follow_up:<code>`, `removed_unit`, `installed_unit`,
    /// `tid`, `photo:<code>`, `na_why:<code>`, `shown:<code>`.
    pub code: String,
    /// What to do.
    pub sentence: Text,
}

fn gap(code: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Gap {
    Gap { code: code.into(), sentence: Text { zh: zh.into(), en: en.into() } }
}

/// Both units of a swap are wanted.
pub(super) fn no_swap() -> Gap {
    gap("swap_unit", "还没有登记旧机和新机", "The old and the new unit are not recorded yet")
}

/// Everything that still keeps an order from being finished, in the order of the work; empty when only the confirmation is
/// missing. Before anybody came, everything is missing.
pub fn missing(order: &Order) -> Vec<Gap> {
    let Some(site) = order.state.site() else {
        return missing_at(order, None);
    };
    missing_at(order, Some(site))
}

fn missing_at(order: &Order, site: Option<&Site>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    // What was ordered is not broken: nobody looks for a fault in it.
    if order.kind != OrderKind::Service && site.is_none_or(|s| s.diagnosis.is_none()) {
        gaps.push(gap("diagnosis", "还没有诊断：请选故障代码", "No diagnosis yet: choose the fault code"));
    }
    let backup = site.and_then(|s| s.backup);
    // Looking only loses nothing.
    if backup.is_none() && order.kind != OrderKind::Inspect {
        gaps.push(gap(
            "backup",
            "还没有说明备份：已备份、不适用或商户不要",
            "Say what became of the data: saved, not applicable, or not wanted",
        ));
    }
    if order.kind == OrderKind::Swap && site.is_none_or(|s| net_swap(s).is_none()) {
        gaps.push(no_swap());
    }
    if order.removes() && order.serial.is_none() {
        gaps.push(gap(
            "removed_unit",
            "还不知道撤的是哪台终端：请调度在工单上补终端",
            "Nobody knows which terminal is taken away: ask dispatch to name it on the ticket",
        ));
    }
    if order.installs() && site.is_none_or(|s| installed(s).is_none()) {
        gaps.push(gap(
            "installed_unit",
            "还没有登记装的是哪台终端：在配件里登记新机序列号",
            "Which terminal was installed is not recorded yet: record its serial number among the parts",
        ));
    }
    for phase in [StepPhase::Work, StepPhase::Test] {
        for def in order.steps.iter().filter(|d| d.phase == phase) {
            let done = site.and_then(|s| s.steps.get(&def.code));
            gaps.extend(step_gap(def, done).or_else(|| shown_gap(order, def, done?)));
        }
    }
    // A unit that is taken away is wiped: nothing is put back on it.
    if backup == Some(Backup::Done) && !order.removes() && site.and_then(|s| s.restored) != Some(true) {
        gaps.push(gap("restore", "数据还没有恢复并核对", "The saved data are not back and checked yet"));
    }
    if order.kind == OrderKind::Service && site.is_none_or(|s| s.delivered.is_none()) {
        gaps.push(gap("delivered", "还没有写交付了什么", "Say what was delivered or installed"));
    }
    if order.installs() && !order.bound && site.is_some_and(|s| installed(s).is_some() && s.tid.is_none()) {
        gaps.push(gap(
            "tid",
            "还没有写终端号（收单机构给的8位）",
            "The terminal ID is not written down yet: the eight characters of the acquirer",
        ));
    }
    gaps
}

/// Whoever gets a terminal is shown how it works (S0-03).
fn shown_gap(order: &Order, def: &StepDef, done: &StepDone) -> Option<Gap> {
    (order.installs() && !def.functions.is_empty() && done.shown.is_empty()).then(|| {
        gap(
            format!("shown:{}", def.code),
            "装机要演示：勾选向商户演示了哪些功能",
            "An installation is shown: tick what was shown to the merchant",
        )
    })
}

fn step_gap(def: &StepDef, done: Option<&StepDone>) -> Option<Gap> {
    let (code, zh, en) = (&def.code, &def.name.zh, &def.name.en);
    let silent = done.is_some_and(|d| d.note.as_deref().is_none_or(|n| n.trim().is_empty()));
    match (done.map(|d| d.result), def.phase) {
        (None, StepPhase::Work) => Some(gap(format!("step:{code}"), format!("未做：{zh}"), format!("Not done: {en}"))),
        (None, StepPhase::Test) => Some(gap(format!("test:{code}"), format!("未测试：{zh}"), format!("Not tested: {en}"))),
        (Some(StepResult::Fail), StepPhase::Work) => Some(gap(
            format!("step_failed:{code}"),
            format!("没做成：{zh}。重做，或以“无法完成”结束"),
            format!("Went wrong: {en}. Do it again, or end as not possible"),
        )),
        // What was left out for a reason says the reason.
        (Some(StepResult::Na), _) if silent && (def.photo || !def.functions.is_empty()) => {
            Some(gap(format!("na_why:{code}"), format!("写明为什么不适用：{zh}"), format!("Write down why this does not apply: {en}")))
        }
        (Some(StepResult::Pass), _) if def.photo && done.is_some_and(|d| d.photos == 0) => {
            Some(gap(format!("photo:{code}"), format!("还没有照片：{zh}"), format!("There is no photo yet: {en}")))
        }
        // What does not work is not handed over: it passes in the end, or the visit ends as what it is (S1-12).
        (Some(StepResult::Fail), StepPhase::Test) if !def.observed => Some(gap(
            format!("test_failed:{code}"),
            format!("未通过：{zh}。修好后重测，或以“无法完成”结束"),
            format!("Not passed: {en}. Mend it and test again, or end as not possible"),
        )),
        (Some(StepResult::Fail), StepPhase::Test) if silent => Some(gap(
            format!("follow_up:{code}"),
            format!("未通过：{zh}。写下后续怎么办"),
            format!("Not passed: {en}. Write down what follows"),
        )),
        _ => None,
    }
}
