//! **notify** downstairs.

pub mod jobs;
pub mod store;

use std::sync::LazyLock;

use postsale_domain::notify::{NoticeError, Wordings};

/// The file of notices, as it ships.
pub const NOTICES: &str = include_str!("../../../../data/notices.json");

static WORDINGS: LazyLock<Result<Wordings, NoticeError>> = LazyLock::new(|| Wordings::parse(NOTICES));

/// The texts of all notices as they ship.
pub fn wordings() -> Result<&'static Wordings, NoticeError> {
    WORDINGS.as_ref().map_err(Clone::clone)
}
