//! **knowledge** downstairs: the facts in force, read once from the files the binary carries.

use std::sync::LazyLock;

use postsale_domain::ground::Text;
use postsale_domain::knowledge::{Facts, FactsError, Sources};

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    // A test reads every file; broken ones never leave the build.
    shipped().unwrap_or_default()
});

/// Reads the shipped files. Errors: the first mistake.
pub fn shipped() -> Result<Facts, FactsError> {
    Facts::parse(&Sources {
        faults: include_str!("../../../../data/faults.json"),
        response_codes: include_str!("../../../../data/response-codes.json"),
        models: include_str!("../../../../data/models.json"),
        parts: include_str!("../../../../data/parts.json"),
        skills: include_str!("../../../../data/skills.json"),
        steps: include_str!("../../../../data/steps.json"),
        guides: &[
            ("guides/no-network.json", include_str!("../../../../data/guides/no-network.json")),
            ("guides/printer.json", include_str!("../../../../data/guides/printer.json")),
            ("guides/sign-in.json", include_str!("../../../../data/guides/sign-in.json")),
        ],
    })
}

/// The facts in force.
pub fn facts() -> &'static Facts {
    &FACTS
}

/// What a fault is called.
pub fn fault_name(code: &str) -> Option<Text> {
    FACTS.fault(code).map(|f| f.symptom.clone())
}

/// The maker of a model as printed on it; empty for models nobody knows.
pub fn vendor(model: &str) -> String {
    FACTS.vendor(model).map(|v| v.en.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_shipped_facts_are_whole() {
        assert_eq!(super::shipped().map(|f| f.faults().len()), Ok(95));
    }
}
