//! **visit** downstairs: work orders, what happened on them, what was done on site.
//!
//! Owns: the tables work_order, visit_event, visit_step, visit_part. Who knocks: flow; the board reads.

pub mod api;
pub mod list;
pub mod store;
mod story;

use std::sync::LazyLock;

use postsale_domain::visit::Checklists;

static CHECKLISTS: LazyLock<Checklists> = LazyLock::new(|| {
    // A test reads the file; a broken one never leaves the build.
    Checklists::parse(include_str!("../../../../data/checklists.json")).unwrap_or_default()
});

/// The steps of every class of terminals.
pub fn checklists() -> &'static Checklists {
    &CHECKLISTS
}
