//! **notify** downstairs.

pub mod jobs;
pub mod store;

use std::sync::LazyLock;

use postsale_domain::notify::{NoticeError, Wordings};

static WORDINGS: LazyLock<Result<Wordings, NoticeError>> = LazyLock::new(|| Wordings::parse(include_str!("../../../../data/notices.json")));

/// The texts of all notices.
pub fn wordings() -> Result<&'static Wordings, NoticeError> {
    WORDINGS.as_ref().map_err(Clone::clone)
}
