use axum::Json;
use axum::http::StatusCode;
use postsale_domain::ground::Role;
use postsale_domain::org::act;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::db::{Done, Tx};
use crate::ground::web::{Answered, Body, Door, Problem};
use crate::house::House;
use crate::org::store::factor;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(sign_in_rules, sign_in_rules_change))
}

/// How many people of a role have a second factor.
#[derive(Debug, Serialize, ToSchema)]
struct FactorSpread {
    role: Role,
    /// People who can sign in.
    people: i64,
    /// Of these, with a second factor.
    protected: i64,
}

/// What signing in asks for.
#[derive(Debug, Serialize, ToSchema)]
struct SignInRules {
    /// Roles whose people must have a second factor.
    factor_roles: Vec<Role>,
    /// Who has one today, by role.
    spread: Vec<FactorSpread>,
}

fn rules(tx: &mut Tx<'_>) -> Done<SignInRules> {
    let spread = factor::spread(tx)?.into_iter().map(|(role, people, protected)| FactorSpread { role, people, protected }).collect();
    Ok(SignInRules { factor_roles: factor::needed_by(tx)?, spread })
}

/// What signing in asks for.
#[utoipa::path(get, path = "/sign-in-rules", operation_id = "sign_in_rules", tag = "org", responses((status = 200, body = SignInRules), Problem))]
async fn sign_in_rules(door: Door<act::UserManage>) -> Result<Json<SignInRules>, Problem> {
    door.read(rules).await.map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInRulesChange {
    factor_roles: Vec<Role>,
}

/// Say what signing in asks for. People of these roles without a second factor are led to setting one up, from their next request
/// on, and let in nowhere else until they have.
#[utoipa::path(put, path = "/sign-in-rules", operation_id = "sign_in_rules_change", tag = "org", request_body = SignInRulesChange, responses((status = 200, body = SignInRules), Problem))]
async fn sign_in_rules_change(door: Door<act::UserManage>, body: Body<SignInRulesChange>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::OK, |tx, change| {
        factor::need(tx, &change.factor_roles)?;
        rules(tx)
    })
    .await
}
