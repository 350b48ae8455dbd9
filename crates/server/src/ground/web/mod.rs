//! HTTP: who asks, may they, what was sent, and how "no" is said.

mod body;
mod cursor;
mod door;
mod links;
mod observe;
mod peer;
mod problem;
mod strict;
mod unread;

pub use body::{Body, Params, Ref};
pub use cursor::{Keyset, Page, PageParams};
pub use door::{Answered, Door, KEY_PREFIX, Runner, SESSION_COOKIE, bearer_or_cookie, lang_of};
pub use links::Links;
pub use observe::observe;
pub use peer::Peer;
pub use problem::Problem;
pub use unread::said;
