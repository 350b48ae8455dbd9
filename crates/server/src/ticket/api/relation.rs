//! Links, sub-tasks, and splitting a ticket.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use postsale_domain::followup::Recovered;
use postsale_domain::ground::UserId;
use postsale_domain::org::act;
use postsale_domain::ticket::{EntryId, LinkKind, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::agent;
use crate::flow::relation::{self, Ending, Split};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::ticket::relation::LinkId;
use crate::ticket::task::{self, SubTask, SubTaskId};
use crate::view::ticket::{TicketPage, number, page};

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(ticket_link))
        .routes(routes!(ticket_unlink))
        .routes(routes!(ticket_task))
        .routes(routes!(sub_task_list))
        .routes(routes!(sub_task_done))
        .routes(routes!(sub_task_drop))
        .routes(routes!(ticket_split))
        .routes(routes!(ticket_unsplit))
}

/// Links to another ticket. Links only add, so it asks for no version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkTicket {
    /// The other ticket.
    to: TicketId,
    /// What this ticket is to it: `relates`, `blocks`, `caused_by`, `duplicate_of`.
    kind: LinkKind,
}

/// Links a ticket to another one; both pages show it.
#[utoipa::path(post, path = "/tickets/{id}/links", operation_id = "ticket_link", tag = "ticket", params(("id" = String, Path)),
    request_body = LinkTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_link(door: Door<act::TicketWork>, Ref(id): Ref<TicketId>, body: Body<LinkTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        agent::act(tx, reach, id, None, "ticket.link", |tx, desk| relation::link(tx, reach, desk, b.to, b.kind))
    })
    .await
}

/// Removes a link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnlinkTicket {
    link: LinkId,
}

/// Removes a link between two tickets, from either end.
#[utoipa::path(post, path = "/tickets/{id}/unlink", operation_id = "ticket_unlink", tag = "ticket", params(("id" = String, Path)),
    request_body = UnlinkTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_unlink(door: Door<act::TicketWork>, Ref(id): Ref<TicketId>, body: Body<UnlinkTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        agent::act(tx, reach, id, None, "ticket.unlink", |tx, desk| relation::unlink(tx, desk, b.link))
    })
    .await
}

/// Adds a sub-task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskTicket {
    /// What is to be done: 1 to 200 characters.
    title: String,
    /// A colleague.
    assignee: Option<UserId>,
    /// Until when.
    due_at: Option<Timestamp>,
}

/// Adds a sub-task; the ticket is not solved while one is open.
#[utoipa::path(post, path = "/tickets/{id}/tasks", operation_id = "ticket_task", tag = "ticket", params(("id" = String, Path)),
    request_body = TaskTicket, responses((status = 201, body = TicketPage), Problem))]
async fn ticket_task(door: Door<act::TicketWork>, Ref(id): Ref<TicketId>, body: Body<TaskTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, b| {
        agent::act(tx, reach, id, None, "ticket.task", |tx, desk| relation::add_task(tx, desk, &b.title, b.assignee, b.due_at))
    })
    .await
}

/// A sub-task with the ticket it belongs to.
#[derive(Debug, Serialize, ToSchema)]
struct SubTaskRow {
    #[serde(flatten)]
    task: SubTask,
    /// `T-000831`.
    ticket_number: String,
}

/// What the caller still has to do, what is due first.
#[utoipa::path(get, path = "/sub-tasks", operation_id = "sub_task_list", tag = "ticket", params(PageParams),
    responses((status = 200, body = Page<SubTaskRow>), Problem))]
async fn sub_task_list(door: Door<act::TicketWork>, Params(paged): Params<PageParams>) -> Result<Json<Page<SubTaskRow>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let (tenant, me) = (tx.tenant(), tx.caller().user());
        let after = Keyset::open(&seal, tenant, "sub-tasks", paged.cursor.as_deref(), Keyset::FIRST)?;
        let found = match me {
            Some(me) => task::of_assignee(tx, me, after, paged.take())?,
            None => Vec::new(),
        };
        let cut = Page::cut(found, paged.limit, &seal, tenant, "sub-tasks", SubTask::place);
        Ok(cut.map(|task| SubTaskRow { ticket_number: number(task.ticket_number), task }))
    })
    .await
    .map(Json)
}

