//! The house for tests: the real application on a real database, with a clock that stands still until it is moved.

mod client;
mod kit;
mod portrait;
mod provider;
mod world;

pub use client::{Answer, Client};
pub use kit::{Kit, start_of_day};
pub use portrait::check_portrait;
pub use provider::{Bend, Provider};
pub use world::World;

/// Makes one test per database from one body: `on_both!(fn keeps_what_it_was_given(kit: Kit) { … })`. The body is async.
/// PostgreSQL takes part when `POSTSALE_TEST_PG` names a server; `make test` always does.
#[macro_export]
macro_rules! on_both {
    ($(#[$meta:meta])* fn $name:ident($kit:ident) $body:block) => {
        mod $name {
            use super::*;
            async fn body($kit: $crate::Kit) $body

            #[test]
            fn sqlite() {
                $crate::Kit::run(Some($crate::Kit::sqlite()), body);
            }

            #[test]
            fn postgres() {
                $crate::Kit::run($crate::Kit::postgres(), body);
            }
        }
    };
}
