//! A trouble many tickets share: who belongs to it, what its reporters are told together, and how they are solved with it.

use postsale_domain::facts::FieldNeed;
use postsale_domain::ground::{Act, Reach, TypedId, cardless, mask_cards};
use postsale_domain::incident::{self as rules, IncidentId, IncidentState, MailAllowed, Reporter, Scope, TellingOutcome};
use postsale_domain::notify::{Held, May, NoticeKind};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::{Channel, Command, Outcome, TicketId, TicketState};
use serde_json::json;

use super::agent::MAX_WORDS;
use super::desk::Desk;
use super::extra;
use super::word::{News, emergency, news};
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::jobs;
use crate::incident::broadcast::{self as broadcasts, Broadcast};
use crate::incident::store::{self, Incident};
use crate::incident::{IncidentJob, QUEUE};
use crate::merchant::store as merchants;
use crate::notify::store as notices;
use crate::org;
use crate::ticket::entry::{Author, Kind, Line};
use crate::ticket::store::{Ticket, ticket};
use crate::view::incident::{number, page};

/// Most characters of a title.
const MAX_TITLE: usize = 100;
/// Tickets attached at once when an incident is made.
pub const MAX_ATTACHED: usize = 200;
/// Reporters dealt with in one transaction.
const CHUNK: u32 = 50;

/// Makes an incident of a scope, with tickets that belong to it. Errors: those of [`rules::open`] and [`attach`];
/// `incident.title_long`, `incident.too_many`, `incident.fault_unknown`, `incident.acquirer_unknown`, `text.card`.
pub fn open(tx: &mut Tx<'_>, reach: Reach, title: &str, scope: Scope, tickets: &[TicketId]) -> Done<Incident> {
    rules::open(title, &scope)?;
    let title = mask_cards(title.trim()).text;
    if title.chars().count() > MAX_TITLE {
        return Err(refuse!(Invalid, "incident.title_long", limit = MAX_TITLE).field("title").into());
    }
    if tickets.len() > MAX_ATTACHED {
        return Err(refuse!(Invalid, "incident.too_many", limit = MAX_ATTACHED).field("tickets").into());
    }
    for (named, field) in [(&scope.district, "district"), (&scope.model, "model")] {
        cardless(named.as_deref().unwrap_or_default(), field)?;
    }
    if let Some(code) = scope.fault_code.as_deref()
        && !extra::fault(tx, code)?
    {
        return Err(refuse!(Invalid, "incident.fault_unknown").field("fault_code").into());
    }
    if let Some(acquirer) = scope.acquirer
        && !merchants::acquirers(tx, None)?.iter().any(|a| a.id.uuid() == acquirer)
    {
        return Err(refuse!(Invalid, "incident.acquirer_unknown").field("acquirer_id").into());
    }
    let incident = Incident {
        id: tx.new_id(),
        number: org::store::next_number(tx, "incident")?,
        title,
        scope,
        state: IncidentState::Open,
        opened_at: tx.now(),
        opened_by: org::store::shown_name(tx)?,
        resolved_at: None,
        resolved_by: None,
        resolution: None,
        solve_fault: None,
        solve_outcome: None,
        version: 1,
    };
    store::insert(tx, &incident)?;
    // Always in the same order, so that two who attach the same tickets do not wait for each other.
    let mut tickets = tickets.to_vec();
    tickets.sort_unstable();
    tickets.dedup();
    for ticket in tickets {
        attach(tx, reach, incident.id, ticket)?;
    }
    Ok(incident)
}

/// A ticket joins an incident; the desk reads it on its timeline. Errors: those of [`rules::attach`], `not_found`.
pub fn attach(tx: &mut Tx<'_>, reach: Reach, id: IncidentId, ticket: TicketId) -> Done<()> {
    let incident = store::for_change(tx, id)?;
    let mut desk = Desk::load(tx, ticket, reach, None)?;
    let open = desk.ticket.closed_at.is_none() && desk.case().state != TicketState::Solved;
    rules::attach(incident.state, open, store::of_ticket(tx, ticket)?.is_some())?;
    let by = org::store::shown_name(tx)?;
    store::attach(tx, id, ticket, &by)?;
    moved(tx, &mut desk, "incident_joined", &incident)?;
    desk.save(tx, "ticket.incident")?;
    Ok(())
}

