use axum::Json;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use postsale_domain::ground::{Role, UserId, cardless};
use postsale_domain::org::{ApiKeyId, UserState, act, people as rules};
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::seal::digest;
use crate::ground::web::{Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;
use crate::org::secret;
use crate::org::store::key::{self, ApiKey, NewKey};
use crate::org::store::people;

/// The longest a key may live.
const LONGEST_DAYS: i64 = 366;

pub(super) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(api_key_list, api_key_add)).routes(routes!(api_key_end))
}

/// Keys, newest first; those that were ended too.
#[utoipa::path(get, path = "/api-keys", operation_id = "api_key_list", tag = "org", params(PageParams), responses((status = 200, body = Page<ApiKey>), Problem))]
async fn api_key_list(door: Door<act::KeyManage>, Params(paging): Params<PageParams>) -> Result<Json<Page<ApiKey>>, Problem> {
    let (seal, tenant) = (door.house.seal.clone(), door.caller.tenant);
    door.read(move |tx| {
        let start = Keyset::open(&seal, tenant, "api_keys", paging.cursor.as_deref(), Keyset::LAST)?;
        let keys = key::keys(tx, start, paging.take())?;
        Ok(Page::cut(keys, paging.limit, &seal, tenant, "api_keys", |k| (0, k.id)))
    })
    .await
    .map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyWanted {
    /// What it is for.
    name: String,
    /// Who holds it: what it does is done in their name, and it ends when they leave.
    user_id: UserId,
    /// What it may do; never more than its holder.
    role: Role,
    /// Days it works, 1 to 366.
    days: i64,
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
struct KeyMade {
    key: ApiKey,
    /// For `Authorization: Bearer`; shown once.
    secret: String,
}

/// Make a key. Its secret is shown in this answer and nowhere else; that is why the answer is not kept under an idempotency key.
#[utoipa::path(post, path = "/api-keys", operation_id = "api_key_add", tag = "org", request_body = KeyWanted, responses((status = 201, body = KeyMade), Problem))]
async fn api_key_add(door: Door<act::KeyManage>, body: Body<KeyWanted>) -> Result<(StatusCode, Json<KeyMade>), Problem> {
    let wanted = body.value;
    let (secret, prefix) = secret::key();
    let hash = digest(secret.as_bytes());
    let key = door
        .write(move |tx| {
            let name = wanted.name.trim();
            if !(1..=60).contains(&name.chars().count()) {
                return Err(refuse!(Invalid, "api_key.no_name").field("name").into());
            }
            cardless(name, "name")?;
            if !(1..=LONGEST_DAYS).contains(&wanted.days) {
                return Err(refuse!(Invalid, "api_key.bad_days", most = LONGEST_DAYS).field("days").into());
            }
            let holder = people::person(tx, wanted.user_id)?.filter(|p| p.row.state == UserState::Active);
            let holder = holder.ok_or_else(|| refuse!(Invalid, "user.unknown").field("user_id"))?;
            if !rules::may_hold(holder.row.role, wanted.role) {
                return Err(refuse!(Invalid, "api_key.too_much", name = holder.row.name).field("role").into());
            }
            let expires_at: Timestamp = tx.now() + SignedDuration::from_hours(24 * wanted.days);
            let new = NewKey { name, prefix: &prefix, secret_hash: &hash, user: wanted.user_id, role: wanted.role, expires_at };
            let id = key::add(tx, &new)?;
            key::key(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found").into())
        })
        .await?;
    Ok((StatusCode::CREATED, Json(KeyMade { key, secret })))
}

/// End a key at once.
#[utoipa::path(delete, path = "/api-keys/{id}", operation_id = "api_key_end", tag = "org", params(("id" = String, Path)), responses((status = 204), Problem))]
async fn api_key_end(door: Door<act::KeyManage>, Ref(id): Ref<ApiKeyId>) -> Result<StatusCode, Problem> {
    door.write(move |tx| if key::end(tx, id)? { Ok(()) } else { Err(refuse!(NotFound, "not_found").into()) })
        .await
        .map(|()| StatusCode::NO_CONTENT)
}
