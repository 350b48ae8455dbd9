//! **visit** downstairs: work orders, what happened on them, what was done on site.
//!
//! Owns: the tables work_order, visit_event, visit_step, visit_part. Who knocks: flow; the board reads.

pub mod list;
pub mod store;

use std::sync::LazyLock;

use postsale_domain::visit::Checklists;

static CHECKLISTS: LazyLock<Result<Checklists, String>> =
    LazyLock::new(|| Checklists::parse(include_str!("../../../../data/checklists.json")));

/// The steps of every class of terminal.
pub fn checklists() -> Result<&'static Checklists, crate::ground::db::DbError> {
    CHECKLISTS.as_ref().map_err(|e| crate::ground::db::DbError::Other(format!("data/checklists.json: {e}")))
}