/// A ticket joins an incident while it is being registered, whatever of the desk's tickets its registrar sees.
/// Errors: as [`attach`]; `not_allowed` for those who do not work on incidents.
pub fn join(tx: &mut Tx<'_>, id: IncidentId, of: TicketId) -> Done<Ticket> {
    if tx.caller().role().is_none_or(|role| act::letter(act::IncidentWork::NAME, role) != b'A') {
        return Err(refuse!(Forbidden, "not_allowed", action = act::IncidentWork::NAME).into());
    }
    attach(tx, Reach::All, id, of)?;
    ticket(tx, of)?.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// A ticket leaves an incident. Errors: those of [`rules::detach`], `not_found`.
pub fn detach(tx: &mut Tx<'_>, reach: Reach, id: IncidentId, ticket: TicketId) -> Done<()> {
    let incident = store::for_change(tx, id)?;
    let mut desk = Desk::load(tx, ticket, reach, None)?;
    let of = store::of_ticket(tx, ticket)?.filter(|r| r.incident == id);
    rules::detach(of.is_some())?;
    if let Some(reporting) = of {
        let by = org::store::shown_name(tx)?;
        store::detach(tx, &reporting, &by)?;
    }
    moved(tx, &mut desk, "incident_left", &incident)?;
    desk.save(tx, "ticket.incident")?;
    Ok(())
}

fn moved(tx: &mut Tx<'_>, desk: &mut Desk, code: &str, incident: &Incident) -> Done<()> {
    let (_, who) = desk.author();
    let data = json!({ "incident": number(incident.number), "title": incident.title, "who": who });
    desk.line(tx, Kind::Event, false, "", Some((code.to_owned(), data)), None)?;
    Ok(())
}

/// Loads an incident in the version that was seen. Errors: `stale` with the page as it is.
fn seen(tx: &mut Tx<'_>, id: IncidentId, version: i64) -> Done<Incident> {
    let incident = store::for_change(tx, id)?;
    if incident.version != version {
        let current = page(tx, &incident)?;
        return Err(Stop::Stale(Box::new(serde_json::to_value(current).unwrap_or_default())));
    }
    Ok(incident)
}

/// Tells all reporters of an incident the same words, each once, within what people may be written to. The telling itself follows
/// this transaction, some reporters at a time. Errors: those of [`rules::broadcast`]; `ticket.no_words`, `ticket.words_long`, stale.
pub fn broadcast(tx: &mut Tx<'_>, id: IncidentId, version: i64, words: &str) -> Done<Incident> {
    let incident = seen(tx, id, version)?;
    let words = words.replace("\r\n", "\n");
    let words = words.trim();
    if words.is_empty() {
        return Err(refuse!(Invalid, "ticket.no_words").field("words").into());
    }
    if words.chars().count() > MAX_WORDS {
        return Err(refuse!(Invalid, "ticket.words_long", limit = MAX_WORDS).field("words").into());
    }
    let all = store::counts(tx, &[id])?.first().map_or(0, |(_, (all, _))| *all);
    rules::broadcast(all, broadcasts::under_way(tx, id)?)?;
    let b = Broadcast {
        id: tx.new_id(),
        incident: id,
        at: tx.now(),
        by: org::store::shown_name(tx)?,
        words: mask_cards(words).text,
        done_at: None,
    };
    broadcasts::insert(tx, &b)?;
    let now = tx.now();
    jobs::enqueue(tx, QUEUE, &format!("tell:{}", b.id), now, &IncidentJob::Tell(b.id))?;
    Ok(incident)
}

/// Tells the next reporters of a broadcast. `false`: everybody has been dealt with.
pub fn tell_some(tx: &mut Tx<'_>, id: rules::BroadcastId) -> Done<bool> {
    let b = broadcasts::broadcast(tx, id)?;
    if b.done_at.is_some() {
        return Ok(false);
    }
    let left = broadcasts::left(tx, &b, CHUNK)?;
    for (reporter, ticket) in &left {
        let mut desk = Desk::load(tx, *ticket, Reach::All, None)?;
        let address = desk.ticket.contact.email.as_deref().map(notices::mailbox);
        let (told_here, mail) = match &address {
            Some(address) => {
                let may = notices::may_mail(tx, address, NoticeKind::IncidentNews, false, emergency(&desk.ticket))?;
                (broadcasts::had(tx, id, address)?, allowed(may))
            }
            None => (false, MailAllowed::Now),
        };
        let reporter_facts = Reporter { open: desk.ticket.closed_at.is_none(), has_address: address.is_some(), told_here, mail };
        let told = rules::telling(&reporter_facts, tx.now());
        if told.outcome != TellingOutcome::Over {
            let mail = matches!(told.outcome, TellingOutcome::Mail | TellingOutcome::MailLater);
            let carried = news(tx, &desk.ticket, &News { broadcast: id.uuid(), by: &b.by, words: &b.words, mail })?;
            let line = Line {
                kind: Kind::Reply,
                public: true,
                author: Author::Staff,
                author_name: b.by.clone(),
                channel: Some(if mail { Channel::Mail } else { Channel::H5 }),
                body: b.words.clone(),
                event: None,
                notice_id: carried.map(|n| n.uuid()),
                letter_id: None,
            };
            desk.write(tx, line)?;
            desk.save(tx, "ticket.news")?;
        }
        broadcasts::told(tx, id, (*reporter, *ticket), told, address.as_deref())?;
    }
    let more = left.len() == CHUNK as usize;
    if !more {
        broadcasts::done(tx, id)?;
    }
    Ok(more)
}

/// The contact policy's word, as the incident understands it.
fn allowed(may: May) -> MailAllowed {
    match may {
        May::Now(_) => MailAllowed::Now,
        May::Later(at, Held::Quiet) => MailAllowed::Later(at),
        May::Later(_, Held::Enough) => MailAllowed::Enough,
    }
}

/// Declares an incident over; with `solve` its reporters are solved the same way afterwards. Errors: those of [`rules::resolve`];
/// `ticket.fault_unknown`, `ticket.outcome_by_visit`, `ticket.outcome_ordered`, stale.
pub fn resolve(tx: &mut Tx<'_>, id: IncidentId, version: i64, note: &str, solve: Option<(String, Outcome)>) -> Done<Incident> {
    let before = seen(tx, id, version)?;
    rules::resolve(before.state, note)?;
    if let Some((fault, outcome)) = &solve {
        if !extra::fault(tx, fault)? {
            return Err(refuse!(Invalid, "ticket.fault_unknown").field("solve.fault_code").into());
        }
        if *outcome == Outcome::VisitFixed {
            return Err(refuse!(Invalid, "ticket.outcome_by_visit").field("solve.outcome").into());
        }
        // What many share is broken; nobody ordered it.
        if *outcome == Outcome::Fulfilled {
            return Err(refuse!(Invalid, "ticket.outcome_ordered").field("solve.outcome").into());
        }
    }
    let mut after = before.clone();
    after.state = IncidentState::Resolved;
    after.resolved_at = Some(tx.now());
    after.resolved_by = Some(org::store::shown_name(tx)?);
    after.resolution = Some(mask_cards(note.trim()).text.chars().take(MAX_WORDS).collect());
    (after.solve_fault, after.solve_outcome) = solve.unzip();
    store::save(tx, "incident.resolve", &before, &mut after)?;
    if after.solve_fault.is_some() {
        let now = tx.now();
        jobs::enqueue(tx, QUEUE, &format!("solve:{id}"), now, &IncidentJob::Solve(id))?;
    }
    Ok(after)
}

/// Solves the next reporters of an incident that is over; what the rules refuse is noted beside the ticket, which stays as it is.
/// `false`: each has been tried.
pub fn solve_some(tx: &mut Tx<'_>, id: IncidentId) -> Done<bool> {
    let incident = store::incident(tx, id)?;
    let (Some(fault_code), Some(outcome)) = (incident.solve_fault, incident.solve_outcome) else { return Ok(false) };
    let left = store::unsolved(tx, id, CHUNK)?;
    for reporting in &left {
        let mut desk = Desk::load(tx, reporting.ticket, Reach::All, None)?;
        // What the organisation wants to know of each ticket nobody has said of this one: it stays open, with that as the reason.
        let known = extra::require(tx, reporting.ticket, FieldNeed::Solve);
        let command = Command::Solve { fault_code: Some(fault_code.clone()), outcome };
        let result = match known.and_then(|()| desk.command(tx, &command)) {
            Ok(()) => {
                desk.save(tx, "ticket.solve")?;
                "solved".to_owned()
            }
            Err(Stop::Refused(refusal)) => refusal.code.to_owned(),
            Err(other) => return Err(other),
        };
        store::tried(tx, reporting.id, &result)?;
    }
    Ok(left.len() == CHUNK as usize)
}

/// Does what a job asks for, some reporters at a time; the rest follows in another job.
pub fn work(tx: &mut Tx<'_>, job: &IncidentJob) -> Done<()> {
    let (more, key) = match job {
        IncidentJob::Tell(id) => (tell_some(tx, *id)?, format!("tell:{id}")),
        IncidentJob::Solve(id) => (solve_some(tx, *id)?, format!("solve:{id}")),
    };
    if more {
        let now = tx.now();
        // The present job is still live under its own key.
        let next: crate::ground::jobs::JobId = tx.new_id();
        jobs::enqueue(tx, QUEUE, &format!("{key}:{next}"), now, job)?;
    }
    Ok(())
}
