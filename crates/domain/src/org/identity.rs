//! Signing in by a company account: what a tenant agrees with the house of accounts, and what is believed of what it says.
//! It may say who somebody is, never what they may do here.

use serde::{Deserialize, Serialize};

use super::people::{check_email, check_username};
use crate::ground::{Refusal, Role, cardless};
use crate::refuse;

/// What happens to somebody nobody here knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// They stay outside; an administrator invites them.
    Refuse,
    /// They are taken in with the role the terms name.
    Create,
}

/// The roles somebody may be taken in with unasked: those tied to nothing else, but for the one that may do everything.
pub const NEWCOMERS: [Role; 7] =
    [Role::Storekeeper, Role::Quality, Role::Auditor, Role::Finance, Role::Agent, Role::Dispatcher, Role::Supervisor];

/// Who wrote terms down before roles could be chosen agreed to this one.
fn usual_newcomer() -> Role {
    Role::Storekeeper
}

/// The terms, without the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What stands on the button: the name of the company account.
    pub label: String,
    /// Where the provider's discovery document is, without its well-known end; the `iss` of its tokens.
    pub issuer: String,
    /// What the provider calls us.
    pub client_id: String,
    /// Mail domains of people who may come; empty for all.
    pub domains: Vec<String>,
    /// The claim that names the person: `email` is compared with mail addresses, any other with user names.
    pub claim: String,
    /// What happens to somebody nobody here knows.
    pub unknown: Unknown,
    /// The role of who is taken in unasked; one of [`NEWCOMERS`].
    #[serde(default = "usual_newcomer")]
    pub newcomer: Role,
    /// Whether the provider's word counts that a second factor was shown; otherwise ours is asked for.
    pub trust_amr: bool,
    /// Whether people can come in this way now.
    pub enabled: bool,
}

/// Most mail domains.
const MOST_DOMAINS: usize = 50;

fn plain(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// The address of a provider: `https://` or `http://`, a host, no question. Errors: `identity.bad_issuer`.
pub fn check_issuer(issuer: &str) -> Result<(), Refusal> {
    let rest = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://"));
    let shaped = rest.is_some_and(|r| !r.is_empty() && !r.starts_with('/') && !r.contains(['?', '#', '@']));
    if shaped && plain(issuer, 300) && !issuer.contains(char::is_whitespace) {
        Ok(())
    } else {
        Err(refuse!(Invalid, "identity.bad_issuer").field("issuer"))
    }
}

impl Terms {
    /// Takes off what surrounds the words and writes domains small.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        for text in [&mut self.label, &mut self.issuer, &mut self.client_id, &mut self.claim] {
            *text = text.trim().to_owned();
        }
        self.domains = self.domains.iter().map(|d| d.trim().trim_start_matches('@').to_lowercase()).filter(|d| !d.is_empty()).collect();
        self.domains.sort();
        self.domains.dedup();
        self
    }

    /// Errors: `identity.no_label`, `identity.bad_issuer`, `identity.no_client`, `identity.bad_domain`, `identity.bad_claim`,
    /// `identity.bad_newcomer`.
    pub fn check(&self) -> Result<(), Refusal> {
        if !plain(&self.label, 40) {
            return Err(refuse!(Invalid, "identity.no_label").field("label"));
        }
        check_issuer(&self.issuer)?;
        cardless(&self.label, "label")?;
        cardless(&self.client_id, "client_id")?;
        if !plain(&self.client_id, 200) {
            return Err(refuse!(Invalid, "identity.no_client").field("client_id"));
        }
        if self.domains.len() > MOST_DOMAINS {
            return Err(refuse!(Invalid, "identity.many_domains", most = MOST_DOMAINS).field("domains"));
        }
        if let Some(bad) = self.domains.iter().find(|d| check_email(&format!("a@{d}")).is_err()) {
            return Err(refuse!(Invalid, "identity.bad_domain", domain = bad).field("domains"));
        }
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
        if !(1..=100).contains(&self.claim.len()) || !self.claim.chars().all(word) {
            return Err(refuse!(Invalid, "identity.bad_claim").field("claim"));
        }
        if !NEWCOMERS.contains(&self.newcomer) {
            return Err(refuse!(Invalid, "identity.bad_newcomer").field("newcomer"));
        }
        Ok(())
    }
}

/// What a verified token says of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// Who, in the provider's own numbering; never given to somebody else.
    pub subject: String,
    /// The claim the terms name.
    pub named: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// Whether the provider has seen that the address is theirs; `None` when it does not say.
    pub email_verified: Option<bool>,
    /// The name shown.
    pub name: Option<String>,
    /// How they proved who they are (RFC 8176).
    pub amr: Vec<String>,
}

/// By what a person is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A mail address, in small letters.
    Email(String),
    /// A user name.
    Username(String),
}

impl Named {
    /// The word itself.
    pub fn word(&self) -> &str {
        match self {
            Named::Email(word) | Named::Username(word) => word,
        }
    }
}

/// Who the provider says has come, if that is enough. An address of which the provider does not say that it has seen it proven counts
/// for nothing: there people may write any address into their account. Errors: `oidc.unproven_email`, `oidc.other_domain`, `oidc.no_claim`.
pub fn named(terms: &Terms, claims: &Claims) -> Result<Named, Refusal> {
    let email = claims.email.as_ref().map(|e| e.trim().to_lowercase()).filter(|e| check_email(e).is_ok());
    let counts = terms.claim == "email" || !terms.domains.is_empty();
    if counts && claims.email.is_some() && claims.email_verified != Some(true) {
        return Err(refuse!(Forbidden, "oidc.unproven_email"));
    }
    if !terms.domains.is_empty() {
        let domain = email.as_deref().and_then(|e| e.split_once('@')).map_or("", |(_, domain)| domain);
        if !terms.domains.iter().any(|d| d == domain) {
            return Err(refuse!(Forbidden, "oidc.other_domain", domains = terms.domains.join(", ")));
        }
    }
    if terms.claim == "email" {
        return email.map(Named::Email).ok_or_else(|| refuse!(Forbidden, "oidc.no_claim", claim = &terms.claim));
    }
    let word = claims.named.as_ref().map(|n| n.trim()).filter(|n| check_username(n).is_ok());
    word.map(|n| Named::Username(n.to_owned())).ok_or_else(|| refuse!(Forbidden, "oidc.no_claim", claim = &terms.claim))
}

/// Whether the ways somebody proved who they are amount to two: said outright, or something known and something held or one's own.
pub fn two_factors(amr: &[String]) -> bool {
    let any = |words: &[&str]| amr.iter().any(|a| words.contains(&a.as_str()));
    any(&["mfa"])
        || (any(&["pwd", "pin", "kba"]) && any(&["otp", "hwk", "swk", "sms", "tel", "sc", "fpt", "face", "iris", "retina", "vbm"]))
}
