//! Gathers what triage asks for, and lets its decision happen.

use postsale_domain::facts::ServiceItem;
use postsale_domain::ground::to_millis;
use postsale_domain::merchant::MerchantId;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::triage::{Judged, Said, Signs, TerminalSigns};
use postsale_domain::ticket::{Case, Decision, Event, Impact, PriorityWhy, Urgency};

use super::desk::Desk;
use super::report::Place;
use crate::facts::in_force;
use crate::ground::db::{Done, Query, Tx, p};
use crate::ticket::store::Ticket;
use crate::view::sentence;
use crate::{merchant, sql, terminal};

/// Judges a case by what is known: the words, the code, the terminal, its past; and how long it can wait, if somebody said.
pub fn judge(
    tx: &mut Tx<'_>,
    case: &Case,
    urgency: Option<Urgency>,
    response_code: Option<&str>,
    place: &Place,
) -> Done<(Judged, PriorityWhy)> {
    let force = in_force(tx)?;
    let book = force.triage();
    let terminal = match &place.terminal {
        Some(terminal) => signs(tx, terminal)?,
        None => TerminalSigns::default(),
    };
    let signs = Signs { symptom: &case.symptom, response_code, terminal: &terminal, wider_outage: false };
    let judged = Judged::by_rule(book.judge(&signs), book);
    let tier = place.merchant.as_ref().map_or("standard", |m| m.tier.as_str());
    let why = book.prioritise(&signs, judged.fault_code.as_deref(), case.impact, urgency, tier, Said::Registered);
    Ok((judged, why))
}

/// A priority, once it is known how many of the merchant's terminals are hit.
pub fn spread(tx: &mut Tx<'_>, why: PriorityWhy, hit: Option<u32>, merchant: Option<MerchantId>) -> Done<PriorityWhy> {
    let of = match (hit, merchant) {
        (Some(hit), Some(id)) => u32::try_from(merchant::store::in_use(tx, id)?).unwrap_or(hit).max(hit),
        (hit, _) => hit.unwrap_or_default(),
    };
    Ok(in_force(tx)?.triage().spread(why, hit, of))
}

/// The priority a person's new judgement of impact and urgency gives.
pub fn prioritise(tx: &mut Tx<'_>, ticket: &Ticket, impact: Impact, urgency: Urgency, hit: Option<u32>) -> Done<PriorityWhy> {
    let terminal = match ticket.terminal_id {
        Some(id) => terminal::store::terminal(tx, id)?,
        None => None,
    };
    let terminal = match &terminal {
        Some(terminal) => signs(tx, terminal)?,
        None => TerminalSigns::default(),
    };
    let tier = match ticket.merchant_id {
        Some(id) => merchant::store::merchant(tx, id, None)?.map(|m| m.tier),
        None => None,
    };
    let response_code = ticket.response_code.as_deref();
    let signs = Signs { symptom: &ticket.case.symptom, response_code, terminal: &terminal, wider_outage: false };
    let tier = tier.map_or("standard", |t| t.as_str());
    let why = in_force(tx)?.triage().prioritise(&signs, ticket.case.fault_code.as_deref(), impact, Some(urgency), tier, Said::Judged);
    // What was said once holds until something else is said.
    spread(tx, why, hit.or(ticket.priority_why.terminals_hit), ticket.merchant_id)
}

fn days_ago(tx: &Tx<'_>, n: i64) -> i64 {
    to_millis(tx.now()) - n * 86_400_000
}

/// What was solved on a terminal in the last ninety days, newest first: the fault, how, and when it was reported.
pub fn past(tx: &mut Tx<'_>, terminal: TerminalId) -> Done<Vec<(String, String, i64)>> {
    let (tenant, since) = (tx.tenant(), days_ago(tx, 90));
    Ok(tx.query(
        sql!(
            "SELECT fault_code, COALESCE(outcome, ''), opened_at FROM ticket
             WHERE tenant_id = $1 AND terminal_id = $2 AND fault_code IS NOT NULL AND solved_at IS NOT NULL AND opened_at > $3 ORDER BY opened_at DESC LIMIT 50"
        ),
        &[p(&tenant), p(&terminal), p(&since)],
        |r| Ok((r.next()?, r.next()?, r.next()?)),
    )?)
}

fn signs(tx: &mut Tx<'_>, terminal: &terminal::store::Terminal) -> Done<TerminalSigns> {
    let force = in_force(tx)?;
    let facts = force.facts();
    let since_30 = days_ago(tx, 30);
    let past = past(tx, terminal.id)?;
    let from_afar = past.iter().filter(|(_, outcome, at)| outcome == "remote_fixed" && *at > since_30);
    Ok(TerminalSigns {
        offline: terminal.offline_since.is_some(),
        tamper: false,
        battery_health: None,
        class: facts.model(&terminal.model).map(|m| m.class.clone()),
        has_printer: facts.model(&terminal.model).map(|m| m.printer),
        remote_fixed_before: from_afar.map(|(fault, ..)| fault.clone()).collect(),
        faults_before: past.iter().map(|(fault, ..)| fault.clone()).collect(),
    })
}

/// What the catalogue says of something that was ordered, instead of what its words would be judged to mean.
pub fn ordered(item: &ServiceItem) -> Judged {
    let (decision, way) = if item.visit { (Decision::Onsite, "visit") } else { (Decision::Remote, "remote") };
    let said = sentence::both(&format!("triage.ordered_{way}"), |_, lang| item.name.in_lang(lang).to_owned());
    Judged::by_order(decision, said.unwrap_or_else(|| item.name.clone()))
}

/// Keeps a judgement with the ticket and lets its decision happen.
pub fn decided(tx: &mut Tx<'_>, desk: &mut Desk, judged: Judged) -> Done<()> {
    let Some(decision) = judged.decision else { return Ok(()) };
    let fault_code = judged.fault_code.clone();
    desk.ticket.triage = serde_json::to_value(&judged).ok();
    desk.happen(tx, &Event::Triaged { decision, fault_code, reason: None })
}
