use axum::Json;
use postsale_domain::org::act;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::web::{Door, Keyset, Page, PageParams, Params, Problem};
use crate::house::House;
use crate::org::store::{self, AuditLine};
use crate::view::audit;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(audit_list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditFilter {
    /// Only changes of this object: `T-000123`, `W-000123`, or its id, e.g. `tkt_…`.
    subject: Option<String>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Who changed what, newest first.
#[utoipa::path(get, path = "/audit", operation_id = "audit_list", tag = "org", params(AuditFilter), responses((status = 200, body = Page<AuditLine>), Problem))]
async fn audit_list(door: Door<act::AuditRead>, Params(filter): Params<AuditFilter>) -> Result<Json<Page<AuditLine>>, Problem> {
    let (seal, tenant) = (door.house.seal.clone(), door.caller.tenant);
    let page = door
        .read(move |tx| {
            let paging = PageParams { limit: filter.limit, cursor: filter.cursor.clone() };
            let start = Keyset::open(&seal, tenant, "audit", paging.cursor.as_deref(), Keyset::LAST)?;
            let subject = filter.subject.as_deref().map(|asked| audit::subject(tx, asked)).transpose()?;
            let mut lines = store::audit_lines(tx, subject.as_deref(), start.at, paging.take())?;
            audit::name(tx, &mut lines)?;
            Ok(Page::cut(lines, paging.limit, &seal, tenant, "audit", |line| (line.seq, tenant)))
        })
        .await?;
    Ok(Json(page))
}
