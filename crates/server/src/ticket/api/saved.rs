//! Saved views of the desk.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use postsale_domain::ground::{Refusal, UserId};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::DeskViewId;
use postsale_domain::ticket::saved::{self as rules, Asker, Kept, Layout, ListColumn, Share};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::db::{Done, Stop, Tx};
use crate::ground::web::{Answered, Body, Door, Problem, Ref};
use crate::house::House;
use crate::org;
use crate::ticket::filter::{Filter, Sort};
use crate::ticket::list::View;
use crate::ticket::saved::{self, DeskView, Seen};
use crate::view::ticket::sight;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(desk_view_list, desk_view_add))
        .routes(routes!(desk_view_order))
        .routes(routes!(desk_view_change, desk_view_remove))
}

/// A saved view.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeskView)]
struct Shown {
    id: DeskViewId,
    name: String,
    share: Share,
    keeper_id: UserId,
    keeper_name: String,
    /// Whether you may change it.
    may_change: bool,
    layout: Layout,
    /// Its columns in their order; empty means those everybody has.
    columns: Vec<ListColumn>,
    sort: Sort,
    /// The queue it starts from.
    queue: View,
    filter: Filter,
    /// Open tickets in it; 1000 stands for more than 999. Null for a view of closed ones, and where one was just changed.
    count: Option<i64>,
    updated_at: Timestamp,
    version: i64,
}

/// Saved views, those one keeps first, then the team's, then everybody's.
#[derive(Debug, Serialize, ToSchema)]
struct DeskViews {
    items: Vec<Shown>,
}

fn asker(tx: &Tx<'_>) -> Result<Asker, Refusal> {
    let (Some(user), Some(role)) = (tx.caller().user(), tx.caller().role()) else {
        return Err(refuse!(Forbidden, "not_allowed", action = "desk_view.keep"));
    };
    Ok(Asker { user, role, branch: tx.caller().branch(), sharing: act::reach("desk_view.share", &tx.caller().who) })
}

fn shown(asker: &Asker, seen: Seen) -> Shown {
    let view = seen.view;
    Shown {
        id: view.id,
        may_change: rules::may_change(asker, &view.kept),
        name: view.name,
        share: view.share,
        keeper_id: view.kept.keeper,
        keeper_name: seen.keeper_name,
        layout: view.layout,
        columns: view.columns,
        sort: view.sort,
        queue: view.queue,
        filter: view.filter,
        count: seen.count,
        updated_at: seen.updated_at,
        version: view.version,
    }
}

/// A view that was just written.
fn written(tx: &mut Tx<'_>, asker: &Asker, view: DeskView) -> Done<Shown> {
    let keeper_name = org::store::names(tx, view.kept.keeper)?.map_or_else(String::new, |(_, shown)| shown);
    Ok(shown(asker, Seen { keeper_name, count: None, updated_at: tx.now(), view }))
}

/// The saved views you see, with what stands in each; 200 at most.
#[utoipa::path(get, path = "/desk-views", operation_id = "desk_view_list", tag = "ticket", responses((status = 200, body = DeskViews), Problem))]
async fn desk_view_list(door: Door<act::DeskViewKeep>) -> Result<Json<DeskViews>, Problem> {
    let reach = act::reach("ticket.read", &door.caller.who);
    door.read(move |tx| {
        let (asker, sight) = (asker(tx)?, sight(tx, reach));
        let items = saved::seen_by(tx, &asker, sight)?.into_iter().map(|seen| shown(&asker, seen)).collect();
        Ok(DeskViews { items })
    })
    .await
    .map(Json)
}

/// A view to be kept.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeskViewAdd {
    /// 1 to 30 characters.
    name: String,
    #[serde(default)]
    share: Share,
    #[serde(default)]
    layout: Layout,
    #[serde(default)]
    columns: Vec<ListColumn>,
    #[serde(default)]
    sort: Sort,
    #[serde(default)]
    queue: View,
    #[serde(default)]
    filter: Filter,
}

/// Keeps a list under a name. Errors: `desk_view.bad_name`, `desk_view.columns`, `desk_view.too_many`, `desk_view.team_only`,
/// `desk_view.no_sharing`, `ticket.filter_unknown`.
#[utoipa::path(post, path = "/desk-views", operation_id = "desk_view_add", tag = "ticket", request_body = DeskViewAdd,
    responses((status = 201, body = Shown), Problem))]
