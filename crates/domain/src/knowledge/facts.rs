use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::check;
use super::model::{Class, Fault, Function, Guide, Model, Part, ResponseCode, Skill};
use crate::ground::Text;

/// A mistake in a file of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsError {
    /// The file, as `faults.json` or `guides/printer.json`.
    pub file: String,
    /// The field, as `faults[3].parts[0]`; empty for the file as a whole.
    pub place: String,
    /// What is wrong, in English.
    pub why: String,
}

impl fmt::Display for FactsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file, self.place, self.why)
    }
}

impl std::error::Error for FactsError {}

/// The texts of the files.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// `faults.json`.
    pub faults: &'a str,
    /// `response-codes.json`.
    pub response_codes: &'a str,
    /// `models.json`.
    pub models: &'a str,
    /// `parts.json`.
    pub parts: &'a str,
    /// `skills.json`.
    pub skills: &'a str,
    /// Name and text of each file in `guides/`.
    pub guides: &'a [(&'a str, &'a str)],
}

/// Every fact that ships as a file, checked against the others.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    categories: BTreeMap<String, Text>,
    faults: Vec<Fault>,
    fault_at: BTreeMap<String, usize>,
    codes: BTreeMap<String, ResponseCode>,
    vendors: BTreeMap<String, Text>,
    classes: BTreeMap<String, Class>,
    models: BTreeMap<String, Model>,
    parts: Vec<Part>,
    skills: Vec<Skill>,
    guides: Vec<Guide>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultFile {
    format: String,
    #[serde(rename = "note")]
    _note: String,
    categories: BTreeMap<String, Text>,
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeFile {
    format: String,
    #[serde(rename = "note")]
    _note: String,
    codes: Vec<ResponseCode>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelFile {
    format: String,
    #[serde(rename = "note")]
    _note: String,
    vendors: BTreeMap<String, Text>,
    classes: BTreeMap<String, Class>,
    models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFile {
    format: String,
    #[serde(rename = "note")]
    _note: String,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkillFile {
    format: String,
    #[serde(rename = "note")]
    _note: String,
    skills: Vec<Skill>,
}

/// A file being read: knows its name.
struct File<'a>(&'a str);

impl File<'_> {
    fn wrong(&self, place: impl Into<String>, why: impl Into<String>) -> FactsError {
        FactsError { file: self.0.to_owned(), place: place.into(), why: why.into() }
    }

    fn read<T: DeserializeOwned>(&self, text: &str) -> Result<T, FactsError> {
        let value: Value = serde_json::from_str(text).map_err(|e| self.wrong("", e.to_string()))?;
        self.languages(&value, "")?;
        serde_path_to_error::deserialize(value).map_err(|e| self.wrong(e.path().to_string(), e.inner().to_string()))
    }

    /// Every text exists in both languages.
    fn languages(&self, value: &Value, place: &str) -> Result<(), FactsError> {
        match value {
            Value::Object(map) => {
                if map.contains_key("zh") || map.contains_key("en") {
                    for lang in ["zh", "en"] {
                        if map.get(lang).and_then(Value::as_str).is_none_or(|t| t.trim().is_empty()) {
                            return Err(self.wrong(place, format!("the text is missing in {lang:?}")));
                        }
                    }
                }
                map.iter().try_for_each(|(key, v)| {
                    let below = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                    self.languages(v, &below)
                })
            }
            Value::Array(list) => list.iter().enumerate().try_for_each(|(i, v)| self.languages(v, &format!("{place}[{i}]"))),
            _ => Ok(()),
        }
    }

    fn format(&self, is: &str, expected: &str) -> Result<(), FactsError> {
        if is == expected { Ok(()) } else { Err(self.wrong("format", format!("{expected:?} is expected"))) }
    }

    /// The codes of a list, each once.
    fn unique<'b>(&self, list: &str, codes: impl Iterator<Item = &'b str>) -> Result<BTreeSet<&'b str>, FactsError> {
        let mut seen = BTreeSet::new();
        for (i, code) in codes.enumerate() {
            if code.is_empty() || !seen.insert(code) {
                return Err(self.wrong(format!("{list}[{i}]"), format!("{code:?} is empty or stands twice")));
            }
        }
        Ok(seen)
    }

    fn known(&self, place: impl Into<String>, what: &str, codes: &[String], known: &BTreeSet<&str>) -> Result<(), FactsError> {
        match codes.iter().find(|code| !known.contains(code.as_str())) {
            Some(code) => Err(self.wrong(place, format!("unknown {what} {code:?}"))),
            None => Ok(()),
        }
    }
}

