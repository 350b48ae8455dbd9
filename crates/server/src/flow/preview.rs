//! How a report would be judged, while somebody is still talking. Reads only.

use postsale_domain::coverage::Coverage;
use postsale_domain::ground::{Reach, TypedId, UserId};
use postsale_domain::incident::Reported;
use postsale_domain::refuse;
use postsale_domain::ticket::triage::Judged;
use postsale_domain::ticket::{Case, Impact, Priority, PriorityWhy, TicketState, Urgency};
use serde::Serialize;
use utoipa::ToSchema;

use super::report::{MAX_SYMPTOM, Place, place_of};
use super::triage;
use crate::ground::db::{Done, Tx};
use crate::terminal::store as terminals;
use crate::ticket::list;
use crate::view::coverage;
use crate::view::incident::{KnownIncident, known};
use crate::view::reach::own_place;
use crate::view::registry::Sight;
use crate::view::ticket::{SimilarTicket, TicketRow, TicketTerminal, Told, named, own_sight, rows, terminal_card};

/// What is known so far.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What they see.
    pub symptom: String,
    /// A response code.
    pub response_code: Option<String>,
    /// The serial number.
    pub terminal_serial: Option<String>,
    /// What it does to business, if they said.
    pub impact: Option<Impact>,
    /// How long it can wait, if they said.
    pub urgency: Option<Urgency>,
    /// How many of their terminals are hit, if they said.
    pub terminals_hit: Option<u32>,
    /// The telephone they call from.
    pub phone: Option<String>,
}

/// How it would be judged, with what is known of the terminal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TriagePreview {
    /// Faults it may be with their evidence; remote or on site, and why.
    triage: Judged,
    /// The priority, derived line by line.
    priority_why: PriorityWhy,
    terminal: Option<TicketTerminal>,
    merchant_name: Option<String>,
    store_name: Option<String>,
    coverage: Option<Coverage>,
    /// Open cases of the same terminal: registering another one needs "even so".
    open_already: Vec<TicketRow>,
    /// Open tickets that may be about the same, with the reason and how much their words share, the strongest reason first.
    candidates: Vec<SimilarTicket>,
    /// Known incidents it may belong to, those that match by more first.
    incidents: Vec<KnownIncident>,
}

/// Judges without keeping anything. Errors: `terminal.bad_serial`, `terminal.unknown`, `ticket.symptom_long`.
pub fn preview(tx: &mut Tx<'_>, reach: Reach, asked: &Asked) -> Done<TriagePreview> {
    if asked.symptom.chars().count() > MAX_SYMPTOM {
        return Err(refuse!(Invalid, "ticket.symptom_long", limit = MAX_SYMPTOM).field("symptom").into());
    }
    let place = place(tx, reach, asked.terminal_serial.as_deref())?;
    let case = Case {
        state: TicketState::New,
        symptom: asked.symptom.trim().to_owned(),
        has_contact: false,
        has_terminal: place.terminal.is_some(),
        terminal_unknown_reason: None,
        owner: tx.caller().user().unwrap_or_else(|| UserId::from_uuid(uuid::Uuid::nil())),
        claimed: false,
        impact: asked.impact.unwrap_or(Impact::Unknown),
        urgency: asked.urgency.unwrap_or(Urgency::Today),
        priority: Priority::Normal,
        waiting: Vec::new(),
        decision: None,
        fault_code: None,
        outcome: None,
        responded: false,
        reopen_count: 0,
    };
    let (triage, priority_why) = triage::judge(tx, &case, asked.urgency, asked.response_code.as_deref(), &place)?;
    let open = match &place.terminal {
        Some(terminal) => list::open_of_terminal(tx, own_sight(tx), terminal.id, 5)?,
        None => Vec::new(),
    };
    let priority_why = triage::spread(tx, priority_why, asked.terminals_hit, place.merchant.as_ref().map(|m| m.id))?;
    // Somebody of another house sees nobody else's tickets, and no incidents.
    let (candidates, incidents) = if reach == Reach::All { may_be(tx, asked, &place, &triage)? } else { (Vec::new(), Vec::new()) };
    let Place { terminal, merchant, store } = place;
    let coverage = match &terminal {
        Some(terminal) => Some(coverage::today(tx, terminal, triage.proposals.first().map(|p| p.fault_code.as_str()))?),
        None => None,
    };
    Ok(TriagePreview {
        triage,
        priority_why,
        coverage,
        terminal: match terminal {
            Some(terminal) => Some(terminal_card(tx, terminal)?),
            None => None,
        },
        merchant_name: merchant.map(|m| m.name),
        store_name: store.map(|s| s.name),
        open_already: rows(tx, &open)?,
        candidates,
        incidents,
    })
}

/// Most candidates shown.
const CANDIDATES: usize = 8;

/// What the report may belong to: tickets that say the same, incidents whose scope it matches.
fn may_be(tx: &mut Tx<'_>, asked: &Asked, place: &Place, judged: &Judged) -> Done<(Vec<SimilarTicket>, Vec<KnownIncident>)> {
    let told = Told {
        ticket: None,
        terminal: place.terminal.as_ref().map(|t| t.id),
        merchant: place.merchant.as_ref().map(|m| m.id),
        phone: asked.phone.as_deref(),
        symptom: &asked.symptom,
    };
    let candidates = named(tx, own_sight(tx), &told, true, CANDIDATES)?;
    let reported = Reported {
        acquirer: place.merchant.as_ref().map(|m| m.acquirer_id.uuid()),
        district: place.store.as_ref().map(|s| s.district.clone()),
        model: place.terminal.as_ref().map(|t| t.model.clone()),
        faults: judged.proposals.iter().map(|p| p.fault_code.clone()).collect(),
    };
    Ok((candidates, known(tx, Sight::All, &reported)?))
}

fn place(tx: &mut Tx<'_>, reach: Reach, given: Option<&str>) -> Done<Place> {
    let Some(given) = given else { return Ok(Place::default()) };
    let serial = postsale_domain::terminal::serial(given)?;
    let unknown = || refuse!(Invalid, "terminal.unknown", serial = &serial).field("terminal_serial");
    let terminal = terminals::by_serial(tx, &serial)?.ok_or_else(unknown)?;
    let place = place_of(tx, Some(terminal), None)?;
    if reach == Reach::Own && !own_place(tx, place.merchant.as_ref(), place.store.as_ref())? {
        return Err(unknown().into());
    }
    Ok(place)
}
