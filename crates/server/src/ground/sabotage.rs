//! Promises that can be broken on purpose, to show that the fault harness notices. Only debug builds carry the switches.

use std::sync::OnceLock;

/// Whether `POSTSALE_SABOTAGE` names this defect. Always `false` in a release build.
pub fn on(defect: &str) -> bool {
    static NAMED: OnceLock<String> = OnceLock::new();
    cfg!(debug_assertions)
        && NAMED.get_or_init(|| std::env::var("POSTSALE_SABOTAGE").unwrap_or_default()).split(',').any(|named| named == defect)
}
