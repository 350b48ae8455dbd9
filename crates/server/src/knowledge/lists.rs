//! HTTP of the facts that ship as files: plain lists for menus and look-ups.

use axum::Json;
use postsale_domain::facts::FactKind;
use postsale_domain::knowledge::{Fault, Part, ResponseCode, Skill};
use postsale_domain::org::act;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::facts;
use crate::facts::in_force;
use crate::ground::web::{Door, Problem};
use crate::house::House;

/// The routes of facts.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(fault_list))
        .routes(routes!(response_code_list))
        .routes(routes!(part_list))
        .routes(routes!(skill_list))
}

/// Faults, in the order of the taxonomy.
#[derive(Debug, Serialize, ToSchema)]
struct FaultList {
    items: Vec<Fault>,
}

/// Response codes.
#[derive(Debug, Serialize, ToSchema)]
struct ResponseCodeList {
    items: Vec<ResponseCode>,
}

/// Parts.
#[derive(Debug, Serialize, ToSchema)]
struct PartList {
    items: Vec<Part>,
}

/// Skills.
#[derive(Debug, Serialize, ToSchema)]
struct SkillList {
    items: Vec<Skill>,
}

/// The faults there are, with what is done about each.
#[utoipa::path(get, path = "/facts/faults", operation_id = "fault_list", tag = "knowledge", responses((status = 200, body = FaultList), Problem))]
async fn fault_list(door: Door<act::FactRead>) -> Result<Json<FaultList>, Problem> {
    door.read(|tx| {
        let force = in_force(tx)?;
        Ok(FaultList { items: force.facts().faults().iter().filter(|f| !force.is_off(FactKind::Faults, &f.code)).cloned().collect() })
    })
    .await
    .map(Json)
}

/// What a terminal's response codes mean.
#[utoipa::path(get, path = "/facts/response-codes", operation_id = "response_code_list", tag = "knowledge",
    responses((status = 200, body = ResponseCodeList), Problem))]
async fn response_code_list(door: Door<act::FactRead>) -> Result<Json<ResponseCodeList>, Problem> {
    door.read(|tx| {
        let force = in_force(tx)?;
        let on = |c: &&ResponseCode| !force.is_off(FactKind::ResponseCodes, &c.code);
        Ok(ResponseCodeList { items: force.facts().response_codes().filter(on).cloned().collect() })
    })
    .await
    .map(Json)
}

/// The parts a visit may use.
#[utoipa::path(get, path = "/facts/parts", operation_id = "part_list", tag = "knowledge", responses((status = 200, body = PartList), Problem))]
async fn part_list(_door: Door<act::FactRead>) -> Result<Json<PartList>, Problem> {
    Ok(Json(PartList { items: facts().parts().to_vec() }))
}

/// The skills engineers have.
#[utoipa::path(get, path = "/facts/skills", operation_id = "skill_list", tag = "knowledge", responses((status = 200, body = SkillList), Problem))]
async fn skill_list(_door: Door<act::FactRead>) -> Result<Json<SkillList>, Problem> {
    Ok(Json(SkillList { items: facts().skills().to_vec() }))
}
