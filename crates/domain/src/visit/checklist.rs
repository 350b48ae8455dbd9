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
    #[serde(default)]
    services: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    swaps: BTreeMap<String, Vec<String>>,
}

/// The steps of every class of terminals, and of services that are done otherwise, from `data/checklists.json`.
#[derive(Debug, Clone, Default)]
pub struct Checklists {
    file: File,
}

impl Checklists {
    /// Reads the data file. Errors, in words: not the expected shape; a class that names a step nobody defines, tests before
    /// the work is done, or tests nothing; a service that names a step nobody defines, or tests before the work; a swap of a class nobody
    /// knows, or with such a step; no list for unknown classes.
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
        for (service, codes) in &lists.file.services {
            let steps = lists.of(Some(service), UNKNOWN);
            if steps.is_empty() || steps.len() != codes.len() || !steps.is_sorted_by_key(|s| s.phase) {
                return Err(format!("service {service} names a step that is not defined, or tests before the work"));
            }
        }
        for (class, codes) in &lists.file.swaps {
            if !lists.file.classes.contains_key(class) || codes.iter().any(|code| lists.step(code).is_none()) {
                return Err(format!("a swap of class {class} names a step that is not defined, or nobody knows the class"));
            }
        }
        Ok(lists)
    }

    /// The steps of a class when its whole unit is changed: parameters are saved, keys loaded, parameters put back, a receipt shown.
    pub fn swap(&self, class: &str) -> Vec<StepDef> {
        let mut steps = self.steps(class);
        let codes = self.file.swaps.get(class).or_else(|| self.file.swaps.get(UNKNOWN));
        let more: Vec<StepDef> = codes.into_iter().flatten().filter_map(|code| self.step(code)).cloned().collect();
        steps.extend(more);
        // Work before tests, and both in the order they are written down.
        steps.sort_by_key(|step| step.phase);
        steps
    }

    /// The steps of a visit: those of the service that was ordered, where it has its own — what is taken away is not tried — else those of
    /// the terminal's class.
    pub fn of(&self, service: Option<&str>, class: &str) -> Vec<StepDef> {
        match service.and_then(|service| self.file.services.get(service)) {
            Some(codes) => codes.iter().filter_map(|code| self.step(code)).map(|step| of_class(step, class)).collect(),
            None => self.steps(class),
        }
    }

    /// The steps of a class, work before tests; a short list for a class nobody knows.
    pub fn steps(&self, class: &str) -> Vec<StepDef> {
        let codes = self.file.classes.get(class).or_else(|| self.file.classes.get(UNKNOWN));
        codes.into_iter().flatten().filter_map(|code| self.step(code)).map(|step| of_class(step, class)).collect()
    }

    /// A step by its code, of whichever class.
    pub fn step(&self, code: &str) -> Option<&StepDef> {
        self.file.steps.iter().find(|s| s.code == code)
    }
}

/// A step with the functions such terminals have. Of a class nobody knows, all of them.
fn of_class(step: &StepDef, class: &str) -> StepDef {
    let mut step = step.clone();
    step.functions.retain(|f| f.classes.is_empty() || class == UNKNOWN || f.classes.iter().any(|c| c == class));
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_knows_every_class() {
        let lists = Checklists::parse(include_str!("../../../../data/checklists.json")).unwrap();
        let codes = |class: &str| lists.steps(class).into_iter().map(|s| s.code).collect::<Vec<_>>();
        assert_eq!(codes("unheard of"), codes(UNKNOWN));
        assert!(lists.steps("smart_pos").iter().any(|s| s.risks_data));
        // Whatever is installed is shown, each with what it can do.
        for class in lists.file.classes.keys() {
            let handover = lists.of(Some("install"), class).into_iter().find(|s| !s.functions.is_empty());
            assert!(handover.is_some_and(|s| s.observed && s.may_skip), "{class}");
        }
        let shows = |class: &str, code: &str| lists.steps(class).iter().any(|s| s.functions.iter().any(|f| f.code == code));
        assert!(shows("smart_pos", "refund") && !shows("sound_box", "refund") && shows("sound_box", "announce"));
        // A terminal that goes is wiped, not tried; what is installed is tried as its class is.
        let removed = lists.of(Some("remove"), "smart_pos");
        assert!(removed.iter().all(|s| s.phase == crate::visit::StepPhase::Work) && removed.iter().any(|s| s.risks_data));
        assert_eq!(lists.of(Some("install"), "smart_pos"), lists.steps("smart_pos"));
        // A unit that is changed takes over what the old one was told, and gets keys of its own where it takes cards.
        let swap = |class: &str| lists.swap(class).into_iter().map(|s| s.code).collect::<Vec<_>>();
        let more = |class: &str| swap(class).into_iter().filter(|code| !codes(class).contains(code)).collect::<Vec<_>>();
        assert_eq!(more("smart_pos"), ["params_backup", "keys_loaded", "params_restore", "receipt_test"]);
        assert_eq!((more("sound_box"), more("unheard of")), (more("unknown"), more("unknown")));
        assert!(!more("sound_box").contains(&"keys_loaded".to_owned()) && more("qr_plate").is_empty());
        for class in lists.file.classes.keys() {
            assert!(lists.swap(class).is_sorted_by_key(|s| s.phase), "{class}");
        }
        let items: serde_json::Value = serde_json::from_str(include_str!("../../../../data/service-items.json")).unwrap();
        for service in lists.file.services.keys() {
            let item = items["rows"].as_array().unwrap().iter().find(|row| row["code"] == service.as_str());
            assert!(item.is_some_and(|row| row["visit"] == true), "{service} is ordered, and somebody goes");
        }
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
            file(&step("test"), r#"["x"]"#).replace(r#""classes""#, r#""services":{"remove":["y"]},"classes""#),
            file(&step("test"), r#"["x"]"#).replace(r#""classes""#, r#""services":{"remove":[]},"classes""#),
            file(&step("test"), r#"["x"]"#).replace(r#""classes""#, r#""swaps":{"unknown":["y"]},"classes""#),
            file(&step("test"), r#"["x"]"#).replace(r#""classes""#, r#""swaps":{"wing":["x"]},"classes""#),
        ] {
            assert!(Checklists::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
