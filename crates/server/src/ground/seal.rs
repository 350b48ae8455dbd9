//! Signed references for links that need no login: stickers, ticket pages, mail threading.

use postsale_domain::ground::mask_cards;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use rand::RngCore;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::guard::{guarded, make_folder};

/// Bytes of the signature kept in a link: 80 bits, beyond guessing at any rate a server answers.
const TAG: usize = 10;

/// The house's secret, from which every signature is made. Never printed.
#[derive(Clone)]
pub struct Seal {
    key: [u8; 32],
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(..)")
    }
}

impl Seal {
    /// A seal with a given key: tests.
    pub fn with_key(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// Reads `secret.key` in the data folder, making it (mode 600) when it is not there. Errors: everybody can read it.
    pub fn load(folder: &Path) -> std::io::Result<Self> {
        let path = folder.join("secret.key");
        if let Ok(bytes) = std::fs::read(&path) {
            guarded(&path, "the key that signs links").map_err(|why| std::io::Error::new(std::io::ErrorKind::PermissionDenied, why))?;
            let key = bytes.try_into().map_err(|_| std::io::Error::other(format!("{} does not hold 32 bytes", path.display())))?;
            return Ok(Self { key });
        }
        make_folder(folder)?;
        let key = random();
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                std::io::Write::write_all(&mut file, &key)?;
                file.sync_all()?;
                // The name, too: links signed with a key that is gone after a loss of power would be dead.
                std::fs::File::open(folder)?.sync_all()?;
                Ok(Self { key })
            }
            // Another process was faster; its key counts.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Self::load(folder),
            Err(error) => Err(error),
        }
    }

    /// A link token for an id: 32 hexadecimal digits of the id and 20 of the signature. `kind` keeps a token of one
    /// use from working for another.
    pub fn sign(&self, kind: &str, id: Uuid) -> String {
        format!("{}{}", id.simple(), hex(&self.tag(kind, id.as_bytes())))
    }

    /// The id in a token of this kind; `None` when it was not made here.
    pub fn open(&self, kind: &str, token: &str) -> Option<Uuid> {
        if token.len() != 32 + 2 * TAG || !token.is_ascii() {
            return None;
        }
        let (id, tag) = token.split_at(32);
        let id = Uuid::try_parse(id).ok()?;
        // One spelling per token: upper-case hexadecimal does not open.
        (id.simple().to_string() == token[..32] && bool::from(hex(&self.tag(kind, id.as_bytes())).as_bytes().ct_eq(tag.as_bytes())))
            .then_some(id)
    }

    /// A signature over any bytes, as lower-case hexadecimal.
    pub fn mac(&self, kind: &str, bytes: &[u8]) -> String {
        hex(&self.tag(kind, bytes))
    }

    /// A secret of `N` bytes, 32 at most, made from bytes that are kept: whoever has only these, or only the key, does not have it.
    pub fn derive<const N: usize>(&self, kind: &str, bytes: &[u8]) -> [u8; N] {
        let full = self.full(kind, bytes);
        std::array::from_fn(|i| full.get(i).copied().unwrap_or_default())
    }

    /// Locks a text away so that the database alone does not give it back; `about` ties it to its place.
    pub fn lock(&self, kind: &str, about: &[u8], text: &str) -> Vec<u8> {
        let drawn = random();
        let nonce: [u8; NONCE_LEN] = std::array::from_fn(|i| drawn[i]);
        let mut bytes = text.as_bytes().to_vec();
        let sealed = self
            .box_key(kind)
            .and_then(|key| key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut bytes).ok());
        // A key of 32 bytes is always taken, and no text is as long as the cipher's limit.
        sealed.map_or_else(Vec::new, |()| [nonce.as_slice(), &bytes].concat())
    }

    /// The text that was locked away; `None` when it was not locked here, or for another place.
    pub fn unlock(&self, kind: &str, about: &[u8], locked: &[u8]) -> Option<String> {
        let (nonce, bytes) = locked.split_at_checked(NONCE_LEN)?;
        let mut bytes = bytes.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let open = self.box_key(kind)?.open_in_place(nonce, Aad::from(about), &mut bytes).ok()?;
        String::from_utf8(open.to_vec()).ok()
    }

    fn box_key(&self, kind: &str) -> Option<LessSafeKey> {
        UnboundKey::new(&CHACHA20_POLY1305, &self.derive::<32>(kind, b"box")).ok().map(LessSafeKey::new)
    }

    fn tag(&self, kind: &str, bytes: &[u8]) -> [u8; TAG] {
        self.derive(kind, bytes)
    }

    fn full(&self, kind: &str, bytes: &[u8]) -> [u8; 32] {
        // A key of 32 bytes is always taken by HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return [0; 32] };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

/// 32 random bytes from the operating system.
pub fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// SHA-256.
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// A name that others made up, as it is kept: one that may be the number of a card by its hash.
pub fn keepable(name: &str) -> String {
    if mask_cards(name).found == 0 { name.to_owned() } else { hex(&digest(name.as_bytes())) }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_key_everybody_can_read_is_not_taken() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let made = Seal::load(&data).unwrap();
        assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o7, 0, "nor is the folder for everybody");
        assert_eq!(Seal::load(&data).unwrap().key, made.key);
        let path = data.join("secret.key");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let why = Seal::load(&data).unwrap_err();
        assert!(why.kind() == std::io::ErrorKind::PermissionDenied && why.to_string().contains("chmod o-rwx"), "{why}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(Seal::load(&data).unwrap().key, made.key);
    }

    #[test]
    fn a_token_opens_only_whole_and_only_for_its_kind() {
        let seal = Seal::with_key([7; 32]);
        let id = Uuid::from_u128(0xab);
        let token = seal.sign("sticker", id);
        assert_eq!(seal.open("sticker", &token), Some(id));
        assert_eq!(seal.open("ticket", &token), None);
        assert_eq!(Seal::with_key([8; 32]).open("sticker", &token), None);
        for i in 0..token.len() {
            let mut bent = token.clone().into_bytes();
            bent[i] = if bent[i] == b'0' { b'1' } else { b'0' };
            assert_eq!(seal.open("sticker", std::str::from_utf8(&bent).unwrap()), None, "digit {i}");
        }
        assert_eq!(seal.open("sticker", &token.to_uppercase()), None);
        assert_eq!(seal.open("sticker", ""), None);
        assert_eq!(seal.open("sticker", &"é".repeat(26)), None);
    }

    #[test]
    fn what_is_locked_opens_here_for_its_place_and_nowhere_else() {
        let seal = Seal::with_key([7; 32]);
        let locked = seal.lock("secret", b"t1", "hunter2");
        assert_eq!(seal.unlock("secret", b"t1", &locked).as_deref(), Some("hunter2"));
        assert!(!locked.windows(7).any(|w| w == b"hunter2"));
        assert_ne!(seal.lock("secret", b"t1", "hunter2"), locked);
        for (seal, kind, about) in [(&seal, "secret", b"t2"), (&seal, "other", b"t1"), (&Seal::with_key([8; 32]), "secret", b"t1")] {
            assert_eq!(seal.unlock(kind, about, &locked), None);
        }
        for end in 0..locked.len() {
            assert_eq!(seal.unlock("secret", b"t1", &locked[..end]), None);
        }
    }
}
