//! HTTP of fact sets: look, change a draft, publish, go back; what forms need; quotes.

mod desk;
mod page;
mod preview;
mod set;
mod version;

use utoipa_axum::router::OpenApiRouter;

use crate::house::House;

/// The routes of facts.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().merge(set::routes()).merge(version::routes()).merge(preview::routes()).merge(desk::routes())
}
