//! Passwords, link tokens, keys and recovery codes: made at random, kept as hashes.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::ground::seal::{hex, random};
use crate::ground::web::KEY_PREFIX;

/// A hash no password matches, to spend the same time on names that do not exist.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cG9zdHNhbGUtbm9ib2R5$2Wc2Wb2tZ1d1m0cJ0m0m0m0m0m0m0m0m0m0m0m0m0m0";

/// Whether a password fits a hash; costs the same without one. Runs where it may take its time.
pub async fn fits(password: String, hash: Option<String>) -> bool {
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    tokio::task::spawn_blocking(move || password_matches(&password, &hash)).await.unwrap_or(false)
}

fn password_matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// The stored form of a password (argon2id, 19 MiB, two passes).
pub fn hash_password(password: &str) -> Result<String, String> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| e.to_string())
}

/// A token for a session or a link: 256 random bits.
pub fn token() -> String {
    hex(&random())
}

/// A key for programs, and the part of it that lists show.
pub fn key() -> (String, String) {
    let secret = format!("{KEY_PREFIX}{}", hex(&random()));
    let prefix = secret.chars().take(KEY_PREFIX.len() + 6).collect();
    (secret, prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_only_itself_and_nobody_matches_nothing() {
        let hash = hash_password("postsale-demo").unwrap();
        assert!(password_matches("postsale-demo", &hash));
        assert!(!password_matches("postsale-dem0", &hash));
        assert!(PasswordHash::new(NOBODY).is_ok(), "or unknown names would answer faster");
        assert!(!password_matches("", NOBODY) && !password_matches("", "-"));
    }
}
