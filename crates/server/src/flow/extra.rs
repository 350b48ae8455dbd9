//! What a tenant's own facts do to a ticket: the label it wears, its custom fields.

use postsale_domain::facts::{CustomField, FactKind, FieldNeed, Given, accept, lacking};
use postsale_domain::ground::Refusal;
use postsale_domain::refuse;
use postsale_domain::sla::{Promise, ROUND_THE_CLOCK, Within};
use postsale_domain::ticket::{Command, PauseReason, TicketId};
use serde_json::json;

use super::desk::Desk;
use crate::facts::extra::{self, Extra};
use crate::facts::{InForce, REPAIR, in_force};
use crate::ground::db::{Done, Tx};
use crate::ticket::entry::Kind;

fn pause(word: &str) -> Option<PauseReason> {
    PauseReason::ALL.iter().copied().find(|r| r.as_str() == word)
}

/// Puts a label on, or takes it off. A label that pauses makes the case wait, by the same rule as waiting does; the one before goes on.
/// Errors: `ticket.label_unknown`, `ticket.label_other_state`, and what the ticket's rules refuse.
pub fn label(tx: &mut Tx<'_>, desk: &mut Desk, code: Option<&str>) -> Done<()> {
    let force = in_force(tx)?;
    let before = extra::one(tx, desk.ticket.id)?;
    if before.label.as_deref() == code {
        return Ok(());
    }
    desk.command(tx, &Command::Fields)?;
    let next = match code {
        None => None,
        Some(code) => {
            let known = force.labels().iter().find(|l| l.code == code && !l.off);
            let label = known.ok_or_else(|| refuse!(Invalid, "ticket.label_unknown").field("label"))?;
            if label.state.as_deref() != Some(desk.case().state.as_str()) {
                return Err(refuse!(Conflict, "ticket.label_other_state").field("label").into());
            }
            Some(label.clone())
        }
    };
    let old = before.label.as_deref().map(|code| force.label(code));
    let (was, will) = (old.and_then(|l| l.pauses), next.as_ref().and_then(|l| l.pauses.clone()));
    if was != will {
        if let Some(reason) = was.as_deref().and_then(pause) {
            desk.command(tx, &Command::Resume { reason })?;
        }
        if let Some(reason) = will.as_deref().and_then(pause) {
            desk.command(tx, &Command::Pause { reason })?;
        }
    }
    let (_, who) = desk.author();
    let said = next.as_ref().map_or_else(|| force.label(desk.case().state.as_str()).agent, |l| l.agent.clone());
    desk.line(tx, Kind::Event, false, "", Some(("labelled".into(), json!({ "who": who, "label": said }))), None)?;
    let after = Extra { label: next.map(|l| l.code), ..before.clone() };
    extra::put(tx, "ticket.label", desk.ticket.id, &before, &after)
}

/// What the catalogue promises of what a ticket is about; nothing of a repair, which its agreement promises.
fn promise(force: &InForce, ticket_type: &str) -> Option<Promise> {
    let item = force.service_item(ticket_type)?;
    let within = match (item.target_days, item.target_hours) {
        (Some(days), _) => Within::Days(days),
        (None, Some(hours)) => Within::Hours(hours),
        (None, None) => return None,
    };
    force.book().promise(&item.name, within, item.calendar.as_deref().unwrap_or(ROUND_THE_CLOCK))
}

/// Says what a ticket is about and what its custom fields hold. Errors: `ticket.type_unknown`, those of [`accept`].
pub fn fields(tx: &mut Tx<'_>, desk: &mut Desk, ticket_type: Option<&str>, given: &Given) -> Done<()> {
    desk.command(tx, &Command::Fields)?;
    let force = in_force(tx)?;
    let before = extra::one(tx, desk.ticket.id)?;
    let ticket_type = ticket_type.unwrap_or(&before.ticket_type);
    if ticket_type != before.ticket_type && !force.ticket_types().iter().any(|(code, _)| code == ticket_type) {
        return Err(refuse!(Invalid, "ticket.type_unknown").field("ticket_type").into());
    }
    // What another kind of ticket was asked is not asked of this one.
    let mut known = before.fields.clone();
    known.retain(|code, _| force.fields().iter().any(|f| f.code == *code && f.asked_of(ticket_type)));
    let after = Extra {
        label: before.label.clone(),
        ticket_type: ticket_type.to_owned(),
        fields: accept(force.fields(), ticket_type, &known, given)?,
    };
    if after == before {
        return Ok(());
    }
    let changed = |code: &String| before.fields.get(code) != after.fields.get(code);
    let names: Vec<_> = force.fields().iter().filter(|f| changed(&f.code)).map(|f| f.name.clone()).collect();
    let kind = force.ticket_types().into_iter().find(|(code, _)| code == ticket_type && *code != before.ticket_type).map(|(_, name)| name);
    let (_, who) = desk.author();
    if let Some(kind) = kind {
        desk.line(tx, Kind::Event, false, "", Some(("typed".into(), json!({ "who": who, "label": kind }))), None)?;
    }
    if !names.is_empty() {
        let said = json!({
            "zh": names.iter().map(|n| n.zh.as_str()).collect::<Vec<_>>().join("、"),
            "en": names.iter().map(|n| n.en.as_str()).collect::<Vec<_>>().join(", "),
        });
        desk.line(tx, Kind::Event, false, "", Some(("fields_said".into(), json!({ "who": who, "label": said }))), None)?;
    }
    if ticket_type != before.ticket_type {
        desk.ordered(tx, promise(&force, ticket_type))?;
    }
    extra::put(tx, "ticket.fields", desk.ticket.id, &before, &after)
}

/// Fields that have to be said by now and were not.
pub fn lacks(tx: &mut Tx<'_>, ticket: TicketId, by: FieldNeed) -> Done<Vec<CustomField>> {
    let force = in_force(tx)?;
    if force.fields().is_empty() {
        return Ok(Vec::new());
    }
    let extra = extra::one(tx, ticket)?;
    Ok(lacking(force.fields(), &extra.ticket_type, &extra.fields, by).into_iter().cloned().collect())
}

/// Refuses when fields that had to be said by now were not. Errors: `ticket.fields_missing`, naming the first.
pub fn require(tx: &mut Tx<'_>, ticket: TicketId, by: FieldNeed) -> Done<()> {
    let lacks = lacks(tx, ticket, by)?;
    let Some(first) = lacks.first() else { return Ok(()) };
    let names: Vec<String> = lacks.iter().map(|f| f.spoken()).collect();
    let refusal: Refusal = refuse!(Conflict, "ticket.fields_missing", fields = names.join("; "));
    Err(refusal.field(format!("fields.{}", first.code)).into())
}

/// What a ticket of this type is asked when it is opened: its type and its fields, then nothing may lack that registration needs.
pub fn opened(tx: &mut Tx<'_>, desk: &mut Desk, ticket_type: Option<&str>, given: &Given, needed: bool) -> Done<()> {
    if ticket_type.is_some_and(|t| t != REPAIR) || !given.is_empty() {
        fields(tx, desk, ticket_type, given)?;
    }
    if needed { require(tx, desk.ticket.id, FieldNeed::Registration) } else { Ok(()) }
}

/// Whether a fault may be named now: it is known and was not switched off.
pub fn fault(tx: &mut Tx<'_>, code: &str) -> Done<bool> {
    let force = in_force(tx)?;
    Ok(force.facts().fault(code).is_some() && !force.is_off(FactKind::Faults, code))
}
