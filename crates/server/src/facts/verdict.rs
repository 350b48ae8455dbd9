//! Whether a set may be in force: its own rules, and what the rooms that read it say.

use postsale_domain::facts::{FactKind, Laid, List, Lists, Wrong, check, code_of};
use postsale_domain::notify::{NoticeKind, TextFault, check_text};
use postsale_domain::refuse;

use super::force::{InForce, REPAIR};
use super::rows::as_file;
use crate::{knowledge, sla};

/// The codes rows may refer to.
pub fn lists(force: &InForce) -> Lists {
    let facts = force.facts();
    let codes = |kind| force.newest(kind).1.iter().map(|l| code_of(&l.row).to_owned()).collect();
    let mut types: std::collections::BTreeSet<String> = codes(FactKind::ServiceItems);
    types.insert(REPAIR.to_owned());
    [
        (List::Faults, codes(FactKind::Faults)),
        (List::Prices, codes(FactKind::PriceList)),
        (List::TicketTypes, types),
        (List::Parts, facts.parts().iter().map(|p| p.code.clone()).collect()),
        (List::PartClasses, facts.parts().iter().map(|p| p.class.clone()).collect()),
        (List::Skills, facts.skills().iter().map(|s| s.code.clone()).collect()),
        (List::Vendors, facts.vendors().map(str::to_owned).collect()),
        (List::Classes, facts.classes().map(str::to_owned).collect()),
    ]
    .into()
}

/// Everything wrong with a set as it would be published over what is in force.
pub fn verdict(kind: FactKind, set: &[Laid], before: &[Laid], force: &InForce) -> Vec<Wrong> {
    let mut wrong = check(kind, set, before, &lists(force));
    match kind {
        FactKind::NoticeTexts => set.iter().for_each(|l| notice(l, &mut wrong)),
        FactKind::Faults => {
            for l in set {
                if knowledge::facts().category(code_of(&l.row)).is_none() {
                    wrong.push(Wrong {
                        row: code_of(&l.row).to_owned(),
                        field: "code".into(),
                        why: refuse!(Invalid, "fact.unknown_category"),
                    });
                }
            }
        }
        _ => {}
    }
    if wrong.is_empty() {
        wrong.extend(read(kind, set, force));
    }
    wrong
}

/// The holes of a notice are those that are filled.
fn notice(l: &Laid, wrong: &mut Vec<Wrong>) {
    let code = code_of(&l.row);
    let Some(kind) = NoticeKind::ALL.iter().copied().find(|k| k.as_str() == code) else { return };
    for field in ["subject", "body"] {
        for lang in ["zh", "en"] {
            let text = l.row[field][lang].as_str().unwrap_or_default();
            for fault in check_text(kind, field == "body", text) {
                let why = match fault {
                    TextFault::Unknown(hole) => refuse!(Invalid, "fact.unknown_hole", hole = hole),
                    TextFault::Lacking(hole) => refuse!(Invalid, "fact.lacking_hole", hole = hole),
                };
                wrong.push(Wrong { row: code.to_owned(), field: format!("{field}.{lang}"), why });
            }
        }
    }
}

/// What the room that reads the set says about it as a whole.
fn read(kind: FactKind, set: &[Laid], force: &InForce) -> Option<Wrong> {
    let file = |other: FactKind| if other == kind { as_file(other, set) } else { as_file(other, &force.newest(other).1) };
    let said = match kind {
        FactKind::Faults | FactKind::ResponseCodes | FactKind::Models => {
            knowledge::read(&file(FactKind::Faults), &file(FactKind::ResponseCodes), &file(FactKind::Models))
                .err()
                .map(|e| (e.place, e.why))
        }
        FactKind::Calendars => sla::read(&file(FactKind::Calendars)).err().map(|e| (String::new(), e.to_string())),
        _ => None,
    };
    said.map(|(place, why)| Wrong { row: String::new(), field: place, why: refuse!(Invalid, "fact.cannot_use", why = why) })
}
