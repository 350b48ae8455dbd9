//! The second factor: what the secret is, and whether a code is right.

use jiff::Timestamp;
use postsale_domain::ground::{Refusal, TypedId, UserId};
use postsale_domain::org::totp;
use postsale_domain::refuse;

use super::store::factor;
use crate::ground::db::{Done, Tx};
use crate::ground::seal::{Seal, digest};

/// The secret a person's app knows.
pub fn secret(seal: &Seal, user: UserId, salt: &[u8]) -> [u8; totp::SECRET] {
    seal.derive("second-factor", &[user.uuid().as_bytes().as_slice(), salt].concat())
}

/// The kept form of a recovery code.
pub fn recovery_hash(plain: &str) -> Vec<u8> {
    digest(format!("recovery:{plain}").as_bytes())
}

/// Checks a code of the app or a recovery code, and spends it. Errors: `session.code_refused`.
pub fn check(tx: &mut Tx<'_>, seal: &Seal, user: UserId, given: &str) -> Done<()> {
    let Some(kept) = factor::of(tx, user)?.filter(|f| f.confirmed) else { return Ok(()) };
    let now: Timestamp = tx.now();
    let given = given.trim();
    if let Some(step) = totp::accepted(&secret(seal, user, &kept.salt), given, now, kept.last_step) {
        return factor::spend_step(tx, user, step);
    }
    if let Some(plain) = totp::plain_recovery_code(given)
        && factor::spend_recovery(tx, user, &recovery_hash(&plain))?.is_some()
    {
        return Ok(());
    }
    Err(refused().into())
}

/// The code was not right.
pub fn refused() -> Refusal {
    refuse!(Unauthenticated, "session.code_refused").field("code")
}
