use super::model::{IncidentState, MailAllowed, Match, Reported, Reporter, Scope, TellingOutcome, Told};
use crate::ground::{Refusal, Text, Timestamp};
use crate::refuse;

/// Whether an incident may be made. Errors: `incident.no_title`, `incident.no_scope` when it would be about everything.
pub fn open(title: &str, scope: &Scope) -> Result<(), Refusal> {
    if title.trim().is_empty() {
        return Err(refuse!(Invalid, "incident.no_title").field("title"));
    }
    if scope.is_empty() {
        return Err(refuse!(Invalid, "incident.no_scope").field("scope"));
    }
    Ok(())
}

/// Whether a report may belong to an incident of this scope, and by what. Every part that is named and known must agree, at
/// least one must; a fault need not be the likeliest one, for people describe the same outage in many ways.
pub fn matched(scope: &Scope, report: &Reported) -> Option<Vec<Match>> {
    let mut by = Vec::new();
    let mut part = |named: &Option<String>, known: &Option<String>, zh: &str, en: &str| -> bool {
        match (named, known) {
            (Some(named), Some(known)) if named == known => {
                by.push(Text { zh: zh.to_owned(), en: en.to_owned() });
                true
            }
            (Some(_), Some(_)) => false,
            _ => true,
        }
    };
    let text = |id: Option<uuid::Uuid>| id.map(|id| id.to_string());
    let agrees = part(&text(scope.acquirer), &text(report.acquirer), "同一收单机构", "same acquirer")
        && part(&scope.district, &report.district, "同一区域", "same district")
        && part(&scope.model, &report.model, "同一型号", "same model");
    let fault = match &scope.fault_code {
        Some(fault) if report.faults.contains(fault) => {
            by.push(Text { zh: "同类故障".to_owned(), en: "same fault".to_owned() });
            true
        }
        Some(_) => report.faults.is_empty(),
        None => true,
    };
    (agrees && fault && !by.is_empty()).then_some(by)
}

/// Whether a ticket may join. Errors: `incident.over`, `incident.ticket_over`, `incident.attached_already`.
pub fn attach(state: IncidentState, ticket_open: bool, attached: bool) -> Result<(), Refusal> {
    if state == IncidentState::Resolved {
        return Err(refuse!(Conflict, "incident.over"));
    }
    if attached {
        return Err(refuse!(Conflict, "incident.attached_already"));
    }
    if !ticket_open {
        return Err(refuse!(Conflict, "incident.ticket_over"));
    }
    Ok(())
}

/// Whether a ticket may leave. Errors: `incident.not_attached`.
pub fn detach(attached: bool) -> Result<(), Refusal> {
    if attached { Ok(()) } else { Err(refuse!(Conflict, "incident.not_attached")) }
}

/// Whether its reporters may be told something now. Errors: `incident.nobody`, `incident.telling` while the broadcast before is
/// still being told.
pub fn broadcast(reporters: i64, telling: bool) -> Result<(), Refusal> {
    if telling {
        return Err(refuse!(Conflict, "incident.telling"));
    }
    if reporters == 0 {
        return Err(refuse!(Conflict, "incident.nobody"));
    }
    Ok(())
}

/// Whether it may be declared over. Errors: `incident.over`, `reason.missing`.
pub fn resolve(state: IncidentState, note: &str) -> Result<(), Refusal> {
    if state == IncidentState::Resolved {
        return Err(refuse!(Conflict, "incident.over"));
    }
    if note.trim().is_empty() {
        return Err(refuse!(Invalid, "reason.missing").field("note"));
    }
    Ok(())
}

/// Whether, how and when a reporter is told. The page shows the words in any case but the last; an address gets each broadcast once,
/// and mail within what the contact policy allows.
pub fn telling(reporter: &Reporter, now: Timestamp) -> Told {
    use TellingOutcome as T;
    let (outcome, send_at) = match reporter {
        Reporter { open: false, .. } => (T::Over, now),
        Reporter { has_address: false, .. } => (T::Page, now),
        Reporter { told_here: true, .. } => (T::SameContact, now),
        Reporter { mail: MailAllowed::Enough, .. } => (T::Capped, now),
        Reporter { mail: MailAllowed::Later(at), .. } => (T::MailLater, *at),
        Reporter { mail: MailAllowed::Now, .. } => (T::Mail, now),
    };
    Told { outcome, send_at }
}
