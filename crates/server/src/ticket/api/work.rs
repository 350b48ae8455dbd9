//! The desk's commands on a ticket: whose it is, what is known, how soon, how it ends. Each answers with the page as it then is.

use axum::http::StatusCode;
use postsale_domain::ground::UserId;
use postsale_domain::org::act;
use postsale_domain::ticket::{Command, ConfirmedBy, Decision, Impact, Outcome, PauseReason, TicketId, Urgency};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ContactGiven, contact};
use crate::flow::agent::{self, Added};
use crate::ground::web::{Answered, Body, Door, Problem, Ref};
use crate::house::House;
use crate::view::ticket::TicketPage;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(ticket_claim))
        .routes(routes!(ticket_assign))
        .routes(routes!(ticket_register))
        .routes(routes!(ticket_priority))
        .routes(routes!(ticket_pause))
        .routes(routes!(ticket_resume))
        .routes(routes!(ticket_triage))
        .routes(routes!(ticket_solve))
        .routes(routes!(ticket_confirm))
        .routes(routes!(ticket_reopen))
        .routes(routes!(ticket_cancel))
}

/// Declares the door of a command: who may, the path, the body, the name in the audit chain, and the deed.
macro_rules! desk_doors {
    ($($(#[$doc:meta])* $name:ident: $act:ident ($path:literal, $id:literal, $body:ident, $action:literal) |$tx:ident, $desk:ident, $b:ident| $deed:expr;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, operation_id = $id, tag = "ticket", params(("id" = String, Path)),
            request_body = $body, responses((status = 200, body = TicketPage), Problem))]
        async fn $name(door: Door<act::$act>, Ref(id): Ref<TicketId>, body: Body<$body>) -> Result<Answered, Problem> {
            let reach = door.reach();
            door.command(body, StatusCode::OK, move |tx, $b| {
                agent::act(tx, reach, id, Some($b.version), $action, |$tx, $desk| $deed)
            })
            .await
        }
    )+};
}

/// Only the version that was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenTicket {
    version: i64,
}

/// Hands it over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignTicket {
    version: i64,
    /// A colleague of the desk.
    to: UserId,
}

/// Adds facts. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegisterTicket {
    version: i64,
    /// The serial number, now known.
    terminal_serial: Option<String>,
    /// Why it is not.
    terminal_unknown_reason: Option<String>,
    contact: Option<ContactGiven>,
    /// What they see, in their words.
    symptom: Option<String>,
}

/// Judges impact and urgency anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PriorityTicket {
    version: i64,
    impact: Impact,
    urgency: Urgency,
    /// How many of the merchant's terminals are hit; what was said before without it.
    terminals_hit: Option<u32>,
    /// Why, in a sentence.
    reason: String,
}

/// Waits, or goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WaitTicket {
    version: i64,
    /// For whom or what.
    reason: PauseReason,
}

/// Decides remote or on site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TriageTicket {
    version: i64,
    decision: Decision,
    /// The fault as it looks; the one known so far without it.
    fault_code: Option<String>,
    /// Why, in a sentence.
    reason: String,
}

/// Declares it solved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SolveTicket {
    version: i64,
    /// The confirmed fault; may be left out of what was ordered.
    fault_code: Option<String>,
    /// How; what was done on site is said by finishing the visit.
    outcome: Outcome,
    /// Why nobody has to go there, of a fault of security; a supervisor's to say.
    reason: Option<String>,
}

/// Records the merchant's confirmation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmTicket {
    version: i64,
    /// `phone` or `telemetry`.
    by: ConfirmedBy,
}

/// Opens it again, or withdraws it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndTicket {
    version: i64,
    /// Why, in a sentence.
    reason: String,
}

desk_doors! {
    /// Takes accountability.
    ticket_claim: TicketAssign("/tickets/{id}/claim", "ticket_claim", SeenTicket, "ticket.claim") |tx, desk, _b| agent::claim(tx, desk);
    /// Hands accountability to a colleague.
    ticket_assign: TicketAssign("/tickets/{id}/assign", "ticket_assign", AssignTicket, "ticket.assign") |tx, desk, b| agent::assign(tx, desk, b.to);
    /// Completes contact, terminal and symptom. Once nothing is missing the case is judged.
    ticket_register: TicketWork("/tickets/{id}/register", "ticket_register", RegisterTicket, "ticket.register") |tx, desk, b| {
        let (name, phone, email) = contact(b.contact.as_ref().unwrap_or(&ContactGiven::default()))?;
        let added = Added {
            terminal_serial: b.terminal_serial.clone(),
            terminal_unknown_reason: b.terminal_unknown_reason.clone(),
            name,
            phone,
            email,
            symptom: b.symptom.clone(),
        };
        agent::register(tx, desk, &added)
    };
    /// Judges impact and urgency anew; the priority follows from the table and is explained line by line.
    ticket_priority: TicketWork("/tickets/{id}/priority", "ticket_priority", PriorityTicket, "ticket.priority") |tx, desk, b|
        agent::prioritise(tx, desk, b.impact, b.urgency, b.terminals_hit, &b.reason);
    /// Waits for somebody outside; clocks pause as the agreement says.
    ticket_pause: TicketWork("/tickets/{id}/pause", "ticket_pause", WaitTicket, "ticket.pause") |tx, desk, b|
        desk.command(tx, &Command::Pause { reason: b.reason });
    /// No longer waits.
    ticket_resume: TicketWork("/tickets/{id}/resume", "ticket_resume", WaitTicket, "ticket.resume") |tx, desk, b|
        desk.command(tx, &Command::Resume { reason: b.reason });
    /// Decides remote or on site against, or with, the book; the reason is kept.
    ticket_triage: TicketWork("/tickets/{id}/triage", "ticket_triage", TriageTicket, "ticket.triage") |tx, desk, b|
        agent::decide(tx, desk, b.decision, b.fault_code.as_deref(), &b.reason);
    /// Declares it solved; the merchant is asked to confirm.
    ticket_solve: TicketSolve("/tickets/{id}/solve", "ticket_solve", SolveTicket, "ticket.solve") |tx, desk, b| {
        agent::vouch(tx, desk, b.reason.as_deref().unwrap_or_default())?;
        agent::solve(tx, desk, b.fault_code.as_deref(), b.outcome)
    };
    /// Records the merchant's confirmation and closes.
    ticket_confirm: TicketConfirm("/tickets/{id}/confirm", "ticket_confirm", ConfirmTicket, "ticket.confirm") |tx, desk, b|
        agent::confirm(tx, desk, b.by);
    /// It was not solved: opens it again, within thirty days of closing.
    ticket_reopen: TicketConfirm("/tickets/{id}/reopen", "ticket_reopen", EndTicket, "ticket.reopen") |tx, desk, b| agent::reopen(tx, desk, &b.reason);
    /// Withdraws it.
    ticket_cancel: TicketCancel("/tickets/{id}/cancel", "ticket_cancel", EndTicket, "ticket.cancel") |tx, desk, b| agent::cancel(tx, desk, &b.reason);
}
