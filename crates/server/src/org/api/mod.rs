//! HTTP of org, a file per noun: sessions, company accounts, oneself, people, links, keys, branches and partners, roles, who changed what.

mod audit;
mod identity;
mod key;
mod link;
mod me;
mod oidc;
mod people;
mod place;
mod rule;
mod session;

use utoipa_axum::router::OpenApiRouter;

pub use super::secret::hash_password;
use crate::house::House;

/// The routes of org.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(oidc::routes())
        .merge(identity::routes())
        .merge(me::routes())
        .merge(people::routes())
        .merge(link::routes())
        .merge(key::routes())
        .merge(place::routes())
        .merge(rule::routes())
        .merge(audit::routes())
}
