//! Coming in by a company account: the words of one sign-in, and who it is that comes back.

use jiff::{SignedDuration, Timestamp};
use postsale_domain::ground::{Lang, TenantId, TypedId, UserId};
use postsale_domain::org::UserState;
use postsale_domain::org::identity::{Claims, Named, Terms, Unknown, named};
use postsale_domain::org::people::{check_display_name, check_email};
use postsale_domain::refuse;
use uuid::Uuid;

use super::store::people::{self, NewPerson};
use super::store::{identity as kept, token};
use crate::ground::db::{Done, Tx};
use crate::ground::identity::Errand;
use crate::ground::seal::{Seal, digest, hex, random};

/// How long somebody may take at the provider.
const AWAY: SignedDuration = SignedDuration::from_mins(10);
/// How long somebody may look for the code of their app.
const CODE: SignedDuration = SignedDuration::from_mins(5);
/// What locks the client secret.
const SECRET: &str = "identity-secret";

/// A sign-in under way: what goes to the provider, and what stays in the browser that began it.
#[derive(Debug)]
pub struct Begun {
    /// Goes with the person.
    pub errand: Errand,
    /// Stays in the browser; without it what comes back opens nothing.
    pub browser: String,
}

/// Begins a sign-in. Nothing is kept: the state is signed together with what stays in the browser, and the rest is made from it.
pub fn begin(seal: &Seal, tenant: TenantId, now: Timestamp) -> Begun {
    let browser = hex(&random());
    let body = format!("{}.{:x}.{}", tenant.uuid().simple(), (now + AWAY).as_second(), hex(&random()[..16]));
    let state = format!("{body}.{}", seal.mac("oidc-state", format!("{body} {browser}").as_bytes()));
    Begun { errand: errand(seal, state), browser }
}

fn errand(seal: &Seal, state: String) -> Errand {
    let word = |kind: &str| hex(&seal.derive::<32>(kind, state.as_bytes()));
    Errand { nonce: word("oidc-nonce"), verifier: word("oidc-verifier"), state }
}

/// A sign-in that came back to the browser that began it.
#[derive(Debug)]
pub struct Back {
    /// Whose provider it went to.
    pub tenant: TenantId,
    /// Its words.
    pub errand: Errand,
    /// When it would have been too late.
    pub expires_at: Timestamp,
    /// By this it is known not to come twice.
    pub state_hash: Vec<u8>,
}

/// Reads what came back. `None`: it was not begun here, not in this browser, or too long ago.
pub fn back(seal: &Seal, state: &str, browser: &str, now: Timestamp) -> Option<Back> {
    let (body, mac) = state.rsplit_once('.')?;
    if seal.mac("oidc-state", format!("{body} {browser}").as_bytes()) != mac {
        return None;
    }
    let mut parts = body.split('.');
    let tenant = TenantId::from_uuid(Uuid::try_parse(parts.next()?).ok()?);
    let expires_at = Timestamp::from_second(i64::from_str_radix(parts.next()?, 16).ok()?).ok()?;
    let state_hash = digest(state.as_bytes());
    (now < expires_at).then(|| Back { tenant, errand: errand(seal, state.to_owned()), expires_at, state_hash })
}

/// What a browser holds while somebody looks for the code of their app: the company account has named them.
pub fn proven(seal: &Seal, user: UserId, now: Timestamp) -> String {
    let body = format!("{}.{:x}", user.uuid().simple(), (now + CODE).as_second());
    format!("{body}.{}", seal.mac("oidc-proven", body.as_bytes()))
}

/// Whom the company account has named, not long ago.
pub fn proven_user(seal: &Seal, held: &str, now: Timestamp) -> Option<UserId> {
    let (body, mac) = held.rsplit_once('.')?;
    let (user, until) = body.split_once('.')?;
    let until = Timestamp::from_second(i64::from_str_radix(until, 16).ok()?).ok()?;
    (seal.mac("oidc-proven", body.as_bytes()) == mac && now < until).then(|| Uuid::try_parse(user).ok().map(UserId::from_uuid)).flatten()
}

/// Locks our secret at the provider.
pub fn lock(seal: &Seal, tenant: TenantId, secret: &str) -> Vec<u8> {
    seal.lock(SECRET, tenant.uuid().as_bytes(), secret)
}

/// Our secret at the provider; empty when it was locked by another house's key.
pub fn unlock(seal: &Seal, tenant: TenantId, locked: &[u8]) -> String {
    seal.unlock(SECRET, tenant.uuid().as_bytes(), locked).unwrap_or_default()
}

/// Who here is meant by what a provider says; ties the two together the first time. Somebody who was invited has joined with it.
/// Errors: those of [`named`], `oidc.unknown_person`, `oidc.ambiguous`, `oidc.other_account`, `oidc.left`, `user.name_taken`.
pub fn arrive(tx: &mut Tx<'_>, terms: &Terms, claims: &Claims, lang: Lang) -> Done<UserId> {
    // Asked every time: whoever left the company's domain stays outside, tied or not.
    let named = named(terms, claims)?;
    let user = match kept::linked(tx, &terms.issuer, &claims.subject)? {
        Some(user) => {
            kept::came(tx, &terms.issuer, &claims.subject)?;
            user
        }
        None => {
            let user = meant(tx, terms, claims, &named, lang)?;
            if !kept::link(tx, &terms.issuer, &claims.subject, user)? {
                return Err(refuse!(Conflict, "oidc.other_account", name = named.word()).into());
            }
            user
        }
    };
    let before = people::for_change(tx, user, None)?;
    match before.row.state {
        UserState::Active => {}
        UserState::Disabled => return Err(refuse!(Forbidden, "oidc.left").into()),
        UserState::Invited => {
            let mut after = before.clone();
            after.joined_at = Some(tx.now());
            people::save(tx, "user.join", &before, &mut after)?;
            token::forget(tx, user)?;
        }
    }
    Ok(user)
}

fn meant(tx: &mut Tx<'_>, terms: &Terms, claims: &Claims, named: &Named, lang: Lang) -> Done<UserId> {
    match (kept::meant(tx, named)?.as_slice(), terms.unknown) {
        ([one], _) => Ok(*one),
        ([], Unknown::Refuse) => Err(refuse!(Forbidden, "oidc.unknown_person", name = named.word()).into()),
        ([], Unknown::Create) => {
            let name = claims.name.as_deref().map(str::trim).filter(|n| check_display_name(n).is_ok());
            let word = named.word().chars().take(40).collect::<String>();
            let email = claims.email.as_deref().map(str::trim).filter(|e| claims.email_verified == Some(true) && check_email(e).is_ok());
            let new = NewPerson {
                username: named.word(),
                name: name.unwrap_or(&word),
                role: terms.newcomer,
                email,
                lang,
                engineer: None,
                acquirer: None,
                branch: None,
                partner: None,
            };
            people::take_in(tx, &new)
        }
        _ => Err(refuse!(Conflict, "oidc.ambiguous", name = named.word()).into()),
    }
}
