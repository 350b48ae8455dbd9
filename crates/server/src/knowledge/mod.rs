//! **knowledge** downstairs: the facts that ship, read once from the files the binary carries; guides and walks.

pub mod api;
pub mod editor_api;
pub mod lists;
pub mod shelf;
pub mod store;

use std::sync::LazyLock;

use postsale_domain::ground::Text;
use postsale_domain::knowledge::{CodeSide, Facts, FactsError, Sources, UsualImpact, VisitNeed};
use postsale_domain::ticket::Impact;
use postsale_domain::ticket::triage::{self, CodeFact, FaultFact, TriageBook, TriageError};

/// The guides of the house: name and text of each file.
const GUIDES: &[(&str, &str)] = &[
    ("guides/app-update.json", include_str!("../../../../data/guides/app-update.json")),
    ("guides/battery.json", include_str!("../../../../data/guides/battery.json")),
    ("guides/chip-reader.json", include_str!("../../../../data/guides/chip-reader.json")),
    ("guides/contactless.json", include_str!("../../../../data/guides/contactless.json")),
    ("guides/host-outage.json", include_str!("../../../../data/guides/host-outage.json")),
    ("guides/no-network.json", include_str!("../../../../data/guides/no-network.json")),
    ("guides/power.json", include_str!("../../../../data/guides/power.json")),
    ("guides/printer.json", include_str!("../../../../data/guides/printer.json")),
    ("guides/scan-head.json", include_str!("../../../../data/guides/scan-head.json")),
    ("guides/settlement.json", include_str!("../../../../data/guides/settlement.json")),
    ("guides/sign-in.json", include_str!("../../../../data/guides/sign-in.json")),
    ("guides/sound-box.json", include_str!("../../../../data/guides/sound-box.json")),
    ("guides/tamper.json", include_str!("../../../../data/guides/tamper.json")),
];

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    // A test reads every file; broken ones never leave the build.
    shipped().unwrap_or_default()
});

/// The file of faults, as it ships.
pub const FAULTS: &str = include_str!("../../../../data/faults.json");
/// The file of response codes, as it ships.
pub const RESPONSE_CODES: &str = include_str!("../../../../data/response-codes.json");
/// The file of models, as it ships.
pub const MODELS: &str = include_str!("../../../../data/models.json");

/// Reads the shipped files. Errors: the first mistake.
pub fn shipped() -> Result<Facts, FactsError> {
    read(FAULTS, RESPONSE_CODES, MODELS)
}

/// Reads these files of faults, response codes and models beside the shipped others. Errors: the first mistake.
pub fn read(faults: &str, response_codes: &str, models: &str) -> Result<Facts, FactsError> {
    Facts::parse(&Sources {
        faults,
        response_codes,
        models,
        parts: include_str!("../../../../data/parts.json"),
        skills: include_str!("../../../../data/skills.json"),
        guides: GUIDES,
    })
}

static TRIAGE: LazyLock<TriageBook> = LazyLock::new(|| shipped_triage().unwrap_or_default());

/// Reads the rules of triage against the shipped facts. Errors: the first mistake.
pub fn shipped_triage() -> Result<TriageBook, TriageError> {
    triage_of(&FACTS)
}

/// Reads the rules of triage against facts. Errors: the first mistake.
pub fn triage_of(facts: &Facts) -> Result<TriageBook, TriageError> {
    let faults = facts.faults().iter().map(|f| FaultFact {
        code: f.code.clone(),
        symptom: f.symptom.clone(),
        visit: match f.visit {
            VisitNeed::No => triage::VisitNeed::No,
            VisitNeed::Maybe => triage::VisitNeed::Maybe,
            VisitNeed::Yes => triage::VisitNeed::Yes,
        },
        impact: match f.impact {
            UsualImpact::CannotTakePayment => Impact::CannotTakePayment,
            UsualImpact::Partly => Impact::Partly,
            UsualImpact::CanTakePayment => Impact::CanTakePayment,
        },
        stop_use: f.stop_use,
        security: f.security,
    });
    let codes = facts.response_codes().map(|c| CodeFact {
        code: c.code.clone(),
        name: c.name.clone(),
        issuer_side: matches!(c.side, CodeSide::Issuer | CodeSide::Fraud),
        fault: c.fault.clone(),
    });
    TriageBook::parse(include_str!("../../../../data/triage.json"), faults.collect(), codes.collect())
}

/// The rules of triage as they ship.
pub fn triage_book() -> &'static TriageBook {
    &TRIAGE
}

/// The facts as they ship; what a tenant changed of them is `crate::facts::in_force`'s to say.
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
    fn every_file_of_the_guides_folder_ships() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/guides");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|f| format!("guides/{}", f.unwrap().file_name().to_string_lossy())).collect();
        files.sort();
        assert_eq!(super::GUIDES.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>(), files);
    }

    #[test]
    fn the_shipped_facts_are_whole() {
        assert_eq!(super::shipped().map(|f| f.faults().len()), Ok(95));
        assert_eq!(super::shipped_triage().map(|book| book.sure_from()), Ok(60));
    }
}