/// Nothing to say; of a recovery, how it ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskDone {
    /// Of a recovery: what was done.
    outcome: Option<Recovered>,
    /// Of a recovery: the same in a sentence.
    words: Option<String>,
}

/// A sub-task is done; one that makes good a bad answer says how. Saying it twice changes nothing.
#[utoipa::path(post, path = "/sub-tasks/{id}/done", operation_id = "sub_task_done", tag = "ticket", params(("id" = String, Path)),
    request_body = TaskDone, responses((status = 200, body = TicketPage), Problem))]
async fn sub_task_done(door: Door<act::TicketWork>, Ref(id): Ref<SubTaskId>, body: Body<TaskDone>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let ticket = relation::end_task(tx, reach, id, Ending::Done(b.outcome, b.words.as_deref().unwrap_or_default()))?;
        page(tx, &ticket)
    })
    .await
}

/// Drops a sub-task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskDrop {
    /// Why it need not be done.
    reason: String,
}

/// A sub-task need not be done after all.
#[utoipa::path(post, path = "/sub-tasks/{id}/drop", operation_id = "sub_task_drop", tag = "ticket", params(("id" = String, Path)),
    request_body = TaskDrop, responses((status = 200, body = TicketPage), Problem))]
async fn sub_task_drop(door: Door<act::TicketWork>, Ref(id): Ref<SubTaskId>, body: Body<TaskDrop>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let ticket = relation::end_task(tx, reach, id, Ending::Dropped(&b.reason))?;
        page(tx, &ticket)
    })
    .await
}

/// Splits a ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SplitTicket {
    version: i64,
    /// Lines of its timeline that belong to the new ticket: what was said, not what happened; 1 to 100.
    lines: Vec<EntryId>,
    /// What the new ticket is about; the first line's words without it.
    symptom: Option<String>,
    /// The terminal it is about.
    terminal_serial: Option<String>,
    /// Why that is not known.
    terminal_unknown_reason: Option<String>,
}

/// Makes a new ticket of some lines of this one, for the same merchant and contact, linked both ways. Answers with the new page.
#[utoipa::path(post, path = "/tickets/{id}/split", operation_id = "ticket_split", tag = "ticket", params(("id" = String, Path)),
    request_body = SplitTicket, responses((status = 201, body = TicketPage), Problem))]
async fn ticket_split(door: Door<act::TicketMerge>, Ref(id): Ref<TicketId>, body: Body<SplitTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, b| {
        let split = Split {
            lines: b.lines.clone(),
            symptom: b.symptom.clone(),
            terminal_serial: b.terminal_serial.clone(),
            terminal_unknown_reason: b.terminal_unknown_reason.clone(),
        };
        let mut made = None;
        agent::act(tx, reach, id, Some(b.version), "ticket.split", |tx, desk| {
            made = Some(relation::split(tx, desk, &split)?);
            Ok(())
        })?;
        let made = made.ok_or_else(|| postsale_domain::refuse!(NotFound, "not_found"))?;
        page(tx, &made)
    })
    .await
}

/// Takes a split back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnsplitTicket {
    version: i64,
}

/// Takes a split back while nothing else has happened to this ticket, which was split off. Answers with the page of the other one.
#[utoipa::path(post, path = "/tickets/{id}/unsplit", operation_id = "ticket_unsplit", tag = "ticket", params(("id" = String, Path)),
    request_body = UnsplitTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_unsplit(door: Door<act::TicketMerge>, Ref(id): Ref<TicketId>, body: Body<UnsplitTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let other = relation::unsplit(tx, reach, id, b.version)?;
        page(tx, &other)
    })
    .await
}
