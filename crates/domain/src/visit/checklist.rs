use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::StepDef;

/// The list for classes that have none of their own.
const UNKNOWN: &str = "unknown";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "note")]
    _note: String,
    steps: Vec<StepDef>,
    classes: BTreeMap<String, Vec<String>>,
}

/// The steps of every class of terminals, from `data/checklists.json`.
#[derive(Debug, Clone, Default)]
pub struct Checklists {
    file: File,
}

impl Checklists {
    /// Reads the data file. Errors, in words: not the expected shape; a class that names a step nobody defines, tests before
    /// the work is done, or tests nothing; no list for unknown classes.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lists = Self { file: serde_json::from_str(text).map_err(|e| e.to_string())? };
        if !lists.file.classes.contains_key(UNKNOWN) {
            return Err("there is no list for unknown classes".into());
        }
        for (class, codes) in &lists.file.classes {
            let steps = lists.steps(class);
            if steps.len() != codes.len() {
                return Err(format!("class {class} names a step that is not defined"));
            }
            if !steps.is_sorted_by_key(|s| s.phase) || steps.last().is_none_or(|s| s.phase != super::StepPhase::Test) {
                return Err(format!("class {class} does not end with its tests"));
            }
        }
        Ok(lists)
    }

    /// The steps of a class, work before tests; a short list for a class nobody knows.
    pub fn steps(&self, class: &str) -> Vec<StepDef> {
        let codes = self.file.classes.get(class).or_else(|| self.file.classes.get(UNKNOWN));
        codes.into_iter().flatten().filter_map(|code| self.step(code)).cloned().collect()
    }

    /// A step by its code, of whichever class.
    pub fn step(&self, code: &str) -> Option<&StepDef> {
        self.file.steps.iter().find(|s| s.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_knows_every_class() {
        let lists = Checklists::parse(include_str!("../../../../data/checklists.json")).unwrap();
        assert_eq!(lists.steps("unheard of"), lists.steps(UNKNOWN));
        assert!(lists.steps("smart_pos").iter().any(|s| s.risks_data));
        // Every class of the model catalogue has a list of its own.
        let models: serde_json::Value = serde_json::from_str(include_str!("../../../../data/models.json")).unwrap();
        for class in models["classes"].as_object().unwrap().keys() {
            assert!(lists.file.classes.contains_key(class), "{class}");
        }
    }

    #[test]
    fn a_broken_file_is_refused() {
        let step = |phase: &str| format!(r#"{{"code":"x","name":{{"zh":"","en":""}},"phase":"{phase}"}}"#);
        let file = |step: &str, list: &str| format!(r#"{{"note":"","steps":[{step}],"classes":{{"unknown":{list}}}}}"#);
        assert!(Checklists::parse(&file(&step("test"), r#"["x"]"#)).is_ok());
        for wrong in [
            "{}".to_owned(),
            file(&step("test"), r#"["y"]"#),
            file(&step("work"), r#"["x"]"#),
            file(&step("test"), "[]"),
            file(&step("test"), r#"["x"]"#).replace("unknown", "other"),
        ] {
            assert!(Checklists::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
