use axum::Json;
use axum::http::StatusCode;
use postsale_domain::facts::{CustomField, FactKind, Given, Price, StatusLabel, typed};
use postsale_domain::ground::Text;
use postsale_domain::org::act;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::facts::{InForce, in_force};
use crate::flow::{agent, extra};
use crate::ground::web::{Answered, Body, Door, Problem, Ref};
use crate::ground::when;
use crate::house::House;
use crate::view::ticket::TicketPage;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(desk_facts)).routes(routes!(ticket_label)).routes(routes!(ticket_fields))
}

/// What a ticket may be about.
#[derive(Debug, Serialize, ToSchema)]
struct TicketType {
    /// `repair`, or the code of what was ordered.
    code: String,
    name: Text,
    about: Option<Text>,
    /// Whether somebody has to come.
    visit: Option<bool>,
    /// What who comes has to be able to do.
    skills: Vec<String>,
    minutes: Option<i64>,
    /// Hours it is to be done within, where it is not promised in days.
    target_hours: Option<i64>,
    /// Working days it is to be done within.
    target_days: Option<i64>,
    /// Whose hours and days those are.
    calendar: Option<Text>,
    /// What it costs today, in fen; null when it is charged at cost or by the case.
    price: Option<i64>,
}

/// What the forms of the desk need.
#[derive(Debug, Serialize, ToSchema)]
struct DeskFacts {
    labels: Vec<StatusLabel>,
    ticket_types: Vec<TicketType>,
    fields: Vec<CustomField>,
    /// The price list of today.
    prices: Vec<Price>,
    /// Its version; 0 is the one that ships.
    price_version: i64,
}

fn types(force: &InForce, prices: &[Price]) -> Vec<TicketType> {
    let items = force.newest(FactKind::ServiceItems).1;
    let row = |code: &str| items.iter().find(|l| postsale_domain::facts::code_of(&l.row) == code).map(|l| &l.row);
    let of = |(code, name): (String, Text)| {
        let row = row(&code);
        let number = |field: &str| row.and_then(|r| r.get(field)).and_then(serde_json::Value::as_i64);
        let price = row.and_then(|r| r.get("price")).and_then(serde_json::Value::as_str);
        TicketType {
            about: row.and_then(|r| r.get("about")).and_then(|t| serde_json::from_value(t.clone()).ok()),
            visit: row.and_then(|r| r.get("visit")).and_then(serde_json::Value::as_bool),
            skills: row.and_then(|r| r.get("skills")).and_then(|s| serde_json::from_value(s.clone()).ok()).unwrap_or_default(),
            minutes: number("minutes"),
            target_hours: number("target_hours"),
            target_days: number("target_days"),
            calendar: row
                .and_then(|r| r.get("calendar"))
                .and_then(serde_json::Value::as_str)
                .and_then(|c| force.book().calendar(c))
                .map(|c| c.name.clone()),
            price: price.and_then(|code| prices.iter().find(|p| p.code == code)).and_then(|p| p.price),
            code,
            name,
        }
    };
    force.ticket_types().into_iter().map(of).collect()
}

/// Labels, what can be ordered, custom fields and prices, as they are in force now.
#[utoipa::path(get, path = "/facts/desk", operation_id = "desk_facts", tag = "facts", responses((status = 200, body = DeskFacts), Problem))]
async fn desk_facts(door: Door<act::FactRead>) -> Result<Json<DeskFacts>, Problem> {
    door.read(|tx| {
        let force = in_force(tx)?;
        let (price_version, prices) = force.prices(when::day(tx.now()));
        Ok(DeskFacts {
            labels: force.newest(FactKind::StatusLabels).1.iter().filter(|l| !l.is_off()).filter_map(|l| typed(&l.row)).collect(),
            ticket_types: types(&force, &prices),
            fields: force.fields().iter().filter(|f| !f.off).cloned().collect(),
            prices: prices.into_iter().filter(|p| !p.off).collect(),
            price_version,
        })
    })
    .await
    .map(Json)
}

/// Which label.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LabelTicket {
    version: i64,
    /// A label of the state it is in; null takes the label off.
    label: Option<String>,
}

/// Give a ticket a label of its state. One that pauses makes it wait; taking it off lets it go on.
#[utoipa::path(post, path = "/tickets/{id}/label", operation_id = "ticket_label", tag = "facts", params(("id" = String, Path)),
    request_body = LabelTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_label(door: Door<act::TicketWork>, Ref(id): Ref<TicketId>, body: Body<LabelTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        agent::act(tx, reach, id, Some(b.version), "ticket.label", |tx, desk| extra::label(tx, desk, b.label.as_deref()))
    })
    .await
}

/// Values of custom fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FieldsTicket {
    version: i64,
    /// What it is about; as it was without it.
    ticket_type: Option<String>,
    /// By the code of the field; an empty value takes it back.
    fields: Given,
}

/// Say what the tenant asks of its tickets.
#[utoipa::path(post, path = "/tickets/{id}/fields", operation_id = "ticket_fields", tag = "facts", params(("id" = String, Path)),
    request_body = FieldsTicket, responses((status = 200, body = TicketPage), Problem))]
async fn ticket_fields(door: Door<act::TicketWork>, Ref(id): Ref<TicketId>, body: Body<FieldsTicket>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        agent::act(tx, reach, id, Some(b.version), "ticket.fields", |tx, desk| extra::fields(tx, desk, b.ticket_type.as_deref(), &b.fields))
    })
    .await
}
