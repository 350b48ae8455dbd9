//! A folder of mails, taken in: each letter is kept first, then its file is moved to `done/` or `unreadable/`.
//!
//! Whoever writes into the folder writes under another name and renames to `.eml` when the file is complete. Taking the same file
//! in twice (after a crash between keeping and moving) changes nothing: the letter is known.

use std::io::Read;
use std::path::{Path, PathBuf};

use postsale_domain::ground::{Caller, TenantId, mask_cards};
use postsale_domain::inbox::Letter;

use crate::edge::mail_in::{self, MAX_MAIL};
use crate::ground::seal::{digest, hex};
use crate::house::House;
use crate::inbox;
use crate::notify::jobs::own_host;

/// Files taken in one go.
const BATCH: usize = 500;

/// What came of a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// New letters somebody can read.
    pub kept: u32,
    /// Letters that were known.
    pub known: u32,
    /// New letters nobody can read; a person has to look.
    pub unreadable: u32,
    /// Files left where they are, because they could not be read or moved; the log says which.
    pub left: u32,
}

impl Taken {
    /// Whether there was anything.
    pub fn any(self) -> bool {
        self != Taken::default()
    }
}

/// Takes in the `.eml` files of a folder. Errors: the folder cannot be read, or the database does not take the letters.
pub async fn take_in(house: &House, tenant: TenantId, folder: &Path) -> Result<Taken, String> {
    let mut taken = Taken::default();
    for file in mails(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        if house.meter.is_draining() {
            break;
        }
        match one(house, tenant, folder, &file).await {
            Ok((true, false)) => taken.kept += 1,
            Ok((true, true)) => taken.unreadable += 1,
            Ok((false, _)) => taken.known += 1,
            Err(Trouble::File(error)) => {
                tracing::warn!(file = %file.display(), %error, "a mail file was left in the spool");
                taken.left += 1;
            }
            Err(Trouble::Database(error)) => return Err(error),
        }
    }
    Ok(taken)
}

enum Trouble {
    File(std::io::Error),
    Database(String),
}

/// Regular files named `.eml`, in the order of their names.
fn mails(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let named = entry.path().extension().is_some_and(|e| e.eq_ignore_ascii_case("eml"));
        if named && entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    files.truncate(BATCH);
    Ok(files)
}

/// Whether the letter is new, and whether nobody can read it.
async fn one(house: &House, tenant: TenantId, folder: &Path, file: &Path) -> Result<(bool, bool), Trouble> {
    let raw = bytes(file).map_err(Trouble::File)?;
    let read = mail_in::read(&raw, &own_host(house));
    let (letter, unreadable) = (read.letter, read.unreadable);
    let masked = letter.clone().kept();
    let keeping = raw.clone();
    let fresh = house
        .db
        .write(Caller::system(tenant, "spool"), house.clock.now(), move |tx| {
            Ok(inbox::store::keep(tx, &letter, Some(&keeping), unreadable)?.1)
        })
        .await
        .map_err(|e| Trouble::Database(e.to_string()))?;
    let to = folder.join(if unreadable.is_some() { "unreadable" } else { "done" });
    put_away(file, &to, &raw, &masked).map_err(Trouble::File)?;
    Ok((fresh, unreadable.is_some()))
}

/// A file's bytes, one more than the largest mail at most: enough to see that it is too large.
fn bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    std::fs::File::open(file)?.take(MAX_MAIL as u64 + 1).read_to_end(&mut raw)?;
    Ok(raw)
}

/// Moves a file. One with a card number in it is replaced: by a masked copy, or, when the number is hidden in an encoding, by what
/// was kept of the letter.
fn put_away(file: &Path, to: &Path, raw: &[u8], kept: &Letter) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    let name = file.file_name().unwrap_or_default();
    let mut target = to.join(name);
    if target.exists() {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        target = to.join(format!("{stem}-{}.eml", &hex(&digest(raw))[..12]));
    }
    let masked = mask_cards(&String::from_utf8_lossy(raw));
    if masked.found == 0 && !kept.had_card() {
        return std::fs::rename(file, target);
    }
    let text = if plain(raw, kept) { masked.text } else { format!("Subject: {}\n\n{}\n", kept.subject, kept.body) };
    std::fs::write(target, text)?;
    std::fs::remove_file(file)
}

/// Whether the raw form shows the words as they are, so that masking it masks them all.
fn plain(raw: &[u8], kept: &Letter) -> bool {
    let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let encoded = ["content-transfer-encoding: base64", "content-transfer-encoding: quoted-printable"];
    !kept.body.is_empty() && !encoded.iter().any(|e| text.to_lowercase().contains(e)) && mask_cards(&text).text.contains(&kept.body)
}
