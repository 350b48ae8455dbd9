//! What state a person is in, and what must hold for their role.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::act;
use crate::ground::{AcquirerId, EngineerId, Refusal, Role, cardless};
use crate::refuse;

crate::words! {
    /// How a person stands with the house.
    UserState {
        /// Asked to join; has not chosen a password yet.
        Invited = "invited",
        /// Can sign in.
        Active = "active",
        /// Has left; signs in no more.
        Disabled = "disabled",
    }
}

crate::words! {
    /// What a link sent to a person lets them do, once.
    TokenKind {
        /// Join: choose the first password.
        Invite = "invite",
        /// Choose a new password.
        Reset = "reset",
    }
}

impl TokenKind {
    /// How long the link works.
    pub fn life(self) -> SignedDuration {
        match self {
            TokenKind::Invite => SignedDuration::from_hours(7 * 24),
            TokenKind::Reset => SignedDuration::from_mins(30),
        }
    }
}

/// What a partner firm does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartnerKind {
    /// Sends engineers on our behalf.
    Outsourcer,
    /// Sold the terminals and looks after their merchants.
    Dealer,
}

/// A role and what it is tied to: an engineer is one of the crew, an acquirer's person belongs to an acquirer, and nobody else is
/// either. Errors: `user.needs_engineer`, `user.needs_acquirer`, `user.not_tied`.
pub fn check_ties(role: Role, engineer: Option<EngineerId>, acquirer: Option<AcquirerId>) -> Result<(), Refusal> {
    match role {
        Role::Engineer if engineer.is_none() => Err(refuse!(Invalid, "user.needs_engineer").field("engineer_id")),
        Role::Acquirer if acquirer.is_none() => Err(refuse!(Invalid, "user.needs_acquirer").field("acquirer_id")),
        Role::Engineer if acquirer.is_some() => Err(refuse!(Invalid, "user.not_tied").field("acquirer_id")),
        Role::Acquirer if engineer.is_some() => Err(refuse!(Invalid, "user.not_tied").field("engineer_id")),
        Role::Engineer | Role::Acquirer => Ok(()),
        _ if engineer.is_some() => Err(refuse!(Invalid, "user.not_tied").field("engineer_id")),
        _ if acquirer.is_some() => Err(refuse!(Invalid, "user.not_tied").field("acquirer_id")),
        _ => Ok(()),
    }
}

/// Whether somebody of this role may be bound to a branch: whoever looks after the whole house is not. Errors: `user.not_bound`.
pub fn check_branch(role: Role, bound: bool) -> Result<(), Refusal> {
    let whole = matches!(role, Role::Admin | Role::Finance | Role::Acquirer | Role::Auditor);
    if bound && whole { Err(refuse!(Invalid, "user.not_bound").field("branch_id")) } else { Ok(()) }
}

/// Whether somebody of this role can be accountable for a ticket.
pub fn can_own_tickets(role: Role) -> bool {
    act::letter("ticket.work", role) == b'A'
}

/// Whether a key of one role may be held by a person of another: it reaches nowhere they do not. Roles tied to an engineer or an
/// acquirer are lent to nobody else.
pub fn may_hold(holder: Role, key: Role) -> bool {
    let rank = |letter: u8| match letter {
        b'A' => 2,
        b'o' => 1,
        _ => 0,
    };
    holder == key
        || (!matches!(key, Role::Engineer | Role::Acquirer)
            && act::ALL.iter().all(|(name, _)| rank(act::letter(name, key)) <= rank(act::letter(name, holder))))
}

/// What signs people in: letters of any script, digits and `. _ - @ +`, 2 to 60 characters. Errors: `user.bad_username`, `text.card`.
pub fn check_username(name: &str) -> Result<(), Refusal> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+');
    if (2..=60).contains(&name.chars().count()) && name.chars().all(fits) {
        cardless(name, "username")
    } else {
        Err(refuse!(Invalid, "user.bad_username").field("username"))
    }
}

/// A name that is shown: 1 to 40 characters without control or direction characters. Errors: `user.bad_name`, `text.card`.
pub fn check_display_name(name: &str) -> Result<(), Refusal> {
    let odd =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if (1..=40).contains(&name.trim().chars().count()) && !name.chars().any(odd) {
        cardless(name, "display_name")
    } else {
        Err(refuse!(Invalid, "user.bad_name").field("display_name"))
    }
}

/// A mail address: one `@`, a dot behind it, nothing that could end a header; 254 characters at most. Errors: `user.bad_email`.
pub fn check_email(address: &str) -> Result<(), Refusal> {
    let parts = address.split_once('@');
    let shaped = parts.is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
    });
    let plain = address.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+' | '%' | '\''));
    if shaped && plain && address.len() <= 254 { Ok(()) } else { Err(refuse!(Invalid, "user.bad_email").field("email")) }
}
