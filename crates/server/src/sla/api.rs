//! HTTP of clocks: why does it show what it shows.

use axum::Json;
use postsale_domain::org::act;
use postsale_domain::sla::{ClockExplain, ClockKind, TicketId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::web::{Door, Problem, Ref};
use crate::house::House;

/// The routes of clocks.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(clock_explain))
}

/// A clock line by line, computed again on opening and compared with what is kept.
#[utoipa::path(get, path = "/tickets/{id}/clocks/{kind}", operation_id = "clock_explain", tag = "sla",
    params(("id" = String, Path), ("kind" = ClockKind, Path)), responses((status = 200, body = ClockExplain), Problem))]
async fn clock_explain(
    door: Door<act::TicketRead>,
    Ref((ticket, kind)): Ref<(TicketId, ClockKind)>,
) -> Result<Json<ClockExplain>, Problem> {
    let reach = door.reach();
    door.read(move |tx| crate::view::clock::explained(tx, reach, ticket, kind)).await.map(Json)
}
