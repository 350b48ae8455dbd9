use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::OrderKind;
use crate::ground::Text;

/// Work or the test that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Part of the repair.
    Work,
    /// Part of the acceptance test.
    Test,
}

/// The kinds of order a step belongs to.
pub type StepKinds = Vec<OrderKind>;

/// A step of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDef {
    /// Short code, the same on every class: `seal_check`.
    pub code: String,
    /// What the engineer reads.
    pub name: Text,
    /// Work or test.
    pub phase: Phase,
    /// Whether doing it can lose what the merchant keeps on the terminal; such a step waits for the backup answer.
    #[serde(default)]
    pub risks_data: bool,
    /// Orders it belongs to; empty means all.
    #[serde(default)]
    pub kinds: StepKinds,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    models: Vec<String>,
    steps: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    steps: Vec<StepDef>,
    classes: BTreeMap<String, Class>,
    otherwise: String,
}

/// The steps of every class of terminal, from `data/checklists.json`.
#[derive(Debug, Clone)]
pub struct Checklists {
    file: File,
}

impl Checklists {
    /// Reads the data file. Errors: not the expected shape, a class that names a step nobody defines, a default class that is not there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|e| e.to_string())?;
        if !file.classes.contains_key(&file.otherwise) {
            return Err(format!("the class {} is not defined", file.otherwise));
        }
        for (name, class) in &file.classes {
            if let Some(unknown) = class.steps.iter().find(|code| !file.steps.iter().any(|s| s.code == **code)) {
                return Err(format!("class {name} names the unknown step {unknown}"));
            }
        }
        Ok(Self { file })
    }

    /// The class of a model; models are matched by the longest beginning the file lists. Without a model: the default class.
    pub fn class_of(&self, model: Option<&str>) -> &str {
        let model = model.unwrap_or_default();
        let fits = |class: &Class| class.models.iter().filter(|m| model.starts_with(m.as_str())).map(String::len).max();
        let best = self.file.classes.iter().filter_map(|(name, class)| fits(class).map(|len| (len, name))).max();
        best.map_or(&self.file.otherwise, |(_, name)| name)
    }

    /// The steps of a class for an order of this kind, in order; those of the default class for a class nobody knows.
    pub fn steps(&self, class: &str, kind: OrderKind) -> Vec<StepDef> {
        let class = self.file.classes.get(class).or_else(|| self.file.classes.get(&self.file.otherwise));
        class
            .into_iter()
            .flat_map(|c| &c.steps)
            .filter_map(|code| self.file.steps.iter().find(|s| s.code == *code))
            .filter(|s| s.kinds.is_empty() || s.kinds.contains(&kind))
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../../../data/checklists.json");

    #[test]
    fn the_file_reads_and_every_class_ends_with_a_test() {
        let lists = Checklists::parse(FILE).unwrap();
        for class in lists.file.classes.keys() {
            for kind in OrderKind::ALL {
                let steps = lists.steps(class, *kind);
                assert!(steps.iter().any(|s| s.phase == Phase::Test), "{class} {kind:?} is accepted without a test");
                assert!(steps.is_sorted_by_key(|s| s.phase), "{class} {kind:?} tests before the work is done");
            }
            assert!(lists.steps(class, OrderKind::Swap).iter().any(|s| s.risks_data), "{class}: a swap always risks data");
        }
        assert_eq!(lists.class_of(Some("A920 Pro")), "smart_pos");
        assert_eq!(lists.class_of(Some("unheard of")), lists.file.otherwise);
        assert_eq!(lists.class_of(None), lists.file.otherwise);
        assert_eq!(lists.steps("unheard of", OrderKind::Repair), lists.steps(&lists.file.otherwise, OrderKind::Repair));
    }

    #[test]
    fn a_broken_file_is_refused() {
        assert!(Checklists::parse("{}").is_err());
        assert!(Checklists::parse(r#"{"steps":[],"classes":{"x":{"models":[],"steps":["y"]}},"otherwise":"x"}"#).is_err());
        assert!(Checklists::parse(r#"{"steps":[],"classes":{},"otherwise":"x"}"#).is_err());
    }
}
