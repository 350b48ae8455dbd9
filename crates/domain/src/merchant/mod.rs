//! **merchant** owns merchants, stores, contacts, opening hours, tiers.
//! Never: talks to a channel. Knocks: registration, the desk's pages, imports.

mod hours;
mod number;

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

crate::words! {
    /// The service tier a merchant has by contract.
    Tier {
        /// 标准.
        Standard = "standard",
        /// 银牌.
        Silver = "silver",
        /// 金牌.
        Gold = "gold",
    }
}