impl Facts {
    /// Reads the files and checks each against the others. Errors: the first mistake, with file and field.
    pub fn parse(sources: &Sources<'_>) -> Result<Self, FactsError> {
        let file = File("skills.json");
        let skill_file: SkillFile = file.read(sources.skills)?;
        file.format(&skill_file.format, "postsale-skills/1")?;
        let skills = file.unique("skills", skill_file.skills.iter().map(|s| s.code.as_str()))?;

        let file = File("parts.json");
        let part_file: PartFile = file.read(sources.parts)?;
        file.format(&part_file.format, "postsale-parts/1")?;
        let parts = file.unique("parts", part_file.parts.iter().map(|p| p.code.as_str()))?;

        let file = File("faults.json");
        let fault_file: FaultFile = file.read(sources.faults)?;
        file.format(&fault_file.format, "postsale-faults/1")?;
        let faults = file.unique("faults", fault_file.faults.iter().map(|f| f.code.as_str()))?;
        for (i, fault) in fault_file.faults.iter().enumerate() {
            let place = |field: &str| format!("faults[{i}].{field}");
            let category = fault.code.split('-').next().unwrap_or_default();
            if !fault_file.categories.contains_key(category) {
                return Err(file.wrong(place("code"), format!("unknown category {category:?}")));
            }
            file.known(place("parts"), "part", &fault.parts, &parts)?;
            file.known(place("skills"), "skill", &fault.skills, &skills)?;
            if !(1..=240).contains(&fault.remote_minutes) || fault.onsite_minutes.is_some_and(|m| !(1..=240).contains(&m)) {
                return Err(file.wrong(place("remote_minutes"), "minutes from 1 to 240 are expected"));
            }
            if fault.onsite.is_some() != fault.onsite_minutes.is_some() {
                return Err(file.wrong(place("onsite"), "what is done on site and its minutes go together"));
            }
        }

        let file = File("response-codes.json");
        let code_file: CodeFile = file.read(sources.response_codes)?;
        file.format(&code_file.format, "postsale-response-codes/1")?;
        file.unique("codes", code_file.codes.iter().map(|c| c.code.as_str()))?;
        for (i, code) in code_file.codes.iter().enumerate() {
            if code.code.len() != 2 {
                return Err(file.wrong(format!("codes[{i}].code"), "two characters are expected"));
            }
            file.known(format!("codes[{i}].fault"), "fault", code.fault.as_slice(), &faults)?;
        }

        let file = File("models.json");
        let model_file: ModelFile = file.read(sources.models)?;
        file.format(&model_file.format, "postsale-models/1")?;
        file.unique("models", model_file.models.iter().map(|m| m.model.as_str()))?;
        for (i, model) in model_file.models.iter().enumerate() {
            if !model_file.vendors.contains_key(&model.vendor) {
                return Err(file.wrong(format!("models[{i}].vendor"), format!("unknown vendor {:?}", model.vendor)));
            }
            if !model_file.classes.contains_key(&model.class) {
                return Err(file.wrong(format!("models[{i}].class"), format!("unknown class {:?}", model.class)));
            }
            if !(1..=120).contains(&model.warranty_months) {
                return Err(file.wrong(format!("models[{i}].warranty_months"), "1 to 120 months are expected"));
            }
        }

        let fault_at = fault_file.faults.iter().enumerate().map(|(i, f)| (f.code.clone(), i)).collect();
        let mut facts = Self {
            fault_at,
            codes: code_file.codes.into_iter().map(|c| (c.code.clone(), c)).collect(),
            models: model_file.models.into_iter().map(|m| (m.model.clone(), m)).collect(),
            vendors: model_file.vendors,
            classes: model_file.classes,
            categories: fault_file.categories,
            faults: fault_file.faults,
            parts: part_file.parts,
            skills: skill_file.skills,
            guides: Vec::new(),
        };
        for (name, text) in sources.guides {
            let file = File(name);
            let mut guide: Guide = file.read(text)?;
            file.format(&guide.format, "postsale-guide/1")?;
            if facts.guides.iter().any(|g| g.id == guide.id) {
                return Err(file.wrong("id", format!("{:?} stands twice", guide.id)));
            }
            facts.check_guide(&mut guide).map_err(|(place, why)| file.wrong(place, why))?;
            facts.guides.push(guide);
        }
        Ok(facts)
    }

