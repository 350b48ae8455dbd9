//! What goes out from a ticket: words to the merchant, words to ourselves, an engineer.

use axum::http::StatusCode;
use postsale_domain::file::AttachmentId;
use postsale_domain::ground::Refusal;
use postsale_domain::notify::NoticeId;
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::{TicketId, VisitReason};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::visit::Sending;
use crate::flow::{agent, word};
use crate::ground::web::{Answered, Body, Door, Problem, Ref};
use crate::house::House;
use crate::view::ticket::{TicketPage, shown};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(ticket_reply))
        .routes(routes!(ticket_note))
        .routes(routes!(ticket_visit))
        .routes(routes!(ticket_notice_send))
}

/// Writes to the merchant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplyTicket {
    version: i64,
    /// 1 to 4000 characters; card numbers are masked.
    body: String,
    /// Wait for the merchant's answer from now on.
    #[serde(default)]
    wait: bool,
    /// Files that were uploaded for it; ten at most.
    #[serde(default)]
    files: Vec<AttachmentId>,
}

/// Writes to the merchant, on their page and by mail where there is an address, once.
#[utoipa::path(post, path = "/tickets/{id}/reply", operation_id = "ticket_reply", tag = "ticket", params(("id" = String, Path)),
    request_body = ReplyTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_reply(door: Door<act::TicketReply>, Ref(id): Ref<TicketId>, body: Body<ReplyTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        agent::act(tx, reach, id, Some(b.version), "ticket.reply", |tx, desk| agent::reply(tx, desk, &b.body, b.wait, few(&b.files)?))
    })
    .await
}

/// Writes to ourselves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteTicket {
    /// 1 to 4000 characters; card numbers are masked.
    body: String,
    /// Files that were uploaded for it; ten at most.
    #[serde(default)]
    files: Vec<AttachmentId>,
}

/// Writes a note. Notes only add, so it asks for no version.
#[utoipa::path(post, path = "/tickets/{id}/notes", operation_id = "ticket_note", tag = "ticket", params(("id" = String, Path)),
    request_body = NoteTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_note(door: Door<act::TicketNote>, Ref(id): Ref<TicketId>, body: Body<NoteTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        agent::act(tx, reach, id, None, "ticket.note", |tx, desk| agent::note(tx, desk, &b.body, few(&b.files)?))
    })
    .await
}

/// Sends somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VisitTicket {
    version: i64,
    /// The fault as it looks; left out for what was ordered.
    fault_code: Option<String>,
    /// Why from afar is not enough.
    reason_code: VisitReason,
    /// The same in a sentence.
    reason: String,
    /// Skills; those the fault asks for without them.
    skills: Option<Vec<String>>,
    /// Parts to bring; those the fault asks for without them.
    parts: Option<Vec<String>>,
    /// What to know at the door.
    access_note: Option<String>,
}

/// Decides for a visit: opens a work order that carries what was done from afar.
#[utoipa::path(post, path = "/tickets/{id}/work-orders", operation_id = "ticket_visit", tag = "ticket", params(("id" = String, Path)),
    request_body = VisitTicket, responses((status = 201, body = TicketPage), Problem))]
async fn ticket_visit(door: Door<act::VisitOpen>, Ref(id): Ref<TicketId>, body: Body<VisitTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, b| {
        let sending = Sending {
            fault_code: b.fault_code.clone(),
            reason_code: b.reason_code,
            reason: b.reason.clone(),
            skills: b.skills.clone(),
            parts: b.parts.clone(),
            access_note: b.access_note.clone(),
        };
        agent::act(tx, reach, id, Some(b.version), "ticket.visit", |tx, desk| agent::visit(tx, desk, &sending))
    })
    .await
}

/// Why a letter may not wait.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoticeSend {
    /// 1 to 200 characters; kept with the letter and in the audit chain.
    reason: String,
}

/// Send a letter now that waits for the morning.
#[utoipa::path(post, path = "/tickets/{id}/notices/{notice_id}/send", operation_id = "ticket_notice_send", tag = "ticket",
    params(("id" = String, Path), ("notice_id" = String, Path)), request_body = NoticeSend, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_notice_send(
    door: Door<act::TicketReply>,
    Ref((id, notice)): Ref<(TicketId, NoticeId)>,
    body: Body<NoticeSend>,
) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        word::let_go(tx, reach, id, notice, &b.reason)?;
        shown(tx, reach, id)
    })
    .await
}

/// Files of one reply or note: ten at most. Errors: `file.too_many`.
fn few(files: &[AttachmentId]) -> Result<&[AttachmentId], Refusal> {
    const MOST: usize = 10;
    if files.len() > MOST { Err(refuse!(TooLarge, "file.too_many", most = MOST).field("files")) } else { Ok(files) }
}
