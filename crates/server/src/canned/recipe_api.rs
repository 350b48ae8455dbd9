//! HTTP of macros.

use axum::Json;
use axum::http::StatusCode;
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_domain::ticket::recipe::{RecipeId, Step, sound};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::name;
use super::store::{self, Recipe};
use crate::flow::recipe::{Foreseen, foreseen, run};
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::view::ticket::TicketPage;

/// The routes of macros.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(recipe_list, recipe_add))
        .routes(routes!(recipe_change, recipe_remove))
        .routes(routes!(recipe_foresee))
        .routes(routes!(recipe_run))
}

const LIST: &str = "recipes";
/// Most macros of a tenant: more nobody finds anything in.
const MOST: i64 = 300;

/// The macros, newest first.
#[utoipa::path(get, path = "/recipes", operation_id = "recipe_list", tag = "canned", params(PageParams),
    responses((status = 200, body = Page<Recipe>), Problem))]
async fn recipe_list(door: Door<act::CannedUse>, Params(page): Params<PageParams>) -> Result<Json<Page<Recipe>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let tenant = tx.tenant();
        let after = Keyset::open(&seal, tenant, LIST, page.cursor.as_deref(), Keyset::LAST)?;
        Ok(Page::cut(store::recipes(tx, after, page.take())?, page.limit, &seal, tenant, LIST, |r| (0, r.id)))
    })
    .await
    .map(Json)
}

/// A macro as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecipeGiven {
    /// What people look for, 1 to 60 characters.
    name: String,
    /// One to ten commands; solving can only be the last.
    steps: Vec<Step>,
    /// To change one: the version that was read.
    version: Option<i64>,
}

/// Writes one.
#[utoipa::path(post, path = "/recipes", operation_id = "recipe_add", tag = "canned", request_body = RecipeGiven,
    responses((status = 201, body = Recipe), Problem))]
async fn recipe_add(door: Door<act::CannedManage>, body: Body<RecipeGiven>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::CREATED, |tx, g| {
        sound(&g.steps)?;
        if store::recipe_count(tx)? >= MOST {
            return Err(refuse!(TooMany, "canned.many", most = MOST).into());
        }
        let new = Recipe { id: tx.new_id(), name: name(&g.name)?, steps: g.steps.clone(), updated_at: tx.now(), version: 1 };
        store::add_recipe(tx, &new)?;
        Ok(new)
    })
    .await
}

fn found(tx: &mut Tx<'_>, id: RecipeId) -> Done<Recipe> {
    store::recipe(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// Changes one.
#[utoipa::path(put, path = "/recipes/{id}", operation_id = "recipe_change", tag = "canned", params(("id" = String, Path)),
    request_body = RecipeGiven, responses((status = 200, body = Recipe), Problem))]
async fn recipe_change(door: Door<act::CannedManage>, Ref(id): Ref<RecipeId>, body: Body<RecipeGiven>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, move |tx, g| {
        let before = found(tx, id)?;
        let stale = || Stop::Stale(Box::new(serde_json::to_value(&before).unwrap_or_default()));
        if g.version != Some(before.version) {
            return Err(stale());
        }
        sound(&g.steps)?;
        let after = Recipe { name: name(&g.name)?, steps: g.steps.clone(), updated_at: tx.now(), version: before.version + 1, id };
        if store::save_recipe(tx, &before, &after)? { Ok(after) } else { Err(stale()) }
    })
    .await
}

/// Takes one away.
#[utoipa::path(delete, path = "/recipes/{id}", operation_id = "recipe_remove", tag = "canned", params(("id" = String, Path)),
    responses((status = 204), Problem))]
async fn recipe_remove(door: Door<act::CannedManage>, Ref(id): Ref<RecipeId>) -> Result<StatusCode, Problem> {
    door.write(move |tx| {
        let recipe = found(tx, id)?;
        store::remove_recipe(tx, &recipe)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names a macro.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecipeNamed {
    recipe_id: RecipeId,
}

/// What a macro would do to a ticket as it now stands, step by step, up to the first that would be refused. Nothing is kept.
#[utoipa::path(post, path = "/tickets/{id}/recipe-preview", operation_id = "recipe_foresee", tag = "canned", params(("id" = String, Path)),
    request_body = RecipeNamed, responses((status = 200, body = Foreseen), Problem))]
async fn recipe_foresee(door: Door<act::TicketWork>, Ref(id): Ref<TicketId>, body: Body<RecipeNamed>) -> Result<Json<Foreseen>, Problem> {
    let (reach, named, lang) = (door.reach(), body.value.recipe_id, door.lang);
    door.read(move |tx| {
        let recipe = found(tx, named)?;
        foreseen(tx, reach, id, &recipe.steps, lang)
    })
    .await
    .map(Json)
}

/// Runs a macro.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecipeRun {
    recipe_id: RecipeId,
    /// The version of the ticket that was seen.
    version: i64,
}

/// Runs a macro on a ticket: all of its steps or none. Errors: those of its steps, each as if given by itself.
#[utoipa::path(post, path = "/tickets/{id}/recipe", operation_id = "recipe_run", tag = "canned", params(("id" = String, Path)),
    request_body = RecipeRun, responses((status = 200, body = TicketPage), Problem))]
async fn recipe_run(door: Door<act::TicketWork>, Ref(id): Ref<TicketId>, body: Body<RecipeRun>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, b| {
        let recipe = found(tx, b.recipe_id)?;
        run(tx, reach, id, Some(b.version), &recipe.steps)
    })
    .await
}
