//! Registering: the agent's phone form, and what it shows while somebody is still talking.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::facts::Given;
use postsale_domain::ground::Refusal;
use postsale_domain::inbox::plain_phone;
use postsale_domain::incident::IncidentId;
use postsale_domain::merchant::MerchantId;
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::{Channel, Impact, Urgency};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ContactGiven, contact};
use crate::flow::preview::{Asked, TriagePreview, preview};
use crate::flow::report::Report;
use crate::flow::{agent, incident};
use crate::ground::web::{Answered, Body, Door, Problem};
use crate::house::House;
use crate::ticket::store::ContactFacts;
use crate::view::ticket::{TicketPage, page};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(ticket_open)).routes(routes!(triage_preview))
}

/// What somebody reports on the phone. Nothing is mandatory while they are still talking; what is missing is named on the page.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketOpen {
    /// The serial number on the label.
    terminal_serial: Option<String>,
    /// Why it is not known.
    terminal_unknown_reason: Option<String>,
    /// The merchant, when the terminal does not tell.
    merchant_id: Option<MerchantId>,
    /// Who reports.
    contact: Option<ContactGiven>,
    /// What they see, in their words; at most 4000 characters.
    symptom: Option<String>,
    /// A response code the terminal shows: 1 to 8 letters and digits.
    response_code: Option<String>,
    /// What it does to business.
    impact: Option<Impact>,
    /// How long it can wait.
    urgency: Option<Urgency>,
    /// What it is about: `repair`, or the code of what is ordered; a repair without it.
    ticket_type: Option<String>,
    /// Values of the tenant's own fields, by code.
    #[serde(default)]
    fields: Given,
    /// How many of the merchant's terminals are hit.
    terminals_hit: Option<u32>,
    /// The known incident it belongs to.
    incident_id: Option<IncidentId>,
    /// Register it although the terminal has an open case.
    #[serde(default)]
    even_if_open: bool,
}

fn response_code(given: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(code) = given.map(str::trim).filter(|c| !c.is_empty()) else { return Ok(None) };
    if code.len() > 8 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(refuse!(Invalid, "ticket.bad_code").field("response_code"));
    }
    Ok(Some(code.to_ascii_uppercase()))
}

fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// Registers a ticket. Errors: `ticket.open_already` names the open case of the same terminal; `even_if_open` passes.
#[utoipa::path(post, path = "/tickets", operation_id = "ticket_open", tag = "ticket", request_body = TicketOpen,
    responses((status = 201, body = TicketPage), Problem))]
async fn ticket_open(door: Door<act::TicketOpen>, body: Body<TicketOpen>) -> Result<Answered, Problem> {
    let (reach, lang) = (door.reach(), door.lang);
    door.command(body, StatusCode::CREATED, move |tx, b| {
        let (name, phone, email) = contact(b.contact.as_ref().unwrap_or(&ContactGiven::default()))?;
        let report = Report {
            // Another house passes on what its merchants say; the desk types what it hears.
            channel: if tx.caller().acquirer().is_none() { Channel::Phone } else { Channel::Api },
            contact_at: tx.now(),
            letter_id: None,
            terminal_id: None,
            terminal_serial: said(b.terminal_serial.as_deref()),
            terminal_unknown_reason: said(b.terminal_unknown_reason.as_deref()),
            merchant_id: b.merchant_id,
            contact: ContactFacts { id: None, name, phone, email, lang },
            symptom: said(b.symptom.as_deref()).unwrap_or_default(),
            response_code: response_code(b.response_code.as_deref())?,
            impact: b.impact,
            urgency: b.urgency,
            terminals_hit: agent::terminals_hit(b.terminals_hit)?,
        };
        let asked = agent::Asked { ticket_type: b.ticket_type.clone(), fields: b.fields.clone() };
        let ticket = agent::open(tx, reach, &report, &asked, b.even_if_open)?;
        match b.incident_id {
            Some(id) => incident::join(tx, id, ticket.id).and_then(|joined| page(tx, &joined)),
            None => page(tx, &ticket),
        }
    })
    .await
}

/// What is known so far.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TriageAsk {
    /// What they see, in their words.
    symptom: String,
    /// A response code.
    response_code: Option<String>,
    /// The serial number.
    terminal_serial: Option<String>,
    /// What it does to business, if they said.
    impact: Option<Impact>,
    /// How long it can wait, if they said.
    urgency: Option<Urgency>,
    /// How many of the merchant's terminals are hit.
    terminals_hit: Option<u32>,
    /// The telephone they call from.
    phone: Option<String>,
}

/// How a report would be judged: faults with their evidence, remote or on site, the priority with its derivation. Nothing is kept.
#[utoipa::path(post, path = "/triage/preview", operation_id = "triage_preview", tag = "ticket", request_body = TriageAsk,
    responses((status = 200, body = TriagePreview), Problem))]
async fn triage_preview(door: Door<act::TicketOpen>, body: Body<TriageAsk>) -> Result<Json<TriagePreview>, Problem> {
    let (reach, given) = (door.reach(), body.value);
    door.read(move |tx| {
        let asked = Asked {
            symptom: given.symptom.clone(),
            response_code: response_code(given.response_code.as_deref())?,
            terminal_serial: said(given.terminal_serial.as_deref()),
            impact: given.impact,
            urgency: given.urgency,
            terminals_hit: agent::terminals_hit(given.terminals_hit)?,
            phone: given.phone.as_deref().and_then(plain_phone),
        };
        preview(tx, reach, &asked)
    })
    .await
    .map(Json)
}
