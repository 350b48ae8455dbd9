//! **merchant** owns merchants, stores, contacts, opening hours, tiers.
//! Never: talks to a channel. Knocks: registration, the desk's pages, imports.

mod hours;
mod number;

use serde::{Deserialize, Serialize};

pub use hours::{Hours, HoursError};
pub use number::{account_mask, mask_uscc, mid, uscc, uscc_check};

crate::ids! {
    /// A contracted merchant.
    MerchantId = "mer";
    /// A store (outlet) of a merchant.
    StoreId = "sto";
    /// A person at a merchant.
    ContactId = "con";
}

/// The service tier a merchant has by contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// 标准.
    Standard,
    /// 银牌.
    Silver,
    /// 金牌.
    Gold,
}

impl Tier {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Tier::Standard => "standard",
            Tier::Silver => "silver",
            Tier::Gold => "gold",
        }
    }
}
