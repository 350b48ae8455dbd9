//! **agreement** downstairs.

pub mod api;
pub mod objection;
pub mod store;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use postsale_domain::agreement::Terms;

static TERMS: LazyLock<BTreeMap<String, Terms>> = LazyLock::new(|| {
    // A test reads the file; a broken one never leaves the build.
    Terms::read(include_str!("../../../../data/agreements.json")).unwrap_or_default()
});

/// What statements count by, by agreement, as it ships.
pub fn terms() -> &'static BTreeMap<String, Terms> {
    &TERMS
}
