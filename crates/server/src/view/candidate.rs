//! Who could go, judged, as the board shows it.

use postsale_domain::ground::Text;
use postsale_domain::visit::Span;
use serde::Serialize;
use utoipa::ToSchema;

use super::visit::EngineerName;

/// A person who could go, judged.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CandidateRow {
    engineer: EngineerName,
    fits: bool,
    excluded_by: Option<Text>,
    /// 0 to 100.
    score: u8,
    why: Vec<Text>,
    load_today: u32,
    /// The proposed time on site.
    slot: Option<Span>,
}

/// A judged person as a row.
pub fn candidate_row(c: postsale_domain::dispatch::Candidate) -> CandidateRow {
    CandidateRow {
        engineer: EngineerName { id: c.id, name: c.name },
        fits: c.fits,
        excluded_by: c.excluded_by,
        score: c.score,
        why: c.why,
        load_today: c.load_today,
        slot: c.slot.map(|s| Span { from: s.from, to: s.to }),
    }
}
