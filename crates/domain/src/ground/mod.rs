//! What every room stands on. Names no business noun.

mod address;
mod caller;
mod hand;
mod id;
mod line;
mod mask;
mod money;
mod paging;
mod pan;
#[cfg(test)]
mod pan_test;
mod refusal;
mod text;
mod word;

pub use address::is_public;
pub use caller::{AcquirerId, Act, BranchId, Caller, EngineerId, Reach, Role, TenantId, UserId, Who};
pub use hand::signed;
pub use id::{Id, IdError, TypedId, prefix};
pub use line::{cardless, line, line_or_empty};
pub use mask::{mask_email, mask_phone, tail};
pub use money::yuan;
pub use paging::{DEFAULT_PAGE, MAX_PAGE, page_size};
pub use pan::{Masked, known_range, luhn, mask_cards};
pub use refusal::{Refusal, RefusalKind};
pub use text::{Lang, Text};

/// Instants are points on the UTC line; Postsale keeps them with millisecond precision.
pub use jiff::Timestamp;

/// Cuts an instant down to whole milliseconds, the precision the store keeps.
pub fn to_millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The instant of a stored number of milliseconds since 1970-01-01 UTC.
/// Numbers outside jiff's range (years -9999 to 9999) are clamped to its ends.
pub fn from_millis(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