async fn desk_view_add(door: Door<act::DeskViewKeep>, body: Body<DeskViewAdd>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, |tx, b| {
        let asker = asker(tx)?;
        rules::share(&asker, b.share)?;
        let kept = saved::kept_by(tx, asker.user)?;
        if kept.len() as i64 >= rules::MAX_KEPT {
            return Err(refuse!(Conflict, "desk_view.too_many", limit = rules::MAX_KEPT).into());
        }
        let narrow = b.filter.narrow()?;
        let view = DeskView {
            id: tx.new_id(),
            kept: Kept { keeper: asker.user, share: b.share, team_role: asker.role, team_branch: asker.branch },
            share: b.share,
            name: rules::name(&b.name)?,
            place: kept.last().map_or(0, |last| last.place + 1),
            layout: b.layout,
            columns: rules::columns(&b.columns)?,
            sort: b.sort,
            queue: b.queue,
            filter: Filter::from(&narrow),
            version: 1,
        };
        saved::insert(tx, &view, &narrow)?;
        written(tx, &asker, view)
    })
    .await
}

/// What changes of a view; what is left out stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeskViewChange {
    version: i64,
    name: Option<String>,
    share: Option<Share>,
    layout: Option<Layout>,
    columns: Option<Vec<ListColumn>>,
    sort: Option<Sort>,
    queue: Option<View>,
    filter: Option<Filter>,
}

/// A view the caller may change. Errors: `not_found`; `desk_view.not_yours`, seen and not theirs to change.
fn to_change(tx: &mut Tx<'_>, asker: &Asker, id: DeskViewId) -> Done<DeskView> {
    let view = saved::for_change(tx, id)?.filter(|v| rules::sees(asker, &v.kept));
    let Some(view) = view else { return Err(refuse!(NotFound, "not_found").into()) };
    if rules::may_change(asker, &view.kept) {
        return Ok(view);
    }
    let keeper = org::store::names(tx, view.kept.keeper)?.map_or_else(String::new, |(_, shown)| shown);
    Err(refuse!(Forbidden, "desk_view.not_yours", name = keeper).into())
}

/// Changes a view. Errors: as when it is kept; `desk_view.not_yours`.
#[utoipa::path(patch, path = "/desk-views/{id}", operation_id = "desk_view_change", tag = "ticket", params(("id" = String, Path)),
    request_body = DeskViewChange, responses((status = 200, body = Shown), Problem))]
async fn desk_view_change(
    door: Door<act::DeskViewKeep>,
    Ref(id): Ref<DeskViewId>,
    body: Body<DeskViewChange>,
) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, b| {
        let asker = asker(tx)?;
        let before = to_change(tx, &asker, id)?;
        if b.version != before.version {
            let current = written(tx, &asker, before)?;
            return Err(Stop::Stale(Box::new(serde_json::to_value(current).unwrap_or_default())));
        }
        let mut view = before.clone();
        if let Some(share) = b.share.filter(|s| *s != before.share) {
            rules::share(&asker, share)?;
            view.share = share;
            view.kept.share = share;
        }
        if let Some(name) = &b.name {
            view.name = rules::name(name)?;
        }
        if let Some(columns) = &b.columns {
            view.columns = rules::columns(columns)?;
        }
        view.layout = b.layout.unwrap_or(view.layout);
        view.sort = b.sort.unwrap_or(view.sort);
        view.queue = b.queue.unwrap_or(view.queue);
        let narrow = b.filter.as_ref().unwrap_or(&before.filter).narrow()?;
        view.filter = Filter::from(&narrow);
        saved::save(tx, &before, &mut view, &narrow)?;
        written(tx, &asker, view)
    })
    .await
}

/// Forgets a view. Errors: `desk_view.not_yours`.
#[utoipa::path(delete, path = "/desk-views/{id}", operation_id = "desk_view_remove", tag = "ticket", params(("id" = String, Path)),
    responses((status = 204), Problem))]
async fn desk_view_remove(door: Door<act::DeskViewKeep>, Ref(id): Ref<DeskViewId>) -> Result<StatusCode, Problem> {
    door.write(move |tx| {
        let asker = asker(tx)?;
        let view = to_change(tx, &asker, id)?;
        saved::remove(tx, &view)
    })
    .await
    .map(|()| StatusCode::NO_CONTENT)
}

/// The order of the views one keeps.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeskViewOrder {
    /// Views in the order wanted; those left out follow as they stood.
    ids: Vec<DeskViewId>,
}

/// Puts the views one keeps in an order. Ids of others' views are passed over.
#[utoipa::path(put, path = "/desk-views/order", operation_id = "desk_view_order", tag = "ticket", request_body = DeskViewOrder,
    responses((status = 204), Problem))]
async fn desk_view_order(door: Door<act::DeskViewKeep>, body: Body<DeskViewOrder>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::NO_CONTENT, |tx, b| {
        let asker = asker(tx)?;
        let mut kept = saved::kept_by(tx, asker.user)?;
        kept.sort_by_key(|v| b.ids.iter().position(|id| *id == v.id).unwrap_or(usize::MAX));
        for (place, before) in kept.iter().enumerate() {
            let mut view = DeskView { place: place as i64, ..before.clone() };
            if view.place != before.place {
                saved::save(tx, before, &mut view, &before.filter.narrow()?)?;
            }
        }
        Ok(())
    })
    .await
}