    /// Checks a guide against these facts and computes how far each step is from an ending. Errors: place and mistake.
    pub(super) fn check_guide(&self, guide: &mut Guide) -> Result<(), (String, String)> {
        let names = check::Names {
            faults: &self.faults.iter().map(|f| f.code.as_str()).collect(),
            guarded: &self.faults.iter().filter(|f| f.stop_use || f.security).map(|f| f.code.as_str()).collect(),
            codes: &self.codes.keys().map(String::as_str).collect(),
            classes: &self.classes.keys().map(String::as_str).collect(),
            parts: &self.parts.iter().map(|p| p.code.as_str()).collect(),
            skills: &self.skills.iter().map(|s| s.code.as_str()).collect(),
        };
        guide.depth = check::guide(guide, &names)?;
        Ok(())
    }

    /// Every fault, in the order of the file.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// A fault by its code.
    pub fn fault(&self, code: &str) -> Option<&Fault> {
        self.fault_at.get(code).and_then(|i| self.faults.get(*i))
    }

    /// The name of the category a fault belongs to.
    pub fn category(&self, fault_code: &str) -> Option<&Text> {
        self.categories.get(fault_code.split('-').next()?)
    }

    /// Every response code, by code.
    pub fn response_codes(&self) -> impl Iterator<Item = &ResponseCode> {
        self.codes.values()
    }

    /// A response code as printed, in any case; `A1` to `A7` share one row because each acquirer gives them its own meaning.
    pub fn response_code(&self, code: &str) -> Option<&ResponseCode> {
        let code = code.trim().to_ascii_uppercase();
        let shared = matches!(code.as_bytes(), [b'A', b'1'..=b'7']);
        self.codes.get(if shared { "A1" } else { code.as_str() })
    }

    /// Every model, by name.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values()
    }

    /// A model by its name.
    pub fn model(&self, model: &str) -> Option<&Model> {
        self.models.get(model)
    }

    /// The codes of the makers.
    pub fn vendors(&self) -> impl Iterator<Item = &str> {
        self.vendors.keys().map(String::as_str)
    }

    /// The codes of the classes of terminals.
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        self.classes.keys().map(String::as_str)
    }

    /// A maker's name.
    pub fn vendor_name(&self, vendor: &str) -> Option<&Text> {
        self.vendors.get(vendor)
    }

    /// The maker's name of a model.
    pub fn vendor(&self, model: &str) -> Option<&Text> {
        self.vendors.get(&self.models.get(model)?.vendor)
    }

    /// The class of a model; `unknown` for models that are not in the file.
    pub fn class_of(&self, model: &str) -> &str {
        self.models.get(model).map_or("unknown", |m| m.class.as_str())
    }

    /// What a model can do; `None` for models nobody knows.
    pub fn functions(&self, model: &str) -> Option<Vec<Function>> {
        let model = self.models.get(model)?;
        let mut able = self.classes.get(&model.class)?.functions.clone();
        able.extend(model.printer.then_some(Function::Print));
        Some(able)
    }

    /// What one model can do and another one cannot; nothing is said of models nobody knows.
    pub fn lost(&self, old: &str, new: &str) -> Vec<Function> {
        let (Some(had), Some(has)) = (self.functions(old), self.functions(new)) else { return Vec::new() };
        had.into_iter().filter(|f| !has.contains(f)).collect()
    }

    /// The name of a class.
    pub fn class_name(&self, class: &str) -> Option<&Text> {
        self.classes.get(class).map(|c| &c.name)
    }

    /// Every part.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// A part by its code.
    pub fn part(&self, code: &str) -> Option<&Part> {
        self.parts.iter().find(|p| p.code == code)
    }

    /// Every skill.
    pub fn skills(&self) -> &[Skill] {
        &self.skills
    }

    /// A skill by its code.
    pub fn skill(&self, code: &str) -> Option<&Skill> {
        self.skills.iter().find(|s| s.code == code)
    }

    /// Every guide.
    pub fn guides(&self) -> &[Guide] {
        &self.guides
    }

    /// A guide by its id.
    pub fn guide(&self, id: &str) -> Option<&Guide> {
        self.guides.iter().find(|g| g.id == id)
    }

    /// The guide to begin with when a fault is suspected.
    pub fn guide_for(&self, fault_code: &str) -> Option<&Guide> {
        self.guides.iter().find(|g| g.fault_codes.iter().any(|c| c == fault_code))
    }
}
